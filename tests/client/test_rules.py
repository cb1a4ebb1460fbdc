"""The types of what is told and asked have exactly the members that the server takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pytest

import cs_simulator.client
from cs_simulator.client import answers, rules
from cs_simulator.control.patterns import PATTERN
from cs_simulator.control.verify import _VERIFY
from cs_simulator.faults.actions import SHAPES
from cs_simulator.faults.verdict import ANY, OPTIONS, UNROUTED
from cs_simulator.faults.where import OPERATORS, WHERE
from cs_simulator.faults.wire import BREAKS
from cs_simulator.faults.written import FAULT
from cs_simulator.operations import OPERATION_IDS

HELP = "client/rules.py, which editors and type checkers go by, must have the same members"


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
    assert all_members(kind) == set(members), HELP


def test_words_are_those_that_the_server_knows() -> None:
    operations, others = get_args(rules.Target)
    assert set(get_args(operations)) == set(OPERATION_IDS), HELP
    assert set(get_args(others)) == {ANY, "*", OPTIONS, UNROUTED}
    assert get_args(rules.Connection) == tuple(BREAKS), HELP
    assert get_args(rules.Effect) == ("none", "applied")


def test_every_public_name_is_in_one_module() -> None:
    public = {
        name
        for module in (answers, rules)
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (getattr(value, "__module__", "") == module.__name__ or name in ("On", "Mode"))
    }
    literals = {"Criterion", "Connection", "Effect", "OperationId", "Span", "Target", "Value"}
    missing = (public | literals) - set(cs_simulator.client.__all__)
    assert not missing, f"client/__init__.py does not name {', '.join(sorted(missing))}"
    assert all(hasattr(cs_simulator.client, name) for name in cs_simulator.client.__all__)
