"""Summarise: an institution's day on a page, for the people who run it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import polars as pl

from recupero.profiles.profile import Profile
from recupero.rules.components import COLUMNS
from recupero.rules.kpi import KPIS, kpis
from recupero.steps.documents import Paper, document_id, folio, vaulted
from recupero.steps.expected import missing_files
from recupero.steps.issuers import issuer
from recupero.steps.notices import SENT_AGAIN, noticed
from recupero.steps.reconcile import MONEY
from recupero.steps.release import as_released
from recupero.steps.services import AGENCY, Services
from recupero.store import contacts, ledger, manifest, money, outgoing
from recupero.store.outgoing import UNCERTAIN
from recupero.store.published import publish
from recupero.store.recordings import Draft, append, begin, head_through, recorded_of, take_turn
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import assessment, document, letter, release_refusal
from reports import daily
from reports.labels import KIND, spoken

_STATES = {
    "booked": "registrado", "refused": "rechazado", "quarantined": "en cuarentena",
    "held": "retenido", "duplicate": "repetido", "opened": "abierto",
}  # fmt: skip
_CHANNELS = {"call": "llamada", "letter": "carta", "email": "correo", "sms": "mensaje"}
_LEFT = {
    "name_empty": "sin nombre",
    "name_not_utf8": "el nombre no es UTF-8",
    "name_hostile": "el nombre tiene caracteres no admitidos",
    "name_too_long": "el nombre es demasiado largo",
    "not_regular": "no es un archivo",
    "unfinished": "envío sin terminar (nombre oculto o temporal)",
    "too_large": "demasiado grande",
    "unreadable": "el servidor no lo entrega",
    "side_file_missing": "falta su archivo .sha256",
    "not_moved": "se recibió, pero el servidor no permite moverlo",
    SENT_AGAIN: "se recibió antes y no se tomó; pida que lo envíen con otro nombre",
}
_NO_PROMISES = pl.DataFrame(
    schema={"decided_on": pl.Date, "state": pl.String, "amount_minor": pl.Int64}
)


def summarise(services: Services, code: str, business_date: date) -> dict[str, Any]:
    """Make the day's summary for operations; anew only where money moved since."""
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        take_turn(unit)
        through = head_through(unit, (*MONEY, "letters", "opinions", "notice"), business_date)
        subject = f"summary:{business_date}:{through[:16]}"
        already = begin(unit, subject, business_date)
        if already is not None:
            return already.counts
        version = recorded_of(unit, "summary", business_date) + 1
        name = f"RESUMEN_{code}_{business_date}" + (f"_v{version}" if version > 1 else "")
        known = rows_of(unit, assessment, assessment.c.business_date == business_date)
        files = tuple(_files(unit, business_date))
        effort_day, indicators = _indicators(unit, known, business_date)
        data = daily.DailySummary(
            document_id=folio(document_id(services, unit, AGENCY, f"{name}.pdf")),
            institution=issuer(profile),
            agency=issuer(services.profile(AGENCY)),
            business_date=business_date,
            chain_head=through,
            money=tuple(_money(unit, known.height, business_date)),
            files=files,
            contacts=tuple(_contacts(unit, business_date)),
            indicators=indicators,
            indicators_of=effort_day,
            attention=(
                *_not_come(unit, profile, business_date),
                *_attention(unit, files, business_date),
                *without_desk(known),
            ),
        )
        paper = Paper("summary", f"{name}.pdf", AGENCY, partial(daily.daily_pdf, data))
        counts = {"version": version, **_told(data)}
        papers = vaulted(services, unit, [paper], business_date)
        append(
            unit,
            Draft("summary", subject, business_date, counts, {"through": through},
                  {document: papers}),
        )  # fmt: skip
        publish(unit, business_date, stage_of(version), counts)
    return counts


def stage_of(version: int) -> str:
    """How the totals of a summary's *version* are published; later ones sort after."""
    return f"summary {version:04d}"


def _told(data: daily.DailySummary) -> dict[str, Any]:
    """The summary's own figures: what overviews read of the day."""
    return {
        "files": len(data.files),
        "accounts": max((line.accounts for line in data.money), default=0),
        "paid_minor": {line.currency: line.paid_minor for line in data.money},
        "closing_minor": {line.currency: line.closing_minor for line in data.money},
        "contacts": sum(line.planned for line in data.contacts),
        "withheld": sum(line.withheld for line in data.contacts),
        "letters": sum(line.sent for line in data.contacts if line.channel == _CHANNELS["letter"]),
        "attention": len(data.attention),
    }


def _money(unit: Unit, accounts: int, business_date: date) -> Iterator[daily.MoneyDay]:
    """The claims of the day, per currency."""
    opening = _totals(ledger.balances(unit, business_date - timedelta(days=1)))
    closing = _totals(ledger.balances(unit, business_date))
    moved = ledger.movements(unit, business_date, business_date).filter(pl.col("ledger") == "claim")

    def of(event: str, currency: str) -> int:
        rows = moved.filter((pl.col("event") == event) & (pl.col("currency") == currency))
        return int(rows.select(pl.sum_horizontal(COLUMNS).sum()).item())

    for currency in sorted({*opening, *closing}):
        yield daily.MoneyDay(
            currency=currency,
            accounts=accounts,
            opening_minor=opening.get(currency, 0),
            placed_minor=of("placed", currency),
            paid_minor=-of("paid", currency),
            written_off_minor=-of("written_off", currency),
            closing_minor=closing.get(currency, 0),
        )


def _totals(balances: pl.DataFrame) -> dict[str, int]:
    summed = balances.group_by("currency").agg(pl.sum_horizontal(COLUMNS).sum())
    return dict(summed.iter_rows())


def _files(unit: Unit, business_date: date) -> Iterator[daily.FileDay]:
    for row in manifest.outcomes(unit, business_date).iter_rows(named=True):
        state = _STATES[row["state"]]
        yield daily.FileDay(row["name"], state, row["rows_read"], row["rows_rejected"])


def _contacts(unit: Unit, business_date: date) -> Iterator[daily.ContactDay]:
    asked = as_released(unit, business_date)
    letters = rows_of(unit, letter, letter.c.business_date == business_date).height
    for channel in sorted(set(asked["channel"])):
        planned = asked.filter(pl.col("channel") == channel)
        allowed = planned.filter("allowed").height
        yield daily.ContactDay(
            channel=_CHANNELS.get(channel, channel),
            planned=planned.height,
            allowed=allowed,
            withheld=planned.height - allowed,
            sent=letters if channel == "letter" else allowed,
        )


def _indicators(
    unit: Unit, accounts: pl.DataFrame, business_date: date
) -> tuple[date | None, tuple[daily.Indicator, ...]]:
    """The indicators of the last day that has gestiones, and that day."""
    done = contacts.efforts(unit, business_date)
    if done.is_empty():
        return None, ()
    last = done["performed_at"].dt.date().max()
    assert isinstance(last, date)
    counted = kpis(accounts, done, _NO_PROMISES, last)
    names = {kpi.name: kpi for kpi in KPIS}
    return last, tuple(
        daily.Indicator(
            names[row["kpi"]].numerator, names[row["kpi"]].denominator,
            row["numerator"], row["denominator"],
        )
        for row in counted.iter_rows(named=True)
        if row["unit"] in ("accounts", "efforts")
    )  # fmt: skip


def _not_come(unit: Unit, profile: Profile, business_date: date) -> Iterator[str]:
    for one in missing_files(unit, profile, business_date):
        parts = f", parte {', '.join(one.parts)}" if any(one.parts) else ""
        yield f"No llegó el archivo esperado: {spoken(KIND, one.kind)} · {one.version}{parts}"


def _attention(unit: Unit, files: tuple[daily.FileDay, ...], business_date: date) -> Iterator[str]:
    for file in files:
        if file.state in ("rechazado", "en cuarentena", "retenido"):
            yield f"Archivo {file.state}: {file.name}"
    for reason, count in noticed(unit, business_date).items():
        yield f"{count} en la carpeta de entrada sin recoger: {_LEFT.get(reason, reason)}"
    unmatched = contacts.unmatched_withdrawals(unit, business_date)
    told = unmatched.filter(pl.col("recorded_on") == business_date).height
    if told:
        yield f"{told} retiros de consentimiento de personas desconocidas: véase el acuse"
    uncertain = len(outgoing.delivered(unit, UNCERTAIN))
    if uncertain:
        yield f"{uncertain} documentos de entrega incierta: pregunte si llegaron (recupero status)"
    stopped = rows_of(unit, release_refusal, release_refusal.c.business_date == business_date)
    for rule, count in stopped["rule"].value_counts().sort("rule").iter_rows():
        yield f"{count} contactos planificados no salieron: {rule}"
    waiting = money.decided(unit, business_date).filter(
        (pl.col("class") == "suspended") & (pl.col("business_date") == business_date)
    )
    if waiting.height:
        yield f"{waiting.height} pagos en suspenso: véase la conciliación"


def without_desk(known: pl.DataFrame) -> Iterator[str]:
    """Calls that are due and that nobody will make: no roster yet, or no room on its desks."""
    nobody = known.filter((pl.col("action") == "call") & pl.col("collector_code").is_null()).height
    if nobody:
        yield f"{nobody} cuentas por llamar sin gestor asignado: véase la plantilla de la agencia"
