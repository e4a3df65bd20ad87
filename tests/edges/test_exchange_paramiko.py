"""What we take from paramiko's inside: this fails when a new version moves it."""

import paramiko
from paramiko.sftp_client import SFTPClient
from paramiko.sftp_server import SFTPServer

from recupero.exchange.sftp_wire import PRIVATE_NAMES, WireClient


def test_paramiko_still_has_the_private_names_in_use():
    for name in PRIVATE_NAMES:
        owner = paramiko.SFTPAttributes if name == "_from_msg" else SFTPClient
        assert callable(getattr(owner, name, None)), name
    assert callable(getattr(SFTPServer, "_process", None))
    # How answers find their request: by an object with this method, held under the number.
    assert "_async_response" in SFTPClient._read_response.__code__.co_names
    assert "_expecting" in SFTPClient._async_request.__code__.co_names
    assert WireClient._convert_status is not SFTPClient._convert_status
