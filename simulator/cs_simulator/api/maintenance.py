"""Purge and export. Contract section 7."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from cs_simulator.api.calls import Call, Reply, done, shows
from cs_simulator.api.fields import ConvertedField, ProblemText, problems_of
from cs_simulator.api.queries import Choice
from cs_simulator.api.resources import ALL_EXTENSIONS
from cs_simulator.documents.problems import Problem
from cs_simulator.documents.values import Moment
from cs_simulator.domain import maintenance
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.model import Service
from cs_simulator.domain.queries import ALL_PARTS, ServiceView, view_service


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


def purge_services(call: Call) -> Reply:
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


def export_services_stream(call: Call) -> Reply:
    """Return the ids of services, or the services with all their data."""
    found = _exported(call)
    if not call.query["export_content"]:
        if any(name == "filter_state" for name, _ in call.raw_query):
            call.tx.hint("filter_state ignored: it needs export_content=true")
        return shows([str(service.service_id) for service in found])
    renderer = call.renderer(ALL_EXTENSIONS)
    return shows([renderer.service(view) for view in _views(call, found)])


def export_services_files(call: Call) -> Reply:
    """Write services, states and tasks to three files and return their names."""
    views = list(_views(call, _exported(call)))
    created = call.exports.write(call.tx.now, call.renderer(ALL_EXTENSIONS), views)
    return shows({"created": created})


def _views(call: Call, services: list[Service]) -> Iterator[ServiceView]:
    """Yield services with everything in them; each is freed after its turn, not all at the end."""
    services.reverse()
    while services:
        yield view_service(call.tx, services.pop(), ALL_PARTS)


def _exported(call: Call) -> list[Service]:
    query = call.query
    time_to = query["time_to"]
    streams_ids = "export_content" in query and not query["export_content"]
    return maintenance.services_to_export(
        call.tx,
        query["time_from"],
        call.tx.now if time_to is None else time_to,
        query["filter_events"],
        "any" if streams_ids else query["filter_state"],
    )
