"""What a conducted step tells of an error, and that a signal stays one."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime

import pytest

from recupero.errors import DeliveryConflict, ExchangeError, Fault, FileMoved, RemoteSlow
from recupero.steps.lease import LEASE_SECONDS
from recupero.store.incidents import Incident

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


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RemoteSlow("gave no answer in 30 s", "10.0.0.1:22 inbox/PEREZ 123.txt"),
         "10.0.0.1:22 inbox: gave no answer in 30 s"),
        (DeliveryConflict("exists", "a/b/ACUSE_PEREZ-123.pdf", "move it"), "a/b: exists (move it)"),
        (FileMoved("went before it was read", "/PEREZ 123.txt"), "went before it was read"),
        (RemoteSlow("holds more entries", "10.0.0.1:22 inbox/"),
         "10.0.0.1:22 inbox: holds more entries"),
        (RemoteSlow("cannot be reached", "10.0.0.1:22"), "10.0.0.1:22: cannot be reached"),
    ],
)  # fmt: skip
def test_an_error_of_the_wire_tells_the_folder_never_the_file(
    error: ExchangeError, told: str
) -> None:
    from tasks.conducted import conducted

    @conducted("break", 1)
    def broken(institution: str) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        broken.fn("banco-andino")
    assert str(caught.value) == told
    assert "PEREZ" not in "".join(traceback.format_exception(caught.value))


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


def test_a_signal_while_telling_is_not_lost_in_what_it_cuts_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tasks import incident

    def cut_off(_incident: object) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise ConnectionError

    now = datetime(2026, 11, 23, 7, tzinfo=UTC)
    monkeypatch.setattr(incident, "_tell", cut_off)
    with pytest.raises(KeyboardInterrupt):
        incident.tell(Incident("banco-andino", "inbox", "slow", 1, "x", 1, now, now, None))


def test_a_step_is_tried_for_longer_than_a_dead_worker_holds_its_lease() -> None:
    from tasks.conducted import RETRY_SECONDS

    assert sum(RETRY_SECONDS) > LEASE_SECONDS
