"""Several sums in the control figures: of each amount and currency, every one of them judged."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.errors import FileRefused, ProfileError
from recupero.money import exponent
from recupero.profiles.load import parse_profile
from recupero.profiles.profile import Profile
from schemas.control import Control
from schemas.screen import sift
from schemas.spoken import said_by
from tests.edges.good_files import BANK

DAY = date(2026, 11, 27)
_LAYOUT = """
[policy]
rejects_share_max = 1
[[layout]]
kind = "placement"
version = "1"
from = 2026-01-01
name = '.*'
format = "delimited"
decimal = "."
control = "trailer"
constants = {{ cut_off = "business_date", days_past_due = 1 }}
records = {{ detail = "D", trailer = "T" }}
trailer = {{ rows = 1, {} }}
columns = {{ account_number = 1, currency = 2, principal_minor = 3, interest_minor = 4 }}
values.currency = {{ PES = "COP", DOL = "USD", PCH = "CLP" }}
"""
WORDS = {"COP": "PES", "USD": "DOL", "CLP": "PCH"}
BOTH = 'sums = [{ of = "principal_minor", at = 3 }, { of = "interest_minor", at = 4 }]'
EACH = _LAYOUT.format(f"currency = 2, {BOTH}")
NAMED = _LAYOUT.format(
    'sums = [{ of = "principal_minor", at = 2, currency = "COP" }, '
    '{ of = "principal_minor", at = 3, currency = "USD" }]'
)


@cache
def bank(layout: str) -> Profile:
    return parse_profile((BANK + layout).encode(), "banco.toml")


def control(layout: str, *lines: str) -> Control:
    profile = bank(layout)
    return sift("\n".join(lines).encode(), profile.layouts[0], profile, DAY).control


ROWS = ("D|A|PES|10.00|1.00", "D|B|DOL|20.00|2.00", "D|C|PES|30.00|4.00")
ROWS = tuple(row.replace("|", ";") for row in ROWS)


@pytest.mark.parametrize(
    ("layout", "trailers", "told"),
    [
        (EACH, ("T;2;PES;40.00;5.00", "T;1;DOL;20.00;2.00"), None),
        (EACH, ("T;1;DOL;20.00;2.00", "T;2;PES;40.00;5.00"), None),
        (EACH, ("T;2;PES;40.00;5.00", "T;1;DOL;20.00;2.00", "T;0;PCH;0;0"), None),
        (
            EACH,
            ("T;2;PES;40.00;5.01", "T;1;DOL;21.00;2.00"),
            "declara un total de columna 4 de US$ 21.00 y suma US$ 20.00; "
            "declara un total de columna 5 de $ 5,01 y suma $ 5,00",
        ),
        (EACH, ("T;3;PES;40.00;5.00",), "no declara el total de columna 4 en USD, que suma US$ 20"),
        (EACH, ("T;2;PES;40.00;5.00", "T;2;DOL;20.00;2.00"), "declara 4 registros y trae 3"),
        (EACH, ("T;2;PES;40.00;5.00", "T;1;PES;20.00;2.00"), "dos registros de control en COP"),
        (EACH, ("T;2;PES;40.00;5.00", "T;1;USD;20.00;2.00"), "la moneda del registro"),
        (EACH, ("T;2;PES;40.00;", "T;1;DOL;20.00;2.00"), "suma de control de columna 5 no se lee"),
        (EACH, ("T;2;PES;40.00;5.00", ROWS[0], "T;1;DOL;20.00;2.00"), "registros después"),
        (NAMED, ("T;3;40.00;20.00",), None),
        (NAMED, ("T;3;40.00;20.10",), "declara un total de columna 4 de US$ 20.10"),
        (NAMED, ("T;3;40.00;20.00", "T;3;40.00;20.00"), "registros después"),
    ],
)
def test_every_sum_of_every_currency_is_judged(layout, trailers, told):
    lines = (*ROWS, *trailers)
    if told is None:
        assert control(layout, *lines).agrees
        return
    with pytest.raises(FileRefused) as refused:
        control(layout, *lines)
    assert refused.value.rule == "control_total"
    assert told in refused.value.what


def test_a_row_in_a_currency_that_no_sum_is_named_for_is_told():
    with pytest.raises(FileRefused, match="no declara el total de columna 4 en CLP, que suma"):
        control(NAMED, *ROWS, "D;D;PCH;7;0", "T;4;40.00;20.00")


def test_a_currency_that_does_not_read_explains_what_is_missing():
    with pytest.raises(FileRefused, match="sin leer 1 línea; la línea 2: "):
        control(EACH, ROWS[0], "D;B;EUR;20.00;2.00", "T;1;PES;10.00;1.00", "T;1;DOL;20.00;2.00")


def test_what_is_stored_of_one_sum_stays_as_it_was_and_of_several_names_each():
    told = control(EACH, *ROWS, "T;2;PES;40.00;5.00", "T;1;DOL;20.00;2.00").told()
    assert told["declared_sum_minor"] is None
    assert told["sums"][0] == {
        "of": "principal_minor", "currency": "COP",
        "declared_sum_minor": 4000, "counted_sum_minor": 4000,
    }  # fmt: skip
    assert [(one["of"], one["currency"]) for one in told["sums"]] == [
        ("principal_minor", "COP"), ("principal_minor", "USD"),
        ("interest_minor", "COP"), ("interest_minor", "USD"),
    ]  # fmt: skip
    one = _LAYOUT.format('sum_minor = 2, sum_of = "principal_minor"')
    one = one.replace("currency = 2, principal", "principal").split("values")[0]
    assert control(one, ROWS[0].replace("PES", "x"), "T;1;10.00").told() == {
        "declared_rows": 1, "counted_rows": 1, "declared_sum_minor": 1000,
        "counted_sum_minor": 1000, "agrees": True, "currency": "COP",
        "declared_hash": None, "counted_hash": None,
    }  # fmt: skip


AMOUNTS = st.integers(-(10**9), 10**9)
DRAWN = st.lists(st.tuples(st.sampled_from(sorted(WORDS)), AMOUNTS, AMOUNTS), min_size=1)


@given(DRAWN, st.data())
@settings(max_examples=10)
def test_what_is_written_with_its_sums_agrees_and_one_figure_altered_is_refused(drawn, data):
    lines = [
        f"D;A{at};{WORDS[currency]};{text(capital, currency)};{text(interest, currency)}"
        for at, (currency, capital, interest) in enumerate(drawn)
    ]
    trailers = [
        [
            sum(each == currency for each, *_ in drawn),
            *(sum(row[at] for row in drawn if row[0] == currency) for at in (1, 2)),
        ]
        for currency in sorted(WORDS)
    ]
    assert control(EACH, *lines, *map(trailer, sorted(WORDS), trailers)).agrees
    place = data.draw(st.sampled_from([0, 1, 2])), data.draw(st.sampled_from([0, 1, 2]))
    trailers[place[0]][place[1]] += data.draw(st.integers(1, 1000))
    with pytest.raises(FileRefused, match="el control no cuadra"):
        control(EACH, *lines, *map(trailer, sorted(WORDS), trailers))


_SPOKEN = (
    _LAYOUT.split("records")[0].replace('"trailer"', '"file"').replace("'.*'", "'.*csv'").format()
    + """control_file = { name = "{name}.ctl" }
columns = { account_number = 1, currency = 2, principal_minor = 3, interest_minor = 4 }
values.currency = { PES = "COP", DOL = "USD", PCH = "CLP" }
[[layout]]
kind = "control"
version = "1"
from = 2026-01-01
name = '.*[.]ctl'
format = "delimited"
decimal = "."
columns = { rows = 1, currency = 2, principal_minor = 3, interest_minor = 4 }
values.currency = { PES = "COP", DOL = "USD", PCH = "CLP" }
"""
)


@given(DRAWN, st.data())
@settings(max_examples=10)
def test_a_file_agrees_with_what_its_control_file_says_and_with_nothing_else(drawn, data):
    profile = bank(_SPOKEN)
    layout, _ = profile.layouts
    content = "\n".join(
        f";A{at};{WORDS[currency]};{text(capital, currency)};{text(interest, currency)}"
        for at, (currency, capital, interest) in enumerate(drawn)
    ).encode()
    used = sorted({currency for currency, *_ in drawn})
    figures = [
        [
            sum(each == currency for each, *_ in drawn),
            *(sum(row[at] for row in drawn if row[0] == currency) for at in (1, 2)),
        ]
        for currency in used
    ]

    def judged() -> Control:
        lines = "\n".join(map(trailer, used, figures)).encode()
        said = said_by("A.csv.ctl", lines, profile, layout, "A.csv", DAY)
        return sift(content, layout, profile, DAY, stated=said).control

    assert judged().agrees
    row = data.draw(st.sampled_from(figures))
    row[data.draw(st.sampled_from([0, 1, 2]))] += data.draw(st.integers(1, 1000))
    with pytest.raises(FileRefused, match=r"el archivo de control A\.csv\.ctl no cuadra"):
        judged()


def trailer(currency: str, figures: list[int]) -> str:
    rows, *sums = figures
    return ";".join(["T", str(rows), WORDS[currency], *(text(one, currency) for one in sums)])


def text(minor: int, currency: str) -> str:
    scale = 10 ** exponent(currency)
    whole, fraction = divmod(abs(minor), scale)
    return f"{'-' if minor < 0 else ''}{whole}" + (f".{fraction:02}" if scale > 1 else "")


@pytest.mark.parametrize(
    ("trailer", "where"),
    [
        (BOTH, "sums[0].of"),
        (BOTH.replace("principal", "fees"), "sums[0].of"),
        ('sums = [{ of = "currency", at = 2, currency = "USD" }]', "sums[0].of"),
        ('sums = [{ of = "principal_minor", at = [2, 2], currency = "USD" }]', "sums[0].at"),
        ('sums = [{ of = "principal_minor", at = 2, currency = "XXX" }]', "sums[0].currency"),
        (f"currency = 2, {BOTH}".replace("at = 4", 'at = 4, currency = "USD"'), "sums[1].currency"),
        (f"currency = 2, {BOTH.replace('interest', 'principal')}", "sums[1].of"),
        (f'currency = 2, sum_minor = 5, sum_of = "interest_minor", {BOTH}', "sums[1].of"),
        (f"currency = 'MONEDA', {BOTH}", "currency.int"),
        (f"currency = [2, 2], {BOTH}", "currency"),
    ],
)
def test_a_sum_that_cannot_be_judged_is_named_by_its_key(trailer, where):
    with pytest.raises(ProfileError) as wrong:
        bank(_LAYOUT.format(trailer))
    assert wrong.value.where == f"banco.toml: layout[0].trailer.{where}"
