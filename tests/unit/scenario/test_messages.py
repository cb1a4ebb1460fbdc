"""Each problem at its exact place, with all that its words are made of; and none without a test."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from inspect import getsource, isfunction
from itertools import count
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import cs_simulator
from cs_simulator.documents.shape import Anything
from cs_simulator.documents.text import read_text
from cs_simulator.faults.written import FAULT
from cs_simulator.scenario.document import DOCUMENT
from cs_simulator.scenario.settings import SETTINGS
from tests.support import problems as phrases
from tests.support.problems import Row, Said, said
from tests.unit.scenario import (
    wrong_data,
    wrong_fault_shapes,
    wrong_faults,
    wrong_metadata,
    wrong_ranges,
    wrong_shapes,
)
from tests.unit.scenario.support import problems

SHAPES: tuple[Row, ...] = (
    *wrong_shapes.WRONG,
    *wrong_fault_shapes.WRONG,
    *wrong_metadata.SHAPES,
)
LOADER_ONLY: tuple[Row, ...] = (
    *wrong_data.WRONG,
    *wrong_ranges.WRONG,
    *wrong_faults.WRONG,
    *wrong_metadata.LOADER_ONLY,
)

ROOT = Path(cs_simulator.__file__).parent
TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(("text", "expected"), [*SHAPES, *LOADER_ONLY], ids=count())
def test_every_problem_is_said_at_its_place(text: str, expected: tuple[Said, ...]) -> None:
    assert [said(problem) for problem in problems(text)] == list(expected)


@pytest.mark.parametrize(
    ("text", "expected"), [row for row in (*SHAPES, *LOADER_ONLY) if ": " in row[0]], ids=count()
)
def test_json_gets_the_same_problems_at_places_of_its_own(
    text: str, expected: tuple[Said, ...]
) -> None:
    data = read_text(text, "s")
    written = json.dumps(data, indent=2)
    found = problems(written)
    assert sorted(said(problem, place=False) for problem in found) == sorted(
        problem._replace(place="") for problem in expected
    )
    for problem in found:
        before = written.splitlines()[problem.line - 1][: problem.column - 1]
        assert before.strip(' ":[{,') == "" or before.endswith(": ")


@pytest.mark.parametrize("text", [text for text, _ in SHAPES], ids=count())
def test_schema_refuses_every_error_of_shape(text: str, validator: Draft202012Validator) -> None:
    assert not validator.is_valid(read_text(text, "s"))


@pytest.mark.parametrize("text", [text for text, _ in LOADER_ONLY], ids=count())
def test_schema_leaves_the_rest_to_the_loader(text: str, validator: Draft202012Validator) -> None:
    assert validator.is_valid(read_text(text, "s"))


CALLS = frozenset({"problem", "expected", "missing", "no_such", "Problem", "JsonError"}) | {
    "UnfitError",
    "ValueError",
    "_unfit",
}
"""What is called with the words of a problem."""


def fixed_parts(path: Path) -> Iterator[str]:
    """Yield the longest fixed part of each text of a problem in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "attr", getattr(node.func, "id", "")) not in CALLS:
            continue
        for given in (*node.args, *(each.value for each in node.keywords)):
            if isinstance(given, (ast.JoinedStr, ast.Constant)):
                parts = [  # an f-string has its fixed parts beside what is put into it
                    each.value
                    for each in ast.walk(given)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                ]
                yield max(parts, key=len, default="")


def texts_of(node: ast.AST) -> Iterator[str]:
    """Yield the texts in a tree, and those of each phrase that it imports for its problems."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
        elif isinstance(each, ast.ImportFrom) and each.module == phrases.__name__:
            for name in each.names:
                phrase = getattr(phrases, name.name)
                if isinstance(phrase, str):
                    yield phrase
                elif isfunction(phrase):
                    yield from texts_of(ast.parse(getsource(phrase)))


def held() -> str:
    """Return all texts of all tests."""
    return "\n".join(
        text
        for path in TESTS.rglob("*.py")
        for text in texts_of(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_every_mistake_that_can_be_made_has_a_test() -> None:
    modules = [
        *(path for path in (ROOT / "documents").glob("*.py") if path.name != "values.py"),
        *(ROOT / "scenario").glob("*.py"),
        ROOT / "faults" / "expressions.py",
    ]
    texts = held()
    untested = {
        f"{path.name}: {part}"
        for path in modules
        for part in fixed_parts(path)
        if part.strip(" :.") and part not in texts
    }
    assert not untested


@pytest.mark.parametrize("key", [*DOCUMENT.members, *SETTINGS.members, *FAULT.members])
def test_every_key_has_an_example_of_a_value_that_is_rejected(key: str) -> None:
    shape = {**DOCUMENT.members, **SETTINGS.members, **FAULT.members}[key]
    tried = {
        part
        for _, expected in (*SHAPES, *LOADER_ONLY)
        for found in expected
        for part in re.split(r"[.\[]", found.at)
    }
    assert key in tried or isinstance(shape, Anything), (
        f"{key}: no example of a value that it rejects in tests/unit/scenario/wrong_shapes.py, "
        "nor, for a key of a fault rule, in wrong_fault_shapes.py beside it"
    )
