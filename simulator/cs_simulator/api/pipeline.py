"""How an operation is carried out: checks in their order, the domain under its lock, the reply.

Contract section 2, *Order of checks*.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Response

from cs_simulator.api.bodies import read_json
from cs_simulator.api.calls import Call, Form, Reply
from cs_simulator.api.delivery import abandoned, deliver
from cs_simulator.api.exchange import Answer, Exchange, StaleError
from cs_simulator.api.gate import TENANT_HEADER, check_extensions, let_in, tenant_named
from cs_simulator.api.operation import Operation
from cs_simulator.api.operations import family_at
from cs_simulator.api.owner import owner_of
from cs_simulator.api.queries import read_parameters, split_query
from cs_simulator.domain.errors import (
    BodyTooLarge,
    InternalError,
    MalformedBody,
    MalformedPath,
    MethodNotAllowed,
    OutOfIds,
    Refusal,
    UnknownPath,
    UnsupportedMediaType,
)
from cs_simulator.domain.store import Which
from cs_simulator.domain.transaction import Transaction
from cs_simulator.faults.verdict import NOTHING, OPTIONS, Verdict
from cs_simulator.faults.waiting import WaitingRoom
from cs_simulator.ids import OutOfIdsError
from cs_simulator.journal.entries import NOBODY, Entry, keep_body

log = logging.getLogger("cs_simulator")

FAULT_HEADER = "HTTP_X_SIMULATOR_FAULT"

_JSON_TYPE = re.compile(
    r'\s*application/json\s*(?:;\s*(?:charset\s*=\s*"?utf-?8"?|[a-z]+\s*=\s*[^;]*)?\s*)*',
    re.IGNORECASE,
)
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s";]+)', re.IGNORECASE)


class Pipeline:
    """Carry out the requests of one server."""

    def __init__(self, max_body: int, room: WaitingRoom, import_folder: Path | None = None) -> None:
        self._max_body = max_body
        self._room = room
        self._import_folder = import_folder

    def perform(
        self, exchange: Exchange, operation: Operation, which: Which, args: dict[str, str]
    ) -> Response:
        """Carry out one request to an operation and return its reply."""
        exchange.family = operation.family
        entry = exchange.open_entry()
        entry.operation = operation.id
        raw = _read_body(exchange, self._max_body)
        keep_body(entry, raw)
        world = exchange.world
        verdict = NOTHING
        answer: Answer | None = None
        try:
            with world.lock:
                tx = self._begin(exchange, entry)
                world.journal.begin(entry, args, owner_of(args, tx))
                if world.has_rules or FAULT_HEADER in exchange.environ:
                    verdict = self._judge(exchange, entry, raw)
                    if verdict.advance:
                        tx = self._begin(exchange, entry)
                if verdict.carries_out:
                    reply = self._carry_out(exchange, operation, which, args, tx, raw)
            if verdict.carries_out:
                answer = _answer(exchange, reply)
        except StaleError:
            return abandoned(exchange)
        except Refusal as refusal:
            answer = exchange.refusal(refusal)
        except OutOfIdsError as error:
            answer = exchange.refusal(OutOfIds(str(error)))
        except Exception:  # noqa: BLE001 - the client gets an answer and the log a trace
            answer = self._defect(exchange)
        return deliver(exchange, answer, verdict, self._room)

    def _begin(self, exchange: Exchange, entry: Entry) -> Transaction:
        if exchange.is_stale:
            raise StaleError
        header = exchange.environ.get(TENANT_HEADER)
        tx = exchange.world.begin(tenant_named(exchange.world, exchange.edition.name, header))
        tx.hints = exchange.hints
        exchange.now = tx.now
        entry.at = tx.now
        return tx

    def _judge(self, exchange: Exchange, entry: Entry, raw: bytes) -> Verdict:
        """Return what the rules in force make of a request, and move the clock as they say."""
        from cs_simulator.api.facts import facts_of, forced_rule  # only where there is a rule

        world = exchange.world
        facts = facts_of(entry, raw)
        forced = forced_rule(exchange.environ.get(FAULT_HEADER), world)
        verdict = world.judge(facts, exchange.now, forced, exchange.hints)
        entry.faults = verdict.acted
        entry.judgements = verdict.judgements
        return verdict

    def _carry_out(
        self,
        exchange: Exchange,
        operation: Operation,
        which: Which,
        args: dict[str, str],
        tx: Transaction,
        raw: bytes,
    ) -> Reply:
        user = let_in(exchange, operation, tx)
        _check_body(exchange, operation, raw, self._max_body)
        body = _body(operation, raw)
        if exchange.target.malformed is not None:
            raise MalformedPath(
                f"the path segment {exchange.target.malformed} is not UTF-8",
                "percent-encode the UTF-8 of what you mean",
            )
        call = _call(exchange, operation, which, args, tx, body)
        if user is not None:
            check_extensions(operation, call, user)
        if operation.body == "multipart":
            call.form = Form(exchange.environ.get("CONTENT_TYPE", ""), raw)
            call.import_folder = self._import_folder
        return operation.handler(call)

    def unrouted(self, exchange: Exchange, refusal: Refusal) -> Response:
        """Answer a request that no operation takes; rules may speak of it as ``unrouted``."""
        entry = exchange.open_entry()
        return self._answer_judged(exchange, entry, lambda: exchange.refusal(refusal))

    def options(self, exchange: Exchange, allowed: Iterable[str]) -> Response:
        """Answer OPTIONS: to a browser's preflight at once, else as rules for ``options`` say."""
        if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in exchange.environ:
            return exchange.send(_preflight(exchange, allowed))
        entry = exchange.open_entry()
        entry.operation = OPTIONS
        return self._answer_judged(exchange, entry, lambda: _preflight(exchange, allowed))

    def _answer_judged(
        self, exchange: Exchange, entry: Entry, real: Callable[[], Answer]
    ) -> Response:
        """Answer what is no operation of the API, unless a rule speaks of it."""
        raw = _read_body(exchange, self._max_body)
        keep_body(entry, raw)
        world = exchange.world
        verdict = NOTHING
        try:
            with world.lock:
                self._begin(exchange, entry)
                world.journal.begin(entry, {}, NOBODY)
                if world.has_rules or FAULT_HEADER in exchange.environ:
                    verdict = self._judge(exchange, entry, raw)
                    if verdict.advance:
                        self._begin(exchange, entry)
        except StaleError:
            return abandoned(exchange)
        except Refusal as refusal:
            return exchange.send(exchange.refusal(refusal))
        answer = real() if verdict.carries_out else None
        return deliver(exchange, answer, verdict, self._room)

    def defect(self, exchange: Exchange) -> Response:
        """Answer a defect of the simulator itself."""
        return exchange.send(self._defect(exchange))

    def _defect(self, exchange: Exchange) -> Answer:
        """Say so in the log, under an id that the answer gives."""
        entry = exchange.entry
        number = f"{exchange.world.name}/{entry.id}" if entry else exchange.world.name
        log.exception("request %s failed: %s %s", number, exchange.method, exchange.target.raw)
        return exchange.refusal(
            InternalError(f"The simulator failed: this is its defect. See its log for {number}.")
        )


def unknown_path(exchange: Exchange) -> Refusal:
    """Return the refusal of a path that no operation has, with the closest that one has."""
    if "//" in exchange.target.raw:
        hint = "the path has a doubled slash"
    else:
        base = exchange.bases.of("8.5")
        elsewhere = f"edition 8.5 is found at {base}, the control API at /_control/"
        hint = _closest(exchange) or elsewhere
    return UnknownPath(f"There is no resource {exchange.method} {exchange.target.raw}", hint)


def _closest(exchange: Exchange) -> str | None:
    """Return the hint that names the operations closest to what was asked for."""
    from cs_simulator.api.closest import closest_paths  # only ever needed for a mistake

    nearest = ", ".join(
        f"{operation.method} {_base(exchange, operation)}{template}"
        for operation, template in closest_paths(
            exchange.method, exchange.path, exchange.edition.name
        )
    )
    return f"closest: {nearest}" if nearest else None


def _base(exchange: Exchange, operation: Operation) -> str:
    if exchange.edition.name in operation.editions:
        return exchange.base
    return exchange.bases.of(operation.editions[0])


def wrong_method(exchange: Exchange, allowed: Iterable[str]) -> Refusal:
    """Return the refusal of a method that a path does not have, with the closest that is one."""
    exchange.family = family_at(exchange.path)
    methods = ", ".join(sorted(allowed))
    text = f"{exchange.method} is not allowed on {exchange.target.raw}: it takes {methods}"
    return MethodNotAllowed(text, {*allowed, "OPTIONS"}, _closest(exchange))


def _preflight(exchange: Exchange, allowed: Iterable[str]) -> Answer:
    methods = ", ".join(sorted({*allowed, "OPTIONS"}))
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
    return Answer(204, headers, b"")


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


def _check_body(exchange: Exchange, operation: Operation, raw: bytes, max_body: int) -> None:
    if len(raw) > max_body:
        raise BodyTooLarge(
            f"The body is larger than {max_body} bytes", "the limit is set by --max-body"
        )
    if (
        not raw
        or operation.body == "multipart"
        or exchange.world.scenario.setup.fidelity.content_type == "lenient"
    ):
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
    if operation.body in ("none", "multipart"):
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
    return Call(
        exchange.edition,
        tx,
        args,
        which,
        query,
        pairs,
        body,
        exchange.world.exports,
        exchange.base_url,
    )


def _answer(exchange: Exchange, reply: Reply) -> Answer:
    if reply.content is not None:
        content_type, data = reply.content
        return Answer(reply.status, {"Content-Type": content_type}, data)
    if not reply.has_body:
        return Answer(reply.status, {}, b"")
    return exchange.answer(reply.status, reply.members, reply.location)
