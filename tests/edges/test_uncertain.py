"""What becomes of a paper that was about to be seen when the run, or the reply to it, was lost."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recupero.errors import DeliveryConflict, RemoteUnavailable
from recupero.exchange.rooted import RootedFiles
from recupero.exchange.server import SftpServer, generate_key
from recupero.steps.day_figures import documents_of_day
from recupero.steps.deliver import Delivered
from recupero.steps.services import AGENCY
from recupero.steps.standing import standing
from recupero.steps.verify import verify
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import delivery, delivery_attempt
from tests.edges.one_bank import Bank
from tests.edges.waiting_papers import (
    MON,
    deliver,
    hidden,
    killed,
    outbox,
    papers,
    telling_bank,
)

THEIRS = b"theirs"


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    return telling_bank(migrated, tmp_path)


def outcomes(bank: Bank) -> dict[int, str]:
    return dict(bank.stored(delivery).select("document_id", "outcome").iter_rows())


# --- what is there decides ---

_THERE = ("in_place",) * 3
_NOT_OURS = ("conflict", "conflict")
#: attempted, what is hidden, what has the name: how it ends in time (held, sent again), and late.
CASES: dict[tuple[bool, str, str], tuple[str, str, str]] = {
    (False, "", ""): ("in_place", "in_place", "too_late"),
    (False, "torn", ""): ("in_place", "in_place", "too_late"),
    (False, "whole", ""): ("in_place", "in_place", "too_late"),
    (False, "", "ours"): _THERE,
    (False, "whole", "ours"): _THERE,
    (False, "", "theirs"): (*_NOT_OURS, "too_late"),
    (False, "whole", "theirs"): (*_NOT_OURS, "too_late"),
    (True, "", ""): ("uncertain", "in_place", "uncertain"),
    (True, "torn", ""): ("in_place", "in_place", "too_late"),
    (True, "whole", ""): ("in_place", "in_place", "too_late"),
    (True, "", "ours"): _THERE,
    (True, "whole", "ours"): _THERE,
    (True, "", "theirs"): (*_NOT_OURS, "uncertain"),
    (True, "whole", "theirs"): (*_NOT_OURS, "too_late"),
}  # fmt: skip


def cases(code: str) -> Iterator[tuple[str, str, bool, tuple[bool, str, str], str]]:
    """Name, destination, whether it is too late, the case, and how it ends."""
    for number, (case, (held, again, late)) in enumerate(CASES.items()):
        yield f"{number}-held", AGENCY, False, case, held
        yield f"{number}-again", code, False, case, again
        yield f"{number}-late", AGENCY, True, case, late
        yield f"{number}-late-again", code, True, case, late


def test_what_the_next_run_makes_of_what_it_finds(bank: Bank) -> None:
    listed = list(cases(bank.code))
    waiting = {one.name: one for one in papers(bank, *(one[:3] for one in listed))}
    with bank.services.store.unit(bank.code) as unit:
        for name, to, _late, (attempted, left, there), _end in listed:
            ours, folder = name.encode() * 100, outbox(bank, to)
            if attempted:
                outgoing.attempt(unit, waiting[name])
            if left:
                (folder / hidden(name)).write_bytes(ours if left == "whole" else ours[:50])
            if there:
                (folder / name).write_bytes(ours if there == "ours" else THEIRS)
    for _run in range(2):
        with pytest.raises(DeliveryConflict):
            deliver(bank)
        ended = outcomes(bank)
        assert {name: ended.get(waiting[name].document_id, "conflict") for name, *_ in listed} == {
            name: end for name, _to, _late, _case, end in listed
        }
        for name, to, _late, (_attempted, left, there), end in listed:
            seen, still = outbox(bank, to) / name, outbox(bank, to) / hidden(name)
            expected = name.encode() * 100 if end == "in_place" else THEIRS if there else None
            assert (seen.read_bytes() if seen.exists() else None) == expected, name
            assert still.exists() == (end == "conflict" and bool(left)), name
    told = Counter(end for *_, end in listed)
    figures = documents_of_day(bank.services, bank.code, MON)
    assert sum(row["uncertain"] for row in figures) == 1, "letters are Sunday's"
    assert len(standing(bank.services, bank.code).uncertain) == told["uncertain"] == 5
    assert len(standing(bank.services, bank.code).undelivered) == told["conflict"]
    assert verify(bank.services, bank.code).findings == ()


# --- a run that is killed ---


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize(
    ("point", "then", "then_taken"),
    [
        ("before folder.rename", Delivered(1, 0, 0), Delivered(0, 0, 0, uncertain=1)),
        ("after folder.rename", Delivered(0, 1, 0), Delivered(0, 0, 0, uncertain=1)),
    ],
)
def test_killed_between_attempt_and_mark(
    bank: Bank, point: str, then: Delivered, then_taken: Delivered, taken: bool
) -> None:
    """And what had become of it by the next run: nothing, or taken (cleaned, if it was hidden)."""
    papers(bank, ("uno.pdf", AGENCY, False))
    with killed(point):
        deliver(bank)
    assert bank.stored(delivery_attempt).height == 1
    (left,) = outbox(bank).iterdir()
    assert left.name == (hidden("uno.pdf") if point.startswith("before") else "uno.pdf")
    if taken:
        left.unlink()
    assert deliver(bank) == (then_taken if taken else then)
    assert deliver(bank) == Delivered(0, 0, 0)
    assert bank.stored(delivery_attempt).height == 1
    assert os.listdir(outbox(bank)) == ([] if taken else ["uno.pdf"])


def test_killed_before_the_attempt_it_was_never_to_be_seen(bank: Bank) -> None:
    papers(bank, ("uno.pdf", AGENCY, False))
    with killed("after folder.write"):
        deliver(bank)
    assert bank.stored(delivery_attempt).is_empty()
    (outbox(bank) / hidden("uno.pdf")).unlink()
    assert deliver(bank) == Delivered(1, 0, 0)


# --- a reply that is lost ---


class LostReply(RootedFiles):
    """Renames, and cuts the session before it says so; may be, the institution takes it at once."""

    server: SftpServer
    takes = False

    def rename(self, oldpath: str, newpath: str) -> int:
        answer = super().rename(oldpath, newpath)
        if self.takes:
            os.unlink(os.path.join(self._root, newpath))
        self.server.stop()
        return int(answer)


@pytest.mark.parametrize(
    ("takes", "destination", "then"),
    [
        (False, AGENCY, Delivered(0, 1, 0)),
        (True, AGENCY, Delivered(0, 0, 0, uncertain=1)),
        (True, "resends", Delivered(1, 0, 0)),
    ],
)
def test_a_reply_lost_is_settled_by_the_next_try(
    bank: Bank, tmp_path: Path, takes: bool, destination: str, then: Delivered
) -> None:
    to = AGENCY if destination == AGENCY else bank.code
    papers(bank, ("uno.pdf", to, False))
    users = {f"gw-{to}": generate_key(tmp_path / "connections" / "key")}

    def serving(files: type[RootedFiles], **more: Any) -> SftpServer:
        server = SftpServer(tmp_path / "remote", users, tmp_path / "host.key")
        server.files = type("Files", (files,), {"server": server, **more})
        server.start()
        bank.services.connection_file(to).write_text(
            f'host = "127.0.0.1"\nport = {server.port}\nuser = "gw-{to}"\nkey_file = "key"\n'
            f'fingerprints = ["{server.fingerprint}"]\n'
        )
        return server

    cut = serving(LostReply, takes=takes)
    with pytest.raises(RemoteUnavailable):
        deliver(bank)
    cut.stop()
    assert outcomes(bank) == {}
    with serving(RootedFiles):
        assert deliver(bank) == then
        assert deliver(bank) == Delivered(0, 0, 0)
