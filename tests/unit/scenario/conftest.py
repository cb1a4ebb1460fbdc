"""A folder of scenarios for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cs_simulator.scenario.described import scenario_schema
from tests.unit.domain.properties import run_alike_everywhere
from tests.unit.scenario.support import Folder

run_alike_everywhere()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of scenarios."""
    return Folder(tmp_path / "scenarios")


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """What checks documents against the schema of scenarios."""
    return Draft202012Validator(scenario_schema())
