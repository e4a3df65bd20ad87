"""One function per test a condition may name; each answers with evidence or with what is missing.

Where a fact of the account and a statement of the creditor disagree, the more restrictive wins.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from recupero.rules.exhaust_case import (
    ConditionResult,
    EffortPolicy,
    ExhaustionCase,
    State,
)
from recupero.rules.exhaust_law import Condition

_DAY = timedelta(days=1)
#: Results that show the debtor was not even addressed.
NO_EFFORT = frozenset({"wrong_number", "returned"})


def judge(
    condition: Condition, case: ExhaustionCase, as_of: date, policy: EffortPolicy
) -> ConditionResult:
    """*condition* on *case* as known on *as_of*."""
    if condition.test == "efforts":
        return _efforts(condition, case, as_of, policy)
    return _TESTS[condition.test](condition, case, as_of)


def _answer(
    condition: Condition,
    state: State,
    *evidence: str,
    missing: str | None = None,
    earliest: date | None = None,
    house_rule: str | None = None,
) -> ConditionResult:
    return ConditionResult(
        code=condition.code,
        text=condition.text,
        norm=condition.norm,
        confidence=condition.confidence,
        group=condition.group,
        state=state,
        evidence=evidence if state == "met" else (),
        missing=missing or condition.missing if state != "met" else None,
        earliest_date=earliest,
        house_rule=house_rule,
    )


def _overdue(condition: Condition, case: ExhaustionCase, as_of: date) -> ConditionResult:
    if case.claim_minor <= 0:
        return _answer(condition, "unmet", missing="La cuenta no tiene saldo")
    if case.due_date is None:
        return _answer(condition, "unmet", missing="Fecha de vencimiento")
    if case.due_date < as_of:
        return _answer(condition, "met", _account(case))
    return _answer(condition, "unmet", earliest=case.due_date + _DAY)


def _overdue_months(condition: Condition, case: ExhaustionCase, as_of: date) -> ConditionResult:
    if case.due_date is None:
        return _answer(condition, "unmet", missing="Fecha de vencimiento")
    first = add_months(case.due_date, condition.months) + _DAY
    if first <= as_of and case.claim_minor > 0:
        return _answer(condition, "met", _account(case))
    return _answer(condition, "unmet", earliest=first if first > as_of else None)


def _efforts(
    condition: Condition, case: ExhaustionCase, as_of: date, policy: EffortPolicy
) -> ConditionResult:
    if case.due_date is None:
        return _answer(condition, "unmet", missing="Fecha de vencimiento", house_rule=policy.text)
    made = _documented(case, case.due_date, as_of, policy)
    days = sorted(day for day, _ in made)
    short = policy.minimum_count - len(days)
    first = days[0] if days else max(as_of, case.due_date) + _DAY
    last_needed = first + timedelta(days=policy.span_days)
    if short <= 0 and days[-1] >= last_needed:
        names = [name for _, name in sorted(made)]
        return _answer(condition, "met", *names, house_rule=policy.text)
    lacking = f"{condition.missing}: hay {len(days)} de {policy.minimum_count}"
    if short <= 0:
        lacking = f"{condition.missing}: abarcan menos de {policy.span_days} días"
    return _answer(
        condition,
        "unmet",
        missing=lacking,
        earliest=max(last_needed, as_of + _DAY, case.due_date + _DAY),
        house_rule=policy.text,
    )


def _documented(
    case: ExhaustionCase, due: date, as_of: date, policy: EffortPolicy
) -> list[tuple[date, str]]:
    """Day and evidence id of the efforts and delivered letters after *due*."""
    efforts = [
        (effort.performed_at.date(), f"effort:{effort.effort_id}")
        for effort in case.efforts
        if effort.channel in policy.channels and effort.result not in NO_EFFORT
    ]
    letters = [
        (letter.sent_on, f"letter:{letter.letter_id}")
        for letter in case.letters
        if "letter" in policy.channels and letter.delivery == "delivered"
    ]
    return sorted({(day, name) for day, name in efforts + letters if due < day <= as_of})


def _attested(condition: Condition, case: ExhaustionCase, as_of: date) -> ConditionResult:
    holds, evidence = _statement(condition, case, as_of)
    if holds:
        return _answer(condition, "met", *evidence)
    return _answer(condition, "unmet")


def _max_units(condition: Condition, case: ExhaustionCase, as_of: date) -> ConditionResult:
    values = [
        value
        for value in case.unit_values
        if value.unit == condition.unit and value.in_force_from <= as_of <= value.until
    ]
    if not values:
        missing = f"Valor de la {condition.unit} al {as_of.isoformat()}"
        return _answer(condition, "value_missing", missing=missing)
    value = min(values, key=lambda value: value.amount_minor)
    if case.debtor_total_minor is None or value.currency != case.currency:
        missing = f"Deuda total del deudor en {value.currency}"
        return _answer(condition, "value_missing", missing=missing)
    if case.debtor_total_minor <= condition.most * value.amount_minor:
        named = f"unit:{value.unit}:{value.in_force_from.isoformat()}"
        return _answer(condition, "met", _account(case), named)
    return _answer(condition, "unmet")


def _unrelated(condition: Condition, case: ExhaustionCase, as_of: date) -> ConditionResult:
    return _fact_or_statement(condition, case, as_of, case.related_party)


def _unguaranteed(condition: Condition, case: ExhaustionCase, as_of: date) -> ConditionResult:
    return _fact_or_statement(condition, case, as_of, case.guaranteed)


def _not_renewed(condition: Condition, case: ExhaustionCase, as_of: date) -> ConditionResult:
    """A renewed debt may qualify again once the due date agreed at the renewal has passed."""
    if case.renewed_on is None or case.renewed_on > as_of:
        return _fact_or_statement(condition, case, as_of, None)
    if case.due_date is None or case.due_date <= case.renewed_on:
        return _answer(condition, "unmet", missing="Nuevo vencimiento acordado en la renovación")
    if case.due_date < as_of:
        return _answer(condition, "met", _account(case))
    return _answer(condition, "unmet", earliest=case.due_date + _DAY)


def _fact_or_statement(
    condition: Condition, case: ExhaustionCase, as_of: date, excluding: bool | None
) -> ConditionResult:
    """*excluding* is the account's own fact: True excludes the debt, None says nothing."""
    holds, evidence = _statement(condition, case, as_of)
    if excluding or holds is False:
        return _answer(condition, "unmet")
    account = (_account(case),) if excluding is False else ()
    if account or evidence:
        return _answer(condition, "met", *account, *evidence)
    return _answer(condition, "unmet")


def _statement(
    condition: Condition, case: ExhaustionCase, as_of: date
) -> tuple[bool | None, tuple[str, ...]]:
    """The creditor's latest word and its evidence; on one day a denial outweighs."""
    stated = [
        item
        for item in case.attestations
        if item.attestation == condition.attestation and item.stated_on <= as_of
    ]
    if not stated:
        return None, ()
    last = max(item.stated_on for item in stated)
    latest = [item for item in stated if item.stated_on == last]
    if not all(item.holds and item.evidence_id for item in latest):
        return False, ()
    return True, tuple(sorted({f"attestation:{item.evidence_id}" for item in latest}))


def _account(case: ExhaustionCase) -> str:
    return f"account:{case.account_id}"


def add_months(day: date, months: int) -> date:
    """The same day *months* later, or the month's last day where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


_TESTS: dict[str, Callable[[Condition, ExhaustionCase, date], ConditionResult]] = {
    "overdue": _overdue,
    "overdue_months": _overdue_months,
    "attested": _attested,
    "max_units": _max_units,
    "unrelated": _unrelated,
    "unguaranteed": _unguaranteed,
    "not_renewed": _not_renewed,
}
