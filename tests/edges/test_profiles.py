"""Profiles: what loads, what is refused and where the blame is laid; which layout a file is in."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from recupero.errors import FileRefused, ProfileError
from recupero.profiles.identify import identify
from recupero.profiles.load import load_profile, load_profiles, parse_profile

PROFILES = Path(__file__).parents[1] / "golden" / "profiles"

INSTITUTION = """
[institution]
code = "banco-andino"
name = "Banco Andino S.A."
country = "CO"
currency = "COP"
timezone = "America/Bogota"
"""
DELIMITED = r"""
[[layout]]
kind = "placement"
version = "2026-01"
from = 2026-01-01
name = 'CARTERA_\d{8}\.txt'
format = "delimited"
encoding = "latin-1"
delimiter = ";"
quote = '"'
header = true
decimal = ","
thousands = "."
dates = "%d/%m/%Y"
[layout.columns]
account_number = "OBLIGACION"
principal_minor = "CAPITAL"
due_date = "VENCE"
guaranteed = "GARANTIA"
[layout.constants]
cut_off = "business_date"
[layout.values.guaranteed]
S = true
N = false
"""
FIXED = r"""
[[layout]]
kind = "payment"
version = "1"
from = 2026-01-01
name = 'PAGOS_\d{8}\.dat'
format = "fixed"
encoding = "latin-1"
implied_decimals = 2
dates = "%Y%m%d"
control = "trailer"
[layout.records]
detail = "D"
header = "H"
trailer = "T"
[layout.trailer]
rows = [2, 9]
sum_minor = [11, 18]
sum_of = "amount_minor"
[layout.columns]
transaction_id = [2, 10]
amount_minor = [12, 12]
paid_on = [24, 8]
"""


def profile(text: str):
    return parse_profile(text.encode(), "banco-andino.toml")


def test_a_whole_profile_loads_frozen():
    loaded = profile(INSTITUTION + DELIMITED + FIXED)
    placement, payment = loaded.layouts
    assert loaded.code == "banco-andino"
    assert loaded.exchange.connection == "banco-andino"
    assert placement.constants["currency"] == "COP"
    assert placement.values["guaranteed"] == {"S": True, "N": False}
    assert payment.columns["amount_minor"] == (12, 12)
    assert len(loaded.digest) == 64
    with pytest.raises(ValueError, match="frozen"):
        loaded.institution.name = "other"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('code = "banco-andino"', 'code = "Banco Andino"', "institution.code"),
        # ISO 4217's code for "no currency".
        ('currency = "COP"', 'currency = "XXX"', "institution.currency"),
        ("America/Bogota", "Bogota", "institution.timezone"),
        ('name = "Banco', 'nombre = "x"\nname = "Banco', "institution.nombre"),
        ("[institution]", 'digest = "x"\n[institution]', "digest"),
        ('decimal = ","', 'decimal = "x"', "layout[0].decimal"),
        ('thousands = "."', 'thousands = ","', "layout[0].thousands"),
        ('"Banco Andino S.A."', '"  "', "institution.name"),
        ("timezone", 'payment_channels = [""]\ntimezone', "institution.payment_channels[0]"),
        ("timezone", 'tax_id = " \\t\\u00a0"\ntimezone', "institution.tax_id"),
        ("[[layout]]", '[exchange]\ninbox = "\\u200b"\n[[layout]]', "exchange.inbox"),
        ('version = "2026-01"', 'version = " "', "layout[0].version"),
        (r"CARTERA_\d{8}\.txt", " ", "layout[0].name"),
        ('kind = "placement"', 'kind = "placement"\nportfolio = " "', "layout[0].portfolio"),
        ('kind = "placement"', 'kind = "placement"\nsheet = ""', "layout[0].sheet"),
        ('decimal = ","', "implied_decimals = 2", "layout[0].implied_decimals"),
        ("quote = '\"'", "quote = ';'", "layout[0].quote"),
        (r"CARTERA_\d{8}\.txt", "CARTERA_(", "layout[0].name"),
        ("%d/%m/%Y", "%d/%m/%y", "layout[0].dates"),
        ("%d/%m/%Y", "%d/%m", "layout[0].dates"),
        ('dates = "%d/%m/%Y"', "", "layout[0].dates"),
        ("from = 2026-01-01", "from = 2026-01-01\nuntil = 2025-01-01", "layout[0].until"),
        ('due_date = "VENCE"', "", "layout[0].columns.due_date"),
        ('account_number = "OBLIGACION"', "", "layout[0].columns.account_number"),
        ('"OBLIGACION"', "3", "layout[0].columns.account_number"),
        ('"CAPITAL"', '"CAPITAL"\nsaldo = "SALDO"', "layout[0].columns.saldo"),
        ("S = true", 'S = "si"', "layout[0].values.guaranteed.'S'"),
        ("S = true", 'S = true\n" S " = false', "layout[0].values.guaranteed.'S'"),
        ('decimal = ","', 'decimal = ","\nblank = ["S"]', "layout[0].values.guaranteed.'S'"),
        (
            "[layout.constants]",
            '[layout.constants]\ndue_date = "x"',
            "layout[0].constants.due_date",
        ),
        ('= "business_date"', '= "hoy"', "layout[0].constants.cut_off"),
        (
            'cut_off = "business_date"',
            'cut_off = "business_date"\nobligation_kind = "lease"',
            "layout[0].constants.obligation_kind",
        ),
        ('kind = "placement"', 'kind = "placement"\nzero_amount = "skip"', "layout[0].zero_amount"),
        ('kind = "placement"', 'kind = "placement"\ncontrol = "trailer"', "layout[0].trailer"),
        ("= [2, 10]", "= [0, 10]", "layout[1].columns.transaction_id"),
        ('"delimited"', '"jsonl"', "layout[0].format"),
        ("= [2, 10]", "= 2", "layout[1].columns.transaction_id"),
        ('trailer = "T"', "", "layout[1].trailer"),
        ('trailer = "T"', 'trailer = "DT"', "layout[1].records"),
        ('control = "trailer"', 'control = "none"', "layout[1].control"),
        ('sum_of = "amount_minor"', "", "layout[1].trailer.sum_of"),
        ('sum_of = "amount_minor"', 'sum_of = "paid_on"', "layout[1].trailer.sum_of"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(old, new, where):
    text = INSTITUTION + DELIMITED + FIXED
    assert old in text
    with pytest.raises(ProfileError) as refused:
        profile(text.replace(old, new, 1))
    assert refused.value.where == f"banco-andino.toml: {where}"
    assert "\n" not in str(refused.value)


def test_marks_of_files_may_be_blanks():
    text = (INSTITUTION + DELIMITED + FIXED).replace('thousands = "."', 'thousands = " "')
    text = text.replace('delimiter = ";"', 'delimiter = "\\t"\nblank = ["  ", "-"]')
    loaded = profile(text.replace('header = "H"', 'header = "  "'))
    first, second = loaded.layouts
    assert (first.thousands, first.delimiter, first.blank) == (" ", "\t", ("  ", "-"))
    assert second.records.header == "  "


def test_a_policy_orders_every_component():
    order = '[policy]\nallocation_order = ["fees", "principal"]\n'
    with pytest.raises(ProfileError, match=r"policy\.allocation_order"):
        profile(INSTITUTION + order)


@pytest.mark.parametrize("share", ["-0.1", "1.1", '"most"'])
def test_a_share_is_between_nothing_and_all(share):
    with pytest.raises(ProfileError, match=r"toml: policy\.vanished_share_max: "):
        profile(f"{INSTITUTION}[policy]\nvanished_share_max = {share}\n")
    assert profile(INSTITUTION).policy.vanished_share_max == 0.2


LOANS = DELIMITED.replace("CARTERA_", "PRESTAMOS_")
DELTA = 'kind = "placement"\nsnapshot = "delta"'


def of(portfolio: str, layout: str) -> str:
    return layout.replace("[[layout]]", f'[[layout]]\nportfolio = "{portfolio}"')


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        (DELIMITED, LOANS, "layout[0].portfolio"),
        (of("cards", DELIMITED), LOANS, "layout[1].portfolio"),
        (of("cards", DELIMITED), of("cards", LOANS), "layout[1].portfolio"),
        (of("cards", DELIMITED), of("loans", LOANS), None),
        (DELIMITED, LOANS.replace('kind = "placement"', DELTA), "layout[0].portfolio"),
        (of("all", DELIMITED), of("all", LOANS.replace('kind = "placement"', DELTA)), None),
        (DELIMITED, LOANS.replace("from = 2026-01-01", "from = 2026-01-01\nuntil = 2026-02-01"),
         "layout[0].portfolio"),
        (DELIMITED.replace("from = 2026-01-01", "from = 2026-01-01\nuntil = 2026-02-01"),
         LOANS.replace("from = 2026-01-01", "from = 2026-02-02"), None),
        (DELIMITED, DELIMITED.replace("CAPITAL", "SALDO"), None),
        (DELIMITED, of("cards", FIXED), "layout[1].portfolio"),
    ],
)  # fmt: skip
def test_full_portfolios_in_files_of_their_own_say_what_they_are_all_of(first, second, where):
    text = INSTITUTION + first + second
    if where is None:
        assert len(profile(text).layouts) == 2
        return
    with pytest.raises(ProfileError) as refused:
        profile(text)
    assert refused.value.where == f"banco-andino.toml: {where}"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[institution", b""])
def test_bytes_that_are_no_profile(content):
    with pytest.raises(ProfileError, match=r"x\.toml"):
        parse_profile(content, "x.toml")


def test_the_file_is_named_like_the_institution(tmp_path):
    (tmp_path / "otro.toml").write_text(INSTITUTION)
    with pytest.raises(ProfileError, match="does not agree"):
        load_profile(tmp_path / "otro.toml")
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile(tmp_path / "ninguno.toml")
    with pytest.raises(ProfileError, match="no folder"):
        load_profiles(tmp_path / "ninguna")


def test_a_folder_of_profiles():
    assert "tarjeta-real" in load_profiles(PROFILES)[0]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("[institution\n", "roto.toml: not TOML"),
        (INSTITUTION.replace("currency", "curency"), "roto.toml: institution.currency: "),
        (f"{INSTITUTION}surplus = 1\n", "surplus: "),
        ("", "roto.toml: institution: "),
    ],
)
def test_a_profile_that_is_wrong_is_named_and_stops_no_other(tmp_path, wrong, named):
    (tmp_path / "banco-andino.toml").write_text(INSTITUTION)
    (tmp_path / "roto.toml").write_text(wrong)
    valid, broken = load_profiles(tmp_path)
    assert (list(valid), list(broken)) == (["banco-andino"], ["roto"])
    assert named in str(broken["roto"])


HEAD = b"OBLIGACION;CAPITAL;VENCE;GARANTIA\r\n1;2;3;S\r\n"
DAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("name", "head", "day", "rule"),
    [
        ("CARTERA_20261127.txt", HEAD, DAY, None),
        ("CARTERA_20261127.txt", b'"OBLIGACION";"CAPITAL";"VENCE";"GARANTIA"', DAY, None),
        ("CARTERA_20261127.txt.part", HEAD, DAY, "not_identified"),
        ("CARTERA_20261127.txt", HEAD, date(2025, 12, 31), "not_identified"),
        ("CARTERA_20261127.txt", b"OBLIGACION;CAPITAL;GARANTIA\n", DAY, "not_identified"),
        ("CARTERA_20261127.txt", b"", DAY, "empty"),
        ("CARTERA_20261127.txt", b'"OBLIGACION;CAP', DAY, "not_identified"),
        ("cartera_20261127.txt", HEAD, DAY, "not_identified"),
    ],
)
def test_a_file_is_identified_by_name_date_and_header(name, head, day, rule):
    loaded = profile(INSTITUTION + DELIMITED + FIXED)
    if rule is None:
        assert identify(loaded, name, head, day).kind == "placement"
        return
    with pytest.raises(FileRefused) as refused:
        identify(loaded, name, head, day)
    assert refused.value.rule == rule


def test_the_header_tells_two_versions_apart():
    newer = DELIMITED.replace("2026-01", "2026-02").replace("CAPITAL", "SALDO")
    loaded = profile(INSTITUTION + DELIMITED + newer)
    head = HEAD.replace(b"CAPITAL", b"SALDO")
    assert identify(loaded, "CARTERA_20261127.txt", head, DAY).version == "2026-02"


def test_two_layouts_that_fit_are_ambiguous():
    loaded = profile(INSTITUTION + DELIMITED + DELIMITED.replace("2026-01", "2026-02"))
    with pytest.raises(FileRefused) as refused:
        identify(loaded, "CARTERA_20261127.txt", HEAD, DAY)
    assert refused.value.rule == "ambiguous"


def test_profiles_load_without_polars():
    code = "import sys, recupero.profiles.load, recupero.profiles.identify; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"polars", "pandas", "pandera"} & set(loaded.stdout.split())
