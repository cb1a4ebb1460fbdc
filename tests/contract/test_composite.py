"""Composite start of services, states and tasks. Contract section 7."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Simulate
from tests.support import BASE, Simulation, assumed, documented
from tests.support.problems import INT_32_FROM_0, INT_64_OR_TEXT, MISSING, sentence

OWNER = "one of the two, so that the service has an owner"

PATH = "services_composite/start"


def element(**parts: Any) -> dict[str, Any]:
    return {"service": {"customer_id": "C", "service_type": 1}, "state": {"state_type": 1}} | parts


def start(cs: Simulation, *elements: dict[str, Any]) -> Any:
    answer = cs.post(PATH, {"services": list(elements)})
    assert answer.status == 200, answer.raw
    return answer.json["services"]


@documented("Composite Start: 200, Location of the task, created as a string")
def test_composite_start_makes_all_three(cs: Simulation) -> None:
    answer = cs.post(PATH, {"services": [element(task={"task_type": 1})]})
    service = answer.json["services"][0]["service"]["service_id"]
    assert answer.status == 200
    assert answer.location == f"{BASE}/services/{service}/tasks/500001"
    assert answer.json == {
        "services": [
            {
                "service": {"service_id": service, "created": "true"},
                "state": {"state_id": 1001, "created": "true"},
                "task": {"task_id": 500001, "created": "true"},
            }
        ]
    }
    shown = cs.everything(service)
    assert shown["active_states"][0]["state_type"] == 1
    assert "state_id" not in shown["active_tasks"][0]


@documented("Composite Start: Location of the state where no task is sent")
@pytest.mark.parametrize("task", [{}, {"task": None}])
def test_composite_start_without_task(cs: Simulation, task: dict[str, Any]) -> None:
    answer = cs.post(PATH, {"services": [element(**task)]})
    (made,) = answer.json["services"]
    assert answer.location == f"{BASE}/services/{made['service']['service_id']}/states/1001"
    assert list(made) == ["service", "state"]


@documented("Composite Start: what is active and alike is found, not made")
def test_composite_start_finds_what_there_is(cs: Simulation) -> None:
    both = element(task={"task_type": "t"})
    (first,) = start(cs, both)
    (second,) = start(cs, both)
    for kind in ("service", "state", "task"):
        assert first[kind] | {"created": "false"} == second[kind]
    (third,) = start(cs, element(state={"state_type": 2}, task={"task_type": "t"}))
    assert third["service"] == second["service"]
    assert third["state"] == {"state_id": 1002, "created": "true"}
    assert third["task"] == second["task"]


@documented("Composite Start: customer_id, service_type and contact_key must match")
@pytest.mark.parametrize(
    ("stored", "sent", "found"),
    [
        ({"customer_id": "C"}, {"customer_id": "C"}, True),
        ({"customer_id": "C", "service_type": 1}, {"customer_id": "C", "service_type": "1"}, True),
        ({"customer_id": "C", "service_type": 1}, {"customer_id": "C"}, False),
        ({"customer_id": "C"}, {"customer_id": "C", "service_type": 1}, False),
        ({"customer_id": "C", "contact_key": "K"}, {"customer_id": "C"}, False),
        ({"customer_id": "C", "contact_key": "K"}, {"contact_key": "K"}, False),
        ({"contact_key": "K"}, {"contact_key": "K"}, True),
        ({"contact_key": 42}, {"contact_key": "42"}, True),
        ({"contact_key": "K"}, {"customer_id": "C", "contact_key": "K"}, False),
    ],
)
def test_composite_start_matches_all_three(
    cs: Simulation, stored: dict[str, Any], sent: dict[str, Any], found: bool
) -> None:
    service = cs.service(**stored)
    (made,) = start(cs, element(service=sent))
    assert (made["service"]["service_id"] == service) is found
    assert made["service"]["created"] == ("false" if found else "true")


@documented("Composite Start: only what is active is found")
def test_composite_start_passes_over_what_is_completed(cs: Simulation) -> None:
    both = element(task={"task_type": 1})
    (first,) = start(cs, both)
    service = first["service"]["service_id"]
    cs.end(f"services/{service}/states/{first['state']['state_id']}")
    cs.end(f"services/{service}/tasks/{first['task']['task_id']}")
    (second,) = start(cs, both)
    assert [second[kind]["created"] for kind in second] == ["false", "true", "true"]
    cs.end(f"services/{service}")
    (third,) = start(cs, both)
    assert [third[kind]["created"] for kind in third] == ["true", "true", "true"]


@assumed("the newest of several that match is taken")
def test_composite_start_takes_the_newest(cs: Simulation) -> None:
    def moment(n: int) -> str:
        return f"2026-01-01T00:00:0{n}.000Z"

    members = {"customer_id": "C", "service_type": 1}
    ids = [cs.service(**members, timestamp=moment(n)) for n in (1, 3, 2)]
    states = [cs.state(ids[1], state_type=1, timestamp=moment(n)) for n in (5, 7, 6)]
    tasks = [cs.task(ids[1], task_type=1, timestamp=moment(n)) for n in (5, 7, 6, 7)]
    (made,) = start(cs, element(task={"task_type": 1}))
    assert made["service"] == {"service_id": ids[1], "created": "false"}
    assert made["state"]["state_id"] == states[1]
    assert made["task"]["task_id"] == tasks[3]


@assumed("composite_found=update: what is found gets extensions and est_duration")
def test_composite_start_updates_what_it_finds(cs: Simulation) -> None:
    members = {"est_duration": 1, "x": {"a": 1}, "media_type": 1}
    (first,) = start(
        cs,
        element(
            service={"customer_id": "C", **members},
            state={"state_type": 1, **members},
            task={"task_type": 1, **members},
        ),
    )
    update = {"est_duration": 2, "x": {"b": 2}, "media_type": 2, "y": 1}
    start(
        cs,
        element(
            service={"customer_id": "C", **update},
            state={"state_type": 1, **update},
            task={"task_type": 1, **update},
        ),
    )
    shown = cs.everything(first["service"]["service_id"])
    for entity in (shown, shown["active_states"][0], shown["active_tasks"][0]):
        assert (entity["est_duration"], entity["x"], entity["y"]) == (2, {"b": 2}, 1)
        assert entity["started"]["media_type"] == 1


@documented("Composite Start: associate_state_task gives the task the state's id")
@pytest.mark.parametrize(("sent", "given"), [("true", True), (True, True), ("FALSE", False)])
def test_composite_start_associates_the_task(cs: Simulation, sent: object, given: bool) -> None:
    (made,) = start(cs, element(task={"task_type": 1}, associate_state_task=sent))
    (task,) = cs.everything(made["service"]["service_id"])["active_tasks"]
    assert ("state_id" in task) is given


@assumed("with associate_state_task a new task takes the state's id, whatever it carries")
def test_composite_start_ignores_the_state_id_of_an_associated_task(cs: Simulation) -> None:
    event = element(task={"task_type": 1, "state_id": 99}, associate_state_task=True)
    answer = cs.post(PATH, {"services": [event]})
    assert "state_id 99 ignored" in answer.hint
    (task,) = cs.everything(answer.json["services"][0]["service"]["service_id"])["active_tasks"]
    assert task["state_id"] == 1001


@assumed("a found task keeps its own state")
def test_composite_start_leaves_a_found_task_where_it_is(cs: Simulation) -> None:
    (first,) = start(cs, element(task={"task_type": 1}))
    again = element(task={"task_type": 1}, associate_state_task=True)
    (second,) = start(cs, again)
    assert second["task"] == first["task"] | {"created": "false"}
    (task,) = cs.everything(first["service"]["service_id"])["active_tasks"]
    assert "state_id" not in task


@assumed("a later element sees what an earlier one made; Location is that of the first")
def test_composite_start_of_several_elements(cs: Simulation) -> None:
    answer = cs.post(
        PATH,
        {
            "services": [
                element(task={"task_type": 1}),
                element(task={"task_type": 2}),
                element(service={"contact_key": "K"}),
            ]
        },
    )
    first, second, third = answer.json["services"]
    assert second["service"] == first["service"] | {"created": "false"}
    assert second["state"] == first["state"] | {"created": "false"}
    assert (second["task"]["created"], third["service"]["created"]) == ("true", "true")
    assert answer.location == (
        f"{BASE}/services/{first['service']['service_id']}/tasks/{first['task']['task_id']}"
    )


@documented("Composite Start: services, each with service and state, are mandatory")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, (f"services {MISSING}; expected a non-empty list of composite start events")),
        (
            {"services": []},
            sentence("services", "a non-empty list of composite start events", []),
        ),
        (
            {"services": {"service": {}}},
            sentence("services", "a non-empty list of composite start events", {"service": {}}),
        ),
        (
            {"services": [5]},
            sentence("services[0]", "an object with service, state and, optionally, task", 5),
        ),
        (
            {"services": [{}]},
            (
                sentence("services[0].service", "an object")
                + "; "
                + sentence("services[0].state", "an object")
            ),
        ),
        (
            {"services": [element(service={"est_duration": "x"}), element(service={}, task=1)]},
            (
                sentence(
                    "services[0].service.customer_id or services[0].service.contact_key", OWNER
                )
                + "; "
                + sentence("services[0].service.est_duration", INT_32_FROM_0, "x")
                + "; "
                + sentence(
                    "services[1].service.customer_id or services[1].service.contact_key", OWNER
                )
                + "; "
                + sentence("services[1].task", "an object", 1)
            ),
        ),
        (
            {"services": [element(associate_state_task=1, state={"state_type": True})]},
            (
                sentence("services[0].state.state_type", INT_64_OR_TEXT, True)
                + "; "
                + sentence("services[0].associate_state_task", "true or false", 1)
            ),
        ),
    ],
)
def test_composite_start_names_every_bad_member(cs: Simulation, body: object, message: str) -> None:
    before = cs.dump()
    assert cs.post(PATH, body).refused() == message
    assert cs.dump() == before


@assumed("a task's state must be one of its service; nothing is stored when one element is bad")
def test_composite_start_stores_nothing_when_one_element_is_bad(cs: Simulation) -> None:
    service = cs.service(customer_id="C", service_type=1)
    state = cs.state(service)
    good = element(task={"state_id": state})
    before = cs.dump()
    message = cs.post(
        PATH,
        {
            "services": [
                good,
                element(task={"state_id": 5}),
                element(service={"contact_key": "new"}, task={"state_id": state}),
            ]
        },
    ).refused()
    assert message == (
        sentence("services[1].task.state_id", f"a state of this service (it has state {state})", 5)
        + "; "
        + sentence("services[2].task.state_id", "a state of this service (it has no states)", state)
    )
    assert cs.dump() == before
    (made,) = start(cs, good)
    shown = cs.get(f"services/{service}/tasks/{made['task']['task_id']}").json
    assert shown["state_id"] == state


@assumed("a task's state must be one of its service; nothing is stored when one element is bad")
def test_composite_start_looks_at_elements_after_one_without_task(cs: Simulation) -> None:
    before = cs.dump()
    good, bad = element(), element(task={"state_id": 5})
    assert "services[1].task.state_id" in cs.post(PATH, {"services": [good, bad]}).refused()
    assert cs.dump() == before


@assumed("ids come to an end; nothing is stored when they do within a request")
@pytest.mark.parametrize("kind", ["service", "state", "task"])
def test_composite_start_stores_nothing_when_ids_do_not_suffice(
    simulate: Simulate, kind: str
) -> None:
    cs = simulate(
        {"first_ids": {kind: 2**63 - 1 if kind == "service" else 2**31 - 1}}, may_fail=True
    )
    before = cs.dump()
    elements = [
        {"service": {"contact_key": key}, "state": {}, "task": {"task_type": 1}} for key in "ab"
    ]
    assert f"No {kind} ids left" in cs.post(PATH, {"services": elements}).refused(500)
    assert cs.dump() == before
    assert cs.post(PATH, {"services": elements[:1]}).status == 200


@assumed("members that no element has are ignored")
def test_composite_start_hints_at_unknown_members(cs: Simulation) -> None:
    answer = cs.post(PATH, {"services": [element(taks={})], "extra": 1})
    assert answer.status == 200
    assert "services[0].taks" in answer.hint
    assert "extra" in answer.hint
