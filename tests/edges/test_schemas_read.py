"""Reading: lines, quotes, record types, encodings. What breaks is a row's fault or the file's."""

import pytest

from recupero.errors import FileRefused
from recupero.profiles.load import parse_profile
from schemas.read import read
from tests.edges.good_files import BANK

LAYOUT = """
[[layout]]
kind = "write_off"
version = "1"
from = 2026-01-01
name = '.*'
decimal = ","
dates = "%d/%m/%Y"
"""
NAMED = """
[layout.columns]
account_number = "CUENTA"
amount_minor = "VALOR"
[layout.constants]
decided_on = "business_date"
resolution = "Acta 1"
"""
PLACED = NAMED.replace('"CUENTA"', "0").replace('"VALOR"', "1")
SPANS = NAMED.replace('"CUENTA"', "[2, 4]").replace('"VALOR"', "[6, 6]")
RECORDS = '[layout.records]\ndetail = "D"\nheader = "H"\ntrailer = "T"\n'


def layout(settings, columns):
    text = BANK + LAYOUT + settings + columns
    return parse_profile(text.encode(), "banco.toml").layouts[0]


def delimited(extra="", columns=NAMED):
    header = "true" if columns is NAMED else "false"
    return layout(f'format = "delimited"\nheader = {header}\n{extra}\n', columns)


def cells(table):
    return table.rows.select("line_number", "account_number", "amount_minor").rows()


def broken(table):
    return table.broken.select("line_number", "rule").rows()


QUOTED = delimited("quote = '\"'")
PLAIN = delimited()
HEADERLESS = delimited(columns=PLACED)


@pytest.mark.parametrize(
    ("described", "text", "expected", "failed"),
    [
        (PLAIN, "CUENTA;VALOR\n1;2\n", [(2, "1", "2")], []),
        (PLAIN, "CUENTA;VALOR\r\n1;2\r\n\r\n3;4", [(2, "1", "2"), (4, "3", "4")], []),
        (PLAIN, "\n\n VALOR ; CUENTA \n2;1\n", [(4, "1", "2")], []),
        (
            PLAIN,
            "CUENTA;VALOR\n1;2;3\n4\n5;6",
            [(4, "5", "6")],
            [(2, "column_count"), (3, "column_count")],
        ),
        (PLAIN, "CUENTA;VALOR\n;\n1;2\n\x1a", [(3, "1", "2")], []),
        (PLAIN, "CUENTA;VALOR\n1;\x002\n3;4\n", [(3, "3", "4")], [(2, "control_character")]),
        (PLAIN, "CUENTA;VALOR\n1;2\r3;4\n", [], [(2, "control_character")]),
        (PLAIN, 'CUENTA;VALOR\n"1;2\n', [(2, '"1', "2")], []),
        (PLAIN, "CUENTA;VALOR\n", [], []),
        (HEADERLESS, "1;2\n3;4\n", [(1, "1", "2"), (2, "3", "4")], []),
        (HEADERLESS, "1;2;5\n", [], [(1, "column_count")]),
        (QUOTED, 'CUENTA;VALOR\n"1";"2"\n3;4', [(2, "1", "2"), (3, "3", "4")], []),
        (QUOTED, '"CUENTA";"VALOR"\n"a;""b""";2', [(2, 'a;"b"', "2")], []),
        (QUOTED, 'CUENTA;VALOR\n"a\nb";2\n3;4', [(2, "a\nb", "2"), (4, "3", "4")], []),
        (QUOTED, 'CUENTA;VALOR\n"a\n\nb";2\n3;4', [(2, "a\n\nb", "2"), (5, "3", "4")], []),
        (QUOTED, 'CUENTA;VALOR\nJ. "El" P;2', [(2, 'J. "El" P', "2")], []),
        # A stray quote costs its own line and never hides a neighbour.
        (QUOTED, 'CUENTA;VALOR\n"1;2\n3;4\n5;6', [(3, "3", "4"), (4, "5", "6")], [(2, "quote")]),
        (QUOTED, 'CUENTA;VALOR\n"1;2\n3;4\n"5";6', [(3, "3", "4"), (4, "5", "6")], [(2, "quote")]),
        (QUOTED, 'CUENTA;VALOR\n"1"x;2\n3;4', [(3, "3", "4")], [(2, "quote")]),
        (QUOTED, 'CUENTA;VALOR\n"1";"2";3\n3;4', [(3, "3", "4")], [(2, "column_count")]),
    ],
)
def test_delimited_lines(described, text, expected, failed):
    table = read(text.encode(), described)
    assert cells(table) == expected
    assert broken(table) == failed


def test_a_quote_left_open_stops_at_its_limit():
    lines = ['"open;1', *(f"{n};{n}" for n in range(200))]
    table = read(("CUENTA;VALOR\n" + "\n".join(lines)).encode(), QUOTED)
    assert table.rows.height == 200
    assert broken(table) == [(2, "quote")]


def test_the_raw_line_is_untouched():
    table = read(b"CUENTA;VALOR\r\n 1 ; 2 \r\n x\r\n", PLAIN)
    assert table.rows["raw"].to_list() == [" 1 ; 2 "]
    assert table.broken["raw"].to_list() == [" x"]
    assert table.keys.to_list() == ["x"]


@pytest.mark.parametrize(
    ("encoding", "content", "name"),
    [
        ("utf-8", "CUENTA;VALOR\nñandú;1".encode(), "ñandú"),
        ("utf-8", "CUENTA;VALOR\nñandú;1".encode("utf-8-sig"), "ñandú"),
        ("latin-1", "CUENTA;VALOR\nñandú;1".encode("latin-1"), "ñandú"),
        ("cp1252", "CUENTA;VALOR\n“€”;1".encode("cp1252"), "“€”"),
        ("utf-16", "CUENTA;VALOR\nñandú;1".encode("utf-16"), "ñandú"),
        ("utf-16", "CUENTA;VALOR\nñandú;1".encode("utf-16-le"), "ñandú"),
        ("utf-16", b"\xfe\xff" + "CUENTA;VALOR\nñandú;1".encode("utf-16-be"), "ñandú"),
        ("utf-16-be", "CUENTA;VALOR\nñandú;1".encode("utf-16-be"), "ñandú"),
        ("utf-16-be", b"\xfe\xff" + "CUENTA;VALOR\nñandú;1".encode("utf-16-be"), "ñandú"),
    ],
)
def test_encodings_are_agreed(encoding, content, name):
    table = read(content, delimited(f'encoding = "{encoding}"'))
    assert table.rows["account_number"].to_list() == [name]


@pytest.mark.parametrize(
    ("described", "content", "rule", "said"),
    [
        (PLAIN, b"", "empty", "vac"),
        (PLAIN, b" \r\n \r\n", "empty", "vac"),
        (PLAIN, b"CUENTA;VALOR\n1;\xf1", "undecodable", "línea 2: el byte 15"),
        (delimited('encoding = "cp1252"'), b"CUENTA;VALOR\n\x81", "undecodable", "byte 13"),
        (delimited('encoding = "utf-16"'), b"abc", "undecodable", "byte 2"),
        (
            delimited('encoding = "utf-16"'),
            "CUENTA;VALOR\n1;2\n".encode("utf-16-be"),
            "undecodable",
            "otro orden",
        ),
        (
            delimited('encoding = "utf-16-be"'),
            "CUENTA;VALOR\n1;2\n".encode("utf-16-le"),
            "undecodable",
            "otro orden",
        ),
        (delimited('encoding = "latin-1"'), "CUENTA".encode("utf-8-sig"), "undecodable", "Unicode"),
        (delimited('encoding = "latin-1"'), "CUENTA".encode("utf-16"), "undecodable", "utf-16"),
        (PLAIN, b"CUENTA;SALDO\n1;2", "header_missing", "VALOR"),
        (PLAIN, b"CUENTA;VALOR;CUENTA\n1;2;3", "header_ambiguous", "CUENTA"),
    ],
)
def test_a_file_that_is_not_as_agreed_is_refused(described, content, rule, said):
    with pytest.raises(FileRefused, match=said) as refused:
        read(content, described)
    assert refused.value.rule == rule


def test_a_header_alone_says_that_there_is_nothing_today():
    assert read(b"CUENTA;VALOR\r\n", PLAIN).rows.is_empty()


FIXED = layout(
    'format = "fixed"\ncontrol = "trailer"\n',
    RECORDS + "[layout.trailer]\nrows = [2, 3]\n" + SPANS,
)


def test_fixed_width_records():
    table = read("H2026\nD0001000123\nDñ   000456 más\nT002\n".encode(), FIXED)
    assert cells(table) == [(2, "0001", "000123"), (3, "ñ   ", "000456")]
    assert table.control.rows == 2


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("H\nD000100012\nT001", [(2, "line_length")]),
        ("H\nX0001000123\nT001", [(2, "record_unknown")]),
        ("D0001000123\nH\nT001", [(2, "record_unknown")]),
        ("D0001\x07000123\nT001", [(1, "control_character")]),
    ],
)
def test_broken_fixed_width_lines(text, failed):
    assert broken(read(text.encode(), FIXED)) == failed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("H\nD0001000123\n", "control_missing"),
        ("\f\n", "control_missing"),  # blanks that are no spaces
        ("H\nD0001000123\nT001\nD0002000123\n", "control_total"),
        ("H\nT000\nT000\n", "control_total"),
        ("H\nD0001000123\nT01\n", "control_total"),
        ("H\nD0001000123\nT0x1\n", "control_total"),
    ],
)
def test_a_trailer_is_last_and_readable(text, rule):
    with pytest.raises(FileRefused) as refused:
        read(text.encode(), FIXED)
    assert refused.value.rule == rule


def test_keys_of_broken_lines_are_kept_as_well_as_can_be():
    assert read(b"H\nD0007000\nT001", FIXED).keys.to_list() == ["0007"]
    assert read(b"CUENTA;VALOR\n77;1;2\n", PLAIN).keys.to_list() == ["77"]


def test_a_key_in_a_line_given_up_for_what_nobody_sees_is_still_the_accounts():
    """Else the account would seem to be gone, and would be recalled."""
    hidden = "CUENTA;VALOR\n\ufeff77;1\n8\u200b8;1\n\x0099\0;1\n"
    assert read(hidden.encode(), PLAIN).keys.to_list() == ["77", "88", "99"]


def test_a_delimited_file_with_records():
    places = "[layout.trailer]\nrows = 1\nsum_minor = 2\nsum_of = 'amount_minor'\n"
    columns = PLACED.replace("account_number = 0", "account_number = 1")
    columns = columns.replace("amount_minor = 1", "amount_minor = 2")
    settings = 'format = "delimited"\ndelimiter = "|"\ncontrol = "trailer"\n'
    described = layout(settings, RECORDS + places + columns)
    table = read(b"H|x\nD|1|2,50\nDX|1|2\nT|1|2,50\n", described)
    assert cells(table) == [(2, "1", "2,50")]
    assert broken(table) == [(3, "record_unknown")]
    assert (table.control.rows, table.control.sums) == (1, {("amount_minor", "COP"): 250})
