"""The page of the judge is made of its rows, and its example is one that loads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cs_simulator.client.wording import DRILLS
from cs_simulator.documents.text import read_text
from cs_simulator.judge.virtues import VIRTUES
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from tests.docs.pages import ROOT, blocks_of, rows_of
from tests.support.forked import ran
from tests.support.java import JAVA, JAVAC
from tests.unit.judge.support import expectation

PAGE = ROOT / "docs" / "judge.md"


def test_every_virtue_is_described_in_the_words_of_its_row() -> None:
    rows = [(name.strip("`"), about, left) for name, about, left in rows_of(PAGE, "virtue")]
    assert rows == [(each.name, each.about, each.undecided) for each in VIRTUES.values()]


def test_the_example_has_every_virtue_and_loads() -> None:
    [_, example] = PAGE.read_text(encoding="utf-8").split("An example of each:\n\n```yaml\n")
    [item] = read_text(example.partition("```")[0], "judge.md")["expect"]
    assert set(expectation(item).virtues) == set(VIRTUES)


@pytest.mark.parametrize("tool", ["java", "node"])
def test_the_clients_in_other_languages_pass(tool: str, tmp_path: Path) -> None:
    if shutil.which(tool) is None or (tool == "java" and shutil.which("javac") is None):
        pytest.skip(f"{tool} is not installed")
    name = {"java": "Start.java", "node": "start.mjs"}[tool]
    [code] = [block.text for block in blocks_of(PAGE) if block.lines[0] == f"// {name}"]
    (tmp_path / name).write_text(code, encoding="utf-8")
    client = [tool, str(tmp_path / name)]
    if tool == "java":  # compiled once, and not by each of the drills
        subprocess.run([*JAVAC, name], cwd=tmp_path, check=True, timeout=120)
        client = [*JAVA, "-cp", str(tmp_path), "Start"]
    drills = ("lost-answer", "retry-after", "outage")
    found = ran("drill", *drills, "--", *client, timeout=120)
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_drill_is_listed_with_what_judges_it() -> None:
    loader = ScenarioLoader(Catalogue([shipped_folder()]))
    listed = {name.strip("`"): virtues for name, _, virtues in rows_of(PAGE, "drill")}
    assert listed == {
        name: ", ".join(
            f"`{virtue}`" for each in loader.load(name).expect for virtue in each.virtues
        )
        for name in DRILLS
    }


@pytest.mark.parametrize("name", VIRTUES)
def test_a_virtue_is_demanded_of_something_in_words(name: str) -> None:
    virtue = VIRTUES[name]
    assert virtue.about[0].islower()
    assert virtue.undecided
