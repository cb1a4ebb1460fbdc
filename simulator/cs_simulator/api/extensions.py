"""The endpoints of the extensions of services, states and tasks."""

from __future__ import annotations

from cs_simulator.api.calls import Call, Reply, done
from cs_simulator.domain import extensions
from cs_simulator.domain.model import Entity, Service


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
