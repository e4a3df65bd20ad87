"""What a sample tells of its encoding, its amounts, its days and its name; and any bytes at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.errors import FileRefused, Refused
from recupero.profiles.drafting.day_forms import day_form
from recupero.profiles.drafting.file_names import name_pattern
from recupero.profiles.drafting.marks import amount_marks
from tests.edges.drafted import HEAD, drafted, portfolio, profile_of


@pytest.mark.parametrize(
    ("texts", "form", "sure"),
    [
        (["13/02/2026", "01/02/2026"], "%d/%m/%Y", "certain"),
        (["02/13/2026", "01/02/2026"], "%m/%d/%Y", "certain"),
        (["01/02/2026", "03/04/2026"], None, "open"),
        (["01022026", "03042026"], None, "open"),
        (["20260201", "00000000", ""], "%Y%m%d", "certain"),
        (["2026-02-01", "NULL"], "%Y-%m-%d", "certain"),
        (["1/2/2026", "13/2/2026"], None, "open"),
        (["01/02/26"], None, "open"),
        (["13/02/2026", "14/02/2026", "02/15/2026"], None, "open"),
        (["13/02/2026", "14/02/2026", "15/02/2026", "31/02/2026"], "%d/%m/%Y", "guess"),
        ([], None, "open"),
    ],
)
def test_only_a_13_tells_day_from_month(texts: list[str], form: str | None, sure: str) -> None:
    entry = day_form("dates", texts)
    assert (entry.value, entry.sure) == (form, sure)


@pytest.mark.parametrize(
    ("texts", "currency", "expected"),
    [
        (["1.234,56", "7,00"], "COP", {"decimal": ",", "thousands": "."}),
        (["1,234.56"], "COP", {"decimal": ".", "thousands": ","}),
        (["1.234"], "COP", {"thousands": ".", "implied_decimals": 0}),
        (["1.234"], "CLP", {"thousands": "."}),
        (["12.34", "5"], "COP", {"decimal": "."}),
        (["1'234.50"], "MXN", {"decimal": ".", "thousands": "'"}),
        (["1250", "70"], "COP", {"implied_decimals": 0}),
        (["000001250", "000000070"], "COP", {"implied_decimals": None}),
        (["000001250"], "CLP", {}),
        (["-5,00", "NULL"], "COP", {"decimal": ","}),
        (["5,00-", "6,00"], "COP", {"decimal": ",", "sign": {"place": "after"}}),
        (["(5,00)"], "COP", {"decimal": ",", "sign": {"place": "around"}}),
        (["5,00 CR", "6,00 DB"], "COP", {"decimal": ",", "sign": None}),
        (["1.00E+05", "70"], "COP", {"scientific": None, "implied_decimals": 0}),
    ],
)
def test_marks_of_amounts(texts: list[str], currency: str, expected: dict[str, object]) -> None:
    assert {entry.key: entry.value for entry in amount_marks(texts, currency)} == expected


@pytest.mark.parametrize(
    ("encoding", "said", "sure"),
    [
        ("utf-8", "utf-8", "certain"), ("utf-8-sig", "utf-8", "certain"),
        ("latin-1", "latin-1", "guess"), ("utf-16", "utf-16", "certain"),
        ("utf-16-be", "utf-16-be", "certain"), ("utf-16-le", "utf-16", "certain"),
    ],
)  # fmt: skip
def test_encodings(encoding: str, said: str, sure: str) -> None:
    draft = drafted(portfolio(("30/11/2025", "1,00"), encoding=encoding))
    entry = next(each for each in draft.entries if each.key == "encoding")
    assert (entry.value, entry.sure) == (said, sure)
    profile_of(draft)


def test_an_old_code_page_is_refused_by_name() -> None:
    with pytest.raises(FileRefused, match="DOS code page"):
        drafted(portfolio(("30/11/2025", "1,00"), head=HEAD.replace("CLIENTE", "DUEÑO"),
                          encoding="cp850").replace(b"ANA D", b"PE\xa5A D"))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("CARTERA_20261127.txt", r"CARTERA_\d{8}\.txt"),
        ("Pagos 2026-11-27 (1).xlsx", r"Pagos \d{4}-\d{2}-\d{2} \(1\)\.xlsx"),
        ("c12345.csv", r"c12345\.csv"),
    ],
)
def test_the_pattern_of_a_name(name: str, pattern: str) -> None:
    assert name_pattern(name).value == pattern


_BITS = st.sampled_from(
    [b";", b"\n", b'"', b"\x00", b"\xff\xfe", b"\xe1", b"{", b"PK\x03\x04", b"  "]
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 120), st.lists(_BITS | st.binary(max_size=4), max_size=4), st.booleans())
def test_any_bytes_are_drafted_or_refused(at: int, bits: list[bytes], cut: bool) -> None:
    good = portfolio(("30/11/2025", "1,00"))
    spoiled = good[:at] + b"".join(bits) + (b"" if cut else good[at:])
    try:
        draft = drafted(spoiled, kind="placement")
    except Refused:
        return
    if not draft.open:
        profile_of(draft)
