"""What each canonical field means, in Spanish, and the words its codes stand for."""

from __future__ import annotations

from deployments.cli.guide_account_fields import (
    MEANING_OF_ACCOUNTS,
    TITLES_OF_ACCOUNTS,
    WORDS_OF_ACCOUNTS,
)
from deployments.cli.guide_movement_fields import (
    MEANING_OF_MOVEMENTS,
    TITLES_OF_MOVEMENTS,
    WORDS_OF_MOVEMENTS,
)
from recupero.profiles.fields import Kind

KIND_TITLES = {
    "placement": "Cartera asignada", "payment": "Pagos y reversos", "effort": "Gestiones",
    "consent": "Autorizaciones de contacto", "attestation": "Declaraciones del acreedor",
    "write_off": "Instrucciones de castigo", "roster": "Gestores",
    "statement": "Extracto bancario", **TITLES_OF_ACCOUNTS, **TITLES_OF_MOVEMENTS,
}  # fmt: skip

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
    **MEANING_OF_ACCOUNTS,
    **MEANING_OF_MOVEMENTS,
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
    "judicial_action_exhausted": "acción judicial agotada", **WORDS_OF_ACCOUNTS,
    **WORDS_OF_MOVEMENTS,
}  # fmt: skip


def meaning(kind: Kind, name: str) -> str:
    """What field *name* of a file of *kind* holds: as said of that kind, or else of all."""
    return MEANING.get(f"{kind}.{name}") or MEANING[name]
