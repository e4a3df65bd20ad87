"""A wire that can be cut, silenced, slowed down or have a bit flipped, at a chosen moment."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

Act = Callable[[], None]
Way = Literal["down", "up"]  # from the server to us, from us to the server

_PIECE_BYTES = 65_536
_SLICE_SECONDS = 0.02
_CRAWL_BYTES = 400  # a second


@dataclass
class _Trigger:
    """What to do once so many bytes have gone one *way* and *ready* agrees."""

    act: Act
    way: Way
    left: int
    ready: Callable[[], bool]


class Proxy:
    """Passes every connection to *target*, a port of this machine; ``with`` ends it."""

    def __init__(self, target: int) -> None:
        self.refuses = False
        self.bytes_per_second = 0  # 0: as many as there are
        self._target = target
        self._trigger: _Trigger | None = None
        self._flips = False
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def when(
        self,
        act: Act,
        *,
        way: Way = "down",
        after: int = 0,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """Do *act* once, from its own thread, before what follows the next *after* bytes."""
        with self._lock:
            self._trigger = _Trigger(act, way, after, ready)

    def cut(self) -> None:
        """End every connection."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for wire in sockets:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()

    def stall(self) -> None:
        """Pass nothing more, and close nothing."""
        self._flowing.clear()

    def flip(self) -> None:
        """Pass the next piece with one bit changed."""
        self._flips = True

    def crawl(self) -> None:
        """Go on, but slower than any line."""
        self.bytes_per_second = _CRAWL_BYTES

    def heal(self) -> None:
        """Be an ordinary wire again, for new connections."""
        self._trigger, self._flips = None, False
        self.refuses, self.bytes_per_second = False, 0
        self.cut()
        self._flowing.set()

    def close(self) -> None:
        """Stop listening; no thread and no socket outlives this."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.heal()
        for thread in self._threads:
            thread.join()

    def _start(self, run: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=run, args=given, name="proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                if self.refuses:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:  # closed
                return
            for wire in (client, server):
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._sockets += [client, server]
            self._start(self._pass, server, client, "down")
            self._start(self._pass, client, server, "up")

    def _pass(self, source: socket.socket, sink: socket.socket, way: Way) -> None:
        with suppress(OSError):
            while data := source.recv(_PIECE_BYTES):
                before, due = self._due(way, data)
                self._send(sink, data[:before])
                if due is not None:
                    due()
                self._send(sink, data[before:])
        for wire in (source, sink):
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def _due(self, way: Way, data: bytes) -> tuple[int, Act | None]:
        """How much of *data* may pass before what is due now."""
        with self._lock:
            trigger = self._trigger
            if trigger is None or trigger.way != way:
                return 0, None
            if trigger.left >= len(data) or not trigger.ready():
                trigger.left = max(trigger.left - len(data), 0)
                return 0, None
            self._trigger = None
            return trigger.left, trigger.act

    def _send(self, sink: socket.socket, data: bytes) -> None:
        while data:
            self._flowing.wait()
            piece = data
            if self.bytes_per_second:
                piece = data[: max(1, int(self.bytes_per_second * _SLICE_SECONDS))]
                time.sleep(_SLICE_SECONDS)
            data = data[len(piece) :]
            if self._flips:
                self._flips = False
                middle = len(piece) // 2
                piece = piece[:middle] + bytes([piece[middle] ^ 1]) + piece[middle + 1 :]
            sink.sendall(piece)
