"""Who is named on documents: the institution from its profile, and the agency."""

from __future__ import annotations

from recupero.profiles.profile import Profile
from reports.page import Issuer


def issuer(profile: Profile) -> Issuer:
    """The company a profile describes, as documents show it."""
    company = profile.institution
    return Issuer(
        name=company.name,
        country=company.country,
        tax_id=company.tax_id or "",
        address=company.address or "",
    )
