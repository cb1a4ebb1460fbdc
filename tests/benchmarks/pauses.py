"""The rarest waits: p99.9, the longest pause, and calls beside an export, a snapshot, an import."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

from tests.benchmarks import processes
from tests.benchmarks.cases import START_SERVICE
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Connection, Result, request_bytes, run
from tests.benchmarks.scale import Scale
from tests.support import BASE

LARGE = "/_world/large"
"""The world in which what takes long is asked for; the calls beside it are of another."""
SINCE = "time_from=2020-01-01T00:00:00.000Z&export_content=true"
ONCE_MORE = 20
"""Calls in a row, so that the first ones after a large piece of work are measured, too."""


def pauses(scale: Scale) -> Iterator[Figure]:
    """Yield the rarest waits, each beside what it is to be held against."""
    yield from _rare(scale)
    yield from _beside(scale)


def _rare(scale: Scale) -> Iterator[Figure]:
    ours: list[Result] = []
    theirs: list[Result] = []
    idle: list[Result] = []
    with (
        processes.bare() as (bare, _),
        processes.simulator() as (port, _),
        processes.echo() as (echo, _),
    ):
        for warm in (bare, port):
            run(warm, START_SERVICE, scale.requests // 2, 8)
        for _ in range(scale.pairs):
            ours.append(run(port, START_SERVICE, scale.rare, 1))
            theirs.append(run(bare, START_SERVICE, scale.rare, 1))
            idle.append(run(echo, START_SERVICE, scale.rare, 1))
    yield Figure.of(
        "Start Service",
        "p99.9",
        "ms",
        [each.per_mille(999) for each in ours],
        [each.per_mille(999) for each in theirs],
        at=1,
        budget=1.5,
    )
    yield Figure.of(
        f"Start Service, the longest of {scale.rare:,}",
        "",
        "ms",
        [each.longest for each in ours],
        [each.longest for each in theirs],
        at=1,
        budget=5.0,
        relative=False,
    )
    yield Figure.of(
        f"a server that does nothing (the machine's own share), the longest of {scale.rare:,}",
        "",
        "ms",
        [each.longest for each in idle],
        at=1,
    )


def _beside(scale: Scale) -> Iterator[Figure]:
    """Yield what fast calls in one world take while another is asked for what takes long."""
    works = {
        f"an export of {scale.stored:,} services": _export,
        f"a snapshot of {scale.stored:,} services": _snapshot,
        f"an import of {scale.stored:,} customers": _import,
    }
    for what, made in works.items():
        with processes.simulator("--max-body", "64MiB") as (port, _):
            _fill(port, scale.stored)
            found = [_while(port, made(scale)) for _ in range(scale.pairs)]
        subject = f"Start Service beside {what}"
        p99 = [each.percentile(99) for each in found]
        yield Figure.of(subject, "p99", "ms", p99, at=1, budget=25.0)
        yield Figure.of(
            subject, "the longest", "ms", [each.longest for each in found], at=1, budget=80.0
        )


def _fill(port: int, services: int) -> None:
    """Store services in a world of their own."""
    body = b'{"contact_key": "K", "service_type": 100}'
    run(port, request_bytes("POST", f"{LARGE}{BASE}/services/start", body), services, 8)


def _export(_: Scale) -> bytes:
    return request_bytes("GET", f"{LARGE}{BASE}/maintenance/services/stream?{SINCE}")


def _snapshot(_: Scale) -> bytes:
    return request_bytes("GET", f"{LARGE}/_control/snapshot")


def _import(scale: Scale) -> bytes:
    rows = "".join(f"F{number},L{number},{number}\r\n" for number in range(scale.stored))
    body = (
        '--part\r\nContent-Disposition: form-data; name="profiles"; filename="p.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
        f"FirstName,LastName,PhoneNumber\r\n{rows}\r\n--part--\r\n"
    )
    sent = request_bytes("POST", f"{LARGE}{BASE}/profiles/import", body.encode("ascii"))
    return sent.replace(b"application/json", b"multipart/form-data; boundary=part", 1)


def _while(port: int, work: bytes) -> Result:
    """Measure calls in the default world for as long as a piece of work takes."""
    replies: list[bytes] = []

    def working() -> None:
        connection = Connection(port)
        replies.append(connection.ask(work))
        connection.close()

    thread = Thread(target=working)
    latencies: list[float] = []
    seconds = 0.0
    thread.start()
    while thread.is_alive() or len(latencies) < ONCE_MORE:
        found = run(port, START_SERVICE, ONCE_MORE, 1)
        latencies += found.latencies
        seconds += found.seconds
    thread.join()
    if replies[0][9:10] != b"2":
        raise RuntimeError(replies[0][:500].decode("latin-1"))
    return Result(len(latencies), seconds, latencies)
