"""Reports that stay small: what is long in them is cut, the longest first.

Random data does not compress, so what cannot be kept small is left out, and the report says so. The
last requests keep more than others: a test fails at its end.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from gzip import compress
from typing import Any

from cs_simulator.documents.long_json import written

SMALL = 360_000
"""Characters of data that any report may have: with the viewer, less than half a megabyte."""

FOR_EACH = 720
"""Characters of data for each request of a report with many of them."""

LAST = 10
"""Requests at the end whose bodies are cut last."""

LAST_LENGTH = 16_384
"""The length to which bodies of the last requests are cut, unless others may be longer."""

_LENGTHS = (65_536, 16_384, 4096, 2048, 1024, 512, 256, 128)
_STATES = ("begin", "changes", "state")
_MESSAGES = ("request", "response")


def packed(report: Mapping[str, Any]) -> str:
    """Return a report as text without markup in it."""
    text = written(json.JSONEncoder(), report).encode("ascii")
    return b64encode(compress(text, 6, mtime=0)).decode("ascii")


def fitted(report: Mapping[str, Any]) -> str:
    """Return a report packed, cut until it is small."""
    most = max(SMALL, FOR_EACH * len(report.get("requests") or ()))
    text = packed(report)
    if len(text) <= most:
        return text
    low, high = 0, len(_LENGTHS)
    while low < high:
        middle = (low + high) // 2
        tried = packed(cut(report, _LENGTHS[middle]))
        if len(tried) <= most:
            high, text = middle, tried
        else:
            low = middle + 1
    if low < len(_LENGTHS):
        return text
    # Many short values: the states are what a report can best do without.
    left = {name: value for name, value in report.items() if name not in ("begin", "changes")}
    return packed(cut(left, _LENGTHS[-1]))


def cut(report: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Return a report in which no value is longer than some length."""
    shown = dict(report)
    shown["cut"] = most
    requests = report.get("requests") or []
    last = len(requests) - LAST
    shown["requests"] = [
        _entry(each, most if place < last else max(most, LAST_LENGTH))
        for place, each in enumerate(requests)
    ]
    for name in _STATES:
        if name in report:
            shown[name] = _shortened(report[name], most)
    return shown


def _entry(entry: Mapping[str, Any], most: int) -> dict[str, Any]:
    sides = {name: _message(entry[name], most) for name in _MESSAGES if name in entry}
    return {**entry, **sides}


def _message(message: Mapping[str, Any], most: int) -> dict[str, Any]:
    body = message.get("body") or ""
    if len(body) <= most:
        return dict(message)
    # Whole groups of base64 can still be decoded.
    kept = most - most % 4
    shown = {**message, "body": body[:kept]}
    was = message.get("body_cut")
    told = f"the first {kept:,} of {len(body):,} characters, to keep this report small"
    shown["body_cut"] = f"{told}; the journal kept {was}" if was else told
    if "json" in message:
        # What a lane is called, and what it was asked for, is short.
        shown["json"] = _brief(message["json"])
    return shown


def _brief(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return None
    return {
        name: each
        for name, each in value.items()
        if isinstance(each, (int, float)) or (isinstance(each, str) and len(each) <= _LENGTHS[-1])
    }


def _shortened(value: Any, most: int) -> Any:
    if isinstance(value, str):
        if len(value) <= most:
            return value
        return f"{value[:most]}… ({len(value):,} characters, cut in this report)"
    if isinstance(value, Mapping):
        return {name: _shortened(each, most) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shortened(each, most) for each in value]
    return value
