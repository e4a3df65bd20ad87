"""A good file, spoiled in one way: it is read, or refused for the real reason."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest

from recupero.errors import FileRefused
from schemas.screen import Screened
from tests.edges.good_files import (
    BARS,
    BOOK,
    FIXED,
    JSON,
    LATIN,
    OLD_BOOK,
    OPEN_BOOK,
    SIDED,
    Good,
    book,
)  # fmt: skip

Mutation = Callable[[Good], bytes]
TEXTS = [LATIN, SIDED, FIXED, BARS, JSON]
BOOKS = [BOOK, OLD_BOOK, OPEN_BOOK]
EVERY = [*TEXTS, *BOOKS]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def named(good: Good) -> str:
    return good.name


def replaced(old: bytes, new: bytes, count: int = -1) -> Mutation:
    return lambda good: good.content.replace(old, new, count)


def zipped(good: Good) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(good.name, good.content)
    return packed.getvalue()


@pytest.mark.parametrize("good", EVERY, ids=named)
def test_the_good_file_is_taken(good: Good) -> None:
    screened = good.answer(good.content)
    assert isinstance(screened, Screened)
    assert screened.rows["amount_minor"].to_list() == [1000, 2000, 3050]
    assert screened.rows["payer_name"][0] == "José Núñez"


@pytest.mark.parametrize("good", TEXTS, ids=named)
@pytest.mark.parametrize(
    "mutation",
    [
        replaced(b"\n", b"\r\n"),
        replaced(b"\n", b"\r\r\n"),
        lambda good: good.content.rstrip(b"\n"),
        lambda good: good.content + b"\n\n",
        lambda good: good.content + b"\x1a",
    ],
    ids=["crlf", "crlf-twice", "no-last-newline", "blank-lines", "ctrl-z"],
)
def test_what_is_harmless_is_read(good: Good, mutation: Mutation) -> None:
    before, after = good.answer(good.content), good.answer(mutation(good))
    assert isinstance(before, Screened)
    assert isinstance(after, Screened)
    assert after.rows.equals(before.rows)
    assert after.rejects.is_empty()


def test_an_order_of_columns_is_not_agreed_where_names_are() -> None:
    turned = "".join(f"{';'.join(reversed(row.split(';')))}\n" for row in LATIN.text.splitlines())
    screened = LATIN.answer(turned.encode("latin-1"))
    assert isinstance(screened, Screened)
    assert screened.rows["amount_minor"].to_list() == [1000, 2000, 3050]


@pytest.mark.parametrize(
    ("goods", "mutation", "rule", "words"),
    [
        (EVERY, lambda _: b"", "empty", ["vacío"]),
        (EVERY, lambda _: b"\r\n \n\n", "empty", ["vacío"]),
        (EVERY, lambda _: b"\xef\xbb\xbf", "empty", ["vacío"]),
        (EVERY, lambda _: b"\xff\xfe", "empty", ["vacío"]),
        (EVERY, lambda _: b"\xfe\xff\0\r\0\n", "empty", ["vacío"]),
        (TEXTS, lambda good: bytes(len(good.content)), "empty", ["vacío"]),
        (EVERY, lambda good: gzip.compress(good.content), "undecodable", ["gzip", "sin comprimir"]),
        (EVERY, zipped, "undecodable", ["zip"]),
        (EVERY, lambda _: b"%PDF-1.7\n%\n", "undecodable", ["PDF"]),
        (EVERY, lambda _: b"-----BEGIN PGP MESSAGE-----\n", "undecodable", ["cifrado (PGP)"]),
        (TEXTS, lambda _: book(), "undecodable", ["libro de Excel"]),
        (TEXTS, lambda _: OLE, "undecodable", ["libro de Excel"]),
        (TEXTS, lambda _: b"<html><table>", "undecodable", ["HTML"]),
        (TEXTS, lambda good: good.text.encode("utf-16"), "undecodable", ["está en utf-16"]),
        (TEXTS, lambda good: good.text.encode("utf-16-le"), "undecodable", ["está en utf-16"]),
        (TEXTS, replaced(b"\n", b"\r"), "undecodable", ["solo con CR", "CRLF"]),
        (
            [LATIN, FIXED],
            lambda good: b"\xef\xbb\xbf" + good.content,
            "undecodable",
            ["marca de Unicode (BOM) de utf-8", "guárdelo en latin-1"],
        ),
        (
            [LATIN, FIXED],
            lambda good: good.text.encode(),
            "undecodable",
            ["línea 2", "está en utf-8 y se acordó latin-1", "guárdelo en latin-1"],
        ),
        (
            [SIDED, BARS, JSON],
            lambda good: good.text.encode("latin-1"),
            "undecodable",
            ["no es texto en utf-8", "parece latin-1", "guarde el archivo en utf-8"],
        ),
        (
            [LATIN],
            replaced(b";", b","),
            "not_identified",
            ["separa las columnas con «,» y se acordó «;»"],
        ),
        (
            [SIDED],
            replaced(b",", b";"),
            "not_identified",
            ["separa las columnas con «;» y se acordó «,»"],
        ),
        (
            [BARS],
            replaced(b"|", b"\t"),
            "record_unknown",
            ["línea 1", "separa las columnas con «tabulador» y se acordó «|»"],
        ),
        (
            [LATIN, SIDED],
            replaced(b"VALOR", b"Valor", 1),
            "not_identified",
            ["«Valor» debe decir «VALOR»"],
        ),
        (
            [LATIN],
            replaced(b"VALOR", b"VAL\xd3R", 1),
            "not_identified",
            ["«VALÓR» debe decir «VALOR»"],
        ),
        (
            [LATIN, SIDED],
            replaced(b"VALOR", b"SALDO", 1),
            "not_identified",
            ["faltan columnas en el encabezado: VALOR"],
        ),
        (
            [LATIN],
            lambda good: good.content.split(b"\n", 1)[1],
            "not_identified",
            ["la primera línea no es el encabezado acordado: ID, PAGADOR, VALOR, FECHA"],
        ),
        (
            [FIXED],
            lambda good: good.content.splitlines(keepends=True)[0],
            "control_missing",
            ["falta el registro de control"],
        ),
        (
            [FIXED, BARS],
            lambda good: good.content.splitlines()[-1],
            "control_total",
            ["declara 3 registros y trae 0", "60,50"],
        ),
        (
            [FIXED, BARS],
            lambda good: good.content[: len(good.content) // 2],
            "control_missing",
            ["puede estar cortado"],
        ),
        (
            [FIXED],
            lambda good: b"\n".join(good.content.replace(b"000001\n", b"\n").split(b"\n")),
            "control_total",
            ["sin leer 1 línea", "la línea 2: la línea no tiene la longitud", "39 posiciones"],
        ),
        (
            [FIXED],
            replaced(b"Jos\xe9 N\xfa\xf1ez  ", "José Núñez  ".encode()),
            "control_total",
            ["sin leer 1 línea", "la línea 2: ", "corren las columnas"],
        ),
        (
            [FIXED],
            replaced(b"ez  ", b"ez\t"),
            "control_total",
            ["sin leer 1 línea", "la línea 2: ", "tabuladores"],
        ),
        (
            [FIXED, BARS],
            replaced(b"P1", b"P\0", 1),
            "control_total",
            ["sin leer 1 línea", "caracteres de control o invisibles (como NUL)"],
        ),
        (
            [LATIN, SIDED],
            replaced(b" ", b"\0"),
            "too_many_rejects",
            ["3 de 3 filas", "3 desde la línea 2: la línea contiene caracteres de control"],
        ),
        (BOOKS, lambda _: LATIN.content, "undecodable", ["texto (CSV) con nombre de "]),
        (BOOKS, lambda _: b"<html><table><tr>", "undecodable", ["tabla HTML", "guárdelo"]),
        (BOOKS, lambda _: b"<?xml version='1.0'?><Workbook/>", "undecodable", ["XML de Excel"]),
        ([BOOK], lambda _: OLE, "undecodable", ["Excel 97-2003 (xls)"]),
        (
            BOOKS,
            lambda _: OLE + "EncryptedPackage".encode("utf-16-le"),
            "undecodable",
            ["protegido con contraseña", "sin contraseña"],
        ),
        ([BOOK], lambda good: good.content[:-100], "undecodable", ["cortado o dañado"]),
        (
            [BOOK],
            lambda _: book(("Portada", "Pagos")),
            "empty",
            ["la primera hoja del libro está vacía", "ponga los datos ahí"],
        ),
    ],
)
def test_what_is_not_as_agreed_is_refused_for_the_real_reason(
    goods: list[Good], mutation: Mutation, rule: str, words: list[str]
) -> None:
    for good in goods:
        refusal = good.answer(mutation(good))
        assert isinstance(refusal, FileRefused), good.name
        assert (good.name, refusal.rule) == (good.name, rule)
        for word in words:
            assert word in str(refusal)


def test_a_row_in_another_encoding_is_never_booked_shifted() -> None:
    # One line among good ones came through another program: the file as a whole is latin-1.
    moved = FIXED.content.replace(b"D\xedaz    ", "Díaz    ".encode())
    screened = FIXED.answer(moved.replace(b"6050\n", b"4050\n"))
    assert isinstance(screened, Screened)
    assert screened.rejects.select("line_number", "rule").rows() == [(3, "columns_shifted")]
    assert screened.rows["payer_id"].to_list() == ["000001", "000003"]


def test_mojibake_that_moves_nothing_is_a_warning() -> None:
    screened = BARS.answer(BARS.content.replace("Díaz".encode(), "DÃ\xadaz".encode()))
    assert isinstance(screened, Screened)
    assert screened.warnings.select("line_number", "rule").rows() == [(2, "encoding_suspect")]


def test_a_mark_inside_a_file_makes_no_other_account() -> None:
    joined = BARS.content.replace(b"P2", "\ufeffP2".encode()).replace(b"60,50", b"40,50")
    screened = BARS.answer(joined)
    assert isinstance(screened, Screened)
    assert screened.rejects["rule"].to_list() == ["control_character"]


DIGEST = hashlib.sha256(SIDED.content).hexdigest()


@pytest.mark.parametrize(
    "side",
    [
        DIGEST.encode(),
        DIGEST.upper().encode() + b"\r\n",
        b"\xef\xbb\xbf" + DIGEST.encode(),
        f"{DIGEST}  PAGOS.csv\n".encode(),
        f"{DIGEST} *PAGOS.csv\r\n".encode(),
        f"SHA256 (PAGOS.csv) = {DIGEST}\n".encode(),
        DIGEST.encode("utf-16"),
    ],
    ids=["bare", "upper-crlf", "bom", "sha256sum", "binary", "bsd", "utf-16"],
)
def test_a_side_file_may_be_written_in_any_usual_way(side: bytes) -> None:
    assert isinstance(SIDED.answer(SIDED.content, side), Screened)


@pytest.mark.parametrize(
    ("side", "rule", "words"),
    [
        (b"", "control_missing", "no trae una suma SHA-256"),
        (b"d41d8cd98f00b204e9800998ecf8427e", "control_missing", "no trae una suma SHA-256"),
        (b"ab" * 32, "control_total", f"declara abababababab… y es {DIGEST[:12]}…"),
    ],
    ids=["empty", "md5", "of-another-file"],
)
def test_a_side_file_that_does_not_vouch(side: bytes, rule: str, words: str) -> None:
    refusal = SIDED.answer(SIDED.content, side)
    assert isinstance(refusal, FileRefused)
    assert (refusal.rule, words in str(refusal)) == (rule, True)
