"""camt.052, camt.053 and camt.054 (ISO 20022), read as a stream.

The parser is fed in slices and each entry's element is dropped once read, so the XML tree stays
small whatever the file's size. A document type declaration is refused outright: camt has none, and
it is where external entities and expansion bombs live. XML that is cut or damaged is refused whole,
because the entries behind the damage cannot be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from recupero.statements.camt_balance import read_frame
from recupero.statements.camt_entry import read_entry
from recupero.statements.camt_xml import local_name
from recupero.statements.entry import Entry, Kind, Problem, Statement, StatementFile, gather, unread
from recupero.statements.reasons import Reason, refused

__all__ = ["read_camt"]

_SLICE_BYTES = 1 << 16

#: Message element, without the suffix of version 01, to the message's name.
_MESSAGE = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
_CONTAINER: dict[str, Kind] = {"Rpt": "report", "Stmt": "statement", "Ntfctn": "notification"}
_VERSION = re.compile(r"\{[^}]{0,200}(camt\.05[234]\.[0-9]{3}\.[0-9]{2})\}")


def read_camt(content: bytes) -> StatementFile:
    """Every statement, report or notification of the file, also inside an envelope."""
    # Removing NUL shows the declaration in UTF-16 too; anywhere else the name is not XML either.
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise refused("document_type")
    reader = _Reader()
    for node in _elements(content):
        reader.take(node)
    if not reader.form:
        raise refused("no_message")
    return gather(reader.form, reader.statements, reader.loose)


def _elements(content: bytes) -> Iterator[etree._Element]:
    """Entries, their containers and the message, each when it ends."""
    names = [*_CONTAINER, "Ntry", *_MESSAGE, *(name + "V01" for name in _MESSAGE)]
    parser = etree.XMLPullParser(
        events=("end",),
        tag=["{*}" + name for name in names],
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    content = content.lstrip(b" \t\r\n")  # blank lines before the declaration are not XML
    try:
        for start in range(0, len(content), _SLICE_BYTES):
            parser.feed(content[start : start + _SLICE_BYTES])
            yield from _ended(parser)
        parser.close()
        yield from _ended(parser)
    except etree.XMLSyntaxError as error:
        raise refused("xml_damaged", line=error.lineno or 1) from None


def _ended(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for event in parser.read_events():
        if event[0] == "end":
            yield event[1]


class _Reader:
    """What has been read so far; entries are counted over the file."""

    def __init__(self) -> None:
        self.form = ""
        self.statements: list[Statement] = []
        self.loose: list[Problem] = []
        self._open: dict[etree._Element, tuple[list[Entry], list[Problem]]] = {}
        self._previous: etree._Element | None = None
        self._record = 0

    def take(self, node: etree._Element) -> None:
        name = local_name(node)
        if name == "Ntry":
            self._record += 1
            self._entry(node)
        elif name in _CONTAINER and _in_message(node):
            entries, problems = self._open.pop(node, ([], []))
            number = len(self.statements) + 1
            frame = read_frame(node, _CONTAINER[name], number, entries, problems)
            self.statements.append(frame)
            self._previous = None
            node.clear()
        elif not self.form and (message := _MESSAGE.get(name.removesuffix("V01"))):
            version = _VERSION.match(node.tag)
            self.form = version[1] if version else message

    def _entry(self, node: etree._Element) -> None:
        container = node.getparent()
        if (
            container is None
            or local_name(container) not in _CONTAINER
            or not _in_message(container)
        ):
            self.loose.append(unread(self._record, Reason("outside_statement")))
            return
        entries, problems = self._open.setdefault(container, ([], []))
        entry, wrong = read_entry(node, self._record)
        problems += wrong
        if entry is not None:
            entries.append(entry)
        # The parser still needs the element that has just ended, so its predecessor goes.
        if self._previous is not None and self._previous.getparent() is container:
            container.remove(self._previous)
        self._previous = node


def _in_message(container: etree._Element) -> bool:
    message = container.getparent()
    return message is not None and local_name(message).removesuffix("V01") in _MESSAGE
