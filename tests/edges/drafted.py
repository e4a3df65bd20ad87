"""Samples of a portfolio, and what is drafted from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from recupero.profiles.drafting.draft import Draft, Told, draft_of, kind_of
from recupero.profiles.drafting.entry import Entry
from recupero.profiles.drafting.sample import read_book, read_text
from recupero.profiles.drafting.toml_text import profile_text
from recupero.profiles.load import parse_profile
from recupero.profiles.profile import Profile
from schemas.book import form_of, sheets

TODAY = date(2026, 11, 27)
HEAD = "NRO_OBLIGACION;CEDULA;NOM_CLIENTE;FEC_CORTE;DIAS_MORA;SALDO_CAPITAL;TEL_1;EDAD\n"
ROW = "000123;52847163;ANA DÍAZ;{};92;{};3012345678;41\n"


def portfolio(*rows: tuple[str, str], encoding: str = "utf-8", head: str = HEAD) -> bytes:
    return (head + "".join(ROW.format(*row) for row in rows)).encode(encoding)


def drafted(
    content: bytes,
    name: str = "CARTERA_20261127.csv",
    country: str = "CO",
    currency: str = "COP",
    kind: str | None = None,
    **said: str,
) -> Draft:
    """The draft of *content*; ``__`` in the names of *said* is a dot."""
    keys = {key.replace("__", "."): value for key, value in said.items()}
    form = form_of(content)
    taken = (
        read_text(content, keys) if form is None else read_book(form, sheets(content, form), keys)
    )
    told = Told(name, country, currency, TODAY, said=keys)
    of_kind = kind_of(taken, told) if kind is None else Entry("kind", kind, "certain", "as said")
    return draft_of(taken, of_kind, told)


def found(draft: Draft) -> Mapping[str, object]:
    """What the draft says, by key; an open key is None."""
    return {entry.key: entry.value for entry in draft.entries}


def profile_of(draft: Draft, country: str = "CO", currency: str = "COP") -> Profile:
    given = {
        "code": "banco",
        "name": "X",
        "country": country,
        "currency": currency,
        "timezone": "America/Bogota",
    }
    entries = [Entry(key, value, "certain", "") for key, value in given.items()]
    profile = parse_profile(profile_text(entries, draft).encode(), "banco.toml")
    assert profile.draft
    return profile
