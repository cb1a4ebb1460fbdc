"""Every operation of Context Services: its id, method, path, editions, and where it comes from.

One table. The routes, the control API's list of operations and the closest-route hints are made
from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cs_simulator.api import services, states, tasks
from cs_simulator.api.editions import EditionName, Family
from cs_simulator.api.operation import Operation, late
from cs_simulator.api.operations_profiles import PROFILE_OPERATIONS
from cs_simulator.api.operations_server import SERVER_OPERATIONS
from cs_simulator.api.queries import FullName, Parameter, choice, flag, moment

_ONLY_85: tuple[EditionName, ...] = ("8.5",)
_SERVICE = "/services/{service_id}"
_STATE = "/services/{service_id}/states/{state_id}"
_TASK = "/services/{service_id}/tasks/{task_id}"
_EXPORT_PARAMETERS: Sequence[Parameter] = (
    moment("time_from", needed=True),
    moment("time_to"),
    choice("filter_events", "any", "started", "completed"),
    choice("filter_state", "any", "active", "inactive"),
)


def _lists(path: str) -> tuple[str, ...]:
    return path, f"{path}/active", f"{path}/completed"


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "start_service",
        "POST",
        ("/services/start",),
        services.start_service,
        "documented",
        "the answer of edition 8.5, by analogy with 8.1",
        body="object",
        privileges=("UCS.Service.startService",),
        extension_privilege="UCS.Service.createServiceExtension",
    ),
    Operation(
        "end_service",
        "POST",
        (f"{_SERVICE}/end",),
        services.end_service,
        "documented",
        "status 204, as end_task has it",
        body="optional",
        privileges=("UCS.Service.stopService",),
        extension_privilege="UCS.Service.createServiceExtension",
    ),
    Operation(
        "associate_service",
        "POST",
        ("/customers/{customer_id}/services/{service_id}",),
        services.associate_service,
        "documented",
        "status 204; nothing is mandatory in the body",
        body="optional",
        privileges=("UCS.Service.startService",),
        extension_privilege="UCS.Service.createServiceExtension",
    ),
    Operation(
        "get_service",
        "GET",
        (_SERVICE,),
        services.get_service,
        "documented",
        "its members, by analogy with states and tasks; filters of the lists are ignored",
        parameters=services.GET_PARAMETERS,
        privileges=("UCS.Service.readService",),
        extension_privilege="UCS.Service.readServiceExtension",
    ),
    Operation(
        "query_customer_services",
        "GET",
        _lists("/customers/{customer_id}/services"),
        services.query_customer_services,
        "relied on",
        "completed_from and completed_to; an empty list where nothing matches",
        parameters=services.LIST_PARAMETERS,
        privileges=("UCS.Service.readService",),
        extension_privilege="UCS.Service.readServiceExtension",
    ),
    Operation(
        "query_anonymous_services",
        "GET",
        _lists("/services/anonymous/{contact_key}"),
        services.query_anonymous_services,
        "documented",
        "completed_from and completed_to; an empty list where nothing matches",
        parameters=services.LIST_PARAMETERS,
        privileges=("UCS.Service.readService",),
        extension_privilege="UCS.Service.readServiceExtension",
    ),
    Operation(
        "delete_service",
        "DELETE",
        (_SERVICE,),
        services.delete_service,
        "documented",
        editions=_ONLY_85,
    ),
    Operation(
        "update_service_expiration",
        "PUT",
        (_SERVICE,),
        services.update_service_expiration,
        "documented",
        "a body with neither member changes nothing",
        body="optional",
        editions=_ONLY_85,
    ),
    Operation(
        "update_service_extension",
        "PUT",
        (f"{_SERVICE}/extensions/{{name}}",),
        services.update_service_extension,
        "documented",
        body="any",
        privileges=("UCS.Service.updateServiceExtension",),
    ),
    Operation(
        "merge_service_extension",
        "PUT",
        (f"{_SERVICE}/extensions/{{name}}/merge",),
        services.merge_service_extension,
        "documented",
        "a key on both sides keeps its stored value; what is no map is refused",
        body="object",
        editions=_ONLY_85,
    ),
    Operation(
        "start_state",
        "POST",
        (f"{_SERVICE}/states/start",),
        states.start_state,
        "documented",
        "status 201, Location and body, as start_task has them",
        body="object",
        privileges=("UCS.State.startState",),
        extension_privilege="UCS.State.createStateExtension",
    ),
    Operation(
        "end_state",
        "POST",
        (f"{_STATE}/end",),
        states.end_state,
        "documented",
        "status 204, as end_task has it",
        body="optional",
        privileges=("UCS.State.stopState",),
        extension_privilege="UCS.State.createStateExtension",
    ),
    Operation(
        "transition_state",
        "POST",
        (f"{_SERVICE}/states/transition",),
        states.transition_state,
        "documented",
        "status 201, Location and body; one timestamp for both sides",
        body="object",
        privileges=("UCS.State.startState", "UCS.State.stopState"),
        extension_privilege="UCS.State.createStateExtension",
    ),
    Operation(
        "query_states",
        "GET",
        _lists(f"{_SERVICE}/states"),
        states.query_states,
        "documented",
        parameters=states.LIST_PARAMETERS,
        privileges=("UCS.State.readState",),
        extension_privilege="UCS.State.readStateExtension",
    ),
    Operation(
        "get_state",
        "GET",
        (_STATE,),
        states.get_state,
        "documented",
        parameters=states.GET_PARAMETERS,
        privileges=("UCS.State.readState",),
        extension_privilege="UCS.State.readStateExtension",
    ),
    Operation(
        "update_state_extension",
        "PUT",
        (f"{_STATE}/extensions/{{name}}",),
        states.update_state_extension,
        "documented",
        body="any",
        privileges=("UCS.State.updateStateExtension",),
    ),
    Operation(
        "merge_state_extension",
        "PUT",
        (f"{_STATE}/extensions/{{name}}/merge",),
        states.merge_state_extension,
        "documented",
        "a key on both sides keeps its stored value; what is no map is refused",
        body="object",
        editions=_ONLY_85,
    ),
    Operation(
        "start_task",
        "POST",
        (f"{_SERVICE}/tasks/start",),
        tasks.start_task,
        "documented",
        "a state_id must be that of a state of the service",
        body="object",
        privileges=("UCS.Task.startTask",),
        extension_privilege="UCS.Task.createTaskExtension",
    ),
    Operation(
        "end_task",
        "POST",
        (f"{_TASK}/end",),
        tasks.end_task,
        "documented",
        body="optional",
        privileges=("UCS.Task.stopTask",),
        extension_privilege="UCS.Task.createTaskExtension",
    ),
    Operation(
        "query_tasks",
        "GET",
        _lists(f"{_SERVICE}/tasks"),
        tasks.query_tasks,
        "documented",
        parameters=tasks.LIST_PARAMETERS,
        privileges=("UCS.Task.readTask",),
        extension_privilege="UCS.Task.readTaskExtension",
    ),
    Operation(
        "get_task",
        "GET",
        (_TASK,),
        tasks.get_task,
        "documented",
        parameters=tasks.GET_PARAMETERS,
        privileges=("UCS.Task.readTask",),
        extension_privilege="UCS.Task.readTaskExtension",
    ),
    Operation(
        "update_task_extension",
        "PUT",
        (f"{_TASK}/extensions/{{name}}",),
        tasks.update_task_extension,
        "documented",
        body="any",
        privileges=("UCS.Task.updateTaskExtension",),
    ),
    Operation(
        "merge_task_extension",
        "PUT",
        (f"{_TASK}/extensions/{{name}}/merge",),
        tasks.merge_task_extension,
        "documented",
        "a key on both sides keeps its stored value; what is no map is refused",
        body="object",
        editions=_ONLY_85,
    ),
    Operation(
        "composite_start",
        "POST",
        ("/services_composite/start",),
        late("cs_simulator.api.composite", "composite_start"),
        "documented",
        "the newest of several that match is taken; Location is that of the first element",
        body="object",
        editions=_ONLY_85,
    ),
    Operation(
        "purge_services",
        "POST",
        ("/maintenance/purge",),
        late("cs_simulator.api.maintenance", "purge_services"),
        "documented",
        body="object",
        editions=_ONLY_85,
    ),
    Operation(
        "export_services_stream",
        "GET",
        ("/maintenance/services/stream",),
        late("cs_simulator.api.maintenance", "export_services_stream"),
        "documented",
        "both ends of the span count; the shape of the services with export_content",
        parameters=(*_EXPORT_PARAMETERS, flag("export_content")),
        editions=_ONLY_85,
    ),
    Operation(
        "export_services_files",
        "POST",
        ("/maintenance/services/files",),
        late("cs_simulator.api.maintenance", "export_services_files"),
        "documented",
        "status 200; the columns of the files",
        parameters=_EXPORT_PARAMETERS,
        editions=_ONLY_85,
    ),
    Operation(
        "query_business_attributes",
        "GET",
        ("/metadata/business-attributes", "/metadata/business-attributes/{name}"),
        late("cs_simulator.api.metadata", "query_business_attributes"),
        "documented",
        "cv-attribute answers a list",
        parameters=(Parameter("cv-attribute", FullName()),),
        family="profiles",
        privileges=("UCS.SchemaMgt.readBusinessAttribute",),
    ),
    *PROFILE_OPERATIONS,
    *SERVER_OPERATIONS,
)


def family_at(path: str) -> Family:
    """Return the family of the operations that a path has, whatever their methods."""
    asked = path.split("/")
    return next(
        operation.family
        for operation in OPERATIONS
        for template in operation.paths
        if _fits(template.split("/"), asked)
    )


def _fits(template: Sequence[str], asked: Sequence[str]) -> bool:
    return len(template) == len(asked) and all(
        segment.startswith("{") or segment == given
        for segment, given in zip(template, asked, strict=True)
    )
