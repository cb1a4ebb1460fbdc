"""A machine whose clock is wrong: before the year 1970, or far ahead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.server import ServerProcess

PROGRAM = """
import time
begun = time.monotonic()
time.time = lambda: {second} + time.monotonic() - begun
time.time_ns = lambda: int(time.time() * 1e9)
from cs_simulator.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("second", "year"), [(-86_400, "1969"), (0.5, "1970"), (315_532_800, "1980"), (4e9, "2096")]
)
def test_server_does_not_mind_a_clock_that_is_wrong(
    tmp_path: Path, second: float, year: str
) -> None:
    program = ("-c", PROGRAM.format(second=second))
    server = ServerProcess(tmp_path / "ready.json", "--scenario", "demo", program=program)
    try:
        with server.wait_until_ready().client() as client:
            started = client.post("services/start", {"contact_key": "K"})
            assert started.status == 201
            assert f" {year} " in started.headers["Date"]
            service = client.get(f"services/{started.json()['service_id']}").json()
            assert service["started"]["timestamp"].startswith(year)
            assert client.ask("POST", "/_control/reset").status == 200
            assert client.get("/_control/metrics").body.endswith(b"# EOF\n")
    finally:
        server.stop()
