"""Fault rules at run time: added, put, counted, removed."""

from __future__ import annotations

import pytest

from tests.support.app import BASE, FROZEN, App
from tests.support.problems import MISSING, meant

OUTAGE = {"name": "outage", "on": "start_service", "times": 2, "response": {"status": 503}}
DOCUMENT = FROZEN + "faults: [{name: slow, on: any, delay: 1ms}]\n"


def test_fault_added_acts_before_those_of_the_document() -> None:
    app = App(DOCUMENT)
    added = app.post("/_control/faults", OUTAGE)
    assert added.status == 201
    assert [app.start().status for _ in range(3)] == [503, 503, 201]
    faults = app.get("/_control/faults").json()["faults"]
    assert faults == [
        {
            "name": "outage",
            "on": ["start_service"],
            "origin": "runtime",
            "matched": 3,
            "acted": 2,
            "shadowed": 0,
            "remaining": 0,
            "rule": OUTAGE,
        },
        {
            "name": "slow",
            "on": ["any"],
            "origin": "document",
            "matched": 3,
            "acted": 3,
            "shadowed": 0,
            "rule": {"name": "slow", "on": "any", "delay": "1ms"},
        },
    ]


def test_name_that_is_taken_is_409_and_put_replaces() -> None:
    app = App(DOCUMENT)
    app.post("/_control/faults", OUTAGE)
    assert app.post("/_control/faults", OUTAGE).status == 409
    app.start()
    put = app.put("/_control/faults/outage", {"on": "any", "response": {"status": 500}})
    assert put.status == 200
    assert put.json()["matched"] == 0
    assert app.start().status == 500
    assert app.put("/_control/faults/other", {"on": "any", "delay": "1ms"}).status == 201


def test_fault_without_a_name_gets_one() -> None:
    app = App()
    names = [
        app.post("/_control/faults", {"on": "end_task", "delay": "1ms"}).json()["name"]
        for _ in range(2)
    ]
    assert names == ["end_task-1", "end_task-2"]


def test_fault_is_removed_alone_or_with_all() -> None:
    app = App(DOCUMENT)
    app.post("/_control/faults", OUTAGE)
    assert app.delete("/_control/faults/outage").json() == {"deleted": ["outage"]}
    assert app.start().status == 201
    app.post("/_control/faults", OUTAGE)
    assert app.delete("/_control/faults").json() == {"deleted": ["outage", "slow"]}
    assert app.get("/_control/faults").json() == {"faults": []}
    app.post("/_control/reset")
    assert [each["name"] for each in app.get("/_control/faults").json()["faults"]] == ["slow"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_fault_names_the_nearest(method: str) -> None:
    app = App(DOCUMENT)
    reply = app.ask(method, "/_control/faults/slwo")
    assert reply.status == 404
    assert reply.json()["detail"] == f"No fault rule named 'slwo'; {meant('slow')}"


@pytest.mark.parametrize(
    ("fault", "at", "detail"),
    [
        ({"on": "start_servce", "delay": "1s"}, "on", "no operation named 'start_servce'"),
        ({"on": "any", "dely": "1s"}, "dely", f"unknown key; {meant('delay')}"),
        ({"on": "any", "delay": "1"}, "delay", "expected a duration"),
        ({"delay": "1s"}, "on", MISSING),
        ([], "", "expected a fault such as"),
        (b"", "", "empty body; expected a fault such as"),
        (b"{", "", "not valid JSON"),
    ],
)
def test_bad_fault_changes_nothing(fault: object, at: str, detail: str) -> None:
    app = App(DOCUMENT)
    before = app.get("/_control/faults").body
    for method, path in (("POST", "faults"), ("PUT", "faults/mine")):
        reply = app.ask(method, f"/_control/{path}", fault)
        assert reply.status == 400
        errors = reply.json()["errors"]
        assert [(each["at"], each["detail"].startswith(detail)) for each in errors] == [(at, True)]
    assert app.get("/_control/faults").body == before


def test_contradictions_are_told_with_all_other_errors() -> None:
    rule = {"on": "nothing", "response": {"status": 503}, "connection": "reset"}
    reply = App().post("/_control/faults", rule)
    assert reply.status == 400
    assert [each["at"] for each in reply.json()["errors"]] == ["on", ""]
    header = '{"times": -1, "response": {"status": 503}, "patch": {}}'
    reply = App().post(f"{BASE}/services/start", {"contact_key": "a"}, X_Simulator_Fault=header)
    assert "times" in str(reply.body)
    assert "mutually exclusive" in str(reply.body)


def test_two_names_are_refused() -> None:
    reply = App().put("/_control/faults/a", {"name": "b", "on": "any", "delay": "1s"})
    assert reply.status == 400
    assert reply.json()["detail"] == "The path names rule 'a', but the body names 'b'"


def test_base_is_not_faulted_below_control() -> None:
    app = App(FROZEN + "faults: [{on: any, response: {status: 503}}]\n")
    assert app.get("/_control/").status == 200
    assert app.get(f"{BASE}/services/1").status == 503


STAGED = """
faults: [{name: base, on: end_task, delay: 1ms}, {name: shared, on: end_state, delay: 1ms}]
stages:
  - {name: one, until: {calls: 9}, faults: [{name: now, on: end_service, response: {status: 500}}]}
  - name: two
    faults:
      - {name: later, on: start_service, response: {status: 503}}
      - {name: now, on: any, response: {status: 500}}
"""


def test_all_are_removed_of_stages_to_come_too_until_a_reset() -> None:
    app = App(FROZEN + STAGED)
    app.post("/_control/faults", {"name": "added", "on": "any", "delay": "1ms"})
    removed = app.delete("/_control/faults").json()["deleted"]
    assert removed == ["added", "now", "base", "shared", "later"]
    app.post("/_control/stage/next")
    assert app.get("/_control/faults").json() == {"faults": []}
    assert app.start().status == 201
    app.put("/_control/stage", {"name": "one"})
    assert app.get("/_control/faults").json() == {"faults": []}
    assert app.delete("/_control/faults").json() == {"deleted": []}
    app.post("/_control/reset")
    app.put("/_control/stage", {"name": "two"})
    assert app.start().status == 503


def test_rule_added_after_all_were_removed_is_in_force() -> None:
    app = App(FROZEN + STAGED)
    app.delete("/_control/faults")
    app.post(
        "/_control/faults", {"name": "later", "on": "start_service", "response": {"status": 418}}
    )
    app.post("/_control/stage/next")
    assert app.start().status == 418


def test_state_keeps_that_all_were_removed() -> None:
    app = App(FROZEN + STAGED)
    app.delete("/_control/faults")
    state = app.get("/_control/snapshot")
    assert app.put("/_world/copy/_control/scenario", state.body).status == 200
    assert app.get("/_world/copy/_control/snapshot").json() == state.json()
    app.put("/_world/copy/_control/stage", {"name": "two"})
    assert app.start("copy").status == 201
    assert "later" in app.get("/_control/scenario").body.decode()


def test_name_that_is_null_counts_as_left_out() -> None:
    app = App()
    rule = {"name": None, "on": "end_task", "delay": "1ms"}
    assert [app.post("/_control/faults", rule).json()["name"] for _ in range(2)] == [
        "end_task-1",
        "end_task-2",
    ]
    assert app.put("/_control/faults/mine", rule).json()["name"] == "mine"


def test_unknown_fault_that_is_near_none_lists_what_there_is() -> None:
    assert App(DOCUMENT).get("/_control/faults/x").json()["detail"] == (
        "No fault rule named 'x'; available: slow"
    )
    assert App().get("/_control/faults/x").json()["detail"] == (
        "No fault rule named 'x'; no rules are in force"
    )


def test_request_that_is_nowhere_may_move_the_clock() -> None:
    app = App(FROZEN)
    app.post("/_control/faults", {"on": "unrouted", "advance": "1h"})
    assert app.get(f"{BASE}/nowhere").headers["Date"] == "Mon, 05 Jan 2026 10:00:00 GMT"
    assert app.get("/_control/clock").json()["time"] == "2026-01-05T10:00:00.000Z"
