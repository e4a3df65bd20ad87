"""Proving to a server who we are, by what the institution asks for and in its order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import paramiko
from pydantic import SecretStr

from recupero.errors import RemoteRefused, RemoteSlow, RemoteUnavailable
from recupero.exchange.connection import Connection
from recupero.exchange.keys import load_client_key
from recupero.exchange.named_secret import NamedSecrets
from recupero.exchange.remote import escape_name
from recupero.exchange.watchdog import Watchdog

#: Shows one proof; returns what the server wants beside it, nothing once it is content.
Proof = Callable[[paramiko.Transport], Sequence[str]]

#: The whole of a question that the password answers: "One-time password:", "New password:" and
#: "Clave dinámica:" are others.
_PASSWORD = re.compile(
    r"(?:enter |ingrese (?:su |la )?|\(?\S+@\S+\)? |\S+'s )?"
    r"(?:password|contrase[nñ]a|clave|senha)(?: (?:for|para) \S+)? ?:? ?",
    re.IGNORECASE,
)
_MEND = "compare authentication in the connection file with what the institution asks for"
_OURS = {
    "publickey": "our key",
    "password": "our password",
    "keyboard-interactive": "our password",
}


def proofs(connection: Connection, secrets: NamedSecrets) -> dict[str, Proof]:
    """What the connection has, by SSH's name of the method, in the order it is to be shown.

    Raises SettingsError for a key file or a secret that is missing or will not do.
    """
    return {method: _proof(method, connection, secrets) for method in connection.authentication}


def log_in(
    transport: paramiko.Transport, shown: dict[str, Proof], where: str, watchdog: Watchdog
) -> None:
    """Show one proof after the other until the server is content.

    A further one is shown only where the server asks for it. Raises RemoteRefused where it does
    not accept one or wants another, RemoteUnavailable where it does not answer.
    """
    accepted: list[str] = []
    wanted: Sequence[str] = tuple(shown)
    for method, proof in shown.items():
        if method not in wanted:
            break
        wanted = _answer(transport, method, proof, where, watchdog)
        if transport.is_authenticated():
            return
        accepted.append(_OURS[method])
    raise RemoteRefused(
        f"wants more than {' and '.join(accepted)}: {_listed(wanted)}", where, _MEND
    )


def _proof(method: str, connection: Connection, secrets: NamedSecrets) -> Proof:
    user = connection.user
    if method == "publickey":
        named = connection.passphrase
        key = load_client_key(connection.key_file, secrets.value(named) if named else None)
        return lambda transport: transport.auth_publickey(user, key)
    password = secrets.value(connection.password)
    if method == "password":
        return lambda transport: transport.auth_password(
            user, password.get_secret_value(), fallback=False
        )
    # A new one for each session: it answers once.
    return lambda transport: transport.auth_interactive(user, _Answering(password))


def _answer(
    transport: paramiko.Transport, method: str, proof: Proof, where: str, watchdog: Watchdog
) -> Sequence[str]:
    ours = _OURS[method]
    try:
        return proof(transport)
    except _OtherQuestion as other:
        raise RemoteRefused(other.asked, where, _MEND) from None
    except UnicodeDecodeError:
        raise RemoteRefused("asks something that is not UTF-8 text", where, _MEND) from None
    except paramiko.BadAuthenticationType as error:
        instead = f"does not take {ours} by {method}, but {_listed(error.allowed_types)}"
        raise RemoteRefused(instead, where, _MEND) from None
    except (paramiko.AuthenticationException, OSError, EOFError) as error:
        # paramiko raises its one error also where it waited in vain or the connection was lost.
        lost = not isinstance(error, paramiko.AuthenticationException) or any(
            word in str(error) for word in ("timeout", "transport shut down")
        )
        if not lost:
            raise RemoteRefused(f"does not accept {ours}", where) from None
        # Where the other side hung up over a password, a second try may lock the account.
        late = watchdog.expired or "timeout" in str(error)
        if late or method == "publickey":
            kind = RemoteSlow if late else RemoteUnavailable
            raise kind(f"gave no answer about {ours}", where) from None
        raise RemoteRefused(f"ended the connection over {ours}", where) from None
    except paramiko.SSHException as error:
        # The answer to an expired password has the number of an interactive question.
        if method != "password" or "info request" not in str(error):
            raise
        raise RemoteRefused("wants another password: ours has expired", where) from None


def _listed(methods: Sequence[str]) -> str:
    return escape_name(", ".join(methods)) or "nothing"


class _OtherQuestion(Exception):
    """The server asks interactively for something that is not the password."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class _Answering:
    """Answers one question, the one for the password."""

    def __init__(self, password: SecretStr) -> None:
        self._password = password
        self._answered = False

    def __call__(
        self, title: str, instructions: str, questions: list[tuple[str, bool]]
    ) -> list[str]:
        if not questions:  # some servers end so
            return []
        if self._answered or len(questions) > 1:
            raise _OtherQuestion("asks interactively for more than the password")
        text, echoed = questions[0]
        if echoed or not _PASSWORD.fullmatch(text):
            raise _OtherQuestion(f"asks interactively for {escape_name(text)!r}, not the password")
        self._answered = True
        return [self._password.get_secret_value()]
