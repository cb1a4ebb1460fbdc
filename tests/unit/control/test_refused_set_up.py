"""What sets up a world and is refused makes none, and changes nothing of one that is there."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.control.api import ENDPOINTS
from tests.support.app import FROZEN, App

DOCUMENT = (
    FROZEN
    + """
faults: [{name: slow, on: start_service, delay: 1ms}]
stages: [{name: healthy, until: {calls: 9}}, {name: outage}]
"""
)
REAL = "stages: [{name: healthy, until: {calls: 9}}, {name: outage}]\n"

ANY_BODY = ("[]", "5", "{", "\x80", "a: [", "a: 1\na: 2\n", '"x"')
"""What no endpoint takes: no map, no JSON, no UTF-8, malformed YAML, a key that stands twice."""

REFUSED: dict[tuple[str, str], tuple[Any, ...]] = {
    ("POST", "/reset"): ({"scenario": "demo"},),
    ("PUT", "/scenario"): (
        {"name": "nowhere"},
        {"format": 2},
        {"sed": 1},
        {"services": [{"service_id": "x"}]},
        {"extends": "nowhere"},
        {"extends": "/etc/passwd.yaml"},
        {"clock": {"time": "soon"}},
    ),
    ("POST", "/faults"): (
        {},
        {"on": "any"},
        {"on": "start_servce", "delay": "1s"},
        {"on": "any", "delay": "1s", "tmes": 1},
        {"on": "any", "response": {"status": 204, "body": "x"}},
        {"name": "slow", "on": "any", "delay": "1s"},
    ),
    ("PUT", "/faults/mine"): (
        {},
        {"on": "any"},
        {"on": "any", "delay": 5},
        {"name": "yours", "on": "any", "delay": "1s"},
        {"on": "any", "patch": {}, "response": {"status": 500}},
    ),
    ("PUT", "/clock"): (
        {},
        {"mode": "frosen"},
        {"time": "soon"},
        {"mode": "real", "time": "2026-01-05T09:00:00.000Z"},
        {"mode": "offset", "time": "9999-12-31T23:59:59.999Z"},
        {"now": "2026-01-05T09:00:00.000Z"},
    ),
    ("POST", "/clock/advance"): ({}, {"by": "-2h"}, {"by": 5}, {"to": "2h"}, {"by": "9000y"}),
    ("PUT", "/stage"): ({}, {"name": "outrage"}, {"name": []}, {"stage": "outage"}),
    ("POST", "/stage/next"): ({"name": "outage"},),
}

CASES = [
    pytest.param(*call, body, id=f"{call[0]} {call[1]} {body!r}")
    for call, bodies in REFUSED.items()
    for body in (*(each.encode("latin-1") for each in ANY_BODY), *bodies)
]


@pytest.mark.parametrize(("method", "path", "body"), CASES)
def test_refused_call_makes_no_world_and_changes_none(method: str, path: str, body: Any) -> None:
    app = App(DOCUMENT)
    reply = app.ask(method, f"/_world/new/_control{path}", body)
    assert reply.status in (400, 404, 409), reply.body
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert app.worlds.names() == ["default"]
    before = app.get("/_control/snapshot").body
    assert app.ask(method, f"/_control{path}", body).status == reply.status
    assert app.get("/_control/snapshot").body == before


@pytest.mark.parametrize("body", [each.encode("latin-1") for each in ANY_BODY])
def test_refused_document_makes_no_world_by_its_name(body: bytes) -> None:
    app = App(DOCUMENT)
    for document in (body, *REFUSED["PUT", "/scenario"]):
        assert app.put("/_control/worlds/new", document).status == 400
    assert app.worlds.names() == ["default"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/clock/advance", {"by": "1s"}, 400),
        ("POST", "/faults", {"on": "any", "advance": "1s"}, 400),
        ("PUT", "/faults/mine", {"on": "any", "advance": "1s"}, 400),
    ],
)
def test_call_that_a_real_clock_refuses_makes_no_world(
    method: str, path: str, body: Any, status: int
) -> None:
    app = App(REAL)
    assert app.ask(method, f"/_world/new/_control{path}", body).status == status
    assert app.worlds.names() == ["default"]


def test_next_stage_that_is_not_there_makes_no_world() -> None:
    app = App()
    assert app.post("/_world/new/_control/stage/next").status == 409
    assert app.worlds.names() == ["default"]


@pytest.mark.parametrize("call", REFUSED)
def test_call_for_two_worlds_makes_neither(call: tuple[str, str]) -> None:
    app = App(DOCUMENT)
    method, path = call
    reply = app.ask(method, f"/_world/a/_control{path}", {}, X_Simulator_World="b")
    assert reply.status == 400
    assert app.worlds.names() == ["default"]


@pytest.mark.parametrize("call", REFUSED)
def test_call_from_another_origin_makes_no_world(call: tuple[str, str]) -> None:
    app = App(DOCUMENT)
    method, path = call
    headers = {"Origin": "http://elsewhere.example"}
    assert app.ask(method, f"/_world/new/_control{path}", {}, **headers).status == 403
    assert app.worlds.names() == ["default"]


def test_every_call_that_sets_up_is_tried_here() -> None:
    tried = {path.replace("/mine", "/<path:name>") for _, path in REFUSED}
    assert tried == {each.path for each in ENDPOINTS if each.makes_world and each.scope == "world"}


def test_refused_call_lets_no_idle_world_go() -> None:
    app = App(DOCUMENT, max_worlds=2, idle=0.0)
    app.start("old")
    assert app.put("/_world/new/_control/stage", {"name": "outrage"}).status == 404
    assert app.worlds.names() == ["default", "old"]
    assert app.put("/_world/new/_control/stage", {"name": "outage"}).status == 200
    assert app.worlds.names() == ["default", "new"]


def test_body_over_the_limit_is_refused_with_its_option() -> None:
    app = App(DOCUMENT, max_control_body=100)
    reply = app.put("/_world/new/_control/scenario", b" " * 101)
    assert (reply.status, reply.json()["title"]) == (413, "Document too large")
    assert reply.json()["detail"] == "The body has 101 bytes; --max-control-body allows 100"
    assert app.worlds.names() == ["default"]


def test_defect_is_answered_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()
    monkeypatch.setattr(app.worlds, "names", lambda: 1 / 0)
    reply = app.get("/_control/worlds")
    assert (reply.status, reply.headers["Content-Type"]) == (500, "application/problem+json")
    assert reply.json()["detail"] == "Internal error: this is a bug in the simulator. See its log"
    assert caplog.messages == ["control request failed: GET /_control/worlds"]
    assert caplog.records[0].exc_info is not None
