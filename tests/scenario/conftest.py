"""A folder of scenarios for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.support import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of scenarios."""
    return Folder(tmp_path / "scenarios")
