"""What fields mean, in Spanish, in recalls, adjustments, control files and the agency's own."""

from __future__ import annotations

TITLES_OF_MOVEMENTS = {
    "recall": "Retiros de cuentas", "adjustment": "Movimientos de saldo de la institución",
    "absence": "Ausencias de gestores", "cost": "Costos de gestión", "goal": "Metas",
    "unit_value": "Valores de unidades", "control": "Archivo de control",
}  # fmt: skip

MEANING_OF_MOVEMENTS = {
    "adjustment_id": "Identificador único del movimiento",
    "adjustment.event": "Qué clase de movimiento es",
    "effective_on": "Fecha desde la que rige",
    "recalled_on": "Fecha del retiro: desde ella la cuenta deja de estar asignada",
    "reason": "Motivo",
    "recall_id": "Número del retiro",
    "absent_from": "Primer día de la ausencia",
    "absent_until": "Último día de la ausencia",
    "cancelled": "La ausencia quedó sin efecto",
    "month": "Primer día del mes",
    "scope": "De quién es la meta",
    "code": "Código de la entidad o del gestor",
    "measure": "Qué se mide",
    "quantity": "Cantidad, si se mide en número",
    "unit": "Unidad (UF, UDIS, UIT, UVT, SMMLV…)",
    "value": "Cuánto vale una unidad",
    "valid_from": "Desde cuándo rige",
    "valid_until": "Hasta cuándo rige; vacío: solo ese día",
    "source": "Publicación de la que se tomó",
    "control.file_name": "Nombre del archivo del que habla",
    "control.rows": "Número de registros del archivo en esta moneda",
    "control.currency": "Moneda de la que hablan las sumas: una fila por moneda",
    "control.hash_total": "Total de comprobación del archivo",
    "control.cut_off": "Fecha de corte del archivo",
    "control.sha256": "Suma SHA-256 del archivo (64 cifras hexadecimales)",
    **{
        f"control.{name}_minor": f"Suma de {told} del archivo"
        for name, told in {
            "principal": "capital",
            "interest": "intereses corrientes",
            "default_interest": "intereses de mora",
            "fees": "honorarios",
            "expenses": "gastos",
            "total": "saldos totales",
            "amount": "importes",
        }.items()
    },
}

WORDS_OF_MOVEMENTS = {
    "agreed": "acordada con el deudor", "sold": "cedida", "legal_action": "pasa a cobro judicial",
    "disputed": "en disputa", "placed_in_error": "asignada por error",
    "end_of_placement": "fin de la asignación", "charge": "cargo",
    "accrual": "causación de intereses", "correction": "corrección",
    "refund": "devolución al deudor", "waiver": "condonación",
    "reclassification": "reclasificación entre componentes", "holiday": "vacaciones",
    "leave": "licencia", "training": "capacitación", "institution": "entidad",
    "collector": "gestor", "collected": "recaudo", "promised": "importe prometido",
    "efforts": "gestiones", "contacts": "contactos", "promises": "promesas",
    "accounts": "cuentas",
}  # fmt: skip

#: Examples of texts, and what a file may leave empty.
EXAMPLES_OF_MOVEMENTS = {
    "adjustment_id": "M-000091", "unit": "UF", "code": "G-07", "source": "Diario Oficial",
    "reason": "Reliquidación de intereses", "file_name": "CARTERA.txt", "hash_total": "4077123456",
    "sha256": "9f2c61d0b7aa4c8e55d19f2c61d0b7aa4c8e55d19f2c61d0b7aa4c8e55d1abcd",
}  # fmt: skip
EMPTY_IN_MOVEMENTS = frozenset({"recall_id", "valid_until", "quantity"})
