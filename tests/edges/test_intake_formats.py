"""A file in each format that may be agreed on, from the inbox to the ledger and its answer."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from recupero.steps.intake import Rows, pending, take_in
from recupero.steps.pull import pull
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from tests.edges.books import book
from tests.edges.one_bank import DAYS, Bank, services_for

CODE = "formatos"
_HEAD = f"""
[institution]
code = "{CODE}"
name = "Banco de Formatos S.A."
country = "CO"
currency = "COP"
timezone = "America/Bogota"
[policy]
rejects_share_max = 0.9
"""
_LAYOUT = """
[[layout]]
kind = "placement"
version = "{name}"
from = 2026-01-01
name = '{name}_.*'
snapshot = "delta"
dates = "%d/%m/%Y"
decimal = ","
{settings}
constants = {{ debtor_id_type = "CE", obligation_kind = "loan", cut_off = "business_date" }}
[layout.columns]
account_number = "Número"
debtor_id_number = "{person}"
due_date = "Vence"
principal_minor = "Saldo"
"""
NAMES = ["Número", "Cédula", "Vence", "Saldo"]
DUE = date(2026, 9, 30)
#: Where the row that does not read stands: under a title in the books, and under no names in JSON.
_LINES = {"jsonl": 3, "ods": 6, "xls": 6, "xlsx": 6, "wide": 4, "signed": 4}


def table(key: str) -> list[list[str | float | date]]:
    """A debt, a card in credit, and an amount of more cents than there are."""
    return [[f"{key}1", "101", DUE, 1234.5], [f"{key}2", "102", DUE, -3.0],
            [f"{key}3", "103", DUE, 12.345]]  # fmt: skip


def workbook(form: str) -> bytes:
    titles: list[list[str | float | date]] = [["Cartera"], [], [*NAMES]]
    return book(form, {"Portada": [["x"]], "Cartera": [*titles, *table(form)]})


def json_lines() -> bytes:
    rows = [
        {"Número": key, "Deudor": {"Cédula": person}, "Vence": f"{due:%d/%m/%Y}", "Saldo": owed}
        for key, person, due, owed in table("jsonl")
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def text(key: str, owed: tuple[str, str, str], more: str = "") -> str:
    lines = [f"{key}{n};10{n};{DUE:%d/%m/%Y};{amount}" for n, amount in enumerate(owed, 1)]
    return "\r\n".join([";".join(NAMES) + more, *lines, ""])


_BOOK = 'header = true\nsheet = "Cartera"\nheader_row = 3'
_TEXT = 'format = "delimited"\nheader = true'
#: By name: the settings of the layout, and the file.
FILES: dict[str, tuple[str, bytes]] = {
    "jsonl": ('format = "jsonl"', json_lines()),
    "ods": (f'format = "ods"\n{_BOOK}', workbook("ods")),
    "xls": (f'format = "xls"\n{_BOOK}', workbook("xls")),
    "xlsx": (f'format = "xlsx"\n{_BOOK}', workbook("xlsx")),
    "wide": (
        f'{_TEXT}\nencoding = "utf-16-be"',
        text("wide", ("1234,50", "-3,00", "12,345")).encode("utf-16-be"),
    ),
    "signed": (
        f"{_TEXT}\nsign = {{ place = 'column', negative = 'H', positive = 'D', "
        "columns.principal_minor = 'DH' }",
        text("signed", ("1234,50;D", "3,00;H", "12,00;"), ";DH").encode(),
    ),
}


def profile() -> str:
    return _HEAD + "".join(
        _LAYOUT.format(
            name=name, settings=settings, person="Deudor.Cédula" if name == "jsonl" else "Cédula"
        )
        for name, (settings, _) in FILES.items()
    )


@pytest.fixture(scope="module")
def bank(migrated: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """One bank that agreed on all of them; each test drops one file."""
    home = tmp_path_factory.mktemp("formats")
    return Bank(services_for(home, migrated, CODE, text=profile()), CODE)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_booked_and_answered(bank: Bank, name: str) -> None:
    day = DAYS[0]
    bank.put(f"{name}_1", FILES[name][1])
    pull(bank.services, CODE, day)
    (receipt_id,) = pending(bank.services, CODE, day)
    outcome = take_in(bank.services, CODE, receipt_id, day)
    assert (outcome.state, outcome.rows) == ("booked", Rows(read=3, booked=2, rejected=1))
    owed = {key: sums for key, sums in bank.balances().items() if key[:-1] == name}
    assert owed == {f"{name}1": {"principal": 123450}, f"{name}2": {"unapplied": -300}}
    with bank.services.store.unit(CODE) as unit:
        papers = [one for one in outgoing.documents(unit) if name in one.name]
    kinds = {f"acknowledgement_{form}" for form in ("csv", "pdf", "rejects")}
    assert {one.kind for one in papers} == kinds
    [told] = [one for one in papers if one.kind.endswith("csv")]
    answer = bank.services.vault.get(CODE, told.address).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(answer), delimiter=";"))
    summed = [(row["concepto"], row["importe"]) for row in rows if row["importe"]]
    assert summed == [("read", "1231.50"), ("booked", "1231.50")]
    [reject] = [row for row in rows if row["registro"] == "rechazo"]
    assert (int(reject["linea"]), reject["regla"]) == (_LINES[name], "unreadable_amount")
    assert reject["mensaje"].startswith("Saldo: no es un importe")


def test_all_of_them_are_proven_from_their_bytes(bank: Bank) -> None:
    bank.check()
