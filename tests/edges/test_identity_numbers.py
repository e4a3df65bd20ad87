"""Whole columns of identity numbers, judged as python-stdnum judges them one by one."""

import importlib
import re
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.mx import curp, rfc

from schemas.identity import check_digits
from schemas.rule import Context
from tests.edges.screened_text import DAY, PLACEMENT, line, profile, sifted

#: The library's module, and numbers with ``?`` for what is tried there: every digit or letter.
_DATE = r"[0-9]{2}(0[0-9]|1[0-3])([0-2][0-9]|3[0-2])"
_PROVINCE = r"(0[0-9]|1[0-9]|2[0-5]|30|50|60)"
KINDS = {
    ("AR", "CUIL"): ("ar.cuit", r"2[0-9]{9}\?"),
    ("AR", "CUIT"): ("ar.cuit", r"(20|23|24|27|30|33|34|50|51|55)[0-9]{8}\?"),
    ("AR", "DNI"): ("ar.dni", r"[0-9]{5,8}\?"),
    ("BR", "CNPJ"): ("br.cnpj", r"([0-9A-Z]{11,13}|0{12}|[0-9]{12})\?\?"),
    ("BR", "CPF"): ("br.cpf", r"(0{9}|[0-9]{8,10})\?\?"),
    ("CL", "RUN"): ("cl.rut", r"[0-9]{6,9}\?"),
    ("CL", "RUT"): ("cl.rut", r"(|CL|CLCL|ES)[0-9]{7,8}\?"),
    ("CO", "NIT"): ("co.nit", r"0{0,3}[0-9]{6,16}\?"),
    ("EC", "CI"): ("ec.ci", _PROVINCE + r"[0-7][0-9]{6}\?"),
    ("EC", "RUC"): (
        "ec.ruc",
        _PROVINCE + r"([0-6][0-9]{6}\?|[69][0-9]{5}\?[01]|9[0-9]{6}\?|[78][0-9]{6}\?)00[01]",
    ),
    ("ES", "CIF"): ("es.cif", r"[A-Z][0-9]{7}\?"),
    ("ES", "DNI"): ("es.dni", r"[0-9]{7,9}\?"),
    ("ES", "NIE"): ("es.nie", r"[W-Z][0-9]{7}\?"),
    ("ES", "NIF"): ("es.nif", r"(|ES)[A-Z0-9][0-9]{7}\?"),
    ("MX", "CURP"): (
        "mx.curp",
        r"(CACA|[A-Z]{4})" + _DATE + r"[HMX](AS|DF|NE|ZS|XX)[A-Z]{3}[0-9A-Z]\?",
    ),
    ("MX", "RFC"): ("mx.rfc", r"(PUTO|[A-Z&Ñ]{2,5})" + _DATE + r"(|[0-9A-Z]{2}\??)"),
    ("PE", "RUC"): ("pe.ruc", r"(10|15|17|20|11)[0-9]{8}\?"),
}
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: What the spelling of a frame may still have: signs, letters and digits of other alphabets.
STRANGE = "Ñ&+#'１９Ａ٣𝟏É\x00"


def oracle(country, kind, number):
    """The library's answer; never valid with characters that would make it another spelling."""
    is_valid = importlib.import_module(f"stdnum.{KINDS[country, kind][0]}").is_valid
    return re.fullmatch(r"[\x00-\x7fÑ]*", number) is not None and is_valid(number)


def judged(country, kind, numbers):
    """The answers of the rule for a column of *numbers*."""
    frame = pl.DataFrame({"debtor_id_number": numbers}, schema={"debtor_id_number": pl.String})
    frame = frame.with_columns(debtor_id_type=pl.lit(kind))
    return frame.select(ok=check_digits(Context(DAY, country)).ok)["ok"].to_list()


def filled(pattern):
    """Numbers of *pattern*, with every filling of their open places."""
    return st.from_regex(pattern, fullmatch=True).map(
        lambda number: [
            "".join(map("".join, zip(number.split("?"), [*filling, ""], strict=True)))
            for filling in product(CHARACTERS, repeat=number.count("?"))
        ]
    )


@st.composite
def columns(draw, pattern):
    """All fillings of one number, some of them damaged, and texts that are none at all."""
    numbers = draw(filled(pattern))
    at = st.integers(0, 20)
    for number in draw(st.lists(st.sampled_from(numbers), max_size=5)):
        cut, char = draw(at), draw(st.sampled_from(CHARACTERS + STRANGE))
        swapped = number[:cut] + number[cut : cut + 2][::-1] + number[cut + 2 :]
        numbers += [swapped, number[:cut] + char + number[cut + 1 :], number[:cut] + char]
        numbers += [number[:cut] + char + number[cut:], char + number, number + char]
    any_text = st.text(CHARACTERS + STRANGE, max_size=30)
    return numbers + draw(st.lists(any_text, max_size=5))


@pytest.mark.parametrize(("country", "kind"), KINDS)
def test_agrees_with_the_library(country, kind):
    @settings(max_examples=8)
    @given(columns(KINDS[country, kind][1]))
    def agrees(numbers):
        found = judged(country, kind, numbers)
        wrong = [n for n, ok in zip(numbers, found, strict=True) if ok != oracle(country, kind, n)]
        assert wrong == []

    agrees()


@pytest.mark.parametrize(("country", "kind"), KINDS)
def test_no_number_is_no_fault(country, kind):
    assert judged(country, kind, [None, ""]) == [True, False]
    assert judged(country, kind, []) == []


@pytest.mark.parametrize("place", range(18))
def test_every_code_at_every_place_of_a_curp(place):
    good = "BOXW310820HNERXN09"
    codes = [chr(code) for code in range(128) if not re.match(r"[\s_.,\-/a-z]", chr(code))]
    numbers = [good[:place] + code + good[place + 1 :] for code in codes]
    assert judged("MX", "CURP", numbers) == [oracle("MX", "CURP", number) for number in numbers]


def test_every_day_and_every_beginning_of_the_mexican_numbers():
    days = [f"{year:02}{month:02}{day:02}" for year, month, day in
            product((0, 1, 4, 96, 99), range(14), range(33))]  # fmt: skip
    words = sorted(rfc._name_blacklist | curp._name_blacklist | {"GODE", "BOXW", "ÑAÑE"})
    tried = [f"GODE{day}GR8" for day in days] + [f"GOD{day}GR8" for day in days]
    tried += [f"{word}561231GR8" for word in words] + [f"{word}561231" for word in words]
    assert judged("MX", "RFC", tried) == [oracle("MX", "RFC", number) for number in tried]
    bodies = [f"GODE{day}HASRXN{century}" for day in days for century in "0A"]
    bodies += [f"{word}561231HASRXN0" for word in words]
    bodies += [f"GODE561231H{a}{b}RXN0" for a in CHARACTERS for b in CHARACTERS]
    good = [body for body in bodies if "Ñ" not in body]
    tried = [body + curp.calc_check_digit(body) for body in good]
    assert judged("MX", "CURP", tried) == [oracle("MX", "CURP", number) for number in tried]


@pytest.mark.parametrize(
    ("country", "kind", "number", "valid"),
    [
        ("CL", "RUT", "12.531.909-2", True),
        ("CL", "RUT", "12.531.909-3", False),
        ("CL", "RUT", "12.531.909–2", True),  # a typographic dash
        ("CL", "RUT", "1.000.005-k", True),
        ("MX", "CURP", "BOXW310820HNERXN09", True),
        ("MX", "CURP", "BOXW310820HNERXN08", False),
        ("MX", "RFC", "GODE561231GR8", True),
        ("MX", "RFC", "GODE561331GR8", False),
        ("MX", "RFC", "ñañe-561231-gr8", True),
        ("MX", "RFC", "PUTO561231GR8", False),
        ("PE", "RUC", "20512333797", True),
        ("PE", "RUC", "20512333798", False),
        ("PE", "DNI", "01234567", True),
        ("PE", "DNI", "1234567", False),
        ("CO", "NIT", "900.123.456-8", True),
        ("CO", "NIT", "900,123,456-8", True),
        ("CO", "NIT", "９００１２３４５６８", False),
        ("CO", "CC", "79.111.222", True),
        ("CO", "CC", "000000079111222", True),
        ("CO", "CC", "12345678901", False),
        ("CO", "CC", "79111222A", False),
        ("CO", "RUT", "1", True),  # no check is known for it, so none is made
        ("BR", "CNPJ", "12.ABC.345/01DE-35", True),
        ("BR", "CNPJ", "12.ABC.345/01DE-36", False),
    ],
)
def test_named_numbers_in_a_file(country, kind, number, valid):
    owner = profile("placement", PLACEMENT, country=country)
    screened = sifted(owner, line(debtor_id_type=kind, debtor_id_number=number))
    assert (screened.rows.height == 1) == valid
