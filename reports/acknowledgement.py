"""Acknowledgement of a received file: what came, what became of every row, what to mend.

Five forms by ``state``: ``booked`` (with or without rejects), ``held`` (nothing is booked until
somebody decides), ``refused`` (nothing was booked), ``duplicate`` (the same content was
acknowledged before) and ``opened`` (files came in it, each acknowledged by itself).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from recupero.errors import IntegrityError
from recupero.money import to_text
from recupero.profiles.language import Language
from reports.acknowledgement_words import WORDS, Words
from reports.compared import (
    Compared,
    ExpectedBalance,
    Part,
    paint_balance,
    paint_compared,
)
from reports.contents import Content, opened_banner, paint_contents
from reports.control_totals import ControlTotals, paint_control
from reports.dropped import PRINTED, Dropped, paint_dropped, recalls, rest
from reports.labels import KINDS, count, spoken
from reports.page import Heading, Issuer, Sheet, long_date
from reports.painter import Column, figures, paint


@dataclass(frozen=True)
class Tally:
    """Rows and their money per currency, ``((currency, minor units), …)``."""

    rows: int = 0
    amounts_minor: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class RejectedRow:
    """One failing rule of one row. ``line_number`` is the physical line or spreadsheet row."""

    line_number: int
    field: str
    rule: str
    value: str
    message: str
    mend: str = ""


@dataclass(frozen=True)
class Acknowledgement:
    """A received file; ``container`` names the sealed one it came in, ``contents`` came in it."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    state: str
    file_name: str
    size_bytes: int
    digest: str  # SHA-256 of the bytes
    kind: str = ""
    layout_version: str = ""
    chain_head: str = ""
    read: Tally = Tally()
    booked: Tally = Tally()
    unchanged: Tally = Tally()
    held: Tally = Tally()
    rejected: Tally = Tally()
    duplicate: Tally = Tally()
    control: ControlTotals | None = None
    rejects: tuple[RejectedRow, ...] = ()
    #: Rows that were accepted, with something the institution should look at.
    warnings: tuple[RejectedRow, ...] = ()
    part: Part | None = None
    compared: Compared | None = None
    expected: tuple[ExpectedBalance, ...] = ()
    dropped: Dropped = field(default_factory=Dropped)
    refusal_rule: str = ""
    refusal_reason: str = ""
    refusal_mend: str = ""
    container: str = ""
    contents: tuple[Content, ...] = ()
    duplicate_of: str = ""
    duplicate_received_on: date | None = None
    #: The file whose rejected rows this one brings back, and the one in which its own go out.
    repairs: str = ""
    reject_file: str = ""
    language: Language = "es"

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def steps(self) -> tuple[tuple[str, Tally], ...]:
        """What was read, then what became of it."""
        return (
            ("read", self.read),
            ("booked", self.booked),
            ("unchanged", self.unchanged),
            ("held", self.held),
            ("rejected", self.rejected),
            ("duplicate", self.duplicate),
        )

    @property
    def counted(self) -> bool:
        """Whether the file's rows were read and their fate can be told."""
        return self.state == "booked" or self.read.rows > 0


def acknowledgement_pdf(data: Acknowledgement) -> bytes:
    """The acknowledgement to be read; long reject lists end in ``y N más``."""
    check(data)
    words, country = data.words, data.institution.country
    heading = Heading(
        words["title"], data.document_id, data.institution, data.agency, data.business_date,
        data.chain_head, language=data.language,
    )  # fmt: skip
    with Sheet(heading) as sheet:
        _verdict(sheet, data)
        sheet.section(words["file"])
        sheet.facts(_file_facts(data))
        paint_contents(sheet, data.contents, country, words)
        if data.counted:
            _totals(sheet, data)
        if data.control is not None:
            paint_control(sheet, data.control, country, words)
        if data.part is not None:
            sheet.paragraph(data.part.told(words))
        if data.compared is not None:
            paint_compared(sheet, data.compared, country, words)
        paint_dropped(sheet, data.dropped, country, words)
        if any(one.known_minor for one in data.expected):  # else it is the first one
            paint_balance(sheet, data.expected, words)
        if data.rejects:
            _rows(sheet, words["rejects"], data.rejects, country, words)
        if data.warnings:
            _rows(sheet, words["warnings"], data.warnings, country, words)
        sheet.paragraph(_closing(data), 8)
        return sheet.finish()


def _closing(data: Acknowledgement) -> str:
    if not data.counted:
        return data.words["closing"]
    money = data.words["readable"] if any(tally.amounts_minor for _, tally in data.steps) else ""
    return f"{data.words['closing_counted']} {money}".rstrip()


def check(data: Acknowledgement) -> None:
    """Raise :class:`~recupero.errors.IntegrityError` unless every row read is accounted for."""
    parts = (data.booked, data.unchanged, data.held, data.rejected, data.duplicate)
    if data.read.rows != sum(part.rows for part in parts):
        raise IntegrityError("rows read are not the sum of what became of them", data.document_id)


def _verdict(sheet: Sheet, data: Acknowledgement) -> None:
    words, country = data.words, data.institution.country
    gone = recalls(data.dropped, country, words)
    if data.state == "refused":
        reason = data.refusal_reason or words["refused_reason"]
        mend = data.refusal_mend or words["refused_mend"]
        sheet.banner(words["refused"], f"{reason}\n{mend}", "alert")
    elif data.state == "held":
        reason = f"{data.refusal_reason[:1].upper()}{data.refusal_reason[1:]}".rstrip(".")
        sheet.banner(words["held"], f"{reason}.\n{data.refusal_mend}", "alert")
    elif data.state == "duplicate":
        on = data.duplicate_received_on
        when = words["on_day"].format(day=long_date(on, data.language)) if on else ""
        told = words["duplicate_told"].format(when=when, document=data.duplicate_of)
        sheet.banner(words["duplicate"], told)
    elif data.state == "opened":
        opened_banner(sheet, data.contents, words)
    elif data.rejected.rows:
        title = words["booked_rejects"].format(count=count(data.rejected.rows, country))
        out = words["to_repair"].format(file=data.reject_file) if data.reject_file else ""
        sheet.banner(title, f"{words['booked_rejects_told']}{out}{gone}", "alert")
    else:
        told = words["none_rejected" if data.duplicate.rows else "all_accepted"]
        sheet.banner(words["booked"], f"{told}{gone}", "plain" if gone else "good")


def _file_facts(data: Acknowledgement) -> list[tuple[str, str]]:
    words = data.words
    layout = words["sealed" if data.contents else "unidentified"]
    if data.kind:
        layout = f"{spoken(KINDS[data.language], data.kind)} · {data.layout_version}"
    return [
        (words["name"], data.file_name),
        *([(words["inside"], data.container)] if data.container else []),
        *([(words["repairs"], data.repairs)] if data.repairs else []),
        (words["layout"], layout),
        (words["size"], f"{count(data.size_bytes, data.institution.country)} bytes"),
        (words["business_date"], long_date(data.business_date, data.language)),
        (words["digest"], data.digest),
        (words["head"], data.chain_head),
    ]


#: The words of what became of rows, by its code.
_OUTCOMES = {
    "read": "read", "booked": "booked_rows", "unchanged": "unchanged", "held": "held_rows",
    "rejected": "rejected", "duplicate": "duplicate_rows",
}  # fmt: skip


def _totals(sheet: Sheet, data: Acknowledgement) -> None:
    words, country = data.words, data.institution.country
    sheet.section(words["rows"])
    currencies = sorted({code for _, tally in data.steps for code, _ in tally.amounts_minor})
    total, *rows = (
        _tally_row(words[_OUTCOMES[step]], tally, currencies, country) for step, tally in data.steps
    )
    columns = [Column(words["outcome"], 60), figures(words["count"], 24)]
    columns += [figures(words["amount"].format(currency=code), 44) for code in currencies]
    paint(sheet, columns, rows, total=total, size=8.5)


def _tally_row(name: str, tally: Tally, currencies: list[str], country: str) -> list[str]:
    amounts = dict(tally.amounts_minor)
    shown = [to_text(amounts[code], code) if code in amounts else "—" for code in currencies]
    return [name, count(tally.rows, country), *shown]


def _rows(
    sheet: Sheet, title: str, rows: tuple[RejectedRow, ...], country: str, words: Words
) -> None:
    sheet.section(title)
    columns = [
        Column(words["line"], 12, "R"), Column(words["field"], 26, lines=2),
        Column(words["value"], 34, lines=2), Column(words["reason"], 56, lines=3),
        Column(words["mend"], 52, lines=3),
    ]  # fmt: skip
    usual = words["usual_mend"]
    shown = [
        (str(r.line_number), r.field, r.value, r.message, r.mend or usual) for r in rows[:PRINTED]
    ]
    paint(sheet, columns, shown)
    rest(sheet, len(rows), country, words)
