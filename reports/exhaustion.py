"""The exhaustion certificate: every legal condition with its norm, its state and its evidence.

It cannot be printed with a condition unmet, or met without evidence: the check here does not
take the caller's word for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from recupero.dates import long_es
from recupero.errors import Refused
from recupero.money import to_text
from reports.labels import CHANNEL, COMPONENT, RESULT, spoken
from reports.page import Heading, Issuer, Sheet
from reports.painter import Column, exact, figures, paint

STATE = {
    "met": "Cumplida",
    "unmet": "No cumplida",
    "not_applicable": "No aplica",
    "value_missing": "Falta un valor",
}

CONFIDENCE = {
    "verified": "verificada",
    "secondary": "fuente secundaria",
    "unverified": "sin verificar",
}


@dataclass(frozen=True)
class Requirement:
    """A legal condition. ``state``: met, unmet, not_applicable or value_missing.

    ``evidence`` holds document ids; ``earliest`` is the first date an unmet one can be met.
    """

    condition: str
    norm: str
    state: str
    evidence: tuple[str, ...] = ()
    confidence: str = "verified"
    earliest: date | None = None
    note: str = ""


@dataclass(frozen=True)
class EffortLine:
    """One effort of the chronology, at local time."""

    performed_at: datetime
    channel: str
    result: str
    direct: bool
    evidence: str
    target: str = ""
    operator: str = ""


@dataclass(frozen=True)
class UnitValue:
    """An indexed value used for a threshold, with its date and source."""

    name: str
    value: str
    on: date
    source: str


@dataclass(frozen=True)
class Opinion:
    """What a certificate states about one obligation. Amounts in minor units of *currency*."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    chain_head: str
    country: str
    rule_set: str
    rule_set_digest: str
    account_number: str
    debtor_name: str
    debtor_id: str
    product: str
    currency: str
    components: tuple[tuple[str, int], ...]
    total_minor: int
    due_date: date | None
    age_days: int
    requirements: tuple[Requirement, ...]
    efforts: tuple[EffortLine, ...]
    conclusion: str
    route: str
    opened_on: date | None = None
    placed_on: date | None = None
    payments_minor: int = 0
    guarantees: str = ""
    other_parties: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    prescription: str = ""
    withheld_contacts: int = 0
    #: Efforts outside the windows and limits in force; ``None`` = not examined.
    outside_contacts: int | None = None
    unit_values: tuple[UnitValue, ...] = ()
    notices_due: tuple[str, ...] = ()
    prepared_by: str = ""
    approved_by: str = ""


def check_opinion(opinion: Opinion) -> None:
    """Refuse an opinion with a condition unmet, or met without naming its evidence."""
    unmet = [r.condition for r in opinion.requirements if r.state not in ("met", "not_applicable")]
    bare = [r.condition for r in opinion.requirements if r.state == "met" and not r.evidence]
    if not opinion.requirements or unmet or bare:
        what = f"unmet: {unmet}; without evidence: {bare}"
        raise Refused(f"no certificate can be issued ({what})", opinion.document_id)
    if opinion.approved_by and opinion.approved_by == opinion.prepared_by:
        raise Refused("who prepared a certificate may not approve it", opinion.document_id)
    if sum(amount for _, amount in opinion.components) != opinion.total_minor:
        raise Refused("the components do not sum to the total", opinion.document_id)


def certificate_pdf(opinion: Opinion) -> bytes:
    """The certificate as PDF bytes."""
    check_opinion(opinion)
    heading = Heading(
        "Dictamen de agotamiento de gestiones", opinion.document_id, opinion.institution,
        opinion.agency, opinion.business_date, opinion.chain_head,
    )  # fmt: skip
    with Sheet(heading) as sheet:
        sheet.banner("Gestiones agotadas: obligación incobrable", opinion.conclusion, "good")
        _obligation(sheet, opinion)
        _requirements(sheet, opinion.requirements)
        _efforts(sheet, opinion)
        _statements(sheet, opinion)
        _signatures(sheet, opinion)
        return sheet.finish()


def _obligation(sheet: Sheet, opinion: Opinion) -> None:
    def day(value: date | None) -> str:
        return long_es(value) if value else "—"

    sheet.section("Deudor y obligación")
    sheet.facts(
        [
            ("Deudor", opinion.debtor_name), ("Identificación", opinion.debtor_id),
            ("Obligación", opinion.account_number), ("Producto", opinion.product),
            ("Fecha de origen", day(opinion.opened_on)), ("Vencimiento", day(opinion.due_date)),
            ("Días de mora", str(opinion.age_days)), ("Asignada el", day(opinion.placed_on)),
            ("Garantías", opinion.guarantees or "Sin garantías declaradas"),
            ("Otros obligados", "; ".join(opinion.other_parties) or "Ninguno"),
            ("Pagos recibidos", to_text(opinion.payments_minor, opinion.currency)),
            ("Jurisdicción y reglas", f"{opinion.country} · {opinion.rule_set} · "
             f"{opinion.rule_set_digest[:12]}"),
        ]
    )  # fmt: skip
    rows = [
        (COMPONENT.get(name, name), to_text(amount, opinion.currency))
        for name, amount in opinion.components
    ]
    paint(
        sheet, [Column("Saldo a la fecha de corte", 100), figures("Importe", 60)], rows,
        total=("Total", to_text(opinion.total_minor, opinion.currency)), size=8.5,
    )  # fmt: skip


def _requirements(sheet: Sheet, requirements: tuple[Requirement, ...]) -> None:
    sheet.section("Condiciones exigidas")
    columns = [
        figures("N.º", 9), Column("Condición", 62, lines=4), Column("Norma", 46, lines=4),
        Column("Estado", 22, lines=2), Column("Evidencia", 45, lines=6),
    ]  # fmt: skip
    rows = [
        (
            str(number), item.condition, _norm(item), STATE.get(item.state, item.state),
            ", ".join(item.evidence) or item.note or "—",
        )
        for number, item in enumerate(requirements, start=1)
    ]  # fmt: skip
    paint(sheet, columns, rows, size=8)


def _norm(item: Requirement) -> str:
    return f"{item.norm} ({spoken(CONFIDENCE, item.confidence)})"


def _efforts(sheet: Sheet, opinion: Opinion) -> None:
    sheet.section("Cronología de gestiones")
    efforts = sorted(opinion.efforts, key=lambda e: (e.performed_at, e.evidence))
    counts: dict[str, int] = {}
    for effort in efforts:
        name = spoken(CHANNEL, effort.channel)
        counts[name] = counts.get(name, 0) + 1
    by_channel = "; ".join(f"{name}: {n}" for name, n in sorted(counts.items()))
    days = [effort.performed_at.date() for effort in efforts]
    gap = max(((later - earlier).days for earlier, later in pairwise(days)), default=0)
    columns = [
        figures("N.º", 9), exact("Fecha y hora", 28), Column("Canal", 28), Column("Destino", 30),
        Column("Resultado", 26), Column("Directo", 14, "C"), Column("Gestor", 18),
        Column("Evidencia", 34, lines=2),
    ]  # fmt: skip
    rows = [
        (
            str(number), f"{e.performed_at:%Y-%m-%d %H:%M}", spoken(CHANNEL, e.channel), e.target,
            spoken(RESULT, e.result), "sí" if e.direct else "no", e.operator, e.evidence,
        )
        for number, e in enumerate(efforts, start=1)
    ]  # fmt: skip
    paint(sheet, columns, rows)
    if efforts:
        sheet.paragraph(
            f"{len(efforts)} gestiones ({by_channel}); intervalo más largo: {gap} días.", 8
        )


def _statements(sheet: Sheet, opinion: Opinion) -> None:
    sheet.section("Declaraciones")
    sheet.paragraph(
        f"{_compliance(opinion.outside_contacts)} "
        f"Contactos retenidos por no estar permitidos: {opinion.withheld_contacts}.",
        8.5,
    )
    if doubtful := [str(n) for n, r in enumerate(opinion.requirements, 1) if _doubtful(r)]:
        sheet.paragraph(
            "Condiciones cuya norma no se leyó en el texto oficial: " + ", ".join(doubtful) + ".",
            8.5,
        )
    if opinion.promises:
        sheet.paragraph("Promesas y acuerdos: " + "; ".join(opinion.promises) + ".", 8.5)
    if opinion.prescription:
        sheet.paragraph(f"Prescripción: {opinion.prescription}", 8.5)
    for unit in opinion.unit_values:
        text = f"{unit.name}: {unit.value} al {long_es(unit.on)} (fuente: {unit.source})."
        sheet.paragraph(text, 8.5)
    sheet.paragraph(f"Vía recomendada: {opinion.route}", 8.5)
    for notice in opinion.notices_due:
        sheet.paragraph(f"Aviso pendiente: {notice}", 8.5)
    sheet.paragraph(
        "Este documento resume hechos registrados; cada evidencia se conserva con su huella y "
        "puede comprobarse contra la cabeza de la cadena impresa al pie. No sustituye la opinión "
        "legal o contable de la institución.",
        8.5,
    )


def _compliance(outside: int | None) -> str:
    if outside is None:
        return "El horario y la frecuencia de las gestiones no se examinaron."
    if outside:
        return f"Gestiones fuera de los horarios o límites de contacto aplicables: {outside}."
    return "Las gestiones se hicieron dentro de los horarios y límites de contacto aplicables."


def _doubtful(requirement: Requirement) -> bool:
    return requirement.state == "met" and requirement.confidence != "verified"


def _signatures(sheet: Sheet, opinion: Opinion) -> None:
    sheet.need(30)
    sheet.y += 17
    roles = (
        ("Preparó", opinion.prepared_by), ("Aprobó (persona distinta)", opinion.approved_by),
        ("Recibió la institución", ""),
    )  # fmt: skip
    for index, (role, name) in enumerate(roles):
        x = sheet.left + index * sheet.width / 3
        room = sheet.width / 3 - 10
        sheet.canvas.rule(x, sheet.y, x + room)
        sheet.canvas.text(x, sheet.y - 1.5, name, 9, room=room)
        sheet.canvas.text(x, sheet.y + 3.8, role, 8, room=room)
    sheet.y += 8
