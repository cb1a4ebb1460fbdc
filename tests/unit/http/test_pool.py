"""The pool: one job at a time for a world, and threads that come and go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from threading import Barrier, Event, Lock

import pytest

from cs_simulator.http import dispatch
from cs_simulator.http.dispatch import Pool
from tests.unit.faults.support import until


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(3)
    yield made
    made.close()
    until(lambda: not any(each.name == "slow" for each in threading.enumerate()))


def test_jobs_of_one_world_are_done_one_after_another(pool: Pool) -> None:
    done: list[int] = []
    at_once, most, lock = 0, 0, Lock()

    def job(number: int) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        Event().wait(0.001)
        done.append(number)
        with lock:
            at_once -= 1

    for number in range(20):
        pool.submit("w", lambda number=number: job(number))  # type: ignore[misc]
    until(lambda: not pool)
    assert (done, most) == (list(range(20)), 1)


def test_a_world_that_takes_long_leaves_threads_to_others(pool: Pool) -> None:
    let_go, done = Event(), Event()
    for _ in range(5):
        pool.submit("slow", lambda: let_go.wait(20))
    pool.submit("other", done.set)
    assert done.wait(20)
    assert len(pool) == 1
    let_go.set()
    until(lambda: not pool)


def test_no_more_threads_than_allowed(pool: Pool) -> None:
    let_go = Event()
    before = threading.active_count()
    for number in range(20):
        pool.submit(f"w{number}", lambda: let_go.wait(20))
    until(lambda: threading.active_count() == before + 3)
    let_go.set()
    until(lambda: not pool)


def test_a_job_that_fails_is_told_and_harms_no_other(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    done = Event()
    pool.submit("w", lambda: 1 / 0)
    pool.submit("w", done.set)
    assert done.wait(20)
    assert "ZeroDivisionError" in caplog.text
    assert caplog.messages == ["a job of world w failed"]


def test_threads_that_have_nothing_to_do_end(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    monkeypatch.setattr(dispatch, "SPARE", 0.01)
    before = threading.active_count()
    for number in range(3):
        pool.submit(f"w{number}", lambda: None)
    until(lambda: threading.active_count() == before)
    done = Event()
    pool.submit("w", done.set)
    assert done.wait(20)


def threads_of(pool: Pool, jobs: int) -> set[threading.Thread]:
    """Return the threads that carry out some jobs at the same time, once they are idle."""
    together, seen = Barrier(jobs, timeout=20), list[threading.Thread]()

    def job() -> None:
        seen.append(threading.current_thread())
        together.wait()

    for number in range(jobs):
        pool.submit(f"w{number}", job)
    until(lambda: not pool)
    assert len(seen) == jobs
    return set(seen)


def all_idle(pool: Pool, threads: int) -> bool:
    with pool._changed:  # none that has the lock is between two jobs
        return pool._idle == threads


def test_threads_that_are_idle_are_used_before_others_are_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch, "SPARE", 60.0)
    pool = Pool(3)
    two = threads_of(pool, 2)
    assert len(two) == 2
    assert all(each.daemon for each in two), "none keeps the process from ending"
    until(lambda: all_idle(pool, 2))
    assert threads_of(pool, 2) == two
    until(lambda: all_idle(pool, 2))
    assert threads_of(pool, 3) > two
    pool.close()


def test_as_many_threads_as_ended_can_be_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(3)
    for _ in range(2):
        monkeypatch.setattr(dispatch, "SPARE", 0.0)
        threads = threads_of(pool, 3)
        for each in threads:
            each.join(20)
    monkeypatch.setattr(dispatch, "SPARE", 60.0)
    [thread] = threads_of(pool, 1)
    until(lambda: all_idle(pool, 1))
    assert threads_of(pool, 1) == {thread}
    pool.close()


def test_job_that_comes_as_its_thread_gives_up_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    class TooLate(threading.Condition):
        """Is told in the moment in which its time is over."""

        def wait(self, timeout: float | None = None) -> bool:
            super().wait(timeout)
            return False

    monkeypatch.setattr(dispatch, "SPARE", 60.0)
    monkeypatch.setattr(dispatch, "Condition", TooLate)
    pool, done = Pool(1), Event()
    threads_of(pool, 1)
    until(lambda: all_idle(pool, 1))
    pool.submit("w", done.set)
    assert done.wait(20)
    pool.close()


def test_without_a_thread_a_job_is_done_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class NoThread:
        def __init__(self, **_named: object) -> None:
            pass

        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(dispatch, "Thread", NoThread)
    pool = Pool(2)
    done: list[str] = []
    pool.submit("w", lambda: done.append("here"))
    assert (done, len(pool)) == (["here"], 0)
    why = "can't start new thread"
    assert caplog.messages == [f"cannot start a thread ({why}); a long request delays others"]
    monkeypatch.undo()
    later = Event()
    pool.submit("w", later.set)
    assert later.wait(20)
    pool.close()
