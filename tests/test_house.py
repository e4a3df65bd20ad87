"""What the linters cannot see: names, sizes, clocks, profiles, packs and the lock."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from recupero.packs.load import load_pack
from recupero.profiles.load import load_profiles

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("recupero", "schemas", "tasks", "flows", "reports", "deployments")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
SAY_NOTHING = re.compile(r"(^|_)(utils?|helpers?|managers?|base|common|misc)$")

# Alembic runs these by their path; a migration is one list of statements, however long.
MIGRATIONS = "recupero/store/migrations/"
# Prefect's path entrypoints put the folder of a flow on the path: a module named like another
# would hide it. Nothing ever puts this folder there.
STANDARD_NAMES_ALLOWED = {"recupero/profiles/profile.py"}
# The command line may look at the clock, to ask for a business date and to say how long it took.
CLOCK_ALLOWED = "deployments"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


IMPORT_ALL = """
import importlib, sys, traceback
failed = []
for name in sys.argv[2:]:
    try:
        module = importlib.import_module(name)
    except Exception:
        failed.append(f"{name}: {traceback.format_exc(limit=-1)}")
    else:
        if not module.__file__.startswith(sys.argv[1]):
            failed.append(f"{name} is hidden by {module.__file__}")
sys.exit("\\n".join(failed) or None)
"""


def test_every_module_imports_under_its_real_name(tmp_path: Path) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in SOURCES
        if not name_of(path).startswith(MIGRATIONS)
    ]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, str(ROOT), *names],
        cwd=ROOT,
        env={**os.environ, "PREFECT_HOME": str(tmp_path), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_modules_is_a_package(package: str) -> None:
    folders = {path.parent for path in SOURCES if path.is_relative_to(ROOT / package)}
    bare = {name_of(folder) for folder in folders if not (folder / "__init__.py").exists()}
    assert bare <= {MIGRATIONS + "versions"}


def test_test_folders_are_not_packages() -> None:
    assert [name_of(path) for path in TESTS if path.name == "__init__.py"] == []


def test_test_files_have_different_names() -> None:
    names = sorted(path.name for path in TESTS if path.name.startswith("test_"))
    assert names == sorted(set(names))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_names_say_something_and_hide_nothing(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    for part in parts:
        assert not SAY_NOTHING.search(part), f"{part} says nothing"
        assert part not in PACKAGES, f"{part} hides a package"
        if name_of(path) not in STANDARD_NAMES_ALLOWED and part != "__init__":
            assert part not in sys.stdlib_module_names, f"{part} hides a standard module"


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= FILE_LINES_MAX
    if name_of(path).startswith(MIGRATIONS):
        return
    lengths = {
        node.name: (node.end_lineno or node.lineno) - node.lineno + 1
        for node in functions(ast.parse(text))
    }
    assert {name: n for name, n in lengths.items() if n > FUNCTION_LINES_MAX} == {}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_the_business_date_is_never_the_clock(path: Path) -> None:
    if name_of(path).startswith(CLOCK_ALLOWED):
        return
    asked = [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in {"today", "now", "utcnow", "time_ns", "localtime", "gmtime"}
        or ast.unparse(node.func) == "time.time"
    ]
    assert asked == []


def test_the_institutions_profiles_load() -> None:
    folder = ROOT / "deployments" / "institutions"
    profiles, broken = load_profiles(folder)
    assert broken == {}
    assert sorted(profiles) == sorted(path.stem for path in folder.glob("*.toml"))


@pytest.mark.parametrize("path", sorted((ROOT / "recupero/packs").glob("*.toml")), ids=name_of)
def test_the_countries_packs_load(path: Path) -> None:
    assert load_pack(path.stem.upper()) is not None


def test_every_part_of_the_core_has_its_floor() -> None:
    floors = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = {name for floor in floors for name in re.split(r" [|:] ", floor)}
    core = {
        f"recupero.{path.stem}"
        for path in (ROOT / "recupero").iterdir()
        if (path.is_dir() or path.suffix == ".py") and not path.name.startswith("_")
    }
    assert placed == core | set(PACKAGES) - {"recupero"}


LOCK = (ROOT / "requirements.lock").read_text()


def test_the_lock_is_complete_and_hashed() -> None:
    pins = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ]+)", LOCK, re.MULTILINE))
    groups = [
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
    ]
    for wanted in (name for group in groups for name in group):
        assert re.split(r"[\[=<>~ ]", wanted)[0] in pins, f"make lock: {wanted} is not in it"
    entries = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    # Newer ones install and then fail silently: see the comments in pyproject.toml.
    assert pins["prefect"] == "3.8.8"
    assert pins["sqlalchemy"].startswith("2.0.")
    assert tuple(map(int, pins["fastapi"].split("."))) < (0, 151)


@pytest.mark.parametrize(
    "name", ["requirements.lock", "pyproject.toml", "Makefile", ".ci/run", "deployments/setup.sh"]
)
def test_no_file_names_a_host_to_install_from(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"\S*(?:://|index-url|find-links)\S*", text) == []
    assert re.findall(r"\b[a-z0-9-]+\.(?:org|com|io|net)\b", text) == []
