"""What is read of a request, and what is said of bytes that are none."""

from __future__ import annotations

from typing import Any

import pytest
from waitress.parser import HTTPRequestParser

from cs_simulator.http.parser import LONGEST_HEAD, LONGEST_LINE, Limits, Parser

API = b"POST /genesys/1/cs/services/start HTTP/1.1\r\nHost: a\r\n"
CHUNKED = API + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
MOST = 10
"""The maximum size of a body of the API."""


def parsed(data: bytes, piece: int = 10**6) -> Parser:
    """Return a parser that received some bytes, as many at a time as given."""
    made = Parser(Limits(MOST, 10**6, "s", "sim.test", 81))
    at = 0
    while at < len(data) and not made.completed:
        at += made.received(data[at : at + piece])
    return made


def error_in(data: bytes) -> str:
    made = parsed(data)
    assert made.completed
    assert made.error is not None
    text: str = made.error.body
    return text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"\x16\x03\x01\x02",
            (
                "it starts a TLS connection, but this server speaks plain HTTP; "
                "use http:// instead of https://"
            ),
        ),
        (b"\x01GET / HTTP/1.1\r\n", "it starts with byte 0x01 instead of a method"),
        (b" GET / HTTP/1.1\r\n", "it starts with byte 0x20 instead of a method"),
        (b"GET / HTTP/1.1\n", "a line ends with LF instead of CR LF"),
        (b"GET / HTTP/1.1\r\nHost: a\n\r\n", "a line ends with LF instead of CR LF"),
        (
            b"PRI * HTTP/2.0 \r\n\r\nSM\r\n\r\n",
            "it starts an HTTP/2 connection, but this server speaks only HTTP/1.1",
        ),
        (
            b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT asks for a tunnel, but this server is not a proxy",
        ),
        (
            API + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            "it has both Transfer-Encoding and Content-Length",
        ),
        (b"GET http://a/ b HTTP/1.1\r\nHost: a\r\n\r\n", "the request line is not valid"),
        (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "Start line is invalid"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "a header is folded over two lines"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", "a header is folded over two lines"),
        (b"GET http://[a/ HTTP/1.1\r\nHost: a\r\n\r\n", "The host of the target is not valid"),
        (API + b"Content-Length: %b\r\n\r\n" % (b"1" * 5_000), "Content-Length is not valid"),
        (b"GET / HTTP/1.1\r\n\r\n", "it has no Host header, which HTTP/1.1 requires"),
        (GET + b"Host: b\r\n\r\n", "it has 2 Host headers; exactly one is allowed"),
        (
            b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding is only allowed with HTTP/1.1",
        ),
        (
            API + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: br\r\nX: 1\r\n\r\n",
            "the Transfer-Encoding gzip, br is not supported; expected chunked",
        ),
        (CHUNKED + b"1\na", "a line between chunks ends with LF instead of CR LF"),
        (CHUNKED + b"0\r\nX: 1\n", "a line between chunks ends with LF instead of CR LF"),
        (CHUNKED + b"1" * (LONGEST_LINE + 1), "the first line of a chunk has no end"),
        (
            CHUNKED + b"0\r\n" + b"a" * (LONGEST_LINE + 1),
            "the trailer after the last chunk has no end",
        ),
    ],
)
def test_bytes_that_are_no_request(data: bytes, said: str) -> None:
    assert error_in(data) == said


@pytest.mark.parametrize(
    "data",
    [b"\r\n", b"GE", b"GET / HTTP/1.1\r\nHo", CHUNKED + b"1" * LONGEST_LINE,
     CHUNKED + b"0\r\n" + b"a" * LONGEST_LINE],
)  # fmt: skip
def test_more_is_waited_for(data: bytes) -> None:
    made = parsed(data)
    assert (made.completed, made.error) == (False, None)


@pytest.mark.parametrize(
    ("first", "target"),
    [
        (b"GET /a HTTP/1.1", "/a"),
        (b"GET http://a/b?c HTTP/1.1", "http://a/b?c"),
        (b"GET http://a/b HTTP/1.1 ", "http://a/b"),
        (b"GET /\xc3\xa4 HTTP/1.1", "/%C3%A4"),
    ],
)
def test_target(first: bytes, target: str) -> None:
    made = parsed(first + b"\r\nHost: a\r\n\r\n")
    assert made.error is None
    assert made.request().uri == target


def test_line_ends_before_a_request_are_none() -> None:
    made = parsed(b"\r\n\r\nGET /a HTTP/1.1")
    assert (made.empty, made.error) == (True, None)


@pytest.mark.parametrize("more", [b"", b"X_A: for the full parser\r\n"])
def test_line_ends_of_a_body_are_its_own(more: bytes) -> None:
    made = parsed(API + more + b"Content-Length: 9\r\n\r\na\nb\n\r\n\r\n!")
    assert made.error is None
    assert made.request().body == b"a\nb\n\r\n\r\n!"


@pytest.mark.parametrize(
    ("blanks", "value"),
    [(b"", "b"), (b"  ", "b"), (b"\t", "b"), (b" \t  \t", "b")],
)
def test_blanks_before_a_value_are_not_of_it(blanks: bytes, value: str) -> None:
    made = parsed(GET + b"X-A:" + blanks + b"b\r\nX-B: c  d\r\n\r\n")
    headers = made.request().headers
    assert (headers["HTTP_X_A"], headers["HTTP_X_B"]) == (value, "c  d")


@pytest.mark.parametrize("blanks", [b"  ", b"\t\t", b" \t "])
def test_full_parser_gets_no_run_of_blanks(monkeypatch: pytest.MonkeyPatch, blanks: bytes) -> None:
    real, got = HTTPRequestParser.parse_header, list[bytes]()

    def noted(self: HTTPRequestParser, header_plus: bytes) -> None:
        got.append(header_plus)
        real(self, header_plus)

    monkeypatch.setattr(HTTPRequestParser, "parse_header", noted)
    parsed(GET + b"X_A:" + blanks + b"b\r\n\r\n")
    assert b"X_A: b" in got[0]


def test_headers_in_several_lines_are_kept_apart() -> None:
    lines = b"X-A: Xb:c dX\r\nX-B: e\r\nX_C: f\r\nX-A:  \xa0g \r\nX_C: h\r\n"
    assert parsed(GET + lines + b"\r\n").request().header_lines == [
        ("HTTP_X_A", "Xb:c dX"),
        ("HTTP_X_A", "\xa0g"),
    ]


def test_address_is_what_the_client_calls_it() -> None:
    assert parsed(GET + b"\r\n").request().origin == "http://a"
    assert parsed(b"GET / HTTP/1.0\r\n\r\n").request().origin == "http://sim.test:81"


def test_client_is_told_with_the_request() -> None:
    assert parsed(GET + b"\r\n").request(("192.0.2.1", "7")).peer == ("192.0.2.1", "7")


@pytest.mark.parametrize("piece", [10**6, 6, 5, 1])
@pytest.mark.parametrize(
    ("path", "kept"), [("/_control/verify", 25), ("/genesys/1/cs/services/start", MOST + 1)]
)
def test_as_much_of_a_body_is_kept_as_anyone_reads(path: str, kept: int, piece: int) -> None:
    body = b"abcdefghijklmnopqrstuvwxy"
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\n"
    for framed in (
        f"Content-Length: {len(body)}\r\n\r\n".encode() + body,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body),
    ):
        made = parsed(head.encode() + framed, piece)
        assert (made.completed, made.error) == (True, None)
        assert made.request().body == body[:kept]


def test_nobody_is_told_to_go_on_after_an_error() -> None:
    head = API + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert parsed(head).expect_continue
    assert not parsed(head + b"x\r\n").expect_continue
    whole = API + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    assert parsed(whole).expect_continue
    assert not parsed(whole + b"ab").expect_continue


def test_what_was_asked_is_known_beside_an_error_in_a_body() -> None:
    made = parsed(API + b"Origin: http://page.test\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")
    assert made.error is not None
    assert (made.asked_uri, made.origin) == ("/genesys/1/cs/services/start", "http://page.test")


@pytest.mark.parametrize(
    ("first", "body", "headers"),
    [
        (b"GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: text/html, */*  \r\nX-A: Xb: cX\r\n", b"",
         {"HTTP_HOST": "a", "HTTP_ACCEPT": "text/html, */*", "HTTP_X_A": "Xb: cX"}),
        (b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n", b"b\r\n",
         {"HTTP_HOST": "a", "HTTP_CONTENT_LENGTH": "3"}),
        (b"PUT /a HTTP/1.1\r\nContent-Length: 0000000010\r\nHost: a\r\n", b"0123456789",
         {"HTTP_HOST": "a", "HTTP_CONTENT_LENGTH": "0000000010"}),
        (b"DELETE /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n", b"",
         {"HTTP_HOST": "a", "HTTP_CONTENT_LENGTH": "0"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("next_one", [b"", b"GET /c HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_most_requests_do_without_the_full_parser(
    monkeypatch: pytest.MonkeyPatch,
    first: bytes,
    body: bytes,
    headers: dict[str, str],
    next_one: bytes,
) -> None:
    monkeypatch.setattr(HTTPRequestParser, "received", lambda *_: pytest.fail("it is asked"))
    made = Parser(Limits(MOST, 10**6, "s"))
    assert made.received(first + b"\r\n" + body + next_one) == len(first) + 2 + len(body)
    request = made.request()
    method, uri = first.decode().split(" ")[:2]
    assert (made.completed, made.headers_finished, made.keeps_open) == (True, True, True)
    assert (request.method, request.uri, request.body) == (method, uri, body)
    assert request.headers == headers


def headed(*lines: str, first: str = "POST /a HTTP/1.1", host: str = "Host: a") -> bytes:
    return "\r\n".join([first, *([host] if host else []), *lines, "", ""]).encode("latin-1")


LONG = LONGEST_HEAD - len(headed("X: "))


@pytest.mark.parametrize(
    "data",
    [
        *(headed(f"X: {'a' * (LONG + more)}") for more in (-1, 0, 1, 2, 3)),
        *(
            headed(f"Content-Length: {length}") + b"0123456789ab"
            for length in ("0", "00", "9", "10", "11", "+1", "-1", "1_0", "x", "1 0", "\xb2",
                           "0" * 10 + "9", "0" * 11 + "9", "0" * 12 + "9", "1" * 11, "1" * 12)
        ),
        headed("Content-Length: 2", "Content-Length: 2") + b"ab",
        headed("Content-Length: 9") + b"short",
        headed("Connection: close"),
        headed("Connection: keep-alive"),
        headed("Upgrade: h2c"),
        headed("Expect: 100-continue", "Content-Length: 2") + b"ab",
        headed("Transfer-Encoding: chunked") + b"1\r\na\r\n0\r\n\r\n",
        headed("X-A: 1", "X-A: 2"),
        headed("X_A: 1"),
        headed("X-A:1", "X-B:"),
        headed(host=""),
        headed(first="CONNECT /a HTTP/1.1"),
        headed(first="PRI /a HTTP/1.1"),
        headed(first="post /a HTTP/1.1"),
        headed(first="POST /a HTTP/1.0"),
        headed(first="POST a HTTP/1.1"),
        b"\r\n" + headed(),
        b"\r\n\r\n",
    ],
)  # fmt: skip
def test_both_parsers_say_the_same(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    def told() -> dict[str, Any]:
        made = Parser(Limits(MOST, 10**6, "s"))
        taken = 0
        while taken < len(data) and not made.completed:
            taken += made.received(data[taken:])
        return {
            "taken": taken,
            "completed": made.completed,
            "error": None if made.error is None else made.error.body,
            "request": made.request() if made.error is None else None,
            "open": made.keeps_open,
            "version": made.shown_version,
        }

    quick = told()
    monkeypatch.setattr(Parser, "_take_plain", lambda *_: 0)
    assert quick == told()


@pytest.mark.parametrize("piece", [10**6, 60_000])
def test_head_has_a_maximum_size(piece: int) -> None:
    assert parsed(headed(f"X: {'a' * LONG}"), piece).error is None
    too_large = parsed(headed(f"X: {'a' * (LONG + 1)}"), piece).error
    assert too_large is not None
    assert too_large.code == 431
    assert too_large.body == f"The request line and headers exceed {LONGEST_HEAD} bytes"


def test_what_looks_like_a_request_in_a_body_is_none() -> None:
    body = headed(first="GET /b HTTP/1.1")
    head = headed(f"Content-Length: {len(body)}")
    made = Parser(Limits(1_000, 10**6, "s"))
    assert made.received(head[:20]) == 20
    assert made.received(head[20:]) == len(head) - 20
    assert made.received(body) == len(body)
    assert (made.completed, made.request().body, made.request().uri) == (True, body, "/a")


def test_what_looks_like_a_request_in_a_head_is_none() -> None:
    made = Parser(Limits(MOST, 10**6, "s"))
    made.received(b"POST /a HTTP/1.1\r\n")
    made.received(headed(first="GET /b HTTP/1.1"))
    assert made.error is not None
    assert made.error.body == "Invalid header"
