"""The engine: the rules in force, their counters, and the judgement of one request.

Counting happens under the world's lock, so it is exact. A draw is a function of the seed, the
rule's name and the number of the match, so other rules and threads cannot change it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from cs_simulator.clock import Instant
from cs_simulator.domain.undo import UndoLog
from cs_simulator.faults.actions import Action, Draw
from cs_simulator.faults.criteria import Facts, Mismatch
from cs_simulator.faults.expressions import Patience
from cs_simulator.faults.rules import Rule, RuleProgress
from cs_simulator.faults.verdict import Judgement, Judgements, Verdict
from cs_simulator.ids import draw

Origin = Literal["runtime", "stage", "document"]


_MOST_GIVEN_UP = 10
"""After so many rules whose expressions took too long, those of further rules give up at once."""

_MANY = 32
"""This many rules take less than a millisecond."""


@dataclass(slots=True)
class RuleCounts:
    """How often a rule matched, acted and was shadowed, and its position in its sequence."""

    since: Instant
    matched: int = 0
    acted: int = 0
    shadowed: int = 0
    step: int = 0
    recent: deque[Instant] = field(default_factory=deque)

    @classmethod
    def of(cls, progress: RuleProgress) -> RuleCounts:
        """Return counters that continue from a given state."""
        return cls(
            progress.since,
            progress.matched,
            progress.acted,
            progress.shadowed,
            progress.step,
            deque(progress.recent),
        )

    def progress(self, *, runtime: bool) -> RuleProgress:
        """Return their current state, as a value."""
        return RuleProgress(
            self.since,
            self.matched,
            self.acted,
            self.shadowed,
            self.step,
            tuple(self.recent),
            runtime,
        )


@dataclass(frozen=True, slots=True)
class _InForce:
    """A rule and its counters."""

    rule: Rule
    counters: RuleCounts

    def copy(self) -> _InForce:
        """Return the same rule with a copy of its counters."""
        counters = replace(self.counters, recent=self.counters.recent.copy())
        return _InForce(self.rule, counters)


class _Concerned(NamedTuple):
    """The rules in force that apply to an operation: their positions among all."""

    positions: Sequence[int]
    may_take_long: bool


class _Order(NamedTuple):
    """The rules in force, in the order in which they are tried, with those of each operation."""

    in_force: Sequence[_InForce]
    rules: Sequence[Rule]
    of: dict[str, _Concerned]
    """Found when an operation is called for the first time."""

    def concerned(self, operation: str) -> _Concerned:
        """Return the rules that apply to an operation."""
        found = self.of.get(operation)
        if found is None:
            rules = self.rules
            positions = [at for at, rule in enumerate(rules) if rule.concerns(operation)]
            slow = len(positions) > _MANY or any(rules[at].where.may_take_long for at in positions)
            found = self.of[operation] = _Concerned(positions, slow)
        return found


@dataclass(frozen=True, slots=True)
class _Acting:
    """What a rule does to one request, with the number of the match."""

    rule: Rule
    action: Action
    counters: RuleCounts
    number: int

    def chance(self, seed: int) -> Draw:
        """Return the input of random draws at this match."""
        return Draw(seed, self.rule.name, self.number)


class RuleBook:
    """The rules in force in one world, in order, with their counters."""

    __slots__ = ("_document", "_log", "_runtime", "_seed", "_stage", "_tried")

    is_numbered = False
    """Whether its images cover single parts, of which the oldest image counts."""

    def __init__(
        self, seed: int, document: Iterable[Rule], now: Instant, log: UndoLog | None = None
    ) -> None:
        self._seed = seed
        self._log = log
        self._runtime: list[_InForce] = []
        self._stage: list[_InForce] = []
        self._document = [_InForce(rule, RuleCounts(now)) for rule in document]
        self._tried: _Order | None = None
        """All of them, until one comes or goes."""

    def copy(self, log: UndoLog | None = None) -> RuleBook:
        """Return a copy with counters of its own."""
        copy = RuleBook(self._seed, (), 0, log)
        copy._runtime = [each.copy() for each in self._runtime]
        copy._stage = [each.copy() for each in self._stage]
        copy._document = [each.copy() for each in self._document]
        return copy

    def may_take_long(self, operation: str) -> bool:
        """Tell whether matching may take long: because of many rules, or of an expression."""
        return bool(self) and self._order().concerned(operation).may_take_long

    def __bool__(self) -> bool:
        return bool(self._runtime or self._stage or self._document)

    def __len__(self) -> int:
        return len(self._runtime) + len(self._stage) + len(self._document)

    def _order(self) -> _Order:
        if self._tried is None:
            in_force = (*self._runtime, *self._stage, *self._document)
            self._tried = _Order(in_force, tuple(each.rule for each in in_force), {})
        return self._tried

    def rules(self) -> Sequence[Rule]:
        """Return the rules in force, in the order in which they are tried."""
        return self._order().rules

    def standing(self) -> list[tuple[Rule, RuleCounts, Origin]]:
        """Return the rules in force, in order, with their counters and origins."""
        origins: tuple[tuple[Origin, list[_InForce]], ...] = (
            ("runtime", self._runtime),
            ("stage", self._stage),
            ("document", self._document),
        )
        return [(each.rule, each.counters, origin) for origin, those in origins for each in those]

    def remove_all(self) -> list[str]:
        """Remove all rules; return their names."""
        names = [rule.name for rule in self.rules()]
        self._note_rules()
        self._runtime, self._stage, self._document = [], [], []
        return names

    def named(self, name: str) -> Rule | None:
        """Return the rule of that name, or None."""
        return next((rule for rule in self.rules() if rule.name == name), None)

    def origin(self, name: str) -> Origin:
        """Return the origin of the rule of that name."""
        if any(each.rule.name == name for each in self._runtime):
            return "runtime"
        return "stage" if any(each.rule.name == name for each in self._stage) else "document"

    def counters(self, name: str) -> RuleCounts:
        """Return the counters of a rule that is in force."""
        return next(each.counters for each in self._order().in_force if each.rule.name == name)

    def outside_stages(self) -> list[Rule]:
        """Return the rules in force that no stage brought, in the order in which they are tried."""
        return [each.rule for each in (*self._runtime, *self._document)]

    def progress(self) -> dict[str, RuleProgress]:
        """Return the current counters of the rules in force, by name."""
        added = len(self._runtime)
        return {
            each.rule.name: each.counters.progress(runtime=position < added)
            for position, each in enumerate(self._order().in_force)
        }

    def restore(self, progress: Mapping[str, RuleProgress]) -> None:
        """Restore the state of the initial rules.

        Rules added at run time come before the stage's again; a rule of the stage that was not in
        force is removed.
        """

        def brought(rules: Iterable[_InForce], *, runtime: bool) -> list[_InForce]:
            return [
                _InForce(each.rule, RuleCounts.of(progress[each.rule.name]))
                if each.rule.name in progress
                else each
                for each in rules
                if (each.rule.name in added) == runtime
            ]

        added = {name for name, each in progress.items() if each.runtime}
        self._tried = None
        self._runtime = brought(self._document, runtime=True)
        self._document = brought(self._document, runtime=False)
        self._stage = [
            each for each in brought(self._stage, runtime=False) if each.rule.name in progress
        ]

    def enter_stage(self, rules: Iterable[Rule], now: Instant) -> None:
        """Put the rules of a stage in force, replacing those of the stage before.

        A rule whose name belongs to one added at run time is skipped: that one replaces it.
        """
        taken = {each.rule.name for each in self._runtime}
        self._note_rules()
        self._stage = [_InForce(rule, RuleCounts(now)) for rule in rules if rule.name not in taken]

    def put(self, rule: Rule, now: Instant) -> None:
        """Put a rule in force: before all others, or replacing the one of its name."""
        added = _InForce(rule, RuleCounts(now))
        self._note_rules()
        for position, each in enumerate(self._runtime):
            if each.rule.name == rule.name:
                self._runtime[position] = added
                return
        self.remove(rule.name)
        self._runtime.insert(0, added)

    def remove(self, name: str) -> bool:
        """Remove a rule; tell whether it existed."""
        before = len(self)
        self._note_rules()
        for rules in (self._runtime, self._stage, self._document):
            rules[:] = [each for each in rules if each.rule.name != name]
        return len(self) < before

    # Undo

    def _note_rules(self) -> None:
        """Keep an image of which rules are in force, before that changes."""
        self._tried = None
        if self._log is not None:
            rules = ([*self._runtime], [*self._stage], [*self._document])
            self._log.note(self, None, rules)

    def _note_counts(self, each: RuleCounts) -> None:
        """Keep an image of the counters of a rule, before they change."""
        if self._log is not None:
            recent = each.recent.copy() if each.recent else None
            counts = (each.matched, each.acted, each.shadowed, each.step, recent)
            self._log.note(self, each, counts)

    def put_back(self, counters: RuleCounts | None, image: Any) -> None:
        """Restore rules, or counters, from an image."""
        if counters is None:
            self._note_rules()
            self._runtime, self._stage, self._document = map(list, image)
            return
        self._note_counts(counters)
        counters.matched, counters.acted, counters.shadowed, counters.step, recent = image
        counters.recent = deque() if recent is None else recent.copy()

    # One request

    def judge(self, facts: Facts, now: Instant, forced: Rule | None = None) -> Verdict:
        """Count a request and return what happens to it.

        ``forced`` is a rule that the request itself asks for: it acts whatever its criteria and
        schedule say, and before all others.
        """
        made: dict[int, Judgement] = {}
        acting: list[_Acting] = []
        outcome: _Acting | None = None
        order = self._order()
        given_up = 0
        if forced is not None:
            counters = next(
                (each.counters for each in order.in_force if each.rule is forced), RuleCounts(now)
            )
            self._note_counts(counters)
            acting.append(_force(forced, counters, facts, now))
            if acting[0].action.has_outcome:
                outcome = acting[0]
        for position in order.concerned(facts.operation).positions:
            each = order.in_force[position]
            rule, counters = each.rule, each.counters
            if rule is forced:
                continue
            patience = Patience(0) if given_up >= _MOST_GIVEN_UP else None
            differences = _differences(rule, counters, facts, now, patience)
            if differences:
                given_up += any(each.gave_up for each in differences)
                made[position] = Judgement(rule.name, "no_match", differences=differences)
                continue
            self._note_counts(counters)
            judgement, action = _judged(rule, counters, now, self._seed)
            if action is not None:
                if action.has_outcome and outcome is not None:
                    counters.shadowed += 1
                    first = outcome.rule.name
                    judgement = Judgement(rule.name, "shadowed", f"{first} already acted")
                else:
                    counters.acted += 1
                    if rule.sequence:
                        counters.step += 1
                    acting.append(_Acting(rule, action, counters, counters.matched))
                    if action.has_outcome:
                        outcome = acting[-1]
            made[position] = judgement
        judgements = _all_judgements(order.rules, facts.operation, made, forced)
        return self._verdict(acting, outcome, judgements, now)

    def _verdict(
        self,
        acting: Sequence[_Acting],
        outcome: _Acting | None,
        judgements: Sequence[Judgement],
        now: Instant,
    ) -> Verdict:
        return Verdict(
            acted=tuple(each.rule.name for each in acting),
            delay=sum(each.action.delay(each.chance(self._seed)) for each in acting),
            advance=sum(each.action.advance(each.chance(self._seed)) for each in acting),
            actions=tuple(each.action for each in acting),
            outcome=None if outcome is None else outcome.action,
            outcome_rule=None if outcome is None else outcome.rule.name,
            free_at=None if outcome is None else _free_at(outcome),
            judgements=judgements,
        )


def _all_judgements(
    rules: Sequence[Rule], operation: str, made: Mapping[int, Judgement], forced: Rule | None
) -> Sequence[Judgement]:
    """Return the judgements on all rules in force, after that on the one asked for."""
    if forced is None:
        if len(made) == len(rules):
            return tuple(made.values())
        return Judgements(rules, operation, made)
    first = Judgement(forced.name, "acted", "requested by X-Simulator-Fault")
    others = Judgements(rules, operation, made)
    return (first, *(each for each, rule in zip(others, rules, strict=True) if rule is not forced))


def _free_at(acting: _Acting) -> Instant | None:
    """Return when the window of a rate lets a call through, or None if it does now."""
    rate, recent = acting.rule.above_rate, acting.counters.recent
    return recent[0] + rate.per if rate is not None and len(recent) == rate.calls else None


def _force(rule: Rule, counters: RuleCounts, facts: Facts, now: Instant) -> _Acting:
    """Let a rule act; this counts as a match only if the rule matches the request anyway."""
    if not _differences(rule, counters, facts, now):
        counters.matched += 1
        _passes_rate(rule, counters, now)
    counters.acted += 1
    action = rule.action or next((step for step in rule.sequence if step is not None), Action())
    return _Acting(rule, action, counters, counters.matched)


def _differences(
    rule: Rule,
    counters: RuleCounts,
    facts: Facts,
    now: Instant,
    patience: Patience | None = None,
) -> Sequence[Mismatch]:
    """Return the failed criteria of the first of ``on``, ``between`` and ``where`` that fails."""
    if not rule.concerns(facts.operation):
        return [rule.of_other(facts.operation)]
    elapsed = now - counters.since
    if rule.between is not None and not rule.between[0] <= elapsed < rule.between[1]:
        expected = f"{rule.between[0]} to {rule.between[1]} ms since the rule came into force"
        return [Mismatch("between", expected, elapsed)]
    return rule.where.differences(facts, patience)


def _judged(
    rule: Rule, counters: RuleCounts, now: Instant, seed: int
) -> tuple[Judgement, Action | None]:
    """Count a match and decide whether the rule is due; the action is None if it is not."""
    counters.matched += 1
    rate_passed = _passes_rate(rule, counters, now)
    why = _why_not_due(rule, counters, seed, rate_passed=rate_passed)
    if why:
        return Judgement(rule.name, "not_due", why), None
    if rule.action is not None:
        return Judgement(rule.name, "acted"), rule.action
    number = counters.step
    step = rule.sequence[number % len(rule.sequence)]
    what = f"step {number % len(rule.sequence) + 1} of {len(rule.sequence)}"
    if step is None:
        counters.step += 1
        return Judgement(rule.name, "passed", what), None
    return Judgement(rule.name, "acted", what), step


def _why_not_due(rule: Rule, counters: RuleCounts, seed: int, *, rate_passed: bool) -> str:
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
            return f"drew {drawn:.3f}, probability {rule.probability:g}"
    if not rate_passed and rule.above_rate is not None:
        return f"rate not exceeded: {rule.above_rate.calls} calls in {rule.above_rate.per} ms"
    return ""


def _passes_rate(rule: Rule, counters: RuleCounts, now: Instant) -> bool:
    """Count a call and tell whether it exceeds the rate, in a sliding window of the last calls."""
    rate = rule.above_rate
    if rate is None:
        return True
    recent = counters.recent
    while recent and recent[-1] > now:
        recent.pop()  # the clock was set back: that call is in the future
    passed = len(recent) == rate.calls and recent[0] > now - rate.per
    recent.append(now)
    if len(recent) > rate.calls:
        recent.popleft()
    return passed
