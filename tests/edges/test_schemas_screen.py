"""Screening: messages, duplicates, control figures, refusals; the quick pass against pandera."""

import hashlib
from dataclasses import replace

import polars as pl
import pytest

from recupero.errors import FileRefused, ProfileError
from recupero.profiles.fields import fields_of
from schemas.contract import RULES, breaches, named, rules_of, schema_of
from schemas.control import Sum
from schemas.convert import DTYPES, convert
from schemas.message_texts import MESSAGES
from schemas.read import read
from schemas.rule import Context
from schemas.screen import refuse_excess, screen, sift
from tests.edges.screened_text import BANK, DAY, PLACEMENT, line, profile, reasons, sifted

PAYMENT = ("transaction_id", "account_number", "amount_minor", "kind", "reverses", "paid_on")


def test_a_reject_says_what_to_do_in_the_institutions_words():
    screened = sifted(BANK, line(), line(account_number="A2", principal_minor="12,5"))
    (reject,) = screened.rejects.rows(named=True)
    assert reject == {
        "line_number": 2,
        "field": "principal_minor",
        "rule": "unreadable_amount",
        "message": "columna 8: no es un importe; se espera como 1.234.567,89",
        "value": "12,5",
        "raw": line(account_number="A2", principal_minor="12,5"),
    }


def test_accepted_rows_have_the_canonical_shape():
    (row,) = sifted(BANK, line()).rows.rows(named=True)
    assert list(row) == ["line_number", *fields_of("placement")]
    assert (row["principal_minor"], row["fees_minor"], row["total_minor"]) == (100000, 0, 105000)
    assert row["phone"] == "+573128622935"
    assert row["debtor_id_number"] == "79111222"
    assert row["currency"] == "COP"


def test_doubtful_contacts_are_warnings_and_lose_nothing():
    screened = sifted(BANK, line(phone="12", email="ana arroba"))
    assert screened.rows.select("phone", "email").row(0) == ("12", "ana arroba")
    assert screened.warnings["rule"].to_list() == ["email_invalid", "phone_invalid"]
    assert screened.warnings.columns == screened.rejects.columns
    assert screened.warnings["value"].to_list() == ["ana arroba", "12"]


def test_text_of_another_encoding_is_suspected():
    owner = profile("placement", PLACEMENT, settings='encoding = "latin-1"')
    content = line(account_number="A\x93").encode("latin-1")
    screened = screen(content, owner.layouts[0], owner, DAY)
    assert screened.warnings["rule"].to_list() == ["encoding_suspect"]


def test_an_account_repeated_to_the_letter_stands_once():
    screened = sifted(BANK, line(), line(account_number="B"), line(), line())
    assert screened.rows["line_number"].to_list() == [1, 2]
    assert (screened.rows_duplicate, screened.rows_rejected) == (2, 0)


def test_of_an_account_with_two_figures_no_row_stands():
    """Whichever was meant, the order of the lines does not say."""
    other = line(principal_minor="2.000,00", total_minor="2.050,00")
    screened = sifted(BANK, line(), line(account_number="B"), line(), other, line())
    assert screened.rows["line_number"].to_list() == [2]
    assert (screened.rows_duplicate, screened.rows_rejected) == (0, 4)
    assert reasons(screened) == [(n, "account_number", "duplicate_key") for n in (1, 3, 4, 5)]
    named = [message.split("línea ")[1][0] for message in screened.rejects["message"]]
    assert named == ["4", "4", "1", "4"], "each names a line that says something else"
    assert "A1" in screened.readable_keys, "what was known of it stays"


FIRST_STANDS, NONE_STANDS = [1], []
SECOND_ROW = {
    "another telephone": ({"phone": "3005550101"}, FIRST_STANDS),
    "another address": ({"email": "ana@example.com"}, FIRST_STANDS),
    "no telephone": ({"phone": ""}, FIRST_STANDS),
    "another debtor": ({"debtor_id_number": "800197268-4"}, NONE_STANDS),
    "another day": ({"due_date": "02/10/2026"}, NONE_STANDS),
    "another figure": (
        {"principal_minor": "2.000,00", "total_minor": "2.050,00"}, NONE_STANDS),
    "both": (
        {"phone": "", "principal_minor": "2.000,00", "total_minor": "2.050,00"}, NONE_STANDS),
}  # fmt: skip


@pytest.mark.parametrize("what", SECOND_ROW)
def test_rows_of_an_account_that_only_reach_the_debtor_otherwise_leave_the_first(what):
    """One row a telephone is no contradiction: the account's figures are the same."""
    cells, standing = SECOND_ROW[what]
    screened = sifted(BANK, line(), line(**cells))
    assert screened.rows["line_number"].to_list() == standing
    told = [2] if standing else [1, 2]
    assert reasons(screened) == [(n, "account_number", "duplicate_key") for n in told]
    ending = "vale la línea 1" if standing else "no se aplica ninguna de esas filas"
    assert all(message.endswith(ending) for message in screened.rejects["message"])


def test_of_a_payment_with_two_contents_the_first_stands():
    owner = profile("payment", PAYMENT)
    paid = ("T1;A;10,00;payment;;27/11/2026", "T1;A;20,00;payment;;27/11/2026")
    screened = sifted(owner, *paid)
    assert screened.rows["line_number"].to_list() == [1]
    assert screened.rejects["message"][0].endswith("vale la línea 1")


def test_a_rejected_row_gives_its_key_free_and_stays_known():
    screened = sifted(BANK, line(principal_minor="x"), line(), "A9;too;short")
    assert screened.rows["line_number"].to_list() == [2]
    assert reasons(screened)[-1] == (3, "", "column_count")
    assert screened.readable_keys.to_list() == ["A1", "A9"]


def test_too_many_rejects_refuse_the_file():
    owner = profile("placement", PLACEMENT, rejects_share_max=0.25)
    lines = [line(account_number=f"A{n}") for n in range(3)]
    content = "\n".join([*lines, line(account_number="")]).encode()
    assert screen(content, owner.layouts[0], owner, DAY).rows_rejected == 1
    content += ("\n" + line(account_number="")).encode()
    with pytest.raises(FileRefused, match="2 de 5 filas") as refused:
        screen(content, owner.layouts[0], owner, DAY)
    assert refused.value.rule == "too_many_rejects"


def test_what_a_bank_only_announces_refuses_no_statement():
    announced = replace(sifted(BANK, line(account_number="")), kind="statement")
    owner = profile("placement", PLACEMENT, rejects_share_max=0)
    refuse_excess(announced, owner.layouts[0], owner)
    with pytest.raises(FileRefused):
        refuse_excess(replace(announced, kind="placement"), owner.layouts[0], owner)


TRAILED = profile(
    "payment",
    ("channel", *PAYMENT),
    settings='control = "trailer"',
    tables='[layout.records]\ndetail = "D"\ntrailer = "T"\n'
    '[layout.trailer]\nrows = 1\nsum_minor = 2\nsum_of = "amount_minor"\n',
)


@pytest.mark.parametrize(
    ("trailer", "agrees"),
    [("T;2;1.010,00", True), ("T;3;1.010,00", False), ("T;2;1.010,01", False)],
)
def test_control_by_trailer(trailer, agrees):
    # The second row is rejected (zero days in the future), yet its amount was sent and counts.
    lines = [
        "D;T1;A;10,00;payment;;27/11/2026",
        "D;T2;A;1.000,00;payment;;28/11/2026",
        trailer,
    ]
    content = "\n".join(lines).encode()
    if agrees:
        control = sift(content, TRAILED.layouts[0], TRAILED, DAY).control
        assert (control.declared_rows, control.counted_rows) == (2, 2)
        assert control.sums == (Sum("amount_minor", "COP", 101000, 101000),)
        assert control.agrees
        assert control.currency == "COP"
        return
    with pytest.raises(FileRefused) as refused:
        sift(content, TRAILED.layouts[0], TRAILED, DAY)
    assert refused.value.rule == "control_total"


HASHED = profile(
    "payment",
    ("channel", *PAYMENT),
    settings='control = "trailer"',
    tables='[layout.records]\ndetail = "D"\ntrailer = "T"\n'
    '[layout.trailer]\nrows = 1\nhash_total = 2\nhash_of = "account_number"\nhash_digits = 4\n',
)


@pytest.mark.parametrize(
    ("accounts", "total"),
    [
        (("12", "30"), "42"),
        (("00-12 A", "30"), "0042"),
        (("9999", "2"), "1"),
        (("1230012", f"{'9' * 40}0030"), "42"),
        (("x", "30"), "30"),
        (("12", "30"), "43"),
        (("12", "30"), ""),
        (("12", "30\x00"), "42"),
    ],
)
def test_a_hash_total_is_the_last_figures_of_the_sum_of_a_column(accounts, total):
    lines = [f"D;T{n};{one};10,00;payment;;27/11/2026" for n, one in enumerate(accounts)]
    content = "\n".join([*lines, f"T;2;{total}"]).encode()
    if total in ("43", "") or accounts[1] == "30\x00":
        with pytest.raises(FileRefused) as refused:
            sift(content, HASHED.layouts[0], HASHED, DAY)
        assert refused.value.rule == "control_total"
        assert total != "43" or "de 43 y resulta 42" in refused.value.what
        return
    control = sift(content, HASHED.layouts[0], HASHED, DAY).control
    assert (control.declared_hash, control.agrees) == (control.counted_hash, True)


@pytest.mark.parametrize(
    "wrong", ['hash_of = "amount_minor"', 'hash_of = "payer_id"', 'hash_of = "account_number"']
)
def test_a_hash_total_is_of_a_column_that_is_no_amount(wrong):
    place = "" if "account" in wrong else "hash_total = 2\n"
    with pytest.raises(ProfileError, match=r"trailer\.hash_of"):
        profile(
            "payment",
            ("channel", *PAYMENT),
            settings='control = "trailer"',
            tables='[layout.records]\ndetail = "D"\ntrailer = "T"\n'
            f"[layout.trailer]\nrows = 1\n{place}{wrong}\n",
        )


def test_control_by_side_file():
    owner = profile("placement", PLACEMENT, settings='control = "sha256"')
    content = line().encode()
    digest = hashlib.sha256(content).hexdigest()
    assert screen(content, owner.layouts[0], owner, DAY, digest).rows.height == 1
    for side, rule in (
        (None, "control_missing"),
        ("", "control_missing"),
        ("0" * 64, "control_total"),
    ):
        with pytest.raises(FileRefused) as refused:
            screen(content, owner.layouts[0], owner, DAY, side)
        assert refused.value.rule == rule


def test_a_side_file_that_nobody_asked_for_is_heeded():
    owner = profile("placement", PLACEMENT)
    content = line().encode()
    for side in (None, "", hashlib.sha256(content).hexdigest()):
        assert screen(content, owner.layouts[0], owner, DAY, side).rows.height == 1
    with pytest.raises(FileRefused) as refused:
        screen(content, owner.layouts[0], owner, DAY, "0" * 64)
    assert refused.value.rule == "control_total"


@pytest.mark.parametrize("kind", RULES)
def test_the_contract_is_one_and_every_rule_has_words(kind):
    context = Context(DAY, "CO")
    schema = schema_of(kind, context)
    fields = fields_of(kind)
    assert list(schema.columns) == ["line_number", *fields]
    for rule in rules_of(kind, context):
        assert rule.field in fields
        assert rule.code in MESSAGES["es"]
    empty = pl.DataFrame(
        schema={"line_number": pl.Int64} | {n: DTYPES[f.type] for n, f in fields.items()}
    )
    assert schema.validate(empty).is_empty()


def test_the_quick_pass_and_pandera_agree():
    # Every combination of a few faults, judged by pandera alone and by the quick pass first.
    faults = [
        {"interest_minor": "-50,00"},
        {"account_number": ""},
        {"due_date": ""},
        {"total_minor": "1"},
    ]
    rows = []
    for mask in range(2 ** len(faults)):
        cells = {"account_number": f"A{mask}"}
        for bit, fault in enumerate(faults):
            cells |= fault if mask >> bit & 1 else {}
        rows.append(line(**cells))
    layout = BANK.layouts[0]
    typed = convert(read("\n".join(rows).encode(), layout).rows, layout, DAY).rows
    context = Context(DAY, "CO")
    quick = breaches(typed, "placement", context).sort(pl.all())
    assert quick.equals(named(typed, "placement", context).sort(pl.all()))
    assert (
        quick.height == 2 ** (len(faults) - 1) * len(faults) + 4
    )  # a wrong part is no total either


def test_a_full_portfolio_without_rows_is_refused_not_a_recall_of_everything():
    with pytest.raises(FileRefused) as refused:
        screen(b"\n\n", BANK.layouts[0], BANK, DAY)
    assert refused.value.rule == "empty"
