"""What a person is told about a row that broke a rule, in Spanish, and what to do about it."""

from __future__ import annotations

import polars as pl

from recupero.money import exponent
from recupero.profiles.json_line import CHARACTERS_MAX, LEVELS_MAX
from recupero.profiles.profile import Layout
from schemas.amounts import marks_of
from schemas.fixed_width import reach_of
from schemas.rule import REJECT, no_rejects

MESSAGES = {
    "column_count": "la línea no tiene el número de columnas acordado; revise separadores",
    "line_length": (
        "la línea no tiene la longitud acordada ({length}); puede estar cortada o sin los espacios "
        "del final"
    ),
    "columns_shifted": (
        "la línea trae tabuladores o letras de varios caracteres (como «Ã©» por «é»), que corren "
        "las columnas; genere el archivo sin ellos, en la codificación acordada"
    ),
    "record_unknown": "tipo de registro desconocido al comienzo de la línea",
    "control_character": (
        "la línea contiene caracteres de control o invisibles (como NUL); genere el archivo sin "
        "ellos"
    ),
    "quote": "comillas sin cerrar o texto pegado a unas comillas",
    "json_line": (
        "la línea no es un objeto JSON bien escrito; escriba uno por línea, completo, de hasta "
        f"{CHARACTERS_MAX} caracteres y {LEVELS_MAX} niveles"
    ),
    "json_repeated": "la línea da dos valores a una misma clave y no se sabe cuál vale",
    "json_value": "{column}: trae una lista o un objeto donde se espera un solo valor",
    "number_as_code": (
        "{column}: es un número con signo, decimales o exponente donde se espera un código; "
        "escríbalo como texto"
    ),
    "spreadsheet_number": (
        "{column}: la hoja de cálculo guardó un número de más de 15 dígitos y perdió los últimos; "
        "dé formato de texto a la columna"
    ),
    "spreadsheet_error": "{column}: la celda contiene un error de la hoja de cálculo",
    "required": "{column}: falta el dato y es obligatorio",
    "unreadable_amount": "{column}: no es un importe; se espera como {amount}",
    "unreadable_date": "{column}: no es una fecha; se espera como {date}",
    "unreadable_datetime": "{column}: no es una fecha con hora; se espera como {datetime}",
    "unreadable_integer": "{column}: no es un número entero",
    "value_unknown": "{column}: valor que no está en la tabla acordada",
    "not_allowed": "{column}: valor no admitido",
    "negative": "{column}: no puede ser negativo",
    "number_out_of_range": "{column}: se espera un número entero de 1 a 999999",
    "zero_amount": "{column}: el importe es cero",
    "unreadable_decimal": (
        "{column}: no es un número; se escribe con la marca decimal acordada y hasta 8 decimales"
    ),
    "ends_before_it_begins": "{column}: es anterior al comienzo",
    "not_first_of_month": "{column}: escriba el primer día del mes",
    "nothing_moved": "{column}: la fila no mueve ningún importe",
    "parts_do_not_cancel": (
        "{column}: una reclasificación pasa importes de un componente a otro; deben sumar cero"
    ),
    "parts_do_not_sum": "{column}: el total no es la suma de sus componentes",
    "due_after_cut_off": "{column}: vence después del corte y sin embargo declara días de mora",
    "opened_after_cut_off": "{column}: es posterior a la fecha de corte",
    "opened_after_due": "{column}: la apertura es posterior al vencimiento",
    "cut_off_in_future": "{column}: el corte es posterior a la fecha de proceso",
    "date_in_future": "{column}: es posterior a la fecha de proceso",
    "nothing_stated": "la fila no trae ningún dato de la persona",
    "reverses_itself": "{column}: un reverso no puede reversarse a sí mismo",
    "reverses_without_reversal": "{column}: solo un reverso nombra la operación que anula",
    "bad_check_digit": "{column}: el dígito de verificación o la longitud no corresponde",
    "duplicate_key": "{column}: repetido con otro contenido",
    "phone_invalid": "{column}: no es un teléfono válido del país; no se usará tal como está",
    "email_invalid": "{column}: no parece una dirección de correo",
    "encoding_suspect": (
        "la línea contiene caracteres que no son texto en la codificación acordada; "
        "compruebe si viene en otra o convertida dos veces (como «Ã©» por «é»)"
    ),
}


def explain(found: pl.DataFrame, rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Findings as rejects: message, value as seen and the untouched line.

    *found* has ``line_number``, ``field``, ``rule`` and perhaps ``message``, where a null takes the
    rule's own; *rows* is what ``read`` gave (text columns, ``line_number``, ``raw``).
    """
    if found.is_empty():
        return no_rejects()
    if "message" not in found.columns:
        found = found.with_columns(message=pl.lit(None, pl.String))
    pairs = found.select("field", "rule").unique().sort("field", "rule")
    texts = pairs.with_columns(
        text=pl.Series([message(rule, at, layout) for at, rule in pairs.rows()], dtype=pl.String)
    )
    seen = [
        pl.when(pl.col("field") == at).then(pl.col(f"seen_{at}"))
        for at in sorted(set(pairs["field"]) & set(layout.columns))
    ]
    cells = rows.select("line_number", "raw", pl.col(*layout.columns).name.prefix("seen_"))
    joined = found.join(cells, on="line_number", how="left").join(texts, on=["field", "rule"])
    return joined.select(
        "line_number",
        "field",
        "rule",
        message=pl.coalesce("message", "text"),
        value=pl.coalesce(*seen) if seen else pl.lit(None, pl.String),
        raw="raw",
    ).cast(REJECT)


def message(rule: str, at: str, layout: Layout) -> str:
    """The message of *rule* at field *at*, in the institution's own column names."""
    return MESSAGES[rule].format(
        column=layout.label(at),
        amount=_amount(layout),
        date=_calendar(layout.dates),
        datetime=_calendar(layout.datetimes),
        length=_length(layout),
    )


def _amount(layout: Layout) -> str:
    currency = layout.constants.get("currency")
    places = exponent(currency) if isinstance(currency, str) else 2
    marks = marks_of(layout)
    if marks.implied:
        return f"000123456 ({marks.implied} decimales implícitos){layout.sign.told}"
    whole = f"1{marks.thousands}234{marks.thousands}567"
    plain = f"{whole}{marks.decimal}{'89000000'[:places]}" if places and marks.decimal else whole
    return f"{plain}{layout.sign.told}"


def _length(layout: Layout) -> str:
    if layout.line_length is not None:
        return f"{layout.line_length} posiciones"
    return f"al menos {reach_of(layout)} posiciones"


def _calendar(text: str | None) -> str:
    names = {"%d": "dd", "%m": "mm", "%Y": "aaaa", "%H": "hh", "%M": "mm", "%S": "ss"}
    for directive, name in names.items():
        text = (text or "").replace(directive, name)
    return text or ""
