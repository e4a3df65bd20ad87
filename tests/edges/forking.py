"""Run by `console`: has the libraries imported, and forks for every command it is asked for.

Most of a short command's time goes into importing what others wrote. What is ours is not imported
here: each command does it for itself, in the order of a process of its own, and ends as one does,
but for taking to pieces all that was imported, which takes as long as a short command.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import socket
import sys

_LIBRARIES = (
    "alembic.command", "asyncio", "cryptography.hazmat.primitives.ciphers.aead", "fontTools.subset",
    "fpdf", "holidays", "logging.config", "lxml.etree", "pandas", "paramiko", "phonenumbers",
    "polars", "psycopg", "pydantic_settings", "python_calamine", "segno",
    "sqlalchemy.dialects.postgresql.psycopg", "typer.main", "xlsxwriter",
)  # fmt: skip


def serve(channel: socket.socket) -> None:
    """Fork for each order until nobody asks more; returns only where a command is to be run."""
    while True:
        order, streams, _, _ = socket.recv_fds(channel, 1 << 20, 3)
        if not order:
            os._exit(0)
        forked = os.fork()
        if forked == 0:
            channel.close()
            return become(streams, **json.loads(order))
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(forked, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(
    streams: list[int], folder: str, environment: dict[str, str], arguments: list[str]
) -> None:
    """What the shell makes of a process before the command begins."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["recupero", *arguments]


def leave(code: object) -> None:
    """Called after all else that is to happen at the end of a process."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    code: object = 1  # of an error that nobody caught
    atexit.register(lambda: leave(code))  # what is registered first is called last
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends who asks, and that ends this
    for library in _LIBRARIES:
        importlib.import_module(library)
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
    from deployments.cli.main import run

    try:
        run()
    except SystemExit as ended:
        code = ended.code
