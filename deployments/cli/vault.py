"""``recupero vault rotate``: new keys for what the vault keeps."""

from __future__ import annotations

from pathlib import Path

from deployments.cli.output import print_json, print_lines
from deployments.presence import alone
from recupero.errors import Refused
from recupero.settings import Settings, load_settings
from recupero.steps.rotation import rotate, rotate_master


def rotate_keys(code: str | None, new_master_key: Path | None, dry_run: bool, as_json: bool) -> int:
    """New wrapping keys for one institution or all, or a new master key for all; 0."""
    if code is not None and new_master_key is not None:
        raise Refused("a master key is everybody's", "--new-master-key", "leave CODE out")
    settings = load_settings()
    if not settings.home.is_dir():
        raise Refused("holds no data yet", str(settings.home), "RECUPERO_HOME names another home")
    if new_master_key is None:
        _wrapping_keys(settings, code, dry_run, as_json)
    else:
        with alone(settings.home):  # what serves it holds the old master key
            _master_key(settings, new_master_key.absolute(), dry_run, as_json)
    return 0


def _wrapping_keys(settings: Settings, code: str | None, dry_run: bool, as_json: bool) -> None:
    wrapped = rotate(settings, code, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "wrapped": wrapped})
    else:
        what = "keys to wrap again" if dry_run else "keys wrapped again"
        print_lines([f"{each}: {what}: {count}" for each, count in wrapped.items()])


def _master_key(settings: Settings, file: Path, dry_run: bool, as_json: bool) -> None:
    institutions = rotate_master(settings, file, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "master_key": str(file), "institutions": institutions})
        return
    hang = "would hang" if dry_run else "hang"
    default = settings.home / "master.key"
    then = (
        f"move it to {default}"
        if settings.master_key_file is None
        else "name it in RECUPERO_MASTER_KEY_FILE"
    )
    print_lines([
        f"The keys of {', '.join(institutions)} {hang} on {file}.",
        "Put the old one aside: it still opens older backups of the vault, keep it with them.",
        f"Next: {then}.",
    ])  # fmt: skip
