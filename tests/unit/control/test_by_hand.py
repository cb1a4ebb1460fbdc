"""What a person types: ids as the log has them, a class of statuses, an operation by its path."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.operations import operation_at
from tests.support.app import App


@pytest.fixture
def app() -> App:
    app = App()
    for key in ("a", "Zoë"):
        app.post("/genesys/1/cs/services/start", {"contact_key": key})
    app.get("/genesys/1/cs/services/77")
    return app


@pytest.mark.parametrize("number", ["last", "3", "#3", "default/3", "default/last"])
def test_request_is_named_as_the_log_has_it(app: App, number: str) -> None:
    number = number.replace("#", "%23")
    assert app.get(f"/_control/requests/{number}").json()["id"] == 3


@pytest.mark.parametrize("number", ["last", 3, "3", "#3", "default/3"])
def test_explained_request_is_named_so_too(app: App, number: object) -> None:
    reply = app.post("/_control/explain", {"request": number})
    assert reply.json()["request"]["id"] == 3


def test_request_of_another_world_is_asked_for_there(app: App) -> None:
    reply = app.get("/_control/requests/other/3")
    assert reply.status == 404
    assert "use /_world/other/_control/" in reply.json()["detail"]


@pytest.mark.parametrize(("status", "ids"), [("2xx", [1, 2]), ("4XX", [3]), ("400", [3])])
def test_requests_of_a_class_of_statuses(app: App, status: str, ids: list[int]) -> None:
    found = app.get(f"/_control/requests?status={status}").json()["requests"]
    assert [entry["id"] for entry in found] == ids


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("POST /services/start", "start_service"),
        ("post /genesys/1/cs/services/start", "start_service"),
        ("GET /services/{service_id}", "get_service"),
        ("GET /services/77/states/active", "query_states"),
        ("GET /services/77/states/8?extensions=*", "get_state"),
        ("POST /services/strat", None),
        ("start_service", None),
    ],
)
def test_operation_is_found_by_its_method_and_path(text: str, operation: str | None) -> None:
    assert operation_at(text) == operation


def test_rule_speaks_of_an_operation_by_its_path(app: App) -> None:
    rule = {"on": "POST /services/start", "response": {"status": 503}}
    assert app.post("/_control/faults", rule).json()["on"] == ["start_service"]
    verified = app.post("/_control/verify", {"on": "POST /services/start", "count": 2})
    assert verified.json()["verified"] is True


def test_method_is_taken_in_any_case(app: App) -> None:
    question = {"method": "post", "path": "/services/start"}
    assert app.post("/_control/explain", question).json()["operation"] == "start_service"


def test_curl_sees_text_as_it_is(app: App) -> None:
    app.post("/_control/faults", {"name": "Zoë", "on": "any", "delay": "1ms"})
    assert "Zoë" in app.get("/_control/faults", User_Agent="curl/8.0").body.decode()
    assert "Zoë" not in app.get("/_control/faults").body.decode()


def test_clock_that_was_frozen_says_that_it_runs(app: App) -> None:
    at: dict[str, Any] = {"time": "2026-01-05T09:00:00.000Z"}
    app.put("/_control/clock", {"mode": "frozen", **at})
    hint = app.put("/_control/clock", at).json()["hint"]
    assert hint == 'the clock was frozen and now runs; add "mode": "frozen" to keep it frozen'
    again = app.put("/_control/clock", {"mode": "offset", "time": "2027-01-05T09:00:00.000Z"})
    assert "hint" not in again.json()


def test_one_near_name_takes_the_place_of_all_that_are_allowed(app: App) -> None:
    error, *_ = app.post("/_control/faults", {"onn": "any", "delay": "1s"}).json()["errors"]
    assert error["did_you_mean"] == "on"
    assert "allowed" not in error


@pytest.mark.parametrize(
    ("connection", "shown"),
    [("close", {"broken": "close"}), ("truncate", {"status": 400, "broken": "truncate"})],
)
def test_response_that_was_lost_stays_so_when_its_rule_is_gone(
    app: App, connection: str, shown: dict[str, Any]
) -> None:
    rule = {"on": "get_service", "connection": connection, "effect": "applied"}
    assert app.post("/_control/faults", rule).status == 201
    app.get("/genesys/1/cs/services/78")
    app.delete("/_control/faults")
    explained = app.post("/_control/explain", {"request": "last"}).json()
    assert explained["shown"] == shown


def test_names_that_are_allowed_stand_in_one_line_for_curl(app: App) -> None:
    rule = b"{on: nothing_like_it, delay: 1s}"
    text = app.ask("POST", "/_control/faults", rule, User_Agent="curl/8.0").body.decode()
    [line] = [line for line in text.splitlines() if '"allowed"' in line]
    assert line.strip().startswith('"allowed": ["any", "associate_service", ')
    assert line.rstrip(",").endswith("]")
