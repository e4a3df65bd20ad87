"""CSV for the institutions: readable by Excel and machines, never a formula, nothing lost."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.acknowledgement_table import acknowledgement_csv
from reports.chain import ChainLink, chain_csv
from reports.exhaustion_gaps import gaps_csv
from reports.table import BOM, Cell, csv_bytes, guard, unguard
from reports.typeface import clean, fit, size_to_fit, width_mm, wrap, wrap_to
from reports.writeoff import writeoff_csv
from tests.golden import report_inputs as inputs

DANGEROUS = (
    "=1+1", "+57 300", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A",
    "'already", " =1", "\xa0=1", "\u3000＝1", "\u200b=1", "\ufeff=1", "\x00=1", '"=1', '" \'=1',
    "“=1”", "«-1»", " \t @A", "\tAna",
)  # fmt: skip


_BEFORE = (
    r"\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
    r"\"'`´\u2018-\u201f«»‹›＂＇"
)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet might calculate it, now or once blanks and quotes are taken away."""
    rest = re.sub(rf"^[{_BEFORE}]+", "", cell) if cell[:1] != "'" else ""
    return cell[:1] in ("\t", "\r", "\n") or unicodedata.normalize("NFKC", rest[:1]) in (*"=+-@",)


def texts_of(value: Any, text: str) -> Any:
    """*value* with every text in it replaced by *text*, but for the codes that reports look up."""
    if is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: texts_of(getattr(value, each.name), text) for each in fields(value)
                   if each.init and each.name not in CODES}  # fmt: skip
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(texts_of(each, text) for each in value)
    return text if isinstance(value, str) and value else value


CODES = {"currency", "country", "state", "kind", "institution", "agency", "control", "read",
         "booked", "unchanged", "held", "rejected", "duplicate", "language"}  # fmt: skip
REPORTS: dict[str, tuple[Callable[[Any], bytes], Any]] = {
    "acknowledgement": (acknowledgement_csv, inputs.acknowledgement()),
    "recalled": (acknowledgement_csv, inputs.recalled()),
    "refused": (acknowledgement_csv, inputs.refused()),
    "gaps": (gaps_csv, inputs.gap_plan()),
    "write-off": (writeoff_csv, inputs.write_off()),
    "chain": (chain_csv, (ChainLink(1, inputs.DAY, "receipt", "0a", "0b"),)),
}
_HOSTILE = st.builds(
    "".join,
    st.tuples(
        st.text(st.sampled_from(" \t\r\n\xa0\u3000\u200b\ufeff\"'“«＂"), max_size=3),
        st.sampled_from([*"=+-@＝＋－＠", "\t", "\r", "\n", "-1", "+57 300 555 0100"]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
    ),
)
_CELL = re.compile(r'(?:^|[;\n])(?:"((?:[^"]|"")*)"|([^";\r\n]*))(?=;|\r\n|$)')


@settings(max_examples=20)
@given(_HOSTILE)
@pytest.mark.parametrize("name", REPORTS)
def test_no_cell_of_any_report_is_a_formula_whatever_came_from_outside(
    name: str, text: str
) -> None:
    """Only what we write bare begins with a minus: numbers."""
    render, data = REPORTS[name]
    content = render(texts_of(data, text)).decode("utf-8-sig")
    cells = [(quoted, bare) for quoted, bare in _CELL.findall(content.removesuffix("\r\n"))]
    quoted = [each.replace('""', '"') for each, _bare in cells if each]
    assert [each for each in quoted if is_formula(each)] == []
    assert text in {unguard(each) for each in quoted}
    assert all(re.fullmatch(r"(-?\d+(\.\d+)?|\d{4}-\d\d-\d\d|)", bare) for _, bare in cells)


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_text_gets_an_apostrophe(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ana", " Ana", "1-30", "a=b", '"Ana" = 1', "1 =1"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert guard(text) == text


@given(st.text())
def test_guard_is_reversible_and_never_leaves_a_formula(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not is_formula(guard(text))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_any_text_comes_back_through_a_csv_reader(texts: list[str]) -> None:
    content = csv_bytes(["n", "texto"], list(enumerate(texts)))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [unguard(row[1]) for row in rows[1:]] == texts


def test_values_are_written_for_machines() -> None:
    row: list[Cell] = [
        "Peña; Ñ",
        12,
        Decimal("-1234.50"),
        date(2026, 11, 27),
        datetime(2026, 1, 2, 3, 4),
        None,
    ]
    content = csv_bytes(["a", "b", "c", "d", "e", "f"], [row])
    assert content.startswith(BOM)
    assert content.decode("utf-8-sig").split("\r\n")[1] == (
        '"Peña; Ñ";12;-1234.50;2026-11-27;2026-01-02 03:04;'
    )


def test_an_undecodable_file_name_is_shown_escaped() -> None:
    name = b"cartera\xf1.txt".decode("utf-8", "surrogateescape")
    assert b"cartera\\udcf1.txt" in csv_bytes(["archivo"], [[name]])
    assert clean(name) == "cartera[U+DCF1].txt"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ñandú ¿qué? «ok» – €", "Ñandú ¿qué? «ok» – €"),
        ("Yağız Şahin", "Yagız Sahin"),
        ("N\u0303un\u0303ez", "Ñuñez"),
        ("a\tb\nc", "a b c"),
        ("№ 5 → 6", "N.º 5 -> 6"),
        ("中文", "[U+4E2D][U+6587]"),
        ("a\u202eb", "a[U+202E]b"),
        ("\x00", "[U+0000]"),
        ("◊◊", "<><>"),
        ("ﬁn", "ﬁn"),
    ],
)
def test_what_the_font_lacks_is_recognisable(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(max_size=80), st.floats(8, 120), st.integers(1, 4))
def test_nothing_is_wider_than_its_room(text: str, room: float, lines: int) -> None:
    text = clean(text)
    parts = wrap_to(text, room, 9, lines)
    assert len(parts) <= lines
    assert all(width_mm(part, 9) <= room + 1e-6 for part in parts)
    assert width_mm(fit(text, room, 9), 9) <= room + 1e-6
    size = size_to_fit(text, room, 9)
    assert width_mm(text, size) <= room + 1e-6
    assert "".join("".join(wrap(text, room, 9)).split()) == "".join(text.split())
