"""The examples that the vendor's documents print: refused with their faults, taken once mended."""

from __future__ import annotations

import pytest

from tests.conftest import Simulate
from tests.support import BASE, Simulation, documented
from tests.support.seeds import (
    COMPLETE_TASK,
    COMPLETE_TASK_PRINTED,
    START_SERVICE,
    START_SERVICE_PRINTED,
    START_TASK,
    START_TASK_PRINTED,
)


@documented("the examples of Start Task, Complete Task and Start Service, as printed")
@pytest.mark.parametrize(
    ("path", "printed", "message", "hint"),
    [
        (
            "services/21456878/tasks/start",
            START_TASK_PRINTED,
            "expecting value at line 5, column 13",
            "put text in double quotes",
        ),
        (
            "services/21456878/tasks/start",
            START_TASK_PRINTED.replace("customer info", '"customer info"'),
            "expecting ',' delimiter at line 16, column 16",
            "write a number without spaces: 25000, not 25 000",
        ),
        (
            "services/95/tasks/3/end",
            COMPLETE_TASK_PRINTED,
            "expecting ',' delimiter at line 2, column 19",
            "write a number without leading zeros, and text in double quotes",
        ),
        (
            "services/start",
            START_SERVICE_PRINTED,
            "expecting value at line 26, column 3",
            "remove the comma before the closing bracket",
        ),
        (
            "services/start",
            START_SERVICE_PRINTED.replace("},\n  ]", "}\n  ]"),
            "expecting property name enclosed in double quotes at line 27, column 1",
            "remove the comma before the closing bracket",
        ),
    ],
)
def test_seed_as_printed(
    simulate: Simulate, path: str, printed: str, message: str, hint: str
) -> None:
    cs = simulate({"extends": "demo"})
    before = cs.dump()
    answer = cs.post(path, raw=printed.encode(), headers={"Content-Type": "application/json"})
    assert answer.refused() == f"The body is not valid JSON: {message}"
    assert answer.hint == hint
    assert cs.dump() == before


@documented("Start Task: its example")
def test_seed_start_task(simulate: Simulate) -> None:
    cs = simulate({"extends": "demo"})
    body = START_TASK
    answer = cs.post("services/21456878/tasks/start", body)
    assert answer.status == 201
    assert list(answer.json) == ["task_id"]
    task = answer.json["task_id"]
    assert answer.location == f"{BASE}/services/21456878/tasks/{task}"
    shown = cs.get(f"services/21456878/tasks/{task}?extensions=Proposal,Survey").shows()
    assert (shown["state_id"], shown["task_type"], shown["est_duration"]) == (
        24,
        "customer info",
        460,
    )
    assert shown["started"]["interaction_id"] == "42"
    assert (shown["Survey"], shown["Proposal"]) == (body["Survey"], body["Proposal"])


@documented("Complete Task: its example")
def test_seed_complete_task(simulate: Simulate) -> None:
    cs = simulate({"extends": "demo"})
    body = COMPLETE_TASK
    answer = cs.post("services/95/tasks/3/end", body).ok(204)
    assert answer.hint == ""
    shown = cs.get("services/95/tasks/3?extensions=Survey,Proposal").shows()
    assert shown["completed"]["interaction_id"] == "0000CSS0FXZUP6UR"
    assert (shown["state_id"], shown["disposition"]) == (24, 10)
    assert shown["disposition_desc"] == "SUCCESS"
    assert (shown["Survey"], shown["Proposal"]) == (body["Survey"], body["Proposal"])


@documented("Start Service: its example, a disposition in a start included")
def test_seed_start_service(simulate: Simulate, service_ids: str) -> None:
    cs = simulate({"first_ids": {"service": 12349857}})
    body = dict(START_SERVICE)
    answer = cs.post("services/start", body)
    assert answer.status == 201
    if service_ids == "integer":
        assert answer.raw == b'{"service_id":12349857}'
        assert answer.location == f"{BASE}/services/12349857"
    assert answer.hint == "ignored reserved members that this event does not use: disposition"
    shown = cs.get(f"services/{answer.json['service_id']}?extensions=*").shows()
    event = {
        name: body.pop(name)
        for name in (
            "timestamp",
            "interaction_id",
            "application_type",
            "application_id",
            "resource_type",
            "resource_id",
            "media_type",
        )
    }
    del body["disposition"]
    assert shown == {"service_id": answer.json["service_id"], "started": event, **body}


@documented("Composite Start: its example")
def test_seed_composite_start(cs: Simulation) -> None:
    event = {
        "interaction_id": "123ABCAADFJ1259ACF",
        "application_type": "App_type_1",
        "application_id": 40,
        "resource_type": "ResType1",
        "resource_id": 1183,
        "media_type": "voice",
    }
    feedback = {"FeedbackType": "survey", "rating": 7}
    element = {
        "service": {"contact_key": "42", "service_type": "MyService1", **event},
        "state": {**event, "est_duration": 60, "state_type": "MyState1", "Feedback": feedback},
        "task": {**event, "est_duration": 60, "task_type": "MyTask1", "Feedback": feedback},
        "associate_state_task": "true",
    }
    service = cs.service(contact_key="42", service_type="MyService1")
    answer = cs.post("services_composite/start", {"services": [element]})
    assert answer.shows() == {
        "services": [
            {
                "service": {"service_id": service, "created": "false"},
                "state": {"state_id": 1001, "created": "true"},
                "task": {"task_id": 500001, "created": "true"},
            }
        ]
    }
    assert answer.location == f"{BASE}/services/{service}/tasks/500001"
    shown = cs.get(f"services/{service}/tasks/500001?extensions=Feedback").shows()
    assert (shown["state_id"], shown["Feedback"]) == (1001, feedback)
    assert {name: shown["started"][name] for name in event} == event
