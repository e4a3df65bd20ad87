"""Which format a bank file is, by its content: names and endings mean nothing at banks."""

from __future__ import annotations

import re

from recupero.statements.entry import StatementFile
from recupero.statements.mt940 import looks_like_mt940, read_mt940
from recupero.statements.mt940_fields import decode
from recupero.statements.reasons import Reason, refused

__all__ = ["read_statements"]

_HEAD_BYTES = 4096

#: What may stand in a file that says nothing: marks of Unicode and ends of file too.
_BLANK = "\ufeff\0\x1a \t\r\n"

#: Beginnings that tell a reader what the file is instead, so that the refusal can say it.
_OTHERS: tuple[tuple[re.Pattern[str], str | Reason], ...] = (
    (re.compile(r"PK\x03\x04|\x1f\x8b"), Reason("archive")),
    (re.compile(r"OFXHEADER|<OFX|<\?OFX"), "OFX"),
    (re.compile(r"01,[^,\n]{0,40},"), "BAI2"),
    (re.compile(r"%PDF"), Reason("pdf")),
)


def read_statements(content: bytes) -> StatementFile:
    """Read a camt.052, camt.053, camt.054, MT940 or MT942 file; refuse anything else."""
    if not decode(content[:_HEAD_BYTES]).strip(_BLANK) and not decode(content).strip(_BLANK):
        raise refused("empty")
    head = decode(content[:_HEAD_BYTES]).lstrip("\ufeff\0 \t\n")
    other = next((name for pattern, name in _OTHERS if pattern.match(head)), None)
    if other is None and "<OFX>" in head:
        other = "OFX"
    if other is not None:
        raise refused("other_format", form=other)
    if head.replace("\0", "").startswith("<"):
        # lxml is loaded only for the files that need it.
        from recupero.statements.camt import read_camt

        return read_camt(content)
    text = decode(content)
    if looks_like_mt940(text):
        return read_mt940(text)
    raise refused("unknown_format", mend="table_needs_profile")
