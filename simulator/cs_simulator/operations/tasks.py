"""Operations on the tasks of a service: contract section 6."""

from __future__ import annotations

from cs_simulator.operations.row import (
    ApiOperation,
    every,
    extension_rows,
    ids,
    lists,
    one,
    texts,
)

_TASKS = "/services/{service_id}/tasks"
_TASK = f"{_TASKS}/{{task_id}}"
_GET_PARAMETERS = (texts("extensions"),)
_LIST_PARAMETERS = (texts("task_types"), ids("state_id"), *_GET_PARAMETERS)


TASKS: tuple[ApiOperation, ...] = (
    ApiOperation(
        "start_task",
        "POST",
        (f"{_TASKS}/start",),
        handler="tasks:start_task",
        assumes="a state_id must be that of a state of the service",
        body="object",
        form="StartTask",
        example={"task_type": "refund", "est_duration": 60},
        attached={"order": {"number": "A-20417", "amount": 39.9}},
        status=201,
        shows=one("TaskStarted"),
        makes={"task_id": "/task_id"},
        privileges=("UCS.Task.startTask",),
        extension_privilege="UCS.Task.createTaskExtension",
    ),
    ApiOperation(
        "end_task",
        "POST",
        (f"{_TASK}/end",),
        handler="tasks:end_task",
        body="optional",
        form="EndTask",
        either=("state_id",),
        example={"disposition": 10},
        status=204,
        privileges=("UCS.Task.stopTask",),
        extension_privilege="UCS.Task.createTaskExtension",
    ),
    ApiOperation(
        "query_tasks",
        "GET",
        lists(_TASKS),
        handler="tasks:query_tasks",
        parameters=_LIST_PARAMETERS,
        shows=every("Task"),
        privileges=("UCS.Task.readTask",),
        extension_privilege="UCS.Task.readTaskExtension",
    ),
    ApiOperation(
        "get_task",
        "GET",
        (_TASK,),
        handler="tasks:get_task",
        parameters=_GET_PARAMETERS,
        shows=one("Task"),
        privileges=("UCS.Task.readTask",),
        extension_privilege="UCS.Task.readTaskExtension",
    ),
    *extension_rows("tasks", _TASK, {"number": "A-20417"}, {"amount": 39.9}),
)
