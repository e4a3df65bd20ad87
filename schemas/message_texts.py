"""What a person is told about a row that broke a rule, and what to do about it, by language."""

from __future__ import annotations

from collections.abc import Mapping

from recupero.profiles.json_line import CHARACTERS_MAX, LEVELS_MAX
from recupero.profiles.language import Language

_SPANISH = {
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
    "first_stands": "{}: repetido con otro contenido; vale la línea {}",
    "none_stands": (
        "{}: repetido con otro contenido en la línea {}; no se aplica ninguna de esas filas"
    ),
    "repair_unknown": (
        "la referencia no es la de una fila rechazada del archivo que este corrige; no la cambie"
    ),
    "repair_altered": (
        "las columnas originales no son las del archivo; escriba solo en las de corrección y abra "
        "el archivo con todas sus columnas como texto"
    ),
    "repair_done": "la fila ya se registró corregida, con otro contenido",
    "repair_repeated": "la fila vuelve varias veces, con correcciones distintas",
    "repair_overtaken": "una lista completa posterior dice ya lo que vale",
    "repair_contradicts": "otra fila del mismo archivo ya vale con esta clave",
    "phone_invalid": "{column}: no es un teléfono válido del país; no se usará tal como está",
    "email_invalid": "{column}: no parece una dirección de correo",
    "encoding_suspect": (
        "la línea contiene caracteres que no son texto en la codificación acordada; "
        "compruebe si viene en otra o convertida dos veces (como «Ã©» por «é»)"
    ),
}
_ENGLISH = {
    "column_count": "the line does not have the agreed number of columns; check the delimiters",
    "line_length": (
        "the line does not have the agreed length ({length}); it may be cut off or lack the "
        "blanks at its end"
    ),
    "columns_shifted": (
        "the line has tabs, or letters of several characters (as «Ã©» for «é»), which move its "
        "columns; write the file without them, in the agreed encoding"
    ),
    "record_unknown": "unknown type of record at the beginning of the line",
    "control_character": (
        "the line has control or invisible characters (such as NUL); write the file without them"
    ),
    "quote": "a quote that is not closed, or text next to one",
    "json_line": (
        "the line is no well-formed JSON object; write one a line, whole, of at most "
        f"{CHARACTERS_MAX} characters and {LEVELS_MAX} levels"
    ),
    "json_repeated": "the line gives one key two values, and which of them counts is unknown",
    "json_value": "{column}: a list or an object where one value is expected",
    "number_as_code": (
        "{column}: a number with a sign, decimals or an exponent where a code is expected; "
        "write it as text"
    ),
    "spreadsheet_number": (
        "{column}: the spreadsheet kept a number of more than 15 digits and lost the last "
        "ones; give the column the format of text"
    ),
    "spreadsheet_error": "{column}: the cell holds an error of the spreadsheet",
    "required": "{column}: missing, and it is required",
    "unreadable_amount": "{column}: no amount; it is expected as {amount}",
    "unreadable_date": "{column}: no date; it is expected as {date}",
    "unreadable_datetime": "{column}: no date and time; it is expected as {datetime}",
    "unreadable_integer": "{column}: no whole number",
    "value_unknown": "{column}: a value that is not in the agreed table",
    "not_allowed": "{column}: a value that is not accepted",
    "negative": "{column}: cannot be negative",
    "number_out_of_range": "{column}: a whole number from 1 to 999999 is expected",
    "zero_amount": "{column}: the amount is zero",
    "unreadable_decimal": (
        "{column}: no number; it is written with the agreed decimal mark and up to 8 decimals"
    ),
    "ends_before_it_begins": "{column}: earlier than the beginning",
    "not_first_of_month": "{column}: write the first day of the month",
    "nothing_moved": "{column}: the row moves no amount",
    "parts_do_not_cancel": (
        "{column}: a reclassification moves amounts between components; they must sum to zero"
    ),
    "parts_do_not_sum": "{column}: the total is not the sum of its parts",
    "due_after_cut_off": "{column}: due after the cut-off, yet it states days past due",
    "opened_after_cut_off": "{column}: later than the cut-off date",
    "opened_after_due": "{column}: opened later than it fell due",
    "cut_off_in_future": "{column}: the cut-off is later than the business date",
    "date_in_future": "{column}: later than the business date",
    "nothing_stated": "the row states nothing about the person",
    "reverses_itself": "{column}: a reversal cannot reverse itself",
    "reverses_without_reversal": "{column}: only a reversal names the operation it cancels",
    "bad_check_digit": "{column}: the check digit or the length is not right",
    "duplicate_key": "{column}: repeated with other content",
    "first_stands": "{}: repeated with other content; line {} counts",
    "none_stands": "{}: repeated with other content on line {}; none of these rows is applied",
    "repair_unknown": (
        "the reference is not that of a rejected row of the file this one repairs; leave it as "
        "it is"
    ),
    "repair_altered": (
        "the original columns are not those of the file; write in the correction columns only, "
        "and open the file with all its columns as text"
    ),
    "repair_done": "the row was already booked as corrected, with other content",
    "repair_repeated": "the row comes back several times, with different corrections",
    "repair_overtaken": "a later full list has said what holds",
    "repair_contradicts": "another row of the same file stands with this key",
    "phone_invalid": "{column}: no valid telephone of the country; it will not be used as it is",
    "email_invalid": "{column}: does not look like an e-mail address",
    "encoding_suspect": (
        "the line has characters that are no text in the agreed encoding; see whether it is in "
        "another one, or was converted twice (as «Ã©» for «é»)"
    ),
}

MESSAGES: Mapping[Language, Mapping[str, str]] = {"es": _SPANISH, "en": _ENGLISH}

#: The words of the values that messages name; of dates the letters that stand for the figures.
WORDS: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "implied": "{places} decimales implícitos",
        "length": "{positions} posiciones",
        "reach": "al menos {positions} posiciones",
        "around": ", los negativos entre paréntesis",
        "sign": ", con «{negative}» {where} los negativos y {above} los demás",
        "before": "delante",
        "after": "detrás",
        "column": "en su columna de signo",
        "nothing": "nada",
        "%d": "dd",
        "%m": "mm",
        "%Y": "aaaa",
        "%H": "hh",
        "%M": "mm",
        "%S": "ss",
    },
    "en": {
        "implied": "{places} implied decimals",
        "length": "{positions} positions",
        "reach": "at least {positions} positions",
        "around": ", negative ones in brackets",
        "sign": ", with «{negative}» {where} for negative ones and {above} for the others",
        "before": "in front",
        "after": "behind",
        "column": "in the column of the sign",
        "nothing": "nothing",
        "%d": "dd",
        "%m": "mm",
        "%Y": "yyyy",
        "%H": "hh",
        "%M": "mm",
        "%S": "ss",
    },
}

#: Why a file is refused for its rejects, the reasons for them, and what to do.
EXCESS: Mapping[Language, tuple[str, str, str]] = {
    "es": (
        "{rejected} de {read} filas rechazadas, más del {share:.0%} acordado. {reasons}",
        "{count} desde la línea {line}: {text}",
        "corrija esas filas y envíe el archivo de nuevo",
    ),
    "en": (
        "{rejected} of {read} rows rejected, more than the {share:.0%} agreed on. {reasons}",
        "{count} from line {line} on: {text}",
        "correct those rows and send the file again",
    ),
}
