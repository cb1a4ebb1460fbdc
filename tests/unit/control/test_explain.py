"""Explanations: what rules make of a request, foreseen without counting or kept from then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.app import BASE, FROZEN, App
from tests.support.problems import MISSING, meant

RULES = """
seed: 7
customers: [{customer_id: C-1}]
services: [{service_id: 5, customer_id: C-1}]
faults:
  - {name: skips, on: start_service, skip: 2, response: {status: 500}}
  - {name: rare, on: start_service, probability: 0, delay: 1ms}
  - {name: first, on: start_service, response: {status: 503}, effect: applied}
  - {name: second, on: start_service, response: {status: 504}}
  - {name: steps, on: start_service, sequence: [pass, {delay: 3ms}]}
  - {name: once, on: start_service, times: 1, delay: 2ms}
  - {name: picky, on: start_service, where: {body: {contact_key: z}, headers: {Authorization: x}}, delay: 1s}
  - {name: other, on: end_task, delay: 1s}
"""  # noqa: E501 - one rule a line

STARTED: dict[str, Any] = {
    "method": "POST",
    "path": "services/start",
    "headers": {"Authorization": "private"},
    "body": {"contact_key": "a"},
}


@pytest.fixture(scope="module")
def app() -> App:
    return App(FROZEN + RULES)


def explain(app: App, **request: Any) -> Any:
    reply = app.post("/_control/explain", request)
    assert reply.status == 200, reply.body
    return reply.json()


def refused(app: App, request: Any) -> dict[str, str]:
    reply = app.post("/_control/explain", request)
    assert reply.status == 400, reply.body
    return {each["at"]: each["detail"] for each in reply.json()["errors"]}


def test_every_rule_is_explained(app: App) -> None:
    found = explain(app, **STARTED)
    rare = found["rules"].pop(1)
    assert (rare["rule"], rare["decision"]) == ("rare", "not_due")
    assert rare["why"].startswith("drew 0.")
    assert rare["why"].endswith(", probability 0")
    assert found == {
        "world": "default",
        "request": {"method": "POST", "path": f"{BASE}/services/start"},
        "operation": "start_service",
        "edition": "8.5",
        "acted": ["first", "once"],
        "delay_ms": 2,
        "outcome": {"rule": "first", "status": 503},
        "carried_out": True,
        "rules": [
            {"rule": "skips", "decision": "not_due", "why": "skipped 1 of 2"},
            {"rule": "first", "decision": "acted"},
            {"rule": "second", "decision": "shadowed", "why": "first already acted"},
            {"rule": "steps", "decision": "passed", "why": "step 1 of 2"},
            {"rule": "once", "decision": "acted"},
            {
                "rule": "picky",
                "decision": "no_match",
                "failed": [
                    {"criterion": "body.contact_key", "expected": "z", "found": "a"},
                    {"criterion": "headers.Authorization", "expected": "x", "found": "***"},
                ],
            },
            {
                "rule": "other",
                "decision": "no_match",
                "failed": [{"criterion": "on", "expected": "end_task", "found": "start_service"}],
            },
        ],
    }


def test_explaining_counts_nothing() -> None:
    app = App(FROZEN + RULES)
    before = app.get("/_control/faults").json()
    first = explain(app, **STARTED)
    assert explain(app, **STARTED) == first
    assert app.get("/_control/faults").json() == before
    assert app.get("/_control/requests").json()["requests"] == []
    app.start()
    kept = explain(app, request=1)
    assert [each["decision"] for each in kept["rules"]] == [
        each["decision"] for each in first["rules"]
    ]
    assert kept["acted"] == first["acted"]


def test_draws_and_rates_are_those_to_come() -> None:
    app = App(
        FROZEN
        + """
seed: 3
faults:
  - {name: maybe, on: any, probability: 0.5, delay: {from: 1ms, to: 3ms}}
  - {name: limit, on: any, above_rate: {calls: 2, per: 1s}, response: {status: 429}}
"""
    )
    statuses = []
    for number in range(1, 9):
        foreseen = explain(app, **STARTED)
        status = app.start().status
        statuses.append(status)
        kept = explain(app, request=number)
        assert foreseen["rules"] == kept["rules"]
        assert foreseen["acted"] == kept["acted"]
        assert status == foreseen.get("outcome", {}).get("status", 201)
        waited = app.get(f"/_control/requests/{number}").json().get("waited_ms")
        assert waited == foreseen.get("delay_ms")
    assert statuses == [201] * 2 + [429] * 6
    verdicts = {each["decision"] for n in range(1, 9) for each in explain(app, request=n)["rules"]}
    assert verdicts == {"acted", "not_due"}


def test_request_of_the_journal_is_explained_as_it_was() -> None:
    app = App(FROZEN + RULES)
    app.post(f"{BASE}/services/start", {"contact_key": "a"}, Authorization="private")
    then = explain(app, request=1)
    app.delete("/_control/faults")
    assert explain(app, request=1) == then
    assert then["request"] == {"id": 1, "method": "POST", "path": f"{BASE}/services/start"}
    assert (then["operation"], then["acted"]) == ("start_service", ["first", "once"])
    assert then["rules"][6]["failed"][1]["found"] == "***"
    assert "private" not in str(then)


def test_unknown_request_is_not_found(app: App) -> None:
    reply = app.post("/_control/explain", {"request": 77})
    assert reply.status == 404
    assert reply.json()["detail"] == "No request 77; the journal is empty"


@pytest.mark.parametrize(
    ("method", "path", "target", "operation", "edition"),
    [
        ("GET", f"{BASE}/services/5", f"{BASE}/services/5", "get_service", "8.5"),
        ("GET", "services/5", f"{BASE}/services/5", "get_service", "8.5"),
        ("HEAD", "services/5", f"{BASE}/services/5", "get_service", "8.5"),
        ("POST", "/services/start", "/services/start", "start_service", "8.1"),
        ("GET", "services/5/?a=b", f"{BASE}/services/5/?a=b", "get_service", "8.5"),
        ("GET", f"http://cs{BASE}/services/5", f"http://cs{BASE}/services/5", "get_service", "8.5"),
        ("GET", "profiles/J%C3%BCrg%2F1", f"{BASE}/profiles/J%C3%BCrg%2F1", "get_profile", "8.5"),
        ("GET", "profiles/Jürg", f"{BASE}/profiles/Jürg", "get_profile", "8.5"),
        (
            "GET",
            f"/_world/default{BASE}/services/5?x",
            f"{BASE}/services/5?x",
            "get_service",
            "8.5",
        ),
        ("GET", "nowhere", f"{BASE}/nowhere", "unrouted", "8.5"),
        ("GET", "/nowhere", "/nowhere", "unrouted", "8.1"),
        ("PATCH", f"{BASE}/services/5", f"{BASE}/services/5", "unrouted", "8.5"),
        ("OPTIONS", f"{BASE}/services/5", f"{BASE}/services/5", "options", "8.5"),
        ("OPTIONS", f"{BASE}/nowhere", f"{BASE}/nowhere", "unrouted", "8.5"),
    ],
)
def test_path_is_routed_as_a_request_is(
    app: App, method: str, path: str, target: str, operation: str, edition: str
) -> None:
    found = explain(app, method=method, path=path)
    assert found["request"] == {"method": method, "path": target}
    assert (found["operation"], found["edition"]) == (operation, edition)
    assert all(each["decision"] == "no_match" for each in found["rules"]) is (
        operation != "start_service"
    )


def test_preflight_asks_no_rule(app: App) -> None:
    headers = {"Access-Control-Request-Method": "POST"}
    found = explain(app, method="OPTIONS", path="services/start", headers=headers)
    assert found["rules"] == []
    assert "preflight" in found["note"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("OPTIONS", "*"), ("OPTIONS", "/"), ("HEAD", "/"), ("HEAD", "/_world/default/")],
)
def test_probe_asks_no_rule(app: App, method: str, path: str) -> None:
    app.ask("POST", "/_control/faults", {"name": "all", "on": "any", "response": {"status": 503}})
    found = explain(app, method=method, path=path)
    assert (found["rules"], found["acted"]) == ([], [])
    assert "probe" in found["note"]
    assert app.ask(method, path).status == 204


def test_doubled_slash_is_explained_as_it_is_answered(app: App) -> None:
    assert explain(app, method="GET", path="//services/1")["operation"] == "unrouted"
    assert explain(app, method="GET", path="/services/1")["operation"] == "get_service"


def test_header_that_names_another_world_is_rejected(app: App) -> None:
    given = {"method": "GET", "path": "/services/1", "headers": {"x-simulator-World": "other"}}
    answer = app.ask("POST", "/_control/explain", given)
    assert answer.status == 400
    assert answer.json()["errors"][0]["at"] == "headers.x-simulator-World"
    assert "it names world other, but the request is for world default" in answer.json()["detail"]
    given["headers"] = {"X-Simulator-World": "default"}
    assert app.ask("POST", "/_control/explain", given).status == 200


def test_owner_and_header_are_those_of_the_described_request() -> None:
    app = App(
        FROZEN
        + """
services: [{service_id: 5, contact_key: K-1}]
faults:
  - {name: owned, on: any, where: {contact_key: K-1, headers: {X-A: b}}, connection: reset}
  - {name: asked, on: end_task, times: 0, patch: {a: 1}}
"""
    )
    found = explain(app, method="GET", path="services/5", headers={"x-a": "b"})
    assert found["acted"] == ["owned"]
    assert found["outcome"] == {"rule": "owned", "connection": "reset"}
    assert found["carried_out"] is False
    found = explain(app, method="GET", path="services/6", headers={"X-Simulator-Fault": "asked"})
    assert found["acted"] == ["asked"]
    assert found["outcome"] == {"rule": "asked", "patch": {"a": 1}}
    assert found["rules"][0]["why"] == "requested by X-Simulator-Fault"
    assert app.get("/_control/faults/asked").json()["acted"] == 0
    unknown = {"method": "GET", "path": "x", "headers": {"X-Simulator-Fault": "askd"}}
    [(at, detail)] = refused(app, unknown).items()
    assert at == "headers.X-Simulator-Fault"
    assert detail == f"no fault rule named 'askd'; {meant('asked')}"


def test_text_is_a_body_as_it_stands() -> None:
    app = App(FROZEN + "faults: [{name: it, on: any, where: {body: {a: 1}}, delay: 1ms}]")
    start = {"method": "POST", "path": "services/start"}
    assert explain(app, **start, body='{"a": 1}')["acted"] == ["it"]
    [rule] = explain(app, **start, body='{"a": ')["rules"]
    assert rule["failed"] == [{"criterion": "body.a", "expected": 1, "found": "unreadable body"}]


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ({}, {"": "empty body"}),
        ({"method": "GET"}, {"path": MISSING}),
        ({"path": "x"}, {"method": MISSING}),
        ({"request": 1, "path": "x"}, {"request": "cannot be combined with path"}),
        ({"request": "x"}, {"request": "'x'"}),
        ({"request": 0}, {"request": " 0"}),
        ({"method": "GTE", "path": "x"}, {"method": meant("GET")}),
        ({"method": "GET", "pth": "x", "path": "x"}, {"pth": meant("path")}),
        ({"method": "GET", "path": ""}, {"path": "expected a non-empty string"}),
        ({"method": 1, "path": [], "headers": 3}, {"method": "1", "path": "[]", "headers": "3"}),
        ({"method": "GET", "path": "/_control/faults"}, {"path": "never faulted"}),
        (
            {"method": "GET", "path": "/_world/w/x"},
            {"path": "names world w, but"},
        ),
    ],
)
def test_bad_questions_are_refused(app: App, request_: Any, found: dict[str, str]) -> None:
    mistakes = refused(app, request_)
    assert set(mistakes) == set(found)
    assert all(part in mistakes[at] for at, part in found.items())


def test_question_may_be_yaml(app: App) -> None:
    reply = app.post("/_control/explain", b"method: POST\npath: services/start\n")
    assert (reply.status, reply.json()["operation"]) == (200, "start_service")


def test_world_that_does_not_exist_is_not_explained() -> None:
    app = App()
    assert app.post("/_world/w/_control/explain", STARTED).status == 404
    assert app.worlds.names() == ["default"]


def test_token_does_not_show() -> None:
    app = App(FROZEN + RULES, control_token="t0ken")
    request = {**STARTED, "body": {"contact_key": "t0ken"}}
    reply = app.post("/_control/explain", request, Authorization="Bearer t0ken")
    assert reply.status == 200
    assert b"t0ken" not in reply.body
    assert reply.json()["rules"][6]["failed"][0]["found"] == "***"


def test_dribble_is_explained_where_a_connection_breaks_not() -> None:
    app = App(FROZEN)
    header = {"X-Simulator-Fault": '{"dribble": {"chunks": 3, "duration": "2s"}}'}
    found = explain(app, method="POST", path="services/start", headers=header)
    assert found["dribble"] == {"chunks": 3, "duration_ms": 2000}
    assert "outcome" not in found


def test_rule_of_the_requests_own_is_explained() -> None:
    app = App(FROZEN)
    start = {"method": "POST", "path": "services/start"}
    asking = {**start, "headers": {"X-Simulator-Fault": '{"advance": "2s", "delay": "1ms"}'}}
    found = explain(app, **asking)
    assert (found["advance_ms"], found["delay_ms"]) == (2000, 1)
    for value, found in (
        ('{"dely": "1s"}', {".dely": f"unknown key; {meant('delay')}"}),
        ('{"delay": ', {"": "not valid JSON: expecting value at line 1, column 10"}),
    ):
        wrong = {**start, "headers": {"X-Simulator-Fault": value}}
        assert refused(app, wrong) == {
            f"headers.X-Simulator-Fault{at}": text for at, text in found.items()
        }


STAGED = (
    FROZEN
    + """
stages:
  - name: healthy
    until: {calls: 1, on: end_service}
    faults: [{name: slow, on: start_service, delay: 1ms}]
  - name: outage
    until: {calls: 1, on: end_service}
    faults:
      - {name: down, on: start_service, response: {status: 503}}
      - {name: other, on: get_service, response: {status: 503}}
      - {name: picky, on: start_service, where: {body: {contact_key: z}}, response: {status: 503}}
  - name: recovery
    faults: [{name: down, on: start_service, response: {status: 500}}]
"""
)
START = {"method": "POST", "path": "/services/start", "body": {"contact_key": "a"}}


def not_due(app: App, **request: Any) -> dict[str, str]:
    rules = app.post("/_control/explain", request).json()["rules"]
    return {each["rule"]: each["why"] for each in rules if each["decision"] == "not_due"}


def test_rules_of_other_stages_that_match_are_told() -> None:
    app = App(STAGED)
    app.start(key="a")
    later = {"down": "in force only in stages outage, recovery"}
    assert not_due(app, **START) == not_due(app, request=1) == later
    app.put("/_control/stage", {"name": "recovery"})
    assert not_due(app, **START) == {"slow": "in force only in stage healthy"}
    assert not_due(app, request=1) == later  # it came in the first stage
    app.start(key="a")
    assert not_due(app, request=2) == {"slow": "in force only in stage healthy"}


def test_rule_that_was_removed_from_the_current_stage_is_told() -> None:
    app = App(STAGED)
    app.delete("/_control/faults/slow")
    assert not_due(app, **START)["slow"] == "removed until stage healthy is entered again"
    app.delete("/_control/faults")
    assert not_due(app, **START) == {}


def test_rule_of_the_same_name_that_is_in_force_is_told_alone() -> None:
    app = App(STAGED)
    app.put("/_control/faults/down", {"on": "start_service", "delay": "1ms"})
    assert not_due(app, **START) == {}
    rules = app.post("/_control/explain", START).json()["rules"]
    assert [each["rule"] for each in rules] == ["down", "slow"]
