"""The engine: rules in force, their counters, and the judgement of one request.

Counting happens under the world's lock, so it is exact. A draw is a function of the seed, the
rule's name and the number of the match: other rules and threads cannot change it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.clock import Instant
from simulator.faults.criteria import Difference, Facts
from simulator.faults.rules import Action, Delay, Rule
from simulator.ids import draw, normal_draw

Origin = Literal["runtime", "stage", "document"]


@dataclass(slots=True)
class Counters:
    """How often a rule matched, acted and was shadowed, and how far its sequence is."""

    since: Instant
    matched: int = 0
    acted: int = 0
    shadowed: int = 0
    step: int = 0
    recent: deque[Instant] = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one rule for one request, and why."""

    rule: str
    verdict: Literal["acted", "passed", "shadowed", "not due", "no match"]
    why: str = ""
    differences: Sequence[Difference] = ()

    def as_members(self) -> dict[str, Any]:
        """Return the judgement as JSON members."""
        members: dict[str, Any] = {"rule": self.rule, "verdict": self.verdict}
        if self.why:
            members["why"] = self.why
        if self.differences:
            members["failed"] = [
                {"criterion": each.criterion, "expected": each.expected, "found": each.found}
                for each in self.differences
            ]
        return members


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a request: the delays, the advance, and the outcome if there is one."""

    acted: tuple[str, ...] = ()
    delay: float = 0.0
    """Real milliseconds."""
    advance: int = 0
    actions: tuple[Action, ...] = ()
    outcome: Action | None = None
    outcome_rule: str | None = None
    retry_after: int | None = None
    """Seconds until a rule of a rate lets a call through."""
    judgements: tuple[Judgement, ...] = ()

    @property
    def carries_out(self) -> bool:
        """Whether the operation takes place."""
        return self.outcome is None or self.outcome.carries_out


NOTHING = Verdict()


class RuleBook:
    """The rules in force in one world, in their order, with their counters."""

    __slots__ = ("_counters", "_document", "_runtime", "_seed", "_stage")

    def __init__(self, seed: int, document: Iterable[Rule], now: Instant) -> None:
        self._seed = seed
        self._runtime: list[Rule] = []
        self._stage: tuple[Rule, ...] = ()
        self._document: tuple[Rule, ...] = tuple(document)
        self._counters: dict[str, Counters] = {rule.name: Counters(now) for rule in self._document}

    def __bool__(self) -> bool:
        return bool(self._runtime or self._stage or self._document)

    def rules(self) -> list[Rule]:
        """Return the rules in force, in the order they are judged."""
        return [*self._runtime, *self._stage, *self._document]

    def named(self, name: str) -> Rule | None:
        """Return the rule of a name, or None."""
        return next((rule for rule in self.rules() if rule.name == name), None)

    def counters(self, name: str) -> Counters:
        """Return the counters of a rule in force."""
        return self._counters[name]

    def enter_stage(self, rules: Iterable[Rule], now: Instant) -> None:
        """Put the rules of a stage in force, in place of those of the stage before."""
        for rule in self._stage:
            del self._counters[rule.name]
        self._stage = tuple(rules)
        for rule in self._stage:
            self._counters[rule.name] = Counters(now)

    def put(self, rule: Rule, now: Instant) -> None:
        """Put a rule in force: before all others, or in the place of the one of its name."""
        self._counters[rule.name] = Counters(now)
        for rules in (self._runtime,):
            for position, each in enumerate(rules):
                if each.name == rule.name:
                    rules[position] = rule
                    return
        self.remove_where_named(rule.name)
        self._runtime.insert(0, rule)

    def remove_where_named(self, name: str) -> bool:
        """Take a rule out of force; tell whether it was there."""
        before = len(self.rules())
        self._runtime = [rule for rule in self._runtime if rule.name != name]
        self._stage = tuple(rule for rule in self._stage if rule.name != name)
        self._document = tuple(rule for rule in self._document if rule.name != name)
        return len(self.rules()) < before

    def judge(self, facts: Facts, now: Instant, forced: Rule | None = None) -> Verdict:
        """Count a request and return what happens to it.

        ``forced`` is a rule that the request itself asks for: it acts whatever its schedule says,
        and before all others.
        """
        judgements: list[Judgement] = []
        acting: list[tuple[Rule, Action, int, Counters]] = []
        outcome: tuple[Rule, Action, int, Counters] | None = None
        if forced is not None:
            counters = self._counters.get(forced.name) or Counters(now)
            number = counters.matched + 1
            counters.matched = number
            counters.acted += 1
            action = forced.action
            if action is None:
                action = next((step for step in forced.sequence if step is not None), Action())
            acting.append((forced, action, number, counters))
            if action.has_outcome:
                outcome = acting[-1]
            judgements.append(Judgement(forced.name, "acted", "the request asked for it"))
        for rule in self.rules():
            if forced is not None and rule.name == forced.name:
                continue
            counters = self._counters[rule.name]
            judgement, action = _judged(rule, counters, facts, now, self._seed)
            if action is not None:
                if action.has_outcome and outcome is not None:
                    counters.shadowed += 1
                    judgement = Judgement(rule.name, "shadowed", f"{outcome[0].name} acted first")
                else:
                    _spend(rule, counters)
                    counters.acted += 1
                    acting.append((rule, action, counters.matched, counters))
                    if action.has_outcome:
                        outcome = acting[-1]
            judgements.append(judgement)
        return self._verdict(acting, outcome, tuple(judgements), now)

    def _verdict(
        self,
        acting: Sequence[tuple[Rule, Action, int, Counters]],
        outcome: tuple[Rule, Action, int, Counters] | None,
        judgements: tuple[Judgement, ...],
        now: Instant,
    ) -> Verdict:
        retry_after = None
        if outcome is not None and outcome[0].over is not None and outcome[3].recent:
            free = outcome[3].recent[0] + outcome[0].over.per - now
            retry_after = max(1, math.ceil(free / 1000))
        return Verdict(
            acted=tuple(rule.name for rule, *_ in acting),
            delay=sum(
                drawn_delay(action.delay, self._seed, rule.name, number)
                for rule, action, number, _ in acting
                if action.delay is not None
            ),
            advance=sum(action.advance or 0 for _, action, _, _ in acting),
            actions=tuple(action for _, action, _, _ in acting),
            outcome=None if outcome is None else outcome[1],
            outcome_rule=None if outcome is None else outcome[0].name,
            retry_after=retry_after,
            judgements=judgements,
        )


def _judged(
    rule: Rule, counters: Counters, facts: Facts, now: Instant, seed: int
) -> tuple[Judgement, Action | None]:
    """Count a match and say whether the rule is due; the action is None where it is not."""
    if not rule.concerns(facts.operation):
        wanted = sorted(rule.on)
        difference = Difference("on", wanted[0] if len(wanted) == 1 else wanted, facts.operation)
        return Judgement(rule.name, "no match", differences=[difference]), None
    elapsed = now - counters.since
    if rule.between is not None and not rule.between[0] <= elapsed < rule.between[1]:
        expected = f"{rule.between[0]} to {rule.between[1]} ms since the rule came into force"
        difference = Difference("between", expected, elapsed)
        return Judgement(rule.name, "no match", differences=[difference]), None
    differences = rule.where.differences(facts)
    if differences:
        return Judgement(rule.name, "no match", differences=differences), None
    counters.matched += 1
    rate_passed = rule.over is None or _passes_rate(rule, counters, now)
    why = _why_not_due(rule, counters, seed, rate_passed=rate_passed)
    if why:
        return Judgement(rule.name, "not due", why), None
    if rule.action is not None:
        return Judgement(rule.name, "acted"), rule.action
    number = counters.step
    step = rule.sequence[number % len(rule.sequence)]
    what = f"step {number % len(rule.sequence) + 1} of {len(rule.sequence)}"
    if step is None:
        counters.step += 1
        return Judgement(rule.name, "passed", what), None
    return Judgement(rule.name, "acted", what), step


def _why_not_due(rule: Rule, counters: Counters, seed: int, *, rate_passed: bool) -> str:
    number = counters.matched
    if number <= rule.skip:
        return f"skipped {number} of {rule.skip}"
    if (number - rule.skip) % rule.every:
        return f"match {number - rule.skip}, acts on every {rule.every}"
    if rule.times is not None and counters.acted >= rule.times:
        return f"acted {counters.acted} of {rule.times} times"
    if rule.sequence and rule.repeat is not None:
        length = len(rule.sequence) * rule.repeat
        if counters.step >= length:
            return f"all {length} steps are used"
    if rule.probability < 1:
        drawn = draw(seed, rule.name, number)
        if drawn >= rule.probability:
            return f"drew {drawn:.3f} against {rule.probability:g}"
    if not rate_passed and rule.over is not None:
        return f"not more than {rule.over.calls} calls in {rule.over.per} ms"
    return ""


def _passes_rate(rule: Rule, counters: Counters, now: Instant) -> bool:
    """Note a call and tell whether it is past the rate: a window slides over the last calls."""
    rate = rule.over
    if rate is None:
        return True
    recent = counters.recent
    passed = len(recent) == rate.calls and recent[0] > now - rate.per
    recent.append(now)
    if len(recent) > rate.calls:
        recent.popleft()
    return passed


def _spend(rule: Rule, counters: Counters) -> None:
    if rule.sequence:
        counters.step += 1


def drawn_delay(delay: Delay, seed: int, name: str, number: int) -> float:
    """Return how long a delay is for one match, in milliseconds."""
    if delay.median is not None:
        value = delay.median * math.exp(delay.sigma * normal_draw(seed, name, "delay", number))
        return min(value, delay.high)
    if delay.low == delay.high:
        return delay.low
    return delay.low + (delay.high - delay.low) * draw(seed, name, "delay", number)
