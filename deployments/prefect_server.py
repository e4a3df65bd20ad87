"""Prefect's server on a socket that is already open: ``python prefect_server.py DESCRIPTOR``.

Quicker than ``prefect server start``, which loads its command line first, and the port cannot be
lost between choosing and using it.
"""

from __future__ import annotations

import socket
import sys


def serve(descriptor: int) -> None:
    """Serve until interrupted or terminated."""
    import uvicorn

    config = uvicorn.Config(
        "prefect.server.api.server:create_app",
        factory=True,
        log_level="warning",
        access_log=False,
        # An open page of the UI holds a connection for ever.
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    serve(int(sys.argv[1]))
