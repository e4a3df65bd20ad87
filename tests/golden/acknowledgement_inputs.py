"""Acknowledgements built by hand, one for each thing that may become of a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.acknowledgement import Acknowledgement, RejectedRow, Tally
from reports.compared import Compared, ExpectedBalance, Part
from reports.control_totals import ControlSum, ControlTotals
from reports.dropped import Dropped, MissingAccount
from reports.page import Issuer

DAY = date(2026, 11, 27)
HEAD = "9f2c61d0b7aa4c8e55d19f2c61d0b7aa4c8e55d19f2c61d0b7aa4c8e55d1abcd"

AGENCY = Issuer(
    "Recupero Gestión de Cartera S.A.S.", "CO", tax_id="NIT 901.234.567-1",
    address="Carrera 7 # 71-21, torre B, piso 9", city="Bogotá", phone="+57 601 555 0134",
    email="contacto@recupero.example", responsible="Lic. Mariana Ortega Núñez",
    complaints="Defensoría del cliente, 01 800 555 0199",
)  # fmt: skip
INSTITUTION = {
    "CO": Issuer(
        "Banco Andino S.A.", "CO", tax_id="NIT 900.123.456-8", address="Calle 72 # 10-07",
        city="Bogotá", payment_channels=("Cuenta corriente 001-234567-89 de Banco Andino S.A.",),
    ),
    "CL": Issuer("Comercial Austral SpA", "CL", tax_id="RUT 76.123.456-0"),
    "MX": Issuer("Financiera del Bajío, S.A. de C.V., SOFOM, E.N.R.", "MX"),
    "PE": Issuer("Caja Rímac S.A.", "PE", tax_id="RUC 20512345678"),
}  # fmt: skip
UNSAID = ControlSum("", "COP", None, 123_456_789_012_345)
SUMS = ControlSum("CAPITAL", "COP", 5_000, 5_000), ControlSum("CAPITAL", "USD", 700, 690)
DECLARED = ControlSum("BALANCE", "USD", 1_300_000, 1_234_500)


def acknowledgement(rejects: int = 3) -> Acknowledgement:
    """A placement file, booked, with *rejects* rejected rows."""
    rows = tuple(
        RejectedRow(
            10 + n, "CAPITAL", "amount_format", "=1+2" if n == 1 else f"1.23{n},4x",
            "El importe no tiene el formato declarado",
        )
        for n in range(rejects)
    )  # fmt: skip
    return Acknowledgement(
        "ACU-2026-11-27-0b1c2d3e", INSTITUTION["CO"], AGENCY, DAY, "booked",
        "CARTERA_20261127.txt", 1_834_221, HEAD, "placement", "2026-01", HEAD,
        read=Tally(11_990 + rejects, (("COP", 123_456_789_012_345),)),
        booked=Tally(11_890, (("COP", 113_456_789_012_345),)),
        unchanged=Tally(90, (("COP", 9_000_000_000_000),)),
        held=Tally(8, (("COP", 1_000_000_000_000),)),
        rejected=Tally(rejects), duplicate=Tally(2), rejects=rows,
        control=ControlTotals(11_990 + rejects, "COP", 11_990 + rejects, (UNSAID,)),
    )  # fmt: skip


def recalled() -> Acknowledgement:
    """A full portfolio that no longer names three accounts, one of them in two currencies."""
    missing = (
        MissingAccount("001300451", "COP", 284_573_310), MissingAccount("001300451", "USD", 12_000),
        MissingAccount("001300452", "COP", 0), MissingAccount("001300453", "COP", -50_000),
    )  # fmt: skip
    dropped = Dropped(missing, ("001300457", "001300459"), 1_204)
    return replace(acknowledgement(0), dropped=dropped, compared=Compared(1_200, 10_689, 90, 1, 3))


def in_english() -> Acknowledgement:
    """One whose institution reads English: a part with all that a portfolio's answer may say; its
    rejects go out to be repaired.
    """
    rows = (
        RejectedRow(10, "principal_minor", "unreadable_amount", "x", "BALANCE: no amount; it is "
                    "expected as 1,234,567.89"),
        RejectedRow(11, "debtor_id_number", "required", "", "SSN: missing, and it is required"),
    )  # fmt: skip
    return replace(
        acknowledgement(0), institution=Issuer("First Andean Bank, N.A.", "US"), language="en",
        read=Tally(12, (("USD", 1_234_500),)), booked=Tally(10, (("USD", 1_000_000),)),
        unchanged=Tally(), held=Tally(), duplicate=Tally(), rejected=Tally(2, (("USD", 234_500),)),
        control=ControlTotals(12, "USD", 13, (DECLARED,), source="CONTROL_20261127.txt"),
        rejects=rows,
        reject_file="RECHAZOS_CARTERA_20261127_0123456789ab.txt",
        part=Part("2", ("1", "3")), compared=Compared(2, 3, 4, 1, 2),
        expected=(ExpectedBalance("USD", 200_000, 34_500, -22_000, -12_500, 1_000_000),),
        dropped=Dropped(
            (MissingAccount("00130045", "USD", 12_000), MissingAccount("00130046", "USD", 10_000)),
            ("00130047",), 3,
        ),
        warnings=(
            RejectedRow(12, "balance", "balance_up", "", "the balance exceeds the one known plus "
                        "the new charges", "Check the balance."),
        ),
    )  # fmt: skip


def held() -> Acknowledgement:
    """A full portfolio that names too few of the accounts placed."""
    return replace(
        recalled(), state="held", refusal_rule="vanished_share", control=None,
        refusal_reason="la cartera completa no nombra 3 de las 12 cuentas asignadas",
        refusal_mend="Si el archivo está incompleto, envíe la cartera completa con otro nombre.",
        read=Tally(9), booked=Tally(), unchanged=Tally(), held=Tally(8), duplicate=Tally(1),
        dropped=Dropped(recalled().dropped.missing, held=True), compared=None,
    )  # fmt: skip


def refused() -> Acknowledgement:
    """The same file refused for its control total."""
    nothing = Tally()
    return replace(
        acknowledgement(0), state="refused", refusal_rule="control_total", chain_head="",
        refusal_reason="El total de control declara 12 filas y el archivo trae 11.",
        refusal_mend="Genere el archivo de nuevo y envíelo completo, con otro nombre.",
        read=nothing, booked=nothing, unchanged=nothing, held=nothing, duplicate=nothing,
        control=ControlTotals(11, "COP", 12, SUMS, 4_077_123_456, 4_077_000_111),
    )  # fmt: skip


def duplicate() -> Acknowledgement:
    """The same content sent again."""
    return replace(
        refused(), state="duplicate", refusal_rule="", refusal_reason="", refusal_mend="",
        duplicate_of="ACU-2026-11-26-00aa", duplicate_received_on=date(2026, 11, 26), control=None,
    )  # fmt: skip
