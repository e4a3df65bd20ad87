"""Workers that pull until told to stop, and the SFTP server they pull from: a process each.

``python -m tests.burst.crew`` imports what they need, which takes seconds, once. For every order
on standard input (JSON, a line each) it forks a process and answers with a line: a server's port
and fingerprint and the process's number, or a worker's number.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from datetime import date
from pathlib import Path
from typing import Any

import recupero.exchange.sftp
from recupero.errors import LeaseTaken
from recupero.exchange.server import SftpServer
from recupero.exchange.vault import Vault
from recupero.profiles.load import parse_profile
from recupero.settings import Settings
from recupero.steps.pull import pull
from recupero.steps.services import Services
from recupero.store.session import Store

MASTER_KEY = b"k" * 32


def services_of(order: dict[str, Any]) -> Services:
    """The services of a worker on an enrolled database."""
    home = Path(order["home"])
    profiles = [parse_profile(path.read_bytes(), path.name) for path in home.glob("institutions/*")]
    return Services(
        settings=Settings(home=home, poll_seconds=order["poll_seconds"]),
        store=Store(order["database_url"]),
        vault=Vault(str(home / "vault"), MASTER_KEY),
        owner_url="",
        prefect_url=None,
        profiles={profile.code: profile for profile in profiles},
    )


def work(order: dict[str, Any]) -> None:
    """Pull the institutions in an order of one's own, again and again.

    Once the file ``stop`` is there, every inbox is looked at once more, whoever else is at it.
    """
    services, stop = services_of(order), Path(order["home"], "stop")
    chance, codes = random.Random(order["number"]), list(order["codes"])
    told = {"received": 0, "seen_before": 0, "pulls": 0, "lease_taken": 0}
    last = False
    while not last:
        last = stop.exists()
        chance.shuffle(codes)
        for code in codes:
            while True:
                try:
                    pulled = pull(services, code, date.fromisoformat(order["day"]))
                except LeaseTaken:
                    told["lease_taken"] += 1
                    if last:
                        time.sleep(0.1)
                        continue
                    break
                told["pulls"] += 1
                told["received"] += pulled.received
                told["seen_before"] += pulled.seen_before
                break
    Path(order["report"]).write_text(json.dumps({**told, "cpu_seconds": _cpu_seconds()}))


def serve(order: dict[str, Any], answers: int) -> None:
    """Serve until the file ``done`` is there; the address goes to *answers*."""
    root = Path(order["root"])
    with SftpServer(root, order["users"], Path(order["home"], "host.key")) as server:
        with os.fdopen(answers, "w") as told:
            told.write(json.dumps({"port": server.port, "fingerprint": server.fingerprint}) + "\n")
        while not Path(order["home"], "done").exists():
            time.sleep(0.1)
    Path(order["report"]).write_text(json.dumps({"cpu_seconds": _cpu_seconds()}))


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Fork a process for every order until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is killed is gone at once
    for line in sys.stdin:
        order = json.loads(line)
        heard, answers = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(heard)
            do(order, answers)
        os.close(answers)
        with os.fdopen(heard) as told:  # a worker says nothing: it ends when that is certain
            print(json.dumps({"process": process, **json.loads(told.readline() or "{}")}))
        sys.stdout.flush()


def do(order: dict[str, Any], answers: int) -> None:
    """What a forked process does; it ends here, and says so where it failed."""
    try:
        if "root" in order:
            serve(order, answers)
        else:
            os.close(answers)
            work(order)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    assert recupero.exchange.sftp  # imported late by the product, early here
    main()
