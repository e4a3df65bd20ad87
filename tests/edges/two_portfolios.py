"""A bank whose cards and loans come in files of their own, with telephones, and what it booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from recupero.profiles.load import parse_profile
from recupero.steps.intake import Outcome
from recupero.store import facts, manifest, outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import contact_point_version, person_version
from tests.edges.one_bank import Bank, services_for

_HEAD = """
[institution]
code = "{code}"
name = "Banco de Dos Carteras S.A."
country = "CO"
currency = "COP"
timezone = "America/Bogota"
[policy]
rejects_share_max = 0.9
vanished_share_max = {share}
"""
_LAYOUT = """
[[layout]]
kind = "placement"
portfolio = "{portfolio}"
version = "{name}{version}"
from = 2026-01-01
name = '{name}_.*'
format = "delimited"
dates = "%Y-%m-%d"
decimal = ","
snapshot = "{snapshot}"
constants = {{ currency = "COP", debtor_id_type = "CE", cut_off = "business_date", \
due_date = 2026-09-01 }}
[layout.columns]
account_number = 0
debtor_id_number = 1
principal_minor = 2
{more}
"""
_CONTACTS = "phone = 3\nphone_2 = 4\nemail = 5\naddress = 6\ncity = 7"


def profile(code: str, share: float, version: str = "") -> str:
    """Cards and loans as full portfolios; ``news`` are cards that changed, one telephone each.

    *version* ends the version of each layout.
    """
    layouts = (
        ("cards", "cards", "full", _CONTACTS),
        ("loans", "loans", "full", _CONTACTS),
        ("news", "cards", "delta", "phone = 3"),
    )
    return _HEAD.format(code=code, share=share) + "".join(
        _LAYOUT.format(
            name=name, version=version, portfolio=portfolio, snapshot=snapshot, more=more
        )
        for name, portfolio, snapshot, more in layouts
    )


class TwoPortfolios(Bank):
    """Rows are ``account person amount phone phone_2 email address city``, ends left out."""

    def __init__(self, home: Path, database: Addresses, code: str, share: float = 0.9) -> None:
        super().__init__(services_for(home, database, code, text=profile(code, share)), code)

    def agree(self, share: float) -> None:
        """Another share of a portfolio may vanish from now on."""
        self.serve(profile(self.code, share))

    def serve(self, text: str) -> None:
        """By another profile from now on."""
        content = text.encode()
        name = f"{self.code}.toml"
        (self.services.settings.profiles_folder / name).write_bytes(content)
        profiles = {**self.services.profiles, self.code: parse_profile(content, name)}
        self.services = replace(self.services, profiles=profiles)

    def state(self, day: date, name: str, *rows: str, file: str | None = None) -> Outcome:
        """Take in a file of *rows*; a cell ``-`` is empty."""
        width = 4 if name == "news" else 8
        cells = [[*row.split(), *["-"] * width][:width] for row in rows]
        lines = [";".join("" if cell == "-" else cell for cell in row) for row in cells]
        return self.take(day, "", *lines, name=f"{name}_{file or self._next()}")

    def points(self, day: date) -> dict[str, list[tuple[str, str]]]:
        """By id number, channel and value of the points in force, as they would be used."""
        with self.services.store.unit(self.code) as unit:
            known = facts.current(unit, contact_point_version, day)
            people = facts.current(unit, person_version, day).select("person_id", "id_number")
        told: dict[str, list[tuple[str, str]]] = {}
        rows = known.join(people, on="person_id").sort("id_number", "channel", "ordinal")
        for number, channel, value in rows.select("id_number", "channel", "value").iter_rows():
            told.setdefault(number, []).append((channel, value))
        return told

    def outcome(self) -> dict[str, Any]:
        """What is recorded of the newest file."""
        with self.services.store.unit(self.code) as unit:
            return manifest.outcomes(unit).row(-1, named=True)

    def paper(self, ending: str) -> str:
        """The text of the newest file's acknowledgement."""
        with self.services.store.unit(self.code) as unit:
            address = self.outcome()["address"][:12]
            [one] = [
                paper
                for paper in outgoing.documents(unit)
                if paper.name.startswith("ACUSE_")
                if paper.name.endswith(ending) and address in paper.name
            ][-1:]
        content = self.services.vault.get(self.code, one.address)
        if ending == ".csv":
            return content.decode("utf-8-sig")
        path = self.services.settings.home / "paper.pdf"
        path.write_bytes(content)
        text = "\n".join(page.extract_text() for page in PdfReader(path).pages)
        return " ".join(text.split())

    def _next(self) -> int:
        self._files += 1
        return self._files
