"""Lines of JSON: numbers are what is written, and a line that may be read two ways is not read."""

import pytest

from recupero.errors import FileRefused
from recupero.profiles.identify import identify
from recupero.profiles.load import parse_profile
from schemas.screen import sift
from tests.edges.good_files import BANK, DAY

LAYOUT = """
[[layout]]
kind = "placement"
version = "1"
from = 2026-01-01
name = '.*'
format = "jsonl"
dates = "%Y-%m-%d"
{settings}
[layout.columns]
account_number = "cuenta"
debtor_id_number = "deudor.documento"
city = "deudor.domicilio.ciudad"
due_date = "vence"
principal_minor = "capital"
interest_minor = "interes"
guaranteed = "garantia"
[layout.constants]
cut_off = "business_date"
[layout.values.guaranteed]
true = true
false = false
"""


def owner(settings=""):
    return parse_profile((BANK + LAYOUT.format(settings=settings)).encode(), "banco.toml")


def sifted(content, settings=""):
    text = content if isinstance(content, bytes) else content.encode()
    profile = owner(settings)
    return sift(text, profile.layouts[0], profile, DAY)


def line(capital="100237.10", cuenta='"101"', more=""):
    return (
        f'{{"cuenta": {cuenta}, "vence": "2026-10-31", "capital": {capital}, "interes": 0{more}}}'
    )


@pytest.mark.parametrize(
    ("written", "settings", "expected"),
    [
        ("100237.10", "", 10_023_710),
        ("100237.1", "", 10_023_710),
        ("100237", "", 10_023_700),
        ("100237.000", "", 10_023_700),
        ("-0.05", "", -5),
        # No float holds it: read through one, it is 90071992547409.94.
        ("90071992547409.93", "", 9_007_199_254_740_993),
        ("100237.10", 'decimal = ","\nthousands = "."', 10_023_710),
        ('"100.237,10"', 'decimal = ","\nthousands = "."', 10_023_710),
        ('"100237.10"', 'decimal = "."', 10_023_710),
        ("10023710", "implied_decimals = 2", 10_023_710),
        ("1E5", "scientific = true", 10_000_000),
        ("1.5e+3", 'scientific = true\ndecimal = ","', 150_000),
        # Refused: each would be another amount to somebody.
        ("1E5", "", None),
        ("100237.105", "", None),
        ("0.30000000000000004", "", None),
        ("100237.10", "implied_decimals = 2", None),
        ('"100.237,10"', 'decimal = "."', None),
        ("true", "", None),
        ("99999999999999999999", "", None),
    ],
)
def test_an_amount_is_read_from_its_own_digits(written, settings, expected):
    screened = sifted(line(written), settings)
    if expected is None:
        (reject,) = screened.rejects.rows(named=True)
        assert (reject["line_number"], reject["rule"]) == (1, "unreadable_amount")
    else:
        assert screened.rows["principal_minor"].to_list() == [expected]


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ("not json", "json_line"),
        ('["cuenta", 101]', "json_line"),
        ("101", "json_line"),
        (line()[:-1], "json_line"),
        (line() + line(), "json_line"),
        (line("NaN"), "json_line"),
        (line("00100"), "json_line"),
        (line(cuenta=r'"\ud800"'), "json_line"),
        (line(more=', "x": ' + "[" * 30 + "]" * 30), "json_line"),
        (line(more=', "x": ' + "[" * 20_000 + "]" * 20_000), "json_line"),
        (line(more=f', "x": "{"x" * 70_000}"'), "json_line"),
        (line(more=', "capital": 5'), "json_repeated"),
        (line(more=', "deudor": {"documento": "1", "documento": "2"}'), "json_repeated"),
        (line(more=', "deudor": {"documento": "1"}, "deudor.documento": "2"'), "json_repeated"),
        (line(cuenta=r'"10\u00001"'), "control_character"),
        (line(cuenta=r'"10\u200b1"'), "control_character"),
        (line(cuenta='"10\x071"'), "control_character"),
    ],
)
def test_a_line_that_is_no_row_costs_itself_alone(broken, rule):
    screened = sifted(f"{line()}\n{broken}\n{line(cuenta='102')}\n")
    (reject,) = screened.rejects.rows(named=True)
    assert (reject["line_number"], reject["rule"], reject["raw"]) == (2, rule, broken)
    assert "la línea" in reject["message"]
    assert screened.rows["account_number"].to_list() == ["101", "102"]
    assert screened.rows_read == 3


ESCAPED = r'"\ufeff777"'


def test_a_broken_line_recalls_no_account():
    screened = sifted(f"{line()}\n{line(cuenta='777')[:-1]}\n")
    assert screened.readable_keys.to_list() == ["101", "777"]
    hidden = sifted(f"{line()}\n{line(cuenta=ESCAPED)}\n")
    assert (hidden.rows_rejected, hidden.readable_keys.to_list()) == (1, ["101", "777"])


@pytest.mark.parametrize(
    ("text", "field", "rule"),
    [
        (line("[100]"), "principal_minor", "json_value"),
        (line('{"valor": 100}'), "principal_minor", "json_value"),
        (line(more=', "deudor": "900"'), "debtor_id_number", "json_value"),
        (line(more=', "deudor": {"documento": ["900"]}'), "debtor_id_number", "json_value"),
        # Without its point it would be another person.
        (
            line(more=', "deudor": {"documento": 1020304050.5}'),
            "debtor_id_number",
            "number_as_code",
        ),
        (line(more=', "deudor": {"documento": -900}'), "debtor_id_number", "number_as_code"),
        (line(cuenta="4.1e15"), "account_number", "number_as_code"),
        (line(more=', "garantia": 1'), "guaranteed", "value_unknown"),
        (line(cuenta="null"), "account_number", "required"),
    ],
)
def test_cells_that_stand_for_nothing_exact(text, field, rule):
    screened = sifted(f"{line(cuenta='9')}\n{text}")
    found = screened.rejects.filter(field=field).rows(named=True)
    assert [(one["line_number"], one["rule"], one["raw"]) for one in found] == [(2, rule, text)]
    assert screened.rows.height == 1


def test_values_inside_objects_and_what_is_not_there():
    inside = ', "deudor": {"documento": 1020304050.0, "domicilio": {"ciudad": "León\\nCentro"}}'
    flat = ', "deudor.documento": "900", "deudor.domicilio": null, "garantia": true'
    screened = sifted("\n".join([line(more=inside), line(cuenta="102", more=flat)]))
    first, second = screened.rows.rows(named=True)
    assert (first["debtor_id_number"], first["city"]) == ("1020304050", "León\nCentro")
    assert (second["debtor_id_number"], second["city"]) == ("900", None)
    assert (first["guaranteed"], second["guaranteed"]) == (None, True)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_ends_of_lines_are_as_in_any_text(mark):
    content = mark + f"\r\n{line()}\r\n \r\n{line(cuenta='102')}\r\n\x1a".encode()
    assert sifted(content).rows["line_number"].to_list() == [2, 4]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (line().replace("interes", "Interés"), "«Interés» debe decir «interes»"),
        (line().replace("interes", "otro"), "ninguna línea trae claves acordadas: interes"),
    ],
)
def test_an_amount_that_no_line_names_is_not_nothing(text, told):
    with pytest.raises(FileRefused, match=told) as refused:
        sifted(text)
    assert refused.value.rule == "header_missing"
    assert sifted(f"{text}\n{line(cuenta='102')}").rows["interest_minor"].to_list() == [0, 0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (line().replace("capital", "Capital"), "«Capital» debe decir «capital»"),
        ("[\n  1\n]", "ninguna línea es un objeto JSON"),
        ("cuenta;capital\n1;2", "ninguna línea es un objeto JSON"),
    ],
)
def test_a_file_without_what_every_row_must_have_is_another(text, told):
    with pytest.raises(FileRefused, match=told) as refused:
        identify(owner(), "x", text.encode(), DAY)
    assert refused.value.rule == "not_identified"
    # An amount may be named only further on.
    later = line().replace("interes", "otro").encode()
    assert identify(owner(), "x", later, DAY).format == "jsonl"


def test_the_keys_tell_two_versions_apart():
    text = BANK + LAYOUT.format(settings="")
    newer = LAYOUT.format(settings="").replace('"1"', '"2"').replace('"capital"', '"saldo"')
    profile = parse_profile((text + newer).encode(), "banco.toml")
    assert identify(profile, "x", line().encode(), DAY).version == "1"
    assert identify(profile, "x", line().replace("capital", "saldo").encode(), DAY).version == "2"
