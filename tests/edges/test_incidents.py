"""A server that fails is told once, and once more when it works again."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.cli import status as showing
from deployments.cli.status import lines_of
from recupero.errors import (
    DeliveryConflict,
    DiskFull,
    ExchangeError,
    HostKeyMismatch,
    LeaseTaken,
    ProfileError,
    RecuperoError,
    RemoteRefused,
    RemoteSlow,
    RemoteUnavailable,
    SettingsError,
)
from recupero.exchange.server import SftpServer, generate_key
from recupero.steps.deliver import deliver_documents
from recupero.steps.incident import TO_DO, Incident, note, open_incidents
from recupero.steps.lease import leased
from recupero.steps.pull import pull
from recupero.steps.services import AGENCY
from recupero.steps.standing import standing
from recupero.store.embedded import Addresses
from recupero.store.lease import Side
from recupero.store.outgoing import undelivered
from tests.edges.one_bank import DAYS
from tests.edges.watched_bank import Watched

MON = DAYS[0]
NIGHT = datetime(2026, 11, 23, 22)


@pytest.fixture
def watched(migrated: Addresses, tmp_path: Path) -> Watched:
    return Watched(tmp_path, migrated)


@pytest.fixture(scope="module")
def shared(migrated: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return Watched(tmp_path_factory.mktemp("shared"), migrated)


# --- which failure is which incident ---


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RemoteUnavailable, "unreachable"),
        (RemoteSlow, "slow"),
        (HostKeyMismatch, "key_changed"),
        (RemoteRefused, "refused"),
        (SettingsError, "settings"),
        (DiskFull, "disk_full"),
        (LeaseTaken, ""),  # another worker of ours is there
        (DeliveryConflict, ""),  # of one paper; the server works
        (ProfileError, ""),  # `status` says that nobody is served
        (ExchangeError, ""),
    ],
)
def test_the_class_of_an_error_says_its_kind(error: type[RecuperoError], kind: str) -> None:
    assert error("x").incident == kind
    assert not kind or TO_DO[kind]


# --- once, whoever and however often ---

_KINDS = {each.incident: each for each in (RemoteUnavailable, RemoteSlow, RemoteRefused)}
_STEPS = st.tuples(st.sampled_from(["inbox", "outbox"]), st.sampled_from(["", *_KINDS]))


@settings(max_examples=15)
@given(st.lists(_STEPS, max_size=8))
def test_an_alert_for_each_run_of_failures_and_one_for_its_end(
    shared: Watched, steps: list[tuple[Side, str]]
) -> None:
    """Per side and kind: from the first failure until the next success of the side."""
    for side in ("inbox", "outbox"):
        shared.note(side=side)
    shared.alerts.clear()
    opened, closed, open_now = Counter[str](), Counter[str](), set[str]()
    for side, kind in steps:
        shared.note(*([_KINDS[kind]("x")] if kind else []), side=side)
        if kind:
            opened[f"{side} {kind}"] += f"{side} {kind}" not in open_now
            open_now.add(f"{side} {kind}")
        else:
            ended = {each for each in open_now if each.startswith(side)}
            closed.update(ended)
            open_now -= ended
    assert Counter(shared.told()) == Counter(
        {f"{what} {name}": n for what, many in (("opened", opened), ("closed", closed))
         for name, n in many.items() if n}
    )  # fmt: skip
    with shared.services.store.unit(shared.code) as unit:
        shown = {f"{each['side']} {each['kind']}" for each in open_incidents(unit)}
    assert shown == open_now


def test_who_fail_at_once_raise_one_alert(watched: Watched) -> None:
    ready = threading.Barrier(8)

    def fail(_number: int) -> None:
        ready.wait()
        watched.note(RemoteUnavailable("cannot be reached"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(fail, range(8)))
    assert watched.told() == ["opened inbox unreachable"]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: watched.note(), range(8)))
    assert watched.told() == ["opened inbox unreachable", "closed inbox unreachable"]
    assert watched.alerts[-1].times == 8


def test_killed_before_telling_is_marked_it_is_told_again_under_the_same_number(
    watched: Watched,
) -> None:
    told: list[Incident] = []

    def killed(incident: Incident) -> None:
        told.append(incident)
        raise KeyboardInterrupt

    dying = replace(watched.services, tell=killed)
    with pytest.raises(KeyboardInterrupt):
        note(dying, watched.code, "inbox", [RemoteSlow("x")])
    watched.note(RemoteSlow("x"))
    watched.note(RemoteSlow("x"))
    assert [each.number for each in (*told, *watched.alerts)] == [1, 1]
    watched.note()
    watched.note(RemoteSlow("x"))
    assert [each.number for each in watched.alerts] == [1, 1, 2]


# --- in the steps ---


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    home = tmp_path_factory.mktemp("server")
    with SftpServer(
        home / "root", {"gw-banco": generate_key(home / "key")}, home / "host"
    ) as running:
        yield running


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def connection(port: int, key: Path, fingerprint: str, user: str = "gw-banco") -> str:
    return (
        f'host = "127.0.0.1"\nport = {port}\nuser = "{user}"\nkey_file = "{key}"\n'
        f'fingerprints = ["{fingerprint}"]\ndeadline_seconds = 2\n'
    )


def test_a_pull_tells_what_stops_it_once(watched: Watched, server: SftpServer, silent: int) -> None:
    """However often it fails, and in whatever way: one alert a kind, and one when it ends."""
    key = watched.services.settings.home / "own.key"
    generate_key(key)
    known, other = server.fingerprint, f"SHA256:{'A' * 43}"
    quick = connection(silent, key, known).replace("= 2", "= 0.3")
    for content, kind in (
        (connection(1, key, known), "unreachable"),
        (quick, "slow"),
        (connection(server.port, key, other), "key_changed"),
        (connection(server.port, key, known), "refused"),
        ("nothing", "settings"),
    ):
        watched.connection.write_text(content)
        watched.alerts.clear()
        for _ in range(3 if kind == "unreachable" else 2):
            with pytest.raises(RecuperoError):
                pull(watched.services, watched.code, MON)
        assert watched.told() == [f"opened inbox {kind}"]
        if kind == "key_changed":
            assert known in watched.alerts[0].detail, "which key was shown"
    watched.connection.write_text(watched.right)
    watched.alerts.clear()
    pull(watched.services, watched.code, MON)
    pull(watched.services, watched.code, MON)
    assert sorted(watched.told()) == [
        f"closed inbox {kind}"
        for kind in ("key_changed", "refused", "settings", "slow", "unreachable")
    ]


def test_another_worker_is_no_incident(watched: Watched) -> None:
    with leased(watched.services, watched.code, "inbox"), pytest.raises(LeaseTaken):
        pull(watched.services, watched.code, MON)
    assert watched.told() == []


def test_a_closed_date_that_looks_at_nothing_ends_no_incident(watched: Watched) -> None:
    watched.bank.pay(DAYS[1], ("T1", "A", 10))
    watched.note(RemoteUnavailable("x"))
    assert pull(watched.services, watched.code, MON).closed
    assert watched.told() == ["opened inbox unreachable"]


def test_a_paper_that_nobody_could_bring_is_its_destinations_incident(watched: Watched) -> None:
    watched.bank.pay(MON, ("T1", "A", 10))
    outbox = watched.services.settings.home / "remote" / watched.code / "outbox"
    outbox.rename(outbox.with_name("elsewhere"))
    for _ in range(3):
        with pytest.raises(RemoteRefused):
            deliver_documents(watched.services, watched.code, MON, NIGHT)
    assert watched.told() == ["opened outbox refused"]
    assert watched.alerts[0].institution == watched.code
    outbox.with_name("elsewhere").rename(outbox)
    for _ in range(2):
        deliver_documents(watched.services, watched.code, MON, NIGHT)
    assert watched.told() == ["opened outbox refused", "closed outbox refused"]


def test_a_conflict_of_one_paper_says_that_the_server_works(watched: Watched) -> None:
    watched.bank.pay(MON, ("T1", "A", 10))
    outbox = watched.services.settings.home / "remote" / watched.code / "outbox"
    with watched.services.store.unit(watched.code) as unit:
        taken = undelivered(unit)[0].name
    (outbox / taken).write_text("somebody else's")
    watched.note(RemoteUnavailable("x"), side="outbox")
    with suppress(DeliveryConflict):
        deliver_documents(watched.services, watched.code, MON, NIGHT)
    assert watched.told() == ["opened outbox unreachable", "closed outbox unreachable"]


def test_status_says_since_when_how_often_and_what_to_do(watched: Watched) -> None:
    for _ in range(2):
        watched.note(HostKeyMismatch("showed the ed25519 key SHA256:x, not pinned", "host:22"))
    (line, *_) = lines_of(standing(watched.services, watched.code))
    assert line.startswith(f"{watched.code}: inbox KEY_CHANGED since 20")
    assert line.endswith(
        " UTC, 2 failures, the last: showed the ed25519 key SHA256:x, not pinned "
        "(ask the institution by another way before pinning the key)"
    )
    assert standing(watched.services, AGENCY).incidents == [], "another's are nobody's to see"


def test_status_fails_while_an_incident_is_open(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(showing, "existing", lambda: nullcontext(watched.services))
    monkeypatch.setattr(showing, "unserved", lambda _services: {})
    watched.note(RemoteSlow("gave no answer in 30 s", "host:22 inbox/PEREZ"))
    assert showing.status(watched.code, as_json=True) == 1
    told = json.loads(capsys.readouterr().out)["institutions"][watched.code]["incidents"]
    assert [(each["kind"], each["times"], each["to_do"]) for each in told] == [
        ("slow", 1, TO_DO["slow"])
    ]
    assert "PEREZ" not in str(told), "no file's name: Prefect is told the same"
    watched.note()
    assert showing.status(watched.code, as_json=True) == 0
