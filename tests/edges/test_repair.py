"""A reject file goes out to be repaired; what comes back filled in is booked, each line once.

Amounts are minor units here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero.steps import rejects
from recupero.steps.decided import Rows
from recupero.steps.rejects import reject_list
from recupero.steps.tracing import trace
from recupero.store.embedded import Addresses
from recupero.store.tables import erasure, receipt_outcome, repair
from tests.edges.mended_bank import (
    HEADER,
    MON,
    Mended,
    book,
    filled,
    opened,
    portfolio,
    sent,
    sheet_of,
    table,
    written,
)
from tests.edges.one_bank import DAYS

TUE, WED = DAYS[1:3]
KEPT = "[retention.files]\nplacement = 1\n"


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Mended], Mended]) -> Mended:
    return proven(opened(tmp_path, migrated, KEPT))


GOOD = "0007|Íñigo|22/11/2026|5,00|a"
BAD = ("0008|Zoé|22/11/2026|doce|b", "0009|Ana|31/11/2026|x|c", "0010|Eva|22/11/2026")


@pytest.fixture
def rejected(bank: Mended) -> Mended:
    """A portfolio with one good row and three that are not."""
    outcome = sent(bank, "CARTERA_1.txt", portfolio(GOOD, *BAD))
    assert (outcome.state, outcome.rows) == ("booked", Rows(read=4, booked=1, rejected=3))
    return bank


def test_the_reject_file_is_the_banks_own_with_columns_beside_it(rejected: Mended) -> None:
    name, content = rejected.reject_file()
    assert name.startswith("RECHAZOS_CARTERA_1_")
    assert name.endswith(".txt")
    header, *rows = content.decode("latin-1").splitlines()
    assert header == (
        f"{HEADER}|RECUPERO_REF|LINEA|CAMPO|MOTIVO|VALOR"
        "|CORRECCION_CUENTA|CORRECCION_NOMBRE|CORRECCION_CORTE|CORRECCION_VALOR"
    )
    for own, row in zip((*BAD[:2], "||||"), rows, strict=True):
        assert row.startswith(f"{own}|R")
        assert row.endswith("||||")
    line, field, reason, value = table(content)[2][6:10]
    assert (line, field, value) == ("4", "CORTE · VALOR", "31/11/2026 · x")
    assert "no es una fecha" in reason
    assert table(content)[3][9] == "0010 Eva 22/11/2026"  # the line that could not be split


def test_only_the_repaired_lines_come_back_and_nothing_else_is_touched(rejected: Mended) -> None:
    name, content = rejected.reject_file()
    fixes = {3: {"VALOR": "12,00"}, 5: {"CUENTA": "0010", "CORTE": "22/11/2026", "VALOR": "7,50"}}
    outcome = rejected.send(name, filled(content, fixes))
    assert (outcome.state, outcome.kind, outcome.rows) == (
        "booked", "placement", Rows(read=2, booked=2)
    )  # fmt: skip
    assert rejected.stated() == {"0007": 500, "0008": 1200, "0010": 750}
    assert sorted(rejected.stored(repair).select("line_number", "of_line_number").rows()) == [
        (2, 3), (3, 5)
    ]  # fmt: skip


def test_trace_names_both_files_with_their_lines_and_the_layout(rejected: Mended) -> None:
    name, content = rejected.reject_file()
    rejected.send(name, filled(content, {3: {"VALOR": "12,00"}}))
    (found,) = trace(rejected.services, rejected.code, "0008")
    for section in ("versions", "journal"):
        (row,) = found.sections[section]
        told = (row["file"], row["line"], row["layout"], row["repairs"])
        assert told == (name, 2, "2026-11", "CARTERA_1.txt:3")
    (before,) = trace(rejected.services, rejected.code, "0007")
    (row,) = before.sections["versions"]
    assert (row["file"], row["line"], row["layout"], row["repairs"]) == (
        "CARTERA_1.txt", 2, "2026-11", None
    )  # fmt: skip


def test_a_line_is_repaired_once(rejected: Mended) -> None:
    name, content = rejected.reject_file()
    stem = name.removesuffix(".txt")
    once = filled(content, {3: {"VALOR": "12,00"}})
    rejected.send(name, once)
    again = rejected.send(f"{stem} (1).txt", once + b"\r\n")
    assert again.rows == Rows(read=1, duplicate=1)
    other = f"{stem}_corregido.txt"
    assert rejected.send(other, filled(content, {3: {"VALOR": "13,00"}})).rows.rejected == 1
    assert rejected.answers(other) == [(2, "repair_done")]
    assert rejected.stated()["0008"] == 1200


def test_what_is_still_wrong_may_be_repaired_again_in_the_same_file(rejected: Mended) -> None:
    name, content = rejected.reject_file()
    assert rejected.send(name, filled(content, {3: {"VALOR": "doce"}})).rows.rejected == 1
    assert rejected.answers(name) == [(2, "unreadable_amount")]
    assert rejected.send(name, filled(content, {3: {"VALOR": "12,00"}})).rows.booked == 1


def _altered(rows: list[list[str]]) -> None:
    rows[1][0] = "8"  # as a spreadsheet reads 0008


def _another_reference(rows: list[list[str]]) -> None:
    rows[1][5] = rows[1][5].replace("-3", "-2")  # a line that was booked


def _twice(rows: list[list[str]]) -> None:
    rows.append([*rows[1][:-1], "13,00"])


REFUSED_LINES = {
    "repair_altered": _altered,
    "repair_unknown": _another_reference,
    "repair_repeated": _twice,
}


@pytest.mark.parametrize("rule", REFUSED_LINES)
def test_a_line_is_refused_with_its_reason(rejected: Mended, rule: str) -> None:
    name, content = rejected.reject_file()
    rows = table(filled(content, {3: {"VALOR": "12,00"}}))
    REFUSED_LINES[rule](rows)
    outcome = rejected.send(name, written(rows))
    assert outcome.rows == Rows(read=len(rows) - 1, rejected=len(rows) - 1)
    assert {told for _, told in rejected.answers(name)} == {rule}
    assert rejected.stated() == {"0007": 500}


def test_columns_that_are_not_those_sent_refuse_the_file(rejected: Mended) -> None:
    name, content = rejected.reject_file()
    rows = [row[1:] for row in table(content)]
    assert rejected.send(name, written(rows)).state == "refused"


def test_under_another_name_it_is_no_portfolio(rejected: Mended) -> None:
    _, content = rejected.reject_file()
    assert sent(rejected, "CARTERA_2.txt", content).state == "refused"
    assert rejected.stated() == {"0007": 500}


def test_what_the_ledger_rejected_comes_back_as_it_was_once_the_reason_is_gone(
    bank: Mended,
) -> None:
    content = b'"G1","0007","2026-11-22 10:00","call","dijo ""no,\nno"" y colgo"\n'
    assert bank.send("gestiones.csv", content).rows == Rows(read=1, rejected=1)
    assert bank.answers("gestiones.csv") == [(1, "unknown_account")]
    name, rejects = bank.reject_file()
    assert content.rstrip() in rejects
    assert bank.send(name, rejects).rows == Rows(read=1, rejected=1)
    sent(bank, "CARTERA_1.txt", portfolio(GOOD))
    assert bank.send(f"{name}.csv", rejects + b"\r\n").rows == Rows(read=1, booked=1)


def mended_book(content: bytes) -> bytes:
    header, row = sheet_of(content)
    row[header.index("CORRECCION_VALOR")] = 1200.5
    return book([header, row])


def mended_json(content: bytes) -> bytes:
    record = json.loads(content)
    assert record["tx"] == "T1"
    record["RECUPERO"]["CORRECCION_valor"] = 1200.5
    return json.dumps(record).encode()


def test_an_object_without_its_own_keys_is_no_longer_what_was_sent(bank: Mended) -> None:
    content, mend = FORMS["pagos.jsonl"]
    bank.send("pagos.jsonl", content)
    name, rejects = bank.reject_file()
    ours = {"RECUPERO": json.loads(mend(rejects))["RECUPERO"]}
    assert bank.send(name, json.dumps(ours).encode()).rows == Rows(read=1, rejected=1)
    assert bank.answers(name) == [(1, "repair_altered")]


def mended_table(content: bytes) -> bytes:
    header, row = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    row[header.index("CORRECCION_POSICIONES_11_20")] = "0000120050"
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([header, row])
    return text.getvalue().encode()


FORMS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "pagos.xlsx": (
        book([["TX", "CUENTA", "VALOR", "FECHA"], ["T1", "0007", "x", "2026-11-23"]]), mended_book
    ),
    "pagos.jsonl": (
        b'{"tx": "T1", "de": {"cuenta": "0007"}, "valor": "x", "fecha": "2026-11-23"}\n',
        mended_json,
    ),
    "pagos.dat": (b"T1  0007  00001200X020261123\n", mended_table),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_answered_in_its_own(bank: Mended, name: str) -> None:
    content, mend = FORMS[name]
    assert bank.send(name, content).rows == Rows(read=1, rejected=1)
    there, rejects = bank.reject_file()
    assert bank.send(there, mend(rejects)).rows == Rows(read=1, booked=1)


def test_rejects_of_all_runs_are_counted_whole_and_their_examples_capped(
    rejected: Mended, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, content = rejected.reject_file()
    rejected.send(name, filled(content, {3: {"VALOR": "12,00"}}))
    found = reject_list(rejected.services, rejected.code)
    assert (found.rejects, found.lines, found.repaired) == (4, 3, 1)
    assert [(r["field"], r["rule"], r["lines"], r["repaired"]) for r in found.rules] == [
        ("principal_minor", "unreadable_amount", 2, 1), ("", "column_count", 1, 0),
        ("cut_off", "unreadable_date", 1, 0),
    ]  # fmt: skip
    assert [(row["file"], row["line_number"]) for row in found.examples] == [
        ("CARTERA_1.txt", line) for line in (3, 4, 4, 5)
    ]
    assert reject_list(rejected.services, rejected.code, TUE).rejects == 0
    monkeypatch.setattr(rejects, "EXAMPLES_MAX", 1)
    one = reject_list(rejected.services, rejected.code, MON, "unreadable_amount")
    assert (one.rejects, len(one.examples)) == (2, 1)


def test_what_was_repaired_outlives_the_file_and_no_more_comes_after_it(rejected: Mended) -> None:
    """The bank's own check, at the end, repeats all that can still be read."""
    name, content = rejected.reject_file()
    rejected.close(MON)
    assert rejected.send(name, written(table(content)[:1]), day=TUE).rows == Rows()
    wrong = filled(content, {3: {"VALOR": "doce"}})
    assert rejected.send(f"{name}.txt", wrong, day=TUE).rows.rejected == 1
    assert rejected.send(name, b"otra cosa", day=TUE).state == "refused"
    assert rejected.send(name, filled(content, {3: {"VALOR": "12,00"}}), day=WED).rows.booked == 1
    rejected.close(WED)
    later = MON + timedelta(days=31)
    rejected.close(later)
    assert rejected.stored(erasure).height == 1
    late = rejected.send(f"{name}.txt", filled(content, {4: {"VALOR": "1,00"}}), day=later)
    assert late.state == "refused"
    told = rejected.stored(receipt_outcome).filter(pl.col("state") == "refused")
    assert sorted(told["rule"]) == ["repair_columns", "repair_expired"]
