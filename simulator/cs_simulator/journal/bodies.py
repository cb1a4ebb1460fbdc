"""How bodies and headers are represented: text as text, other bytes in base64."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from typing import Any


def body_members(body: bytes, size: int) -> dict[str, Any]:
    """Return a body of ``size`` bytes, of which ``body`` was kept, as members of an entry.

    Text is kept as it is, anything else is in base64, as ``body_encoding`` says. ``json`` is the
    parsed body, if it is complete.
    """
    if not size:
        return {}
    is_cut = size > len(body)
    text = _text(body, is_cut=is_cut)
    members: dict[str, Any] = {"body": text}
    if text is None:
        members = {"body": b64encode(body).decode("ascii"), "body_encoding": "base64"}
    if is_cut:
        members["body_cut"] = f"the first {len(body)} of {size} bytes"
    elif text is not None:
        with suppress(ValueError, RecursionError):  # it is text in another encoding
            members["json"] = json.loads(text, parse_constant=_finite, parse_float=_finite)
    return members


def header_members(headers: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Return headers by name; one that was sent in several lines has a list of values."""
    members: dict[str, str | list[str]] = {}
    for name, value in headers:
        there = members.get(name)
        if there is None:
            members[name] = value
        elif isinstance(there, list):
            there.append(value)
        else:
            members[name] = [there, value]
    return members


def _text(body: bytes, *, is_cut: bool) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if is_cut and error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8")
        return None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
