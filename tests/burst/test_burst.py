"""Ten thousand files within a minute, four workers, one killed: none lost, none done twice.

This is about pick-up: from the inbox into the vault, receipted, archived. What is then made of a
file is the affair of the steps that follow, one file at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from recupero.exchange.archive import archived_name
from recupero.exchange.keys import generate_key
from recupero.exchange.server import GATEWAY_PREFIX
from recupero.steps.services import Services
from recupero.steps.verify import verify
from recupero.store import manifest
from recupero.store.embedded import Addresses
from recupero.store.manifest import Receipt
from recupero.store.rows import rows_of
from recupero.store.tables import recording
from tests.burst.generator import Burst, Manifest, Sighting
from tests.edges.one_bank import DAYS, services_for

DAY = DAYS[0]
WORKERS = 4
_PATIENCE_SECONDS = 1_800


@dataclass
class Crew:
    """The processes under way; see ``crew.py``."""

    process: subprocess.Popen[str]
    home: Path
    common: dict[str, Any]
    reports: list[Path] = field(default_factory=list)

    def begin(self, **order: Any) -> dict[str, Any]:
        """A server where a *root* is given, else one more worker; what it answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        report = self.home / f"report-{len(self.reports)}"
        self.reports.append(report)
        told = {**self.common, **order, "number": len(self.reports), "report": str(report)}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def told(self, killed: Path, errors: Path) -> list[dict[str, float]]:
        """The reports of all workers but the *killed* one, once they are there."""
        waited_for = [one for one in self.reports[1:] if one != killed]
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not all(one.exists() and one.stat().st_size for one in waited_for):
            assert errors.read_text() == ""
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return [json.loads(one.read_text()) for one in waited_for]


@pytest.fixture
def crew(tmp_path: Path, migrated: Addresses, root: Path) -> Iterator[Crew]:
    """Ready to fork; whatever happens, no process outlives the test."""
    with (tmp_path / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.burst.crew"],
            cwd=root, env={**os.environ, "PYTHONPATH": str(root), "POLARS_MAX_THREADS": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            start_new_session=True,
        )  # fmt: skip
    common = {"home": str(tmp_path), "database_url": migrated.database_url, "day": str(DAY)}
    try:
        yield Crew(process, tmp_path, common)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def serving(crew: Crew, services: Services, codes: list[str]) -> None:
    """The server, and each institution's way to it."""
    key = generate_key(crew.home / "key")
    users = {f"{GATEWAY_PREFIX}{code}": key for code in codes}
    server = crew.begin(root=str(crew.home / "server"), users=users)
    for code in codes:
        path = services.connection_file(code)
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f'host = "127.0.0.1"\nport = {server["port"]}\nuser = "{GATEWAY_PREFIX}{code}"\n'
            f'key_file = "{crew.home}/key"\nfingerprints = ["{server["fingerprint"]}"]\n'
        )


def receipts(services: Services, codes: list[str]) -> dict[str, list[Receipt]]:
    """All there are, by institution."""
    found = {}
    for code in codes:
        with services.store.unit(code) as unit:
            found[code] = manifest.all_receipts(unit)
    return found


def check(services: Services, codes: list[str], root: Path, expected: Manifest) -> set[Sighting]:
    """Everything the manifest says is there once, and nothing else; returns what was received."""
    received: Counter[Sighting] = Counter()
    for code, known in receipts(services, codes).items():
        content = {one.address: services.vault.get(code, one.address) for one in known}
        digests = {name: hashlib.sha256(content[name]).hexdigest() for name in content}
        received.update((code, one.name, digests[one.address]) for one in known)
        assert [one.sequence for one in known] == list(range(1, len(known) + 1))
        assert services.vault.addresses(code) == sorted(content)
        with services.store.unit(code) as unit:
            recorded = rows_of(unit, recording, recording.c.kind == "receipt").height
        assert recorded == len(known)
        assert verify(services, code).findings == ()
    assert set(received.values()) <= {1}  # none done twice
    assert expected.must - set(received) == set()  # none lost
    assert set(received) - expected.must <= expected.may  # nothing that never settled
    archived, inboxes = set(), set()
    for code in codes:
        folder = root / code
        archived |= {
            (code, path.name[24:], hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
            for path in (folder / "archive").iterdir()
        }
        inboxes |= {(code, path.name) for path in (folder / "inbox").iterdir()}
    assert inboxes == expected.left
    assert {one[:3] for one in archived} - set(received) == set()
    assert expected.must - {one[:3] for one in archived} == set()
    for _, name, digest, path_name in archived:  # each once: never under a second name
        assert path_name == archived_name(name, digest, DAY)
    return set(received)


def burst(
    crew: Crew,
    services: Services,
    codes: list[str],
    files: int,
    seconds: float,
    poll: float,
    workers_at_once: int = WORKERS,
) -> str:
    """The whole of it; what it took."""
    crew.common |= {"codes": codes, "poll_seconds": poll}
    serving(crew, services, codes)
    workers = [crew.begin()["process"] for _ in range(workers_at_once)]
    begun = time.monotonic()

    def another_dies() -> None:
        os.kill(workers[0], signal.SIGKILL)
        crew.begin()

    root, errors = crew.home / "server", crew.home / "errors"
    expected = Burst(root, codes, files, seconds, poll, seed=7).play(another_dies)
    written = time.monotonic() - begun
    (crew.home / "stop").touch()
    told = crew.told(crew.reports[1], errors)
    wall = time.monotonic() - begun
    (crew.home / "done").touch()
    assert errors.read_text() == ""
    received = check(services, codes, root, expected)
    assert sum(one["received"] for one in told) <= len(received)
    cpu = sum(one["cpu_seconds"] for one in told)
    return (
        f"{files} files ({expected.kinds}) written in {written:.0f} s; {len(received)} received "
        f"by {wall:.0f} s: {len(received) / wall:.0f} files/s, workers' CPU {cpu:.0f} s "
        f"({1000 * cpu / len(received):.1f} ms a file), inbox of another "
        f"{sum(one['lease_taken'] for one in told):.0f} times"
    )


def test_some_at_once(crew: Crew, migrated: Addresses, tmp_path: Path) -> None:
    codes = [f"rafaga-{number}" for number in range(3)]
    burst(crew, services_for(tmp_path, migrated, *codes), codes, 200, 1.0, 0.5, 2)


@pytest.mark.slow
def test_ten_thousand_within_a_minute(
    crew: Crew, migrated: Addresses, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = int(os.environ.get("RECUPERO_BURST_FILES", "10000"))
    codes = [f"tromba-{number}" for number in range(8)]
    services = services_for(tmp_path, migrated, *codes)
    told = burst(crew, services, codes, files, files / 10_000 * 60, 2.0)
    with capsys.disabled():
        print(f"\n{told}")
