"""What is fuzzed: functions of any bytes that end quietly, or by an error that is a finding.

Every file an institution or a bank may drop ends in rows that tie or in a refusal that says what
and what to do; a profile loads, and then reads, or names the key that is wrong.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from recupero.errors import FileRefused, ProfileError
from recupero.exchange.container import open_container
from recupero.profiles.load import parse_profile
from recupero.steps.acknowledge import REASONS
from recupero.steps.booking.known_statements import KnownStatements
from recupero.steps.booking.statement import screen_statement
from schemas.screen import Screened, sift
from tests.edges.good_files import DAY
from tests.edges.sealed_files import entry, zipped
from tests.edges.test_statement_messages import LAYOUT as STATEMENT
from tests.edges.test_statements_damaged import CAMT, MT940
from tests.fuzz.files import FORMS, as_declared

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Target:
    """``run`` takes any bytes; ``seeds`` are some that get far into it."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def answered(refusal: FileRefused) -> None:
    """A refusal says what is wrong, and what to do unless its rule has an answer of its own."""
    assert refusal.what
    assert refusal.mend or refusal.rule in REASONS, refusal.rule


def placed(problem: ProfileError) -> None:
    """A profile that is wrong is wrong somewhere in its file."""
    assert problem.what
    assert problem.where.startswith("x.toml")


def ties(screened: Screened) -> None:
    """I1 of a file: every row is one thing, told with its reason, and the database can hold it."""
    parts = screened.rows_rejected + screened.rows_duplicate + screened.rows_empty
    assert screened.rows_read == screened.rows.height + parts
    rejects = screened.rejects
    assert rejects["line_number"].n_unique() == screened.rows_rejected
    if "line_number" in screened.rows.columns:
        assert screened.rows.join(rejects, on="line_number", how="semi").is_empty()
    assert all(rejects["rule"])
    assert all(rejects["message"])
    for frame in (screened.rows, rejects, screened.warnings):
        for name, dtype in frame.schema.items():
            if dtype == pl.String:
                assert not frame[name].str.contains("\x00", literal=True).any(), name


def a_file(data: bytes) -> None:
    """The first byte says which of the declared layouts the rest is to be written in."""
    form = FORMS[data[0] % len(FORMS)] if data else FORMS[0]
    content = form.made_of(data[1:])
    try:
        form.identified(content)
    except FileRefused as refusal:
        answered(refusal)
    stated = hashlib.sha256(content).hexdigest()
    try:
        ties(sift(content, form.layout, form.profile, DAY, stated))
    except FileRefused as refusal:
        answered(refusal)


def a_profile(data: bytes) -> None:
    """What loads can read: a layout that contradicts itself must not get as far as a file."""
    try:
        profile = parse_profile(data, "x.toml")
    except ProfileError as problem:
        placed(problem)
        return
    for layout in profile.layouts:
        if layout.format == "statement":
            continue
        try:
            ties(sift(as_declared(layout), layout, profile, DAY))
        except FileRefused as refusal:
            answered(refusal)


def a_statement(data: bytes) -> None:
    """A bank's file, of any format that is known or none."""
    try:
        ties(screen_statement(data, STATEMENT, KnownStatements(bytes(32), "x", ())))
    except FileRefused as refusal:
        answered(refusal)


_NAMES = ("envio.zip", "CARTERA.txt.gz", "envio.zip.gz", "envio.gz.zip", "CARTERA.txt.pgp")


def a_container(data: bytes) -> None:
    """The first byte says under which name; a zip inside a gzip is packed here."""
    name = _NAMES[data[0] % len(_NAMES)] if data else _NAMES[0]
    content = data[1:]
    if name.endswith(".zip.gz"):
        content = gzip.compress(content, 1, mtime=0)
    try:
        members = open_container(name, content).members
    except FileRefused as refusal:
        answered(refusal)
        return
    for one in members:
        assert one.size_bytes == sum(map(len, one.pieces))
    assert len({one.name for one in members}) == len(members)


_PLAIN = b"1;2;3\n" * 20
_ZIP = zipped(("CARTERA.txt", _PLAIN), ("salida/PAGOS.txt", b"1\n"), (entry("A.txt"), b"1"))
_SIDED = zipped(("A.txt", b"1"), ("A.txt.sha256", b"0" * 64), method=0)
_CONTAINERS = (
    b"\0" + _ZIP, b"\0" + _SIDED, b"\1" + gzip.compress(_PLAIN, mtime=0), b"\2" + _ZIP,
    b"\3" + zipped(("A.txt.gz", gzip.compress(_PLAIN, mtime=0))), b"\4" + _PLAIN,
)  # fmt: skip
_PROFILES = tuple(
    path.read_bytes()
    for path in sorted(
        [*(ROOT / "deployments" / "institutions").glob("*.toml"),
         *(ROOT / "tests" / "golden" / "profiles").glob("*.toml")]
    )
)  # fmt: skip

TARGETS = {
    "file": Target(
        a_file, tuple(bytes([at]) + seed for at, form in enumerate(FORMS) for seed in form.seeds)
    ),
    "profile": Target(a_profile, (*_PROFILES, *(form.profile.content for form in FORMS))),
    "statement": Target(a_statement, (CAMT, MT940, CAMT.decode().encode("utf-16"))),
    "container": Target(a_container, _CONTAINERS),
}
