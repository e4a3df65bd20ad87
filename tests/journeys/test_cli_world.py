"""``verify``, ``status`` and ``trace`` on two played days, in a database of somebody else's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import psycopg
import pytest

from recupero.money import to_plain
from recupero.profiles.retention import CHAIN, PAPERS
from recupero.steps.documents import folio
from recupero.steps.services import AGENCY
from recupero.store import outgoing
from recupero.store.cluster import APPLICATION, OWNER
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.rows import rows_of
from recupero.store.tables import document, journal, letter, match, opinion, permission
from recupero.store.vaulted import references
from tests.databases import made_database, superuser
from tests.edges.console import Console
from tests.journeys.small_world import CODES, World

CODE = "caja-pacifico"
RETENTION = """
[retention.papers]
letters = 1
worklist = 1
[[retention.hold]]
from = 2027-01-01
kinds = ["papers.worklist"]
reason = "oficio 12"
"""
AT = ("--release-at", "2026-11-30T05:00")


@pytest.fixture(scope="module")
def recupero(world: World) -> Console:
    settings = world.services.settings
    assert settings.database_url is not None
    assert settings.owner_url is not None
    return Console(
        world.home,
        RECUPERO_HOME=str(world.home),
        RECUPERO_DATABASE_URL=settings.database_url,
        RECUPERO_OWNER_URL=settings.owner_url,
        RECUPERO_INSTITUTIONS=str(settings.institutions),
        RECUPERO_MASTER_KEY_FILE=str(settings.master_key_file),
    )


@pytest.fixture(scope="module")
def stored(world: World) -> dict[str, Any]:
    """Rows as the store has them, by table."""
    with world.services.store.unit(CODE) as unit:
        tables = (journal, match, letter, opinion, permission)
        return {table.name: rows_of(unit, table) for table in tables}


@contextmanager
def copy_of(
    world: World, postgres: EmbeddedPostgres
) -> Iterator[tuple[str, psycopg.Connection[Any]]]:
    """A copy of the world's database, and a superuser's way into it past all triggers."""
    original = urlsplit(world.services.settings.database_url or "").path.removeprefix("/")
    name = f"{original}_told"
    with made_database(postgres, name, original), superuser(postgres, name) as insider:
        yield name, insider


def test_verify_holds_and_needs_no_prefect(recupero: Console) -> None:
    told = recupero("verify", "--json")
    assert (told.code, told.err) == (0, "")
    assert set(told.document["institutions"]) == {"_agency", "banco-andino", CODE}
    assert all(all(one["invariants"].values()) for one in told.document["institutions"].values())
    code, modules = recupero.modules("verify", CODE, "--deep")
    assert (code, "prefect" in modules) == (0, False)


def test_verify_names_a_changed_amount(
    world: World, recupero: Console, postgres: EmbeddedPostgres
) -> None:
    with copy_of(world, postgres) as (name, insider):
        insider.execute("SET session_replication_role = replica")
        insider.execute(
            "UPDATE journal SET principal_minor = principal_minor + 1 WHERE (institution, "
            "recording_id, entry_number) = (SELECT institution, recording_id, entry_number "
            "FROM journal WHERE institution = %s AND account_id IS NOT NULL LIMIT 1)",
            [CODE],
        )
        settings = recupero.environment | {
            "RECUPERO_DATABASE_URL": postgres.url(APPLICATION, name),
            "RECUPERO_OWNER_URL": postgres.url(OWNER, name),
        }
        ran = Console(recupero.folder, **settings)("verify", CODE)
    assert (ran.code, ran.err) == (1, "")
    assert any(line.startswith(f"{CODE}: chain: ") for line in ran.out.splitlines())
    assert all(line.startswith(f"{CODE}: ") for line in ran.out.splitlines())


def test_status_counts(recupero: Console) -> None:
    told = recupero("status", CODE, "--json")
    assert (told.code, told.err) == (0, "")
    one = told.document["institutions"][CODE]
    assert one["rows"]["read"] == sum(n for name, n in one["rows"].items() if name != "read")
    assert (one["undelivered"], one["undecided_entries"]) == ([], 0)
    assert {row["ledger"] for row in one["balances"]} == {"claim", "memorandum"}
    assert CODE in recupero("status").out
    days = {row["institution"]: row for row in recupero("status", "--json").document["days"]}
    assert days[CODE]["accounts"] > 0
    assert days[CODE]["closing_minor"] == {
        row["currency"]: sum(each["balance_minor"] for each in one["balances"]
                             if (each["ledger"], each["currency"]) == ("claim", row["currency"]))
        for row in one["balances"] if row["ledger"] == "claim"
    }  # fmt: skip


def test_trace_leads_from_a_payment_to_its_line(
    world: World, recupero: Console, stored: dict[str, Any]
) -> None:
    matched = stored["match"].filter(stored["match"]["class"] == "matched")
    account = recupero("trace", folio(matched["account_id"][0]), "--json").document["found"][0]
    assert account["kind"] == "account"
    sections = account["sections"]
    paid = next(row for row in sections["journal"] if row["event"] == "paid")
    money = next(row for row in sections["money"] if row["class"] == "matched")
    assert paid["rule"] == "exact_reference"
    assert (paid["file"], paid["line"]) == (money["file"], money["line"])
    assert paid["total_minor"] == -money["amount_minor"]

    # The line itself, from the bytes the institution sent.
    (archived,) = (world.home / "sftp" / CODE / "archive").rglob(f"*{paid['file']}*")
    line = archived.read_text("utf-8").splitlines()[paid["line"] - 1]
    assert to_plain(money["amount_minor"], "PEN") in line
    assert money["transaction_id"] in line

    (claim,) = [row for row in sections["balances"] if row["ledger"] == "claim"]
    assert claim["total_minor"] == sum(
        row["total_minor"] for row in sections["journal"] if row["ledger"] == "claim"
    )
    positions = {row["position"] for row in sections["journal"]}
    assert positions <= {row["position"] for row in sections["recordings"]}


def test_trace_tells_of_money_that_the_figures_contained_already(
    world: World, recupero: Console
) -> None:
    """A credit of the second portfolio's cut-off day, which a later statement tells alone."""
    with world.services.store.unit("banco-andino") as unit:
        moved = rows_of(unit, journal, journal.c.event == "adjusted")
    account_id = moved.filter(moved["entry_id"].is_not_null())["account_id"].item()
    told = recupero("trace", folio(account_id), "--json").document["found"][0]["sections"]
    [paid] = [row for row in told["journal"] if row["event"] == "paid"]
    [again] = [row for row in told["journal"] if row["rule"] == "in_stated_figures"]
    assert again["total_minor"] == -paid["total_minor"] > 0
    assert (again["file"], again["line"]) == (paid["file"], paid["line"])
    assert (paid["rule"], again["effective_on"]) == ("exact_reference", "2026-11-27")


def test_trace_by_number_folio_and_name(recupero: Console, stored: dict[str, Any]) -> None:
    page = stored["letter"].row(0, named=True)
    (found,) = recupero("trace", folio(page["letter_id"]), "--json").document["found"]
    assert (found["institution"], found["kind"]) == (CODE, "letter")
    assert found["sections"]["permission"][0]["allowed"] is True
    number = found["sections"]["letter"][0]["account_number"]
    batch = found["sections"]["document"][0]["name"]

    (account,) = recupero("trace", number, "--institution", CODE, "--json").document["found"]
    assert account["folio"] == folio(page["account_id"])
    assert {row["letter_id"] for row in account["sections"]["letters"]} >= {
        folio(page["letter_id"])
    }
    (document,) = recupero("trace", batch, "--json").document["found"]
    pages = document["sections"]["letters"]
    assert [row["page"] for row in pages] == list(range(1, len(pages) + 1))
    assert document["sections"]["delivery"][0]["outcome"] == "in_place"
    for wanted in (number, batch):
        ran = recupero("trace", wanted)
        assert (ran.code, ran.err) == (0, "")
        assert "recordings" in ran.out


def test_trace_of_a_certificate_shows_its_evidence(
    recupero: Console, stored: dict[str, Any]
) -> None:
    met = stored["opinion"].filter("met")
    assert met.height
    (found,) = recupero("trace", folio(met["opinion_id"][0]), "--json").document["found"]
    assert found["kind"] == "opinion"
    evidence = [row["evidence"] for row in found["sections"]["conditions"] if row["state"] == "met"]
    assert evidence
    assert all(evidence)


def test_trace_of_files_that_came_and_went(recupero: Console) -> None:
    one = recupero("status", CODE, "--json").document["institutions"][CODE]
    (found,) = recupero("trace", "CP_PAGOS_20261127.txt", "--json").document["found"]
    assert found["kind"] == "file"
    outcome = found["sections"]["outcome"][0]
    assert outcome["rows_read"] <= one["rows"]["read"]
    answer = next(row["name"] for row in found["sections"]["documents"])
    (acknowledgement,) = recupero("trace", answer, "--json").document["found"]
    assert acknowledgement["sections"]["about"][0]["name"] == "CP_PAGOS_20261127.txt"


def test_retain_tells_what_would_go_and_keeps_to_the_newest_date(
    world: World, recupero: Console, tmp_path: Path
) -> None:
    """Nothing of two days is past a month yet; a month later it would be."""
    shutil.copytree(world.services.settings.profiles_folder, tmp_path / "profiles")
    with (tmp_path / "profiles" / f"{CODE}.toml").open("a") as profile:
        profile.write(RETENTION)
    settings = recupero.environment | {"RECUPERO_INSTITUTIONS": str(tmp_path / "profiles")}
    declared = Console(recupero.folder, **settings)
    before = world.services.vault.addresses(CODE)

    told = declared("retain", CODE, "--date", "2027-06-01", "--dry-run", "--json").document
    with world.services.store.unit(CODE) as unit:
        delivered = outgoing.delivered(unit, outgoing.IN_PLACE)
        anchored = rows_of(unit, document, document.c.kind == "letters").height
    assert 0 < told["due"]["papers.letters"] == anchored <= len(delivered)
    assert told["held"] == {"oficio 12": {"papers.worklist": 2}}
    assert (told["dry_run"], told["objects"]) == (True, anchored)

    shown = declared("retain", CODE, "--date", "2027-06-01", "--dry-run").out
    assert "  papers.worklist       2  on hold: oficio 12\n" in shown
    ran = declared("retain", CODE, "--date", "2026-11-30")
    assert (ran.code, ran.out) == (0, f"{CODE}: 2026-11-30\n  0 objects\n")
    undeclared = recupero("retain", CODE, "--date", "2027-06-01", "--dry-run").out
    assert undeclared.endswith("its profile declares no [retention]: all is kept\n")
    assert world.services.vault.addresses(CODE) == before
    refused = declared("retain", CODE, "--date", "2026-12-01")
    assert (refused.code, refused.out) == (2, "")
    told_why = "2026-12-01 is not its newest date (--date 2026-11-30)"
    assert refused.err == f"recupero: {CODE}: {told_why}\n"


def test_vault_clear_tells_what_nothing_names_and_who_decides(
    world: World, recupero: Console
) -> None:
    asked = ("vault", "clear", CODE, "--date", "2026-11-30", "--by")
    left = world.services.vault.put(CODE, b"of a pull that was killed")
    try:
        told = recupero(*asked, "Ana", "--dry-run")
        said = f"{CODE}: 2026-11-30: 1 objects would be destroyed\n  vault object {left}\n"
        assert (told.code, told.out) == (0, said)
        assert recupero(*asked, " ").err == "recupero: --by: names nobody\n"
    finally:
        world.services.vault.destroy(CODE, left)
    assert recupero(*asked, "Ana").out == f"{CODE}: 2026-11-30: 0 objects destroyed\n"


def test_every_paper_has_a_period_or_is_the_chain(world: World) -> None:
    """Whatever steps write can be named in ``[retention.papers]``."""
    for code in (*CODES, AGENCY):
        with world.services.store.unit(code) as unit:
            known = references(unit).filter(pl.col("reference") == "paper")
        kinds = set(known["kind"].str.strip_prefix("papers."))
        assert CHAIN in kinds <= {*PAPERS, CHAIN}


def test_nobody_is_called_that(recupero: Console) -> None:
    nobody = "recupero: no account, document, folio or file is called that"
    for then, known in ((), ""), (("--as-known", "2026-11-26"), ", as known on 2026-11-26"):
        ran = recupero("trace", "4000999999", *then, "--as-of", "2026-11-26")
        assert (ran.code, ran.out, ran.err) == (2, "", f"{nobody}{known}\n")


def test_a_day_without_a_server_says_what_to_do(recupero: Console) -> None:
    ran = recupero("day", CODE, "--date", "2026-11-30")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "recupero: no Prefect server is running (start one: recupero up)\n"
    dry = recupero("day", CODE, "--date", "2026-11-30", *AT, "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    assert f"with {CODE}" in dry.out


def test_a_day_that_has_not_begun_is_refused(recupero: Console) -> None:
    dry = recupero("day", CODE, "--date", "2062-11-30", *AT, "--dry-run")
    assert (dry.code, dry.out) == (2, "")
    told = "2062-11-30 has not begun: it is 2026-11-30 there (run 2026-11-30 or earlier)"
    assert dry.err == f"recupero: {CODE}: {told}\n"


def test_a_dry_run_says_that_the_date_is_closed(recupero: Console) -> None:
    dry = recupero("day", CODE, "--date", "2026-11-27", *AT, "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    assert "receive  nothing: the date is closed, 2026-11-30 has begun" in dry.out
