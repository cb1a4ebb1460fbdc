"""Services: start, end, get, delete, expiration. Contract section 4."""

from __future__ import annotations

import pytest

from tests.conftest import Simulate
from tests.support import BASE, FIRST_SERVICE, NOW, Simulation, assumed, documented, relied_on
from tests.support.problems import MISSING, sentence

EVENT = {
    "timestamp": "2009-05-12T12:05:12.145Z",
    "session_id": "S-1",
    "interaction_id": "123ABCAADFJ1259ACF",
    "application_type": 400,
    "application_id": 40,
    "resource_type": "GVP",
    "resource_id": 5005,
    "media_type": 1,
}


@documented("Start Service")
def test_start_service_answers_id_and_location(cs: Simulation, service_ids: str) -> None:
    answer = cs.post("services/start", {"contact_key": "42", "service_type": 100})
    assert answer.status == 201
    assert list(answer.json) == ["service_id"]
    service = answer.json["service_id"]
    assert answer.location == f"{BASE}/services/{service}"
    if service_ids == "integer":
        assert answer.raw == b'{"service_id":4294967297}'
    else:
        assert isinstance(service, str)


@documented("Start Service: UCS automatically assigns 64-bit integer IDs")
def test_start_service_counts_ids_up_from_past_32_bits(cs: Simulation, service_ids: str) -> None:
    first, second = cs.service(), cs.service()
    if service_ids == "integer":
        assert (first, second) == (FIRST_SERVICE, FIRST_SERVICE + 1)
        assert first > 2**32
    else:
        assert first != second


@documented("Start Event List: every member of a Service Start Event")
def test_start_service_keeps_every_member(cs: Simulation) -> None:
    service = cs.service(
        customer_id="C-1", contact_key="42", service_type=100, est_duration=60, **EVENT
    )
    assert cs.get(f"services/{service}").shows() == {
        "service_id": service,
        "service_type": 100,
        "customer_id": "C-1",
        "contact_key": "42",
        "est_duration": 60,
        "started": EVENT,
    }


@documented(f"Start Service: the server fills in a timestamp that {MISSING}")
def test_start_service_fills_the_timestamp(cs: Simulation) -> None:
    service = cs.service(timestamp=None)
    assert cs.get(f"services/{service}").json["started"] == {"timestamp": NOW}


@documented("Start Service: customer_id is mandatory if there is no contact_key")
@pytest.mark.parametrize("body", [{}, {"customer_id": None}, {"service_type": 1, "coupon": 5}])
def test_start_service_needs_an_owner(cs: Simulation, body: object) -> None:
    before = cs.dump()
    message = cs.post("services/start", body).refused()
    assert message.startswith(f"customer_id or contact_key {MISSING}")
    assert cs.dump() == before


@assumed("an empty customer_id or contact_key is no owner")
def test_start_service_refuses_an_empty_owner(cs: Simulation) -> None:
    message = cs.post("services/start", {"customer_id": "", "contact_key": ""}).refused()
    assert message == (
        sentence("customer_id", "a non-empty string", "")
        + "; "
        + sentence("contact_key", "a non-empty string", "")
    )


@relied_on("the same service may be started twice; a customer_id needs no profile")
def test_start_service_twice_makes_two(cs: Simulation) -> None:
    ids = [cs.service(customer_id="nobody", service_type=1) for _ in range(2)]
    shown = cs.get("customers/nobody/services").shows()
    assert [each["service_id"] for each in shown] == ids


@documented("Start Service: a type is optional in the newer pages")
def test_start_service_needs_no_type(cs: Simulation) -> None:
    assert "service_type" not in cs.get(f"services/{cs.service()}").shows()


@assumed("204, as end_task has it")
def test_end_service_shows_how_it_ended(cs: Simulation) -> None:
    service = cs.service(timestamp="2026-01-05T08:59:00.000Z")
    end = {"session_id": "S-2", "media_type": "voice"}
    cs.post(f"services/{service}/end", {**end, "disposition": 10, "disposition_desc": "Done"}).ok(
        204
    )
    shown = cs.get(f"services/{service}").shows()
    assert list(shown) == [
        "service_id",
        "contact_key",
        "started",
        "completed",
        "disposition",
        "disposition_desc",
        "duration",
    ]
    assert shown["completed"] == {"timestamp": NOW, **end}
    assert (shown["disposition"], shown["disposition_desc"]) == (10, "Done")
    assert shown["duration"] == 60_000


@documented("End Event List: every field is optional")
@pytest.mark.parametrize("raw", [None, b"", b"  \n", b"{}"])
def test_end_service_takes_an_empty_body(cs: Simulation, raw: bytes | None) -> None:
    service = cs.service()
    cs.post(f"services/{service}/end", raw=raw).ok(204)
    assert cs.get(f"services/{service}").json["completed"] == {"timestamp": NOW}


@documented("Complete Service: values of extensions sent here replace earlier ones")
def test_end_service_replaces_extensions(cs: Simulation) -> None:
    service = cs.service(coupon={"a": 1, "b": 2}, score=1)
    cs.end(f"services/{service}", coupon={"c": 3}, notes="n")
    shown = cs.get(f"services/{service}?extensions=*").shows()
    assert (shown["coupon"], shown["score"], shown["notes"]) == ({"c": 3}, 1, "n")


@assumed("an end before its start is accepted with duration 0")
def test_end_service_before_its_start(cs: Simulation) -> None:
    service = cs.service()
    answer = cs.post(f"services/{service}/end", {"timestamp": "2025-01-01T00:00:00.000Z"}).ok(204)
    assert "ends before it started" in answer.hint
    shown = cs.get(f"services/{service}").json
    assert shown["completed"]["timestamp"] == "2025-01-01T00:00:00.000Z"
    assert shown["duration"] == 0


@relied_on("an end call may carry the whole start body again")
def test_end_service_takes_the_start_body_again(cs: Simulation) -> None:
    service = cs.service(customer_id="C", service_type="a")
    again = {"customer_id": "D", "service_type": "b", "est_duration": 5, "coupon": 1}
    answer = cs.post(f"services/{service}/end", again).ok(204)
    assert "customer_id, service_type, est_duration" in answer.hint
    shown = cs.get(f"services/{service}?extensions=*").json
    assert (shown["customer_id"], shown["service_type"], shown["coupon"]) == ("C", "a", 1)
    assert "est_duration" not in shown


@documented("Query Service by ID: by default no states, no tasks, no extensions")
def test_get_service_shows_no_parts_by_default(cs: Simulation) -> None:
    service = cs.service(coupon=1)
    cs.task(service, state_id=cs.state(service))
    shown = cs.get(f"services/{service}").shows()
    assert list(shown) == ["service_id", "contact_key", "started"]


@documented("Query Service by ID: active_states, completed_states, active_tasks, completed_tasks")
def test_get_service_shows_the_parts_asked_for(cs: Simulation) -> None:
    service = cs.service(customer_id="C")
    states = [cs.state(service, state_type=n) for n in (1, 2)]
    tasks = [cs.task(service, task_type="t", state_id=states[0]), cs.task(service)]
    cs.end(f"services/{service}/states/{states[0]}")
    cs.end(f"services/{service}/tasks/{tasks[1]}", disposition="ok")
    assert cs.get(f"services/{service}?completed_states=true&active_tasks=true").shows() == {
        "service_id": service,
        "customer_id": "C",
        "started": {"timestamp": NOW},
        "completed_states": [
            {
                "state_id": states[0],
                "state_type": 1,
                "started": {"timestamp": NOW},
                "completed": {"timestamp": NOW},
                "duration": 0,
            }
        ],
        "active_tasks": [
            {
                "state_id": states[0],
                "task_id": tasks[0],
                "task_type": "t",
                "started": {"timestamp": NOW},
            }
        ],
    }
    shown = cs.everything(service)
    assert [state["state_id"] for state in shown["active_states"]] == [states[1]]
    assert [task["task_id"] for task in shown["completed_tasks"]] == [tasks[1]]
    assert list(shown)[-4:] == [
        "active_states",
        "completed_states",
        "active_tasks",
        "completed_tasks",
    ]


@documented("Query Service by ID: a flag that is true shows its part, which may be empty")
def test_get_service_shows_empty_parts(cs: Simulation) -> None:
    shown = cs.get(f"services/{cs.service()}?active_states=TRUE&completed_tasks=false").shows()
    assert shown["active_states"] == []
    assert "completed_tasks" not in shown


@documented("Delete Service: 200, and its states and tasks go with it")
def test_delete_service_takes_its_parts_along(cs: Simulation) -> None:
    keep, gone = cs.service(customer_id="C"), cs.service(customer_id="C")
    state = cs.state(gone)
    cs.delete(f"services/{gone}").ok(200)
    cs.get(f"services/{gone}").refused()
    cs.get(f"services/{gone}/states/{state}").refused()
    assert [each["service_id"] for each in cs.get("customers/C/services").shows()] == [keep]


@documented("Delete Service: an unknown id is 400 with NotFoundException")
def test_delete_service_unknown(cs: Simulation, unknown_id: str) -> None:
    answer = cs.delete(f"services/{unknown_id}")
    assert answer.status == 400
    assert answer.raw == (
        b'{"message":"There are no service found for : %s","exception":'
        b'"com.genesyslab.gsg.services.contextservices.exceptions.NotFoundException"}'
        % unknown_id.encode()
    )


@documented("Start Service: a service with no customer is anonymous")
def test_start_service_without_customer_is_anonymous(simulate: Simulate) -> None:
    cs = simulate({"first_ids": {"service": 7}})
    service = cs.service(contact_key="42")
    assert "customer_id" not in cs.get(f"services/{service}").shows()
    shown = cs.get("services/anonymous/42").shows()
    assert [each["service_id"] for each in shown] == [service]
