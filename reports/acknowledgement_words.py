"""The words of an acknowledgement, by language: what institutions read about their files."""

from __future__ import annotations

from collections.abc import Mapping

from recupero.profiles.language import Language

Words = Mapping[str, str]

_SPANISH = {
    "title": "Acuse de recibo",
    # the verdict
    "refused": "Archivo rechazado: no se registró ninguna fila",
    "refused_reason": "El archivo no se pudo leer como lo declara su formato.",
    "refused_mend": "Corrija el archivo y envíelo de nuevo.",
    "held": "Archivo retenido: no se registró ninguna fila",
    "duplicate": "Archivo ya recibido: no se registró de nuevo",
    "duplicate_told": (
        "El mismo contenido se recibió{when} y se acusó con el documento {document}. No tiene que "
        "hacer nada; si quería enviar datos nuevos, revise el archivo y envíelo otra vez."
    ),
    "on_day": " el {day}",
    "opened_one": "Archivo abierto: contiene un archivo",
    "opened": "Archivo abierto: contiene {count} archivos",
    "opened_told": "Cada archivo que contiene se acusa por separado, con su propio nombre.",
    "booked_rejects": "Archivo registrado con filas rechazadas: {count}",
    "booked_rejects_told": (
        "Las demás filas están registradas. Las rechazadas se listan abajo con su motivo y lo que "
        "debe hacerse."
    ),
    "to_repair": (" También están en {file}: complete sus columnas de corrección y devuélvalo."),
    "booked": "Archivo registrado",
    "all_accepted": "Todas las filas leídas fueron aceptadas.",
    "none_rejected": "Ninguna fila fue rechazada; las repetidas se registran una sola vez.",
    # the file
    "file": "Archivo recibido",
    "name": "Nombre",
    "inside": "Recibido dentro de",
    "repairs": "Corrige filas rechazadas de",
    "layout": "Contenido y versión del formato",
    "sealed": "Archivo comprimido o cifrado",
    "unidentified": "No identificado",
    "size": "Tamaño",
    "business_date": "Fecha de operación",
    "digest": "SHA-256 del archivo",
    "head": "Cabeza de la cadena",
    "contents": "Archivos que contiene",
    # what became of its rows
    "rows": "Qué pasó con las filas",
    "outcome": "Resultado",
    "count": "Filas",
    "amount": "Importe {currency}",
    "read": "Leídas",
    "booked_rows": "Registradas",
    "unchanged": "Sin cambios",
    "held_rows": "Retenidas a la espera de decisión",
    "rejected": "Rechazadas",
    "duplicate_rows": "Duplicadas",
    "readable": "Importes: los que se pudieron leer.",
    # control figures
    "control": "Totales de control",
    "control_of": "Totales de control de {source}",
    "figure": "Control",
    "declared": "Declarado",
    "counted": "Contado",
    "difference": "Diferencia",
    "control_rows": "Filas",
    "control_sum": "Suma",
    "control_sum_of": "Suma de {amount}",
    "control_hash": "Total de comprobación",
    # a portfolio against what was known
    "compared": "Cuentas, frente a lo que ya se había informado",
    "compared_new": "Nuevas",
    "compared_changed": "Con cambios",
    "compared_unchanged": "Sin cambios",
    "compared_returned": "Vueltas a informar",
    "compared_vanished": "Retiradas",
    "expected": "Total de la cartera, frente al saldo que se esperaba",
    "expected_known": "Saldo anterior, menos los pagos hasta el corte",
    "expected_placed": "Cuentas nuevas",
    "expected_adjusted": "Ajustes de las ya informadas",
    "expected_recalled": "Cuentas retiradas",
    "expected_unstated": "Cuentas cuya fila se rechazó",
    "expected_total": "Total del archivo",
    "part_one_missing": (
        "Parte {name} de la cartera; falta {missing} del mismo corte. Mientras tanto ninguna "
        "cuenta se da por retirada."
    ),
    "part_missing": (
        "Parte {name} de la cartera; faltan {missing} del mismo corte. Mientras tanto ninguna "
        "cuenta se da por retirada."
    ),
    "part_complete": (
        "Parte {name} de la cartera; con ella están todas las del corte, y lo que ninguna nombra "
        "se da por retirado."
    ),
    "undeclared": "no declarado",
    "agrees": "Coincide",
    "disagrees": "No coincide",
    # rows
    "rejects": "Filas rechazadas",
    "warnings": "Avisos",
    "line": "Línea",
    "field": "Campo",
    "value": "Valor",
    "reason": "Motivo",
    "mend": "Qué hacer",
    "usual_mend": "Corrija el valor en el origen y envíe la línea en el siguiente archivo.",
    "rest": "y {count} más: la lista completa está en el CSV de este acuse.",
    # what a portfolio ends
    "recalls": " Cuentas retiradas porque la cartera completa ya no las nombra: {count}.",
    "recalls_named": " Cuentas retiradas: {count}.",
    "missing_named": "Cuentas del archivo: no se retiraron",
    "recalled_named": "Cuentas retiradas",
    "facts": "Datos que el archivo ya no trae",
    "facts_told": "De las cuentas que nombra, dejaron de estar vigentes: {count}.",
    "missing": "Cuentas que faltan en la cartera: no se retiraron",
    "recalled": "Cuentas retiradas: la cartera completa ya no las nombra",
    "account": "Cuenta",
    "balance": "Saldo {currency}",
    "accounts": "Cuentas: {count}",
    "people": "Deudores y datos de contacto",
    "replaced": (
        "Cuentas con otro deudor: {count}. A quien respondía antes ya no se le contacta por ellas: "
        "{numbers}."
    ),
    "points": (
        "Teléfonos, correos y direcciones que el archivo ya no informa y dejaron de usarse: "
        "{count}."
    ),
    # the end
    "closing_counted": (
        "Filas leídas = registradas + sin cambios + retenidas + rechazadas + duplicadas. El "
        "archivo se conserva tal como llegó; su huella y la cabeza de la cadena permiten comprobar "
        "este acuse más adelante."
    ),
    "closing": (
        "El archivo se conserva tal como llegó; su huella permite comprobar este acuse más "
        "adelante."
    ),
}

_ENGLISH = {
    "title": "Acknowledgement of receipt",
    "refused": "File refused: no row was booked",
    "refused_reason": "The file could not be read as its layout declares.",
    "refused_mend": "Correct the file and send it again.",
    "held": "File held: no row was booked",
    "duplicate": "File received before: it was not booked again",
    "duplicate_told": (
        "The same content was received{when} and acknowledged by document {document}. Nothing is "
        "to be done; if you meant to send new data, check the file and send it once more."
    ),
    "on_day": " on {day}",
    "opened_one": "File opened: it holds one file",
    "opened": "File opened: it holds {count} files",
    "opened_told": "Each file in it is acknowledged by itself, under its own name.",
    "booked_rejects": "File booked, with rejected rows: {count}",
    "booked_rejects_told": (
        "The other rows are booked. Those rejected are listed below with the reason and what is to "
        "be done."
    ),
    "to_repair": " They are also in {file}: fill in its correction columns and send it back.",
    "booked": "File booked",
    "all_accepted": "All rows read were accepted.",
    "none_rejected": "No row was rejected; repeated ones are booked once.",
    "file": "File received",
    "name": "Name",
    "inside": "Received inside",
    "repairs": "Repairs rejected rows of",
    "layout": "Content and version of the layout",
    "sealed": "Compressed or encrypted file",
    "unidentified": "Not identified",
    "size": "Size",
    "business_date": "Business date",
    "digest": "SHA-256 of the file",
    "head": "Head of the chain",
    "contents": "Files in it",
    "rows": "What became of the rows",
    "outcome": "Outcome",
    "count": "Rows",
    "amount": "Amount {currency}",
    "read": "Read",
    "booked_rows": "Booked",
    "unchanged": "Unchanged",
    "held_rows": "Held until somebody decides",
    "rejected": "Rejected",
    "duplicate_rows": "Duplicate",
    "readable": "Amounts: those that could be read.",
    "control": "Control totals",
    "control_of": "Control totals of {source}",
    "figure": "Control",
    "declared": "Declared",
    "counted": "Counted",
    "difference": "Difference",
    "control_rows": "Rows",
    "control_sum": "Sum",
    "control_sum_of": "Sum of {amount}",
    "control_hash": "Hash total",
    "compared": "Accounts, against what was known before",
    "compared_new": "New",
    "compared_changed": "Changed",
    "compared_unchanged": "Unchanged",
    "compared_returned": "Stated again",
    "compared_vanished": "Recalled",
    "expected": "Total of the portfolio, against the balance expected",
    "expected_known": "Balance before, less the payments up to the cut-off",
    "expected_placed": "New accounts",
    "expected_adjusted": "Adjustments of those known",
    "expected_recalled": "Accounts recalled",
    "expected_unstated": "Accounts whose row was rejected",
    "expected_total": "Total of the file",
    "part_one_missing": (
        "Part {name} of the portfolio; {missing} of the same cut-off is missing. Until it comes, "
        "no account is taken as recalled."
    ),
    "part_missing": (
        "Part {name} of the portfolio; {missing} of the same cut-off are missing. Until they come, "
        "no account is taken as recalled."
    ),
    "part_complete": (
        "Part {name} of the portfolio; with it all of the cut-off are there, and what none of them "
        "names is taken as recalled."
    ),
    "undeclared": "not declared",
    "agrees": "Agrees",
    "disagrees": "Disagrees",
    "rejects": "Rejected rows",
    "warnings": "Warnings",
    "line": "Line",
    "field": "Field",
    "value": "Value",
    "reason": "Reason",
    "mend": "What to do",
    "usual_mend": "Correct the value at its source and send the line in the next file.",
    "rest": "and {count} more: the complete list is in the CSV of this acknowledgement.",
    "recalls": " Accounts recalled because the full portfolio no longer names them: {count}.",
    "recalls_named": " Accounts recalled: {count}.",
    "missing_named": "Accounts of the file: they were not recalled",
    "recalled_named": "Accounts recalled",
    "facts": "What the file no longer states",
    "facts_told": "Of the accounts it names, no longer in force: {count}.",
    "missing": "Accounts missing from the portfolio: they were not recalled",
    "recalled": "Accounts recalled: the full portfolio no longer names them",
    "account": "Account",
    "balance": "Balance {currency}",
    "accounts": "Accounts: {count}",
    "people": "Debtors and how to reach them",
    "replaced": (
        "Accounts with another debtor: {count}. Whoever answered for them before is no longer "
        "contacted about them: {numbers}."
    ),
    "points": (
        "Telephones, e-mails and addresses that the file no longer states and that are not used "
        "any more: {count}."
    ),
    "closing_counted": (
        "Rows read = booked + unchanged + held + rejected + duplicate. The file is kept as it "
        "came; its digest and the head of the chain let anybody check this acknowledgement later."
    ),
    "closing": (
        "The file is kept as it came; its digest lets anybody check this acknowledgement later."
    ),
}

WORDS: Mapping[Language, Words] = {"es": _SPANISH, "en": _ENGLISH}
