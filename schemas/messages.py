"""What a person is told about a row that broke a rule, in the institution's language."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from recupero.money import exponent
from recupero.profiles.language import Language
from recupero.profiles.profile import Layout
from schemas.amounts import marks_of
from schemas.fixed_width import reach_of
from schemas.message_texts import MESSAGES, WORDS
from schemas.rule import REJECT, no_rejects


def explain(
    found: pl.DataFrame, rows: pl.DataFrame, layout: Layout, language: Language
) -> pl.DataFrame:
    """Findings as rejects: message, value as seen and the untouched line.

    *found* has ``line_number``, ``field``, ``rule`` and perhaps ``message``, where a null takes the
    rule's own; *rows* is what ``read`` gave (text columns, ``line_number``, ``raw``).
    """
    if found.is_empty():
        return no_rejects()
    if "message" not in found.columns:
        found = found.with_columns(message=pl.lit(None, pl.String))
    pairs = found.select("field", "rule").unique().sort("field", "rule")
    texts = pairs.with_columns(
        text=pl.Series(
            [message(rule, at, layout, language) for at, rule in pairs.rows()], dtype=pl.String
        )
    )
    seen = [
        pl.when(pl.col("field") == at).then(pl.col(f"seen_{at}"))
        for at in sorted(set(pairs["field"]) & set(layout.columns))
    ]
    cells = rows.select("line_number", "raw", pl.col(*layout.columns).name.prefix("seen_"))
    joined = found.join(cells, on="line_number", how="left").join(texts, on=["field", "rule"])
    return joined.select(
        "line_number",
        "field",
        "rule",
        message=pl.coalesce("message", "text"),
        value=pl.coalesce(*seen) if seen else pl.lit(None, pl.String),
        raw="raw",
    ).cast(REJECT)


def message(rule: str, at: str, layout: Layout, language: Language) -> str:
    """The message of *rule* at field *at*, in the institution's own column names."""
    words = WORDS[language]
    return MESSAGES[language][rule].format(
        column=layout.label(at, language),
        amount=_amount(layout, language),
        date=_calendar(layout.dates, words),
        datetime=_calendar(layout.datetimes, words),
        length=_length(layout, words),
    )


def _amount(layout: Layout, language: Language) -> str:
    words = WORDS[language]
    currency = layout.constants.get("currency")
    places = exponent(currency) if isinstance(currency, str) else 2
    marks = marks_of(layout)
    sign = sign_told(layout, language)
    if marks.implied:
        return f"000123456 ({words['implied'].format(places=marks.implied)}){sign}"
    whole = f"1{marks.thousands}234{marks.thousands}567"
    plain = f"{whole}{marks.decimal}{'89000000'[:places]}" if places and marks.decimal else whole
    return f"{plain}{sign}"


def sign_told(layout: Layout, language: Language) -> str:
    """What is to be said of the sign where it is not plain, to follow an amount."""
    sign, words = layout.sign, WORDS[language]
    if sign.plain:
        return ""
    if sign.place == "around":
        return words["around"]
    above = f"«{sign.positive}»" if sign.positive else words["nothing"]
    return words["sign"].format(negative=sign.negative, where=words[sign.place], above=above)


def _length(layout: Layout, words: Mapping[str, str]) -> str:
    if layout.line_length is not None:
        return words["length"].format(positions=layout.line_length)
    return words["reach"].format(positions=reach_of(layout))


def _calendar(text: str | None, words: Mapping[str, str]) -> str:
    text = text or ""
    for directive in ("%d", "%m", "%Y", "%H", "%M", "%S"):
        text = text.replace(directive, words[directive])
    return text
