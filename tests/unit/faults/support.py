"""What tests of rules share: rules as documents write them, and requests to judge them by."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cs_simulator.clock import Instant, Mode, stopwatch
from cs_simulator.documents.shape import Checker, ListOf
from cs_simulator.faults.actions import ACTIONS
from cs_simulator.faults.criteria import Facts
from cs_simulator.faults.engine import RuleBook
from cs_simulator.faults.rules import Rule
from cs_simulator.faults.stages import FaultStage, Stages
from cs_simulator.faults.verdict import Verdict
from cs_simulator.faults.written import FAULT, STAGE, rules_of, stages_of
from tests.support.problems import Said, said

Written = Mapping[str, Any]

SEED = 7
ACTS = ", ".join(ACTIONS)
"""What a rule can do, as messages list it."""


def call(operation: str = "start_service", **members: Any) -> Facts:
    """Return the facts of a request."""
    shown: dict[str, Any] = {"method": "POST", "path": "/x", "query": {}, "headers": {}}
    return Facts(operation=operation, **{**shown, **members})


def read_rules(written: Sequence[Written], mode: Mode = "frozen") -> tuple[list[Rule], list[str]]:
    """Return the rules that a document describes, and all that is wrong with them."""
    checker = Checker("s")
    checked = ListOf(FAULT).check(list(written), "faults", checker)
    rules = [] if checker else rules_of(checked, "faults", checker, mode)
    return rules, [each.sentence for each in checker.problems]


def rules(*written: Written, mode: Mode = "frozen") -> list[Rule]:
    """Return the rules that a document describes."""
    found, mistakes = read_rules(written, mode)
    assert mistakes == []
    return found


def rule(**written: Any) -> Rule:
    """Return one rule, for any operation unless it says otherwise."""
    [found] = rules({"on": "any", **written})
    return found


def refused(**written: Any) -> list[str]:
    """Return what is wrong with one rule, that is for any operation unless it says otherwise."""
    _, mistakes = read_rules([{"on": "any", **written}])
    return [
        each.removeprefix("faults[0]").removeprefix(".").removeprefix(": ") for each in mistakes
    ]


def rule_problems(**written: Any) -> list[Said]:
    """Return the problems of one rule, that is for any operation unless it says otherwise."""
    checker = Checker("s")
    checked = ListOf(FAULT).check([{"on": "any", **written}], "faults", checker)
    if not checker:
        rules_of(checked, "faults", checker, "frozen")
    found = [said(problem, place=False) for problem in checker.problems]
    return [each._replace(at=each.at.removeprefix("faults[0]").removeprefix(".")) for each in found]


def stage_problems(written: Sequence[Written], *faults: Written) -> list[Said]:
    """Return the problems of some stages."""
    checker = Checker("s")
    checked = ListOf(STAGE).check(list(written), "stages", checker)
    if not checker:
        stages_of(checked, rules(*faults), checker, "frozen")
    return [said(problem, place=False) for problem in checker.problems]


def book(*written: Written, seed: int = SEED, now: Instant = 0) -> RuleBook:
    """Return the rules of a document, in force from an instant."""
    return RuleBook(seed, rules(*written), now)


def read_stages(written: Sequence[Written], *faults: Written) -> tuple[list[FaultStage], list[str]]:
    """Return the stages that a document describes, and all that is wrong with them."""
    checker = Checker("s")
    checked = ListOf(STAGE).check(list(written), "stages", checker)
    found = [] if checker else stages_of(checked, rules(*faults), checker, "frozen")
    return found, [each.sentence for each in checker.problems]


def staged(
    *written: Written, faults: Sequence[Written] = (), now: Instant = 0
) -> tuple[Stages, RuleBook]:
    """Return where a world with such stages and rules begins."""
    found, mistakes = read_stages(written, *faults)
    assert mistakes == []
    in_force = book(*faults, now=now)
    return Stages(found, in_force, now), in_force


def acted(rules_in_force: RuleBook, calls: int, *, now: Instant = 0) -> list[int]:
    """Make calls; return the numbers, from 1, of those on which a rule acted."""
    return [n for n in range(1, calls + 1) if rules_in_force.judge(call(), now).acted]


def verdicts(verdict: Verdict) -> dict[str, str]:
    """Return what became of each rule."""
    return {each.rule: each.decision for each in verdict.judgements}


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    begun = stopwatch()
    while not holds():
        assert stopwatch() - begun < 10
        threading.Event().wait(0.001)
