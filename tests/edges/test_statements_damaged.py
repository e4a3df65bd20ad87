"""Damaged bank files end in a result or a refusal, and no record of theirs is lost unsaid."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import StatementRefused
from recupero.statements.entry import StatementFile
from recupero.statements.mt940_fields import decode, read_fields
from recupero.statements.recognise import read_statements

CAMT = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    b"<Acct><Id><IBAN>ES7620770024003102575766</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    b"<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>5.00</Amt>"
    b"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    b"<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    b"<Ntry><Amt Ccy='EUR'>10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
    b"<BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId>"
    b"</Refs><RltdPties><Dbtr><Nm>A</Nm></Dbtr></RltdPties><RmtInf><Ustrd>T</Ustrd></RmtInf>"
    b"</TxDtls></NtryDtls></Ntry>"
    b"<Ntry><Amt Ccy='EUR'>1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>PDNG</Sts></Ntry>"
    b"</Stmt></BkToCstmrStmt></Document>"
)
MT940 = (
    b"{1:F01X}{2:I940X}{4:\r\n:20:X\r\n:25:1\r\n:28C:1/1\r\n:60F:C260301EUR5,00\r\n"
    b":61:2603020302C10,00NTRFREF//BANK\r\nSUPPLEMENT\r\n:86:166?00A?20EREF+E?32NAME\r\n"
    b":61:260302RC1,00NTRFNONREF\r\n:86:/EREF/E//REMI/USTD//T/\r\n"
    b":62F:C260302EUR14,00\r\n-}{5:}\r\n"
    b":20:Y\r\n:25:1\r\n:34F:EUR0,\r\n:13D:2603021200+0000\r\n:61:260302EC1,NTRFX\r\n"
    b":90C:1EUR1,\r\n-"
)


@st.composite
def damaged(draw: st.DrawFn, original: bytes) -> bytes:
    """*original* with up to five stretches cut, doubled or overwritten."""
    content = original
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 60)))
        kept = draw(st.sampled_from([b"", content[start:end] * 2]) | st.binary(max_size=8))
        content = content[:start] + kept + content[end:]
    return content


def read(content: bytes) -> StatementFile | None:
    try:
        return read_statements(content)
    except StatementRefused:
        return None


def told(result: StatementFile) -> int:
    """Entries read and entries reported as not read."""
    lost = [each for each in result.problems if each.lost]
    return sum(len(each.entries) for each in result.statements) + len(lost)


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    read(content)


@given(st.text(alphabet=":20856FMCD,-}{\n\x1aEUR1", max_size=200))
def test_any_text_of_swift_letters(text: str) -> None:
    read(text.encode())


@given(damaged(CAMT))
def test_damaged_camt(content: bytes) -> None:
    result = read(content)
    if result is not None:
        assert [each for each in result.statements if each.ties] == []
        assert told(result) == len(re.findall(rb"</Ntry\s*>|<Ntry[^>]*/>", content))


@given(damaged(MT940))
def test_damaged_mt940(content: bytes) -> None:
    result = read(content)
    if result is not None and result.format != "camt.053":
        heads = [field for field in read_fields(decode(content)) if field.tag == "61"]
        assert told(result) == len(heads)


@given(damaged(MT940), st.sampled_from(["utf-16", "utf-8-sig", "latin-1"]))
def test_damaged_in_other_encodings(content: bytes, encoding: str) -> None:
    read(content.decode("latin-1").encode(encoding))


def test_expansion_bombs_and_external_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for declaration in (bomb, outside):
        content = CAMT.replace(b"?>", b"?>" + declaration, 1).replace(b">T<", b">&a;<")
        assert read(content) is None
        text = content.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        assert read(text.encode("utf-16")) is None
