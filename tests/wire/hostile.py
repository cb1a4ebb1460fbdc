"""Clients that break the rules: what they send, how they leave, and what a server owes them.

``python -m tests.wire.hostile --seconds 300`` sends mutated requests for as long as that, with
``--seed`` for another run than the last one. It ends with 1 at the first broken promise, and
prints the bytes that broke it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import h11

from tests.support.server import PATIENCE, ServerProcess

BASE = b"/genesys/1/cs"
CLOSE = b"Connection: close\r\n"
CLIENTS = 8
"""How many mutated requests are under way at once."""

SHORT = 0.2
"""How long an answer is waited for, in seconds, where none is owed."""


def head(first: bytes, *headers: bytes) -> bytes:
    """Return the bytes of a first line and headers, with the blank line after them."""
    return b"\r\n".join([first, *headers, b"", b""])


def get(path: bytes = b"/services/anonymous/x", *headers: bytes) -> bytes:
    """Return the bytes of a GET below the 8.5 base."""
    return head(b"GET " + BASE + path + b" HTTP/1.1", b"Host: localhost", *headers)


def post(path: bytes, body: bytes, *headers: bytes) -> bytes:
    """Return the bytes of a POST of JSON below the 8.5 base."""
    length = b"Content-Length: %d" % len(body)
    kind = b"Content-Type: application/json"
    first = b"POST " + BASE + path + b" HTTP/1.1"
    return head(first, b"Host: localhost", kind, length, *headers) + body


def chunked(rest: bytes, *headers: bytes) -> bytes:
    """Return the head of a POST with a chunked body, and what follows it."""
    kind = b"Content-Type: application/json"
    first = b"POST " + BASE + b"/services/start HTTP/1.1"
    coding = b"Transfer-Encoding: chunked"
    return head(first, b"Host: localhost", kind, coding, *headers) + rest


@dataclass(frozen=True)
class RawResponse:
    """One response out of the bytes of a connection."""

    first_line: bytes
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def status(self) -> int:
        """The status."""
        return int(self.first_line.split(b" ")[1])


class BrokenPromiseError(AssertionError):
    """The server answered what no server should, or not at all."""


def responses_of(data: bytes, *, cut: bool = False) -> list[RawResponse]:
    """Return the replies that some bytes are made of, which must be all that they are.

    With ``cut`` the last one may be incomplete, as after a reset.
    """
    replies = []
    while data:
        top, blank, rest = data.partition(b"\r\n\r\n")
        first, *lines = top.split(b"\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in lines if b": " in line)
        length = int(headers.get(b"content-length", b"0"))
        if cut and (not blank or len(rest) < length):
            break
        if not blank or not re.fullmatch(rb"HTTP/1\.[01] [1-5]\d\d [\w -]+", first):
            raise BrokenPromiseError(f"no response: {data[:200]!r}")
        body, data = rest[:length], rest[length:]
        response = RawResponse(first, headers, body)
        if len(body) < length or len(headers) < len(lines):
            raise BrokenPromiseError(f"no whole response: {top!r}")
        _check(response)
        if response.status != 100:
            replies.append(response)
    return replies


def _check(response: RawResponse) -> None:
    """Check that a response is in a form of ours, and shows nothing of the inside."""
    if response.status == 500 or b"Traceback" in response.body or b'File "' in response.body:
        raise BrokenPromiseError(f"a defect: {response}")
    if not response.body:
        return
    if b"json" not in response.headers.get(b"content-type", b""):
        raise BrokenPromiseError(f"not JSON: {response}")
    members = json.loads(response.body)
    told = ("message", "description", "detail")
    if response.status >= 400 and not any(isinstance(members.get(each), str) for each in told):
        raise BrokenPromiseError(f"no error of ours: {response}")


class Victim:
    """A server that is watched: its log, its threads and its files."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.port: int = server.ready["port"]
        self._lines: list[str] = []
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.server.process.stderr is not None
        with suppress(ValueError):  # closed while the last line was read
            for line in self.server.process.stderr:
                self._lines.append(line.decode("utf-8", "replace"))

    def complaints(self) -> list[str]:
        """Return the lines of the log, which is to tell of nothing below a warning."""
        return list(self._lines)

    def _held(self, what: str) -> int:
        return len(list(Path(f"/proc/{self.server.process.pid}/{what}").iterdir()))

    @property
    def holds(self) -> tuple[int, int]:
        """How many threads and how many descriptors it has at this moment."""
        return self._held("task"), self._held("fd")

    def settles_at(self, before: tuple[int, int]) -> bool:
        """Wait until it holds no more than before; return whether it does."""
        deadline = time.monotonic() + PATIENCE
        while any(now > then for now, then in zip(self.holds, before, strict=True)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def connect(self, timeout: float = PATIENCE) -> socket.socket:
        """Return a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def serves(self) -> bool:
        """Tell whether the next client gets its answer."""
        data, end = self.says(get(b"/services/anonymous/x", b"Connection: close"))
        return end == "closed" and data.startswith(b"HTTP/1.1 200 OK\r\n")

    def says(self, *pieces: bytes, timeout: float = PATIENCE) -> tuple[bytes, str]:
        """Send some pieces; return all that comes, and whether it ended closed, reset or silent."""
        with self.connect(timeout) as client:
            # What was said before the other side closed can still be read.
            with suppress(ConnectionError):
                for piece in pieces:
                    client.sendall(piece)
            return hear(client)


def hear(client: socket.socket, replies: int | None = None) -> tuple[bytes, str]:
    """Read until the connection ends, its timeout is over, or some replies have come."""
    data = b""
    while True:
        try:
            piece = client.recv(65_536)
        except TimeoutError:
            return data, "silent"
        except ConnectionError:
            return data, "reset"
        if not piece:
            return data, "closed"
        data += piece
        if replies is not None and len(responses_of(data, cut=True)) >= replies:
            return data, "answered"


def reset(client: socket.socket) -> None:
    """Close a connection with a TCP reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def requests_in(data: bytes) -> int:
    """Return how many whole requests some bytes begin with, as a parser from outside sees it."""
    whole = 0
    while data:
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=2**20)
        parser.receive_data(data)
        try:
            while not isinstance(event := parser.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA or event is h11.PAUSED:
                    return whole
        except h11.RemoteProtocolError:
            return whole
        whole += 1
        data = parser.trailing_data[0]
    return whole


START = b'{"contact_key":"42","service_type":100,"coupon":{"coupon_name":"A"}}'
SEEDS = (
    get(),
    get(b"/services/4294967297?extensions=*&active_tasks=true", b"Accept: */*"),
    get(b"/customers/C%2F1/services/active?started_from=2026-01-05T09:00:00.000Z"),
    get(b"/services/1", b"X-Simulator-World: other", b"Origin: http://localhost"),
    get(b"/services/1", b"Expect: 100-continue", b"Authorization: Basic YTpi"),
    get(b"/services/1", b'X-Simulator-Fault: {"response": {"status": 503}}'),
    post(b"/services/start", START),
    post(b"/services/start", START, b"Expect: 100-continue"),
    post(b"/services/4294967297/end", b"{}") + get(b"/services/4294967297"),
    post(b"/services_composite/start", b'{"services":[{"service":{"contact_key":"1"}}]}'),
    chunked(b"10\r\n" + START[:16] + b"\r\n%x;a=b\r\n" % len(START[16:]) + START[16:])
    + b"\r\n0\r\nA: b\r\n\r\n",
    head(b"OPTIONS " + BASE + b"/services/1 HTTP/1.1", b"Host: a", b"Origin: http://a"),
    head(b"GET http://localhost" + BASE + b"/services/1 HTTP/1.0", b"Connection: keep-alive"),
    head(b"GET /_world/other/_control/requests?limit=5 HTTP/1.1", b"Host: a"),
    head(b"PUT /_control/clock HTTP/1.1", b"Host: a", b"Content-Length: 15") + b'{"mode":"real"}',
    get() + post(b"/services/start", START) + get(b"/nothing"),
)
"""What mutations begin with: each is answered as it stands."""

WORDS = (
    b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b"%", b"%%", b"%2", b"%zz", b"%00",
    b"%2F", b"\xff", b"\xc3\xa9", b":", b"/", b"//", b"?", b"#", b"*", b"[", b"]", b"://", b"..",
    b"-1", b"0", b"+5", b"99999999999999999999", b"9" * 5000, b"0x10", b"HTTP/1.0", b"HTTP/9.9",
    b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n", b"Connection: close\r\n", b"Connection: Upgrade\r\n",
    b"Upgrade: h2c\r\n", b"Expect: 100-continue\r\n", b"Host: b\r\n", b"A" * 3000, b" " * 3000,
    b"\r\n ", b'"', b"{", b"[" * 200, b"null", b"1e400", b"\\u0000", b"\\ud800",
)  # fmt: skip
"""What mutations put in."""


def mutated(chance: random.Random) -> bytes:
    """Return a request with some bytes changed, left out, doubled, moved or put in."""
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 8, 40)))
        match chance.randrange(7):
            case 0:
                data[at:end] = chance.randbytes(end - at)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case 3:
                data[at:end] = b""
                other = chance.randrange(len(data) + 1)
                data[other:other] = chance.choice(WORDS)
            case 4:
                lines = bytes(data).split(b"\r\n")
                lines.insert(chance.randrange(len(lines)), chance.choice(lines))
                data[:] = b"\r\n".join(lines)
            case _:
                data[at:at] = chance.choice(WORDS)
    return bytes(data)


def attack(victim: Victim, seed: int) -> str:
    """Send one mutated request as one kind of client; return what became of it.

    What a parser from outside takes for a whole request is owed an answer, or the end of the
    connection. Otherwise the server may wait for more, until the client goes.
    """
    chance = random.Random(seed)
    data = mutated(chance)
    manner = chance.choice(("whole", "whole", "whole", "pieces", "bytes", "reset", "half"))
    owed = requests_in(data) if manner in ("whole", "pieces", "bytes") else 0
    try:
        with victim.connect() as client:
            with suppress(ConnectionError):
                _send(client, data, manner, chance)
                if manner == "reset":
                    reset(client)
                    return "reset by the client"
                if manner == "half":
                    client.shutdown(socket.SHUT_WR)
            return _outcome(client, owed, must_end=manner == "half")
    except BrokenPromiseError as error:
        raise BrokenPromiseError(f"seed {seed}, {manner}: {data!r}: {error}") from None


def _send(client: socket.socket, data: bytes, manner: str, chance: random.Random) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if manner == "reset":
        client.sendall(data[: chance.randrange(len(data) + 1)])
        return
    size = {"bytes": 1, "pieces": chance.randrange(1, 100)}.get(manner, len(data))
    size = max(size, 1)  # a mutation may leave nothing
    if len(data) // size > 1000:  # a piece a system call, and no more of them than that
        size = len(data) // 1000
    for first in range(0, len(data), size):
        client.sendall(data[first : first + size])


def _outcome(client: socket.socket, owed: int, *, must_end: bool) -> str:
    """Read what comes, and hold it against what is owed."""
    client.settimeout(PATIENCE if owed or must_end else SHORT)
    data, end = hear(client, None if must_end else max(owed, 1))
    # A client that says it will send no more counts as gone, even in the middle of its answer.
    answered = len(responses_of(data, cut=must_end or end != "closed"))
    if end == "silent" and (owed or must_end):
        raise BrokenPromiseError(f"{answered} of {owed} answers, and then silence")
    if end == "silent":
        # Not a whole request: it goes away, and its end is all that is asked for.
        client.settimeout(PATIENCE)
        with suppress(ConnectionError):
            client.shutdown(socket.SHUT_WR)
        if hear(client)[1] == "silent":
            raise BrokenPromiseError("a client that goes is not let go")
        return "waited for more"
    return "answered" if answered else f"{end} by the server"


def storm(victim: Victim, seeds: Iterator[int], clients: int = CLIENTS) -> Counter[str]:
    """Send mutated requests, one a seed; return how many ended how."""

    def one(turn: Iterator[int]) -> Counter[str]:
        return Counter(attack(victim, seed) for seed in turn)

    numbers = list(seeds)
    with ThreadPoolExecutor(clients) as pool:
        parts = [pool.submit(one, iter(numbers[start::clients])) for start in range(clients)]
        return sum((part.result() for part in parts), Counter())


@contextmanager
def victim(*options: str) -> Iterator[Victim]:
    """Run a server that is watched."""
    with TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder, "ready.json"), *options)
        try:
            watched = Victim(server.wait_until_ready())
            assert watched.serves()
            yield watched
        finally:
            server.stop()


def main() -> int:
    """Attack a server for some time; print what became of it every ten thousand requests."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.hostile", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1, help="what the first mutation is made of")
    options = parser.parse_args()
    outcomes: Counter[str] = Counter()
    seed, batch = options.seed, 2_000
    with victim(
        "--log-level", "warning", "--max-worlds", "50", "--world-idle-timeout", "0"
    ) as watched:
        before = watched.holds
        end = time.monotonic() + options.seconds
        try:
            while time.monotonic() < end:
                outcomes += storm(watched, iter(range(seed, seed + batch)))
                seed += batch
                if not watched.serves() or not watched.settles_at(before):
                    raise BrokenPromiseError(f"it held {before} and holds {watched.holds}")
                told = ", ".join(f"{count} {what}" for what, count in outcomes.most_common())
                sys.stdout.write(f"{outcomes.total()} requests: {told}\n")
                sys.stdout.flush()
        except BrokenPromiseError as error:
            sys.stdout.write(f"{error}\n")
            return 1
        finally:
            held = f"threads and descriptors: {before} before, {watched.holds} after"
            complaints = watched.complaints()
            sys.stdout.write(f"{held}; {len(complaints)} complaints in the log\n")
            sys.stdout.writelines(complaints[:40])
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
