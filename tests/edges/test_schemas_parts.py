"""A file in parts is the file read as a whole, whatever its bytes and wherever it is cut."""

import dataclasses

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal, assert_series_equal

from recupero.errors import FileRefused
from recupero.profiles.load import parse_profile
from schemas import blocks, parts, screen
from schemas.read import read
from tests.edges.good_files import BANK
from tests.edges.screened_text import DAY
from tests.edges.test_schemas_roundtrip import NAMES, UNHURRIED, delimited

LAYOUTS = {
    "named": delimited(";", None, "utf-8"),
    "quoted": delimited(";", '"', "latin-1"),
    "tabbed": delimited("\t", None, "cp1252"),
    "wide": delimited("|", None, "utf-16"),
}
#: What lines are made of: good cells, and each kind of character that makes a line be read the
#: long way, beside neighbours of it that do not.
PIECES = (
    ";", "|", "\t", "\n", "\r\n", "\r", '"', " ", "\x00", "\x1a", "\x7f", "\x85", "\xa0", "ñ", "Ñ",
    "º", "Â", "Ã", "Ã©", "ï", "ï¿½", "â", "€", "â€", "–", "\u200b", "\u2028", "\u3000", "\ufeff",
    "\ufffd", "é", "", "1", "Ana", "26/11/2026", "1.234,56", "-0,01", "S", "N",
)  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def good(number, mark):
    return mark.join([str(number), "Ana Núñez", "26/11/2026", "1.234,56", "S"])


@pytest.fixture(autouse=True, scope="module")
def _short_blocks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", 60)
        patch.setattr(blocks, "_STEP", 7)
        yield


def outcome(content, profile):
    """What screening makes of *content*, the error included."""
    try:
        return screen.sift(content, profile.layouts[0], profile, DAY)
    except FileRefused as refusal:
        return refusal.args


def whole(content, layout):
    return parts.Source(layout, read(content, layout))


@UNHURRIED
@given(
    name=st.sampled_from(sorted(LAYOUTS)),
    lines=st.lists(st.one_of(st.integers(0, 3), LINES), max_size=12),
    newline=st.sampled_from(["\n", "\r\n", "\r\r\n"]),
    end=st.sampled_from(["", "\n", "\x1a", "\r"]),
)
@example(name="named", lines=[1, 1, "", 2, ";;;;", " ; ;", 3], newline="\r\n", end="\n\x1a")
def test_parts_say_what_the_whole_says(name, lines, newline, end):
    profile = LAYOUTS[name]
    layout = profile.layouts[0]
    mark = layout.delimiter
    texts = [line if isinstance(line, str) else good(line, mark) for line in lines]
    text = newline.join([mark.join(NAMES), *texts]) + end
    content = text.encode(layout.encoding, errors="replace")
    ours = outcome(content, profile)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "source", whole)
        theirs = outcome(content, profile)
    assert_same(ours, theirs)


def assert_same(ours, theirs):
    assert type(ours) is type(theirs)
    if isinstance(ours, tuple):
        assert ours == theirs
        return
    for field in dataclasses.fields(ours):
        mine, their = getattr(ours, field.name), getattr(theirs, field.name)
        if isinstance(mine, pl.DataFrame):
            assert_frame_equal(mine, their)
        elif isinstance(mine, pl.Series):
            assert_series_equal(mine.sort(), their.sort())
        else:
            assert mine == their, field.name


def test_plain_lines_are_not_read_one_by_one():
    layout = LAYOUTS["named"].layouts[0]
    texts = [";".join(NAMES), *(good(number, ";") for number in range(9))]
    texts[4] += ";"
    slow = [part.slow for part in parts.source("\n".join(texts).encode(), layout).parts()]
    assert pl.concat([table.broken for table in slow])["line_number"].to_list() == [5]
    assert sum(table.rows.height for table in slow) == 0


def test_a_row_is_read_again_as_it_stands():
    layout = parse_profile(
        (BANK + """
[[layout]]
kind = "write_off"
version = "1"
from = 2026-01-01
name = '.*'
format = "delimited"
decimal = ","
[layout.columns]
account_number = 0
amount_minor = 2
[layout.constants]
decided_on = "business_date"
resolution = "Acta 1"
""").encode(), "banco.toml",
    ).layouts[0]  # fmt: skip
    content = "".join(f" {number} ;é; {'' if number % 3 else number}\r\n" for number in range(30))
    lines = pl.Series([1, 2, 17, 30])
    again = parts.source(content.encode(), layout).at(lines)
    table = read(content.encode(), layout).rows
    assert_frame_equal(again, table.filter(pl.col("line_number").is_in(lines.implode())))
