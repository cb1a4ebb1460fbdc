"""Services, states and tasks as the contract describes them, written without the simulator.

Source: sections 2 and 4 to 7 of the contract. Everything is a plain value in a list or a
dictionary, and each question is answered by looking at all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.model.bodies import (
    ASSOCIATE,
    BAD,
    END,
    EVENT,
    FROM,
    LIFE,
    MISSING,
    RESERVED,
    START,
    TO,
    Edition,
    Members,
    Problem,
    Read,
    instant_of,
    whole,
)

Kind = Literal["service", "state", "task"]
Which = Literal["", "active", "completed"]
KNOWN = (
    "service_type customer_id contact_key state_id state_type previous_state_id task_type "
    "est_duration"
).split()
"""What stands at the top of an entity, and not inside its start event."""
FIRST = {"service": 4294967297, "state": 1001, "task": 500001}
PURGES = {
    "purge.service.all": (False, False, False),
    "purge.service.started": (True, False, False),
    "purge.service.started.anonymous": (True, False, True),
    "purge.service.completed": (False, True, False),
    "purge.service.completed.anonymous": (False, True, True),
}
"""The five operations: only active services, only completed ones, only anonymous ones."""


class Unknown(Exception):  # noqa: N818
    """What the path names is not there."""

    def __init__(self, kind: Kind, key: object) -> None:
        self.kind, self.key = kind, key


class Refused(Exception):  # noqa: N818
    """The body or the query is wrong in these members, or something stands against it."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


@dataclass
class Entity:
    """A service, a state or a task."""

    kind: Kind
    number: int
    known: Members
    started: Members
    extensions: Members = field(default_factory=dict)
    completed: Members | None = None
    ending: Members = field(default_factory=dict)
    # Of a service alone
    states: dict[int, Entity] = field(default_factory=dict)
    tasks: dict[int, Entity] = field(default_factory=dict)
    last: int = 0
    counted: int = 0
    ttl: int = 0
    expires: int | None = None
    complete_after: int | None = None

    @property
    def is_anonymous(self) -> bool:
        return "customer_id" not in self.known

    @property
    def type(self) -> str | None:
        """The type as text, which is how types are compared."""
        value = self.known.get(f"{self.kind}_type")
        return None if value is None else str(value)

    @property
    def age(self) -> tuple[int, int]:
        """What lists are sorted by: the oldest start first, then the id."""
        return self.started["timestamp"], self.number

    def is_in(self, which: Which) -> bool:
        return not which or (self.completed is not None) == (which == "completed")

    def end(self, now: int, sent: Members, known: Mapping[str, Any]) -> None:
        """Set the end event, or update it: what is not sent again stays."""
        self.completed = {"timestamp": now, **(self.completed or {}), **sent}
        for member in ("disposition", "disposition_desc"):
            if member in known:
                self.ending[member] = known[member]


def _refuse(*reads: Read) -> None:
    problems = [each for read in reads for each in read.problems]
    if problems:
        raise Refused(*problems)


class Model:
    """One world: what it holds, and what it answers; a refusal is an exception."""

    def __init__(
        self, switches: Mapping[str, str], now: int, expiration: int, complete_after: int | None
    ) -> None:
        self.switches = switches
        self.now = now
        self.services: dict[int, Entity] = {}
        self._expiration = expiration
        self._complete_after = complete_after
        self._next: dict[str, int] = dict(FIRST)

    # Time

    def move(self, now: int) -> None:
        """Set the clock, and let happen what is due by then."""
        self.now = now
        self.settle()

    def settle(self) -> None:
        """Complete and delete what is due; each service for itself, for none sees another."""
        for service in list(self.services.values()):
            end = service.counted + service.ttl if service.expires is None else service.expires
            after = service.complete_after
            due = None if after is None else service.last + after
            if due is not None and due <= self.now and due <= end and not service.completed:
                for each in (service, *service.states.values(), *service.tasks.values()):
                    if not each.completed:
                        each.end(due, {}, {})
            if end <= self.now:
                del self.services[service.number]

    def touch(self, service: Entity, known: Mapping[str, Any] | None = None) -> None:
        """Note that an event of a service was processed, and what it said of its life."""
        service.last = self.now
        self._live(service, known or {})

    def _live(self, service: Entity, known: Mapping[str, Any]) -> None:
        """Count its life from now on, and for as long as it is said."""
        service.counted = self.now
        if "ttl" in known:
            service.ttl, service.expires = 1000 * known["ttl"], None
        elif "expiration_time" in known:
            service.expires = known["expiration_time"]

    # Finding and making

    def service(self, number: object) -> Entity:
        found = self.services.get(number) if isinstance(number, int) else None
        if found is None:
            raise Unknown("service", number)
        return found

    def entity(self, number: object, kind: Kind, key: object) -> tuple[Entity, Entity]:
        """Return a service, and the state or task of it that a path names, or itself."""
        service = self.service(number)
        if kind == "service":
            return service, service
        inner = service.states if kind == "state" else service.tasks
        if key not in inner:
            raise Unknown(kind, key)
        return service, inner[key]

    def read_start(self, kind: Kind, body: Mapping[str, Any], edition: Edition) -> Read:
        fields = START[kind]
        if kind == "service" and edition == "8.5":
            fields = {**fields, **LIFE, "auto_complete_after": whole(64, 1)}
        read = Read(body, fields, edition, needed=[f"{kind}_type"] if edition == "8.1" else ())
        if kind == "service" and body.get("customer_id") is body.get("contact_key") is None:
            read.problems += [(MISSING, "customer_id"), (MISSING, "contact_key")]
        return read

    def attach(self, entity: Entity, extensions: Members) -> None:
        for member, value in extensions.items():
            if value is None and self.switches["null_extension"] == "remove":
                entity.extensions.pop(member, None)
            else:
                entity.extensions[member] = value

    def _make(self, kind: Kind, read: Read) -> Entity:
        number = self._next[kind]
        self._next[kind] += 1
        known = {member: read.known[member] for member in KNOWN if member in read.known}
        made = Entity(kind, number, known, read.event(self.now))
        self.attach(made, read.extensions)
        return made

    def make_service(self, read: Read) -> Entity:
        service = self._make("service", read)
        own = read.known.get("auto_complete_after")
        service.complete_after = self._complete_after if own is None else 1000 * own
        service.ttl = self._expiration
        self.touch(service, read.known)
        self.services[service.number] = service
        return service

    def make_inside(self, service: Entity, kind: Kind, read: Read) -> Entity:
        made = self._make(kind, read)
        (service.states if kind == "state" else service.tasks)[made.number] = made
        self.touch(service)
        return made

    # Events

    def start_service(self, body: Mapping[str, Any], edition: Edition) -> int:
        read = self.read_start("service", body, edition)
        _refuse(read)
        return self.make_service(read).number

    def start(self, number: object, kind: Kind, body: Mapping[str, Any], edition: Edition) -> int:
        """Start a state or a task."""
        service = self.service(number)
        read = self.read_start(kind, body, edition)
        _refuse(read)
        self._check_open(service)
        if kind == "task":
            self._check_reference(service, read)
        return self.make_inside(service, kind, read).number

    def _check_reference(self, service: Entity, read: Read) -> None:
        state = read.known.get("state_id")
        if self.switches["state_references"] == "check" and state not in (None, *service.states):
            raise Refused((BAD, "state_id"))

    def _check_open(self, service: Entity) -> None:
        if service.completed and self.switches["start_on_completed"] == "reject":
            raise Refused()

    def _check_active(self, entity: Entity) -> None:
        if entity.completed and self.switches["end_twice"] == "reject":
            raise Refused()

    def end(
        self, number: object, kind: Kind, key: object, body: Mapping[str, Any], edition: Edition
    ) -> None:
        service, entity = self.entity(number, kind, key)
        fields = END[kind]
        if kind == "service" and edition == "8.5":
            fields = {**fields, **LIFE}
        read = Read(body, fields, edition)
        _refuse(read)
        self._check_active(entity)
        entity.end(self.now, read.sent(), read.known)
        self.attach(entity, read.extensions)
        self.touch(service, read.known)
        if kind == "service" and self.switches["end_service_cascades"] == "true":
            at = (entity.completed or {})["timestamp"]
            for each in (*service.states.values(), *service.tasks.values()):
                if not each.completed:
                    each.end(at, {}, {})

    def transition(self, number: object, body: Mapping[str, Any], edition: Edition) -> int:
        service = self.service(number)
        shared = Read(body, EVENT, edition, containers=("from", "to"))
        problems = shared.problems
        parts: list[Read] = []
        for part, fields, needed in (
            ("from", FROM, ["state_id"]),
            ("to", TO, ["state_type"] if edition == "8.1" else []),
        ):
            if body.get(part) is None:
                problems.append((MISSING, part))
            else:
                parts.append(Read(body[part], fields, edition, needed=needed))
                problems += parts[-1].problems
        if problems:
            raise Refused(*problems)
        source, target = parts
        old = service.states.get(source.known["state_id"])
        if old is None:
            raise Refused((BAD, "state_id"))
        self._check_active(old)
        self._check_open(service)
        old.end(self.now, shared.sent(), source.known)
        self.attach(old, {**shared.extensions, **source.extensions})
        target.known |= {**shared.known, "previous_state_id": old.number}
        target.extensions = {**shared.extensions, **target.extensions}
        return self.make_inside(service, "state", target).number

    def associate(
        self, number: object, customer: str, body: Mapping[str, Any], edition: Edition
    ) -> None:
        service = self.service(number)
        read = Read(body, ASSOCIATE, edition)
        _refuse(read)
        for member, value in read.known.items():
            (service.started if member in EVENT else service.known)[member] = value
        service.known["customer_id"] = customer
        self.attach(service, read.extensions)
        self.touch(service)

    def update_expiration(self, number: object, body: Mapping[str, Any]) -> None:
        service = self.service(number)
        read = Read(body, LIFE, "8.5")
        _refuse(read)
        if read.known:  # No event of the service: it does not put off its completion.
            self._live(service, read.known)

    def put_extension(
        self, number: object, kind: Kind, key: object, name: str, value: object, edition: Edition
    ) -> None:
        service, entity = self.entity(number, kind, key)
        if name in RESERVED or edition == "8.1":
            raise Refused((BAD, name))
        self.attach(entity, {name: value})
        self.touch(service)

    def merge_extension(
        self, number: object, kind: Kind, key: object, name: str, value: object
    ) -> None:
        if not isinstance(value, dict):  # Not an object: that is of the step JSON.
            raise Refused
        service, entity = self.entity(number, kind, key)
        stored = entity.extensions.get(name, {})
        if name in RESERVED or not isinstance(stored, dict):
            raise Refused((BAD, name))
        keeps = self.switches["merge_conflict"] == "stored"
        entity.extensions[name] = {**value, **stored} if keeps else {**stored, **value}
        self.touch(service)

    def delete(self, number: object) -> None:
        del self.services[self.service(number).number]

    def purge(self, body: Mapping[str, Any]) -> None:
        problems: list[Problem] = []
        read = Read(body, {"limit": instant_of}, "8.5", needed=["limit", "operation"])
        problems += read.problems
        operation = body.get("operation")
        if operation is not None and operation not in PURGES:
            problems.append((BAD, "operation"))
        if problems:
            raise Refused(*problems)
        active, completed, anonymous = PURGES[str(operation)]
        for each in list(self.services.values()):
            if (
                each.started["timestamp"] < read.known["limit"]
                and not (active and each.completed)
                and not (completed and not each.completed)
                and not (anonymous and not each.is_anonymous)
            ):
                del self.services[each.number]
