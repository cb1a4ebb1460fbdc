"""Operations on tasks. Contract section 6."""

from __future__ import annotations

from cs_simulator.api.calls import Call, Reply, created, done, shows
from cs_simulator.domain import tasks
from cs_simulator.domain.queries import TaskView, tasks_of


def start_task(call: Call) -> Reply:
    """Start a task."""
    service = call.service()
    task = tasks.start_task(call.tx, service, call.event())
    return created({"task_id": task.task_id}, call.location(service, "tasks", task.task_id))


def end_task(call: Call) -> Reply:
    """Complete a task."""
    service = call.service()
    task = call.task(service)
    tasks.end_task(call.tx, service, task, call.event())
    return done()


def query_tasks(call: Call) -> Reply:
    """Show the tasks of a service."""
    service = call.service()
    query = call.query
    renderer = call.renderer()
    found = tasks_of(call.tx, service, call.which, query["task_types"], query["state_id"])
    return shows([renderer.task(TaskView(service, task)) for task in found])


def get_task(call: Call) -> Reply:
    """Show one task."""
    service = call.service()
    return shows(call.renderer().task(TaskView(service, call.task(service))))
