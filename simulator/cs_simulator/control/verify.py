"""The endpoint that verifies the requests of a world: how many, or in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from cs_simulator.api.arrival import Way
from cs_simulator.clock import stopwatch
from cs_simulator.control import shows
from cs_simulator.control.endpoint import Control, Endpoint, Takes
from cs_simulator.control.front import ProblemError
from cs_simulator.control.handling import asked, checking, json_response, request_document, way
from cs_simulator.control.journal import known_faults
from cs_simulator.control.patterns import (
    MEMBERS,
    PATTERN,
    JournalQuestion,
    JournalVerification,
    Reading,
    find,
    pattern_of,
    says_something,
)
from cs_simulator.control.shows import FAILED, without_token
from cs_simulator.documents.problems import no_such
from cs_simulator.documents.shape import SPAN, Checker, EitherMapOr, ListOf, Record, Scalar
from cs_simulator.documents.values import Integer, Span
from cs_simulator.faults.waiting import HeldWait
from cs_simulator.worlds import ServedWorld

_WANTED = 'criteria such as {"on": "start_service", "count": 1}'
_NUMBER = Scalar(Integer(32, minimum=0))
_VERIFY = Record(
    {
        **PATTERN.members,
        "count": EitherMapOr(Record({"at_least": _NUMBER, "at_most": _NUMBER}), _NUMBER),
        "in_order": ListOf(PATTERN),
        "after": Scalar(Integer(64, minimum=0)),
        "within": Scalar(Span(), SPAN.schema),
    }
)


def verify_requests(control: Control) -> Response:
    """Verify how many matching requests a world received, or in which order."""
    current = way()
    progress = current.progress
    if not isinstance(progress, AwaitedQuestion):
        data, _ = request_document(_WANTED)
        progress = AwaitedQuestion(_question(data), asked(control.worlds))
        control.worlds.join(progress.world)
    try:
        verification = _found(progress, current)
    except ProblemError:
        control.worlds.leave(progress.world)
        raise
    if verification is None:
        current.progress = progress
        return json_response(None)  # nobody sees this response: the request is handled again
    control.worlds.leave(progress.world)
    members = verification.as_members()
    hints = _hints(progress.question, progress.world)
    if hints:
        members["hints"] = hints
    return json_response(without_token(members, control.terms.token))


def _question(data: Mapping[str, Any]) -> JournalQuestion:
    """Return the question in a document, or reject it with all its problems."""
    with checking("Invalid verification", changes=False) as checker:
        given = _VERIFY.check(data, "", checker)
        beside = [name for name in (*MEMBERS, "count") if name in given]
        count = given.get("count", {"at_least": 1})
        if not isinstance(count, dict):
            count = {"at_least": count, "at_most": count}
        patterns = []
        if "in_order" in given:
            if beside:
                checker.problem("in_order", f"cannot be combined with {', '.join(beside)}")
            if not given["in_order"] and data["in_order"] == []:
                checker.expected("in_order", "at least one pattern", [])
            for place, pattern in enumerate(given["in_order"]):
                at = f"in_order[{place}]"
                if not says_something(pattern) and not _misread(checker, at):
                    checker.problem(
                        at, "nothing to match", f"expected at least one of {_one_of(MEMBERS)}"
                    )
                patterns.append(pattern_of(pattern, at, checker))
        else:
            if not says_something(given) and not any(_misread(checker, name) for name in MEMBERS):
                wanted = _one_of((*MEMBERS, "in_order"))
                checker.problem("", "nothing to match", f"send at least one of {wanted}")
            patterns.append(pattern_of(given, "", checker))
        least, most = count.get("at_least") or 0, count.get("at_most")
        if not count and not _misread(checker, "count"):
            checker.problem("count", "empty map", "expected at_least, at_most or both")
        if most is not None and least > most:
            checker.problem("count", f"at_least ({least}) is greater than at_most ({most})")
    return JournalQuestion(
        patterns=tuple(patterns),
        in_order="in_order" in given,
        least=least,
        most=most,
        after=given.get("after", 0),
        within=given.get("within", 0) / 1000,
    )


def _misread(checker: Checker, at: str) -> bool:
    """Tell whether there is a problem at a place, or below it."""
    return any(problem.at.startswith(at) for problem in checker.problems)


def _one_of(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _hints(question: JournalQuestion, world: ServedWorld) -> list[str]:
    """Return hints about oddities in a valid question."""
    names = {name for pattern in question.patterns for name in pattern.fault_names()}
    known = known_faults(world) if names else ()
    return [
        no_such("fault rule", name, known, "no rules are in force").detail
        for name in sorted(names)
        if name not in known
    ]


class AwaitedQuestion:
    """A question that can wait for its result, and how far its journal was read.

    Waiting takes neither a thread nor a lock: the journal calls back when there is more to read,
    and the request is handled again. The wait counts among the held-back responses, and ends with
    its world.
    """

    __slots__ = ("_deadline", "_generation", "_journal", "_reading", "_wait", "question", "world")

    def __init__(self, question: JournalQuestion, world: ServedWorld) -> None:
        self.question = question
        self.world = world
        self._deadline = stopwatch() + question.within
        self._generation = world.generation
        self._journal = world.journal
        self._reading = Reading(question.after)
        self._wait: HeldWait | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the world was reset or dropped meanwhile."""
        return self.world.generation != self._generation

    def read(self) -> tuple[JournalVerification, HeldWait, float]:
        """Return the verification so far, a wait for more, and the remaining time.

        The wait starts before the journal is read, so that nothing is missed in between.
        """
        self._wait = wait = HeldWait(self.world.name, lambda: self.is_stale)
        self._journal.watch(self._changed)
        self._reading.read(self._journal)
        return find(self.question, self._reading), wait, self._deadline - stopwatch()

    def _changed(self) -> None:
        if self._wait is not None:
            self._wait.finish("over")

    def rest(self) -> None:
        """Stop listening to the journal."""
        self._journal.unwatch(self._changed)
        self._wait = None


def _found(progress: AwaitedQuestion, way: Way) -> JournalVerification | None:
    """Return the finding if it is final or the time is over, otherwise None."""
    progress.rest()
    if way.crowded is not None:
        raise ProblemError(503, "Too many waiting requests", way.crowded)
    if way.end == "cancelled" or progress.is_stale:
        detail = (
            "The world was reset or dropped, or the server stopped, before the result was final"
        )
        raise ProblemError(409, "Wait cancelled", detail)
    verification, wait, left = progress.read()
    if verification.is_final or left <= 0 or way.end == "gone":
        progress.rest()
        return verification
    way.wait, way.seconds = wait, left
    return None


_NEAR_MISS = shows.Shows(
    "NearMiss",
    "A request that came close to what was expected.",
    {
        "id": shows.number("Its id in the journal."),
        "method": shows.text("The method.", "POST"),
        "path": shows.text("The path and query.", "/genesys/1/cs/services/start"),
        "operation": shows.text("The operation.", "start_service"),
        "failed": shows.several("The criteria that it failed.", FAILED),
    },
)
ENDPOINT = Endpoint(
    "POST",
    "/verify",
    verify_requests,
    shows.Shows(
        "Verification",
        "Whether a world received the expected requests.",
        {
            "verified": shows.flag("Whether it holds; also false if that is unknown."),
            "matched": shows.number("How many requests match; for `in_order`, how many patterns."),
            "near_misses": shows.several("The closest requests, at most three.", _NEAR_MISS),
            "inconclusive": shows.flag("Whether lost data could change the result.", always=False),
            "reason": shows.text("The lost data.", "2 entries were dropped", always=False),
            "missing": shows.text(
                "The first pattern that nothing matches.", "in_order[1]", always=False
            ),
            "matched_ids": shows.numbers(
                "If too many match: the newest of them.", 1, 3, always=False
            ),
            "hints": shows.texts(
                "Hints about the question.",
                "no fault rule named 'lots'; did you mean lost?",
                always=False,
            ),
        },
    ),
    Takes(
        "Question",
        "What is expected: one pattern with a count, or several patterns in order.",
        _VERIFY,
        {"on": ["start_service"], "count": 1},
        {
            "count": "A number, or a map of `at_least` and `at_most`; default: at least once.",
            "at_least": "The minimum.",
            "at_most": "The maximum.",
            "in_order": "Patterns that must match in this order, with any requests in between.",
            "after": "Only requests with a higher id.",
            "within": "How long to wait, in real time, until the result is final.",
            "response": "Criteria for the response.",
            "response.status": "The status received, a class such as 4xx, several, or null.",
            "response.fault": "The name of a rule that acted, several, `any`, or null for none.",
            "response.hint": "A hint: its text, `any`, or null for none; also by `contains`.",
        },
    ),
    is_slow=True,
    refuses={
        409: "The world was reset while the request waited.",
        503: "There is no room for another waiting request.",
    },
)
