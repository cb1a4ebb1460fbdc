"""Every member of every event, sent once and looked for wherever it must be found again.

What is sent comes from the declared forms: a member that is declared and dropped on its way fails.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from cs_simulator.api import events
from cs_simulator.api.events import EventForm
from cs_simulator.documents.values import Boolean, Integer, LongOrText, Moment, Text
from cs_simulator.domain.members import BY_NAME, MEMBERS
from tests.conftest import Simulate
from tests.support import BASE, Simulation, assumed, documented

FORMS = {form.name: form for form in vars(events).values() if isinstance(form, EventForm)}
ATTACHED = "attached"
"""Stands for attached data, which every event but an expiration takes."""
GIVEN = {"service_id", "task_id"}
"""What the server gives, and no event takes."""
PARTS = ("active_states", "completed_states", "active_tasks", "completed_tasks")

Members = dict[str, Any]


class Place(NamedTuple):
    """A world that has a service, a state and a task of it, and what an event may name."""

    cs: Simulation
    service: Any
    state: int
    task: int


class Found(NamedTuple):
    """One entity that an event must have left its members in."""

    kind: str
    id: object


Send = Callable[[Place, Members], list[Found]]


def start_service(place: Place, sent: Members) -> list[Found]:
    return [Found("service", place.cs.service(**sent))]


def associate_service(place: Place, sent: Members) -> list[Found]:
    customer = sent.get("customer_id", "C")
    place.cs.post(f"customers/{customer}/services/{place.service}", sent).ok(204)
    return [Found("service", place.service)]


def end_service(place: Place, sent: Members) -> list[Found]:
    place.cs.end(f"services/{place.service}", **sent)
    return [Found("service", place.service)]


def expire_service(place: Place, sent: Members) -> list[Found]:
    place.cs.put(f"services/{place.service}", sent).ok()
    return [Found("service", place.service)]


def start_state(place: Place, sent: Members) -> list[Found]:
    return [Found("state", place.cs.state(place.service, **sent))]


def end_state(place: Place, sent: Members) -> list[Found]:
    place.cs.end(f"services/{place.service}/states/{place.state}", **sent)
    return [Found("state", place.state)]


def transition(side: str) -> Send:
    """Return what sends a transition with members on one side, or beside both of them."""

    def send(place: Place, sent: Members) -> list[Found]:
        body: Members = {"from": {"state_id": place.state}, "to": {}}
        body = {**body, **sent} if side == "both" else {**body, side: {**body[side], **sent}}
        answer = place.cs.post(f"services/{place.service}/states/transition", body)
        assert answer.status == 201, answer.raw
        ended, started = Found("state", place.state), Found("state", answer.json["state_id"])
        return {"from": [ended], "to": [started], "both": [ended, started]}[side]

    return send


def start_task(place: Place, sent: Members) -> list[Found]:
    return [Found("task", place.cs.task(place.service, **sent))]


def end_task(place: Place, sent: Members) -> list[Found]:
    place.cs.end(f"services/{place.service}/tasks/{place.task}", **sent)
    return [Found("task", place.task)]


def composite(part: str) -> Send:
    """Return what starts a service, a state and a task at once, with members in one of them."""

    def send(place: Place, sent: Members) -> list[Found]:
        element: Members = {"service": {"contact_key": "New"}, "state": {}, "task": {}}
        if "state_id" in sent:  # of the service that is there, which has a task without a type
            element |= {"service": {"contact_key": "K"}, "task": {"task_type": "another"}}
        element[part] = {**element[part], **sent}
        answer = place.cs.post("services_composite/start", {"services": [element]})
        [outcome] = answer.shows()["services"]
        assert outcome[part]["created"] == "true"
        return [Found(part, outcome[part][f"{part}_id"])]

    return send


class Way(NamedTuple):
    """How the members of a form are sent."""

    form: str
    send: Send


WAYS: Mapping[str, Way] = {
    "start_service": Way("StartService", start_service),
    "associate_service": Way("AssociateService", associate_service),
    "end_service": Way("EndService", end_service),
    "update_service_expiration": Way("Expiration", expire_service),
    "start_state": Way("StartState", start_state),
    "end_state": Way("EndState", end_state),
    "transition_state": Way("Transition", transition("both")),
    "transition_state_from": Way("TransitionFrom", transition("from")),
    "transition_state_to": Way("TransitionTo", transition("to")),
    "start_task": Way("StartTask", start_task),
    "end_task": Way("EndTask", end_task),
    "composite_service": Way("StartService", composite("service")),
    "composite_state": Way("StartState", composite("state")),
    "composite_task": Way("StartTask", composite("task")),
}


def value_of(member: str, place: Place) -> Any:
    """Return a value that the member takes, and that no other member has."""
    if member == ATTACHED:
        return {"deep": [1, None]}
    if member == "state_id":
        return place.state
    if member == "expiration_time":
        return "2026-02-01T00:00:00.000Z"
    number = list(BY_NAME).index(member)
    makers: Mapping[type, Any] = {
        Integer: 7000 + number,
        LongOrText: 8000 + number,
        Text: f"text {number}",
        Moment: f"2026-01-05T08:{number:02}:00.000Z",
        Boolean: True,
    }
    return makers[type(BY_NAME[member].takes)]


RETENTION: Mapping[str, Callable[[Any], Members]] = {
    "ttl": lambda value: {"lifetime_ms": value * 1000},
    "expiration_time": lambda value: {"expiration_time": value},
    "auto_complete_after": lambda value: {"idle_ms": value * 1000},
}
"""Members that no query shows: how a snapshot tells what they came to."""


# Where a member is looked for: each returns an entity, its attached data among its members.


def shown(place: Place, found: Found, base: str) -> Members:
    """Return an entity as its own GET shows it."""
    path = f"services/{place.service if found.kind != 'service' else found.id}"
    if found.kind != "service":
        owner = next(
            each["service_id"]
            for each in streamed(place, base)
            if any(part[f"{found.kind}_id"] == found.id for part in parts_of(each, found.kind))
        )
        path = f"services/{owner}/{found.kind}s/{found.id}"
    members: Members = place.cs.get(f"{path}?extensions=*", base=base).shows()
    return members


def parts_of(service: Members, kind: str) -> list[Members]:
    """Return the states or tasks of a service that is shown with all of them."""
    return [*service[f"active_{kind}s"], *service[f"completed_{kind}s"]]


def streamed(place: Place, base: str) -> list[Members]:
    """Return all services as a stream with content exports them."""
    path = "maintenance/services/stream?time_from=2020-01-01T00:00:00.000Z&export_content=true"
    services: list[Members] = place.cs.get(path, base=base).shows()
    return services


def in_stream(place: Place, found: Found, base: str) -> Members:
    """Return an entity as a stream with content exports it."""
    services = streamed(place, base)
    entities = services
    if found.kind != "service":
        entities = [part for service in services for part in parts_of(service, found.kind)]
    return next(each for each in entities if each[f"{found.kind}_id"] == found.id)


def in_files(place: Place, found: Found, base: str) -> Members:
    """Return an entity as the files of an export have it: all but attached data is text there."""
    path = "maintenance/services/files?time_from=2020-01-01T00:00:00.000Z"
    created = place.cs.post(path, base=base).shows()["created"]
    name = next(each for each in created if each.endswith(f"_{found.kind}s.csv"))
    control = base.removesuffix(f"{BASE}/") + "/"
    text = place.cs.get(f"_control/exports/{name}", base=control).raw.decode()
    for row in csv.DictReader(io.StringIO(text, newline="")):
        if row[f"{found.kind}_id"] == str(found.id):
            members: Members = {"started": {}, "completed": {}}
            for column, value in row.items():
                event, dot, member = column.partition(".")
                (members[event] if dot else members)[member if dot else column] = value
            members |= json.loads(row["extensions"] or "{}")
            return members
    raise AssertionError(f"{found} is not in {name}")


def in_snapshot(place: Place, found: Found, base: str) -> Members:
    """Return an entity as the snapshot of a world has it."""
    services = snapshot(place, base)["services"]
    entities = services
    if found.kind != "service":
        entities = [part for each in services for part in each.get(f"{found.kind}s", ())]
    members: Members = next(each for each in entities if each[f"{found.kind}_id"] == found.id)
    for event in ("started", "completed"):
        if isinstance(members.get(event), str):
            members[event] = {"timestamp": members[event]}
    return {**members, **members.get("extensions", {})}


def snapshot(place: Place, base: str) -> Members:
    """Return the snapshot of a world."""
    control = base.removesuffix(f"{BASE}/") + "/"
    members: Members = place.cs.get("_control/snapshot", base=control).shows()
    return members


def places_of(member: str, value: object, entity: Members) -> set[str]:
    """Return where in an entity a member has a value: by itself, or in one of its events."""
    found = {member} if entity.get(member) == value else set()
    events_found = {
        f"{event}.{member}"
        for event in ("started", "completed")
        if member in entity.get(event, {}) and entity[event][member] == value
    }
    return found | events_found


HERE = f"{BASE}/"
THERE = f"/_world/other{BASE}/"
SHOWN: Mapping[str, tuple[Callable[[Place, Found, str], Members], str]] = {
    "the GET": (shown, HERE),
    "the stream": (in_stream, HERE),
    "the files": (in_files, HERE),
    "the snapshot": (in_snapshot, HERE),
    "the GET of a world made from the snapshot": (shown, THERE),
    "the snapshot of a world made from the snapshot": (in_snapshot, THERE),
}


@documented("Start Event List, End Event List, State Transition Event, Composite Start Event")
@pytest.mark.parametrize(
    ("way", "member"),
    [
        pytest.param(way, member, id=f"{name}-{member}")
        for name, way in WAYS.items()
        for member in (*FORMS[way.form].converters, ATTACHED)
        if (way.form, member) != ("Expiration", ATTACHED)
    ],
)
def test_member_is_found_again(simulate: Simulate, way: Way, member: str) -> None:
    cs = simulate({"customers": [{"customer_id": "C"}]})
    service = cs.service(contact_key="K")
    state = cs.state(service)
    place = Place(cs, service, state, cs.task(service, state_id=state))
    value = value_of(member, place)
    entities = way.send(place, {member: value})
    taken = cs.put("_world/other/_control/scenario", snapshot(place, HERE), base="/")
    assert taken.status == 200, taken.raw
    for found in entities:
        if member in RETENTION:
            for base in (HERE, THERE):
                retention = in_snapshot(place, found, base)["retention"]
                assert retention | RETENTION[member](value) == retention
            continue
        where: dict[str, set[str]] = {}
        for name, (look, base) in SHOWN.items():
            wanted = str(value) if look is in_files and member != ATTACHED else value
            where[name] = places_of(member, wanted, look(place, found, base))
        lost = [name for name, places in where.items() if not places]
        assert not lost, f"{member} of a {found.kind} is lost: {', '.join(lost)} does not have it"
        assert len(set(map(frozenset, where.values()))) == 1, where


@assumed("no declared member is left out here")
def test_every_declared_member_is_sent() -> None:
    unsent = FORMS.keys() - {way.form for way in WAYS.values()}
    assert not unsent, f"no way to send the members of {', '.join(unsent)}: add one to WAYS"
    sent = {member for form in FORMS.values() for member in form.converters}
    unsent = {name for member in MEMBERS for name in member.events} - FORMS.keys()
    assert not unsent, f"members name events that there are not: {', '.join(unsent)}"
    unused = BY_NAME.keys() - sent - GIVEN
    assert not unused, f"members that no event takes: {', '.join(unused)}"


@documented("Export Services to Files; the columns are assumed")
def test_files_have_the_members_in_the_order_of_the_get(simulate: Simulate) -> None:
    cs = simulate({"customers": [{"customer_id": "C"}]})
    place = Place(cs, None, 0, 0)
    service = cs.service(**whole("StartService", place), customer_id="C")
    state = cs.state(service, **whole("StartState", place))
    place = Place(cs, service, state, 0)
    task = cs.task(service, **whole("StartTask", place))
    cs.end(f"services/{service}/tasks/{task}", **whole("EndTask", place))
    cs.end(f"services/{service}/states/{state}", **whole("EndState", place))
    cs.end(f"services/{service}", **whole("EndService", place))
    for found in (Found("service", service), Found("state", state), Found("task", task)):
        members = []
        for name, value in shown(place, found, HERE).items():
            events = name in ("started", "completed")
            members += [f"{name}.{member}" for member in value] if events else [name]
        assert columns(cs, found.kind) == [*members, "extensions"]


def whole(form: str, place: Place) -> Members:
    """Return all members of an event at once, but for the customer and the end of its time."""
    left_out = ("customer_id", "expiration_time")
    return {name: value_of(name, place) for name in FORMS[form].converters if name not in left_out}


def columns(cs: Simulation, kind: str) -> list[str]:
    """Return the first line of a file that an export makes."""
    path = "maintenance/services/files?time_from=2020-01-01T00:00:00.000Z"
    name = next(each for each in cs.post(path).shows()["created"] if each.endswith(f"_{kind}s.csv"))
    text = cs.get(f"_control/exports/{name}", base="/").raw.decode()
    return next(csv.reader(io.StringIO(text, newline="")))
