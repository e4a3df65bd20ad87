"""A row of the fault matrix: what happens, what must be so then, and the proof of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.faults.servers import OPENSSH
from tests.faults.site import Site

#: A server's name, and why the row does not apply to it.
Unless = Mapping[str, str]

#: OpenSSH is as it is: what other products do can only be played by servers that we can change.
ODD: Unless = {OPENSSH: "not how it behaves"}


@dataclass(frozen=True)
class Row:
    """``proof`` raises where the outcome is another.

    ``slow`` ones are left out of ``make test``; all are in ``make faults``.
    """

    case: str
    outcome: str
    proof: Callable[[Site], None]
    unless: Unless = field(default_factory=dict)
    slow: bool = False
