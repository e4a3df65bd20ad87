"""Whatever bytes come, they end as a screened file whose counts tie or as a refusal."""

import io
import zipfile
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import FileRefused
from recupero.profiles.load import parse_profile
from schemas.screen import Screened, sift
from tests.edges.books import book as book_of
from tests.edges.test_schemas_roundtrip import (
    BOOKS,
    BRIEF,
    DAY,
    JSON_LINES,
    NAMES,
    UNHURRIED,
    delimited,
    fixed,
)  # fmt: skip
from tests.edges.test_schemas_spreadsheet import PROFILE as SHEET
from tests.edges.test_schemas_spreadsheet import SHEET as SHEET_XML
from tests.edges.test_schemas_spreadsheet import book, edited, row

LAYOUTS = {
    "named": delimited(";", None, "utf-8"),
    "quoted": delimited(";", '"', "latin-1"),
    "wide": delimited(";", '"', "utf-16"),
    "fixed": fixed(),
    "json": JSON_LINES[","],
    "sheet": parse_profile(SHEET.format(settings="", currency="MXN").encode(), "banco.toml"),
}
HEADER = ";".join(NAMES)


def survives(content, profile):
    """Any bytes end as a screened file whose counts tie, or as a refusal; nothing else."""
    try:
        screened = sift(content, profile.layouts[0], profile, DAY)
    except FileRefused:
        return
    assert isinstance(screened, Screened)
    parts = screened.rows_rejected + screened.rows_duplicate + screened.rows_empty
    assert screened.rows_read == screened.rows.height + parts
    assert "\x00" not in "".join(screened.rejects["raw"])


@UNHURRIED
@given(content=st.binary(max_size=400), name=st.sampled_from(sorted(LAYOUTS)))
def test_any_bytes(content, name):
    survives(content, LAYOUTS[name])


NOISE = st.text(st.sampled_from('";\n\r\x00\x1a\x85\u2028ñ€D 01,.-/SNT٣'), max_size=120)


@UNHURRIED
@given(text=NOISE, name=st.sampled_from(["named", "quoted", "wide"]))
def test_any_text_under_a_right_header(text, name):
    profile = LAYOUTS[name]
    encoding = profile.layouts[0].encoding
    survives(f"{HEADER}\n{text}".encode(encoding, errors="replace"), profile)


@UNHURRIED
@given(text=NOISE)
def test_any_text_before_a_right_trailer(text):
    survives(f"H\n{text}\nT000000000\n".encode("latin-1", errors="replace"), LAYOUTS["fixed"])


JSON_NOISE = st.lists(
    st.sampled_from(
        ['{"account_number":', '"principal_minor":', "{", "}", "[", "]", '"', ",", ":", "1.5", "-0",
         "1e999", "NaN", "null", "true", r"\ud800", r"\u0000", r"\u200b", "\n", "\r", "\x1a", " ",
         '"cuenta":', '"cuenta.debtor_name":', '"due_date":"2026-11-01"', "{" * 30, "9" * 30]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@BRIEF
@given(text=JSON_NOISE, whole=st.booleans())
def test_any_text_beside_lines_of_json(text, whole):
    good = '{"account_number": "1", "principal_minor": 1, "due_date": "2026-11-01"}\n'
    survives(f"{good if whole else ''}{text}".encode(), LAYOUTS["json"])


PARTS = ("xl/workbook.xml", SHEET_XML, "xl/sharedStrings.xml", "xl/styles.xml")
BYTES = st.sampled_from([*b'<>/"=rctvsnA19', 0, 255]) | st.integers(0, 255)


@UNHURRIED
@given(st.data())
def test_a_damaged_workbook(data):
    part = data.draw(st.sampled_from([None, *PARTS]))
    whole = zipfile.ZipFile(io.BytesIO(WORKBOOK)).read(part) if part else WORKBOOK
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(BYTES)
    content = edited(WORKBOOK, part, whole, bytes(damaged)) if part else bytes(damaged)
    survives(content, LAYOUTS["sheet"])


RIGHT = {"Cartera": [["Cartera"], [], NAMES, ["1", "Ana", DAY, 5.0, "S"], ["2", "", DAY, -1.5, ""]]}
OLD = book_of("xls", RIGHT)
ODS = zipfile.ZipFile(io.BytesIO(book_of("ods", RIGHT))).read("content.xml")


@BRIEF
@given(st.data())
def test_a_damaged_old_book_or_open_document(data):
    form, whole = data.draw(st.sampled_from([("xls", OLD), ("ods", ODS)]))
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(BYTES)
    content = bytes(damaged)
    if form == "ods":
        content = edited(book_of("ods", RIGHT), "content.xml", ODS, content)
    survives(content, BOOKS[form])


WORKBOOK = book(row(), row(account=102, due=DAY - timedelta(days=9)))
