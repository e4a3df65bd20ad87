"""Secrets that are kept as Prefect Secret blocks."""

from __future__ import annotations

from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from recupero.errors import SettingsError
from recupero.exchange.named_secret import block_name


def secret_block(name: str) -> str | None:
    """The text in the Secret block of the secret's name; None where there is no such block.

    Raises SettingsError where the block holds something else than a text.
    """
    block = block_name(name)
    with get_client(sync_client=True) as client:
        try:
            document = client.read_block_document_by_name(block, Secret.get_block_type_slug())
        except ObjectNotFound:
            return None
    # Not `Secret.get`, which reads a text as JSON where it can: 007 would become a number.
    value = document.data.get("value")
    if not isinstance(value, str):
        raise SettingsError("is not a text", f"Prefect Secret block {block}")
    return value
