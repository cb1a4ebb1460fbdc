"""Where a response repeats a request's secrets, and how to remove them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MASK = "***"

_SHORTEST = 4
"""The minimum length of a secret to be searched for: shorter ones occur in words."""

_SHOWN = 77
"""The length at which errors truncate a long value."""

_NAME = re.compile(rb"\s*:")
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)("?)|-?[0-9][0-9.eE+-]*', re.DOTALL)


def echoes(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the texts in which a response may repeat secrets, the longest first."""
    known = {each for each in secrets if each and each != MASK}
    found = {each for each in known if len(each) >= _SHORTEST}
    found |= {each[:_SHOWN] for each in found}
    # Errors quote what they found.
    found |= {f"'{each}'" for each in known if len(each) < _SHORTEST}
    return tuple(sorted(found, key=lambda each: (-len(each), each)))


def read_string(raw: bytes) -> str:
    """Return the content of a JSON string between its quotes, possibly truncated."""
    text = raw.decode("utf-8", "surrogateescape")
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def texts_in(value: bytes) -> Iterable[str]:
    """Yield the strings and numbers in JSON text: raw, and decoded."""
    for token in _TOKEN.finditer(value):
        if _is_name(token):
            continue
        raw = token[0] if token[1] is None else token[1]
        yield raw.decode("utf-8", "surrogateescape")
        yield read_string(raw)


def _is_name(token: re.Match[bytes]) -> bool:
    return token[1] is not None and _NAME.match(token.string, token.end()) is not None


def without_values(shown: Any, values: Sequence[str]) -> Any:
    """Return JSON data without some values, in texts and numbers; names are kept."""
    if not values:
        return shown
    if isinstance(shown, str):
        for value in values:
            shown = shown.replace(value, MASK)
        return shown
    if isinstance(shown, Mapping):
        return {name: without_values(each, values) for name, each in shown.items()}
    if isinstance(shown, (list, tuple)):
        return [without_values(each, values) for each in shown]
    is_number = isinstance(shown, (int, float)) and not isinstance(shown, bool)
    return MASK if is_number and str(shown) in values else shown


def without_echoes(body: bytes, values: Sequence[str]) -> bytes:
    """Return a body without some values; a JSON body stays JSON, with its names."""
    if not values:
        return body
    if body.lstrip()[:1] not in (b"{", b"[", b'"'):
        text = body.decode("utf-8", "surrogateescape")
        return str(without_values(text, values)).encode("utf-8", "surrogateescape")

    def replaced(token: re.Match[bytes]) -> bytes:
        if token[1] is None:
            is_secret = token[0].decode() in values
            return f'"{MASK}"'.encode() if is_secret else token[0]
        if _is_name(token):
            return token[0]
        text = read_string(token[1])
        shown = without_values(text, values)
        if shown == text:
            return token[0]
        written = json.dumps(shown, ensure_ascii=False)[1:-1]
        return b'"' + written.encode("utf-8", "surrogateescape") + token[2]

    return _TOKEN.sub(replaced, body)
