"""A server that cannot listen where it is told to."""

from __future__ import annotations

import socket
import subprocess
import sys

from tests.unit.http.test_addresses import FREE


def test_refused_address_is_exit_3_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "cs_simulator", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"cannot listen on 127.0.0.1:{port}: Address already in use{FREE}\n"
