"""The types of what is told and asked have exactly the members that the server takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pytest

import cs_simulator.client
from cs_simulator.client import responses, rules
from cs_simulator.control.patterns import PATTERN
from cs_simulator.control.verify import _VERIFY
from cs_simulator.faults.actions import SHAPES
from cs_simulator.faults.verdict import ANY, OPTIONS, UNROUTED
from cs_simulator.faults.where import OPERATORS, WHERE
from cs_simulator.faults.wire import BREAKS
from cs_simulator.faults.written import FAULT
from cs_simulator.operations import OPERATION_IDS
from tests.docs.pages import apart

RULES = "simulator/cs_simulator/client/rules.py, by which editors and type checkers go,"


def all_members(kind: Any) -> set[str]:
    return set(kind.__required_keys__) | set(kind.__optional_keys__)


def record(shape: Any) -> Mapping[str, Any]:
    """Return the members of a shape that is a map."""
    members: Mapping[str, Any] = shape.members
    return members


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        (rules.FaultRule, FAULT.members),
        (rules.Step, SHAPES),
        (rules.Where, WHERE.members),
        (rules.Pattern, PATTERN.members),
        (rules.Question, _VERIFY.members),
        (rules.ResponseCriteria, record(PATTERN.members["response"])),
        (rules.ScriptedResponse, record(SHAPES["response"])),
        (rules.Dribble, record(SHAPES["dribble"])),
        (rules.Rate, record(FAULT.members["above_rate"])),
        (rules.Operator, dict.fromkeys(OPERATORS)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_members_are_those_that_the_server_takes(kind: Any, members: Mapping[str, Any]) -> None:
    told = all_members(kind)
    assert told == set(members), apart(f"{kind.__name__} of {RULES}", told, members)


def test_words_are_those_that_the_server_knows() -> None:
    operations, others = get_args(rules.Target)
    told = set(get_args(operations))
    assert told == set(OPERATION_IDS), apart(f"OperationId of {RULES}", told, OPERATION_IDS)
    assert set(get_args(others)) == {ANY, "*", OPTIONS, UNROUTED}
    breaks = get_args(rules.Connection)
    assert breaks == tuple(BREAKS), apart(f"Connection of {RULES}", breaks, BREAKS)
    assert get_args(rules.Effect) == ("none", "applied")


def test_every_public_name_is_in_one_module() -> None:
    public = {
        name
        for module in (responses, rules)
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (getattr(value, "__module__", "") == module.__name__ or name in ("On", "Mode"))
    }
    literals = {"Criterion", "Connection", "Effect", "OperationId", "Span", "Target", "Value"}
    missing = (public | literals) - set(vars(cs_simulator.client))
    assert not missing, f"client/__init__.py does not name {', '.join(sorted(missing))}"
