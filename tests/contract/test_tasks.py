"""Tasks: start, end, query, get. Contract section 6."""

from __future__ import annotations

import pytest

from tests.support import BASE, FIRST_TASK, NOW, Simulation, assumed, documented, relied_on
from tests.support.problems import INT_32_FROM_0, sentence


@pytest.fixture
def service(cs: Simulation) -> object:
    started: object = cs.service(customer_id="C")
    return started


def listed(cs: Simulation, path: str) -> list[object]:
    return [task["task_id"] for task in cs.get(path).shows()]


@documented("Start Task: 201, Location, and the id as a number")
def test_start_task_answers_id_and_location(cs: Simulation, service: object) -> None:
    answer = cs.post(f"services/{service}/tasks/start", {"task_type": "customer info"})
    assert (answer.status, answer.raw) == (201, b'{"task_id":500001}')
    assert answer.location == f"{BASE}/services/{service}/tasks/500001"


@documented("Start Event List: every member of a Task Start Event")
def test_start_task_keeps_every_member(cs: Simulation, service: object) -> None:
    event = {
        "timestamp": "2010-05-20T15:41:52.380Z",
        "session_id": "S",
        "interaction_id": "65",
        "application_type": "a",
        "application_id": 1,
        "resource_type": 2,
        "resource_id": 3,
        "media_type": 4,
    }
    state = cs.state(service)
    task = cs.task(
        service, state_id=state, task_type=55, est_duration=460, Survey={"q": 7}, **event
    )
    assert cs.get(f"services/{service}/tasks/{task}?extensions=Survey").shows() == {
        "service_id": service,
        "customer_id": "C",
        "state_id": state,
        "task_id": task,
        "task_type": 55,
        "est_duration": 460,
        "started": event,
        "Survey": {"q": 7},
    }


@documented("Start Task: state_id is optional")
def test_start_task_of_the_service_itself(cs: Simulation, service: object) -> None:
    task = cs.task(service)
    assert cs.get(f"services/{service}/tasks/{task}").shows() == {
        "service_id": service,
        "customer_id": "C",
        "task_id": FIRST_TASK,
        "started": {"timestamp": NOW},
    }


@relied_on("state_id may come as a string")
def test_start_task_takes_state_id_as_text(cs: Simulation, service: object) -> None:
    state = cs.state(service)
    task = cs.task(service, state_id=str(state))
    assert cs.get(f"services/{service}/tasks/{task}").json["state_id"] == state


@assumed("state_references=check: a state_id must be that of a state of this service")
def test_start_task_refuses_an_unknown_state(cs: Simulation, service: object) -> None:
    foreign = cs.state(cs.service())
    before = cs.dump()
    path = f"services/{service}/tasks/start"
    assert cs.post(path, {"state_id": foreign}).refused() == sentence(
        "state_id", "a state of this service (it has no states)", foreign
    )
    assert cs.dump() == before
    own = cs.state(service)
    expected = f"a state of this service (it has state {own})"
    assert cs.post(path, {"state_id": 24}).refused() == sentence("state_id", expected, 24)


@relied_on("tasks start on completed services")
def test_start_task_on_a_completed_service(cs: Simulation, service: object) -> None:
    cs.end(f"services/{service}")
    answer = cs.post(f"services/{service}/tasks/start", {})
    assert answer.status == 201
    assert "completed service" in answer.hint


@documented("Complete Task: 204")
def test_end_task_shows_how_it_ended(cs: Simulation, service: object) -> None:
    task = cs.task(service, task_type="t")
    cs.advance("2s")
    body = {"interaction_id": "I", "disposition": 10, "disposition_desc": "SUCCESS", "Survey": [1]}
    cs.post(f"services/{service}/tasks/{task}/end", body).ok(204)
    shown = cs.get(f"services/{service}/tasks/{task}?extensions=Survey").shows()
    assert shown == {
        "service_id": service,
        "customer_id": "C",
        "task_id": task,
        "task_type": "t",
        "started": {"timestamp": NOW},
        "completed": {"timestamp": "2026-01-05T09:00:02.000Z", "interaction_id": "I"},
        "disposition": 10,
        "disposition_desc": "SUCCESS",
        "duration": 2000,
        "Survey": [1],
    }


@documented("Complete Task: its example carries a state_id in the body")
def test_end_task_takes_a_state_id(cs: Simulation, service: object) -> None:
    state, other = cs.state(service), cs.state(service)
    task = cs.task(service, state_id=state)
    path = f"services/{service}/tasks/{task}"
    assert cs.post(f"{path}/end", {"state_id": state}).ok(204).hint == ""
    assert "state_id" in cs.post(f"{path}/end", {"state_id": other}).ok(204).hint
    assert cs.get(path).json["state_id"] == state


@documented("Query Tasks: all, active, completed")
def test_query_tasks_in_its_three_forms(cs: Simulation, service: object) -> None:
    late = cs.task(service, timestamp="2026-01-01T00:00:00.002Z")
    early = cs.task(service, timestamp="2026-01-01T00:00:00.001Z")
    cs.end(f"services/{service}/tasks/{early}")
    path = f"services/{service}/tasks"
    assert listed(cs, path) == [early, late]
    assert listed(cs, f"{path}/active") == [late]
    assert listed(cs, f"{path}/completed") == [early]
    assert [each["service_id"] for each in cs.get(path).json] == [service, service]


@documented("Query Tasks: task_types and state_id combine")
def test_query_tasks_filters(cs: Simulation, service: object) -> None:
    states = [cs.state(service) for _ in range(2)]
    ids = [
        cs.task(service, task_type=1, state_id=states[0]),
        cs.task(service, task_type=3, state_id=states[1]),
        cs.task(service, task_type="x"),
    ]
    path = f"services/{service}/tasks"
    assert listed(cs, f"{path}?task_types=1,3") == ids[:2]
    assert listed(cs, f"{path}?task_types=1%2Cx&task_types=y") == [ids[0], ids[2]]
    assert listed(cs, f"{path}?state_id={states[1]}") == ids[1:2]
    assert listed(cs, f"{path}?state_id={states[0]},{states[1]}") == ids[:2]
    assert listed(cs, f"{path}?state_id={states[0]}&state_id={states[1]}") == ids[:2]
    assert listed(cs, f"{path}?task_types=1,x&state_id={states[1]}") == []
    assert listed(cs, f"{path}?state_id=&task_types=") == ids


@documented("Query Tasks: state_id is an integer")
@pytest.mark.parametrize("value", ["abc", "-1", "1.0", "2147483648", "0x10"])
def test_query_tasks_refuses_a_bad_state_id(cs: Simulation, service: object, value: str) -> None:
    message = cs.get(f"services/{service}/tasks?state_id=5,{value}").refused()
    assert message == sentence("state_id", INT_32_FROM_0, value)


@documented("Query Task by ID of an unknown service")
@pytest.mark.parametrize("form", ["", "/active", "/completed", "/500001"])
def test_query_tasks_of_an_unknown_service(cs: Simulation, unknown_id: str, form: str) -> None:
    message = cs.get(f"services/{unknown_id}/tasks{form}").refused()
    assert message == f"There are no service found for : {unknown_id}"
