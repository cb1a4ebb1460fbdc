"""Virtues: what can be required of a client, one row each.

The tolerances follow from what real retry layers do: a correct client is never early, is as late as
a busy machine makes it, and may jitter freely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    FLAG,
    SPAN,
    Checker,
    ListOf,
    Made,
    Record,
    Scalar,
    Schema,
    Shape,
    one_of,
)
from cs_simulator.documents.values import Statuses
from cs_simulator.judge.attempts import EARLY, Wait, wait_of
from cs_simulator.judge.bounds import COUNTS, NUMBERS, SPANS, Bounds, check_order, milliseconds
from cs_simulator.judge.intents import LATE, NOISE, Case, Intent, VirtueValue, undecided, worst
from cs_simulator.lines import counted

FEWEST_GAPS = 5
"""From this number of gaps, the last is compared with the first, whatever is between them."""

GROWTH = 1.2
"""By which factor the last of many gaps must exceed the first."""

FEWEST_INTENTS = 5
"""The number of first gaps needed to recognise jitter."""


class Virtue(NamedTuple):
    """One thing that can be required of a client."""

    name: str
    shape: Shape
    """The shape of its expectation."""
    judge: Callable[[Any, Case], VirtueValue]
    about: str
    """Its requirement, for the docs."""
    undecided: str
    """What leaves it undecided, for the docs."""


_STILL_OPEN = (
    "more requests may follow; say ended: true once the client has ended, or use gives_up_within"
)


def _attempts(bounds: Bounds, case: Case) -> VirtueValue:
    counts = [len(intent.attempts) for intent in case.intents]
    least = bounds.at_least or 0
    wrong = [
        intent
        for intent, count in zip(case.intents, counts, strict=True)
        if not bounds.hold(count) and (count > least or case.is_over(intent))
    ]
    found = {"fewest": min(counts), "most": max(counts)}
    summary = _from_to(min(counts), max(counts), "attempt")
    if wrong:
        text = f"{summary}, expected {bounds.described()}"
        if len(case.intents) > 1:
            text += f"; see {_named(wrong[0])}"
        return VirtueValue("failed", found, text, _requests(wrong))
    few = [intent for intent in case.intents if len(intent.attempts) < least]
    if few:
        return undecided(f"{summary} by now; {_STILL_OPEN}", found, _requests(few))
    if bounds.at_most is not None and (case.dropped or not _all_over(case)):
        if case.dropped:
            return undecided(f"{summary}, and {_dropped(case)}", found)
        return undecided(f"{summary} by now; {_STILL_OPEN}", found)
    return VirtueValue("passed", found, summary)


def _first_retry_after(bounds: Bounds, case: Case) -> VirtueValue:
    firsts = [(intent, intent.gaps[0]) for intent in case.intents if len(intent.attempts) > 1]
    return _within(bounds, [(i, [gap]) for i, gap in firsts if gap is not None], "first gap")


def _gaps(wanted: Mapping[str, Any], case: Case) -> VirtueValue:
    rows = [(intent, [gap for gap in intent.gaps if gap is not None]) for intent in case.intents]
    rows = [(intent, gaps) for intent, gaps in rows if gaps]
    if not rows:
        return undecided("there was no retry, and so no gap")
    parts = []
    bounds = Bounds(wanted.get("at_least"), wanted.get("at_most"))
    if any(bound is not None for bound in bounds):
        # The most widely used retry layer retries at once first, and waits from the second time on.
        later = [(i, gaps[1:] if gaps[0] <= NOISE and gaps[1:] else gaps) for i, gaps in rows]
        parts.append(_within(bounds, later, "gap"))
    if wanted.get("growing"):
        parts += [_growing(intent, gaps) for intent, gaps in rows]
    if wanted.get("factor"):
        parts += [_factor(wanted["factor"], intent, gaps) for intent, gaps in rows]
    return _joined(parts, [round(gap, 1) for _, gaps in rows for gap in gaps][:20])


def _within(bounds: Bounds, rows: Sequence[tuple[Intent, list[float]]], what: str) -> VirtueValue:
    gaps = [gap for _, row in rows for gap in row]
    if not gaps:
        return undecided(f"there was no retry, and so no {what}")
    wrong = [
        intent
        for intent, row in rows
        if not all(bounds.hold(gap, early=EARLY, late=LATE) for gap in row)
    ]
    least, most = milliseconds(min(gaps)), milliseconds(max(gaps))
    summary = f"{what} {least}" if len(gaps) == 1 else f"{what}s from {least} to {most}"
    found = {"least_ms": round(min(gaps), 1), "most_ms": round(max(gaps), 1)}
    if wrong:
        text = f"{summary}, expected {bounds.described(milliseconds)}"
        return VirtueValue("failed", found, text, _requests(wrong))
    return VirtueValue("passed", found, summary)


def _growing(intent: Intent, gaps: Sequence[float]) -> VirtueValue:
    summary = f"gaps {', '.join(map(milliseconds, gaps[:8]))}"
    if len(gaps) < 2:
        return undecided(f"{summary}: one gap cannot grow", requests=intent.requests)
    middle = _median(gaps)
    noise = max(middle / 10, min(middle / 2, 100), NOISE)
    if max(gaps) - min(gaps) <= noise:
        return VirtueValue("failed", list(gaps), f"{summary} stay the same", intent.requests)
    if all(after > before + EARLY for before, after in pairwise(gaps)):
        return VirtueValue("passed", list(gaps), f"{summary} grow")
    if len(gaps) >= FEWEST_GAPS and gaps[-1] >= GROWTH * gaps[0]:
        return VirtueValue("passed", list(gaps), f"{summary} grow on the whole")
    why = f"they neither grow each time nor stay the same; judge {FEWEST_GAPS} gaps or more"
    return undecided(f"{summary}: {why}", list(gaps), intent.requests)


def _factor(bounds: Bounds, intent: Intent, gaps: Sequence[float]) -> VirtueValue:
    steps = [(before, after) for before, after in pairwise(gaps) if before > NOISE]
    if not steps:
        text = f"no two gaps after one another of which the first is over {milliseconds(NOISE)}"
        return undecided(text, requests=intent.requests)
    factors = [after / before for before, after in steps]
    summary = f"each gap is {', '.join(f'{factor:.2g}' for factor in factors[:8])} times the last"
    found = [round(factor, 2) for factor in factors]
    # One gap may be late, and the next not: what cannot be told is not held against a client.
    wrong = [
        (before, after)
        for before, after in steps
        if (bounds.at_least is not None and after + EARLY < bounds.at_least * (before - LATE))
        or (bounds.at_most is not None and after - LATE > bounds.at_most * before)
    ]
    if wrong:
        text = f"{summary}, expected {bounds.described()}"
        return VirtueValue("failed", found, text, intent.requests)
    if all(bounds.hold(factor, early=factor * 0.1, late=factor * 0.1) for factor in factors):
        return VirtueValue("passed", found, summary)
    return undecided(f"{summary}: too close to tell on a busy machine", found, intent.requests)


def _honours_retry_after(_: bool, case: Case) -> VirtueValue:
    waits: list[tuple[int, Wait]] = []
    open_for: list[str] = []
    for intent in case.intents:
        for before, after in pairwise(intent.attempts):
            if before.retry_after is None:
                continue
            wait = wait_of(before, after)
            if isinstance(wait, str):
                open_for.append(wait)
            else:
                waits.append((after.request, wait))
    broken = [(request, wait) for request, wait in waits if not wait.is_kept]
    if broken:
        request, wait = min(
            broken, key=lambda broken_wait: broken_wait[1].waited - broken_wait[1].asked
        )
        text = (
            f"request {request} came after {milliseconds(wait.waited)}, "
            f"though the response before asked for {milliseconds(wait.asked)}"
        )
        if 0 < wait.asked / 1000 - EARLY <= wait.waited <= wait.asked / 1000 + 50:
            text += "; are seconds taken for milliseconds?"
        return VirtueValue(
            "failed", round(wait.waited, 1), text, [request for request, _ in broken]
        )
    if open_for:
        return undecided(open_for[0])
    if not waits:
        had = any(attempt.retry_after for attempt in case.attempts)
        why = "there was no retry after one" if had else "no response had a Retry-After"
        return undecided(why)
    least = min(wait.waited - wait.asked for _, wait in waits)
    kept = counted(len(waits), "wait")
    text = f"{kept} kept, the shortest {milliseconds(max(0.0, least))} longer than asked"
    return VirtueValue("passed", [round(wait.waited, 1) for _, wait in waits][:20], text)


def _gives_up_within(limit: float, case: Case) -> VirtueValue:
    late, waiting = [], []
    longest = 0.0
    for intent in case.intents:
        last = intent.attempts[-1]
        begun = intent.attempts[0].arrived
        ended = case.now if last.left is None else last.left
        longest = max(longest, ended - begun)
        if ended - begun > limit + LATE:
            late.append(intent)
        elif last.is_answered:
            continue
        elif last.left is None or not (case.has_ended or case.now - begun > limit + LATE):
            waiting.append(intent)
    summary = f"{milliseconds(longest)} from the first request to the end of the last"
    found = round(longest, 1)
    if late:
        still = any(intent.attempts[-1].left is None for intent in late)
        why = "; one is still waiting for its response: has the client a timeout?" if still else ""
        text = f"{summary}, expected at most {milliseconds(limit)}{why}"
        return VirtueValue("failed", found, text, _requests(late))
    if waiting:
        return undecided(
            f"{summary}, and the client may come back: ask again {milliseconds(limit)} after the "
            "first request, or say ended: true once it has ended",
            found,
            _requests(waiting),
        )
    return VirtueValue("passed", found, summary)


def _created(bounds: Bounds, case: Case) -> VirtueValue:
    counts = []
    for intent in case.intents:
        made: Counter[str] = Counter()
        for attempt in intent.attempts:
            made.update(attempt.created())
        counts.append((intent, max(made.values(), default=0), made))
    worst_one = max(counts, key=lambda counted_intent: counted_intent[1])
    fewest = min(count for _, count, _ in counts)
    found = {"fewest": fewest, "most": worst_one[1]}
    wrong = [intent for intent, count, _ in counts if not bounds.hold(count)]
    if wrong:
        made = next(made for intent, _, made in counts if intent is wrong[0])
        listed = ", ".join(counted(n, kind) for kind, n in made.items())
        requests = [
            attempt.request
            for intent in wrong
            for attempt in intent.attempts
            if attempt.created() or not made
        ]
        text = f"one intent created {listed or 'nothing'}, expected {bounds.described()}"
        return VirtueValue("failed", found, text, requests)
    if any(attempt.effects_left_out for attempt in case.attempts):
        return undecided("an operation has more effects than are listed", found)
    if case.dropped:
        return undecided(_dropped(case), found)
    summary = f"{_from_to(fewest, worst_one[1], 'thing')} created by each intent"
    return VirtueValue("passed", found, summary)


def _not_retried(asked: Sequence[int | str], case: Case) -> VirtueValue:
    wrong, seen = [], 0
    statuses = frozenset(status for wanted in asked for status in _REFUSALS(wanted))
    for intent in case.intents:
        for number, attempt in enumerate(intent.attempts, 1):
            if attempt.status in statuses and attempt.is_whole:
                seen += 1
                if number < len(intent.attempts):
                    wrong.append((attempt, intent.attempts[number]))
    listed = ", ".join(map(str, asked))
    if wrong:
        before, after = wrong[0]
        text = f"request {after.request} repeats what {before.status} had rejected"
        found = sorted({before.status or 0 for before, _ in wrong})
        return VirtueValue("failed", found, text, [after.request for _, after in wrong])
    if not seen:
        return undecided(f"no response had the status {listed}")
    if not _all_over(case):
        return undecided(f"not retried so far; {_STILL_OPEN}")
    summary = counted(seen, "response")
    return VirtueValue("passed", [], f"{summary} of {listed}, none of them retried")


def _in_flight(bounds: Bounds, case: Case) -> VirtueValue:
    steps = sorted(
        step
        for attempt in case.attempts
        for step in (
            (attempt.arrived, 1),
            (case.now if attempt.left is None else max(attempt.left, attempt.arrived), -1),
        )
    )
    most = now = 0
    for _, change in steps:
        now += change
        most = max(most, now)
    text = f"{counted(most, 'request')} in progress at once at most"
    if not bounds.hold(most):
        return VirtueValue("failed", most, f"{text}, expected {bounds.described()}")
    if case.dropped:
        return undecided(f"{text}, and {_dropped(case)}", most)
    return VirtueValue("passed", most, text)


def _spread(bounds: Bounds, case: Case) -> VirtueValue:
    firsts = [gap for intent in case.intents for gap in intent.gaps[:1] if gap is not None]
    if len(firsts) < FEWEST_INTENTS:
        return undecided(
            f"{len(firsts)} intents were retried; at least {FEWEST_INTENTS} are needed "
            "to recognise jitter"
        )
    middle = _median(firsts)
    if middle <= NOISE:
        text = f"half of the first gaps are below {milliseconds(NOISE)}: there is no back-off"
        return VirtueValue("failed", 0.0, text)
    spread = (max(firsts) - min(firsts)) / middle
    least, most = milliseconds(min(firsts)), milliseconds(max(firsts))
    text = f"{len(firsts)} first gaps from {least} to {most}, spread {spread:.2f}"
    verdict = bounds.hold(spread)
    summary = text if verdict else f"{text}, expected {bounds.described()}"
    return VirtueValue("passed" if verdict else "failed", round(spread, 3), summary)


def _outcome(wanted: str, case: Case) -> VirtueValue:
    answered = [intent for intent in case.intents if intent.attempts[-1].is_answered]
    others = [intent for intent in case.intents if not intent.attempts[-1].is_answered]
    found = {"answered": len(answered), "not_answered": len(others)}
    summary = f"{len(answered)} of {len(case.intents)} answered"
    if wanted == "given_up":
        if answered:
            return VirtueValue(
                "failed", found, f"{summary}, expected given up", _requests(answered)
            )
        if not all(map(case.is_silent, others)):
            return undecided(f"{summary} by now; {_STILL_OPEN}", found, _requests(others))
        return VirtueValue("passed", found, "all given up")
    if not others:
        return VirtueValue("passed", found, summary)
    if any(case.is_silent(intent) for intent in others):
        last = others[0].attempts[-1]
        end = last.status if last.is_whole else (last.broken or "the client left")
        text = f"{summary}; the last response to request {last.request} was {end}"
        return VirtueValue("failed", found, text, _requests(others))
    return undecided(f"{summary} by now; {_STILL_OPEN}", found, _requests(others))


def _connection_reused_after(wanted: Mapping[str, bool], case: Case) -> VirtueValue:
    pairs = [
        (before, after)
        for intent in case.intents
        for before, after in pairwise(intent.attempts)
        if before.peer is not None and after.peer is not None
    ]
    parts = []
    for name, reused in wanted.items():
        of_kind = [(b, a) for b, a in pairs if b.is_whole == (name == "whole")]
        if not of_kind:
            parts.append(undecided(f"there was no retry after a {name} response"))
            continue
        wrong = [
            after.request for before, after in of_kind if (before.peer == after.peer) != reused
        ]
        how = "on its connection" if reused else "on another connection"
        if wrong:
            text = f"request {wrong[0]} did not come {how} after a {name} response"
            parts.append(VirtueValue("failed", len(wrong), text, wrong))
        else:
            text = f"{len(of_kind)} came {how} after a {name} response"
            parts.append(VirtueValue("passed", len(of_kind), text))
    return _joined(parts, [part.found for part in parts])


def _median(values: Sequence[float]) -> float:
    """Return the median; importing a module for it would cost more."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _joined(parts: Sequence[VirtueValue], found: Any) -> VirtueValue:
    """Return the combined finding; failures come first."""
    verdict = worst(part.verdict for part in parts)
    decisive = [part for part in parts if part.verdict == verdict]
    text = "; ".join(dict.fromkeys(part.text for part in decisive[:5]))
    return VirtueValue(
        verdict, found, text, [number for part in decisive for number in part.requests]
    )


def _from_to(least: int, most: int, what: str) -> str:
    most_of_it = counted(most, what)
    return most_of_it if least == most else f"{least} to {most_of_it}"


def _requests(intents: Sequence[Intent]) -> list[int]:
    return [number for intent in intents for number in intent.requests]


def _named(intent: Intent) -> str:
    """Return a reference to an intent: its name, and its requests."""
    first, last = intent.requests[0], intent.requests[-1]
    numbers = f"request {first}" if first == last else f"requests {first} to {last}"
    return f"{intent.name} ({numbers})"


def _all_over(case: Case) -> bool:
    return all(map(case.is_over, case.intents))


def _dropped(case: Case) -> str:
    was = "entry was" if case.dropped == 1 else "entries were"
    return f"{case.dropped} older {was} dropped from the journal"


class _Gaps:
    """Requirements for all gaps."""

    record = Record(
        {"at_least": SPAN, "at_most": SPAN, "growing": FLAG, "factor": NUMBERS},
        some="at_least, at_most, growing or factor",
    )

    def check(self, value: Any, at: str, checker: Checker) -> Mapping[str, Any]:
        """Return the requirements; add problems for contradictions."""
        given = self.record.check(value, at, checker)
        if given.get("growing") is False:
            checker.expected(f"{at}.growing", "true", found=False, note="or remove it")
        check_order(given, value, at, checker)
        return given

    def json_schema(self) -> Schema:
        """Return the schema of the map."""
        return self.record.json_schema()


class _Statuses:
    """A list of at least one status or class of statuses."""

    def __init__(self) -> None:
        self._list = ListOf(Scalar(_status, _REFUSALS.schema))

    def check(self, value: Any, at: str, checker: Checker) -> Sequence[int | str]:
        """Return the statuses as they were written."""
        if value == []:
            checker.expected(at, "at least one status such as 400 or 404", value)
        return tuple(self._list.check(value, at, checker))

    def json_schema(self) -> Schema:
        """Return the schema of the list."""
        return {**self._list.json_schema(), "minItems": 1}


_REFUSALS = Statuses(lowest=300)


def _status(value: object) -> int | str:
    statuses = _REFUSALS(value)
    return min(statuses) if len(statuses) == 1 else str(value).lower()


def _only_true(value: object) -> bool:
    if value is True:
        return True
    raise UnfitError("true", "or remove it")


def _some_time(value: object) -> float:
    milliseconds: float = SPAN.convert(value)
    if milliseconds > 0:
        return milliseconds
    raise UnfitError("a duration longer than 0, such as 60s")


def _reused(given: Mapping[str, bool], at: str, checker: Checker) -> Mapping[str, bool]:
    if given.get("broken"):
        note = "a broken connection must not be reused"
        checker.expected(f"{at}.broken", "false", found=True, note=note)
    return given


_REUSED = Made(
    Record({"whole": FLAG, "broken": FLAG}, some="whole or broken, each true or false"), _reused
)
"""Whether connections are reused after a complete and after a broken response."""


_NOTHING_AGAIN = "there was no retry"
_MAY_COME = "the client may come back"

VIRTUES: Mapping[str, Virtue] = MappingProxyType(
    {
        virtue.name: virtue
        for virtue in (
            Virtue(
                "attempts",
                COUNTS,
                _attempts,
                "how many requests one intent makes",
                f"{_MAY_COME}, or the journal has lost entries",
            ),
            Virtue(
                "first_retry_after",
                SPANS,
                _first_retry_after,
                "how long the client waits before its first retry",
                _NOTHING_AGAIN,
            ),
            Virtue(
                "gaps",
                _Gaps(),
                _gaps,
                "how long it waits each time, whether the waits grow, and by which factor",
                f"{_NOTHING_AGAIN}, or the gaps neither grow nor stay the same",
            ),
            Virtue(
                "honours_retry_after",
                Scalar(_only_true, {"const": True}),
                _honours_retry_after,
                "that it waits at least as long as Retry-After asks, in seconds or as a date",
                "there was no retry after such a response, or it is a date while the world's "
                "clock is not the real one",
            ),
            Virtue(
                "gives_up_within",
                Scalar(_some_time, SPAN.schema),
                _gives_up_within,
                "that no request arrives or waits later than this after the first one",
                f"the time is not over and {_MAY_COME}",
            ),
            Virtue(
                "created",
                COUNTS,
                _created,
                "how many things of one kind one intent creates, whatever response its client got",
                "the journal has lost entries",
            ),
            Virtue(
                "not_retried",
                _Statuses(),
                _not_retried,
                "that requests rejected with these statuses, or classes such as 4xx, are not "
                "retried",
                f"no response had one of them, or {_MAY_COME}",
            ),
            Virtue(
                "in_flight",
                COUNTS,
                _in_flight,
                "how many requests are in progress at once",
                "the journal has lost entries",
            ),
            Virtue(
                "spread",
                NUMBERS,
                _spread,
                "how far apart the first gaps of many intents lie: (largest - smallest) / median",
                f"fewer than {FEWEST_INTENTS} intents were retried",
            ),
            Virtue(
                "outcome",
                one_of("answered", "given_up"),
                _outcome,
                "how each intent ends: with a complete 2xx response, or without one",
                _MAY_COME,
            ),
            Virtue(
                "connection_reused_after",
                _REUSED,
                _connection_reused_after,
                "whether the next attempt uses the connection of the previous response, complete "
                "or broken",
                f"{_NOTHING_AGAIN} after such a response",
            ),
        )
    }
)
"""All virtues, by name."""
