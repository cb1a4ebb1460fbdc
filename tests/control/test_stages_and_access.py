"""The stage of a world, and who may use the control API."""

from __future__ import annotations

import pytest

from tests.control.app import FROZEN, App

STAGES = (
    FROZEN
    + """
stages:
  - {name: healthy, until: {calls: 2, on: start_service}}
  - {name: outage, until: {elapsed: 30s}, faults: [{on: any, reply: {status: 503}}]}
  - {name: recovered}
"""
)


def test_stage_follows_calls_and_time() -> None:
    app = App(STAGES)
    assert app.get("/_control/stage").json() == {
        "world": "default",
        "stages": ["healthy", "outage", "recovered"],
        "stage": "healthy",
        "entered": "2026-01-05T09:00:00.000Z",
        "calls": 0,
    }
    assert [app.start().status for _ in range(3)] == [201, 201, 503]
    assert app.get("/_control/stage").json()["stage"] == "outage"
    app.post("/_control/clock/advance", {"by": "30s"})
    stage = app.get("/_control/stage").json()
    assert (stage["stage"], stage["entered"]) == ("recovered", "2026-01-05T09:00:30.000Z")
    assert app.start().status == 201


def test_stage_is_entered_by_name_or_is_the_next() -> None:
    app = App(STAGES)
    assert app.put("/_control/stage", {"name": "outage"}).json()["stage"] == "outage"
    assert app.start().status == 503
    assert app.post("/_control/stage/next").json()["stage"] == "recovered"
    reply = app.post("/_control/stage/next")
    assert reply.status == 409
    assert reply.json()["detail"] == "There is no next stage: none after recovered"


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"name": "outrage"}, 404, "There is no stage 'outrage'; did you mean outage?"),
        ({"name": 5}, 400, 'expected {"name": <a stage>}'),
        ({"stage": "outage"}, 400, 'expected {"name": <a stage>}'),
    ],
)
def test_stage_that_is_not_there(body: object, status: int, detail: str) -> None:
    app = App(STAGES)
    reply = app.put("/_control/stage", body)
    assert (reply.status, reply.json()["detail"]) == (status, detail)
    assert app.get("/_control/stage").json()["stage"] == "healthy"


def test_world_without_stages_says_so() -> None:
    app = App()
    assert app.get("/_control/stage").json() == {"world": "default", "stages": []}
    assert app.put("/_control/stage", {"name": "a"}).json()["detail"] == (
        "There is no stage 'a'; this scenario has no stages"
    )
    assert app.post("/_control/stage/next").status == 409


def test_token_is_demanded_of_control_alone() -> None:
    app = App(control_token="s3cret")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3cret"}):
        reply = app.get("/_control/health", **headers)
        assert reply.status == 401
        assert reply.headers["WWW-Authenticate"] == "Bearer"
        assert "--control-token" in reply.json()["detail"]
    assert app.get("/_control/health", Authorization="Bearer s3cret").status == 200
    assert app.start().status == 201


def test_page_of_another_origin_is_refused() -> None:
    app = App()
    reply = app.post("/_control/reset", Origin="http://evil.example")
    assert reply.status == 403
    assert reply.json()["detail"] == "Pages of http://evil.example may not control this server"
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert app.get("/_control/", Origin="http://localhost").status == 200


def test_unknown_endpoint_and_method_are_problems() -> None:
    app = App()
    assert app.get("/_control/heath").status == 404
    reply = app.delete("/_control/health")
    assert reply.status == 405
    assert "GET" in reply.headers["Allow"]
    assert reply.headers["Content-Type"] == "application/problem+json"
