"""The endpoint that judges: by a body, by the scenario, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.app import BASE, FROZEN, App
from tests.support.problems import meant, sentence

LOST = {"name": "lost", "on": "start_service", "times": 1, "connection": "close"}
EXPECTS = f"""{FROZEN}
faults: [{json.dumps({**LOST, "effect": "applied"})}]
expect:
  - {{on: start_service, created: {{at_most: 1}}, outcome: answered}}
  - {{on: end_service, not_retried: [400]}}
"""


def judged(app: App, body: Any = None) -> Any:
    reply = app.post("/_control/judge", body)
    assert reply.status == 200, reply.body
    return reply.json()


def test_body_is_one_expectation() -> None:
    app = App(EXPECTS)
    app.start()
    app.start()
    answer = judged(app, {"on": "start_service", "created": {"at_most": 1}})
    assert answer["verdict"] == "failed"
    [finding] = answer["virtues"]
    assert finding == {
        "virtue": "created",
        "verdict": "failed",
        "expected": {"at_most": 1},
        "found": {"fewest": 2, "most": 2},
        "requests": [1, 2],
        "text": "one intent created 2 services, expected at most 1",
    }
    [intent] = answer["intents"]
    assert [attempt["shown"] for attempt in intent["attempts"]] == [
        {"broken": "close"},
        {"status": 201},
    ]


def test_without_a_body_the_scenario_is_asked() -> None:
    app = App(EXPECTS)
    app.start()
    answer = judged(app)
    assert [(each["at"], each["verdict"]) for each in answer["virtues"]] == [
        ("expect[0].created", "passed"),
        ("expect[0].outcome", "undecided"),
        ("expect[1].not_retried", "undecided"),
    ]
    assert answer["verdict"] == "undecided"
    assert [intent["at"] for intent in answer["intents"]] == ["expect[0]"]


def test_client_that_has_ended_is_silent_for_good() -> None:
    app = App(EXPECTS)
    app.start()
    answer = judged(app, {"ended": True})
    assert [each["verdict"] for each in answer["virtues"]] == ["passed", "failed", "undecided"]


def test_where_and_after_choose_what_is_judged() -> None:
    app = App("faults: [{on: any, response: {status: 503}}]")
    for key in "abab":
        app.start(key=key)
    question = {"where": {"contact_key": "a"}, "attempts": 2, "ended": True}
    assert judged(app, question)["verdict"] == "passed"
    assert judged(app, {**question, "after": 1})["virtues"][0]["found"]["most"] == 1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"created": {"at_mst": 1}}, f"unknown key; {meant('at_most')}"),
        ({"ended": "yes", "attempts": 1}, sentence("", "true or false", "yes")),
        ([1], "expected an expectation such as"),
        ({"on": "start_service"}, "no virtue; expected at least one of attempts"),
    ],
)
def test_wrong_question_is_refused(body: Any, text: str) -> None:
    reply = App(EXPECTS).post("/_control/judge", body)
    assert reply.status == 400
    assert any(text in each["detail"] for each in reply.json()["errors"]), reply.json()


def test_scenario_that_expects_nothing_is_told() -> None:
    reply = App(FROZEN).post("/_control/judge")
    assert (reply.status, reply.json()["title"]) == (400, "Nothing to judge by")
    assert "add a list expect to the scenario" in reply.json()["detail"]


def test_world_that_does_not_exist_is_not_made() -> None:
    assert App(EXPECTS).post("/_world/typo/_control/judge").status == 404


def test_token_does_not_show() -> None:
    app = App(EXPECTS, control_token="t0ken")
    app.post(f"{BASE}/services/start", {"contact_key": "a"}, X_Request_Id="t0ken")
    body = {"attempts": 1, "intent": {"header": "X-Request-Id"}}
    reply = app.post("/_control/judge", body, Authorization="Bearer t0ken")
    assert reply.status == 200
    assert b"t0ken" not in reply.body


def test_expectations_are_in_a_snapshot_and_come_back() -> None:
    app = App(EXPECTS)
    state = app.get("/_control/snapshot").json()
    assert state["expect"][1] == {"on": "end_service", "not_retried": [400]}
    app.put("/_control/scenario", state)
    assert len(judged(app)["virtues"]) == 3


def test_own_expectations_replace_those_of_the_parent() -> None:
    app = App("extends: demo\nexpect: [{attempts: 1}]")
    assert [each["at"] for each in judged(app)["virtues"]] == ["expect[0].attempts"]
