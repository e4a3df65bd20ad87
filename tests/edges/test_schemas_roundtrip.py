"""Whatever is written in a declared layout reads back equal; whatever bytes come, none escape."""

import io
import json
import zipfile
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.errors import FileRefused
from recupero.profiles.identify import identify
from recupero.profiles.load import parse_profile
from schemas.screen import Screened, screen, sift
from tests.edges.good_files import BANK
from tests.edges.test_schemas_spreadsheet import PROFILE as SHEET
from tests.edges.test_schemas_spreadsheet import SHEET as SHEET_XML
from tests.edges.test_schemas_spreadsheet import book, edited, row

#: The machine may be busy; a slow example is no fault.
UNHURRIED = settings(deadline=None, max_examples=60)

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


def delimited(delimiter, quote, encoding):
    columns = "\n".join(f'{name} = "{name}"' for name in NAMES)
    quoted = f"quote = '{quote}'\n" if quote else ""
    return owner(
        f'format = "delimited"\nheader = true\ndelimiter = "{delimiter}"\nencoding = "{encoding}"\n'
        f'{quoted}decimal = ","\nthousands = "."\ndates = "%d/%m/%Y"\n[layout.columns]\n{columns}\n'
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


JSON_LINES = {decimal: json_lines(decimal) for decimal in ("", ",")}


@UNHURRIED
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


LAYOUTS = {
    "named": delimited(";", None, "utf-8"),
    "quoted": delimited(";", '"', "latin-1"),
    "wide": delimited(";", '"', "utf-16"),
    "fixed": fixed(),
    "json": JSON_LINES[","],
    "sheet": parse_profile(SHEET.format(settings="", currency="MXN").encode(), "banco.toml"),
}
HEADER = ";".join(NAMES)


def survives(content, profile):
    """Any bytes end as a screened file whose counts tie, or as a refusal; nothing else."""
    try:
        screened = sift(content, profile.layouts[0], profile, DAY)
    except FileRefused:
        return
    assert isinstance(screened, Screened)
    parts = screened.rows_rejected + screened.rows_duplicate + screened.rows_empty
    assert screened.rows_read == screened.rows.height + parts
    assert "\x00" not in "".join(screened.rejects["raw"])


@UNHURRIED
@given(content=st.binary(max_size=400), name=st.sampled_from(sorted(LAYOUTS)))
def test_any_bytes(content, name):
    survives(content, LAYOUTS[name])


NOISE = st.text(st.sampled_from('";\n\r\x00\x1a\x85\u2028ñ€D 01,.-/SNT٣'), max_size=120)


@UNHURRIED
@given(text=NOISE, name=st.sampled_from(["named", "quoted", "wide"]))
def test_any_text_under_a_right_header(text, name):
    profile = LAYOUTS[name]
    encoding = profile.layouts[0].encoding
    survives(f"{HEADER}\n{text}".encode(encoding, errors="replace"), profile)


@UNHURRIED
@given(text=NOISE)
def test_any_text_before_a_right_trailer(text):
    survives(f"H\n{text}\nT000000000\n".encode("latin-1", errors="replace"), LAYOUTS["fixed"])


JSON_NOISE = st.lists(
    st.sampled_from(
        ['{"account_number":', '"principal_minor":', "{", "}", "[", "]", '"', ",", ":", "1.5", "-0",
         "1e999", "NaN", "null", "true", r"\ud800", r"\u0000", r"\u200b", "\n", "\r", "\x1a", " ",
         '"cuenta":', '"cuenta.debtor_name":', '"due_date":"2026-11-01"', "{" * 30, "9" * 30]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@UNHURRIED
@given(text=JSON_NOISE, whole=st.booleans())
def test_any_text_beside_lines_of_json(text, whole):
    good = '{"account_number": "1", "principal_minor": 1, "due_date": "2026-11-01"}\n'
    survives(f"{good if whole else ''}{text}".encode(), LAYOUTS["json"])


PARTS = ("xl/workbook.xml", SHEET_XML, "xl/sharedStrings.xml", "xl/styles.xml")
BYTES = st.sampled_from([*b'<>/"=rctvsnA19', 0, 255]) | st.integers(0, 255)


@UNHURRIED
@given(st.data())
def test_a_damaged_workbook(data):
    part = data.draw(st.sampled_from([None, *PARTS]))
    whole = zipfile.ZipFile(io.BytesIO(WORKBOOK)).read(part) if part else WORKBOOK
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(BYTES)
    content = edited(WORKBOOK, part, whole, bytes(damaged)) if part else bytes(damaged)
    survives(content, LAYOUTS["sheet"])


WORKBOOK = book(row(), row(account=102, due=DAY - timedelta(days=9)))
