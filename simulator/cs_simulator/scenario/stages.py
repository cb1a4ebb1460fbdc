"""Stages as a document writes them, and what they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cs_simulator.clock import Mode
from cs_simulator.documents.problems import shown
from cs_simulator.documents.shape import Checker, ListOf, Record, Scalar
from cs_simulator.documents.values import Integer, Text
from cs_simulator.faults.rules import Rule
from cs_simulator.faults.stages import FaultStage, Until
from cs_simulator.faults.verdict import ANY
from cs_simulator.scenario.criteria import WHERE, On, where_of
from cs_simulator.scenario.faults import FAULT, LENGTH, rules_of

STAGE = Record(
    {
        "name": Scalar(Text(empty=False)),
        "until": Record(
            {
                "calls": Scalar(Integer(32, minimum=1)),
                "elapsed": LENGTH,
                "on": On(),
                "where": WHERE,
            }
        ),
        "faults": ListOf(FAULT),
        "then": Scalar(Text(empty=False)),
    },
    needed=("name",),
)
"""A stage."""


def stages_of(
    given: Sequence[Mapping[str, Any]], faults: Sequence[Rule], checker: Checker, mode: Mode
) -> list[FaultStage]:
    """Return the stages that checked members describe; each leads to the next unless it says so."""
    names = [stage.get("name") or "" for stage in given]
    first = {name: place for place, name in reversed(list(enumerate(names)))}
    stages = []
    for place, stage in enumerate(given):
        at = f"stages[{place}]"
        if first[names[place]] < place:
            checker.problem(f"{at}.name", f"stage {shown(names[place])} already exists")
        until = stage.get("until") or {}
        then = _next(stage, names, place, at, checker)
        if "until" in stage:
            _check_until(until, at, checker, leads_on=then is not None or "then" in stage)
        taken = [rule.name for rule in faults]
        stages.append(
            FaultStage(
                name=names[place],
                until=Until(
                    calls=until.get("calls"),
                    elapsed=until.get("elapsed"),
                    on=until.get("on") or frozenset({ANY}),
                    where=where_of(until.get("where")),
                ),
                rules=tuple(
                    rules_of(stage.get("faults", ()), f"{at}.faults", checker, mode, taken)
                ),
                then=then,
            )
        )
    if all(stage.get("then") in (None, *names) for stage in given):
        _check_reached(stages, checker)
    return stages


def _next(
    stage: Mapping[str, Any], names: Sequence[str], place: int, at: str, checker: Checker
) -> int | None:
    wanted = stage.get("then")
    if wanted is None:
        return place + 1 if place + 1 < len(names) and "until" in stage else None
    if wanted not in names:
        checker.no_such(f"{at}.then", wanted, names, "stage")
        return None
    return names.index(wanted)


def _check_until(until: Mapping[str, Any], at: str, checker: Checker, *, leads_on: bool) -> None:
    if until.get("calls") is None and until.get("elapsed") is None:
        checker.problem(f"{at}.until", "expected calls or elapsed")
    for key in ("on", "where"):
        if key in until and until.get("calls") is None:
            checker.problem(f"{at}.until.{key}", "only allowed with calls")
    if not leads_on:
        checker.problem(f"{at}.until", "no stage follows", "remove until or add then")


def _check_reached(stages: Sequence[FaultStage], checker: Checker) -> None:
    reached: set[int] = set()
    number: int | None = 0 if stages else None
    while number is not None and number not in reached:
        reached.add(number)
        number = stages[number].then
    for place, stage in enumerate(stages):
        if place not in reached:
            checker.problem(f"stages[{place}]", f"stage {shown(stage.name)} is unreachable")
