"""Operations on tasks. Contract section 6."""

from __future__ import annotations

from collections.abc import Sequence

from cs_simulator.api.calls import Call, Reply, no_content
from cs_simulator.api.events import END_TASK, START_TASK
from cs_simulator.api.queries import Parameter, ids, texts
from cs_simulator.domain import extensions, tasks
from cs_simulator.domain.queries import TaskView, tasks_of

GET_PARAMETERS: Sequence[Parameter] = (texts("extensions"),)
LIST_PARAMETERS: Sequence[Parameter] = (texts("task_types"), ids("state_id"), *GET_PARAMETERS)


def start_task(call: Call) -> Reply:
    """Start a task."""
    service = call.service()
    reader = call.reader()
    submission = reader.event(START_TASK, call.body)
    reader.finish()
    task = tasks.start_task(call.tx, service, submission)
    return Reply(201, {"task_id": task.task_id}, call.location(service, "tasks", task.task_id))


def end_task(call: Call) -> Reply:
    """Complete a task."""
    service = call.service()
    task = call.task(service)
    reader = call.reader()
    submission = reader.event(END_TASK, call.body)
    reader.finish()
    tasks.end_task(call.tx, service, task, submission)
    return no_content()


def query_tasks(call: Call) -> Reply:
    """Show the tasks of a service."""
    service = call.service()
    query = call.query
    renderer = call.renderer()
    found = tasks_of(call.tx, service, call.which, query["task_types"], query["state_id"])
    return Reply(200, [renderer.task(TaskView(service, task)) for task in found])


def get_task(call: Call) -> Reply:
    """Show one task."""
    service = call.service()
    return Reply(200, call.renderer().task(TaskView(service, call.task(service))))


def update_task_extension(call: Call) -> Reply:
    """Replace the value of an extension."""
    service = call.service()
    task = call.task(service)
    extensions.update_extension(call.tx, service, task, *call.extension("tasks"))
    return no_content(200)


def merge_task_extension(call: Call) -> Reply:
    """Merge a map into an extension."""
    service = call.service()
    task = call.task(service)
    extensions.merge_extension(call.tx, service, task, call.extension_name(), call.body)
    return no_content(200)
