"""Decrypts one OpenPGP message in a process of its own, which may use no more than it is given.

A compressed message expands while it is decrypted, and the library holds what comes out: here it
goes to a file in memory that ends where the limit is. Run by path, with nothing of ours imported.

Standard input is a line of JSON (``keys``, ``passphrase``, ``certificates``, ``limit_bytes``) and
then the message; standard output is a line of JSON (``state``, ``signer``) and then the content.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import sys
from typing import Any

from pysequoia import Cert, Tsk, decrypt_file

#: Beside the content and the message: the program itself and what it reads ahead.
_MEMORY_BYTES = 1 << 30
_SECONDS = 600

#: What the library says, and what we call it.
_STATES = (
    ("No key to decrypt", "not_for_us"),
    ("no valid signatures", "bad_signature"),
    ("Unexpected message structure", "compressed_signature"),
    ("Policy rejected", "outdated"),
)


def main() -> None:
    """Answer the one question asked on standard input."""
    asked = json.loads(sys.stdin.buffer.readline())
    message = _in_memory(sys.stdin.buffer.read())
    limit = int(asked["limit_bytes"])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES + 2 * limit,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    content = _in_memory(b"")
    answer = _answer(asked, message, content)
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    if answer["state"] == "opened":
        os.lseek(content, 0, os.SEEK_SET)
        while piece := os.read(content, 1 << 20):
            sys.stdout.buffer.write(piece)


def _answer(asked: dict[str, Any], message: int, content: int) -> dict[str, str]:
    """What the message is to the first of our keys that it is for.

    A key that does not open may be the one it is for: that is the answer where no other is.
    """
    answer = {"state": "not_for_us", "signer": ""}
    for key in asked["keys"]:
        tried = _tried(asked, key, message, content)
        if tried["state"] not in ("not_for_us", "key"):
            return tried
        if tried["state"] == "key":
            answer = tried
    return answer


def _tried(asked: dict[str, Any], key: str, message: int, content: int) -> dict[str, str]:
    """What the message is to one of our keys."""
    signers: list[str] = []
    wanted, limit_bytes = asked["certificates"] is not None, asked["limit_bytes"]
    try:
        certificates = [Cert.from_bytes(one.encode()) for one in asked["certificates"] or ()]
    except RuntimeError:
        return {"state": "certificate", "signer": ""}

    def known(identifiers: list[str]) -> list[Cert]:
        signers.extend(identifiers)
        return certificates

    try:
        decryptor = _decryptor(key, asked["passphrase"])
    except RuntimeError:
        return {"state": "key", "signer": ""}
    try:
        found = decrypt_file(
            f"/proc/self/fd/{message}",
            f"/proc/self/fd/{content}",
            decryptor,
            store=known if wanted else None,
        )
    except (RuntimeError, OSError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOMEM, errno.ENOSPC):
            raise  # this machine's trouble, not the message's
        full = os.fstat(content).st_size >= limit_bytes
        state = "too_far" if full else _state(error, signed=bool(signers))
        return {"state": state, "signer": ""}
    return {"state": "opened", "signer": found.valid_sigs[0].certificate if wanted else ""}


def _decryptor(key: str, passphrase: str | None) -> Any:
    """The key's, with the passphrase where it is locked."""
    opened = Tsk.from_bytes(key.encode())
    try:
        return opened.decryptor()
    except RuntimeError:
        if passphrase is None:
            raise
        return opened.decryptor(password=passphrase)


def _state(error: Exception, *, signed: bool) -> str:
    state = next((state for text, state in _STATES if text in str(error)), "damaged")
    if state in ("bad_signature", "compressed_signature") and not signed:
        return "unsigned"
    return state


def _in_memory(content: bytes) -> int:
    """A file that is nowhere but in memory, and gone with the process."""
    descriptor = os.memfd_create("recupero")
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


if __name__ == "__main__":
    main()
