"""Every action is one whole row; a message names what a row lacks."""

from __future__ import annotations

import pytest

from cs_simulator.api import altering
from cs_simulator.faults.actions import ACTIONS

ROWS = "a row of simulator/cs_simulator/faults/actions.py"


@pytest.mark.parametrize("name", ACTIONS)
def test_action_does_something(name: str) -> None:
    row = ACTIONS[name]
    does = row.delays or row.advances or row.alters or row.leaves
    assert does, f"{ROWS} says under delays, advances, alters or leaves what the action does"


@pytest.mark.parametrize("name", ACTIONS)
def test_action_is_shown_by_explain(name: str) -> None:
    row = ACTIONS[name]
    is_shown = row.explained or row.delays or row.advances
    assert is_shown, f"{ROWS} says under explained how explain shows it"


@pytest.mark.parametrize("name", [name for name, row in ACTIONS.items() if row.alters])
def test_what_makes_an_answer_is_there(name: str) -> None:
    function = ACTIONS[name].alters
    assert hasattr(altering, function), f"simulator/cs_simulator/api/altering.py lacks {function}"


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_that_exclude_each_other_exist(name: str) -> None:
    assert set(ACTIONS[name].not_with) <= set(ACTIONS)
