"""Bank statements: what is recognised, and what camt's marks, statuses and balances mean."""

from __future__ import annotations

from datetime import date

import pytest

from recupero.errors import StatementRefused
from recupero.statements.entry import Entry, Statement, StatementFile
from recupero.statements.recognise import read_statements

NAMESPACE = 'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"'


def ntry(
    amount: str = "10.00",
    mark: str = "CRDT",
    status: str = "BOOK",
    inside: str = "",
    ccy: str = "COP",
) -> str:
    """One Ntry, as sent by banks of version 2; *inside* goes after its status."""
    return (
        f'<Ntry><Amt Ccy="{ccy}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        f"<Sts>{status}</Sts>{inside}</Ntry>"
    )


def tx(amount: str, mark: str = "", reference: str = "E1", ccy: str = "COP") -> str:
    direction = f"<CdtDbtInd>{mark}</CdtDbtInd>" if mark else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>"
        f'<Amt Ccy="{ccy}">{amount}</Amt>{direction}</TxDtls>'
    )


def balance(code: str, amount: str, mark: str = "CRDT", ccy: str = "COP") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{ccy}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        "<Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    )


ACCOUNT = "<Acct><Id><Othr><Id>0012345</Id></Othr></Id><Ccy>COP</Ccy></Acct>"


def camt(*inside: str, message: str = "BkToCstmrStmt", holder: str = "Stmt") -> bytes:
    """A message with one statement, report or notification."""
    body = f"<{holder}>{ACCOUNT}{''.join(inside)}</{holder}>"
    return f"<Document {NAMESPACE}><{message}>{body}</{message}></Document>".encode()


def single(result: StatementFile) -> Statement:
    assert len(result.statements) == 1
    return result.statements[0]


def only(result: StatementFile) -> Entry:
    entries = single(result).entries
    assert len(entries) == 1
    return entries[0]


def reasons(result: StatementFile) -> list[tuple[int, str]]:
    return [(problem.record, str(problem.reason)) for problem in result.problems]


@pytest.mark.parametrize(
    ("mark", "status", "kind", "counted_minor"),
    [
        ("CRDT", "BOOK", "statement", 1_000),
        ("DBIT", "BOOK", "statement", -1_000),
        ("CRDT", "<Cd>BOOK</Cd>", "statement", 1_000),
        ("CRDT", "", "statement", 1_000),
        ("CRDT", "PDNG", "statement", 0),
        ("CRDT", "FUTR", "statement", 0),
        ("CRDT", "INFO", "statement", 0),
        ("CRDT", "INFO", "report", 1_000),
        ("CRDT", "INFO", "notification", 1_000),
        ("CRDT", "PDNG", "report", 0),
    ],
)
def test_camt_direction_and_status(mark: str, status: str, kind: str, counted_minor: int) -> None:
    message, holder = {
        "statement": ("BkToCstmrStmt", "Stmt"),
        "report": ("BkToCstmrAcctRptV01", "Rpt"),
        "notification": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    result = read_statements(camt(ntry(mark=mark, status=status), message=message, holder=holder))
    each = single(result)
    assert each.kind == kind
    assert each.credits_minor - each.debits_minor == counted_minor
    assert (len(each.entries), result.problems) == (1, ())


def test_camt_reversal_keeps_the_direction_that_is_stated() -> None:
    entry = only(read_statements(camt(ntry(mark="DBIT", inside="<RvslInd>true</RvslInd>"))))
    assert (entry.amount_minor, entry.reversal) == (-1_000, True)


def test_camt_balances_and_difference() -> None:
    balances = balance("PRCD", "5.00", "DBIT") + balance("CLBD", "4.00") + balance("CLAV", "9.00")
    each = single(read_statements(camt(balances, ntry(), ntry("1.50", "DBIT"))))
    assert (each.opening_minor, each.closing_minor, each.closed_on) == (-500, 400, date(2026, 3, 2))
    assert (each.credits_minor, each.debits_minor) == (1_000, 150)
    assert (each.ties, each.difference_minor) == (False, -50)


def test_camt_balance_of_another_currency_never_ties() -> None:
    balances = balance("OPBD", "5.00") + balance("CLBD", "5.00", ccy="USD")
    result = read_statements(camt(balances))
    assert (single(result).closing_minor, single(result).ties) == (500, False)
    assert reasons(result) == [(0, "statement 1: a balance is in USD, the account in COP")]


def test_camt_entry_of_another_currency_is_kept_out_of_the_sums() -> None:
    result = read_statements(camt(ntry(), ntry("3.00", ccy="USD")))
    assert (len(single(result).entries), single(result).credits_minor) == (2, 1_000)
    assert [record for record, _ in reasons(result)] == [2]


@pytest.mark.parametrize(
    ("details", "shares_minor", "reason"),
    [
        (tx("10.00"), [], None),
        (tx("6.00") + tx("4.00"), [600, 400], None),
        (tx("12.00", "CRDT") + tx("2.00", "DBIT"), [1_200, -200], None),
        (tx("10.00") + tx("10.00"), [], "entry kept whole: its transactions do not sum to it"),
        (tx("9.00"), [], "its transaction states another amount than the entry"),
        (
            tx("6.00") + tx("4.00", ccy="USD"),
            [],
            "entry kept whole: not all of its transactions state an amount in its currency",
        ),
    ],
)
def test_camt_transactions_against_their_entry(
    details: str, shares_minor: list[int], reason: str | None
) -> None:
    result = read_statements(camt(ntry(inside=f"<NtryDtls>{details}</NtryDtls>")))
    assert only(result).amount_minor == single(result).credits_minor == 1_000
    assert [part.amount_minor for part in only(result).parts] == shares_minor
    assert reasons(result) == ([] if reason is None else [(1, reason)])


def test_camt_entry_in_full() -> None:
    details = (
        "<NtryDtls><TxDtls><Refs><EndToEndId>P-77</EndToEndId></Refs>"
        "<RltdPties><Dbtr><Pty><Nm>ANA RUIZ</Nm><Id><PrvtId><Othr><Id>52123</Id></Othr>"
        "</PrvtId></Id></Pty></Dbtr><Cdtr><Nm>AGENCIA</Nm></Cdtr></RltdPties><RmtInf><Ustrd>PAGO</Ustrd>"
        "<Ustrd>MARZO</Ustrd><Strd><CdtrRefInf><Ref>000123</Ref></CdtrRefInf></Strd></RmtInf>"
        "</TxDtls></NtryDtls>"
    )
    dates = (
        "<BookgDt><DtTm>2026-03-02T23:59:00-05:00</DtTm></BookgDt>"
        "<ValDt><Dt>2026-03-03</Dt></ValDt>"
    )
    references = "<AcctSvcrRef>BANK1</AcctSvcrRef>"
    entry = only(read_statements(camt(ntry(inside=dates + references + details))))
    assert (entry.booking_date, entry.value_date) == (date(2026, 3, 2), date(2026, 3, 3))
    assert (entry.bank_reference, entry.end_to_end) == ("BANK1", "P-77")
    assert (entry.payer_name, entry.payer_id) == ("ANA RUIZ", "52123")
    assert entry.remittance == "PAGO MARZO 000123"
    assert entry.raw.startswith("<Ntry")
    assert entry.raw.endswith("</Ntry>")


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (ntry("10,00"), "entry not read: amount is not readable"),
        (ntry("-1.00"), "entry not read: amount is not readable"),
        (ntry("1<b/>0"), "entry not read: amount is not readable"),
        (ntry("1.005"), "entry not read: amount has more decimals than COP allows"),
        (ntry("9" * 19), "entry not read: amount is too large"),
        (ntry(ccy=""), "entry not read: currency is missing"),
        (ntry(mark=""), "entry not read: it is not said whether the amount is a credit or a debit"),
        (ntry(status="ODD"), "status is not known: the entry is held as pending"),
        (ntry(inside="<ValDt><Dt>2026-02-30</Dt></ValDt>"), "date does not exist in the calendar"),
    ],
)
def test_camt_faults_are_reported_with_their_record(inside: str, reason: str) -> None:
    result = read_statements(camt(ntry(), inside))
    assert reasons(result) == [(2, reason)]
    assert single(result).credits_minor - 1_000 in (0, 1_000)


@pytest.mark.parametrize(
    ("written", "currency", "amount_minor"),
    [
        ("8.85000", "EUR", 885),
        ("1500.00", "CLP", 1_500),
        ("1.0001", "CLF", 10_001),
        ("5", "PEN", 500),
    ],
)
def test_zeros_beyond_the_exponent_are_no_loss(
    written: str, currency: str, amount_minor: int
) -> None:
    content = camt(ntry(written, ccy=currency)).replace(b"<Ccy>COP", f"<Ccy>{currency}".encode())
    result = read_statements(content)
    assert (only(result).amount_minor, result.problems) == (amount_minor, ())


def test_camt_declared_sums_are_checked() -> None:
    def summary(count: int, total: str) -> str:
        return (
            f"<TxsSummry><TtlCdtNtries><NbOfNtries>{count}</NbOfNtries><Sum>{total}</Sum>"
            "</TtlCdtNtries></TxsSummry>"
        )

    assert read_statements(camt(summary(1, "10.00"), ntry(), ntry(mark="DBIT"))).problems == ()
    wrong = read_statements(camt(summary(2, "11.00"), ntry()))
    assert [reason for _, reason in reasons(wrong)] == [
        "statement 1: TtlCdtNtries declares another number of entries",
        "statement 1: TtlCdtNtries declares another sum",
    ]


def test_camt_several_statements_in_an_envelope_without_namespace() -> None:
    one = f"<Stmt>{ACCOUNT}{ntry()}</Stmt>"
    content = f"<Env><Head/><BkToCstmrStmt>{one}{one}</BkToCstmrStmt></Env>"
    result = read_statements(content.encode("utf-16"))
    assert result.format == "camt.053"
    assert [entry.record for each in result.statements for entry in each.entries] == [1, 2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \r\n\x1a", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe\n\0", "empty"),
        (b"DATE,AMOUNT\n2026-03-02,5\n", "not a statement in camt or MT940"),
        (b"OFXHEADER:100\n", "OFX"),
        (b"PK\x03\x04", "archive"),
        (b"<html/>", "no camt"),
        (camt(ntry())[:-30], "line 1: XML is damaged or cut off"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]>' + camt(ntry()), "document type"),
    ],
)
def test_what_is_not_a_statement_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(StatementRefused, match=words):
        read_statements(content)
