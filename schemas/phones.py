"""Telephones in E.164, as the library phonenumbers reads them.

Spellings that can be read in one way only are read a whole column at a time, by the patterns of
the library's own metadata. The library reads every other text, once per distinct text: carrier
prefixes, 00, extensions, letters, other countries' numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import phonenumbers
import polars as pl

#: What may stand around and between digits without a meaning.
_SEPARATORS = r"[ .()\-]"
#: In bytes. The library takes no text above 250 characters.
_LENGTH_MAX = 100
_TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What the library knows of a country's numbers; patterns in the dialect of polars.

    code      its calling code
    valid     a national number that is assigned, of any type
    possible  one that could be; what is not is read again without the calling code
    trunk     ``0`` where that alone may stand before a national number, else empty
    abroad    beginnings that lead to another country's number
    unsure    these, and others that may not be part of the number
    alone     no other country has its calling code: what is not valid here is not valid
    """

    code: str
    valid: str
    possible: str
    trunk: str
    abroad: str
    unsure: str
    alone: bool


def numbers(texts: pl.Series, country: str) -> pl.Series:
    """Each of *texts* as a number of *country* in E.164; null where it is not one."""
    plan = _plan(country)
    if plan is None:
        return _by_library(texts, country)
    national = _is_national(texts, plan)
    found = pl.select(pl.when(national).then(pl.lit(f"+{plan.code}") + texts)).to_series()
    rows = (~national).arg_true()
    return found.scatter(rows, _spelled(texts.gather(rows), country, plan)) if rows.len() else found


def _is_national(texts: pl.Series, plan: Plan) -> pl.Series:
    """Whether a text is a national number and nothing else: most are, and four patterns tell."""
    home = texts.str.contains(f"^(?:{plan.valid})$") & texts.str.contains(f"^(?:{plan.possible})$")
    home &= ~texts.str.contains(f"^(?:{plan.unsure})")
    if plan.trunk:
        home &= ~texts.str.starts_with(plan.trunk)
    return home.fill_null(False)


def _spelled(texts: pl.Series, country: str, plan: Plan) -> pl.Series:
    """As ``numbers``, of texts in any spelling."""
    found = _by_patterns(texts, plan)
    rows = (~found["settled"]).arg_true()
    return found["number"].scatter(rows, _by_library(texts.gather(rows), country))


def e164(text: str, country: str) -> str | None:
    """*text* as a number of *country* in E.164, by the library; None when it is not one."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _by_library(texts: pl.Series, country: str) -> pl.Series:
    known = {text: e164(text, country) for text in texts.drop_nulls().unique()}
    return texts.replace_strict(known, default=None, return_dtype=pl.String)


def _by_patterns(texts: pl.Series, plan: Plan) -> pl.DataFrame:
    """``number``, and ``settled``: whether the library would say the same, for certain."""
    plain = texts.str.replace_all(_SEPARATORS, "")
    home = plain.str.strip_prefix(plan.trunk) if plan.trunk else plain
    possible = home.str.contains(f"^(?:{plan.possible})$")
    national = possible & home.str.contains(f"^(?:{plan.valid})$")
    coded = plain.str.contains(rf"^\+?{plan.code}(?:{plan.possible})$")
    coded &= plain.str.contains(rf"^\+?{plan.code}(?:{plan.valid})$")
    plus = plain.str.starts_with("+")
    again = coded & ~plus & ~possible
    wrong = plain.str.contains(rf"^(?:\+{plan.code})?[0-9]+$") & ~coded & plan.alone
    before = pl.when(national).then(pl.lit(f"+{plan.code}")).when(again).then(pl.lit("+"))
    settled = national | again | (coded & plus) | wrong
    settled &= ~plain.str.contains(f"^(?:{plan.unsure})")
    if plan.trunk:
        abroad = plain.str.contains(f"^(?:{plan.abroad})")
        settled |= national & plain.str.starts_with(plan.trunk) & ~abroad
    return pl.select(
        number=before.when(coded & plus).then(pl.lit("")) + home,
        settled=texts.is_null() | (settled & (texts.str.len_bytes() <= _LENGTH_MAX)),
    )


@cache
def _plan(country: str) -> Plan | None:
    """None for a country the library does not know, or that is not the first of its code."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    if metadata is None or metadata.country_code is None:
        return None
    countries = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[metadata.country_code]
    if countries[0] != country:
        return None
    code, prefixes = str(metadata.country_code), metadata.national_prefix_for_parsing
    return Plan(
        code=code,
        valid=_in_polars(getattr(metadata, name) for name in _TYPES),
        possible=_in_polars([metadata.general_desc]),
        trunk="0" if prefixes == "0" else "",
        abroad=_either([metadata.international_prefix]),
        unsure=_either(
            [metadata.international_prefix, prefixes and rf"(?:\+?{code})?(?:{prefixes})"]
        ),
        alone=len(countries) == 1,
    )


def _in_polars(kinds: Iterable[phonenumbers.PhoneNumberDesc | None]) -> str:
    return _either(kind.national_number_pattern for kind in kinds if kind)


def _either(patterns: Iterable[str | None]) -> str:
    r"""Any of *patterns*. To polars ``\d`` is a digit of any script, and slow: here it is ours.

    Without any, what no number is.
    """
    known = [f"(?:{pattern})" for pattern in patterns if pattern]
    return "|".join(known or ["[^0-9+]"]).replace(r"\d", "[0-9]")
