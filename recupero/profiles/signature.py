"""What the bytes of a file say it is, where that is not the text agreed on.

Only ever for the answer: a file is read as its layout declares or not at all.
"""

from __future__ import annotations

import codecs
import re

from recupero.errors import FileRefused
from recupero.profiles.layout import Layout

#: First bytes, what they are (Spanish, after "el archivo ") and what to do about it.
_BEGINNINGS = (
    (b"\x1f\x8b", "está comprimido (gzip)", "envíelo sin comprimir, o termine su nombre en .gz"),
    (b"BZh", "está comprimido (bzip2)", "envíelo sin comprimir"),
    (b"\xfd7zXZ\0", "está comprimido (xz)", "envíelo sin comprimir"),
    (b"7z\xbc\xaf'\x1c", "está comprimido (7z)", "envíelo sin comprimir"),
    (b"Rar!\x1a\x07", "está comprimido (rar)", "envíelo sin comprimir"),
    (b"-----BEGIN PGP", "está cifrado (PGP)", "termine su nombre en .pgp si así se acordó"),
    (b"%PDF-", "es un PDF", "envíe los datos en el formato acordado"),
)
_ZIP = b"PK\x03\x04"
#: Excel up to 2003, and every workbook with a password.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: How to make a file the workbook agreed on, by format.
BOOKS = {
    "xlsx": "ábralo en Excel, guárdelo como libro de Excel (.xlsx), sin contraseña,",
    "xls": "ábralo en Excel, guárdelo como libro de Excel 97-2003 (.xls), sin contraseña,",
    "ods": "ábralo en LibreOffice, guárdelo como hoja de OpenDocument (.ods), sin contraseña,",
}

#: What a file may consist of and yet say nothing; Ctrl-Z ended files of old DOS programs.
_NOTHING = b" \t\r\n\0\x1a"
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BEFORE_MARKUP = codecs.BOM_UTF8 + b" \t\r\n"

#: Letters of Spanish and typographic marks as UTF-8 writes them. Latin-1 text has no such pairs.
_UTF8_LETTERS = re.compile(
    rb"[\xc2\xc3][\x80-\xbf]|\xe2\x80[\x80-\xbf]|\xef\xbf\xbd|\xcc[\x80-\x9f]"
)
#: How much of a file the form of its bytes is judged by.
_SAMPLE_BYTES = 4096


def refuse_foreign(layout: Layout, content: bytes) -> None:
    """Raise ``FileRefused`` where *content*, or the head of it, is no text of the encoding agreed.

    Rule ``empty`` or ``undecodable``. Silent about bytes that say nothing.
    """
    _refuse_empty(content)
    _refuse_packed(content)
    book = f"guárdelo como texto {layout.encoding}, en el formato acordado"
    if content.startswith(_ZIP):
        if b"xl/" in content or b"[Content_Types].xml" in content:
            raise _refused("es un libro de Excel y no el texto acordado", book)
        mend = "envíelo sin comprimir, o termine su nombre en .zip"
        raise _refused("está comprimido (zip)", mend)
    if content.startswith(_OLE):
        raise _refused("es un libro de Excel y no el texto acordado", book)
    if _is_html(content):
        raise _refused("es una página HTML y no el texto acordado", book)
    _refuse_unicode(layout, content)


def refuse_no_book(content: bytes, form: str) -> None:
    """Raise ``FileRefused`` (``empty``, ``undecodable``) for what is no workbook of format *form*.

    Which of the workbooks in a zip it is, nothing here tells.
    """
    _refuse_empty(content)
    _refuse_packed(content)
    mend = f"{BOOKS[form]} y envíelo de nuevo"
    named = "con nombre de OpenDocument" if form == "ods" else "con nombre de Excel"
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise _refused("es un libro de Excel protegido con contraseña", mend)
        if form != "xls":
            raise _refused(f"es un libro de Excel 97-2003 (xls) y no {form}", mend)
        return
    if _is_html(content):
        raise _refused(f"es una tabla HTML {named}", mend)
    if content.lstrip(_BEFORE_MARKUP).startswith(b"<?xml"):
        raise _refused(f"es una hoja XML de Excel 2003 y no {form}", mend)
    if not content.startswith(b"PK"):
        raise _refused(f"es un texto (CSV) {named}", mend)
    if form == "xls":
        raise _refused("es un libro xlsx u ods, o un zip, y no xls", mend)


def refuse_utf8(layout: Layout, content: bytes) -> None:
    """Raise ``FileRefused`` (``undecodable``) for UTF-8 where a code of single bytes was agreed.

    Read as agreed it is text too, with every accent as two characters: in a fixed width that
    moves the columns. All of *content* is needed: lines of both kinds are judged one by one.
    """
    if layout.encoding not in ("latin-1", "cp1252") or content.isascii():
        return
    try:
        content.decode("utf-8")  # fails at the first accent of any other text
    except UnicodeDecodeError:
        return
    found = _UTF8_LETTERS.search(content)
    if found is None:
        return
    line_number = content.count(b"\n", 0, found.start()) + 1
    raise _refused(
        f"está en utf-8 y se acordó {layout.encoding}: cada tilde llega como dos caracteres",
        f"guárdelo en {layout.encoding}",
        f"línea {line_number}",
    )


def _refuse_empty(content: bytes) -> None:
    # Only a blank beginning makes it worth looking at all of a big file.
    if _says_nothing(content[:_SAMPLE_BYTES]) and _says_nothing(content):
        raise FileRefused(
            "el archivo está vacío", mend="envíe el archivo con sus datos", rule="empty"
        )


def _says_nothing(content: bytes) -> bool:
    """Whether there is nothing but blanks, after a mark of Unicode or none."""
    for mark in _MARKS:
        content = content.removeprefix(mark)
    return not content.strip(_NOTHING)


def _refuse_packed(content: bytes) -> None:
    """Refuse what is compressed, encrypted or printed."""
    for beginning, what, mend in _BEGINNINGS:
        if content.startswith(beginning):
            raise _refused(what, mend)


def _is_html(content: bytes) -> bool:
    start = content.lstrip(_BEFORE_MARKUP)[:64].lower()
    return start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style"))


def _refuse_unicode(layout: Layout, content: bytes) -> None:
    """Marks and NULs of Unicode, and ends of lines, that the layout does not have."""
    mend = f"guárdelo en {layout.encoding}"
    agreed = f"y se acordó {layout.encoding}"
    sample = content[:_SAMPLE_BYTES]
    has_mark = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if layout.encoding in ("utf-16", "utf-16-be"):
        high_first = sample[::2].count(0) > sample[1::2].count(0)
        if not has_mark and _is_wide(sample) and high_first != (layout.encoding == "utf-16-be"):
            raise _refused(f"está en utf-16 con los bytes en el otro orden {agreed}", mend)
        return
    if has_mark or _is_wide(sample):
        raise _refused(f"está en utf-16 {agreed}", mend)
    if layout.encoding != "utf-8" and content.startswith(codecs.BOM_UTF8):
        marked = "comienza con la marca de Unicode (BOM) de utf-8"
        raise _refused(f"{marked} {agreed}", f"{mend}, sin esa marca")
    if b"\r" in sample.rstrip(b"\r") and b"\n" not in content:
        raise _refused(
            "termina sus líneas solo con CR (Mac antiguo)", "genérelo con finales LF o CRLF"
        )


def _is_wide(sample: bytes) -> bool:
    """Whether every other byte is NUL: plain letters in UTF-16 without its mark."""
    fewer, more = sorted((sample[::2].count(0), sample[1::2].count(0)))
    return more * 3 > len(sample) and fewer * 20 < len(sample)


def _refused(what: str, mend: str, where: str = "") -> FileRefused:
    return FileRefused(f"el archivo {what}", where, mend, rule="undecodable")
