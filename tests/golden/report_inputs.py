"""One input per report, built by hand, and what renders it: used by the golden and layout tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from reports.acknowledgement import acknowledgement_pdf
from reports.acknowledgement_table import acknowledgement_csv
from reports.daily import ContactDay, DailySummary, FileDay, MoneyDay, daily_pdf
from reports.exhaustion import EffortLine, Opinion, Requirement, UnitValue, certificate_pdf
from reports.exhaustion_gaps import Gap, GapPlan, gaps_csv, gaps_pdf
from reports.letter import Letter, render_letters
from reports.letter_text import STAGES
from reports.reconciliation import (
    FileControl,
    MatchLine,
    OpenItem,
    Reconciliation,
    RollForward,
    RollLine,
    SourceLine,
    ThreeWay,
    reconciliation_pdf,
)
from reports.reconciliation_book import reconciliation_xlsx
from reports.worklist import WithheldContact, WorkItem, WorkList, worklist_xlsx
from reports.writeoff import RefusedLine, WriteOff, WriteOffLine, writeoff_csv, writeoff_pdf
from reports.writeoff_book import writeoff_xlsx
from tests.golden.acknowledgement_inputs import (
    AGENCY,
    DAY,
    HEAD,
    INSTITUTION,
    acknowledgement,
    duplicate,
    held,
    in_english,
    recalled,
    refused,
)

CURRENCY = {"CO": "COP", "CL": "CLP", "MX": "MXN", "PE": "PEN"}
AGE = {"preventiva": -5, "comercial": 12, "administrativa": 45, "prejuridica": 75, "juridica": 140}


def letter(country: str = "CO", stage: str = "comercial", number: int = 1) -> Letter:
    """An ordinary letter of *country* and *stage*."""
    parts = {"principal": 284_573_310, "default_interest": 890_012, "expenses": 250_000}
    return Letter(
        f"CAR-2026-11-27-{number:06d}", f"00130045{number:08d}", "María Fernanda Ñáñez Güiza",
        "Calle 45 # 13-20 apto 501", "Bogotá D. C.", stage, CURRENCY[country], parts,
        sum(parts.values()), AGE[stage], DAY - timedelta(days=AGE[stage]), "crédito de consumo",
        f"PER-{number:012x}", country,
    )  # fmt: skip


def letters(country: str) -> bytes:
    """The five stages of *country* in one batch."""
    batch = [letter(country, stage, n) for n, stage in enumerate(STAGES, start=1)]
    return render_letters(batch, INSTITUTION[country], AGENCY, DAY)


def reconciliation(currency: str = "COP", matches: int = 30) -> Reconciliation:
    """A day whose figures tie: movements, one source, files, open items and matches."""
    opening = (98_765_432_101_234, 1_234_567_890, 987_654_321, 5_000_000, 120_000, -45_000)
    lines = (
        RollLine("placed", (1_234_500_000, 0, 0, 0, 0, 0)),
        RollLine("accrued", (0, 120_000, 55_000, 0, 0, 0)),
        RollLine("paid", (-50_000_000, -1_200_000, -300_000, 0, 0, -30_000)),
    )
    closing = tuple(
        start + sum(line.amounts_minor[i] for line in lines) for i, start in enumerate(opening)
    )
    source = "MT940 20261127.sta"
    found = tuple(
        MatchLine(
            f"REC-{n:06d}", source, DAY, f"00130045{n:08d}", currency, 123_456 + n,
            "matched" if n % 5 else "by_policy", "referencia exacta", "=SUM(1,1) referencia",
        )
        for n in range(matches)
    )  # fmt: skip
    exact = sum(m.amount_minor for m in found if m.matched_class == "matched")
    policy = sum(m.amount_minor for m in found) - exact
    received = SourceLine(
        source, currency, matches + 4, exact + policy + 1234, exact, policy, 1000, 200, 30, 4
    )
    items = tuple(
        OpenItem(
            f"PART-{n:05d}", source, currency, 500_000 * n + 1, DAY - timedelta(days=n * 5), n * 5,
            "Sin referencia del pagador", "Conciliación", "Pedir el soporte",
        )
        for n in range(8)
    )  # fmt: skip
    files = (
        FileControl("CARTERA_20261127.txt", "placement", HEAD, currency, 12_075, 99, 12_075, 99),
        FileControl("pagos 27.xlsx", "payment", HEAD, currency, 34, 55_555),
    )
    return Reconciliation(
        "CON-2026-11-27-aa01", INSTITUTION["CO"], AGENCY, DAY, HEAD,
        (RollForward(currency, opening, lines, closing),),
        (received,), files, items, found, (ThreeWay(currency, exact, exact, exact),),
    )  # fmt: skip


def worklist() -> WorkList:
    """Three collectors, one of them with nothing but a withheld contact."""
    items = tuple(
        WorkItem(
            f"G-{n % 2:03d}", f"00130045{n:08d}", "=HYPERLINK(1)" if n == 4 else "Ana Peña",
            "+57 300 555 0100", "call", "comercial", "1-30", "COP", 1_234_567 * n + 1,
            0.5 + n / 100, "Promesa vencida ayer", time(8), time(19), f"PER-{n:08x}", "no_contact",
        )
        for n in range(9)
    )  # fmt: skip
    held = WithheldContact(
        "G-009", "0013004500000077", "call", "frecuencia semanal agotada",
        "Ley 2300/2023 art. 3 par. 1", "contacto directo el 2026-11-25", date(2026, 11, 30),
    )  # fmt: skip
    return WorkList("LIS-2026-11-27-03", INSTITUTION["CO"], AGENCY, DAY, items, (held,))


def opinion() -> Opinion:
    """A Peruvian obligation with every condition met or not applicable."""
    efforts = tuple(
        EffortLine(
            datetime(2026, 3, 1, 9, 5) + timedelta(days=9 * n, hours=n % 7),
            ("call", "sms", "letter", "email")[n % 4],
            ("no_contact", "delivered", "returned", "contact")[n % 4], n % 4 == 3,
            f"GES-{n:08d}", "+51 1 555 0100", "G-014",
        )
        for n in range(12)
    )  # fmt: skip
    conditions = (
        Requirement("Más de doce meses de mora", "RLIR art. 21 f) 1", "met", ("JOU-0001",)),
        Requirement(
            "Gestiones documentadas después del vencimiento", "RLIR art. 21 f) 1", "met",
            ("GES-00000001", "GES-00000002"),
        ),
        Requirement("Deuda no renovada", "LIR art. 37 i)", "not_applicable", note="sin renovación"),
        Requirement("No excede 3 UIT", "RLIR art. 21 g) 1", "met", ("UIT-2026",), "secondary"),
    )  # fmt: skip
    return Opinion(
        "DIC-2026-11-27-7c0e", INSTITUTION["PE"], AGENCY, DAY, HEAD, "PE",
        "Perú, deducción tributaria 2026-01", HEAD, "0011-0001-0200123456",
        "Íñigo Ñahui Quispe Mamani", "DNI 45678912", "Tarjeta de crédito", "PEN",
        (("principal", 845_000), ("interest", 160_067)), 1_005_067, date(2025, 6, 15), 530,
        conditions, efforts, "Cumple las condiciones para su castigo tributario.",
        "castigo por monto no mayor a 3 UIT.", payments_minor=25_000, withheld_contacts=4,
        outside_contacts=0, prepared_by="A. Quiroga", approved_by="L. Benavides",
        unit_values=(UnitValue("UIT", "S/ 5,500.00", date(2026, 1, 1), "DS 301-2025-EF"),),
    )  # fmt: skip


def gap_plan() -> GapPlan:
    """Two obligations that cannot be certified yet, one without a date."""
    missing = Requirement(
        "Informe del abogado", "E.T. art. 146", "unmet", earliest=date(2027, 1, 4), note="no consta"
    )
    value = Requirement("Provisión individual", "DUR 1.2.1.18.20", "value_missing")
    gaps = (
        Gap("0013004500000002", "COP", 55, 300, (value,), "Pedir la declaración", None),
        Gap("0013004500000001", "COP", 123_456_789, 400, (missing, value), "Pedir el informe",
            date(2027, 1, 4)),
    )  # fmt: skip
    return GapPlan("PLA-01", INSTITUTION["CO"], AGENCY, DAY, HEAD, "E.T. 145/146", 12, gaps)


def write_off(kind: str = "report") -> WriteOff:
    """Six obligations of two products and one refused."""
    lines = tuple(
        WriteOffLine(
            f"00130045{n:08d}", ("Consumo", "Tarjeta")[n % 2], "COP", 100_000_000 + n, 2_000_000,
            50_000, 102_050_000 + n, 200 + 90 * n, "181-365" if n < 2 else ">365", "ilocalizable",
            "E.T. art. 146", "deuda manifiestamente perdida", f"DIC-{n:04x}", provisioned=True,
        )
        for n in range(6)
    )  # fmt: skip
    refusal = RefusedLine("0013004500000099", "COP", 5_500_000, "Pago posterior a la propuesta")
    return WriteOff(
        "CAS-2026-11-27-02", INSTITUTION["CO"], AGENCY, DAY, HEAD, kind, lines, (refusal,),
        "CAS-2026-10-30-01", "Acta de Junta 1234", date(2026, 11, 25), "A. Quiroga", "L. Benavides",
    )  # fmt: skip


def daily() -> DailySummary:
    """A day with something left to do."""
    return DailySummary(
        "RES-04", INSTITUTION["CO"], AGENCY, DAY, HEAD,
        (MoneyDay("COP", 12_075, 98_765_432_101_234, 123_400_000_000, 5_500_000_000, 0, 1),),
        (FileDay("CARTERA_20261127.txt", "Registrado con rechazos", 12_075, 75),),
        (ContactDay("Llamada", 900, 640, 260, 640),), ("75 filas rechazadas.",),
    )  # fmt: skip


PDFS: dict[str, Callable[[], bytes]] = {
    **{f"letters_{code.lower()}": partial(letters, code) for code in INSTITUTION},
    "acknowledgement": lambda: acknowledgement_pdf(acknowledgement()),
    "acknowledgement_recalled": lambda: acknowledgement_pdf(recalled()),
    "acknowledgement_en": lambda: acknowledgement_pdf(in_english()),
    "acknowledgement_held": lambda: acknowledgement_pdf(held()),
    "acknowledgement_refused": lambda: acknowledgement_pdf(refused()),
    "acknowledgement_duplicate": lambda: acknowledgement_pdf(duplicate()),
    "reconciliation": lambda: reconciliation_pdf(reconciliation()),
    "certificate": lambda: certificate_pdf(opinion()),
    "gaps": lambda: gaps_pdf(gap_plan()),
    "writeoff_proposal": lambda: writeoff_pdf(write_off("proposal")),
    "writeoff_report": lambda: writeoff_pdf(write_off()),
    "daily": lambda: daily_pdf(daily()),
}
TABLES: dict[str, Callable[[], bytes]] = {
    "acknowledgement_csv": lambda: acknowledgement_csv(acknowledgement()),
    "acknowledgement_recalled_csv": lambda: acknowledgement_csv(recalled()),
    "acknowledgement_en_csv": lambda: acknowledgement_csv(in_english()),
    "acknowledgement_held_csv": lambda: acknowledgement_csv(held()),
    "gaps_csv": lambda: gaps_csv(gap_plan()),
    "writeoff_csv": lambda: writeoff_csv(write_off()),
}
BOOKS: dict[str, Callable[[], bytes]] = {
    "reconciliation_xlsx": lambda: reconciliation_xlsx(reconciliation()),
    "worklist_xlsx": lambda: worklist_xlsx(worklist()),
    "writeoff_xlsx": lambda: writeoff_xlsx(write_off()),
}
