"""Requests that break a rule: their bytes, the first line of the answer, and why it is that."""

from __future__ import annotations

from typing import NamedTuple

from tests.wire.hostile import BASE, START, chunked, get, head, post

OK = b"HTTP/1.1 200 OK"
CREATED = b"HTTP/1.1 201 Created"
BAD = b"HTTP/1.1 400 Bad Request"
BAD_10 = b"HTTP/1.0 400 Bad Request"
MISSING = b"HTTP/1.1 404 Not Found"
TOO_LARGE = b"HTTP/1.1 413 Request Entity Too Large"
TOO_LONG = b"HTTP/1.0 431 Request Header Fields Too Large"
NOT_IMPLEMENTED = b"HTTP/1.1 501 Not Implemented"

CLOSE = b"Connection: close"
HOST = b"Host: a"
X = BASE + b"/services/anonymous/x"
HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(64))


class Case(NamedTuple):
    """One request that breaks a rule, and what is to come of it."""

    name: str
    sent: bytes
    first_line: bytes
    reason: str


def length(*values: bytes) -> bytes:
    """Return the head of a start with some Content-Length, and a body of two bytes."""
    lines = [b"Content-Length: " + value for value in values]
    return head(b"POST " + BASE + b"/services/start HTTP/1.1", b"Host: a", CLOSE, *lines) + b"{}"


FIRST_LINES = (
    Case("one word", b"nonsense\r\n\r\n", BAD_10, "no target; no version that could be answered"),
    Case("no method", head(b" " + X + b" HTTP/1.1"), BAD_10, "a blank is no method"),
    Case("two blanks", head(b"GET  " + X + b" HTTP/1.1"), BAD_10, "exactly one separates"),
    Case("four words", head(b"GET " + X + b" x HTTP/1.1"), BAD_10, "a target has no blank"),
    Case("small letters", head(b"get " + X + b" HTTP/1.1"), BAD_10, "methods have a case"),
    Case("unknown method", head(b"BREW " + X + b" HTTP/1.1", HOST, CLOSE),
         b"HTTP/1.1 405 Method Not Allowed", "the application knows the path"),
    Case("version 3.7", head(b"GET " + X + b" HTTP/3.7"), b"HTTP/1.0 200 OK",
         "an unknown version is answered in the oldest"),
    Case("version in words", head(b"GET " + X + b" HTTP/one"), BAD_10, "that is no version"),
    Case("HTTP/0.9", b"GET " + X + b"\r\n\r\n", b"HTTP/1.0 200 OK", "answered with a head"),
    Case("HTTP/1.0", head(b"GET " + X + b" HTTP/1.0"), b"HTTP/1.0 200 OK", "closed after it"),
    Case("preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", BAD_10,
         "there is no HTTP/2: it is told what is spoken here"),
    Case("bare LF", b"GET " + X + b" HTTP/1.1\nHost: a\n\n", BAD_10, "it would wait for CR LF"),
    Case("bare CR", b"GET " + X + b" HTTP/1.1\rHost: a\r\n\r\n", BAD_10, "CR is part of CR LF"),
    Case("NUL", b"\0" * 64, BAD_10, "no method begins so; nothing else need come"),
    Case("TLS", HELLO, BAD_10, "https: on this port must fail at once, and not wait"),
    Case("SSH", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", BAD_10, "another protocol"),
    Case("a proxy's line", b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n\r\n", BAD_10, "not spoken here"),
    Case("blank lines before", b"\r\n\r\n\r\n" + get(b"/services/anonymous/x", CLOSE), OK,
         "clients may send them (RFC 9112, 2.2)"),
)  # fmt: skip

TARGETS = (
    Case("raw UTF-8", get("/services/anonymous/é".encode(), CLOSE), OK, "means %C3%A9"),
    Case("no UTF-8", get(b"/services/anonymous/\xff", CLOSE), BAD, "no text"),
    Case("% alone", get(b"/services/anonymous/%", CLOSE), OK, "a % that encodes nothing is one"),
    Case("% cut off", get(b"/services/anonymous/%2", CLOSE), OK, "the same"),
    Case("% of no number", get(b"/services/anonymous/%zz", CLOSE), OK, "the same"),
    Case("encoded NUL", get(b"/services/anonymous/%00", CLOSE), OK, "any text is a contact key"),
    Case("encoded CR LF", get(b"/services/anonymous/a%0d%0aB:%20c", CLOSE), OK, "a text, too"),
    Case("raw NUL", get(b"/services/anonymous/\0", CLOSE), OK, "the same as %00"),
    Case("absolute", head(b"GET http://other:1" + X + b" HTTP/1.1", HOST, CLOSE), OK,
         "what a proxy is asked; the host plays no part"),
    Case("absolute, no host", head(b"GET http://[ HTTP/1.1", CLOSE), BAD, "no URL has that host"),
    Case("absolute, no path", head(b"GET http://other HTTP/1.1", HOST, CLOSE), MISSING, "the root"),
    Case("OPTIONS *", head(b"OPTIONS * HTTP/1.1", HOST, CLOSE), b"HTTP/1.1 204 No Content",
         "it asks for no path: the server answers what it can"),
    Case("CONNECT", head(b"CONNECT other:443 HTTP/1.1", HOST, CLOSE), BAD_10, "this is no proxy"),
    Case("dots", get(b"/../../../etc/passwd", CLOSE), MISSING, "dots are not resolved"),
    Case("16,000 segments", get(b"/a" * 16_000, CLOSE), MISSING, "no closest route is looked for"),
    Case("30,000 letters", get(b"/" + b"a" * 30_000, CLOSE), MISSING, "the same"),
    Case("5,000 parameters", get(b"/services/1?" + b"&".join(b"n%d=1" % n for n in range(5_000)),
         CLOSE), BAD, "an unknown service; ten unknown parameters are told"),
    Case("blanks after a long target", b"GET a://" + b"b" * 60_000 + b" X\r\n\r\n", BAD_10,
         "refused without looking back over it"),
)  # fmt: skip

HEADERS = (
    Case("too long", get(b"", b"A: " + b"a" * 70_000), TOO_LONG, "64 KiB are read"),
    Case("too many", get(b"", *[b"A: b"] * 12_000), TOO_LONG, "64 KiB are read"),
    Case("never ending", b"GET / HTTP/1.1\r\n" + b"a" * 70_000, TOO_LONG, "no end is waited for"),
    Case("a blank in a name", get(b"", b"A b: c"), BAD_10, "names are tokens"),
    Case("a blank before the colon", get(b"", b"A : b"), BAD_10, "RFC 9112, 5.1"),
    Case("no colon", get(b"", b"nonsense"), BAD_10, "no header"),
    Case("no name", get(b"", b": a"), BAD_10, "no header"),
    Case("NUL in a value", get(b"", b"A: b\0c"), BAD_10, "no value holds it"),
    Case("DEL in a value", get(b"", b"A: b\x7fc"), BAD_10, "nor this"),
    Case("a second line", get(b"", b"A: b\r\n c"), BAD_10, "RFC 9112, 5.2"),
    Case("LF inside", get(b"", b"A: b\nC: d"), BAD_10, "only CR LF ends a line"),
    Case("60,000 blanks", get(b"/services/anonymous/x", b"A:" + b" " * 60_000 + b"b", CLOSE), OK,
         "taken as one"),
    Case("bytes beyond ASCII", get(b"/services/anonymous/x", b"A: \xff\xfe", CLOSE), OK, "allowed"),
    Case("no Host", head(b"GET " + X + b" HTTP/1.1", CLOSE), BAD, "HTTP/1.1 asks for one"),
    Case("two Hosts", head(b"GET " + X + b" HTTP/1.1", b"Host: a", b"Host: b", CLOSE), BAD,
         "there is one, or it is a trick"),
    Case("Upgrade", get(b"/services/anonymous/x", b"Connection: Upgrade, HTTP2-Settings",
         b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA") + b"PRI\r\n\r\n", OK,
         "it may be ignored; what follows is read as HTTP/1.1"),
    Case("WebSocket", get(b"/services/anonymous/x", CLOSE, b"Upgrade: websocket",
         b"Sec-WebSocket-Version: 13"), OK, "the same"),
    Case("GET that expects 100", get(b"/services/anonymous/x", b"Expect: 100-continue", CLOSE), OK,
         "there is no body to go on with"),
    Case("another expectation", get(b"/services/anonymous/x", b"Expect: the-unexpected", CLOSE),
         OK, "ignored, as RFC 9110, 10.1.1 allows"),
    Case("HTTP/1.0, kept open", head(b"GET bad bad HTTP/1.0", b"Connection: keep-alive"), BAD_10,
         "closed all the same"),
)  # fmt: skip

BODIES = (
    Case("two lengths", length(b"2", b"3"), BAD, "which is it?"),
    Case("one length twice", length(b"2", b"2"), BAD, "refused, as RFC 9112, 6.3 allows"),
    Case("below 0", length(b"-1"), BAD, "no length"),
    Case("with a sign", length(b"+2"), BAD, "only digits"),
    Case("in hexadecimal", length(b"0x2"), BAD, "only digits"),
    Case("empty", length(b""), BAD, "only digits"),
    Case("huge", length(b"9" * 18), TOO_LARGE, "not read"),
    Case("of 5,000 digits", length(b"9" * 5_000), BAD, "not even a number"),
    Case("huge, expecting 100", head(b"POST " + BASE + b"/services/start HTTP/1.1", HOST,
         b"Expect: 100-continue", b"Content-Length: " + b"9" * 15), TOO_LARGE,
         "refused before the body is asked for"),
    Case("too short a body", length(b"1"), BAD, "the rest is the next request"),
    Case("length and chunks", chunked(b"2\r\n{}\r\n0\r\n\r\n", CLOSE, b"Content-Length: 999"),
         BAD_10, "two lengths of one body (RFC 9112, 6.3)"),
    Case("chunks in HTTP/1.0", head(b"POST " + BASE + b"/services/start HTTP/1.0",
         b"Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n", BAD_10,
         "1.0 has none: they would be the next request"),
    Case("another coding", head(b"POST / HTTP/1.1", b"Transfer-Encoding: gzip, chunked"),
         NOT_IMPLEMENTED, "none but chunked"),
    Case("no size", chunked(b"\r\n\r\nzz\r\n"), BAD, "zz is no size"),
    Case("size below 0", chunked(b"-1\r\n"), BAD, "no size"),
    Case("size with a prefix", chunked(b"0x2\r\n{}\r\n0\r\n\r\n"), BAD, "no size"),
    Case("size too small", chunked(b"1\r\n{}\r\n0\r\n\r\n"), BAD, "CR LF must follow"),
    Case("size too large", chunked(b"3\r\n{}\r\n0\r\n\r\n"), BAD, "CR LF must follow"),
    Case("size of an eternity", chunked(b"f" * 20_000), BAD, "its line does not end"),
    Case("huge chunk", chunked(b"f" * 16 + b"\r\n" + b"x" * 2**21), TOO_LARGE, "cut off"),
    Case("bad extension", chunked(b"2;=\r\n{}\r\n0\r\n\r\n"), BAD, "no name"),
    Case("endless trailer", chunked(b"0\r\n" + b"A: b\r\n" * 5_000), BAD, "it does not end"),
    Case("trailer", chunked(b"%x\r\n%s\r\n0\r\nA: b\r\n\r\n" % (len(START), START), CLOSE),
         CREATED, "read and ignored"),
    Case("not UTF-8", post(b"/services/start", b'{"a":"\xff"}', CLOSE), BAD, "no JSON"),
    Case("60,000 levels", post(b"/services/start", b"[" * 60_000, CLOSE), BAD, "100 are read"),
    Case("a number of 10,000 digits", post(b"/services/start", b'{"a":%s}' % (b"9" * 10_000),
         CLOSE), BAD, "40 are read"),
)  # fmt: skip
