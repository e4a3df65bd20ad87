"""The day's work lists: one workbook per institution, a sheet per collector, the withheld apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

import pandas as pd

from reports.canvas import A4_COUNTRIES
from reports.labels import CHANNEL, RESULT, STAGE, spoken
from reports.page import Issuer
from reports.workbook import Book, Field

#: Above this many collectors all work stands on one sheet with a filter.
COLLECTOR_SHEETS = 60

FORBIDDEN_IN_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))


@dataclass(frozen=True)
class WorkItem:
    """A contact to make. ``window_from`` to ``window_to`` is local time, already the narrowest."""

    collector_code: str
    account_number: str
    debtor_name: str
    phone: str
    channel: str
    stage: str
    bucket: str
    currency: str
    balance_minor: int
    score: float
    reason: str
    window_from: time
    window_to: time
    permission_id: str
    last_result: str = ""

    @property
    def window(self) -> str:
        """The allowed window as the collector reads it."""
        return f"contactar entre {self.window_from:%H:%M} y {self.window_to:%H:%M}"


@dataclass(frozen=True)
class WithheldContact:
    """A contact that must not be made, with the rule and norm; no telephone on purpose."""

    collector_code: str
    account_number: str
    channel: str
    rule: str
    norm: str
    reason: str
    until: date | None = None


@dataclass(frozen=True)
class WorkList:
    """An institution's day: items in the order they should be worked within a collector."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    items: tuple[WorkItem, ...]
    withheld: tuple[WithheldContact, ...] = ()


def worklist_xlsx(data: WorkList) -> bytes:
    """The workbook: ``Resumen``, a sheet per collector (or ``Trabajo``), ``No contactar``."""
    title = f"Lista de trabajo {data.institution.name} {data.business_date.isoformat()}"
    book = Book(title, data.agency.name, data.business_date)
    paper = 9 if data.institution.country in A4_COUNTRIES else 1
    collectors = sorted({item.collector_code for item in data.items})
    cover = book.page("Resumen", f"{title} · {data.document_id}", landscape=False, paper=paper)
    cover.table(_totals(data), _COVER, freeze=True)
    if len(collectors) > COLLECTOR_SHEETS:
        sheets = [("Trabajo", list(data.items))]
    else:
        names = sheet_names(collectors)
        sheets = [
            (names[code], [item for item in data.items if item.collector_code == code])
            for code in collectors
        ]
    for name, items in sheets:
        page = book.page(name, f"{title} · {name}", paper=paper)
        page.table(_items(items), _fields(items), freeze=True)
    page = book.page("No contactar", f"{title} · contactos retenidos", paper=paper)
    page.table(_withheld(data.withheld), _WITHHELD, freeze=True)
    return book.finish()


def sheet_names(codes: Sequence[str]) -> dict[str, str]:
    """A valid and unique sheet name for each code (31 characters, some are forbidden)."""
    names: dict[str, str] = {}
    taken = {"resumen", "no contactar", "trabajo", "history"}
    for code in codes:
        plain = code.translate(FORBIDDEN_IN_NAME).strip()[:31] or "sin gestor"
        name, number = plain, 2
        while name.lower() in taken:
            tail = f" ({number})"
            name, number = plain[: 31 - len(tail)] + tail, number + 1
        taken.add(name.lower())
        names[code] = name
    return names


_COVER = (
    Field("collector_code", "Gestor", 24), Field("currency", "Moneda", 10),
    Field("accounts", "Contactos", 14, "count", total=True),
    Field("balance_minor", "Saldo", 24, "money"),
    Field("withheld", "Retenidos", 14, "count", total=True),
)  # fmt: skip

_WITHHELD = (
    Field("account_number", "Obligación", 24), Field("collector_code", "Gestor", 16),
    Field("channel", "Canal", 18), Field("rule", "Regla", 30), Field("norm", "Norma", 34),
    Field("reason", "Motivo", 60), Field("until", "Hasta", 12, "day"),
)  # fmt: skip


def _fields(items: Sequence[WorkItem]) -> tuple[Field, ...]:
    """The columns of a collector's sheet; the balance is summed when it has one currency."""
    currencies = {item.currency for item in items}
    single = currencies.pop() if len(currencies) == 1 else ""
    return (
        Field("account_number", "Obligación", 22), Field("debtor_name", "Nombre", 34),
        Field("phone", "Teléfono", 16), Field("channel", "Canal", 14),
        Field("stage", "Etapa", 14), Field("bucket", "Tramo", 10),
        Field("currency", "Moneda", 9),
        Field("balance_minor", "Saldo", 20, "money", single, bool(single)),
        Field("score", "Puntaje", 10, "score"), Field("reason", "Por qué", 46),
        Field("window", "Horario permitido", 34), Field("permission_id", "Permiso", 20),
        Field("last_result", "Último resultado", 20), Field("collector_code", "Gestor", 14),
    )  # fmt: skip


def _items(items: Sequence[WorkItem]) -> pd.DataFrame:
    columns = [field.key for field in _fields(items)]
    rows = [
        vars(item)
        | {
            "window": item.window,
            "channel": spoken(CHANNEL, item.channel),
            "stage": spoken(STAGE, item.stage),
            "last_result": spoken(RESULT, item.last_result),
        }
        for item in items
    ]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _withheld(contacts: Sequence[WithheldContact]) -> pd.DataFrame:
    rows = [vars(c) | {"channel": spoken(CHANNEL, c.channel)} for c in contacts]
    return pd.DataFrame(rows, columns=[field.key for field in _WITHHELD], dtype=object)


def _totals(data: WorkList) -> pd.DataFrame:
    """Contacts and balance by collector and currency; withheld contacts by collector, once."""
    keys = ["collector_code", "currency"]
    frame = pd.DataFrame(
        [(i.collector_code, i.currency, i.account_number, i.balance_minor) for i in data.items],
        columns=[*keys, "account_number", "balance_minor"],
        dtype=object,  # Python integers: an int64 sum would wrap around silently
    )
    work = frame.groupby(keys, sort=True, as_index=False).agg(
        accounts=("account_number", "size"), balance_minor=("balance_minor", "sum")
    )
    held = pd.Series([c.collector_code for c in data.withheld], dtype=object).value_counts()
    first = ~work["collector_code"].duplicated()
    work["withheld"] = [
        int(held.get(code, 0)) if once else 0
        for code, once in zip(work["collector_code"], first, strict=True)
    ]
    only_held = sorted(set(held.index) - set(work["collector_code"]))
    rows = [*work[[f.key for f in _COVER]].to_dict("records")]
    rows += [
        {"collector_code": code, "currency": "", "accounts": 0, "balance_minor": None,
         "withheld": int(held[code])}
        for code in only_held
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[f.key for f in _COVER], dtype=object)
