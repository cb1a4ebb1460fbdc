"""The composite start of section 7, on the model of services, states and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tests.model.bodies import BAD, MISSING, Problem, Read, flag
from tests.model.model import Entity, Kind, Model, Refused


class Part(NamedTuple):
    """What a part of an element came to."""

    kind: Kind
    number: int
    created: bool


class _Element:
    """One element of the list, read."""

    def __init__(self, model: Model, body: Mapping[str, Any]) -> None:
        self.problems: list[Problem] = []
        self.parts: dict[Kind, Read] = {}
        for kind in ("service", "state", "task"):
            part = body.get(kind)
            if part is not None:
                self.parts[kind] = model.read_start(kind, part, "8.5")
                self.problems += self.parts[kind].problems
            elif kind != "task":
                self.problems.append((MISSING, kind))
        try:
            self.associated = flag(body.get("associate_state_task") or False)
        except ValueError:
            self.problems.append((BAD, "associate_state_task"))


def composite_start(model: Model, body: Mapping[str, Any]) -> list[Sequence[Part]]:
    """Find or make what each element names; a later one sees what an earlier one made."""
    elements = body.get("services")
    if not isinstance(elements, list) or not elements:
        raise Refused((MISSING if elements is None else BAD, "services"))
    read = [_Element(model, each) for each in elements]
    problems = [problem for each in read for problem in each.problems]
    if problems:
        raise Refused(*problems)
    return [_start(model, each) for each in read]


def _start(model: Model, element: _Element) -> Sequence[Part]:
    read = element.parts["service"]
    wanted = [_text(read.known.get(member)) for member in ("customer_id", "contact_key")]
    service = _newest(
        (
            each
            for each in model.services.values()
            if [_text(each.known.get(member)) for member in ("customer_id", "contact_key")]
            == wanted
        ),
        read.known.get("service_type"),
    )
    new = service is None
    if service is None:
        service = model.make_service(read)
    else:
        _update(model, service, service, read)
    parts = [Part("service", service.number, new)]
    for kind in ("state", "task"):
        if kind in element.parts:
            read = element.parts[kind]
            inner = service.states if kind == "state" else service.tasks
            found = _newest(inner.values(), read.known.get(f"{kind}_type"))
            if found is None:
                if kind == "task" and element.associated:
                    read.known["state_id"] = parts[1].number
                made = model.make_inside(service, kind, read)
                parts.append(Part(kind, made.number, True))
            else:
                _update(model, service, found, read)
                parts.append(Part(kind, found.number, False))
    return parts


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _newest(entities: Iterable[Entity], kind: object) -> Entity | None:
    found = [each for each in entities if not each.completed and each.type == _text(kind)]
    return max(found, key=lambda each: each.age, default=None)


def _update(model: Model, service: Entity, found: Entity, read: Read) -> None:
    """Give what is found the sent attached data and est_duration."""
    if model.switches["composite_found"] == "update":
        if "est_duration" in read.known:
            found.known["est_duration"] = read.known["est_duration"]
        model.attach(found, read.extensions)
        model.touch(service)
