"""Measure what open event streams cost Start Service: ``python -m tests.benchmarks.streams``.

One server, one run: rounds without a stream and with some take turns, so that whatever else the
machine does falls on both. Streams are read by another process, as browsers would; its own time is
not the server's. What counts is the processor time that the server takes for a request.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from tests.benchmarks.cases import START_SERVICE
from tests.benchmarks.load import run
from tests.benchmarks.loop import processor_time
from tests.benchmarks.processes import simulator

BUDGET = 1.05
"""What a request may cost with twenty streams, against one without."""

_READER = """
import selectors, socket, sys
port, count = int(sys.argv[1]), int(sys.argv[2])
selector = selectors.DefaultSelector()
for _ in range(count):
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(b"GET /_control/events HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
    while b"event: ready" not in sock.recv(65536):
        pass
    selector.register(sock, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        if not key.fileobj.recv(1 << 20):
            sys.exit("a stream has ended")
"""


@contextmanager
def streams(port: int, count: int) -> Iterator[None]:
    """Hold some streams open, in a process of their own."""
    command = [sys.executable, "-c", _READER, str(port), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("no streams")
            yield
            if process.poll() is not None:
                raise RuntimeError("the streams have ended")
        finally:
            process.kill()


def measured(port: int, pid: int, requests: int) -> tuple[float, float]:
    """Return the processor time and the time of a request, in microseconds."""
    before = processor_time(pid)
    result = run(port, START_SERVICE, requests, connections=8)
    return (
        (processor_time(pid) - before) / requests * 1_000_000,
        1_000_000 / result.per_second,
    )


def main() -> int:
    """Print the figures; return 1 where the budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=20)
    parser.add_argument("--requests", type=int, default=5_000, help="of each round")
    parser.add_argument("--pairs", type=int, default=10)
    options = parser.parse_args()
    ratios, walls, bare = [], [], []
    with simulator("--scenario", "empty") as (port, pid):
        run(port, START_SERVICE, options.requests, connections=8)
        for _ in range(options.pairs):
            without, wall = measured(port, pid, options.requests)
            with streams(port, options.streams):
                watched, watched_wall = measured(port, pid, options.requests)
            bare.append(without)
            ratios.append(watched / without)
            walls.append(watched_wall / wall)
    print(f"Start Service without streams: {median(bare):.1f} us of processor time")
    print(
        f"with {options.streams} streams: x {median(ratios):.3f} of it "
        f"({min(ratios):.3f} to {max(ratios):.3f}); budget x {BUDGET}"
    )
    print(f"time on the wall, with readers on the same machine: x {median(walls):.3f}")
    return int(median(ratios) > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
