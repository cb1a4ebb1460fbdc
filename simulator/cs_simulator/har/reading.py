"""Read HAR of any tool as exchanges, one entry at a time, whatever the size of the file.

Recorders lose and change a lot: a truncated body looks complete, a compressed one is destroyed, a
failed connection has status 0, -1 or no entry at all. What can be known is kept, and what cannot be
trusted is omitted with a note. A recording may have a gigabyte, or end within an entry if the
recorder was killed.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from cs_simulator.clock import EARLIEST, LATEST, Instant, instant_of
from cs_simulator.documents.files import reason_of
from cs_simulator.documents.json_text import resemblance, wide_text
from cs_simulator.documents.values import SURROGATE
from cs_simulator.har.exchanges import (
    HarError,
    Header,
    Headers,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
    header,
)
from cs_simulator.lines import one_line

_CHUNK = 256 * 2**10
_MAX_ENTRY = 128 * 2**20
"""The maximum length of one entry."""

_WHITESPACE = " \t\r\n"
_NEAR_THE_END = 16
"""A truncated token fails within this many characters of the end of the data."""

_LOST = "\ufffd"
_FRACTION = re.compile(r"\.(\d+)")
_WITHOUT_BODY = (204, 304)


@dataclass(slots=True)
class Recording:
    """The content of one file."""

    name: str
    exchanges: list[RecordedExchange] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    """Numbers of entries that are not exchanges, by reason."""
    cut_off: bool = False

    @property
    def without_response(self) -> int:
        """The number of requests without a response."""
        return sum(exchange.response is None for exchange in self.exchanges)

    def described(self) -> str:
        """Return a description of what was read."""
        parts = [f"{len(self.exchanges)} exchanges"]
        if self.without_response:
            parts.append(f"{self.without_response} of them without a response")
        parts += [f"{count} skipped: {why}" for why, count in sorted(self.skipped.items())]
        if self.cut_off:
            parts.append("the file is truncated; the complete entries were read")
        return f"{self.name}: {', '.join(parts)}"


def read_file(path: Path, wanted: Callable[[RecordedExchange], bool] | None = None) -> Recording:
    """Return the content of a HAR file, with requests in the order in which they were sent.

    Headers and bodies of exchanges that are not ``wanted`` are dropped, because a browser records
    everything on a page. Raises :exc:`HarError` if the file is not valid HAR.
    """
    name = one_line(str(path))
    try:
        with _opened(path) as file:
            return read_stream(file, name, wanted)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise HarError(f"cannot unpack {name}: {error}") from None
    except (OSError, ValueError) as error:
        raise HarError(f"cannot read {name}: {reason_of(error)}") from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """Open a file once, because what was read of a pipe is gone."""
    with path.open("rb") as file:
        if file.peek(2)[:2] == b"\x1f\x8b":
            with gzip.open(file, "rt", encoding="utf-8") as text:
                yield text
        else:
            with TextIOWrapper(file, encoding="utf-8") as text:
                yield text


def read_stream(
    file: IO[str], name: str, wanted: Callable[[RecordedExchange], bool] | None = None
) -> Recording:
    """Return the content of an open HAR file."""
    recording = Recording(name)
    stream = _EntryStream(file, name)
    for number, entry in enumerate(stream, 1):
        try:
            exchange = exchange_of(entry, number)
            if wanted is not None and not wanted(exchange):
                exchange = _without_content(exchange)
            recording.exchanges.append(exchange)
        except _SkippedError as error:
            recording.skipped[str(error)] += 1
    recording.cut_off = stream.cut_off
    recording.exchanges.sort(key=lambda exchange: exchange.started)
    return recording


def _without_content(exchange: RecordedExchange) -> RecordedExchange:
    request, response = exchange.request, exchange.response
    return replace(
        exchange,
        request=RecordedRequest(request.method, request.url, is_whole=False),
        response=response and RecordedResponse(response.status, body=None),
        details={},
    )


class _SkippedError(Exception):
    """An entry is not an HTTP exchange; the text says why."""


def exchange_of(entry: Any, number: int) -> RecordedExchange:
    """Convert a HAR entry to an exchange."""
    request = _map(_map(entry).get("request"))
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        raise _SkippedError("no request")
    if not re.match("https?://", url, re.IGNORECASE):
        raise _SkippedError("not HTTP")
    if not _is_url(url):
        raise _SkippedError("a url that is not valid")
    notes: list[str] = []
    response, error = _response(_map(entry).get("response"), method, notes)
    return RecordedExchange(
        number=number,
        started=_instant(entry.get("startedDateTime")),
        elapsed=max(0.0, _number(entry.get("time"), 0.0)),
        request=_request(method.upper(), url, request, notes),
        response=response,
        error=error,
        notes=tuple(notes),
        waited=_number(entry.get("_held"), 0.0),
        details={
            name: value
            for name, value in entry.items()
            if name in ("_probe", "_operation", "_faults", "_world", "_request", "_masked")
        },
    )


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_url(text: str) -> bool:
    try:
        return bool(urlsplit(text).netloc)
    except ValueError:
        return False


def _number(value: Any, default: float) -> float:
    try:
        number = float(value) if isinstance(value, (int, float)) else default
    except OverflowError:
        return default
    return number if math.isfinite(number) else default


def _instant(text: Any) -> Instant:
    if not isinstance(text, str):
        raise _SkippedError("no startedDateTime")
    # Python's parser takes 3 or 6 digits of a second, but recorders write any number.
    text = _FRACTION.sub(lambda match: f".{match[1][:6]:0<6}", text.strip())
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _SkippedError("a startedDateTime that is not a date") from None
    if moment.tzinfo is None:
        raise _SkippedError("a startedDateTime without a zone")
    instant = instant_of(moment)
    if not EARLIEST <= instant <= LATEST:
        raise _SkippedError("a startedDateTime that no calendar has")
    return instant


def _headers(value: Any) -> Headers:
    if not isinstance(value, list):
        return ()
    return tuple(
        Header(str(member.get("name", "")), str(member.get("value", "")))
        for member in value
        if isinstance(member, dict) and not str(member.get("name", "")).startswith(":")
    )


def _request(
    method: str, url: str, request: Mapping[str, Any], notes: list[str]
) -> RecordedRequest:
    headers = _headers(request.get("headers"))
    post = _map(request.get("postData"))
    text = post.get("text")
    raw = post.get("_base64")
    body = b""
    is_whole = True
    if isinstance(raw, str):
        body, is_whole = _from_base64(raw, notes)
    elif isinstance(text, str):
        body = _bytes(text)
        if _LOST in text:
            notes.append("the request's body was recorded lossily")
            is_whole = False
    elif post.get("params"):
        notes.append("the request's body was recorded as a form, and not as it was sent")
        is_whole = False
    length = header(headers, "content-length") or ""
    if is_whole and not body and length.isdigit() and int(length):
        notes.append("the request's body was not recorded")
        is_whole = False
    return RecordedRequest(
        method, url, headers, body, is_whole, str(request.get("httpVersion") or "HTTP/1.1")
    )


def _response(
    value: Any, method: str, notes: list[str]
) -> tuple[RecordedResponse | None, str | None]:
    members = _map(value)
    error = members.get("_error") or members.get("_failureText")
    error = str(error) if error else None
    status = members.get("status")
    if not isinstance(status, int) or status <= 0:
        return None, error or "no response was recorded"
    headers = _headers(members.get("headers"))
    body = _content(members, headers, status, method, notes)
    if error is not None:
        # Only the received part is known, not what was to follow.
        body = None
        notes.append(f"the response broke off: {error}")
    response = RecordedResponse(
        status,
        headers,
        body,
        str(members.get("statusText") or ""),
        str(members.get("httpVersion") or "HTTP/1.1"),
    )
    return response, error


def _content(
    members: Mapping[str, Any], headers: Headers, status: int, method: str, notes: list[str]
) -> bytes | None:
    """Return the body, or None if it was not recorded unchanged."""
    content = _map(members.get("content"))
    text = content.get("text")
    if method == "HEAD" or status in _WITHOUT_BODY:
        return b""
    body: bytes | None = b""
    whole = True
    if isinstance(text, str) and content.get("encoding") == "base64":
        body, whole = _from_base64(text, notes)
    elif isinstance(text, str):
        body = _bytes(text)
        if text.startswith("\x1f" + _LOST):
            notes.append(
                "the recorder destroyed a compressed body; record with Accept-Encoding: identity"
            )
            return None
        if _LOST in text and "\\ufffd" not in text.lower():
            notes.append("the response's body was recorded lossily")
            whole = False
    if not whole:
        return None
    return body if body or not _is_missing(content, headers, notes) else None


def _is_missing(content: Mapping[str, Any], headers: Headers, notes: list[str]) -> bool:
    """Tell whether an empty body cannot be the real one."""
    length = header(headers, "content-length") or ""
    size = content.get("size")
    if length.isdigit() and int(length):
        notes.append(f"the response's body was not recorded: {length} bytes were announced")
        return True
    if "text" not in content and isinstance(size, (int, float)) and size > 0:
        notes.append("the response's body was not recorded")
        return True
    return False


def _from_base64(text: str, notes: list[str]) -> tuple[bytes, bool]:
    try:
        return base64.b64decode(text, validate=True), True
    except (binascii.Error, ValueError):
        notes.append("a body in base64 cannot be decoded")
        return b"", False


def _bytes(text: str) -> bytes:
    if SURROGATE.search(text):
        # mitmproxy stores the bytes of a body that is not UTF-8 as lone surrogates.
        try:
            return text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")
    return text.encode("utf-8")


class _CutOff(Exception):  # noqa: N818 - not an error: it says where the text ends
    """The text ends before the value does."""


class _EntryStream:
    """Yield the entries of one file, and record whether it was truncated."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._decoder = json.JSONDecoder()
        self.count = 0
        self.cut_off = False
        """Whether the file ended before its recording did."""

    def __iter__(self) -> Iterator[Any]:
        """Yield each entry as it was written.

        Raises :exc:`HarError` if the file is not HAR. A truncated file yields its complete entries.
        """
        try:
            if self._peek() == "\ufeff":
                self._at += 1
            found = False
            for key in self._members("the recording"):
                if key != "log":
                    self._value()
                    continue
                for inner in self._members("log"):
                    if inner != "entries":
                        self._value()
                        continue
                    found = True
                    yield from self._entries()
            if not found:
                raise HarError(f"{self._name}: log.entries is missing; expected a HAR 1.2 file")
        except _CutOff:
            if not self._text.strip() and self.count == 0 and self._at == 0:
                raise HarError(f"{self._name} is empty; expected a HAR 1.2 file") from None
            self.cut_off = True

    def _entries(self) -> Iterator[Any]:
        if self._peek() != "[":
            raise self._wrong("log.entries is not a list")
        self._at += 1
        while self._peek() != "]":
            if self._peek() == ",":
                self._at += 1
                continue
            entry = self._value()
            self.count += 1
            yield entry
        self._at += 1

    def _members(self, what: str) -> Iterator[str]:
        """Yield the names of an object's members; the caller reads each value."""
        if self._peek() != "{":
            raise self._wrong(f"{what} is not a JSON object")
        self._at += 1
        while True:
            character = self._peek()
            if character == "}":
                self._at += 1
                return
            if character == ",":
                self._at += 1
                continue
            key = self._value()
            if not isinstance(key, str) or self._peek() != ":":
                raise self._wrong("expected the name of a member")
            self._at += 1
            yield key

    def _peek(self) -> str:
        """Return the next non-blank character."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _WHITESPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read(_CHUNK):
                raise _CutOff

    def _value(self) -> Any:
        """Return the next value, reading as much as necessary."""
        self._peek()
        size = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                near = error.pos >= len(self._text) - _NEAR_THE_END
                if not near and not error.msg.startswith(("Unterminated", "Invalid \\")):
                    raise self._wrong(error.msg, error.pos) from None
                if not self._ended and len(self._text) - self._at > _MAX_ENTRY:
                    raise self._wrong(f"an entry is longer than {_MAX_ENTRY} characters") from None
                if not self._read(size):
                    raise _CutOff from None
                size *= 2
            except ValueError:
                raise self._wrong("an entry has a number of too many digits") from None
            except RecursionError:
                raise self._wrong("an entry is nested too deeply") from None
            else:
                # A number at the end of the data may continue.
                if end == len(self._text) and self._read(_CHUNK):
                    continue
                self._at = end
                return value

    def _read(self, size: int) -> bool:
        """Read more, and drop what was consumed; tell whether there was more."""
        if self._ended:
            return False
        try:
            more = self._file.read(size)
        except UnicodeDecodeError as error:
            like = "" if self._text or self._at else resemblance(bytes(error.object))
            raise HarError(
                f"{self._name} is not valid UTF-8: byte {error.object[error.start]:#04x}"
                f"{f' (it looks like {like})' if like else ''}; HAR is JSON in UTF-8"
            ) from None
        if not more:
            self._ended = True
            return False
        if not self._text and (wide := wide_text(more[:4])):
            raise HarError(f"{self._name} is not UTF-8, it looks like {wide}; HAR is JSON in UTF-8")
        self._line += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + more
        self._at = 0
        return True

    def _wrong(self, problem: str, at: int | None = None) -> HarError:
        place = self._at if at is None else at
        line = self._line + self._text.count("\n", 0, place)
        return HarError(
            f"{self._name}:{line}: {problem}, after {self.count} entries; expected a HAR 1.2 file"
        )
