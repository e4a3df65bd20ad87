"""What is wrong with a bank file, in two languages: operations' English, institutions' Spanish."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from string import Formatter

import pytest

from recupero import statements
from recupero.errors import FileRefused
from recupero.profiles.layout import Layout
from recupero.statements.entry import Problem
from recupero.statements.reasons import ENGLISH, Reason, reason_of, refused
from recupero.steps.booking.known_statements import KnownStatements
from recupero.steps.booking.statement import screen_statement
from recupero.steps.booking.statement_messages import MENDS, MESSAGES
from schemas.screen import Screened
from tests.edges.test_statements import balance, camt, ntry, tx
from tests.edges.test_statements_mt940 import mt940

LAYOUT = Layout.model_validate(
    {"kind": "statement", "version": "v1", "from": "2026-01-01", "name": ".*",
     "format": "statement"}
)  # fmt: skip

#: Short words that stand in nearly every English sentence and in no Spanish one.
_ENGLISH = re.compile(
    r"\b(the|is|are|it|its|not|in|of|than|and|with|another|missing|amount|entry|date|file|balance)\b"
)


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def told_in_spanish(rule: str) -> str:
    values: dict[str, object] = dict.fromkeys(values_of(ENGLISH[rule]), "X")
    if "why" in values:
        values["why"] = Reason("amount_unreadable")
    return Reason(rule, values).told(MESSAGES)


@pytest.mark.parametrize("rule", ENGLISH)
def test_every_rule_is_told_in_both_languages_with_the_same_values(rule: str) -> None:
    assert values_of(MESSAGES[rule]) == values_of(ENGLISH[rule])
    assert _ENGLISH.search(told_in_spanish(rule)) is None


def test_the_two_tables_and_the_readers_know_the_same_rules() -> None:
    folder = Path(next(iter(statements.__path__)))
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.py")))
    used = re.findall(r'(?:Reason|refused|wrong)\(\s*(?:[\w.\[\]"]+, )?"(\w+)"', text)
    used += re.findall(r'(?:mend=|rule = )"(\w+)"', text)
    assert set(used) == set(ENGLISH) == set(MESSAGES)
    assert set(MENDS) <= set(MESSAGES)


@pytest.mark.parametrize("rule", MENDS)
def test_what_to_do_is_told_in_spanish(rule: str) -> None:
    assert _ENGLISH.search(MENDS[rule]) is None


def screened(content: bytes) -> Screened:
    return screen_statement(content, LAYOUT, KnownStatements(bytes(32), "x", ()))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (camt(ntry(status="ODD")), "estado desconocido: la partida queda como solo anunciada"),
        (camt(balance("CLBD", "10.00"), ntry(inside=f"<NtryDtls>{tx('9.00')}</NtryDtls>")),
         "su transacción declara otro importe que la partida"),
        (mt940(":61:260230C1,00NTRFX", closing="C260302COP101,00"),
         "la fecha valor no existe en el calendario"),
        (mt940(":25:OTRA"), "el segundo :25: del extracto no se usa"),
    ],
)  # fmt: skip
def test_a_warning_is_in_spanish(content: bytes, told: str) -> None:
    assert told in screened(content).warnings["message"].to_list()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"FECHA;VALOR\n", "no es un extracto en camt ni en MT940"),
        (b"PK\x03\x04", "no es un extracto en camt ni en MT940: es un archivo comprimido"),
        (camt(ntry())[:-30], "el XML está dañado o cortado en la línea 1"),
        (camt(ntry("1.005")),
         "registro 1 del extracto: partida que no se puede leer: el importe tiene más decimales "
         "de los que admite COP"),
    ],
)  # fmt: skip
def test_a_refusal_is_in_spanish(content: bytes, told: str) -> None:
    with pytest.raises(FileRefused) as caught:
        screened(content)
    assert caught.value.what == told
    assert _ENGLISH.search(caught.value.mend) is None


def test_an_announced_entry_is_named_in_spanish() -> None:
    assert screened(camt(ntry(status="PDNG"))).rejects["value"].to_list() == ["anunciada"]


def test_a_refusal_keeps_its_rule_and_values_when_it_is_pickled() -> None:
    refusal = refused("amount_too_precise", currency="COP")
    again = pickle.loads(pickle.dumps(refusal))
    assert (str(again), reason_of(again)) == (str(refusal), reason_of(refusal))
    assert str(Problem(1, reason_of(again)).reason) == "amount has more decimals than COP allows"
