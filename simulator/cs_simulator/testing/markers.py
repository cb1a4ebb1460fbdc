"""The markers of a test."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

import pytest

from cs_simulator.client import SimulatorError
from cs_simulator.client.wording import DRILLS as DRILL_NAMES
from cs_simulator.client.wording import drill_named

SCENARIO = "context_services_scenario"
GENERAL = "scenario"
"""A short form of it, unless the project has its own marker of that name."""
WORLD = "context_services_world"
STRICT = "context_services_strict"
DRILLS = "context_services_drills"

ALLOWED = ("unrouted", "rejected", "hinted", "idle_faults")
"""What a strict test may allow."""

_SCENARIO_TAKES = 'one argument, a name, a path or a document, for example @pytest.mark.{}("demo")'


class Strictness(NamedTuple):
    """Whether a test fails for unexpected errors, and which it allows."""

    is_on: bool
    allowed: frozenset[str] = frozenset()


def scenario_of(node: pytest.Item | pytest.Collector) -> Any:
    """Return the scenario in the markers of a test or collector, or None.

    Raises :exc:`SimulatorError` if a marker is not valid, or if the test runs in a drill and has a
    scenario of its own too.
    """
    is_ours = is_general_ours(node.config)
    marks = [
        mark
        for mark in node.iter_markers()
        if mark.name == SCENARIO or (mark.name == GENERAL and is_ours and is_scenario(mark))
    ]
    if marks and not is_scenario(marks[0]):
        raise SimulatorError(_wrong(marks[0], _SCENARIO_TAKES.format(SCENARIO)))
    params = getattr(getattr(node, "callspec", None), "params", {})
    drill = params.get("context_services_drill")
    if drill is not None:
        for mark in marks:
            if mark in node.own_markers and mark.args != (drill,):
                raise SimulatorError(
                    f"marker {DRILLS}: a drill is a scenario, so the test cannot have another one; "
                    f"remove the marker {mark.name}, or extend the drill in a scenario"
                )
    return marks[0].args[0] if marks else None


def is_general_ours(config: pytest.Config) -> bool:
    """Tell whether the project has not declared the general marker name itself."""
    lines = [line for line in config.getini("markers") if _name_in(line) == GENERAL]
    return len(lines) == 1


def is_scenario(mark: pytest.Mark) -> bool:
    """Tell whether a marker's arguments are exactly one scenario."""
    return (
        len(mark.args) == 1
        and not mark.kwargs
        and isinstance(mark.args[0], (str, os.PathLike, Mapping))
    )


def world_of(node: pytest.Item | pytest.Collector) -> str | None:
    """Return the name of the world that a test is to use, or None for one of its own."""
    mark = node.get_closest_marker(WORLD)
    if mark is None:
        return None
    if len(mark.args) != 1 or mark.kwargs or not mark.args[0] or not isinstance(mark.args[0], str):
        takes = f'one argument, the name of a world, for example @pytest.mark.{WORLD}("shop")'
        raise SimulatorError(_wrong(mark, takes))
    name: str = mark.args[0]
    return name


def strictness_of(node: pytest.Item | pytest.Collector, *, by_default: bool) -> Strictness:
    """Return the strictness of a test; ``by_default`` is the project's setting."""
    mark = node.get_closest_marker(STRICT)
    if mark is None:
        return Strictness(by_default)
    on = (*mark.args, *(mark.kwargs[name] for name in ("on",) if name in mark.kwargs))
    allow = mark.kwargs.get("allow", ())
    words = (allow,) if isinstance(allow, str) else allow
    if (
        len(on) > 1
        or set(mark.kwargs) - {"on", "allow"}
        or not all(isinstance(value, bool) for value in on)
        or not isinstance(words, (list, tuple, set, frozenset))
        or (on == (False,) and words)
    ):
        takes = f'nothing, False, or what to allow: @pytest.mark.{STRICT}(allow=["rejected"])'
        raise SimulatorError(_wrong(mark, takes))
    for word in words:
        if word not in ALLOWED:
            near = get_close_matches(str(word), ALLOWED, 1)
            end = f"did you mean {near[0]}?" if near else f"allowed: {', '.join(ALLOWED)}"
            raise SimulatorError(f"marker {STRICT} cannot allow {word!r}; {end}")
    return Strictness(on != (False,), frozenset(words))


def drills_of(mark: pytest.Mark) -> list[str]:
    """Return the drills that a marker names, all if it names none."""
    if mark.kwargs or not all(isinstance(arg, str) and arg for arg in mark.args):
        takes = f'names of drills, or nothing for all: @pytest.mark.{DRILLS}("lost-answer")'
        raise SimulatorError(_wrong(mark, takes))
    return [drill_named(name) for name in mark.args or DRILL_NAMES]


def _wrong(mark: pytest.Mark, takes: str) -> str:
    said = [repr(arg) for arg in mark.args]
    said += [f"{name}={value!r}" for name, value in mark.kwargs.items()]
    return f"marker {mark.name}: expected {takes}, found ({', '.join(said)})"


def _name_in(line: str) -> str:
    """Return the name of the marker that a declaration line declares."""
    return line.partition(":")[0].partition("(")[0].strip()
