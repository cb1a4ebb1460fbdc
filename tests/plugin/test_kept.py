"""Worlds of failed tests: gone once they were reported, or kept within bounds where they help."""

from __future__ import annotations

import pytest

from cs_simulator.client import Server
from tests.plugin.conftest import RunPytest

FAILS = """
import pytest
from support import start

@pytest.mark.parametrize("number", range(8))
def test_fails(context_services, number):
    assert start(context_services) == 201
    assert False

def test_last(context_services, context_services_server):
    names = context_services_server.worlds()
    print("\\nthere are:", *sorted(name for name in names if "test_fails" in name))
"""


def left(result: pytest.RunResult) -> int:
    [line] = [line for line in result.stdout.lines if line.startswith("there are:")]
    return len(line.split()) - 2


def test_they_go_once_reported_where_nobody_can_look(run: RunPytest) -> None:
    result = run(FAILS, "-s", "--context-services-options=--max-worlds 3")
    result.assert_outcomes(passed=1, failed=8)
    assert left(result) == 0
    assert result.stdout.str().count("Context Services, world test_it.test_fails") == 8


def test_as_many_are_kept_as_is_said(run: RunPytest, project: pytest.Pytester) -> None:
    assert left(run(FAILS, "-s", "--context-services-keep=2")) == 2
    project.makeini("[pytest]\ncontext_services_keep = 3\n")
    assert left(run(FAILS, "-s")) == 3


def test_they_are_kept_on_a_server_that_outlives_the_run(run: RunPytest, server: str) -> None:
    url = f"--context-services-url={server}"
    result = run(FAILS, "-s", url)
    assert left(result) == 8
    kept = [name for name in Server(server).worlds() if "test_fails" in name]
    assert Server(server).world(kept[0]).verify(on="start_service", count=1)
    for name in kept:
        Server(server).world(name).delete()
    assert left(run(FAILS, "-s", url, "--context-services-keep=0")) == 0


def test_oldest_go_where_a_server_takes_no_more(run: RunPytest) -> None:
    options = "--context-services-options=--max-worlds 5"
    result = run(FAILS, "-s", "--context-services-keep=100", options)
    result.assert_outcomes(passed=1, failed=8)
    assert 0 < left(result) < 5


FULL = """
def test_it(context_services): pass

def test_and_another(context_services, context_services_server, context_services_factory, request):
    for number in range(9):
        context_services_factory.create(request)
"""


def test_server_that_is_full_of_others_is_told_with_its_fix(run: RunPytest) -> None:
    result = run(FULL, "--context-services-options=--max-worlds 3")
    result.assert_outcomes(passed=1, failed=1)
    line = (
        "Too many worlds: All 3 worlds *--max-worlds allows 3; * this run keeps no worlds that "
        "could make room; raise --max-worlds of that server, or delete those of other runs with "
        "Server(...).delete_worlds()"
    )
    result.stdout.fnmatch_lines([line])


QUIET = """
import pdb

class Quiet(pdb.Pdb):
    def interaction(self, *_):
        print("looked")
"""


def test_world_stays_for_the_debugger(project: pytest.Pytester, run: RunPytest) -> None:
    project.makepyfile(support_pdb=QUIET)
    source = """
    from support import start

    def test_fails(context_services):
        start(context_services)
        assert False

    def test_next(context_services_server):
        assert any("test_fails" in name for name in context_services_server.worlds())
    """
    result = run(source, "--pdb", "--pdbcls=support_pdb:Quiet", alone=True)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*looked*"])


def test_test_that_runs_again_has_a_fresh_world(run: RunPytest) -> None:
    source = """
    from support import start
    names = []

    def test_flaky(context_services):
        assert context_services.requests() == []
        start(context_services)
        names.append(context_services.name)
        assert len(names) == 3
        assert len(set(names)) == 3
    """
    pytest.importorskip("pytest_rerunfailures")
    run(source, "-p", "rerunfailures", "--reruns=3", alone=True).assert_outcomes(passed=1)
