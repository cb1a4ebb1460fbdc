"""Operations on services. Contract section 4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cs_simulator.api.calls import Call, Reply, no_content
from cs_simulator.api.events import ASSOCIATE_SERVICE, END_SERVICE, EXPIRATION, START_SERVICE
from cs_simulator.api.queries import Parameter, flag, moment, texts
from cs_simulator.domain import extensions, services
from cs_simulator.domain.model import Service
from cs_simulator.domain.queries import (
    Parts,
    ServiceFilter,
    services_of_contact,
    services_of_customer,
    view_service,
)

GET_PARAMETERS: Sequence[Parameter] = (
    flag("active_states"),
    flag("completed_states"),
    flag("active_tasks"),
    flag("completed_tasks"),
    texts("extensions"),
)
LIST_PARAMETERS: Sequence[Parameter] = (
    texts("service_types"),
    moment("started_from"),
    moment("started_to"),
    moment("completed_from"),
    moment("completed_to"),
    *GET_PARAMETERS,
)


def start_service(call: Call) -> Reply:
    """Start a service."""
    reader = call.reader()
    submission = reader.owned(reader.event(START_SERVICE, call.body))
    reader.finish()
    service = services.start_service(call.tx, submission)
    return Reply(201, {"service_id": service.service_id}, call.location(service))


def end_service(call: Call) -> Reply:
    """Complete a service."""
    service = call.service()
    reader = call.reader()
    submission = reader.event(END_SERVICE, call.body)
    reader.finish()
    services.end_service(call.tx, service, submission)
    return no_content()


def associate_service(call: Call) -> Reply:
    """Attach a service to a customer."""
    service = call.service()
    reader = call.reader()
    submission = reader.event(ASSOCIATE_SERVICE, call.body)
    reader.finish()
    services.associate_service(call.tx, service, call.args["customer_id"], submission)
    return no_content(int(call.tx.setup.fidelity.associate_status))


def get_service(call: Call) -> Reply:
    """Show one service."""
    return Reply(200, _shown(call, [call.service()])[0])


def query_customer_services(call: Call) -> Reply:
    """Show the services of a customer."""
    found = services_of_customer(call.tx, call.args["customer_id"], call.which, _filter(call))
    return Reply(200, _shown(call, found))


def query_anonymous_services(call: Call) -> Reply:
    """Show the services of a contact key that have no customer."""
    found = services_of_contact(call.tx, call.args["contact_key"], call.which, _filter(call))
    return Reply(200, _shown(call, found))


def delete_service(call: Call) -> Reply:
    """Delete a service with its states and tasks."""
    services.delete_service(call.tx, call.service())
    return no_content(200)


def update_service_expiration(call: Call) -> Reply:
    """Set when a service expires."""
    service = call.service()
    reader = call.reader()
    submission = reader.event(EXPIRATION, call.body)
    reader.finish()
    if submission.extensions:
        names = ", ".join(submission.extensions)
        call.tx.hint(f"members ignored here: {names}; attached data goes to /extensions/<name>")
    services.update_expiration(call.tx, service, submission.values)
    return no_content(200)


def update_service_extension(call: Call) -> Reply:
    """Replace the value of an extension."""
    service = call.service()
    extensions.update_extension(call.tx, service, service, *call.extension("services"))
    return no_content(call.edition.extension_update_status)


def merge_service_extension(call: Call) -> Reply:
    """Merge a map into an extension."""
    service = call.service()
    extensions.merge_extension(call.tx, service, service, call.extension_name(), call.body)
    return no_content(200)


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
