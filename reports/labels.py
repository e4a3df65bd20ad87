"""The Spanish words of the canonical codes, in one place so that every document agrees."""

from __future__ import annotations

from recupero.profiles.language import Language

#: Components in the order every table shows them.
COMPONENTS = ("principal", "interest", "default_interest", "fees", "expenses", "unapplied")

COMPONENT = {
    "principal": "Capital",
    "interest": "Intereses corrientes",
    "default_interest": "Intereses de mora",
    "fees": "Comisiones y cargos",
    "expenses": "Gastos de cobranza",
    "unapplied": "Pagos por aplicar",
}

MOVEMENT = {
    "opening": "Saldo inicial",
    "placed": "Asignado",
    "charged": "Cargos",
    "accrued": "Intereses causados",
    "adjusted": "Ajustes",
    "reclassified": "Reclasificado",
    "converted": "Conversión de moneda",
    "refunded": "Devuelto al deudor",
    "waived": "Condonado",
    "paid": "Pagado",
    "recalled": "Retirado por la institución",
    "written_off": "Castigado",
    "closing": "Saldo final",
}

KIND = {
    "placement": "Cartera",
    "payment": "Pagos",
    "effort": "Gestiones",
    "consent": "Autorizaciones de contacto",
    "attestation": "Declaraciones del acreedor",
    "write_off": "Instrucciones de castigo",
    "roster": "Plantilla de gestores",
    "statement": "Extracto bancario",
    "instalment": "Cuotas",
    "guarantee": "Garantías",
    "document_index": "Índice de documentos",
    "related_person": "Codeudores y garantes",
    "debtor_update": "Actualización de datos",
    "hold": "Suspensiones de la gestión",
    "dispute": "Quejas y reclamos",
    "judicial_event": "Actuaciones judiciales",
    "recall": "Retiros de cuentas",
    "adjustment": "Movimientos de saldo",
    "absence": "Ausencias de gestores",
    "cost": "Costos de gestión",
    "goal": "Metas",
    "unit_value": "Valores de unidades",
    "control": "Archivo de control",
}

#: The same where an institution is answered in its own language.
KINDS: dict[Language, dict[str, str]] = {
    "es": KIND,
    "en": {
        "placement": "Portfolio",
        "payment": "Payments",
        "effort": "Efforts",
        "consent": "Consents to contact",
        "attestation": "Statements of the creditor",
        "write_off": "Write-off instructions",
        "roster": "Roster of collectors",
        "statement": "Bank statement",
        "instalment": "Instalments",
        "guarantee": "Guarantees",
        "document_index": "Index of documents",
        "related_person": "Co-debtors and guarantors",
        "debtor_update": "Updates of debtors",
        "hold": "Holds on contact",
        "dispute": "Complaints and disputes",
        "judicial_event": "Judicial events",
        "recall": "Recalls of accounts",
        "adjustment": "Adjustments of balance",
        "absence": "Absences of collectors",
        "cost": "Costs of collection",
        "goal": "Goals",
        "unit_value": "Unit values",
        "control": "Control file",
    },
}

#: What is recorded, by the kind of the recording.
RECORDING = {
    "receipt": "Archivo recibido",
    "notice": "Archivos sin recoger",
    "input": "Reglas usadas",
    "opening": "Archivo abierto",
    "decryption": "Archivo descifrado",
    "intake": "Archivo resuelto",
    "acknowledgement": "Acuse",
    "settlement": "Aplicación de pagos",
    "reconciliation": "Conciliación",
    "quota": "Capacidad de gestores",
    "assessment": "Evaluación de la cartera",
    "slots": "Cupos de contacto",
    "permissions": "Permisos de contacto",
    "letters": "Cartas",
    "worklists": "Listas de trabajo",
    "opinions": "Dictámenes",
    "write_off": "Castigos",
    "summary": "Resumen del día",
    "delivery": "Entrega",
    "retention": "Fin de conservación",
    "clearing": "Retiro de lo no registrado",
    "anchor": "Cadena del día",
}

CHANNEL = {
    "call": "Llamada",
    "sms": "SMS",
    "email": "Correo electrónico",
    "letter": "Carta",
    "visit": "Visita",
    "notarial_letter": "Carta notarial",
}

RESULT = {
    "contact": "Contacto",
    "no_contact": "Sin contacto",
    "promise": "Promesa de pago",
    "refusal": "Negativa",
    "delivered": "Entregado",
    "returned": "Devuelto",
    "wrong_number": "Número equivocado",
}

STAGE = {
    "preventiva": "Preventiva",
    "comercial": "Comercial",
    "administrativa": "Administrativa",
    "prejuridica": "Prejurídica",
    "juridica": "Jurídica",
    "castigada": "Castigada",
}


def spoken(names: dict[str, str], code: str) -> str:
    """The word for *code* among *names*; a code without one is shown as it is."""
    return names.get(code, code)


#: Countries that group thousands with a comma; the others use a point.
COMMA_COUNTRIES = frozenset({"MX", "PE", "US"})


def count(number: int, country: str) -> str:
    """A count with the grouping mark of *country*: ``12.075`` or ``12,075``."""
    grouped = f"{number:,}"
    return grouped if country in COMMA_COUNTRIES else grouped.replace(",", ".")
