"""Python's own values become what the server reads, and what has no meaning is told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, IntEnum, StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.client import ArgumentError, SimulatorError, World
from cs_simulator.client.values import instant_text, json_text, seconds_of, span_text
from cs_simulator.documents.values import Moment, Span
from tests.client.support import ask

PARIS = timezone(timedelta(hours=1))


class Kind(StrEnum):
    REFUND = "refund"


class Type(IntEnum):
    SUPPORT = 100


class Media(Enum):
    VOICE = "voice"


@dataclass
class Order:
    number: int
    placed: datetime
    patience: timedelta


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "0h"),
        (timedelta(milliseconds=250), "250ms"),
        (timedelta(seconds=1.5), "1500ms"),
        (timedelta(seconds=90), "90s"),
        (timedelta(minutes=5), "5m"),
        (timedelta(days=2), "48h"),
        (timedelta(microseconds=1_999), "1ms"),
        ("30s", "30s"),
        ("soon", "soon"),
    ],
)
def test_span_as_text(span: object, text: str) -> None:
    assert span_text(span) == text


@pytest.mark.parametrize("span", ["250ms", "30s", "15m", "2h", "7d", "2w"])
def test_length_of_a_span_is_the_servers(span: str) -> None:
    assert seconds_of(span) == Span()(span) / 1000
    assert seconds_of("soon") == 0


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 5, 9, tzinfo=UTC), "2026-01-05T09:00:00.000Z"),
        (datetime(2026, 1, 5, 9, 0, 0, 123_999, tzinfo=UTC), "2026-01-05T09:00:00.123Z"),
        (datetime(2026, 1, 5, 0, 30, tzinfo=PARIS), "2026-01-04T23:30:00.000Z"),
        (datetime(33, 1, 5, tzinfo=UTC), "0033-01-05T00:00:00.000Z"),
        ("2026-01-05T09:00:00.000Z", "2026-01-05T09:00:00.000Z"),
    ],
)
def test_instant_as_text(moment: object, text: str) -> None:
    assert instant_text(moment) == text
    assert Moment()(instant_text(moment)) == Moment()(text)


def test_all_of_them_in_json() -> None:
    placed = datetime(2026, 1, 5, 9, tzinfo=UTC)
    document = {
        "order": Order(7, placed, timedelta(seconds=30)),
        "kind": Kind.REFUND,
        "type": Type.SUPPORT,
        "media": Media.VOICE,
        "status": HTTPStatus.CREATED,
        "path": Path("a/b"),
        "pair": (1, 2),
        "name": "Zoë",
    }
    assert json_text(document) == (
        '{"order": {"number": 7, "placed": "2026-01-05T09:00:00.000Z", "patience": "30s"}, '
        '"kind": "refund", "type": 100, "media": "voice", "status": 201, "path": "a/b", '
        '"pair": [1, 2], "name": "Zoë"}'
    )


WRONG: list[tuple[Any, Any, str]] = [
    (span_text, 30, "30 is not a duration; a number has no unit: use '30s' or timedelta(sec"),
    (span_text, 0.5, "use '0.5s' or timedelta(seconds=0.5)"),
    (span_text, True, "True is not a duration; use text such as '30s' or '2h', or a timedel"),
    (span_text, None, "None is not a duration; use text"),
    (
        span_text,
        timedelta(seconds=-1),
        "goes back in time; use a duration such as timedelta(seconds=",
    ),
    (span_text, timedelta(microseconds=5), "is shorter than a millisecond; use a duration"),
    (instant_text, datetime(2026, 1, 5), "has no time zone; add one, for example moment.replace("),
    (instant_text, 1767603600, "1767603600 is not a time; use text such as '2026-01-05T09:00"),
    (instant_text, datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), "outside the years"),
    (json_text, {"a": {1, 2}}, "cannot write {1, 2} as JSON; use a list, for example sorted"),
    (json_text, {"a": b"x"}, "cannot write b'x' as JSON; decode it to text"),
    (
        json_text,
        {"a": date(2026, 1, 5)},
        "use a datetime with a time zone, or the date as text",
    ),
    (json_text, {"a": datetime(2026, 1, 5)}, "has no time zone"),
    (json_text, {"a": object}, "as JSON; use text, a number"),
    (json_text, {"a": Order}, "as JSON; use text, a number"),
    (json_text, {"a": float("nan")}, "cannot write {'a': nan} as JSON"),
    (json_text, {("a", "b"): 1}, "as JSON: keys must be str"),
]


@pytest.mark.parametrize(("form", "value", "text"), WRONG, ids=[row[2][:40] for row in WRONG])
def test_value_that_has_no_meaning(form: Any, value: Any, text: str) -> None:
    with pytest.raises(ArgumentError, match=re.escape(text)) as caught:
        form(value)
    assert isinstance(caught.value, (SimulatorError, TypeError))
    assert len(str(caught.value)) < 250


def test_calls_take_them(world: World) -> None:
    begun = datetime(2026, 1, 5, 10, tzinfo=PARIS)
    assert world.freeze_clock(begun)["time"] == "2026-01-05T09:00:00.000Z"
    assert world.advance_clock(timedelta(minutes=90))["time"] == "2026-01-05T10:30:00.000Z"
    assert world.set_clock("frozen", begun)["time"] == "2026-01-05T09:00:00.000Z"
    world.add_fault(
        on="get_service",
        times=1,
        delay=timedelta(milliseconds=1),
        where={"query": {"n": Type(100)}},
    )
    world.load_scenario({"seed": 7, "clock": {"time": begun, "mode": "frozen"}})
    assert world.clock()["time"] == "2026-01-05T09:00:00.000Z"
    ask(f"{world.base_url}/services/start", {"contact_key": "a", "service_type": 100})
    world.verify(
        on="start_service",
        where={"body": {"service_type": Type.SUPPORT}},
        response={"status": HTTPStatus.CREATED},
        within=timedelta(seconds=5),
    )
    [entry] = world.requests()
    assert entry["request"]["json"]["service_type"] == Type.SUPPORT
    assert entry["response"]["json"]["service_id"] == 4294967297
    assert world.request(1)["request"]["json"] == {"contact_key": "a", "service_type": 100}


def test_body_that_is_not_json_has_its_text_alone(world: World) -> None:
    ask(f"{world.base_url}/services/nowhere")
    world.add_fault(on="any", response={"status": 500, "body": "down"})
    ask(f"{world.base_url}/services/1")
    [first, second] = world.requests()
    assert "json" not in first["request"]
    assert second["response"]["body"] == "down"
    assert "json" not in second["response"]


@pytest.mark.parametrize("scenario", [42, None, ["demo"], b"demo"])
def test_scenario_that_is_none(world: World, scenario: Any) -> None:
    with pytest.raises(ArgumentError, match="is not a scenario; use a name of the catalogue such"):
        world.load_scenario(scenario)


def test_name_that_is_a_file_and_file_that_is_a_name(world: World, tmp_path: Path) -> None:
    (tmp_path / "night.yaml").write_text("seed: 7\n")
    beside = type(world)(world._transport, world.name, tmp_path)
    with pytest.raises(SimulatorError, match=r"a file night\.yaml exists; use './nig"):
        beside.load_scenario("night")
    with pytest.raises(SimulatorError, match="use its name without slash or extension: demo"):
        beside.load_scenario("./demo.yaml")
    assert beside.load_scenario("./night.yaml")["scenario"] == "unnamed"
