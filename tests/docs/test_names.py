"""The names in the code hold none of the words that the glossary keeps out of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.docs.pages import ROOT, rows_of
from tests.support.modules import modules

GLOSSARY = ROOT / "docs" / "contributing" / "glossary.md"

# Names that hold one of the words for a reason.
EXCEPTIONS = {
    "finding": "one of the findings of a comparison, as its report has it",
    "_finding_lines": "one of the findings of a comparison, as its report has it",
    "is_answered": "the outcome of an expectation: answered or given_up",
    "is_answered_before": "the outcome of an expectation: answered or given_up",
    "answered": "the outcome of an expectation: answered or given_up",
}

# Packages whose lines docs/survivors.md quotes as they were when mutmut changed them.
QUOTED = ("domain/", "faults/", "http/", "journal/", "leftovers")

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


def banned(heading: str = "not in a name") -> dict[str, str]:
    """Return the words that names do not hold, each with what names hold instead."""
    return {
        word: instead for words, instead in rows_of(GLOSSARY, heading) for word in words.split(", ")
    }


def names_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each name that a module defines, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name


def loops_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the name of each variable of a loop or a comprehension, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            for inner in ast.walk(node.target):
                if isinstance(inner, ast.Name):
                    yield inner.lineno, inner.id


def words_of(name: str) -> list[str]:
    """Return the words of a name, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def test_names_keep_to_the_glossary() -> None:
    instead = banned()
    names = [
        (f"{module.name}:{line}", name)
        for module in modules()
        for line, name in [(1, module.path.stem), *names_in(module.tree)]
    ]
    assert len(names) > 10_000
    found = [
        f"{place}: {name} (say: {instead[word]})"
        for place, name in names
        if name not in EXCEPTIONS
        for word in words_of(name)
        if word in instead
    ]
    assert not found, "\n".join(found)


def test_loops_say_what_their_variables_hold() -> None:
    instead = banned("not the variable of a loop")
    found = [
        f"{module.name}:{line}: {name} (say: {instead[name]})"
        for module in modules()
        if not module.name.startswith(QUOTED)
        for line, name in loops_in(module.tree)
        if name in instead
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "for each in (): pass",
        "for number, each in (): pass",
        "[each for each in ()]",
        "{1: 2 for _ in () for each in ()}",
        "async def f():\n    async for each in (): pass",
    ],
)
def test_variables_of_loops_are_seen(source: str) -> None:
    assert "each" in [name for _, name in loops_in(ast.parse(source))]


def test_exceptions_are_names() -> None:
    defined = {name for module in modules() for _, name in names_in(module.tree)}
    assert EXCEPTIONS.keys() <= defined


@pytest.mark.parametrize(
    "source",
    [
        "class Reply: pass",
        "def read_answers(): pass",
        "async def reply(): pass",
        "def f(answer): pass",
        "lambda answer: 1",
        "answer = 1",
        "for answer in (): pass",
        "self._answer = 1",
        "import response as answer",
        "try: pass\nexcept E as reply: pass",
        "match a:\n    case [*answers]: pass",
        "match a:\n    case {'a': ReadAnswers as answer}: pass",
    ],
)
def test_words_are_seen(source: str) -> None:
    [*names] = names_in(ast.parse(source))
    assert any(word in banned() for _, name in names for word in words_of(name))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("JudgeAnswer", ["judge", "answer"]),
        ("_is_told", ["is", "told"]),
        ("HTTPReply2", ["http", "reply"]),
        ("MOST_BLANKS", ["most", "blanks"]),
    ],
)
def test_words_of_a_name(name: str, words: list[str]) -> None:
    assert words_of(name) == words
