"""Telephones in E.164 and a look at addresses. A bad contact is a warning: the debt stands."""

from __future__ import annotations

import phonenumbers
import polars as pl

from schemas.rule import findings, no_findings

PHONES = ("phone", "phone_2")
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"


def normalise(frame: pl.DataFrame, country: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """*frame* with every valid telephone in E.164, and findings for what is not valid.

    An invalid one stays as it was written, so what was received is never lost.
    """
    found = [no_findings()]
    for name in (name for name in PHONES if name in frame.columns):
        numbers = {text: e164(text, country) for text in frame[name].drop_nulls().unique()}
        bad = [text for text, number in numbers.items() if number is None]
        lines = frame.filter(pl.col(name).is_in(bad))["line_number"]
        found.append(findings(lines, name, "phone_invalid"))
        good = {text: number for text, number in numbers.items() if number is not None}
        if good:
            frame = frame.with_columns(pl.col(name).replace(good))
    if "email" in frame.columns:
        lines = frame.filter(~pl.col("email").str.contains(EMAIL))["line_number"]
        found.append(findings(lines, "email", "email_invalid"))
    return frame, pl.concat(found)


def e164(text: str, country: str) -> str | None:
    """*text* as a number of *country* in E.164; None when it is not one."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
