"""Ids: in paths, in bodies, in their two forms. Contract section 2."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Simulate
from tests.support import EXCEPTIONS, Simulation, assumed, documented

NO_IDS = [
    "abc",
    "-1",
    "0x10",
    "1.0",
    "1e3",
    "+5",
    "%20",
    "1_000",
    "%D9%A1",
    "null",
    "true",
    str(2**31),
    str(2**32),
    str(2**63),
    str(2**64),
    "9" * 39,
    "9" * 41,
    "9" * 5000,
    "..",
    "%00",
    "a%2Fb",
    "%F0%9F%98%80",
]


def text_of(answer_message: str) -> str:
    return answer_message.split(" found for : ", 1)[1]


@assumed("what cannot be an id is simply unknown, with a hint")
@pytest.mark.parametrize("no_id", NO_IDS)
def test_service_id_that_cannot_be_one(cs: Simulation, service_ids: str, no_id: str) -> None:
    cs.service()
    before = cs.dump()
    for method, form in (
        ("GET", ""),
        ("DELETE", ""),
        ("PUT", ""),
        ("POST", "/end"),
        ("POST", "/states/start"),
        ("GET", "/tasks/active"),
        ("GET", "/states/1001"),
        ("POST", "/tasks/500001/end"),
    ):
        body: object = {} if method in ("POST", "PUT") else None
        answer = cs.request(method, f"services/{no_id}{form}", body)
        assert answer.refused().startswith("There are no service found for : ")
        assert answer.json["exception"] == f"{EXCEPTIONS}.NotFoundException"
        of_64_bits = no_id in (str(2**31), str(2**32))
        if service_ids == "conversation" or not of_64_bits:
            assert "is not a service id" in answer.hint
    assert cs.dump() == before


@assumed("what cannot be a state or task id is simply unknown, with a hint")
@pytest.mark.parametrize("kind", ["state", "task"])
@pytest.mark.parametrize("no_id", NO_IDS)
def test_part_id_that_cannot_be_one(cs: Simulation, kind: str, no_id: str) -> None:
    service = cs.service()
    for answer in (
        cs.get(f"services/{service}/{kind}s/{no_id}"),
        cs.post(f"services/{service}/{kind}s/{no_id}/end"),
        cs.put(f"services/{service}/{kind}s/{no_id}/extensions/x", 1),
        cs.put(f"services/{service}/{kind}s/{no_id}/extensions/x/merge", {}),
    ):
        assert answer.refused().startswith(f"There are no {kind} found for : ")
        assert answer.json["exception"] == f"{EXCEPTIONS}.NotFoundException"
        assert f"is not a {kind} id" in answer.hint


@assumed("a query that begins with &, as the documents' example of Query States has it: a hint")
def test_id_that_a_query_follows(cs: Simulation) -> None:
    service = cs.service()
    for path, kind in (
        (f"services/{service}/states/active&active_tasks=true&extensions=Feedback", "state"),
        (f"services/{service}/tasks/completed&task_types=1", "task"),
        (f"services/{service}&extensions=*", "service"),
    ):
        answer = cs.get(path)
        assert answer.refused().startswith(f"There are no {kind} found for : ")
        assert answer.hint.endswith(f" is not a {kind} id; start the query string with ?")
    for text in ("a=b", "a&b"):
        assert "start the query" not in cs.get(f"services/{service}/states/{text}").hint


@documented("Query State by ID, Query Task by ID: below their own service")
@pytest.mark.parametrize("kind", ["state", "task"])
def test_part_id_of_another_service(cs: Simulation, kind: str) -> None:
    own, other = cs.service(), cs.service()
    part = cs.state(other) if kind == "state" else cs.task(other)
    before = cs.dump()
    for answer in (
        cs.get(f"services/{own}/{kind}s/{part}"),
        cs.post(f"services/{own}/{kind}s/{part}/end"),
        cs.put(f"services/{own}/{kind}s/{part}/extensions/x", 1),
    ):
        assert answer.refused() == f"There are no {kind} found for : {part}"
        assert answer.hint == f"this service has no {kind}s"
    assert cs.dump() == before


@assumed("state and task ids are far apart, so that ids mixed up never work by chance")
def test_part_ids_mixed_up(cs: Simulation) -> None:
    service = cs.service()
    state, task = cs.state(service), cs.task(service)
    answer = cs.get(f"services/{service}/states/{task}")
    assert answer.refused() == f"There are no state found for : {task}"
    assert answer.hint == f"{task} is a task of this service"
    answer = cs.get(f"services/{service}/tasks/{state}")
    assert answer.refused() == f"There are no task found for : {state}"
    assert answer.hint == f"{state} is a state of this service"


@documented("Start Task: auto-incrementing identifiers, unique in the world")
def test_ids_count_on_in_the_world(cs: Simulation) -> None:
    first, second = cs.service(), cs.service()
    assert [cs.state(first), cs.state(second), cs.state(first)] == [1001, 1002, 1003]
    assert [cs.task(second), cs.task(first)] == [500001, 500002]


@assumed("an id is never given out twice")
def test_ids_are_not_given_out_again(cs: Simulation) -> None:
    service = cs.service()
    cs.state(service)
    cs.delete(f"services/{service}").ok(200)
    again = cs.service()
    assert again != service
    assert cs.state(again) == 1002


@assumed("starting values are settable")
def test_ids_start_where_a_scenario_says(simulate: Simulate, service_ids: str) -> None:
    cs = simulate({"first_ids": {"service": 12349857, "state": 24, "task": 15928}})
    service = cs.service()
    if service_ids == "integer":
        assert service == 12349857
    assert (cs.state(service), cs.task(service)) == (24, 15928)


@documented("Delete Service, Update Expiration Time: ids of their examples")
@assumed("service_ids=conversation")
def test_conversation_ids_are_found_by_their_text(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"service_ids": "conversation"}})
    service = cs.service()
    assert re.fullmatch(
        "[0-9]{1,3}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", service
    )
    assert cs.exists(service)
    assert not cs.exists(service.upper())
    assert not cs.exists(f"0{service}")
    answer = cs.get("services/4294967297")
    assert "ids here look like 383-f9a62aec-..." in answer.hint


@assumed("the same document gives the same ids")
def test_ids_are_the_same_in_every_run(simulate: Simulate) -> None:
    first, second, other = simulate(), simulate(), simulate({"seed": 7})
    drawn = [[cs.service() for _ in range(3)] for cs in (first, second, other)]
    assert drawn[0] == drawn[1]
    assert (drawn[2] == drawn[0]) is isinstance(drawn[0][0], int)


@documented("Start State, Start Task: 64 bits for services, 32 for states and tasks")
def test_ids_at_the_edge_of_their_width(simulate: Simulate) -> None:
    cs = simulate({"first_ids": {"service": 2**63 - 1, "state": 2**31 - 1, "task": 2**31 - 1}})
    service = cs.service()
    state, task = cs.state(service), cs.task(service, state_id=2**31 - 1)
    assert state == task == 2**31 - 1
    assert cs.get(f"services/{service}/states/{state}").shows()["service_id"] == service
    assert cs.get(f"services/{service}/tasks?state_id={state}").shows()[0]["task_id"] == task
