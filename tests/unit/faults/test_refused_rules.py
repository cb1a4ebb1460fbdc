"""Rules that are refused when they are loaded, each with all that is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.problems import DURATION, LIST, Said, sentence, unfit, unknown, wrong
from tests.unit.faults.support import ACTS, read_rules, refused, rule_problems, rules

HOP = "this header is set by the connection; remove it"


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("body", ["", "x", {}, None])
def test_body_with_a_status_that_has_none(status: int, body: object) -> None:
    response = {"status": status, "body": body}
    assert refused(response=response) == [
        f"response.body: a response with status {status} has no body; remove it"
    ]
    assert refused(sequence=["pass", {"response": response}]) == [
        f"sequence[1].response.body: a response with status {status} has no body; remove it"
    ]


@pytest.mark.parametrize(
    "name",
    """Connection keep-alive Proxy-Authenticate Proxy-Authorization Proxy-Connection TE Trailer
    Transfer-Encoding UPGRADE Content-Length content-length""".split(),
)
def test_header_of_the_connection_or_the_length(name: str) -> None:
    response = {"status": 200, "headers": {name: "1"}}
    assert refused(response=response) == [f"response.headers.{name}: {HOP}"]


@pytest.mark.parametrize("value", ["a\r\nX-B: 1", "a\n", "\r", "a\0", "\u20ac", "\u0416"])
def test_header_value_that_is_no_line_of_latin_1(value: str) -> None:
    response = {"status": 200, "headers": {"X-A": value}}
    assert refused(response=response) == [
        sentence("response.headers.X-A", "one line of Latin-1", value)
    ]


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X\r\nA", "Ü", "€"])
def test_header_name_that_is_none(name: str) -> None:
    response = {"status": 200, "headers": {name: "1"}}
    assert refused(response=response) == [
        sentence(f"response.headers.{name}", "the name of a header, such as Retry-After", name)
    ]


def test_header_that_stands_twice() -> None:
    response = {"status": 200, "headers": {"X-A": "1", "x-a": "2"}}
    twice = "duplicate header (names are case-insensitive)"
    assert refused(response=response) == [f"response.headers.x-a: {twice}"]


@pytest.mark.parametrize(
    ("outcome", "names"),
    [
        ({"response": {"status": 500}, "patch": {}}, "response and patch"),
        ({"response": {"status": 500}, "connection": "reset"}, "response and connection"),
        ({"patch": None, "connection": "reset"}, "patch and connection"),
        (
            {"response": {"status": 500}, "patch": 1, "connection": "stall"},
            "response and patch and connection",
        ),
    ],
    ids=str,
)
def test_two_outcomes(outcome: dict[str, Any], names: str) -> None:
    message = f"{names} are mutually exclusive; a rule has at most one outcome"
    assert refused(**outcome) == [message]
    assert refused(sequence=[outcome]) == [f"sequence[0]: {message}"]


def test_connection_with_a_dribble() -> None:
    dribble = {"chunks": 2, "duration": "0s"}
    assert refused(connection="truncate", dribble=dribble) == [
        "connection and dribble are mutually exclusive"
    ]


@pytest.mark.parametrize("effect", ["none", "applied"])
def test_effect_without_an_outcome(effect: str) -> None:
    message = "only allowed with response or connection"
    assert refused(delay="1s", effect=effect) == [f"effect: {message}"]
    assert refused(sequence=[{"delay": "1s", "effect": effect}]) == [
        f"sequence[0].effect: {message}"
    ]


def test_patch_of_what_does_not_take_place() -> None:
    message = sentence("effect", "applied", "none") + "; a patch needs the real reply"
    assert refused(patch={}, effect="none") == [message]


@pytest.mark.parametrize(
    "beside",
    [
        {"times": 1},
        {"every": 2},
        {"probability": 0.5},
        {"delay": "1s"},
        {"advance": "1s"},
        {"dribble": {"chunks": 1, "duration": "1s"}},
        {"response": {"status": 500}},
        {"patch": None},
        {"connection": "reset"},
        {"effect": "applied"},
        {"times": 1, "every": 2, "delay": "1s"},
    ],
    ids=str,
)
def test_sequence_beside_what_it_stands_for(beside: dict[str, Any]) -> None:
    names = ", ".join(beside)
    assert refused(sequence=[{"delay": "1s"}], **beside) == [
        f"sequence cannot be combined with {names}"
    ]


@pytest.mark.parametrize(
    ("sequence", "expected"),
    [
        ([], unfit("", "sequence", "at least one step", [])),
        (
            ["pass", "pass"],
            wrong("", "sequence", "every step is pass", note="at least one needs an action"),
        ),
        (
            [{}],
            wrong("", "sequence[0]", "no action", note=f"expected at least one of {ACTS}, or pass"),
        ),
        ("pass", unfit("", "sequence", LIST, "pass")),
        (["pas"], unfit("", "sequence[0]", "a map of actions, or pass", "pas")),
        (
            [{"skip": 1}],
            unknown(
                "",
                "sequence[0].skip",
                allowed="advance, connection, delay, dribble, effect, patch, response",
            ),
        ),
        ([{"delay": "x"}], unfit("", "sequence[0].delay", DURATION, "x")),
    ],
    ids=str,
)
def test_sequence_that_is_none(sequence: object, expected: Said) -> None:
    assert rule_problems(sequence=sequence) == [expected]


@pytest.mark.parametrize("repeat", [0, -1, "ever", 1.5, True, "2"])
def test_repeat_that_is_none(repeat: object) -> None:
    [mistake] = refused(sequence=[{"delay": "1s"}], repeat=repeat)
    assert mistake == sentence("repeat", "a number of times, or forever", repeat)


def test_repeat_without_a_sequence() -> None:
    assert refused(delay="1s", repeat=2) == ["repeat: only allowed with sequence"]


@pytest.mark.parametrize("rule", [{}, {"skip": 1, "where": {"path": "/"}}])
def test_nothing_to_do(rule: dict[str, Any]) -> None:
    assert refused(**rule) == [f"no action; expected at least one of {ACTS}, or sequence"]


def test_retry_after_auto_without_a_rate() -> None:
    action = {"response": {"status": 429, "headers": {"retry-after": "auto"}}}
    over = {"above_rate": {"calls": 1, "per": "1s"}}
    message = "response.headers.retry-after: auto is only allowed with above_rate; use a number"
    assert refused(**action) == [message]
    assert refused(sequence=["pass", action]) == [f"sequence[1].{message}"]
    assert refused(**action, **over) == refused(sequence=["pass", action], **over) == []


def test_advance_under_a_real_clock() -> None:
    message = "a real clock cannot be advanced; set clock.mode to offset or frozen"
    one = {"on": "any", "advance": "1s"}
    steps = {"on": "any", "sequence": ["pass", {"advance": "1s"}]}
    assert read_rules([one, steps], "real")[1] == [
        f"faults[0].advance: {message}",
        f"faults[1].sequence[1].advance: {message}",
    ]
    assert read_rules([one, steps], "offset")[1] == []
    assert read_rules([one, steps], "frozen")[1] == []


def test_names_that_stand_twice() -> None:
    written = [{"name": name, "on": "any", "delay": "1s"} for name in ("a", "b", "a", 5, "5")]
    assert read_rules(written)[1] == [
        "faults[2].name: fault rule 'a' already exists",
        "faults[4].name: fault rule '5' already exists",
    ]


def test_name_left_out_is_the_operation_and_a_number() -> None:
    delay = {"delay": "1s"}
    names = [
        each.name
        for each in rules(
            {"on": "end_task", **delay},
            {"on": "end_task", **delay},
            {"name": "any-1", "on": "end_task", **delay},
            {"on": "*", **delay},
            {"on": ["start_task", "end_task"], **delay},
        )
    ]
    assert names == ["end_task-1", "end_task-2", "any-1", "any-2", "end_task-3"]


def test_name_left_out_is_not_one_that_is_written_further_on() -> None:
    left_out = {"on": "any", "delay": "1s"}
    names = [each.name for each in rules(left_out, {**left_out, "name": "any-1"}, left_out)]
    assert names == ["any-2", "any-1", "any-3"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    mistakes = refused(on="x", skip=-1, response={"status": 1, "headers": 5}, delay="x", nme="a")
    assert len(mistakes) == 6
