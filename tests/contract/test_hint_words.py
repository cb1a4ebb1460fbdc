"""The words of hints about services, states and tasks: people read them. Contract section 2."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import Simulation, assumed
from tests.support.problems import sentence

pytestmark = assumed("the words of a header that the real server does not have")

WORLD: dict[str, Any] = {
    "fidelity": {"service_ids": "integer"},
    "services": [
        {
            "service_id": 5,
            "contact_key": "K",
            "states": [{"state_id": 3}],
            "tasks": [{"task_id": 7}, {"task_id": 8, "state_id": 3}],
        },
        {"service_id": 6, "contact_key": "L", "completed": "-1h"},
        {"service_id": 7, "contact_key": "M", "states": [{}, {}], "tasks": [{}]},
        {"service_id": 8, "contact_key": "N", "started": "1h"},
    ],
}
ACTIVE = "in it are still active (end_service_cascades=false)"
EARLY_END = "service 5 ends before it started; duration set to 0"
EARLY = {"timestamp": "2020-01-01T00:00:00.000Z"}
ASSOCIATED = {
    "service": {"contact_key": "K"},
    "state": {},
    "task": {"state_id": 99, "task_type": 1},
    "associate_state_task": True,
}
FOUND = {
    "service": {"contact_key": "K", "ttl": 5, "auto_complete_after": 9},
    "state": {},
}


@pytest.mark.parametrize(
    ("path", "body", "hint"),
    [
        ("services/5/end", {}, f"service 5 is completed, but 1 state and 2 tasks {ACTIVE}"),
        (
            "services/5/end",
            EARLY,
            f"{EARLY_END}; service 5 is completed, but 1 state and 2 tasks {ACTIVE}",
        ),
        ("services/7/end", {}, f"service 7 is completed, but 2 states and 1 task {ACTIVE}"),
        ("services/8/end", {}, "service 8 ends before it started; duration set to 0"),
        ("services/5/states/3/end", EARLY, "state 3 ends before it started; duration set to 0"),
        ("services/5/tasks/7/end", EARLY, "task 7 ends before it started; duration set to 0"),
        ("services/6/end", {}, "service 6 was already completed; its end event was updated"),
        ("services/6/states/start", {}, "state started on a completed service"),
        ("services/6/tasks/start", {}, "task started on a completed service"),
        (
            "services/5/states/start",
            {"previous_state_id": 9},
            "previous_state_id 9 is not a state of this service",
        ),
        (
            "services/5/tasks/7/end",
            {"state_id": 3},
            "state_id 3 ignored: task 7 belongs to no state",
        ),
        ("services/5/tasks/7/end", {}, ""),
        ("services/5/tasks/8/end", {}, ""),
        (
            "services/5/tasks/8/end",
            {"state_id": 4},
            "state_id 4 ignored: task 8 belongs to state 3",
        ),
        (
            "customers/C/services/5",
            {"customer_id": "D"},
            "customer_id in the body differs from the path; the path wins",
        ),
        (
            "services_composite/start",
            {"services": [ASSOCIATED]},
            "state_id 99 ignored; associate_state_task assigns the task to state 3",
        ),
        (
            "services_composite/start",
            {"services": [FOUND]},
            "service 5 already existed; its ttl, auto_complete_after did not change",
        ),
    ],
)
def test_hint_of_an_event(path: str, body: dict[str, Any], hint: str) -> None:
    answer = Simulation(WORLD).post(path, body)
    assert answer.status < 300
    assert answer.hint == hint


def test_early_end_is_told_as_often_as_it_is_sent() -> None:
    cs = Simulation(WORLD)
    end, early = "services/5/states/3/end", "state 3 ends before it started; duration set to 0"
    again = "state 3 was already completed; its end event was updated"
    hints = [cs.post(end, body).hint for body in (EARLY, {}, EARLY)]
    assert hints == [early, again, f"{again}; {early}"]


@pytest.mark.parametrize(
    ("ends", "hint"),
    [
        (["states/3"], f"service 5 is completed, but 2 tasks {ACTIVE}"),
        (
            ["tasks/7", "tasks/8"],
            f"service 5 is completed, but 1 state {ACTIVE.replace('are', 'is')}",
        ),
        (["states/3", "tasks/7", "tasks/8"], ""),
    ],
)
def test_hint_of_an_end_names_what_stays_active(ends: list[str], hint: str) -> None:
    cs = Simulation(WORLD)
    for each in ends:
        cs.post(f"services/5/{each}/end", {})
    answer = cs.post("services/5/end", {})
    assert (answer.status, answer.hint) == (204, hint)


def test_end_with_what_is_in_it_hints_at_nothing() -> None:
    cs = Simulation({**WORLD, "fidelity": {**WORLD["fidelity"], "end_service_cascades": "true"}})
    answer = cs.post("services/5/end", {})
    assert (answer.status, answer.hint) == (204, "")


def test_update_service_expiration_hints_that_nothing_changes() -> None:
    answer = Simulation(WORLD).put("services/5", {}).ok()
    assert answer.hint == "neither ttl nor expiration_time was sent; nothing changed"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("abc", "'abc' is not a service id: ids here are integers"),
        ("-1", "'-1' is not a service id: ids are 64-bit integers, 0 or greater"),
        (f"{2**63}", f"'{2**63}' is not a service id: ids are 64-bit integers, 0 or greater"),
        ("z" * 40, f"'{'z' * 40}' is not a service id: ids here are integers"),
        ("z" * 41, f"'{'z' * 37}...' is not a service id: ids here are integers"),
        ("0", ""),
        (f"{2**63 - 1}", ""),
        ("5/states/x", "'x' is not a state id: ids are integers"),
        ("5/states/-2", "'-2' is not a state id: ids are 32-bit integers, 0 or greater"),
        ("5/states/0", "this service has state 3"),
        (f"5/states/{2**31 - 1}", "this service has state 3"),
        ("5/states/7", "7 is a task of this service"),
        ("6/states/1", "this service has no states"),
        ("5/tasks/x", "'x' is not a task id: ids are integers"),
        (f"5/tasks/{2**31}", f"'{2**31}' is not a task id: ids are 32-bit integers, 0 or greater"),
        ("5/tasks/3", "3 is a state of this service"),
        ("5/tasks/9", "this service has tasks 7, 8"),
        ("6/tasks/1", "this service has no tasks"),
    ],
)
def test_hint_of_an_id_that_is_unknown(path: str, hint: str) -> None:
    answer = Simulation(WORLD).get(f"services/{path}")
    assert (answer.status, answer.hint) == (400, hint)


@pytest.mark.parametrize(
    ("count", "known"),
    [
        (10, "tasks 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        (11, "tasks 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more"),
    ],
)
def test_hint_lists_ten_ids_at_most(count: int, known: str) -> None:
    tasks = [{"task_id": number} for number in range(1, count + 1)]
    cs = Simulation({**WORLD, "services": [{"service_id": 5, "contact_key": "K", "tasks": tasks}]})
    assert cs.get("services/5/tasks/99").hint == f"this service has {known}"


def test_hint_of_a_text_that_is_none_of_the_conversation_form() -> None:
    cs = Simulation({"fidelity": {"service_ids": "conversation"}})
    form = "is not a service id: ids here look like 383-f9a62aec-..."
    assert cs.get("services/55").hint == f"'55' {form}"
    assert cs.get("services/a-55").hint == f"'a-55' {form}"
    assert cs.get("services/383-f9a62aec-e6f2-45cb-aa01-0d9404f905bd").hint == ""


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        (
            "services/6/states/start",
            "Service 6 is completed; cannot start a state on it",
            "allowed with fidelity start_on_completed=accept",
        ),
        (
            "services/6/tasks/start",
            "Service 6 is completed; cannot start a task on it",
            "allowed with fidelity start_on_completed=accept",
        ),
        (
            "services/6/end",
            "Service 6 is already completed",
            "allowed with fidelity end_twice=accept",
        ),
    ],
)
def test_hint_names_the_switch_that_refuses(path: str, message: str, hint: str) -> None:
    switches = {"service_ids": "integer", "start_on_completed": "reject", "end_twice": "reject"}
    answer = Simulation({**WORLD, "fidelity": switches}).post(path, {})
    assert (answer.refused(), answer.hint) == (message, hint)


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (
            "services/5/states/transition",
            {"from": {"state_id": 77}, "to": {}},
            sentence("from.state_id", "a state of this service (it has state 3)", 77),
        ),
        (
            "services/6/states/transition",
            {"from": {"state_id": 77}, "to": {}},
            sentence("from.state_id", "a state of this service (it has no states)", 77),
        ),
        (
            "services/5/tasks/start",
            {"state_id": 77},
            sentence("state_id", "a state of this service (it has state 3)", 77),
        ),
        (
            "services_composite/start",
            {"services": [{"service": {"contact_key": "N"}, "state": {}, "task": {"state_id": 3}}]},
            sentence("services[0].task.state_id", "a state of this service (it has no states)", 3),
        ),
    ],
)
def test_refusal_of_a_state_names_those_there_are(
    path: str, body: dict[str, Any], message: str
) -> None:
    assert Simulation(WORLD).post(path, body).refused() == message


@pytest.mark.parametrize(
    ("stored", "kind"),
    [(None, "null"), ([1], "a list"), ("x", "a single value"), (0, "a single value")],
)
def test_merge_service_extension_says_what_is_stored(stored: object, kind: str) -> None:
    cs = Simulation(WORLD)
    cs.put("services/5/extensions/X", raw=json.dumps(stored).encode()).ok()
    answer = cs.put("services/5/extensions/X/merge", {"a": 1})
    assert answer.refused() == (
        f"Cannot merge into extension 'X': it is stored as {kind}, and only a map can be merged"
    )
    assert answer.hint == "replace it with a PUT without /merge"
