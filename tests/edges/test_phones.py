"""Whole columns of telephones, read as the library phonenumbers reads them one by one."""

import phonenumbers
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import phones
from schemas.contacts import normalise

COUNTRIES = ("CO", "CL", "MX", "PE", "ES", "US")
PREFIXES = ("", "", "", "0", "00", "01", "011", "044", "045", "1", "03", "0456", "0180", "19100",
            "009", "188", "tel:", "Cel. ", "(0)", " ", "*", "++", "＋")  # fmt: skip
SUFFIXES = ("", "", "", " ext 12", "x4", "#3", ",5", ";ext=7", " anexo 8", " / 2", "-", " (casa)",
            "\n", "\u00a0", "." * 120)  # fmt: skip
GAPS = ("", "", "", " ", "-", ".", "/", ") ", "\u00a0", "–", "  ", ",", "+", "a")
STRANGE = "0123456789+-(). /x#,;*ABext＋０１２٣–\u00a0\u200b\t"


def oracle(text, country):
    """The library's own use, as its manual shows it."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, 0) if valid else None


def differing(texts, country):
    """What is read otherwise than by the library."""
    read = phones.numbers(pl.Series(texts, dtype=pl.String), country).to_list()
    pairs = zip(texts, read, strict=True)
    return [(text, number) for text, number in pairs if number != oracle(text, country)]


def assigned(country):
    """National numbers of every type the country has, from the metadata."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    kinds = (getattr(metadata, name) for name in phones._TYPES)
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None]
    return st.one_of(
        st.from_regex(pattern.replace(r"\d", "[0-9]"), fullmatch=True) for pattern in patterns
    )


@st.composite
def written(draw, country):
    """A number of some country as people write it, right or nearly so."""
    number = draw(assigned(draw(st.sampled_from((country, country, country, *COUNTRIES)))))
    code = str(phonenumbers.country_code_for_region(draw(st.sampled_from((country, *COUNTRIES)))))
    number = draw(st.sampled_from((number, number, number[1:], number[:-1], number + "5")))
    number = draw(st.sampled_from(("", "", code, "+" + code, f"(+{code}) ", "00" + code))) + number
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(number)))
        number = number[:at] + draw(st.sampled_from(GAPS)) + number[at:]
    return draw(st.sampled_from(PREFIXES)) + number + draw(st.sampled_from(SUFFIXES))


@pytest.mark.parametrize("country", COUNTRIES)
def test_agrees_with_the_library(country):
    texts = st.lists(written(country) | st.text(STRANGE, max_size=25), min_size=20, max_size=60)

    @settings(max_examples=8)
    @given(texts)
    def agrees(texts):
        assert differing(texts, country) == []

    agrees()


@pytest.mark.parametrize("country", ["CA", "AT", "DE", "AR", "BR", "EC", "XX"])
def test_agrees_elsewhere(country):
    texts = ["6045551234", "+1 604 555 1234", "4932000000000", "43512202700", "43515200703",
             "01115 2345 6789", "1123456789", "11 96123 4567", "+571", None]  # fmt: skip
    read = phones.numbers(pl.Series(texts), country).to_list()
    assert read == [text and oracle(text, country) for text in texts]


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("CO", "3128622935", "+573128622935"),
        ("CO", "(601) 234-5678", "+576012345678"),
        ("CO", "+57 312 862 2935", "+573128622935"),
        ("CO", "(+57) 312.862.2935", "+573128622935"),
        ("CO", "573128622935", "+573128622935"),
        ("CO", "312862293", None),
        ("CO", "+57 312 862 29", None),
        ("CL", "9 6123 4567", "+56961234567"),
        ("MX", "55 1234 5678", "+525512345678"),
        ("PE", "987-654-321", "+51987654321"),
        ("PE", "(01) 234-5678", "+5112345678"),
        ("ES", "612 34 56 78", "+34612345678"),
        ("US", "+1 (201) 555-0123", "+12015550123"),
    ],
)
def test_what_can_be_read_in_one_way_needs_no_library(monkeypatch, country, text, number):
    monkeypatch.setattr(phones, "e164", None)
    assert phones.numbers(pl.Series([text, None]), country).to_list() == [number, None]
    assert oracle(text, country) == number


def test_no_telephones_at_all():
    for texts in ([], [None, None]):
        assert phones.numbers(pl.Series(texts, dtype=pl.String), "CO").to_list() == texts


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("ana.perez+cobros@correo.com.co", True),
        ("ana_1@sub-dominio.ejemplo.museum", True),
        ("info@compañía.es", True),
        ("info@xn--compaa-7za.xn--p1ai", True),
        (f"{'a' * 64}@example.org", True),
        (f"{'a' * 65}@example.org", False),
        (f"a@{'b.' * 130}org", False),
        ("ana..perez@example.org", False),
        (".ana@example.org", False),
        ("ana.@example.org", False),
        ("ana@example..org", False),
        ("ana@example.org.", False),
        ("ana@-example.org", False),
        ("ana@example", False),
        ("ana@192.168.0.1", False),
        ("ana@example.c", False),
        ("ana perez@example.org", False),
        ("ana@b@example.org", False),
        ("ana@example.org;otra@example.org", False),
        ("josé@example.org", False),
        ("notiene", False),
        ("@", False),
    ],
)
def test_addresses(address, good):
    frame = pl.DataFrame({"line_number": [7, 8], "email": [address, None]})
    kept, found = normalise(frame, "CO")
    assert kept.equals(frame)
    assert found.rows() == ([] if good else [(7, "email", "email_invalid")])


def test_what_is_no_telephone_stays_as_it_was_written():
    frame = pl.DataFrame(
        {
            "line_number": [1, 2, 3],
            "phone": ["312 862 2935", "12345", None],
            "phone_2": ["0312862", None, "+57 312 8622935 ext 12"],
        }
    )
    kept, found = normalise(frame, "CO")
    assert kept["phone"].to_list() == ["+573128622935", "12345", None]
    assert kept["phone_2"].to_list() == ["0312862", None, "+573128622935"]
    assert found.rows() == [(2, "phone", "phone_invalid"), (1, "phone_2", "phone_invalid")]
