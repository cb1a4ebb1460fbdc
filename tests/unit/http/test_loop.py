"""The loop: what is due, what is ready, and what other threads ask for."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest

from cs_simulator.clock import stopwatch
from cs_simulator.http import loop as module
from cs_simulator.http.loop import READ, WRITE, Loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


def test_timers_are_due_in_their_order(loop: Loop) -> None:
    done: list[str] = []
    loop.later(0.02, lambda: done.append("second"))
    loop.later(0.0, lambda: done.append("first"))
    loop.later(3_600.0, lambda: done.append("never"))
    begun = stopwatch()
    while len(done) < 2:
        loop.turn(10)
    assert done == ["first", "second"]
    assert 0.02 <= stopwatch() - begun < 5


def test_timer_that_is_cancelled_does_not_happen(loop: Loop) -> None:
    done: list[str] = []
    timer = loop.later(0.0, lambda: done.append("it"))
    timer.cancel()
    timer.cancel()
    loop.turn(0)
    assert done == []


def test_timer_is_due_in_the_very_instant(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "stopwatch", lambda: 5.0)
    done: list[str] = []
    loop.later(0.0, lambda: done.append("it"))
    loop.turn(0)
    assert done == ["it"]


def test_turn_tells_whether_anything_was_done_in_it(loop: Loop) -> None:
    assert loop.turn(0) is False
    loop.later(0.0, lambda: None).cancel()
    assert loop.turn(0) is False
    loop.later(0.0, lambda: None)
    assert loop.turn(0) is True
    ours, theirs = socket.socketpair()
    with ours, theirs:
        loop.register(ours, WRITE, lambda _: None)
        assert loop.turn(0) is True
        loop.unregister(ours)
    loop.soon(lambda: None)
    assert loop.turn(0) is True


def test_cancelled_timers_are_let_go(loop: Loop) -> None:
    kept = loop.later(3_600.0, lambda: None)
    for _ in range(10_000):
        loop.later(3_600.0, lambda: None).cancel()
    assert len(loop._timers) < 200
    assert kept in [timer for _, _, timer in loop._timers]


def test_what_is_asked_for_soon_is_done_once_without_waiting(loop: Loop) -> None:
    done: list[int] = []
    loop.soon(lambda: done.append(1))
    begun = stopwatch()
    assert loop.turn(10) is True
    assert loop.turn(0) is False
    assert done == [1]
    assert stopwatch() - begun < 5


def test_what_asks_for_more_of_itself_lets_others_have_their_turn(loop: Loop) -> None:
    turns = 0

    def again() -> None:
        nonlocal turns
        turns += 1
        loop.soon(again)

    again()
    for _ in range(3):
        loop.turn(10)
    assert turns == 4


def test_another_thread_wakes_the_loop(loop: Loop) -> None:
    done: list[int] = []

    def ask() -> None:
        for _ in range(100):
            loop.soon(lambda: done.append(1))

    other = Thread(target=ask)
    begun = stopwatch()
    other.start()
    while len(done) < 100:
        loop.turn(10)
    other.join()
    assert stopwatch() - begun < 5


def test_another_thread_wakes_a_loop_that_has_just_begun_to_wait(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    other = Thread(target=loop.soon, args=(lambda: done.append("it"),))
    select_now = loop._selector.select

    def select(wait: float) -> Any:
        other.start()
        other.join()
        return select_now(wait)

    monkeypatch.setattr(loop._selector, "select", select)
    begun = stopwatch()
    loop.turn(10)
    assert done == ["it"]
    assert stopwatch() - begun < 5


def test_any_number_of_signals_is_taken(loop: Loop) -> None:
    """None waits until the loop has read those before it."""

    def interrupt() -> None:
        for _ in range(5_000):
            loop.interrupt()

    other = Thread(target=interrupt, daemon=True)
    other.start()
    other.join(10)
    assert not other.is_alive()
    while loop.turn(0):
        pass


class Crowded(socket.socket):
    """A socket on which another thread speaks up whenever it is about to be read."""

    speak: Callable[[], None]

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Let the other thread have its say, and read all of it."""
        thread = Thread(target=self.speak)
        thread.start()
        thread.join()
        return super().recv(size, flags)


def test_loop_that_is_woken_while_it_awakes_wakes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = socket.socketpair()
    crowded = Crowded(fileno=pair[0].detach())
    monkeypatch.setattr(socket, "socketpair", lambda: (crowded, pair[1]))
    loop = Loop()
    done: list[str] = []
    crowded.speak = lambda: loop.soon(lambda: done.append("while it awakes"))
    loop.interrupt()
    loop.turn(10)
    assert done == ["while it awakes"]
    crowded.speak = lambda: None
    thread = Thread(target=loop.soon, args=(lambda: done.append("later"),))
    thread.start()
    thread.join()
    assert select.select([crowded], [], [], 0)[0] == [crowded]
    loop.close()


def test_socket_is_asked_for_what_it_is_to_be_asked_for(loop: Loop) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        seen: list[int] = []
        loop.register(ours, WRITE, seen.append)
        loop.turn(0)
        assert seen == [WRITE]
        loop.modify(ours, READ, seen.append)
        loop.turn(0)
        assert seen == [WRITE]
        theirs.sendall(b"x")
        loop.turn(10)
        assert seen == [WRITE, READ]
        loop.unregister(ours)
        loop.turn(0)
        assert seen == [WRITE, READ]


def test_waking_a_loop_that_is_closed_does_nothing() -> None:
    made = Loop()
    made.close()
    Thread(target=made.wake).start()
    made.interrupt()


def test_failure_is_logged_and_ends_nothing_else(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by design")

    done: list[str] = []
    ours, theirs = socket.socketpair()
    with ours, theirs:
        loop.register(ours, WRITE, broken)
        loop.soon(broken)
        loop.soon(lambda: done.append("soon"))
        loop.later(0.0, broken)
        loop.later(0.0, lambda: done.append("timer"))
        loop.turn(0)
        loop.unregister(ours)
    assert sorted(done) == ["soon", "timer"]
    assert caplog.messages == ["a task of the event loop failed"] * 3
    assert [str(each.exc_info[1]) for each in caplog.records if each.exc_info] == ["by design"] * 3
