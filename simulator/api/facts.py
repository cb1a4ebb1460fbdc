"""What rules may ask about a request, gathered from its parts and from what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.api.bodies import read_json
from simulator.api.exchange import Exchange
from simulator.api.queries import split_query
from simulator.domain.errors import BadValues, MalformedBody, MalformedPath, Problem, Refusal
from simulator.domain.transaction import Transaction
from simulator.faults.criteria import UNREADABLE, Facts, text_of
from simulator.faults.rules import Rule
from simulator.scenario.errors import did_you_mean
from simulator.scenario.faults import request_rule

FAULT_HEADER = "HTTP_X_SIMULATOR_FAULT"

_PARTS = ("service", "state", "task")
"""The parts of a composite's element."""


def facts_of(
    exchange: Exchange, operation: str, args: Mapping[str, str], raw: bytes, tx: Transaction
) -> Facts:
    """Return the facts of a request to an operation."""
    body = _body(raw)
    customers = _named("customer_id", args, body)
    contacts = _named("contact_key", args, body)
    if "service_id" in args:
        try:
            service = tx.service(args["service_id"])
        except Refusal:
            pass
        else:
            customers |= {service.customer_id} - {None}
            contacts |= {service.contact_key} - {None}
    facts = Facts(
        operation=operation,
        method=exchange.method,
        path=exchange.target.path,
        query=_query(exchange),
        headers=_headers(exchange),
        bodies=body,
        customer_ids=frozenset(customers),
        contact_keys=frozenset(contacts),
    )
    if operation != "composite_start" or not body:
        return facts
    return replace(facts, elements=_elements(facts, body[0]))


def _headers(exchange: Exchange) -> dict[str, str]:
    headers = {}
    for name, value in exchange.environ.items():
        if name.startswith("HTTP_"):
            headers[name[5:].replace("_", "-").lower()] = value
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            headers[name.replace("_", "-").lower()] = value
    return headers


def _query(exchange: Exchange) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    try:
        for name, value in split_query(exchange.target.query):
            query.setdefault(name, []).append(value)
    except MalformedPath:
        pass  # such a query has no parameters; the operation refuses it
    return query


def _body(raw: bytes) -> tuple[Any, ...]:
    """Return the body of a request, or nothing where it has none."""
    if not raw:
        return ()
    try:
        return (read_json(raw),)
    except Refusal:
        return (UNREADABLE,)


def _elements(facts: Facts, body: Any) -> tuple[Facts, ...]:
    """Return the facts of each element of a composite: of its parts, itself and the whole."""
    listed = body.get("services") if isinstance(body, dict) else None
    elements = []
    for element in listed if isinstance(listed, list) else ():
        if isinstance(element, dict):
            parts = [element[name] for name in _PARTS if isinstance(element.get(name), dict)]
            documents = (*parts, element, body)
            elements.append(
                replace(
                    facts,
                    bodies=documents,
                    customer_ids=frozenset(_named("customer_id", {}, documents)),
                    contact_keys=frozenset(_named("contact_key", {}, documents)),
                )
            )
    return tuple(elements)


def _named(member: str, args: Mapping[str, str], bodies: tuple[Any, ...]) -> set[Any]:
    found = {args[member]} if member in args else set()
    for body in bodies:
        value = body.get(member) if isinstance(body, dict) else None
        text = None if value is None else text_of(value)
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
        document = read_json(text.encode("utf-8"))
    except MalformedBody as error:
        what = error.text.removeprefix("the body ").removeprefix("is not JSON: ")
        raise BadValues([Problem("X-Simulator-Fault", f"a rule in JSON: {what}", text)]) from None
    rule, mistakes = request_rule(document, exchange.world.clock.mode)
    if rule is None:
        raise BadValues([Problem("X-Simulator-Fault", "; ".join(mistakes), text)])
    return rule
