"""The report of a run: one self-contained HTML file with the data and the viewer.

The viewer consists of the console's modules. A browser does not load modules from local files, so
they are joined to one script, in the order in which they import each other; their top-level names
are unique. The data is compressed, which makes it small and free of markup.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from typing import Any

from cs_simulator.console.assets import asset
from cs_simulator.console.fitting import fitted, packed

ENTRY = "report.js"

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
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in title)


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
    for each in _IMPORT.findall(_text(name)):
        if each not in done:
            yield from _in_order(each, done)
    if name not in done:
        yield name
