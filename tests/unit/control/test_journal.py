"""The journal's endpoints: filtered, one by one, emptied, and without secrets."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.journal.journal import MAX_ENTRIES
from tests.support.app import BASE, FROZEN, App
from tests.support.problems import INT_32_FROM_1, meant, sentence

DOCUMENT = (
    FROZEN
    + """
faults:
  - {name: outage, on: start_service, skip: 1, times: 1, response: {status: 503}}
  - {name: slow, on: get_service, delay: 1ms}
stages:
  - {name: one, until: {calls: 99}}
  - {name: two, faults: [{name: late, on: any, delay: 1s}]}
"""
)


def busy() -> App:
    """Return an application of 5 requests: 201, 503, 201, a query, and one that is unrouted."""
    app = App(DOCUMENT)
    for key in "abc":
        app.start(key=key)
    app.get(f"{BASE}/services/4294967297")
    app.get(f"{BASE}/nowhere")
    return app


def ids(app: App, query: str = "") -> list[int]:
    reply = app.get(f"/_control/requests{query}")
    assert reply.status == 200, reply.body
    return [each["id"] for each in reply.json()["requests"]]


def mistakes(app: App, query: str) -> dict[str, str]:
    reply = app.get(f"/_control/requests?{query}")
    assert reply.status == 400
    assert reply.headers["Content-Type"] == "application/problem+json"
    return {each["at"]: each["detail"] for each in reply.json()["errors"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("?operation=start_service", [1, 2, 3]),
        ("?operation=unrouted", [5]),
        ("?operation=get_service&operation=unrouted", [4, 5]),
        ("?operation=any", [1, 2, 3, 4, 5]),
        ("?operation=end_task", []),
        ("?status=201", [1, 3]),
        ("?status=503&status=200", [2, 4]),
        ("?fault=outage", [2]),
        ("?fault=slow&fault=outage", [2, 4]),
        ("?fault=any", [2, 4]),
        ("?fault=late", []),
        ("?after=3", [4, 5]),
        ("?after=0", [1, 2, 3, 4, 5]),
        ("?after=5", []),
        ("?limit=2", [4, 5]),
        ("?limit=99", [1, 2, 3, 4, 5]),
        ("?operation=start_service&limit=2", [2, 3]),
        ("?operation=start_service&status=201&after=1&limit=1", [3]),
    ],
)
def test_list_is_filtered_oldest_first(query: str, found: list[int]) -> None:
    assert ids(busy(), query) == found


def test_bad_queries_are_refused_with_every_mistake() -> None:
    app = busy()
    assert mistakes(app, "operaton=x&limit=0&after=-1&status=abc") == {
        "operaton": f"unknown key; {meant('operation')}",
        "limit": sentence("", INT_32_FROM_1, "0"),
        "after": sentence("", "a 64-bit integer, 0 or greater", "-1"),
        "status": sentence("", "a status from 100 to 599, or a class of them such as 4xx", "abc"),
    }
    assert mistakes(app, "operation=start_servce") == {
        "operation": f"no operation named 'start_servce'; {meant('start_service')}"
    }
    assert mistakes(app, "status=201&status=600") == {
        "status": sentence("", "a status from 100 to 599, or a class of them such as 4xx", "600")
    }
    assert mistakes(app, "fault=outrage") == {
        "fault": f"no fault rule named 'outrage'; {meant('outage')}"
    }
    assert mistakes(app, "limit=1&limit=2") == {"limit": sentence("", INT_32_FROM_1, ["1", "2"])}
    assert mistakes(App(), "fault=x") == {"fault": "no fault rule named 'x'; no rules are in force"}


def test_fault_that_was_removed_is_still_found() -> None:
    app = busy()
    app.delete("/_control/faults")
    assert ids(app, "?fault=outage") == [2]


def test_entry_tells_its_world_its_faults_and_what_waiting_cost() -> None:
    app = App(DOCUMENT)
    app.start("w")
    app.get(f"/_world/w{BASE}/services/4294967297")
    entry = app.get("/_world/w/_control/requests/2").json()
    assert list(entry)[:2] == ["id", "world"]
    assert (entry["id"], entry["world"], entry["state"]) == (2, "w", "done")
    assert entry["faults"] == ["slow"]
    assert entry["waited_ms"] == 1
    assert entry["ms"] >= 1
    assert entry["hints"] == []
    listed = app.get("/_world/w/_control/requests").json()["requests"]
    assert listed[1] == entry


def test_entry_is_open_done_or_aborted() -> None:
    app = App(FROZEN + "faults: [{name: lost, on: any, connection: close}]")
    app.start()
    entry = app.get("/_control/requests/1").json()
    assert (entry["state"], entry["faults"]) == ("done", ["lost"])
    assert "response" not in entry
    noted = app.worlds.default.journal.open(0, "GET", "/x", [])
    assert app.get("/_control/requests/2").json()["state"] == "open"
    noted.state = "aborted"
    assert app.get("/_control/requests/2").json()["state"] == "aborted"


@pytest.mark.parametrize("number", ["9", "0", "x", "-1", "1_0"])
def test_unknown_id_is_answered_with_what_there_is(number: str) -> None:
    reply = busy().get(f"/_control/requests/{number}")
    assert reply.status == 404
    assert reply.json()["detail"] == f"No request {number}; the journal has 1 to 5"


def test_unknown_id_in_an_empty_or_overrun_journal_says_so() -> None:
    app = App()
    assert app.get("/_control/requests/1").json()["detail"].endswith("the journal is empty")
    last = "No last request; the journal is empty"
    assert app.get("/_control/requests/last").json()["detail"] == last
    assert app.get("/_control/requests/default%2Flast").json()["detail"] == last
    app.start()
    assert app.get("/_control/requests/2").json()["detail"].endswith("; the journal has 1")
    journal = app.worlds.default.journal
    for _ in range(MAX_ENTRIES + 1):
        journal.open(0, "GET", "/x", [])
    detail = app.get("/_control/requests/1").json()["detail"]
    assert detail == "No request 1; the journal has 3 to 1002; 2 older ones were dropped"
    assert app.get("/_control/requests?limit=1").json()["dropped"] == 2


def test_clearing_empties_and_counts_on() -> None:
    app = busy()
    assert app.delete("/_control/requests").json() == {"cleared": {"requests": 5}}
    assert app.get("/_control/requests").json() == {"requests": [], "dropped": 0}
    app.start()
    assert ids(app) == [6]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "requests"), ("GET", "requests/1"), ("DELETE", "requests")],
)
def test_world_that_does_not_exist_is_not_made(method: str, path: str) -> None:
    app = App()
    app.start("first")
    reply = app.ask(method, f"/_world/frist/_control/{path}")
    assert reply.status == 404
    assert reply.json()["detail"] == f"No world named 'frist'; {meant('first')}"
    assert app.worlds.names() == ["default", "first"]


def test_secrets_of_headers_and_the_token_never_appear() -> None:
    app = App(control_token="s3kr1t/+")
    bearer: dict[str, Any] = {"Authorization": "Bearer s3kr1t/+"}
    app.post(
        f"{BASE}/services/start?x=s3kr1t/+",
        {"contact_key": "s3kr1t/+", "a": [{"s3kr1t/+": 1}]},
        Cookie="id=private",
        Proxy_Authorization="Basic private",
        X_Token="s3kr1t/+",
        **bearer,
    )
    for path in ("/_control/requests", "/_control/requests/1"):
        reply = app.get(path, **bearer)
        assert reply.status == 200
        assert b"s3kr1t" not in reply.body
        assert b"private" not in reply.body
    request = app.get("/_control/requests/1", **bearer).json()["request"]
    assert request["headers"]["Authorization"] == "***"
    assert request["headers"]["X-Token"] == "***"
    assert request["path"] == f"{BASE}/services/start?x=***"
    assert app.get("/_control/requests").status == 401
