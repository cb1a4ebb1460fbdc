"""The report of a run: one self-contained HTML file with the data and the viewer.

The viewer consists of the console's modules. A browser does not load modules from local files, so
they are joined to one script, in the order in which they import each other; their top-level names
are unique. The data is compressed, which makes it small and free of markup.

What is long in the data is cut, the longest first. Random data does not compress, so what cannot be
kept small is left out, and the report says so. The last requests keep more than others: a test
fails at its end.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from gzip import compress
from hashlib import sha256
from html import escape
from typing import Any

from cs_simulator.console import asset
from cs_simulator.documents.long_json import written
from cs_simulator.documents.values import with_scalars

ENTRY = "report.js"

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

_IMPORT = re.compile(r'^import \{[^}]+\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=class|function|async|const)", re.MULTILINE)

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="cs-simulator">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header id="top"></header>
<main id="views" aria-label="Views">
<noscript><p class="empty">This file needs JavaScript.</p></noscript>
</main>
<div id="said" role="status"></div>
<script type="text/plain" id="data">
{data}
</script>
<script type="module">{script}</script>
</body>
</html>
"""


def report_page(report: Mapping[str, Any], *, whole: bool = False) -> str:
    """Return the HTML of a report, cut where it would be large unless it must be whole.

    Members of the data, all optional: ``version``, ``world``, ``url``, ``test`` (its ``name`` and
    ``failure``), ``scenario``, ``clock`` and ``stage`` as the control API shows them, ``requests``
    and ``dropped`` as the journal does, ``explained`` (what explain says of each of them, with its
    ``id``), ``faults`` as a list, ``verdict`` as the judge answers, ``state``, the snapshot at the
    end, ``begin``, the snapshot before the first of the requests, and ``changes``, what each
    request changed: a list of ``request``, its id, and ``patch``, a JSON Patch.
    """
    style, script = _text("console.css"), _script()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    name = str((report.get("test") or {}).get("name") or report.get("world") or "a run")
    return _PAGE.format(
        policy=policy,
        title=escape(_shown(f"Report of {name}")),
        style=style,
        data=packed(report) if whole else fitted(report),
        script=script,
    )


def _shown(title: str) -> str:
    """Remove bidirectional controls and invisible characters from a title."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in title
    )


def _hash(text: str) -> str:
    """Return the hash by which a policy allows exactly this script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


def _text(name: str) -> str:
    found = asset(name)
    assert found is not None  # noqa: S101 - it ships
    return found.content.decode("utf-8")


def _script() -> str:
    """Return the viewer's modules as one script."""
    done: dict[str, str] = {}
    for name in _in_order(ENTRY, done):
        done[name] = _EXPORT.sub("", _IMPORT.sub("", _text(name)))
    return "\n".join(done.values())


def _in_order(name: str, done: Mapping[str, str]) -> Iterator[str]:
    """Yield a module after those that it imports, each once."""
    for imported in _IMPORT.findall(_text(name)):
        if imported not in done:
            yield from _in_order(imported, done)
    if name not in done:
        yield name


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
        _entry(request, most if place < last else max(most, LAST_LENGTH))
        for place, request in enumerate(requests)
    ]
    for name in _STATES:
        if name in report:
            shown[name] = with_scalars(report[name], lambda scalar: _shortened(scalar, most))
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
    size = f"the first {kept:,} of {len(body):,} characters, to keep this report small"
    shown["body_cut"] = f"{size}; the journal kept {was}" if was else size
    if "json" in message:
        # What a lane is called, and what it was asked for, is short.
        shown["json"] = _brief(message["json"])
    return shown


def _brief(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return None
    return {
        name: member
        for name, member in value.items()
        if isinstance(member, (int, float))
        or (isinstance(member, str) and len(member) <= _LENGTHS[-1])
    }


def _shortened(value: Any, most: int) -> Any:
    if not isinstance(value, str) or len(value) <= most:
        return value
    return f"{value[:most]}… ({len(value):,} characters, cut in this report)"
