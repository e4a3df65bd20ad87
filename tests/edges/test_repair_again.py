"""What is rejected of a reject file that came back goes out once more, to be repaired again.

Each line is still the one of the file it first came in, with what it was corrected to.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from recupero.steps.decided import Rows
from recupero.steps.intake import pending
from recupero.steps.pull import pull
from recupero.steps.rejects import reject_list
from recupero.steps.tracing import trace
from recupero.store import bulk
from recupero.store.embedded import Addresses
from recupero.store.tables import document, repair
from tests.edges.mended_bank import (
    HEADER,
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

TUE = DAYS[1]
BOOKED = Rows(read=1, booked=1)
LINES = ("0007|Ana|22/11/2026|5,00|a", "0008|Zoé|22/11/2026|doce|b", "0009|Eva|31/11/2026|x|c")


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Mended], Mended]) -> Mended:
    return proven(opened(tmp_path, migrated))


@pytest.fixture
def rejected(bank: Mended) -> Mended:
    """A portfolio of which lines 3 and 4 are rejected."""
    assert sent(bank, "CARTERA_1.txt", portfolio(*LINES)).rows == Rows(read=3, booked=1, rejected=2)
    return bank


def test_it_goes_out_as_it_came_with_the_reason_and_what_it_was_corrected_to(
    rejected: Mended,
) -> None:
    first, content = rejected.reject_file()
    fixes = {4: {"VALOR": "'-12,00", "CORTE": "32/11/2026"}}
    assert rejected.send(first, filled(content, fixes)).rows == Rows(read=1, rejected=1)
    again, answer = rejected.reject_file()
    assert again.startswith("RECHAZOS_CARTERA_1_")
    assert again.count("RECHAZOS_") == 1
    assert again != first
    assert f'"{again}"'.encode() in rejected.papers()[_acknowledged(rejected)]
    header, row = answer.decode("latin-1").splitlines()
    assert header == (
        f"{HEADER}|RECUPERO_REF|LINEA|CAMPO|MOTIVO|VALOR|CORRECCION_CORTE|CORRECCION_VALOR"
    )
    assert row.startswith(f"{LINES[2]}|")
    assert row.endswith("|32/11/2026|'-12,00")
    before, now = table(content)[2], table(answer)[1]
    assert now[5:8] == [before[5], "4", "CORTE"], "the same line of the same file"
    assert "32/11/2026" in now[9]


def _acknowledged(bank: Mended) -> str:
    newest, _ = bank.reject_file()
    about = bank.stored(document).filter(name=newest)["about_receipt_id"][0]
    own = bank.stored(document).filter(about_receipt_id=about)["name"]
    (name,) = [one for one in own if one.endswith(".csv") and one.startswith("ACUSE_")]
    return str(name)


def test_repaired_at_last_it_is_the_line_of_the_first_file(rejected: Mended) -> None:
    first, content = rejected.reject_file()
    rejected.send(first, filled(content, {4: {"VALOR": "12,00", "CORTE": "32/11/2026"}}))
    second, content = rejected.reject_file()
    rejected.send(f"{second}.txt", filled(content, {4: {"CORTE": "33/11/2026"}}), day=TUE)
    third, content = rejected.reject_file()
    assert (
        rejected.send(third, filled(content, {4: {"CORTE": "22/11/2026"}}), day=TUE).rows == BOOKED
    )
    assert rejected.stated() == {"0007": 500, "0009": 1200}
    assert rejected.stored(repair)["of_line_number"].to_list() == [4]
    (found,) = trace(rejected.services, rejected.code, "0009")
    (row,) = found.sections["versions"]
    assert (row["file"], row["line"], row["repairs"]) == (third, 2, "CARTERA_1.txt:4")
    assert reject_list(rejected.services, rejected.code).repaired == 1
    assert rejected.send(first, filled(content, {4: {}}), day=TUE).rows.booked == 0


def test_the_first_file_serves_for_the_other_lines_still(rejected: Mended) -> None:
    first, content = rejected.reject_file()
    fixes = {3: {"VALOR": "doce"}, 4: {"CORTE": "22/11/2026", "VALOR": "9,00"}}
    assert rejected.send(first, filled(content, fixes)).rows == Rows(read=2, booked=1, rejected=1)
    _, again = rejected.reject_file()
    assert [row[6] for row in table(again)[1:]] == ["3"], "what was booked is not told again"
    fixed = filled(content, {3: {"VALOR": "12,00"}})
    assert rejected.send(f"{first}_2.txt", fixed).rows == BOOKED


def test_of_a_line_whose_columns_were_altered_the_columns_come_as_they_were(
    rejected: Mended,
) -> None:
    first, content = rejected.reject_file()
    rows = table(filled(content, {3: {"VALOR": "12,00"}}))
    rows[1][0] = "8"
    assert rejected.send(first, written(rows)).rows == Rows(read=1, rejected=1)
    again, answer = rejected.reject_file()
    (header, row) = table(answer)
    assert (row[:5], header[10:], row[10:]) == (
        LINES[1].split("|"), ["CORRECCION_VALOR"], ["12,00"]
    )  # fmt: skip
    assert rejected.send(again, answer).rows == BOOKED


def test_of_two_rows_that_say_different_things_of_a_line_neither_is_filled_in(
    rejected: Mended,
) -> None:
    first, content = rejected.reject_file()
    rows = table(filled(content, {3: {"VALOR": "12,00"}}))
    rows.append([*rows[1][:-1], "13,00"])
    rejected.send(first, written(rows))
    _, answer = rejected.reject_file()
    (header, row) = table(answer)
    assert (header[10:], row[6], row[10:]) == (["CORRECCION_VALOR"], "3", [""])


def test_nothing_goes_out_of_lines_that_cannot_be_repaired(rejected: Mended) -> None:
    first, content = rejected.reject_file()
    rows = table(filled(content, {3: {"VALOR": "12,00"}}))
    rows[1][5] = rows[1][5].replace("-3", "-2")  # a line that was booked
    assert rejected.send(first, written(rows)).rows.rejected == 1
    assert rejected.reject_file()[0] == first


def _in_book(content: bytes, told: dict[str, Any]) -> bytes:
    header, row = sheet_of(content)
    header += [title for title in told if title not in header]
    row += [""] * (len(header) - len(row))
    for title, value in told.items():
        row[header.index(title)] = value
    return book([header, row])


def _in_json(content: bytes, told: dict[str, Any]) -> bytes:
    record = json.loads(content)
    record["RECUPERO"] |= told
    return json.dumps(record).encode()


def _in_table(content: bytes, told: dict[str, Any]) -> bytes:
    header, row = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    header += [title for title in told if title not in header]
    row += [""] * (len(header) - len(row))
    for title, value in told.items():
        row[header.index(title)] = value
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([header, row])
    return text.getvalue().encode()


#: By file a line with a broken amount; how it is corrected, once so that something else is broken;
#: and what mends that.
FORMS: dict[str, tuple[bytes, Callable[[bytes, dict[str, Any]], bytes], dict[str, Any], str]] = {
    "pagos.xlsx": (
        book([["TX", "CUENTA", "VALOR", "FECHA"], ["T1", "0007", "x", "2026-11-23"]]),
        _in_book, {"CORRECCION_VALOR": 1200.5, "CORRECCION_FECHA": "ayer"}, "CORRECCION_FECHA",
    ),
    "pagos.jsonl": (
        b'{"tx": "T1", "de": {"cuenta": "0007"}, "valor": "x", "fecha": "2026-11-23"}\n',
        _in_json, {"CORRECCION_valor": 1200.5, "CORRECCION_fecha": "ayer"}, "CORRECCION_fecha",
    ),
    "pagos.dat": (
        b"T1  0007  00001200X020261123\n", _in_table,
        {"CORRECCION_POSICIONES_11_20": "0000120050", "CORRECCION_POSICIONES_21_28": "ayer"},
        "CORRECCION_POSICIONES_21_28",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_in_each_form_what_is_right_already_is_kept(bank: Mended, name: str) -> None:
    content, write, wrong, at = FORMS[name]
    bank.send(name, content)
    first, rejects = bank.reject_file()
    assert bank.send(first, write(rejects, wrong)).rows == Rows(read=1, rejected=1)
    again, rejects = bank.reject_file()
    right = "20261123" if name.endswith("dat") else "2026-11-23"
    assert bank.send(again, write(rejects, {at: right})).rows == BOOKED


def test_a_cell_that_went_wrong_is_not_filled_in_as_if_it_were_sound(bank: Mended) -> None:
    content, *_ = FORMS["pagos.xlsx"]
    bank.send("pagos.xlsx", content)
    first, rejects = bank.reject_file()
    damaged = _in_book(rejects, {"CORRECCION_VALOR": 12345678901234567.0})
    assert bank.send(first, damaged).rows.rejected == 1
    _, again = bank.reject_file()
    sheet = sheet_of(again)
    assert sheet[1][sheet[0].index("CORRECCION_VALOR") :] in ([], [""])


def test_whose_lines_a_file_brings_is_asked_for_by_its_name(
    rejected: Mended, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, content = rejected.reject_file()
    sent(rejected, "CARTERA_2.txt", portfolio("0007|Ana|22/11/2026|5,00|a", "0008|Eva|x|1,00|b"))
    sent(rejected, "CARTERA_3.txt", portfolio("0007|Ana|22/11/2026|5,00|a", "0009|Eva|y|1,00|b"))
    rejected.put(f"{first}_corregido.txt", filled(content, {3: {"VALOR": "12,00"}}))
    pull(rejected.services, rejected.code, TUE)
    read: list[int] = []

    def counted(connection: Any, query: Any) -> pl.DataFrame:
        found = copied(connection, query)
        read.append(found.height)
        return found

    copied = bulk.read
    monkeypatch.setattr(bulk, "read", counted)
    assert len(pending(rejected.services, rejected.code, TUE)) == 1
    assert max(read) == 1, "not every reject file there is"
