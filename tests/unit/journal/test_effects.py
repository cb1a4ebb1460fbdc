"""Effects: an entry tells what its operation created, changed, ended and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.domain.transaction import MOST_EFFECTS
from tests.support.app import BASE, FROZEN, App
from tests.unit.domain.support import transaction

DATA = f"""{FROZEN}
fidelity: {{end_service_cascades: "true"}}
profile_attributes: [{{name: Name, type: string}}]
customers: [{{customer_id: C, Name: a}}, {{customer_id: D, Name: b}}]
services:
  - service_id: 5
    customer_id: C
    extensions: {{data: {{a: 1}}}}
    states: [{{state_id: 7, tasks: [{{task_id: 9}}]}}]
"""


def effects(app: App) -> list[tuple[str, str, Any]]:
    [entry] = app.get("/_control/requests?limit=1").json()["requests"]
    return [(effect["change"], effect["kind"], effect["id"]) for effect in entry["effects"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "found"),
    [
        ("POST", "services/start", {"contact_key": "k"}, [("created", "service", 4294967297)]),
        (
            "POST",
            "services/5/end",
            {},
            [("ended", "service", 5), ("ended", "state", 7), ("ended", "task", 9)],
        ),
        ("POST", "customers/D/services/5", {}, [("changed", "service", 5)]),
        ("POST", "services/5/states/start", {}, [("created", "state", 1001)]),
        ("POST", "services/5/states/7/end", {}, [("ended", "state", 7)]),
        (
            "POST",
            "services/5/states/transition",
            {"from": {"state_id": 7}, "to": {}},
            [("ended", "state", 7), ("created", "state", 1001)],
        ),
        ("POST", "services/5/tasks/start", {}, [("created", "task", 500001)]),
        ("POST", "services/5/tasks/9/end", {}, [("ended", "task", 9)]),
        ("PUT", "services/5/extensions/data", {"a": 2}, [("changed", "service", 5)]),
        ("PUT", "services/5", {"ttl": 5}, [("changed", "service", 5)]),
        ("DELETE", "services/5", None, [("deleted", "service", 5)]),
        ("POST", "profiles", {"Name": "c"}, [("created", "customer", "EU86SbKFDZOO0001")]),
        ("PUT", "profiles/C", {"Name": "c"}, [("changed", "customer", "C")]),
        ("DELETE", "profiles/C", None, [("deleted", "customer", "C")]),
        ("GET", "services/5", None, []),
        ("POST", "services/start", {}, []),
    ],
)
def test_operation_tells_what_it_did(
    method: str, path: str, body: Any, found: list[tuple[str, str, Any]]
) -> None:
    app = App(DATA)
    reply = app.ask(method, f"{BASE}/{path}", body)
    assert effects(app) == found, reply.body


def test_composite_tells_what_it_created_and_what_it_found() -> None:
    app = App(DATA)
    event = {"service": {"customer_id": "C"}, "state": {"state_type": 1}, "task": {"task_type": 3}}
    app.post(f"{BASE}/services_composite/start", {"services": [event]})
    assert effects(app) == [
        ("changed", "service", 5),
        ("created", "state", 1001),
        ("created", "task", 500001),
    ]


def test_fault_in_place_of_an_operation_leaves_no_effect() -> None:
    app = App("faults: [{on: start_service, response: {status: 503}}]")
    app.start()
    assert effects(app) == []


def test_operation_whose_answer_is_replaced_has_its_effect() -> None:
    app = App("faults: [{on: start_service, response: {status: 503}, effect: applied}]")
    app.start()
    assert effects(app) == [("created", "service", 4294967297)]
    [entry] = app.get("/_control/requests").json()["requests"]
    assert entry["shown"] == {"status": 503}


def test_operation_with_thousands_of_effects_tells_the_first_and_counts_the_others() -> None:
    tx = transaction()
    for number in range(MOST_EFFECTS + 20):
        tx.effect("deleted", "service", number)
    assert [effect.id for effect in tx.effects] == list(range(MOST_EFFECTS))
    assert tx.effects_left_out == 20
