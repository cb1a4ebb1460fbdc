"""Interactions: communication with customers, preloaded and read-only.

Source: API Reference, *Query Interactions* and the pages of each kind of interaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cs_simulator.domain.errors import NothingFound


class InteractionPart(NamedTuple):
    """A part of an interaction that is read separately."""

    media_type: str
    data: bytes


class Interaction(NamedTuple):
    """One interaction; ``members`` are those on the wire, in order."""

    interaction_id: str
    customer_id: str
    members: Mapping[str, Any]
    contents: Mapping[str, InteractionPart]
    """Parts by name: plain_text, structured_text, binary_content."""


class Interactions:
    """The interactions of a world; they never change."""

    __slots__ = ("_by_customer", "_by_id")

    def __init__(self, interactions: Iterable[Interaction] = ()) -> None:
        self._by_id = {each.interaction_id: each for each in interactions}
        self._by_customer: dict[str, list[Interaction]] = {}
        for each in self._by_id.values():
            self._by_customer.setdefault(each.customer_id, []).append(each)

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, interaction_id: str) -> Interaction:
        """Return an interaction, or raise :exc:`NothingFound`."""
        found = self._by_id.get(interaction_id)
        if found is None:
            raise NothingFound(f"No interaction with id {interaction_id}")
        return found

    def of_customer(self, customer_id: str) -> list[Interaction]:
        """Return the interactions of a customer, in order."""
        return list(self._by_customer.get(customer_id, ()))

    def named(self, interaction_ids: Iterable[str | None]) -> list[Interaction]:
        """Return the existing ones among named interactions, each once, in order."""
        wanted = dict.fromkeys(interaction_ids)
        return [each for each in self._by_id.values() if each.interaction_id in wanted]


NO_INTERACTIONS = Interactions()
