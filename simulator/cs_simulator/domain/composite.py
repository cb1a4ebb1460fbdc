"""Composite start: find or create a service, a state and a task in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.events import touched, with_extensions
from cs_simulator.domain.members import BY_NAME, OF_RETENTION
from cs_simulator.domain.model import Service, SomeEntity, State, Submission, Task
from cs_simulator.domain.services import start_service
from cs_simulator.domain.states import start_state
from cs_simulator.domain.store import same_value
from cs_simulator.domain.tasks import bad_reference, start_task
from cs_simulator.domain.transaction import Transaction


class Element(NamedTuple):
    """One composite start event."""

    service: Submission
    state: Submission
    task: Submission | None
    associate_state_task: bool


class Composed(NamedTuple):
    """The result for one element: each entity, and whether it was created."""

    service: Service
    service_created: bool
    state: State
    state_created: bool
    task: Task | None
    task_created: bool


def composite_start(tx: Transaction, elements: Sequence[Element]) -> list[Composed]:
    """Find or create what each element names; later elements see what earlier ones created.

    Raises :exc:`BadValues`, before anything is stored, if a task refers to a state that its service
    does not have.
    """
    problems = []
    for position, element in enumerate(elements):
        if element.task is None or element.associate_state_task:
            continue
        member = f"services[{position}].task.state_id"
        state_id = element.task.values.get("state_id")
        problem = bad_reference(tx, _find_service(tx, element.service), state_id, member)
        if problem is not None:
            problems.append(problem)
    if problems:
        raise BadValues(problems)
    tx.ids.require(len(elements), "service", "state", "task")
    return [_start(tx, element) for element in elements]


def _start(tx: Transaction, element: Element) -> Composed:
    service = _find_service(tx, element.service)
    service_created = service is None
    if service is None:
        service = start_service(tx, element.service)
    else:
        service = _update_service(tx, service, element.service)
    state = _newest(
        tx.store.states(service.number), "state_type", element.state.values.get("state_type")
    )
    state_created = state is None
    if state is None:
        state = start_state(tx, service, element.state)
    elif tx.setup.fidelity.composite_found == "update":
        state = _updated(tx, state, element.state)
        tx.store.put_state(service.number, state)
        tx.effect("changed", "state", state.state_id)
    task, task_created = None, False
    if element.task is not None:
        task, task_created = _start_task(
            tx, service, state, element.task, associate=element.associate_state_task
        )
    return Composed(
        tx.store.service(service.number), service_created, state, state_created, task, task_created
    )


def _start_task(
    tx: Transaction, service: Service, state: State, submission: Submission, *, associate: bool
) -> tuple[Task, bool]:
    values = submission.values
    task = _newest(tx.store.tasks(service.number), "task_type", values.get("task_type"))
    if task is not None:
        if tx.setup.fidelity.composite_found == "update":
            task = _updated(tx, task, submission)
            tx.store.put_task(service.number, task)
            tx.effect("changed", "task", task.task_id)
        return task, False
    if associate:
        if values.get("state_id", state.state_id) != state.state_id:
            tx.hint(
                f"state_id {values['state_id']} ignored; associate_state_task assigns the task "
                f"to state {state.state_id}"
            )
        submission = Submission({**values, "state_id": state.state_id}, submission.extensions)
    return start_task(tx, tx.store.service(service.number), submission), True


def _find_service(tx: Transaction, submission: Submission) -> Service | None:
    values = submission.values
    return tx.store.newest_active(
        values.get("customer_id"), values.get("contact_key"), values.get("service_type")
    )


SomePart = TypeVar("SomePart", State, Task)


def _newest(parts: Mapping[int, SomePart], member: str, wanted: object) -> SomePart | None:
    newest: SomePart | None = None
    for part in parts.values():
        # They are in order of creation: among equal starts the last is the newest.
        if newest is not None and part.started.timestamp < newest.started.timestamp:
            continue
        if part.completed is None and same_value(getattr(part, member), wanted):
            newest = part
    return newest


def _update_service(tx: Transaction, service: Service, submission: Submission) -> Service:
    if tx.setup.fidelity.composite_found == "keep":
        return service
    ignored = [each.name for each in OF_RETENTION if each.name in submission.values]
    if ignored:
        tx.hint(
            f"service {service.service_id} already existed; its {', '.join(ignored)} did not change"
        )
    updated = _updated(tx, service, submission)
    updated = updated._replace(retention=touched(service.retention, tx.now))
    tx.store.replace_service(updated)
    tx.effect("changed", "service", service.service_id)
    return updated


def _updated(tx: Transaction, entity: SomeEntity, submission: Submission) -> SomeEntity:
    """Return a found entity with the attached data that was sent, and the members that change."""
    changed = {
        name: value for name, value in submission.values.items() if BY_NAME[name].by_composite
    }
    return entity._replace(
        values={**entity.values, **changed},
        extensions=with_extensions(tx.setup, entity.extensions, submission.extensions),
    )
