"""Messages, help texts and pages keep to plain words and to one order of expected and found."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.docs.pages import ROOT
from tests.support.modules import modules

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])

# What is not said in messages and pages, and what is said instead.
WORDS = {
    r"\bso[- ]many(eth)?\b(?! \w+s\b)": "n, every n-th, this many",
    r"\b[Mm]istakes?\b": "error",
    r"\b(mends?|mended|deeds?)\b": "fix; action",
    r"\bstands? twice\b": "duplicate key X",
    r"\bexcludes? each other\b": "X and Y are mutually exclusive",
    r"\bgoes with [\w-]+ only\b": "only allowed with X",
    r"\bgoes before\b": "overrides",
    r"\b[Aa]ll else\b": "everything else",
    r"\bis told whole\b": "is reported",
    r"\bthe (path|first) counts\b": "the path wins; the first is used",
    r"\bis its defect\b": "is a bug in the simulator",
    r"\bnone that can be\b": "is not valid",
    r"\bno part of the control API\b": "no control endpoint X",
    r"\bmeans a blank\b": "means a space",
    r"\bBad (query|body|scenario|clock|stage|fault|verification|name)\b": "Invalid X",
    r"\bNobody answers\b": "No answer",
}

# What no message says, where a page may.
MESSAGES = {
    r"\bexpected nothing\b": "say what is allowed: expected X only once",
    r"\b(found|got) (\{\}|'[^']*'), expected\b": "expected X, found Y",
    r"^[Tt]here (is|are) an? .* already$": "X already exists",
    r"\bof that name already\b": "X already exists",
    r"\bcannot be (read|written): ": "cannot read X: reason",
    r"\bleave (it|them|the option|one of the two) out\b": "remove it",
    r"\bis no (state|task|service|name|number|map|list|text|file|folder|URL)\b": "is not a X",
    r"\bspeaks? of\b": "applies to",
    r"\bin vain\b": "could not",
}


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module that are not docstrings, each value in them as ``{}``."""
    docstrings = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(body := getattr(node, "body", None), list)
        for statement in body
        if isinstance(statement, ast.Expr)
    }
    parts = set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts.update(map(id, node.values))
            texts = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values]
            yield node.lineno, "".join(texts)
    for node in ast.walk(tree):
        is_whole = id(node) not in docstrings and id(node) not in parts
        if is_whole and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def said(patterns: dict[str, str], texts: Iterable[tuple[str, str]]) -> list[str]:
    """Return the texts that should be others, each with its place and what is said instead."""
    found = re.compile("|".join(patterns))
    return [
        f"{place}: {text} (say: {instead})"
        for place, text in texts
        if found.search(text)
        for pattern, instead in patterns.items()
        if re.search(pattern, text)
    ]


def test_messages_keep_to_the_words() -> None:
    texts = [
        (f"{module.name}:{line}", text)
        for module in modules()
        for line, text in strings(module.tree)
    ]
    assert len(texts) > 1000
    assert not said(WORDS | MESSAGES, texts)


def test_pages_keep_to_the_words() -> None:
    lines = [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in PAGES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]
    assert not said(WORDS, lines)


@pytest.mark.parametrize(
    ("patterns", "text"),
    [
        (WORDS, "it is told whole"),
        (WORDS, "a mistake"),
        (MESSAGES, "found {}, expected a number"),
        (MESSAGES, "there is a world already"),
        (MESSAGES, "It was in vain"),
    ],
)
def test_other_words_are_seen(patterns: dict[str, str], text: str) -> None:
    assert said(patterns, [("place", text)])


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("'a'", []),
        ("x = 'a'", ["a"]),
        ("x = f'a {b} c'", ["a {} c"]),
        ("def f():\n    'a'\n    return 'b'", ["b"]),
    ],
)
def test_strings_are_seen(source: str, texts: list[str]) -> None:
    assert [text for _, text in strings(ast.parse(source))] == texts
