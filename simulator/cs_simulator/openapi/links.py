"""Links: what can be asked about something that an operation has just made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cs_simulator.openapi.scalars import Schema
from cs_simulator.operations.row import EditionName, Operation

_FREE = frozenset({"name", "src_id"})
"""Parameters that a link may leave open."""


class Place(NamedTuple):
    """One operation of the document, as a link finds it."""

    operation: Operation
    operation_id: str
    edition: EditionName
    path: str

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters in the path."""
        return [each[1:-1] for each in self.path.split("/") if each.startswith("{")]


def links_of(maker: Place, places: list[Place]) -> dict[str, Schema]:
    """Return the links of an operation to those that take what it makes."""
    if not maker.operation.makes:
        return {}
    made = {name: f"$request.path.{name}" for name in maker.parameters}
    made |= {name: f"$response.body#{at}" for name, at in maker.operation.makes.items()}
    return {
        place.operation_id: {
            "operationId": place.operation_id,
            "parameters": {name: made[name] for name in place.parameters if name in made},
        }
        for place in places
        if place.edition == maker.edition and _takes(maker, place, made)
    }


def _takes(maker: Place, place: Place, made: Mapping[str, str]) -> bool:
    # A service is made: what it has is not there yet. A state is: it is what the link is about.
    own = list(made)[-1]
    if own == "name":
        return place.path.startswith(f"{maker.path}/")
    return own in place.parameters and set(place.parameters) - _FREE <= set(made)
