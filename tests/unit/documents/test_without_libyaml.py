"""Where PyYAML came without libyaml, documents are read and written as they are with it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import yaml

from cs_simulator.documents.problems import DocumentError
from cs_simulator.documents.text import read_text
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder

TEXTS = [
    "a: {b: What is this?, c: [why?, a?b, '?']}",
    "a: {b: one ? two}",
    "? a\n: b",
    "a: [? b : c]",
    "a: {? b : c}",
    "{a: b?, c: d}",
    "a: b ? c",
    "a: [http://x/?q=1, {k: v?}]",
    "a: ?b",
    "a: [?b]",
    "on: no\nb: 0123\nc: 12:30\nd: +44\ne: ~\nf: 1.50",
    "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}",
    "a: |\n  one\n  two\nb: >-\n  three\n  four",
    "a: 'it''s'\nb: \"\\u00e9\\n\"",
    "a: [1, 2",
    "a: {b: c, b: d}",
    "a:\n\t- b",
    "a:\tb",
    "a: {\n\tb: 1,\n\tc:\t[2,\t3]\t}\t# end",
    "-\ta\n-\tb:\tc",
    "a: b\n\tc: d",
    'a: "\\ud83d\\ude00"',
    'a: "\\ud800"',
    'a: "\\U0001f600"',
]

PROGRAM = """
import json, sys
sys.modules["yaml._yaml"] = None
import yaml
assert not yaml.__with_libyaml__
from cs_simulator.documents.problems import DocumentError
from cs_simulator.documents.text import read_text
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader

def read(text):
    try:
        return read_text(text, "t")
    except DocumentError:
        return "refused"

catalogue = Catalogue([shipped_folder()])
loader = ScenarioLoader(catalogue)
scenarios = {}
loader.load("demo")
for name in sorted(catalogue.files()):
    scenarios[name] = read_text(catalogue.files()[name].read_text("utf-8"), name)
texts = [read(each) for each in json.load(sys.stdin)]
json.dump({"texts": texts, "scenarios": scenarios}, sys.stdout)
"""


@pytest.fixture(scope="module")
def without() -> Any:
    """Return what a process reads that has no libyaml."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout)


def read(text: str) -> Any:
    """Return what a text holds."""
    try:
        return read_text(text, "t")
    except DocumentError:
        return "refused"


needs_libyaml = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML has no libyaml here")


@needs_libyaml
def test_every_scenario_that_ships_reads_the_same(without: Any) -> None:
    files = Catalogue([shipped_folder()]).files()
    assert list(without["scenarios"]) == sorted(files)
    for name, file in files.items():
        assert without["scenarios"][name] == read(file.read_text("utf-8")), name


@needs_libyaml
@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_text_reads_the_same(without: Any, number: int) -> None:
    assert without["texts"][number] == read(TEXTS[number])
