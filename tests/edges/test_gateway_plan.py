"""What the gateway is made of, without making it: text, accounts, folders, keys, refusals."""

import base64
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from deployments.gateway.__main__ import main
from deployments.gateway.changes import changes
from deployments.gateway.configuration import Account, Folder, Gateway, plan, sshd_configuration
from deployments.gateway.public_keys import authorized_keys
from recupero.errors import ProfileError, Refused, SettingsError
from recupero.exchange.keys import generate_key
from recupero.profiles.load import parse_profile
from tests.edges.own_gateway import PROFILE

GATEWAY = Gateway(("192.0.2.10:22", "[2001:db8::10]:2222"))


def profile(code, **exchange):
    lines = "\n".join(f'{key} = "{value}"' for key, value in exchange.items())
    return parse_profile(PROFILE.format(code=code, exchange=lines).encode(), f"{code}.toml")


def test_each_institution_and_the_gateway_beside_it_see_its_folders_only():
    made = plan(GATEWAY, [profile("zona"), profile("banco", inbox="in/daily", outbox="/out/")])
    root = Path("/srv/recupero-gateway")
    assert made.accounts == (
        Account("banco"), Account("gw-banco", joins="banco"),
        Account("zona"), Account("gw-zona", joins="zona"),
    )  # fmt: skip
    assert made.folders == (
        Folder(root, "root", "root", 0o755),
        Folder(root / "banco", "root", "root", 0o755),
        Folder(root / "banco/in", "root", "root", 0o755),
        Folder(root / "banco/in/daily", "root", "banco", 0o2770),
        Folder(root / "banco/out", "gw-banco", "banco", 0o2750),
        Folder(root / "banco/archive", "gw-banco", "gw-banco", 0o700),
        Folder(root / "zona", "root", "root", 0o755),
        Folder(root / "zona/inbox", "root", "zona", 0o2770),
        Folder(root / "zona/outbox", "gw-zona", "zona", 0o2750),
        Folder(root / "zona/archive", "gw-zona", "gw-zona", 0o700),
    )


def test_the_configuration_names_addresses_accounts_and_roots():
    text = sshd_configuration(GATEWAY, plan(GATEWAY, [profile("banco")]))
    head, fixed = text.split("\n\n", 1)
    assert head.splitlines()[1:] == [
        "ListenAddress 192.0.2.10:22",
        "ListenAddress [2001:db8::10]:2222",
        "HostKey /etc/recupero-gateway/host_ed25519_key",
        "PidFile /etc/recupero-gateway/sshd.pid",
        "AuthorizedKeysFile /etc/recupero-gateway/authorized_keys/%u",
        "AllowUsers banco",
        "AllowUsers gw-banco",
    ]
    assert fixed.endswith(
        "\n\nMatch User banco\n    ChrootDirectory /srv/recupero-gateway/banco\n"
        "\nMatch User gw-banco\n    ChrootDirectory /srv/recupero-gateway/banco\n"
    )


EFFECTIVE = {
    "authenticationmethods": "publickey",
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "no",
    "hostbasedauthentication": "no",
    "permitemptypasswords": "no",
    "permitrootlogin": "no",
    "strictmodes": "yes",
    "disableforwarding": "yes",
    "permittty": "no",
    "permittunnel": "no",
    "permituserenvironment": "no",
    "permituserrc": "no",
    "acceptenv": None,  # nothing is taken
    "loglevel": "VERBOSE",
    "forcecommand": "internal-sftp -l INFO -u 0027 -P symlink,hardlink,posix-rename,mkdir,rmdir",
    "ciphers": "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr",
    "macs": "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256",
    "kexalgorithms": "sntrup761x25519-sha512@openssh.com,curve25519-sha256,"
    "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
    "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512",
    "hostkeyalgorithms": "ssh-ed25519",
    "pubkeyacceptedalgorithms": "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
    "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256",
}


@pytest.mark.parametrize("user", ["banco", "gw-banco", "somebody"])
def test_sshd_takes_it_and_understands_it_as_meant(tmp_path, program, user):
    gateway = Gateway(("127.0.0.1:2222",), tmp_path / "root", tmp_path / "folder")
    generate_key(gateway.host_key)
    gateway.configuration.write_text(sshd_configuration(gateway, plan(gateway, [profile("banco")])))
    if os.geteuid() == 0:  # made by the service, which does not run in a container
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    sshd = [str(program("sshd")), "-f", str(gateway.configuration)]
    assert subprocess.run([*sshd, "-t"], capture_output=True, check=False).stderr == b""
    asked = [*sshd, "-T", "-C", f"user={user},host=h,addr=192.0.2.1"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert {key: said.get(key) for key in EFFECTIVE} == EFFECTIVE
    assert said["listenaddress"] == "127.0.0.1:2222"
    confined = "none" if user == "somebody" else str(gateway.root / "banco")  # not in AllowUsers
    assert said["chrootdirectory"] == confined


@pytest.mark.parametrize(
    ("code", "exchange", "said"),
    [
        ("b" * 29, {}, None),
        ("b" * 30, {}, "b{30}.toml: institution.code: is too long for an account: at most 29"),
        ("gw-banco", {}, "institution.code: gw-... names the gateway's own accounts"),
        ("_agency", {}, "the agency's own files need no account"),
        ("banco", {"archive": "inbox/archive"}, "banco.toml: exchange.archive: lies in the inbox"),
        ("banco", {"outbox": "inbox"}, "lies in the"),
        ("banco", {"inbox": "archive/in"}, "exchange.inbox: lies in the archive"),
        ("banco", {"inbox": "../otro"}, "exchange.inbox: is no plain folder name"),
        ("banco", {"inbox": "in//x"}, "exchange.inbox: is no plain folder name"),
        ("banco", {"inbox": "in box"}, "exchange.inbox: is no plain folder name"),
        ("banco", {"inbox": "/"}, "exchange.inbox: is no plain folder name"),
        ("banco", {"inbox": "%u"}, "exchange.inbox: is no plain folder name"),
    ],
)
def test_a_profile_that_cannot_be_served_is_refused(code, exchange, said):
    if said is None:
        assert plan(GATEWAY, [profile(code, **exchange)]).accounts
        return
    with pytest.raises(ProfileError, match=said):
        plan(GATEWAY, [profile(code, **exchange)])


@pytest.mark.parametrize(
    "given",
    [
        {"listen": ()},
        {"listen": ("gateway.example:22",)},
        {"listen": ("192.0.2.10",)},
        {"listen": ("192.0.2.10:0",)},
        {"listen": ("192.0.2.10:65536",)},
        {"listen": ("2001:db8::10:22",)},
        {"listen": ("[192.0.2.10]:22",)},
        {"listen": ("192.0.2.10:22\nPermitTTY yes",)},
        {"listen": ("192.0.2.10:22",), "root": Path("/srv/a b")},
        {"listen": ("192.0.2.10:22",), "root": Path("/srv/%u")},
        {"listen": ("192.0.2.10:22",), "root": Path("relative")},
        {"listen": ("192.0.2.10:22",), "folder": Path("/srv/recupero-gateway/etc")},
    ],
)
def test_a_place_that_sshd_would_misread_is_refused(given):
    with pytest.raises(SettingsError):
        Gateway(**given)


def key(kind, *parts):
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (kind.encode(), *parts))
    return f"{kind} {base64.b64encode(blob).decode()}"


def rsa(bits):
    return key("ssh-rsa", b"\1\0\1", b"\0" + (1 << (bits - 1)).to_bytes(bits // 8, "big"))


ED25519 = key("ssh-ed25519", b"k" * 32)
ECDSA = key("ecdsa-sha2-nistp256", b"nistp256", b"p" * 65)


def test_keys_are_taken_without_comments_and_side_by_side():
    given = {"banco": f"# old and new\n{ED25519} ana@banco\n\n  {ECDSA}\r\n", "gw-banco": rsa(3072)}
    assert authorized_keys(given) == {
        "banco": f"{ED25519}\n{ECDSA}\n", "gw-banco": f"{rsa(3072)}\n",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'from="192.0.2.1" {ED25519}', "line 1: must begin with one of .*options are not taken"),
        (f"cert-authority {ED25519}", "options are not taken"),
        (f"{ED25519}\ncommand=\"sh\" {ECDSA}", "banco.pub line 2: must begin"),
        (key("ssh-dss", b"p", b"q", b"g", b"y"), "must begin with one of"),
        (rsa(2048), "has 2048 bits, at least 3072"),
        (ED25519.replace("ssh-ed25519", "ssh-rsa"), "is no ssh-rsa key"),
        (key("ssh-ed25519", b"k" * 31), "is no ssh-ed25519 key"),
        (key("ecdsa-sha2-nistp256", b"nistp384", b"p" * 97), "is no ecdsa-sha2-nistp256 key"),
        (ED25519[:-8], "is no ssh-ed25519 key"),
        ("ssh-ed25519", "is no ssh-ed25519 key"),
        ("ssh-ed25519 %%%", "is no ssh-ed25519 key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "must begin with one of"),
        ("# nothing", "must hold 1 to 5 keys"),
        ("\n".join(key("ssh-ed25519", bytes([n]) * 32) for n in range(6)), "must hold 1 to 5"),
    ],
)  # fmt: skip
def test_a_key_that_is_none_of_ours_is_refused(text, said):
    with pytest.raises(SettingsError, match=said):
        authorized_keys({"banco": text})


def test_one_key_never_opens_two_accounts():
    with pytest.raises(SettingsError, match=r"gw-banco.pub line 1: is also the key of banco"):
        authorized_keys({"banco": ED25519, "gw-banco": f"{ED25519} another comment"})


@pytest.fixture
def dry_run(tmp_path, root, monkeypatch):
    """``dry_run(*accounts)``: with keys of those; what it says, nothing done."""
    # Where tests run without root, root's own folders may look like somebody else's.
    monkeypatch.setattr("deployments.gateway.changes._refuse_unsafe_parents", lambda _path: None)
    monkeypatch.setattr(shutil, "which", lambda _name, path=None: "/usr/sbin/sshd")

    def run(*accounts):
        folder, profiles = tmp_path / "keys", root / "deployments/institutions"
        folder.mkdir()
        for number, account in enumerate(accounts):
            public = key("ssh-ed25519", bytes([number]) * 32)
            (folder / f"{account}.pub").write_text(public)
        return main([
            "--dry-run", "--listen", "127.0.0.1:2222", "--keys", str(folder),
            "--institutions", str(profiles), "--root", "/srv/recupero-test-gateway",
            "--folder", "/etc/recupero-test-gateway",
        ])  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        ((), "there are no public keys"),
        (("banco-andino",), "gw-banco-andino.pub: there is no such file"),
        (("gw-banco-andino",), "banco-andino.pub: there is no such file"),
        (("banco-andina", "gw-banco-andina"), "banco-andina: no profile of this name"),
        (("_agency", "gw-_agency"), "the agency's own files need no account"),
    ],
)
def test_keys_and_profiles_must_agree(dry_run, accounts, said):
    with pytest.raises(Refused, match=said):
        dry_run(*accounts)


def test_a_dry_run_says_everything_and_does_nothing(dry_run, capsys):
    assert dry_run("banco-andino", "gw-banco-andino") == 0
    said = capsys.readouterr().out
    assert "would make /srv/recupero-test-gateway/banco-andino/inbox root:banco-andino 2770" in said
    assert "would write the keys of gw-banco-andino\n" in said
    assert "AllowUsers banco-andino\nAllowUsers gw-banco-andino\n" in said
    assert "caja-pacifico" not in said  # it has no keys here: a server of its own
    assert not Path("/srv/recupero-test-gateway").exists()
    assert not Path("/etc/recupero-test-gateway").exists()


def test_a_place_that_others_could_exchange_is_refused(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    place = Gateway(("192.0.2.10:22",), shared / "root", shared / "folder")
    with pytest.raises(Refused, match="shared: must be a folder that only root can change"):
        changes(place, plan(place, [profile("banco")]), {}, "", Path("sshd"))
