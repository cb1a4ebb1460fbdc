"""The endpoint that explains what the rules would do with a request, or did with one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, get_args

from flask import Response

from cs_simulator.api.arrival import (
    FAULT_HEADER,
    Arrival,
    Received,
    address,
    arrive,
    base_paths_of,
    is_probe,
    split_target,
)
from cs_simulator.api.facts import facts_of
from cs_simulator.api.judging import foreseen
from cs_simulator.api.pipeline import is_preflight
from cs_simulator.api.routes import Route, route_of
from cs_simulator.control import shows
from cs_simulator.control.endpoint import Control, Endpoint, Takes
from cs_simulator.control.front import is_control
from cs_simulator.control.handling import asked, checking, json_response, request_document
from cs_simulator.control.journal import SHOWN, kept_entry
from cs_simulator.control.shows import FAILED, judgement_members, without_token
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import Anything, Checker, MapOf, Record, Scalar, Schema, one_of
from cs_simulator.documents.values import Integer, Text
from cs_simulator.domain.errors import BadValues
from cs_simulator.faults.actions import ACTIONS
from cs_simulator.faults.verdict import NOTHING, UNROUTED, Became, Judgement, Verdict
from cs_simulator.journal.entries import JournalEntry, shown_members
from cs_simulator.worlds import ServedWorld

_WANTED = (
    '{"method": ..., "path": ...} with optional headers and body, or {"request": <journal id>}'
)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_DESCRIBED = ("method", "path", "headers", "body")


class _Method:
    """An HTTP method, in any case."""

    def __init__(self) -> None:
        self._word = one_of(*_METHODS)

    def check(self, value: Any, at: str, checker: Checker) -> str:
        """Return the method in upper case."""
        word = value.upper() if isinstance(value, str) else value
        method: str = self._word.check(word, at, checker)
        return method

    def json_schema(self) -> Schema:
        """Return the schema of a method."""
        return {"type": "string"}


def _entry_id(value: object) -> int | str:
    """Accept the id of a request: a number, ``last``, or an id with its world."""
    if isinstance(value, str) and _NAMED_ID.fullmatch(value):
        return value
    try:
        return Integer(64, minimum=1)(value)
    except UnfitError as unfit:
        raise UnfitError(f"{unfit}, or last, or an id with its world such as default/3") from None


_NAMED_ID = re.compile(r"(?:[A-Za-z0-9._-]{1,64}/)?(?:last|#?[0-9]{1,18})")


_EXPLAIN = Record(
    {
        "method": _Method(),
        "path": Scalar(Text(empty=False)),
        "headers": MapOf(Scalar(Text())),
        "body": Anything(),
        "request": Scalar(_entry_id, {"type": "string"}),
    }
)


def explain_request(control: Control) -> Response:
    """Explain what the rules in force would do with a request, or did with one."""
    worlds, token = control.worlds, control.terms.token
    data, _ = request_document(_WANTED)
    given = _checked(data)
    world = asked(worlds)
    number = given.get("request")
    members = (
        _foreseen(world, given)
        if number is None
        else kept_members(world, kept_entry(world, number))
    )
    return json_response(without_token(members, token))


def _checked(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a document, or reject it with all its problems."""
    with _checking() as checker:
        given = _EXPLAIN.check(data, "", checker)
        described = [name for name in _DESCRIBED if data.get(name) is not None]
        if data.get("request") is not None:
            if described:
                checker.problem("request", f"cannot be combined with {', '.join(described)}")
        elif not described:
            checker.problem("", "empty body", f"expected {_WANTED}")
        else:
            for name in ("method", "path"):
                if name not in described:
                    checker.missing("", name)
    return given


_checking = partial(checking, "Invalid explain request", changes=False)


def kept_members(world: ServedWorld, entry: JournalEntry) -> dict[str, Any]:
    """Return the recorded decisions on a request as JSON members."""
    return {
        "world": world.name,
        "request": {"id": entry.id, "method": entry.method, "path": entry.target},
        "operation": entry.operation,
        "edition": entry.edition,
        "acted": list(entry.faults),
        "shown": shown_members(entry),
        "rules": [
            judgement_members(judgement)
            for judgement in (*entry.judgements, *_not_in_force(world, entry))
        ],
    }


def _not_in_force(world: ServedWorld, entry: JournalEntry) -> list[Judgement]:
    """Return the judgements on rules of other stages than the one that a request arrived in."""
    if not entry.is_readable:
        return []
    with world.lock:
        if not world.has_rules:
            return []
        judged = {judgement.rule for judgement in entry.judgements}
        return world.stages.waiting(facts_of(entry), judged, None)


def _foreseen(world: ServedWorld, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the rules in force would do with a request, without counting it."""
    probe = is_probe(given["method"], address(_wsgi(given["path"]), None))
    uri, arrival, route = _routed(world, given)
    operation = route.operation_for(arrival.method)
    members: dict[str, Any] = {
        "world": world.name,
        "request": {"method": arrival.method, "path": _utf8(uri)},
        "operation": operation,
        "edition": arrival.edition.name,
    }
    if probe:
        members["note"] = "a probe of a load balancer is answered at once: no rule is asked"
        return {**members, **_verdict_members(NOTHING)}
    if is_preflight(arrival, route):
        members["note"] = "a browser's preflight gets its response at once, before any rule"
        return {**members, **_verdict_members(NOTHING)}
    if route.work is None:
        arrival = arrival._replace(body=b"")
    try:
        with world.lock:
            rules = world.rules.copy()
            verdict, facts = foreseen(arrival, operation, route.args, world, rules)
            judged = {judgement.rule for judgement in verdict.judgements}
            stages = world.stages
            waiting = stages.waiting(facts, judged, stages.current)
    except BadValues as error:
        with _checking() as checker:
            for problem in error.problems:
                checker.add(problem._replace(at=f"headers.{problem.at}"))
    return {**members, **_verdict_members(verdict, waiting)}


def _verdict_members(verdict: Verdict, waiting: Sequence[Judgement] = ()) -> dict[str, Any]:
    members: dict[str, Any] = {"acted": list(verdict.acted)}
    if verdict.delay:
        members["delay_ms"] = round(verdict.delay, 3)
    if verdict.advance:
        members["advance_ms"] = verdict.advance
    if verdict.outcome is not None:
        members["outcome"] = {"rule": verdict.outcome_rule}
    for row, value in verdict.done():
        if row.explained is not None:
            target = members["outcome"] if row.is_outcome else members
            target.setdefault(row.explained.member, row.explained.value(value))
    members["carried_out"] = verdict.carries_out
    members["rules"] = [
        judgement_members(judgement) for judgement in (*verdict.judgements, *waiting)
    ]
    return members


def _bytes(body: Any) -> bytes:
    """Encode a body: text unchanged, anything else as JSON."""
    if body is None:
        return b""
    text = body if isinstance(body, str) else json.dumps(body)
    return text.encode("utf-8", "surrogatepass")


def _wsgi(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _utf8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")


def _routed(world: ServedWorld, given: Mapping[str, Any]) -> tuple[str, Arrival, Route]:
    """Return a described request as if it had arrived, and where it leads.

    Its path may include a base path or not. It is first taken as it is, because the base of edition
    8.1 may be the root.
    """
    uri = _wsgi(given["path"])
    where = address(uri, None)
    with _checking() as checker:
        if where.world is not None and where.world != world.name:
            text = f"the path names world {where.world}, but the request is for world {world.name}"
            checker.problem("path", text)
        if is_control(where.target.path):
            checker.problem("path", "the control API is never faulted")
        for name, value in given.get("headers", {}).items():
            if name.lower() == "x-simulator-world" and value != world.name:
                text = f"it names world {value}, but the request is for world {world.name}"
                checker.problem(f"headers.{name}", text)
    bases = base_paths_of(world.scenario)
    if where.world is not None:
        query = where.target.query
        uri = f"{where.target.path}?{query}" if query else where.target.path
    bare = uri.removeprefix("/")
    is_whole = bare != uri or "://" in uri.partition("?")[0]
    uris = [uri] if is_whole else []
    uris += [f"{bases.of('8.5')}/{bare}", f"{bases.of('8.1')}/{bare}"]
    headers = {
        f"HTTP_{name.replace('-', '_').upper()}": value
        for name, value in given.get("headers", {}).items()
    }
    forced = headers.get(FAULT_HEADER)
    if forced is not None:
        headers[FAULT_HEADER] = _wsgi(forced)
    found = []
    for target in uris:
        request = Received(given["method"], target, headers, _bytes(given.get("body")), "")
        arrival = arrive(request, split_target(target), world.scenario)
        found.append((target, arrival, route_of(arrival)))
    return next((way for way in found if way[2].operation_for(way[1].method) != UNROUTED), found[0])


def _action_members(*, is_outcome: bool) -> dict[str, shows.ShownMember]:
    """Return the members that describe what actions do, as their rows define them."""
    return {
        shown.member: shows.by_example(shown.says, shown.example, always=False)
        for row in ACTIONS.values()
        if (shown := row.explained) is not None and row.is_outcome == is_outcome
    }


_RULE_EXPLAINED = shows.Shows(
    "RuleExplained",
    "The decision on one rule.",
    {
        "rule": shows.text("Its name.", "lost"),
        "decision": shows.word("The decision.", *get_args(Became)),
        "why": shows.text("The reason, if it is not obvious.", "acted 2 of 2 times", always=False),
        "failed": shows.several("If it does not match: the failed criteria.", FAILED, always=False),
    },
)
EXPLANATION = shows.Shows(
    "Explanation",
    "What the rules would do with a request, or did with it.",
    {
        "world": shows.WORLD,
        "request": shows.one(
            shows.Shows(
                "RequestExplained",
                "The request.",
                {
                    "id": shows.number("Its id in the journal, if it is there.", always=False),
                    "method": shows.text("The method.", "GET"),
                    "path": shows.text("The path and query.", "/genesys/1/cs/services/4294967298"),
                },
            )
        ),
        "operation": shows.text("The operation.", "get_service"),
        "edition": shows.text("The edition of the API, or null for no edition.", "8.5", null=True),
        "acted": shows.texts("The rules that act, by name.", "lost"),
        "rules": shows.several("Each rule, in the order in which they are tried.", _RULE_EXPLAINED),
        "shown": shows.one(SHOWN, always=False),
        "delay_ms": shows.real("How long the response is held back.", 250.0, always=False),
        "advance_ms": shows.number("How far the clock is advanced.", 60_000, always=False),
        **_action_members(is_outcome=False),
        "outcome": shows.one(
            shows.Shows(
                "Outcome",
                "What replaces the response.",
                {
                    "rule": shows.text("The rule that does it.", "lost"),
                    **_action_members(is_outcome=True),
                },
            ),
            always=False,
        ),
        "carried_out": shows.flag("Whether the operation is carried out.", always=False),
        "note": shows.text(
            "Why no rule is tried.",
            "a browser's preflight gets its response at once, before any rule",
            always=False,
        ),
    },
)

ENDPOINT = Endpoint(
    "POST",
    "/explain",
    explain_request,
    EXPLANATION,
    Takes(
        "RequestAsked",
        "A request as it would be sent, or the id of one in the journal.",
        _EXPLAIN,
        {"method": "GET", "path": "/services/4294967297"},
        {
            "method": "The method.",
            "path": "The path, with or without its base path, and the query.",
            "headers": "The headers, by name.",
            "body": "The body: text is sent unchanged, anything else as JSON.",
            "request": "The id of an entry, also as `default/3`, or `last`.",
        },
    ),
    is_slow=True,
    refuses={404: "The journal has no such entry."},
)
