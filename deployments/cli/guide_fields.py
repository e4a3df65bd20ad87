"""What each canonical field means, in Spanish, and an example written as a layout wants it."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from recupero.money import exponent
from recupero.profiles.fields import Canonical
from recupero.profiles.layout import Layout

MEANING = {
    "account_number": "Número de la obligación, siempre el mismo",
    "debtor_id_type": "Tipo de documento del deudor",
    "debtor_id_number": "Número de documento, con su dígito de verificación",
    "debtor_name": "Nombre o razón social del deudor",
    "obligation_kind": "Clase de obligación",
    "product": "Producto",
    "currency": "Moneda, código ISO 4217",
    "cut_off": "Fecha de corte: a su cierre los saldos ya contienen todo pago hasta ella",
    "opened_on": "Fecha de desembolso o apertura",
    "due_date": "Vencimiento impago más antiguo",
    "days_past_due": "Días de mora a la fecha de corte",
    "principal_minor": "Capital",
    "interest_minor": "Interés corriente",
    "default_interest_minor": "Interés de mora",
    "fees_minor": "Honorarios o gastos de cobranza",
    "expenses_minor": "Otros gastos",
    "total_minor": "Total; debe ser la suma de los componentes",
    "phone": "Teléfono",
    "phone_2": "Segundo teléfono",
    "email": "Correo electrónico",
    "address": "Dirección",
    "city": "Ciudad",
    "region": "Departamento, región o estado",
    "guaranteed": "Tiene garantía",
    "renewed_on": "Fecha de la última renovación o refinanciación",
    "related_party": "El deudor es parte vinculada",
    "transaction_id": "Identificador único de la transacción",
    "amount_minor": "Importe, sin signo",
    "kind": "Pago o reverso",
    "reverses": "Transacción que se reversa; solo en reversos",
    "paid_on": "Fecha del pago",
    "payer_name": "Quién pagó",
    "payer_id": "Documento de quien pagó",
    "channel": "Canal",
    "effort_id": "Identificador único de la gestión",
    "performed_at": "Fecha y hora de la gestión, hora local",
    "result": "Resultado de la gestión",
    "direct": "Contacto directo con el deudor",
    "granted": "Autoriza el canal",
    "recorded_at": "Fecha de la autorización o de su retiro",
    "attestation": "Qué se declara",
    "holds": "Se cumple",
    "stated_on": "Fecha de la declaración",
    "evidence": "Documento que lo sustenta",
    "decided_on": "Fecha de la decisión",
    "resolution": "Acta o resolución",
    "proposal": "Número de la propuesta de castigo",
    "collector_code": "Código del gestor",
    "country": "País, código ISO 3166-1",
    "capacity": "Cuentas que puede llevar",
    "skills": "Etapas que trabaja, separadas por punto y coma; vacío: todas",
}

#: What a mapped word stands for, where the word itself does not say it to a reader of Spanish.
WORDS = {
    "loan": "préstamo", "card": "tarjeta", "service": "servicio", "invoice": "factura",
    "payment": "pago", "reversal": "reverso", "True": "sí", "False": "no",
    "call": "llamada", "sms": "SMS", "email": "correo", "letter": "carta", "visit": "visita",
    "notarial_letter": "carta notarial", "contact": "contacto", "no_contact": "sin contacto",
    "promise": "compromiso", "refusal": "renuente", "delivered": "entregado",
    "returned": "devuelto", "wrong_number": "equivocado", "provisioned": "provisionada al 100 %",
    "itemised_in_inventory_book": "detallada en el libro de inventarios",
    "uneconomic_to_sue": "demandar cuesta más que la deuda", "unrelated_party": "no vinculado",
    "unguaranteed": "sin garantía", "not_renewed": "sin renovación",
    "judicial_action_exhausted": "acción judicial agotada",
}  # fmt: skip

#: Units of money; the total is made of those the layout has.
_UNITS = {
    "principal_minor": 1_250_000, "interest_minor": 37_500, "default_interest_minor": 12_500,
    "fees_minor": 5_000, "expenses_minor": 0, "amount_minor": 150_000,
}  # fmt: skip
_DATES = {"opened_on": date(2025, 3, 15), "due_date": date(2026, 8, 30)}
_DAY = date(2026, 11, 30)
_HOUR = time(10, 15)
_IDENTITY = {
    "CC": "1020304050", "NIT": "869970451-2", "CE": "284615", "RUT": "12.345.678-5",
    "RFC": "GODE561231GR8", "CURP": "BOXW310820HNERXN09", "DNI": "45678912",
    "RUC": "20512333797",
}  # fmt: skip
_BY_COUNTRY = {"CO": "CC", "CL": "RUT", "MX": "RFC", "PE": "DNI"}
_PHONE = {"CO": "3012345678", "CL": "961234567", "MX": "5512345678", "PE": "987654321"}
_TEXT = {
    "account_number": "4000123456", "debtor_name": "Ana Pérez Soto", "product": "Libre inversión",
    "email": "ana.perez@example.com", "address": "Calle 10 # 20-30", "city": "Capital",
    "region": "Centro", "transaction_id": "T-000481", "payer_name": "Ana Pérez Soto",
    "effort_id": "G-009120", "evidence": "Acta 14-2026", "resolution": "Acta 14-2026",
    "collector_code": "G-07", "skills": "prejuridica;juridica", "channel": "sucursal",
}  # fmt: skip
_EMPTY = frozenset({"reverses", "proposal", "phone_2", "renewed_on"})


def example(field: Canonical, layout: Layout, country: str, currency: str) -> str:
    """One value of *field* as a file of *layout* carries it; empty for what may stay empty."""
    text, place = _value(field, layout, country, currency), layout.columns.get(field.name)
    if not isinstance(place, tuple):
        return text
    if field.type == "amount":
        return text.zfill(place[1])
    return text if len(text) <= place[1] else re.sub(r"[.\s-]", "", text)[: place[1]]


def _value(field: Canonical, layout: Layout, country: str, currency: str) -> str:
    if field.name in layout.values:
        return _mapped_example(field, layout, country)
    if field.name in _EMPTY:
        return ""
    if field.type == "amount":
        return _amount(field.name, layout, currency)
    if field.type == "date":
        return _DATES.get(field.name, _DAY).strftime(layout.dates or "%Y-%m-%d")
    if field.type == "datetime":
        return datetime.combine(_DAY, _HOUR).strftime(layout.datetimes or "%Y-%m-%d %H:%M")
    if field.type == "integer":
        return "92" if field.name == "days_past_due" else "120"
    if field.type == "identity":
        return _IDENTITY[_identity_type(layout, country)]
    return _text(field, country, currency)


def _text(field: Canonical, country: str, currency: str) -> str:
    special = {
        "currency": currency,
        "country": country,
        "phone": _PHONE.get(country, _PHONE["CO"]),
        "debtor_id_type": _BY_COUNTRY.get(country, "CC"),
    }
    if field.name in special:
        return special[field.name]
    return _TEXT.get(field.name) or (field.allowed[0] if field.allowed else "")


def _mapped_example(field: Canonical, layout: Layout, country: str) -> str:
    """The institution's own word; for documents the one of the example number's type."""
    words = [word for word in layout.values[field.name] if word]
    if field.name == "debtor_id_type":
        wanted = _identity_type(layout, country)
        words = [word for word in words if layout.values[field.name][word] == wanted]
    return words[0]


def _identity_type(layout: Layout, country: str) -> str:
    """The type the example's document has: what the layout can say, first what is usual there."""
    usual = _BY_COUNTRY.get(country, "CC")
    constant = layout.constants.get("debtor_id_type")
    said = [constant] if constant else list(layout.values.get("debtor_id_type", {}).values())
    known = [str(name) for name in said if str(name) in _IDENTITY]
    return usual if usual in known or not known else known[0]


def _amount(name: str, layout: Layout, currency: str) -> str:
    units = _UNITS.get(name)
    if units is None:
        units = sum(_UNITS[part] for part in layout.declared & (_UNITS.keys() - {"amount_minor"}))
    if layout.implied_decimals:
        return _signed(str(units * 10**layout.implied_decimals), layout)
    digits = f"{units:,}".replace(",", layout.thousands)
    places = exponent(currency)
    whole = f"{digits}{layout.decimal}{'0' * places}" if layout.decimal and places else digits
    return _signed(whole, layout)


def _signed(amount: str, layout: Layout) -> str:
    sign = layout.sign
    if sign.place == "after":
        return f"{amount}{sign.positive}"
    return f"{sign.positive}{amount}" if sign.place == "before" else amount
