"""What an institution is handed: every sample file is taken whole by ``recupero check``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from deployments.cli.check import check
from deployments.cli.file_name import name_like
from deployments.cli.guide_fields import KIND_TITLES, MEANING, WORDS
from deployments.cli.guide_folder import write_guide
from deployments.cli.guide_values import _IDENTITY, _PHONE, EMPTY, value_of
from deployments.cli.main import dispatch
from deployments.cli.sample_file import ROWS, UNWRITTEN, sample
from recupero.errors import Refused
from recupero.profiles.fields import FIELDS, KINDS
from recupero.profiles.layout import Layout
from recupero.profiles.load import load_profile, load_profiles, parse_profile
from recupero.profiles.profile import Profile
from reports.labels import KIND
from schemas.identity import invalid
from schemas.identity_numbers import FORMS
from schemas.phones import e164
from tests.edges import good_files

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 27)

_PLACEMENT = """
[[layout]]
kind = "placement"
version = "1"
from = 2026-02-01
name = 'C_\\d{{8}}\\.txt'
dates = "%d/%m/%Y"
datetimes = "%d/%m/%Y %H:%M"
{}
"""
_COLUMNS = """
[layout.columns]
account_number = {}
debtor_id_type = {}
debtor_id_number = {}
cut_off = {}
days_past_due = {}
principal_minor = {}
interest_minor = {}
total_minor = {}
"""
_NAMES = ("CUENTA", "TIPO", "DOC", "CORTE", "MORA", "CAP", "INT", "TOTAL")
_NAMED = _COLUMNS.format(*(f'"{name}"' for name in _NAMES))
_COUNTED = _COLUMNS.format(*range(8))
_CONTROL = """
[[layout]]
kind = "control"
version = "1"
from = 2026-02-01
name = '.*[.]ctl'
dates = "%d/%m/%Y"
{}
"""
_COLUMNS_OF_CONTROL = """
[layout.columns]
rows = {}
currency = {}
principal_minor = {}
total_minor = {}
hash_total = {}
cut_off = {}
sha256 = {}
"""
#: Layouts of marks and forms that no institution of ours has.
ODD = {
    "brackets": f'format = "delimited"\nheader = true\ndecimal = ","\nthousands = "."\n'
    f'sign = {{ place = "around" }}{_NAMED}',
    "letters": f'format = "delimited"\ndelimiter = "\\t"\nheader = true\ndecimal = "."\n'
    f'sign = {{ place = "after", negative = "CR", positive = "DB" }}{_NAMED}',
    "column": 'format = "delimited"\nheader = true\nsign = { place = "column", negative = "C", '
    f'positive = "D", columns.principal_minor = "DC" }}{_NAMED}',
    "wide": f'format = "delimited"\nencoding = "utf-16-be"\nheader = true{_NAMED}',
    "counted": 'format = "delimited"\ndelimiter = "^"\nimplied_decimals = 2\ncells = 12'
    f"\ncontrol = 'trailer'\n[layout.records]\ndetail = ''\nheader = 'CAB'\ntrailer = 'FIN'\n"
    f"[layout.trailer]\nrows = 3\nsum_minor = 5\nsum_of = 'total_minor'{_COUNTED}",
    "summed": 'format = "delimited"\ndecimal = "."\ncells = 12\ncontrol = "trailer"\n'
    'constants.cut_off = "business_date"\n'
    'records = { detail = "D", trailer = "T" }\ntrailer = { rows = 1, currency = 2, '
    'sums = [{ of = "principal_minor", at = 3 }, { of = "total_minor", at = 4 }], '
    'hash_total = 5, hash_of = "debtor_id_number", hash_digits = 4 }\nvalues.currency.PES = "COP"'
    + _COLUMNS.replace("cut_off", "currency").format(*range(1, 9)),
    "spoken": 'format = "delimited"\ndecimal = "."\nheader = true\ncontrol = "file"\n'
    'control_file = { name = "CONTROL_{stem}.ctl", hash_of = "debtor_id_number" }'
    + _NAMED
    + _CONTROL.format('format = "fixed"\nimplied_decimals = 2')
    + _COLUMNS_OF_CONTROL.format([1, 6], [7, 3], [10, 14], [24, 14], [38, 18], [56, 10], [66, 64]),
    "spoken in JSON": 'format = "xlsx"\nheader = true\ncontrol = "file"\n'
    'control_file = { name = "{name}.ctl", hash_of = "debtor_id_number" }'
    + _NAMED
    + _CONTROL.format('format = "jsonl"')
    + _COLUMNS_OF_CONTROL.format(*(f'"{name}"' for name in ("R", "M", "C", "T", "H", "F", "S"))),
    "narrow": 'format = "fixed"\nimplied_decimals = 2\nline_length = 70'
    + _COLUMNS.format([1, 4], [5, 3], [8, 12], [20, 10], [30, 4], [34, 7], [41, 7], [48, 8]),
    "dotted": 'format = "jsonl"\ndecimal = ","'
    + _COLUMNS.format(
        '"cuenta"', '"d.tipo"', '"d.doc.n"', '"corte"', '"mora"', '"s.cap"', '"s.int"', '"s.total"'
    ),
    "covered": f'format = "ods"\nheader = true\nheader_row = 4\nsheet = "Hoja & 2"{_NAMED}',
    "headless": f'format = "xlsx"\ndecimal = "."{_COUNTED}',
}


def _odd(name: str) -> Profile:
    return parse_profile((good_files.BANK + _PLACEMENT.format(ODD[name])).encode(), "banco.toml")


INSTITUTIONS = load_profiles(ROOT / "deployments" / "institutions")[0]
PROFILES = {
    **INSTITUTIONS,
    "real": load_profile(ROOT / "tests" / "golden" / "profiles" / "tarjeta-real.toml"),
    **{name: getattr(good_files, name).profile
       for name in ("LATIN", "SIDED", "FIXED", "BARS", "BOOK", "OPEN_BOOK", "JSON")},
    **{name: _odd(name) for name in ODD},
}  # fmt: skip
LAYOUTS = [
    pytest.param(name, layout, id=f"{name}-{layout.kind}")
    for name, profile in PROFILES.items()
    for layout in profile.layouts
    if layout.format not in UNWRITTEN
]


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For each profile a folder with what its institution is handed, and the profile."""
    whole = tmp_path_factory.mktemp("handed")
    for name, profile in PROFILES.items():
        told = write_guide(profile, whole / name / "out", TODAY, None)
        assert len(told) >= len(profile.layouts)
        (whole / name / f"{profile.code}.toml").write_bytes(profile.content)
    return whole


@pytest.mark.parametrize(("name", "layout"), LAYOUTS)
def test_a_sample_is_accepted_whole(
    name: str, layout: Layout, handed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profiles, code = handed / name, PROFILES[name].code
    folder = profiles / "out" / f"{layout.kind}-{layout.version}"
    (file,) = (each for each in folder.iterdir() if _is_sample(each, layout))

    assert check(file, code, True, profiles, TODAY) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["layout"]) == (layout.kind, layout.version)
    rows = 1 if layout.kind == "control" else ROWS
    assert (found["rows"], found["accepted"], found["warnings"]) == (rows, rows, {})
    assert (found["control"] is not None) == (layout.control != "none")

    template = folder / f"PLANTILLA_{file.name}"
    assert check(template, code, True, profiles, TODAY) == 2  # not to be sent by mistake
    assert template.read_bytes() != file.read_bytes()


def _is_sample(file: Path, layout: Layout) -> bool:
    return layout.matches(file.name) and not file.name.startswith("PLANTILLA_")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_texts(kind: str) -> None:
    assert kind in KIND_TITLES, f"deployments/cli/guide_fields.py: KIND_TITLES lacks {kind}"
    assert kind in KIND, f"reports/labels.py: KIND lacks {kind}"
    for field in FIELDS[kind]:  # type: ignore[index]  # of the kinds themselves
        meant = f"{kind}.{field.name}" in MEANING or field.name in MEANING
        assert meant, f"deployments/cli/guide_fields.py: MEANING lacks {field.name} ({kind})"
        for value in field.allowed:
            assert value in WORDS, f"deployments/cli/guide_fields.py: WORDS lacks {value} ({kind})"
        layout = Layout.model_construct(kind=kind, format="delimited", values={}, constants={})
        given = INSTITUTIONS["banco-andino"].institution
        if field.type == "text" and field.name not in EMPTY:
            assert value_of(field, layout, given), (
                f"deployments/cli/guide_values.py: TEXT lacks {field.name} ({kind})"
            )


def test_identity_numbers_and_telephones_are_valid() -> None:
    for country, types in _IDENTITY.items():
        for kind, numbers in types.items():
            if (country, kind) not in FORMS:
                continue
            plain = pl.DataFrame({"number": numbers}).select(
                pl.col("number").str.replace_all(r"[.\-]", "")
            )
            assert invalid(plain, FORMS[country, kind])["number"].to_list() == []
    wrong = [
        (country, row)
        for country, number in _PHONE.items()
        for row in range(ROWS)
        if e164(str(int(number) + row), country) is None
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"CARTERA_\d{8}(_[A-Z0-9]+)?\.txt", "CARTERA_20260131.txt"),
        (r"Pagos \d{4}-\d{2}-\d{2}( [A-Z0-9]+)?\.xlsx", "Pagos 2026-01-31.xlsx"),
        (r"(BE\d{14}-\d{6}|\d{4}-\d{2}-\d{2})\.xml", "BE20260131101500-101500.xml"),
        (r"(?:a|b|c)[xyz]{2,3}.+[0-9]{2}\w*", "axxA20"),
        (r"^P[.]dat$", "P.dat"),
        (r"[^/]+\.csv", None),
        (r"(?=x)x", None),
    ],
)
def test_a_name_that_the_pattern_takes(pattern: str, name: str | None) -> None:
    assert name_like(pattern, date(2026, 1, 31)) == name


def test_the_same_profile_gives_the_same_bytes_and_nothing_is_overwritten(tmp_path: Path) -> None:
    profile = INSTITUTIONS["caja-pacifico"]
    agency = INSTITUTIONS["_agency"]
    first = write_guide(profile, tmp_path, TODAY, agency)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert write_guide(profile, tmp_path, TODAY, agency) == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    page = tmp_path / "placement-2026-01" / "guia.md"
    page.write_text("otra\n")
    with pytest.raises(Refused, match="something else is there already"):
        write_guide(profile, tmp_path, TODAY, agency)
    assert page.read_text() == "otra\n"
    with pytest.raises(Refused, match="no layout in force on 2020-01-01"):
        write_guide(profile, tmp_path / "then", date(2020, 1, 1), agency)


def test_the_page_tells_what_is_agreed(tmp_path: Path) -> None:
    profile = INSTITUTIONS["caja-pacifico"]
    write_guide(profile, tmp_path, TODAY, INSTITUTIONS["_agency"])
    folder = tmp_path / "placement-2026-01"
    pages = PdfReader(folder / "guia.pdf").pages
    printed = " ".join("\n".join(page.extract_text() for page in pages).split())
    written = (folder / "guia.md").read_text()
    for text in ("columna 10", "dd-mm-aaaa", "1234567.89", "CP_COLOCACION_20251231.txt", "DNI"):
        assert text in written
        assert text in printed
    assert "Fecha de corte:" not in printed.split("Campos")[0]
    assert profile.digest in printed
    assert "Recupero Gestión de Cartera" in printed


def test_layouts_called_alike_have_folders_of_their_own(tmp_path: Path) -> None:
    layouts = "".join(
        _PLACEMENT.format(f'portfolio = "{name}"\n{ODD["letters"]}').replace("'C_", f"'{name}_")
        for name in ("cards", "loans/2")
    )
    payments = "[[layout]]" + good_files.LATIN.profile.content.decode().split("[[layout]]")[1]
    profile = parse_profile((good_files.BANK + layouts + payments * 2).encode(), "banco.toml")
    write_guide(profile, tmp_path, TODAY, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "payment-1", "payment-1-2", "placement-1-cards", "placement-1-loans_2",
    ]  # fmt: skip


def test_the_command_writes_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECUPERO_INSTITUTIONS", str(ROOT / "deployments" / "institutions"))
    command = ["institution", "layout", "_agency", "--out", str(tmp_path), "--date", "2026-11-20"]
    assert dispatch(command) == 0
    folder = tmp_path / "roster-2026-01"
    assert capsys.readouterr().out == (
        f"{folder}: guia.md, guia.pdf, PLANTILLA_roster_20251231.csv, roster_20251231.csv\n"
    )
    assert (folder / "roster_20251231.csv").read_text().startswith("collector_code,country,")


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    old = good_files.OLD_BOOK.profile
    assert sample(old.layouts[0], old) is None
    told = write_guide(old, tmp_path, TODAY, None)
    assert "  sin muestra ni plantilla: no se genera un archivo de Excel 97-2003" in "\n".join(told)
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["guia.md", "guia.pdf"]
