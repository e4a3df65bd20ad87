"""Which of the encodings a profile may declare the bytes of a sample are in."""

from __future__ import annotations

import codecs
import re

from recupero.errors import FileRefused
from recupero.profiles.drafting.entry import Entry

#: Letters of Spanish as old DOS programs wrote them (code page 850), read as latin-1.
_DOS_LETTERS = re.compile("[A-Za-z][\xa0-\xa5\x82\x90\x81][A-Za-z]")
_SAMPLE_BYTES = 4096


def decoded(content: bytes, said: str | None = None) -> tuple[str, Entry]:
    """The text, and the entry ``encoding``, by the one *said* if any.

    Raises ``FileRefused`` for what is none we read.
    """
    found = None if said is None else (said, said, "as said")
    found = found or _marked(content)
    if found is None and content.isascii():
        because = "there is no accent in it: latin-1 and cp1252 would read it the same"
        return content.decode("ascii"), Entry("encoding", "utf-8", "guess", because)
    name, codec, because = found or ("utf-8", "utf-8", "its accents are those of UTF-8")
    try:
        return content.decode(codec), Entry("encoding", name, "certain", because)
    except (UnicodeDecodeError, LookupError):
        if found is None:
            return _of_single_bytes(content)
        raise FileRefused(f"is not text in {name}: cut or damaged", rule="undecodable") from None


def _marked(content: bytes) -> tuple[str, str, str] | None:
    """Encoding, codec and reason, where marks of Unicode or empty bytes tell them."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8", "utf-8-sig", "it begins with its mark"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "utf-16", "it begins with its mark"
    sample = content[:_SAMPLE_BYTES]
    low, high = sample[::2].count(0), sample[1::2].count(0)
    if max(low, high) * 3 <= len(sample):
        return None
    name, codec = ("utf-16-be", "utf-16-be") if low > high else ("utf-16", "utf-16-le")
    return name, codec, "every other byte is empty"


def _of_single_bytes(content: bytes) -> tuple[str, Entry]:
    text = content.decode("latin-1")
    if _DOS_LETTERS.search(text):
        raise FileRefused(
            "looks like an old DOS code page (850), which is not read",
            mend="have it written in utf-8 or latin-1",
            rule="undecodable",
        )
    if not re.search("[\x80-\x9f]", text):
        because = "its accents are single bytes; cp1252 would read this sample the same"
        return text, Entry("encoding", "latin-1", "guess", because)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused("is in no encoding that is read", rule="undecodable") from None
    because = "it has signs that latin-1 does not have"
    return text, Entry("encoding", "cp1252", "guess", because)
