"""Worlds beside each other, resets, snapshots: a world's answers follow from its own history."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.walks import DOCUMENT, KINDS, Step, Walker
from tests.model.worlds_machine import THERE, WorldsMachine
from tests.support.app import App


def test_any_history_of_worlds_happens_alike_in_a_world_alone(walk: settings) -> None:
    # Each run happens twice, and a step of it is several requests.
    fewer = settings(walk, max_examples=walk.max_examples // 4)
    run_state_machine_as_test(WorldsMachine, settings=fewer)


@pytest.mark.parametrize("kind", KINDS)
def test_walks_reach_everything(kind: str) -> None:
    """The steps that are taken at random do happen, and are no row of refusals."""
    walker = Walker(App(DOCUMENT.replace("FORM", "integer")).ask, "w", THERE)
    walker.send("GET", "customers/C1/services")
    for first in ("start_state", "start_task"):
        walker.step(Step(first, 0, 0, 0))
    walker.answers.clear()
    for numbers in ((0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 0), (1, 1, 1), (0, 0, 4)):
        walker.step(Step(kind, *numbers))
    assert min(status for status, *_ in walker.answers) < 300
