"""The profile that a day was judged by is read as it was read then, whatever is refused since."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from recupero.errors import ProfileError
from recupero.profiles.load import parse_profile
from recupero.store.embedded import Addresses
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

CODE = "banco-de-entonces"
NAME, FORMAT = 'name = "Un Banco S.A."\n', 'format = "delimited"\n'


@pytest.mark.parametrize(
    ("before", "more"),
    [(NAME, 'address = " "\n'), (NAME, 'payment_channels = [""]\n'), (FORMAT, 'sheet = ""\n')],
)
def test_a_past_under_a_profile_with_blanks_still_holds(
    migrated: Addresses, tmp_path: Path, before: str, more: str
) -> None:
    code = f"{CODE}-{len(more)}"
    content = profile_text(code).replace(before, before + more).encode()
    with pytest.raises(ProfileError, match="must not be blank"):
        parse_profile(content, f"{code}.toml")
    services = services_for(tmp_path, migrated, code)
    then = parse_profile(content, f"{code}.toml", kept=True)
    bank = Bank(replace(services, profiles={**services.profiles, code: then}), code)
    bank.place(DAYS[0], {"A1": (100_00,)})
    bank.services = services
    bank.check()
