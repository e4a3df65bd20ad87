"""A call that must end by a deadline, even where the library underneath would wait for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType


class Watchdog:
    """Cuts a connection unless the ``with`` block ends in time.

    *cut* is called from another thread; it must make every blocked call of the block fail.
    """

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self.seconds = seconds
        self.expired = False
        self._cut = cut
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Watchdog:
        self.allow(self.seconds)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def allow(self, seconds: float) -> None:
        """Start anew: *seconds* from now."""
        if self._timer is not None:
            self._timer.cancel()
        self.seconds = seconds
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _expire(self) -> None:
        self.expired = True
        self._cut()
