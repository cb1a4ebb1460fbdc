"""The example is a project that works outside this one, with its own server and with another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("way", ["a server of its own", "a server that runs"])
def test_example_works_outside(project: pytest.Pytester, server: str, way: str) -> None:
    shutil.copytree(EXAMPLES, project.path / "desk", ignore=shutil.ignore_patterns("__pycache__"))
    options = [] if way == "a server of its own" else [f"--context-services-url={server}"]
    result = project.runpytest_subprocess("desk", "-W", "error", *options, timeout=60)
    result.assert_outcomes(passed=15)
