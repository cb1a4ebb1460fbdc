"""The clock of a world: read, set, moved; what falls due happens on the way."""

from __future__ import annotations

import pytest

from tests.control.app import BASE, FROZEN, App

RETAINED = (
    FROZEN
    + """
settings: {auto_complete: {enabled: true, after: 1h}, expiration: 2h}
services: [{service_id: 5, contact_key: a}]
"""
)


def test_frozen_clock_stands_still_until_it_is_moved() -> None:
    app = App()
    for _ in range(2):
        assert app.get("/_control/clock").json() == {
            "world": "default",
            "mode": "frozen",
            "now": "2026-01-05T09:00:00.000Z",
        }
    moved = app.post("/_control/clock/advance", {"by": "90m"})
    assert moved.json()["now"] == "2026-01-05T10:30:00.000Z"
    reply = app.start()
    assert reply.headers["Date"] == "Mon, 05 Jan 2026 10:30:00 GMT"
    shown = app.get(f"{BASE}/services/4294967297").json()
    assert shown["started"]["timestamp"] == "2026-01-05T10:30:00.000Z"


def test_advance_crosses_what_falls_due_in_order() -> None:
    app = App(RETAINED)
    app.post("/_control/clock/advance", {"by": "61m"})
    shown = app.get(f"{BASE}/services/5").json()
    assert shown["completed"]["timestamp"] == "2026-01-05T10:00:00.000Z"
    app.post("/_control/clock/advance", {"by": "59m"})
    assert app.get(f"{BASE}/services/5").status == 400


def test_clock_set_back_brings_nothing_back_to_life() -> None:
    app = App(RETAINED)
    app.put("/_control/clock", {"mode": "frozen", "at": "2026-01-06T00:00:00.000Z"})
    assert app.get(f"{BASE}/services/5").status == 400
    answer = app.put("/_control/clock", {"mode": "frozen", "at": "2026-01-05T09:00:00.000Z"})
    assert answer.json()["hint"] == "the clock was set back: what has happened stays as it is"
    assert app.get(f"{BASE}/services/5").status == 400


def test_freeze_keeps_the_present_instant() -> None:
    app = App("{}")
    frozen = app.put("/_control/clock", {"mode": "frozen"}).json()["now"]
    assert app.get("/_control/clock").json() == {
        "world": "default",
        "mode": "frozen",
        "now": frozen,
    }


def test_offset_clock_runs_from_the_instant_given() -> None:
    app = App("{}")
    app.put("/_control/clock", {"mode": "offset", "at": "2030-01-01T00:00:00.000Z"})
    now = app.get("/_control/clock").json()["now"]
    assert now.startswith("2030-01-01T00:00:")


def test_reset_brings_the_clock_back() -> None:
    app = App()
    app.post("/_control/clock/advance", {"by": "1d"})
    app.put("/_control/clock", {"mode": "real"})
    app.post("/_control/reset")
    assert app.get("/_control/clock").json()["now"] == "2026-01-05T09:00:00.000Z"


@pytest.mark.parametrize(
    ("method", "path", "body", "at", "detail"),
    [
        ("POST", "clock/advance", {"by": "-2h"}, "by", "found '-2h', expected a span of time"),
        ("POST", "clock/advance", {"by": 5}, "by", "found 5, expected a span of time"),
        ("POST", "clock/advance", {"to": "2h"}, "to", "unknown key; allowed: by"),
        ("POST", "clock/advance", {"by": "9000y"}, "by", "the year 9999 is the last"),
        (
            "PUT",
            "clock",
            {"mode": "frosen"},
            "mode",
            "found 'frosen', expected one of real, offset",
        ),
        ("PUT", "clock", {"at": "soon"}, "at", "found 'soon', expected a date"),
        ("PUT", "clock", {"mode": "real", "at": "2026-01-05T09:00:00.000Z"}, "at", "a real clock"),
        ("PUT", "clock", {}, "", 'expected {"mode": "frozen", "at": <a date>}'),
        ("PUT", "clock", [], "", 'expected {"mode": "frozen", "at": <a date>}'),
    ],
)
def test_clock_that_cannot_be(method: str, path: str, body: object, at: str, detail: str) -> None:
    app = App()
    reply = app.ask(method, f"/_control/{path}", body)
    assert reply.status == 400
    error = reply.json()["errors"][0]
    assert error["at"] == at
    assert error["detail"].startswith(detail)
    assert app.get("/_control/clock").json()["now"] == "2026-01-05T09:00:00.000Z"


def test_real_clock_cannot_be_advanced() -> None:
    reply = App("{}").post("/_control/clock/advance", {"by": "1h"})
    assert reply.status == 400
    assert reply.json()["errors"][0]["detail"] == (
        "a real clock cannot be moved: set its mode to offset or frozen"
    )
