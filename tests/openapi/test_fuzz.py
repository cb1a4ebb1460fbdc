"""Schemathesis finds nothing, in a short run with a set seed; ``python -m tests.openapi`` is long.

It comes with the test extra, and makes requests of the document that a server gives of itself.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.openapi.__main__ import RUNS, try_server

SEEDED = ("--seed", "20260105", "--max-examples", "1")


def test_schemathesis_finds_nothing_where_most_is_done(tmp_path: Path) -> None:
    mode, chosen = RUNS[0]
    phases = ("--phases", "fuzzing,stateful")
    code, report = try_server(tmp_path, mode, "integer", (*SEEDED, *phases, *chosen))
    assert code == 0, report
    assert "Tested: " in report


@pytest.mark.long
@pytest.mark.parametrize(("mode", "chosen"), RUNS, ids=["most", "maintenance", "changes"])
def test_schemathesis_finds_nothing(mode: str, chosen: tuple[str, ...], tmp_path: Path) -> None:
    phases = ("--phases", "examples,fuzzing,stateful")
    without_coverage = [each.replace("coverage,", "") for each in chosen]
    code, report = try_server(tmp_path, mode, "integer", (*SEEDED, *phases, *without_coverage))
    assert code == 0, report
    assert "Tested: " in report
