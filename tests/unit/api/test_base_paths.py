"""The base paths of a world's scenario."""

from __future__ import annotations

import sys

from cs_simulator.api.arrival import base_paths_of
from cs_simulator.scenario.loader import LoadedScenario


def test_base_paths_are_remembered_without_their_scenario() -> None:
    scenario = LoadedScenario("s", base_paths={"8.5": "/api"})
    before = sys.getrefcount(scenario)
    assert base_paths_of(scenario).of("8.5") == "/api"
    assert sys.getrefcount(scenario) == before
    other = LoadedScenario("t", base_paths={"8.5": "/api"})
    assert base_paths_of(other) is base_paths_of(scenario)
