"""Reconcile: every balance and every receipt of the day explained to the cent, or no report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import polars as pl

from recupero.errors import IntegrityError
from recupero.rules.reconcile import EVENTS, RollForward, open_items, received_summary, roll_forward
from recupero.steps.booking.case import by_currency
from recupero.steps.documents import document_id, folio, in_forms, vaulted
from recupero.steps.issuers import issuer
from recupero.steps.services import AGENCY, Services
from recupero.store import ledger, manifest, money
from recupero.store.recordings import Draft, append, begin, head_through, recorded_of, take_turn
from recupero.store.session import Unit
from recupero.store.tables import document
from reports import reconciled_day as report
from reports.reconciliation import reconciliation_pdf
from reports.reconciliation_book import reconciliation_xlsx

#: Recordings that move money or decide about it; a report is of what they say.
MONEY = ("intake", "settlement", "write_off")

SOURCES = {"payment_file": "Archivo de pagos de la institución", "statement": "Extracto bancario"}

_CAUSES = {
    "no_reference": ("sin referencia", "identificar al pagador"),
    "unknown_reference": ("referencia desconocida", "pedir aclaración a la institución"),
    "ambiguous_reference": ("referencia de varias cuentas", "asignar a mano"),
    "account_recalled": (
        "cuenta retirada por la institución", "informar o devolver a la institución"
    ),
    "currency_differs": ("moneda distinta de la obligación", "pedir aclaración a la institución"),
    "reversal_without_original": ("reverso sin pago original", "buscar el pago original"),
    "reversal_amount_differs": ("reverso por otro importe", "pedir aclaración al banco"),
    "already_reversed": ("pago ya reversado", "pedir aclaración al banco"),
    "transaction_id_reused": (
        "identificador ya informado para otro pago", "pedir aclaración a quien lo informa"
    ),
    "corroborates_far_apart": (
        "otra fuente lo informa con fecha muy distinta", "confirmar si es un solo pago"
    ),
    "corroborates_other_account": (
        "otra fuente lo informa para otra obligación", "pedir aclaración a la institución"
    ),
    "debit": ("débito sin reverso identificado", "identificar el débito con el banco"),
    "amount_zero": ("importe cero", "pedir aclaración a la institución"),
    "sign_differs_from_kind": ("signo contrario al tipo de partida", "pedir aclaración al banco"),
}  # fmt: skip

_STAGES = {"exact_reference": "referencia exacta", "same_transaction": "misma transacción"}


def reconcile(services: Services, code: str, business_date: date) -> dict[str, Any]:
    """Issue the day's reconciliation; again, as a next version, only where money moved since.

    Raises :class:`~recupero.errors.IntegrityError` where a difference is left: no report.
    """
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        take_turn(unit)
        through = head_through(unit, MONEY, business_date)
        subject = f"reconciliation:{business_date}:{through[:16]}"
        already = begin(unit, subject, business_date)
        if already is not None:
            return already.counts
        version = recorded_of(unit, "reconciliation", business_date) + 1
        stem = f"CONCILIACION_{code}_{business_date}" + (f"_v{version}" if version > 1 else "")
        number = document_id(services, unit, code, f"{stem}.pdf")
        opening = ledger.balances(unit, known_on=business_date - timedelta(days=1))
        closing = ledger.balances(unit, known_on=business_date)
        forward = _forward(unit, opening, closing, business_date)
        decided = money.decided(unit, business_date)
        today = decided.filter(pl.col("business_date") == business_date)
        data = report.Reconciliation(
            document_id=folio(number),
            institution=issuer(profile),
            agency=issuer(services.profile(AGENCY)),
            business_date=business_date,
            chain_head=through,
            roll_forward=tuple(_rolls(forward)),
            sources=tuple(_sources(unit, today)),
            files=tuple(_files(unit, profile.institution.currency, business_date)),
            open_items=tuple(_open(decided, business_date)),
            matches=tuple(_matched(unit, today)),
        )
        pdf, xlsx = partial(reconciliation_pdf, data), partial(reconciliation_xlsx, data)
        papers = in_forms("reconciliation", stem, code, pdf=pdf, xlsx=xlsx)
        counts = {
            "version": version,
            "received_minor": _received(today),
            "open_items": len(data.open_items),
            "unexplained_minor": forward.unexplained_minor,
        }
        rows = vaulted(services, unit, papers, business_date)
        append(
            unit,
            Draft("reconciliation", subject, business_date, counts, {"through": through},
                  {document: rows}),
        )  # fmt: skip
    return counts


def _forward(
    unit: Unit, opening: pl.DataFrame, closing: pl.DataFrame, business_date: date
) -> RollForward:
    moved = ledger.movements(unit, business_date, business_date).filter(pl.col("ledger") == "claim")
    forward = roll_forward(moved, opening, closing)
    if not forward.explained:
        raise IntegrityError(
            f"{forward.unexplained_minor} minor units are unexplained",
            f"{unit.institution} {business_date}",
            "run: recupero verify --deep",
        )
    return forward


def _rolls(forward: RollForward) -> Iterator[report.RollForward]:
    for currency in forward.lines["currency"].unique().sort():
        lines = forward.lines.filter(pl.col("currency") == currency)

        def amounts(column: str, lines: pl.DataFrame = lines) -> tuple[int, ...]:
            return tuple(lines[column].to_list())

        moved = [
            report.RollLine(event, _six(sign * amount for amount in amounts(f"{event}_minor")))
            for event, sign in EVENTS.items()
            if any(amounts(f"{event}_minor"))
        ]
        yield report.RollForward(
            currency, _six(amounts("opening_minor")), tuple(moved), _six(amounts("closing_minor"))
        )


def _six(amounts: Any) -> tuple[int, int, int, int, int, int]:
    principal, interest, default_interest, fees, expenses, unapplied = amounts
    return principal, interest, default_interest, fees, expenses, unapplied


def _received(today: pl.DataFrame) -> dict[str, int]:
    """Credits booked, per currency: two currencies have no sum, and a debit is no receipt."""
    return by_currency(today.filter(pl.col("amount_minor") > 0), "amount_minor")


def _sources(unit: Unit, today: pl.DataFrame) -> Iterator[report.SourceLine]:
    classed = money.classed(unit).join(today.select("entry_id"), on="entry_id", how="semi")
    for row in received_summary(classed, today).iter_rows(named=True):
        side = "" if row["side"] == "credit" else " (débitos)"
        yield report.SourceLine(
            source=SOURCES[row["source"]] + side,
            currency=row["currency"],
            entries=row["entries"],
            received_minor=row["received_minor"],
            **{f"{name}_minor": row[f"{name}_minor"] for name, _ in report.CLASSES},
        )


def _files(unit: Unit, currency: str, business_date: date) -> Iterator[report.FileControl]:
    for row in manifest.outcomes(unit, business_date).iter_rows(named=True):
        if row["state"] != "booked":
            continue
        control = json.loads(row["control"])
        for one in control.get("sums", [control]):
            yield report.FileControl(
                file_name=row["name"],
                kind=row["kind"],
                digest=row["address"][:16],
                currency=one["currency"] or currency,
                counted_rows=row["rows_read"],
                counted_sum_minor=one["counted_sum_minor"],
                declared_rows=control["declared_rows"],
                declared_sum_minor=one["declared_sum_minor"],
            )


def _open(decided: pl.DataFrame, business_date: date) -> Iterator[report.OpenItem]:
    for row in open_items(decided, business_date).iter_rows(named=True):
        cause, step = _CAUSES.get(row["reason"], (row["reason"], "revisar"))
        yield report.OpenItem(
            item_id=folio(row["entry_id"]),
            source=SOURCES[row["source"]],
            currency=row["currency"],
            amount_minor=row["amount_minor"],
            opened_on=row["booked_on"],
            age_days=row["age_days"],
            cause=cause,
            owner="Operaciones",
            next_action=step,
        )


def _matched(unit: Unit, today: pl.DataFrame) -> Iterator[report.MatchLine]:
    applied = today.filter(pl.col("account_id").is_not_null())
    numbers = money.references(unit).select("entry_id", "account_number")
    for row in (
        applied.join(numbers, on="entry_id", how="left").sort("entry_id").iter_rows(named=True)
    ):
        evidence = row["transaction_id"] or f"línea {row['line_number']}"
        yield report.MatchLine(
            receipt_id=folio(row["entry_id"]),
            source=SOURCES[row["source"]],
            paid_on=row["booked_on"],
            account_number=row["account_number"] or "",
            currency=row["currency"],
            amount_minor=row["amount_minor"],
            matched_class=row["class"],
            stage=_STAGES.get(row["stage"], row["stage"] or ""),
            evidence=evidence,
        )
