"""Verification: how often what was asked, in which order, and what came close."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.journal.entries import MAX_BODY, NOBODY
from cs_simulator.journal.journal import MAX_ENTRIES
from tests.support.app import BASE, FROZEN, App
from tests.support.problems import meant, sentence

DOCUMENT = (
    FROZEN
    + """
customers: [{customer_id: C-1}, {customer_id: C-2}]
services: [{service_id: 5, contact_key: K-1, states: [{state_id: 7}]}]
faults:
  - {name: outage, on: start_service, skip: 1, times: 1, response: {status: 503}}
"""
)


def verify(app: App, **question: Any) -> Any:
    reply = app.post("/_control/verify", question)
    assert reply.status == 200, reply.body
    return reply.json()


def refused(app: App, question: Any) -> dict[str, str]:
    reply = app.post("/_control/verify", question)
    assert reply.status == 400, reply.body
    assert reply.json()["title"] == "Invalid verification"
    return {each["at"]: each["detail"] for each in reply.json()["errors"]}


@pytest.fixture(scope="module")
def app() -> App:
    """Requests 1 to 3 start services, the second in vain; 4 to 6 are about that of contact K-1."""
    app = App(DOCUMENT)
    for key in "abc":
        app.start(key=key)
    app.get(f"{BASE}/services/5/states?active_states=true", X_Note="hello")
    app.post(f"{BASE}/customers/C-2/services/5", {})
    app.post(f"{BASE}/services/5/end", {})
    return app


@pytest.mark.parametrize(
    ("question", "matched"),
    [
        ({"on": "start_service"}, 3),
        ({"on": ["start_service", "end_service"]}, 4),
        ({"on": "any"}, 6),
        ({"where": {"body": {"contact_key": "b"}}}, 1),
        ({"where": {"body": {"$.contact_key": ["a", "c"]}}}, 2),
        ({"where": {"headers": {"X-Note": {"contains": "ell"}}}}, 1),
        ({"where": {"query": {"active_states": True}}}, 1),
        ({"where": {"path": "/genesys/1/cs/services/*/end"}}, 1),
        ({"where": {"path": f"{BASE}/services/start"}, "response": {"status": 201}}, 2),
        ({"response": {"status": 503}}, 1),
        ({"response": {"status": "503"}}, 1),
        ({"response": {"status": [201, 503]}}, 3),
        ({"response": {"status": {"matches": "20."}}}, 5),
        ({"response": {"status": "2xx"}}, 5),
        ({"response": {"status": "5XX"}}, 1),
        ({"response": {"status": ["5xx", 201]}}, 3),
        ({"response": {"status": "4xx"}, "count": 0}, 0),
        ({"response": {"fault": "outage"}}, 1),
        ({"response": {"fault": "any"}}, 1),
        ({"response": {"fault": {"absent": True}}}, 5),
        ({"response": {"hint": "any"}}, 2),
        ({"response": {"hint": {"contains": "still active"}}}, 1),
        ({"response": {"hint": {"matches": "service 5 .*, but 1 state .*"}}}, 1),
        ({"response": {"hint": "still active"}, "count": 0}, 0),
        ({"response": {"hint": None}}, 4),
        ({"response": {"fault": "outage", "status": 503}, "on": "start_service"}, 1),
        ({"on": "start_service", "after": 1}, 2),
    ],
)
def test_criteria_are_those_of_rules(app: App, question: Any, matched: int) -> None:
    assert verify(app, **question) == {"verified": True, "matched": matched, "near_misses": []}


def test_owner_is_the_one_before_the_operation(app: App) -> None:
    by_contact = {"where": {"contact_key": "K-1"}, "on": ["query_states", "associate_service"]}
    assert verify(app, **by_contact)["matched"] == 2
    assert verify(app, where={"customer_id": "C-2"})["matched"] == 2
    assert verify(app, on="end_service", where={"customer_id": "C-2"})["verified"]
    assert not verify(app, on="query_states", where={"customer_id": "C-2"})["verified"]


@pytest.mark.parametrize(
    ("count", "verified"),
    [
        (3, True),
        (2, False),
        (4, False),
        (0, False),
        ({"at_least": 3}, True),
        ({"at_least": 4}, False),
        ({"at_most": 3}, True),
        ({"at_most": 2}, False),
        ({"at_least": 1, "at_most": 3}, True),
        ({"at_least": 4, "at_most": 9}, False),
    ],
)
def test_count_is_exact_or_a_range(app: App, count: Any, *, verified: bool) -> None:
    finding = verify(app, on="start_service", count=count)
    assert (finding["verified"], finding["matched"]) == (verified, 3)


def test_none_at_all_can_be_verified(app: App) -> None:
    assert verify(app, on="end_task", count=0)["verified"]
    assert verify(app, on="end_task", count={"at_most": 0})["verified"]


def test_too_many_name_those_that_matched(app: App) -> None:
    finding = verify(app, on="start_service", count=1)
    assert finding["matched_ids"] == [1, 2, 3]
    assert finding["near_misses"] == []


def test_near_misses_are_the_nearest_then_the_newest(app: App) -> None:
    finding = verify(
        app,
        on="start_service",
        where={"body": {"contact_key": "z"}},
        response={"status": 201, "fault": {"absent": True}},
    )
    assert (finding["verified"], finding["matched"]) == (False, 0)
    assert [(each["id"], len(each["failed"])) for each in finding["near_misses"]] == [
        (3, 1),
        (1, 1),
        (6, 3),
    ]
    assert finding["near_misses"][0] == {
        "id": 3,
        "method": "POST",
        "path": f"{BASE}/services/start",
        "operation": "start_service",
        "failed": [{"criterion": "body.contact_key", "expected": "z", "found": "c"}],
    }
    assert finding["near_misses"][2]["failed"] == [
        {"criterion": "on", "expected": "start_service", "found": "end_service"},
        {"criterion": "body.contact_key", "expected": "z", "found": None},
        {"criterion": "response.status", "expected": 201, "found": 204},
    ]


def test_near_miss_shows_the_fault(app: App) -> None:
    finding = verify(app, response={"fault": "any", "status": 200})
    assert finding["near_misses"][0]["id"] == 4
    assert finding["near_misses"][0]["failed"] == [
        {"criterion": "response.fault", "expected": "any", "found": None}
    ]
    assert finding["near_misses"][1]["failed"] == [
        {"criterion": "response.status", "expected": 200, "found": 503}
    ]


def test_order_is_a_subsequence(app: App) -> None:
    starts = {"on": "start_service"}
    ends = {"on": "end_service"}
    finding = verify(app, in_order=[starts, starts, ends])
    assert finding == {"verified": True, "matched": 3, "near_misses": []}
    assert verify(app, in_order=[ends])["verified"]
    assert verify(app, in_order=[starts] * 3)["verified"]
    assert not verify(app, in_order=[starts] * 4)["verified"]
    assert not verify(app, in_order=[starts, ends], after=6)["verified"]


def test_order_that_is_wrong_says_where(app: App) -> None:
    finding = verify(
        app, in_order=[{"on": "end_service"}, {"where": {"body": {"contact_key": "a"}}}]
    )
    assert (finding["verified"], finding["matched"]) == (False, 1)
    assert finding["missing"] == "in_order[1]"
    assert finding["near_misses"][0]["id"] == 1
    assert finding["near_misses"][0]["failed"] == [
        {"criterion": "in_order", "expected": "after request 6", "found": 1}
    ]


@pytest.mark.parametrize(
    "question", [{}, {"count": 1}, {"where": {}}, {"response": {}, "after": 3}]
)
def test_no_criterion_is_refused(app: App, question: Any) -> None:
    assert refused(app, question) == {
        "": "nothing to match; send at least one of on, where, response or in_order"
    }


@pytest.mark.parametrize(
    ("question", "at", "detail"),
    [
        ({"one": 1, "on": "any"}, "one", f"unknown key; {meant('on')}"),
        ({"on": "start_servce"}, "on", "no operation named 'start_servce'"),
        ({"where": {"boddy": {}}}, "where.boddy", f"unknown key; {meant('body')}"),
        ({"on": "any", "body": {"x": "K"}}, "body", f"unknown key; {meant('where.body')}"),
        ({"where": {"body": {"x": {"equls": 1}}}}, "where.body.x.equls", meant("equals")),
        ({"response": {"code": 3}}, "response.code", "unknown key; allowed: fault, hint, status"),
        ({"response": {"status": "6xx"}}, "response.status", "expected a status from 100 to 599"),
        ({"response": {"status": [200, 20]}}, "response.status", "expected a status from 100"),
        ({"response": {"status": True}}, "response.status", "expected a status from 100"),
        (
            {"response": {"fault": True}},
            "response.fault",
            "expected the name of a rule, or any",
        ),
        (
            {"response": {"hint": 5}},
            "response.hint",
            'expected a text, {"contains": "..."}, or any',
        ),
        ({"on": "any", "count": -1}, "count", "expected a "),
        ({"on": "any", "count": "x"}, "count", "expected a 32-bit integer"),
        ({"on": "any", "count": {}}, "count", "expected at_least, at_most or both"),
        ({"on": "any", "count": {"exactly": 1}}, "count.exactly", "unknown key"),
        (
            {"on": "any", "count": {"at_least": 2, "at_most": 1}},
            "count",
            "greater than at_most (1)",
        ),
        ({"on": "any", "after": -1}, "after", "expected a "),
        ({"on": "any", "within": 5}, "within", "expected a duration such as"),
        ({"in_order": []}, "in_order", sentence("", "at least one pattern", [])),
        ({"in_order": {}}, "in_order", sentence("", "a list", {})),
        (
            {"in_order": [{"on": "any"}, {}]},
            "in_order[1]",
            "nothing to match; expected",
        ),
        ({"in_order": [{"on": "x"}]}, "in_order[0].on", "no operation named 'x'"),
        ({"in_order": [{"response": {"status": 1}}]}, "in_order[0].response.status", "found 1"),
        ({"in_order": [{"on": "any"}], "on": "any"}, "in_order", "cannot be combined with on"),
        ({"in_order": [{"on": "any"}], "count": 1}, "in_order", "cannot be combined with count"),
    ],
)
def test_bad_questions_are_refused(app: App, question: Any, at: str, detail: str) -> None:
    found = refused(app, question)
    assert list(found) == [at]
    assert detail in found[at]


def test_all_mistakes_are_told_at_once(app: App) -> None:
    found = refused(app, {"on": ["x", "y"], "wher": {}, "count": "many"})
    assert set(found) == {"on[0]", "on[1]", "wher", "count"}


def test_question_may_be_yaml(app: App) -> None:
    reply = app.post("/_control/verify", b"on: start_service\ncount: {at_least: 2}\n")
    assert (reply.status, reply.json()["verified"]) == (200, True)


def test_question_that_is_no_map_is_refused(app: App) -> None:
    reply = app.post("/_control/verify", [])
    assert reply.status == 400
    assert "expected criteria such as" in reply.json()["errors"][0]["detail"]


def test_fault_that_nobody_knows_is_hinted_at(app: App) -> None:
    finding = verify(app, response={"fault": "outrage"}, count=0)
    assert finding["verified"]
    assert finding["hints"] == [f"no fault rule named 'outrage'; {meant('outage')}"]


def test_world_that_does_not_exist_is_not_verified() -> None:
    app = App()
    reply = app.post("/_world/defualt/_control/verify", {"on": "any", "count": 0})
    assert reply.status == 404
    assert app.worlds.names() == ["default"]


def test_each_world_is_verified_alone() -> None:
    app = App()
    app.start("one")
    question = {"on": "start_service"}
    assert app.post("/_world/one/_control/verify", question).json()["matched"] == 1
    assert app.post("/_control/verify", question).json()["matched"] == 0


def test_secrets_do_not_show_in_near_misses() -> None:
    app = App(control_token="t0ken")
    bearer: dict[str, str] = {"Authorization": "Bearer t0ken"}
    app.get(f"{BASE}/services/1?t0ken", Cookie="private", X_A="t0ken", **bearer)
    wanted = {"Authorization": "a", "cookie": "b", "Proxy-Authorization": "c", "X-A": "d"}
    reply = app.post("/_control/verify", {"where": {"headers": wanted}}, **bearer)
    assert b"t0ken" not in reply.body
    assert b"private" not in reply.body
    [miss] = reply.json()["near_misses"]
    found = {each["criterion"]: each["found"] for each in miss["failed"]}
    assert found == {
        "headers.Authorization": "***",
        "headers.cookie": "***",
        "headers.Proxy-Authorization": None,
        "headers.X-A": "***",
    }


def overrun() -> App:
    """Return an application whose journal has dropped entries 1 and 2; 1002 are noted."""
    app = App()
    for key in "ab":
        app.start(key=key)
    journal = app.worlds.default.journal
    for _ in range(MAX_ENTRIES - 1):
        journal.open(0, "GET", "/x", []).state = "done"
    app.start(key="c")
    return app


@pytest.mark.parametrize(
    ("question", "verified", "inconclusive"),
    [
        ({}, True, False),
        ({"count": {"at_least": 2}}, False, True),
        ({"count": {"at_least": 3}}, False, True),
        ({"count": {"at_least": 4}}, False, False),
        ({"count": 1}, False, True),
        ({"count": 0}, False, False),
        ({"count": {"at_most": 2}}, False, True),
        ({"count": {"at_most": 3}}, True, False),
        ({"count": 1, "after": 1}, False, True),
        ({"count": {"at_most": 2}, "after": 1}, True, False),
        ({"count": 1, "after": 2}, True, False),
        ({"count": {"at_least": 2}, "after": 2}, False, False),
    ],
)
def test_dropped_entries_count_only_where_they_could_matter(
    question: Any, *, verified: bool, inconclusive: bool
) -> None:
    finding = verify(overrun(), on="start_service", **question)
    assert finding["matched"] == 1
    assert (finding["verified"], "inconclusive" in finding) == (verified, inconclusive)
    assert ("reason" in finding) is inconclusive
    if inconclusive:
        assert finding["inconclusive"] is True
        assert "dropped from the journal" in finding["reason"]


@pytest.mark.parametrize(
    ("starts", "verified", "inconclusive"),
    [(1, True, False), (2, False, True), (3, False, True), (4, False, False)],
)
def test_dropped_entries_may_have_been_the_first_in_order(
    starts: int, *, verified: bool, inconclusive: bool
) -> None:
    finding = verify(overrun(), in_order=[{"on": "start_service"}] * starts)
    assert (finding["verified"], "inconclusive" in finding) == (verified, inconclusive)


def test_entries_that_were_cleared_are_not_missed() -> None:
    app = App()
    app.start()
    app.delete("/_control/requests")
    finding = verify(app, on="start_service", count=0)
    assert finding == {"verified": True, "matched": 0, "near_misses": []}


def long_body() -> App:
    app = App()
    app.post(f"{BASE}/services/start", {"a": "x" * MAX_BODY, "contact_key": "k"})
    return app


def test_cut_body_leaves_the_verdict_open_where_it_matters() -> None:
    app = long_body()
    by_body = {"on": "start_service", "where": {"body": {"contact_key": "k"}}}
    finding = verify(app, **by_body)
    assert (finding["verified"], finding["inconclusive"]) == (False, True)
    assert "only the beginning of 1 long request bodies" in finding["reason"]
    assert finding["near_misses"][0]["failed"] == [
        {
            "criterion": "body.contact_key",
            "expected": "k",
            "found": "only the beginning of the body was kept",
        }
    ]
    assert "inconclusive" not in verify(app, on="end_task", where=by_body["where"])
    assert verify(app, on="start_service", where={"path": "/**"})["verified"]
    assert verify(app, **by_body, count=0)["inconclusive"]
    assert verify(app, in_order=[by_body])["inconclusive"]
    assert verify(app, on="start_service", where={"contact_key": {"absent": True}})["inconclusive"]


def test_verification_works_for_composites() -> None:
    app = App()
    app.post(
        f"{BASE}/services_composite/start",
        {"services": [{"service": {"contact_key": "k", "service_type": 1}}]},
    )
    entry = app.get("/_control/requests/1").json()
    assert entry["operation"] == "composite_start"
    assert verify(app, where={"body": {"service_type": 1}, "contact_key": "k"})["verified"]
    assert not verify(app, where={"body": {"service_type": 2}})["verified"]


NO_FAULT = {"response": {"fault": None}}


@pytest.mark.parametrize(
    ("question", "matched"),
    [
        (NO_FAULT, 5),
        ({"response": {"fault": {"equals": None}}}, 5),
        ({"on": "start_service", **NO_FAULT}, 2),
        ({"on": "start_service", "response": {"fault": None, "status": 503}, "count": 0}, 0),
        ({"in_order": [{"response": {"fault": "outage"}}, NO_FAULT]}, 2),
        ({"response": {"status": None}, "count": 0}, 0),
    ],
)
def test_null_wants_no_fault_and_no_status(app: App, question: Any, matched: int) -> None:
    assert verify(app, **question) == {"verified": True, "matched": matched, "near_misses": []}


def test_fault_that_was_not_wanted_is_shown(app: App) -> None:
    finding = verify(app, on="start_service", response={"fault": None, "status": 503})
    assert finding["near_misses"][1]["failed"] == [
        {"criterion": "response.fault", "expected": None, "found": ["outage"]}
    ]


def test_null_among_names_is_refused(app: App) -> None:
    found = refused(app, {"response": {"fault": [None, "outage"], "status": [None]}})
    assert found["response.fault"] == sentence("", "the name of a rule, or any", None)
    assert found["response.status"].startswith("expected a status from 100 to 599, or a class")


def test_request_that_was_never_answered_has_no_status() -> None:
    app = App(FROZEN + "faults: [{name: lost, on: end_service, connection: close}]\n")
    app.start()
    app.post(f"{BASE}/services/4294967297/end", {})
    finding = verify(app, response={"status": None})
    assert (finding["verified"], finding["matched"]) == (True, 1)
    finding = verify(app, on="end_service", response={"status": 204})
    assert finding["near_misses"][0]["failed"] == [
        {"criterion": "response.status", "expected": 204, "found": None}
    ]


def test_what_an_answer_lacks_is_not_known_while_it_is_open() -> None:
    app = App()
    entry = app.worlds.default.journal.open(0, "GET", "/x", [])
    app.worlds.default.journal.begin(entry, {}, NOBODY)
    for answer in ({"fault": None}, {"status": None}, {"fault": {"absent": True}}):
        finding = verify(app, response=answer)
        assert finding["verified"] is False
        assert finding["near_misses"][0]["failed"][0]["found"] == "not answered yet"
    app.worlds.default.journal.complete(entry, 200, [], b"", [], 0.0)
    assert verify(app, response={"fault": None, "status": 200})["verified"]


@pytest.mark.parametrize(
    ("connection", "received"),
    [
        ("reset", None),
        ("close", None),
        ("garbage", None),
        ({"truncate": {"after": 30}}, 201),
    ],
)
def test_status_is_the_one_that_the_client_received(connection: Any, received: int | None) -> None:
    app = App(FROZEN)
    rule = {"name": "lost", "on": "start_service", "connection": connection, "effect": "applied"}
    assert app.post("/_control/faults", rule).status == 201
    app.post(f"{BASE}/services/start", {"contact_key": "a"})
    lost = {"on": "start_service", "response": {"fault": "lost"}, "count": 1}
    assert verify(app, **lost)["verified"]
    for status in (None, 201):
        found = verify(app, response={"status": status})
        assert found["verified"] == (status == received)
    kept = app.get("/_control/requests?status=201").json()["requests"]
    assert len(kept) == (1 if received else 0)
