"""Each budget as a function that measures it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from tests.benchmarks import processes
from tests.benchmarks.figures import Figure, interleaved, ratios
from tests.benchmarks.load import Connection, request_bytes, run

BASE = "/genesys/1/cs"
START = json.dumps(
    {
        "timestamp": "2009-05-12T12:05:12.145Z",
        "interaction_id": "123ABCAADFJ1259ACF",
        "application_type": 400,
        "application_id": 40,
        "est_duration": 60,
        "contact_key": "42",
        "service_type": 100,
        "media_type": 1,
        "resource_id": 5005,
        "resource_type": 2,
        "coupon": {"coupon_name": "DISCOUNTCODE15"},
    }
).encode("ascii")
START_SERVICE = request_bytes("POST", f"{BASE}/services/start", START)


def startup(pairs: int = 10) -> Figure:
    """From the command to the first health answer, against importing the stack alone."""

    def imports() -> float:
        begun = time.perf_counter()
        command = [sys.executable, "-c", "import flask, waitress, marshmallow, yaml"]
        subprocess.run(command, check=True)
        return time.perf_counter() - begun

    def healthy() -> float:
        begun = time.perf_counter()
        with processes.simulator() as (port, _):
            client = http.client.HTTPConnection("127.0.0.1", port)
            client.request("GET", "/_control/health")
            assert client.getresponse().status == 200
            client.close()
            return time.perf_counter() - begun

    ones, others = interleaved(healthy, imports, pairs)
    detail = f"{median(ones) * 1000:.0f} ms against {median(others) * 1000:.0f} ms of imports"
    return Figure("start to healthy", ratios(ones, others), 1.5, detail=detail)


def throughput(pairs: int = 10, requests: int = 4_000) -> list[Figure]:
    """Start Service at 8 connections and at 1, against the bare stack."""
    with processes.bare() as bare, processes.simulator() as (port, _):
        for warm in (bare, port):
            run(warm, START_SERVICE, 2_000, 8)
        ours, theirs = interleaved(
            lambda: run(port, START_SERVICE, requests, 8).per_second,
            lambda: run(bare, START_SERVICE, requests, 8).per_second,
            pairs,
        )
        many = Figure(
            "Start Service, 8 connections, throughput",
            ratios(ours, theirs),
            0.8,
            at_least=True,
            detail=f"{median(ours):.0f}/s against {median(theirs):.0f}/s",
        )
        ours, theirs = interleaved(
            lambda: run(port, START_SERVICE, requests // 4).percentile(50),
            lambda: run(bare, START_SERVICE, requests // 4).percentile(50),
            pairs,
        )
        single = Figure(
            "Start Service, 1 connection, p50",
            ratios(ours, theirs),
            1.25,
            detail=f"{median(ours):.3f} ms against {median(theirs):.3f} ms",
        )
    return [many, single]


def _resident(pid: int) -> int:
    """Return the resident memory of a process, in bytes (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


def _reset(port: int) -> None:
    connection = Connection(port)
    reply = connection.ask(request_bytes("POST", "/_control/reset", b"{}"))
    assert reply.startswith(b"HTTP/1.1 200"), reply
    connection.close()


def growth(large: int = 1_000_000, small: int = 100, rounds: int = 10) -> list[Figure]:
    """Each operation with a million services stored against a hundred, and what one weighs."""
    figures = []
    with processes.simulator() as (full, full_pid), processes.simulator() as (near, _):
        # Both rings are full before memory is measured.
        minimal = request_bytes("POST", f"{BASE}/services/start", b'{"contact_key":"warm"}')
        for port in (full, near):
            run(port, minimal, 1_500, 8)
            _reset(port)
            run(port, minimal, 1_100, 8)
            _reset(port)
        before = _resident(full_pid)
        _fill(full, large)
        figures.append(
            Figure(
                "memory per minimal service",
                [(_resident(full_pid) - before) / large / 1024],
                1.5,
                unit="KiB",
                detail=f"{large} services",
            )
        )
        _fill(near, small)
        for name, make in _cases(small).items():
            ours, theirs = interleaved(
                partial(_median_of, full, make), partial(_median_of, near, make), rounds
            )
            detail = f"{median(ours):.3f} ms against {median(theirs):.3f} ms"
            figures.append(
                Figure(f"{name}, {large} against {small}", ratios(ours, theirs), 1.2, detail=detail)
            )
    return figures


def _median_of(port: int, make: Callable[[], Iterator[bytes]], requests: int = 400) -> float:
    """Return the median latency of some requests, in milliseconds."""
    return run(port, make(), requests).percentile(50)


def _cases(small: int) -> dict[str, Callable[[], Iterator[bytes]]]:
    """Return what asks each operation, of the services that both servers have."""
    fresh = count()
    past = "time_from=2020-01-01T00:00:00.000Z&time_to=2020-01-02T00:00:00.000Z"

    def each(method: str, path: str, body: str = "") -> Callable[[], Iterator[bytes]]:
        """Return requests in which {id} and {k} are a service's id and number, {n} a new number."""

        def make() -> Iterator[bytes]:
            for number in count():
                values = {"id": 2**32 + 1 + number % small, "k": number % small, "n": next(fresh)}
                target, sent = path, body
                for name, value in values.items():
                    target = target.replace(f"{{{name}}}", str(value))
                    sent = sent.replace(f"{{{name}}}", str(value))
                yield request_bytes(method, f"{BASE}{target}", sent.encode("ascii"))

        return make

    composite = '{"services":[{"service":{"contact_key":"C{k}"},"state":{"state_type":1}}]}'
    return {
        "start_service": each("POST", "/services/start", '{"contact_key":"Q{n}"}'),
        "get_service": each("GET", "/services/{id}"),
        "query_anonymous_services": each("GET", "/services/anonymous/K{k}"),
        "the same with started_from": each(
            "GET", "/services/anonymous/K{k}/active?started_from=2020-01-01T00:00:00.000Z"
        ),
        "start_state": each("POST", "/services/{id}/states/start", '{"state_type":1}'),
        "query_states": each("GET", "/services/{id}/states/completed"),
        "start_task": each("POST", "/services/{id}/tasks/start", '{"task_type":1}'),
        "update_service_extension": each("PUT", "/services/{id}/extensions/note", '{"n":{n}}'),
        "update_service_expiration": each("PUT", "/services/{id}", '{"ttl":86400}'),
        "end_service": each("POST", "/services/{id}/end", "{}"),
        "composite_start": each("POST", "/services_composite/start", composite),
        "associate_service": each("POST", "/customers/A{n}/services/{id}", "{}"),
        "query_customer_services": each("GET", "/customers/A1/services"),
        "export_services_stream, none": each("GET", f"/maintenance/services/stream?{past}"),
        "purge_services, none": each(
            "POST",
            "/maintenance/purge",
            '{"limit":"2020-01-01T00:00:00.000Z","operation":"purge.service.all"}',
        ),
    }


def _fill(port: int, services: int) -> None:
    def starts() -> Iterator[bytes]:
        for number in count():
            body = b'{"contact_key":"K%d"}' % number
            yield request_bytes("POST", f"{BASE}/services/start", body)

    run(port, starts(), services, 8)


_RESETS = {
    "customers alone": "clock: {mode: real}",
    "a service each, frozen clock": "clock: {at: 2026-01-05T09:00:00.000Z, mode: frozen}",
    "a service each, real clock": "clock: {mode: real}",
}


def reset(customers: int = 1_000, resets: int = 200) -> list[Figure]:
    """A reset with preloaded customers, as a client sees it."""
    figures = []
    for what, clock in _RESETS.items():
        document = {
            "customers": [
                {"customer_id": f"C{number}", "FirstName": "Ada", "LastName": f"Lovelace{number}"}
                for number in range(customers)
            ],
            "services": [
                {"customer_id": f"C{number}", "service_type": 1, "started": "-2h"}
                for number in range(customers if "service" in what else 0)
            ],
        }
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "customers.yaml")
            # JSON is YAML, except where a document begins with a brace.
            parts = [f"{name}: {json.dumps(value)}" for name, value in document.items()]
            path.write_text("\n".join([clock, *parts]))
            with processes.simulator("--scenario", str(path)) as (port, _):
                result = run(port, request_bytes("POST", "/_control/reset", b"{}"), resets)
        times = [seconds * 1000 for seconds in sorted(result.latencies)[: int(resets * 0.99)]]
        figures.append(Figure(f"reset, {customers} customers, {what}", times, 5, unit="ms"))
    return figures


def memory(requests: int = 100_000) -> Figure:
    """Memory over many requests with the journal on, once its ring is full."""
    with processes.simulator() as (port, pid):
        ask = request_bytes("GET", f"{BASE}/services/anonymous/nobody")
        run(port, ask, 5_000, 8)
        before = _resident(pid)
        run(port, ask, requests, 8)
        after = _resident(pid)
    return Figure(
        f"memory after {requests} requests",
        [after / before],
        1.02,
        detail=f"{after / 2**20:.1f} MiB against {before / 2**20:.1f} MiB",
    )


def delays(held: int = 200, requests: int = 500) -> list[Figure]:
    """Fast requests, and the control API, while replies are held back."""
    document = "faults: [{on: end_service, delay: 1h}]\nservices: [{service_id: 5, contact_key: a}]"
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "delays.yaml")
        path.write_text(document)
        with processes.simulator("--scenario", str(path)) as (port, _):
            waiting = [Connection(port) for _ in range(held)]
            for connection in waiting:
                connection.send(request_bytes("POST", f"{BASE}/services/5/end", b"{}"))
            time.sleep(1)
            for what, target in {
                "get_service": f"{BASE}/services/5",
                "health": "/_control/health",
                "faults": "/_control/faults",
                "the newest 100 requests": "/_control/requests?limit=100",
            }.items():
                result = run(port, request_bytes("GET", target), requests, 8)
                figures.append(
                    Figure(
                        f"{what}, p99 of 8 connections beside {held} delayed",
                        [result.percentile(99)],
                        50,
                        unit="ms",
                        detail=f"p50 {result.percentile(50):.2f} ms",
                    )
                )
            for connection in waiting:
                connection.close()
    return figures


def worlds(count: int = 1_000) -> list[Figure]:
    """Make a world with a thousand customers; make and drop a thousand worlds three times."""
    document = "clock: {at: 2026-01-05T09:00:00.000Z}\ngenerate: {customers: {count: 1000}}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "worlds.yaml")
        path.write_text(document)
        options = ("--scenario", str(path), "--max-worlds", str(count + 1))
        with processes.simulator(*options) as (port, pid):
            connection = Connection(port)
            resident, times = [], []
            for turn in range(3):
                for number in range(count):
                    begun = time.perf_counter()
                    target = f"/_control/worlds/w{turn}-{number}"
                    reply = connection.ask(request_bytes("PUT", target))
                    times.append((time.perf_counter() - begun) * 1000)
                    assert reply.startswith(b"HTTP/1.1 201"), reply
                    start = f"/_world/w{turn}-{number}{BASE}/services/start"
                    connection.ask(request_bytes("POST", start, START))
                reply = connection.ask(request_bytes("DELETE", "/_control/worlds"))
                assert reply.startswith(b"HTTP/1.1 200"), reply
                resident.append(_resident(pid))
            connection.close()
    growth = f"{resident[-1] / 2**20:.1f} MiB against {resident[0] / 2**20:.1f} MiB"
    return [
        Figure("a new world, 1000 customers", sorted(times)[: count * 3 * 99 // 100], 5, unit="ms"),
        Figure(
            f"memory after 3 x {count} worlds", [resident[-1] / resident[0]], 1.1, detail=growth
        ),
    ]


_FAKER = """
from faker import Faker
faker = Faker("en_US")
faker.seed_instance(1)
for _ in range(10_000):
    faker.first_name(), faker.last_name(), faker.phone_number()
"""


def generated(pairs: int = 5) -> Figure:
    """Start with ten thousand generated customers, against Faker making them, alone."""

    def alone() -> float:
        begun = time.perf_counter()
        imports = "import flask, waitress, marshmallow, yaml"
        subprocess.run([sys.executable, "-c", f"{imports}\n{_FAKER}"], check=True)
        return time.perf_counter() - begun

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.yaml")
        path.write_text("generate: {customers: {count: 10000}}")

        def healthy() -> float:
            begun = time.perf_counter()
            with processes.simulator("--scenario", str(path)):
                return time.perf_counter() - begun

        ones, others = interleaved(healthy, alone, pairs)
    detail = f"{median(ones) * 1000:.0f} ms against {median(others) * 1000:.0f} ms"
    return Figure("start with 10,000 generated customers", ratios(ones, others), 1.5, detail=detail)
