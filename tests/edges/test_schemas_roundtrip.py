"""Whatever is written in a declared layout reads back equal."""

import json
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.profiles.identify import identify
from recupero.profiles.load import parse_profile
from schemas.screen import screen
from tests.edges.books import book as book_of
from tests.edges.good_files import BANK

#: The machine may be busy; a slow example is no fault.
UNHURRIED = settings(max_examples=30)
#: Of several formats or notations at once, whose texts the others make already.
BRIEF = settings(max_examples=15)

HEAD = f"""{BANK}[policy]
rejects_share_max = 1
[[layout]]
kind = "placement"
version = "1"
from = 2026-01-01
name = '.*'
"""
NAMES = ("account_number", "debtor_name", "due_date", "principal_minor", "guaranteed")
TAIL = """
[layout.constants]
cut_off = "business_date"
[layout.values.guaranteed]
S = true
N = false
"""
WIDTHS = (12, 20, 8, 14, 1)
DAY = date(2026, 11, 27)


def owner(layout):
    return parse_profile((HEAD + layout + TAIL).encode(), "banco.toml")


def delimited(delimiter, quote, encoding, sign=""):
    columns = "\n".join(f'{name} = "{name}"' for name in NAMES)
    quoted = f"quote = '{quote}'\n" if quote else ""
    return owner(
        f'format = "delimited"\nheader = true\ndelimiter = "{delimiter}"\nencoding = "{encoding}"\n'
        f'{quoted}{sign}\ndecimal = ","\nthousands = "."\ndates = "%d/%m/%Y"\n'
        f"[layout.columns]\n{columns}\n"
    )


def fixed():
    start, columns = 2, ""
    for name, width in zip(NAMES, WIDTHS, strict=True):
        columns += f"{name} = [{start}, {width}]\n"
        start += width
    return owner(
        'format = "fixed"\nencoding = "latin-1"\nimplied_decimals = 2\ndates = "%Y%m%d"\n'
        'control = "trailer"\n[layout.records]\ndetail = "D"\nheader = "H"\ntrailer = "T"\n'
        '[layout.trailer]\nrows = [2, 9]\nsum_minor = [11, 20]\nsum_of = "principal_minor"\n'
        f"[layout.columns]\n{columns}"
    )


def json_lines(decimal):
    columns = {name: f"cuenta.{name}" if name.endswith("_name") else name for name in NAMES}
    declared = "\n".join(f'{name} = "{path}"' for name, path in columns.items())
    marks = f'decimal = "{decimal}"\nthousands = "."\n' if decimal else ""
    return owner(f'format = "jsonl"\ndates = "%Y-%m-%d"\n{marks}[layout.columns]\n{declared}\n')


def texts(alphabet, size):
    return st.text(alphabet, min_size=1, max_size=size).map(str.strip).filter(bool)


#: Without what begins a letter of UTF-8 read as latin-1 (``Ã©``): such text is refused on purpose.
LATIN = st.characters(
    min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"], exclude_characters="ÂÃï"
)
KEYS = texts("ABCDEFGHIJ0123456789-", 12)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
AMOUNTS = st.integers(-(10**12), 10**12)
FLAGS = st.sampled_from([True, False, None])


def accounts(name_text):
    one = st.tuples(KEYS, st.none() | name_text, DAYS, AMOUNTS, FLAGS)
    # A full portfolio of nothing is refused, so there is at least one.
    return st.lists(one, min_size=1, max_size=12, unique_by=lambda account: account[0])


def flag(value):
    return "" if value is None else "SN"[not value]


def grouped(amount):
    digits = f"{abs(amount) / 100:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{'-' if amount < 0 else ''}{digits}"


def read_back(content, profile):
    screened = screen(content, identify(profile, "x", content[:4096], DAY), profile, DAY)
    assert screened.rejects.is_empty()
    return screened.rows.select(NAMES).rows()


#: What a layout declares, the mark a writer may put first, and its codec.
ENCODINGS = [
    ("utf-8", b"", "utf-8"), ("utf-8", b"\xef\xbb\xbf", "utf-8"), ("latin-1", b"", "latin-1"),
    ("cp1252", b"", "cp1252"),
    ("utf-16", b"", "utf-16-le"), ("utf-16", b"\xff\xfe", "utf-16-le"),
    ("utf-16", b"\xfe\xff", "utf-16-be"), ("utf-16-be", b"", "utf-16-be"),
    ("utf-16-be", b"\xfe\xff", "utf-16-be"),
]  # fmt: skip


@UNHURRIED
@given(
    rows=accounts(texts(LATIN, 20)),
    delimiter=st.sampled_from([";", "|", "\t", ","]),
    encoding=st.sampled_from(ENCODINGS),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_delimited_with_quotes_reads_back(rows, delimiter, encoding, newline):
    def quoted(text):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'

    lines = [delimiter.join(NAMES)]
    for key, name, due, amount, held in rows:
        cells = [key, name or "", f"{due:%d/%m/%Y}", grouped(amount), flag(held)]
        lines.append(delimiter.join(quoted(cell) for cell in cells))
    escaped = "\\t" if delimiter == "\t" else delimiter
    declared, mark, codec = encoding
    profile = delimited(escaped, '"', declared)
    assert read_back(mark + newline.join(lines).encode(codec), profile) == rows


@UNHURRIED
@given(rows=accounts(texts(LATIN, 20).map(lambda text: text.replace("|", "/"))))
def test_delimited_without_quotes_reads_back(rows):
    lines = ["|".join(NAMES)]
    for key, name, due, amount, held in rows:
        cells = [key, name or "", f"{due:%d/%m/%Y}", grouped(amount), flag(held)]
        lines.append("|".join(cells))
    content = "\n".join([*lines, ""]).encode("latin-1")
    assert read_back(content, delimited("|", None, "latin-1")) == rows


@UNHURRIED
@given(rows=accounts(texts(LATIN, 20)))
def test_fixed_width_reads_back(rows):
    lines = ["H"]
    for key, name, due, amount, held in rows:
        number = f"{amount:014d}"
        lines.append(f"D{key:12}{name or '':20}{due:%Y%m%d}{number}{flag(held):1}")
    total = sum(amount for _, _, _, amount, _ in rows)
    lines.append(f"T{len(rows):09d}{total:020d}")
    assert read_back("\r\n".join(lines).encode("latin-1"), fixed()) == rows


def sheets(form):
    columns = "\n".join(f'{name} = "{name}"' for name in NAMES)
    marks = 'decimal = ","\nthousands = "."\nsheet = "Cartera"\nheader_row = 3'
    return owner(
        f'format = "{form}"\nheader = true\n{marks}\ndates = "%d/%m/%Y"\n'
        f"[layout.columns]\n{columns}\n"
    )


BOOKS = {form: sheets(form) for form in ("xlsx", "xls", "ods")}


#: Without what workbooks show for an error, which is refused in any cell.
NO_ERRORS = texts(LATIN, 20).filter(lambda text: not text.startswith("#"))


@BRIEF
@given(rows=accounts(NO_ERRORS), form=st.sampled_from(sorted(BOOKS)), as_text=st.booleans())
def test_workbooks_read_back(rows, form, as_text):
    cells = [
        [key, name, f"{due:%d/%m/%Y}", grouped(amount), flag(held)]
        if as_text
        else [key, name, due, amount / 100, flag(held)]
        for key, name, due, amount, held in rows
    ]
    content = book_of(form, {"Portada": [], "Cartera": [["Cartera"], [], NAMES, *cells]})
    assert read_back(content, BOOKS[form]) == rows


SIGNS = {
    "-{}": "", "{}-": 'sign = { place = "after" }', "({})": 'sign = { place = "around" }',
    "{}CR": 'sign = { place = "after", negative = "CR" }',
}  # fmt: skip
SIGNED = {form: delimited("|", None, "latin-1", declared) for form, declared in SIGNS.items()}


@BRIEF
@given(rows=accounts(texts("ABC", 3)), form=st.sampled_from(sorted(SIGNS)))
def test_amounts_below_zero_read_back_as_they_are_declared(rows, form):
    lines = ["|".join(NAMES)]
    for key, name, due, amount, held in rows:
        saldo = (form if amount < 0 else "{}").format(grouped(abs(amount)))
        lines.append("|".join([key, name or "", f"{due:%d/%m/%Y}", saldo, flag(held)]))
    assert read_back("\n".join(lines).encode("latin-1"), SIGNED[form]) == rows


JSON_LINES = {decimal: json_lines(decimal) for decimal in ("", ",")}


@BRIEF
@given(
    rows=accounts(texts(LATIN, 20)), ascii_only=st.booleans(), decimal=st.sampled_from(["", ","])
)
def test_json_lines_read_back(rows, ascii_only, decimal):
    lines = []
    for key, name, due, amount, held in rows:
        number = f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"
        whole = {"account_number": key, "cuenta": {"debtor_name": name}, "due_date": f"{due}"}
        whole["guaranteed"] = flag(held) or None
        text = json.dumps(whole, ensure_ascii=ascii_only)
        saldo = f'"{grouped(amount)}"' if decimal and amount % 3 else number
        lines.append(f'{text[:-1]}, "principal_minor": {saldo}}}')
    assert read_back("\n".join(lines).encode(), JSON_LINES[decimal]) == rows
