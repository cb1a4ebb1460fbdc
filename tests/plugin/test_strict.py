"""A strict test fails for what went wrong in its world without its notice."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import RunPytest

pytestmark = pytest.mark.usefixtures("running")

TESTS = """
import pytest
from support import ask, start

strict = pytest.mark.context_services_strict

def test_all_is_well(context_services):
    assert start(context_services) == 201

def test_unrouted(context_services):
    ask(context_services.base_url + "/servces/start", {"contact_key": "a"})

def test_rejected(context_services):
    ask(context_services.base_url + "/services/start", {"contact_ky": "a"})

def test_hinted(context_services):
    assert ask(context_services.base_url + "/services/anonymous/42?actve=1") == 200

def test_idle_fault(context_services):
    context_services.add_fault(name="down", on="end_service", response={"status": 503})
    start(context_services)

@pytest.mark.context_services_scenario({"faults": [{"on": "get_task", "delay": "1ms"}]})
def test_idle_fault_of_a_scenario(context_services):
    start(context_services)

def test_fault_that_acts_is_no_trouble(context_services):
    context_services.add_fault(on="start_service", response={"status": 503})
    assert start(context_services) == 503

def test_what_is_verified_is_expected(context_services):
    ask(context_services.base_url + "/services/start", {"contact_ky": "a"})
    ask(context_services.base_url + "/nowhere")
    context_services.verify(on="start_service", response={"status": 400}, count=1)
    context_services.verify(on=["unrouted", "get_task"], response={"status": [404, 405]})

def test_pattern_and_order_are_expected_too(context_services):
    ask(context_services.base_url + "/services/start", {"contact_ky": "a"})
    ask(context_services.base_url + "/services/4294967297/end", {})
    context_services.verify(in_order=[
        {"on": "start_service", "response": {"status": {"matches": "4.."}}},
        {"on": "end_service", "response": {"status": {"equals": 400}}},
    ])

def test_other_status_is_not_expected(context_services):
    ask(context_services.base_url + "/services/start", {"contact_ky": "a"})
    context_services.verify(on="start_service", count=1)

@strict(allow=["rejected", "unrouted"])
def test_what_is_allowed(context_services):
    ask(context_services.base_url + "/services/start", {"contact_ky": "a"})
    ask(context_services.base_url + "/nowhere")

@strict(allow="rejected")
def test_other_than_what_is_allowed(context_services):
    ask(context_services.base_url + "/nowhere")

@strict(False)
def test_not_strict(context_services):
    ask(context_services.base_url + "/nowhere")

def test_what_was_swept_away_is_seen_too(context_services):
    ask(context_services.base_url + "/nowhere")
    context_services.add_fault(name="idle", on="get_task", delay="1ms")
    context_services.reset()
    ask(context_services.base_url + "/nowhere/else")
    context_services.clear_requests()

def test_without_a_world():
    pass

def test_asks_late(request):
    context_services = request.getfixturevalue("context_services")
    ask(context_services.base_url + "/services/start", {"contact_ky": "a"})
    context_services.verify(on="start_service", response={"status": 400})
    ask(context_services.base_url + "/nowhere")

def test_other_failure_goes_first(context_services):
    ask(context_services.base_url + "/nowhere")
    assert False, "mine"
"""


def test_what_a_strict_test_fails_for(
    project: pytest.Pytester, run: RunPytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    project.makeini("[pytest]\ncontext_services_strict = true\n")
    result = run(TESTS, "-rfp")
    failed = {
        line.partition("::")[2].partition(" ")[0]: line.partition(" - ")[2]
        for line in result.stdout.lines
        if line.startswith("FAILED ")
    }
    one = "Not expected: 1 request that "
    assert dict(failed.items()) == {
        "test_unrouted": f"{one}matched no operation",
        "test_rejected": f"{one}was rejected",
        "test_hinted": "Not expected: 1 request with a hint",
        "test_idle_fault": "Not expected: 1 fault that never acted",
        "test_idle_fault_of_a_scenario": "Not expected: 1 fault that never acted",
        "test_other_status_is_not_expected": f"{one}was rejected",
        "test_other_than_what_is_allowed": f"{one}matched no operation",
        "test_what_was_swept_away_is_seen_too": (
            "Not expected: 2 requests that matched no operation, 1 fault that never acted"
        ),
        "test_asks_late": f"{one}matched no operation",
        "test_other_failure_goes_first": "AssertionError: mine",
    }
    result.stdout.fnmatch_lines(
        [
            "Not expected: 1 request that matched no operation",
            "[#]1 POST /genesys/1/cs/servces/start -> 404 unrouted",
            "     hint: closest: *",
            '*or allow it with @pytest.mark.context_services_strict(allow=[[]"unrouted"[]])',
            "*- Context Services, world test_it.test_unrouted-*",
            "fault down on end_service: matched no request",
        ]
    )


def test_one_test_may_be_strict_and_a_whole_run(run: RunPytest) -> None:
    source = """
    import pytest
    from support import ask

    @pytest.mark.context_services_strict
    def test_strict(context_services):
        ask(context_services.base_url + "/nowhere")

    def test_plain(context_services):
        ask(context_services.base_url + "/nowhere")
    """
    run(source).assert_outcomes(failed=1, passed=1)
    run(source, "--context-services-strict").assert_outcomes(failed=2)


def test_wider_world_is_looked_at_since_the_test_began(run: RunPytest) -> None:
    source = """
    import pytest
    from support import ask

    @pytest.fixture(scope="module")
    def shop(context_services_factory, request):
        return context_services_factory.create(request)

    @pytest.mark.context_services_strict(False)
    def test_1(shop):
        ask(shop.base_url + "/nowhere")

    def test_2(shop):
        ask(shop.base_url + "/services/4294967297")
        shop.verify(on="get_service", response={"status": 400})

    def test_3(shop):
        ask(shop.base_url + "/nowhere")
    """
    result = run(source, "--context-services-strict")
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(["[#]3 GET /genesys/1/cs/nowhere -> 404 unrouted"])


def test_marker_takes_its_first_argument_by_name(run: RunPytest) -> None:
    result = run(
        """
import pytest
from support import ask

@pytest.mark.context_services_strict(on=True)
def test_strict(context_services):
    ask(context_services.base_url + "/servces/start", {})

@pytest.mark.context_services_strict(on=False)
def test_lax(context_services):
    ask(context_services.base_url + "/servces/start", {})
""",
        "--context-services-strict",
    )
    result.assert_outcomes(passed=1, failed=1)


def test_setting_that_is_not_true_or_false_is_named(
    project: pytest.Pytester, run: RunPytest
) -> None:
    project.makeini("[pytest]\ncontext_services_strict = maybe\n")
    result = run("def test_it(context_services):\n    pass\n")
    text = result.stdout.str() + result.stderr.str()
    assert "context_services_strict: expected true or false; invalid truth value 'maybe'" in text
