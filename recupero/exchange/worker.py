"""Which process of which machine this is, so that another can tell that it is gone.

A lease would otherwise have to run out after every crash before the work could go on.
"""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def this_worker() -> str:
    """``machine/namespace/process/start``, unique as long as the machine runs.

    Where the system does not say (no ``/proc``) machine and start stay empty, and nobody can tell
    that this worker is gone.
    """
    try:
        started = _started(os.getpid())
    except OSError:
        started = ""
    return "/".join([this_machine(), _namespace(), str(os.getpid()), started])


def is_gone(worker: str) -> bool:
    """Whether *worker* was a process of this very machine that no longer runs.

    False also where it cannot be known: another machine, another container's processes.
    """
    machine, namespace, process, start = (worker.split("/") + [""] * 4)[:4]
    here = (machine, namespace) == (this_machine(), _namespace())
    if not here or not machine or not start or not process.isdecimal():
        return False
    try:
        return _started(int(process)) != start
    except (FileNotFoundError, ProcessLookupError):
        return not _runs(int(process))
    except OSError:
        return False


def this_machine() -> str:
    """The kernel's identity since it was started; empty where it is not told."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    """Containers share a kernel, and may give one number to two processes."""
    try:
        return os.readlink(_PROC / "self/ns/pid")
    except OSError:
        return ""


def _started(process: int) -> str:
    """When a process began, in ticks since the machine did.

    Numbers of processes are used again, a number and its start are not.
    """
    status = (_PROC / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
    after_name = status.rpartition(")")[2].split()
    return after_name[19]


def _runs(process: int) -> bool:
    """Whether there is such a process, also where the system hides it from others."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
