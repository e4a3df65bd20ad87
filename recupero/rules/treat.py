"""What is due next for each account: a written notice, a call, or nothing and why.

This plans; whether the law lets it happen is decided elsewhere, at planning and again at release.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from recupero.errors import Refused

_REPLY = ("account_id", "person_id", "action", "channel", "template", "reason", "rank")


@dataclass(frozen=True)
class StageTreatment:
    """What an account in this stage gets.

    ``template`` names the written notice (None: none), repeated every ``repeat_days``.
    ``call_every_days`` is by segment; a segment not named is not called.
    """

    stage: str
    template: str | None
    repeat_days: int
    call_every_days: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class TreatmentPolicy:
    """Treatment by stage, order of preference, and the day's capacity (None: unbounded).

    ``written`` lists the channels of a notice, best first. ``letter_gap_days`` is the least time
    between two notices, so that an account crossing a stage edge is not written to twice running.
    """

    stages: tuple[StageTreatment, ...]
    segments: tuple[str, ...] = ("alto", "medio", "bajo")
    written: tuple[str, ...] = ("letter", "email", "sms")
    letter_gap_days: int = 7
    letters_max: int | None = None
    calls_per_collector: int | None = None

    def __post_init__(self) -> None:
        if len({item.stage for item in self.stages}) != len(self.stages):
            raise Refused("a stage has two treatments")
        if not set(self.written) <= {"letter", "email", "sms"}:
            raise Refused("a notice is written by letter, email or sms")


#: HOUSE CONVENTION: intervals in days, no source. A written-off account is left alone.
DEFAULT_TREATMENT = TreatmentPolicy(
    stages=(
        StageTreatment("preventiva", None, 30),
        StageTreatment("comercial", "comercial", 15, (("alto", 3), ("medio", 7))),
        StageTreatment("administrativa", "administrativa", 15, (("alto", 2), ("medio", 5))),
        StageTreatment("prejuridica", "prejuridica", 15, (("alto", 2), ("medio", 4), ("bajo", 10))),
        StageTreatment("juridica", "juridica", 30, (("alto", 5), ("medio", 10))),
    ),
)


def next_actions(accounts: pl.DataFrame, policy: TreatmentPolicy, as_of: date) -> pl.DataFrame:
    """One row per account: account_id, person_id, action, channel, template, reason, rank.

    Needs ``account_id`` (unique), ``person_id``, ``stage``, ``segment``, ``age_days``,
    ``balance_minor``, ``last_letter_on``, ``last_letter_stage``, ``last_call_on``, ``has_phone``,
    ``has_email``, ``has_address``; may have ``closed`` (Boolean) and ``collector_code`` (null:
    nobody can call), which is then returned too. Without the latter all calls share one cap.

    ``action`` is letter, call, email, sms or none. Reasons of an action: stage_entered, repeat,
    call_due. Of none: closed, nothing_owed, no_treatment, not_due, recent_letter,
    no_contact_point, no_collector, person_called (another account of the person is called), cap.
    A capped row keeps its channel and template, so what waits can be counted. ``rank`` is 1 to n:
    first notices and calls before repeats, then segment, balance, age and account.
    """
    wanted = _due(_prepared(accounts, policy, as_of), policy)
    ranked = wanted.sort(*_priority(policy), nulls_last=True).with_row_index("rank", offset=1)
    capped = _cap(_one_call_a_person(ranked), policy)
    extra = [name for name in ("collector_code",) if name in accounts.columns]
    return capped.with_columns(pl.col("rank").cast(pl.Int64)).select(*_REPLY, *extra)


def plan_instants(
    actions: pl.DataFrame,
    as_of: date,
    window_start: time,
    minutes_apart: int,
    window_minutes: int = 480,
) -> pl.DataFrame:
    """*actions* with ``planned_at`` (naive local Datetime; null for none).

    Letters, emails and messages, and each collector's calls, start at *window_start* and follow
    by rank *minutes_apart*; past *window_minutes* they begin again at the start.
    """
    caller = pl.col("collector_code") if "collector_code" in actions.columns else pl.lit("")
    lane = pl.when(pl.col("action") == "call").then(caller)
    slot = pl.col("rank").rank("ordinal").over("action", lane).cast(pl.Int64) - 1
    minutes = pl.duration(minutes=slot * minutes_apart % window_minutes)
    start = pl.lit(datetime.combine(as_of, window_start), dtype=pl.Datetime("us"))
    return actions.with_columns(
        pl.when(pl.col("action") != "none").then(start + minutes).alias("planned_at")
    )


def _prepared(accounts: pl.DataFrame, policy: TreatmentPolicy, as_of: date) -> pl.DataFrame:
    """*accounts* with the policy of their stage, and days since the last letter and call."""
    optional = {"closed": pl.lit(False), "collector_code": pl.lit("")}
    absent = [value.alias(name) for name, value in optional.items() if name not in accounts.columns]
    notices = pl.DataFrame(
        [(item.stage, item.template, item.repeat_days) for item in policy.stages],
        schema={"stage": pl.String, "template": pl.String, "repeat_days": pl.Int64},
        orient="row",
    )
    calls = pl.DataFrame(
        [(item.stage, *call) for item in policy.stages for call in item.call_every_days],
        schema={"stage": pl.String, "segment": pl.String, "call_days": pl.Int64},
        orient="row",
    )
    return (
        accounts.with_columns(absent)
        .join(notices, on="stage", how="left", validate="m:1")
        .join(calls, on=["stage", "segment"], how="left", validate="m:1")
        .with_columns(
            (pl.lit(as_of) - pl.col("last_letter_on")).dt.total_days().alias("letter_days"),
            (pl.lit(as_of) - pl.col("last_call_on")).dt.total_days().alias("call_ago_days"),
            _notice_channel(policy).alias("notice"),
        )
    )


def _notice_channel(policy: TreatmentPolicy) -> pl.Expr:
    contact = {"letter": "has_address", "email": "has_email", "sms": "has_phone"}
    return pl.coalesce(pl.when(contact[name]).then(pl.lit(name)) for name in policy.written)


def _due(accounts: pl.DataFrame, policy: TreatmentPolicy) -> pl.DataFrame:
    """*accounts* with ``channel``, ``template`` and ``reason`` of what is due, before any cap."""
    entered = pl.col("letter_days").is_null() | pl.col("last_letter_stage").ne_missing(
        pl.col("stage")
    )
    recent = pl.col("letter_days").fill_null(policy.letter_gap_days) < policy.letter_gap_days
    repeat = ~entered & (pl.col("letter_days") >= pl.col("repeat_days"))
    writes = pl.col("template").is_not_null()
    notice_due = writes & ((entered & ~recent) | repeat)
    calls = pl.col("call_days").is_not_null()
    call_due = calls & (pl.col("call_ago_days") >= pl.col("call_days")).fill_null(True)
    call_possible = call_due & pl.col("has_phone").fill_null(False)
    reason = (
        pl.when(pl.col("closed").fill_null(False))
        .then(pl.lit("closed"))
        .when((pl.col("balance_minor") <= 0).fill_null(True))
        .then(pl.lit("nothing_owed"))
        .when(~writes & ~calls)
        .then(pl.lit("no_treatment"))
        .when(notice_due & pl.col("notice").is_not_null())
        .then(pl.when(entered).then(pl.lit("stage_entered")).otherwise(pl.lit("repeat")))
        .when(call_possible & pl.col("collector_code").is_not_null())
        .then(pl.lit("call_due"))
        .when(call_possible)
        .then(pl.lit("no_collector"))
        .when(notice_due | call_due)
        .then(pl.lit("no_contact_point"))
        .when(writes & entered)
        .then(pl.lit("recent_letter"))
        .otherwise(pl.lit("not_due"))
    )
    written = pl.col("reason").is_in(["stage_entered", "repeat"])
    channel = (
        pl.when(written)
        .then(pl.col("notice"))
        .when(pl.col("reason") == "call_due")
        .then(pl.lit("call"))
    )
    return accounts.with_columns(reason.alias("reason")).with_columns(
        channel.alias("channel"),
        channel.fill_null("none").alias("action"),
        pl.when(written).then(pl.col("template")).alias("template"),
    )


def _priority(policy: TreatmentPolicy) -> list[pl.Expr]:
    order = {name: position for position, name in enumerate(policy.segments)}
    return [
        pl.col("channel").is_null(),
        pl.col("reason") == "repeat",
        pl.col("segment").replace_strict(order, default=len(order), return_dtype=pl.Int64),
        -pl.col("balance_minor"),
        -pl.col("age_days"),
        pl.col("account_id"),
    ]


def _one_call_a_person(ranked: pl.DataFrame) -> pl.DataFrame:
    """The best-ranked account stands for the person; a second ring the same day helps nobody."""
    call = pl.col("action") == "call"
    turn = call.cast(pl.Int64).cum_sum().over("person_id")
    again = call & (turn > 1) & pl.col("person_id").is_not_null()
    return _withhold(ranked, again, "person_called")


def _cap(ranked: pl.DataFrame, policy: TreatmentPolicy) -> pl.DataFrame:
    letter = pl.col("action") == "letter"
    call = pl.col("action") == "call"
    over = pl.lit(False)
    if policy.letters_max is not None:
        over |= letter & (letter.cast(pl.Int64).cum_sum() > policy.letters_max)
    if policy.calls_per_collector is not None:
        made = call.cast(pl.Int64).cum_sum().over("collector_code")
        over |= call & (made > policy.calls_per_collector)
    return _withhold(ranked, over, "cap")


def _withhold(ranked: pl.DataFrame, which: pl.Expr, reason: str) -> pl.DataFrame:
    return ranked.with_columns(
        pl.when(which).then(pl.lit("none")).otherwise(pl.col("action")).alias("action"),
        pl.when(which).then(pl.lit(reason)).otherwise(pl.col("reason")).alias("reason"),
    )
