"""Where the outside world changes: the points at which a crash would matter.

Everything that commits, renames or asks a remote server to act does so inside :func:`effect`.
Nothing listens in production. The kill-and-rerun harness in ``tests/chaos`` installs an
observer, discovers every point of a run through it, and kills the process at each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Observer = Callable[[str], None]

_observer: Observer | None = None


def observe(observer: Observer | None) -> None:
    """Call *observer* with the name of each point reached from now on, or stop with ``None``."""
    global _observer
    _observer = observer


@contextmanager
def effect(name: str) -> Iterator[None]:
    """Mark a change of durable state, for example ``"commit"`` or ``"vault.place"``.

    The observer hears ``before name`` and, where the body did not raise, ``after name``.
    """
    if _observer is not None:
        _observer(f"before {name}")
    yield
    if _observer is not None:
        _observer(f"after {name}")
