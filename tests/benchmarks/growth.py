"""Growth: each operation with more and more services stored, and what a service weighs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.cases import NOBODY, RING, Case, answers_to, reset
from tests.benchmarks.figures import Figure, interleaved
from tests.benchmarks.load import request_bytes, run
from tests.benchmarks.scale import Scale
from tests.support import BASE

FEW = 100
"""How many services are stored beside which any more must not be felt."""

_PAST = "time_from=2020-01-01T00:00:00.000Z&time_to=2020-01-02T00:00:00.000Z"
CASES = (
    Case("start_service", "POST", "/services/start", '{"contact_key":"Q{n}"}'),
    Case("get_service", "GET", "/services/{id}"),
    Case("query_anonymous_services", "GET", "/services/anonymous/K{k}"),
    Case(
        "anonymous, started_from",
        "GET",
        "/services/anonymous/K{k}/active?started_from=2020-01-01T00:00:00.000Z",
    ),
    Case("start_state", "POST", "/services/{id}/states/start", '{"state_type":1}'),
    Case("query_states", "GET", "/services/{id}/states/completed"),
    Case("start_task", "POST", "/services/{id}/tasks/start", '{"task_type":1}'),
    Case("update_service_extension", "PUT", "/services/{id}/extensions/note", '{"n":{n}}'),
    Case("update_service_expiration", "PUT", "/services/{id}", '{"ttl":86400}'),
    Case("end_service", "POST", "/services/{id}/end", "{}"),
    Case(
        "composite_start",
        "POST",
        "/services_composite/start",
        '{"services":[{"service":{"contact_key":"N{n}"},"state":{"state_type":1}}]}',
    ),
    Case("associate_service", "POST", "/customers/A{n}/services/{id}", "{}"),
    Case("query_customer_services", "GET", "/customers/B/services"),
    Case("export_services_stream, none", "GET", f"/maintenance/services/stream?{_PAST}"),
    Case(
        "purge_services, none",
        "POST",
        "/maintenance/purge",
        '{"limit":"2020-01-01T00:00:00.000Z","operation":"purge.service.all"}',
    ),
)
_CUSTOMERS = request_bytes("POST", f"{BASE}/services/start", b'{"customer_id":"B"}')


def sizes(largest: int) -> list[int]:
    """Return the sizes to grow to, each ten times the one before."""
    found = [FEW]
    while found[-1] * 10 <= largest:
        found.append(found[-1] * 10)
    return found if found[-1] == largest else [*found, largest]


def growth(scale: Scale) -> Iterator[Figure]:
    """Each operation at each size, beside a hundred services and beside the bare stack."""
    with processes.simulator() as (port, _):
        answers = answers_to(port, CASES, FEW, fill)
    largest = max(scale.services, FEW)
    with processes.bare(answers) as (bare, _):
        run(bare, request_bytes("GET", f"{BASE}/services/1"), RING, 8)
        for size in sizes(largest):
            # New servers each time: nothing of a former size is left in their memory.
            with processes.simulator() as (full, pid), processes.simulator() as (near, _):
                for port in (full, near):
                    for services in (RING * 3 // 2, RING * 11 // 10):
                        fill(port, services)  # the first requests take what is no service's weight
                    reset(port)
                before = processes.resident(pid)
                fill(full, size)
                if size == largest:
                    weight = (processes.resident(pid) - before) / size * 1024
                    yield Figure.of(
                        "memory per minimal service",
                        "",
                        "KiB",
                        [weight],
                        at=size,
                        counted="services",
                        budget=1.5,
                    )
                fill(near)
                for port in (full, near):
                    run(port, NOBODY, RING, 8)
                yield from _cases(scale, size, {"full": full, "near": near, "bare": bare})


def _cases(scale: Scale, size: int, ports: dict[str, int]) -> Iterator[Figure]:
    """Yield the latency of each operation at one size, beside both yardsticks."""
    budget = 1.2 if size == max(scale.services, FEW) else None
    for case in CASES:
        measures = [partial(_p50, port, case.requests(FEW), scale.each) for port in ports.values()]
        full, near, bare = interleaved(scale.pairs, *measures)
        few = f"{FEW} services"
        at: dict[str, Any] = {"at": size, "counted": "services"}
        yield Figure.of(case.name, "p50", "ms", full, near, few, budget=budget, **at)
        yield Figure.of(case.name, "p50", "ms", full, bare, **at)


def _p50(port: int, requests: Iterator[bytes], total: int) -> float:
    return run(port, requests, total).percentile(50)


def fill(port: int, services: int = FEW) -> None:
    """Begin anew with so many minimal services, and two of a customer."""

    def starts() -> Iterator[bytes]:
        for number in count():
            body = b'{"contact_key":"K%d"}' % number
            yield request_bytes("POST", f"{BASE}/services/start", body)

    reset(port)
    run(port, starts(), services, 8)
    run(port, _CUSTOMERS, 2)
