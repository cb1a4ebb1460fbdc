"""Rules and stages in the form of a document: their keys, conversions and invalid combinations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cs_simulator.clock import Mode
from cs_simulator.documents.problems import Problem, UnfitError, shown
from cs_simulator.documents.shape import (
    FRACTION,
    SPAN,
    SPAN_PATTERN,
    Checker,
    EitherMapOr,
    ListOf,
    Record,
    Scalar,
    Schema,
    Shape,
    inside,
    span,
)
from cs_simulator.documents.values import Integer, Text
from cs_simulator.faults.actions import ACTIONS, KEEPS_NULL, SHAPES, Action, Beside, action_of
from cs_simulator.faults.rules import RateThreshold, Rule
from cs_simulator.faults.stages import FaultStage, Until
from cs_simulator.faults.verdict import ANY
from cs_simulator.faults.where import WHERE, On, where_of

_COUNT = Scalar(Integer(32, minimum=1))
_WHOLE = Scalar(Integer(32, minimum=0))
_NAME_PATTERN = r"^(?![\s{])[^\x00-\x1f\x7f]{0,99}[^\s\x00-\x1f\x7f]$"
_NAME = re.compile(_NAME_PATTERN)


def _length(value: object) -> int:
    milliseconds = span(value)
    if milliseconds == 0:
        raise UnfitError("a duration longer than 0")
    return milliseconds


def _repeat(value: object) -> int | str:
    if value == "forever":
        return "forever"
    if type(value) is int and value >= 1:
        return value
    raise UnfitError("a number of times, or forever")


def _pass(value: object) -> str:
    if value == "pass":
        return "pass"
    raise UnfitError("a map of actions, or pass")


def _rule_name(value: object) -> str:
    # It must fit into a header, which strips spaces around a value, and in which { begins a rule.
    name = str(value) if type(value) is int else value
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise UnfitError("a name of 1 to 100 characters, without spaces around it or a { at its start")


class Between:
    """Two durations since the rule came into force."""

    def check(self, value: Any, at: str, checker: Checker) -> tuple[int, int] | None:
        """Return the durations in milliseconds."""
        if not isinstance(value, list) or len(value) != 2:
            checker.expected(at, "two durations such as [10s, 40s]", value)
            return None
        low, high = ListOf(SPAN).check(value, at, checker)
        if low is None or high is None:
            return None
        if low >= high:
            checker.problem(
                at, "the window is empty", "the second duration must be longer than the first"
            )
        return low, high

    def json_schema(self) -> Schema:
        """Return the schema of the two durations."""
        return {"type": "array", "items": SPAN.json_schema(), "minItems": 2, "maxItems": 2}


LENGTH = Scalar(
    _length, {"type": "string", "pattern": SPAN_PATTERN.replace("^", "^(?!0+[a-zM]+$)", 1)}
)
"""A duration greater than zero."""

_STEP = EitherMapOr(Record(SHAPES, keeps_null=KEEPS_NULL), Scalar(_pass, {"const": "pass"}))
_RULE = Record(
    {
        "name": Scalar(
            _rule_name,
            {"anyOf": [{"type": "string", "pattern": _NAME_PATTERN}, {"type": "integer"}]},
        ),
        "on": On(),
        "where": WHERE,
        "between": Between(),
        "skip": _WHOLE,
        "every": _COUNT,
        "times": _WHOLE,
        "probability": FRACTION,
        "above_rate": Record(
            {"calls": _COUNT, "per": LENGTH},
            needed=("calls", "per"),
        ),
        "sequence": ListOf(_STEP),
        "repeat": Scalar(
            _repeat, {"anyOf": [{"const": "forever"}, {"type": "integer", "minimum": 1}]}
        ),
        **SHAPES,
    },
    needed=("on",),
    keeps_null=KEEPS_NULL,
)


class WrittenRecord(NamedTuple):
    """A record that is checked again for contradictions, also if some of it is not valid.

    The value is kept under ``written``, and how many problems it has under ``wrong``: if there are
    any, nothing can be said to be missing.
    """

    record: Record

    @property
    def members(self) -> Mapping[str, Shape]:
        """The keys of the record."""
        return self.record.members

    @property
    def needed(self) -> Sequence[str]:
        """The required keys."""
        return self.record.needed

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the record's members."""
        before = checker.count
        members = self.record.check(value, at, checker)
        return {**members, "written": value, "wrong": checker.count - before}

    def json_schema(self) -> Schema:
        """Return the schema of the record."""
        return self.record.json_schema()


FAULT = WrittenRecord(_RULE)
"""A fault rule."""


def rules_of(
    given: Sequence[Mapping[str, Any]],
    at: str,
    checker: Checker,
    clock_mode: Mode,
    names: Iterable[str] = (),
) -> list[Rule]:
    """Return the rules that checked faults describe, each with a unique name."""
    rules = []
    seen = set(names)
    taken = {fault["name"] for fault in given if fault.get("name")} | seen
    numbers: Counter[str] = Counter()
    for place, fault in enumerate(given):
        where = f"{at}[{place}]"
        name = fault.get("name") or _free_name(fault, taken, numbers)
        if name in seen:
            checker.problem(inside(where, "name"), f"fault rule {shown(name)} already exists")
        seen.add(name)
        rules.append(rule_of(fault, name, where, checker, clock_mode))
    return rules


def named_rule(
    fault: Mapping[str, Any], names: Iterable[str], checker: Checker, clock_mode: Mode
) -> Rule:
    """Return the rule of one checked fault; without a name, it gets one that is free."""
    name = fault.get("name") or _free_name(fault, set(names), Counter())
    return rule_of(fault, name, "", checker, clock_mode)


def request_rule(
    document: Mapping[str, Any], clock_mode: Mode
) -> tuple[Rule | None, Sequence[Problem]]:
    """Return the rule in a request's header, or None and its problems."""
    checker = Checker()
    given = {
        name: value for name, value in document.items() if name in KEEPS_NULL or value is not None
    }
    fault = FAULT.check({"name": "X-Simulator-Fault", "on": ANY, **given}, "", checker)
    rule = rule_of(fault, fault.get("name") or "", "", checker, clock_mode)
    return (None if checker else rule), checker.problems


def _free_name(fault: Mapping[str, Any], taken: set[str], numbers: Counter[str]) -> str:
    """Return a free name; ``numbers`` has the last number tried for each prefix."""
    operation = sorted(fault.get("on") or {ANY})[0]
    while True:
        numbers[operation] += 1
        name = f"{operation}-{numbers[operation]}"
        if name not in taken:
            return name


def rule_of(
    fault: Mapping[str, Any], name: str, at: str, checker: Checker, clock_mode: Mode
) -> Rule:
    """Return the rule that one checked fault describes; add problems for invalid combinations."""
    is_whole = not fault["wrong"]
    steps = fault.get("sequence")
    beside = Beside(clock_mode, "above_rate" in fault, is_whole)
    action: Action | None = None
    sequence: list[Action | None] = []
    if steps is None:
        action = action_of(fault, at, beside, checker)
        if action == Action() and is_whole:
            expected = f"expected at least one of {', '.join(ACTIONS)}, or sequence"
            checker.problem(at, "no action", expected)
        if "repeat" in fault and is_whole:
            checker.problem(inside(at, "repeat"), "only allowed with sequence")
    else:
        excluded = [key for key in ("times", "every", "probability", *SHAPES) if key in fault]
        if excluded:
            checker.problem(at, f"sequence cannot be combined with {', '.join(excluded)}")
        if not steps and is_whole:
            checker.expected(inside(at, "sequence"), "at least one step", steps)
        elif steps and all(step == "pass" for step in steps):
            checker.problem(
                inside(at, "sequence"), "every step is pass", "at least one needs an action"
            )
        for place, step in enumerate(steps):
            if not isinstance(step, Mapping):
                sequence.append(None)
                continue
            step_at = f"{inside(at, 'sequence')}[{place}]"
            sequence.append(action_of(step, step_at, beside, checker))
            if sequence[-1] == Action() and is_whole:
                expected = f"expected at least one of {', '.join(ACTIONS)}, or pass"
                checker.problem(step_at, "no action", expected)
    rate = fault.get("above_rate") or {}
    calls, per = rate.get("calls"), rate.get("per")
    repeat = fault.get("repeat", 1)
    return Rule(
        name=name,
        on=fault.get("on") or frozenset(),
        where=where_of(fault.get("where")),
        between=fault.get("between"),
        skip=fault.get("skip") or 0,
        every=fault.get("every") or 1,
        times=fault.get("times"),
        probability=fault.get("probability", 1.0),
        above_rate=RateThreshold(calls, per) if calls and per else None,
        action=action,
        sequence=tuple(sequence),
        repeat=None if repeat == "forever" else repeat,
        source=fault["written"],
    )


STAGE = WrittenRecord(
    Record(
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
)
"""A stage."""


def stages_of(
    given: Sequence[Mapping[str, Any]], faults: Sequence[Rule], checker: Checker, mode: Mode
) -> list[FaultStage]:
    """Return the stages that checked members describe; each leads to the next by default."""
    names = [stage.get("name") or "" for stage in given]
    are_whole = [_is_whole(stage) for stage in given]
    first = {name: place for place, name in reversed(list(enumerate(names)))}
    stages = []
    for place, stage in enumerate(given):
        at = f"stages[{place}]"
        if names[place] and first[names[place]] < place:
            checker.problem(f"{at}.name", f"stage {shown(names[place])} already exists")
        until = stage.get("until") or {}
        then = _next(stage, names, place, at, checker)
        if "until" in stage and are_whole[place]:
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
                source=stage["written"],
            )
        )
    if all(are_whole) and all(stage.get("then") in (None, *names) for stage in given):
        _check_reached(stages, checker)
    return stages


def _is_whole(stage: Mapping[str, Any]) -> bool:
    """Tell whether a stage has no problem except in its rules."""
    in_rules = sum(rule["wrong"] for rule in stage.get("faults", ()))
    return bool(stage["wrong"] == in_rules)


def _next(
    stage: Mapping[str, Any], names: Sequence[str], place: int, at: str, checker: Checker
) -> int | None:
    wanted = stage.get("then")
    if wanted is None:
        return place + 1 if place + 1 < len(names) and "until" in stage else None
    if wanted not in names:
        if all(names):
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
