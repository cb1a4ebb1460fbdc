"""Under pytest-xdist all workers use one server."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import RunPytest

MANY = """
import pathlib
import pytest
from support import start

@pytest.mark.parametrize("number", range(6))
def test_it(context_services, context_services_server, worker_id, number):
    assert start(context_services) == 201
    assert start(context_services) == 201
    context_services.verify(on="start_service", count=2)
    assert context_services.requests()[0]["world"] == context_services.name
    here = pathlib.Path(__file__).parent
    (here / f"seen-{worker_id}-{number}").write_text(
        f"{context_services_server.health()['instance']} {context_services.name}"
    )
"""


def seen(project: pytest.Pytester) -> tuple[set[str], set[str], set[str]]:
    """Return the workers, the servers and the worlds that tests had."""
    files = list(project.path.glob("seen-*"))
    words = [path.read_text().split() for path in files]
    return (
        {path.name.split("-")[1] for path in files},
        {server for server, _ in words},
        {world for _, world in words},
    )


def test_one_server_for_all(project: pytest.Pytester, run: RunPytest) -> None:
    run(MANY, "-n", "2").assert_outcomes(passed=6)
    workers, servers, worlds = seen(project)
    assert (len(workers), len(servers), len(worlds)) == (2, 1, 6)


def test_every_worker_running_every_test_on_a_server_that_runs(
    project: pytest.Pytester, run: RunPytest, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CS_SIMULATOR_URL", server)
    run(MANY, "-n", "2", "--dist=each").assert_outcomes(passed=12)
    workers, servers, worlds = seen(project)
    assert (len(workers), len(servers), len(worlds)) == (2, 1, 12)


FIXED = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_any(context_services, worker_id, number):
    assert context_services.name == f"sut-{worker_id}"

@pytest.mark.context_services_world("shared")
@pytest.mark.xdist_group("shared")
def test_marked(context_services):
    assert context_services.name == "shared"
"""


def test_fixed_world_for_each_worker(run: RunPytest) -> None:
    options = ("--context-services-world=sut-{worker}", "-n", "2", "--dist=loadgroup")
    run(FIXED, *options).assert_outcomes(passed=5)


def test_fixed_world_that_workers_would_share_is_refused(run: RunPytest) -> None:
    result = run(FIXED, "--context-services-world=sut", "-n", "2")
    result.assert_outcomes(errors=5)
    lines = result.stdout.lines
    of_all = (
        "All xdist workers would share world sut; run without -n, or put {worker} in the name "
        "(it becomes gw0, gw1, ...)"
    )
    marked = (
        "Tests on different workers could use world shared at the same time; put {worker} in the "
        "name, or keep them on one worker with --dist loadgroup and xdist_group"
    )
    assert (lines.count(of_all), lines.count(marked)) == (4, 1)
