"""What rules may ask about a request, gathered from its parts and from what is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.api.bodies import read_json
from simulator.api.exchange import Exchange
from simulator.api.queries import split_query
from simulator.domain.errors import BadValues, MalformedPath, Problem, Refusal
from simulator.domain.transaction import Transaction
from simulator.faults.criteria import UNREADABLE, Facts, text_of
from simulator.faults.rules import Rule
from simulator.scenario.errors import did_you_mean
from simulator.scenario.faults import request_rule

FAULT_HEADER = "HTTP_X_SIMULATOR_FAULT"


def facts_of(
    exchange: Exchange, operation: str, args: Mapping[str, str], raw: bytes, tx: Transaction
) -> Facts:
    """Return the facts of a request to an operation."""
    bodies = _bodies(operation, raw)
    customers = _named("customer_id", args, bodies)
    contacts = _named("contact_key", args, bodies)
    if "service_id" in args:
        try:
            service = tx.service(args["service_id"])
        except Refusal:
            pass
        else:
            customers |= {service.customer_id} - {None}
            contacts |= {service.contact_key} - {None}
    environ = exchange.environ
    return Facts(
        operation=operation,
        method=exchange.method,
        path=exchange.target.path,
        query=_query(exchange),
        headers={
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        | {"content-type": environ.get("CONTENT_TYPE", "")},
        bodies=bodies,
        customer_ids=frozenset(customers),
        contact_keys=frozenset(contacts),
    )


def _query(exchange: Exchange) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    try:
        for name, value in split_query(exchange.target.query):
            query.setdefault(name, []).append(value)
    except MalformedPath:
        pass  # such a query has no parameters; the operation refuses it
    return query


def _bodies(operation: str, raw: bytes) -> tuple[Any, ...]:
    """Return the readings of a body: of a composite the whole, and each element's service."""
    if not raw:
        return ()
    try:
        body = read_json(raw)
    except Refusal:
        return (UNREADABLE,)
    bodies = [body]
    if operation == "composite_start" and isinstance(body, dict):
        elements = body.get("services")
        bodies += [
            element["service"]
            for element in (elements if isinstance(elements, list) else ())
            if isinstance(element, dict) and isinstance(element.get("service"), dict)
        ]
    return tuple(bodies)


def _named(member: str, args: Mapping[str, str], bodies: tuple[Any, ...]) -> set[Any]:
    found = {args[member]} if member in args else set()
    for body in bodies:
        text = text_of(body[member]) if isinstance(body, dict) and member in body else None
        if text is not None:
            found.add(text)
    return found


def forced_rule(exchange: Exchange) -> Rule | None:
    """Return the rule that a request asks for: one in force by its name, or one of its own.

    Raises :exc:`BadValues` where there is no such rule, or it says something that no rule can.
    """
    value: str | None = exchange.environ.get(FAULT_HEADER)
    if value is None:
        return None
    text = value.encode("latin-1", "replace").decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        rule = exchange.world.rules.named(text)
        if rule is None:
            names = [each.name for each in exchange.world.rules.rules()]
            expected = f"the name of a rule{did_you_mean(text, names) or '; there is none'}"
            raise BadValues([Problem("X-Simulator-Fault", expected, text)])
        return rule
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        expected = f"a rule in JSON: {error.msg} at column {error.colno}"
        raise BadValues([Problem("X-Simulator-Fault", expected, text)]) from None
    rule, mistakes = request_rule(document, exchange.world.clock.mode)
    if rule is None:
        raise BadValues([Problem("X-Simulator-Fault", "; ".join(mistakes), text)])
    return rule
