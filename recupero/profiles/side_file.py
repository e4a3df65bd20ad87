"""``NAME.sha256``: what an institution writes beside a file to vouch for it."""

from __future__ import annotations

import re

SIDE_SUFFIX = ".sha256"
#: A digest, a name and an end of line are far less; what is longer states nothing.
SIDE_BYTES_MAX = 4096

_DIGEST = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")


def stated_digest(content: bytes) -> str:
    """The one digest a side file states, in lower case, whatever its format and encoding (bare, of
    ``sha256sum`` or BSD, with a byte order mark, in UTF-16); an empty text where it states none.
    """
    found = _DIGEST.findall(content.replace(b"\0", b"").decode("latin-1"))
    return str(found[0]).lower() if len(found) == 1 else ""
