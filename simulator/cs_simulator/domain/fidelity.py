"""Fidelity switches: what the vendor's documents leave open, and what the simulator assumes.

The scenario key ``fidelity``, the option ``--fidelity`` and the reference page all come from one
table. Contract section 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.documents.problems import Problem, nearest, no_such


class UnknownSwitchError(ValueError):
    """An unknown switch or value; the text lists the known ones."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def _switch(*values: str, governs: str, assumes: str, settled: str) -> Any:
    return field(
        default=values[0],
        metadata={"values": values, "governs": governs, "assumes": assumes, "settled": settled},
    )


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The value of every switch; the default if it was not set."""

    service_ids: str = _switch(
        "integer",
        "conversation",
        governs="all operations",
        assumes="the text says 64-bit integer, the 8.5 examples show 383-f9a62aec-...",
        settled="POST services/start, and see the service_id of its response",
    )
    location_segment: str = _switch(
        "services",
        "service",
        governs="Location headers, except of composite_start",
        assumes="examples print /services/, tables print /service/",
        settled="POST services/start, and see the Location of its response",
    )
    not_found_status: str = _switch(
        "400",
        "404",
        governs="unknown services, states and tasks of edition 8.5",
        assumes="400 is documented for DELETE, and used for all",
        settled="GET services/{service_id}/states/{an id that no state has}",
    )
    types_mandatory: str = _switch(
        "false",
        "true",
        governs="service_type, state_type and task_type in edition 8.5",
        assumes="older pages call them mandatory, newer ones optional",
        settled="POST services/start without a service_type",
    )
    string_limits: str = _switch(
        "documented",
        "everywhere",
        "ignore",
        governs="session_id, interaction_id and disposition_desc in events",
        assumes="lengths are documented for the end of services and states; longer is rejected",
        settled=(
            "POST services/{service_id}/tasks/start with a session_id of 33 characters, and "
            "its end with a disposition_desc of 65; then the same at the end of a state"
        ),
    )
    content_type: str = _switch(
        "strict",
        "lenient",
        governs="all bodies",
        assumes="no page documents another Content-Type; 415 shows the error at once",
        settled="POST services/start with Content-Type: text/plain",
    )
    end_twice: str = _switch(
        "accept",
        "reject",
        governs="end_service, end_state, end_task, transition_state",
        assumes="a second end is accepted and updates the first",
        settled="POST services/{service_id}/tasks/{task_id}/end, twice",
    )
    start_on_completed: str = _switch(
        "accept",
        "reject",
        governs="start_state, start_task, transition_state",
        assumes="clients start states and tasks on completed services",
        settled="POST services/{service_id}/states/start on a completed service",
    )
    end_service_cascades: str = _switch(
        "false",
        "true",
        governs="end_service",
        assumes="ending a service leaves its states and tasks as they are",
        settled="POST services/{service_id}/end with an active state in it, and GET that state",
    )
    state_references: str = _switch(
        "check",
        "ignore",
        governs="state_id of start_task and composite_start",
        assumes="a task's state must be one of its service",
        settled="POST services/{service_id}/tasks/start with a state_id that no state has",
    )
    associate_status: str = _switch(
        "204",
        "200",
        governs="associate_service",
        assumes="no page shows the status of this response",
        settled="POST customers/{customer_id}/services/{service_id}",
    )
    merge_conflict: str = _switch(
        "stored",
        "incoming",
        governs="merge_service_extension, merge_state_extension, merge_task_extension",
        assumes="'without overwriting' means that the stored value of a key stays",
        settled=(
            "PUT services/{service_id}/extensions/{name}/merge with a key that is stored, and "
            "GET the service with extensions={name}"
        ),
    )
    composite_found: str = _switch(
        "update",
        "keep",
        governs="composite_start",
        assumes="existing entities get the extensions and est_duration that were sent",
        settled=(
            "POST services_composite/start with another est_duration for an active service, "
            "and GET that service"
        ),
    )
    null_extension: str = _switch(
        "store",
        "remove",
        governs="extensions of every event and update",
        assumes="null is a value like any other",
        settled=(
            "POST services/start with null for attached data, and GET the service with extensions=*"
        ),
    )
    identify_no_match: str = _switch(
        "empty",
        "not_found",
        governs="identify_customer",
        assumes="no match is 200 and an empty list",
        settled="GET profiles?LastName={a name that nobody has}",
    )
    custom_ids: str = _switch(
        "ignore",
        "reject",
        "accept",
        governs="create_profile, start_service",
        assumes="an id that is sent is ignored; the server assigns its own",
        settled="POST profiles with a customer_id",
    )
    service_id_form: str = _switch(
        "number",
        "text",
        governs="start_service in edition 8.1",
        assumes="the example shows a number, the table puts it in quotes",
        settled="POST services/start of edition 8.1, and see its service_id",
    )


class Switch(NamedTuple):
    """One row of the table: a switch's name, its values (the default first) and its reasons."""

    name: str
    values: tuple[str, ...]
    governs: str
    assumes: str
    settled: str
    """The request to a real server that would settle it, for people."""


SWITCHES: tuple[Switch, ...] = tuple(
    Switch(each.name, **each.metadata) for each in fields(Fidelity)
)
_BY_NAME: Mapping[str, Switch] = MappingProxyType({switch.name: switch for switch in SWITCHES})


def fidelity_of(*layers: Mapping[str, object]) -> Fidelity:
    """Return the switches as some layers set them; later layers override earlier ones.

    A value may be a string, a number or a boolean: a scenario says ``404`` and ``true``. Raises
    :exc:`UnknownSwitchError` for an unknown switch or value.
    """
    chosen: dict[str, str] = {}
    for layer in layers:
        for name, value in layer.items():
            chosen[name] = _checked(name, value)
    return Fidelity(**chosen)


def _checked(name: str, value: object) -> str:
    switch = _BY_NAME.get(name)
    if switch is None:
        raise UnknownSwitchError(no_such("switch", name, _BY_NAME)._replace(on_key=True))
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text not in switch.values:
        near = nearest(value, switch.values)
        expected = " or ".join(switch.values)
        raise UnknownSwitchError(Problem(name, expected, value, names=switch.values, nearest=near))
    return text
