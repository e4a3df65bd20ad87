"""Telephones in E.164 and a look at addresses. A bad contact is a warning: the debt stands."""

from __future__ import annotations

import polars as pl

from schemas.phones import numbers
from schemas.rule import findings, no_findings

PHONES = ("phone", "phone_2")
#: What mail servers at large take: no quoted names, no dot at an end or beside another, a domain
#: that ends in letters.
EMAIL = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[\p{L}0-9](?:[\p{L}0-9-]*[\p{L}0-9])?\.)+(?:\p{L}{2,}|xn--[a-z0-9-]+)$"
)
#: Longer ones are not delivered (RFC 5321).
EMAIL_BYTES_MAX, EMAIL_NAME_MAX = 254, 64


def normalise(frame: pl.DataFrame, country: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """*frame* with every valid telephone in E.164, and findings for what is not valid.

    An invalid one stays as it was written, so what was received is never lost.
    """
    found = [no_findings()]
    for name in (name for name in PHONES if name in frame.columns):
        read = numbers(frame[name], country)
        bad = frame["line_number"].filter(read.is_null() & frame[name].is_not_null())
        found.append(findings(bad, name, "phone_invalid"))
        frame = frame.with_columns(read.fill_null(frame[name]).alias(name))
    if "email" in frame.columns:
        lines = frame.filter(~_is_address(pl.col("email")))["line_number"]
        found.append(findings(lines, "email", "email_invalid"))
    return frame, pl.concat(found)


def _is_address(email: pl.Expr) -> pl.Expr:
    short = email.str.contains(f"^[^@]{{1,{EMAIL_NAME_MAX}}}@")
    return email.str.contains(EMAIL) & short & (email.str.len_bytes() <= EMAIL_BYTES_MAX)
