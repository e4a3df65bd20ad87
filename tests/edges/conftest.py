"""What tests of single steps share."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from recupero.store.embedded import Addresses, EmbeddedPostgres
from tests.databases import migrated_database
from tests.edges import one_bank
from tests.edges.account_facts_layouts import FACT_LAYOUTS
from tests.edges.one_bank import Bank, services_for

AnyBank = TypeVar("AnyBank", bound=Bank)

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def migrated(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[Addresses]:
    """A migrated database for all tests of a module; each enrols institutions of its own."""
    with migrated_database(postgres, request.module.__name__.rpartition(".")[2]) as made:
        yield made


@pytest.fixture
def own_database(postgres: EmbeddedPostgres) -> Iterator[Addresses]:
    """A migrated database for one test that needs no other institution beside its own."""
    with migrated_database(postgres, "own_database") as made:
        yield made


@pytest.fixture
def proven() -> Iterator[Callable[[AnyBank], AnyBank]]:
    """``proven(bank)``: at the test's end all that the bank booked is proven from its files.

    Every day of it and every step again; so a test may ask for balances as often as it likes. Its
    units share a connection, as those of a night do.
    """
    banks: list[Bank] = []
    with ExitStack() as connections:

        def kept(bank: AnyBank) -> AnyBank:
            banks.append(bank)
            connections.enter_context(bank.services.store.kept())
            return bank

        yield kept
        for bank in banks:
            bank.check()


@pytest.fixture
def fact_bank(
    migrated: Addresses,
    tmp_path: Path,
    proven: Callable[[Bank], Bank],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Bank]:
    """``fact_bank(columns)``: a proven bank that also sends files about accounts and people.

    *columns* are those its portfolio has beside the usual ones.
    """

    def made(columns: str = "") -> Bank:
        placement = one_bank.LAYOUTS["placement"] + columns
        for kind, layout in {"placement": placement, **FACT_LAYOUTS}.items():
            monkeypatch.setitem(one_bank.LAYOUTS, kind, layout)
        code = f"hechos-{next(_NUMBERS)}"
        return proven(Bank(services_for(tmp_path, migrated, code), code))

    return made
