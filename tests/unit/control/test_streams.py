"""Streams without a server: what is written when, and what waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from cs_simulator.control import streams
from cs_simulator.control.streams import (
    AT_ONCE,
    HEARTBEAT,
    MOST_MISSED,
    MOST_UNREAD,
    EventStream,
    Streams,
)
from cs_simulator.journal.feed import MOST_CHANGES, MOST_PENDING
from tests.support.app import FROZEN, App


class FakeLoop:
    """Timers that are due when a test says so."""

    def __init__(self) -> None:
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def later(self, seconds: float, act: Callable[[], None]) -> Callable[[], None]:
        timer = (seconds, act)
        self.timers.append(timer)
        return lambda: self.timers.remove(timer) if timer in self.timers else None

    def turn(self, beats: bool = False) -> None:
        """Do what is due soon, until nothing is; or what is due at the next heartbeat."""
        for _ in range(100):
            due = [each for each in self.timers if (each[0] == HEARTBEAT) == beats]
            if not due:
                return
            for timer in due:
                self.timers.remove(timer)
                timer[1]()
            if beats:
                return


class FakeOutlet:
    """A client that reads everything, or nothing."""

    def __init__(self, loop: FakeLoop) -> None:
        self._loop = loop
        self.text = ""
        self.unread = 0
        self.reads = True

    def write(self, data: bytes) -> None:
        self.text += data.decode("ascii")
        if not self.reads:
            self.unread += len(data)

    def backlog(self) -> int:
        return self.unread

    def soon(self, act: Callable[[], None]) -> None:
        self._loop.later(0.0, act)

    def later(self, seconds: float, act: Callable[[], None]) -> Callable[[], None]:
        return self._loop.later(seconds, act)

    def told(self, kind: str) -> list[dict[str, object]]:
        """Return the data of the events of a kind."""
        events = [each.split("\n") for each in self.text.split("\n\n")]
        return [
            json.loads(lines[-1].removeprefix("data: "))
            for lines in events
            if f"event: {kind}" in lines
        ]


def streaming(
    app: App, last: str | None = None, world: str | None = None
) -> tuple[FakeLoop, FakeOutlet, EventStream]:
    loop = FakeLoop()
    outlet = FakeOutlet(loop)
    stream = EventStream(Streams(app.worlds, None), world, last)
    stream.begin(outlet)
    loop.turn()
    return loop, outlet, stream


def test_ten_thousand_worlds_are_told() -> None:
    app = App(max_worlds=10_001)
    first = f"{app.worlds.feed.instance}-{app.worlds.feed.number}"
    for number in range(10_000):
        app.worlds.set_up(f"w{number}", lambda world: world)
    loop, outlet, _ = streaming(app, first)
    assert len(outlet.told("world")) == MOST_CHANGES
    assert "no longer kept" in str(outlet.told("dropped")[0]["reason"])
    app.start("w17")
    loop.turn()
    assert [each["world"] for each in outlet.told("response")] == ["w17"]


def test_more_changes_than_are_told_at_once_come_from_the_journals() -> None:
    app = App()
    loop, outlet, _ = streaming(app)
    app.start()
    feed, [entry] = app.worlds.feed, app.worlds.default.journal.entries()
    for _ in range(MOST_PENDING + 1):
        feed.note("default", "response", entry)
    loop.turn()
    assert len(outlet.told("response")) == 1


def test_more_changes_than_can_be_missed_are_cut_and_told() -> None:
    app = App(max_worlds=10)
    first = f"{app.worlds.feed.instance}-{app.worlds.feed.number}"
    for world in range(6):
        for _ in range(1_000):
            app.start(f"w{world}")
    _, outlet, _ = streaming(app, first)
    [dropped] = outlet.told("dropped")
    assert "more than 5,000 changes" in str(dropped["reason"])
    total = len(outlet.told("response")) + len(outlet.told("world"))
    assert total == MOST_MISSED


def in_steps(loop: FakeLoop, outlet: FakeOutlet) -> Iterator[int]:
    """Call one timer at a time; yield how many events each call has sent."""
    while due := [each for each in loop.timers if each[0] != HEARTBEAT]:
        loop.timers.remove(due[0])
        before = outlet.text.count("event: ")
        due[0][1]()
        yield outlet.text.count("event: ") - before


def behind(app: App, worlds: int, calls: int) -> tuple[FakeLoop, FakeOutlet, EventStream]:
    """Return a stream whose client has missed calls in several worlds, before its first step."""
    first = f"{app.worlds.feed.instance}-{app.worlds.feed.number}"
    for world in range(worlds):
        for _ in range(calls):
            app.start(f"w{world}")
    loop = FakeLoop()
    outlet = FakeOutlet(loop)
    stream = EventStream(Streams(app.worlds, None), None, first)
    stream.begin(outlet)
    return loop, outlet, stream


def test_what_was_missed_is_sent_in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LOOKED_AT", 300)
    app = App(max_worlds=10)
    loop, outlet, _ = behind(app, 6, 200)
    sent = list(in_steps(loop, outlet))
    assert max(sent) <= AT_ONCE
    assert len([each for each in sent if not each]) >= 2, "the journals are read in steps, too"
    assert len(outlet.told("response")) == 1_200


def test_what_happens_meanwhile_is_sent_after_what_was_missed() -> None:
    app = App(max_worlds=10)
    loop, outlet, _ = behind(app, 3, 200)
    for step, _ in enumerate(in_steps(loop, outlet)):
        if step < 5:
            app.start("w0")
    found = [(each["world"], each["id"]) for each in outlet.told("response")]
    wanted = [(f"w{world}", number) for world in range(3) for number in range(1, 201)]
    assert found == wanted + [("w0", 201 + number) for number in range(5)]


def test_much_that_happens_meanwhile_comes_from_the_journals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "MOST_MISSED", 500)
    app = App(max_worlds=10)
    loop, outlet, _ = behind(app, 2, 250)
    for step, _ in enumerate(in_steps(loop, outlet)):
        if step < 5:
            for _ in range(150):
                app.start("w0")
    numbers = [int(str(each["id"])) for each in outlet.told("response") if each["world"] == "w0"]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 1_000
    assert len(outlet.told("dropped")) >= 1


def test_client_that_leaves_is_sent_no_further_step() -> None:
    app = App(max_worlds=10)
    loop, outlet, stream = behind(app, 3, 200)
    steps = in_steps(loop, outlet)
    next(steps)
    stream.end()
    assert list(steps) == []
    assert not outlet.told("response") or len(outlet.told("response")) <= AT_ONCE


def test_client_that_does_not_read_is_told_no_more_than_it_may_leave() -> None:
    app = App()
    loop, outlet, _ = streaming(app)
    outlet.reads = False
    for _ in range(900):
        app.get("/genesys/1/cs/services/1?" + "q" * 1_900)
        loop.turn()
    assert outlet.unread < MOST_UNREAD + 5_000
    outlet.reads, outlet.unread = True, 0
    loop.turn()
    assert [each["id"] for each in outlet.told("response")] == list(range(1, 901))
    assert not outlet.told("dropped")


def test_every_block_of_a_stream_is_an_event() -> None:
    app = App()
    loop, outlet, _ = streaming(app)
    loop.turn(beats=True)
    app.start()
    loop.turn()
    *blocks, rest = outlet.text.split("\n\n")
    assert rest == ""
    assert len(blocks) == 2
    assert all(block.splitlines()[-1].startswith("data: ") for block in blocks)


def test_heartbeat_comes_and_ends_with_the_last_stream() -> None:
    app = App()
    loop, outlet, stream = streaming(app)
    loop.turn(beats=True)
    assert outlet.text.endswith("\n\n: still here\n")
    app.start()
    stream.end()
    stream.end()
    loop.turn()
    assert not loop.timers
    assert not outlet.told("response")


STAGED = (
    FROZEN
    + """
stages:
  - {name: a, until: {calls: 2}}
  - {name: b, until: {elapsed: 1h}}
  - {name: c, until: {calls: 1}, then: c}
"""
)


def test_each_stage_that_is_entered_is_told_once() -> None:
    app = App(STAGED)
    loop, outlet, _ = streaming(app)

    def told() -> list[object]:
        loop.turn()
        return [each["stage"] for each in outlet.told("stage")]

    app.start()
    assert told() == []
    app.start()
    app.get("/_control/stage")
    assert told() == ["b"]
    app.post("/_control/clock/advance", {"by": "1h"})
    assert told() == ["b", "c"]
    app.start()
    app.start()
    assert told() == ["b", "c", "c", "c"]
    app.put("/_control/stage", {"name": "a"})
    assert told() == ["b", "c", "c", "c", "a"]


def test_look_back_enters_no_stage() -> None:
    app = App(STAGED)
    loop, outlet, _ = streaming(app)
    app.start()
    app.start()
    app.post("/_control/clock/advance", {"by": "1h"})
    for look in ("report", "difference?from=1", "difference?from=2"):
        assert app.get(f"/_control/{look}").status == 200
    app.get("/_control/stage")
    loop.turn()
    assert [each["stage"] for each in outlet.told("stage")] == ["b", "c"]


def test_stage_that_is_entered_again_after_a_rewind_is_told_again() -> None:
    app = App(STAGED)
    loop, outlet, _ = streaming(app)
    app.start()
    app.start()
    assert app.post("/_control/rewind", {"before": 2}).status == 200
    app.get("/_control/stage")
    loop.turn()
    assert [each["stage"] for each in outlet.told("stage")] == ["b"]
    app.start()
    loop.turn()
    assert [each["stage"] for each in outlet.told("stage")] == ["b", "b"]
