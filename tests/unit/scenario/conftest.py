"""A folder of scenarios for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.domain.properties import run_alike_everywhere
from tests.unit.scenario.support import Folder

run_alike_everywhere()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of scenarios."""
    return Folder(tmp_path / "scenarios")
