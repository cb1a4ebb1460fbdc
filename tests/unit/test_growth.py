"""What grows with its input grows in proportion, by the lines of Python that it takes.

Lines are counted and no time is measured: they are the same on any machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.world import ServedWorld
from tests.support.app import App

FEW, TIMES = 60, 8
SLACK = 1.3
"""Eight times as much may take so much more than eight times as many lines."""


def lines_of(work: Callable[[], Any]) -> int:
    """Return how many lines of Python a piece of work runs through."""
    count = 0

    def line(_frame: FrameType, event: str, _value: object) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def rules_listed(count: int) -> Callable[[], Any]:
    rules = [
        {"on": "any", "name": f"r{place}", "delay": "1s", "times": 1} for place in range(count)
    ]
    app = App(json.dumps({"faults": rules}))

    def listed() -> None:
        assert len(app.get("/_control/faults").json()["faults"]) == count

    return listed


def rules_read(count: int) -> Callable[[], Any]:
    rules = [{"on": "any", "delay": "1s"} for _ in range(count)]
    return lambda: loaded({"faults": rules})


def states_of_one_service(count: int) -> Callable[[], Any]:
    states = [{"state_type": 1, "tasks": [{"task_type": 1}]} for _ in range(count)]
    return lambda: ServedWorld("w", loaded({"services": [{"contact_key": "K", "states": states}]}))


def customers(count: int) -> Callable[[], Any]:
    people = [{"LastName": f"L{place}", "PhoneNumber": f"+44{place}"} for place in range(count)]
    return lambda: ServedWorld("w", loaded({"customers": people}))


def states_ended_at_once(count: int) -> Callable[[], Any]:
    states = [{"state_type": 1} for _ in range(count)]
    service = {"service_id": 5, "contact_key": "K", "states": states}
    document = {"services": [service], "fidelity": {"end_service_cascades": "true"}}
    app = App(json.dumps(document))

    def end() -> None:
        assert app.post("/genesys/1/cs/services/5/end").status == 204

    return end


def loaded(document: dict[str, Any]) -> Any:
    loader = ScenarioLoader(Catalogue([shipped_folder()]))
    return loader.load_text(json.dumps(document), "s.json", "s")


@pytest.mark.parametrize(
    "work",
    [rules_listed, rules_read, states_of_one_service, customers, states_ended_at_once],
    ids=lambda work: work.__name__,
)
def test_work_grows_with_its_input_and_no_faster(work: Callable[[int], Callable[[], Any]]) -> None:
    work(1)()  # what is imported and made once is not counted
    few, many = lines_of(work(FEW)), lines_of(work(FEW * TIMES))
    assert many <= few * TIMES * SLACK, (few, many)
