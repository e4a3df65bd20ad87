"""MT940 and MT942: what each mark means, and how entries, texts and faults are told apart."""

from __future__ import annotations

from datetime import date

import pytest

from recupero.statements.entry import Entry, Statement, StatementFile
from recupero.statements.recognise import read_statements


def mt940(
    *lines: str, opening: str = "C260301COP100,00", closing: str = "C260302COP100,00"
) -> bytes:
    return "\r\n".join(
        [":20:X1", ":25:0012345", ":28C:61/1", f":60F:{opening}", *lines, f":62F:{closing}", "-"]
    ).encode()


def single(result: StatementFile) -> Statement:
    assert len(result.statements) == 1
    return result.statements[0]


def only(result: StatementFile) -> Entry:
    entries = single(result).entries
    assert len(entries) == 1
    return entries[0]


def reasons(result: StatementFile) -> list[tuple[int, str]]:
    return [(problem.record, str(problem.reason)) for problem in result.problems]


@pytest.mark.parametrize(
    ("mark", "signed_minor", "reversal", "status"),
    [
        ("C", 5_000, False, "booked"),
        ("D", -5_000, False, "booked"),
        ("RC", -5_000, True, "booked"),
        ("RD", 5_000, True, "booked"),
        ("EC", 5_000, False, "pending"),
        ("ED", -5_000, False, "pending"),
        ("CP", 5_000, False, "booked"),  # C with the third letter of the currency
        ("CR", 5_000, False, "booked"),  # the same, and not a reversal
        ("RCR", -5_000, True, "booked"),
        ("DR", -5_000, False, "booked"),
    ],
)
def test_mt940_marks(mark: str, signed_minor: int, reversal: bool, status: str) -> None:
    entry = only(read_statements(mt940(f":61:2603020302{mark}50,00NTRFREF1//BANK1")))
    assert (entry.amount_minor, entry.reversal, entry.status) == (signed_minor, reversal, status)


def test_mt940_entry_with_its_continuations() -> None:
    content = mt940(
        ":61:2603020303C50,5NTRFPROMESA 7//BANK1",
        "CONVENIO 4711",
        ":86:PAGO OBLIGACION",
        "000123",
        ":12:11 HORA",
        closing="C260302COP150,50",
    )
    result = read_statements(content)
    entry = only(result)
    assert single(result).ties is True
    assert (entry.value_date, entry.booking_date) == (date(2026, 3, 2), date(2026, 3, 3))
    assert (entry.bank_reference, entry.end_to_end) == ("BANK1", "PROMESA 7")
    assert entry.remittance == "PAGO OBLIGACION 000123 :12:11 HORA CONVENIO 4711"
    assert entry.record == 5
    assert entry.raw.startswith(":61:2603020303C50,5NTRF")
    assert entry.raw.endswith(":12:11 HORA")


@pytest.mark.parametrize(
    ("value", "entry_date", "expected"),
    [
        ("251231", "0102", date(2026, 1, 2)),
        ("260102", "1231", date(2025, 12, 31)),
        ("240229", "0229", date(2024, 2, 29)),
        ("260302", "    ", None),
        ("260302", "", None),
    ],
)
def test_mt940_entry_date_takes_the_nearest_year(
    value: str, entry_date: str, expected: date | None
) -> None:
    entry = only(read_statements(mt940(f":61:{value}{entry_date}C1,00NTRFX")))
    assert entry.booking_date == expected
    assert entry.dated is not None


@pytest.mark.parametrize(
    ("text", "end_to_end", "name", "remittance"),
    [
        ("166?20EREF+P-7?21SVWZ+PAGO?22 0123?32ANA?33 RUIZ", "P-7", "ANA RUIZ", "PAGO 0123"),
        ("/ORDP//NAME/ANA RUIZ/REMI/PAGO 000123/EREF/P-77", "P-77", "ANA RUIZ", "PAGO 000123"),
        ("/EREF/NOTPROVIDED//CNTP/1/B/ANA RUIZ///REMI/USTD//PAGO 1/", "", "ANA RUIZ", "PAGO 1"),
        ("PAGO LIBRE", "", "", "PAGO LIBRE"),
    ],
)  # fmt: skip
def test_mt940_details(text: str, end_to_end: str, name: str, remittance: str) -> None:
    entry = only(read_statements(mt940(":61:260302C1,00NTRFNONREF", f":86:{text}")))
    assert (entry.end_to_end, entry.payer_name) == (end_to_end, name)
    assert entry.remittance == remittance


def test_mt940_a_nul_inside_a_text_is_shown_and_not_stored() -> None:
    content = mt940(":61:2603020303C50,5NTRFRE\0F//B", ":86:PAGO\0OBLIGACION\0\0")
    entry = only(read_statements(content))
    assert (entry.end_to_end, entry.remittance) == ("RE␀F", "PAGO␀OBLIGACION")
    assert "\0" not in entry.raw


def test_mt940_blocks_several_statements_and_dashes_in_text() -> None:
    body = mt940(
        ":61:260302C1,00NTRFX", ":86:UNO -", "-", "DOS", closing="C260302COP101,00"
    ).decode()
    header = "\x01{1:F01BANK}{2:I940X}{4:\r\n"
    result = read_statements(f"{header}{body}}}{{5:}}\x03{header}{body}}}\x1a".encode())
    assert [each.ties for each in result.statements] == [True, True]
    assert [each.number for each in result.statements] == ["61/1", "61/1"]
    assert result.statements[1].entries[0].remittance == "UNO - - DOS"
    assert result.problems == ()


def test_mt940_text_after_the_closing_balance_is_not_an_entrys() -> None:
    result = read_statements(mt940(":61:260302C1,00NTRFX") + b"\r\n:86:TOTALES 1")
    assert only(result).remittance == ""


def test_mt942_is_a_report_checked_against_its_totals() -> None:
    lines = [
        ":20:X",
        ":25:1",
        ":34F:COP0,",
        ":13D:2603021200-0500",
        ":61:260302C5,00NTRFX",
        ":90D:0COP0,00",
    ]
    agreeing = read_statements("\n".join([*lines, ":90C:1COP5,00"]).encode())
    assert (agreeing.format, single(agreeing).kind) == ("MT942", "report")
    assert (single(agreeing).credits_minor, single(agreeing).ties) == (500, None)
    assert agreeing.problems == ()
    disagreeing = read_statements("\n".join([*lines, ":90C:2COP6,00"]).encode())
    assert reasons(disagreeing) == [(7, ":90C: declares another number or sum of entries")]


@pytest.mark.parametrize(
    ("line", "record", "reason"),
    [
        (":61:260302C50NTRFX", 5, "entry not read: amount is not readable"),
        (":61:260302C50.00NTRFX", 5, "entry not read: amount is not readable"),
        (":61:260302C1,005NTRFX", 5, "entry not read: amount has more decimals than COP allows"),
        (":61:260302X1,00NTRFX", 5, "entry not read: :61: is not written as it should be"),
        (":61:260230C1,00NTRFX", 5, "value date does not exist in the calendar"),
        (":25:OTRA", 5, "a second :25: in the statement is not used"),
        (":62F:C260302COP7,00", 6, "a second :62F: in the statement is not used"),
    ],
)
def test_mt940_faults_are_reported_with_their_line(line: str, record: int, reason: str) -> None:
    assert (record, reason) in reasons(read_statements(mt940(line)))
