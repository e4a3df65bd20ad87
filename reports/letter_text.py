"""The words of the letters: one template per stage, the required statements per country.

Nothing here threatens, mentions courts or registries, or claims what the ledger does not know
(earlier letters, reasons of the delay). Sources: reference/legal.md sections 1 to 4.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """Subject, what the table shows, and paragraphs with ``{placeholders}``."""

    subject: str
    table: str
    paragraphs: tuple[str, ...]


_PAID = (
    "Si ya realizó el pago, le agradecemos hacer caso omiso de esta carta o enviarnos el "
    "comprobante para actualizar la información."
)

STAGES: dict[str, Template] = {
    "preventiva": Template(
        "Recordatorio de pago",
        "Saldo de su obligación",
        (
            "Le escribimos en nombre de {institution} para recordarle el próximo pago de su "
            "{product}, obligación número {account}{due}. A la fecha de esta carta su obligación "
            "está al día.",
            "Si ya programó o realizó el pago, no necesita hacer nada más. Si prevé alguna "
            "dificultad para cumplir, comuníquese con nosotros antes del vencimiento: le "
            "informaremos las alternativas disponibles.",
        ),
    ),
    "comercial": Template(
        "Aviso de pago pendiente",
        "Detalle del saldo",
        (
            "Le escribimos en nombre de {institution}. Según sus registros, su {product}, "
            "obligación número {account}{due}, tiene un pago pendiente desde hace {days}.",
            "Sabemos que puede tratarse de un olvido o de un pago en camino. " + _PAID,
            "Si necesita ayuda para ponerse al día, comuníquese con nosotros: con gusto le "
            "explicaremos el saldo y las formas de pago.",
        ),
    ),
    "administrativa": Template(
        "Estado de su obligación y alternativas de pago",
        "Detalle del saldo",
        (
            "Nos dirigimos a usted en nombre de {institution}. A la fecha, su {product}, "
            "obligación número {account}{due}, registra {days} de atraso.",
            "Nos interesa que encuentre una forma de pago acorde con su situación. Puede pagar el "
            "total, hacer un abono o consultarnos las condiciones de un acuerdo, que le "
            "entregaremos por escrito antes de que decida.",
            _PAID + " Si no está de acuerdo con el saldo, indíquenos por qué: revisaremos su caso "
            "y le responderemos por escrito.",
        ),
    ),
    "prejuridica": Template(
        "Invitación a regularizar su obligación",
        "Detalle del saldo",
        (
            "Nos dirigimos a usted en nombre de {institution}. Su {product}, obligación número "
            "{account}{due}, registra {days} de atraso y continúa pendiente de pago.",
            "Le invitamos a comunicarse con nosotros dentro de los próximos diez días para pagar "
            "el saldo o acordar una forma de pago. Todo acuerdo constará por escrito, con el "
            "desglose de lo que se paga y de lo que queda pendiente.",
            _PAID + " Si no reconoce la obligación o no está de acuerdo con el saldo, puede "
            "pedirnos los documentos que la respaldan.",
        ),
    ),
    "juridica": Template(
        "Propuesta de solución para su obligación",
        "Detalle del saldo",
        (
            "Nos dirigimos a usted en nombre de {institution}. Su {product}, obligación número "
            "{account}{due}, registra {days} de atraso. Queremos ofrecerle una solución directa.",
            "Comuníquese con nosotros para revisar las alternativas que {institution} tiene "
            "disponibles para su caso: pago total, plazos o un acuerdo. Lo que se convenga se le "
            "entregará por escrito, con el desglose de capital, intereses y gastos, y con la "
            "indicación de si extingue la obligación.",
            _PAID + " Si no reconoce la obligación o no está de acuerdo con el saldo, puede "
            "pedirnos los documentos que la respaldan.",
        ),
    ),
}

RIGHTS: dict[str, tuple[str, ...]] = {
    "CO": (
        "Lo contactaremos únicamente por los canales que usted autorizó, de lunes a viernes de "
        "7:00 a 19:00 y los sábados de 8:00 a 15:00; nunca en domingos o festivos, ni a través de "
        "sus referencias (Ley 2300 de 2023).",
        "No le preguntaremos el motivo del atraso; puede proponernos la alternativa de pago que se "
        "ajuste a su situación. Los gastos de cobranza solo se cobran por gestiones efectivamente "
        "realizadas.",
        "Puede conocer, actualizar y rectificar sus datos, y presentar quejas ante {institution}, "
        "la Superintendencia Financiera o la Superintendencia de Industria y Comercio, según su "
        "competencia.",
    ),
    "CL": (
        "Esta carta es una gestión de cobranza extrajudicial y no constituye un procedimiento de "
        "ejecución de su obligación (Ley 19.496, art. 37).",
        "Puede exigir que nuestras comunicaciones se hagan por escrito y que se le entreguen sin "
        "costo el contrato de origen, la liquidación de intereses con sus tasas y períodos, y la "
        "causa y el origen de los gastos.",
        "Siempre puede pagar directamente a {institution}; recibido ese pago termina nuestro "
        "encargo. Los gastos de cobranza proceden solo pasados 20 días de atraso: hasta 9 % por "
        "la parte que no exceda 10 UF, 6 % entre 10 y 50 UF y 3 % sobre 50 UF.",
        "Lo llamaremos o visitaremos a lo más una vez por semana, y usaremos otros medios a lo más "
        "dos veces por semana con dos días entre ellas, en días hábiles de 8:00 a 20:00. No "
        "informamos su atraso a terceros.",
    ),
    "MX": (
        "Despacho de cobranza: {agency_card}. Responsable: {responsible}. Acreedor: "
        "{institution}. Monto calculado al {date}.",
        "El despacho no recibe pagos. Todo acuerdo se le entregará por escrito, con el desglose "
        "de capital, intereses y otros conceptos, e indicará si liquida el adeudo o es parcial.",
        "Las gestiones se hacen de 7:00 a 22:00, hora de su localidad, y solo con usted, su aval u "
        "obligado solidario.",
        "Quejas por la gestión de cobranza: {complaints}; también ante CONDUSEF, si el acreedor es "
        "una entidad financiera, o ante PROFECO en los demás casos.",
    ),
    "PE": (
        "No realizamos llamadas ni visitas entre las 20:00 y las 7:00, ni sábados, domingos o "
        "feriados, y no informamos su atraso a terceros (Ley 29571, arts. 61 y 62).",
        "Los pagos se aplican a intereses, gastos y capital, en ese orden, salvo acuerdo distinto "
        "con {institution} (Código Civil, art. 1257).",
        "Puede presentar su reclamo en el Libro de Reclamaciones de {institution} o ante el "
        "Indecopi.",
    ),
}
