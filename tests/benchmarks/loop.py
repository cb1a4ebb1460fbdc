"""What the loop costs: processor time, refusals, idle connections, and responses held back."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from tests.benchmarks import processes
from tests.benchmarks.cases import START_SERVICE
from tests.benchmarks.figures import Figure, interleaved
from tests.benchmarks.load import Connection, request_bytes, run
from tests.benchmarks.scale import Scale
from tests.support import BASE

CPU_BUDGETS: Mapping[int, float] = MappingProxyType({8: 0.5, 1: 0.75})

REFUSED: Mapping[str, bytes] = MappingProxyType(
    {
        "an unknown path": request_bytes("POST", f"{BASE}/services/strat", b'{"contact_key":"4"}'),
        "a wrong method": request_bytes("PUT", f"{BASE}/services/start", b'{"contact_key":"4"}'),
        "a bad member": request_bytes("POST", f"{BASE}/services/start", b'{"contact_key":[]}'),
    }
)

SPARED = 500
"""Descriptors for all but the connections that are only open."""


def processor_time(pid: int) -> float:
    """Return the seconds of processor time that a process has taken (Linux)."""
    return sum(_times(pid))


def system_time(pid: int) -> float:
    """Return how many of them it has spent in the system."""
    return _times(pid)[1]


def _times(pid: int) -> tuple[float, float]:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / ticks, int(fields[12]) / ticks


def threads(pid: int) -> int:
    """Return how many threads a process has (Linux)."""
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def cost(port: int, pid: int, request: bytes, requests: int, connections: int) -> float:
    """Return the microseconds of a server's processor time that a request takes."""
    before = processor_time(pid)
    run(port, request, requests, connections, allowed=b"24")
    return (processor_time(pid) - before) / requests * 1_000_000


def loop(scale: Scale) -> Iterator[Figure]:
    """Yield what the loop costs, each beside what it is to be held against."""
    yield from _processor_time(scale)
    yield from _refusals(scale)
    yield from _idle(scale)
    yield from _held(scale)


def _pairs(
    scale: Scale, ours: Callable[[], float], theirs: Callable[[], float]
) -> list[list[float]]:
    return interleaved(scale.pairs, ours, theirs)


def _processor_time(scale: Scale) -> Iterator[Figure]:
    with processes.bare() as (bare, bare_pid), processes.simulator() as (port, pid):
        for warm in (bare, port):
            run(warm, START_SERVICE, scale.requests // 2, 8)
        for connections, budget in CPU_BUDGETS.items():
            ours, theirs = _pairs(
                scale,
                lambda many=connections: cost(port, pid, START_SERVICE, scale.requests, many),  # type: ignore[misc]
                lambda many=connections: cost(  # type: ignore[misc]
                    bare, bare_pid, START_SERVICE, scale.requests, many
                ),
            )
            yield Figure.of(
                "Start Service", "processor time", "µs", ours, theirs, at=connections, budget=budget
            )


def _refusals(scale: Scale) -> Iterator[Figure]:
    with processes.simulator() as (port, pid):
        run(port, START_SERVICE, scale.requests // 2, 8)
        for what, request in REFUSED.items():
            ours, theirs = _pairs(
                scale,
                lambda sent=request: cost(port, pid, sent, scale.requests, 8),  # type: ignore[misc]
                lambda: cost(port, pid, START_SERVICE, scale.requests, 8),
            )
            yield Figure.of(
                f"{what} refused",
                "processor time",
                "µs",
                ours,
                theirs,
                "one carried out",
                at=8,
                budget=1.4,
            )


def _idle(scale: Scale) -> Iterator[Figure]:
    with processes.simulator() as (port, pid), _descriptors(scale.open) as many:
        run(port, START_SERVICE, scale.requests // 2, 8)
        alone, beside = [], []
        for _ in range(scale.pairs):
            alone.append(cost(port, pid, START_SERVICE, scale.requests, 8))
            opened = [Connection(port) for _ in range(many)]
            beside.append(cost(port, pid, START_SERVICE, scale.requests, 8))
            for connection in opened:
                connection.close()
        subject = f"Start Service beside {many:,} idle connections"
        yield Figure.of(
            subject, "processor time", "µs", beside, alone, "beside none", at=8, budget=1.2
        )


def _held(scale: Scale) -> Iterator[Figure]:
    document = {"faults": [{"on": "end_service", "delay": "1h"}]}
    with (
        processes.simulating(document, "--max-waiting", "10000") as (port, pid),
        _descriptors(scale.open + scale.open // 3) as many,
    ):
        run(port, START_SERVICE, 5_000, 8)
        idle, memory = threads(pid), processes.resident(pid)
        waiting = [Connection(port) for _ in range(many)]
        for number, connection in enumerate(waiting):
            world = f"/_world/w{number % 4}" if number % 4 else ""
            connection.send(request_bytes("POST", f"{world}{BASE}/services/5/end", b"{}"))
        time.sleep(2)
        more = threads(pid) - idle
        each = (processes.resident(pid) - memory) * 1024 / many
        latencies = [
            run(port, START_SERVICE, scale.each, 1).percentile(99) for _ in range(scale.pairs)
        ]
        begun = time.perf_counter()
        os.kill(pid, signal.SIGTERM)
        while (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
            != "Z"
        ):
            time.sleep(0.002)
        stop = time.perf_counter() - begun
        for connection in waiting:
            connection.close()
    held = f"{many:,} responses held back"
    yield Figure.of(f"threads beyond idle, {held}", "", "", [more], budget=12)
    yield Figure.of(f"memory of each of {held}", "", "KiB", [each], budget=20)
    yield Figure.of(f"Start Service beside {held}", "p99", "ms", latencies, at=1, budget=10)
    yield Figure.of(f"stop, {held}", "", "s", [stop], budget=0.5)


@contextmanager
def _descriptors(wanted: int) -> Iterator[int]:
    """Allow so many connections, and give how many there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = hard if hard != resource.RLIM_INFINITY else wanted + SPARED
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, wanted + SPARED), most), hard))
    try:
        yield min(wanted, most - SPARED)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
