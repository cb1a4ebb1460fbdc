"""A verification that fails shows what was asked instead."""

from __future__ import annotations

import pytest

from cs_simulator.client import NotVerifiedError, World
from tests.client.support import ask
from tests.support.problems import meant


def failure(world: World, **question: object) -> list[str]:
    with pytest.raises(NotVerifiedError) as caught:
        world.verify(**question)  # type: ignore[arg-type]
    assert isinstance(caught.value, AssertionError)
    assert not caught.value.verification["verified"]
    return str(caught.value).splitlines()


@pytest.fixture
def asked(world: World) -> World:
    for service_type in (100, 200):
        body = {"contact_key": "42", "service_type": service_type}
        assert ask(f"{world.base_url}/services/start", body) == 201
    return world


def test_what_was_asked_is_verified(asked: World) -> None:
    assert asked.verify(on="start_service", count=2)["matched"] == 2
    asked.verify(on="start_service", where={"body": {"service_type": 200}})
    asked.verify(on="start_service", response={"status": 201}, count={"at_least": 1, "at_most": 3})
    asked.verify(in_order=[{"on": "start_service"}, {"on": "start_service"}])
    asked.verify(on="end_service", count=0)


def test_near_misses_are_shown(asked: World) -> None:
    path = f"{asked.prefix}/genesys/1/cs/services/start"
    assert failure(asked, on="start_service", where={"body": {"service_type": 300}}, count=1) == [
        (
            'Expected start_service where {"body": {"service_type": 300}} exactly once; '
            "no request matched"
        ),
        "Closest requests:",
        f"  #2 POST {path} (start_service)",
        "      body.service_type: expected 300, found 200",
        f"  #1 POST {path} (start_service)",
        "      body.service_type: expected 300, found 100",
    ]


def test_too_many_are_named(asked: World) -> None:
    assert failure(asked, on="start_service", count=1) == [
        "Expected start_service exactly once; 2 requests matched",
        "  matched: #1, #2",
        "  they differ in     #1   #2",
        "  body.service_type  100  200",
    ]


def test_order_says_what_is_missing(asked: World) -> None:
    lines = failure(asked, in_order=[{"on": "start_service"}, {"on": ["end_service", "any"]}] * 2)
    assert lines[0] == (
        "Expected in this order: start_service, then end_service or any, then start_service, then "
        "end_service or any; matched the first 2 of 4; then nothing matched in_order[2]: "
        "start_service"
    )


def test_single_near_miss_and_answer(asked: World) -> None:
    lines = failure(asked, on="start_service", response={"status": 503}, after=1)
    assert lines[0] == (
        'Expected start_service response {"status": 503} at least once; no request matched'
    )
    assert lines[1] == "Closest request:"
    assert "response.status: expected 503, found 201" in lines[3]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        ({"at_least": 3}, "at least 3 times"),
        ({"at_most": 1}, "at most once"),
        ({"at_least": 4, "at_most": 5}, "from 4 to 5 times"),
        (0, "no start_service"),
    ],
)
def test_counts_are_worded(asked: World, count: object, words: str) -> None:
    expected = words if count == 0 else f"start_service {words}"
    line = failure(asked, on="start_service", count=count)[0]
    assert line == f"Expected {expected}; 2 requests matched"


def test_nothing_asked_points_at_the_base_url(world: World) -> None:
    lines = failure(world, on="start_service")
    asks = f"Does the code under test use a base URL under {world.root_url}?"
    assert lines[1] == f"This world received no requests. {asks}"
    assert "No requests after #7. " in failure(world, on="any", after=7)[1]


def test_unknown_fault_is_hinted_at(asked: World) -> None:
    asked.add_fault(name="lost", on="end_service", connection="close")
    lines = failure(asked, on="start_service", response={"fault": "lots"})
    assert f"  no fault rule named 'lots'; {meant('lost')}" in lines


def test_incomplete_says_why(world: World) -> None:
    long = {"contact_key": "a", "note": "x" * 70_000}
    assert ask(f"{world.base_url}/services/start", long) == 201
    lines = failure(world, on="start_service", where={"body": {"other": "y"}})
    assert "the result is inconclusive: the journal keeps only the beginning of 1 long" in lines[0]


def test_waiting_for_what_does_not_come_ends(world: World) -> None:
    assert failure(world, on="start_service", within="50ms")


def test_verdict_raises_nothing(world: World) -> None:
    assert world.verification(on="start_service")["verified"] is False
