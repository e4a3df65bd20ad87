"""Amounts, dates and the like: what is read exactly, and what is refused rather than guessed."""

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.money import EXPONENT
from recupero.profiles.load import parse_profile
from schemas.amounts import LARGEST_MINOR, Marks, minor
from schemas.convert import convert

#: The machine may be busy; a slow example is no fault.
UNHURRIED = settings(max_examples=60)

LATIN = Marks(",", ".", 0)
ENGLISH = Marks(".", ",", 0)
PLAIN = Marks("", "", 0)
IMPLIED = Marks("", "", 2)


def read(text, marks, places):
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(minor(pl.col("text"), marks, places)).item()


@pytest.mark.parametrize(
    ("text", "marks", "places", "expected"),
    [
        ("1.234.567,89", LATIN, 2, 123456789),
        ("1234567,89", LATIN, 2, 123456789),
        ("1.234", LATIN, 2, 123400),
        ("1.234", LATIN, 0, 1234),
        ("0,05", LATIN, 2, 5),
        ("-1.234,50", LATIN, 2, -123450),
        ("-0,01", LATIN, 2, -1),
        ("0001234,00", LATIN, 2, 123400),
        ("1,234.50", ENGLISH, 2, 123450),
        ("1234,5678", LATIN, 4, 12345678),
        ("1234", PLAIN, 2, 123400),
        ("000012345", IMPLIED, 2, 12345),
        ("-00012345", IMPLIED, 2, -12345),
        ("000012345", IMPLIED, 4, 1234500),
        ("000012300", IMPLIED, 0, 123),
        (None, LATIN, 2, None),
        # Refused: each of these is a silent wrong amount somewhere else.
        ("12,5", LATIN, 2, None),
        ("12,345", LATIN, 2, None),
        ("12,", LATIN, 2, None),
        (",50", LATIN, 2, None),
        ("1.2.3,45", LATIN, 2, None),
        ("12.34,50", LATIN, 2, None),
        ("1.234567,89", LATIN, 2, None),
        ("1.234.56", LATIN, 2, None),
        ("1,234.50", LATIN, 2, None),
        ("1.234,00", LATIN, 0, None),
        ("1e5", LATIN, 2, None),
        ("1.00E+05", ENGLISH, 2, None),
        ("$ 1.234", LATIN, 2, None),
        ("1.234-", LATIN, 2, None),
        ("(1.234)", LATIN, 2, None),
        ("+5", LATIN, 2, None),
        ("--5", LATIN, 2, None),
        ("-", LATIN, 2, None),
        ("", LATIN, 2, None),
        ("١٢٣", LATIN, 2, None),
        ("1 234", LATIN, 2, None),
        ("12,50\n", LATIN, 2, None),
        ("1234,50", PLAIN, 2, None),
        ("000012345", IMPLIED, 0, None),
        ("123,45", IMPLIED, 2, None),
        ("99999999999999999", LATIN, 2, None),
        ("9" * 40, LATIN, 2, None),
        ("-9223372036854775808", LATIN, 0, None),
    ],
)
def test_an_amount_is_exact_or_nothing(text, marks, places, expected):
    assert read(text, marks, places) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.00E+05", 10_000_000),
        ("-2.5E+03", -250_000),
        ("1E2", 10_000),
        ("1234.50", 123_450),
        ("1.234E+02", None),
        ("1.00E-02", None),
        ("12.0E+05", None),
        ("9.9E+99", None),
    ],
)
def test_shortened_round_numbers_only_where_the_layout_vouches_for_them(text, expected):
    assert read(text, Marks(".", "", 0, scientific=True), 2) == expected


@UNHURRIED
@given(
    amount=st.integers(-LARGEST_MINOR, LARGEST_MINOR),
    places=st.sampled_from(sorted(set(EXPONENT.values()))),
    marks=st.sampled_from([LATIN, ENGLISH, Marks(",", "", 0)]),
)
def test_every_amount_written_by_the_rules_reads_back(amount, places, marks):
    whole, part = divmod(abs(amount), 10**places)
    digits = f"{whole:,}".replace(",", marks.thousands)
    text = f"{'-' if amount < 0 else ''}{digits}"
    text += f"{marks.decimal}{part:0{places}d}" if places else ""
    assert read(text, marks, places) == amount


@UNHURRIED
@given(st.text(alphabet="0123456789.,-+eE ", max_size=14))
def test_no_text_reads_as_two_different_amounts(text):
    # Where both notations read a text, it has no mark at all: they can never disagree on a comma.
    latin, english = read(text, LATIN, 2), read(text, ENGLISH, 2)
    if latin is not None and english is not None:
        assert latin == english


PROFILE = r"""
[institution]
code = "b"
name = "B"
country = "CO"
currency = "COP"
timezone = "America/Bogota"
[[layout]]
kind = "effort"
version = "1"
from = 2026-01-01
name = 'x'
format = "delimited"
dates = "%d/%m/%Y"
datetimes = "%d/%m/%Y %H:%M"
blank = ["N/A", "00/00/0000 00:00"]
[layout.columns]
effort_id = 0
account_number = 1
performed_at = 2
channel = 3
direct = 4
[layout.values.channel]
LLAMADA = "call"
"" = "letter"
[layout.values.direct]
S = true
N = false
[[layout]]
kind = "placement"
version = "1"
from = 2026-01-01
name = 'y'
format = "delimited"
decimal = ","
dates = "%d/%m/%Y"
[layout.columns]
account_number = 0
due_date = 1
days_past_due = 2
principal_minor = 3
interest_minor = 4
currency = 5
debtor_id_number = 6
[layout.constants]
cut_off = "business_date"
fees_minor = 150
""".replace('code = "b"', 'code = "banco"')
EFFORT, PLACEMENT = parse_profile(PROFILE.encode(), "banco.toml").layouts
DAY = date(2026, 11, 27)


def one(layout, **cells):
    row = {name: cells.get(name, "") for name in layout.columns}
    frame = pl.DataFrame([{"line_number": 7, "raw": "…", **row}])
    converted = convert(frame, layout, DAY)
    return converted.rows.row(0, named=True), [(at, rule) for _, at, rule in converted.found.rows()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28/02/2026", date(2026, 2, 28)),
        (" 29/02/2024 ", date(2024, 2, 29)),
        ("31/02/2026", None),
        ("29/02/2026", None),
        ("1/1/2025", None),
        ("01/13/2026", None),
        ("2026-01-31", None),
        ("01/01/26", None),
        ("01/01/0026", None),
        ("01/01/2026x", None),
        ("٠١/٠١/٢٠٢٦", None),
    ],
)
def test_a_date_exists_or_is_refused(text, expected):
    row, found = one(PLACEMENT, due_date=text)
    assert row["due_date"] == expected
    assert found == ([] if expected else [("due_date", "unreadable_date")])


def test_empty_is_not_unreadable():
    row, found = one(PLACEMENT, due_date="  ", principal_minor="", currency="COP")
    assert row["due_date"] is row["principal_minor"] is row["days_past_due"] is None
    assert row["interest_minor"] == 0
    assert found == []


def test_what_the_layout_does_not_declare_stays_null():
    row, _ = one(PLACEMENT, currency="COP")
    assert row["debtor_name"] is row["phone"] is row["total_minor"] is row["guaranteed"] is None
    assert row["expenses_minor"] == 0  # a component that is not declared is none
    assert row["fees_minor"] == 150
    assert row["cut_off"] == DAY


@pytest.mark.parametrize(
    ("currency", "text", "expected", "rules"),
    [
        ("COP", "12,50", 1250, []),
        ("CLP", "12", 12, []),
        ("CLP", "12,50", None, [("principal_minor", "unreadable_amount")]),
        ("CLF", "12,5000", 125000, []),
        # ISO 4217's code for "no currency": that cell is to blame, and its own rule says so.
        ("XXX", "12,50", None, []),
    ],
)
def test_the_currency_of_the_row_decides_the_decimals(currency, text, expected, rules):
    row, found = one(PLACEMENT, currency=currency, principal_minor=text)
    assert row["principal_minor"] == expected
    assert found == rules


@pytest.mark.parametrize(
    ("text", "expected"), [("30", 30), ("-5", -5), ("1,5", None), ("3e1", None)]
)
def test_whole_numbers(text, expected):
    row, found = one(PLACEMENT, days_past_due=text)
    assert row["days_past_due"] == expected
    assert bool(found) == (expected is None)


def test_an_identity_number_has_one_spelling():
    row, _ = one(PLACEMENT, debtor_id_number=" 900.123.456-8 ")
    assert row["debtor_id_number"] == "9001234568"


@pytest.mark.parametrize(
    ("cells", "field", "expected", "rule"),
    [
        ({"performed_at": "05/03/2026 17:45"}, "performed_at", datetime(2026, 3, 5, 17, 45), None),
        ({"performed_at": "05/03/2026 24:00"}, "performed_at", None, "unreadable_datetime"),
        ({"performed_at": "05/03/2026"}, "performed_at", None, "unreadable_datetime"),
        ({"performed_at": "00/00/0000 00:00"}, "performed_at", None, None),
        ({"channel": "LLAMADA"}, "channel", "call", None),
        ({"channel": ""}, "channel", "letter", None),
        ({"channel": "N/A"}, "channel", "letter", None),
        ({"channel": "FAX"}, "channel", None, "value_unknown"),
        ({"channel": "llamada"}, "channel", None, "value_unknown"),
        ({"direct": "S"}, "direct", True, None),
        ({"direct": "N"}, "direct", False, None),
        ({"direct": ""}, "direct", None, None),
        ({"direct": "true"}, "direct", None, "value_unknown"),
    ],
)
def test_instants_and_value_maps(cells, field, expected, rule):
    row, found = one(EFFORT, **cells)
    assert row[field] == expected
    assert found == ([(field, rule)] if rule else [])
