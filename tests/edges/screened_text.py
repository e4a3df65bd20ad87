"""Small headerless files of one kind, and what screening makes of them."""

from datetime import date

from recupero.profiles.load import parse_profile
from recupero.profiles.profile import Profile
from schemas.screen import Screened, sift

DAY = date(2026, 11, 27)


def profile(
    kind: str,
    columns: tuple[str, ...],
    settings: str = "",
    country: str = "CO",
    currency: str = "COP",
    tables: str = "",
    rejects_share_max: float = 1.0,
) -> Profile:
    """An institution with one layout: *columns* by position, more keys in *settings*."""
    listed = "\n".join(f"{name} = {at}" for at, name in enumerate(columns))
    text = f"""
[institution]
code = "banco"
name = "Banco"
country = "{country}"
currency = "{currency}"
timezone = "America/Bogota"
[policy]
rejects_share_max = {rejects_share_max}
[[layout]]
kind = "{kind}"
version = "v1"
from = 2026-01-01
name = '.*'
format = "delimited"
decimal = ","
thousands = "."
dates = "%d/%m/%Y"
datetimes = "%d/%m/%Y %H:%M"
{settings}
[layout.columns]
{listed}
{tables}
"""
    return parse_profile(text.encode(), "banco.toml")


def sifted(owner: Profile, *lines: str, day: date = DAY) -> Screened:
    """*lines* screened; the identity of the counts is checked on the way."""
    screened = sift("\n".join(lines).encode(), owner.layouts[0], owner, day)
    whole = screened.rows_rejected + screened.rows_duplicate + screened.rows_empty
    assert screened.rows_read == screened.rows.height + whole
    return screened


def reasons(screened: Screened) -> list[tuple[int, str, str]]:
    """Line, field and rule of each reject."""
    return screened.rejects.select("line_number", "field", "rule").rows()


PLACEMENT = (
    "account_number", "debtor_id_type", "debtor_id_number", "cut_off", "opened_on", "due_date",
    "days_past_due", "principal_minor", "interest_minor", "total_minor", "phone", "email",
    "obligation_kind",
)  # fmt: skip
GOOD = {
    "account_number": "A1", "debtor_id_type": "CC", "debtor_id_number": "79.111.222",
    "cut_off": "26/11/2026", "opened_on": "05/08/2024", "due_date": "31/10/2026",
    "principal_minor": "1.000,00", "interest_minor": "50,00", "total_minor": "1.050,00",
    "phone": "312 862 2935", "email": "ana@example.org", "obligation_kind": "loan",
}  # fmt: skip
BANK = profile("placement", PLACEMENT)


def line(columns: tuple[str, ...] = PLACEMENT, **cells: str) -> str:
    """One line; a placement without *cells* is good."""
    row = (GOOD if columns is PLACEMENT else {}) | cells
    return ";".join(row.get(name, "") for name in columns)
