"""Becomes another program: as someone PostgreSQL accepts to run as, ending with its starter.

Run as a file, ``python -I -S launch.py IDENTITY PARENT PROGRAM ARGUMENT…``; it needs the standard
library only. IDENTITY is ``own``, ``namespace`` (root seen as nobody, nothing changes on disk) or
``drop`` (really nobody). PARENT is the process whose end interrupts the program (fast shutdown
for PostgreSQL), or 0. Exit 77: the system refuses that identity.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from pathlib import Path

NOBODY = 65534
REFUSED = 77
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


def line(program: str, *arguments: str, identity: str = "own", parent: int = 0) -> list[str]:
    """The command line that becomes *program*; with *parent*, it ends when that process does.

    Only the main thread lives as long as its process, and the kernel watches the thread: from any
    other thread the program is started without that tie.
    """
    if threading.current_thread() is not threading.main_thread():
        parent = 0
    launcher = [sys.executable, "-I", "-S", __file__, identity, str(parent)]
    return [*launcher, program, *arguments]


def enter_namespace() -> None:
    """See this user as nobody; PostgreSQL refuses to run as root.

    Raises ``OSError`` where the kernel or a container's policy refuses.
    """
    user, group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    # The kernel takes a group map from an unprivileged process only without setgroups.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")


def drop_privileges() -> None:
    """Become nobody for good."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def end_with(parent_pid: int) -> None:
    """Ask the kernel to interrupt this process when the thread that started it ends."""
    if sys.platform != "linux":
        return
    # After the change of identity: that change clears the request.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT))
    if os.getppid() != parent_pid:
        sys.exit(REFUSED)


def main(identity: str, parent: str, *command: str) -> None:
    """Take the identity and become the command."""
    try:
        if identity == "namespace":
            enter_namespace()
        elif identity == "drop":
            drop_privileges()
    except (OSError, AttributeError):
        sys.exit(REFUSED)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background shell's children ignore it
    if parent != "0":
        end_with(int(parent))
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
