"""Every operation of Context Services: its id, method, path, editions, and where it comes from.

One table. The routes, the control API's list of operations and the closest-route hints are made
from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from simulator.api import composite, maintenance, metadata, profiles, services, states, tasks
from simulator.api.editions import EditionName, Family
from simulator.api.queries import Parameter, texts

if TYPE_CHECKING:
    from simulator.api.calls import Call, Reply

Basis = Literal["documented", "relied on", "assumed"]
"""Where the answer of an operation comes from: the vendor's documents, what public clients rely
on, or our decision."""

Body = Literal["none", "object", "optional", "any"]
"""What an operation takes: no body, a JSON object, the same or nothing, any JSON value."""


class Operation(NamedTuple):
    """One operation and all its paths."""

    id: str
    method: str
    paths: tuple[str, ...]
    handler: Callable[[Call], Reply]
    basis: Basis
    assumes: str = ""
    """What of its answer is our decision, where the rest is documented."""
    body: Body = "none"
    parameters: Sequence[Parameter] = ()
    free_query: bool = False
    """Whether the handler reads the query itself."""
    family: Family = "services"
    editions: tuple[EditionName, ...] = ("8.5",)


_SERVICE = "/services/{service_id}"
_STATE = "/services/{service_id}/states/{state_id}"
_TASK = "/services/{service_id}/tasks/{task_id}"


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
    ),
    Operation(
        "end_service",
        "POST",
        (f"{_SERVICE}/end",),
        services.end_service,
        "documented",
        "status 204, as end_task has it",
        body="optional",
    ),
    Operation(
        "associate_service",
        "POST",
        ("/customers/{customer_id}/services/{service_id}",),
        services.associate_service,
        "documented",
        "status 204; nothing is mandatory in the body",
        body="optional",
    ),
    Operation(
        "get_service",
        "GET",
        (_SERVICE,),
        services.get_service,
        "documented",
        "its members, by analogy with states and tasks; filters of the lists are ignored",
        parameters=services.GET_PARAMETERS,
    ),
    Operation(
        "query_customer_services",
        "GET",
        _lists("/customers/{customer_id}/services"),
        services.query_customer_services,
        "relied on",
        "completed_from and completed_to; an empty list where nothing matches",
        parameters=services.LIST_PARAMETERS,
    ),
    Operation(
        "query_anonymous_services",
        "GET",
        _lists("/services/anonymous/{contact_key}"),
        services.query_anonymous_services,
        "documented",
        "completed_from and completed_to; an empty list where nothing matches",
        parameters=services.LIST_PARAMETERS,
    ),
    Operation("delete_service", "DELETE", (_SERVICE,), services.delete_service, "documented"),
    Operation(
        "update_service_expiration",
        "PUT",
        (_SERVICE,),
        services.update_service_expiration,
        "documented",
        "a body with neither member changes nothing",
        body="optional",
    ),
    Operation(
        "update_service_extension",
        "PUT",
        (f"{_SERVICE}/extensions/{{name}}",),
        services.update_service_extension,
        "documented",
        body="any",
    ),
    Operation(
        "merge_service_extension",
        "PUT",
        (f"{_SERVICE}/extensions/{{name}}/merge",),
        services.merge_service_extension,
        "documented",
        "a key on both sides keeps its stored value; what is no map is refused",
        body="object",
    ),
    Operation(
        "start_state",
        "POST",
        (f"{_SERVICE}/states/start",),
        states.start_state,
        "documented",
        "status 201, Location and body, as start_task has them",
        body="object",
    ),
    Operation(
        "end_state",
        "POST",
        (f"{_STATE}/end",),
        states.end_state,
        "documented",
        "status 204, as end_task has it",
        body="optional",
    ),
    Operation(
        "transition_state",
        "POST",
        (f"{_SERVICE}/states/transition",),
        states.transition_state,
        "documented",
        "status 201, Location and body; one timestamp for both sides",
        body="object",
    ),
    Operation(
        "query_states",
        "GET",
        _lists(f"{_SERVICE}/states"),
        states.query_states,
        "documented",
        parameters=states.LIST_PARAMETERS,
    ),
    Operation(
        "get_state",
        "GET",
        (_STATE,),
        states.get_state,
        "documented",
        parameters=states.GET_PARAMETERS,
    ),
    Operation(
        "update_state_extension",
        "PUT",
        (f"{_STATE}/extensions/{{name}}",),
        states.update_state_extension,
        "documented",
        body="any",
    ),
    Operation(
        "merge_state_extension",
        "PUT",
        (f"{_STATE}/extensions/{{name}}/merge",),
        states.merge_state_extension,
        "documented",
        "a key on both sides keeps its stored value; what is no map is refused",
        body="object",
    ),
    Operation(
        "start_task",
        "POST",
        (f"{_SERVICE}/tasks/start",),
        tasks.start_task,
        "documented",
        "a state_id must be that of a state of the service",
        body="object",
    ),
    Operation(
        "end_task",
        "POST",
        (f"{_TASK}/end",),
        tasks.end_task,
        "documented",
        body="optional",
    ),
    Operation(
        "query_tasks",
        "GET",
        _lists(f"{_SERVICE}/tasks"),
        tasks.query_tasks,
        "documented",
        parameters=tasks.LIST_PARAMETERS,
    ),
    Operation(
        "get_task",
        "GET",
        (_TASK,),
        tasks.get_task,
        "documented",
        parameters=tasks.GET_PARAMETERS,
    ),
    Operation(
        "update_task_extension",
        "PUT",
        (f"{_TASK}/extensions/{{name}}",),
        tasks.update_task_extension,
        "documented",
        body="any",
    ),
    Operation(
        "merge_task_extension",
        "PUT",
        (f"{_TASK}/extensions/{{name}}/merge",),
        tasks.merge_task_extension,
        "documented",
        "a key on both sides keeps its stored value; what is no map is refused",
        body="object",
    ),
    Operation(
        "composite_start",
        "POST",
        ("/services_composite/start",),
        composite.composite_start,
        "documented",
        "the newest of several that match is taken; Location is that of the first element",
        body="object",
    ),
    Operation(
        "purge_services",
        "POST",
        ("/maintenance/purge",),
        maintenance.purge_services,
        "documented",
        body="object",
    ),
    Operation(
        "export_services_stream",
        "GET",
        ("/maintenance/services/stream",),
        maintenance.export_services_stream,
        "documented",
        "both ends of the span count; the shape of the services with export_content",
        parameters=maintenance.STREAM_PARAMETERS,
    ),
    Operation(
        "export_services_files",
        "POST",
        ("/maintenance/services/files",),
        maintenance.export_services_files,
        "documented",
        "status 200; the columns of the files",
        parameters=maintenance.FILES_PARAMETERS,
    ),
    Operation(
        "query_business_attributes",
        "GET",
        ("/metadata/business-attributes", "/metadata/business-attributes/{name}"),
        metadata.query_business_attributes,
        "documented",
        "cv-attribute answers a list",
        parameters=metadata.PARAMETERS,
        family="profiles",
    ),
    Operation(
        "create_profile",
        "POST",
        ("/profiles",),
        profiles.create_profile,
        "documented",
        "a customer_id that is sent is ignored",
        body="object",
        family="profiles",
    ),
    Operation(
        "identify_customer",
        "GET",
        ("/profiles",),
        profiles.identify_customer,
        "documented",
        "no match answers 200 and an empty list; an unknown attribute is refused",
        free_query=True,
        family="profiles",
    ),
    Operation(
        "get_profile",
        "GET",
        ("/profiles/{customer_id}",),
        profiles.get_profile,
        "documented",
        "an unknown customer answers 404",
        parameters=(texts("extensions"),),
        family="profiles",
    ),
)


def family_at(path: str) -> Family:
    """Return the family of the operations that a path has, whatever their methods."""
    asked = path.split("/")
    for operation in OPERATIONS:
        for template in operation.paths:
            segments = template.split("/")
            if len(segments) == len(asked) and all(
                segment.startswith("{") or segment == given
                for segment, given in zip(segments, asked, strict=True)
            ):
                return operation.family
    return "services"
