"""The slow book: matching one entry after the other, lists and loops only."""

from __future__ import annotations

from typing import Any

import polars as pl

from recupero.rules.match import MatchPolicy

POLICY = MatchPolicy(foreign_references=("9\\d+", "EXT"), corroboration_days=1)
ACCOUNTS = pl.DataFrame(
    {
        "account_id": [11, 12, 13, 14, 15, 16, 17],
        "account_number": ["A1", "A2", "B", "B", "P", "EXT", "G"],
        "currency": ["COP", "COP", "COP", "COP", "PEN", "COP", "COP"],
        "recalled": [*[False] * 6, True],
    }
)
TOLD = ("class", "detail", "account_id", "linked_entry_id", "reason", "posts", "undoes_entry_id")


def side(row: dict[str, Any]) -> str:
    if row["kind"] == "reversal" or (row["kind"] == "debit" and row["reverses"]):
        return "reversal"
    return "receipt" if row["kind"] in ("payment", "credit") else "debit"


def faulty(row: dict[str, Any]) -> str | None:
    if row["amount_minor"] == 0:
        return "amount_zero"
    wrong = {"receipt": row["amount_minor"] < 0, "debit": row["amount_minor"] > 0}
    if side(row) == "reversal" and row["kind"] == "debit":
        wrong["reversal"] = row["amount_minor"] > 0
    return "sign_differs_from_kind" if wrong.get(side(row)) else None


def owner(row: dict[str, Any]) -> tuple[int | None, str]:
    found = [a for a in ACCOUNTS.to_dicts() if a["account_number"] == row["account_number"]]
    if row["account_number"] is None:
        return None, "no_reference"
    if len(found) > 1:
        return None, "ambiguous_reference"
    if found and found[0]["recalled"]:
        return None, "account_recalled"
    if found and found[0]["currency"] != row["currency"]:
        return None, "currency_differs"
    if found:
        return found[0]["account_id"], "matched"
    return None, "not_ours" if row["account_number"] == "987" else "unknown_reference"


def named(row: dict[str, Any]) -> int | None:
    """The account a row is for, or would be for if that had not been recalled."""
    account, verdict = owner(row)
    return 17 if verdict == "account_recalled" else account


def same(one: dict[str, Any], other: dict[str, Any], *columns: str) -> bool:
    return all(one[column] == other[column] for column in columns)


def arrival(row: dict[str, Any]) -> tuple[int, int]:
    return row["sequence"], row["line_number"]


def apart(one: dict[str, Any], other: dict[str, Any]) -> int:
    return abs((one["booked_on"] - other["booked_on"]).days)


class Book:
    """All rows so far with their results, in the order in which they count."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def day(self, today: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows = sorted((dict(row) for row in today), key=arrival)
        earlier = [r for r in self.rows if r["class"] != "duplicate" and r["amount_minor"]]
        for row in rows:
            row.update(zip(TOLD, ("suspended", None, None, None, None, False, None), strict=True))
            self.repeat(row, earlier)
            if not faulty(row):
                earlier.append(row)
        told = self.told(rows)
        for row in rows:
            if not row["reason"] and side(row) == "receipt":
                self.receive(row, told.get(row["entry_id"]))
            elif not row["reason"] and side(row) == "debit":
                foreign = owner(row)[1] == "not_ours"
                row["class"] = "not_ours" if foreign else "suspended"
                row["reason"] = "foreign_reference" if foreign else "debit"
        for row in rows:
            if not row["reason"] and side(row) == "reversal":
                self.undo(row, rows)
        self.rows += rows
        return rows

    def repeat(self, row: dict[str, Any], earlier: list[dict[str, Any]]) -> None:
        if fault := faulty(row):
            row["reason"] = fault
            return
        passing = row["source"] == "statement"
        taken = [
            other
            for other in earlier
            if row["transaction_id"]
            and same(row, other, "source", "transaction_id")
            and side(row) == side(other)
            and (not passing or same(row, other, "booked_on"))
        ]
        equal = [o for o in taken if same(row, o, "amount_minor", "currency", "booked_on")]
        if equal and not (passing and same(row, equal[0], "sequence")):
            row.update(
                {
                    "class": "duplicate",
                    "linked_entry_id": equal[0]["entry_id"],
                    "reason": "same_transaction_id",
                }
            )
        elif taken:
            row["reason"] = "transaction_id_reused"

    def receive(self, row: dict[str, Any], told_by: dict[str, Any] | None) -> None:
        account, verdict = owner(row)
        if told_by:
            held_by = told_by["account_id"] or owner(told_by)[0]
            if named(row) not in (None, held_by):
                row["reason"] = "corroborates_other_account"
            elif apart(row, told_by) > POLICY.corroboration_days:
                row["reason"] = "corroborates_far_apart"
            else:
                row.update(
                    {
                        "class": "matched",
                        "detail": "corroborates",
                        "account_id": held_by,
                        "linked_entry_id": told_by["entry_id"],
                        "reason": None,
                    }
                )
        elif verdict == "matched":
            row.update(zip(TOLD, ("matched", None, account, None, None, True, None), strict=True))
        elif verdict == "not_ours":
            row.update({"class": "not_ours", "reason": "foreign_reference"})
        else:
            row["reason"] = verdict

    def told(self, today: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
        """Whom each of today's receipts would confirm: near ones first, posted before today."""
        standing = [
            r for r in today if side(r) == "receipt" and r["transaction_id"] and not r["reason"]
        ]
        standing.sort(
            key=lambda r: (not owner(r)[0], POLICY.sources.index(r["source"]), arrival(r))
        )
        posted = [r for r in self.rows if r["posts"] and side(r) == "receipt"]
        tellers = [r for r in standing if owner(r)[0]]
        spoken = {
            (r["linked_entry_id"], r["source"])
            for r in self.rows
            if r["class"] == "matched" and r["detail"] == "corroborates"
        }
        found: dict[int, dict[str, Any]] = {}
        for pool, limit in ((posted, 1), (tellers, 1), (posted + tellers, 99)):
            pairs = []
            for row in standing:
                heard = [
                    other
                    for other in pool
                    if same(row, other, "transaction_id", "amount_minor", "currency")
                    and row["source"] != other["source"]
                    and (other in posted or standing.index(other) < standing.index(row))
                    and other["entry_id"] not in found
                    and (other["entry_id"], row["source"]) not in spoken
                ]
                if heard and row["entry_id"] not in found:
                    nearest = min(heard, key=lambda o: (apart(row, o), arrival(o)))
                    pairs.append((apart(row, nearest), arrival(row), row, nearest))
            for days, _, row, other in sorted(pairs, key=lambda pair: pair[:2]):
                if days <= limit and (other["entry_id"], row["source"]) not in spoken:
                    spoken.add((other["entry_id"], row["source"]))
                    found[row["entry_id"]] = other
        return found

    def undo(self, row: dict[str, Any], today: list[dict[str, Any]]) -> None:
        named = [
            other
            for other in self.rows + today
            if side(other) != "reversal"
            and other["class"] != "duplicate"
            and row["reverses"]
            and other["transaction_id"] == row["reverses"]
        ]
        if not named:
            row["reason"] = "reversal_without_original"
            return

        def opposite(other: dict[str, Any]) -> bool:
            equal = other["amount_minor"] == -row["amount_minor"]
            return equal and other["currency"] == row["currency"]

        def ago(other: dict[str, Any]) -> int:
            lasts = other["source"] == "payment_file"
            return 0 if lasts else (row["booked_on"] - other["booked_on"]).days

        original = min(
            named,
            key=lambda o: (
                o["source"] != row["source"],
                not opposite(o),
                ago(o) < 0,
                abs(ago(o)),
                arrival(o),
            ),
        )
        undone = [r for r in self.rows + today if r["class"] == "reversal"]
        if not opposite(original):
            row["reason"] = "reversal_amount_differs"
        elif any(r["linked_entry_id"] == original["entry_id"] for r in undone):
            row["reason"] = "already_reversed"
        else:
            self.link(row, original, undone)

    @staticmethod
    def root(original: dict[str, Any]) -> int | None:
        if original["detail"] == "corroborates":
            return int(original["linked_entry_id"])
        return int(original["entry_id"]) if original["posts"] else None

    def link(
        self, row: dict[str, Any], original: dict[str, Any], undone: list[dict[str, Any]]
    ) -> None:
        root = self.root(original)
        posts = root is not None and root not in [r["undoes_entry_id"] for r in undone]
        row.update(
            {
                "class": "reversal",
                "detail": "corroborates" if root and not posts else original["class"],
                "account_id": original["account_id"],
                "linked_entry_id": original["entry_id"],
                "reason": None,
                "posts": posts,
                "undoes_entry_id": root if posts else None,
            }
        )
