"""Connection files: read exactly, refused by name; and a folder in the place of a server."""

import traceback
from pathlib import Path

import pytest

from recupero.errors import RemoteRefused, RemoteUnavailable, SettingsError
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection, folder_connection, load_connection
from recupero.exchange.folder import FolderRemote
from recupero.exchange.remote import escape_name
from recupero.exchange.server import generate_key

PIN = "SHA256:" + "A" * 43
WHOLE = f"""
host = "sftp.example.test"
port = 2222
user = "recupero"
key_file = "keys/one"
fingerprints = ["{PIN}"]
deadline_seconds = 12.5
reads_under_way = 128
"""


def test_a_connection_file(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text(WHOLE)
    assert load_connection(path) == Connection(
        host="sftp.example.test",
        port=2222,
        user="recupero",
        key_file=tmp_path / "keys" / "one",
        fingerprints=(PIN,),
        deadline_seconds=12.5,
        reads_under_way=128,
    )


SECRET = "s3cr3t-value"
KEY_LINE = 'key_file = "keys/one"\n'


@pytest.mark.parametrize(
    ("replaced", "expected"),
    [
        (KEY_LINE + 'passphrase = "KEY_WORD"', {"passphrase": "KEY_WORD"}),
        (
            'password = "PASSWORD_2"\nauthentication = ["password"]',
            {"password": "PASSWORD_2", "authentication": ("password",)},
        ),
        (
            'password = "P"\nauthentication = ["keyboard-interactive"]',
            {"password": "P", "authentication": ("keyboard-interactive",)},
        ),
        (
            KEY_LINE + 'password = "P"\nauthentication = ["publickey", "password"]',
            {"password": "P", "authentication": ("publickey", "password")},
        ),
        (
            KEY_LINE + 'password = "P"\nauthentication = ["keyboard-interactive", "publickey"]',
            {"password": "P", "authentication": ("keyboard-interactive", "publickey")},
        ),
    ],
)
def test_how_a_connection_proves_itself(tmp_path, replaced, expected):
    path = tmp_path / "one.toml"
    path.write_text(WHOLE.replace(KEY_LINE, replaced + "\n"))
    loaded = load_connection(path)
    by_key = "key_file" in replaced
    assert loaded.key_file == (tmp_path / "keys" / "one" if by_key else Path())
    given = {"passphrase": "", "password": "", "authentication": ("publickey",)} | expected
    assert {name: getattr(loaded, name) for name in given} == given


_NAME = "must be the NAME of a secret"
_LIST = "must list, in the server's order"
_UNUSED = "is given, but authentication lists no use of it"


@pytest.mark.parametrize(
    ("replaced", "says"),
    [
        (f'{KEY_LINE}passphrase = "{SECRET}"', f"passphrase: {_NAME}"),
        (f'{KEY_LINE}passphrase = "{SECRET.upper()}"', f"passphrase: {_NAME}"),
        (f'{KEY_LINE}passphrase = ["{SECRET}"]', f"passphrase: {_NAME}"),
        (f'{KEY_LINE}passphrase = "../{SECRET}"', f"passphrase: {_NAME}"),
        (f"{KEY_LINE}passphrase = ''", f"passphrase: {_NAME}"),
        (f'password = "{SECRET}"\nauthentication = ["password"]', f"password: {_NAME}"),
        ('authentication = ["password"]', f"password: {_NAME}"),
        ('authentication = ["publickey"]', "key_file: must be a text"),
        (f'{KEY_LINE}password = "{SECRET}"', f"password: {_UNUSED}"),
        (f'{KEY_LINE}password = "P"\nauthentication = ["password"]', f"key_file: {_UNUSED}"),
        (
            'passphrase = "K"\npassword = "P"\nauthentication = ["password"]',
            f"passphrase: {_UNUSED}",
        ),
        (f'{KEY_LINE}authentication = "{SECRET}"', f"authentication: {_LIST}"),
        (f"{KEY_LINE}authentication = []", f"authentication: {_LIST}"),
        (f'{KEY_LINE}authentication = ["{SECRET}"]', f"authentication: {_LIST}"),
        (f'{KEY_LINE}authentication = [["{SECRET}"]]', f"authentication: {_LIST}"),
        (f'{KEY_LINE}authentication = ["publickey", "publickey"]', f"authentication: {_LIST}"),
        (
            'password = "P"\nauthentication = ["password", "keyboard-interactive"]',
            f"authentication: {_LIST}",
        ),
        (f'{KEY_LINE}secret = "{SECRET}"', "secret: is not a setting of a connection"),
        (f"{KEY_LINE}password = {SECRET}", "cannot be read as TOML"),
    ],
)
def test_what_cannot_be_a_name_is_refused_and_never_repeated(tmp_path, replaced, says):
    path = tmp_path / "one.toml"
    path.write_text(WHOLE.replace(KEY_LINE, replaced + "\n"))
    with pytest.raises(SettingsError) as raised:
        load_connection(path)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert str(path) in str(raised.value)
    assert says in str(raised.value)
    assert SECRET not in told
    assert SECRET.upper() not in told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("host =", "hots =", "hots"),
        ('"recupero"', "7", "user: must be a text"),
        ('"recupero"', '" "', "user: must be a text"),
        ('user = "recupero"\n', "", "user"),
        ("2222", "0", "port"),
        ("2222", "true", "port"),
        ("12.5", "-1", "deadline_seconds"),
        (f'["{PIN}"]', "[]", "must list the server's key"),
        (f'["{PIN}"]', '["MD5:00"]', "SHA256"),
        (f'["{PIN}"]', "[7]", "SHA256"),
        ("port = 2222", "port =", "TOML"),
        (KEY_LINE, 'key_file = "~nobody-here/k"\n', "key_file: is not the path of a file"),
        (KEY_LINE, 'key_file = "k\\u0000"\n', "key_file: is not the path of a file"),
    ],
)
def test_a_connection_file_that_will_not_do(tmp_path, old, new, says):
    path = tmp_path / "one.toml"
    path.write_text(WHOLE.replace(old, new))
    with pytest.raises(SettingsError, match=says) as raised:
        load_connection(path)
    assert str(path) in str(raised.value)


def test_no_connection_file(tmp_path):
    with pytest.raises(SettingsError, match="no such connection file"):
        load_connection(tmp_path / "none.toml")


def test_a_folder_in_the_place_of_a_server(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text(f'host = "folder://{tmp_path}"\n')
    assert load_connection(path) == folder_connection(tmp_path)
    remote = connect(load_connection(path))
    assert isinstance(remote, FolderRemote)
    assert remote.root == tmp_path
    with pytest.raises(RemoteRefused, match="no such file or folder"):
        remote.list("inbox")
    for name in ("", "..", "a/b", "a\0b"):
        with pytest.raises(RemoteRefused, match="not a file name"):
            remote.stat("inbox", name)


def test_a_folder_refuses_what_sftp_refuses(tmp_path):
    remote = connect(folder_connection(tmp_path))
    (tmp_path / "inbox").mkdir()
    remote.write("inbox", "a", b"1")
    remote.write("inbox", "b", b"2")
    with pytest.raises(RemoteRefused, match="exists already"):
        remote.rename("inbox", "a", "inbox", "b")
    (tmp_path / "inbox" / "link").symlink_to("a")
    with pytest.raises(RemoteRefused):
        b"".join(remote.read("inbox", "link"))
    with pytest.raises(RemoteRefused, match="not a regular file"):
        b"".join(remote.read(".", "inbox"))


def test_an_unreachable_server(tmp_path):
    generate_key(tmp_path / "key")
    nobody = Connection(host="127.0.0.1", port=1, user="x", key_file=tmp_path / "key")
    with pytest.raises(RemoteUnavailable, match=r"127\.0\.0\.1:1: cannot be reached"):
        connect(nobody)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("CARTERA_20260331.txt", "CARTERA_20260331.txt"),
        ("señal €", "señal €"),
        ("a\udcf1o", "a\\xf1o"),
        ("x\n\x1b[2J\\", "x\\n\\x1b[2J\\\\"),
        ("\u202etxt", "\\u202etxt"),
        ("n" * 500, "n" * 200),
    ],
)
def test_names_are_shown_on_one_printable_line(name, shown):
    assert escape_name(name) == shown
