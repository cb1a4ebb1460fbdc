"""The endpoints of fault rules: list, add, replace and remove them."""

from __future__ import annotations

from typing import Any

from flask import Response

from cs_simulator.control import shows
from cs_simulator.control.endpoint import Control, Endpoint, Param, Takes
from cs_simulator.control.front import ProblemError
from cs_simulator.control.handling import asked, checking, json_response, request_document, set_up
from cs_simulator.documents.problems import as_sentence, no_such
from cs_simulator.faults.engine import Origin, RuleCounts
from cs_simulator.faults.rules import Rule
from cs_simulator.faults.written import FAULT, named_rule
from cs_simulator.worlds import ServedWorld

_INVALID = "Invalid fault rule"


def list_faults(control: Control) -> Response:
    """List the rules in force, in the order in which they are tried."""
    world = asked(control.worlds)
    with world.lock:
        world.begin()
        faults = [fault_members(*rule) for rule in world.rules.standing()]
    return json_response({"faults": faults})


def add_fault(control: Control) -> Response:
    """Add a rule; a name that is in use is rejected."""
    document = _document()
    return set_up(control.worlds, lambda world: _add(world, document))


def remove_faults(control: Control) -> Response:
    """Remove all rules; those of the scenario return at the next reset."""
    world = asked(control.worlds)
    with world.lock:
        world.begin()
        names = world.remove_rules()
    return json_response({"deleted": names})


def show_fault(control: Control, name: str) -> Response:
    """Show a rule and its counters."""
    world = asked(control.worlds)
    with world.lock:
        world.begin()
        return json_response(_one(world, _named(world, name)))


def put_fault(control: Control, name: str) -> Response:
    """Replace the rule of that name, or add it."""
    document = _document()
    own = document.get("name")
    if own is not None and str(own) != name:
        detail = f"The path names rule {name!r}, but the body names {own!r}"
        raise ProblemError(400, "Conflicting names", detail)
    return set_up(control.worlds, lambda world: _put(world, {**document, "name": name}))


def remove_fault(control: Control, name: str) -> Response:
    """Remove a rule."""
    world = asked(control.worlds)
    with world.lock:
        world.begin()
        _named(world, name)
        world.remove_rule(name)
    return json_response({"deleted": [name]})


def _add(world: ServedWorld, document: dict[str, Any]) -> Response:
    with world.lock:
        now = world.begin().now
        rule = _rule(document, world)
        if world.rules.named(rule.name) is not None:
            raise ProblemError(
                409,
                "Name already in use",
                f"A fault rule named {rule.name!r} already exists; replace it with PUT",
            )
        world.put_rule(rule, now)
        return json_response(_one(world, rule), 201)


def _put(world: ServedWorld, document: dict[str, Any]) -> Response:
    with world.lock:
        now = world.begin().now
        rule = _rule(document, world)
        there = world.rules.named(rule.name) is not None
        world.put_rule(rule, now)
        return json_response(_one(world, rule), 200 if there else 201)


def _document() -> dict[str, Any]:
    document, _ = request_document('a fault such as {"on": "start_service", "delay": "1s"}')
    with checking(_INVALID) as checker:
        fault = FAULT.check(document, "", checker)
        if checker:
            named_rule(fault, (), checker, "offset")  # what it contradicts, all at once
    return document


def _rule(document: dict[str, Any], world: ServedWorld) -> Rule:
    """Return the rule that a document describes, with a name that is free in this world."""
    names = [rule.name for rule in world.rules.rules()] if document.get("name") is None else []
    with checking(_INVALID) as checker:
        fault = FAULT.check(document, "", checker)
        return named_rule(fault, names, checker, world.clock.mode)


def _named(world: ServedWorld, name: str) -> Rule:
    rule = world.rules.named(name)
    if rule is None:
        names = [other.name for other in world.rules.rules()]
        problem = no_such("fault rule", name, names, "no rules are in force")
        raise ProblemError(404, "No such fault", as_sentence(problem.detail))
    return rule


def _one(world: ServedWorld, rule: Rule) -> dict[str, Any]:
    return fault_members(rule, world.rules.counters(rule.name), world.rules.origin(rule.name))


def fault_members(rule: Rule, counters: RuleCounts, origin: Origin) -> dict[str, Any]:
    """Return a rule in force as JSON members."""
    members: dict[str, Any] = {
        "name": rule.name,
        "on": sorted(rule.on),
        "origin": origin,
        "matched": counters.matched,
        "acted": counters.acted,
        "shadowed": counters.shadowed,
    }
    if rule.times is not None:
        members["remaining"] = max(0, rule.times - counters.acted)
    elif rule.sequence and rule.repeat is not None:
        members["remaining"] = max(0, len(rule.sequence) * rule.repeat - counters.step)
    members["rule"] = dict(rule.source)
    return members


FAULT_SHOWN = shows.Shows(
    "Fault",
    "A rule in force, with its counters.",
    {
        "name": shows.text("Its name.", "lost"),
        "on": shows.texts("The operations that it applies to, or `any`.", "end_service"),
        "origin": shows.word("Its origin.", "runtime", "stage", "document"),
        "matched": shows.number("How many requests matched it."),
        "acted": shows.number("On how many requests it acted."),
        "shadowed": shows.number("On how many requests another rule acted first.", 0),
        "remaining": shows.number("How often it will still act, if that is limited.", always=False),
        "rule": shows.document(
            "The rule, as it was written.", {"name": "lost", "on": "end_service"}
        ),
    },
)
_RULE = Takes(
    "Rule",
    "A rule: its requests, its schedule, and its actions.",
    FAULT,
    {"on": ["start_service"], "times": 1, "response": {"status": 503}},
    place="faults",
)
_NAME = Param("name", "The name of a rule; a slash in it need not be encoded.", "lost")
_NO_SUCH = "No rule of that name is in force."

ENDPOINTS = (
    Endpoint(
        "GET",
        "/faults",
        list_faults,
        shows.Shows(
            "Faults",
            "The rules in force.",
            {"faults": shows.several("In the order in which they are tried.", FAULT_SHOWN)},
        ),
        is_slow=True,
    ),
    Endpoint(
        "POST",
        "/faults",
        add_fault,
        FAULT_SHOWN,
        _RULE,
        makes_world=True,
        statuses=(201,),
        refuses={409: "A rule of that name is in force."},
    ),
    Endpoint("DELETE", "/faults", remove_faults, shows.DELETED),
    Endpoint(
        "GET",
        "/faults/<path:name>",
        show_fault,
        FAULT_SHOWN,
        names=(_NAME,),
        refuses={404: _NO_SUCH},
    ),
    Endpoint(
        "PUT",
        "/faults/<path:name>",
        put_fault,
        FAULT_SHOWN,
        _RULE,
        names=(_NAME,),
        makes_world=True,
        statuses=(200, 201),
    ),
    Endpoint(
        "DELETE",
        "/faults/<path:name>",
        remove_fault,
        shows.DELETED,
        names=(_NAME,),
        refuses={404: _NO_SUCH},
    ),
)
