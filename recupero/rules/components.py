"""The six parts a balance is made of, in the order every table prints them."""

from __future__ import annotations

#: ``unapplied`` holds what was received beyond the debt; it is negative when we owe the debtor.
COMPONENTS = ("principal", "interest", "default_interest", "fees", "expenses", "unapplied")

#: The same six as columns of minor units.
COLUMNS = tuple(f"{component}_minor" for component in COMPONENTS)

#: What can be owed, so what a payment can settle.
PAYABLE = COMPONENTS[:-1]
