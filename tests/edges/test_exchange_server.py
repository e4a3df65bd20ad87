"""Who may do what on our own SFTP server, asked with paramiko's ordinary client."""

import os
import socket
from contextlib import contextmanager

import paramiko
import pytest

from recupero.errors import RemoteUnavailable, SettingsError
from recupero.exchange.server import SftpServer, generate_key

ONE, OTHER = "banco-andino", "cesantias"


@pytest.fixture
def server(tmp_path):
    users = {
        user: generate_key(tmp_path / f"{user}.key")
        for user in (ONE, OTHER, f"gw-{ONE}", f"gw-{OTHER}")
    }
    with SftpServer(tmp_path / "root", users, tmp_path / "host.key") as server:
        (tmp_path / "root" / OTHER / "inbox" / "theirs.txt").write_text("theirs")
        for folder in ("inbox", "outbox", "archive"):
            (tmp_path / "root" / ONE / folder / "ours.txt").write_text("ours")
        yield server


@pytest.fixture
def root(server, tmp_path):
    return tmp_path / "root" / ONE


@pytest.fixture
def login(server, tmp_path):
    @contextmanager
    def login(user, key=None):
        transport = paramiko.Transport(socket.create_connection(("127.0.0.1", server.port)))
        try:
            transport.start_client(timeout=60)
            transport.auth_publickey(user, paramiko.PKey.from_path(tmp_path / f"{key or user}.key"))
            yield paramiko.SFTPClient.from_transport(transport)
        finally:
            transport.close()
            transport.join()

    return login


def test_the_institution_writes_its_inbox(login, root):
    with login(ONE) as sftp:
        assert sorted(sftp.listdir("/")) == ["inbox", "outbox"]
        with sftp.open("inbox/new.txt.part", "wx") as file:
            file.write("new")
        sftp.rename("inbox/new.txt.part", "inbox/new.txt")
        sftp.utime("inbox/new.txt", (1, 2))
        sftp.chmod("inbox/new.txt", 0o777)
        found = sftp.stat("inbox/new.txt")
        assert (found.st_size, found.st_mtime, found.st_mode & 0o777) == (3, 2, 0o640)
        with pytest.raises(OSError, match="Failure"):
            sftp.rename("inbox/new.txt", "inbox/ours.txt")
        sftp.posix_rename("inbox/new.txt", "inbox/ours.txt")
        assert (root / "inbox" / "ours.txt").read_text() == "new"
        with sftp.open("inbox/ours.txt", "a") as file:
            file.write("+")
        assert (root / "inbox" / "ours.txt").read_text() == "new+"
        sftp.truncate("inbox/ours.txt", 2)
        sftp.remove("inbox/ours.txt")
        assert os.listdir(root / "inbox") == []


def test_the_institution_only_reads_its_outbox(login, root):
    with login(ONE) as sftp:
        with sftp.open("outbox/ours.txt") as file:
            assert file.read() == b"ours"
        for forbidden in (
            lambda: sftp.open("outbox/ours.txt", "w"),
            lambda: sftp.open("outbox/new.txt", "w"),
            lambda: sftp.remove("outbox/ours.txt"),
            lambda: sftp.rename("outbox/ours.txt", "inbox/x"),
            lambda: sftp.rename("inbox/ours.txt", "outbox/x"),
            lambda: sftp.posix_rename("inbox/ours.txt", "outbox/ours.txt"),
            lambda: sftp.utime("outbox/ours.txt", (1, 1)),
            lambda: sftp.truncate("outbox/ours.txt", 0),
            lambda: sftp.open("new.txt", "w"),
            lambda: sftp.rename("inbox", "elsewhere"),
            lambda: sftp.remove("/"),
        ):
            with pytest.raises(OSError, match=r"Permission denied|No such file"):
                forbidden()
        with sftp.open("outbox/ours.txt") as file, pytest.raises(OSError, match="Permission"):
            file.utime((1, 1))
    assert (root / "outbox" / "ours.txt").read_text() == "ours"


def test_the_institution_does_not_see_the_archive(login):
    with login(ONE) as sftp:
        for ask in (sftp.stat, sftp.lstat, sftp.listdir, sftp.open, sftp.remove):
            for path in ("archive", "archive/ours.txt", "/archive", "inbox/../archive/ours.txt"):
                with pytest.raises(FileNotFoundError):
                    ask(path)
        with pytest.raises(FileNotFoundError):
            sftp.rename("inbox/ours.txt", "archive/x")


@pytest.mark.parametrize("user", [ONE, f"gw-{ONE}"])
def test_nothing_leads_out_of_the_root(login, root, user):
    (root / "inbox" / "link").symlink_to("/etc/passwd")
    (root / "inbox" / "up").symlink_to(root.parent / OTHER)
    paths = [
        f"../{OTHER}/inbox/theirs.txt",
        f"inbox/../../{OTHER}/inbox/theirs.txt",
        f"/{OTHER}/inbox/theirs.txt",
        "/etc/passwd",
        "//etc/passwd",
        "inbox/link",
        "inbox/up/inbox/theirs.txt",
    ]
    with login(user) as sftp:
        for path in paths:
            for ask in (
                sftp.open,
                sftp.listdir,
                lambda path: sftp.open(path, "w"),
                lambda path: sftp.utime(path, (1, 1)),
                lambda path: sftp.truncate(path, 0),
                lambda path: sftp.rename("inbox/ours.txt", path + "/x"),
            ):
                with pytest.raises(OSError, match=r"Permission|No such file|Failure"):
                    ask(path)
        for make in (
            lambda: sftp.symlink("/etc/passwd", "inbox/new"),
            lambda: sftp.readlink("inbox/link"),
            lambda: sftp.mkdir("inbox/folder"),
            lambda: sftp.rmdir("inbox"),
        ):
            with pytest.raises(OSError, match="unsupported"):
                make()
        assert sftp.normalize("../../etc") == "/etc"
    assert (root.parent / OTHER / "inbox" / "theirs.txt").read_text() == "theirs"
    assert os.listdir(root.parent / OTHER / "inbox") == ["theirs.txt"]


def test_the_gateway_has_all_three_folders_of_one_institution(login, root):
    with login(f"gw-{ONE}") as sftp:
        assert sorted(sftp.listdir(".")) == ["archive", "inbox", "outbox"]
        sftp.rename("inbox/ours.txt", "archive/moved.txt")
        with sftp.open("outbox/new.txt", "w") as file:
            file.write("new")
        for forbidden in (
            lambda: sftp.rename("archive", "inbox/archive"),
            lambda: sftp.remove("inbox"),
        ):
            with pytest.raises(OSError, match=r"Permission|Failure"):
                forbidden()
    assert (root / "archive" / "moved.txt").read_text() == "ours"


@pytest.mark.parametrize(("user", "key"), [(ONE, OTHER), (f"gw-{ONE}", ONE), ("root", ONE)])
def test_a_key_opens_its_own_account_only(login, user, key):
    with pytest.raises(paramiko.AuthenticationException), login(user, key):
        pass


def test_passwords_shells_and_tunnels_are_refused(server, login):
    with paramiko.Transport(socket.create_connection(("127.0.0.1", server.port))) as transport:
        transport.start_client(timeout=60)
        with pytest.raises(paramiko.BadAuthenticationType):
            transport.auth_password(ONE, "secret")
    with login(ONE) as sftp:
        transport = sftp.get_channel().get_transport()
        with pytest.raises(paramiko.SSHException):
            transport.open_session(timeout=60).exec_command("id")
        with pytest.raises(paramiko.SSHException):
            transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1), timeout=60)


def test_it_listens_on_this_machine_only_and_keeps_its_host_key(tmp_path):
    first = SftpServer(tmp_path / "root", {}, tmp_path / "host.key")
    with pytest.raises(RemoteUnavailable, match="not running"):
        _ = first.port
    with first:
        assert first._listener.getsockname()[0] == "127.0.0.1"
        again = SftpServer(tmp_path / "root", {}, tmp_path / "host.key", port=first.port)
        assert again.fingerprint == first.fingerprint
        with pytest.raises(RemoteUnavailable, match="cannot listen"):
            again.start()
    first.stop()
    assert (tmp_path / "host.key").stat().st_mode & 0o777 == 0o600


def test_users_are_institutions(tmp_path):
    line = generate_key(tmp_path / "key")
    for name in ("..", "a/b", "", "Banco", "gw-"):
        with pytest.raises(SettingsError):
            SftpServer(tmp_path / "root", {name: line}, tmp_path / "host.key")
    with pytest.raises(SettingsError, match="public key line"):
        SftpServer(tmp_path / "root", {ONE: "nonsense"}, tmp_path / "host.key")
    SftpServer(tmp_path / "root", {"_agency": line, "gw-_agency": line}, tmp_path / "host.key")
    assert (tmp_path / "root" / "_agency" / "inbox").is_dir()
