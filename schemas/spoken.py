"""What a control file says of another file, read from its bytes."""

from __future__ import annotations

from datetime import date

from recupero.errors import FileRefused
from recupero.profiles.identify import identify
from recupero.profiles.profile import Layout, Profile
from schemas.control import Declared
from schemas.control_file import declared_in
from schemas.screen import refuse_excess, sift

#: Why a file is refused whose control file did not come.
MISSING = "control_file_missing"


def said_by(
    name: str, content: bytes | None, profile: Profile, layout: Layout, file_name: str, day: date
) -> Declared:
    """What *content*, of the control file *name* as of *day*, says of the file *file_name*.

    Raises ``FileRefused``: ``control_file_missing`` without content, and why it cannot be read.
    """
    if content is None:
        raise FileRefused(
            f"no llegó su archivo de control {name}",
            mend="envíelo: entonces este archivo se juzga otra vez, sin enviarlo de nuevo",
            rule=MISSING,
        )
    own = identify(profile, name, content[: 1 << 16], day)
    if own.kind != "control":
        raise FileRefused(f"{name} no es un archivo de control", rule="control_total")
    screened = sift(content, own, profile, day)
    refuse_excess(screened, own, profile)
    return declared_in(screened.rows, name, layout, file_name)
