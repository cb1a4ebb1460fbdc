"""Links: what can be asked about something that an operation has just made."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from cs_simulator.api.editions import EditionName
from cs_simulator.openapi.scalars import Schema

_BODY = "$response.body#/"
_MADE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "start_service": {"service_id": f"{_BODY}service_id"},
        "composite_start": {
            "service_id": f"{_BODY}services/0/service/service_id",
            "state_id": f"{_BODY}services/0/state/state_id",
        },
        "start_state": {"service_id": "$request.path.service_id", "state_id": f"{_BODY}state_id"},
        "transition_state": {
            "service_id": "$request.path.service_id",
            "state_id": f"{_BODY}state_id",
        },
        "start_task": {"service_id": "$request.path.service_id", "task_id": f"{_BODY}task_id"},
        "create_profile": {"customer_id": f"{_BODY}customer_id"},
        "create_identification_key": {"name": f"{_BODY}name"},
        **{
            f"create_{kind}_extension_schema": {"name": f"{_BODY}name"}
            for kind in ("profile", "service", "state", "task")
        },
    }
)
"""What an operation makes: the parameters of the path by which it is found, and where they are."""

_FREE = frozenset({"name", "src_id"})
"""Parameters that a link may leave open."""


class Place(NamedTuple):
    """One operation of the document, as a link finds it."""

    operation: str
    operation_id: str
    edition: EditionName
    path: str
    parameters: frozenset[str]


def links_of(maker: Place, places: list[Place]) -> dict[str, Schema]:
    """Return the links of an operation to those that take what it makes."""
    made = _MADE.get(maker.operation)
    if made is None:
        return {}
    return {
        place.operation_id: {
            "operationId": place.operation_id,
            "parameters": {
                name: expression for name, expression in made.items() if name in place.parameters
            },
        }
        for place in places
        if place.edition == maker.edition and _takes(maker, place, made)
    }


def _takes(maker: Place, place: Place, made: Mapping[str, str]) -> bool:
    # A service is made: what it has is not there yet. A state is: it is what the link is about.
    own = list(made)[-1]
    if own == "name":
        return place.path.startswith(f"{maker.path}/")
    needed = place.parameters - _FREE
    return own in place.parameters and needed <= set(made)
