"""The clock of a world: read, set, moved; what falls due happens on the way."""

from __future__ import annotations

import pytest

from tests.support.app import BASE, FROZEN, App
from tests.support.problems import MODES, sentence

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
            "time": "2026-01-05T09:00:00.000Z",
        }
    moved = app.post("/_control/clock/advance", {"by": "90m"})
    assert moved.json()["time"] == "2026-01-05T10:30:00.000Z"
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
    app.put("/_control/clock", {"mode": "frozen", "time": "2026-01-06T00:00:00.000Z"})
    assert app.get(f"{BASE}/services/5").status == 400
    answer = app.put("/_control/clock", {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"})
    assert answer.json()["hint"] == "the clock was set back; existing data keeps its timestamps"
    assert app.get(f"{BASE}/services/5").status == 400


def test_freeze_keeps_the_present_instant() -> None:
    app = App("{}")
    frozen = app.put("/_control/clock", {"mode": "frozen"}).json()["time"]
    assert app.get("/_control/clock").json() == {
        "world": "default",
        "mode": "frozen",
        "time": frozen,
    }


def test_offset_clock_runs_from_the_instant_given() -> None:
    app = App("{}")
    app.put("/_control/clock", {"mode": "offset", "time": "2030-01-01T00:00:00.000Z"})
    now = app.get("/_control/clock").json()["time"]
    assert now.startswith("2030-01-01T00:00:")


def test_reset_brings_the_clock_back() -> None:
    app = App()
    app.post("/_control/clock/advance", {"by": "1d"})
    app.put("/_control/clock", {"mode": "real"})
    app.post("/_control/reset")
    assert app.get("/_control/clock").json()["time"] == "2026-01-05T09:00:00.000Z"


@pytest.mark.parametrize(
    ("method", "path", "body", "at", "detail"),
    [
        ("POST", "clock/advance", {"by": "-2h"}, "by", "expected a duration such as"),
        ("POST", "clock/advance", {"by": 5}, "by", "expected a duration such as"),
        ("POST", "clock/advance", {"to": "2h"}, "to", "unknown key; allowed: by"),
        (
            "POST",
            "clock/advance",
            {"by": "9000y"},
            "by",
            "'9000y' from 2026-01-05T09:00:00.000Z is later than 9999-12-31T23:59:59.",
        ),
        ("POST", "clock/advance", {"by": "9" * 12 + "y"}, "by", f"'{'9' * 12}y' from"),
        ("POST", "clock/advance", {}, "", 'empty body; expected {"by": "2h"}'),
        ("POST", "clock/advance", {"by": None}, "", 'empty body; expected {"by": "2h"}'),
        (
            "PUT",
            "clock",
            {"mode": "frosen"},
            "mode",
            sentence("", MODES, "frosen"),
        ),
        ("PUT", "clock", {"time": "soon"}, "time", "expected a date in the form"),
        (
            "PUT",
            "clock",
            {"mode": "real", "time": "2026-01-05T09:00:00.000Z"},
            "time",
            "not allowed with mode real",
        ),
        (
            "PUT",
            "clock",
            {},
            "",
            'empty body; expected {"mode": "frozen", "time": <a date>}',
        ),
        ("PUT", "clock", [], "", 'expected {"mode": "frozen", "time": <a date>}'),
    ],
)
def test_clock_that_cannot_be(method: str, path: str, body: object, at: str, detail: str) -> None:
    app = App()
    reply = app.ask(method, f"/_control/{path}", body)
    assert reply.status == 400
    [error] = reply.json()["errors"]
    assert error["at"] == at
    assert error["detail"].startswith(detail)
    assert app.get("/_control/clock").json()["time"] == "2026-01-05T09:00:00.000Z"


def test_real_clock_cannot_be_advanced() -> None:
    reply = App("{}").post("/_control/clock/advance", {"by": "1h"})
    assert reply.status == 400
    assert reply.json()["errors"][0]["detail"] == (
        "a real clock cannot be advanced; freeze it first (PUT /_control/clock "
        '{"mode": "frozen"}) or use mode offset'
    )


LAST = "9999-12-31T23:59:59.999Z"


def test_clock_goes_to_the_last_instant_and_not_beyond() -> None:
    app = App()
    assert app.put("/_control/clock", {"mode": "frozen", "time": LAST}).json()["time"] == LAST
    assert app.post("/_control/clock/advance", {"by": "0s"}).json()["time"] == LAST
    reply = app.post("/_control/clock/advance", {"by": "1ms"})
    assert reply.json()["errors"][0]["detail"] == (
        f"'1ms' from {LAST} is later than {LAST}, the latest possible time"
    )
    assert app.get("/_control/clock").json()["time"] == LAST


def test_clock_that_runs_keeps_a_day_to_run() -> None:
    app = App()
    day_before = "9999-12-30T23:59:59.999Z"
    refused = {
        "time": sentence("", f"at most {day_before}, a day before the latest possible time", LAST)
    }
    reply = app.put("/_control/clock", {"mode": "offset", "time": LAST})
    assert {each["at"]: each["detail"] for each in reply.json()["errors"]} == refused
    app.put("/_control/clock", {"mode": "frozen", "time": LAST})
    assert app.put("/_control/clock", {"mode": "offset"}).status == 400
    assert app.get("/_control/clock").json()["mode"] == "frozen"
    assert app.put("/_control/clock", {"mode": "offset", "time": day_before}).status == 200
    reply = app.post("/_control/clock/advance", {"by": "1d"})
    assert reply.status == 400
    assert day_before in reply.json()["errors"][0]["detail"]


def test_rule_that_advances_beyond_the_end_says_so() -> None:
    app = App(FROZEN + "faults: [{on: any, advance: 2s}]\n")
    app.put("/_control/clock", {"mode": "frozen", "time": f"{LAST[:-5]}.000Z"})
    reply = app.start()
    assert reply.status == 201
    assert reply.headers["X-Simulator-Hint"] == (
        f"a fault rule could not advance the clock by 2000 ms: it is at {LAST}, "
        "the latest possible time"
    )
    assert app.get("/_control/clock").json()["time"] == LAST


def test_rule_that_advances_a_clock_that_became_real_says_so() -> None:
    app = App(FROZEN + "faults: [{on: any, advance: 2s}]\n")
    assert "X-Simulator-Hint" not in app.start().headers
    app.put("/_control/clock", {"mode": "real"})
    assert app.start().headers["X-Simulator-Hint"] == (
        "a fault rule could not advance the clock by 2000 ms: its mode is real"
    )
