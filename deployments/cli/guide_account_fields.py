"""What fields mean, in Spanish, in the files about accounts and people beside a portfolio."""

from __future__ import annotations

from recupero.profiles.fields import Kind

#: By kind, what its own fields mean there; the rest mean what they mean everywhere.
_MEANING_OF: dict[Kind, dict[str, str]] = {
    "instalment": {
        "instalment_number": "Número de la cuota",
        "due_date": "Vencimiento de la cuota",
        "principal_minor": "Capital de la cuota",
        "interest_minor": "Interés de la cuota",
        "fees_minor": "Comisiones y cargos de la cuota",
    },
    "guarantee": {
        "guarantee_number": "Número de la garantía dentro de la obligación",
        "guarantee_kind": "Clase de garantía",
        "covers_minor": "Importe que cubre; vacío: no se conoce",
    },
    "document_index": {
        "document_number": "Número del documento dentro de la obligación",
        "document_kind": "Clase de documento",
        "reference": "Referencia con que la entidad lo guarda",
        "issued_on": "Fecha del documento",
    },
    "related_person": {
        "role": "Por qué responde",
        "debtor_id_type": "Tipo de documento de la persona",
        "debtor_name": "Nombre o razón social de la persona",
        "since": "Desde qué día responde",
        "until": "Último día en que responde; vacío: sin término",
    },
    "debtor_update": {
        "debtor_id_type": "Tipo de documento de la persona",
        "debtor_name": "Nombre o razón social; vacío: no cambió",
        "phone": "Teléfono; vacío: no cambió",
        "phone_2": "Segundo teléfono; vacío: no cambió",
        "email": "Correo electrónico; vacío: no cambió",
        "address": "Dirección; vacía: no cambió",
    },
    "hold": {
        "hold_kind": "Por qué se suspende la gestión",
        "since": "Primer día sin gestión; con cuenta y clase identifica la suspensión",
        "until": "Último día sin gestión; vacío: hasta nuevo aviso",
        "basis": "Sustento",
    },
    "dispute": {
        "complaint_id": "Número de la queja o del reclamo, siempre el mismo",
        "dispute_kind": "De qué trata",
        "opened_on": "Fecha de apertura; desde ella no se gestiona la cuenta",
        "closed_on": "Fecha de cierre; al día siguiente se retoma. Vacía: sigue abierto",
        "basis": "Sustento",
    },
    "judicial_event": {
        "event": "Qué ocurrió",
        "occurred_on": "Fecha en que ocurrió",
        "reference": "Número del expediente",
        "court": "Juzgado o autoridad",
    },
}
_DRAWN = "Fecha en que el dato era cierto; vacía: la fecha de proceso"
#: As the guide asks for them, by ``kind.field``.
MEANING_OF_ACCOUNTS = {
    f"{kind}.{name}": text
    for kind, own in _MEANING_OF.items()
    for name, text in {"stated_on": _DRAWN, **own}.items()
}
TITLES_OF_ACCOUNTS = {
    "instalment": "Cuotas", "guarantee": "Garantías", "document_index": "Índice de documentos",
    "hold": "Suspensiones de la gestión", "related_person": "Codeudores y garantes",
    "debtor_update": "Actualización de datos", "dispute": "Quejas y reclamos",
    "judicial_event": "Actuaciones judiciales",
}  # fmt: skip

WORDS_OF_ACCOUNTS = {
    "mortgage": "hipoteca", "pledge": "prenda", "guarantee_fund": "fondo de garantías",
    "deposit": "depósito", "retention_of_title": "reserva de dominio", "personal": "personal",
    "promissory_note": "pagaré", "letter_of_instructions": "carta de instrucciones",
    "contract": "contrato", "statement": "estado de cuenta", "guarantee_deed": "escritura",
    "co-debtor": "codeudor", "guarantor": "garante", "representative": "representante",
    "notice": "comunicación", "other": "otro", "insolvency": "insolvencia", "lawsuit": "juicio",
    "dispute": "reclamo", "deceased": "fallecido", "protected": "persona protegida",
    "hardship": "dificultad económica", "force_majeure": "fuerza mayor",
    "payment_agreement": "acuerdo de pago", "denied": "no reconoce la deuda", "amount": "importe",
    "paid": "ya pagó", "impersonation": "suplantación", "prescribed": "prescripción",
    "treatment": "trato recibido", "demand_filed": "demanda presentada",
    "demand_served": "demanda notificada", "precautionary_measure": "medida cautelar",
    "judgment": "sentencia", "auction": "remate", "proceeding_ended": "fin del proceso",
    "insolvency_opened": "apertura de insolvencia", "insolvency_ended": "fin de la insolvencia",
}  # fmt: skip

#: Examples of texts.
EXAMPLES = {
    "reference": "2025-00817", "complaint_id": "PQR-00412", "basis": "Auto 118 de 2026",
    "court": "Juzgado 4 Civil",
}  # fmt: skip
