"""The stage of a world, and who may use the control API."""

from __future__ import annotations

import pytest

from tests.support.app import FROZEN, App
from tests.support.problems import meant, sentence

STAGES = (
    FROZEN
    + """
stages:
  - {name: healthy, until: {calls: 2, on: start_service}}
  - {name: outage, until: {elapsed: 30s}, faults: [{on: any, response: {status: 503}}]}
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
    assert reply.json()["detail"] == "recovered is the last stage"


@pytest.mark.parametrize(
    ("body", "at", "detail"),
    [
        ({"name": []}, "name", sentence("", "a non-empty string", [])),
        ({"nmae": "outage"}, "nmae", f"unknown key; {meant('name')}"),
        ({"name": None}, "", 'empty body; expected {"name": <a stage>}'),
        ({}, "", 'empty body; expected {"name": <a stage>}'),
        ("outage", "", sentence("", '{"name": <a stage>}', "outage")),
    ],
)
def test_stage_that_is_not_named(body: object, at: str, detail: str) -> None:
    app = App(STAGES)
    reply = app.put("/_control/stage", body)
    assert reply.status == 400
    assert [(each["at"], each["detail"]) for each in reply.json()["errors"]] == [(at, detail)]
    assert app.get("/_control/stage").json()["stage"] == "healthy"


def test_stage_that_is_not_there() -> None:
    app = App(STAGES)
    reply = app.put("/_control/stage", {"name": "outrage"})
    assert reply.status == 404
    assert reply.json()["detail"] == f"No stage named 'outrage'; {meant('outage')}"
    assert app.get("/_control/stage").json()["stage"] == "healthy"


def test_world_without_stages_says_so() -> None:
    app = App()
    assert app.get("/_control/stage").json() == {"world": "default", "stages": []}
    assert app.put("/_control/stage", {"name": "a"}).json()["detail"] == (
        "No stage named 'a'; this scenario has no stages"
    )
    assert app.post("/_control/stage/next").status == 409


def test_token_is_demanded_of_control_alone() -> None:
    app = App(control_token="s3cret")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3cret"}):
        reply = app.get("/_control/health", **headers)
        assert reply.status == 401
        assert reply.headers["WWW-Authenticate"] == "Bearer"
        assert "--control-token" in reply.json()["detail"]
    for scheme in ("Bearer", "bearer"):
        assert app.get("/_control/health", Authorization=f"{scheme} s3cret").status == 200
    assert app.start().status == 201


def test_page_of_another_origin_is_refused() -> None:
    app = App()
    reply = app.post("/_control/reset", Origin="http://evil.example")
    assert reply.status == 403
    assert reply.json()["detail"].startswith(
        "Requests from pages of http://evil.example are not allowed"
    )
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert app.get("/_control/", Origin="http://localhost").status == 200


def test_unknown_endpoint_and_method_are_problems() -> None:
    app = App()
    assert app.get("/_control/heath").json()["detail"] == (
        "No control endpoint GET /_control/heath; did you mean /_control/health?"
    )
    assert app.get("/_control/_").json()["detail"].endswith("; see /_control/")
    reply = app.delete("/_control/health")
    assert reply.status == 405
    assert reply.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert reply.json()["detail"] == (
        "DELETE is not allowed on /_control/health; allowed: GET, HEAD, OPTIONS"
    )
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        ("POST", "reset?world=a", "POST /_control/reset takes no parameters; found world"),
        ("PUT", "scenario?name=demo", "PUT /_control/scenario takes no parameters; found name"),
        ("GET", "faults?on=any&x=", "GET /_control/faults takes no parameters; found on, x"),
        ("GET", "faults?=1", "GET /_control/faults takes no parameters; found one without a name"),
        ("GET", "snapshot?fromat=yaml", "GET /_control/snapshot takes only format; found fromat"),
    ],
)
def test_parameter_that_nobody_reads_is_refused(method: str, path: str, detail: str) -> None:
    reply = App().ask(method, f"/_control/{path}")
    assert (reply.status, reply.json()["title"]) == (400, "Invalid query")
    assert reply.json()["detail"] == detail


def test_health_takes_what_a_probe_sends() -> None:
    assert App().get("/_control/health?probe=1").status == 200
