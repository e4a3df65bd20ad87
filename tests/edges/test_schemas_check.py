"""``recupero check`` as a script sees it: exit code, one document, one line on stderr."""

import hashlib
import json
import subprocess
import sys
import zipfile
from datetime import date

import pytest

from deployments.cli.check import check
from tests.edges.good_files import BANK

PROFILE = rf"""{BANK}[[layout]]
kind = "payment"
version = "2026-01"
from = 2026-01-01
name = 'PAGOS_.*\.txt'
format = "delimited"
header = true
decimal = ","
dates = "%d/%m/%Y"
control = "sha256"
[layout.columns]
transaction_id = "ID"
amount_minor = "VALOR"
paid_on = "FECHA"
"""
ROWS = [f"P{n};{n + 1},50;27/11/2026" for n in range(4)]
DAY = date(2026, 11, 27)


@pytest.fixture
def run(tmp_path, capsys):
    (tmp_path / "banco.toml").write_text(PROFILE)

    def runner(*rows, name="PAGOS_1.txt", side=None, institution="banco", as_json=True):
        file = tmp_path / name
        content = "\n".join(["ID;VALOR;FECHA", *rows]).encode()
        file.write_bytes(content)
        digest = side or hashlib.sha256(content).hexdigest()
        (tmp_path / f"{name}.sha256").write_text(f"{digest}  {name}\n")
        code = check(file, institution, as_json, tmp_path, DAY)
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json else said.out, said.err

    return runner


def test_a_clean_file(run):
    code, document, err = run(*ROWS)
    assert (code, err) == (0, "")
    assert document == {
        "institution": "banco", "kind": "payment", "layout": "2026-01", "rows": 4, "accepted": 4,
        "rejected": 0, "duplicate": 0, "empty": 0, "reasons": {}, "warnings": {}, "problems": [],
        "control": {
            "declared_rows": None, "counted_rows": 4, "declared_sum_minor": None,
            "counted_sum_minor": None, "agrees": True, "currency": "COP",
            "declared_hash": None, "counted_hash": None,
        },
    }  # fmt: skip


def test_rejects_are_findings(run):
    code, document, err = run(*ROWS, "P9;12,5;27/11/2026", ROWS[0])
    assert (code, err) == (1, "")
    assert (document["accepted"], document["rejected"], document["duplicate"]) == (4, 1, 1)
    assert document["reasons"] == {"unreadable_amount": 1}
    (problem,) = document["problems"]
    assert (problem["line"], problem["field"]) == (6, "amount_minor")


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"name": "OTRO.txt"}, "not_identified"),
        ({"side": "0" * 64}, "control_total"),
        ({"institution": "ninguna"}, "refused"),
        ({"institution": "../banco"}, "refused"),
    ],
)
def test_a_refused_file(run, arguments, rule):
    code, document, err = run(*ROWS, **arguments)
    assert code == 2
    assert err.count("\n") == 1
    assert document["problems"][0]["rule"] == rule


def test_too_many_rejects_refuse_and_are_still_explained(run):
    code, document, err = run("P1;x;27/11/2026")
    assert (code, err.count("\n")) == (2, 1)
    assert [problem["rule"] for problem in document["problems"]] == [
        "too_many_rejects",
        "unreadable_amount",
    ]
    assert document["rejected"] == 1


def test_for_people_it_is_text(run):
    code, out, _ = run(*ROWS, "P9;12,5;27/11/2026", as_json=False)
    assert code == 1
    assert "5 filas: 4 aceptadas, 1 rechazadas" in out
    assert "línea 6: VALOR: no es un importe; se espera como 1234567,89" in out
    code, out, err = run(*ROWS, name="OTRO.txt", as_json=False)
    assert (code, out) == (2, "")
    assert err.startswith("OTRO.txt: ")
    code, out, err = run("P1;x;27/11/2026", as_json=False)
    assert code == 2
    assert "línea 2: VALOR" in out  # which column is wrong stands beside the refusal
    code, _, err = run(*ROWS, name="OTRO_\x1b[31m.txt", as_json=False)
    assert (code, "\x1b" in err) == (2, False)


STATEMENT = """
[[layout]]
kind = "statement"
version = "2026-01"
from = 2026-01-01
name = 'EXTRACTO\\.sta'
format = "statement"
"""
MT940 = """\
:20:1
:25:001-1
:28C:1/1
:60F:C261126COP0,
:61:2611271127C100,00NTRFREF1
:62F:C261127COP100,
-
"""


def test_a_bank_statement_is_checked_too(tmp_path, capsys):
    (tmp_path / "banco.toml").write_text(PROFILE + STATEMENT)
    file = tmp_path / "EXTRACTO.sta"
    file.write_text(MT940)
    assert check(file, "banco", False, tmp_path, DAY) == 0
    assert capsys.readouterr().out.startswith("EXTRACTO.sta: Extracto bancario · 2026-01 de banco")


@pytest.mark.parametrize(
    ("name", "said"), [("NADA.txt", "no existe este archivo"), ("", "no se puede leer")]
)
def test_a_file_that_cannot_be_read_is_said_so(tmp_path, capsys, name, said):
    (tmp_path / "banco.toml").write_text(PROFILE)
    assert check(tmp_path / name, "banco", False, tmp_path, DAY) == 2
    assert said in capsys.readouterr().err


def test_a_clean_file_needs_neither_pandera_nor_prefect():
    code = "import sys, deployments.cli.check; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    names = set(loaded.stdout.split())
    assert not {"pandas", "pandera", "prefect", "sqlalchemy", "python_calamine"} & names


def zipped(tmp_path, **members):
    path = tmp_path / "ENVIO.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    return path


def test_a_sealed_file_is_opened_and_each_file_in_it_checked(tmp_path, capsys):
    (tmp_path / "banco.toml").write_text(PROFILE.replace('control = "sha256"\n', ""))
    content = "\n".join(["ID;VALOR;FECHA", *ROWS])
    path = zipped(tmp_path, PAGOS_1=content, OTRO=content)
    assert check(path, "banco", True, tmp_path, DAY) == 2
    said = capsys.readouterr()
    other, payments = json.loads(said.out)["files"]
    assert (other["name"], other["problems"][0]["rule"]) == ("OTRO.txt", "not_identified")
    assert (payments["name"], payments["accepted"]) == ("PAGOS_1.txt", 4)
    assert said.err == "OTRO.txt: ningún formato acordado tiene este nombre de archivo\n"
    assert check(zipped(tmp_path, PAGOS_1=content), "banco", False, tmp_path, DAY) == 0
    assert "PAGOS_1.txt: Pagos" in capsys.readouterr().out


def test_the_side_file_of_a_sealed_file_vouches_for_what_is_in_it(tmp_path, capsys):
    (tmp_path / "banco.toml").write_text(PROFILE)
    path = zipped(tmp_path, PAGOS_1="\n".join(["ID;VALOR;FECHA", *ROWS]))
    side = tmp_path / "ENVIO.zip.sha256"
    story = {hashlib.sha256(path.read_bytes()).hexdigest(): (0, ""), "": (2, "control_missing"),
             "0" * 64: (2, "control_total")}  # fmt: skip
    for stated, (code, rule) in story.items():
        side.write_text(stated)
        assert check(path, "banco", True, tmp_path, DAY) == code
        told = json.loads(capsys.readouterr().out)
        problems = told["problems"] if rule else told["files"][0]["problems"]
        assert [one["rule"] for one in problems] == ([rule] if rule else [])


def test_a_sealed_file_that_cannot_be_opened(tmp_path, capsys):
    (tmp_path / "banco.toml").write_text(PROFILE)
    path = tmp_path / "PAGOS_1.txt.gz"
    path.write_bytes(b"ID;VALOR;FECHA")
    assert check(path, "banco", False, tmp_path, DAY) == 2
    told = "PAGOS_1.txt.gz: el archivo está cortado o dañado (genérelo y envíelo otra vez)\n"
    assert capsys.readouterr().err == told
