"""How a sample writes amounts: the marks inside them, and how one below zero is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recupero.money import exponent
from recupero.profiles.drafting.entry import Entry, is_open
from recupero.profiles.drafting.words import is_blank

#: Decimal and thousands marks of one writer; what a sample does not show is not declared.
_MARKS = (
    ("", ""), (",", ""), (".", ""), ("", "."), ("", ","), (",", "."), (".", ","),
    (".", "'"), (",", "'"), (".", " "), (",", " "), ("", "'"), ("", " "),
)  # fmt: skip
_NUMBER = r"[0-9](?:[0-9.,' ]*[0-9])?"
_WRITTEN = re.compile(rf"(\(?)([A-Za-z+$-]{{0,3}}) ?({_NUMBER}) ?([A-Za-z+-]{{0,3}})(\)?)")
_SHORTENED = re.compile(r"-?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")


def is_amount(text: str) -> bool:
    """Whether *text* can be an amount in some writing, signs included."""
    return _WRITTEN.fullmatch(text.strip()) is not None


def amount_marks(texts: Sequence[str], currency: str) -> list[Entry]:
    """Entries for the marks, and the sign, that all amounts of a layout share.

    A currency's decimals tell ``1.234`` (grouped) from ``12.34``: all of them stand, or none.
    """
    said = [text for text in texts if not is_blank(text)]
    if not said:
        return []
    parts = [found for text in said if (found := _WRITTEN.fullmatch(text))]
    bare = [found[3] for found in parts]
    places = exponent(currency)
    fitting = {pair: sum(_fits(text, *pair, places) for text in bare) for pair in _MARKS}
    # The first of those that fit most declares no mark that none of them needs.
    decimal, thousands = max(_MARKS, key=lambda pair: fitting[pair])
    read = fitting[decimal, thousands]
    because = f"{read} of {len(said)} amounts read so"
    entries = []
    if any(_SHORTENED.fullmatch(text) for text in said):
        entries.append(is_open("scientific", "some amounts are shortened, like 1.00E+05"))
    if decimal:
        entries.append(Entry("decimal", decimal, "certain" if read == len(said) else "guess",
                             because))  # fmt: skip
    if thousands:
        entries.append(Entry("thousands", thousands, "certain" if read == len(said) else "guess",
                             because))  # fmt: skip
    if not decimal and places:
        entries.append(_whole(bare, currency))
    return [*entries, *_signs([(found[1], found[2], found[4]) for found in parts])]


def _fits(text: str, decimal: str, thousands: str, places: int) -> bool:
    whole = r"[0-9]+"
    if thousands:
        whole = rf"(?:[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+)"
    end = rf"(?:{re.escape(decimal)}[0-9]{{{places}}})?" if decimal and places else ""
    return re.fullmatch(whole + end, text) is not None


def _whole(bare: Sequence[str], currency: str) -> Entry:
    """Without a decimal mark: whole units, or the last figures are cents and nothing shows it."""
    filled = [text for text in bare if len(text) > 1 and text.startswith("0")]
    because = (
        f"no amount has a decimal mark: whole {currency}, or the last figures are its decimals"
    )
    if filled:
        return is_open(
            "implied_decimals", f"{because}, as files filled up with zeros often have it"
        )
    return Entry("implied_decimals", 0, "guess", because)


def _signs(marks: Sequence[tuple[str, str, str]]) -> list[Entry]:
    """How amounts below zero are told, from what stands before and after the figures."""
    before = {mark for bracket, mark, _ in marks if mark and not bracket}
    after = {mark for bracket, _, mark in marks if mark and not bracket}
    if any(bracket for bracket, _, _ in marks):
        return [_sign("around", "-", "", "guess", "some amounts stand in brackets")]
    if not after and before <= {"-"}:
        return []  # a minus in front is what a layout without a sign has
    if after == {"-"} and not before:
        return [_sign("after", "-", "", "certain", "a minus stands behind some amounts")]
    if bool(before) == bool(after):
        return [is_open("sign", "marks stand before and after amounts")]
    where, found = ("after", after) if after else ("before", before)
    told = ", ".join(sorted(map(repr, found)))
    always = all(mark for _, *both in marks for mark in both[where == "after" :][:1])
    other = "the rest have none" if not always else "every amount has one"
    return [is_open("sign", f"{told} stand {where} amounts ({other}): which is below zero?")]


def _sign(place: str, negative: str, positive: str, sure: str, because: str) -> Entry:
    value: dict[str, str] = {"place": place}
    if negative != "-":
        value["negative"] = negative
    if positive:
        value["positive"] = positive
    return Entry("sign", value, "certain" if sure == "certain" else "guess", because)
