"""The state of a world as a document: asked for, put elsewhere, refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cs_simulator.documents.text import read_text
from cs_simulator.domain.services import start_service
from tests.support.app import BASE, FROZEN, App
from tests.unit.domain.support import sent

STAGED = (
    FROZEN
    + """
faults: [{on: end_task, delay: 1ms}, {name: kept, on: start_task, response: {status: 500}}]
stages:
  - {name: one, until: {calls: 2, on: start_service}}
  - {name: two, faults: [{on: start_service, response: {status: 503}}]}
"""
)


def state(app: App, world: str = "") -> Any:
    """Return the state of a world."""
    prefix = f"/_world/{world}" if world else ""
    answer = app.get(f"{prefix}/_control/snapshot")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    return answer.json()


def test_state_of_another_world_is_put_into_a_new_one() -> None:
    app = App()
    app.start("a")
    app.start("a")
    assert app.put("/_world/b/_control/scenario", state(app, "a")).status == 200
    assert state(app, "b") == state(app, "a")
    made = app.start("b").json()
    assert made["service_id"] == state(app, "a")["first_ids"]["service"]
    assert len(state(app, "a")["services"]) == 2


def test_state_is_where_a_reset_goes_back_to() -> None:
    app = App(STAGED)
    app.start()
    before = state(app)
    app.put("/_control/scenario", before)
    app.start()
    assert state(app)["progress"]["stage"]["name"] == "two"
    app.post("/_control/reset")
    assert state(app) == before


def test_state_asks_and_makes_no_world() -> None:
    app = App()
    assert app.get("/_world/nowhere/_control/snapshot").status == 404
    assert app.worlds.names() == ["default"]


def test_state_names_its_formats() -> None:
    answer = App().get("/_control/snapshot?format=yml")
    assert answer.status == 400
    problem = answer.json()["errors"][0]
    assert (problem["at"], problem["found"], problem["did_you_mean"]) == ("format", "yml", "yaml")


def test_state_as_yaml_reads_back_equal() -> None:
    app = App(STAGED)
    data = {"on": "no", "0123": "12:30", "<<": "~", "": "true", "n": None, "long": "x " * 99}
    texts = {"a": "\u0085\u2028\x7f\ufeff\x00", "b": "- x: #y", "c": " \n\n z\t ", "é😀": 1e22}
    body = {"contact_key": "null", "data": data, "texts": texts, "numbers": [-0.0, 10**39, 0.1]}
    app.post(f"{BASE}/services/start", body)
    answer = app.get("/_control/snapshot?format=yaml")
    assert answer.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer.body.startswith(b"format: 1\nname: s\n")
    document = read_text(answer.body.decode(), "s")
    assert document == state(app)
    assert document["services"][0]["extensions"]["data"] == data
    assert app.put("/_world/b/_control/scenario", answer.body).status == 200
    assert state(app, "b") == state(app)


def test_state_with_a_lone_surrogate_is_json_in_either_format() -> None:
    app = App()
    app.post(f"{BASE}/services/start", {"contact_key": "a", "x": "\ud800", "\udfff": "😀"})
    answer = app.get("/_control/snapshot?format=yaml")
    assert answer.body == app.get("/_control/snapshot").body
    assert b'"\\ud800"' in answer.body
    assert read_text(answer.body.decode(), "s")["services"][0]["extensions"] == {
        "x": "\ud800",
        "\udfff": "😀",
    }


def test_index_links_to_the_state() -> None:
    assert App().get("/_control/").json()["links"]["snapshot"] == "/_control/snapshot"


def test_rules_of_run_time_come_first_and_stay_there() -> None:
    app = App(STAGED)
    app.start()
    app.start()
    app.post(
        "/_control/faults", {"name": "late", "on": "start_service", "response": {"status": 400}}
    )
    app.delete("/_control/faults/kept")
    assert app.start().status == 400
    document = state(app)
    assert [each["name"] for each in document["faults"]] == ["late", "end_task-1"]
    assert document["faults"][0] == {
        "name": "late",
        "on": "start_service",
        "response": {"status": 400},
    }
    assert document["progress"]["faults"]["late"]["runtime"] is True
    other = App()
    other.put("/_control/scenario", document)
    assert other.start().status == 400
    origins = {
        each["name"]: each["origin"] for each in other.get("/_control/faults").json()["faults"]
    }
    assert origins == {"late": "runtime", "start_service-1": "stage", "end_task-1": "document"}


def test_rule_removed_from_a_stage_is_back_when_the_stage_is() -> None:
    app = App(STAGED)
    app.post("/_control/stage/next")
    assert app.start().status == 503
    app.delete("/_control/faults/start_service-1")
    app.put("/_control/scenario", state(app))
    assert app.start().status == 201
    app.put("/_control/stage", {"name": "two"})
    assert app.start().status == 503


def test_rule_of_run_time_may_have_the_name_of_one_in_a_stage() -> None:
    app = App(STAGED)
    rule = {"on": "start_service", "response": {"status": 418}}
    app.put("/_control/faults/start_service-1", rule)
    app.post("/_control/stage/next")
    assert app.put("/_control/scenario", state(app)).status == 200
    assert app.start().status == 418
    assert [each["origin"] for each in app.get("/_control/faults").json()["faults"]] == [
        "runtime",
        "document",
        "document",
    ]


def test_clock_that_became_real_keeps_its_rules() -> None:
    app = App(FROZEN + "faults: [{name: late, on: any, advance: 1h}]\n")
    app.put("/_control/clock", {"mode": "real"})
    document = state(app)
    assert document["clock"] == {"mode": "real"}
    assert app.put("/_world/b/_control/scenario", document).status == 200
    assert app.start("b").status == 201
    del document["progress"]
    refused = app.put("/_world/b/_control/scenario", document)
    assert refused.status == 400
    assert refused.json()["errors"][0]["at"] == "faults[0].advance"


def test_offset_clock_goes_on_from_the_present_instant() -> None:
    app = App("clock: {time: 2026-01-05T09:00:00.000Z, mode: offset}\n")
    app.post("/_control/clock/advance", {"by": "1d"})
    document = state(app)
    assert document["clock"]["mode"] == "offset"
    assert document["clock"]["time"].startswith("2026-01-06T09:0")
    app.put("/_world/b/_control/scenario", document)
    assert document["clock"]["time"] <= state(app, "b")["clock"]["time"] < "2026-01-06T10"


def test_what_fell_due_is_in_no_snapshot() -> None:
    app = App(FROZEN)
    app.post(f"{BASE}/services/start", {"contact_key": "a", "ttl": 60})
    assert len(state(app)["services"]) == 1
    app.post("/_control/clock/advance", {"by": "1m"})
    assert "services" not in state(app)


def test_document_is_the_same_for_every_client() -> None:
    app = App()
    app.start()
    for_curl = app.get("/_control/snapshot", User_Agent="curl/8")
    assert for_curl.body == app.get("/_control/snapshot").body
    assert json.loads(for_curl.body.splitlines()[-3].rstrip(b","))["contact_key"] == "a"


def test_state_that_is_too_large_to_be_put_back_says_so() -> None:
    app = App(max_control_body=1500)
    app.start()
    small = app.get("/_control/snapshot")
    assert "X-Simulator-Hint" not in small.headers
    assert app.put("/_world/b/_control/scenario", small.body).status == 200
    app.post(f"{BASE}/services/start", {"contact_key": "a", "x": "x" * 1500})
    for query in ("", "?format=yaml"):
        large = app.get(f"/_control/snapshot{query}")
        assert large.status == 200
        assert large.headers["X-Simulator-Hint"] == (
            f"this snapshot has {len(large.body)} bytes and --max-control-body allows 1500, so it "
            "cannot be loaded into a running world; start a server with it instead"
        )
        refused = app.put("/_world/c/_control/scenario", large.body)
        assert refused.status == 413
        assert "--max-control-body allows 1500" in refused.json()["detail"]
    assert app.worlds.names() == ["default", "b"]


LAST_IDS = "first_ids: {service: 9223372036854775807, state: 2147483647, task: 2147483647}\n"


def test_ids_end_with_the_last_of_their_width() -> None:
    app = App(FROZEN + LAST_IDS)
    service = app.start().json()["service_id"]
    assert service == 2**63 - 1
    path = f"{BASE}/services/{service}"
    assert app.post(f"{path}/states/start", {}).json() == {"state_id": 2**31 - 1}
    assert app.post(f"{path}/tasks/start", {}).json() == {"task_id": 2**31 - 1}
    document = state(app)
    assert app.put("/_world/copy/_control/scenario", document).status == 200
    assert state(app, "copy") == document
    ends = {"from": {"state_id": 2**31 - 1}, "to": {}}
    composite = {"services": [{"service": {"contact_key": "z"}, "state": {}}]}
    for prefix in ("", "/_world/copy"):
        for call, body, kind in (
            (f"{BASE}/services/start", {"contact_key": "b"}, "service"),
            (f"{path}/states/start", {}, "state"),
            (f"{path}/tasks/start", {}, "task"),
            (f"{path}/states/transition", ends, "state"),
            (f"{BASE}/services_composite/start", composite, "service"),
        ):
            reply = app.post(f"{prefix}{call}", body)
            assert reply.status == 500
            assert f"No {kind} ids left" in reply.body.decode()
    assert state(app) == document


@pytest.mark.parametrize(
    ("document", "at"),
    [
        ("first_ids: {service: 9223372036854775809}", "first_ids.service"),
        ("first_ids: {state: 2147483649}", "first_ids.state"),
        (
            "first_ids: {service: 9223372036854775808}\nservices: [{contact_key: a}]",
            "first_ids.service",
        ),
        (
            "services: [{service_id: 9223372036854775807, contact_key: a}, {contact_key: b}]",
            "first_ids",
        ),
        ("services: [{contact_key: a, states: [{state_id: 2147483647}, {}]}]", "first_ids.state"),
        (
            "first_ids: {customer: 9223372036854775808}\ncustomers: [{FirstName: Ada}]",
            "first_ids.customer",
        ),
    ],
)
def test_document_that_needs_more_ids_than_there_are_is_refused(document: str, at: str) -> None:
    reply = App().put("/_world/new/_control/scenario", document.encode())
    assert reply.status == 400
    [error] = reply.json()["errors"]
    assert error["at"].startswith(at)


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_state_of_many_services_goes_out_and_back(count: int) -> None:
    app = App()
    tx = app.worlds.default.begin()
    for _ in range(count):
        start_service(tx, sent(contact_key="K"))
    out = app.get("/_control/snapshot")
    assert "X-Simulator-Hint" not in out.headers
    back = app.put("/_control/worlds/copy", out.body)
    assert back.json()["counts"]["services"] == count
    assert app.get("/_world/copy/_control/snapshot").body == out.body
    assert app.start("copy").json() == app.start().json()


RATED = (
    FROZEN
    + """
settings: {expiration: 1d}
faults: [{name: r, on: start_service, above_rate: {calls: 2, per: 1m}, response: {status: 503}}]
"""
)


def test_state_keeps_how_many_calls_a_rate_has_seen() -> None:
    app = App(RATED)
    assert app.start().status == 201
    found = state(app)
    assert found["progress"]["faults"]["r"]["recent"] == ["2026-01-05T09:00:00.000Z"]
    assert app.put("/_world/b/_control/scenario", found).status == 200
    assert [app.start("b").status for _ in range(2)] == [201, 503]


def test_state_keeps_when_a_lifetime_began() -> None:
    app = App(RATED)
    service = app.start().json()["service_id"]
    app.post("/_control/clock/advance", {"by": "1h"})
    assert app.put(f"{BASE}/services/{service}", {"ttl": 60}).status == 200
    found = state(app)
    [kept] = [each["retention"] for each in found["services"]]
    assert kept["touched"] == "2026-01-05T09:00:00.000Z"
    assert kept["counted_from"] == "2026-01-05T10:00:00.000Z"
    assert app.put("/_world/b/_control/scenario", found).status == 200
    assert state(app, "b")["services"] == found["services"]
