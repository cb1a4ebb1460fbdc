"""What queries show of the model: sections 4 to 6, from "Query parameters" on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tests.model.bodies import BAD, Members, date_of, flag, instant_of, whole
from tests.model.model import Entity, Kind, Model, Refused, Which

FLAGS = ("active_states", "completed_states", "active_tasks", "completed_tasks")
TIMES = ("started_from", "started_to", "completed_from", "completed_to")
ONE: Mapping[Kind, frozenset[str]] = {
    "service": frozenset({*FLAGS, "extensions"}),
    "state": frozenset({*FLAGS[2:], "extensions"}),
    "task": frozenset({"extensions"}),
}
"""What a query of one entity takes."""
LIST: Mapping[Kind, frozenset[str]] = {
    "service": ONE["service"] | {*TIMES, "service_types"},
    "state": ONE["state"] | {"state_types"},
    "task": ONE["task"] | {"task_types", "state_id"},
}
"""What a query of a list takes."""
SEVERAL: tuple[tuple[str, Which], ...] = (("active", "active"), ("completed", "completed"))


class Query:
    """The parameters of one query, each a list of values or one; those not known are ignored."""

    def __init__(self, parameters: Mapping[str, Any], known: Collection[str]) -> None:
        parameters = {name: value for name, value in parameters.items() if name in known}
        self.lists = {
            name: [str(each) for each in value]
            for name, value in parameters.items()
            if isinstance(value, list) and value
        }
        self.flags: dict[str, bool] = {}
        self.times: dict[str, int] = {}
        problems = []
        for name, value in parameters.items():
            try:
                if name in FLAGS:
                    self.flags[name] = flag(value)
                elif name in TIMES:
                    self.times[name] = instant_of(value)
                elif name == "state_id":
                    self.lists[name] = [str(whole(32, 0)(each)) for each in value]
            except ValueError:
                problems.append((BAD, name))
        if problems:
            raise Refused(*problems)

    def shows(self, kind: Kind, extension: str) -> bool:
        """Tell whether an extension of such an entity is asked for."""
        own = f"{kind.capitalize()}."
        wanted = {"*", extension, own, f"{own}*", f"{own}{extension}"}
        return not wanted.isdisjoint(self.lists.get("extensions", ()))

    def has_type(self, entity: Entity) -> bool:
        """Tell whether an entity is of one of the types that are asked for, if any are."""
        types = self.lists.get(f"{entity.kind}_types")
        return types is None or entity.type in types

    def is_within(self, entity: Entity) -> bool:
        """Tell whether an entity started, and completed, when it is asked for."""
        for what, event in (("started", entity.started), ("completed", entity.completed)):
            begin, end = self.times.get(f"{what}_from"), self.times.get(f"{what}_to")
            if event is None:
                if begin is not None or end is not None:
                    return False
            elif (begin is not None and event["timestamp"] < begin) or (
                end is not None and event["timestamp"] >= end
            ):
                return False
        return True


def listed(entities: Iterable[Entity], which: Which = "") -> list[Entity]:
    """Return the entities that are active or completed, oldest start first."""
    return sorted((each for each in entities if each.is_in(which)), key=lambda each: each.age)


def _event(event: Members) -> Members:
    return {**event, "timestamp": date_of(event["timestamp"])}


def _own(entity: Entity, query: Query) -> Members:
    shown = {f"{entity.kind}_id": entity.number, **entity.known}
    shown["started"] = _event(entity.started)
    if entity.completed:
        shown["completed"] = _event(entity.completed)
        lasted = entity.completed["timestamp"] - entity.started["timestamp"]
        shown |= {**entity.ending, "duration": max(0, lasted)}
    return shown | {
        name: value for name, value in entity.extensions.items() if query.shows(entity.kind, name)
    }


def _flagged(query: Query, kind: Kind, entities: Iterable[Entity]) -> Members:
    entities = list(entities)
    return {
        f"{word}_{kind}s": [_own(each, query) for each in listed(entities, which)]
        for word, which in SEVERAL
        if query.flags.get(f"{word}_{kind}s")
    }


def show_one(model: Model, number: object, kind: Kind, key: object, query: Query) -> Members:
    """Return what a path names as a query of its own shows it."""
    service, entity = model.entity(number, kind, key)
    return _service(service, query) if kind == "service" else _inner(service, entity, query)


def _service(service: Entity, query: Query) -> Members:
    return {
        **_own(service, query),
        **_flagged(query, "state", service.states.values()),
        **_flagged(query, "task", service.tasks.values()),
    }


def _inner(service: Entity, entity: Entity, query: Query) -> Members:
    owner = {"service_id": service.number}
    if not service.is_anonymous:
        owner["customer_id"] = service.known["customer_id"]
    nested = {}
    if entity.kind == "state":
        tasks = [
            each for each in service.tasks.values() if each.known.get("state_id") == entity.number
        ]
        nested = _flagged(query, "task", tasks)
    return {**owner, **_own(entity, query), **nested}


def show_list(model: Model, owner: str, key: str, which: Which, query: Query) -> list[Members]:
    """Return the services of a customer, or those of a contact key that have no customer."""
    found = [
        each
        for each in model.services.values()
        if each.known.get(owner) == key and (owner == "customer_id" or each.is_anonymous)
    ]
    return [
        _service(each, query)
        for each in listed(found, which)
        if query.has_type(each) and query.is_within(each)
    ]


def show_inner_list(
    model: Model, number: object, kind: Kind, which: Which, query: Query
) -> list[Members]:
    """Return the states or the tasks of a service."""
    service = model.service(number)
    states = query.lists.get("state_id") if kind == "task" else None
    return [
        _inner(service, each, query)
        for each in listed((service.states if kind == "state" else service.tasks).values(), which)
        if query.has_type(each) and (states is None or str(each.known.get("state_id")) in states)
    ]
