"""A failed test is shown with what its world was asked."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import RunPytest

pytestmark = pytest.mark.usefixtures("running")

FAILING = """
import pytest
from support import ask, start

def test_passes(context_services):
    start(context_services)

def test_nothing_asked(context_services):
    assert False

@pytest.mark.context_services_scenario({
    "name": "shaky",
    "clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"},
    "faults": [
        {"name": "down", "on": "end_service", "response": {"status": 503}},
        {"name": "lost", "on": "start_task", "response": {"status": 500}, "effect": "applied"},
    ],
})
def test_fails(context_services):
    cs = context_services
    assert start(cs, service_type=100) == 201
    assert ask(cs.base_url + "/servces/start", {"contact_key": "a"}) == 404
    assert ask(cs.base_url + "/services/start", {"contact_ky": "a", "note": "x" * 400}) == 400
    assert ask(cs.base_url + "/services/4294967297/end", {}) == 503
    assert ask(cs.base_url + "/services/4294967297/tasks/start", {"est_duration": "x"}) == 500
    cs.verify(on="start_service", where={"body": {"service_type": 300}})

def test_many(context_services):
    for _ in range(52):
        start(context_services)
    assert False
"""


BROKEN = """
import http.client
from support import start

def test_lost(context_services):
    for broken in (
        {"connection": "reset", "effect": "applied"},
        {"connection": "close"},
        {"connection": {"truncate": {"after": 80}}},
        {"connection": "garbage", "effect": "applied"},
        {"response": {"status": 503}, "effect": "applied"},
        {"response": {"status": 503}},
    ):
        context_services.add_fault(on="start_service", times=1, **broken)
        try:
            start(context_services)
        except (OSError, http.client.HTTPException):
            pass
    assert False
"""


def test_failure_shows_what_the_client_received(run: RunPytest) -> None:
    result = run(BROKEN)
    shown = [line.split(" -> ")[1] for line in result.outlines if line.startswith("#")]
    assert [line.split(" start_service")[0] for line in shown] == [
        "reset (201 not received)",
        "close",
        "201 (cut off)",
        "garbage (201 not received)",
        "503 (201 not received)",
        "503",
    ]


def test_failure_shows_journal_hints_and_what_went_wrong(run: RunPytest) -> None:
    result = run(FAILING)
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*- Context Services, world test_it.test_nothing_asked-*",
            "http://127.0.0.1:*/_world/test_it.test_nothing_asked-* scenario empty, clock real *",
            "This world received no requests.",
            '>       cs.verify(on="start_service", where={"body": {"service_type": 300}})',
            "E*Expected start_service where*no request matched",
            "E       Closest requests:",
            "E         #1 POST */services/start (start_service)",
            "E             body.service_type: expected 300, found 100",
            "*- Context Services, world test_it.test_fails-*",
            "http://* scenario shaky, clock frozen 2026-01-05T09:00:00.000Z",
            "[#]1 POST /genesys/1/cs/services/start -> 201 start_service",
            "[#]2 POST /genesys/1/cs/servces/start -> 404 unrouted",
            "     hint: closest: POST */genesys/1/cs/services/start",
            "[#]3 POST /genesys/1/cs/services/start -> 400 start_service",
            "[#]4 POST /genesys/1/cs/services/4294967297/end -> 503 end_service [[]fault down]",
            "[#]5 POST */tasks/start -> 500 (400 not received) start_task [[]fault lost]",
            "No such operation:",
            "  [#]2 POST */genesys/1/cs/servces/start",
            '     sent: {"contact_key": "a"}',
            "     answered: *No resource*",
            "Rejected:",
            "  [#]3 POST */genesys/1/cs/services/start",
            '     sent: {"contact_ky": "a", "note": "xxx*x... (*in all)',
            "     answered: *customer_id or contact_key*",
            "  [#]5 POST */tasks/start",
            "*- Context Services, world test_it.test_many-*",
            "(2 earlier requests are not shown)",
            "[#]3 POST *",
            "[#]52 POST *",
        ]
    )
    text = result.stdout.str()
    assert "world test_it.test_passes" not in text
    assert text.count("  #4 POST") == 0, "a fault's answer is no refusal"


TWICE = """
import pytest
from support import ask

@pytest.fixture
def breaks_late(context_services):
    yield
    assert False, "too late"

def test_fails_twice(breaks_late, context_services):
    assert ask(context_services.base_url + "/nowhere") == 404
    assert False
"""


def test_test_that_fails_twice_shows_it_once(run: RunPytest) -> None:
    result = run(TWICE)
    result.assert_outcomes(failed=1, errors=1)
    text = result.stdout.str()
    assert text.count("Context Services, world") == 1
    assert "  #1 GET " in text
    assert "sent: " not in text


def test_error_of_another_plugin_is_not_shown_as_ours(
    project: pytest.Pytester, run: RunPytest
) -> None:
    project.makeconftest(
        """
        def pytest_runtest_teardown(item):
            raise RuntimeError("from elsewhere")
        """
    )
    result = run("def test_it(context_services): pass")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["ERROR * - RuntimeError: from elsewhere"])
    assert "hooks.py" not in result.stdout.str()
