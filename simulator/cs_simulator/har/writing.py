"""Write exchanges as HAR 1.2 entries, in the form that all current validators and readers accept.

Trials with eight readers decided the form: numbers are never null, an address that is not a bare IP
is omitted, a failed connection has status 0 with ``_error`` and ``_failureText``, and every content
has a size, a type and a text.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any
from urllib.parse import unquote_plus

from cs_simulator import __version__
from cs_simulator.clock import format_instant
from cs_simulator.har.exchanges import (
    HarError,
    Headers,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
    header,
)
from cs_simulator.har.secrets import Masker
from cs_simulator.lines import one_line

Members = dict[str, Any]

_CREATOR: Mapping[str, str] = MappingProxyType({"name": "cs-simulator", "version": __version__})
_HEAD = f'{{"log": {{"version": "1.2", "creator": {json.dumps(dict(_CREATOR))}, "entries": ['
_TAIL = "\n]}}\n"
"""The text before and after the entries of a recording."""


def har_members(exchanges: Iterable[RecordedExchange]) -> Members:
    """Return a whole recording as JSON members."""
    entries = [_entry(exchange) for exchange in exchanges]
    return {"log": {"version": "1.2", "creator": dict(_CREATOR), "entries": entries}}


def _entry(exchange: RecordedExchange) -> Members:
    request, response = exchange.request, exchange.response
    elapsed = round(max(0.0, exchange.elapsed), 3)
    members: Members = {
        "startedDateTime": format_instant(exchange.started),
        "time": elapsed,
        "request": _request(request),
        "response": _no_response() if response is None else _response(response),
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
    }
    if exchange.error is not None:
        members["response"]["_error"] = exchange.error
        members["response"]["_failureText"] = exchange.error
    if exchange.waited:
        members["_held"] = round(exchange.waited, 3)
    if exchange.notes:
        members["comment"] = "; ".join(exchange.notes)
    members.update(exchange.details)
    return members


def _request(request: RecordedRequest) -> Members:
    members: Members = {
        "method": request.method,
        "url": ascii_url(request.url),
        "httpVersion": request.http_version,
        "cookies": _cookies(request.headers),
        "headers": _headers(request.headers),
        "queryString": _query(request.query),
        "headersSize": -1,
        "bodySize": len(request.body) if request.is_whole else -1,
    }
    if request.body:
        members["postData"] = _post_data(request)
    return members


def _post_data(request: RecordedRequest) -> Members:
    mime = header(request.headers, "content-type") or ""
    text = _utf8(request.body)
    if text is not None:
        return {"mimeType": mime, "text": text}
    # HAR has no place for a request's binary body, so it is added in a member of ours.
    return {
        "mimeType": mime,
        "text": request.body.decode("utf-8", "replace"),
        "_base64": base64.b64encode(request.body).decode("ascii"),
    }


def _no_response() -> Members:
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "", "text": ""},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _response(response: RecordedResponse) -> Members:
    body = response.body
    content: Members = {
        "size": -1 if body is None else len(body),
        "mimeType": header(response.headers, "content-type") or "",
        "text": "",
    }
    if body:
        text = _utf8(body)
        if text is None:
            content["text"] = base64.b64encode(body).decode("ascii")
            content["encoding"] = "base64"
        else:
            content["text"] = text
    return {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": response.http_version,
        "cookies": _set_cookies(response.headers),
        "headers": _headers(response.headers),
        "content": content,
        "redirectURL": header(response.headers, "location") or "",
        "headersSize": -1,
        "bodySize": -1 if body is None else len(body),
    }


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def ascii_url(url: str) -> str:
    """Return a URL with all characters encoded that are not allowed in a URI."""
    return "".join(
        character
        if " " < character < "\x7f" and character not in '"<>\\^`{|}'
        else _encoded(character)
        for character in url
    )


def _encoded(character: str) -> str:
    # A URL that came as bytes is stored with one character for each byte, as in HTTP.
    raw = character.encode("latin-1" if ord(character) <= 0xFF else "utf-8", "replace")
    return "".join(f"%{byte:02X}" for byte in raw)


def _headers(headers: Headers) -> list[Members]:
    return [{"name": name, "value": value} for name, value in headers]


def _query(query: str) -> list[Members]:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in pairs]


def _cookies(headers: Headers) -> list[Members]:
    values = [value for name, value in headers if name.lower() == "cookie"]
    parts = (part.strip().partition("=") for value in values for part in value.split(";"))
    return [{"name": name, "value": value} for name, _, value in parts if name]


def _set_cookies(headers: Headers) -> list[Members]:
    return [_set_cookie(value) for name, value in headers if name.lower() == "set-cookie"]


def _set_cookie(text: str) -> Members:
    first, *attributes = [part.strip() for part in text.split(";")]
    name, _, value = first.partition("=")
    members: Members = {"name": name, "value": value}
    for attribute in attributes:
        key, _, given = attribute.partition("=")
        known: Mapping[str, Any] = {
            "path": {"path": given},
            "domain": {"domain": given},
            "httponly": {"httpOnly": True},
            "secure": {"secure": True},
            "expires": _expiry(given),
        }
        members.update(known.get(key.lower(), {}))
    return members


def _expiry(text: str) -> Members:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return {}
    return {"expires": moment.isoformat()} if moment.tzinfo else {}


class HarFile:
    """Write exchanges to a new file, with secrets removed unless requested."""

    def __init__(self, path: Path, *, secrets: bool = False, mask: Iterable[str] = ()) -> None:
        self.path = path
        self.count = 0
        self._masker = None if secrets else Masker(mask)
        try:
            self._file = path.open("xb", buffering=0)
        except FileExistsError:
            name = one_line(str(path))
            raise HarError(f"{name} already exists; choose another name, or remove it") from None
        except OSError as error:
            name = one_line(str(path))
            raise HarError(f"cannot write {name}: {error.strerror or error}") from None
        self._file.write(f"{_HEAD}{_TAIL}".encode())
        self._end = len(_HEAD.encode())

    def add(self, exchange: RecordedExchange) -> None:
        """Append one exchange."""
        shown = exchange if self._masker is None else self._masker.exchange(exchange)
        separator = ",\n" if self.count else "\n"
        entry = json.dumps(_entry(shown), separators=(",", ":"))
        text = f"{separator}{entry}".encode()
        self._file.seek(self._end)
        self._file.write(text + _TAIL.encode())
        self._end += len(text)
        self.count += 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> HarFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
