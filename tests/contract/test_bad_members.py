"""Every member of every event, with every wrong type. Contract sections 2 and 3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cs_simulator.documents.problems import shown
from tests.support import EXCEPTIONS, Simulation, assumed

pytestmark = assumed("what a lenient JSON binder takes, strict where leniency would hide a bug")

LONG = [True, False, 1.5, [], {}, [1], {"a": 1}, "abc", "", "1.0", " 1", "1_0", "٣", "0x10", "1e3"]
TOO_WIDE_64 = [2**63, -(2**63) - 1, str(2**63), 1e30, "9" * 5000]
TOO_WIDE_32 = [2**31, -(2**31) - 1, str(2**31), 2**63, 1e30]
TEXT = [True, 1.5, 60.0, [], {}, ["a"]]
LONG_OR_TEXT = [True, False, 1.5, [], {}, "", 2**63, -(2**63) - 1, 1e30]
DATE = [True, 5, 1.5, [], {}, "abc", "", "2009-05-12"]

WRONG: dict[str, list[object]] = {
    "customer_id": [*TEXT, ""],
    "contact_key": [*TEXT, ""],
    "service_type": LONG_OR_TEXT,
    "state_id": [*LONG, *TOO_WIDE_32],
    "state_type": LONG_OR_TEXT,
    "previous_state_id": [*LONG, *TOO_WIDE_32],
    "task_type": LONG_OR_TEXT,
    "session_id": TEXT,
    "interaction_id": TEXT,
    "application_type": LONG_OR_TEXT,
    "application_id": [*LONG, *TOO_WIDE_64],
    "resource_type": LONG_OR_TEXT,
    "resource_id": [*LONG, *TOO_WIDE_64],
    "media_type": LONG_OR_TEXT,
    "est_duration": [*LONG, *TOO_WIDE_32, -1, "-1"],
    "disposition": LONG_OR_TEXT,
    "disposition_desc": TEXT,
    "timestamp": DATE,
    "ttl": [*LONG, *TOO_WIDE_64, 0, -1],
    "expiration_time": DATE,
    "auto_complete_after": [*LONG, *TOO_WIDE_64, 0, -1],
    "associate_state_task": [0, 1, 1.5, [], {}, "", "yes", "1"],
}
EVENT = (
    "session_id interaction_id application_type application_id resource_type resource_id media_type"
)
START_SERVICE = (
    f"service_type customer_id contact_key {EVENT} est_duration timestamp ttl expiration_time "
    "auto_complete_after"
)
START_STATE = f"state_type previous_state_id {EVENT} est_duration timestamp"
START_TASK = f"state_id task_type {EVENT} est_duration timestamp"
END = f"{EVENT} disposition disposition_desc timestamp"

EVENTS = {
    "start_service": START_SERVICE,
    "end_service": f"{END} ttl expiration_time",
    "associate_service": f"service_type customer_id contact_key {EVENT} est_duration",
    "update_service_expiration": "ttl expiration_time",
    "start_state": START_STATE,
    "end_state": END,
    "transition_state": f"{EVENT} timestamp",
    "transition_state from": "state_id disposition disposition_desc",
    "transition_state to": "state_type est_duration",
    "start_task": START_TASK,
    "end_task": f"state_id {END}",
    "composite_start service": START_SERVICE,
    "composite_start state": START_STATE,
    "composite_start task": START_TASK,
    "composite_start": "associate_state_task",
}

Send = Callable[[dict[str, Any]], tuple[int, str, str]]


@pytest.fixture(params=EVENTS)
def event(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def prefix(event: str) -> str:
    """What stands before the name of a member of the event."""
    operation, _, part = event.partition(" ")
    if operation == "composite_start":
        return f"services[0].{part}." if part else "services[0]."
    return f"{part}." if part else ""


@pytest.fixture
def send(cs: Simulation, event: str) -> Send:
    """Send the event with some members; everything else about it is right."""
    service = cs.service()
    state, task = cs.state(service), cs.task(service)
    operation, _, part = event.partition(" ")
    method, path = {
        "start_service": ("POST", "services/start"),
        "end_service": ("POST", f"services/{service}/end"),
        "associate_service": ("POST", f"customers/C/services/{service}"),
        "update_service_expiration": ("PUT", f"services/{service}"),
        "start_state": ("POST", f"services/{service}/states/start"),
        "end_state": ("POST", f"services/{service}/states/{state}/end"),
        "transition_state": ("POST", f"services/{service}/states/transition"),
        "start_task": ("POST", f"services/{service}/tasks/start"),
        "end_task": ("POST", f"services/{service}/tasks/{task}/end"),
        "composite_start": ("POST", "services_composite/start"),
    }[operation]

    def body(members: dict[str, Any]) -> dict[str, Any]:
        if operation == "start_service":
            return {"contact_key": "K", **members}
        if operation == "transition_state":
            parts: dict[str, Any] = {"from": {"state_id": state}, "to": {}}
            (parts[part] if part else parts).update(members)
            return parts
        if operation == "composite_start":
            element: dict[str, Any] = {"service": {"contact_key": "K"}, "state": {}, "task": {}}
            (element[part] if part else element).update(members)
            return {"services": [element]}
        return members

    def sent(members: dict[str, Any]) -> tuple[int, str, str]:
        before = cs.dump()
        answer = cs.request(method, path, body(members))
        assert cs.dump() == before
        return answer.status, answer.json["message"], answer.json["exception"]

    return sent


def test_each_wrong_value_is_refused_by_name(event: str, prefix: str, send: Send) -> None:
    for name in EVENTS[event].split():
        for value in WRONG[name]:
            status, message, exception = send({name: value})
            assert status == 400, (name, value)
            assert message.startswith(f"{prefix}{name}: expected "), message
            assert f" {shown(value)}" in message
            assert exception == f"{EXCEPTIONS}.ContextServicesExceptionResource"


def test_all_wrong_values_are_named_at_once(event: str, prefix: str, send: Send) -> None:
    names = EVENTS[event].split()
    status, message, _ = send({name: {"wrong": name} for name in reversed(names)})
    assert status == 400
    sentences = message.split("; ")
    assert [sentence.split(": expected ")[0] for sentence in sentences] == [
        f"{prefix}{name}" for name in names
    ]


def test_right_values_do_not_hide_a_wrong_one(event: str, prefix: str, send: Send) -> None:
    right: dict[str, object] = {"timestamp": "2009-05-12T12:05:12.145Z", "media_type": 1}
    names = EVENTS[event].split()
    members = {name: value for name, value in right.items() if name in names[:-1]}
    status, message, _ = send({**members, names[-1]: [], "extension": [None]})
    assert status == 400
    assert message.startswith(f"{prefix}{names[-1]}: expected ")
    assert " []" in message
