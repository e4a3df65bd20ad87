"""What is stored comes back as it went in, and what is derived from it stays what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from recupero.errors import Fault
from recupero.store import bulk, canonical
from recupero.store.canonical import (
    chained_columns,
    content_digest,
    identities,
    identity,
    row_hashes,
)
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.proof import prove
from recupero.store.recordings import append
from recupero.store.rows import rows_of
from recupero.store.session import Store
from recupero.store.tables import (
    account_version,
    money_entry_detail,
    opinion,
    opinion_condition,
    permission,
    receipt,
)
from tests.databases import migrated_database
from tests.edges.enrolled_store import DAY, ONE, draft, enrolled_store, receipts

KEY = bytes(range(32))
QUICK = settings(max_examples=30)

TELLING = st.sampled_from(
    ["", '"', '""', "\n", "\r\n", "\r", "\\.", "\\N", "\\", ",", ";", "\t", "\x1f", "NULL",
     "null", "a\n\\.\nb", " ", "ñ", "日本", "\U0001f600", "\u2028", "\ufeff", "e\u0301", "%s", "%%",
     ":x", "'"]
)  # fmt: skip
#: PostgreSQL's text takes everything but NUL.
TEXTS = TELLING | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
INT64 = st.integers(-(2**63), 2**63 - 1)
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
MOMENTS = st.builds(datetime.combine, DATES, st.times())

PERMISSION = {
    "permission_id": pl.Int64, "person_id": pl.Int64, "role": pl.String, "rule": pl.String,
    "allowed": pl.Boolean, "business_date": pl.Date, "planned_at": pl.Datetime("us"),
}  # fmt: skip
PERMISSIONS = st.lists(
    st.tuples(INT64, st.none() | INT64, TEXTS, st.none() | TEXTS, st.booleans(), DATES, MOMENTS),
    min_size=1, max_size=20, unique_by=lambda row: row[0],
)  # fmt: skip


@pytest.fixture(scope="module")
def store(postgres: EmbeddedPostgres) -> Iterator[Store]:
    with migrated_database(postgres, "roundtrip") as database:
        yield enrolled_store(database, ONE)


@pytest.fixture(scope="module", params=["in one statement", "by COPY"])
def shipped(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both ways rows go to the server, whatever their number."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "_FEW_ROWS", 10_000 if request.param == "in one statement" else 0)
        yield


@QUICK
@given(rows=PERMISSIONS)
@pytest.mark.usefixtures("shipped")
def test_whatever_is_stored_comes_back_equal(store: Store, rows: list[tuple[Any, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=PERMISSION, orient="row")
    whole = frame.with_columns(account_id=pl.lit(1), channel=pl.lit("call"))
    with store.snapshot(ONE) as unit:
        append(unit, draft("round trip", {permission: whole}))
        stored = rows_of(unit, permission).select(frame.columns)
        assert stored.equals(frame.sort("permission_id"))
        assert list(prove(unit, KEY)) == []


@QUICK
@given(texts=st.lists(st.none() | TEXTS, min_size=1, max_size=30))
@pytest.mark.usefixtures("shipped")
def test_a_lone_column_keeps_empty_text_and_null_apart(
    store: Store, texts: list[str | None]
) -> None:
    """The hard case of the wire format: there a lone null is an empty line."""
    head = {"opinion_id": 1, "business_date": DAY, "account_id": 1, "regime": "r", "met": False,
            "claim_minor": 0}  # fmt: skip
    conditions = pl.DataFrame({"missing": texts}, schema={"missing": pl.String}).with_columns(
        pl.lit(1).alias("opinion_id"),
        pl.int_range(1, pl.len() + 1).alias("number"),
        *(pl.lit("x").alias(name) for name in ("condition", "state", "evidence")),
    )
    query = select(opinion_condition.c.missing).order_by(opinion_condition.c.number)
    with store.snapshot(ONE) as unit:
        append(unit, draft("texts", {opinion: pl.DataFrame([head]), opinion_condition: conditions}))
        assert bulk.read(unit.connection, query)["missing"].to_list() == texts


@pytest.mark.parametrize(
    "text", ["it's", "100%", "%(x)s", ":name", "\\", "\\' OR true --", "a\nb", "ñ", '"']
)
def test_a_condition_finds_exactly_its_text(store: Store, text: str) -> None:
    """Bulk queries carry their values inside the statement."""
    with store.snapshot(ONE) as unit:
        append(unit, draft("texts", receipts(1, name=text)))
        assert rows_of(unit, receipt, receipt.c.name == text)["name"].to_list() == [text]
        assert rows_of(unit, receipt, receipt.c.name == f"{text}'").is_empty()


REFUSED = {
    "null where none may be": ({"name": None}, "receipt: NotNullViolation name"),
    "more than an int32": ({"sequence": 2**31}, "receipt: NumericValueOutOfRange"),
    "what no text may hold": ({"name": "secret\0"}, "receipt: DataError"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_rows_the_table_does_not_take_are_not_quoted(store: Store, what: str) -> None:
    """The server's message shows the whole row, and errors end in logs."""
    columns, said = REFUSED[what]
    frames = {
        receipt: receipts(1)[receipt].with_columns(pl.lit(v).alias(k) for k, v in columns.items())
    }
    with store.snapshot(ONE) as unit, pytest.raises(Fault) as fault:
        append(unit, draft("refused", frames))
    assert str(fault.value) == said
    assert fault.value.__cause__ is None
    assert fault.value.__suppress_context__


def test_the_same_key_twice_is_not_quoted_either(store: Store) -> None:
    with store.snapshot(ONE) as unit, pytest.raises(Fault, match="receipt: UniqueViolation"):
        append(unit, draft("twice", receipts(1, 1)))


@QUICK
@given(rows=PERMISSIONS)
def test_rows_are_digested_as_their_texts(rows: list[tuple[Any, ...]]) -> None:
    """Oracle: the text of each row, by the expression that row hashes use, in the key's order."""
    frame = pl.DataFrame(rows, schema=PERMISSION, orient="row").with_columns(
        (pl.lit(None, pl.String if column.name != "lawful_from" else pl.Datetime("us"))).alias(
            column.name
        )
        for column in permission.columns
        if column.name not in PERMISSION
    )
    texts = frame.sort("permission_id").select(canonical.row_text(chained_columns(permission)))
    plain = "".join(f"{text}\n" for text in texts.to_series())
    assert canonical.digest_rows(frame, permission) == sha256(plain.encode()).hexdigest()


def test_rows_are_digested_in_blocks_as_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = content_digest(receipts(7))
    monkeypatch.setattr(canonical, "_BLOCK_ROWS", 3)
    assert content_digest(receipts(7)) == whole


def test_no_rows_have_their_columns_and_types(store: Store) -> None:
    with store.snapshot(ONE) as unit:
        none = rows_of(unit, permission)
        assert none.is_empty()
        assert {name: none.schema[name] for name in PERMISSION} == PERMISSION


def test_ids_and_hashes_are_what_they_were() -> None:
    """Every installation has stored them: a change here orphans all that is recorded."""
    numbers = pl.DataFrame({"account_number": ["001-A", "ñ", "", None]})
    assert identities(numbers, "account", ["account_number"], KEY).to_list() == [
        8052870758445311444,
        1663162506529546501,
        -1479645157768294072,
        8681978524847614569,
    ]
    assert identity(KEY, "receipt", "a" * 64, "CARTERA.txt") == 1437306218569277391
    facts = dict.fromkeys((column.name for column in account_version.columns), None) | {
        "account_id": 1, "state": "placed", "account_number": "001-A", "currency": "COP",
        "due_date": date(2026, 1, 31), "principal_minor": -1, "interest_minor": 0,
        "default_interest_minor": 0, "fees_minor": 0, "expenses_minor": 2**62, "guaranteed": True,
    }  # fmt: skip
    assert row_hashes(pl.DataFrame([facts]), account_version, KEY).to_list() == [
        2510949840032681541
    ]
    detail = {"entry_id": 7, "account_number": "", "payer_name": None, "payer_id": "x",
              "remittance": "línea\n2"}  # fmt: skip
    assert row_hashes(pl.DataFrame([detail]), money_entry_detail, KEY).to_list() == [
        2673616481283684460
    ]
    assert content_digest(receipts(1)) == (
        "691dd2a3f25542476aaf3ab71cdbdedf2c54b959513323f45bfbbc3fb8cb6772"
    )
