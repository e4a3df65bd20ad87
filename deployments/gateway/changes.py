"""What the machine lacks of the plan, as changes in order; nothing is done until one is asked for.

Everything that could be refused is looked at before the first of them. Each change is whole or
not there, and a second look yields only what is still missing: killed anywhere, run it again.
"""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deployments.gateway.accounts import missing, refuse_strangers
from deployments.gateway.configuration import Folder, Gateway, Plan
from recupero.errors import Refused
from recupero.exchange.keys import generate_key, sync_folder

RELOAD_SECONDS = 10


@dataclass(frozen=True)
class Change:
    """One thing to do, in words and in deed."""

    said: str
    do: Callable[[], object]


def changes(
    gateway: Gateway, planned: Plan, keys: Mapping[str, str], configuration: str, sshd: Path
) -> list[Change]:
    """All that is missing. Raises Refused for what is not ours to change.

    sshd's own judgement comes before anything an institution could notice.
    """
    for path in (gateway.root, gateway.folder):
        _refuse_unsafe_parents(path)
    _refuse_leftovers(gateway, planned)
    return [
        *_folder_changes(Folder(gateway.folder, "root", "root", 0o755)),
        *_host_key(gateway),
        *_configuration(gateway, configuration, sshd, stage=True),
        *_accounts(planned),
        *(change for folder in planned.folders for change in _folder_changes(folder)),
        *_key_changes(gateway, keys),
        *_configuration(gateway, configuration, sshd, stage=False),
    ]


def reload(gateway: Gateway) -> str:
    """Make a running sshd read a configuration newer than its own; says what was found.

    It writes its process number anew each time it has read: so a reload that a crash prevented
    is made up for. Raises Refused where it does not come back.
    """
    if not _runs(gateway):
        return f"sshd is not running: start it with -f {gateway.configuration}"
    if _has_read(gateway):
        return "sshd runs with this configuration"
    os.kill(int(gateway.pid_file.read_text()), signal.SIGHUP)
    patience = time.monotonic() + RELOAD_SECONDS
    while not _has_read(gateway):
        if time.monotonic() > patience:
            raise Refused(
                f"sshd has not come back within {RELOAD_SECONDS} s", str(gateway.configuration),
                "its log says why; start it",
            )  # fmt: skip
        time.sleep(0.05)
    return "sshd has read its configuration"


def _runs(gateway: Gateway) -> bool:
    """Whether the number in the file is still that of an sshd of ours."""
    try:
        number = int(gateway.pid_file.read_text())
        running = Path(f"/proc/{number}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return os.fsencode(gateway.configuration) in running


def _has_read(gateway: Gateway) -> bool:
    try:
        read_at = gateway.pid_file.stat().st_mtime_ns
    except FileNotFoundError:  # it begins anew just now
        return False
    # Not when it was written, which was before it was put in place.
    return read_at > gateway.configuration.stat().st_ctime_ns


def _host_key(gateway: Gateway) -> Iterator[Change]:
    if not gateway.host_key.exists():
        yield Change(
            f"make the host key {gateway.host_key}", lambda: generate_key(gateway.host_key)
        )


def _configuration(
    gateway: Gateway, configuration: str, sshd: Path, *, stage: bool
) -> Iterator[Change]:
    """Beside the old one until everything it speaks of is there."""
    target = gateway.configuration
    staged = target.with_name(".sshd_config.new")
    if _reads(target) == configuration:
        return
    if stage:
        said = f"check the new configuration with {sshd} -t"
        yield Change(said, lambda: _judged(staged, configuration, sshd))
    else:
        yield Change(f"put {target} in place", lambda: _put_in_place(staged, target))


def _judged(staged: Path, configuration: str, sshd: Path) -> None:
    _write(staged, configuration, 0o644)
    done = subprocess.run(
        [str(sshd), "-t", "-f", str(staged)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise Refused(f"sshd does not take it: {said}", str(staged), "the old one stays in force")


def _accounts(planned: Plan) -> Iterator[Change]:
    joined = {account.joins: account.name for account in planned.accounts if account.joins}
    for account in planned.accounts:
        refuse_strangers(account, joined.get(account.name))
        for command in missing(account):
            yield Change(shlex.join(command), partial(_run, command))


def _folder_changes(folder: Folder) -> Iterator[Change]:
    said = f"{folder.path} {folder.owner}:{folder.group} {folder.mode:04o}"
    try:
        found = folder.path.lstat()
    except FileNotFoundError:
        yield Change(f"make {said}", lambda: _make(folder))
        return
    if not stat.S_ISDIR(found.st_mode):
        raise Refused("is in the way: not a folder", str(folder.path), "move it away")
    if (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) != (*_ids(folder), folder.mode):
        yield Change(f"set {said}", lambda: _set(folder))


def _make(folder: Folder) -> None:
    """Closed to all but root until it belongs to whom it should."""
    folder.path.mkdir(mode=0o700)
    _set(folder)
    sync_folder(folder.path.parent)


def _set(folder: Folder) -> None:
    descriptor = os.open(folder.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchown(descriptor, *_ids(folder))
        os.fchmod(descriptor, folder.mode)  # after it: a change of owner takes the group's bit
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ids(folder: Folder) -> tuple[int, int]:
    """Numbers of owner and group; -2, which nobody has, while an account is not made yet."""
    try:
        return pwd.getpwnam(folder.owner).pw_uid, grp.getgrnam(folder.group).gr_gid
    except KeyError:
        return -2, -2


def _key_changes(gateway: Gateway, keys: Mapping[str, str]) -> Iterator[Change]:
    folder = gateway.authorized_keys
    yield from _folder_changes(Folder(folder, "root", "root", 0o755))
    for account, text in sorted(keys.items()):
        path = folder / account
        if _reads(path) != text:
            yield Change(f"write the keys of {account}", partial(_write, path, text, 0o644))
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in there:
        if name not in keys:
            said = f"close {name}: its keys go, account and folders stay"
            yield Change(said, partial(os.unlink, folder / name))


def _reads(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _write(path: Path, text: str, mode: int) -> None:
    """Under its name only when whole."""
    new = path.with_name(f".{path.name.lstrip('.')}.part")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _put_in_place(new, path)


def _put_in_place(new: Path, path: Path) -> None:
    new.rename(path)
    sync_folder(path.parent)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Refused("there is no such program", command[0], "install shadow's tools") from None
    if done.returncode != 0:
        raise Refused(" ".join(done.stderr.split()), shlex.join(command), "mend it and run again")


def _refuse_unsafe_parents(path: Path) -> None:
    """sshd confines nobody to a folder that others could exchange for another one."""
    for parent in path.parents:
        try:
            found = parent.lstat()
        except FileNotFoundError:
            raise Refused("there is no such folder", str(parent), "make it first") from None
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
            raise Refused("must be a folder that only root can change", str(parent))


def _refuse_leftovers(gateway: Gateway, planned: Plan) -> None:
    """A folder of an earlier profile would still take files that nobody reads any more."""
    paths = {folder.path for folder in planned.folders}
    for folder in planned.folders[1:]:
        if folder.owner != "root" or folder.mode != 0o755 or not folder.path.is_dir():
            continue
        for path in sorted(folder.path.iterdir()):
            found = path.lstat()
            if path not in paths and (found.st_uid != 0 or found.st_mode & 0o022):
                raise Refused(
                    "is not a folder of the profile", str(path),
                    "rename it to the new name, or empty and remove it",
                )  # fmt: skip
