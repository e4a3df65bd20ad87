"""How a command ends: an exit code and at most one line on stderr, never a traceback.

0 done, 1 findings, 2 refused, 70 our own fault; 130 and 141, as shells expect, when somebody
pressed Ctrl-C (or sent SIGTERM, which ends a command in the same order) or stopped reading.
"""

from __future__ import annotations

import errno
import os
import secrets
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import typer

from recupero.errors import RecuperoError

FAULT, INTERRUPTED, NOT_READ = 70, 130, 141

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def guarded(action: Callable[[], int]) -> int:
    """Run *action* and return the exit code; whatever goes wrong is one line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = action()
        sys.stdout.flush()
        return code
    except typer.Exit as ended:
        return ended.exit_code
    except typer.TyperException as misuse:
        return _refuse(_advice(misuse), misuse.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _refuse("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # What is still buffered must not raise again when the interpreter closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_READ
    except RecuperoError as error:
        return (
            _incident(error) if error.exit_code == FAULT else _refuse(str(error), error.exit_code)
        )
    except OSError as error:
        return _refuse(str(error.strerror), 2) if error.errno in _NO_ROOM else _incident(error)
    except Exception as error:
        return _incident(error)


def heed_signals() -> None:
    """From now on SIGTERM ends this process as Ctrl-C does: what was started is stopped first.

    Ctrl-C too is set here, because shells start what runs in the background deaf to it.
    """
    for number in _STOPPING:
        signal.signal(number, _interrupt)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals wait until its end: Prefect, while it is imported, would swallow them and go on."""
    asked: list[int] = []
    before = [
        signal.signal(each, lambda number, _frame: asked.append(number)) for each in _STOPPING
    ]
    try:
        yield
    finally:
        for number, handler in zip(_STOPPING, before, strict=True):
            signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt


def ignore_signals() -> None:
    """The command has ended: a second Ctrl-C must not leave a trace of what ends by itself."""
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)


def log_file() -> Path:
    """Where incidents are written; also when the settings cannot be read."""
    home = Path(os.environ.get("RECUPERO_HOME") or "var").expanduser().absolute()
    return home / "logs" / "recupero.log"


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _refuse(message: str, code: int) -> int:
    line = " ".join(message.split())
    plain = "".join(char if char.isprintable() else "?" for char in line)
    sys.stderr.write(f"recupero: {plain}\n")
    return code


def _advice(misuse: typer.TyperException) -> str:
    context = getattr(misuse, "ctx", None)
    told = misuse.format_message()
    return f"{told} ({context.command_path} --help)" if context is not None else told


def _incident(error: BaseException) -> int:
    """Write the trace to the log under a new id, and name both."""
    number = secrets.token_hex(4)
    path = log_file()
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')} incident {number}", *_trace(error)]
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write("\n".join(lines) + "\n")
        where = f"see {path}"
    except OSError as problem:
        where = f"{path} cannot be written: {problem.strerror}"
    return _refuse(f"our own fault, incident {number} ({where})", FAULT)


def _trace(error: BaseException) -> Iterator[str]:
    """Types and places, cause first. Only our own errors promise to hold no debtor's data, so the
    message of any other is left out, and so are arguments and local values."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _trace(before)
        yield "  which led to"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield f"  {type(error).__module__}.{type(error).__qualname__}{_harmless(error)}"


def _harmless(error: BaseException) -> str:
    if isinstance(error, RecuperoError):
        return f": {error}"
    if isinstance(error, OSError) and error.strerror is not None:
        return f": {error.strerror}"
    return ""
