"""The five documents that everything starts from, their examples mended, below the 8.5 base.

Each runs against a server of its own kind: with integer ids and with ids of the conversation form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.seeds import (
    COMPLETE_TASK,
    COMPLETE_TASK_PRINTED,
    COMPOSITE_START_PRINTED,
    EVENT,
    PROPOSAL,
    START_SERVICE,
    START_SERVICE_PRINTED,
    START_TASK,
    START_TASK_PRINTED,
    SURVEY,
    composite_start,
)
from tests.support.server import Client, ServerProcess

FORMS = {
    "integer": r"[0-9]+",
    "conversation": r"[0-9]{1,3}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}


@pytest.fixture(scope="module", params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """The form of service ids."""
    return str(request.param)


@pytest.fixture(scope="module")
def server(form: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with the demo scenario."""
    ready = tmp_path_factory.mktemp("seeds") / "ready.json"
    process = ServerProcess(ready, "--scenario", "demo", "--fidelity", f"service_ids={form}")
    yield process.wait_until_ready()
    process.stop()


@pytest.fixture
def demo(server: ServerProcess) -> Iterator[Client]:
    """A client of that server, which is as it was when it started."""
    with server.client() as client:
        assert client.post("/_control/reset").status == 200
        yield client


def test_start_service_example(demo: Client, form: str) -> None:
    """Start Service: 201, Location, service_id; disposition in a start is not refused."""
    answer = demo.post("services/start", START_SERVICE)
    service_id = answer.json()["service_id"]
    assert (answer.status, answer.reason) == (201, "Created")
    assert isinstance(service_id, int if form == "integer" else str)
    assert re.fullmatch(FORMS[form], str(service_id))
    assert answer.headers["Location"] == f"/genesys/1/cs/services/{service_id}"
    assert demo.get(f"services/{service_id}?extensions=*").json() == {
        "service_id": service_id,
        "service_type": 100,
        "contact_key": "42",
        "est_duration": 60,
        "started": {
            "timestamp": "2009-05-12T12:05:12.145Z",
            "interaction_id": "123ABCAADFJ1259ACF",
            "application_type": 400,
            "application_id": 40,
            "resource_type": 2,
            "resource_id": 5005,
            "media_type": 1,
        },
        "coupon": START_SERVICE["coupon"],
        "satisfaction": START_SERVICE["satisfaction"],
        "relatedOffers": START_SERVICE["relatedOffers"],
    }


def test_start_task_example(demo: Client) -> None:
    """Start Task: 201, Location, task_id; an interaction_id that is a number is kept as text."""
    answer = demo.post("services/21456878/tasks/start", START_TASK)
    task_id = answer.json()["task_id"]
    assert (answer.status, answer.reason) == (201, "Created")
    assert answer.headers["Location"] == f"/genesys/1/cs/services/21456878/tasks/{task_id}"
    assert task_id.bit_length() < 32
    task = demo.get(f"services/21456878/tasks/{task_id}?extensions=Survey,Proposal").json()
    assert task["state_id"] == 24
    assert task["task_type"] == "customer info"
    assert task["est_duration"] == 460
    assert task["started"]["interaction_id"] == "42"
    assert task["Survey"] == SURVEY
    assert task["Proposal"] == PROPOSAL


def test_complete_task_example(demo: Client) -> None:
    """Complete Task: 204 without a body; its state_id stands in the body."""
    answer = demo.post("services/95/tasks/3/end", COMPLETE_TASK)
    assert (answer.status, answer.reason, answer.body) == (204, "No Content", b"")
    task = demo.get("services/95/tasks/3?extensions=*").json()
    assert task["disposition"] == 10
    assert task["disposition_desc"] == "SUCCESS"
    assert task["completed"]["interaction_id"] == "0000CSS0FXZUP6UR"
    assert task["duration"] >= 0
    assert task["Survey"] == SURVEY
    assert task["Proposal"] == PROPOSAL
    assert demo.get("services/95/tasks/active").json() == []


def test_composite_start_example(demo: Client) -> None:
    """Composite Start: 200, Location of the task, ids and ``created`` as the words of a boolean."""
    body = composite_start()
    first = demo.post("services_composite/start", body)
    made = first.json()["services"][0]
    service_id, state_id = made["service"]["service_id"], made["state"]["state_id"]
    task_id = made["task"]["task_id"]
    assert (first.status, first.reason) == (200, "OK")
    assert first.headers["Location"] == f"/genesys/1/cs/services/{service_id}/tasks/{task_id}"
    assert first.json() == {
        "services": [
            {
                "service": {"service_id": service_id, "created": "true"},
                "state": {"state_id": state_id, "created": "true"},
                "task": {"task_id": task_id, "created": "true"},
            }
        ]
    }
    assert demo.get(f"services/{service_id}/tasks/{task_id}").json()["state_id"] == state_id

    demo.post(f"services/{service_id}/states/{state_id}/end")
    demo.post(f"services/{service_id}/tasks/{task_id}/end")
    again = demo.post("services_composite/start", body).json()["services"][0]
    assert again["service"] == {"service_id": service_id, "created": "false"}
    assert again["state"]["created"] == "true"
    assert again["task"]["created"] == "true"


def test_start_event_list_service(demo: Client) -> None:
    """Service Start Event: every field comes back where the resources have it."""
    event = {**EVENT, "customer_id": "C-1", "contact_key": "+442079460000", "service_type": 100}
    body = {**event, "est_duration": 60, "Feedback": {"rating": 7}, "Offers": [{"type": 9}]}
    service_id = demo.post("services/start", body).json()["service_id"]
    assert demo.get(f"services/{service_id}?extensions=*").json() == {
        "service_id": service_id,
        "service_type": 100,
        "customer_id": "C-1",
        "contact_key": "+442079460000",
        "est_duration": 60,
        "started": EVENT,
        "Feedback": {"rating": 7},
        "Offers": [{"type": 9}],
    }


@pytest.mark.parametrize("state_type", range(1, 11))
def test_start_event_list_state(demo: Client, state_type: int) -> None:
    """State Start Event: every field, and each of the ten state types that the page lists."""
    before = demo.post("services/21456878/states/start", {"state_type": 1}).json()["state_id"]
    body = {
        **EVENT,
        "state_type": state_type,
        "previous_state_id": before,
        "est_duration": 60,
        "Feedback": {"rating": 7},
    }
    answer = demo.post("services/21456878/states/start", body)
    state_id = answer.json()["state_id"]
    assert (answer.status, answer.reason) == (201, "Created")
    assert answer.headers["Location"] == f"/genesys/1/cs/services/21456878/states/{state_id}"
    state = demo.get(f"services/21456878/states/{state_id}?extensions=*").json()
    owner = {"service_id": state["service_id"], "customer_id": state.get("customer_id")}
    assert str(owner["service_id"]) == "21456878"
    assert {name: value for name, value in state.items() if name not in owner} == {
        "state_id": state_id,
        "state_type": state_type,
        "previous_state_id": before,
        "est_duration": 60,
        "started": EVENT,
        "Feedback": {"rating": 7},
    }


def test_start_event_list_task(demo: Client) -> None:
    """Task Start Event: every field."""
    body = {**EVENT, "state_id": 24, "task_type": 7, "est_duration": 60, "Survey": SURVEY}
    answer = demo.post("services/95/tasks/start", body)
    task_id = answer.json()["task_id"]
    task = demo.get(f"services/95/tasks/{task_id}?extensions=*").json()
    assert str(task.pop("service_id")) == "95"
    task.pop("customer_id", None)
    assert task == {
        "state_id": 24,
        "task_id": task_id,
        "task_type": 7,
        "est_duration": 60,
        "started": EVENT,
        "Survey": SURVEY,
    }


AS_PRINTED = [
    ("services/21456878/tasks/start", START_TASK_PRINTED, "line 5, column 13"),
    ("services/95/tasks/3/end", COMPLETE_TASK_PRINTED, "line 2, column 19"),
    ("services/start", START_SERVICE_PRINTED, "line 26, column 3"),
    ("services_composite/start", COMPOSITE_START_PRINTED, "line 2, column 6"),
]


@pytest.mark.parametrize(("path", "printed", "place"), AS_PRINTED)
def test_examples_as_printed_are_refused_with_their_place(
    demo: Client, path: str, printed: str, place: str
) -> None:
    """The printing faults of the documents get a 400 that names line and column."""
    answer = demo.post(path, printed.encode())
    assert answer.status == 400
    assert place in answer.json()["message"]
