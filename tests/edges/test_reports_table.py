"""CSV for the institutions: readable by Excel and machines, never a formula, nothing lost."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.table import BOM, Cell, csv_bytes, guard, unguard
from reports.typeface import clean, fit, size_to_fit, width_mm, wrap, wrap_to

DANGEROUS = ("=1+1", "+57 300", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'already")


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_text_gets_an_apostrophe(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ana", "1-30", " =1", "a=b"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert guard(text) == text


@given(st.text())
def test_guard_is_reversible_and_never_leaves_a_formula(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in set("=+-@\t\r\n")


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
