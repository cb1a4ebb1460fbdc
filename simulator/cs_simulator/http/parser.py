"""How requests are parsed: by waitress's parser, kept from input that makes it stall.

Its regular expressions backtrack over a run of blanks or an absolute target once for each byte, in
the thread that reads every connection: a quarter of a megabyte of either would stop the server for
minutes. Input that cannot be a request is rejected as soon as that is clear, so that no client
waits for a response that never comes.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest, Error, RequestHeaderFieldsTooLarge

from cs_simulator.api.arrival import Received, address
from cs_simulator.control.front import is_control

LONGEST_HEAD = 65_536
"""The maximum size of a request line, headers and the empty line after them."""

LONGEST_LINE = 16_384
"""The maximum size of a chunk's first line, or of the trailer."""

CRLF = b"\r\n"

_SLICE = 1_024
"""Bytes of a chunked body that are parsed at once: waitress copies the rest once for each part of a
chunk.
"""

_SMALL = 4_096
"""Pieces of a body that are shorter are joined: each would take more memory than its bytes."""

_DIGITS = 12
"""A Content-Length with more digits is not valid."""

_TOKEN = rb"!#$%&'*+\-.^_`|~0-9A-Za-z"
_METHOD = frozenset(b"!#$%&'*+-.^_`|~" + string.ascii_letters.encode() + string.digits.encode())
_BARE_LF = re.compile(rb"(?<!\r)\n")
_FIRST_LINE = re.compile(rb"[%s]+ [^ ]+(?: HTTP/[0-9]\.[0-9])?" % _TOKEN)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_SPACES = re.compile(rb"(?m)^([^:\r\n]*:)[ \t]{2,}")

_ORIGIN = re.compile(rb"(?im)^origin:[ \t]*([!-~]{1,300})[ \t]*\r?$")

_TARGET = re.compile(rb"[!-~]{1,40} (/[!-~]{0,8000})[ \r\n]")

_NO_METHODS = (b"CONNECT", b"PRI")
"""What clients send that take this server for another kind."""

_TLS = b"\x16\x03"

_PLAIN = re.compile(rb"([A-Z]{1,16}) (/[!-~]*) HTTP/1\.1\r\n((?:[A-Za-z0-9-]+: [!-~][ -~]*\r\n)*)")
"""A head as nearly all clients write it, which can be parsed without the full parser."""

_UNUSUAL = frozenset({"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_CONNECTION", "HTTP_UPGRADE"})
"""Headers that change how a request is read or answered."""


class Limits(NamedTuple):
    """Size limits and the server's name; some fields have waitress's names."""

    max_body: int
    """The maximum number of bytes kept of an API body."""
    max_request_body_size: int
    server: str
    host: str = "localhost"
    """The host in addresses, for a client that sends no Host."""
    port: int = 80
    max_request_header_size: int = LONGEST_HEAD + 1
    """The size that is too large."""
    inbuf_overflow: int = 2**62
    url_scheme: str = "http"


class Body:
    """The bytes of a body, of which only as many are kept as anyone reads."""

    __slots__ = ("_most", "_pieces", "_size")

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[bytes | bytearray] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        """Add bytes."""
        room = self._most - self._size
        if room > 0:
            piece = data if len(data) <= room else data[:room]
            self._size += len(piece)
            if len(piece) >= _SMALL:
                self._pieces.append(piece)
                return
            last = self._pieces[-1] if self._pieces else None
            if isinstance(last, bytearray):
                last += piece
            else:
                self._pieces.append(bytearray(piece))

    def whole(self) -> bytes:
        """Return the kept bytes."""
        return b"".join(self._pieces)


class Parser(HTTPRequestParser):  # type: ignore[misc] # waitress has no types
    """Parse one request."""

    completed: bool = False
    error: Error | None = None
    command: str = ""
    request_uri: str = "/"
    _plain: dict[str, str] | None = None
    """The headers of a simple request, under WSGI's names."""
    _body: bytes = b""
    _head: bytes = b""
    """The error in the head, if there is one."""
    is_looked_at: bool = False
    """Whether the head was examined before the body has arrived."""
    is_refused: bool = False
    """Whether the head was enough to reject it."""
    header_lines: Sequence[tuple[str, str]] = ()
    """The headers that came in several lines, one item for each line; ``headers`` joins them."""
    path: str = ""  # logged where the client's address is, even if nothing could be parsed

    @property
    def origin(self) -> str | None:
        """The origin of the page that sent it, even if its head could not be parsed."""
        found: str | None = self.headers.get("ORIGIN")
        if found is None and self._head:
            line = _ORIGIN.search(self._head)
            found = None if line is None else line[1].decode("ascii")
        return found

    @property
    def asked_uri(self) -> str:
        """The target that was asked for, also where the head could not be read."""
        found = _TARGET.match(self._head) if self.request_uri == "/" else None
        return self.request_uri if found is None else found[1].decode("ascii")

    @property
    def shown_version(self) -> str:
        """The HTTP version of the response."""
        return "1.1" if self.version == "1.1" else "1.0"

    @property
    def keeps_open(self) -> bool:
        """Whether the connection stays open after the response."""
        asked = self.headers.get("CONNECTION", "").lower()
        keeps: bool = asked != "close" if self.version == "1.1" else asked == "keep-alive"
        return keeps

    def request(self, peer: tuple[str, str] | None = None) -> Received:
        """Return the request, with as much of its body as was read."""
        limits: Limits = self.adj
        headers, body, receiver = self._plain, self._body, self.body_rcv
        if headers is None:
            headers = {f"HTTP_{name}": value for name, value in self.headers.items()}
        if receiver is not None:
            body = receiver.buf.whole()
        host = headers.get("HTTP_HOST") or f"{limits.host}:{limits.port}"
        return Received(
            self.command.upper(),
            self.request_uri,
            headers,
            body,
            f"http://{host}",
            peer,
            self.header_lines,
        )

    def received(self, data: bytes) -> int:
        """Add bytes; return how many of them belong to this request."""
        if not self.header_plus and self.body_rcv is None and not self.completed:
            taken = self._take_plain(data)
            if taken:
                return taken
        if not self.headers_finished and not self.completed:
            wrong = _wrong_with(self.header_plus + data)
            if wrong is not None:
                self.error = BadRequest(wrong)
                self.completed = True
                self._head = self.header_plus + data
                return len(data)
        receiver = self.body_rcv
        if isinstance(receiver, ChunkedReceiver):
            return self._take_chunks(receiver, data)
        head = self.header_plus if self.headers_finished else self.header_plus + data
        consumed: int = super().received(data)
        if self.error is not None:
            self._head = head
            if isinstance(self.error, RequestHeaderFieldsTooLarge):
                text = f"The request line and headers exceed {LONGEST_HEAD} bytes"
                self.error = RequestHeaderFieldsTooLarge(text)
        if self.completed:
            # The connection cannot continue. A client that was told to continue would wait forever.
            self.expect_continue = False
        return consumed

    @property
    def is_chunked(self) -> bool:
        """Whether a body in chunks is being read."""
        return isinstance(self.body_rcv, ChunkedReceiver)

    def _take_chunks(self, receiver: ChunkedReceiver, data: bytes) -> int:
        """Add a part of a body in chunks; return how many bytes belong to it."""
        consumed = 0
        while consumed < len(data) and not self.completed:
            consumed += super().received(data[consumed : consumed + _SLICE])
        if not self.completed:
            wrong = _wrong_with_chunks(receiver.control_line, receiver.trailer)
            if wrong is not None:
                self.error = BadRequest(wrong)
                self.completed = True
        if self.completed:
            # The connection cannot continue. A client that was told to continue would wait forever.
            self.expect_continue = False
        return consumed

    def _take_plain(self, data: bytes) -> int:
        """Parse a simple request that arrived whole, in a quarter of the usual time.

        Return its length in bytes, or 0 if it needs the full parser.
        """
        end = data.find(CRLF + CRLF)
        if not 0 < end <= LONGEST_HEAD - len(CRLF + CRLF):
            return 0
        head = _PLAIN.fullmatch(data, 0, end + 2)
        if head is None:
            return 0
        headers: dict[str, str] = {}
        for line in head[3].decode("ascii").split("\r\n"):
            if line:
                name, _, value = line.partition(": ")
                headers[_wsgi_name(name)] = value.strip(" ")
        if len(headers) != head[3].count(CRLF) or not _UNUSUAL.isdisjoint(headers):
            return 0
        length = headers.get("HTTP_CONTENT_LENGTH", "0")
        size = int(length) if length.isdigit() and len(length) < _DIGITS else -1
        if not 0 <= size <= self.adj.max_body or len(data) < end + 4 + size:
            return 0
        if "HTTP_HOST" not in headers or head[1] in _NO_METHODS:
            return 0
        self.version = "1.1"
        self.command = head[1].decode("ascii")
        self.request_uri = head[2].decode("ascii")
        self._plain = headers
        self._body = data[end + 4 : end + 4 + size]
        self.headers_finished = self.completed = True
        return end + 4 + size

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and the headers; raise ``ParsingError`` if they are invalid.

        A header folded over two lines is rejected (RFC 9112, 5.2).
        """
        first, _, rest = header_plus.partition(CRLF)
        if not first.isascii():
            # Some clients send raw UTF-8. The parser rejects it, so it is percent-encoded first.
            first = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), first)
        wrong = _wrong_with_head(first, CRLF + rest)
        if wrong is not None:
            raise ParsingError(wrong)
        if b"  " in rest or b"\t" in rest:
            rest = _SPACES.sub(rb"\1 ", rest)
        try:
            super().parse_header(first + CRLF + rest)
        except TransferEncodingNotImplemented:
            named = ", ".join(
                value for name, value in _lines_of(rest) if name == "HTTP_TRANSFER_ENCODING"
            )
            raise TransferEncodingNotImplemented(
                f"the Transfer-Encoding {named} is not supported; expected chunked"
            ) from None
        except ValueError:
            # Parse errors of the target's host, and of numbers with thousands of digits.
            host_is_read = hasattr(self, "url_scheme")
            what = "Content-Length" if host_is_read else "The host of the target"
            raise ParsingError(f"{what} is not valid") from None
        if rest.count(CRLF) > len(self.headers) + 1:
            self.header_lines = _repeated(rest)
        hosts = [value for name, value in self.header_lines if name == "HTTP_HOST"]
        if len(hosts) > 1:
            raise ParsingError(f"it has {len(hosts)} Host headers; exactly one is allowed")
        if self.version == "1.1" and "HOST" not in self.headers:
            raise ParsingError("it has no Host header, which HTTP/1.1 requires")
        if self.version != "1.1" and "TRANSFER_ENCODING" in self.headers:
            # Its body would be taken for the next request (RFC 9112, 6.1).
            raise ParsingError("Transfer-Encoding is only allowed with HTTP/1.1")
        receiver = self.body_rcv
        if receiver is not None:
            path = address(self.request_uri, None).target.path
            limits: Limits = self.adj
            most = limits.max_request_body_size if is_control(path) else limits.max_body + 1
            receiver.buf = Body(most)


@lru_cache(maxsize=512)
def _wsgi_name(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


def _repeated(lines: bytes) -> list[tuple[str, str]]:
    """Return the lines of the headers that are repeated."""
    headers: dict[str, list[str]] = {}
    for name, value in _lines_of(lines):
        headers.setdefault(name, []).append(value)
    return [
        (name, value) for name, values in headers.items() if len(values) > 1 for value in values
    ]


def _lines_of(lines: bytes) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each header line."""
    for line in lines.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon and "_" not in name:
            yield _wsgi_name(name), value.strip(" \t")


def _wrong_with(data: bytes) -> str | None:
    """Return the error in the beginning of a request, of which more may come."""
    head = data.lstrip(CRLF)
    if not head:
        return None
    if head[0] not in _METHOD:
        if head.startswith(_TLS):
            plain = "this server speaks plain HTTP; use http:// instead of https://"
            return f"it starts a TLS connection, but {plain}"
        return f"it starts with byte 0x{head[0]:02x} instead of a method"
    end = head.find(CRLF + CRLF)
    end = len(head) if end < 0 else end
    if head.count(b"\n", 0, end) != head.count(CRLF, 0, end):
        return "a line ends with LF instead of CR LF"
    return None


def _wrong_with_head(first: bytes, rest: bytes) -> str | None:
    """Return the error in a request line and the headers after it, each after a line end."""
    framing = rest.lower()
    if first.rstrip() == b"PRI * HTTP/2.0":
        return "it starts an HTTP/2 connection, but this server speaks only HTTP/1.1"
    if first.startswith(b"CONNECT "):
        return "CONNECT asks for a tunnel, but this server is not a proxy"
    if b"transfer-encoding:" in framing and b"content-length:" in framing:
        # Two lengths of one body are a means of request smuggling (RFC 9112, 6.3).
        return "it has both Transfer-Encoding and Content-Length"
    if b"://" in first and not _FIRST_LINE.fullmatch(first.rstrip()):
        return "the request line is not valid"
    if b"\r\n " in rest or b"\r\n\t" in rest:
        return "a header is folded over two lines"
    return None


def _wrong_with_chunks(line: bytes, trailer: bytes) -> str | None:
    """Return the error in an unfinished chunk line or trailer."""
    if len(line) > LONGEST_LINE:
        return "the first line of a chunk has no end"
    if len(trailer) > LONGEST_LINE:
        return "the trailer after the last chunk has no end"
    if b"\n" in line or _BARE_LF.search(trailer):
        return "a line between chunks ends with LF instead of CR LF"
    return None
