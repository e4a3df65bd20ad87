"""Every rule of every kind by its code, one broken row at a time."""

import pytest

from tests.edges.screened_text import BANK, line, profile, reasons, sifted


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({"account_number": ""}, [("account_number", "required")]),
        ({"principal_minor": ""}, [("principal_minor", "required")]),
        ({"principal_minor": "12,5"}, [("principal_minor", "unreadable_amount")]),
        ({"principal_minor": "-1.000,00", "total_minor": "-950,00"}, []),
        ({"interest_minor": "-50,00", "total_minor": "950,00"}, [("interest_minor", "negative")]),
        ({"total_minor": "1.050,01"}, [("total_minor", "parts_do_not_sum")]),
        ({"total_minor": ""}, []),
        ({"interest_minor": "", "total_minor": "1.000,00"}, []),
        ({"cut_off": "28/11/2026"}, [("cut_off", "cut_off_in_future")]),
        ({"cut_off": "27/11/2026"}, []),
        ({"cut_off": ""}, [("cut_off", "required")]),
        ({"cut_off": "31/02/2026"}, [("cut_off", "unreadable_date")]),
        ({"due_date": "31/11/2026"}, [("due_date", "unreadable_date")]),
        ({"due_date": ""}, [("due_date", "required")]),
        ({"due_date": "", "days_past_due": "12"}, []),
        ({"due_date": "05/12/2026"}, []),  # not yet due: the preventive stage
        ({"due_date": "05/12/2026", "days_past_due": "3"}, [("due_date", "due_after_cut_off")]),
        ({"days_past_due": "x"}, [("days_past_due", "unreadable_integer")]),
        (
            {"opened_on": "27/11/2026", "due_date": "30/12/2026"},
            [("opened_on", "opened_after_cut_off")],
        ),
        ({"opened_on": "01/11/2026"}, [("opened_on", "opened_after_due")]),
        ({"obligation_kind": "lease"}, [("obligation_kind", "not_allowed")]),
        ({"debtor_id_type": "NIT", "debtor_id_number": "900.123.456-8"}, []),
        (
            {"debtor_id_type": "NIT", "debtor_id_number": "900.123.456-7"},
            [("debtor_id_number", "bad_check_digit")],
        ),
        (
            {"principal_minor": "x", "due_date": "1/1/2026", "obligation_kind": "lease"},
            [
                ("due_date", "unreadable_date"),
                ("obligation_kind", "not_allowed"),
                ("principal_minor", "unreadable_amount"),
            ],
        ),
    ],
)
def test_placement_rules(cells, expected):
    screened = sifted(BANK, line(**cells))
    assert [(at, rule) for _, at, rule in reasons(screened)] == expected
    assert screened.rows.height == (0 if expected else 1)
    assert screened.rows_rejected == (1 if expected else 0)


PAYMENT = ("transaction_id", "account_number", "amount_minor", "kind", "reverses", "paid_on")
PAID = {"transaction_id": "T1", "amount_minor": "10,00", "kind": "payment", "paid_on": "27/11/2026"}
PAYER = profile("payment", PAYMENT)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({"transaction_id": ""}, [("transaction_id", "required")]),
        ({"amount_minor": "-10,00"}, [("amount_minor", "negative")]),
        ({"amount_minor": "0"}, [("amount_minor", "zero_amount")]),
        ({"kind": "reversal"}, [("reverses", "required")]),
        ({"kind": "reversal", "reverses": "T0"}, []),
        ({"kind": "reversal", "reverses": "T1"}, [("reverses", "reverses_itself")]),
        ({"reverses": "T0"}, [("reverses", "reverses_without_reversal")]),
        ({"kind": "refund"}, [("kind", "not_allowed")]),
        ({"kind": ""}, [("kind", "required")]),
        ({"paid_on": "28/11/2026"}, [("paid_on", "date_in_future")]),
    ],
)
def test_payment_rules(cells, expected):
    screened = sifted(PAYER, line(PAYMENT, **(PAID | cells)))
    assert [(at, rule) for _, at, rule in reasons(screened)] == expected


def test_rows_that_tell_of_no_event_are_counted_apart():
    owner = profile("payment", PAYMENT, settings='zero_amount = "skip"')
    nothing = PAID | {"transaction_id": "T2", "amount_minor": "0,00"}
    unread = PAID | {"transaction_id": "T3", "amount_minor": "x"}
    undated = nothing | {"paid_on": "x"}
    rows = (PAID, nothing, unread, undated)
    screened = sifted(owner, *(line(PAYMENT, **cells) for cells in rows))
    assert screened.rows_empty == 2
    assert reasons(screened) == [(3, "amount_minor", "unreadable_amount")]


SIMPLE = {
    "effort": (
        {
            "effort_id": "E1",
            "account_number": "A",
            "performed_at": "27/11/2026 23:59",
            "channel": "call",
        },
        {"performed_at": "28/11/2026 00:00", "channel": "fax"},
        [("channel", "not_allowed"), ("performed_at", "date_in_future")],
    ),
    "consent": (
        {
            "debtor_id_type": "CC",
            "debtor_id_number": "1",
            "channel": "sms",
            "granted": "S",
            "recorded_at": "01/11/2026",
        },
        {"debtor_id_number": "", "recorded_at": "28/11/2026"},
        [("debtor_id_number", "required"), ("recorded_at", "date_in_future")],
    ),
    "attestation": (
        {
            "account_number": "A",
            "attestation": "provisioned",
            "holds": "S",
            "stated_on": "01/11/2026",
            "evidence": "f. 1",
        },
        {"attestation": "forgiven", "evidence": ""},
        [("attestation", "not_allowed"), ("evidence", "required")],
    ),
    "write_off": (
        {
            "account_number": "A",
            "amount_minor": "1,00",
            "decided_on": "01/11/2026",
            "resolution": "Acta 1",
        },
        {"amount_minor": "0", "decided_on": "28/11/2026"},
        [("amount_minor", "zero_amount"), ("decided_on", "date_in_future")],
    ),
    "recall": (
        {"account_number": "A", "recalled_on": "27/11/2026", "reason": "sold"},
        {"account_number": "", "recalled_on": "28/11/2026", "reason": "bored"},
        [
            ("account_number", "required"),
            ("reason", "not_allowed"),
            ("recalled_on", "date_in_future"),
        ],
    ),
    "absence": (
        {
            "collector_code": "C1",
            "absent_from": "27/11/2026",
            "absent_until": "28/11/2026",
            "reason": "leave",
        },
        {"absent_until": "26/11/2026", "reason": "ill"},
        [("absent_until", "ends_before_it_begins"), ("reason", "not_allowed")],
    ),
    "cost": (
        {"channel": "call", "currency": "COP", "amount_minor": "12,50", "valid_from": "01/11/2026"},
        {"channel": "fax", "amount_minor": "-1,00"},
        [("amount_minor", "negative"), ("channel", "not_allowed")],
    ),
    "goal": (
        {
            "month": "01/11/2026",
            "scope": "collector",
            "code": "C1",
            "measure": "collected",
            "amount_minor": "1,00",
        },
        {"month": "02/11/2026", "amount_minor": ""},
        [("amount_minor", "required"), ("month", "not_first_of_month")],
    ),
    "unit_value": (
        {
            "unit": "UF",
            "currency": "CLP",
            "valid_from": "27/11/2026",
            "value": "39.123,45",
            "source": "D.O.",
        },
        {"unit": "uf", "value": "39123.45"},
        [("unit", "not_allowed"), ("value", "unreadable_decimal")],
    ),
    "roster": (
        {"collector_code": "C1", "country": "CO", "capacity": "300", "skills": "juridica"},
        {"country": "Colombia", "capacity": "-1"},
        [("capacity", "negative"), ("country", "not_allowed")],
    ),
}


MOVED = (
    "adjustment_id", "account_number", "event", "effective_on", "principal_minor",
    "interest_minor", "reason",
)  # fmt: skip
MOVES = {
    "adjustment_id": "M1", "account_number": "A", "event": "charge", "effective_on": "27/11/2026",
    "principal_minor": "10,00", "interest_minor": "5,00", "reason": "r",
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({"principal_minor": ""}, []),
        ({"event": "correction", "interest_minor": "-15,00"}, []),
        ({"event": "reclassification", "interest_minor": "-10,00"}, []),
        ({"event": "reclassification"}, [("event", "parts_do_not_cancel")]),
        ({"event": "waiver", "interest_minor": "-1,00"}, [("interest_minor", "negative")]),
        ({"principal_minor": "0", "interest_minor": ""}, [("event", "nothing_moved")]),
        ({"event": "gift"}, [("event", "not_allowed")]),
        ({"effective_on": "28/11/2026"}, [("effective_on", "date_in_future")]),
        ({"reason": ""}, [("reason", "required")]),
    ],
)
def test_adjustment_rules(cells, expected):
    screened = sifted(profile("adjustment", MOVED), line(MOVED, **(MOVES | cells)))
    assert [(at, rule) for _, at, rule in reasons(screened)] == expected


@pytest.mark.parametrize("kind", SIMPLE)
def test_the_other_kinds(kind):
    good, bad, expected = SIMPLE[kind]
    columns = tuple(good)
    flags = {"consent": "granted", "attestation": "holds"}
    tables = f"[layout.values.{flags[kind]}]\nS = true\nN = false\n" if kind in flags else ""
    owner = profile(kind, columns, tables=tables)
    screened = sifted(owner, line(columns, **good), line(columns, **(good | bad)))
    assert screened.rows.height == 1
    assert [(at, rule) for _, at, rule in reasons(screened)] == expected


DAYS_ALONE = ("account_number", "days_past_due", "principal_minor")


@pytest.mark.parametrize(("days", "rule"), [("", "required"), ("x", "unreadable_integer")])
def test_where_only_the_days_are_agreed_nobody_asks_for_a_due_date(days, rule):
    owner = profile("placement", DAYS_ALONE, tables="[layout.constants]\ncut_off = 'business_date'")
    found = sifted(owner, f"A1;{days};1,00")
    assert reasons(found) == [(1, "days_past_due", rule)]
    assert "columna 2" in found.rejects["message"].item()
