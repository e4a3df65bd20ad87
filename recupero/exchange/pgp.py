"""OpenPGP: what came encrypted for us is opened and its signature judged; nothing else is kept."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from recupero.errors import Fault, SettingsError
from recupero.exchange.inflate import refused, too_far

#: Refusals that hang on keys and signatures of the day, not on the message alone.
OF_THE_DAY = frozenset(
    {"pgp_not_agreed", "pgp_not_for_us", "pgp_unsigned", "pgp_signature", "pgp_signature_packed"}
)

_PROCESS = Path(__file__).with_name("pgp_process.py")
_OWN_KEYS = "envíelo cifrado para la clave pública vigente de la agencia"
_SIGN = "fírmelo con la clave acordada"
#: By what the process answers: what is wrong, what to do, and the rule.
_REFUSALS = {
    "not_for_us": ("no está cifrado para ninguna clave de la agencia", _OWN_KEYS, "pgp_not_for_us"),
    "unsigned": ("no trae la firma que se acordó", _SIGN, "pgp_unsigned"),
    "bad_signature": (
        "no trae una firma válida de la clave acordada: es de otra, o aquella venció o se revocó",
        f"{_SIGN}; si cambió, entregue antes su certificado a la agencia",
        "pgp_signature",
    ),
    "compressed_signature": (
        "está comprimido dentro del cifrado, y así su firma no se puede comprobar",
        "fírmelo y cífrelo sin esa compresión (gpg: --compress-algo none)",
        "pgp_signature_packed",
    ),
    "outdated": (
        "usa un cifrado sin protección de integridad, o un algoritmo que ya no es seguro",
        "use AES con protección de integridad",
        "pgp_outdated",
    ),
    "damaged": (
        "no es un mensaje PGP, o está cortado o dañado",
        "cífrelo y envíelo otra vez",
        "pgp_damaged",
    ),
}
#: By what the process answers: what of ours is wrong, and where.
_OUR_FAULTS = {
    "key": ("a key is none that its passphrase opens", "pgp.key_files"),
    "certificate": ("a certificate is none", "pgp.certificates"),
}
#: Ends of the process that the message brought about.
_BY_MESSAGE = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGXCPU}


@dataclass(frozen=True)
class Decrypted:
    """The content, and the fingerprint of the certificate whose signature it carries, if judged."""

    content: bytes
    signer: str = ""


@dataclass(frozen=True)
class PgpKeys:
    """Our private keys and the institution's certificates, armored; several while one is replaced.

    With ``certificates`` None no signature is demanded, and none is looked at.
    """

    private: tuple[SecretStr, ...]
    passphrase: SecretStr | None = None
    certificates: tuple[str, ...] | None = None

    def decrypted(self, message: bytes, limit_bytes: int) -> Decrypted:
        """What is in *message*, of *limit_bytes* at most.

        Raises FileRefused with the rule, SettingsError where a key of ours does not open.
        """
        asked = {
            "keys": [key.get_secret_value() for key in self.private],
            "passphrase": self.passphrase and self.passphrase.get_secret_value(),
            "certificates": self.certificates,
            "limit_bytes": limit_bytes,
        }
        done = subprocess.run(
            [sys.executable, "-P", str(_PROCESS)],
            input=json.dumps(asked).encode() + b"\n" + message,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode in _BY_MESSAGE:
            raise refused(*_REFUSALS["damaged"])
        if done.returncode != 0:
            raise Fault(f"decrypting ended with {done.returncode}", _PROCESS.name)
        line, _, content = done.stdout.partition(b"\n")
        answer = json.loads(line)
        return _judged(answer["state"], Decrypted(content, answer["signer"]))


def _judged(state: str, found: Decrypted) -> Decrypted:
    if state == "opened":
        return found
    if state in _OUR_FAULTS:
        what, where = _OUR_FAULTS[state]
        raise SettingsError(what, where, "mend the connection file, or what it names")
    raise too_far() if state == "too_far" else refused(*_REFUSALS[state])
