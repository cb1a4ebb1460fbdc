"""The text of a document: JSON if it begins like JSON, otherwise YAML.

The YAML reader is imported for the first text that is not JSON.
"""

from __future__ import annotations

from typing import Any

from cs_simulator import documents
from cs_simulator.documents.json_text import JsonError, JsonReader
from cs_simulator.documents.problems import DocumentError, Problem

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


def is_flow(text: str) -> bool:
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
        place = f"{second.line}:{second.column}: " if second.line else ""
        note = f"{problem.note}; and " if problem.note else "and "
        both = problem._replace(note=f"{note}not valid YAML: {place}{second.detail}")
        raise UnreadableError(both) from None
