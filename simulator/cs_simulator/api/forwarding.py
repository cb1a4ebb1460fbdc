"""What a proxy in front says of a request: where its client found the server.

Nothing of it is believed unless ``--trust-forwarded`` says whom to believe: whoever reaches the
server can send these headers. What they say goes into links, ``Location`` and hrefs; which path is
asked for, and what the journal shows, stays as it came.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from urllib.parse import unquote

from cs_simulator.api.arrival import Received
from cs_simulator.config import ANYBODY

FORWARDED = "HTTP_FORWARDED"
PREFIX = "HTTP_X_FORWARDED_PREFIX"
PROTO = "HTTP_X_FORWARDED_PROTO"
HOST = "HTTP_X_FORWARDED_HOST"

_SCHEMES = ("http", "https")
_LONGEST = 1_000
"""Characters of a prefix or a host that are taken."""
_LARGEST_PORT = 65_535

_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+;=:@-]|%[0-9A-Fa-f]{2})"
_PATH = re.compile(rf"(?:/{_CHARACTER}+)+")
_NETLOC = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_PAIR = re.compile(
    r"[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)="
    r"(?:([!#$%&'*+\-.^_`|~0-9A-Za-z:\[\]/]+)|\"((?:[^\"\\]|\\.)*)\")[ \t]*(?=[;,]|$)"
)

log = logging.getLogger("cs_simulator")


class Forwarding:
    """Whom a server believes what is said of a request, and what becomes of it."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(network) for network in networks)
        self._believes_all = self._networks == tuple(map(ip_network, ANYBODY))
        self._is_trusted = lru_cache(maxsize=1_000)(self._holds)

    def _holds(self, address: str) -> bool:
        found = ip_address(address.partition("%")[0])
        return any(found in network for network in self._networks)

    def taken(self, request: Received) -> Received:
        """Return a request with the origin and prefix under which its client found the server.

        One of a stranger, and one of which nothing is said, is returned as it is.
        """
        headers = request.headers
        if not self._believes_all and not (request.peer and self._is_trusted(request.peer[0])):
            return request
        said = _standard(headers[FORWARDED]) if FORWARDED in headers else {}
        proto = said.get("proto") or _first(headers.get(PROTO))
        host = said.get("host") or _first(headers.get(HOST))
        scheme, _, netloc = request.origin.partition("://")
        if proto is not None:
            scheme = _scheme(proto) or scheme
        if host is not None:
            netloc = _netloc(host) or netloc
        prefix = _prefix(headers[PREFIX]) if PREFIX in headers else ""
        return request._replace(origin=f"{scheme}://{netloc}", mount=prefix)


def _first(text: str | None) -> str | None:
    """Return what the first proxy said, where each adds its own behind the last."""
    return None if text is None else text.partition(",")[0]


# What is wrong is told once for each text, since these remember what they were asked.


@lru_cache(maxsize=256)
def _scheme(text: str) -> str | None:
    """Return the scheme that the first proxy saw, None where it is not one."""
    scheme = text.strip().lower()
    if scheme in _SCHEMES:
        return scheme
    _ignored("the scheme", text, "http or https")
    return None


@lru_cache(maxsize=256)
def _netloc(text: str) -> str | None:
    """Return the host that the first proxy was asked for, None where it cannot be one."""
    netloc = text.strip()
    found = _NETLOC.fullmatch(netloc) if len(netloc) <= _LONGEST else None
    if found is not None and int(found[1] or 0) <= _LARGEST_PORT:
        return netloc
    _ignored("the host", text, "a name or an address, with or without a port")
    return None


@lru_cache(maxsize=256)
def _prefix(text: str) -> str:
    """Return the path below which the server is found; each proxy adds its own behind the last."""
    parts = [part.strip().rstrip("/") for part in text.split(",")]
    found = "".join(parts)
    if not found:
        return ""
    # Two slashes at the beginning would lead to another host, and dots out of the prefix.
    is_path = len(found) <= _LONGEST and all(not part or _PATH.fullmatch(part) for part in parts)
    if is_path and not any(unquote(segment) in (".", "..") for segment in found.split("/")):
        return found
    _ignored("the prefix", text, "a path such as /simulator")
    return ""


@lru_cache(maxsize=256)
def _standard(text: str) -> dict[str, str]:
    """Return what the header Forwarded (RFC 7239) says first of each name; nothing if malformed."""
    said: dict[str, str] = {}
    position = 0
    while position < len(text):
        if text[position] in ",; \t":
            position += 1
            continue
        pair = _PAIR.match(text, position)
        if pair is None:
            _ignored("the header Forwarded", text, "a list such as host=a.example;proto=https")
            return {}
        value = pair[2] if pair[3] is None else re.sub(r"\\(.)", r"\1", pair[3])
        said.setdefault(pair[1].lower(), value)
        position = pair.end()
    return said


def _ignored(what: str, text: str, expected: str) -> None:
    """Say in the log that something a proxy said is not taken."""
    shown = text if len(text) <= 100 else f"{text[:100]}..."
    log.warning("ignored %s from a trusted proxy: expected %s, found %r", what, expected, shown)
