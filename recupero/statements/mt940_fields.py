"""The tags of a SWIFT MT940 or MT942 text, with blocks, bank headers and line breaks taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Field", "decode", "read_fields"]

#: The tags of both messages, and :NS: of German banks. Anything else between colons is text that
#: happened to be wrapped there, such as the minutes of a time.
_TAG = re.compile(r":(20|21|25P?|28C?|60[FM]|61|86|62[FM]|64|65|34F|13D?|90[CD]|NS):(.*)")

#: Control characters around SWIFT blocks (SOH, ETX), DOS end of file, byte order mark.
_FRAME = "\x00\x01\x02\x03\x1a\ufeff"
_BLOCK = ("-}", "{1:", "{2:", "{3:", "{4:", "{5:")


@dataclass(frozen=True, slots=True)
class Field:
    """One tag. ``line`` is the physical line of the tag, 1-based; ``lines`` starts beside it."""

    tag: str
    line: int
    lines: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.lines[0].strip()

    @property
    def raw(self) -> str:
        return f":{self.tag}:" + "\n".join(self.lines)


def decode(content: bytes) -> str:
    """UTF-16 where marked, else UTF-8, else Latin-1, which reads any byte; line breaks as LF."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_fields(text: str) -> Iterator[Field]:
    """The tags in order; text before the first one or between two messages belongs to none."""
    tag, start, lines = "", 0, [""]
    for number, line in enumerate(text.split("\n"), start=1):
        # NUL is the one character that a PostgreSQL text cannot hold.
        content = line.strip(_FRAME).replace("\x00", "␀")
        after_block = _after_block(content)
        match = _TAG.fullmatch(content if after_block is None else after_block)
        if match is None and after_block is None:
            lines.append(content)
            continue
        if tag:
            # A message may end by a dash alone; inside a text the same dash is text.
            ended = after_block is not None or (match is not None and match[1] == "20")
            yield Field(tag, start, _until_dash(lines) if ended else tuple(lines))
        tag, start, lines = (match[1], number, [match[2]]) if match else ("", 0, [""])
    if tag:
        yield Field(tag, start, _until_dash(lines))


def _after_block(line: str) -> str | None:
    """What follows the header of a text block on the same line; None for an ordinary line."""
    if not line.startswith(_BLOCK):
        return None
    _, header, rest = line.rpartition("{4:")
    return rest if header else ""


def _until_dash(lines: list[str]) -> tuple[str, ...]:
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "-":
            return tuple(lines[:index])
    return tuple(lines)
