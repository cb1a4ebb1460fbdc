"""What goes on around the operations: resets, worlds, memory, replies that are held back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from tests.benchmarks import processes, runs
from tests.benchmarks.cases import NOBODY, RING, START, answer_to
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Connection, Result, request_bytes, run
from tests.benchmarks.scale import Scale
from tests.support import BASE

CUSTOMERS = 1_000
RESETS = 100
ROUNDS = 3
"""How often all worlds are made and dropped."""
HELD = 200
_AT = {"time": "2026-01-05T09:00:00.000Z"}


def reset(scale: Scale) -> Iterator[Figure]:
    """A reset with a thousand customers, beside a bare route that answers the same."""
    cases: Mapping[str, tuple[dict[str, Any], int]] = {
        "customers": ({"mode": "real"}, 0),
        "customers and services, frozen clock": ({**_AT, "mode": "frozen"}, CUSTOMERS),
        "customers and services, real clock": ({"mode": "real"}, CUSTOMERS),
    }
    for what, (clock, services) in cases.items():
        document = {
            "clock": clock,
            "customers": [
                {"customer_id": f"C{number}", "FirstName": "Ada", "LastName": f"Lovelace{number}"}
                for number in range(CUSTOMERS)
            ],
            "services": [
                {"customer_id": f"C{number}", "service_type": 1, "started": "-2h"}
                for number in range(services)
            ],
        }
        asked = ("POST", "/_control/reset", b"{}")
        with (
            processes.simulating(document) as (port, _),
            processes.bare([answer_to(port, *asked)]) as (bare, _),
        ):
            request = request_bytes(*asked)
            run(port, request, RESETS)
            pairs = runs.in_turn(
                scale.pairs,
                partial(run, port, request, RESETS),
                partial(run, bare, request, RESETS),
            )
        subject = f"reset, {CUSTOMERS:,} {what}"
        yield runs.latency(subject, 50, pairs, budget=5, relative=False)
        yield runs.latency(subject, 99, pairs, relative=False)


def worlds(scale: Scale) -> Iterator[Figure]:
    """A new world with a thousand customers, and memory after making and dropping many."""
    document = {"clock": _AT, "generate": {"customers": {"count": CUSTOMERS}}}
    made = scale.worlds
    pairs, held = [], []
    with (
        processes.simulating(document, "--max-worlds", str(made + 1)) as (port, pid),
        processes.bare([answer_to(port, "PUT", "/_control/worlds/first")]) as (bare, _),
    ):
        connection = Connection(port)
        connection.ask(request_bytes("DELETE", "/_control/worlds"))
        for turn in range(ROUNDS):
            latencies = []
            for number in range(made):
                name = f"w{turn}-{number}"
                begun = time.perf_counter()
                reply = connection.ask(request_bytes("PUT", f"/_control/worlds/{name}"))
                latencies.append(time.perf_counter() - begun)
                assert reply.startswith(b"HTTP/1.1 201"), reply
                start = request_bytes("POST", f"/_world/{name}{BASE}/services/start", START)
                assert connection.ask(start).startswith(b"HTTP/1.1 201")
            reply = connection.ask(request_bytes("DELETE", "/_control/worlds"))
            assert reply.startswith(b"HTTP/1.1 200"), reply
            held.append(processes.resident(pid))
            theirs = run(bare, request_bytes("PUT", "/_control/worlds/first"), made)
            pairs.append((Result(made, sum(latencies), latencies), theirs))
        connection.close()
    subject = f"a new world, {CUSTOMERS:,} customers"
    yield runs.latency(subject, 50, pairs, budget=5, relative=False)
    yield runs.latency(subject, 99, pairs, relative=False)
    yield Figure.of(
        f"memory after {ROUNDS} x {made:,} worlds made and dropped",
        "",
        "MiB",
        held[-1:],
        held[:1],
        f"after the first {made:,}",
        budget=1.1,
    )


def memory(scale: Scale) -> Iterator[Figure]:
    """Memory over many requests with the journal on, once its ring is full."""
    with processes.simulator() as (port, pid):
        answer = answer_to(port, "GET", f"{BASE}/services/anonymous/nobody")
        with processes.bare([answer]) as (bare, bare_pid):
            sides = ((port, pid), (bare, bare_pid))
            for each, _ in sides:
                run(each, NOBODY, RING * 5, 8)
            before = [processes.resident(pid) for _, pid in sides]
            for each, _ in sides:
                run(each, NOBODY, scale.long, 8)
            after = [processes.resident(pid) for _, pid in sides]
    yield Figure.of(
        f"memory after {scale.long:,} requests",
        "",
        "MiB",
        after[:1],
        before[:1],
        "the journal just full",
        budget=1.02,
    )
    yield Figure.of("memory of the process then", "", "MiB", after[:1], after[1:])


def delays(scale: Scale) -> Iterator[Figure]:
    """Fast requests, and the control API, beside bare routes where no reply is held back."""
    document = {
        "faults": [{"on": "end_service", "delay": "1h"}],
        "services": [{"service_id": 5, "contact_key": "a"}],
    }
    targets = {
        "get_service": f"{BASE}/services/5",
        "health": "/_control/health",
        "faults": "/_control/faults",
        "journal": "/_control/requests?limit=100",
    }
    with processes.simulating(document) as (port, _):
        waiting = [Connection(port) for _ in range(HELD)]
        for connection in waiting:
            connection.send(request_bytes("POST", f"{BASE}/services/5/end", b"{}"))
        time.sleep(1)
        run(port, request_bytes("GET", targets["get_service"]), RING, 8)
        answers = [answer_to(port, "GET", target) for target in targets.values()]
        with processes.bare(answers) as (bare, _):
            for what, target in targets.items():
                request = request_bytes("GET", target)
                pairs = runs.in_turn(
                    scale.pairs,
                    partial(run, port, request, scale.each, 8),
                    partial(run, bare, request, scale.each, 8),
                )
                subject = f"{what} beside {HELD} held back"
                beside = {"yardstick": "bare, none held back", "at": 8, "relative": False}
                yield runs.latency(subject, 50, pairs, **beside)
                yield runs.latency(subject, 99, pairs, **beside, budget=50)
        for connection in waiting:
            connection.close()
