"""An object of the vault, read no sooner and no oftener than it is asked for."""

from __future__ import annotations

from functools import cached_property

from recupero.exchange.vault import Vault


class Kept:
    """What lies at *address*. All of it raises as :meth:`Vault.get` does.

    To read and hash a large file takes longer than to see that it came before.
    """

    def __init__(self, vault: Vault, institution: str, address: str) -> None:
        self._vault = vault
        self._at = institution, address

    def head(self, size_bytes: int) -> bytes:
        """The first *size_bytes*, or all; see :meth:`Vault.head`."""
        return self._vault.head(*self._at, size_bytes)

    @property
    def content(self) -> bytes:
        """All of it, from now on in memory."""
        return self._whole[0]

    @property
    def digest(self) -> str:
        """The content's SHA-256, hexadecimal; nothing is held for it that is not yet."""
        if "_whole" in self.__dict__:
            return self._whole[1]
        return self._vault.digest(*self._at)

    @cached_property
    def _whole(self) -> tuple[bytes, str]:
        return self._vault.get_hashed(*self._at)
