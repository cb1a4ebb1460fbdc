"""What the actions of a rule mean by what is written."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.faults.actions import Delay, RealDate
from cs_simulator.faults.wire import Broken, Cut
from tests.unit.faults.support import rule


def read(action: str, value: Any) -> Any:
    """Return what an action means by a value."""
    found = rule(**{action: value}).action
    assert found is not None
    return found.values[action]


@pytest.mark.parametrize(
    ("written", "delay"),
    [
        ("1s", Delay(1_000, 1_000)),
        ({"from": "0ms", "to": "2s"}, Delay(0, 2_000)),
        ({"from": "1s", "to": "1s"}, Delay(1_000, 1_000)),
        ({"median": "1s", "sigma": 0, "max": "2s"}, Delay(0, 2_000, 1_000, 0.0)),
        ({"max": "2s", "sigma": 5, "median": "1s"}, Delay(0, 2_000, 1_000, 5.0)),
    ],
    ids=str,
)
def test_delay_is_read(written: Any, delay: Delay) -> None:
    assert read("delay", written) == delay


@pytest.mark.parametrize(
    ("written", "broken"),
    [
        ("reset", Broken("reset")),
        ("truncate", Broken("truncate")),
        ({"truncate": {}}, Broken("truncate", Cut())),
        ({"truncate": {"after": 0}}, Broken("truncate", Cut(0))),
        ({"truncate": {"after": "7", "chunked": False}}, Broken("truncate", Cut(7))),
        ({"truncate": {"chunked": True}}, Broken("truncate", Cut(chunked=True))),
        ({"truncate": {"after": 7, "chunked": True}}, Broken("truncate", Cut(7, chunked=True))),
    ],
    ids=str,
)
def test_connection_is_read(written: Any, broken: Broken) -> None:
    assert read("connection", written) == broken


@pytest.mark.parametrize(("written", "after"), [("0s", 0), ("2s", 2_000)])
def test_date_of_a_header_is_read(written: str, after: int) -> None:
    response = read("response", {"status": 503, "headers": {"Retry-After": {"date": written}}})
    assert response.headers == {"Retry-After": RealDate(after)}
