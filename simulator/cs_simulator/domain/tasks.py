"""Tasks: start, end."""

from __future__ import annotations

from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.events import (
    ended,
    event_of,
    hint_unknown_state,
    refuse_completed,
    touch,
    with_extensions,
)
from cs_simulator.domain.members import kept
from cs_simulator.domain.model import NO_EXTENSIONS, Service, Submission, Task
from cs_simulator.domain.transaction import Transaction, known_ids


def start_task(tx: Transaction, service: Service, submission: Submission) -> Task:
    """Start a task of a service, which may belong to one of its states.

    Source: API Reference, *Start Task*.
    """
    refuse_completed(tx, service, "task")
    values = submission.values
    problem = bad_reference(tx, service, values.get("state_id"))
    if problem is not None:
        raise BadValues([problem])
    hint_unknown_state(tx, service, "state_id", values.get("state_id"))
    task = Task(
        values={"task_id": tx.ids.task(), **kept("Task", values)},
        started=event_of(values, tx.now),
        extensions=with_extensions(tx.setup, NO_EXTENSIONS, submission.extensions),
    )
    tx.store.put_task(service.number, task)
    tx.effect("created", "task", task.task_id)
    touch(tx, service)
    return task


def bad_reference(
    tx: Transaction, service: Service | None, state_id: int | None, member: str = "state_id"
) -> Problem | None:
    """Return the problem of a task's state, which must be one of the service.

    A service that does not exist yet, None, has no states.
    """
    if state_id is None or tx.setup.fidelity.state_references == "ignore":
        return None
    states = {} if service is None else tx.store.states(service.number)
    if state_id in states:
        return None
    expected = f"a state of this service (it has {known_ids('state', states)})"
    return Problem(member, expected, state_id)


def end_task(tx: Transaction, service: Service, task: Task, submission: Submission) -> Task:
    """Complete a task. Source: API Reference, *Complete Task*.

    The page's table lists a ``state_id`` that is not in the path; its example sends it in the body.
    """
    state_id = submission.values.get("state_id", task.state_id)
    if state_id != task.state_id:
        own = "no state" if task.state_id is None else f"state {task.state_id}"
        tx.hint(f"state_id {state_id} ignored: task {task.task_id} belongs to {own}")
    completed = ended(tx, task, submission, f"task {task.task_id}")
    tx.store.put_task(service.number, completed)
    tx.effect("ended", "task", task.task_id)
    touch(tx, service)
    return completed
