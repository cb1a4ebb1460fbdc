"""Schemathesis finds nothing, in a short run with a set seed; ``python -m tests.openapi`` is long.

It comes with the test extra, and makes requests of the document that a server gives of itself.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.openapi.__main__ import RUNS, try_server
from tests.support.server import ServerProcess

SEEDED = ("--seed", "20260105", "--max-examples", "1")


def test_schemathesis_finds_nothing_where_most_is_done(tmp_path: Path) -> None:
    mode, chosen = RUNS[0]
    phases = ("--phases", "fuzzing,stateful")
    code, report = try_server(tmp_path, mode, "integer", (*SEEDED, *phases, *chosen))
    assert code == 0, report
    assert "Tested: " in report


@pytest.mark.long
def test_plain_command_meets_no_error_of_its_own_making(tmp_path: Path) -> None:
    """Operations of edition 8.1 that need the other mode are the only ones that answer 503."""
    server = ServerProcess(tmp_path / "ready.json", "--scenario", "demo").wait_until_ready()
    url = server.ready["url"]
    code = "from schemathesis.cli import schemathesis; schemathesis()"
    command = [sys.executable, "-c", code, "run", f"{url}/_control/openapi.json", *SEEDED]
    command += ["--checks", "not_a_server_error", "--phases", "examples,coverage", "--no-color"]
    try:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    finally:
        server.stop()
    found = re.findall(r'"description":"([^"]*)","code":5\d', done.stdout)
    assert "129/129" in done.stdout
    assert all(each.endswith("the server is in production mode") for each in found), found
    assert done.stdout.count("[503]") + done.stdout.count("[500]") == len(found)


@pytest.mark.long
@pytest.mark.parametrize(("mode", "chosen"), RUNS, ids=["most", "maintenance", "changes"])
def test_schemathesis_finds_nothing(mode: str, chosen: tuple[str, ...], tmp_path: Path) -> None:
    phases = ("--phases", "examples,fuzzing,stateful")
    without_coverage = [each.replace("coverage,", "") for each in chosen]
    code, report = try_server(tmp_path, mode, "integer", (*SEEDED, *phases, *without_coverage))
    assert code == 0, report
    assert "Tested: " in report
