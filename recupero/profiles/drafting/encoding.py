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
    if said is not None:
        try:
            return content.decode(said), _entry(said, "certain", "as said")
        except (UnicodeDecodeError, LookupError):
            raise FileRefused(f"is not text in {said}", rule="undecodable") from None
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig"), _entry("utf-8", "certain", "it begins with its mark")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16"), _entry("utf-16", "certain", "it begins with its mark")
    sample = content[:_SAMPLE_BYTES]
    low, high = sample[::2].count(0), sample[1::2].count(0)
    if max(low, high) * 3 > len(sample) > 0:
        name, codec = ("utf-16-be", "utf-16-be") if low > high else ("utf-16", "utf-16-le")
        return content.decode(codec), _entry(name, "certain", "every other byte is empty")
    if content.isascii():
        because = "there is no accent in it: latin-1 and cp1252 would read it the same"
        return content.decode("ascii"), _entry("utf-8", "guess", because)
    try:
        return content.decode("utf-8"), _entry("utf-8", "certain", "its accents are those of UTF-8")
    except UnicodeDecodeError:
        return _of_single_bytes(content)


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
        return text, _entry("latin-1", "guess", because)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused("is in no encoding that is read", rule="undecodable") from None
    return text, _entry("cp1252", "guess", "it has signs that latin-1 does not have")


def _entry(name: str, sure: str, because: str) -> Entry:
    return Entry("encoding", name, "certain" if sure == "certain" else "guess", because)
