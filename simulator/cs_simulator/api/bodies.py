"""Strict JSON parsing of request bodies; errors give the position of the problem.

Contract section 2, *A body*.
"""

from __future__ import annotations

from typing import Any

from cs_simulator.documents.json_text import EncodingError, JsonError, JsonReader, decoded
from cs_simulator.domain.errors import MalformedBody

MAX_DEPTH = 100

READER = JsonReader(MAX_DEPTH)


def read_json(raw: bytes) -> Any:
    """Parse a JSON document in UTF-8.

    Raises :exc:`MalformedBody`, with line and column, if the document is not valid JSON, has a
    duplicate member, has a number that is not finite or has more than 40 digits, or is nested more
    than 100 levels deep.
    """
    try:
        text = decoded(raw)
        if not text or text.isspace():
            raise MalformedBody("The body is empty", "send a JSON object, at least {}")
        return READER.read(text)
    except JsonError as error:
        raise _refusal(error) from None


def _refusal(error: JsonError) -> MalformedBody:
    hint = error.problem.note or None
    if isinstance(error, EncodingError):
        text = f"The body is not valid UTF-8: {error.located}"
        return MalformedBody(text, "encode the JSON as UTF-8")
    if error.kind == "limit":
        return MalformedBody(f"Rejected body: {error.located}", hint)
    return MalformedBody(f"The body is not valid JSON: {error.located}", hint)
