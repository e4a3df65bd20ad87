"""The file layouts of the five institutions and the agency, as their manuals would print them.

Said a second time, on purpose, in ``deployments/institutions/*.toml``: the files are written from
here and read from there.
"""

from __future__ import annotations

from collections.abc import Mapping

from deployments.demo.sheets import Sheet, Style

Words = Mapping[str | bool, str]
Codes = Mapping[str, Words]

ANDINO = Style("delimited", 2, encoding="latin-1", decimal=",", thousands=".",
               dates="%d/%m/%Y", datetimes="%d/%m/%Y %H:%M")  # fmt: skip
CREDISOL = Style("delimited", 2, delimiter=",", quoted=True, side_file=True)
AUSTRAL = Style("fixed", 0, encoding="latin-1", trailer=True, dates="%Y%m%d",
                datetimes="%Y%m%d%H%M", newline="\r\n")  # fmt: skip
BAJIO = Style("workbook", 2)
PACIFICO = Style("delimited", 2, delimiter="|", header=False, trailer=True,
                 dates="%d-%m-%Y", datetimes="%d-%m-%Y %H:%M")  # fmt: skip
AGENCY = Style("delimited", 2, delimiter=",")

YES_NO: Words = {True: "S", False: "N"}
CHANNELS: Words = {
    "call": "LLAMADA", "sms": "SMS", "email": "CORREO", "letter": "CARTA", "visit": "VISITA",
    "notarial_letter": "CARTA NOTARIAL",
}  # fmt: skip
RESULTS: Words = {
    "contact": "CONTACTO", "no_contact": "SIN CONTACTO", "promise": "COMPROMISO",
    "refusal": "RENUENTE", "delivered": "ENTREGADO", "returned": "DEVUELTO",
    "wrong_number": "EQUIVOCADO",
}  # fmt: skip
EFFORT_CODES: Codes = {"channel": CHANNELS, "result": RESULTS, "direct": YES_NO}
EFFORT_NUMBERS: Codes = {
    "channel": {name: f"{n:02d}" for n, name in enumerate(CHANNELS, 1)},
    "result": {name: f"{n:02d}" for n, name in enumerate(RESULTS, 1)},
    "direct": YES_NO,
}
PAYMENT_LETTERS: Codes = {"kind": {"payment": "P", "reversal": "R"}}

PLACEMENT = (
    "account_number debtor_id_type debtor_id_number debtor_name obligation_kind product cut_off "
    "opened_on due_date principal_minor interest_minor default_interest_minor fees_minor "
    "expenses_minor total_minor phone phone_2 email address city region"
)
PAYMENT = (
    "transaction_id account_number amount_minor kind reverses paid_on payer_name payer_id channel"
)
EFFORT = "effort_id account_number performed_at channel result direct"
CONSENT = "debtor_id_type debtor_id_number channel granted recorded_at"


def _columns(fields: str, labels: str) -> tuple[tuple[str, str], ...]:
    """Pair the fields with the labels; ``|`` parts labels that hold blanks."""
    parts = labels.split("|") if "|" in labels else labels.split()
    return tuple(zip(fields.split(), parts, strict=True))


def _numbered(fields: str) -> tuple[tuple[str, str], ...]:
    """Columns without names: the record type is column 0."""
    return tuple((field, str(place)) for place, field in enumerate(fields.split(), 1))


BANCO_ANDINO = (
    Sheet("banco-andino", "placement", ANDINO, "CARTERA_{day:%Y%m%d}{tag}.txt",
          _columns(PLACEMENT,
                   "OBLIGACION TIPO_ID IDENTIFICACION NOMBRE LINEA PRODUCTO FECHA_CORTE "
                   "FECHA_DESEMBOLSO FECHA_VENCIMIENTO CAPITAL INTERES_CTE INTERES_MORA HONORARIOS "
                   "GASTOS TOTAL CELULAR TELEFONO CORREO DIRECCION CIUDAD DEPTO"),
          {"debtor_id_type": {"CC": "C", "NIT": "N", "CE": "E"},
           "obligation_kind": {"loan": "LIB", "card": "TDC"}}),
    Sheet("banco-andino", "payment", ANDINO, "PAGOS_{day:%Y%m%d}{tag}.txt",
          _columns(PAYMENT, "TRANSACCION OBLIGACION VALOR CLASE REVERSA_A FECHA PAGADOR "
                            "ID_PAGADOR CANAL"),
          PAYMENT_LETTERS),
    Sheet("banco-andino", "effort", ANDINO, "GESTIONES_{day:%Y%m%d}{tag}.txt",
          _columns(EFFORT, "GESTION OBLIGACION FECHA_HORA CANAL RESULTADO DIRECTO"), EFFORT_CODES),
    Sheet("banco-andino", "consent", ANDINO, "AUTORIZACIONES_{day:%Y%m%d}{tag}.txt",
          _columns(CONSENT, "TIPO_ID IDENTIFICACION CANAL AUTORIZA FECHA"),
          {"debtor_id_type": {"CC": "C", "NIT": "N", "CE": "E"}, "channel": CHANNELS,
           "granted": YES_NO}),
)  # fmt: skip

CREDISOL_CO = (
    Sheet("credisol", "placement", CREDISOL, "credisol_cartera_{day:%Y-%m-%d}{tag}.csv",
          _columns("account_number debtor_id_type debtor_id_number debtor_name product currency "
                   "cut_off opened_on due_date principal_minor interest_minor "
                   "default_interest_minor fees_minor expenses_minor phone phone_2 "
                   "email address city region",
                   "numero_credito tipo_documento documento titular producto moneda fecha_corte "
                   "fecha_apertura fecha_mora capital interes_corriente interes_mora honorarios "
                   "gastos telefono telefono_alterno correo direccion ciudad departamento")),
    Sheet("credisol", "payment", CREDISOL, "credisol_pagos_{day:%Y-%m-%d}{tag}.csv",
          _columns(PAYMENT, "id_transaccion numero_credito valor tipo id_reversado fecha_pago "
                            "pagador documento_pagador canal"),
          {"kind": {"payment": "PAGO", "reversal": "REVERSO"}}),
    Sheet("credisol", "effort", CREDISOL, "credisol_gestiones_{day:%Y-%m-%d}{tag}.csv",
          _columns(EFFORT, "id_gestion numero_credito fecha_hora canal resultado directo"),
          EFFORT_CODES),
    Sheet("credisol", "consent", CREDISOL, "credisol_autorizaciones_{day:%Y-%m-%d}{tag}.csv",
          _columns(CONSENT, "tipo_documento documento canal autoriza fecha"),
          {"channel": CHANNELS, "granted": YES_NO}),
)  # fmt: skip

FINANCIERA_AUSTRAL = (
    Sheet("financiera-austral", "placement", AUSTRAL, "FA_CARTERA_{day:%Y%m%d}{tag}.dat",
          _columns("account_number debtor_id_number debtor_name obligation_kind product cut_off "
                   "opened_on due_date principal_minor interest_minor "
                   "default_interest_minor fees_minor expenses_minor total_minor phone "
                   "email address city region guaranteed",
                   "12 10 50 1 20 8 8 8 12 12 12 12 12 12 9 45 50 20 20 1"),
          {"obligation_kind": {"loan": "C", "card": "T"}, "guaranteed": YES_NO}, "principal_minor"),
    Sheet("financiera-austral", "payment", AUSTRAL, "FA_PAGOS_{day:%Y%m%d}{tag}.dat",
          _columns(PAYMENT, "16 12 12 1 16 8 50 10 14"), PAYMENT_LETTERS, "amount_minor"),
    Sheet("financiera-austral", "effort", AUSTRAL, "FA_GESTION_{day:%Y%m%d}{tag}.dat",
          _columns(EFFORT, "12 12 12 2 2 1"), EFFORT_NUMBERS),
)  # fmt: skip

MERCANTIL_BAJIO = (
    Sheet("mercantil-bajio", "placement", BAJIO, "Cartera Mercantil {day:%Y-%m-%d}{tag}.xlsx",
          _columns("account_number debtor_id_number debtor_name product cut_off opened_on "
                   "days_past_due principal_minor interest_minor default_interest_minor "
                   "fees_minor phone email address city region",
                   "Cuenta|RFC|Cliente|Producto|Fecha de corte|Fecha de compra|Días de atraso|"
                   "Capital|Interés ordinario|Interés moratorio|Gastos de cobranza|Teléfono|"
                   "Correo|Domicilio|Ciudad|Estado"), tab="Cartera"),
    Sheet("mercantil-bajio", "payment", BAJIO, "Pagos Mercantil {day:%Y-%m-%d}{tag}.xlsx",
          _columns(PAYMENT, "Folio|Cuenta|Importe|Movimiento|Folio cancelado|Fecha|Pagador|"
                            "RFC pagador|Medio"),
          {"kind": {"payment": "Abono", "reversal": "Cancelación"}}, tab="Pagos"),
    Sheet("mercantil-bajio", "effort", BAJIO, "Gestiones Mercantil {day:%Y-%m-%d}{tag}.xlsx",
          _columns(EFFORT, "Folio|Cuenta|Fecha y hora|Canal|Resultado|Directo"), EFFORT_CODES,
          tab="Gestiones"),
)  # fmt: skip

CAJA_PACIFICO = (
    Sheet("caja-pacifico", "placement", PACIFICO, "CP_COLOCACION_{day:%Y%m%d}{tag}.txt",
          _numbered("account_number debtor_id_type debtor_id_number debtor_name product cut_off "
                    "opened_on due_date principal_minor interest_minor default_interest_minor "
                    "fees_minor expenses_minor total_minor phone email address city region "
                    "guaranteed renewed_on related_party"),
          {"debtor_id_type": {"DNI": "1", "CE": "4", "RUC": "6"},  # SUNAT catalogue 06
           "guaranteed": YES_NO, "related_party": YES_NO}, "principal_minor"),
    Sheet("caja-pacifico", "payment", PACIFICO, "CP_PAGOS_{day:%Y%m%d}{tag}.txt",
          _numbered(PAYMENT), PAYMENT_LETTERS, "amount_minor"),
    Sheet("caja-pacifico", "effort", PACIFICO, "CP_GESTIONES_{day:%Y%m%d}{tag}.txt",
          _numbered(EFFORT), EFFORT_CODES),
    Sheet("caja-pacifico", "attestation", PACIFICO, "CP_DECLARACIONES_{day:%Y%m%d}{tag}.txt",
          _numbered("account_number attestation holds stated_on evidence"),
          {"holds": YES_NO,
           "attestation": {"provisioned": "PROVISION",
                           "itemised_in_inventory_book": "LIBRO INVENTARIOS",
                           "uneconomic_to_sue": "ANTIECONOMICO", "unrelated_party": "NO VINCULADO",
                           "unguaranteed": "SIN GARANTIA", "not_renewed": "SIN RENOVACION",
                           "judicial_action_exhausted": "ACCION JUDICIAL"}}),
    Sheet("caja-pacifico", "write_off", PACIFICO, "CP_CASTIGOS_{day:%Y%m%d}{tag}.txt",
          _numbered("account_number amount_minor decided_on resolution proposal"),
          sum_of="amount_minor"),
)  # fmt: skip

ROSTER = Sheet("_agency", "roster", AGENCY, "roster_{day:%Y%m%d}{tag}.csv",
               _columns("collector_code country capacity skills",
                        "collector_code country capacity skills"))  # fmt: skip

SHEETS: Mapping[tuple[str, str], Sheet] = {
    (sheet.institution, sheet.kind): sheet
    for sheet in (
        *BANCO_ANDINO, *CREDISOL_CO, *FINANCIERA_AUSTRAL, *MERCANTIL_BAJIO, *CAJA_PACIFICO, ROSTER
    )
}  # fmt: skip
