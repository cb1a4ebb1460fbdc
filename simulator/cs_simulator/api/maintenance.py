"""The server: its status and mode, purge and export. Contract sections 7 and 8."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from cs_simulator import __version__
from cs_simulator.api.calls import Call, CallResult, DeferredResult, done, shows
from cs_simulator.api.fields import ConvertedField, ProblemText, problems_of
from cs_simulator.api.queries import Choice
from cs_simulator.api.resources import ALL_EXTENSIONS, Renderer
from cs_simulator.clock import format_instant
from cs_simulator.documents.problems import Problem
from cs_simulator.documents.values import Moment
from cs_simulator.domain import maintenance
from cs_simulator.domain.errors import BadValues, WrongCase
from cs_simulator.domain.maintenance import StateFilter
from cs_simulator.domain.model import Service
from cs_simulator.domain.queries import ALL_PARTS, ServiceView, view_service
from cs_simulator.domain.server_state import MODES
from cs_simulator.domain.transaction import Transaction

VERSION = f"8.1 (cs-simulator {__version__})"

_MAX_MEMORY = 518_464
_ALLOCATED_MEMORY = 63_936
_USED_MEMORY = 7_947
"""In kilobytes, as in the documents' sample; a simulator's own memory figures would only confuse.
"""


def get_server_status(call: Call) -> CallResult:
    """Show the version, the mode and the counters of the server.

    The counters are those of this world, for the current day of its clock; a reset sets them to
    zero. Source: API Reference, *Query Server Status*.
    """
    server = call.tx.server
    counted = server.statistics(call.tx.now)
    members = {
        "version": VERSION,
        "system_time": format_instant(call.tx.now),
        "mode": server.mode,
        "max_memory": _MAX_MEMORY,
        "allocated_memory": _ALLOCATED_MEMORY,
        "used_memory": _USED_MEMORY,
        "free_memory": _ALLOCATED_MEMORY - _USED_MEMORY,
        "started": format_instant(server.started),
        "request_today": counted.requests,
        "client_errors_today": counted.client_errors,
        "server_errors_today": counted.server_errors,
    }
    if counted.last_request is not None:
        members["last_request"] = format_instant(counted.last_request)
    return shows(members)


def set_server_mode(call: Call) -> CallResult:
    """Switch the server to production or maintenance mode, immediately.

    Source: API Reference, *Set Server Mode*; the error is the one that the documents print.
    """
    given = call.body.get("mode")
    if given is None:
        raise BadValues([Problem("mode", " or ".join(MODES))])
    word = given.lower() if isinstance(given, str) else None
    for mode in MODES:
        if mode == word:
            call.tx.server.mode = mode
            return shows({"server changed": mode}, "/server/status")
    raise WrongCase(
        f"bad parameter 'server mode' reason : server mode has not a correct value '{given}'",
        f"send {' or '.join(MODES)}",
    )


def _required(expected: str) -> dict[str, str]:
    return {"required": ProblemText(Problem("", expected))}


class Purge(Schema):
    """The body of a purge: delete services that started before ``limit``."""

    class Meta:
        """Ignore unknown members, as a lenient binder does."""

        unknown = EXCLUDE

    limit = ConvertedField(Moment(), required=True, error_messages=_required(Moment.expected))
    operation = ConvertedField(
        Choice(tuple(maintenance.PURGES)),
        required=True,
        error_messages=_required(f"one of {', '.join(maintenance.PURGES)}"),
    )


PURGE = Purge()


def purge_services(call: Call) -> CallResult:
    """Delete services started before a date."""
    given = {name: value for name, value in call.body.items() if value is not None}
    try:
        values: Any = PURGE.load(given)
    except ValidationError as error:
        raise BadValues(problems_of(error)) from None
    ignored = [name for name in given if name not in PURGE.fields]
    if ignored:
        call.tx.hint(f"ignored members: {', '.join(ignored)}")
    count = maintenance.purge_services(call.tx, values["limit"], values["operation"])
    call.tx.hint(f"purged {count} service{'' if count == 1 else 's'}")
    return done()


def export_services_stream(call: Call) -> DeferredResult:
    """Return the ids of services, or the services with all their data."""
    if call.query["export_content"]:
        return _export(
            call, partial(_shown, call.renderer(ALL_EXTENSIONS)), call.query["filter_state"]
        )
    if any(name == "filter_state" for name, _ in call.raw_query):
        call.tx.hint("filter_state ignored: it needs export_content=true")
    return _export(call, _ids)


def export_services_files(call: Call) -> DeferredResult:
    """Write services, states and tasks to three files and return their names."""
    return _export(call, partial(_filed, call), call.query["filter_state"])


def _export(
    call: Call,
    shown: Callable[[Transaction, list[Service]], CallResult],
    state: StateFilter = "any",
) -> DeferredResult:
    """Copy what was stored in the period that the query asks for; the rest shows it."""
    query, events = call.query, call.query["filter_events"]
    start = query["time_from"]
    end = call.tx.now if query["time_to"] is None else query["time_to"]
    tx = call.tx.apart(start, end + 1)
    return DeferredResult(
        lambda: shown(tx, maintenance.services_to_export(tx, start, end, events, state))
    )


def _ids(_tx: Transaction, services: list[Service]) -> CallResult:
    return shows([str(service.service_id) for service in services])


def _shown(renderer: Renderer, tx: Transaction, services: list[Service]) -> CallResult:
    return shows([renderer.service(view) for view in _views(tx, services)])


def _filed(call: Call, tx: Transaction, services: list[Service]) -> CallResult:
    views = list(_views(tx, services))
    created = call.exports.write(tx.now, call.renderer(ALL_EXTENSIONS), views, call.resume)
    return shows({"created": created})


def _views(tx: Transaction, services: list[Service]) -> Iterator[ServiceView]:
    """Yield services with everything in them; each is freed after its turn, not all at the end."""
    services.reverse()
    while services:
        yield view_service(tx, services.pop(), ALL_PARTS)
