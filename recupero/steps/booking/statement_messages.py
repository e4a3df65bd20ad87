"""What an institution is told about a bank file, in Spanish: by rule of `statements.reasons`."""

from __future__ import annotations

_AS_ISSUED = "envíe el extracto en camt.053 o MT940, sin comprimir, tal como lo entrega el banco"

MESSAGES = {
    # what is no statement
    "empty": "el archivo está vacío",
    "other_format": "no es un extracto en camt ni en MT940: es {form}",
    "archive": "un archivo comprimido",
    "pdf": "un PDF",
    "unknown_format": "no es un extracto en camt ni en MT940",
    "table_needs_profile": _AS_ISSUED,
    "document_type": "es un XML con declaración de tipo de documento, que no se lee",
    "no_message": "es un XML sin mensaje camt.052, camt.053 ni camt.054",
    "xml_damaged": "el XML está dañado o cortado en la línea {line}",
    # the file and its statements
    "no_statement": "el archivo no contiene ningún extracto",
    "statement": "extracto {ordinal}: {why}",
    "no_account": "no dice de qué cuenta es",
    "no_start": "extracto sin :20:",
    "currency_unstated": "no dice la moneda: los importes se leen con dos decimales",
    "currency_unknown": "moneda {currency} desconocida: los importes se leen con dos decimales",
    "field_repeated": "el segundo :{tag}: del extracto no se usa",
    # balances and totals
    "balance_currency": "un saldo está en {currency} y la cuenta en {account}",
    "balances_mixed": "los saldos están en monedas distintas",
    "balances_differ": "varios saldos {name} distintos: no se usa ninguno",
    "balance_unread": "el saldo {name} no se puede leer: {why}",
    "balance_field_unread": "el saldo :{tag}: no se puede leer: {why}",
    "balance_field_malformed": "el saldo :{tag}: no está escrito como debe",
    "count_differs": "{name} declara otro número de partidas",
    "sum_differs": "{name} declara otra suma",
    "total_differs": ":{tag}: declara otro número o suma de partidas",
    # entries
    "entry_unread": "partida que no se puede leer: {why}",
    "outside_statement": "está fuera de un extracto",
    "before_start": "está antes del primer :20:",
    "entry_malformed": "su :61: no está escrito como debe",
    "after_closing": "partida después del saldo final",
    "entry_currency": "la partida está en otra moneda que el extracto: no entra en sus sumas",
    "status_unknown": "estado desconocido: la partida queda como solo anunciada",
    "part_differs": "su transacción declara otro importe que la partida",
    "parts_unstated": "la partida se toma entera: no todas sus transacciones declaran un importe "
    "en su moneda",
    "parts_do_not_sum": "la partida se toma entera: sus transacciones no la suman",
    # amounts and dates
    "amount_missing": "falta el importe",
    "amount_unreadable": "el importe no se entiende",
    "amount_too_precise": "el importe tiene más decimales de los que admite {currency}",
    "its_currency": "su moneda",
    "amount_too_large": "el importe es demasiado grande",
    "currency_missing": "falta la moneda",
    "direction_missing": "no dice si el importe es abono o cargo",
    "date_unreadable": "la fecha no se entiende",
    "date_impossible": "la fecha no existe en el calendario",
    "value_date_impossible": "la fecha valor no existe en el calendario",
    "entry_date_impossible": "la fecha contable no existe en el calendario",
}

#: What to do about a file that is refused.
MENDS = {
    "empty": "envíe el archivo con sus datos",
    "other_format": _AS_ISSUED,
    "unknown_format": _AS_ISSUED,
    "no_message": _AS_ISSUED,
    "document_type": _AS_ISSUED,
    "xml_damaged": "genere o descargue el archivo de nuevo y envíelo completo",
}
