"""How an operation is carried out: checks in their order, the domain under its lock, the reply.

Contract section 2, *Order of checks*.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from flask import Response

from simulator.api.bodies import read_json
from simulator.api.calls import Call, Reply
from simulator.api.exchange import Exchange
from simulator.api.operations import Operation, closest_operations
from simulator.api.queries import read_parameters, split_query
from simulator.domain.errors import (
    BodyTooLarge,
    InternalError,
    MalformedBody,
    MalformedPath,
    MethodNotAllowed,
    Refusal,
    UnknownPath,
    UnsupportedMediaType,
)
from simulator.domain.store import Which
from simulator.domain.transaction import Transaction
from simulator.journal import keep_body

log = logging.getLogger("simulator")

_JSON_TYPE = re.compile(
    r'\s*application/json\s*(?:;\s*(?:charset\s*=\s*"?utf-?8"?|[a-z]+\s*=\s*[^;]*)?\s*)*',
    re.IGNORECASE,
)
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s";]+)', re.IGNORECASE)


def perform(
    exchange: Exchange, operation: Operation, which: Which, args: dict[str, str], max_body: int
) -> Response:
    """Carry out one request to an operation and return its reply."""
    exchange.family = operation.family
    entry = exchange.open_entry()
    entry.operation = operation.id
    raw = _read_body(exchange, max_body)
    keep_body(entry, raw)
    world = exchange.world
    try:
        with world.lock:
            tx = world.begin()
            exchange.now = entry.at = tx.now
            tx.hints = exchange.hints
            _check_body(exchange, raw, max_body)
            body = _body(operation, raw)
            if exchange.target.malformed is not None:
                raise MalformedPath(
                    f"the path segment {exchange.target.malformed} is not UTF-8",
                    "percent-encode the UTF-8 of what you mean",
                )
            reply = operation.handler(_call(exchange, operation, which, args, tx, body))
        return _answer(exchange, reply)
    except Refusal as refusal:
        return exchange.refuse(refusal)
    except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer and the log a trace
        return defect(exchange)


def defect(exchange: Exchange) -> Response:
    """Answer a defect of the simulator itself; its id stands in the log beside the traceback."""
    entry = exchange.entry
    number = f"{exchange.world.name}/{entry.id}" if entry else exchange.world.name
    log.exception("request %s failed: %s %s", number, exchange.method, exchange.target.raw)
    return exchange.refuse(
        InternalError(f"The simulator failed: this is its defect. See its log for {number}.")
    )


def unknown_path(exchange: Exchange) -> Response:
    """Answer a path that no operation has."""
    exchange.open_entry()
    if "//" in exchange.target.path:
        hint = "the path has a doubled slash"
    else:
        found = closest_operations(exchange.method, exchange.path)
        hint = f"edition {exchange.edition.name} has its base at {exchange.base or '/'}"
        if found:
            home = exchange.edition if exchange.edition.name in found[0].editions else None
            prefix = exchange.base if home else exchange.bases.of(found[0].editions[0])
            hint = f"closest: {found[0].method} {prefix}{found[0].paths[0]}"
    path = exchange.target.raw
    return exchange.refuse(UnknownPath(f"There is no resource {exchange.method} {path}", hint))


def wrong_method(exchange: Exchange, allowed: set[str]) -> Response:
    """Answer a method that a path does not have; or what a browser asks before it sends one."""
    allowed = allowed | {"OPTIONS"}
    if exchange.method == "OPTIONS":
        return _preflight(exchange, allowed)
    exchange.open_entry()
    methods = ", ".join(sorted(allowed - {"OPTIONS"}))
    text = f"{exchange.method} is not allowed on {exchange.target.raw}: it takes {methods}"
    return exchange.refuse(MethodNotAllowed(text, allowed))


def _preflight(exchange: Exchange, allowed: set[str]) -> Response:
    methods = ", ".join(sorted(allowed))
    headers = {"Allow": methods}
    environ = exchange.environ
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None:
        asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
        simulators = [
            name
            for name in (each.strip() for each in asked.split(","))
            if name.lower().startswith("x-simulator-")
        ]
        names = ["Content-Type", "Authorization", "ContactCenterId", "GroupId", *simulators]
        headers["Access-Control-Allow-Methods"] = methods
        headers["Access-Control-Allow-Headers"] = ", ".join(names)
        headers["Access-Control-Max-Age"] = "600"
        # Whether credentials will come cannot be told yet: allow them.
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Allow-Credentials"] = "true"
    return exchange.empty_reply(204, headers)


def _read_body(exchange: Exchange, max_body: int) -> bytes:
    """Return the body, or one byte more than the limit where it is longer."""
    environ = exchange.environ
    length = environ.get("CONTENT_LENGTH") or "0"
    if length == "0":
        return b""
    stream = environ["wsgi.input"]
    size = int(length) if length.isdigit() else max_body + 1
    body: bytes = stream.read(min(size, max_body + 1))
    return body


def _check_body(exchange: Exchange, raw: bytes, max_body: int) -> None:
    if len(raw) > max_body:
        raise BodyTooLarge(
            f"The body is larger than {max_body} bytes", "the limit is set by --max-body"
        )
    if not raw or exchange.world.scenario.setup.fidelity.content_type == "lenient":
        return
    content_type = exchange.environ.get("CONTENT_TYPE", "")
    if content_type in ("", "application/json"):
        return
    charset = _CHARSET.search(content_type)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(
            f"The charset {charset[1]} is not supported", "send application/json in UTF-8"
        )
    if not _JSON_TYPE.fullmatch(content_type):
        raise UnsupportedMediaType(
            f"The media type {content_type} is not supported",
            "send Content-Type: application/json (curl: -H 'Content-Type: application/json')",
        )


def _body(operation: Operation, raw: bytes) -> Any:
    if operation.body == "none":
        return None
    if operation.body == "optional" and not raw.strip():
        return {}
    body = read_json(raw)
    if operation.body != "any" and not isinstance(body, dict):
        raise MalformedBody(f"the body must be a JSON object, and is {_kind(body)}")
    return body


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {bool: "a boolean", str: "a string", list: "a list"}
    return kinds.get(type(value), "a number")


def _call(
    exchange: Exchange,
    operation: Operation,
    which: Which,
    args: dict[str, str],
    tx: Transaction,
    body: Any,
) -> Call:
    pairs = split_query(exchange.target.query)
    query: Any = {}
    if not operation.free_query:
        query = read_parameters(pairs, operation.parameters, exchange.hints)
    return Call(exchange.edition, tx, args, which, query, pairs, body, exchange.world.exports)


def _answer(exchange: Exchange, reply: Reply) -> Response:
    if not reply.has_body:
        return exchange.empty_reply(reply.status)
    return exchange.reply(reply.status, reply.members, reply.location)
