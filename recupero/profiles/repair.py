"""The words of a reject file: columns beside the institution's own, which it fills in and returns.

Its lines are known again by their reference, whatever a spreadsheet did to the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from recupero.errors import FileRefused
from recupero.profiles.fields import BUSINESS_DATE, Kind
from recupero.profiles.language import Language
from recupero.profiles.layout import Layout, Source

#: What names of reject files begin with.
PREFIX = "RECHAZOS_"
#: The column that says which line of which file a row is.
REFERENCE = "RECUPERO_REF"
#: In a line of JSON, the key of all that is ours.
OURS = "RECUPERO"
#: Where a record has no columns of its own, the column that holds the whole of it.
RECORD = "REGISTRO"

#: Files of which lines do not come back: a bank's own records; what the agency states of itself,
#: where the newest file or row stands for all before it; and control files, which count in whole.
_WHOLE: frozenset[Kind] = frozenset(
    {"statement", "roster", "absence", "cost", "goal", "unit_value", "control"}
)

_REFERENCE = re.compile(r"R([0-9a-f]{16})-([0-9]{1,9})")
#: What the names we give end in, before their ending: part of the file's address, and a number
#: where its bytes came before. Looked ahead for: a reject file's own reject file has two of them.
_STEM_END = re.compile(r"(?=(_[0-9a-f]{12})(_[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Titles:
    """The columns of ours behind the reference; ``correction`` begins those to be filled in."""

    line: str
    field: str
    reason: str
    value: str
    correction: str

    @property
    def told(self) -> tuple[str, ...]:
        """The reference and what is said of the line, in the order of the columns."""
        return (REFERENCE, self.line, self.field, self.reason, self.value)


TITLES: dict[Language, Titles] = {
    "es": Titles("LINEA", "CAMPO", "MOTIVO", "VALOR", "CORRECCION_"),
    "en": Titles("LINE", "FIELD", "REASON", "VALUE", "CORRECTION_"),
}


def is_repairable(layout: Layout) -> bool:
    """Whether rejected lines of such a file may come back by themselves."""
    return layout.kind not in _WHOLE


def reference_of(folio: str, line_number: int) -> str:
    """The reference of a line of the file whose receipt has *folio* (16 hexadecimal digits)."""
    return f"R{folio}-{line_number}"


def line_of(reference: str, folio: str) -> int | None:
    """The line that *reference* names in the file whose receipt has *folio*, if it names one."""
    found = _REFERENCE.fullmatch(reference.strip())
    return int(found[2]) if found and found[1] == folio else None


def stems_in(name: str) -> list[str]:
    """What *name* may begin with that is the whole of a reject file's name but for its ending.

    The name may have gone on: ``RECHAZOS_X_0123456789ab_corregido.csv``.
    """
    if not name.startswith(PREFIX):
        return []
    ends = {at.end(group) for at in _STEM_END.finditer(name) for group in (1, 2) if at[group]}
    return [name[:end] for end in sorted(ends)]


def correction_titles(layout: Layout) -> dict[str, tuple[str, ...]]:
    """What may be corrected, in the institution's own words, and the fields that are read there."""
    fields: dict[str, tuple[str, ...]] = {}
    for field, source in layout.sources.items():
        title = _title(source)
        fields[title] = (*fields.get(title, ()), field)
    return fields


def titles_of(layout: Layout, fields: Iterable[str]) -> list[str]:
    """The titles of *fields* that are read from the file, each once, in the layout's order."""
    wanted = set(fields)
    return [title for title, read in correction_titles(layout).items() if wanted & set(read)]


def repair_renamed() -> FileRefused:
    """Why a file with the columns of a reject file, under another name, is not taken."""
    return FileRefused(
        "es un archivo de rechazos nuestro con otro nombre",
        mend="envíelo con su nombre, que comienza por RECHAZOS_; puede añadirle algo al final",
        rule="repair_renamed",
    )


def _title(source: Source) -> str:
    if isinstance(source, str):
        return source
    if isinstance(source, int):
        return f"COLUMNA_{source + 1}"
    return f"POSICIONES_{source[0]}_{source[0] + source[1] - 1}"


def written_as(layout: Layout) -> Layout:
    """How a reject file of *layout* is written: as the institution writes where it has columns that
    can be added to, else as our own tables or a workbook.
    """
    if layout.is_book:
        return layout.model_copy(update={"format": "xlsx", "sheet": None, "header_row": None})
    if layout.format == "fixed":
        own = {"format": "delimited", "delimiter": ";", "quote": '"', "encoding": "utf-8"}
        return layout.model_copy(update=own)
    return layout


def ending_of(layout: Layout, name: str) -> str:
    """The ending of a reject file's name; *name* is that of the file it is about."""
    if layout.is_book:
        return "xlsx"
    ending = name.rpartition(".")[2]
    usable = layout.format != "fixed" and ending != name and ending.isalnum() and ending.isascii()
    return ending if usable else {"jsonl": "jsonl"}.get(layout.format, "csv")


def as_part(layout: Layout, day: date) -> Layout:
    """*layout* of a part of a file of *day*, by which it dates what bears no date of its own. What
    was declared of the whole, in it or in a control file, says nothing of a part."""
    constants = {
        name: day if value == BUSINESS_DATE else value for name, value in layout.constants.items()
    }
    part = {"snapshot": "delta", "control": "none", "control_file": None, "constants": constants}
    return layout.model_copy(update=part)
