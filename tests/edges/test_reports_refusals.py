"""A report whose figures do not hold is not issued; long lists say what they left out."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from recupero.errors import Fault, IntegrityError, Refused
from reports.acknowledgement import Tally, acknowledgement_pdf
from reports.acknowledgement_table import acknowledgement_csv
from reports.dropped import PRINTED, Dropped, MissingAccount
from reports.exhaustion import certificate_pdf
from reports.exhaustion_gaps import gaps_csv
from reports.reconciliation import ThreeWay, reconciliation_pdf
from reports.reconciliation_book import reconciliation_xlsx
from reports.workbook import money_format
from reports.writeoff import by_total, writeoff_pdf
from tests.golden import report_inputs as inputs


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("render", [acknowledgement_pdf, acknowledgement_csv])
def test_rows_that_do_not_add_up_stop_the_acknowledgement(render: object) -> None:
    wrong = replace(inputs.acknowledgement(), booked=Tally(1))
    with pytest.raises(IntegrityError):
        render(wrong)


def test_rejects_are_capped_on_paper_and_complete_in_the_table() -> None:
    data = inputs.acknowledgement(PRINTED + 1234)
    assert "y 1.234 más" in text_of(acknowledgement_pdf(data))
    rows = list(csv.DictReader(
        io.StringIO(acknowledgement_csv(data).decode("utf-8-sig")), delimiter=";"
    ))  # fmt: skip
    rejects = [row for row in rows if row["registro"] == "rechazo"]
    assert len(rejects) == PRINTED + 1234
    assert rejects[1]["valor"] == "'=1+2"
    assert all(row["que_hacer"] for row in rejects)
    totals = {row["concepto"]: int(row["filas"]) for row in rows
              if row["registro"] == "total" and row["filas"]}  # fmt: skip
    assert totals["read"] == sum(n for name, n in totals.items() if name != "read")


def test_missing_accounts_are_capped_on_paper_and_complete_in_the_table() -> None:
    missing = tuple(MissingAccount(f"{n:04}", "COP", 1_000 + n) for n in range(PRINTED + 1234))
    data = replace(inputs.acknowledgement(), dropped=Dropped(missing))
    told = " ".join(text_of(acknowledgement_pdf(data)).split())
    assert "y 1.234 más" in told
    assert "Cuentas retiradas porque la cartera completa ya no las nombra: 1.294." in told
    rows = list(csv.DictReader(
        io.StringIO(acknowledgement_csv(data).decode("utf-8-sig")), delimiter=";"
    ))  # fmt: skip
    listed = [row for row in rows if row["registro"] == "cuenta"]
    assert [row["valor"] for row in listed] == [one.account_number for one in missing]
    amounts = {row["moneda"]: row["importe"] for row in rows if row["registro"] == "baja"}
    assert amounts["COP"] == f"{sum(float(row['importe']) for row in listed):.2f}"


@pytest.mark.parametrize("render", [reconciliation_pdf, reconciliation_xlsx])
@pytest.mark.parametrize("part", ["roll_forward", "sources", "three_way"])
def test_one_cent_of_difference_stops_the_reconciliation(part: str, render: object) -> None:
    data = inputs.reconciliation()
    roll, source = data.roll_forward[0], data.sources[0]
    wrong = {
        "roll_forward": (replace(roll, closing_minor=(roll.closing_minor[0] + 1,
                                                      *roll.closing_minor[1:])),),
        "sources": (replace(source, received_minor=source.received_minor - 1),),
        "three_way": (ThreeWay("COP", 100, 101),),
    }[part]  # fmt: skip
    with pytest.raises(IntegrityError):
        render(replace(data, **{part: wrong}))


def test_a_bank_that_differs_is_said_in_the_first_line() -> None:
    data = replace(inputs.reconciliation(), three_way=(ThreeWay("COP", 100, 100, 99),))
    text = text_of(reconciliation_pdf(data))
    assert "El banco difiere del libro" in text
    assert "Sin diferencias" not in text


@pytest.mark.parametrize(
    "change", [{"state": "unmet"}, {"state": "value_missing"}, {"evidence": ()}]
)
def test_no_certificate_without_every_condition_and_its_evidence(change: dict[str, object]) -> None:
    data = inputs.opinion()
    first, *rest = data.requirements
    with pytest.raises(Refused, match="no certificate"):
        certificate_pdf(replace(data, requirements=(replace(first, **change), *rest)))


@pytest.mark.parametrize(
    "change",
    [{"requirements": ()}, {"approved_by": "A. Quiroga"}, {"total_minor": 1}],
)
def test_no_certificate_without_conditions_checker_or_sum(change: dict[str, object]) -> None:
    with pytest.raises(Refused):
        certificate_pdf(replace(inputs.opinion(), **change))


@pytest.mark.parametrize(
    ("outside", "said"),
    [(0, "Las gestiones se hicieron dentro"), (2, "aplicables: 2."), (None, "no se examinaron")],
)
def test_the_certificate_claims_only_what_was_examined(outside: int | None, said: str) -> None:
    text = text_of(certificate_pdf(replace(inputs.opinion(), outside_contacts=outside)))
    assert said in text
    assert "Condiciones cuya norma no se leyó en el texto oficial: 4." in text


def test_the_plan_is_soonest_first_and_undated_last() -> None:
    rows = list(csv.DictReader(
        io.StringIO(gaps_csv(inputs.gap_plan()).decode("utf-8-sig")), delimiter=";"
    ))  # fmt: skip
    assert [row["certificable_desde"] for row in rows] == ["2027-01-04", "2027-01-04", ""]


def test_totals_beyond_64_bits_stay_exact() -> None:
    data = inputs.write_off()
    huge = 2**63 - 1
    lines = tuple(
        replace(n, principal_minor=huge - 2_050_000, total_minor=huge) for n in data.lines
    )
    totals = by_total(replace(data, lines=lines), "product")
    assert list(totals["total_minor"]) == [3 * huge, 3 * huge]
    assert list(totals["accounts"]) == [3, 3]


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        ("COP", '"$"\\ #,##0.00;[Red]\\-"$"\\ #,##0.00'),
        ("CLP", '"$"\\ #,##0;[Red]\\-"$"\\ #,##0'),
        ("CLF", '"CLF"\\ #,##0.0000;[Red]\\-"CLF"\\ #,##0.0000'),
    ],
)
def test_cells_show_the_currency_with_its_decimals(currency: str, expected: str) -> None:
    assert money_format(currency) == expected


@pytest.mark.parametrize("change", [{"other_minor": 1}, {"legal_basis": ""}, {"route": ""}])
def test_a_write_off_line_sums_and_names_its_basis(change: dict[str, object]) -> None:
    data = inputs.write_off()
    first, *rest = data.lines
    with pytest.raises(Fault):
        writeoff_pdf(replace(data, lines=(replace(first, **change), *rest)))
