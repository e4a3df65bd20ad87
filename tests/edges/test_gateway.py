"""A real sshd with our configuration: what it lets an institution and the gateway do, and what not.

Every refusal is followed by a look at the whole tree: refused means that nothing changed.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import closing, suppress
from datetime import date

import paramiko
import pytest
from paramiko.sftp import CMD_EXTENDED

from recupero.exchange.archive import archive
from recupero.exchange.connect import connect
from recupero.exchange.outbox import deliver
from recupero.exchange.pickup import Fetched, Skipped
from tests.edges.inbox import fetch_all
from tests.edges.own_gateway import ADDRESS, SFTP_ONLY, OwnGateway, gateway

__all__ = ["gateway"]

DAY = date(2026, 3, 31)


@pytest.fixture(scope="module")
def banks(gateway: OwnGateway) -> tuple[str, str]:
    """Two institutions that are served; each has one file under way and one in every folder."""
    codes = gateway.institution("a"), gateway.institution("b")
    done = gateway.apply()
    assert done.returncode == 0, done.stderr
    gateway.start()
    for code in codes:
        with gateway.files(code) as theirs, theirs.open("inbox/archived.csv", "w") as file:
            file.write("1;2\n")
        with closing(connect(gateway.connection(f"gw-{code}"))) as ours:
            (taken,) = fetch_all(ours)
            archive(ours, "inbox", "archive", taken, DAY)
            deliver(ours, "outbox", "ACUSE.csv", b"todo\n")
        with gateway.files(code) as theirs, theirs.open("inbox/new.csv", "w") as file:
            file.write("3;4\n")
    return codes


def test_a_file_comes_in_is_archived_and_answered(gateway, banks):
    code, _ = banks
    with closing(connect(gateway.connection(code))) as theirs:
        theirs.write("inbox", ".CARTERA.csv.part", b"uno;dos\n" * 50_000)
        theirs.rename("inbox", ".CARTERA.csv.part", "inbox", "CARTERA.csv")
        assert [file.name for file in theirs.list("inbox")] == ["CARTERA.csv", "new.csv"]
    with closing(connect(gateway.connection(f"gw-{code}"))) as ours:
        found = {file.name: file for file in fetch_all(ours)}
        taken = found["CARTERA.csv"]
        assert isinstance(taken, Fetched)
        assert archive(ours, "inbox", "archive", taken, DAY) == "moved"
        assert [f"{DAY}-{taken.digest[:12]}-CARTERA.csv"] == [
            file.name for file in ours.list("archive") if "CARTERA" in file.name
        ]
        assert deliver(ours, "outbox", "ACUSE_CARTERA.csv", b"tomado\n") == "sent"
        assert deliver(ours, "outbox", "ACUSE_CARTERA.csv", b"tomado\n") == "already"
    with closing(connect(gateway.connection(code))) as theirs:
        assert b"".join(theirs.read("outbox", "ACUSE_CARTERA.csv")) == b"tomado\n"
        assert [file.name for file in theirs.list("inbox")] == ["new.csv"]


def test_an_ordinary_client_puts_with_its_times_and_takes_back(gateway, banks, program, tmp_path):
    code, _ = banks
    (tmp_path / "local.csv").write_bytes(b"5;6\n")
    os.utime(tmp_path / "local.csv", (1_700_000_000, 1_700_000_000))
    commands = (
        "ls -l", "ls -l inbox", f"put -p {tmp_path}/local.csv inbox/local.csv.part",
        "rename inbox/local.csv.part inbox/local.csv", "get outbox/ACUSE.csv /dev/null",
        "rm inbox/local.csv",
    )  # fmt: skip
    done = subprocess.run(
        [str(program("sftp")), *gateway.options(code), "-b", "-", f"{code}@{ADDRESS}"],
        input="\n".join(commands), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_file_its_sender_closed_to_us_is_named_not_overlooked(gateway, banks):
    code, _ = banks
    with gateway.files(code) as theirs:
        with theirs.open("inbox/closed.csv", "w") as file:
            file.write("7;8\n")
        theirs.chmod("inbox/closed.csv", 0o600)
        with closing(connect(gateway.connection(f"gw-{code}"))) as ours:
            found = fetch_all(ours)
        assert Skipped("closed.csv", "unreadable") in found
        theirs.remove("inbox/closed.csv")


def extended(files, name, *paths):
    files._request(CMD_EXTENDED, name, *paths)  # what paramiko has no word for


REFUSED = {
    "write to the outbox": lambda files, _: files.open("outbox/x.csv", "w"),
    "change in the outbox": lambda files, _: files.open("outbox/ACUSE.csv", "r+"),
    "truncate in the outbox": lambda files, _: files.truncate("outbox/ACUSE.csv", 0),
    "delete in the outbox": lambda files, _: files.remove("outbox/ACUSE.csv"),
    "rename in the outbox": lambda files, _: files.rename("outbox/ACUSE.csv", "outbox/x"),
    "move out of the outbox": lambda files, _: files.rename("outbox/ACUSE.csv", "inbox/x"),
    "move into the outbox": lambda files, _: files.rename("inbox/new.csv", "outbox/x"),
    "write to the root": lambda files, _: files.open("x.csv", "w"),
    "make a folder in the root": lambda files, _: files.mkdir("x"),
    "make a folder in the inbox": lambda files, _: files.mkdir("inbox/x"),
    "remove the archive": lambda files, _: files.rmdir("archive"),
    "rename the inbox": lambda files, _: files.rename("inbox", "x"),
    "rename the archive away": lambda files, _: files.rename("archive", "inbox/x"),
    "close the inbox": lambda files, _: files.chmod("inbox", 0o700),
    "open the outbox": lambda files, _: files.chmod("outbox", 0o777),
    "give the inbox away": lambda files, _: files.chown("inbox", 0, 0),
    "list the archive": lambda files, _: files.listdir("archive"),
    "write to the archive": lambda files, _: files.open("archive/x.csv", "w"),
    "move into the archive": lambda files, _: files.rename("inbox/new.csv", "archive/x"),
    "a symbolic link": lambda files, _: files.symlink("/etc/passwd", "inbox/x"),
    "a hard link": lambda files, _: extended(
        files, "hardlink@openssh.com", "outbox/ACUSE.csv", "inbox/x"
    ),
    "replace by renaming": lambda files, _: files.posix_rename("inbox/new.csv", "inbox/x"),
    "a file of the system": lambda files, _: files.open("/etc/passwd"),
    "another's folder from the root": lambda files, other: files.listdir(f"/{other}/inbox"),
    "another's folder beside it": lambda files, other: files.listdir(f"../{other}/outbox"),
    "another's file": lambda files, other: files.open(f"../{other}/outbox/ACUSE.csv"),
}

OURS_REFUSED = {
    name: REFUSED[name]
    for name in (
        "write to the root", "make a folder in the root", "make a folder in the inbox",
        "rename the inbox", "rename the archive away", "close the inbox", "give the inbox away",
        "a symbolic link", "a hard link", "replace by renaming", "a file of the system",
        "another's folder from the root", "another's folder beside it", "another's file",
    )
} | {
    "change what was sent in": lambda files, _: files.open("inbox/new.csv", "r+"),
}  # fmt: skip

TRIALS = [
    *(pytest.param("", trial, id=name) for name, trial in REFUSED.items()),
    *(pytest.param("gw-", trial, id=f"ours: {name}") for name, trial in OURS_REFUSED.items()),
]


@pytest.mark.parametrize(("prefix", "trial"), TRIALS)
def test_files_refused(gateway, banks, prefix, trial):
    code, other = banks
    before = gateway.tree()
    with gateway.files(f"{prefix}{code}") as files:
        assert files.stat("inbox/new.csv").st_size == 4  # the session itself is sound
        with pytest.raises(OSError, match=r"Permission denied|No such file|unsupported"):
            trial(files, other)
    assert gateway.tree() == before


def test_an_archived_file_cannot_be_guessed_at(gateway, banks):
    code, _ = banks
    (archived,) = (gateway.root / code / "archive").glob("*archived.csv")
    with gateway.files(code) as files, pytest.raises(PermissionError):
        files.stat(f"archive/{archived.name}")


# What a session may ask of sshd besides files. Each wants an answer, which clients rarely do.
SESSION_REFUSED = {
    "a terminal": ("pty-req", "xterm", 80, 24, 0, 0, b""),
    "an environment variable": ("env", "LC_ALL", "C"),
    "agent forwarding": ("auth-agent-req@openssh.com",),
    "X11 forwarding": ("x11-req", False, "MIT-MAGIC-COOKIE-1", "00" * 16, 0),
    "another subsystem": ("subsystem", "netconf"),
}


@pytest.mark.parametrize("prefix", ["", "gw-"])
@pytest.mark.parametrize("asked", SESSION_REFUSED.values(), ids=SESSION_REFUSED)
def test_a_session_refused(gateway, banks, prefix, asked):
    with gateway.session(f"{prefix}{banks[0]}") as transport:
        channel = transport.open_session(timeout=30)
        with pytest.raises(paramiko.SSHException):
            request(channel, *asked)


def test_a_session_that_may_be_had_is_granted(gateway, banks):
    with gateway.session(banks[0]) as transport:  # so that a refusal above means something
        request(transport.open_session(timeout=30), "subsystem", "sftp")


def request(channel, kind, *values):
    """A channel request as paramiko makes them, with an answer wanted."""
    message = paramiko.Message()
    message.add_byte(bytes([98]))  # RFC 4254, section 5.4: SSH_MSG_CHANNEL_REQUEST
    message.add_int(channel.remote_chanid)
    message.add_string(kind)
    message.add_boolean(True)
    for value in values:
        add = {bool: message.add_boolean, int: message.add_int}.get(type(value), message.add_string)
        add(value)
    channel._event_pending()
    channel.transport._send_user_message(message)
    channel._wait_for_event()


@pytest.mark.parametrize("prefix", ["", "gw-"])
@pytest.mark.parametrize("command", [None, "id; touch /inbox/x", "scp -t /inbox"])
def test_a_command_runs_nothing_but_the_file_server(gateway, banks, prefix, command):
    before = gateway.tree()
    with gateway.session(f"{prefix}{banks[0]}") as transport:
        channel = transport.open_session(timeout=30)
        channel.settimeout(30)
        if command is None:
            channel.invoke_shell()
        else:
            channel.exec_command(command)
        with suppress(OSError):  # it has hung up already
            channel.sendall(b"id\ntouch /inbox/x\nexit\n")
            channel.shutdown_write()
        said = b"".join(iter(lambda: channel.recv(4096), b""))
    assert said == SFTP_ONLY
    assert gateway.tree() == before


@pytest.mark.parametrize("prefix", ["", "gw-"])
def test_nothing_is_forwarded(gateway, banks, prefix):
    with gateway.session(f"{prefix}{banks[0]}") as transport:
        with pytest.raises(paramiko.ChannelException, match="prohibited"):
            transport.open_channel(
                "direct-tcpip", (ADDRESS, gateway.port), (ADDRESS, 1), timeout=30
            )
        with pytest.raises(paramiko.SSHException, match="denied"):
            transport.request_port_forward(ADDRESS, 0)
