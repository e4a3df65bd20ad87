"""What a conducted step tells of an error, and that a signal stays one."""

from __future__ import annotations

import traceback

import pytest

from recupero.errors import Fault
from recupero.steps.lease import LEASE_SECONDS

pytestmark = pytest.mark.usefixtures("conducted")


def test_an_unforeseen_error_keeps_the_values_it_stumbled_over_to_itself() -> None:
    from tasks.conducted import conducted

    @conducted("stumble", 1)
    def stumble(institution: str) -> int:
        return int(institution)  # its message quotes the value

    name = "María Pérez"
    with pytest.raises(Fault, match=r"test_conducted\.py:\d+: ValueError") as caught:
        stumble.fn(name)
    assert name not in "".join(traceback.format_exception(caught.value))


def test_a_signal_is_not_lost_in_the_error_it_causes() -> None:
    from tasks.conducted import conducted

    @conducted("cut off", 1)
    def cut_off(institution: str) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise ValueError(institution)  # as a rollback in the middle of a query does

    with pytest.raises(KeyboardInterrupt):
        cut_off.fn("banco-andino")


def test_a_step_is_tried_for_longer_than_a_dead_worker_holds_its_lease() -> None:
    from tasks.conducted import RETRY_SECONDS

    assert sum(RETRY_SECONDS) > LEASE_SECONDS
