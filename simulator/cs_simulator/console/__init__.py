"""The console, a page that shows and controls worlds: its HTML, its styles and its modules.

The files contain no data. The page requests it from the control API, with the token if one is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

PAGE = "index.html"

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "html": "text/html; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)
"""Content types by file extension."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""The content security policy: the page may use its own files and contact its own server."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
"""The headers of every file."""


class Asset(NamedTuple):
    """One file of the console."""

    content: bytes
    content_type: str


def names() -> list[str]:
    """Return the names of all files."""
    folder = files(__package__) / "page"
    return sorted(file.name for file in folder.iterdir() if file.name.partition(".")[2] in TYPES)


def asset(name: str) -> Asset | None:
    """Return the file of that name, or None."""
    if name not in names():
        return None
    content = (files(__package__) / "page" / name).read_bytes()
    return Asset(content, TYPES[name.partition(".")[2]])
