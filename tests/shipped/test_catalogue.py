"""The catalogue: every scenario that ships says in a sentence or two what it teaches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cs_simulator.documents.text import read_text
from cs_simulator.scenario.catalogue import shipped_folder
from tests.docs.pages import ROOT, rows_of

FILES = sorted(shipped_folder().iterdir())
LONGEST = 70
"""How many lines a scenario may have: it is read whole before it is used. The demo is a world."""


def name_of(path: Path) -> str:
    return path.stem


def value_of(path: Path, key: str) -> str:
    """Return the text of a key."""
    text: str = read_text(path.read_text(encoding="utf-8"), path.name)[key]
    return text


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_scenario_has_the_name_of_its_file(path: Path) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.(?:yaml|json)", path.name)
    assert value_of(path, "name") == path.stem


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_scenario_says_what_it_teaches_in_two_sentences(path: Path) -> None:
    sentences = re.split(r"(?<=\.) ", value_of(path, "description"))
    assert 1 <= len(sentences) <= 2
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "demo"], ids=name_of)
def test_a_scenario_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_documentation_lists_the_catalogue() -> None:
    listed = [
        (name.strip("`"), description)
        for name, description in rows_of(ROOT / "docs" / "scenarios.md", "scenario")
    ]
    assert listed == [(path.stem, value_of(path, "description")) for path in FILES]
