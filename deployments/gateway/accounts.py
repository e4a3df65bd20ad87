"""The system accounts of the gateway: which are missing, and which are not ours to touch."""

from __future__ import annotations

import grp
import pwd
from collections.abc import Iterator

from deployments.gateway.configuration import Account
from recupero.errors import Refused

COMMENT = "Recupero gateway"
NO_SHELL = "/usr/sbin/nologin"
HOME = "/"  # of the folder an account is confined to


def missing(account: Account) -> Iterator[list[str]]:
    """The commands that make *account*; none where it is as it should be.

    Raises Refused where its name is somebody else's, or where it, or its group, can do more than
    it should. An institution may be called like a group of the system: ``disk``, ``backup``.
    """
    try:
        there = pwd.getpwnam(account.name)
    except KeyError:
        if account.name in {group.gr_name for group in grp.getgrall()}:
            raise Refused(
                "is a group that no account of the gateway has", account.name,
                "groupdel, if it was left behind; otherwise give the institution another code",
            ) from None  # fmt: skip
        yield [
            "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", HOME,
            "--shell", NO_SHELL, "--password", "*", "--comment", COMMENT, account.name,
        ]  # fmt: skip
    else:
        _refuse_foreign(account, there)
    if account.joins is not None and account.name not in _members(account.joins):
        yield ["usermod", "--append", "--groups", account.joins, account.name]


def refuse_strangers(account: Account, joined_by: str | None) -> None:
    """Refuse groups we did not give, and members we did not let in."""
    others = [member for member in _members(account.name) if member != joined_by]
    if others:
        raise Refused(
            f"has the member {others[0]}", f"group {account.name}", "gpasswd --delete removes it"
        )
    wanted = {account.joins}
    for group in grp.getgrall():
        if account.name in group.gr_mem and group.gr_name not in wanted:
            raise Refused(
                f"is a member of {group.gr_name}", f"account {account.name}",
                "gpasswd --delete removes it",
            )  # fmt: skip


def _refuse_foreign(account: Account, there: pwd.struct_passwd) -> None:
    try:
        group = grp.getgrgid(there.pw_gid).gr_name
    except KeyError:
        group = ""
    found = (there.pw_gecos, there.pw_dir, there.pw_shell, group)
    if there.pw_uid == 0 or found != (COMMENT, HOME, NO_SHELL, account.name):
        raise Refused(
            "is an account that the gateway did not make", account.name,
            "give the institution another code",
        )  # fmt: skip


def _members(group: str) -> list[str]:
    try:
        return grp.getgrnam(group).gr_mem
    except KeyError:
        return []
