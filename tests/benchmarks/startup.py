"""Start-up: from the command to the first answer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

from tests.benchmarks import processes
from tests.benchmarks.cases import START_SERVICE
from tests.benchmarks.figures import Figure, interleaved
from tests.benchmarks.load import Connection, request_bytes
from tests.benchmarks.scale import Scale

IMPORTS = "import flask, waitress, marshmallow, yaml"
FAKER = """
from faker import Faker
faker = Faker("en_US")
faker.seed_instance(1)
for _ in range(10_000):
    faker.first_name(), faker.last_name(), faker.phone_number()
"""
HEALTH = request_bytes("GET", "/_control/health")


def startup(scale: Scale) -> Iterator[Figure]:
    """From the command to the first health answer, and to the first of the API."""
    ours, theirs = interleaved(
        scale.pairs, lambda: _start(processes.simulator(), HEALTH)[0], lambda: _python(IMPORTS)
    )
    yield Figure.of(
        "start to healthy",
        "",
        "ms",
        ours,
        theirs,
        "the imports of flask, waitress, marshmallow and yaml",
        budget=1.5,
    )
    answers: list[tuple[list[float], list[float]]] = []
    for _ in range(scale.pairs):
        one = _start(processes.simulator(), START_SERVICE)
        other = _start(processes.bare(), START_SERVICE)
        answers.append(([*one], [*other]))
    for at, subject in enumerate(("start to the first Start Service", "that request itself")):
        ones, others = ([pair[at] for pair in side] for side in zip(*answers, strict=True))
        yield Figure.of(subject, "", "ms", ones, others)


def generated(scale: Scale) -> Iterator[Figure]:
    """Start with ten thousand generated customers, against Faker making them, alone."""
    document = {"generate": {"customers": {"count": 10_000}}}
    ours, theirs = interleaved(
        max(scale.pairs // 2, 1),
        lambda: _start(processes.simulating(document), HEALTH)[0],
        lambda: _python(f"{IMPORTS}\n{FAKER}"),
    )
    yield Figure.of(
        "start with 10,000 generated customers",
        "",
        "ms",
        ours,
        theirs,
        "Faker alone, after the imports",
        budget=1.5,
    )


def _python(code: str) -> float:
    """Return how long Python takes to run some code, in milliseconds."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - begun) * 1000


def _start(server: AbstractContextManager[tuple[int, int]], request: bytes) -> tuple[float, float]:
    """Start a server; return when it answered a request, and how long it took over that, in ms."""
    begun = time.perf_counter()
    with server as (port, _):
        connection = Connection(port)
        asked = time.perf_counter()
        reply = connection.ask(request)
        answered = time.perf_counter()
        connection.close()
        assert reply.startswith(b"HTTP/1.1 20"), reply
    return (answered - begun) * 1000, (answered - asked) * 1000
