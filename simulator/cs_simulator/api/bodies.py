"""Request bodies: the headers that describe them, and strict JSON parsing.

A body that cannot be read is rejected for its media type, charset or coding, and not for what its
bytes look like. Contract section 2, *Content-Type* and *A body*.
"""

from __future__ import annotations

import re
from typing import Any

from cs_simulator.api.arrival import Arrival
from cs_simulator.documents.json_text import EncodingError, JsonError, JsonReader, decoded
from cs_simulator.domain.errors import MalformedBody, UnsupportedMediaType

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


_JSON_TYPE = re.compile(
    r'\s*application/json\s*(?:;\s*(?:charset\s*=\s*"?utf-?8"?|[a-z]+\s*=\s*[^;,]*)?\s*)*',
    re.IGNORECASE,
)
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s";,]+)', re.IGNORECASE)
_LENIENT = "the switch content_type=lenient accepts any"


def content_type_of(arrival: Arrival) -> str:
    """Return the Content-Type of a request; one that was sent twice counts as one value."""
    given = arrival.headers.get("HTTP_CONTENT_TYPE", "")
    if "," not in given:
        return given
    values = given.split(", ")
    for count in range(1, len(values)):
        if values == values[:count] * (len(values) // count):
            return ", ".join(values[:count])
    return ", ".join(values)


def check_encoding(arrival: Arrival) -> None:
    """Reject a body that is compressed or otherwise encoded."""
    given = arrival.headers.get("HTTP_CONTENT_ENCODING")
    codings = content_codings(given) if given else ""
    if codings:
        raise UnsupportedMediaType(
            f"The Content-Encoding {codings} is not supported: expected identity, or none",
            "send the body as it is, not compressed",
            accepts_encoding="identity",
        )


def content_codings(value: str) -> str:
    """Return the content codings in a header ``Content-Encoding``, without ``identity``."""
    names = [name.strip() for name in value.split(",")]
    return ", ".join(name for name in names if name and name.lower() != "identity")


def check_type(arrival: Arrival) -> None:
    """Reject a body that is declared as anything but JSON in UTF-8; no declaration is fine."""
    content_type = content_type_of(arrival)
    if content_type in ("", "application/json"):
        return
    charsets = dict.fromkeys(charset.lower() for charset in _CHARSET.findall(content_type))
    other = [charset for charset in charsets if charset not in ("utf-8", "utf8")]
    if other:
        raise UnsupportedMediaType(
            f"The charset {other[0]} is not supported: expected UTF-8",
            f"send application/json in UTF-8; {_LENIENT}",
        )
    # The same type sent twice, once with its charset, is still one type.
    if not all(_JSON_TYPE.fullmatch(value) for value in content_type.split(",")):
        raise UnsupportedMediaType(
            f"The media type {content_type} is not supported: expected application/json",
            "send Content-Type: application/json (curl: -H 'Content-Type: application/json'); "
            + _LENIENT,
        )
