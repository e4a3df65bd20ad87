"""Does an institution's write-off instruction stand? Only an instruction writes a claim off.

The opinion is ours, the decision is the institution's: an instruction without a met opinion is
booked with a remark, unless it rests on a proposal of ours, which needs one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from recupero.rules.exhaust import Opinion

Reason = Literal[
    "account_unknown",
    "no_resolution",
    "decided_later",
    "amount_not_positive",
    "nothing_to_write_off",
    "amount_differs",
    "proposal_unknown",
    "proposal_of_another_account",
    "opinion_not_met",
]
Remark = Literal["no_opinion", "opinion_not_met"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """A write-off instruction; ``resolution`` is the board or minutes reference."""

    account_id: int | None
    amount_minor: int
    decided_on: date
    resolution: str
    proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What we proposed to write off, by document."""

    document_id: str
    account_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Review:
    """``difference_minor`` is instructed minus balance; ``remark`` goes to the report."""

    accepted: bool
    reason: Reason | None
    difference_minor: int
    remark: Remark | None = None


def review_instruction(
    instruction: Instruction,
    opinion: Opinion | None,
    balance_minor: int,
    proposal: Proposal | None,
    booked_on: date | None = None,
    *,
    opinion_required: bool = False,
) -> Review:
    """Accept or refuse *instruction* against the claim's balance at booking (minor units).

    *opinion* and *proposal* are those the instruction names or the latest known, None if there
    are none. *booked_on* is the business date; a decision may not be dated after it. With
    *opinion_required* (the contract says so) an instruction without a met opinion is refused.
    """
    if opinion is not None and opinion.account_id != instruction.account_id:
        opinion = None
    difference_minor = instruction.amount_minor - balance_minor
    reason = _reason(instruction, opinion, balance_minor, proposal, booked_on)
    if reason is None and opinion_required and (opinion is None or not opinion.met):
        reason = "opinion_not_met"
    if reason:
        return Review(False, reason, difference_minor)
    remark: Remark | None = None
    if opinion is None:
        remark = "no_opinion"
    elif not opinion.met:
        remark = "opinion_not_met"
    return Review(True, None, difference_minor, remark)


def _reason(
    instruction: Instruction,
    opinion: Opinion | None,
    balance_minor: int,
    proposal: Proposal | None,
    booked_on: date | None,
) -> Reason | None:
    if instruction.account_id is None:
        return "account_unknown"
    if not instruction.resolution.strip():
        return "no_resolution"
    if booked_on is not None and instruction.decided_on > booked_on:
        return "decided_later"
    if instruction.amount_minor <= 0:
        return "amount_not_positive"
    if balance_minor <= 0:
        return "nothing_to_write_off"
    if instruction.proposal is not None:
        if proposal is None or proposal.document_id != instruction.proposal:
            return "proposal_unknown"
        if proposal.account_id != instruction.account_id:
            return "proposal_of_another_account"
        if opinion is None or not opinion.met:
            return "opinion_not_met"
    if instruction.amount_minor != balance_minor:
        return "amount_differs"
    return None
