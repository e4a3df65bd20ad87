"""The names at the head of a table against those agreed on, and how to say what differs."""

from __future__ import annotations

import re
import unicodedata

from recupero.profiles.layout import Layout

#: Columns named one by one in a message; of the rest only the number is told.
_NAMES_SHOWN = 5
_DELIMITERS = {";": ";", ",": ",", "|": "|", "\t": "tabulador"}


def missing_names(names: list[str], layout: Layout, whole: bool = True) -> list[str]:
    """The column names *layout* declares that are not among *names*, in its order.

    A line of JSON may leave out what is empty, but no row what it must have; and an amount that the
    *whole* file never names would be read as none.
    """
    columns = layout.sources
    if layout.format == "jsonl":
        must = {field.name for field in layout.fields.values() if field.required}
        spare = {f.name for f in layout.fields.values() if not f.required and f.type != "amount"}
        needed = columns.keys() - spare if whole else must
        columns = {name: source for name, source in columns.items() if name in needed}
    wanted = dict.fromkeys(str(source).strip() for source in columns.values())
    return [name for name in wanted if name not in names]


def header_mend(layout: Layout) -> str:
    """What to do about a header that is not *layout*'s (Spanish)."""
    what = "escriba las claves" if layout.format == "jsonl" else "escriba el encabezado"
    return f"{what} como se acordó"


def header_fault(names: list[str], layout: Layout, line: str = "", whole: bool = True) -> str:
    """Why *line*, with the cells *names*, is not the header of *layout* (Spanish).

    Shows no cell but those that differ from a name agreed on by case, accents or spaces only.
    """
    missing = missing_names(names, layout, whole)
    by_letters = {_letters(name): name for name in names}
    nearly = {name: by_letters[_letters(name)] for name in missing if _letters(name) in by_letters}
    absent = [name for name in missing if name not in nearly]
    keyed = layout.format == "jsonl"
    if keyed and not names:
        return "ninguna línea es un objeto JSON; se acordó uno por línea"
    if len(absent) == len(set(layout.sources.values())) > 1:
        if other := other_delimiter(line, layout):
            return other
        if keyed:
            return f"ninguna línea trae las claves acordadas: {_listed(missing)}"
        return f"la primera línea no es el encabezado acordado: {_listed(missing)}"
    parts = []
    if nearly:
        pairs = [f"«{found}» debe decir «{name}»" for name, found in nearly.items()]
        what = "las claves no están escritas" if keyed else "el encabezado no está escrito"
        parts.append(f"{what} como se acordó: {_listed(pairs)}")
    if absent:
        what = (
            "ninguna línea trae claves acordadas" if keyed else "faltan columnas en el encabezado"
        )
        parts.append(f"{what}: {_listed(absent)}")
    return "; ".join(parts)


def other_delimiter(line: str, layout: Layout) -> str:
    """That *line* is parted by another delimiter than *layout*'s (Spanish), or an empty text."""
    if layout.format != "delimited" or layout.delimiter in line:
        return ""
    mark = max(_DELIMITERS, key=line.count)
    if mark not in line:
        return ""
    agreed = _DELIMITERS.get(layout.delimiter, layout.delimiter)
    return f"separa las columnas con «{_DELIMITERS[mark]}» y se acordó «{agreed}»"


def _letters(name: str) -> str:
    """*name* without case, accents and what is no letter or figure."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def _listed(names: list[str]) -> str:
    rest = len(names) - _NAMES_SHOWN
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} y {rest} más" if rest > 0 else shown
