"""What is secret in a recording, and how it is taken out: no other recorder does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cs_simulator.har.exchanges import (
    Header,
    Headers,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)

MASK = "***"

_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|client[_-]?secret|[a-z_-]{0,32}token|api[_-]?key|apikey"
    r"|authorization|credentials?|private[_-]?key|session[_-]?key|set-cookie2?|cookie2?"
)
_HEADER = re.compile(
    rf"(?:proxy-)?authorization|(?:x-)?(?:auth-)?(?:{_NAMES})|x-auth[a-z-]*", re.IGNORECASE
)
_PLACE = re.compile(r"[./\[\]]+")
_PARAMETER = re.compile(rf"(^|&)((?:{_NAMES})=)[^&]*", re.IGNORECASE)
_MEMBER = re.compile(
    rf'("(?:{_NAMES})"\s*:\s*)("(?:[^"\\]|\\.)*"?|-?[0-9][0-9.eE+-]*|true|false)'.encode(),
    re.IGNORECASE,
)
_FIELD = re.compile(rf"(^|&)((?:{_NAMES})=)[^&]*".encode(), re.IGNORECASE)
_KEEP_NAME = rf"\1\2{MASK}"
_USER = re.compile(r"(?<=://)[^/?#@]*@")


def is_secret_name(name: str) -> bool:
    """Tell whether what has a name is a secret by it, or by the name of what it stands in."""
    return any(_HEADER.fullmatch(part) for part in _PLACE.split(name))


def without_secrets(shown: Any) -> Any:
    """Return JSON data in which no member holds a secret, as its name would have it."""
    if isinstance(shown, (list, tuple)):
        return [without_secrets(each) for each in shown]
    if not isinstance(shown, Mapping):
        return shown
    if "op" in shown and is_secret_name(str(shown.get("path"))):
        return {**shown, "value": MASK} if "value" in shown else dict(shown)
    return {
        name: MASK if value is not None and is_secret_name(name) else without_secrets(value)
        for name, value in shown.items()
    }


def masked(exchange: RecordedExchange) -> RecordedExchange:
    """Return an exchange in which no secret stands; what was taken out is told in its details."""
    request, found = _masked_request(exchange.request)
    response = exchange.response
    if response is not None:
        response, more = _masked_response(response)
        found += more
    if not found:
        return exchange
    details = {**exchange.details, "_masked": found}
    return replace(exchange, request=request, response=response, details=details)


def _masked_request(request: RecordedRequest) -> tuple[RecordedRequest, list[str]]:
    headers, found = masked_headers(request.headers)
    found = [f"request.headers.{name}" for name in found]
    url = masked_url(request.url)
    if url != request.url:
        found.append("request.url")
    body = masked_body(request.body, headers)
    if body != request.body:
        found.append("request.body")
    return replace(request, headers=headers, url=url, body=body), found


def _masked_response(response: RecordedResponse) -> tuple[RecordedResponse, list[str]]:
    headers, found = masked_headers(response.headers)
    found = [f"response.headers.{name}" for name in found]
    body = response.body
    if body:
        body = masked_body(body, headers)
        if body != response.body:
            found.append("response.body")
    return replace(response, headers=headers, body=body), found


def masked_headers(headers: Headers) -> tuple[Headers, list[str]]:
    """Return headers without secrets, and the names of those that had some.

    Of ``Authorization`` the scheme stays: whether a client sends any is worth knowing.
    """
    found: list[str] = []
    shown: list[Header] = []
    for name, value in headers:
        if _HEADER.fullmatch(name) and value:
            found.append(name)
            scheme, blank, _ = value.partition(" ")
            is_scheme = blank and name.lower().endswith("authorization") and scheme.isalpha()
            shown.append(Header(name, f"{scheme} {MASK}" if is_scheme else MASK))
        else:
            shown.append(Header(name, value))
    return tuple(shown), found


def masked_url(url: str) -> str:
    """Return a URL without its user and password, and without secret parameters."""
    url = _USER.sub(f"{MASK}@", url)
    before, mark, query = url.partition("?")
    return f"{before}{mark}{_PARAMETER.sub(_KEEP_NAME, query)}"


def masked_body(body: bytes, headers: Headers) -> bytes:
    """Return a body in which each secret member or field is replaced, all else as it was."""
    if not body:
        return body
    types = [value.lower() for name, value in headers if name.lower() == "content-type"]
    if any("x-www-form-urlencoded" in kind for kind in types) and body[:1] not in b"{[":
        return _FIELD.sub(_KEEP_NAME.encode(), body)
    return _MEMBER.sub(rb'\1"' + MASK.encode() + b'"', body)
