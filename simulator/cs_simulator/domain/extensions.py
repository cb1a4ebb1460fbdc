"""Attached data of services, states and tasks: replace a value, or merge into it.

Source: API Reference, *Update Service Extension* and similar pages, *Merge Extension Data*.
"""

from __future__ import annotations

from typing import Any

from cs_simulator.domain.errors import WrongCase
from cs_simulator.domain.events import touch, touched, with_extensions
from cs_simulator.domain.likely import near_member, near_name
from cs_simulator.domain.model import Entity, Extensions, Service, State
from cs_simulator.domain.transaction import Transaction


def update_extension(
    tx: Transaction, service: Service, entity: Entity, name: str, value: Any
) -> None:
    """Replace the whole value of an extension; the old one is lost."""
    _hint_near_name(tx, entity, name)
    _put(tx, service, entity, with_extensions(tx.setup, entity.extensions, {name: value}))


def merge_extension(
    tx: Transaction, service: Service, entity: Entity, name: str, incoming: dict[str, Any]
) -> None:
    """Merge pairs into an extension that is a map; create it if it does not exist.

    A key on both sides keeps its stored value (``merge_conflict=stored``). Raises :exc:`WrongCase`
    if the stored value is not a map.
    """
    _hint_near_name(tx, entity, name)
    stored = entity.extensions.get(name, {})
    if not isinstance(stored, dict):
        raise WrongCase(
            f"Cannot merge into extension '{name}': it is stored as {_kind(stored)}, "
            "and only a map can be merged",
            "replace it with a PUT without /merge",
        )
    if tx.setup.fidelity.merge_conflict == "stored":
        merged = {**incoming, **stored}
        # Stored keys keep their place, and new ones follow.
        merged = {key: merged[key] for key in (*stored, *incoming)}
        kept = [key for key in incoming if key in stored and stored[key] != incoming[key]]
        if kept:
            tx.hint(f"existing values kept: {', '.join(kept)}")
    else:
        merged = {**stored, **incoming}
    _put(tx, service, entity, {**entity.extensions, name: merged})


def _hint_near_name(tx: Transaction, entity: Entity, name: str) -> None:
    """Add a hint if a new extension's name resembles an existing one, or a member of an event."""
    if name in entity.extensions:
        return
    near = near_name(name, entity.extensions) or near_member(name)
    if near is not None:
        tx.hint(f"{name} is new attached data here; did you mean {near}?")


def _put(tx: Transaction, service: Service, entity: Entity, extensions: Extensions) -> None:
    if isinstance(entity, Service):
        retention = touched(service.retention, tx.now)
        tx.store.replace_service(entity._replace(extensions=extensions, retention=retention))
        tx.effect("changed", "service", entity.service_id)
        return
    if isinstance(entity, State):
        tx.store.put_state(service.number, entity._replace(extensions=extensions))
        tx.effect("changed", "state", entity.state_id)
    else:
        tx.store.put_task(service.number, entity._replace(extensions=extensions))
        tx.effect("changed", "task", entity.task_id)
    touch(tx, service)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "a list"
    return "a single value"
