"""The fault matrix as a document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.faults.matrix import MATRIX, PARTS
from tests.faults.row import Row
from tests.faults.servers import SERVERS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
OK = "ok"

_HEAD = """# Faults of the exchange

What happens when a wire, a file, a server or a process fails. Each case is played on real SFTP
connections, with whole steps on a real database, against three servers: the embedded one, OpenSSH,
and asyncssh. `make faults` plays all of them and writes this page; `make test` plays each case on
one of the servers in turn, but the slowest. "Registered" is recorded with its bytes in the vault;
"the next try" is made by the night itself, or by the next night. Whatever happens, no wait is
without an end, no paper is visible by half, and no file is registered twice.

A dash: the case does not apply, for the reason beside it. What other products are known for is
played by the embedded server and by asyncssh's.
"""

_LIMITS = """## What no client can promise over SFTP

- A file overwritten in place, its size and time put back, cannot be told from the first without a
  side file. Ask institutions for `.sha256` files, or for uploads that are renamed into place.
- SFTP has no way to move a file only if it is still the same. A version that slips in between our
  last look and the move is given back; if the worker dies between those two, by the next try.
- Where the reply to a paper's last rename is lost and the institution has taken the paper before
  we look again, nobody can tell whether it arrived: it is uncertain until somebody has asked.
"""


def cell_id(row: Row, server: str) -> str:
    """What a case on a server is called."""
    return f"{MATRIX.index(row) + 1}-{server}"


def rendered(told: Callable[[Row, str], str]) -> str:
    """The document, each cell filled with what is *told* of its row and server."""
    parts = [_HEAD]
    for title, rows in PARTS.items():
        head = ["Case", "Required outcome", *SERVERS]
        lines = [head, ["---"] * len(head)]
        lines += [
            [row.case, row.outcome, *(_cell(row, one, told) for one in SERVERS)] for row in rows
        ]
        parts.append(
            f"## {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
        )
    return "\n".join([*parts, _LIMITS])


def _cell(row: Row, server: str, told: Callable[[Row, str], str]) -> str:
    return f"— ({row.unless[server]})" if server in row.unless else told(row, server)
