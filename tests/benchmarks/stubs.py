"""Start Service beside WireMock and mountebank, which answer a fixed stub.

They come from npm: ``npm install --prefix <folder> wiremock@3.13.2 mountebank@2.9.1``. The folder
is named by ``TESTS_STUBS``; WireMock needs a Java besides.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks import processes
from tests.benchmarks.cases import START_SERVICE
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Connection, Result, run
from tests.benchmarks.runs import latency, throughput
from tests.benchmarks.scale import Scale
from tests.support import BASE

FOLDER = "TESTS_STUBS"
PATIENCE = 60.0

BODY = '{"service_id":4294967297}'
HEADERS = {
    "Content-Type": "application/json",
    "Content-Length": str(len(BODY)),
    "Location": f"{BASE}/services/4294967297",
    "Connection": "keep-alive",
}

Served = tuple[int, int]
"""A port, and the id of the process that listens there."""


class Stub(NamedTuple):
    """A server of stubs, and how many of its requests a second are enough for us."""

    name: str
    command: Callable[[Path, int], list[str]]
    admin: str
    """The path that takes the stub, on the port that the command is given."""
    document: Callable[[int], dict[str, Any]]
    has_port_of_its_own: bool
    """Whether the stub is served on another port than that."""
    enough: float


def _wiremock(folder: Path, port: int) -> list[str]:
    [jar] = (folder / "node_modules" / "wiremock" / "build").glob("wiremock-standalone-*.jar")
    return ["java", "-jar", str(jar), "--port", str(port), "--disable-banner"]


def _mountebank(folder: Path, port: int) -> list[str]:
    command = folder / "node_modules" / ".bin" / "mb"
    return [str(command), "start", "--port", str(port), "--nologfile", "--loglevel", "error"]


STUBS = (
    Stub(
        "WireMock",
        _wiremock,
        "/__admin/mappings",
        lambda _: {
            "request": {"method": "POST", "urlPath": f"{BASE}/services/start"},
            "response": {"status": 201, "headers": HEADERS, "body": BODY},
        },
        has_port_of_its_own=False,
        enough=0.4,
    ),
    Stub(
        "mountebank",
        _mountebank,
        "/imposters",
        lambda port: {
            "protocol": "http",
            "port": port,
            "stubs": [
                {
                    "predicates": [
                        {"equals": {"method": "POST", "path": f"{BASE}/services/start"}}
                    ],
                    "responses": [{"is": {"statusCode": 201, "headers": HEADERS, "body": BODY}}],
                }
            ],
        },
        has_port_of_its_own=True,
        enough=0.5,
    ),
)


def stubs(scale: Scale) -> Iterator[Figure]:
    """Yield what a request, a start and the memory are beside each of them that is here."""
    folder = Path(os.environ.get(FOLDER, ""))
    for stub in STUBS:
        try:
            program = shutil.which(stub.command(folder, 0)[0])
        except ValueError:
            program = None
        if FOLDER not in os.environ or program is None:
            print(f"stubs: not measured beside {stub.name}; {__doc__}")
            continue
        yield from _beside(stub, folder, scale)


def _beside(stub: Stub, folder: Path, scale: Scale) -> Iterator[Figure]:
    def theirs() -> AbstractContextManager[Served]:
        return _running(stub, folder)

    starts = [(_start(processes.simulator), _start(theirs)) for _ in range(scale.pairs)]
    pairs: list[tuple[Result, Result]] = []
    memory = []
    with processes.simulator() as (port, pid), theirs() as (other, other_pid):
        for warm in (port, other):
            run(warm, START_SERVICE, scale.requests, 8)
        for _ in range(scale.pairs):
            ours = run(port, START_SERVICE, scale.requests, 8)
            pairs.append((ours, run(other, START_SERVICE, scale.requests, 8)))
        rest = max(scale.long - scale.requests * (scale.pairs + 1), 1)
        for each in (port, other):
            run(each, START_SERVICE, rest, 8)
        memory = [processes.resident(pid), processes.resident(other_pid)]
    subject, name = f"Start Service beside {stub.name}", stub.name
    yield throughput(subject, pairs, yardstick=name, at=8, budget=stub.enough)
    yield latency(subject, 99, pairs, yardstick=name, at=8, budget=1.0)
    yield Figure.of(
        f"memory after {scale.long:,} requests, beside {name}",
        "",
        "MiB",
        memory[:1],
        memory[1:],
        name,
        budget=1.0,
    )
    yield Figure.of(
        f"start to the first answer, beside {name}",
        "",
        "s",
        [ours for ours, _ in starts],
        [other for _, other in starts],
        name,
        budget=1.0,
    )


def _start(served: Callable[[], AbstractContextManager[Served]]) -> float:
    """Return the seconds until a server has answered Start Service."""
    begun = time.perf_counter()
    with served() as (port, _):
        connection = Connection(port)
        reply = connection.ask(START_SERVICE)
        taken = time.perf_counter() - begun
        connection.close()
    if reply[9:12] != b"201":
        raise RuntimeError(reply.decode("latin-1"))
    return taken


@contextmanager
def _running(stub: Stub, folder: Path) -> Iterator[Served]:
    """Run a server of stubs that answers Start Service; give its port and its process id."""
    port, own = _free_port(), _free_port()
    process = subprocess.Popen(
        stub.command(folder, port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _put(f"http://127.0.0.1:{port}{stub.admin}", stub.document(own), process)
        yield (own if stub.has_port_of_its_own else port), process.pid
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def _put(url: str, document: dict[str, Any], process: subprocess.Popen[bytes]) -> None:
    """Give a server its stub, as soon as it takes one."""
    data = json.dumps(document).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):
                return
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode("utf-8", "replace")) from None
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.002)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port
