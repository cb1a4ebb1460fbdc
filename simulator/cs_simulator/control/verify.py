"""The endpoint that verifies what a world was asked: how often, or in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from cs_simulator.api.arrival import WAY, Way
from cs_simulator.clock import stopwatch
from cs_simulator.control.addressing import asked
from cs_simulator.control.endpoint import Control, Endpoint
from cs_simulator.control.findings import Finding, Question, Reading, find
from cs_simulator.control.journal import known_faults
from cs_simulator.control.masking import without_token
from cs_simulator.control.patterns import MEMBERS, PATTERN, pattern_of, says_something
from cs_simulator.control.replies import (
    SOURCE,
    ProblemError,
    json_response,
    refused,
    request_document,
)
from cs_simulator.documents.problems import ScenarioError, did_you_mean
from cs_simulator.documents.shape import Checker, EitherMapOr, ListOf, Record, Scalar
from cs_simulator.documents.values import Integer, Span
from cs_simulator.faults.waiting import TooManyWaitingError, Wait
from cs_simulator.worlds import World, Worlds

_WANTED = 'criteria such as {"on": "start_service", "count": 1}'
_NUMBER = Scalar(Integer(32, minimum=0))
_VERIFY = Record(
    {
        **PATTERN.members,
        "count": EitherMapOr(Record({"at_least": _NUMBER, "at_most": _NUMBER}), _NUMBER),
        "in_order": ListOf(PATTERN),
        "after": Scalar(Integer(64, minimum=0)),
        "within": Scalar(Span()),
    }
)


def verify_requests(control: Control) -> Response:
    """Verify how often a world was asked for something, or in which order."""
    worlds, token = control.worlds, control.terms.token
    data, _ = request_document(_WANTED)
    question = _question(data)
    world = asked(worlds)
    worlds.join(world)
    try:
        finding = _wait_for(question, world, worlds)
    finally:
        worlds.leave(world)
    members = finding.as_members()
    hints = _hints(question, world)
    if hints:
        members["hints"] = hints
    return json_response(without_token(members, token))


def _question(data: Mapping[str, Any]) -> Question:
    """Return the question that a document asks, or refuse it with all that is wrong with it."""
    checker = Checker(SOURCE)
    given = _VERIFY.check(data, "", checker)
    beside = [name for name in (*MEMBERS, "count") if name in given]
    count = given.get("count", {"at_least": 1})
    if not isinstance(count, dict):
        count = {"at_least": count, "at_most": count}
    patterns = []
    if "in_order" in given:
        if beside:
            checker.mistake("in_order", f"it does not go together with {', '.join(beside)}")
        if not given["in_order"] and data["in_order"] == []:
            checker.mistake("in_order", "found an empty list, expected patterns")
        for place, each in enumerate(given["in_order"]):
            at = f"in_order[{place}]"
            if not says_something(each) and not _mistaken(checker, at):
                checker.mistake(at, f"no criterion: expected one of {', '.join(MEMBERS)}")
            patterns.append(pattern_of(each, at, checker))
    else:
        if not says_something(given) and not any(_mistaken(checker, name) for name in MEMBERS):
            checker.mistake("", f"no criterion: send {', '.join(MEMBERS)} or in_order")
        patterns.append(pattern_of(given, "", checker))
    least, most = count.get("at_least") or 0, count.get("at_most")
    if not count and not _mistaken(checker, "count"):
        checker.mistake("count", "found nothing, expected at_least or at_most")
    if most is not None and least > most:
        checker.mistake("count", f"at_least {least} is more than at_most {most}")
    if checker.mistakes:
        raise refused(ScenarioError(checker.mistakes), "Bad verification")
    return Question(
        patterns=tuple(patterns),
        in_order="in_order" in given,
        least=least,
        most=most,
        after=given.get("after", 0),
        within=given.get("within", 0) / 1000,
    )


def _mistaken(checker: Checker, at: str) -> bool:
    """Tell whether there is a mistake at a place, or below it."""
    return any(each.at.startswith(at) for each in checker.mistakes)


def _hints(question: Question, world: World) -> list[str]:
    """Return what is odd about a question, though it can be answered."""
    names = {name for pattern in question.patterns for name in pattern.fault_names()}
    known = known_faults(world) if names else ()
    return [
        f"no rule has the name {name!r}{did_you_mean(name, known) or '; there is none'}"
        for name in sorted(names)
        if name not in known
    ]


def _wait_for(question: Question, world: World, worlds: Worlds) -> Finding:
    """Return the finding once it is final, or as it is when the time is over.

    No lock is held meanwhile: the journal tells when there is more to read. The wait takes its
    place among the replies that are held back, so it holds up nobody, and ends with its world.
    """
    deadline = stopwatch() + question.within
    generation, journal = world.generation, world.journal
    reading = Reading(question.after)
    way: Way = request.environ[WAY]
    on_gone = way.on_gone
    while True:
        wait = Wait(lambda: world.generation != generation)

        def tell(wait: Wait = wait) -> None:
            wait.finish("over")

        journal.watch(tell)
        try:
            reading.read(journal)
            finding = find(question, reading)
            left = deadline - stopwatch()
            if finding.is_final or left <= 0:
                return finding
            if on_gone is not None:
                on_gone(wait)
            end = worlds.waiting.hold(world.name, wait, left)
        except TooManyWaitingError as error:
            raise ProblemError(503, "Too many wait", str(error)) from None
        finally:
            journal.unwatch(tell)
        if end == "gone":
            return finding
        if end == "cancelled" or wait.is_stale():
            detail = "The world was reset or dropped, or the server stops, while this waited"
            raise ProblemError(409, "Wait ended", detail)


ENDPOINT = Endpoint(
    "POST",
    "/verify",
    verify_requests,
    {"verified": bool, "matched": int, "near_misses": list},
    body=_VERIFY,
    is_slow=True,
)
"""The row of this endpoint."""
