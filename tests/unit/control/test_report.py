"""The report of a world: all of its run, without its secrets, and small."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from gzip import decompress
from typing import Any

import pytest

from cs_simulator.domain.model import Service
from cs_simulator.domain.packed import unpack_service
from tests.support.app import BASE, FROZEN, App

DOCUMENT = (
    FROZEN
    + """
settings: {users: [{name: ada, password: s3cret-of-ada}]}
services: [{service_id: 77, contact_key: "1", service_type: 100, started: -90m}]
faults: [{name: lost, on: end_service, every: 2, connection: close, effect: applied}]
expect: [{on: start_service, attempts: {at_most: 1}}]
"""
)


def data_of(app: App) -> dict[str, Any]:
    data: dict[str, Any] = app.get("/_control/report?format=json").json()
    return data


def data_in(page: str) -> dict[str, Any]:
    """Return the data that a report was made with."""
    found = re.search(r'<script type="text/plain" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(decompress(b64decode(found[1])))
    return data


def applied(document: Any, patch: list[dict[str, Any]]) -> Any:
    """Return what a JSON Patch makes of a document."""
    whole = json.loads(json.dumps(document))
    for step in patch:
        *way, last = (
            part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:]
        )
        at = whole
        for name in way:
            at = at[int(name)] if isinstance(at, list) else at[name]
        where: Any = int(last) if isinstance(at, list) else last
        if step["op"] == "remove":
            del at[where]
        elif step["op"] == "add" and isinstance(at, list):
            at.insert(where, step["value"])
        else:
            at[where] = step["value"]
    return whole


def test_report_has_all_of_a_run() -> None:
    app = App(DOCUMENT.replace("settings:", "x-settings:"))
    app.start()
    for _ in range(2):
        app.post(f"{BASE}/services/77/end", {})
    app.get(f"{BASE}/servces")
    data = data_of(app)
    assert [each["operation"] for each in data["requests"]] == [
        "start_service",
        "end_service",
        "end_service",
        "unrouted",
    ]
    assert data["requests"][-1]["hints"]
    assert data["scenario"]["document"]["faults"][0]["name"] == "lost"
    assert data["faults"][0]["matched"] == 2
    assert [each["id"] for each in data["explained"]] == [1, 2, 3, 4]
    assert data["verdict"]["verdict"] == "passed"
    assert data["clock"]["mode"] == "frozen"
    assert data["state"] == app.get("/_control/snapshot").json()


def test_rules_of_other_stages_are_told_of_requests_that_no_rule_judged() -> None:
    app = App(
        "stages: [{name: calm, until: {calls: 9}}, "
        "{name: storm, faults: [{name: down, on: start_service, response: {status: 503}}]}]"
    )
    app.start()
    app.get(f"{BASE}/services/77")
    [explained] = data_of(app)["explained"]
    assert (explained["id"], explained["rules"]) == (
        1,
        [{"rule": "down", "decision": "not_due", "why": "in force only in stage storm"}],
    )


def test_changes_lead_from_the_beginning_to_the_end() -> None:
    app = App(DOCUMENT.replace("settings:", "x-settings:"))
    fresh = app.get("/_control/snapshot").json()
    app.start()
    app.post(f"{BASE}/services/77/states/start", {"state_type": 1})
    app.ask("DELETE", f"{BASE}/services/77")
    app.post("/_control/clock/advance", {"by": "1h"})
    data = data_of(app)
    assert data["begin"] == fresh
    state = data["begin"]
    for each in data["changes"]:
        assert state == json.loads(json.dumps(state))
        state = applied(state, each["patch"])
    assert state == data["state"] == app.get("/_control/snapshot").json()


def test_no_secret_is_in_it() -> None:
    app = App(DOCUMENT, control_token="t0ken")
    app.post(
        f"{BASE}/services/start?api_key=zqx1",
        {"contact_key": "1", "password": "zqx2", "note": "t0ken"},
        Authorization="Basic zqx3",
        Cookie="zqx4",
    )
    for query in ("", "?format=json"):
        reply = app.get(f"/_control/report{query}", Authorization="Bearer t0ken")
        assert reply.status == 200
        text = reply.body.decode()
        for secret in ("zqx", "s3cret", "t0ken"):
            assert secret not in text


def test_what_a_rule_expects_of_a_secret_is_not_in_it() -> None:
    rule = """
faults:
  - name: wanted
    on: start_service
    where:
      headers: {X-Api-Key: zqx1, Authorization: {matches: "Basic zqx2"}}
      query: {token: [zqx3, zqx4]}
      body: {deep.password: zqx5, secret: {contains: zqx6}, credentials: {user: zqx7}, note: kept}
    response: {status: 503, headers: {Set-Cookie: zqx8}}
"""
    app = App(FROZEN + rule)
    app.start()
    text = app.get("/_control/report?format=json").body.decode()
    assert "zqx" not in text
    [explained] = json.loads(text)["explained"]
    [judged] = explained["rules"]
    expected = {each["criterion"]: each["expected"] for each in judged["failed"]}
    assert expected.pop("body.note") == "kept"
    assert set(expected.values()) == {"***"}
    [fault] = json.loads(text)["faults"]
    assert fault["rule"]["where"]["query"] == {"token": "***"}


def test_answer_repeats_no_secret_of_its_request() -> None:
    app = App()
    profiles = f"{BASE}/profiles"
    app.get(f"{profiles}?token=zqxA%20b1", Referer="http://x/?api_key=zqx2#access_token=zqx3")
    app.get(f"{profiles}?to%6ben=zqx4&note=kept")
    app.post(f"{BASE}/services/start", {"contact_key": 1, "password": ["zqx5", {"deep": "zqx6"}]})
    app.post(f"{BASE}/services/start", {"token": "zqx7", "secret": 918273})
    app.get(f"{profiles}/918273?token=918273")
    report = app.get("/_control/report?format=json").body.decode()
    har = app.get("/_control/requests?format=har").body.decode()
    for text in (report, har):
        assert "note=kept" in text
        assert "'***'" in text
    response = json.loads(report)["requests"][0]["response"]
    assert response["json"]
    posted = json.loads(report)["requests"][2]["request"]["json"]
    assert posted == {"contact_key": 1, "password": "***"}
    for entry in json.loads(har)["log"]["entries"]:
        for name in ("request", "response"):
            assert "zqx" not in json.dumps(entry[name]), entry[name]
    for entry in json.loads(report)["requests"]:
        assert "zqx" not in json.dumps(entry), entry


def test_credentials_without_a_scheme_are_not_repeated() -> None:
    app = App(FROZEN + "settings: {users: [{name: ada, password: secret}]}")
    reply = app.get(f"{BASE}/services/1", Authorization="zqx1")
    assert reply.status == 401
    assert b"zqx1" not in reply.body
    assert "zqx1" not in app.get("/_control/report?format=json").body.decode()


def test_five_hundred_requests_are_half_a_megabyte() -> None:
    app = App()
    for number in range(250):
        app.start(key=f"key {number}")
        app.post(f"{BASE}/services/{4294967297 + number}/states/start", {"state_type": 1})
    reply = app.get("/_control/report")
    assert len(data_in(reply.body.decode())["changes"]) == 500
    assert len(reply.body) <= 500_000


def test_service_that_stays_the_same_is_read_once_for_all_instants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, read = App(), []

    def unpacked(number: int, packed: bytes) -> Service:
        read.append(number)
        return unpack_service(number, packed)

    for number in range(20):
        app.post(f"{BASE}/services/start", {"contact_key": str(number)})
    monkeypatch.setattr("cs_simulator.domain.store.unpack_service", unpacked)
    assert len(data_of(app)["changes"]) == 20
    assert len(read) <= 3 * 20  # also when it is taken back, and when it comes again


def test_report_names_the_test_and_stays_one_script() -> None:
    app = App()
    app.start()
    hostile = "</script><img src=x onerror=alert(1)>\u202e\x00"
    reply = app.post("/_control/report", {"test": {"name": hostile, "failure": hostile}})
    assert reply.status == 200
    assert b"<img" not in reply.body
    wrong: Any
    for wrong in ({}, {"test": None}, {"test": 3}, {"test": {"nme": "x"}}, {"tests": {}}):
        assert app.post("/_control/report", wrong).status == 400


def test_megabyte_in_one_member_is_cut() -> None:
    app = App(max_body=4_000_000)
    app.post(f"{BASE}/services/start", {"contact_key": "1", "note": "x" * 1_000_000})
    [entry] = data_of(app)["requests"]
    assert "body_cut" in entry["request"]


def test_format_that_there_is_not_is_refused() -> None:
    app = App()
    assert app.get("/_control/report?format=htm").status == 400
    assert app.get("/_world/none/_control/report").status == 404
