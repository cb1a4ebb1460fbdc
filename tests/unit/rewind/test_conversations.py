"""A rewound world is what a fresh server is that was sent the first requests."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_simulator.clock import thread_time
from tests.support.app import App
from tests.unit.control.test_report import applied

EXAMPLES = int(os.environ.get("CS_SIMULATOR_REWIND_EXAMPLES", "25"))
"""How many conversations are tried; the long run has 1,000."""

DOCUMENT = """
clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}
settings: {expiration: 2h}
customers:
  - {customer_id: C1, FirstName: Ada, LastName: Lovelace}
  - {customer_id: C2, FirstName: Grace, LastName: Hopper}
services:
  - {service_id: 77, customer_id: C1, service_type: 100, started: -90m}
  - {service_id: 5, contact_key: k1, service_type: 100, started: -5m, states: [{state_type: 1}]}
  - {service_id: 6, contact_key: k1, service_type: 7, started: -100m}
faults:
  - {name: moves, on: start_service, every: 3, advance: 20m}
  - {name: rate, on: start_service, above_rate: {calls: 2, per: 1m}, response: {status: 429}}
  - {name: lost, on: end_service, every: 2, connection: close, effect: applied}
  - {name: chance, on: start_task, probability: 0.4, response: {status: 503}}
  - {name: late, on: start_state, skip: 1, times: 2, response: {status: 503}}
  - {name: seq, on: end_task, sequence: [{response: {status: 500}}, pass]}
stages:
  - {name: one, until: {calls: 3, on: start_service}}
  - name: two
    until: {elapsed: 50m}
    faults: [{name: stage, on: start_state, response: {status: 503}, times: 2}]
  - {name: three, then: one}
"""

SERVICES = ("77", "5", "6", "4294967297", "4294967298", "4294967299")
PARTS = ("1001", "1002", "500001", "500002")
BASE = "/genesys/1/cs"

_BEGIN, _END = "2026-01-01T00:00:00.000Z", "2026-01-05T10:00:00.000Z"

service = st.sampled_from(SERVICES)
part = st.sampled_from(PARTS)
customer = st.sampled_from(("C1", "C2", "0004Va58A92T0017"))
key = st.sampled_from(("k1", "k2"))

CALLS = st.one_of(
    st.builds(
        lambda k, t: ("POST", "/services/start", {"contact_key": k, "service_type": t}),
        key,
        st.sampled_from((100, 7)),
    ),
    st.builds(lambda c: ("POST", "/services/start", {"customer_id": c}), customer),
    st.builds(lambda s: ("POST", f"/services/{s}/end", {"disposition": 1}), service),
    st.builds(lambda s: ("DELETE", f"/services/{s}", None), service),
    st.builds(lambda s: ("POST", f"/services/{s}/states/start", {"state_type": 4}), service),
    st.builds(lambda s, p: ("POST", f"/services/{s}/states/{p}/end", {}), service, part),
    st.builds(lambda s: ("POST", f"/services/{s}/tasks/start", {"task_type": 4}), service),
    st.builds(lambda s, p: ("POST", f"/services/{s}/tasks/{p}/end", {}), service, part),
    st.builds(lambda s, k: ("PUT", f"/services/{s}/contact_key", {"contact_key": k}), service, key),
    st.builds(
        lambda s, c: ("PUT", f"/services/{s}/customer_id", {"customer_id": c}), service, customer
    ),
    st.just(("POST", "/profiles", {"FirstName": "Alan", "LastName": "Turing"})),
    st.builds(lambda c: ("PUT", f"/profiles/{c}", {"FirstName": "New"}), customer),
    st.builds(lambda c: ("DELETE", f"/profiles/{c}", None), customer),
    st.builds(lambda c: ("GET", f"/customers/{c}/services", None), customer),
    st.builds(lambda c: ("PUT", f"/profiles/C1/merge/{c}", {}), customer),
    st.builds(
        lambda s, n: ("PUT", f"/services/{s}/extensions/x", {"n": n}), service, st.integers()
    ),
    st.just(("POST", f"/maintenance/services/files?time_from={_BEGIN}", None)),
    st.builds(
        lambda mode: ("POST", "/server/mode", {"mode": mode}),
        st.sampled_from(("production", "maintenance")),
    ),
    st.builds(
        lambda what: ("POST", "/maintenance/purge", {"limit": _END, "operation": what}),
        st.sampled_from(("purge.service.completed", "purge.service.started.anonymous")),
    ),
    st.just(("GET", "/nowhere", None)),
    st.just(("POST", "/services/start", ["no map"])),
)


def send(app: App, call: tuple[str, str, Any], world: str = "") -> int:
    method, path, body = call
    return app.ask(method, f"{world}{BASE}{path}", body).status


def snapshot(app: App, world: str = "") -> bytes:
    return app.get(f"{world}/_control/snapshot").body


def state_in_report(app: App, before: int) -> Any:
    """Return what a report says of the state before a request."""
    report = app.get("/_control/report?format=json").json()
    state = report["begin"]
    for each in report["changes"]:
        if each["request"] < before:
            state = applied(state, each["patch"])
    return state


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(CALLS, min_size=1, max_size=25), st.data())
def test_rewound_world_is_what_a_fresh_server_is(calls: list[Any], data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(calls)))
    app, fresh = App(DOCUMENT), App(DOCUMENT)
    for call in calls:
        send(app, call)
    for call in calls[:count]:
        send(fresh, call)
    wanted = snapshot(fresh)
    before = count + 1
    whole = snapshot(app)
    copied = app.put("/_control/worlds/copy", {"from": "default", "before": before})
    assert copied.status == 201, copied.body
    assert snapshot(app, "/_world/copy") == wanted
    assert snapshot(app) == whole  # to look back changes nothing
    assert state_in_report(app, before) == json.loads(wanted)
    assert snapshot(app) == whole
    reply = app.post("/_control/rewind", {"before": before})
    assert reply.status == 200, reply.body
    assert snapshot(app) == wanted
    for world in ("", "/_world/copy"):  # and it goes on as a fresh one does
        for call in calls[count:]:
            send(app, call, world)
    for call in calls[count:]:
        send(fresh, call)
    assert snapshot(app) == snapshot(fresh) == snapshot(app, "/_world/copy") == whole


def test_metadata_and_the_customers_they_concern_are_taken_back() -> None:
    document = DOCUMENT.replace("C1", "X")  # not the first in the order of ids
    app, fresh = App(document), App(document)
    keys, schemas = "/metadata/identification-keys", "/metadata/profiles/extensions"
    phone = {
        "name": "Phone",
        "type": "multi-valued",
        "attributes": [{"name": "number", "type": "string"}],
    }
    maintenance, production = (
        ("POST", "/server/mode", {"mode": mode}) for mode in ("maintenance", "production")
    )
    first = [
        maintenance,
        ("POST", schemas, phone),
        ("POST", keys, {"name": "idTitle", "attributes": ["Title"]}),
        production,
        ("POST", "/profiles", {"Title": "Dr", "Phone": [{"number": "1"}]}),
    ]
    then = [
        ("DELETE", "/profiles/X", None),
        maintenance,
        ("DELETE", f"{keys}/idTitle", None),
        ("DELETE", f"{schemas}/Phone", None),
        ("POST", keys, {"name": "idTitle", "attributes": ["Title", "FirstName"]}),
        production,
        ("POST", "/profiles", {"Title": "Dr", "FirstName": "Grace"}),
    ]
    for call in first:
        for each in (app, fresh):
            assert send(each, call) < 300
    for call in then:
        assert send(app, call) < 300
    after, before = snapshot(app), len(first) + 1
    assert app.put("/_control/worlds/copy", {"from": "default", "before": before}).status == 201
    assert snapshot(app, "/_world/copy") == snapshot(fresh)
    for call in then:
        send(app, call, "/_world/copy")  # what is done to the copy is not done to the world
    assert app.post("/_control/rewind", {"before": before}).status == 200
    assert snapshot(app) == snapshot(fresh)
    for query in ("Title=Dr", "LastName=Hopper"):
        found = app.get(f"{BASE}/profiles?{query}&extensions=*").json()
        assert found == fresh.get(f"{BASE}/profiles?{query}&extensions=*").json()
        assert len(found) == 1
    for call in then:
        assert send(app, call) < 300
    assert snapshot(app) == after


def test_services_come_back_in_the_order_of_their_creation() -> None:
    app, fresh = App(DOCUMENT), App(DOCUMENT)
    first = [
        ("DELETE", "/services/5", None),
        ("POST", "/services/start", {"contact_key": "k1", "service_type": 100}),
    ]
    for call in first:
        assert send(app, call) == send(fresh, call) < 300
    for gone in ("77", "4294967297"):
        assert send(app, ("DELETE", f"/services/{gone}", None)) < 300
    assert app.post("/_control/rewind", {"before": 3}).status == 200
    assert snapshot(app) == snapshot(fresh)


def test_thousand_requests_are_taken_back_fast() -> None:
    app = App(DOCUMENT.partition("faults:")[0])
    for number in range(333):
        service = 4294967297 + number
        app.post(f"{BASE}/services/start", {"contact_key": f"key {number}", "service_type": 1})
        app.post(f"{BASE}/services/{service}/states/start", {"state_type": 1})
        app.post(f"{BASE}/services/{service}/end", {})
    begun = thread_time()
    app.worlds.default.rewind(2)
    took = thread_time() - begun
    assert len(app.worlds.default.journal) == 1
    assert took < 0.2  # ten times the budget: the benchmarks hold that
