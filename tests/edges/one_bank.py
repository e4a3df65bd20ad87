"""One bank on one database: files are dropped into a folder, and what was booked is asked for.

Amounts are minor units here and `1234,56` in the files, which have no header.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from deployments.demo.facts import Credit
from deployments.demo.statement import write_statement
from recupero.exchange.vault import Vault
from recupero.profiles.load import parse_profile
from recupero.rules.components import COLUMNS, COMPONENTS
from recupero.settings import Settings
from recupero.steps.intake import Outcome, pending, take_in
from recupero.steps.pull import pull
from recupero.steps.services import AGENCY, Services
from recupero.steps.settle import Settled, settle
from recupero.steps.verify import verify
from recupero.store import facts, ledger
from recupero.store.embedded import Addresses
from recupero.store.owner import enrol
from recupero.store.rows import Table, rows_of
from recupero.store.session import Store
from recupero.store.tables import account_version, journal

PROFILE = """
[institution]
code = "{code}"
name = "Un Banco S.A."
country = "CO"
currency = "COP"
timezone = "America/Bogota"
[exchange]
connection = "{code}"
[policy]
rejects_share_max = 0.9
vanished_share_max = 0.9
write_off_requires_opinion = false
"""
_LAYOUT = """
[[layout]]
kind = "{kind}"
version = "v1"
from = 2026-01-01
name = '{kind}.*'
format = "delimited"
dates = "%Y-%m-%d"
datetimes = "%Y-%m-%d %H:%M"
decimal = ","
"""
LAYOUTS = {
    "placement": """
snapshot = "full"
constants = { currency = "COP", debtor_id_type = "CE", obligation_kind = "loan" }
[layout.columns]
account_number = 0
debtor_id_number = 1
debtor_name = 2
cut_off = 3
due_date = 4
principal_minor = 5
interest_minor = 6
fees_minor = 7
""",
    "payment": """
constants = { currency = "COP" }
[layout.columns]
transaction_id = 0
account_number = 1
amount_minor = 2
kind = 3
reverses = 4
paid_on = 5
""",
    "effort": """
constants = { direct = true }
[layout.columns]
effort_id = 0
account_number = 1
performed_at = 2
channel = 3
result = 4
""",
    "consent": """
constants = { debtor_id_type = "CE" }
[layout.columns]
debtor_id_number = 0
channel = 1
granted = 2
recorded_at = 3
[layout.values.granted]
S = true
N = false
""",
    "write_off": """
constants = { currency = "COP" }
[layout.columns]
account_number = 0
amount_minor = 1
decided_on = 2
resolution = 3
""",
    "statement": "",
    "recall": """
[layout.columns]
account_number = 0
recalled_on = 1
reason = 2
recall_id = 3
""",
    "adjustment": """
constants = { currency = "COP" }
[layout.columns]
adjustment_id = 0
account_number = 1
event = 2
effective_on = 3
principal_minor = 4
interest_minor = 5
fees_minor = 6
reason = 7
""",
}
DAYS = tuple(date(2026, 11, day) for day in (23, 24, 25, 26, 27))


def profile_text(code: str) -> str:
    """A profile whose files are named by their kind; without layouts for the agency."""
    layouts = {} if code == AGENCY else LAYOUTS
    text = PROFILE.format(code=code)
    return text + "".join(layout_text(kind, rest) for kind, rest in layouts.items())


def layout_text(kind: str, rest: str) -> str:
    """A layout of *kind*: what all have in common, and the *rest*."""
    head = _LAYOUT.format(kind=kind)
    if kind == "statement":
        head = head.split("format")[0] + 'format = "statement"\n'
    return head + rest.lstrip()


def services_for(home: Path, database: Addresses, *codes: str, text: str | None = None) -> Services:
    """Services on a migrated database, with *codes* and the agency enrolled.

    *text* is the profile of the first of them where it is not the usual one.
    """
    folder = home / "institutions"
    folder.mkdir(exist_ok=True)
    profiles = {}
    for code in (*codes, AGENCY):
        content = (text if text and code == codes[0] else profile_text(code)).encode()
        (folder / f"{code}.toml").write_bytes(content)
        profiles[code] = parse_profile(content, f"{code}.toml")
        enrol(database.owner_url, code=code, name=code, country="CO", currency="COP")
    return Services(
        settings=Settings(home=home, poll_seconds=0),
        store=Store(database.database_url),
        vault=Vault(str(home / "vault"), b"k" * 32),
        owner_url=database.owner_url,
        prefect_url=None,
        profiles=profiles,
    )


def money(minor: int) -> str:
    """Minor units as the bank's files write them."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100},{abs(minor) % 100:02d}"


class Bank:
    """What its days look like: files in, settlements, and the ledger after them."""

    def __init__(self, services: Services, code: str) -> None:
        self.services = services
        self.code = code
        self._folder = services.settings.home / "remote" / code
        for name in ("inbox", "outbox", "archive"):
            (self._folder / name).mkdir(parents=True)
        path = services.connection_file(code)
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'host = "folder://{self._folder.absolute()}"\n')
        self._files = 0

    def place(self, day: date, accounts: dict[str, tuple[int, ...]], *more: str) -> Outcome:
        """A portfolio drawn at the close of the day before; *more* are raw lines.

        Principal, interest and fees by account number.
        """
        drawn = str(day - timedelta(days=1))
        lines = [
            ";".join([number, f"1{number}", "Ana", drawn, "2026-09-01", *map(money, amounts)])
            for number, amounts in ((n, (*a, 0, 0)[:3]) for n, a in accounts.items())
        ]
        return self.take(day, "placement", *lines, *more)

    def pay(self, day: date, *payments: tuple[str, str, int]) -> Outcome:
        """A payment file of (transaction, account, amount); a negative amount reverses it."""
        lines = [
            f"{transaction};{account};{money(amount)};payment;;{day}" if amount > 0 else
            f"R{transaction};{account};{money(-amount)};reversal;{transaction};{day}"
            for transaction, account, amount in payments
        ]  # fmt: skip
        return self.take(day, "payment", *lines)

    def statement(self, day: date, *credits_booked: tuple[str, str, int]) -> Outcome:
        """A camt.053 with (bank reference, account, amount) credits."""
        booked = [Credit(*one, day, "Ana", "1", None) for one in credits_booked]
        content = write_statement(
            booked, account="1", owner="x", currency="COP", day=day, opening_minor=0
        )
        return self.take(day, "statement", content.decode())

    def take(self, day: date, kind: str, *lines: str, name: str | None = None) -> Outcome:
        """Drop a file, pull it and take it in."""
        self.drop(day, kind, *lines, name=name)
        (receipt_id,) = pending(self.services, self.code, day)
        return take_in(self.services, self.code, receipt_id, day)

    def drop(self, day: date, kind: str, *lines: str, name: str | None = None) -> None:
        """Drop a file and pull it, no more."""
        self._files += 1
        self.put(name or f"{kind}_{self._files}", "\n".join(lines).encode())
        pull(self.services, self.code, day)

    def put(self, name: str, content: bytes, side: str | None = None) -> None:
        """Drop a file and what is said of it beside it, no more."""
        (self._folder / "inbox" / name).write_bytes(content)
        if side is not None:
            (self._folder / "inbox" / f"{name}.sha256").write_text(side)

    def settle(self, day: date) -> Settled:
        """Decide about all money received."""
        return settle(self.services, self.code, day)

    def stored(self, table: Table) -> pl.DataFrame:
        """All rows of a table."""
        with self.services.store.unit(self.code) as unit:
            return rows_of(unit, table)

    def events(self, day: date) -> dict[str, list[tuple[str, dict[str, int]]]]:
        """By account number, the day's journal events and the components they moved."""
        rows = self.stored(journal).filter(
            pl.col("account_id").is_not_null(), pl.col("recorded_on") == day
        )
        told: dict[str, list[tuple[str, dict[str, int]]]] = {}
        for row in rows.join(self._numbers(), on="account_id").iter_rows(named=True):
            told.setdefault(row["account_number"], []).append((row["event"], _moved(row)))
        return told

    def balances(self, book: str = "claim") -> dict[str, dict[str, int]]:
        """By account number, the components of the ledger *book* that are not zero.

        Whether the books are right is what ``check`` proves: `proven` runs it at a test's end.
        """
        with self.services.store.unit(self.code) as unit:
            rows = ledger.balances(unit, ledger=book).join(self._numbers(), on="account_id")
        return {row["account_number"]: _moved(row) for row in rows.iter_rows(named=True)}

    def check(self) -> None:
        """I1, I2 and everything else that must hold, from the inputs on; and the plain sums."""
        verification = verify(self.services, self.code, deep=True)
        assert verification.findings == ()
        rows = self.stored(journal)
        assert rows.select(pl.col(COLUMNS).sum()).row(0) == (0,) * 6 or rows.is_empty()

    def _numbers(self) -> pl.DataFrame:
        with self.services.store.unit(self.code) as unit:
            accounts = facts.current(unit, account_version, DAYS[-1])
        return accounts.select("account_id", "account_number")


def _moved(row: dict[str, int]) -> dict[str, int]:
    return {name: row[f"{name}_minor"] for name in COMPONENTS if row[f"{name}_minor"]}
