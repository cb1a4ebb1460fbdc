"""The page of the judge is made of its rows, and its example is one that loads."""

from __future__ import annotations

import pytest

from cs_simulator.documents.yaml_text import read_text
from cs_simulator.judge.virtues import VIRTUES
from tests.docs.pages import ROOT, rows_of
from tests.unit.judge.support import expectation

PAGE = ROOT / "docs" / "judge.md"


def test_every_virtue_is_described_in_the_words_of_its_row() -> None:
    rows = [(name.strip("`"), about, left) for name, about, left in rows_of(PAGE, "virtue")]
    assert rows == [(each.name, each.about, each.undecided) for each in VIRTUES.values()]


def test_the_example_has_every_virtue_and_loads() -> None:
    [_, example] = PAGE.read_text(encoding="utf-8").split("An example of each:\n\n```yaml\n")
    [item] = read_text(example.partition("```")[0], "judge.md")["expect"]
    assert set(expectation(item).virtues) == set(VIRTUES)


@pytest.mark.parametrize("name", VIRTUES)
def test_a_virtue_is_demanded_of_something_in_words(name: str) -> None:
    virtue = VIRTUES[name]
    assert virtue.about[0].islower()
    assert virtue.undecided
