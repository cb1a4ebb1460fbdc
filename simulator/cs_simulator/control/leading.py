"""Redirection to the console, for browsers that open the server's own address."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from cs_simulator.api.arrival import Address, Received
from cs_simulator.control.addressing import PREFIX

CONSOLE = f"{PREFIX}/console"

_LEADS = frozenset({"/", PREFIX, f"{PREFIX}/"})
_LEADS_IN_WORLD = frozenset({"", *_LEADS, CONSOLE})


def is_of_console(path: str) -> bool:
    """Tell whether a path is one of the console's own files, which contain no data."""
    return path == CONSOLE or path.startswith(f"{CONSOLE}/")


def may_lead(request: Received, where: Address) -> bool:
    """Tell whether the response depends on the header Accept, because a page is one possibility."""
    leads = _LEADS_IN_WORLD if where.prefix else _LEADS
    return where.target.path in leads and request.method in ("GET", "HEAD")


def way_to_console(request: Received, where: Address) -> str | None:
    """Return the relative address of the console if a browser is to be redirected there, else None.

    Someone who types the address of the server, of its control API or of a world wants a page.
    Clients that do not prefer HTML get the normal response.
    """
    if not may_lead(request, where):
        return None
    if not _prefers_page(request.headers.get("HTTP_ACCEPT", "")):
        return None
    # Relative, so that it works behind a proxy that adds a path prefix.
    path = urlsplit(request.uri).path or "/"
    up = "../" * (path.count("/") - 1)
    world = f"#world={quote(where.name, safe='')}" if where.prefix else ""
    return f"{up}{CONSOLE[1:]}{world}"


def _prefers_page(accept: str) -> bool:
    """Tell whether the header names HTML, and prefers it to JSON."""
    if "text/html" not in accept.lower():
        return False
    # There is only one page, whatever level or charset of HTML is requested.
    ranges = parse_accept_header(accept, MIMEAccept)
    accepted = MIMEAccept(
        [(each.partition(";")[0].strip().lower(), quality) for each, quality in ranges]
    )
    return accepted.best_match(("application/json", "text/html")) == "text/html"
