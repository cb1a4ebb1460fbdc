"""Entries as a client would have left them in a journal, and what the judge makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cs_simulator.clock import format_http_date
from cs_simulator.documents.shape import Checker
from cs_simulator.domain.transaction import Effect
from cs_simulator.journal.entries import JournalEntry, keep_body
from cs_simulator.judge.attempts import Now
from cs_simulator.judge.court import Evidence, Expectation, Ruling, judge
from cs_simulator.judge.intents import VirtueResult
from cs_simulator.scenario.expect import EXPECT
from tests.support.problems import Said, said

WALL = 1_767_603_600_000
"""The machine's time when the stopwatch stands at zero: 2026-01-05T09:00:00.000Z."""

LOST: dict[str, Any] = {"broken": "close"}
CREATED: dict[str, Any] = {"effects": [Effect("created", "service", 1)]}


def attempt(
    at: float,
    status: int | None = 201,
    *,
    body: bytes = b'{"contact_key": "a"}',
    took: float | None = 1,
    retry_after: str | None = None,
    **more: Any,
) -> JournalEntry:
    """Return a request that arrived so many milliseconds after the beginning."""
    entry = JournalEntry(0, WALL + round(at), "POST", "/genesys/1/cs/services/start", ())
    entry.operation = "start_service"
    keep_body(entry, body)
    entry.arrived = at / 1000
    entry.left = None if took is None else (at + took) / 1000
    entry.status = status
    entry.state = "open" if took is None else "done"
    if retry_after is not None:
        entry.response_headers = (("Retry-After", retry_after),)
    for name, value in more.items():
        setattr(entry, name, value)
    return entry


def lost(at: float, **more: Any) -> JournalEntry:
    """Return a start that was carried out, and whose answer was lost."""
    return attempt(at, **{**LOST, **CREATED, **more})


def busy(at: float, **more: Any) -> JournalEntry:
    """Return a request that was refused for now."""
    return attempt(at, 503, **more)


def date(at: float) -> str:
    """Return an instant, so many milliseconds after the beginning, as a header writes it."""
    return format_http_date(WALL + round(at))


def expectation(document: dict[str, Any]) -> Expectation:
    """Return what a document expects, which must be right."""
    checker = Checker("test")
    expected: Expectation = EXPECT.check(document, "", checker)
    assert not checker, checker.problems
    return expected


def problems(document: Any) -> list[Said]:
    """Return the problems of an expectation."""
    checker = Checker("test")
    EXPECT.check(document, "", checker)
    return [said(problem, place=False) for problem in checker.problems]


def ruled(
    document: dict[str, Any],
    entries: Sequence[JournalEntry],
    *,
    now: float = 600_000,
    ended: bool = True,
    dropped: int = 0,
) -> Ruling:
    """Return the ruling on some requests."""
    for number, entry in enumerate(entries, 1):
        entry.id = number
    moment = Now(now / 1000, WALL + round(now))
    evidence = Evidence(entries, dropped)
    return judge([(expectation(document), evidence)], moment, has_ended=ended)


def found(document: dict[str, Any], *entries: JournalEntry, **more: Any) -> VirtueResult:
    """Return the one finding on some requests."""
    [finding] = ruled(document, entries, **more).results
    return finding


def verdict(document: dict[str, Any], *entries: JournalEntry, **more: Any) -> str:
    """Return the verdict on some requests."""
    return found(document, *entries, **more).verdict


def at_gaps(*gaps: float, status: int = 503) -> list[JournalEntry]:
    """Return refused attempts with gaps between them."""
    at, entries = 0.0, [attempt(0, status)]
    for gap in gaps:
        at += 1 + gap
        entries.append(attempt(at, status))
    return entries
