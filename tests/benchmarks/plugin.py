"""Tests with a world, beside tests with the server of another plugin: each, and the first."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from tests.benchmarks.figures import Figure, interleaved
from tests.benchmarks.scale import Scale
from tests.support import WITHOUT_OUR_PLUGINS

CONFTEST = """
import json, time, urllib.request
import pytest

taken = []

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    begun = time.perf_counter()
    result = yield
    taken.append((item.name.split("_")[1], (time.perf_counter() - begun) * 1000))
    return result

def pytest_sessionfinish():
    with open("taken.json", "w") as file:
        json.dump(taken, file)

@pytest.fixture(scope="session")
def moto_url():
    from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()

@pytest.fixture
def moto(moto_url):
    yield moto_url
    urllib.request.urlopen(f"{moto_url}/moto-api/reset", b"").close()
"""
KINDS = {"none": "", "world": "context_services", "httpserver": "httpserver", "moto": "moto"}
PACKAGES = {"httpserver": "pytest_httpserver", "moto": "moto"}
FIRST = 20
"""Tests of each kind that are left out: servers start, and code is imported."""


PROJECTS = {"a project of one test": (1, 1), "a project of 600 tests": (20, 30)}
"""Projects in which the first test is measured: how many files, and how many tests in each."""


def plugin(scale: Scale) -> Iterator[Figure]:
    """What an empty test costs, with and without a world, and what the first one of a run costs."""
    if find_spec("pytest_httpserver") is None:
        # Its budget is held against that: without it, figures would hide that it was missed.
        print("plugin: not measured; install pytest-httpserver, which it is held against")
        return
    kinds = [kind for kind in KINDS if find_spec(PACKAGES.get(kind, "pytest")) is not None]
    block = max(scale.worlds // 20, 5)
    taken = _run(kinds, FIRST + block * scale.pairs)
    blocks = {
        kind: [
            median(taken[kind][FIRST + block * n : FIRST + block * (n + 1)])
            for n in range(scale.pairs)
        ]
        for kind in kinds
    }
    subject = "an empty test with a world"
    yield Figure.of(
        subject, "without any", "ms", blocks["world"], blocks["none"], "a test without a fixture"
    )
    yield Figure.of(
        subject,
        "beside pytest-httpserver",
        "ms",
        blocks["world"],
        blocks["httpserver"],
        "a test with its httpserver",
        budget=2.0,
    )
    if "moto" in kinds:
        yield Figure.of(
            subject,
            "beside moto",
            "ms",
            blocks["world"],
            blocks["moto"],
            "a test that resets its server",
        )
    for project, (files, each) in PROJECTS.items():
        ours, theirs = interleaved(
            scale.pairs,
            partial(_first, "world", files, each),
            partial(_first, "httpserver", files, each),
        )
        yield Figure.of(
            "the first test with a world", project, "ms", ours, theirs, "that with its httpserver"
        )


def _run(kinds: list[str], count: int) -> dict[str, list[float]]:
    """Return how long each test of each kind took, in milliseconds, in one run."""
    tests = [f"{kind}_{number}({KINDS[kind]})" for number in range(count) for kind in kinds]
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for kind, milliseconds in _taken([tests]):
        taken[kind].append(milliseconds)
    return taken


def _first(kind: str, files: int, each: int) -> float:
    """Return how long the first test of a run took, in milliseconds, its server's start included.

    The server may have started while the other tests were collected.
    """
    tests = [f"{kind}_{number}({KINDS[kind]})" for number in range(each)]
    return _taken([tests] * files)[0][1]


def _taken(files: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Return the kind of each test in one run, and how long it took in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(CONFTEST)
        for number, tests in enumerate(files):
            text = "\n".join(f"def test_{each}: pass" for each in tests)
            (folder / f"test_{number}.py").write_text(text)
        options = [*WITHOUT_OUR_PLUGINS.split(), "-p", "no:xdist", "-p", "no:cacheprovider"]
        options += ["-p", "pytest_httpserver"]
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *options],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return [(kind, taken) for kind, taken in json.loads((folder / "taken.json").read_text())]
