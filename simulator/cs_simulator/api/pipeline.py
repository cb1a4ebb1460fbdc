"""The way of a request through its world: judging, the handler, the outcome.

Contract section 2, *Order of checks*. Requests that match no operation take the same way, with a
handler that rejects them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cs_simulator.api.access import check_extensions, let_in
from cs_simulator.api.arrival import Arrival, base_paths_of
from cs_simulator.api.bodies import check_encoding, check_type, content_type_of, read_json
from cs_simulator.api.calls import Call, CallResult, DeferredResult, Form, handler_of
from cs_simulator.api.judging import RequestContext, StaleError
from cs_simulator.api.outcome import (
    HeldResponse,
    Outcome,
    PlannedResponse,
    abandoned,
    deliver,
    members_response,
    refused,
    respond,
)
from cs_simulator.api.queries import (
    Pairs,
    body_with_query,
    query_with_body,
    read_parameters,
    split_query,
)
from cs_simulator.api.routes import Route, Work
from cs_simulator.domain.errors import (
    BodyTooLarge,
    InternalError,
    MalformedBody,
    MalformedPath,
    MethodNotAllowed,
    OutOfIds,
    Refusal,
    UnknownPath,
)
from cs_simulator.domain.transaction import Transaction
from cs_simulator.faults.verdict import NOTHING, OPTIONS
from cs_simulator.ids import OutOfIdsError
from cs_simulator.operations import family_at
from cs_simulator.operations.row import ApiOperation
from cs_simulator.worlds import WorldDroppedError

log = logging.getLogger("cs_simulator")

LARGE_RESPONSE = 100_000
"""The size in bytes from which on a response was made of so much that it is freed in steps."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
"""The name of a header."""

_OTHER_MODULE = re.compile(r"/genesys/\d+/[a-z]")
_SLASH_IN_KEY = re.compile(r"/(?:services/anonymous/[^/]+/.|customers/[^/]+/[^/]+/services)")
_PREFLIGHT = "HTTP_ACCESS_CONTROL_REQUEST_METHOD"


def is_preflight(arrival: Arrival, route: Route) -> bool:
    """Tell whether the request is a CORS preflight, which is answered at once."""
    return _PREFLIGHT in arrival.headers and route.operation_for(arrival.method) == OPTIONS


class Pipeline:
    """Carry out the requests of one server."""

    def __init__(
        self, max_body: int, import_folder: Path | None = None, *, guards: bool = False
    ) -> None:
        self._max_body = max_body
        self._guards = guards
        """Whether the control API requires a token; if so, the API must not do what needs the
        token.
        """
        self._import_folder = import_folder

    def perform(self, context: RequestContext, route: Route) -> Outcome | HeldResponse:
        """Take one request through its world, and return the outcome."""
        arrival, world = context.arrival, context.world
        if is_preflight(arrival, route):
            return respond(context, _preflight(arrival, route.allowed or ()))
        if route.work is not None:
            context.family = route.work.operation.refuses_as
        context.note(route.operation_for(arrival.method))
        verdict = NOTHING
        response: PlannedResponse | None = None
        try:
            with world.lock:
                tx, verdict = context.judge(route.args, guards=self._guards)
                if verdict.carries_out:
                    result = self._carry_out(context, route, tx)
                    if tx.effects_left_out and context.entry is not None:
                        context.entry.effects_left_out = tx.effects_left_out
            if verdict.carries_out:
                if isinstance(result, DeferredResult):
                    result = result.run()
                response = (
                    result
                    if isinstance(result, PlannedResponse)
                    else _response(context, route, result)
                )
                if len(response.body) > LARGE_RESPONSE:
                    world.leftovers.leave(result)
        except (StaleError, WorldDroppedError):
            return abandoned(context)
        except Refusal as refusal:
            response = refused(context, refusal)
        except OutOfIdsError as error:
            response = refused(context, OutOfIds(str(error)))
        except Exception:  # noqa: BLE001 - the client gets a response and the log a trace
            response = self._internal_error(context)
        return deliver(context, response, verdict)

    def _carry_out(
        self, context: RequestContext, route: Route, tx: Transaction
    ) -> CallResult | DeferredResult | PlannedResponse:
        """Call the handler of a request under the world's lock."""
        if route.work is None:
            return _no_operation(context, route)
        operation = route.work.operation
        arrival = context.arrival
        user = let_in(arrival, operation, tx)
        _check_body(context, operation, self._max_body)
        pairs = split_query(arrival.target.query)
        body = _body(operation, arrival.body, pairs)
        if operation.either:
            body, pairs = _either(operation, body, pairs, context.hints)
        if arrival.target.malformed is not None:
            raise MalformedPath(
                f"The path segment {arrival.target.malformed} is not valid UTF-8",
                "percent-encode it as UTF-8",
            )
        call = _call(context, route.work, route.args, tx, pairs, body)
        if user is not None:
            check_extensions(operation, call, user)
        if operation.body == "multipart":
            call.form = Form(content_type_of(arrival), arrival.body)
            call.import_folder = self._import_folder
        result = handler_of(operation.handler)(call)
        call.hint_names()
        return result

    def internal_error(self, context: RequestContext) -> Outcome:
        """Answer an internal error, wherever it occurred."""
        return respond(context, self._internal_error(context))

    def _internal_error(self, context: RequestContext) -> PlannedResponse:
        """Log an internal error under an id that the response names."""
        entry, arrival = context.entry, context.arrival
        number = f"{context.world.name}/{entry.id}" if entry else context.world.name
        log.exception("request %s failed: %s %s", number, arrival.method, arrival.target.raw)
        return refused(
            context,
            InternalError(
                "Internal error: this is a bug in the simulator. "
                f"Its log has the traceback under {number}"
            ),
        )


def refuse(context: RequestContext, refusal: Refusal) -> Outcome:
    """Reject a request that enters no world; it is not in the journal."""
    return respond(context, refused(context, refusal))


def _no_operation(context: RequestContext, route: Route) -> PlannedResponse:
    """Answer a request that is no operation: OPTIONS as intended, anything else with an error."""
    arrival = context.arrival
    if route.allowed is None:
        raise _unknown_path(context)
    if arrival.method == "OPTIONS":
        return _preflight(arrival, route.allowed)
    raise _wrong_method(context, route.allowed)


def _unknown_path(context: RequestContext) -> Refusal:
    """Return the error for an unknown path, with the closest operations in a hint."""
    arrival = context.arrival
    base = f"{arrival.root}{base_paths_of(context.world.scenario).of('8.5')}"
    elsewhere = f"edition 8.5 is at {base}, the control API at {arrival.root}/_control/"
    text = f"No resource {arrival.method} {arrival.target.raw}"
    if arrival.target.raw == "/":
        # Who requests the root is exploring, and curl shows no headers; no client depends on this
        # text.
        return UnknownPath(f"{text}; {elsewhere}", elsewhere)
    return UnknownPath(text, _misread(arrival, base) or _closest(context) or elsewhere)


def _misread(arrival: Arrival, base: str) -> str | None:
    """Return a hint for a path that is wrong as a whole, whichever operation is meant."""
    raw, path = arrival.target.raw, arrival.path
    if "//" in raw:
        return "the path has a double slash"
    own = base.removeprefix(arrival.root)
    if own and path.startswith(f"{own}/"):
        return f"the base path {base} is doubled; did you mean {arrival.root}{path}?"
    if _OTHER_MODULE.match(raw) and arrival.base != base:
        return f"this is the path of another GMS module; Context Services is at {base}"
    if _SLASH_IN_KEY.match(path):
        return "send a slash in an id or a contact key as %2F"
    return None


def _closest(context: RequestContext) -> str | None:
    """Return a hint that names the operations closest to the request."""
    from cs_simulator.api.closest import closest_paths

    arrival = context.arrival
    nearest = ", ".join(
        f"{operation.method} {_base(context, operation)}{template}"
        for operation, template in closest_paths(arrival.method, arrival.path, arrival.edition.name)
    )
    return f"closest: {nearest}" if nearest else None


def _base(context: RequestContext, operation: ApiOperation) -> str:
    if context.arrival.edition.name in operation.editions:
        return context.arrival.base
    base = base_paths_of(context.world.scenario).of(operation.editions[0])
    return f"{context.arrival.root}{base}"


def _wrong_method(context: RequestContext, allowed: Iterable[str]) -> Refusal:
    """Return the error for a method that a path does not have, with a hint at the closest."""
    arrival = context.arrival
    context.family = family_at(arrival.path)
    methods = ", ".join(sorted(allowed))
    text = f"{arrival.method} is not allowed on {arrival.target.raw}; allowed: {methods}"
    return MethodNotAllowed(text, {*allowed, "OPTIONS"}, _closest(context))


def _preflight(arrival: Arrival, allowed: Iterable[str]) -> PlannedResponse:
    methods = ", ".join(sorted({*allowed, "OPTIONS"}))
    headers = {"Allow": methods}
    if "HTTP_ORIGIN" in arrival.headers:
        asked = arrival.headers.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
        # A page may send any headers, such as tracing and request ids.
        wanted = [name for name in map(str.strip, asked.split(",")) if _TOKEN.fullmatch(name)]
        own = ["Content-Type", "Authorization", "ContactCenterId", "GroupId"]
        known = {name.lower() for name in own}
        names = [*own, *(name for name in wanted if name.lower() not in known)]
        headers["Access-Control-Allow-Methods"] = methods
        headers["Access-Control-Allow-Headers"] = ", ".join(names)
        headers["Access-Control-Max-Age"] = "600"
        if "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK" in arrival.headers:
            headers["Access-Control-Allow-Private-Network"] = "true"
    return PlannedResponse(204, headers, b"")


def _check_body(context: RequestContext, operation: ApiOperation, max_body: int) -> None:
    raw = context.arrival.body
    if len(raw) > max_body:
        raise BodyTooLarge(
            f"The body is larger than {max_body} bytes", "raise the limit with --max-body"
        )
    if not raw:
        return
    check_encoding(context.arrival)
    if (
        operation.body != "multipart"
        and context.world.scenario.setup.fidelity.content_type != "lenient"
    ):
        check_type(context.arrival)


def _body(operation: ApiOperation, raw: bytes, pairs: Pairs) -> Any:
    if operation.body == "multipart" or (operation.body == "none" and not operation.either):
        return None
    if not raw.strip() and (
        operation.body in ("optional", "none") or any(name in operation.either for name, _ in pairs)
    ):
        return {}
    body = read_json(raw)
    if operation.body != "any" and not isinstance(body, dict):
        raise MalformedBody(f"The body must be a JSON object, not {_kind(body)}")
    return body


def _either(
    operation: ApiOperation, body: Mapping[str, Any], pairs: Pairs, hints: list[str]
) -> tuple[Mapping[str, Any] | None, Pairs]:
    """Return body and query, after moving what the operation reads in the other place."""
    if operation.body == "none":
        return None, query_with_body(operation, body, pairs, hints) if body else pairs
    return body_with_query(operation, body, pairs, hints) if pairs else (body, pairs)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {bool: "a boolean", str: "a string", list: "a list"}
    return kinds.get(type(value), "a number")


def _call(
    context: RequestContext,
    work: Work,
    args: Mapping[str, str],
    tx: Transaction,
    pairs: Pairs,
    body: Any,
) -> Call:
    arrival, operation = context.arrival, work.operation
    query: Any = {}
    if not operation.free_query:
        query = read_parameters(pairs, operation.parameters, context.hints)
    return Call(
        operation,
        arrival.edition,
        tx,
        args,
        work.which,
        query,
        pairs,
        body,
        context.world.exports,
        context.resume,
        arrival.base_url,
    )


def _response(context: RequestContext, route: Route, result: CallResult) -> PlannedResponse:
    assert route.work is not None  # noqa: S101 - only a handler returns a result
    arrival, fidelity = context.arrival, context.world.scenario.setup.fidelity
    status = route.work.operation.status_in(arrival.edition.name, fidelity)
    if result.content is not None:
        content_type, data = result.content
        return PlannedResponse(status, {"Content-Type": content_type}, data)
    if not result.has_body:
        return PlannedResponse(status, {}, b"")
    return members_response(arrival, status, result.members, result.location)
