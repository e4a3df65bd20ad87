"""What is told of a file and its control file: figures, incidents, answers, keys of the profile."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from deployments.cli.check import check
from recupero.errors import ProfileError
from recupero.profiles.load import parse_profile
from recupero.steps.anchor import anchor
from recupero.steps.retain import retain
from recupero.store import manifest
from recupero.store.embedded import Addresses
from recupero.store.tables import receipt_outcome, recording, repair
from tests.edges.paired_bank import (
    CONTROL,
    FILE,
    HEAD,
    MON,
    NAME,
    RIGHT,
    TUE,
    WED,
    WRONG,
    Paired,
    profile,
)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Paired:
    return Paired(tmp_path, migrated)


#: Its third row is rejected: it was paid later than the date.
DOUBTED = f"{FILE}T3;7003;5,00;payment;;2026-12-23;COP\n"


@pytest.fixture(scope="module")
def answered(migrated: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Paired:
    """A file whose control file was wrong in every figure, and right on the next date."""
    bank = Paired(tmp_path_factory.mktemp("answered"), migrated)
    bank.night(MON, file=DOUBTED, control=f"{HEAD}\n2;COP;15,01;7003;{'a' * 64}\n2;USD;20,50;1;\n")
    bank.night(TUE, control=f"{HEAD}\n2;COP;15,00;4004;\n1;USD;20,50;7002;\n")
    return bank


def test_both_figures_of_every_difference_are_told(answered: Paired) -> None:
    [reason] = answered.reasons()
    digest = sha256(DOUBTED.encode()).hexdigest()[:12]
    assert reason == (
        f"el archivo de control {CONTROL} no cuadra: declara SHA-256 aaaaaaaaaaaa… y es {digest}…; "
        "declara 4 registros y trae 3; declara un total de columna 3 de $ 15,01 y suma $ 15,00; "
        "declara un total de comprobación de 7004 y resulta 1006"
    )


def test_the_answers_name_what_was_judged_with(answered: Paired) -> None:
    first, again = sorted(
        (
            text
            for name, text in answered.papers().items()
            if name.startswith(f"ACUSE_{NAME[:-4]}") and name.endswith(".csv")
        ),
        key=len,
    )
    assert '"control_total"' in first
    assert '"control_total"' not in again
    for text, hashed, rows, total in ((first, 7004, 4, "15.01"), (again, 1006, 3, "15.00")):
        head = f'"{NAME}";"declarado";;"columna 3";;'
        assert f'{head}"{hashed}";"{CONTROL}";;{rows};{total};"COP"' in text
        assert f'{head};;;;20.50;"USD"' in text
        assert "dentro_de" not in text, "a control file is no container"
    judged = answered.stored(recording).filter(kind="intake")["inputs"]
    assert judged.str.contains('"control":').sum() == 2


def test_lines_repaired_need_no_control_file_whatever_their_name(answered: Paired) -> None:
    [(name, text)] = [one for one in answered.papers().items() if one[0].startswith("RECHAZOS_")]
    header, row = csv.reader(text.splitlines(), delimiter=";")
    row[header.index("CORRECCION_COLUMNA_6")] = "2026-11-23"
    answered.night(WED, **{name: "\n".join(map(";".join, (header, row)))})
    [repaired] = answered.became(name)
    assert repaired == "file booked", "it does not wait"
    assert answered.stored(repair)["of_line_number"].to_list() == [3]
    with answered.services.store.unit(answered.code) as unit:
        [outcome] = manifest.outcomes(unit).filter(name=name).iter_rows(named=True)
    assert outcome["rows_booked"] == 1
    assert manifest.control_file(outcome) is None
    assert answered.alerts == []
    answered.check()


def test_what_is_missing_is_an_incident_until_it_is_paired(bank: Paired) -> None:
    bank.night(MON, file=FILE, **{"CONTROL_payment_2.txt": RIGHT})
    assert bank.alerts == [], "one more date is waited"
    bank.rerun(TUE)
    [told] = bank.alerts
    second = "file of CONTROL_payment_2.txt"
    assert told.detail == f"did not come on {TUE}: {second}; control file of {NAME}"
    bank.night(TUE, control=RIGHT, **{"payment_2.csv": FILE.replace("T", "U")})
    assert [one.number for one in bank.alerts[1:] if one.closed_at] == [1]
    booked = bank.stored(receipt_outcome).filter(kind="payment", state="booked")
    assert booked.height == 2


def test_in_a_container_both_are_found_and_two_controls_may_say_the_same(bank: Paired) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as sealed:
        for number in (1, 2):
            lines = FILE.replace("T", f"T{number}")
            sealed.writestr(f"payment_{number}.csv", lines)
            sealed.writestr(f"CONTROL_payment_{number}.txt", RIGHT)
    bank.put("ambos.zip", content.getvalue())
    bank.rerun(MON)
    became = bank.stored(receipt_outcome).sort("receipt_id")
    assert sorted(became.filter(pl.col("state") != "opened").select("kind", "state").rows()) == [
        ("control", "booked"), ("control", "booked"), ("payment", "booked"), ("payment", "booked"),
    ]  # fmt: skip
    inside = {"payment_1.csv": FILE.replace("T", "T1"), CONTROL: RIGHT}
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as sealed:
        for name, text in inside.items():
            sealed.writestr(name, text)
    bank.put("otra vez.zip", again.getvalue())
    bank.rerun(TUE)
    later = bank.stored(receipt_outcome).filter(pl.col("business_date") > MON)
    assert sorted(later["state"]) == ["duplicate", "duplicate", "opened"], (
        "the same bytes wait for no other control file"
    )
    bank.check()


def test_a_control_file_past_retention_leaves_what_was_judged_with_it(bank: Paired) -> None:
    bank.night(MON, file=FILE, control=RIGHT, **{"payment_2.csv": FILE.replace("T", "U")})
    bank.rerun(TUE)
    anchor(bank.services, bank.code, TUE)
    text = f"{profile(bank.code)}[retention.files]\ncontrol = 1\nrefused = 1\n"
    retained = parse_profile(text.encode(), f"{bank.code}.toml")
    bank.services = replace(bank.services, profiles={**bank.services.profiles, bank.code: retained})
    later = date(2027, 1, 4)
    gone = {"files.control": 1, "files.refused": 1}
    assert retain(bank.services, bank.code, later).due == gone
    bank.night(later, **{"CONTROL_payment_2.txt": RIGHT})
    assert bank.became("payment_2.") == ["file control_file_missing", "control waits"], (
        "nobody can judge again what is destroyed"
    )
    bank.check()


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"file"', '"none"', "layout[0].control_file"),
        ("CONTROL_{stem}", "CONTROL", "layout[0].control_file.name"),
        ("{stem}", "{stem}{name}", "layout[0].control_file.name"),
        ("CONTROL_{stem}.txt", "{name}", "layout[0].control_file.name"),
        ("CONTROL_{stem}.txt", "{stem}", "layout[0].control_file.name"),
        ('"account_number", hash', '"amount_minor", hash', "layout[0].control_file.hash_of"),
        ('kind = "control"', 'kind = "control"\ncontrol = "trailer"', "layout[1].control"),
        ('kind = "control"', 'kind = "consent"', "layout[1].columns.rows"),
        ('amount_minor = "IMP', 'fees_minor = "IMP', "layout[1].columns.fees_minor"),
        ('hash_of = "account_number", ', "", "layout[1].columns.hash_total"),
        ("header = true", "header = true\nconstants.rows = 1", "layout[1].constants.rows"),
    ],
)
def test_a_control_file_that_cannot_come_or_be_judged_is_named_by_its_key(old, new, where) -> None:
    text = profile("banco")
    if "amount_minor" in new:
        old, new = 'hash_of = "account_number"', 'hash_of = "amount_minor"'
    if where.endswith("rows") and "constants" in where:
        text = text.replace('rows = "REGISTROS"\n', "")
    assert old in text
    with pytest.raises(ProfileError) as wrong:
        parse_profile(text.replace(old, new, 1).encode(), "banco.toml")
    assert wrong.value.where == f"banco.toml: {where}"


@pytest.mark.parametrize(("ending", "loads"), [("ctl", True), ("csv", False)])
def test_a_control_file_is_not_called_like_the_file_it_speaks_of(ending: str, loads: bool) -> None:
    text = profile("banco").replace("payment.*'", r"payment.*\.csv'")
    text = text.replace("CONTROL_{stem}.txt", f"{{stem}}.{ending}")
    if loads:
        assert parse_profile(text.encode(), "banco.toml").layouts[0].control_file
        return
    with pytest.raises(ProfileError, match=r"tells it apart, as CONTROL_\{stem\}\.csv") as wrong:
        parse_profile(text.encode(), "banco.toml")
    assert wrong.value.where == "banco.toml: layout[0].control_file.name"


@pytest.mark.parametrize(
    ("beside", "given", "code"),
    [(RIGHT, None, 0), (None, RIGHT, 0), (None, None, 2), (WRONG, None, 2), (WRONG, RIGHT, 0)],
)
def test_check_reads_the_control_file_beside_the_file_or_the_one_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], beside: str, given: str, code: int
) -> None:
    (tmp_path / "banco.toml").write_text(profile("banco"))
    (tmp_path / NAME).write_text(FILE)
    other = tmp_path / "otro.ctl"
    for path, content in ((tmp_path / CONTROL, beside), (other, given)):
        if content:
            path.write_text(content)
    named = other if given else None
    assert check(tmp_path / NAME, "banco", True, tmp_path, TUE, named) == code
    document = json.loads(capsys.readouterr().out)
    if code == 0:
        assert [one["currency"] for one in document["control"]["sums"]] == ["COP", "USD"]
        assert document["control"]["declared_hash"] == 4003
    else:
        rule = "control_total" if beside else "control_file_missing"
        assert document["problems"][0]["rule"] == rule


def test_check_refuses_a_control_file_that_nothing_speaks_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "banco.toml").write_text(profile("banco"))
    for name in (CONTROL, "otro.ctl"):
        (tmp_path / name).write_text(RIGHT)
    named = tmp_path / "otro.ctl"
    assert check(tmp_path / CONTROL, "banco", False, tmp_path, TUE, named) == 2
    assert "su formato no lleva archivo de control" in capsys.readouterr().err
