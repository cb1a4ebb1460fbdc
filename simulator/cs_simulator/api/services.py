"""Operations on services, and on the extensions of services, states and tasks.

Contract section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cs_simulator.api.calls import Call, Reply, created, done, shows
from cs_simulator.api.events import START_SERVICE, EventReader
from cs_simulator.documents.problems import UnfitError
from cs_simulator.domain import extensions, services
from cs_simulator.domain.model import Entity, Service
from cs_simulator.domain.queries import (
    Parts,
    ServiceFilter,
    services_of_contact,
    services_of_customer,
    view_service,
)


def start_service(call: Call) -> Reply:
    """Start a service."""
    reader = call.reader()
    own = _own_id(call, reader)
    submission = reader.event(START_SERVICE, call.body, skip="" if own is None else "service_id")
    reader.finish()
    service = services.start_service(call.tx, submission, own)
    service_id = call.edition.started_id(service.service_id, call.tx.setup.fidelity)
    return created({"service_id": service_id}, call.location(service))


def end_service(call: Call) -> Reply:
    """Complete a service."""
    service = call.service()
    services.end_service(call.tx, service, call.event())
    return done()


def associate_service(call: Call) -> Reply:
    """Attach a service to a customer."""
    service = call.service()
    services.associate_service(call.tx, service, call.args["customer_id"], call.event())
    return done()


def get_service(call: Call) -> Reply:
    """Show one service."""
    return shows(_shown(call, [call.service()])[0])


def query_customer_services(call: Call) -> Reply:
    """Show the services of a customer."""
    found = services_of_customer(call.tx, call.args["customer_id"], call.which, _filter(call))
    return shows(_shown(call, found))


def query_anonymous_services(call: Call) -> Reply:
    """Show the services of a contact key that have no customer."""
    found = services_of_contact(call.tx, call.args["contact_key"], call.which, _filter(call))
    return shows(_shown(call, found))


def delete_service(call: Call) -> Reply:
    """Delete a service with its states and tasks."""
    services.delete_service(call.tx, call.service())
    return done()


def update_service_expiration(call: Call) -> Reply:
    """Set when a service expires."""
    service = call.service()
    submission = call.event()
    if submission.extensions:
        names = ", ".join(submission.extensions)
        call.tx.hint(f"ignored members: {names}; attached data belongs at /extensions/<name>")
    services.update_expiration(call.tx, service, submission.values)
    return done()


def _own_id(call: Call, reader: EventReader) -> int | str | None:
    """Return the id that a start event proposes for its service, if ``custom_ids`` allows it."""
    given = call.body.get("service_id")
    if given is None or call.tx.setup.fidelity.custom_ids == "ignore":
        return None
    try:
        return services.own_service_id(call.tx, given)
    except UnfitError as unfit:
        reader.add(unfit.problem("service_id", given))
        return 0


def _filter(call: Call) -> ServiceFilter:
    query = call.query
    return ServiceFilter(
        query["service_types"],
        query["started_from"],
        query["started_to"],
        query["completed_from"],
        query["completed_to"],
    )


def _shown(call: Call, found: Sequence[Service]) -> list[dict[str, Any]]:
    query = call.query
    parts = Parts(
        query["active_states"],
        query["completed_states"],
        query["active_tasks"],
        query["completed_tasks"],
    )
    renderer = call.renderer()
    return [renderer.service(view_service(call.tx, service, parts)) for service in found]


def update_extension(call: Call) -> Reply:
    """Replace the value of an extension."""
    service, entity = _owner(call)
    extensions.update_extension(call.tx, service, entity, *call.extension())
    return done()


def merge_extension(call: Call) -> Reply:
    """Merge a map into an extension."""
    service, entity = _owner(call)
    extensions.merge_extension(call.tx, service, entity, call.extension_name(), call.body)
    return done()


def _owner(call: Call) -> tuple[Service, Entity]:
    """Return the service that the path names, and what in it the extension belongs to."""
    service = call.service()
    match call.operation.kind:
        case "states":
            return service, call.state(service)
        case "tasks":
            return service, call.task(service)
    return service, service
