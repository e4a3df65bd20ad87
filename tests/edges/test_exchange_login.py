"""What a server wants, what a connection has: a session, or an error that says which is which."""

from __future__ import annotations

import logging
import traceback
from contextlib import closing

import pytest

from recupero.errors import HostKeyMismatch, RemoteRefused, SettingsError
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection
from recupero.exchange.named_secret import NamedSecrets
from recupero.exchange.server import generate_key
from tests.edges.strict_server import PASSWORD_ASKED, Strict, strict_server

NAME, VALUE = "SFTP_BANCO_ANDINO", "Qué-clave 007"
KEY, WORD, ASKED = "publickey", "password", "keyboard-interactive"
IN = None

#: What the server wants, what the connection shows, what it says of it or None, and what of ours
#: reached the server.
LOGINS: dict[str, tuple[list[str], tuple[str, ...], str | None, list[str]]] = {
    "a key": ([KEY], (KEY,), IN, [KEY]),
    "a password": ([WORD], (WORD,), IN, [WORD]),
    "a question": ([ASKED], (ASKED,), IN, [ASKED]),
    "key, password": ([KEY, WORD], (KEY, WORD), IN, [KEY, WORD]),
    "password, key": ([WORD, KEY], (WORD, KEY), IN, [WORD, KEY]),
    "key, question": ([KEY, ASKED], (KEY, ASKED), IN, [KEY, ASKED]),
    "question, key": ([ASKED, KEY], (ASKED, KEY), IN, [ASKED, KEY]),
    "the key was enough": ([KEY], (KEY, WORD), IN, [KEY]),
    "more than a key": ([KEY, WORD], (KEY,), "wants more than our key: password", [KEY]),
    "more than a password": (
        [WORD, KEY], (WORD,), "wants more than our password: publickey", [WORD]),
    "another second step": (
        [KEY, ASKED], (KEY, WORD), "wants more than our key: keyboard-interactive", [KEY]),
    "a third step": (
        [KEY, WORD, ASKED], (KEY, WORD),
        "wants more than our key and our password: keyboard-interactive", [KEY, WORD]),
    "a password, not a key": (
        [WORD], (KEY,), "does not take our key by publickey, but password", [KEY]),
    "a key, not a password": (
        [KEY], (WORD,), "does not take our password by password, but publickey", [WORD]),
    "a question, not a password": (
        [ASKED], (WORD,), "does not take our password by password, but keyboard-interactive",
        [WORD]),
    "the other order": (
        [KEY, WORD], (WORD, KEY), "does not take our password by password, but publickey", [WORD]),
}  # fmt: skip


@pytest.fixture
def secrets(monkeypatch):
    monkeypatch.setenv(f"RECUPERO_SECRET_{NAME}", VALUE)
    return NamedSecrets()


@pytest.fixture
def server(tmp_path):
    """``server(steps, methods, ...)``: a session's outcome, and what the server saw."""
    line = generate_key(tmp_path / "key")

    def tried(steps, methods, secrets, password=VALUE, **strictness):
        strict = Strict(steps, strictness.pop("line", line), password, **strictness)
        with strict_server(tmp_path, strict) as (port, fingerprint):
            connection = Connection(
                host="127.0.0.1", port=port, user="recupero", key_file=tmp_path / "key",
                password=NAME, authentication=methods, fingerprints=(fingerprint,),
                deadline_seconds=60,
            )  # fmt: skip
            assert VALUE not in repr(connection)
            try:
                with closing(connect(connection, secrets)):
                    return None, strict.shown
            except RemoteRefused as refused:
                told = "".join(traceback.format_exception(refused)) + repr(refused)
                assert VALUE not in told
                return str(refused).removeprefix(f"127.0.0.1:{port}: "), strict.shown

    return tried


@pytest.mark.parametrize("what", LOGINS)
def test_logging_in(server, secrets, caplog, capfd, what):
    steps, methods, refusal, shown = LOGINS[what]
    caplog.set_level(logging.DEBUG)
    logging.getLogger("paramiko").setLevel(logging.DEBUG)
    try:
        said, seen = server(steps, methods, secrets)
    finally:
        logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
    assert seen == shown
    if refusal is None:
        assert said is None
    else:
        assert said == (
            f"{refusal} (compare authentication in the connection file with what the institution"
            " asks for)"
        )
    assert caplog.records, "paramiko tells nothing at all: this looked at no log"
    assert VALUE not in caplog.text
    assert VALUE not in "".join(capfd.readouterr())


@pytest.mark.parametrize("method", [WORD, ASKED])
def test_a_wrong_password_is_refused_and_never_tried_again(server, secrets, method):
    wrong = server([method], (method,), secrets, password="another")
    assert wrong == ("does not accept our password", [method])
    # Were it taken for a lost connection, the night would try it three times more.
    cut = server([method], (method,), secrets, password="another", hangs_up=True)
    assert cut == ("ended the connection over our password", [method])


def test_an_expired_password_is_told_and_never_tried_again(server, secrets):
    refused = server([WORD], (WORD,), secrets, expired=True)
    assert refused == ("wants another password: ours has expired", [WORD])


def test_a_key_that_the_first_of_two_steps_refuses_keeps_the_password_back(
    server, secrets, tmp_path
):
    other = generate_key(tmp_path / "other")
    refused = server([KEY, WORD], (KEY, WORD), secrets, line=other)
    assert refused == ("does not accept our key", [KEY])


#: Rounds of questions and answers' fate: what is not the password is not answered with it.
QUESTIONS = {
    "as OpenSSH does": (PASSWORD_ASKED, None),
    "as ProFTPD does": ([[("Password for recupero: ", False)]], None),
    "with the account": ([[("(recupero@sftp.example) Password:", False)]], None),
    "in Spanish": ([[("Contraseña: ", False)]], None),
    "in Portuguese": ([[("Senha:", False)]], None),
    "with an empty end": ([[("Password: ", False)], []], None),
    "a code": (
        [[("Verification code: ", False)]],
        "asks interactively for 'Verification code: ', not the password"),
    "a one-time password": (
        [[("One-time password: ", False)]],
        "asks interactively for 'One-time password: ', not the password"),
    "a dynamic one in Spanish": (
        [[("Clave dinámica: ", False)]],
        "asks interactively for 'Clave dinámica: ', not the password"),
    "a new one": (
        [[("New password: ", False)]],
        "asks interactively for 'New password: ', not the password"),
    "for all to see": (
        [[("Password: ", True)]], "asks interactively for 'Password: ', not the password"),
    "with control characters": (
        [[("\x1b[2J", False)]], "asks interactively for '\\\\x1b[2J', not the password"),
    "two at once": (
        [[("Password: ", False), ("Code: ", False)]],
        "asks interactively for more than the password"),
    "one after the other": (
        [[("Password: ", False)], [("Password: ", False)]],
        "asks interactively for more than the password"),
}  # fmt: skip


@pytest.mark.parametrize("what", QUESTIONS)
def test_only_the_question_for_the_password_is_answered(server, secrets, what):
    rounds, refusal = QUESTIONS[what]
    said, seen = server([ASKED], (ASKED,), secrets, rounds=rounds)
    if refusal is None:
        assert (said, seen) == (None, [ASKED])
    else:
        assert said is not None
        assert said.startswith(refusal)
        assert seen == []


def test_no_password_leaves_before_the_server_is_known(tmp_path, secrets):
    strict = Strict([WORD], generate_key(tmp_path / "key"), VALUE)
    with strict_server(tmp_path, strict) as (port, _):
        connection = Connection(
            host="127.0.0.1", port=port, user="recupero", password=NAME, authentication=(WORD,),
            fingerprints=("SHA256:" + "A" * 43,),
        )  # fmt: skip
        with pytest.raises(HostKeyMismatch):
            connect(connection, secrets)
    assert strict.shown == []


def test_a_secret_that_is_missing_is_told_before_anything_is_sent():
    nobody = Connection(host="127.0.0.1", port=1, password=NAME, authentication=(WORD,))
    with pytest.raises(SettingsError, match=f"{NAME}: there is no such secret"):
        connect(nobody)
