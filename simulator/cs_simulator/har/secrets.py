"""Which parts of a recording are secret, and how to remove them; other recorders do not.

A response may repeat the secrets of its request.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, unquote_plus

from cs_simulator.documents.values import with_scalars
from cs_simulator.har.exchanges import (
    Header,
    Headers,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.har.segments import segments_named

MASK = "***"

_SHORTEST = 4
"""The minimum length of a secret to be searched for: shorter ones occur in words."""

_SHOWN = 77
"""The length at which errors truncate a long value."""

_NAME = re.compile(rb"\s*:")
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)("?)|-?[0-9][0-9.eE+-]*', re.DOTALL)


def _echoes(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the texts in which a response may repeat secrets, the longest first."""
    known = {secret for secret in secrets if secret and secret != MASK}
    found = {secret for secret in known if len(secret) >= _SHORTEST}
    found |= {text[:_SHOWN] for text in found}
    # Errors quote what they found.
    found |= {f"'{secret}'" for secret in known if len(secret) < _SHORTEST}
    return longest_first(found)


def longest_first(values: Iterable[str]) -> tuple[str, ...]:
    """Return values in the order in which they are replaced, since one may contain another."""
    return tuple(sorted(values, key=lambda value: (-len(value), value)))


def _read_string(raw: bytes) -> str:
    """Return the content of a JSON string between its quotes, possibly truncated."""
    text = raw.decode("utf-8", "surrogateescape")
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _written(text: str, token: re.Match[bytes]) -> bytes:
    """Return a text as a JSON string in place of another one, which may be truncated."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    try:
        raw = written.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate, which JSON can only escape
        raw = json.dumps(text)[1:-1].encode("ascii")
    return b'"' + raw + token[2]


def _texts_in(value: bytes) -> Iterable[str]:
    """Yield the strings and numbers in JSON text: raw, and decoded."""
    for token in _TOKEN.finditer(value):
        if _is_name(token):
            continue
        raw = token[0] if token[1] is None else token[1]
        yield raw.decode("utf-8", "surrogateescape")
        yield _read_string(raw)


def _is_name(token: re.Match[bytes]) -> bool:
    return token[1] is not None and _NAME.match(token.string, token.end()) is not None


def without_values(shown: Any, values: Sequence[str]) -> Any:
    """Return JSON data without some values, in texts and numbers; names are kept."""

    def masked(scalar: Any) -> Any:
        if isinstance(scalar, str):
            for value in values:
                scalar = scalar.replace(value, MASK)
            return scalar
        is_number = isinstance(scalar, (int, float)) and not isinstance(scalar, bool)
        return MASK if is_number and str(scalar) in values else scalar

    return with_scalars(shown, masked) if values else shown


def _without_echoes(body: bytes, values: Sequence[str]) -> bytes:
    """Return a body without some values; a JSON body stays JSON, with its names."""
    if not values:
        return body
    if body.lstrip()[:1] not in (b"{", b"[", b'"'):
        text = body.decode("utf-8", "surrogateescape")
        return str(without_values(text, values)).encode("utf-8", "surrogateescape")

    def replaced(token: re.Match[bytes]) -> bytes:
        if token[1] is None:
            is_secret = token[0].decode() in values
            return f'"{MASK}"'.encode() if is_secret else token[0]
        if _is_name(token):
            return token[0]
        text = _read_string(token[1])
        shown = without_values(text, values)
        if shown == text:
            return token[0]
        return _written(shown, token)

    return _TOKEN.sub(replaced, body)


_NAMES = (
    r"pass|pwd|[a-z0-9_-]{0,32}(?:password|passwd|passphrase|secret|token|jwt|api[_-]?key)"
    r"|authorization|credentials?|private[_-]?key|session[_-]?key|set-cookie2?|cookie2?"
    r"|pin|otp|cv[cv]2?|client[_-]?assertion|signature"
)
_HEADER = re.compile(
    rf"(?:proxy-)?authorization|(?:x-)?(?:auth-)?(?:{_NAMES})|x-auth[a-z-]*", re.IGNORECASE
)
_SCHEMES = frozenset({"basic", "bearer", "digest", "negotiate"})
_PLACE = re.compile(r"[./\[\]'\"]+")
_USER = re.compile(r"(?<=://)([^/?#@]*)@")
_BY_LOOKS = re.compile(
    r"(?<![A-Za-z0-9_-])(?:(?P<scheme>[Bb]earer(?:\s|%20|\+))(?P<bearer>[A-Za-z0-9._~+/=-]{8,4096})"
    r"|(?P<jwt>eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{2,8192}\.[A-Za-z0-9_-]{0,8192}))"
)
"""A bearer token, or a JSON Web Token (RFC 7519), wherever it stands."""
_PART = (
    rb"(?is)(\r?\n|^)--%s\r?\n(?P<head>[^\r\n]+(?:\r?\n[^\r\n]+)*)\r?\n\r?\n"
    rb"(?P<value>.*?)(?=\r?\n--%s|\Z)"
)
_BOUNDARY = re.compile(r'boundary="?([^";]{1,100})', re.IGNORECASE)
_PART_NAME = re.compile(rb'[; ]name="?([^";\r\n]{1,200})', re.IGNORECASE)
_EXTENSION = re.compile("/extensions/([^/?#]+)")
_KEY = re.compile(rb'"((?:[^"\\]|\\.){1,100})"\s*:\s*', re.DOTALL)
_SCALAR = re.compile(rb'"(?:[^"\\]|\\.)*"?|-?[0-9][0-9.eE+-]*|true|false', re.DOTALL)
_STEP = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class Masker:
    """Replace secrets; ``names`` are those of secrets besides the well-known ones."""

    __slots__ = ("_names", "_segments")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in names if name)
        self._segments = segments_named(self._names) if self._names else ()

    def is_secret(self, name: str) -> bool:
        """Tell whether a name, or the name of its parent, means a secret."""
        return self._is_name(name) or any(self._is_name(part) for part in _PLACE.split(name))

    def _is_name(self, name: str) -> bool:
        return _HEADER.fullmatch(name) is not None or name.lower() in self._names

    def _names_extension(self, url: str) -> bool:
        """Tell whether a request is for an extension with a secret name: its body is the value."""
        found = _EXTENSION.search(url)
        return found is not None and self.is_secret(unquote(found[1]))

    def data(self, shown: Any) -> Any:
        """Return JSON data without the values of members with secret names."""
        if isinstance(shown, (list, tuple)):
            return [self.data(item) for item in shown]
        if isinstance(shown, str):
            is_json = shown[:1] in ("{", "[") and '"' in shown
            return self._text(shown, set()) if is_json else _masked_tokens(shown, set())
        if not isinstance(shown, Mapping):
            return shown
        if "op" in shown and self.is_secret(str(shown.get("path"))):
            return {**shown, "value": MASK} if "value" in shown else dict(shown)
        if "kind" in shown and "id" in shown and self.is_secret(f"{shown['kind']}_id"):
            return {**shown, "id": MASK}
        return {
            name: MASK if value is not None and self.is_secret(name) else self.data(value)
            for name, value in shown.items()
        }

    def exchange(self, exchange: RecordedExchange) -> RecordedExchange:
        """Return an exchange without secrets; what was removed is listed in its details."""
        values = self.values_of(exchange.request)
        request, found = self._request(exchange.request)
        response = exchange.response
        if response is not None:
            response, more = self._response(response, values)
            found += more
        if not found:
            return exchange
        details = {**without_values(exchange.details, values), "_masked": found}
        return replace(exchange, request=request, response=response, details=details)

    def _request(self, request: RecordedRequest) -> tuple[RecordedRequest, list[str]]:
        headers, found = self.headers(request.headers)
        found = [f"request.headers.{name}" for name in found]
        url = self.url(request.url)
        if url != request.url:
            found.append("request.url")
        body = self.request_body(request.url, request.body, headers)
        if body != request.body:
            found.append("request.body")
        return replace(request, headers=headers, url=url, body=body), found

    def _response(
        self, response: RecordedResponse, values: Sequence[str]
    ) -> tuple[RecordedResponse, list[str]]:
        headers, found = self.headers(response.headers, values)
        found = [f"response.headers.{name}" for name in found]
        body = response.body
        if body:
            body = self.body(body, headers, values)
            if body != response.body:
                found.append("response.body")
        return replace(response, headers=headers, body=body), found

    def values_of(self, request: RecordedRequest) -> tuple[str, ...]:
        """Return the secrets of a request that its response may repeat, the longest first."""
        taken: set[str] = set()
        for name, value in request.headers:
            self._header(name, value, taken)
        self._url(request.url, taken)
        if self._names_extension(request.url):
            taken.update(_texts_in(request.body))
        self._body(request.body, request.headers, taken)
        return _echoes(taken)

    def headers(self, headers: Headers, values: Sequence[str] = ()) -> tuple[Headers, list[str]]:
        """Return headers without secrets, and the names of the changed ones.

        The scheme of ``Authorization`` is kept: whether a client sends credentials matters.
        """
        found: list[str] = []
        shown: list[Header] = []
        for name, value in headers:
            masked_value = without_values(self._header(name, value, set()), values)
            if masked_value != value:
                found.append(name)
            shown.append(Header(name, masked_value))
        return tuple(shown), found

    def _header(self, name: str, value: str, taken: set[str]) -> str:
        if not self._is_name(name):
            if value[:1] in ("{", "["):
                return self._text(value, taken)
            if "?" in value or "://" in value or value[:1] == "/":
                return self._url(value, taken)
            return _masked_tokens(value, taken)
        if not value:
            return value
        if value.lower() not in _SCHEMES:
            taken.add(value)
        if "cookie" in name.lower():
            taken.update(pair.partition("=")[2].strip() for pair in value.split(";"))
        scheme, space, rest = value.partition(" ")
        if not (space and name.lower().endswith("authorization") and scheme.isalpha()):
            return MASK
        taken.add(rest.strip())
        if scheme.lower() == "basic":
            with suppress(ValueError):
                taken.add(b64decode(rest).decode().partition(":")[2])
        return f"{scheme} {MASK}"

    def url(self, url: str) -> str:
        """Return a URL without user, password and secret parameters."""
        return self._url(url, set())

    def _url(self, url: str, taken: set[str]) -> str:
        for user in _USER.findall(url):
            taken.update((user, user.partition(":")[2]))
        url = _masked_tokens(_USER.sub(f"{MASK}@", url), taken)
        url, sharp, fragment = url.partition("#")
        before, mark, query = url.partition("?")
        before = self._path(before, taken)
        return f"{before}{mark}{self._fields(query, taken)}{sharp}{self._fields(fragment, taken)}"

    def _path(self, path: str, taken: set[str]) -> str:
        """Mask the segments of a path that are parameters with secret names."""

        def replaced(found: re.Match[str]) -> str:
            taken.update((found["value"], unquote(found["value"])))
            return f"{found['before']}{MASK}"

        for segment in self._segments:
            path = segment.sub(replaced, path)
        return path

    def _fields(self, query: str, taken: set[str]) -> str:
        fields = query.split("&")
        for at, field in enumerate(fields):
            name, sign, value = field.partition("=")
            if sign and self.is_secret(unquote_plus(name)):
                taken.update((value, unquote(value), unquote_plus(value)))
                fields[at] = f"{name}={MASK}"
        return "&".join(fields)

    def request_body(self, url: str, body: bytes, headers: Headers) -> bytes:
        """Return the body of a request without secrets."""
        if body and self._names_extension(url):
            return f'"{MASK}"'.encode()
        return self.body(body, headers)

    def body(self, body: bytes, headers: Headers, values: Sequence[str] = ()) -> bytes:
        """Return a body with each secret member or field replaced, and otherwise unchanged.

        The secrets of its request, ``values``, are replaced too.
        """
        return _without_echoes(self._body(body, headers, set()), values)

    def _body(self, body: bytes, headers: Headers, taken: set[str]) -> bytes:
        if not body:
            return body
        types = [value for name, value in headers if name.lower() == "content-type"]
        if any("x-www-form-urlencoded" in kind.lower() for kind in types) and body[:1] not in b"{[":
            text = body.decode("utf-8", "surrogateescape")
            text = _masked_tokens(self._fields(text, taken), taken)
            return text.encode("utf-8", "surrogateescape")
        for kind in types:
            boundary = _BOUNDARY.search(kind) if kind.lower().startswith("multipart/") else None
            if boundary is not None:
                body = self._parts(body, boundary[1].encode("latin-1", "replace"), taken)
        body = self._members(_masked_token_bytes(body, taken), taken)
        return self._inner(body, taken) if b'\\"' in body else body

    def _text(self, text: str, taken: set[str]) -> str:
        """Mask JSON that is in a header or in a string."""
        body = self._body(text.encode("utf-8", "surrogatepass"), (), taken)
        return body.decode("utf-8", "surrogatepass")

    def _inner(self, body: bytes, taken: set[str]) -> bytes:
        """Mask what is JSON in the strings of JSON."""

        def replaced(token: re.Match[bytes]) -> bytes:
            if token[1] is None or token[1][:1] not in (b"{", b"["):
                return token[0]
            text = _read_string(token[1])
            shown = self._text(text, taken)
            if shown == text:
                return token[0]
            return _written(shown, token)

        return _TOKEN.sub(replaced, body)

    def _members(self, body: bytes, taken: set[str]) -> bytes:
        """Mask the values of members with secret names."""
        parts: list[bytes] = []
        kept = at = 0
        while key := _KEY.search(body, at):
            at = key.end()
            if not self.is_secret(str(_read_string(key[1]))):
                continue
            end = _end_of_value(body, at)
            if end > at:
                taken.update(_texts_in(body[at:end]))
                parts += (body[kept:at], b'"' + MASK.encode() + b'"')
                kept = at = end
        return b"".join((*parts, body[kept:]))

    def _parts(self, body: bytes, boundary: bytes, taken: set[str]) -> bytes:
        """Mask the fields of a form in several parts, by their names."""
        escaped = re.escape(boundary)

        def replaced(found: re.Match[bytes]) -> bytes:
            name = _PART_NAME.search(found["head"])
            if name is None or not self.is_secret(name[1].decode("utf-8", "replace")):
                return found[0]
            taken.add(found["value"].decode("utf-8", "surrogateescape").strip())
            return found[0][: found.start("value") - found.start()] + MASK.encode()

        return re.sub(_PART % (escaped, escaped), replaced, body)


def _masked_tokens(text: str, taken: set[str]) -> str:
    """Mask tokens that are secrets by their looks, whatever their names."""
    if "eyJ" not in text and "earer" not in text:
        return text

    def replaced(found: re.Match[str]) -> str:
        taken.add(found["jwt"] or found["bearer"])
        return f"{found['scheme'] or ''}{MASK}"

    return _BY_LOOKS.sub(replaced, text)


def _masked_token_bytes(body: bytes, taken: set[str]) -> bytes:
    if b"eyJ" not in body and b"earer" not in body:
        return body
    return _masked_tokens(body.decode("latin-1"), taken).encode("latin-1")


def _end_of_value(body: bytes, at: int) -> int:
    """Return the end of a JSON value; for a truncated one, the end of the body."""
    if body[at : at + 1] not in (b"{", b"["):
        scalar = _SCALAR.match(body, at)
        return scalar.end() if scalar else at
    depth = 0
    for step in _STEP.finditer(body, at):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(step[0], 0)
        if not depth:
            return step.end()
    return len(body)
