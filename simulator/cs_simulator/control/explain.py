"""The endpoint that explains what the rules in force make of a request, or made of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map

from cs_simulator.api.editions import EditionName
from cs_simulator.api.facts import facts_of, forced_rule
from cs_simulator.api.gate import tenant_named
from cs_simulator.api.owner import owner_of
from cs_simulator.api.paths import base_paths_of, split_target, split_world
from cs_simulator.control.addressing import asked, is_control
from cs_simulator.control.journal import kept_entry
from cs_simulator.control.masking import judgement_members, without_token
from cs_simulator.control.replies import SOURCE, json_response, refused, request_document
from cs_simulator.documents.problems import ScenarioError
from cs_simulator.documents.shape import Anything, Checker, MapOf, Record, Scalar, one_of, shown
from cs_simulator.documents.values import Integer, Text
from cs_simulator.domain.errors import BadValues, WrongCase
from cs_simulator.faults.verdict import NO_PATCH, NOTHING, OPTIONS, UNROUTED, Verdict
from cs_simulator.journal.entries import Entry, keep_body
from cs_simulator.worlds import World, Worlds

_WANTED = '{"method", "path", "headers", "body"}, or {"request": <an id of the journal>}'
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_DESCRIBED = ("method", "path", "headers", "body")

_EXPLAIN = Record(
    {
        "method": one_of(*_METHODS),
        "path": Scalar(Text(empty=False)),
        "headers": MapOf(Scalar(Text())),
        "body": Anything(),
        "request": Scalar(Integer(64, minimum=1)),
    }
)


class Route(NamedTuple):
    """Where a path leads."""

    target: str
    """The path with its base and its query, as WSGI gives it: bytes of UTF-8 read as Latin-1."""
    edition: EditionName
    operation: str
    args: Mapping[str, str]


def explain(worlds: Worlds, token: str | None, routes: Map) -> Response:
    """Answer the present request; ``routes`` are those of the API."""
    data, _ = request_document(_WANTED)
    given = _checked(data)
    world = asked(worlds)
    number = given.get("request")
    members = _foreseen(world, given, routes) if number is None else _kept(world, number)
    return json_response(without_token(members, token))


def _checked(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a document, or refuse it with all that is wrong with it."""
    checker = Checker(SOURCE)
    given = _EXPLAIN.check(data, "", checker)
    described = [name for name in _DESCRIBED if data.get(name) is not None]
    if data.get("request") is not None:
        if described:
            checker.mistake("request", f"it does not go together with {', '.join(described)}")
    elif not described:
        checker.mistake("", f"expected {_WANTED}")
    else:
        for name in ("method", "path"):
            if name not in described:
                checker.mistake("", f"{name} is missing")
    _raise(checker)
    return given


def _raise(checker: Checker) -> None:
    if checker.mistakes:
        raise refused(ScenarioError(checker.mistakes), "Bad request to explain")


def _kept(world: World, number: int) -> dict[str, Any]:
    """Return what the journal kept of the judgement of a request."""
    entry = kept_entry(world, number)
    return {
        "world": world.name,
        "request": {"id": entry.id, "method": entry.method, "path": entry.target},
        "operation": entry.operation,
        "edition": entry.edition,
        "acted": list(entry.faults),
        "rules": [judgement_members(each) for each in entry.judgements],
    }


def _foreseen(world: World, given: Mapping[str, Any], routes: Map) -> dict[str, Any]:
    """Return what the rules in force would make of a request, without counting it."""
    method: str = given["method"]
    route = _route(world, method, given["path"], routes)
    headers: Mapping[str, str] = {
        name.lower(): value for name, value in given.get("headers", {}).items()
    }
    members: dict[str, Any] = {
        "world": world.name,
        "request": {"method": method, "path": _utf8(route.target)},
        "operation": route.operation,
        "edition": route.edition,
    }
    verdict = NOTHING
    if route.operation == OPTIONS and "access-control-request-method" in headers:
        members["note"] = "a browser's preflight is answered at once: no rule is asked"
    else:
        verdict = _verdict(world, method, route, headers, _bytes(given.get("body")))
    return {**members, **_verdict_members(verdict)}


def _verdict(
    world: World, method: str, route: Route, headers: Mapping[str, str], body: bytes
) -> Verdict:
    with world.lock:
        tx = world.begin(tenant_named(world, route.edition, headers.get("contactcenterid")))
        pairs = [(f"HTTP_{name.replace('-', '_').upper()}", headers[name]) for name in headers]
        entry = Entry(0, tx.now, method, route.target, pairs, route.edition, route.operation)
        entry.args, entry.owner = route.args, owner_of(route.args, tx)
        raw = body if route.operation not in (UNROUTED, OPTIONS) else b""
        keep_body(entry, raw)
        value = headers.get("x-simulator-fault")
        try:
            forced = forced_rule(None if value is None else _wsgi(value), world)
        except BadValues as error:
            checker = Checker(SOURCE)
            for problem in error.problems:
                text = f"found {shown(problem.got)}, expected {problem.expected}"
                checker.mistake(f"headers.{problem.member}", text)
            _raise(checker)
        except WrongCase as error:
            checker = Checker(SOURCE)
            member, _, text = error.text.partition(": ")
            checker.mistake(f"headers.{member}", text)
            _raise(checker)
        return world.rules.copy().judge(facts_of(entry, raw), tx.now, forced)


def _verdict_members(verdict: Verdict) -> dict[str, Any]:
    members: dict[str, Any] = {"acted": list(verdict.acted)}
    if verdict.delay:
        members["delay_ms"] = round(verdict.delay, 3)
    if verdict.advance:
        members["advance_ms"] = verdict.advance
    outcome = verdict.outcome
    if outcome is not None:
        members["outcome"] = {"rule": verdict.outcome_rule}
        if outcome.reply is not None:
            members["outcome"]["status"] = outcome.reply.status
        if outcome.connection is not None:
            members["outcome"]["connection"] = outcome.connection
        if outcome.patch is not NO_PATCH:
            members["outcome"]["patch"] = outcome.patch
    members["carried_out"] = verdict.carries_out
    members["rules"] = [judgement_members(each) for each in verdict.judgements]
    return members


def _bytes(body: Any) -> bytes:
    """Return a body as it is sent: text as it stands, anything else as JSON."""
    if body is None:
        return b""
    text = body if isinstance(body, str) else json.dumps(body)
    return text.encode("utf-8", "surrogatepass")


def _wsgi(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _utf8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")


def _route(world: World, method: str, path: str, routes: Map) -> Route:
    """Return where a path leads; it may come with a base path, or without one.

    A path is first taken as it stands, for the base of edition 8.1 may be the root.
    """
    given = _wsgi(path)
    _, name, target = split_world(split_target(given))
    checker = Checker(SOURCE)
    if name is not None and name != world.name:
        checker.mistake("path", f"it names world {name}, and world {world.name} is asked")
    if is_control(target.path):
        checker.mistake("path", "the control API is never faulted")
    _raise(checker)
    bases = base_paths_of(world.scenario)
    if name is not None:
        given = f"{target.path}?{target.query}" if target.query else target.path
    bare = given.lstrip("/")
    is_whole = bare != given or "://" in given.partition("?")[0]
    targets = [given] if is_whole else []
    targets += [f"{bases.of('8.5')}/{bare}", f"{bases.of('8.1')}/{bare}"]
    found = [_routed(world, method, each, routes) for each in targets]
    return next((each for each in found if each.operation != UNROUTED), found[0])


def _routed(world: World, method: str, target: str, routes: Map) -> Route:
    edition, _, below = base_paths_of(world.scenario).match(split_target(target).path)
    adapter = routes.bind("")
    try:
        endpoint, args = adapter.match(f"/{edition.name}{below}", method)
    except MethodNotAllowed:
        operation = OPTIONS if method == "OPTIONS" else UNROUTED
        return Route(target, edition.name, operation, {})
    except HTTPException:
        return Route(target, edition.name, UNROUTED, {})
    return Route(target, edition.name, endpoint.split(" ")[1], args)
