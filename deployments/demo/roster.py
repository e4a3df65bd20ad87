"""The agency's collectors, their countries and daily capacity."""

from __future__ import annotations

from collections.abc import Mapping

from deployments.demo.sheets import Row

#: Share of a country's accounts that its collectors can hold together; Mexico is short of hands.
CAPACITY: Mapping[str, float] = {"CO": 1.05, "CL": 1.1, "MX": 0.9, "PE": 1.05}
#: Stages a collector takes; no stage named means all of them.
SKILLS = (
    "", "", "preventiva;comercial", "comercial;administrativa", "administrativa;prejuridica",
    "prejuridica;juridica", "juridica;castigada",
)  # fmt: skip
ACCOUNTS_PER_COLLECTOR = 290


def roster_rows(accounts_by_country: Mapping[str, int]) -> list[Row]:
    """Collectors for the accounts of each country, at least as many as there are sets of skills."""
    rows: list[Row] = []
    for country, accounts in accounts_by_country.items():
        places = int(accounts * CAPACITY[country])
        hands = max(len(SKILLS), places // ACCOUNTS_PER_COLLECTOR)
        rows.extend(
            {
                "collector_code": f"{country}-{n + 1:02d}",
                "country": country,
                "capacity": places // hands + (n < places % hands),
                "skills": SKILLS[n % len(SKILLS)],
            }
            for n in range(hands)
        )
    return rows
