"""What a body says of itself: its media type, its charset, and how it is encoded.

A body that cannot be read is refused for the reason, and not for what its bytes look like.
Contract section 2, *Content-Type*.
"""

from __future__ import annotations

import re

from cs_simulator.api.arrival import Arrival
from cs_simulator.domain.errors import UnsupportedMediaType

_JSON_TYPE = re.compile(
    r'\s*application/json\s*(?:;\s*(?:charset\s*=\s*"?utf-?8"?|[a-z]+\s*=\s*[^;,]*)?\s*)*',
    re.IGNORECASE,
)
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s";,]+)', re.IGNORECASE)
_LENIENT = "the switch content_type=lenient takes any"


def content_type_of(arrival: Arrival) -> str:
    """Return the Content-Type of a request: one value, though it may have been sent twice."""
    values = arrival.headers.get("HTTP_CONTENT_TYPE", "").split(", ")
    for count in range(1, len(values)):
        if values == values[:count] * (len(values) // count):
            return ", ".join(values[:count])
    return ", ".join(values)


def check_encoding(arrival: Arrival) -> None:
    """Refuse a body that is compressed, or otherwise not sent as it is."""
    codings = content_codings(arrival.headers.get("HTTP_CONTENT_ENCODING", ""))
    if codings:
        raise UnsupportedMediaType(
            f"The Content-Encoding {codings} is not supported: expected identity, or none",
            "send the body as it is, not compressed",
            accepts_encoding="identity",
        )


def content_codings(value: str) -> str:
    """Return the codings that a header ``Content-Encoding`` names, besides none at all."""
    names = [each.strip() for each in value.split(",")]
    return ", ".join(each for each in names if each and each.lower() != "identity")


def check_type(arrival: Arrival) -> None:
    """Refuse a body that does not say that it is JSON in UTF-8, unless it says nothing."""
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
    # The same said twice, one time with its charset, is still one thing.
    if not all(_JSON_TYPE.fullmatch(value) for value in content_type.split(",")):
        raise UnsupportedMediaType(
            f"The media type {content_type} is not supported: expected application/json",
            "send Content-Type: application/json (curl: -H 'Content-Type: application/json'); "
            + _LENIENT,
        )
