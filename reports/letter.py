"""The day's letters of one institution: one batch PDF, one page a letter, no tables, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from recupero.dates import long_es
from recupero.errors import Fault, Refused
from recupero.money import to_text
from reports.canvas import Canvas, paper_mm
from reports.labels import COMPONENT, COMPONENTS
from reports.letter_page import LetterPage, Words
from reports.letter_text import RIGHTS, STAGES, Template
from reports.lint import lint_letter
from reports.page import Issuer
from reports.typeface import one_stop

__all__ = ["Letter", "letter_text", "lint_letter", "render_letters"]


@dataclass(frozen=True)
class Letter:
    """One letter to one debtor about one account.

    ``components`` maps canonical component names to minor units and sums to ``total_minor``.
    ``interest_detail`` and ``fees_detail`` state rates and periods, cause and origin of costs
    (Chile: first contact); empty = the letter says where to ask for them.
    """

    letter_id: str
    account_number: str
    debtor_name: str
    address: str
    city: str
    stage: str
    currency: str
    components: Mapping[str, int] | tuple[tuple[str, int], ...]
    total_minor: int
    age_days: int
    due_date: date | None
    product: str
    permission_id: str
    country: str
    interest_detail: str = ""
    fees_detail: str = ""


def render_letters(
    letters: Sequence[Letter], institution: Issuer, agency: Issuer, business_date: date
) -> bytes:
    """One PDF with a page per letter, in the order given; the same input gives the same bytes.

    Refuses a stage or country without a template, an institution's text that reads like court
    papers, and (Mexico) an agency that is not fully identified.
    """
    countries = {letter.country for letter in letters}
    if len(countries) != 1:
        raise Fault("a batch of letters holds one country", mend=f"got {len(countries)}")
    title = f"Cartas {business_date.isoformat()}"
    with Canvas(paper_mm(countries.pop()), business_date, title, agency.name) as canvas:
        page = LetterPage(canvas, institution, agency, business_date)
        for letter in letters:
            page.draw(compose(letter, institution, agency, business_date))
        return canvas.finish()


def letter_text(letter: Letter, institution: Issuer, agency: Issuer, business_date: date) -> str:
    """What the letter says, as running text: for the lint, for tests, for the record."""
    words = compose(letter, institution, agency, business_date)
    return "\n".join([words.subject, *words.paragraphs, words.table, *words.details, *words.rights])


def compose(letter: Letter, institution: Issuer, agency: Issuer, business_date: date) -> Words:
    """The letter's words and figures, ready to be placed on a page."""
    template, rights = _template(letter.country, letter.stage)
    amounts = dict(letter.components)
    if sum(amounts.values()) != letter.total_minor or set(amounts) - set(COMPONENTS):
        raise Fault("the components of a letter do not sum to its total", letter.letter_id)
    _check_outside_text(letter)
    fields = _fields(letter, institution, agency, business_date)
    rows = tuple(
        (COMPONENT[name], to_text(amounts[name], letter.currency))
        for name in COMPONENTS
        if amounts.get(name) or name == "principal"
    )
    return Words(
        letter_id=letter.letter_id,
        permission_id=letter.permission_id,
        reference=letter.account_number,
        addressee=(letter.debtor_name, letter.address, letter.city),
        subject=template.subject,
        paragraphs=tuple(one_stop(text.format_map(fields)) for text in template.paragraphs),
        table=template.table,
        facts=_facts(letter),
        rows=rows,
        total=to_text(letter.total_minor, letter.currency),
        details=tuple(text for text in (letter.interest_detail, letter.fees_detail) if text),
        rights=tuple(one_stop(text.format_map(fields)) for text in rights),
    )


@lru_cache(maxsize=64)
def _template(country: str, stage: str) -> tuple[Template, tuple[str, ...]]:
    if country not in RIGHTS or stage not in STAGES:
        raise Refused(f"no letter template for country {country!r}, stage {stage!r}")
    template, rights = STAGES[stage], RIGHTS[country]
    text = " ".join((template.subject, template.table, *template.paragraphs, *rights))
    if findings := lint_letter(text, country):
        raise Fault(f"letter template {country} {stage}: {'; '.join(findings)}")
    return template, rights


def _fields(
    letter: Letter, institution: Issuer, agency: Issuer, business_date: date
) -> dict[str, str]:
    if letter.country == "MX" and not (agency.address and agency.phone and agency.responsible):
        raise Refused(
            "Mexico: a letter names the agency's address, telephone and responsible person",
            mend="complete the agency's data",
        )
    due = f", con vencimiento el {long_es(letter.due_date)}" if letter.due_date else ""
    days = "1 día" if letter.age_days == 1 else f"{letter.age_days} días"
    card = ", ".join(filter(None, (agency.name, agency.address, agency.city, agency.phone)))
    return {
        "institution": institution.name,
        "agency": agency.name,
        "agency_card": card,
        "responsible": agency.responsible,
        "complaints": agency.complaints or institution.complaints or institution.name,
        "product": letter.product.strip() or "obligación",
        "account": letter.account_number,
        "due": due,
        "days": days.replace(" ", "\u00a0"),
        "date": long_es(business_date),
    }


def _facts(letter: Letter) -> tuple[tuple[str, str], ...]:
    late = f"{letter.age_days}" if letter.age_days > 0 else "Al día"
    return (
        ("Obligación", letter.account_number),
        ("Producto", letter.product[:1].upper() + letter.product[1:] or "—"),
        ("Vencimiento", long_es(letter.due_date) if letter.due_date else "—"),
        ("Días de atraso", late),
        ("Moneda", letter.currency),
    )


def _check_outside_text(letter: Letter) -> None:
    text = " ".join((letter.product, letter.interest_detail, letter.fees_detail))
    findings = _outside_findings(text, "" if letter.country == "CL" else letter.country)
    if findings:
        raise Refused(f"the institution's text {'; '.join(findings)}", letter.letter_id)


@lru_cache(maxsize=1024)
def _outside_findings(text: str, country: str) -> tuple[str, ...]:
    return tuple(lint_letter(text, country))
