"""Interactions: lists by customer and by service, single ones by id, and their content.

Contract section 8; API Reference, *Query Interactions*.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from cs_simulator.api.calls import Call, Reply, shows
from cs_simulator.domain.errors import NothingFound
from cs_simulator.domain.interactions import Interaction
from cs_simulator.domain.model import Entity

CONTENTS = MappingProxyType(
    {
        "plain_text": "text",
        "structured_text": "structured_text",
        "binary_content": "binary_content",
    }
)
"""The member in which an interaction gives the address of each content."""


def query_interactions(call: Call) -> Reply:
    """Show the interactions of a customer, or of a service."""
    if "customer_id" in call.args:
        found = call.tx.interactions.of_customer(call.args["customer_id"])
    else:
        found = _of_service(call)
    return shows([_shown(call, each) for each in found])


def _of_service(call: Call) -> list[Interaction]:
    """Return the interactions that caused the events of a service, its states and its tasks."""
    tx = call.tx
    service = call.service()
    entities: tuple[Entity, ...] = (
        service,
        *tx.store.states(service.number).values(),
        *tx.store.tasks(service.number).values(),
    )
    events = [event for entity in entities for event in (entity.started, entity.completed) if event]
    return tx.interactions.named(event.interaction_id for event in events)


def get_interaction(call: Call) -> Reply:
    """Show one interaction."""
    return shows(_shown(call, call.tx.interactions.get(call.args["interaction_id"])))


def get_interaction_content(call: Call) -> Reply:
    """Return the plain text, structured text or binary content of an interaction."""
    interaction = call.tx.interactions.get(call.args["interaction_id"])
    name = call.args["content"]
    content = interaction.contents.get(name)
    if content is None:
        has = ", ".join(interaction.contents) or "no content"
        raise NothingFound(
            f"Interaction {interaction.interaction_id} has no {name}", f"it has {has}"
        )
    return Reply(content=content)


def _shown(call: Call, interaction: Interaction) -> dict[str, Any]:
    members = dict(interaction.members)
    for name in interaction.contents:
        path = f"/interactions/{quote(interaction.interaction_id, safe='')}/{name}"
        members[CONTENTS[name]] = f"{call.base_url()}{path}"
    return members
