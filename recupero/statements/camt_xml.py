"""Walking camt elements by local name: every bank has its own namespace, or none."""

from __future__ import annotations

import re

from lxml import etree

from recupero.money import EXPONENT
from recupero.statements.amounts import read_minor
from recupero.statements.reasons import refused

__all__ = ["children", "choice_of", "local_name", "signed_minor", "text_at", "text_of"]

_CURRENCY = re.compile(r"[A-Z]{3}")


class _LocalNames(dict[str, str]):
    """Local name by full tag, worked out once a tag; a file has a few hundred tags at most."""

    def __missing__(self, tag: str) -> str:
        if len(self) > 10_000:
            self.clear()
        name = self[tag] = tag.rpartition("}")[2]
        return name


_local_names = _LocalNames()


def local_name(node: etree._Element) -> str:
    return _local_names[node.tag]


def children(node: etree._Element | None) -> dict[str, etree._Element]:
    """The first child of each name."""
    if node is None:
        return {}
    return {_local_names[child.tag]: child for child in reversed(node)}


def text_of(node: etree._Element | None) -> str:
    """The element's text; "" if it holds elements, since part of the text is not the text."""
    if node is None or len(node):
        return ""
    text = node.text
    return text.strip() if text else ""


def choice_of(node: etree._Element | None) -> str:
    """The text of a choice (``Cd`` or ``Prtry``, ``Dt`` or ``DtTm``), or of the element itself."""
    if node is None:
        return ""
    return text_of(node[0]) if len(node) else text_of(node)


def text_at(node: etree._Element | None, *path: str) -> str:
    """The text at the end of *path*, through the first child of each name."""
    for name in path:
        node = children(node).get(name)
    return text_of(node)


def signed_minor(amount: etree._Element | None, direction: str) -> tuple[int, str]:
    """Signed minor units and currency of an ``Amt``."""
    if amount is None:
        raise refused("amount_missing")
    currency = amount.get("Ccy") or ""
    if currency not in EXPONENT and not _CURRENCY.fullmatch(currency):
        raise refused("currency_missing")
    amount_minor = read_minor(text_of(amount), currency, ".")
    if direction not in ("CRDT", "DBIT"):
        raise refused("direction_missing")
    return (amount_minor if direction == "CRDT" else -amount_minor), currency
