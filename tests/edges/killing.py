"""What happens at the points at which a crash would matter, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recupero import durable


class Killed(BaseException):
    """Stands for the end of the process."""


@contextmanager
def observed(observer: durable.Observer) -> Iterator[None]:
    durable.observe(observer)
    try:
        yield
    finally:
        durable.observe(None)


def at(number: int, act: Callable[[], None]) -> durable.Observer:
    """Does *act* at that point, and hears nothing of what it does itself."""
    points = iter(range(number, -1, -1))

    def observer(_point: str) -> None:
        if next(points, None) == 0:
            durable.observe(None)
            act()
            durable.observe(observer)

    return observer


def end() -> None:
    raise Killed


def points_of(act: Callable[[], object]) -> int:
    points: list[str] = []
    with observed(points.append):
        act()
    return len(points)
