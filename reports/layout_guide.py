"""The page that tells an institution how one of its files is to be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.page import Heading, Issuer, Sheet
from reports.painter import Column, paint

#: Headings of the table of fields; what is printed and what is Markdown agree by it.
FIELD_TITLES = ("Campo", "Contenido", "Tipo", "Formato", "Obligatorio", "Ejemplo")


@dataclass(frozen=True)
class LayoutGuide:
    """One layout, in Spanish; what stands in files is marked as Markdown does.

    ``sections`` are titles with their sentences; ``fields`` rows under ``FIELD_TITLES``.
    """

    title: str
    institution: Issuer
    agency: Issuer
    code: str
    in_force: str
    made: date
    profile: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    fields: tuple[tuple[str, ...], ...]
    codes: tuple[str, ...]


def layout_guide_pdf(data: LayoutGuide) -> bytes:
    """The page to be printed."""
    heading = Heading(
        data.title, data.code, data.institution, data.agency, data.made,
        caption=data.in_force, proof=f"Perfil {data.profile}",
    )  # fmt: skip
    with Sheet(heading) as sheet:
        (title, sentences), *others = data.sections
        _section(sheet, title, sentences)
        if data.fields:
            sheet.section("Campos")
            columns = (
                Column(FIELD_TITLES[0], 27, lines=3), Column(FIELD_TITLES[1], 33, lines=4),
                Column(FIELD_TITLES[2], 14, lines=2), Column(FIELD_TITLES[3], 24, lines=6),
                Column(FIELD_TITLES[4], 13), Column(FIELD_TITLES[5], 26, lines=3),
            )  # fmt: skip
            rows = [[_plain(cell) for cell in row] for row in data.fields]
            paint(sheet, columns, rows)
        if data.codes:
            _section(sheet, "Códigos y datos acordados", data.codes)
        for title, sentences in others:
            _section(sheet, title, sentences)
        return sheet.finish()


def _section(sheet: Sheet, title: str, sentences: tuple[str, ...]) -> None:
    sheet.section(title)
    for sentence in sentences:
        sheet.paragraph(f"• {_plain(sentence, '«', '»')}", 8.5)


def _plain(text: str, opening: str = "", closing: str = "") -> str:
    """*text* with quotes, or nothing, in place of the marks of Markdown."""
    return "".join(
        f"{opening}{part}{closing}" if at % 2 else part for at, part in enumerate(text.split("`"))
    )
