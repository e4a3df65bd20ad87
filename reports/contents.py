"""What came in a sealed file: told in its acknowledgement, and in that of each file in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.acknowledgement_words import Words
from reports.labels import count
from reports.page import Sheet
from reports.painter import Column, figures, paint
from reports.table import Cell


@dataclass(frozen=True)
class Content:
    """A file in a sealed one; ``digest`` is the SHA-256 of its content."""

    name: str
    size_bytes: int
    digest: str


def opened_banner(sheet: Sheet, contents: tuple[Content, ...], words: Words) -> None:
    """That the file was opened, and where its contents are answered."""
    found = len(contents)
    title = words["opened_one"] if found == 1 else words["opened"].format(count=found)
    sheet.banner(title, words["opened_told"], "good")


def paint_contents(sheet: Sheet, contents: tuple[Content, ...], country: str, words: Words) -> None:
    """Names, sizes and digests; nothing where the file held none."""
    if not contents:
        return
    sheet.section(words["contents"])
    columns = [
        Column(words["name"], 64, lines=3),
        figures("Bytes", 24),
        Column("SHA-256", 92, lines=2),
    ]
    rows = [(one.name, count(one.size_bytes, country), one.digest) for one in contents]
    paint(sheet, columns, rows, size=8.5)


def contents_records(container: str, contents: tuple[Content, ...]) -> Iterator[tuple[Cell, ...]]:
    """The same as records of the CSV: the file it came in, and the files that came in it."""
    if container:
        yield ("dentro_de", container, *(None,) * 9)
    for one in contents:
        yield ("contenido", one.name, None, None, None, one.digest, *(None,) * 5)
