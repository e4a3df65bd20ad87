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
        tax_id=company.tax_id,
        address=company.address,
        city=company.city,
        phone=company.phone,
        email=company.email,
        web=company.web,
        responsible=company.responsible,
        complaints=company.complaints,
        payment_channels=company.payment_channels,
    )
