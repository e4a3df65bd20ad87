"""Packs: what ships is readable, and a rule that hides its source is refused by key path."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from importlib import resources

import pytest

from deployments.cli import packs as command
from recupero.errors import NotFound, PackError
from recupero.packs.load import load_pack, pack_files, parse
from recupero.packs.pack import Pack
from recupero.rules.exhaust_law import exhaustion_regimes
from recupero.rules.law import contact_law
from recupero.rules.public_holidays import calendar_digest, calendar_of

DAY = date(2026, 11, 27)
COUNTRIES = ("CL", "CO", "ES", "MX", "PE", "US")

GOOD = """
[pack]
country = "XX"
name = "Prueba"
[[contact.window]]
code = "window"
text = "De 8 a 20"
norm = "Ley 1, art. 2"
from = 2020-01-01
confidence = "verified"
channels = ["call"]
weekdays = ["08:00", "20:00"]
[[contact.frequency]]
code = "frequency"
text = "Dos por semana"
norm = "Ley 1, art. 3"
from = "unknown"
until = 2026-12-31
confidence = "secondary"
channels = ["call"]
counts = "attempt"
scope = "person"
limit = "week_max"
max = 2
[[exhaustion.condition]]
code = "provisioned"
text = "Provisionada"
norm = "Ley 4"
from = 2020-01-01
confidence = "verified"
regime = "castigo"
test = "attested"
attestation = "provisioned"
missing = "Declaración"
[[unit]]
unit = "UIT"
currency = "PEN"
amount = "5500.00"
from = 2026-01-01
until = 2026-12-31
norm = "DS 1"
confidence = "verified"
source = "diario"
"""


def pack_of(country: str) -> Pack:
    pack = load_pack(country)
    assert pack is not None
    return pack


def test_every_country_ships_with_a_pack_its_rules_can_be_read() -> None:
    assert pack_files() == tuple(f"{country.lower()}.toml" for country in COUNTRIES)
    for country in COUNTRIES:
        pack = pack_of(country)
        contact_law(pack.of_kind("contact", DAY))
        exhaustion_regimes(country, pack.of_kind("exhaustion", DAY))
        assert all(rule.norm and rule.confidence for rule in pack.rules)
        content = resources.files("recupero.packs").joinpath(f"{country.lower()}.toml").read_bytes()
        assert pack.digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("country", ["BR", "AR", "XX", "../pe", ""])
def test_a_country_without_a_pack_has_none(country: str) -> None:
    assert load_pack(country) is None


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('norm = "Ley 1, art. 2"', "", "contact.window[0].norm"),
        ('norm = "Ley 1, art. 2"', 'norm = " "', "contact.window[0].norm"),
        ("from = 2020-01-01\nconfidence", "confidence", "contact.window[0].from"),
        ("from = 2020-01-01", 'from = "2020"', "contact.window[0].from"),
        ("from = 2020-01-01", "from = 2020-01-01T00:00:00", "contact.window[0].from"),
        ('confidence = "verified"', "", "contact.window[0].confidence"),
        ('confidence = "verified"', 'confidence = "sure"', "contact.window[0].confidence"),
        ('confidence = "secondary"', 'confidence = "secondary"\nbasis = "rumour"',
         "contact.frequency[0].basis"),
        ('confidence = "verified"', 'confidence = "verified"\nbasis = "house"',
         "contact.window[0].confidence"),
        ("until = 2026-12-31\nconf", "until = 2019\nconf", "contact.frequency[0].until"),
        ('text = "De 8 a 20"', "", "contact.window[0].text"),
        ('code = "window"', 'code = "Window!"', "contact.window[0].code"),
        ('code = "frequency"', 'code = "window"\nenabled = "no"', "contact.frequency[0].enabled"),
        ('channels = ["call"]\nweekdays', 'channels = ["fax"]\nweekdays',
         "contact.window[0].channels"),
        ('channels = ["call"]\nweekdays', "weekdays", "contact.window[0].channels"),
        ('["08:00", "20:00"]', '["20:00", "08:00"]', "contact.window[0].weekdays"),
        ('["08:00", "20:00"]', '["8", "20"]', "contact.window[0].weekdays"),
        ("weekdays =", "weekday =", "contact.window[0].weekday"),
        ("max = 2", "", "contact.frequency[0].max"),
        ("max = 2", "max = 0", "contact.frequency[0].max"),
        ("max = 2", "max = true", "contact.frequency[0].max"),
        ('limit = "week_max"', 'limit = "some"', "contact.frequency[0].limit"),
        ('attestation = "provisioned"', "", "exhaustion.condition[0].attestation"),
        ('test = "attested"', 'test = "felt"', "exhaustion.condition[0].test"),
        ("[[contact.window]]", "[[contact.windows]]", "contact.windows"),
        ("[[contact.window]]", "[contact.window]", "contact.window"),
        ('amount = "5500.00"', 'amount = "5500.001"', "unit[0].amount"),
        ('amount = "5500.00"', 'amount = "0"', "unit[0].amount"),
        ('amount = "5500.00"', "amount = 5500.0", "unit[0].amount"),
        ('source = "diario"', "", "unit[0].source"),
        ('source = "diario"', 'source = "diario"\nnote = ""', "unit[0].note"),
        ('currency = "PEN"', 'currency = "ZZZ"', "unit[0].amount"),
        ('country = "XX"', "", "pack"),
    ],
)  # fmt: skip
def test_the_lint_names_the_key_it_refuses(old: str, new: str, where: str) -> None:
    assert old in GOOD
    with pytest.raises(PackError) as refused:
        parse(GOOD.replace(old, new, 1).encode(), "xx.toml")
    assert refused.value.where == f"xx.toml: {where}"


@pytest.mark.parametrize("content", [b"\xff", b"[pack", b"[[pack]]\n"])
def test_what_is_no_pack_is_refused(content: bytes) -> None:
    with pytest.raises(PackError):
        parse(content, "xx.toml")


def test_a_code_may_come_back_for_another_period_only() -> None:
    window = GOOD[GOOD.index("[[contact.window]]") : GOOD.index("[[contact.frequency]]")]
    with pytest.raises(PackError, match="repeats the code"):
        parse((GOOD + window).encode(), "xx.toml")
    parse((GOOD + window.replace("2020-01-01", "2026-01-01")).encode(), "xx.toml")


def test_unit_values_may_not_overlap() -> None:
    unit = GOOD[GOOD.index("[[unit]]") :]
    with pytest.raises(PackError, match="overlaps"):
        parse((GOOD + unit).encode(), "xx.toml")


@pytest.mark.parametrize(
    ("day", "held"),
    [("2019-12-31", 0), ("2020-01-01", 1), ("2026-12-31", 1), ("2027-01-01", 1)],
)
def test_from_and_until_are_the_first_and_last_day(day: str, held: int) -> None:
    pack = parse(GOOD.encode(), "xx.toml")
    when = date.fromisoformat(day)
    assert len(pack.of_kind("contact.window", when)) == held
    assert len(pack.of_kind("contact.frequency", when)) == (when.year < 2027)


@pytest.mark.parametrize(
    ("day", "amount_minor"),
    [
        ("2023-12-31", None),
        ("2024-01-01", 515_000),
        ("2024-12-31", 515_000),
        ("2025-06-30", 535_000),
        ("2026-01-01", 550_000),
        ("2026-12-31", 550_000),
        ("2027-01-01", None),
    ],
)
def test_uit_is_dated_and_never_extrapolated(day: str, amount_minor: int | None) -> None:
    value = pack_of("PE").unit_value("UIT", date.fromisoformat(day))
    assert (value.amount_minor if value else None) == amount_minor


@pytest.mark.parametrize(
    ("country", "first", "norm"),
    [
        ("CO", "expenses", "Código Civil, art. 1653; concepto SFC 97043798-3"),
        ("CL", "expenses", "Código Civil, art. 1595"),
        ("MX", "expenses", "Código Civil Federal, art. 2094; Código de Comercio, art. 364"),
        ("PE", "default_interest", "Código Civil, art. 1257"),
    ],
)
def test_allocation_puts_principal_last(country: str, first: str, norm: str) -> None:
    pack = pack_of(country)
    order = pack.allocation_order(DAY)
    assert order is not None
    assert (order[0], order[-1]) == (first, "principal")
    assert pack.of_kind("allocation.order", DAY)[0].norm == norm


def test_a_bill_and_an_expired_rule_are_shown_but_never_in_force() -> None:
    codes = {rule.code for rule in pack_of("PE").of_kind("contact", DAY)}
    assert "bill_calls" not in codes
    assert "bill_calls" in {rule.code for rule in pack_of("PE").rules}
    chile = pack_of("CL")
    emergency = next(rule for rule in chile.rules if rule.code == "frequency_emergency")
    assert not any(emergency.in_force(date(year, 6, 1)) for year in range(2020, 2028))


def test_only_peru_has_exhaustion_regimes() -> None:
    found = {
        country: [
            r.code for r in exhaustion_regimes(country, pack_of(country).of_kind("exhaustion", DAY))
        ]
        for country in COUNTRIES
    }
    assert found.pop("PE") == ["provision", "write_off"]
    assert not any(found.values())


@pytest.mark.parametrize(
    ("country", "day", "holiday"),
    [
        ("CO", "2026-10-12", True),
        ("CL", "2026-09-18", True),
        ("MX", "2026-11-16", True),
        ("PE", "2026-10-08", True),
        ("PE", "2027-01-01", True),
        ("PE", "2025-12-25", True),
        ("PE", "2026-10-12", False),
        ("ZZ", "2026-12-25", False),
    ],
)
def test_calendars(country: str, day: str, holiday: bool) -> None:
    calendar = calendar_of(country, DAY)
    assert calendar.years == (2025, 2026, 2027)
    assert (date.fromisoformat(day) in calendar.days) is holiday
    assert calendar.digest == calendar_digest(sorted(calendar.days, reverse=True))


def test_show_prints_every_rule_with_norm_and_confidence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.show("co", as_json=False) == 0
    out = capsys.readouterr().out
    for rule in pack_of("CO").rules:
        assert rule.norm in out
        assert f"{rule.key}  {rule.code}  [verificado, ley]" in out
    assert "weekdays=07:00,19:00" in out
    assert "desde 2023-10-10" in out
    assert "desde fecha no verificada" in out


def test_show_as_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.show("PE", as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["digest"] == pack_of("PE").digest
    assert {row["code"]: row["basis"] for row in document["rules"]}["bill_calls"] == "bill"
    assert [row["amount_minor"] for row in document["unit_values"]] == [515_000, 535_000, 550_000]


def test_show_refuses_a_country_without_a_pack() -> None:
    with pytest.raises(NotFound, match="no law pack for BR"):
        command.show("BR", as_json=False)
