"""The five fictional institutions as businesses, and the days of the story."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from deployments.demo.names import CHILE, COLOMBIA, MEXICO, PERU
from deployments.demo.population import Market

DAY_1 = date(2026, 11, 27)  # a Friday
DAY_2 = date(2026, 11, 30)  # the Monday after it, last business day of the month
#: Balances of a snapshot hold at the end of its cut-off: the first knows no payment of day one,
#: the second knows them all and none of day two.
CUT_1 = date(2026, 11, 26)
CUT_2 = DAY_1
NEXT_DUE = date(2026, 12, 15)

MARKETS = (
    Market(
        institution="banco-andino", country=COLOMBIA, currency="COP", median_minor=420_000_000,
        sigma=0.95, number="8{n:09d}", firm_share=0.08, yearly_interest=0.24, yearly_default=0.26,
        expense_minor=4_500_000,
        products=(("Libre inversión", "loan"), ("Libranza", "loan"), ("Tarjeta Clásica", "card"),
                  ("Tarjeta Oro", "card")),
    ),
    Market(
        institution="credisol", country=COLOMBIA, currency="COP", median_minor=160_000_000,
        sigma=0.8, number="CS-{n:07d}", firm_share=0.05, yearly_interest=0.25, yearly_default=0.26,
        expense_minor=2_800_000,
        products=(("Crédito de consumo", "loan"), ("Crédito educativo", "loan"),
                  ("Motocicleta", "loan")),
    ),
    Market(
        institution="financiera-austral", country=CHILE, currency="CLP", median_minor=850_000,
        sigma=0.9, number="0{n:011d}", firm_share=0.07, yearly_interest=0.28, yearly_default=0.18,
        expense_minor=12_000,
        products=(("Consumo", "loan"), ("Automotriz", "loan"), ("Tarjeta Austral", "card")),
    ),
    Market(
        institution="mercantil-bajio", country=MEXICO, currency="MXN", median_minor=1_150_000,
        sigma=0.85, number="00{n:08d}", firm_share=0.06, yearly_interest=0.36, yearly_default=0.24,
        expense_minor=0,
        products=(("Línea blanca", "loan"), ("Muebles", "loan"), ("Electrónica", "loan")),
    ),
    Market(
        institution="caja-pacifico", country=PERU, currency="PEN", median_minor=420_000, sigma=0.9,
        number="CP{n:08d}", firm_share=0.09, yearly_interest=0.32, yearly_default=0.12,
        expense_minor=8_500,
        products=(("Microempresa", "loan"), ("Consumo", "loan"), ("Capital de trabajo", "loan")),
    ),
)  # fmt: skip

#: Order in which the institution itself applies a payment; its profile says the same.
ALLOCATION: Mapping[str, tuple[str, ...]] = {
    "banco-andino": ("expenses", "fees", "default_interest", "interest", "principal"),
    "credisol": ("default_interest", "interest", "fees", "expenses", "principal"),
    "financiera-austral": ("default_interest", "interest", "fees", "expenses", "principal"),
    "mercantil-bajio": ("default_interest", "interest", "fees", "expenses", "principal"),
    "caja-pacifico": ("default_interest", "interest", "expenses", "fees", "principal"),
}

PREFIX: Mapping[str, str] = {
    "banco-andino": "BA", "credisol": "CS", "financiera-austral": "FA", "mercantil-bajio": "MB",
    "caja-pacifico": "CP",
}  # fmt: skip
