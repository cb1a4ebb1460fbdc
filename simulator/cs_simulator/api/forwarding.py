"""Forwarded headers: under which URL a proxy's client found the server.

They are ignored unless ``--trust-forwarded`` names the sender, because anyone who reaches the
server can send them. Trusted values appear in links, ``Location`` and hrefs. Routing and the
journal still use the request as it came.
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
from cs_simulator.documents.problems import Problem

FORWARDED = "HTTP_FORWARDED"
PREFIX = "HTTP_X_FORWARDED_PREFIX"
PROTO = "HTTP_X_FORWARDED_PROTO"
HOST = "HTTP_X_FORWARDED_HOST"

_SCHEMES = ("http", "https")
_LONGEST = 1_000
"""Characters that a prefix or a host may contain."""
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
    """Whose forwarded headers to trust, and how to apply them to a request."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(network) for network in networks)
        self._believes_all = self._networks == tuple(map(ip_network, ANYBODY))
        self._is_trusted = lru_cache(maxsize=1_000)(self._holds)

    def _holds(self, address: str) -> bool:
        found = ip_address(address.partition("%")[0])
        return any(found in network for network in self._networks)

    def taken(self, request: Received) -> Received:
        """Return a request with the origin and prefix by which its client found the server.

        A request from an untrusted address, or without such headers, is returned unchanged.
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
    """Return the value of the first proxy, where each proxy appends its own."""
    return None if text is None else text.partition(",")[0]


# Cached, so that each invalid value is logged only once.


@lru_cache(maxsize=256)
def _scheme(text: str) -> str | None:
    """Return the scheme that the first proxy received, or None if it is not valid."""
    scheme = text.strip().lower()
    if scheme in _SCHEMES:
        return scheme
    _ignored("the scheme", text, "http or https")
    return None


@lru_cache(maxsize=256)
def _netloc(text: str) -> str | None:
    """Return the host that the first proxy received, or None if it is not valid."""
    netloc = text.strip()
    found = _NETLOC.fullmatch(netloc) if len(netloc) <= _LONGEST else None
    if found is not None and int(found[1] or 0) <= _LARGEST_PORT:
        return netloc
    _ignored("the host", text, "a name or an address, with or without a port")
    return None


@lru_cache(maxsize=256)
def _prefix(text: str) -> str:
    """Return the path prefix of the server; each proxy appends its own."""
    parts = [part.strip().rstrip("/") for part in text.split(",")]
    found = "".join(parts)
    if not found:
        return ""
    # Two leading slashes would lead to another host, and dots out of the prefix.
    is_path = len(found) <= _LONGEST and all(not part or _PATH.fullmatch(part) for part in parts)
    if is_path and not any(unquote(segment) in (".", "..") for segment in found.split("/")):
        return found
    _ignored("the prefix", text, "a path such as /simulator")
    return ""


@lru_cache(maxsize=256)
def _standard(text: str) -> dict[str, str]:
    """Return the first value of each name in a header Forwarded (RFC 7239), or nothing."""
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
    """Log that a forwarded header was ignored."""
    log.warning("ignored %s from a trusted proxy: %s", what, Problem("", expected, text).detail)
