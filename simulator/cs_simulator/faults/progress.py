"""Progress in the form of a snapshot, and what it means for a world's rules and stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cs_simulator.documents.shape import Checker, ListOf, MapOf, Record, Scalar
from cs_simulator.documents.values import Boolean, Integer, Moment, Text
from cs_simulator.faults.rules import Progress, Rule, RuleProgress, StageProgress
from cs_simulator.faults.stages import FaultStage

_MOMENT = Scalar(Moment())
_COUNT = Scalar(Integer(64, minimum=0))
_COUNTS = ("matched", "acted", "shadowed", "step")

PROGRESS = Record(
    {
        "faults": MapOf(
            Record(
                {
                    "since": _MOMENT,
                    **dict.fromkeys(_COUNTS, _COUNT),
                    "recent": ListOf(_MOMENT),
                    "runtime": Scalar(Boolean()),
                },
                needed=("since",),
            )
        ),
        "stage": Record(
            {"name": Scalar(Text(empty=False)), "entered": _MOMENT, "calls": _COUNT},
            needed=("name", "entered"),
        ),
    }
)
"""The counters of the rules in force, by name, and the stage.

With ``faults``, a rule of the stage that is not listed there is out of force until its stage is
entered again; with ``runtime``, a rule comes before those of the stage.
"""


def runtime_names(given: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the names of the rules that were added at run time."""
    faults = (given or {}).get("faults", {})
    return frozenset(name for name, each in faults.items() if each.get("runtime"))


def progress_of(
    given: Mapping[str, Any] | None,
    faults: Sequence[Rule],
    stages: Sequence[FaultStage],
    checker: Checker,
) -> Progress | None:
    """Return the progress that checked members describe; add problems for unknown names."""
    if given is None:
        return None
    stage = given.get("stage")
    current = stages[0] if stages else None
    if stage is not None:
        names = [each.name for each in stages]
        current = next((each for each in stages if each.name == stage["name"]), None)
        if current is None:
            wanted = stage["name"]
            checker.no_such("progress.stage.name", wanted, names, "stage", "no stage exists")
    rules = {rule.name: rule for rule in (*(current.rules if current else ()), *faults)}
    of_document = {rule.name for rule in faults}
    counters = given.get("faults")
    for name, each in (counters or {}).items():
        at = f"progress.faults.{name}"
        if name not in rules:
            checker.no_such(at, name, rules, "fault rule in force", "no rules are in force")
            continue
        if each.get("runtime") and name not in of_document:
            checker.problem(at, "runtime is only allowed with a fault outside the stages")
        rate = rules[name].above_rate
        most = 0 if rate is None else rate.calls
        if len(each.get("recent", ())) > most:
            checker.problem(f"{at}.recent", f"more calls than the rule's rate counts: {most}")
    return Progress(
        faults=None if counters is None else {name: _rule(each) for name, each in counters.items()},
        stage=None
        if stage is None
        else StageProgress(stage["name"], stage["entered"], stage.get("calls", 0)),
    )


def _rule(given: Mapping[str, Any]) -> RuleProgress:
    return RuleProgress(
        since=given["since"],
        **{name: given.get(name, 0) for name in _COUNTS},
        recent=tuple(given.get("recent", ())),
        runtime=given.get("runtime", False),
    )
