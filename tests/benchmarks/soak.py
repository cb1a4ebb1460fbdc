"""Soak one server: many requests over many worlds, with faults, resets and drops in between.

``python -m tests.benchmarks.soak`` lets clients hold conversations in the worlds until the journal
of each is full, notes what the server holds, goes on with the requests that are asked for, and
notes it again. Three worlds of four are left alone, and each conversation in them deletes what it
made; every fourth is reset or dropped again and again, with a reply held back in it. What a client
gets is held against what the rules may do to it. Exits with 1 where a thread or a descriptor is
left over, or an answer is none that the rules allow; memory is printed, not judged.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.cases import RING, START
from tests.benchmarks.load import Connection, request_bytes
from tests.support import BASE

CLIENTS = 12
ROUNDS = 5

SCENARIO = """
seed: 7
faults:
  - {name: slow, on: start_service, every: 10, delay: {from: 1ms, to: 10ms}}
  - {name: lost, on: start_service, every: 23, connection: reset}
  - {name: busy, on: start_state, every: 7, response: {status: 503, headers: {Retry-After: "1"}}}
  - {name: cut, on: get_service, every: 11, connection: truncate}
  - {name: drip, on: get_service, every: 17, dribble: {chunks: 5, duration: 10ms}}
  - {name: noise, on: start_task, every: 13, connection: garbage}
  - {name: gone, on: end_service, every: 19, connection: close}
  - {name: odd, on: get_service, every: 5, patch: {service_type: null}}
"""
HELD = b'{"delay": "1h"}'


class Client:
    """One client: its connection, opened anew whenever a fault broke it, and what it saw."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: Connection | None = None
        self.seen: Counter[str] = Counter()

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Send a request; return the reply, or nothing where the connection broke."""
        if self._connection is None:
            self._connection = Connection(self._port)
        try:
            reply = self._connection.ask(request_bytes(method, path, body))
        except ConnectionError:
            reply = b""
        well = reply.startswith(b"HTTP/1.1 ")
        self.seen[reply[9:12].decode() if well else "garbage" if reply else "broken"] += 1
        if not well:
            self.close()
        return reply if well else b""

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def converse(client: Client, world: str) -> None:
    """Hold a conversation of six requests in a world; what it stored is deleted at its end."""
    base = f"/_world/{world}{BASE}/services"
    started = client.ask("POST", f"{base}/start", START)
    if not started.startswith(b"HTTP/1.1 201"):
        return
    body = started.partition(b"\r\n\r\n")[2]
    here = f"{base}/{json.loads(body)['service_id']}"
    client.ask("POST", f"{here}/states/start", b'{"state_type":1}')
    client.ask("POST", f"{here}/tasks/start", b'{"task_type":1}')
    client.ask("GET", f"{here}?extensions=*&active_tasks=true")
    client.ask("POST", f"{here}/end", b"{}")
    client.ask("DELETE", here)


def begin_anew(port: int, client: Client, world: str, *, drop: bool) -> None:
    """Reset or drop a world in which a reply is held back; that connection must close."""
    held = Connection(port)
    path = f"/_world/{world}{BASE}/services/anonymous/x".encode("ascii")
    held.socket.sendall(
        b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nX-Simulator-Fault: " + HELD + b"\r\n\r\n"
    )
    if drop:
        client.ask("DELETE", f"/_control/worlds/{world}")
    else:
        client.ask("POST", f"/_world/{world}/_control/reset", b"{}")
    held.socket.settimeout(0.001)
    while True:
        # The request may have come after the reset, in which case the next one ends it.
        try:
            held.socket.recv(1)
            break
        except TimeoutError:
            client.ask("POST", f"/_world/{world}/_control/reset", b"{}")
        except ConnectionError:
            break
    held.close()


def soak(
    port: int, worlds: list[str], requests: int, seed: int, *, churn: bool = True
) -> Counter[str]:
    """Send so many requests as one client, over its own worlds; return what it saw."""
    chance = random.Random(seed)
    client = Client(port)
    for number in cycle(range(len(worlds))):
        if client.seen.total() >= requests:
            break
        converse(client, worlds[number])
        if churn and number % 4 == 0 and chance.random() < 0.2:
            begin_anew(port, client, worlds[number], drop=chance.random() < 0.5)
    client.close()
    return client.seen


def holds(pid: int) -> tuple[float, int, int]:
    """Return the MiB, the threads and the descriptors of a process (Linux)."""
    process = Path("/proc", str(pid))
    pages = int((process / "statm").read_text().split()[1])
    threads, files = (len(list((process / each).iterdir())) for each in ("task", "fd"))
    return pages * 4096 / 2**20, threads, files


def settled(pid: int, threads: int, files: int) -> tuple[float, int, int]:
    """Return what a process holds, once it has no more threads and descriptors than said."""
    for _ in range(1_000):
        held = holds(pid)
        if held[1] <= threads and held[2] <= files:
            break
        time.sleep(0.01)
    return held


def together(port: int, worlds: list[str], requests: int, turn: int, **how: bool) -> Counter[str]:
    """Soak as all clients at once; return what they saw."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = [
            pool.submit(soak, port, worlds[each::CLIENTS], requests // CLIENTS, turn + each, **how)
            for each in range(CLIENTS)
        ]
        return sum((part.result() for part in parts), Counter())


def main() -> int:
    """Soak a server and print what it held, and what its clients saw."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--worlds", type=int, default=200)
    options = parser.parse_args()
    names = [f"w{number}" for number in range(options.worlds)]
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "soak.yaml")
        path.write_text(SCENARIO)
        limits = ("--max-worlds", str(options.worlds + 1), "--log-level", "warning")
        with processes.simulator("--scenario", str(path), *limits) as (port, pid):
            print("| requests | MiB | threads | descriptors |\n| --- | --- | --- | --- |")
            for part in range(1, ROUNDS + 1):
                together(port, names, len(names) * RING // ROUNDS, 0, churn=False)
                before = settled(pid, 5, 0)
                filled = len(names) * RING * part // ROUNDS
                print(
                    f"| {filled} to fill | {before[0]:.1f} | {before[1]} | {before[2]} |",
                    flush=True,
                )
            seen: Counter[str] = Counter()
            begun = time.monotonic()
            for part in range(1, ROUNDS + 1):
                seen += together(port, names, options.requests // ROUNDS, part * CLIENTS)
                after = settled(pid, *before[1:])
                print(f"| {seen.total()} | {after[0]:.1f} | {after[1]} | {after[2]} |", flush=True)
            seconds = time.monotonic() - begun
            told = ", ".join(f"{count} {what}" for what, count in sorted(seen.items()))
            print(f"{seen.total()} requests in {seconds:.0f} s: {told}")
            unexpected = set(seen) - {"200", "201", "204", "503", "broken", "garbage"}
            left_over = after[1] > before[1] or after[2] > before[2]
            rest = "yes" if left_over else "nothing"
            print(f"memory {after[0] / before[0]:.3f} x; left above_rate: {rest}")
    return int(bool(unexpected) or left_over)


if __name__ == "__main__":
    sys.exit(main())
