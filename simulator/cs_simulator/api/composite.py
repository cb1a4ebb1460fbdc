"""The composite start. Contract section 7."""

from __future__ import annotations

from typing import Any

from cs_simulator.api.calls import Call, Reply, shows
from cs_simulator.api.events import START_SERVICE, START_STATE, START_TASK, EventReader
from cs_simulator.documents.problems import ABSENT, Problem, UnfitError
from cs_simulator.documents.values import Boolean
from cs_simulator.domain import composite
from cs_simulator.domain.composite import Composed, Element
from cs_simulator.domain.model import Submission

_NOTHING = Submission({}, {})
_FLAG = Boolean()
_MEMBERS = ("service", "state", "task", "associate_state_task")


def composite_start(call: Call) -> Reply:
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
    return shows({"services": [_members(outcome) for outcome in outcomes]}, location)


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
    _ignore(call, event, _MEMBERS, f"{where}.")
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


def _members(outcome: Composed) -> dict[str, Any]:
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
