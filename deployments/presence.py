"""How other processes on this machine find a running Prefect server.

`recupero up` writes the environment of its server beside the server's own state; `recupero day`
reads it. What a killed server left behind is recognised, because nobody answers there.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from recupero.errors import Refused

_PATIENCE_SECONDS = 10.0
_CONNECT: dict[str, type[http.client.HTTPConnection]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Serve *home* as its only server; the kernel forgets a server that was killed.

    Two would take each other's SFTP connections, Prefect database and schedule.
    """
    with (home / "serving.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "another recupero up or demo serves this home",
                str(home),
                "end it, or name another home",
            ) from None
        yield


@contextmanager
def announced(home: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Tell where the server is, as long as the context lasts."""
    notice = _notice(home)
    new = notice.with_suffix(".new")
    new.write_text(json.dumps(dict(environment), sort_keys=True))
    new.rename(notice)
    try:
        yield
    finally:
        notice.unlink(missing_ok=True)


def find_server(home: Path) -> dict[str, str] | None:
    """The environment a process needs to work with a running server, or none.

    A server of one's own (``PREFECT_API_URL``) comes before the home's.
    """
    own = os.environ.get("PREFECT_API_URL")
    if own is not None:
        return {"PREFECT_API_URL": own, "DO_NOT_TRACK": "1"} if _answers(own) else None
    try:
        told: dict[str, str] = json.loads(_notice(home).read_text())
    except (OSError, ValueError):
        return None
    return told if _answers(told.get("PREFECT_API_URL", "")) else None


def _notice(home: Path) -> Path:
    return home / "prefect" / "server.json"


def _answers(api_url: str) -> bool:
    try:
        parts = urlsplit(api_url)
        connect = _CONNECT[parts.scheme]
        connection = connect(parts.hostname or "", parts.port, timeout=_PATIENCE_SECONDS)
    except (KeyError, ValueError):
        return False
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/health")
        return bool(connection.getresponse().status == http.client.OK)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
