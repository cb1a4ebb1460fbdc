"""The endpoint that judges what a client did: see :mod:`cs_simulator.judge`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from flask import Response

from cs_simulator.api.facts import facts_of
from cs_simulator.control import shows
from cs_simulator.control.endpoint import Control, Endpoint, Takes
from cs_simulator.control.front import ProblemError
from cs_simulator.control.handling import (
    asked,
    checking,
    json_response,
    request_document,
    request_text,
)
from cs_simulator.control.journal import EFFECT, SHOWN
from cs_simulator.control.patterns import JournalPattern
from cs_simulator.control.shows import without_token
from cs_simulator.documents.shape import FLAG, Record
from cs_simulator.faults.criteria import NOWHERE
from cs_simulator.faults.verdict import ANY
from cs_simulator.journal.entries import JournalEntry
from cs_simulator.journal.journal import Journal
from cs_simulator.judge.attempts import Now
from cs_simulator.judge.court import Evidence, Expectation, judge
from cs_simulator.judge.intents import Verdict
from cs_simulator.scenario.expect import EXPECT
from cs_simulator.worlds import ServedWorld

_WANTED = 'an expectation such as {"on": "start_service", "created": {"at_most": 1}}, or no body'
_ENDED = "ended"
_BODY = Record({**EXPECT.members, _ENDED: FLAG})


def judge_client(control: Control) -> Response:
    """Judge what a client did, by the expectation in the body or by those of the scenario."""
    expectation, has_ended = _question()
    world = asked(control.worlds)
    expectations = _of_scenario(world) if expectation is None else [expectation]
    # Taken before the entries are read, so that none of them lies in the future.
    journal = world.journal
    cases = [(item, evidence_of(item, journal)) for item in expectations]
    members = judge(cases, Now.taken(), has_ended=has_ended).as_members()
    return json_response(without_token(members, control.terms.token))


def _question() -> tuple[Expectation | None, bool]:
    """Return the expectation in the body, or None, and whether the client has ended."""
    if not request_text().strip():
        return None, False
    data, _ = request_document(_WANTED)
    with checking("Invalid expectation", changes=False) as checker:
        has_ended = FLAG.check(data.pop(_ENDED), _ENDED, checker) if _ENDED in data else False
        expectation = EXPECT.check(data, "", checker) if data else None
    return expectation, bool(has_ended)


def _of_scenario(world: ServedWorld) -> Sequence[Expectation]:
    expectations = world.scenario.expect
    if not expectations:
        detail = (
            f"The scenario {world.scenario.name} expects nothing to judge by; give an "
            "expectation, or add a list expect to the scenario"
        )
        raise ProblemError(400, "Nothing to judge by", detail)
    return expectations


def evidence_of(expectation: Expectation, journal: Journal) -> Evidence:
    """Return the entries that an expectation applies to, oldest first."""
    entries, dropped = journal.since(expectation.after)
    found: list[JournalEntry] = []
    doubtful: list[int] = []
    pattern = JournalPattern(expectation.on, expectation.where)
    for entry in entries:
        if ANY not in expectation.on and entry.operation not in expectation.on:
            continue
        if expectation.where is NOWHERE:
            found.append(entry)
            continue
        fit, _ = pattern.fit(entry, facts_of(entry)) if entry.is_readable else ("no", ())
        if fit == "yes":
            found.append(entry)
        elif fit != "no":
            doubtful.append(entry.id)
    return Evidence(found, dropped, doubtful)


_VERDICT = shows.word("The verdict.", *get_args(Verdict))
_ATTEMPT = shows.Shows(
    "Attempt",
    "One request of an intent.",
    {
        "request": shows.number("Its id in the journal."),
        "at_ms": shows.real("When it arrived, relative to the first attempt.", 0.0),
        "gap_ms": shows.real("The gap to the previous attempt.", 250.0, null=True),
        "shown": shows.one(
            SHOWN._replace(
                name="AttemptShown",
                members={
                    **SHOWN.members,
                    "pending": shows.flag("Whether its response is still pending.", always=False),
                    "client_left": shows.flag(
                        "Whether the client left before the response.", always=False
                    ),
                },
            )
        ),
        "effect": shows.several("What it did.", EFFECT),
    },
)
_INTENT = shows.Shows(
    "Intent",
    "One thing that the client wanted, with its attempts.",
    {
        "at": shows.text("The expectation that it belongs to.", "expect[0]", always=False),
        "intent": shows.text("Its name.", 'start_service {"contact_key": "42"}'),
        "attempts": shows.several("Oldest first.", _ATTEMPT),
    },
)
_JUDGED = shows.Shows(
    "VirtueJudged",
    "The result for one required virtue.",
    {
        "at": shows.text("The place of its expectation.", "expect[0].attempts", always=False),
        "virtue": shows.text("Its name.", "attempts"),
        "verdict": _VERDICT,
        "expected": shows.anything("What was expected.", {"at_most": 3}),
        "found": shows.anything("What the client did.", 2),
        "requests": shows.numbers("The requests on which it is based.", 1, 2),
        "text": shows.text("The same in words.", "at most 3 attempts; found 2"),
    },
)
RULING = shows.Shows(
    "Ruling",
    "What the judge says about a client, and what the client did.",
    {
        "verdict": _VERDICT,
        "virtues": shows.several("All required virtues.", _JUDGED),
        "intents": shows.several("The intents of the client.", _INTENT),
        "intents_left_out": shows.number("How many more there are.", 0, always=False),
        "ambiguous": shows.texts(
            "What is ambiguous.", "request 3 may belong to two intents", always=False
        ),
    },
)

ENDPOINT = Endpoint(
    "POST",
    "/judge",
    judge_client,
    RULING,
    Takes(
        "Expectation",
        "What is required; by default what the scenario expects.",
        _BODY,
        {"on": ["start_service"], "attempts": 1},
        {_ENDED: "Whether the client has ended and will do nothing more."},
        place="expect",
        is_optional=True,
    ),
    is_slow=True,
)
