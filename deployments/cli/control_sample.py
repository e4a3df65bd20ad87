"""The control file of a sample file, so that ``recupero check`` accepts both together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from deployments.cli.file_name import name_like
from deployments.cli.guide_values import Value, day_of
from deployments.cli.sample_file import ROWS, hash_total, sample, total_of
from recupero.profiles.control_fields import CONTROL
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile


def control_of(
    layout: Layout, profile: Profile, name: str, content: bytes, current: Sequence[Layout]
) -> dict[str, bytes]:
    """By its name the control file of the sample *name* of *layout*, where one of the *current*
    layouts of control files is called so and can be written; else nothing."""
    if layout.control_file is None:
        return {}
    called = layout.control_file.of(name)
    for own in current:
        if own.kind == "control" and own.matches(called):
            written = sample(own, profile, _said(layout, profile, name, content))
            return {} if written is None else {called: written}
    return {}


def sample_of_control(
    own: Layout, profile: Profile, current: Sequence[Layout]
) -> tuple[str, bytes] | None:
    """Name and content of a control file of layout *own*, of the sample of another layout."""
    for layout in current:
        content = sample(layout, profile) if layout.control_file is not None else None
        name = name_like(layout.name, day_of(layout))
        if content is None or name is None:
            continue
        for called, written in control_of(layout, profile, name, content, [own]).items():
            return called, written
    return None


def _said(layout: Layout, profile: Profile, name: str, content: bytes) -> dict[str, Value]:
    """What a control file may say of the sample; None of what it does not have."""
    said: dict[str, Value] = {
        field.name: total_of(field.name, layout, profile) if field.name in layout.summed else None
        for field in CONTROL
        if field.type == "amount"
    }
    return said | {
        "file_name": name,
        "rows": ROWS,
        "hash_total": str(hash_total(*layout.hashed, layout, profile)) if layout.hashed else None,
        "cut_off": day_of(layout) if "cut_off" in layout.columns else None,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
