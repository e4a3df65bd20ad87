"""A layout drafted from a sample: what it tells is taken, what it leaves open is left open."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from deployments.cli.file_name import name_like
from deployments.cli.guide_values import day_of
from deployments.cli.sample_file import UNWRITTEN, sample
from recupero.errors import FileRefused, Refused
from recupero.profiles.drafting.draft import Told, kind_of
from recupero.profiles.drafting.sample import read_text
from recupero.profiles.drafting.toml_text import profile_text
from recupero.profiles.drafting.words import names_of, spelled_out
from recupero.profiles.fields import KINDS, Kind, fields_of
from recupero.profiles.layout import Layout
from recupero.profiles.load import load_profiles
from recupero.profiles.profile import Profile
from schemas.screen import sift
from tests.edges.books import book as book_of
from tests.edges.drafted import HEAD, ROW, TODAY, drafted, found, portfolio, profile_of

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = load_profiles(ROOT / "deployments" / "institutions")[0]
NAMED = [
    pytest.param(profile, layout, id=f"{code}-{layout.kind}")
    for code, profile in EXAMPLES.items()
    for layout in profile.layouts
    if layout.header and layout.format not in UNWRITTEN
]


@pytest.mark.parametrize(("profile", "layout"), NAMED)
def test_the_layouts_of_our_institutions_are_found_again(profile: Profile, layout: Layout) -> None:
    content, given = sample(layout, profile), profile.institution
    assert content is not None
    name = name_like(layout.name, day_of(layout)) or ""
    draft = drafted(content, name, given.country, given.currency)
    assert [entry.key for entry in draft.open if not entry.key.startswith("values.")] == []
    again = profile_of(draft, given.country, given.currency).layouts[0]
    assert (again.kind, again.columns, draft.unused) == (layout.kind, layout.columns, ())
    assert (again.format, again.delimiter, again.quote) == (
        layout.format, layout.delimiter, layout.quote,
    )  # fmt: skip
    assert again.dates in (layout.dates, None)
    assert again.datetimes == layout.datetimes
    assert again.matches(name)
    for field, words in again.values.items():
        assert words.items() <= layout.values[field].items()
    screened = sift(content, again, profile, TODAY, hashlib.sha256(content).hexdigest())
    assert screened.rejects.rows() == []


def test_abbreviations_of_institutions_are_understood_and_the_rest_is_listed() -> None:
    draft = drafted(portfolio(("30/11/2025", "1.250,50"), ("31/12/2025", "900,00")))
    assert {key: value for key, value in found(draft).items() if key.startswith("columns.")} == {
        "columns.account_number": "NRO_OBLIGACION", "columns.debtor_id_number": "CEDULA",
        "columns.debtor_name": "NOM_CLIENTE", "columns.cut_off": "FEC_CORTE",
        "columns.days_past_due": "DIAS_MORA", "columns.principal_minor": "SALDO_CAPITAL",
        "columns.phone": "TEL_1",
    }  # fmt: skip
    assert draft.unused == ("EDAD",)
    assert found(draft)["constants.debtor_id_type"] == "CC"
    assert draft.open == ()
    profile_of(draft)


def test_both_orders_are_told_where_the_sample_leaves_them_open_and_nothing_is_chosen() -> None:
    draft = drafted(portfolio(("01/02/2026", "1,00"), ("03/04/2026", "2,00")))
    (entry,) = draft.open
    assert "%d/%m/%Y or %m/%d/%Y" in entry.because
    assert "# OPEN dates: %d/%m/%Y or %m/%d/%Y" in profile_text([], draft)
    with pytest.raises(Refused, match=r"layout\[0\]\.dates: is needed"):
        profile_of(draft)
    said = drafted(portfolio(("01/02/2026", "1,00")), dates="%m/%d/%Y")
    assert profile_of(said).layouts[0].dates == "%m/%d/%Y"


@pytest.mark.parametrize("mark", [",", "\t", "|", "^", "~"])
def test_delimiters_and_quotes(mark: str) -> None:
    text = portfolio(("30/11/2025", "1.00")).decode()
    quoted = "\n".join(
        mark.join(f'"{cell}"' for cell in line.split(";")) for line in text.splitlines()
    )
    for written, quote in ((text.replace(";", mark), None), (quoted, '"')):
        draft = drafted(written.encode())
        assert found(draft)["delimiter"] == mark
        assert found(draft).get("quote") == quote


def test_a_column_that_holds_something_else_is_not_taken_for_its_name() -> None:
    head = HEAD.replace("FEC_CORTE", "X").replace("SALDO_CAPITAL", "Y").replace("EDAD", "Z")
    swapped = head.replace("X", "SALDO_CAPITAL").replace("Y", "FEC_CORTE")
    draft = drafted(portfolio(("30/11/2025", "1,00"), head=swapped))
    assert found(draft)["columns.principal_minor"] is None
    assert found(draft)["columns.cut_off"] is None
    assert "SALDO_CAPITAL (called like principal_minor, and holds no such values)" in draft.unused


def test_several_columns_for_one_amount_or_key_are_told_and_none_is_taken() -> None:
    twice = portfolio(("30/11/2025", "1,00"), head=HEAD.replace("EDAD", "NRO_CREDITO"))
    draft = drafted(twice, kind="placement")
    entry = next(each for each in draft.open if each.key == "columns.account_number")
    assert entry.because == "several are called like it: NRO_OBLIGACION, NRO_CREDITO"
    said = drafted(twice, columns__account_number="NRO_CREDITO")
    assert found(said)["columns.account_number"] == "NRO_CREDITO"
    vague = drafted(portfolio(("30/11/2025", "1,00"), head=HEAD.replace("SALDO_CAPITAL", "SALDO")))
    assert "perhaps SALDO" in {e.key: e.because for e in vague.open}["columns.principal_minor"]


def test_words_are_mapped_and_unknown_ones_are_left_open() -> None:
    head = "OBLIGACION;TIPO_DOC;CEDULA;FECHA_CORTE;DIAS_MORA;CAPITAL;GARANTIA;LINEA\n"
    rows = "1;C;52847163;30/11/2025;9;1,00;S;LIB\n2;N;8699704512;30/11/2025;9;2,00;N;XYZ\n"
    draft = drafted((head + rows).encode())
    assert found(draft)["values.debtor_id_type"] == {"C": "CC", "N": "NIT"}
    assert found(draft)["values.guaranteed"] == {"S": True, "N": False}
    entries = [each for each in draft.entries if each.key == "values.obligation_kind"]
    assert [each.value for each in entries] == [None, {"LIB": "loan"}]
    assert "'XYZ'" in entries[0].because
    said = drafted((head + rows).encode(), values__obligation_kind__XYZ="card")
    assert profile_of(said).layouts[0].values["obligation_kind"] == {"LIB": "loan", "XYZ": "card"}


def test_blank_words_are_declared_and_never_a_value() -> None:
    rows = [("30/11/2025", "1,00"), ("NULL", "N/A")]
    draft = drafted(portfolio(*rows))
    assert found(draft)["blank"] == ("N/A", "NULL")
    head, row = HEAD.replace("EDAD", "PRODUCTO"), ROW.replace("41", "N/A")
    text = head + "".join(row.format(*each) for each in rows)
    assert found(drafted(text.encode()))["blank"] == ("N/A", "NULL")


def test_fixed_width_is_parted_by_blank_columns_under_names_or_refused() -> None:
    names = f"{'OBLIGACION':<14}{'CORTE':<12}{'DIAS_MORA':<12}{'CAPITAL':<12}"
    lines = [f"{n:010}    {20251029 + n % 2}    {90 + n:<12}{1250 + n:>10}  " for n in range(8)]
    draft = drafted("\n".join([names, *lines]).encode(), currency="CLP", country="CL")
    assert found(draft)["format"] == "fixed"
    layout = profile_of(draft, "CL", "CLP").layouts[0]
    assert layout.records is not None
    assert layout.records.header == "OBLIGACION"
    content = "\n".join([names, *lines]).encode()
    screened = sift(content, layout, profile_of(draft, "CL", "CLP"), TODAY)
    assert (screened.rows.height, screened.rejects.rows()) == (8, [])
    assert screened.rows["principal_minor"].to_list() == [1250 + n for n in range(8)]
    touching = "\n".join(line.replace(" ", "0") for line in lines)
    with pytest.raises(FileRefused, match="where columns of fixed width begin cannot be told"):
        drafted(touching.encode())


def test_lines_of_json_with_objects_inside() -> None:
    line = '{{"obligacion": "{0}", "fecha_corte": "2025-11-30", "dias_mora": 9, '
    line += '"saldos": {{"capital": 1250.5}}, "deudor": {{"cedula": "5284716{0}"}}}}\n'
    draft = drafted("".join(line.format(n) for n in range(3)).encode(), "CARTERA.jsonl")
    keys = found(draft)
    assert (keys["format"], keys["columns.days_past_due"]) == ("jsonl", "dias_mora")
    said = drafted("".join(line.format(n) for n in range(3)).encode(), "CARTERA.jsonl",
                   columns__principal_minor="saldos.capital")  # fmt: skip
    assert profile_of(said).layouts[0].columns["principal_minor"] == "saldos.capital"


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
def test_workbooks_sheet_and_row_of_names(form: str) -> None:
    names = ["Cuenta", "RFC", "Fecha de corte", "Días de atraso", "Capital"]
    rows = [["A1", "GODE561231GR8", date(2025, 11, 30), 92.0, 1250.5]]
    sheets_of = {"Portada": [["Informe"]], "Datos": [["Cartera"], ["", ""], names, *rows]}
    draft = drafted(book_of(form, sheets_of), f"Cartera 2025-11-30.{form}", "MX", "MXN")
    keys = found(draft)
    assert (keys["format"], keys["sheet"], keys["header_row"]) == (form, "Datos", 3)
    assert keys["constants.debtor_id_type"] == "RFC"
    profile = profile_of(draft, "MX", "MXN")
    screened = sift(book_of(form, sheets_of), profile.layouts[0], profile, TODAY)
    assert (screened.rows.height, screened.rejects.rows()) == (1, [])


def test_a_kind_that_columns_and_file_name_leave_open_is_not_chosen() -> None:
    content = portfolio(("30/11/2025", "1,00"))
    taken = read_text(content, {})
    vague = read_text(b"DueDate,DaysLate,Name\n01/02/2026,3,Ana\n", {})
    assert kind_of(vague, Told("X.csv", "US", "USD", TODAY)).value is None
    for name, kind in (("X.csv", "placement"), ("CARTERA.csv", "placement"), ("PAGOS.csv", None)):
        assert kind_of(taken, Told(name, "CO", "COP", TODAY)).value == kind


@pytest.mark.parametrize(
    "said",
    [
        {"nonsense": "1"},
        {"columns__nonsense": "EDAD"},
        {"columns__phone": "NONE"},
        {"header_row": "x"},
        {"dates": "dd/mm/yyyy"},
    ],
)
def test_a_key_that_no_layout_has_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(Refused, match="--set"):
        drafted(portfolio(("30/11/2025", "1,00")), **said)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if fields_of(kind)])
def test_every_field_that_is_needed_has_names(kind: Kind) -> None:
    for name, field in fields_of(kind).items():
        told = [each for each in names_of(kind, name) if each != spelled_out(name)]
        if field.required:
            assert told, f"recupero/profiles/drafting/synonyms.toml: names.{kind}.{name} is missing"
