"""Applying the gateway's plan: cut off anywhere it goes on, again it does nothing, and it closes.

The tests go on from one another, in their order, as an operator would.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from contextlib import closing

import pytest

from deployments.gateway.changes import changes
from deployments.gateway.configuration import Gateway, plan, sshd_configuration
from deployments.gateway.public_keys import load_keys
from recupero.errors import RemoteRefused
from recupero.exchange.connect import connect
from recupero.profiles.load import load_profiles
from tests.edges.own_gateway import ADDRESS, OwnGateway, accounts, gateway

__all__ = ["gateway"]

CHECK = "check the new configuration"


@pytest.fixture(scope="module")
def code(gateway: OwnGateway) -> str:
    return gateway.institution("a")


def todo(own: OwnGateway):
    place = Gateway((f"{ADDRESS}:{own.port}",), own.root, own.folder)
    planned = plan(place, load_profiles(own.profiles)[0].values())
    text = sshd_configuration(place, planned)
    return changes(place, planned, load_keys(own.keys), text, own.sshd)


def opens(own: OwnGateway, account: str) -> bool:
    try:
        with closing(connect(own.connection(account))) as remote:
            return remote.list("outbox") == []
    except RemoteRefused:
        return False


def test_cut_off_after_any_change_the_next_run_goes_on_from_there(gateway, code):
    first = todo(gateway)
    said = [change.said for change in first]
    assert len(said) == len(set(said)) == 15
    for number, change in enumerate(first, start=1):
        change.do()
        again = [each.said for each in todo(gateway) if CHECK not in each.said]
        assert again == [each for each in said[number:] if CHECK not in each]
    assert todo(gateway) == []


def test_again_it_does_nothing_and_says_whether_sshd_runs(gateway, code):
    done = gateway.apply()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        "nothing to do", f"sshd is not running: start it with -f {gateway.folder}/sshd_config",
    ]  # fmt: skip
    gateway.start()
    fingerprint = gateway.connection(code).fingerprints[0]
    assert gateway.apply().stdout.splitlines() == [
        "nothing to do", "sshd runs with this configuration", f"host key {fingerprint}",
    ]  # fmt: skip
    assert opens(gateway, code)


def test_a_new_institution_comes_in_without_a_restart(gateway, code):
    other = gateway.institution("b")
    dry = gateway.apply("--dry-run")
    assert f"would put {gateway.folder}/sshd_config in place" in dry.stdout
    assert not (gateway.root / other).exists()
    assert "sshd has read its configuration" in gateway.apply().stdout
    assert [opens(gateway, each) for each in (code, other, f"gw-{other}")] == [True, True, True]
    assert gateway.apply().stdout.startswith("nothing to do\nsshd runs with this configuration\n")


def test_a_reload_that_a_crash_prevented_is_made_up_for(gateway, code):
    os.utime(gateway.folder / "sshd_config")  # newer than what sshd read
    done = gateway.apply()
    assert done.stdout.startswith("nothing to do\nsshd has read its configuration\n")
    assert opens(gateway, code)


def test_a_rotated_key_opens_at_once_and_the_old_one_no_more(gateway, code):
    old = gateway.key(code).read_bytes()
    gateway.new_key(code)
    assert gateway.apply().stdout.startswith(f"write the keys of {code}\n")
    assert opens(gateway, code)
    gateway.key("old").write_bytes(old)
    gateway.key("old").chmod(0o600)
    with pytest.raises(RemoteRefused, match="does not accept our key"):
        connect(gateway.connection(code, "old"))


def test_modes_and_owners_that_somebody_changed_are_set_again(gateway, code):
    before = gateway.tree()
    inbox, archive = gateway.root / code / "inbox", gateway.root / code / "archive"
    inbox.chmod(0o777)
    os.chown(archive, 0, 0)
    assert [change.said.split()[:2] for change in todo(gateway)] == [
        ["set", str(inbox)], ["set", str(archive)],
    ]  # fmt: skip
    assert gateway.apply().returncode == 0
    assert gateway.tree() == before


def refused(gateway: OwnGateway, said: str, **environment: str) -> None:
    """Nothing is done, and nobody is shut out."""
    before, served = gateway.tree(), (gateway.folder / "sshd_config").read_bytes()
    known = accounts(gateway.codes)
    done = gateway.apply(**environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (gateway.tree(), (gateway.folder / "sshd_config").read_bytes()) == (before, served)
    assert accounts(gateway.codes) == known


def test_accounts_that_another_test_makes_meanwhile_are_left_out_and_nothing_else(
    gateway, code, program
):
    before, other = accounts(gateway.codes), f"t{secrets.token_hex(4)}a"
    make = [program("useradd"), "--system", "--user-group", "--no-create-home", other]
    subprocess.run(make, capture_output=True, check=True)
    try:
        assert accounts(gateway.codes) == before
        assert len(accounts([*gateway.codes, other])) == len(before) + 2
    finally:
        subprocess.run([program("userdel"), other], capture_output=True, check=True)


def test_a_folder_renamed_in_the_profile_is_not_left_open_beside_the_new_one(gateway, code):
    gateway.write_profile(code, inbox="entrada")
    refused(gateway, f"{code}/inbox: is not a folder of the profile")
    (gateway.root / code / "inbox").rename(gateway.root / code / "entrada")
    assert gateway.apply().stdout.startswith("nothing to do")
    gateway.write_profile(code)
    (gateway.root / code / "entrada").rename(gateway.root / code / "inbox")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("daemon", "daemon: is an account that the gateway did not make"),
        ("disk", "disk: is a group that no account of the gateway has"),
    ],
)
def test_an_institution_called_like_something_of_the_system_gets_nothing(gateway, code, name, said):
    gateway.write_profile(name)
    for account in (name, f"gw-{name}"):
        gateway.new_key(account)
    refused(gateway, said)
    (gateway.profiles / f"{name}.toml").unlink()
    for account in (name, f"gw-{name}"):
        (gateway.keys / f"{account}.pub").unlink()


def test_accounts_that_may_do_more_than_they_should_are_refused(gateway, code, program):
    change = str(program("gpasswd"))
    for member, group, said in (
        (code, "disk", f"account {code}: is a member of disk"),
        ("daemon", code, f"group {code}: has the member daemon"),
    ):
        subprocess.run([change, "--add", member, group], capture_output=True, check=True)
        try:
            refused(gateway, said)
        finally:
            subprocess.run([change, "--delete", member, group], capture_output=True, check=True)
    assert gateway.apply().returncode == 0


def test_what_sshd_does_not_take_never_replaces_what_it_took(gateway, code, tmp_path):
    other = tmp_path / "sshd"  # an older one
    other.write_text("#!/bin/sh\necho 'line 14: Bad configuration option: Ciphers' >&2\nexit 255\n")
    other.chmod(0o755)
    port, gateway.port = gateway.port, 1
    refused(gateway, "Bad configuration option", PATH=f"{tmp_path}:{os.environ['PATH']}")
    gateway.port = port
    assert opens(gateway, code)


def test_without_its_keys_an_institution_is_shut_out_and_keeps_its_files(gateway, code):
    other = gateway.codes[1]
    before = gateway.tree()
    for account in (other, f"gw-{other}"):
        (gateway.keys / f"{account}.pub").unlink()
    said = gateway.apply().stdout
    for account in (other, f"gw-{other}"):
        assert f"close {account}: its keys go, account and folders stay\n" in said
        assert not opens(gateway, account)
        keys = gateway.folder / "authorized_keys" / account
        keys.write_text((gateway.folder / "authorized_keys" / code).read_text())
        with pytest.raises(RemoteRefused, match="does not accept our key"):  # nor by the other's
            connect(gateway.connection(account, code))
    assert opens(gateway, code)
    assert gateway.tree() == before
