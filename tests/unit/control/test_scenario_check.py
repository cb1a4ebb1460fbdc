"""Scenarios looked at from outside: checked, shown with their rules, and their schema."""

from __future__ import annotations

from tests.support.app import App


def test_check_changes_nothing() -> None:
    app = App()
    app.start()
    reply = app.post("/_control/scenarios/check", {"extends": "demo"})
    assert (reply.status, reply.json()) == (200, {"name": "unnamed", "warnings": []})
    assert app.get("/_control/").json()["scenario"] == "s"
    assert len(app.get("/_control/requests").json()["requests"]) == 1


def test_check_tells_errors_with_their_places() -> None:
    reply = App().post("/_control/scenarios/check", b"services:\n  - {contct_key: a}\n")
    (error,) = reply.json()["errors"]
    assert (reply.status, error["line"], error["did_you_mean"]) == (400, 2, "contact_key")
    assert "nothing was changed" not in reply.json()["detail"]


def test_check_lists_the_values_of_a_switch_where_none_is_near() -> None:
    reply = App().post("/_control/scenarios/check", {"fidelity": {"end_twice": 7}})
    (error,) = reply.json()["errors"]
    assert (error["line"], error["allowed"]) == (1, ["accept", "reject"])


def test_check_warns_of_what_never_acts() -> None:
    rule = {"on": "any", "probability": 0, "response": {"status": 503}}
    reply = App().post("/_control/scenarios/check", {"faults": [rule]})
    assert "probability is 0" in reply.json()["warnings"][0]


def test_scenario_of_the_catalogue_shows_rules_that_can_be_put_into_a_world() -> None:
    app = App()
    for name in ("flaky", "outage", "lost-response"):
        for fault in app.get(f"/_control/scenarios/{name}").json()["faults"]:
            assert app.put(f"/_control/faults/{fault['name']}", fault["rule"]).status in (200, 201)


def test_scenario_that_is_not_there() -> None:
    reply = App().get("/_control/scenarios/flakey")
    assert (reply.status, reply.json()["title"]) == (404, "No such scenario")
    assert "flaky" in reply.json()["detail"]
