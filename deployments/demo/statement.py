"""A bank statement in ISO 20022 camt.053.001.08, as a collecting bank sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

from deployments.demo.facts import Credit
from recupero.money import to_plain

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def write_statement(
    credits_booked: Sequence[Credit], *, account: str, owner: str, currency: str, day: date,
    opening_minor: int,
) -> bytes:  # fmt: skip
    """The statement of *account* for *day*: opening balance, credits, closing balance."""
    closing_minor = opening_minor + sum(credit.amount_minor for credit in credits_booked)
    entries = "".join(_entry(n, credit, currency) for n, credit in enumerate(credits_booked, 1))
    number = f"{day:%Y%j}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{NAMESPACE}">
<BkToCstmrStmt>
<GrpHdr><MsgId>EXT{number}</MsgId><CreDtTm>{day}T23:30:00</CreDtTm></GrpHdr>
<Stmt>
<Id>{account}-{number}</Id><ElctrncSeqNb>{day:%j}</ElctrncSeqNb>
<CreDtTm>{day}T23:30:00</CreDtTm>
<FrToDt><FrDtTm>{day}T00:00:00</FrDtTm><ToDtTm>{day}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy>\
<Ownr><Nm>{escape(owner)}</Nm></Ownr></Acct>
{_balance("OPBD", opening_minor, currency, day)}
{_balance("CLBD", closing_minor, currency, day)}
{entries}</Stmt>
</BkToCstmrStmt>
</Document>
""".encode()


def _balance(code: str, amount_minor: int, currency: str, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{to_plain(amount_minor, currency)}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(n: int, credit: Credit, currency: str) -> str:
    amount = f'<Amt Ccy="{currency}">{to_plain(credit.amount_minor, currency)}</Amt>'
    told = f"PAGO OBLIGACION {credit.account_number}" if credit.account_number else "CONSIGNACION"
    payer_id = ""
    if credit.payer_id:
        payer_id = f"<Id><PrvtId><Othr><Id>{escape(credit.payer_id)}</Id></Othr></PrvtId></Id>"
    return (
        f"<Ntry><NtryRef>{n}</NtryRef>{amount}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{credit.booked_on}</Dt></BookgDt>"
        f"<ValDt><Dt>{credit.booked_on}</Dt></ValDt>"
        f"<AcctSvcrRef>{credit.bank_reference}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn>"
        "</BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><AcctSvcrRef>{credit.bank_reference}</AcctSvcrRef>"
        f"<EndToEndId>{credit.account_number or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"{amount}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(credit.payer_name)}</Nm>{payer_id}</Pty></Dbtr>"
        f"</RltdPties><RmtInf><Ustrd>{told}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
