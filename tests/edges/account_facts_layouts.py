"""Layouts of the files about accounts and people beside a portfolio, for the bank of the tests."""

FACT_LAYOUTS = {
    "instalment": """
constants = { currency = "COP" }
[layout.columns]
account_number = 0
instalment_number = 1
due_date = 2
principal_minor = 3
stated_on = 4
""",
    "guarantee": """
snapshot = "full"
[layout.columns]
account_number = 0
guarantee_number = 1
guarantee_kind = 2
covers_minor = 3
currency = 4
""",
    "document_index": """
[layout.columns]
account_number = 0
document_number = 1
document_kind = 2
reference = 3
issued_on = 4
""",
    "related_person": """
snapshot = "full"
constants = { debtor_id_type = "CE" }
[layout.columns]
account_number = 0
role = 1
debtor_id_number = 2
debtor_name = 3
phone = 4
since = 5
until = 6
""",
    "debtor_update": """
constants = { debtor_id_type = "CE" }
[layout.columns]
debtor_id_number = 0
debtor_name = 1
phone = 2
phone_2 = 3
address = 4
city = 5
stated_on = 6
""",
    "hold": """
[layout.columns]
account_number = 0
hold_kind = 1
since = 2
until = 3
basis = 4
""",
    "dispute": """
[layout.columns]
account_number = 0
complaint_id = 1
dispute_kind = 2
opened_on = 3
closed_on = 4
""",
    "judicial_event": """
[layout.columns]
account_number = 0
event = 1
occurred_on = 2
reference = 3
""",
}
