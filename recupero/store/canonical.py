"""One text form per row, so that anybody can hash what is stored and get what we got.

Columns in the table's order, joined by the unit separator; null is a NUL character, truth
values ``true``/``false``, dates ISO 8601. Rows are ordered by the table's key.
"""

from __future__ import annotations

import hashlib
from collections import deque
from io import BytesIO

import numpy as np
import polars as pl
from sqlalchemy import Table

from recupero.store import bulk
from recupero.store.tables import PERSONAL

_SEPARATOR = "\x1f"
_NULL = "\x00"

#: Rows whose texts lie in memory at once.
_BLOCK_ROWS = 65_536
#: Texts hashed together: they and their digests stay in the processor's cache.
_BLOCK_HASHES = 4_096
_update, _digest = hashlib.blake2b.update, hashlib.blake2b.digest

#: Columns of a version or detail that are not the fact itself.
_BOOKKEEPING = frozenset(
    {
        "institution", "recording_id", "receipt_id", "line_number", "recorded_on", "sequence",
        "effective_from", "effective_until", "row_hash",
    }
)  # fmt: skip


def fact_columns(table: Table) -> list[str]:
    """The columns a ``row_hash`` of *table* covers: the key's identity and the facts."""
    return [column.name for column in table.columns if column.name not in _BOOKKEEPING]


def chained_columns(table: Table) -> list[str]:
    """The columns of *table* that enter a recording's digest.

    Personal facts enter through their keyed ``row_hash`` alone, so that erasing a person's
    facts one day leaves the chain whole.
    """
    names = [column.name for column in table.columns]
    if table in PERSONAL:
        personal = set(fact_columns(table)) - {column.name for column in table.primary_key}
        names = [name for name in names if name not in personal]
    return [name for name in names if name not in {"institution", "recording_id"}]


def row_text(columns: list[str]) -> pl.Expr:
    """An expression giving each row's canonical text over *columns*."""
    parts = [pl.col(name).cast(pl.String).fill_null(_NULL) for name in columns]
    return pl.concat_str(parts, separator=_SEPARATOR)


def row_hashes(frame: pl.DataFrame, table: Table, key: bytes) -> pl.Series:
    """Keyed 64-bit hash of each row's facts, as int64, in the frame's order."""
    texts = frame.select(row_text(fact_columns(table)).alias("text"))["text"]
    return keyed_hashes(texts, key).alias("row_hash")


def keyed_hashes(texts: pl.Series, key: bytes) -> pl.Series:
    """blake2b-64 of each text under *key*, as signed integers."""
    # Half of a short text's time is the key's own block; hashed once, it is copied.
    keyed = hashlib.blake2b(digest_size=8, key=key).copy
    hashes = np.empty(texts.len(), np.int64)
    whole = texts.cast(pl.Binary)
    for at in range(0, texts.len(), _BLOCK_HASHES):
        some = whole.slice(at, _BLOCK_HASHES).to_list()
        hashers = [keyed() for _ in some]
        deque(map(_update, hashers, some), maxlen=0)
        hashes[at : at + len(some)] = np.frombuffer(b"".join(map(_digest, hashers)), ">i8")
    return pl.Series(texts.name, hashes)


def identity(key: bytes, *parts: object) -> int:
    """The surrogate id of a natural key: the same inputs give the same id on every run."""
    text = _SEPARATOR.join(str(part) for part in parts)
    return int(keyed_hashes(pl.Series([text]), key)[0])


def identities(frame: pl.DataFrame, kind: str, columns: list[str], key: bytes) -> pl.Series:
    """Surrogate ids of *kind* for each row, from the natural key in *columns*."""
    texts = frame.select(
        pl.concat_str([pl.lit(kind), row_text(columns)], separator=_SEPARATOR).alias("text")
    )["text"]
    return keyed_hashes(texts, key).alias(f"{kind}_id")


def key_columns(table: Table) -> list[str]:
    """The key's columns by which rows are ordered; those that all rows of a recording share are
    not among them."""
    shared = {"institution", "recording_id"}
    return [column.name for column in table.primary_key if column.name not in shared]


def digest_rows(frame: pl.DataFrame, table: Table) -> str:
    """sha256 over the canonical texts of *frame*'s rows, ordered by the table's key."""
    ordered = bulk.in_order(frame, key_columns(table))
    digest = hashlib.sha256()
    for block in ordered.select(chained_columns(table)).iter_slices(_BLOCK_ROWS):
        digest.update(_lines(block))
    return digest.hexdigest()


def _lines(rows: pl.DataFrame) -> memoryview:
    """The text of each row as ``row_text`` has it, and a line feed: the writer takes half of what
    joining the texts takes.
    """
    lines = BytesIO()
    rows.write_csv(
        lines, include_header=False, separator=_SEPARATOR, null_value=_NULL, quote_style="never",
        datetime_format="%Y-%m-%d %H:%M:%S%.6f",
    )  # fmt: skip
    return lines.getbuffer()


def content_digest(frames: dict[Table, pl.DataFrame]) -> str:
    """sha256 over table names, row counts and row digests of all non-empty frames."""
    lines = sorted(
        f"{table.name} {frame.height} {digest_rows(frame, table)}\n"
        for table, frame in frames.items()
        if frame.height
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
