"""What is valid in a scenario and probably not intended: services and rules without effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from cs_simulator.clock import format_instant
from cs_simulator.domain.store import EXPIRE, due_times
from cs_simulator.faults.criteria import NOWHERE
from cs_simulator.faults.verdict import ANY

if TYPE_CHECKING:
    from cs_simulator.clock import Instant
    from cs_simulator.domain.model import Service, State, Task
    from cs_simulator.faults.rules import Rule
    from cs_simulator.faults.stages import FaultStage
    from cs_simulator.scenario.loader import LoadedScenario

MOST = 10
"""The maximum number of warnings of one kind."""


def warnings_of(scenario: LoadedScenario) -> list[str]:
    """Return a sentence about each thing in a scenario that has no effect."""
    found = list(islice(_expired(scenario), MOST))
    found += islice(_out_of_order(scenario), MOST)
    for rules in (scenario.faults, *(stage.rules for stage in scenario.stages)):
        found += islice(_idle_rules(rules), MOST)
        if scenario.clock_mode == "frozen":
            found += islice(_waits_without_end(rules), MOST)
    if scenario.clock_mode == "frozen":
        found += islice(_stays_without_end(scenario.stages), MOST)
    return found


def _expired(scenario: LoadedScenario) -> Iterator[str]:
    """Yield the services that expire before the world begins."""
    now = scenario.clock().now()
    for store in scenario.base(now).stores.values():
        for service in store.services():
            for instant, what, _ in due_times(service):
                if what == EXPIRE and instant <= now:
                    yield (
                        f"service {service.service_id} expires at {format_instant(instant)}, "
                        f"before the world begins at {format_instant(now)}: "
                        "it will never be visible"
                    )


def _out_of_order(scenario: LoadedScenario) -> Iterator[str]:
    """Yield what starts after the world begins, or ends before it starts."""
    now = scenario.clock().now()
    for store in scenario.base(now).stores.values():
        for service in store.services():
            name = f"service {service.service_id}"
            yield from _wrong_times(name, service, now)
            for state_id, state in store.states(service.number).items():
                yield from _wrong_times(f"state {state_id} of {name}", state, now)
            for task_id, task in store.tasks(service.number).items():
                yield from _wrong_times(f"task {task_id} of {name}", task, now)


def _wrong_times(name: str, part: Service | State | Task, now: Instant) -> Iterator[str]:
    started = part.started.timestamp
    if started > now:
        yield (
            f"{name} starts at {format_instant(started)}, "
            f"after the world begins at {format_instant(now)}"
        )
    if part.completed is not None and part.completed.timestamp < started:
        yield (
            f"{name} is completed at {format_instant(part.completed.timestamp)}, "
            f"before it starts at {format_instant(started)}"
        )


def _idle_rules(rules: Sequence[Rule]) -> Iterator[str]:
    """Yield the rules that can never act."""
    for place, rule in enumerate(rules):
        if rule.probability == 0:
            yield f"fault rule {rule.name} never acts: its probability is 0"
        elif _only_decides(rule):
            over = next((earlier for earlier in rules[:place] if _hides(earlier, rule)), None)
            if over is not None:
                yield (
                    f"fault rule {rule.name} never acts: {over.name} comes first, always acts and "
                    "decides the response; put the narrower rule first"
                )


def _waits_without_end(rules: Sequence[Rule]) -> Iterator[str]:
    """Yield the rules that tell a client to wait for a stopped clock."""
    for rule in rules:
        response = None if rule.action is None else rule.action.values.get("response")
        if response is not None and response.automatic:
            yield (
                f"fault rule {rule.name} sends Retry-After: auto, but the clock is frozen: "
                "no retry succeeds until the clock is advanced"
            )


def _stays_without_end(stages: Sequence[FaultStage]) -> Iterator[str]:
    """Yield the stages that end by a stopped clock."""
    for stage in stages:
        if stage.until.elapsed is not None and stage.until.calls is None:
            yield (
                f"stage {stage.name} ends by elapsed, but the clock is frozen: it lasts "
                "until the clock is advanced"
            )


def _only_decides(rule: Rule) -> bool:
    """Tell whether a rule has only an outcome, of which a request can have one."""
    return rule.action is not None and rule.action.has_outcome


def _hides(first: Rule, rule: Rule) -> bool:
    """Tell whether a rule decides every request that another one applies to."""
    always = (
        first.where == NOWHERE
        and first.between is None
        and first.skip == 0
        and first.every == 1
        and first.times is None
        and first.probability == 1
        and first.above_rate is None
    )
    return always and _only_decides(first) and (ANY in first.on or rule.on <= first.on)
