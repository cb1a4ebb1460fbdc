"""The text of a document: JSON if it begins like JSON, otherwise YAML; and positions in it.

The YAML reader is imported for the first text that is not JSON. Positions are computed only when
there is a problem.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cs_simulator import documents
from cs_simulator.documents.json_text import JsonError, JsonReader, Lines, parts
from cs_simulator.documents.problems import DocumentError, Position, Positions, Problem

MAX_LEVELS = 110
"""The depth of attached data, 100, plus that of a document around it."""
MAX_YAML = 8 * 2**20
"""The maximum length of YAML text; reading it takes a hundred times as long as reading JSON."""

_JSON = JsonReader(MAX_LEVELS)


class UnreadableError(Exception):
    """Text that is not YAML, or not accepted here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


def is_json(text: str) -> bool:
    """Tell whether a document is read as JSON, because it begins with ``{`` or ``[``."""
    return text.lstrip(" \t\r\n")[:1] in ("{", "[")


def _is_flow(text: str) -> bool:
    """Tell whether a document that begins like JSON is YAML."""
    try:
        _JSON.read(text)
    except JsonError as error:
        return error.kind == "syntax"
    return False


def read_text(text: str, source: str) -> Any:
    """Return the data of a document: JSON if it begins with ``{`` or ``[``, otherwise YAML.

    A text that begins like JSON and is not valid may still be YAML, which has such maps and lists
    too. Raises :exc:`DocumentError` with line and column if the document cannot be read.
    """
    text = text.removeprefix("\ufeff")
    try:
        return _read_json_or_flow(text) if is_json(text) else documents.read_yaml(text)
    except (JsonError, UnreadableError) as error:
        raise DocumentError([error.problem._replace(source=source)]) from None


def _read_json_or_flow(text: str) -> Any:
    try:
        return _JSON.read(text)
    except JsonError as error:
        if error.kind != "syntax" or len(text) > MAX_YAML:
            raise
        problem = error.problem._replace(text=f"not valid JSON: {error.problem.text}")
    try:
        return documents.read_yaml(text)
    except UnreadableError as error:
        second = error.problem
        position = f"{second.line}:{second.column}: " if second.line else ""
        note = f"{problem.note}; and " if problem.note else "and "
        both = problem._replace(note=f"{note}not valid YAML: {position}{second.detail}")
        raise UnreadableError(both) from None


_LONGEST = 1_000
"""The length of a path that is searched; longer ones are cut."""


class Origin(NamedTuple):
    """Where a part of a document was written: in which text, and under which path there."""

    source: str
    text: str
    path: str


def placed(problems: Iterable[Problem], origins: Mapping[str, Origin]) -> list[Problem]:
    """Return problems with their positions, in the order of these.

    ``origins`` maps paths of the document to the texts that they come from; the longest path that
    is a prefix of a problem's path wins, and ``""`` is for everything else.
    """
    found = []
    wanted: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for problem in problems:
        part = next(path for path in _prefixes(problem.at) if path in origins)
        origin = origins[part]
        own = problem._replace(source=origin.source, at=f"{origin.path}{problem.at[len(part) :]}")
        found.append(own)
        texts[origin.source] = origin.text
        wanted.setdefault(origin.source, set()).update(_prefixes(own.at[:_LONGEST]))
    known = {source: _positions(text, wanted[source]) for source, text in texts.items()}
    return in_order(_with_position(problem, *known[problem.source]) for problem in found)


def _with_position(problem: Problem, keys: Positions, values: Positions) -> Problem:
    paths = _prefixes(problem.at[:_LONGEST])
    position = keys.get(problem.at) if problem.on_key else None
    position = position or next((values[path] for path in paths if path in values), Position(0, 0))
    return problem._replace(line=position.line, column=position.column)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in reading order."""
    return sorted(problems, key=lambda problem: (problem.source, problem.line, problem.column))


def _prefixes(path: str) -> Iterator[str]:
    """Yield a path and its parents, the longest first."""
    yield path
    for end in range(len(path) - 1, 0, -1):
        if path[end] in ".[":
            yield path[:end]
    yield ""


def _positions(text: str, wanted: Container[str]) -> tuple[Positions, Positions]:
    """Return the positions of the keys and of the values that are wanted, by path.

    Only the branches that lead to them are visited: few, however large the document.
    """
    text = text.removeprefix("\ufeff")
    if is_json(text) and not _is_flow(text):
        return _json_positions(text, wanted)
    return documents.yaml_positions(text, wanted)


def _json_positions(text: str, wanted: Container[str]) -> tuple[Positions, Positions]:
    keys: dict[str, Position] = {}
    values: dict[str, Position] = {}
    lines = Lines(text)
    for part in parts(text, wanted):
        if part.path is not None:
            positions = values if part.kind == "value" else keys
            positions.setdefault(part.path, lines.position(part.offset))
    return keys, values
