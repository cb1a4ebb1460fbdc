"""Words and lines: a request as one line, the status of a response, text without control signs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

STATUS = 3
"""The position of the status among the words of a line."""

_RENAMED: Mapping[int, str] = MappingProxyType(
    {
        413: "Request Entity Too Large",
        414: "Request-URI Too Long",
        416: "Requested Range Not Satisfiable",
        422: "Unprocessable Entity",
    }
)
"""Phrases that depend on the version of Python: RFC 9110 has renamed them, and 3.13 follows it."""

_STATUSES: Mapping[int, str] = MappingProxyType(
    {
        status.value: f"{status.value} {_RENAMED.get(status.value, status.phrase)}"
        for status in HTTPStatus
    }
)


def status_line(status: int) -> str:
    """Return a status with its phrase, as the documents print it."""
    return _STATUSES.get(status) or f"{status} Unknown"


def request_words(time: str, members: Mapping[str, Any]) -> list[str]:
    """Return the words of a request's line, with ``-`` for missing ones.

    They are time, number, operation, status, duration, method and path, then anything unusual.
    """
    world = members.get("world")
    milliseconds = members["ms"]
    words = [
        time,
        "-" if world is None else f"{world}/{_or_dash(members['id'])}",
        _or_dash(members["operation"]),
        _or_dash(members["status"]),
        "-" if milliseconds is None else f"{milliseconds:.1f}ms",
        plain(members["method"]),
        plain(members["path"]),
    ]
    faults = members.get("faults")
    if faults:
        broken = members.get("broken")
        end = f":{broken}" if broken else ""
        words.append(f"fault={','.join(map(plain, faults))}{end}")
    hints = members.get("hints")
    if hints:
        words.append(f"hint={json.dumps('; '.join(hints))}")
    return words


def plain(text: str) -> str:
    """Return text without line ends and terminal control characters."""
    if text.isascii() and text.isprintable():
        return text
    return text.encode("unicode_escape").decode("ascii")


def one_line(text: str) -> str:
    """Return text in one line, without terminal control characters."""
    return (
        text
        if text.isprintable()
        else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    )


_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def xml_text(text: str) -> str:
    """Return text without the characters that XML does not allow."""
    return re.sub(_NOT_XML, "\ufffd", text)


def counted(count: int, what: str) -> str:
    """Return a number of things in words: ``1 request``, ``2 requests``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)
