"""States: start, end, query, get. Contract section 5."""

from __future__ import annotations

import pytest

from tests.support import BASE, FIRST_STATE, NOW, Simulation, assumed, documented, relied_on


@pytest.fixture
def service(cs: Simulation) -> object:
    started: object = cs.service(customer_id="C")
    return started


def listed(cs: Simulation, path: str) -> list[object]:
    return [state["state_id"] for state in cs.get(path).shows()]


@assumed("201, Location and body as start_task has them")
def test_start_state_answers_id_and_location(cs: Simulation, service: object) -> None:
    answer = cs.post(f"services/{service}/states/start", {"state_type": 4})
    assert (answer.status, answer.raw) == (201, b'{"state_id":1001}')
    assert answer.location == f"{BASE}/services/{service}/states/1001"


@documented("Start Event List: every member of a State Start Event")
def test_start_state_keeps_every_member(cs: Simulation, service: object) -> None:
    event = {
        "timestamp": "2010-05-18T15:23:34.447Z",
        "session_id": "S",
        "interaction_id": "51",
        "application_type": 400,
        "application_id": 40,
        "resource_type": 200,
        "resource_id": 20,
        "media_type": 2,
    }
    first = cs.state(service)
    state = cs.state(
        service, state_type="wait", previous_state_id=first, est_duration=60, Feedback=1, **event
    )
    assert cs.get(f"services/{service}/states/{state}?extensions=Feedback").shows() == {
        "service_id": service,
        "customer_id": "C",
        "state_id": state,
        "state_type": "wait",
        "previous_state_id": first,
        "est_duration": 60,
        "started": event,
        "Feedback": 1,
    }


@relied_on("several active states, of one type too")
def test_start_state_ends_no_other(cs: Simulation, service: object) -> None:
    ids = [cs.state(service, state_type=1) for _ in range(2)]
    assert listed(cs, f"services/{service}/states/active") == ids == [FIRST_STATE, FIRST_STATE + 1]


@relied_on("states start on completed services")
def test_start_state_on_a_completed_service(cs: Simulation, service: object) -> None:
    cs.end(f"services/{service}")
    answer = cs.post(f"services/{service}/states/start", {})
    assert answer.status == 201
    assert "completed service" in answer.hint


@documented("State Start Event: previous_state_id is informational")
def test_start_state_hints_at_an_unknown_previous_state(cs: Simulation, service: object) -> None:
    answer = cs.post(f"services/{service}/states/start", {"previous_state_id": 99})
    assert answer.status == 201
    assert "previous_state_id 99 is not a state of this service" in answer.hint
    assert cs.get(f"services/{service}/states/1001").json["previous_state_id"] == 99


@assumed("204, as end_task has it")
def test_end_state_shows_how_it_ended(cs: Simulation, service: object) -> None:
    state = cs.state(service, state_type=4, Feedback=1)
    cs.advance("90s")
    body = {"disposition": "ok", "disposition_desc": "fine", "resource_id": 7, "Feedback": 2}
    cs.post(f"services/{service}/states/{state}/end", body).ok(204)
    assert cs.get(f"services/{service}/states/{state}?extensions=*").shows() == {
        "service_id": service,
        "customer_id": "C",
        "state_id": state,
        "state_type": 4,
        "started": {"timestamp": NOW},
        "completed": {"timestamp": "2026-01-05T09:01:30.000Z", "resource_id": 7},
        "disposition": "ok",
        "disposition_desc": "fine",
        "duration": 90_000,
        "Feedback": 2,
    }
    assert "completed" not in cs.get(f"services/{service}").json


@relied_on("an end call may carry the whole start body again")
def test_end_state_takes_the_start_body_again(cs: Simulation, service: object) -> None:
    state = cs.state(service, state_type=4)
    answer = cs.post(
        f"services/{service}/states/{state}/end", {"state_type": 5, "state_id": state}
    ).ok(204)
    assert "ignored reserved members that this event does not use: state_type" in answer.hint
    assert cs.get(f"services/{service}/states/{state}").json["state_type"] == 4


@documented("Query States: all, active, completed; service_id on each")
def test_query_states_in_its_three_forms(cs: Simulation, service: object) -> None:
    late = cs.state(service, timestamp="2026-01-01T00:00:00.002Z")
    early = cs.state(service, timestamp="2026-01-01T00:00:00.001Z")
    cs.end(f"services/{service}/states/{late}")
    path = f"services/{service}/states"
    assert listed(cs, path) == [early, late]
    assert listed(cs, f"{path}/active") == [early]
    assert listed(cs, f"{path}/completed") == [late]
    assert [each["service_id"] for each in cs.get(path).json] == [service, service]


@documented("Query States: state_types")
@pytest.mark.parametrize(
    ("query", "count"),
    [("1", 2), ("a", 1), ("1,a", 3), ("1%2Ca&state_types=z", 3), ("", 4), ("z", 0)],
)
def test_query_states_of_types(cs: Simulation, service: object, query: str, count: int) -> None:
    ids = [cs.state(service, state_type=kind) for kind in (1, "1", "a", None)]
    kept = {"1": ids[:2], "a": ids[2:3], "z": [], "": ids}.get(query, ids[:3])
    assert listed(cs, f"services/{service}/states?state_types={query}") == kept
    assert len(kept) == count


@documented("Query State by ID: the tasks of that state")
def test_get_state_shows_its_own_tasks(cs: Simulation, service: object) -> None:
    state, other = cs.state(service), cs.state(service)
    done = cs.task(service, state_id=state)
    cs.end(f"services/{service}/tasks/{done}")
    active = cs.task(service, state_id=state, task_type=7)
    cs.task(service, state_id=other)
    cs.task(service)
    path = f"services/{service}/states/{state}"
    shown = cs.get(f"{path}?active_tasks=true&completed_tasks=true").shows()
    assert shown["active_tasks"] == [
        {"state_id": state, "task_id": active, "task_type": 7, "started": {"timestamp": NOW}}
    ]
    assert [task["task_id"] for task in shown["completed_tasks"]] == [done]
    assert "active_tasks" not in cs.get(path).json
    (first, _) = cs.get(f"services/{service}/states?active_tasks=true").shows()
    assert [task["task_id"] for task in first["active_tasks"]] == [active]


@documented("Query States: an unknown service is 400, by analogy with Delete Service")
@pytest.mark.parametrize("form", ["", "/active", "/completed", "/1001"])
def test_query_states_of_an_unknown_service(cs: Simulation, unknown_id: str, form: str) -> None:
    message = cs.get(f"services/{unknown_id}/states{form}").refused()
    assert message == f"There are no service found for : {unknown_id}"
