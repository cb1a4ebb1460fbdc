"""Verification that waits for what is still to come, and holds nobody up."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

from cs_simulator.clock import stopwatch
from cs_simulator.journal.entries import NOBODY
from tests.support.app import BASE, FROZEN, App
from tests.support.responses import Response

START = {"on": "start_service", "within": "30s"}


def until_waiting(app: App, count: int = 1) -> None:
    """Wait until so many verifications or responses are held back."""
    begun = stopwatch()
    while len(app.worlds.waiting) != count:
        assert stopwatch() - begun < 10
        Event().wait(0.001)


@contextmanager
def waiting(app: App, question: Any) -> Iterator[Future[Response]]:
    """Ask in a thread of its own, and go on once it waits."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(app.post, "/_control/verify", question)
        try:
            until_waiting(app)
            yield asked
        finally:
            app.worlds.waiting.close()  # a wait that nothing ends must not last


def test_wait_ends_as_soon_as_it_is_true() -> None:
    app = App()
    begun = stopwatch()
    with waiting(app, {**START, "count": 2}) as asked:
        app.start()
        assert not asked.done()
        app.start()
        reply = asked.result(10)
    assert reply.json() == {"verified": True, "matched": 2, "near_misses": []}
    assert stopwatch() - begun < 10
    assert len(app.worlds.waiting) == 0


def test_wait_in_order_ends_as_soon_as_it_is_true() -> None:
    app = App()
    app.start()
    order = [{"on": "start_service"}, {"response": {"status": 404}}]
    with waiting(app, {"in_order": order, "within": "30s"}) as asked:
        app.get(f"{BASE}/nowhere")
        assert asked.result(10).json()["verified"]


def test_wait_ends_with_its_time() -> None:
    begun = stopwatch()
    app = App()
    app.start()
    reply = app.post("/_control/verify", {"on": "start_service", "count": 2, "within": "50ms"})
    assert 0.05 <= stopwatch() - begun < 10
    assert (reply.json()["verified"], reply.json()["matched"]) == (False, 1)


def test_nothing_is_waited_for_that_is_true_or_cannot_become_so() -> None:
    app = App()
    app.start()
    app.start()
    begun = stopwatch()
    assert app.post("/_control/verify", START).json()["verified"]
    assert not app.post("/_control/verify", {**START, "count": 1}).json()["verified"]
    assert stopwatch() - begun < 10


def test_operation_whose_reply_is_held_back_counts_already() -> None:
    app = App(FROZEN + "faults: [{name: slow, on: start_service, delay: 60s}]")
    with waiting(app, START) as asked, ThreadPoolExecutor(1) as pool:
        held = pool.submit(app.start)
        assert asked.result(10).json()["verified"]
        answered = {**START, "response": {"status": 201}, "within": "1ms"}
        assert not app.post("/_control/verify", answered).json()["verified"]
        assert app.get("/_control/requests/1").json()["state"] == "open"
        app.post("/_control/reset")
        held.result(10)


def test_reset_ends_the_wait() -> None:
    app = App()
    with waiting(app, START) as asked:
        app.post("/_control/reset")
        reply = asked.result(10)
    assert reply.status == 409
    assert "was reset" in reply.json()["detail"]


def test_clearing_the_journal_lets_none_come_true() -> None:
    app = App()
    app.start()
    with waiting(app, {**START, "count": 2}) as asked:
        app.delete("/_control/requests")
        app.start()
        app.start()
        assert asked.result(10).json()["matched"] == 2


def test_client_that_goes_away_ends_the_wait() -> None:
    app = App()
    begun = stopwatch()
    with waiting(app, START) as asked:
        [wait] = app.worlds.waiting._waits["default"]
        wait.finish("gone")
        reply = asked.result(10)
    assert stopwatch() - begun < 10
    assert not reply.json()["verified"]


def test_request_counts_from_the_moment_its_operation_begins() -> None:
    app = App()
    journal = app.worlds.default.journal
    entry = journal.open(0, "POST", "/x", [])
    unrouted = {"on": "unrouted", "within": "30s"}
    assert app.post("/_control/verify", {"on": "unrouted", "count": 0}).json()["verified"]
    with waiting(app, unrouted) as asked:
        journal.begin(entry, {}, NOBODY)
        assert asked.result(10).json()["verified"]


def test_wait_without_room_is_refused() -> None:
    app = App()
    app.worlds.waiting._most = 1
    with waiting(app, START):
        reply = app.post("/_control/verify", {**START, "count": 5})
        assert reply.status == 503
        assert "--max-waiting" in reply.json()["detail"]


def test_journal_forgets_who_waited() -> None:
    app = App()
    app.post("/_control/verify", {"on": "end_task", "within": "1ms"})
    assert not app.worlds.default.journal._watchers


def test_world_that_is_waited_for_is_in_use() -> None:
    with ThreadPoolExecutor(1) as pool:
        app = App(max_worlds=2, idle=0.0)
        app.start("w")
        asked = pool.submit(app.post, "/_world/w/_control/verify", {**START, "count": 2})
        until_waiting(app)
        assert app.start("another").status == 503
        app.start("w")
        assert asked.result(10).json()["verified"]
    assert app.start("another").status == 201
    assert app.worlds.names() == ["default", "another"]
