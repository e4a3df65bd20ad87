"""An operator asked the institution: what is decided by hand about an uncertain delivery."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from deployments.cli.delivery import delivery as command
from recupero.errors import (
    DeliveryConflict,
    RecuperoError,
    Refused,
    RemoteRefused,
    RemoteUnavailable,
)
from recupero.steps.day_figures import documents_of_day
from recupero.steps.deliver import Delivered
from recupero.steps.incident import Incident, note
from recupero.steps.services import AGENCY
from recupero.steps.standing import standing
from recupero.steps.tracing import trace
from recupero.steps.verify import verify
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.recordings import Draft, append
from recupero.store.tables import delivery, delivery_decision
from tests.edges.one_bank import Bank
from tests.edges.waiting_papers import (
    MON,
    NIGHT,
    deliver,
    killed,
    outbox,
    papers,
    telling_bank,
)

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    return telling_bank(migrated, tmp_path)


@pytest.fixture
def doubted(bank: Bank) -> Bank:
    """Two papers of which nobody can tell: a certificate, and Sunday's letters."""
    for paper in papers(bank, ("uno.pdf", AGENCY, False), ("cartas.pdf", AGENCY, True)):
        with bank.services.store.unit(bank.code) as unit:
            outgoing.attempt(unit, paper)
    assert deliver(bank) == Delivered(0, 0, 0, uncertain=2)
    return bank


@pytest.fixture
def said(doubted: Bank, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Callable[..., str]:
    """``said("uno.pdf", ...)``: what ``recupero delivery`` prints."""
    monkeypatch.setattr("deployments.cli.delivery.existing", lambda: nullcontext(doubted.services))

    def say(
        wanted: str, *options: str, dry_run: bool = False, on: date = MON, by: str = "Ana"
    ) -> str:
        asked = (name in options for name in ("arrived", "resend", "lost"))
        assert command(wanted, doubted.code, *asked, by, on, NIGHT, dry_run) == 0
        out: str = capsys.readouterr().out
        return out.removeprefix(f"{doubted.code}: ").rstrip()

    return say


def test_it_arrived(doubted: Bank, said: Callable[..., str]) -> None:
    assert standing(doubted.services, doubted.code).uncertain == ["cartas.pdf", "uno.pdf"]
    assert (
        said("uno.pdf", "arrived", dry_run=True) == "uno.pdf, dry run: would record that it arrived"
    )
    assert doubted.stored(delivery_decision).is_empty()
    assert said("uno.pdf", "arrived") == "uno.pdf: it arrived"
    assert said("uno.pdf", "arrived") == "uno.pdf: it arrived, as recorded before"
    assert said("cartas.pdf", "arrived") == "cartas.pdf: it arrived"
    rows = doubted.stored(delivery_decision).select("business_date", "decision", "decided_by")
    assert rows.rows() == [(MON, "arrived", "Ana")] * 2
    assert standing(doubted.services, doubted.code).uncertain == []
    assert documents_of_day(doubted.services, doubted.code, MON)[0]["in_place"] == 1
    with pytest.raises(Refused, match="was decided before: arrived"):
        said("uno.pdf", "resend")
    assert deliver(doubted) == Delivered(0, 0, 0)
    assert verify(doubted.services, doubted.code).findings == ()


@pytest.mark.parametrize("paper", ["uno.pdf", "cartas.pdf"])
def test_it_did_not_arrive(doubted: Bank, said: Callable[..., str], paper: str) -> None:
    would = f"{paper}, dry run: would record that it did not arrive"
    assert said(paper, "lost", dry_run=True) == would
    assert doubted.stored(delivery_decision).is_empty()
    assert said(paper, "lost") == f"{paper}: it did not arrive"
    assert said(paper, "lost") == f"{paper}: it did not arrive, as recorded before"
    rows = doubted.stored(delivery_decision).select("business_date", "decision", "decided_by")
    assert rows.rows() == [(MON, "lost", "Ana")]
    assert paper not in standing(doubted.services, doubted.code).uncertain
    [told] = documents_of_day(doubted.services, doubted.code, MON)
    assert (told["in_place"], told["uncertain"]) == (0, int(paper != "uno.pdf"))
    [traced] = trace(doubted.services, doubted.code, paper)
    assert traced.sections["decision"][0]["decision"] == "lost"
    with pytest.raises(Refused, match="was decided before: lost"):
        said(paper, "arrived")
    assert deliver(doubted) == Delivered(0, 0, 0)
    assert os.listdir(outbox(doubted)) == []
    assert verify(doubted.services, doubted.code).findings == ()


def test_it_is_sent_again_once(doubted: Bank, said: Callable[..., str]) -> None:
    assert said("uno.pdf", "resend", dry_run=True) == "uno.pdf, dry run: would send it again"
    assert os.listdir(outbox(doubted)) == []
    with killed("after folder.rename"):
        said("uno.pdf", "resend")
    assert doubted.stored(delivery_decision).is_empty()
    assert said("uno.pdf", "resend") == "uno.pdf: it was sent again"
    (outbox(doubted) / "uno.pdf").unlink()
    assert said("uno.pdf", "resend") == "uno.pdf: it was sent again, as recorded before"
    assert os.listdir(outbox(doubted)) == []
    assert verify(doubted.services, doubted.code).findings == ()


def test_a_server_that_fails_while_it_is_sent_again_is_told(
    doubted: Bank, said: Callable[..., str]
) -> None:
    """Of the destination; the operator's command has no conductor, so the next run tells it."""
    there, away = outbox(doubted), outbox(doubted).with_name("elsewhere")
    told: list[Incident] = []
    conducted = replace(doubted.services, tell=told.append)
    there.rename(away)
    for _ in range(2):
        with pytest.raises(RemoteRefused):
            said("uno.pdf", "resend")
    note(conducted, AGENCY, "outbox", [RemoteRefused("there is no such folder")])
    assert [(one.institution, one.kind, one.times) for one in told] == [(AGENCY, "refused", 3)]
    away.rename(there)
    (there / "uno.pdf").write_text("somebody else's")
    with pytest.raises(DeliveryConflict):
        said("uno.pdf", "resend")  # the server works
    assert standing(doubted.services, AGENCY).incidents == []
    (there / "uno.pdf").unlink()
    note(conducted, AGENCY, "outbox", [RemoteUnavailable("cannot be reached")])
    said("uno.pdf", "resend")
    assert standing(doubted.services, AGENCY).incidents == []
    note(conducted, AGENCY, "outbox", [])
    ended = [(one.kind, one.closed_at is not None) for one in told[1:]]
    assert ended == [("refused", True), ("unreachable", False), ("unreachable", True)]


@pytest.mark.parametrize(
    ("typed", "more", "refusal"),
    [
        ("cartas.pdf resend", {}, "leaves on its own date or never"),
        ("other.pdf arrived", {}, "no uncertain delivery is called that"),
        ("uno.pdf lost", {"by": " "}, "names nobody"),
        ("uno.pdf lost", {"on": date(9999, 12, 31)}, "has not begun"),
        ("uno.pdf", {}, "exactly one of"),
        ("uno.pdf arrived lost", {}, "exactly one of"),
    ],
)
def test_what_is_not_to_be_decided(
    doubted: Bank, said: Callable[..., str], typed: str, more: dict[str, Any], refusal: str
) -> None:
    with pytest.raises(RecuperoError, match=refusal) as refused:
        said(*typed.split(), **more)
    assert refused.value.exit_code == 2
    assert doubted.stored(delivery_decision).is_empty()


def test_what_is_made_up_is_named(doubted: Bank) -> None:
    """A decision about a paper that arrived, an outcome nobody attempted, and other bytes."""
    names = ("dos.pdf", "tres.pdf", "cuatro.pdf")
    new = papers(doubted, *((name, AGENCY, False) for name in names), subject="more")
    two, three, four = (next(one for one in new if one.name == name) for name in names)
    row = {"document_id": two.document_id, "business_date": MON}
    decided = pl.DataFrame([row | {"decision": "arrived", "decided_by": "Eva"}])
    ended = [row | {"outcome": "in_place"},
             row | {"document_id": three.document_id, "outcome": "uncertain"}]  # fmt: skip
    with doubted.services.store.unit(doubted.code) as unit:
        outgoing.attempt(unit, replace(four, address=two.address))
        append(unit, Draft("delivery", "made", MON, {}, frames={delivery: pl.DataFrame(ended)}))
        frames = {delivery_decision: decided}
        append(unit, Draft("delivery_decision", "up", MON, {}, frames=frames))
    found = verify(doubted.services, doubted.code).findings
    assert [f"{one.object}: {one.what}" for name, one in found if name == "attempts"] == [
        f"delivery_attempt {four.document_id}: names other bytes than the document",
        f"delivery {three.document_id}: uncertain, yet nobody attempted it",
        f"delivery_decision {two.document_id}: its delivery was not uncertain",
    ]
