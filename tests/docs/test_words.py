"""Messages, docstrings, comments and pages keep to plain words and one order of expected, found."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator

import pytest

from tests.docs.pages import ROOT
from tests.support.modules import modules

GLOSSARY = ROOT / "docs" / "contributing" / "glossary.md"
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").rglob("*.md")} - {GLOSSARY})

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

# What docstrings and comments do not say either.
PROSE = {
    r"\b(it|that|which|there) (is|are) none\b": "if none exists; is not valid",
    r"\bNone where\b": "None if",
    r"\bwhere (there|one|nothing|nobody|that) (is|are|was|has|have|does|comes)\b": "if there is",
    r"\bwhere (it|that|they) (begins?|came|did|does|had|cannot)\b": "if it does",
    r"\bwhat (there|that) (is|was|are)\b": "the existing X",
    r"\bstands? (in|beside|behind|before|below|under|there|still|between|elsewhere|as)\b"
    r"(?! (front|place))": "is",
    r"\bas (it|they) stands?\b": "unchanged; as it is",
    r"\b[Rr]efuse[sd]?\b": "reject",
    r"\bput into words\b": "render",
    r"\bwhat .{1,40}\bma[dk]es? of\b": "what X does with",
    r"\b(is|are) told\b(?! to\b)": "is reported",
    r"\b[Tt]akes? (\w+ ){1,4}away\b": "remove",
    r"^Note (what|each|every|where)\b": "Add a problem if",
    r"\bin (its|their) stead\b|\bin the place of\b": "instead of",
    r"\bspans? of time\b": "duration",
    r"\bdefects?\b": "bug",
    r"\bfor who(ever)?\b": "for people who",
    r"\bgoes? on\b": "continue",
    r"\banew\b": "again, afresh",
    r"\bbut for\b": "except",
    r"\bof which any will do\b": "any of",
    r"\bgoes? by\b": "uses, follows",
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


def prose(source: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the docstrings and the comments of a module; a comment of several lines is one."""
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            for statement in body:
                value = statement.value if isinstance(statement, ast.Expr) else None
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield statement.lineno, " ".join(value.value.split())
    first, last, words = 0, 0, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if words and token.start[0] != last + 1:
                yield first, " ".join(words)
                words = []
            first, last = first if words else token.start[0], token.start[0]
            words.append(token.string.lstrip("# "))
    if words:
        yield first, " ".join(words)


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
    found = said(WORDS | MESSAGES, texts)
    assert not found, "\n".join(found)


def test_docstrings_and_comments_keep_to_the_words() -> None:
    texts = [
        (f"{module.name}:{line}", text)
        for module in modules()
        for line, text in prose(module.source, module.tree)
    ]
    assert len(texts) > 1000
    found = said(WORDS | PROSE, texts)
    assert not found, "\n".join(found)


def test_pages_keep_to_the_words() -> None:
    lines = [
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in PAGES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]
    found = said(WORDS, lines)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("patterns", "text"),
    [
        (WORDS, "it is told whole"),
        (WORDS, "a mistake"),
        (MESSAGES, "found {}, expected a number"),
        (MESSAGES, "there is a world already"),
        (MESSAGES, "It was in vain"),
        (PROSE, "Return the rule, None where it is gone."),
        (PROSE, "Refuse a body."),
        (PROSE, "what the rules make of a request"),
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


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('"""One."""', ["One."]),
        ('def f():\n    """One\n    two."""', ["One two."]),
        ("x = 1  # one", ["one"]),
        ("# one\n# two\n\n# three", ["one two", "three"]),
        ('x = 1\n"""What x is."""', ["What x is."]),
        ("x = 'a # b'", []),
    ],
)
def test_docstrings_and_comments_are_seen(source: str, texts: list[str]) -> None:
    assert [text for _, text in prose(source, ast.parse(source))] == texts
