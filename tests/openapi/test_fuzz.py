"""Schemathesis finds nothing, in a short run with a set seed; ``python -m tests.openapi`` is long.

It comes with the test extra, and makes requests of the document that a server gives of itself.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.openapi.__main__ import RUNS, try_server

SHORT = ("--seed", "20260105", "--max-examples", "1", "--phases", "examples,fuzzing,stateful")


@pytest.mark.parametrize(("mode", "chosen"), RUNS, ids=["most", "maintenance", "changes"])
def test_schemathesis_finds_nothing(mode: str, chosen: tuple[str, ...], tmp_path: Path) -> None:
    without_coverage = [each.replace("coverage,", "") for each in chosen]
    code, report = try_server(tmp_path, mode, "integer", (*SHORT, *without_coverage))
    assert code == 0, report
    assert "Tested: " in report
