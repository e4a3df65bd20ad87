"""What operations see of the traffic with the institutions' servers, and what is remembered to
save work.

As with leases, the rows change, nothing is proven by them, and no chain holds them.
"""

from sqlalchemy import PrimaryKeyConstraint, Table

from recupero.store.tables.columns import count, day, flag, instant, metadata, number, packed, text

#: Receipts whose file's move to the archive was begun, under which date, and is not known to have
#: ended well: it is under way, was cut off or was refused. A pull puts the next into a free
#: ``place``, one without a receipt, so there are few.
archiving = Table(
    "archiving",
    metadata,
    text("institution"),
    count("place"),
    number("receipt_id", null=True),
    day("business_date", null=True),
    PrimaryKeyConstraint("institution", "place"),
)

#: What stopped the traffic with one side of a server, from the first failure until the side worked
#: again; ``number`` counts a side's incidents of a kind from 1. ``times`` it was seen meanwhile,
#: and ``detail`` is the last time's error. Open where it has no ``closed_at``. ``told``: people
#: were told that it opened or, once it has ended, of its end.
incident = Table(
    "incident",
    metadata,
    text("institution"),
    text("side"),
    text("kind"),
    count("number"),
    text("detail"),
    count("times"),
    instant("opened_at"),
    instant("failed_at"),
    instant("closed_at", null=True),
    flag("told"),
    PrimaryKeyConstraint("institution", "side", "kind", "number"),
)

#: What the pulls of a date saw in the inbox and did not take up. ``entry`` is a keyed hash of its
#: name, or the receipt it has already; ``name`` is told only where a layout declares it: any other
#: may be a debtor's. ``there``: the last pull saw it still.
sighting = Table(
    "sighting",
    metadata,
    text("institution"),
    day("business_date"),
    number("entry"),
    text("name", null=True),
    number("receipt_id", null=True),
    text("reason"),
    flag("there"),
    PrimaryKeyConstraint("institution", "business_date", "entry"),
)

#: The rows of a full portfolio as they were last booked, by keyed hashes: those that come again
#: unchanged need no look at what is known. ``portfolio`` is empty where an institution has one;
#: ``receipt_id`` is the file that was booked last, ``made_as`` what the hashes were made by.
fingerprint = Table(
    "fingerprint",
    metadata,
    text("institution"),
    text("portfolio"),
    number("receipt_id"),
    day("cut_off"),
    text("made_as"),
    packed("rows"),
    PrimaryKeyConstraint("institution", "portfolio"),
)
