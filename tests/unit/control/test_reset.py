"""A reset is a reset: afterwards a world answers as a fresh server does, to the byte."""

from __future__ import annotations

from functools import cache
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_simulator.api.judging import RequestContext
from cs_simulator.journal.entries import JournalEntry
from tests.support.app import BASE, App
from tests.support.chance import examples
from tests.support.responses import Response

DOCUMENT = """
clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}
seed: 11
settings: {auto_complete: {enabled: true, after: 3h}, expiration: 2d}
customers: [{customer_id: C-1, FirstName: Ada, LastName: Lovelace}]
services:
  - {service_id: 5, customer_id: C-1, states: [{state_id: 24, tasks: [{task_id: 3}]}]}
  - {contact_key: k, started: -1h, extensions: {note: {a: 1}}}
faults:
  - {name: flaky, on: get_service, probability: 0.4, response: {status: 503}}
  - {name: turns, on: end_service, sequence: [{response: {status: 500}}, pass], repeat: forever}
stages:
  - {name: first, until: {calls: 4, on: start_service}}
  - {name: second, until: {elapsed: 1h}, faults: [{on: start_state, response: {status: 503}}]}
  - {name: third, then: first, until: {calls: 1, on: delete_service}}
"""

Call = tuple[str, str, Any]

CALLS: list[Call] = [
    ("POST", f"{BASE}/services/start", {"contact_key": "k", "service_type": 1}),
    ("POST", f"{BASE}/services/5/states/start", {"state_type": 2}),
    ("POST", f"{BASE}/services/5/tasks/start", {"state_id": 24}),
    ("POST", f"{BASE}/services/5/end", {"disposition": 1}),
    ("POST", f"{BASE}/services/4294967297/end", {}),
    ("PUT", f"{BASE}/services/5/extensions/note", [1]),
    ("PUT", f"{BASE}/services/4294967297", {"ttl": 60}),
    ("DELETE", f"{BASE}/services/5", None),
    ("GET", f"{BASE}/services/5?extensions=*", None),
    ("GET", f"{BASE}/services/anonymous/k", None),
    ("POST", f"{BASE}/profiles", {"FirstName": "Grace"}),
    ("POST", f"{BASE}/maintenance/services/files?time_from=2000-01-01T00:00:00.000Z", None),
    ("POST", f"{BASE}/nothing", {}),
    ("PUT", "/_control/clock", {"mode": "offset"}),
    ("PUT", "/_control/clock", {"mode": "frozen", "time": "2026-01-05T11:30:00.000Z"}),
    ("POST", "/_control/clock/advance", {"by": "90m"}),
    ("PUT", "/_control/faults/mine", {"on": "any", "times": 2, "response": {"status": 418}}),
    ("DELETE", "/_control/faults/flaky", None),
    ("DELETE", "/_control/faults", None),
    ("POST", "/_control/stage/next", None),
    ("PUT", "/_control/stage", {"name": "third"}),
]

PROBE: list[Call] = [
    ("GET", "/_control/clock", None),
    ("GET", "/_control/stage", None),
    ("GET", "/_control/faults", None),
    ("GET", "/_control/exports", None),
    *CALLS[:12],
    *CALLS[:12],
    ("GET", f"{BASE}/profiles?FirstName=Grace&LastName=Lovelace", None),
    ("GET", f"{BASE}/maintenance/services/stream?time_from=2000-01-01T00:00:00.000Z", None),
    ("GET", "/_control/faults", None),
    ("GET", "/_control/stage", None),
]


def probe(app: App) -> list[Response]:
    """Return the answers to the probe sequence, headers and all but what names the process."""
    answers = [app.ask(method, path, body) for method, path, body in PROBE]
    for answer in answers:
        answer.headers.pop("X-Simulator-Instance", None)
    return answers


@cache
def fresh() -> list[Response]:
    """Return what a fresh application answers."""
    return probe(App(DOCUMENT))


@settings(
    max_examples=examples(25),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(CALLS), max_size=25))
def test_world_after_a_reset_answers_as_a_fresh_one(calls: list[Call]) -> None:
    app = App(DOCUMENT)
    for method, path, body in calls:
        app.ask(method, path, body)
    assert app.post("/_control/reset").status == 200
    assert probe(app) == fresh()


def test_probe_sees_what_a_call_changed() -> None:
    unseen = []
    for call in CALLS:
        app = App(DOCUMENT)
        app.ask(*call)
        if probe(app) == fresh():
            unseen.append(call)
    assert unseen == []


def test_reset_answers_what_it_cleared() -> None:
    app = App(DOCUMENT)
    app.start(key="x")
    app.ask(*CALLS[11])
    assert app.post("/_control/reset").json() == {
        "world": "default",
        "scenario": "s",
        "cleared": {"services": 3, "customers": 1, "requests": 2, "exports": 3},
        "base_paths": {"8.5": "/genesys/1/cs", "8.1": "/"},
    }
    assert app.post("/_control/reset").json()["cleared"]["requests"] == 0


@pytest.mark.parametrize("path", ["services/start", "nowhere"])
def test_request_on_its_way_across_a_reset_stores_and_notes_nothing(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App("clock: {time: 2026-01-05T09:00:00.000Z}")
    noted, let_go = Event(), Event()
    note = RequestContext.note

    def note_and_wait(context: RequestContext, operation: str) -> JournalEntry:
        entry = note(context, operation)
        noted.set()
        assert let_go.wait(10)
        return entry

    monkeypatch.setattr(RequestContext, "note", note_and_wait)
    replies: list[Response] = []
    body = {"contact_key": "a"}
    late = Thread(target=lambda: replies.append(app.post(f"{BASE}/{path}", body)))
    late.start()
    assert noted.wait(10)
    world = app.worlds.default
    assert [entry.state for entry in world.journal.entries()] == ["open"]
    assert app.post("/_control/reset").status == 200
    let_go.set()
    late.join(10)
    assert len(world.begin().store) == 0
    assert world.journal.entries() == []
    # What a client sees of it is a connection that closes: tests/unit/faults/test_wire.py.
    assert (replies[0].status, replies[0].body) == (503, b"")
    assert app.start().json() == {"service_id": 4294967297}
