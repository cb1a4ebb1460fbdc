"""Replies that wait, or find no room to wait."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cs_simulator.api.arrival import Received, arrive, split_target
from cs_simulator.api.judging import RequestContext
from cs_simulator.api.outcome import HeldResponse, Outcome, PlannedResponse, deliver, waited
from cs_simulator.clock import stopwatch
from cs_simulator.faults import wire
from cs_simulator.faults.waiting import HeldWait, WaitingRoom
from cs_simulator.faults.wire import BREAKS
from cs_simulator.scenario.loader import LoadedScenario
from cs_simulator.worlds import ServedWorld
from tests.unit.faults.support import book, call, until

FULL = (
    "Too many responses are waiting: 1 response is waiting, 1 of them in this world; --max-waiting"
)

CLOSED = BREAKS["close"].script


class Sent:
    """One request on its way out, in a world and a room of its own."""

    def __init__(self, most: int = 4) -> None:
        self.room = WaitingRoom(most)
        self.world = ServedWorld("w", LoadedScenario("s"), room=self.room)
        self.waits: list[HeldWait] = []
        self.plan: wire.Plan | None = None
        uri = "/genesys/1/cs/services/1"
        arrival = arrive(
            Received("GET", uri, {}, b"", "http://localhost"),
            split_target(uri),
            LoadedScenario("s"),
        )
        self.context = RequestContext(arrival, self.world)
        self.entry = self.context.note("get_service")

    def with_(self, *actions: dict[str, Any]) -> Outcome:
        """Deliver an answer as a rule for each of some actions says."""
        verdict = book(*({"on": "any", **action} for action in actions)).judge(call(), 0)
        answer = PlannedResponse(200, {}, b"{}") if verdict.carries_out else None
        result = deliver(self.context, answer, verdict)
        if isinstance(result, HeldResponse):
            self.waits.append(result.wait)
        outcome = waited(result, self.room)
        self.plan = outcome.plan
        return outcome


@pytest.fixture
def crowded() -> Iterator[Sent]:
    """A request for whose wait there is no room: another one waits."""
    sent = Sent()
    wait = HeldWait("w")
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(sent.room.hold, wait, None)
        until(lambda: len(sent.room) == 1)
        yield sent
        wait.finish("over")
        assert other.result(10) == "over"


def test_reply_that_no_rule_touches_just_leaves() -> None:
    sent = Sent()
    assert sent.with_().body == b"{}"
    assert (sent.plan, sent.waits) == (None, [])


def test_delays_hold_a_reply_back_together() -> None:
    sent = Sent()
    begun = stopwatch()
    assert sent.with_({"delay": "30ms"}, {"delay": "20ms"}).status == 200
    assert stopwatch() - begun >= 0.05
    assert (sent.entry.waited, sent.entry.state) == (50, "done")
    assert len(sent.room) == 0


@pytest.mark.parametrize(
    "action",
    [
        {"delay": "1s"},
        {"delay": "1s", "connection": "reset"},
        {"delay": "1s", "response": {"status": 200}},
        {"connection": "stall"},
        {"dribble": {"chunks": 2, "duration": "1s"}},
    ],
    ids=str,
)
def test_newest_delay_is_refused_where_there_is_no_room(
    crowded: Sent, action: dict[str, Any]
) -> None:
    response = crowded.with_(action)
    assert response.status == 503
    assert json.loads(response.body)["message"].startswith(FULL)
    assert crowded.plan is None
    assert (crowded.entry.status, crowded.entry.waited) == (503, 0)


@pytest.mark.parametrize("connection", ["reset", "close", "truncate", "garbage"])
def test_fault_that_does_not_wait_needs_no_room(crowded: Sent, connection: str) -> None:
    crowded.with_({"connection": connection})
    assert crowded.plan is not None
    assert crowded.plan.leaves(b"head", b"body") == BREAKS[connection].script(b"head", b"body")


def test_client_that_goes_away_ends_its_wait() -> None:
    sent = Sent()
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(sent.with_, {"delay": "1h"})
        until(lambda: len(sent.room) == 1)
        [wait] = sent.waits
        wait.finish("gone")
        assert response.result(10).status == 503
    assert sent.plan is not None
    assert (sent.plan.leaves, sent.entry.state) == (CLOSED, "aborted")
    assert sent.entry.waited > 0


def test_reset_ends_the_wait_and_closes_the_connection() -> None:
    sent = Sent()
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(sent.with_, {"delay": "1h"})
        until(lambda: len(sent.room) == 1)
        sent.world.reset()
        response.result(10)
    assert sent.plan is not None
    assert sent.plan.leaves == CLOSED
    assert sent.world.journal.entries() == []


@pytest.mark.parametrize("action", [{"delay": "1h"}, {"delay": "1h", "response": {"status": 500}}])
def test_reset_between_the_operation_and_the_wait_is_seen(action: dict[str, Any]) -> None:
    sent = Sent()
    sent.world.reset()
    begun = stopwatch()
    sent.with_(action)
    assert stopwatch() - begun < 10
    assert sent.plan is not None
    assert sent.plan.leaves == CLOSED


def test_wait_that_is_over_when_the_world_is_no_more_closes_the_connection() -> None:
    sent = Sent()
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(sent.with_, {"delay": "1h"})
        until(lambda: len(sent.room) == 1)
        sent.world.generation += 1
        sent.waits[0].finish("over")
        response.result(10)
    assert sent.plan is not None
    assert sent.plan.leaves == CLOSED


def test_reset_makes_a_stall_stale() -> None:
    sent = Sent()
    sent.with_({"connection": "stall"})
    assert sent.plan is not None
    assert (sent.plan.world, sent.plan.is_stale()) == ("w", False)
    sent.world.reset()
    assert sent.plan.is_stale()


def test_first_dribble_is_the_one() -> None:
    sent = Sent()
    sent.with_(
        {"dribble": {"chunks": 2, "duration": "1s"}, "times": 0},
        {"dribble": {"chunks": 3, "duration": "0s"}},
        {"dribble": {"chunks": 4, "duration": "1s"}},
    )
    assert sent.plan is not None
    script = sent.plan.leaves(b"", b"abc")
    assert (script.pieces, script.pause) == ([b"a", b"b", b"c"], 0)
