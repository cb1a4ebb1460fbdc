"""The text of a document: JSON where it begins as JSON does, else YAML.

What reads YAML is imported by the first text that is not JSON.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cs_simulator import documents
from cs_simulator.documents.json_text import JsonError, JsonReader
from cs_simulator.documents.problems import DocumentError, Problem

MAX_LEVELS = 110
"""Those of attached data, 100, and what a document puts around them."""
MAX_YAML = 8 * 2**20
"""Characters of YAML; reading it takes a hundred times what reading JSON takes."""

_JSON = JsonReader(MAX_LEVELS)


class UnreadableError(Exception):
    """A text that is not YAML, or not such as is accepted here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


def is_json(text: str) -> bool:
    """Tell whether a document is read as JSON: it begins with ``{`` or ``[``."""
    return text.lstrip(" \t\r\n")[:1] in ("{", "[")


def is_flow(text: str) -> bool:
    """Tell whether a document that begins as JSON does is YAML."""
    try:
        _JSON.read(text)
    except JsonError as error:
        return error.kind == "syntax"
    return False


def read_text(text: str, source: str) -> Any:
    """Return the data of a document: JSON where it begins with ``{`` or ``[``, else YAML.

    What begins so and is not JSON may be YAML still, which has such maps and lists too.
    Raises :exc:`DocumentError` with line and column where it cannot be read.
    """
    text = text.removeprefix("\ufeff")
    try:
        return _read_json_or_flow(text) if is_json(text) else documents.read_yaml(text)
    except (JsonError, UnreadableError) as error:
        raise DocumentError([replace(error.problem, source=source)]) from None


def _read_json_or_flow(text: str) -> Any:
    try:
        return _JSON.read(text)
    except JsonError as error:
        if error.kind != "syntax" or len(text) > MAX_YAML:
            raise
        problem = replace(error.problem, text=f"not valid JSON: {error.problem.text}")
    try:
        return documents.read_yaml(text)
    except UnreadableError as error:
        second = error.problem
        place = f"{second.line}:{second.column}: " if second.line else ""
        note = f"{problem.note}; and " if problem.note else "and "
        both = replace(problem, note=f"{note}not valid YAML: {place}{second.detail}")
        raise UnreadableError(both) from None
