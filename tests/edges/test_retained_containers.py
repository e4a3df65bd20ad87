"""A container and what came in it are destroyed together or not at all: it holds their bytes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recupero.profiles.load import parse_profile
from recupero.steps.anchor import anchor
from recupero.steps.retain import Retained, foresee, retain
from recupero.steps.verify import verify
from recupero.store import manifest
from recupero.store.embedded import Addresses
from recupero.store.tables import erasure
from tests.edges.dated_bank import SUN, line
from tests.edges.one_bank import DAYS, profile_text, services_for
from tests.edges.sealed_files import zipped
from tests.edges.sealing_bank import Sender

MON, TUE, *_ = DAYS
#: Past a month since Monday, and since Tuesday.
LATER, LAST = date(2026, 12, 24), date(2026, 12, 25)
PLACEMENT = line("A1", SUN, 100_00).encode()
ZIP = zipped(("placement_1", PLACEMENT), ("effort_9", b"x"))
INSIDE = {"files.opened": 1, "files.placement": 1, "files.refused": 1}
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Sender:
    """Monday: a portfolio came in a zip, beside a file that was refused."""
    code = f"guarda-zip-{next(_NUMBERS)}"
    bank = Sender(services_for(tmp_path, migrated, code), code)
    assert bank.send("envio.zip", ZIP) == {
        "envio.zip": "opened", "placement_1": "booked", "effort_9": "refused",
    }  # fmt: skip
    anchor(bank.services, code, MON)
    return bank


def declare(bank: Sender, retention: str) -> None:
    """From now on the profile says *retention*."""
    content = (profile_text(bank.code) + retention).encode()
    profile = parse_profile(content, f"{bank.code}.toml")
    bank.services = replace(bank.services, profiles={**bank.services.profiles, bank.code: profile})


def readable(bank: Sender) -> list[str]:
    """Names of the files whose bytes the vault still holds, in order of arrival."""
    there = set(bank.services.vault.addresses(bank.code))
    with bank.services.store.unit(bank.code) as unit:
        return [one.name for one in manifest.all_receipts(unit) if one.address in there]


def test_what_came_in_a_container_stays_while_anything_of_it_does(bank: Sender) -> None:
    everything = readable(bank)
    declare(bank, "\n[retention.files]\nplacement = 1\n")
    assert foresee(bank.services, bank.code, LATER).shared == {
        "files.opened": 1, "files.placement": 1,
    }  # fmt: skip
    declare(
        bank,
        "\n[retention.files]\nplacement = 1\nrefused = 1\n"
        '[[retention.hold]]\nfrom = 2026-12-01\nkinds = ["files.placement"]\nreason = "oficio"\n',
    )
    seen = foresee(bank.services, bank.code, LATER)
    assert seen.held == {"oficio": {"files.placement": 1}}
    assert seen.shared == {"files.opened": 1, "files.refused": 1}
    assert retain(bank.services, bank.code, LATER) == Retained()
    assert readable(bank) == everything


def test_a_container_is_destroyed_with_the_last_that_came_in_it(bank: Sender) -> None:
    """And with the proof, which every verification decides again."""
    declare(bank, "\n[retention.files]\nplacement = 1\nrefused = 2\n")
    assert retain(bank.services, bank.code, LATER) == Retained()
    done = retain(bank.services, bank.code, date(2027, 1, 24))
    assert done == Retained(due=INSIDE, objects=3)
    assert readable(bank) == []
    rows = bank.stored(erasure).sort("rule")
    assert rows.select("rule", "months", "kept_from").rows() == [
        ("retention.files.opened", 0, MON),
        ("retention.files.placement", 1, MON),
        ("retention.files.refused", 2, MON),
    ]
    proof = verify(bank.services, bank.code, deep=True)
    assert (proof.findings, proof.past_retention) == ((), INSIDE)


def test_bytes_that_came_by_themselves_too_keep_the_container(bank: Sender) -> None:
    declare(bank, "\n[retention.files]\nplacement = 1\nrefused = 1\n")
    assert bank.send("placement_again", PLACEMENT, TUE) == {"placement_again": "duplicate"}
    anchor(bank.services, bank.code, TUE)
    assert foresee(bank.services, bank.code, LATER).shared == INSIDE
    assert retain(bank.services, bank.code, LATER) == Retained()
    assert retain(bank.services, bank.code, LAST).due == INSIDE | {"files.placement": 2}
    assert readable(bank) == []


def test_a_container_sent_again_afterwards_begins_a_life_of_its_own(bank: Sender) -> None:
    declare(bank, "\n[retention.files]\nplacement = 1\nrefused = 1\n")
    retain(bank.services, bank.code, LATER)
    bank.send("otra_vez.zip", ZIP, LATER)
    anchor(bank.services, bank.code, LATER)
    assert set(readable(bank)) == {"envio.zip", "otra_vez.zip", "placement_1", "effort_9"}
    assert verify(bank.services, bank.code, deep=True).findings == ()
    assert retain(bank.services, bank.code, date(2027, 1, 24)) == Retained()
    assert retain(bank.services, bank.code, date(2027, 1, 25)).objects == 3
    assert bank.stored(erasure).filter(pl.col("rule") == "retention.files.opened").height == 2
    assert verify(bank.services, bank.code).findings == ()
