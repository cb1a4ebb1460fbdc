"""Operations on services, their states and tasks, and on extensions of all three.

Contract sections 4 to 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cs_simulator.api.calls import Call, CallResult, created, done, shows
from cs_simulator.api.events import (
    START_SERVICE,
    START_STATE,
    START_TASK,
    TRANSITION,
    TRANSITION_FROM,
    TRANSITION_TO,
    EventReader,
)
from cs_simulator.documents.problems import ABSENT, Problem, UnfitError
from cs_simulator.documents.values import Boolean
from cs_simulator.domain import composite, extensions, services, states, tasks
from cs_simulator.domain.composite import Composed, Element
from cs_simulator.domain.model import Entity, Service, Submission
from cs_simulator.domain.queries import (
    Parts,
    ServiceFilter,
    TaskView,
    services_of_contact,
    services_of_customer,
    states_of,
    tasks_of,
    view_service,
    view_state,
)

_NOTHING = Submission({}, {})
_FLAG = Boolean()


def start_service(call: Call) -> CallResult:
    """Start a service."""
    reader = call.reader()
    own = _own_id(call, reader)
    submission = reader.event(START_SERVICE, call.body, skip="" if own is None else "service_id")
    reader.finish()
    service = services.start_service(call.tx, submission, own)
    service_id = call.edition.started_id(service.service_id, call.tx.setup.fidelity)
    return created({"service_id": service_id}, call.location(service))


def end_service(call: Call) -> CallResult:
    """Complete a service."""
    service = call.service()
    services.end_service(call.tx, service, call.event())
    return done()


def associate_service(call: Call) -> CallResult:
    """Attach a service to a customer."""
    service = call.service()
    services.associate_service(call.tx, service, call.args["customer_id"], call.event())
    return done()


def get_service(call: Call) -> CallResult:
    """Show one service."""
    return shows(_shown(call, [call.service()])[0])


def query_customer_services(call: Call) -> CallResult:
    """Show the services of a customer."""
    found = services_of_customer(call.tx, call.args["customer_id"], call.which, _filter(call))
    return shows(_shown(call, found))


def query_anonymous_services(call: Call) -> CallResult:
    """Show the services of a contact key that have no customer."""
    found = services_of_contact(call.tx, call.args["contact_key"], call.which, _filter(call))
    return shows(_shown(call, found))


def delete_service(call: Call) -> CallResult:
    """Delete a service with its states and tasks."""
    services.delete_service(call.tx, call.service())
    return done()


def update_service_expiration(call: Call) -> CallResult:
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


def start_state(call: Call) -> CallResult:
    """Start a state."""
    service = call.service()
    state = states.start_state(call.tx, service, call.event())
    location = call.location(service, "states", state.state_id)
    return created({"state_id": state.state_id}, location)


def end_state(call: Call) -> CallResult:
    """Complete a state."""
    service = call.service()
    state = call.state(service)
    states.end_state(call.tx, service, state, call.event())
    return done()


def transition_state(call: Call) -> CallResult:
    """End one state and start the next."""
    service = call.service()
    reader = call.reader()
    shared = reader.event(TRANSITION, call.body, skip="from to")
    ends = reader.part(call.body, "from")
    end = _NOTHING if ends is None else reader.event(TRANSITION_FROM, ends, "from.")
    if ends is not None and "state_id" not in end.values and ends.get("state_id") is None:
        reader.add(Problem("from.state_id", "the id of the state that ends"))
    starts = reader.part(call.body, "to")
    start = _NOTHING if starts is None else reader.event(TRANSITION_TO, starts, "to.")
    reader.finish()
    state = states.transition_state(
        call.tx,
        service,
        end.values["state_id"],
        _both(shared, end),
        _both(shared, start),
    )
    location = call.location(service, "states", state.state_id)
    return created({"state_id": state.state_id}, location)


def _both(shared: Submission, own: Submission) -> Submission:
    return Submission(
        {**shared.values, **own.values},
        {**shared.extensions, **own.extensions},
        shared.defaults | own.defaults,
    )


def query_states(call: Call) -> CallResult:
    """Show the states of a service."""
    service = call.service()
    renderer = call.renderer()
    found = states_of(call.tx, service, call.which, call.query["state_types"])
    parts = _parts(call)
    views = [view_state(call.tx, service, state, parts) for state in found]
    return shows([renderer.state(view) for view in views])


def get_state(call: Call) -> CallResult:
    """Show one state."""
    service = call.service()
    view = view_state(call.tx, service, call.state(service), _parts(call))
    return shows(call.renderer().state(view))


def _parts(call: Call) -> Parts:
    query = call.query
    return Parts(active_tasks=query["active_tasks"], completed_tasks=query["completed_tasks"])


def start_task(call: Call) -> CallResult:
    """Start a task."""
    service = call.service()
    task = tasks.start_task(call.tx, service, call.event())
    return created({"task_id": task.task_id}, call.location(service, "tasks", task.task_id))


def end_task(call: Call) -> CallResult:
    """Complete a task."""
    service = call.service()
    task = call.task(service)
    tasks.end_task(call.tx, service, task, call.event())
    return done()


def query_tasks(call: Call) -> CallResult:
    """Show the tasks of a service."""
    service = call.service()
    query = call.query
    renderer = call.renderer()
    found = tasks_of(call.tx, service, call.which, query["task_types"], query["state_id"])
    return shows([renderer.task(TaskView(service, task)) for task in found])


def get_task(call: Call) -> CallResult:
    """Show one task."""
    service = call.service()
    return shows(call.renderer().task(TaskView(service, call.task(service))))


def update_extension(call: Call) -> CallResult:
    """Replace the value of an extension."""
    service, entity = _owner(call)
    extensions.update_extension(call.tx, service, entity, *call.extension())
    return done()


def merge_extension(call: Call) -> CallResult:
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


def composite_start(call: Call) -> CallResult:
    """Find or create services, states and tasks."""
    reader = call.reader()
    events = call.body.get("services")
    elements = []
    if isinstance(events, list) and events:
        for position, event in enumerate(events):
            elements.append(_element(call, reader, event, f"services[{position}]"))
    else:
        got = ABSENT if events is None else events
        reader.add(Problem("services", "a non-empty list of composite start events", got))
    _ignore(call, call.body, ("services",), "")
    reader.finish()
    outcomes = composite.composite_start(call.tx, elements)
    first = outcomes[0]
    if first.task is None:
        location = call.location(first.service, "states", first.state.state_id)
    else:
        location = call.location(first.service, "tasks", first.task.task_id)
    return shows({"services": [_composed(outcome) for outcome in outcomes]}, location)


def _element(call: Call, reader: EventReader, event: Any, where: str) -> Element:
    if not isinstance(event, dict):
        reader.add(Problem(where, "an object with service, state and, optionally, task", event))
        return Element(_NOTHING, _NOTHING, None, associate_state_task=False)
    parts: dict[str, Submission | None] = {}
    for name, schema in (("service", START_SERVICE), ("state", START_STATE), ("task", START_TASK)):
        if name == "task" and event.get("task") is None:
            parts[name] = None
            continue
        body = reader.part(event, name, f"{where}.")
        inside = f"{where}.{name}."
        parts[name] = _NOTHING if body is None else reader.event(schema, body, inside)
    associate = event.get("associate_state_task")
    if associate is not None:
        try:
            associate = _FLAG(associate)
        except UnfitError as unfit:
            reader.add(unfit.problem(f"{where}.associate_state_task", associate))
    _ignore(call, event, ("service", "state", "task", "associate_state_task"), f"{where}.")
    return Element(
        parts["service"] or _NOTHING,
        parts["state"] or _NOTHING,
        parts["task"],
        associate_state_task=bool(associate),
    )


def _ignore(call: Call, body: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    names = [f"{where}{name}" for name in body if name not in known]
    if names:
        call.tx.hint(f"ignored members: {', '.join(names)}")


def _composed(outcome: Composed) -> dict[str, Any]:
    members: dict[str, Any] = {
        "service": {
            "service_id": outcome.service.service_id,
            "created": _word(outcome.service_created),
        },
        "state": {"state_id": outcome.state.state_id, "created": _word(outcome.state_created)},
    }
    if outcome.task is not None:
        members["task"] = {
            "task_id": outcome.task.task_id,
            "created": _word(outcome.task_created),
        }
    return members


def _word(created: bool) -> str:
    return "true" if created else "false"
