"""``python -m deployments.gateway``: bring this machine's SFTP gateway to what the profiles say.

Exit codes are those of ``recupero``: 0 done, 2 refused, 70 our own fault.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from deployments.cli.guard import guarded
from deployments.cli.output import print_lines
from deployments.gateway.changes import changes, reload
from deployments.gateway.configuration import GATEWAY_PREFIX, Gateway, plan, sshd_configuration
from deployments.gateway.public_keys import load_keys
from recupero.errors import ProfileError, Refused, SettingsError
from recupero.exchange.keys import load_client_key
from recupero.profiles.load import load_profiles
from recupero.profiles.profile import Profile
from recupero.settings import load_settings


def main(arguments: list[str]) -> int:
    """Find what is missing, and unless it is a dry run, do it; 0."""
    given = _parser().parse_args(arguments)
    gateway = Gateway(tuple(given.listen), given.root.absolute(), given.folder.absolute())
    keys = load_keys(given.keys)
    planned = plan(gateway, _served(given.institutions or load_settings().profiles_folder, keys))
    configuration = sshd_configuration(gateway, planned)
    if os.geteuid() != 0 and not given.dry_run:
        raise Refused("needs root", "gateway", "--dry-run says what would be done")
    todo = changes(gateway, planned, keys, configuration, _sshd())
    for change in todo:
        if not given.dry_run:
            change.do()
        print_lines([f"would {change.said}" if given.dry_run else change.said])
    if not todo:
        print_lines(["nothing to do"])
    if given.dry_run:
        print_lines(["", *configuration.splitlines()])
        return 0
    fingerprint = load_client_key(gateway.host_key).fingerprint
    print_lines([reload(gateway), f"host key {fingerprint}"])
    return 0


def _served(folder: Path, keys: dict[str, str]) -> list[Profile]:
    """The profiles of the institutions that have keys here; others have servers of their own.

    A key nobody owns is refused, not overlooked, and so is an institution with only one of the two.
    """
    valid, broken = load_profiles(folder)
    codes = sorted({account.removeprefix(GATEWAY_PREFIX) for account in keys})
    if not codes:
        raise SettingsError("there are no public keys", "keys", "CODE.pub and gw-CODE.pub")
    for code in codes:
        if code in broken:
            raise broken[code]
        if code not in valid:
            raise ProfileError(f"no profile of this name in {folder}", code, "there are keys of it")
        for account in (code, f"{GATEWAY_PREFIX}{code}"):
            if account not in keys:
                raise SettingsError("there is no such file of public keys", f"{account}.pub")
    return [valid[code] for code in codes]


def _sshd() -> Path:
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise Refused("there is no sshd", "gateway", "install OpenSSH's server, 8.5 or newer")
    return Path(found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deployments.gateway",
        description="Make or change this machine's SFTP gateway. It has an sshd of its own, beside "
        "the one administrators log in by. Run again, it does only what is missing.",
    )
    add = parser.add_argument
    add("--listen", metavar="ADDRESS:PORT", action="append", required=True, help="may be repeated")
    add("--keys", metavar="DIR", type=Path, required=True, help="CODE.pub and gw-CODE.pub")
    add("--institutions", metavar="DIR", type=Path, help="profiles; those of RECUPERO_HOME")
    add("--root", metavar="DIR", type=Path, default=Gateway.root, help="institutions' folders")
    add("--folder", metavar="DIR", type=Path, default=Gateway.folder, help="what sshd reads")
    add("--dry-run", action="store_true", help="say what would be done; change nothing")
    return parser


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(sys.argv[1:])))
