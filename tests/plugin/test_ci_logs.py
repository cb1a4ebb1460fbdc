"""What a CI shows of a failure: the reason, what the world was asked, and nothing that harms."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.plugin.conftest import RunPytest

FAILING = """
import pytest
from support import ask, start

def test_verify(context_services):
    start(context_services, service_type=100)
    start(context_services, service_type=200, note="other")
    context_services.verify(on="start_service", count=1)

def test_call(context_services):
    context_services.load_scenario("dmeo")

@pytest.mark.context_services_scenario({"servces": [], "faults": [{"on": "any"}]})
def test_setup(context_services):
    pass

def test_own(context_services):
    start(context_services)
    raise ValueError("mine")
"""


def test_summary_says_why(run: RunPytest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    result = run(FAILING)
    result.stdout.fnmatch_lines(
        [
            "FAILED test_it.py::test_verify - Expected start_service exactly once; 2 reque*",
            "FAILED test_it.py::test_call - Invalid scenario: name: no scenario named 'dmeo'*",
            "FAILED test_it.py::test_own - ValueError: mine",
            "ERROR test_it.py::test_setup - Invalid scenario: *servces*(and 1 more)",
        ]
    )


def test_requests_that_are_too_many_stand_side_by_side(run: RunPytest) -> None:
    run(FAILING, "-k", "verify").stdout.fnmatch_lines(
        [
            "E         *[#]1, [#]2",
            "E         they differ in     [#]1   [#]2",
            "E         body.service_type  100  200",
            'E         body.note          -    "other"',
        ]
    )


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "with a worker"])
def test_junit_xml_holds_the_journal(
    project: pytest.Pytester, run: RunPytest, options: tuple[str, ...]
) -> None:
    run(FAILING, "--junitxml=junit.xml", "--show-capture=no", *options)
    cases = {
        case.get("name"): case for case in ElementTree.parse(project.path / "junit.xml").iter()
    }
    for name in ("test_verify", "test_own"):
        failure = cases[name].find("failure")
        assert failure is not None
        assert "Context Services, world test_it.test_" in str(failure.text)
        assert "#1 POST /genesys/1/cs/services/start -> 201 start_service" in str(failure.text)
    failure = cases["test_verify"].find("failure")
    assert failure is not None
    assert str(failure.get("message")).startswith("Expected start_service exactly once; ")


def test_page_made_of_a_report_holds_the_journal(project: pytest.Pytester, run: RunPytest) -> None:
    pytest.importorskip("pytest_html")
    run(FAILING, "-p", "pytest_html.plugin", "--html=report.html", alone=True)
    page = (project.path / "report.html").read_text()
    assert "Context Services, world test_it.test_own" in page


HARMFUL = r"""
from support import ask, start

EVIL = "\x1b[2J\n::error file=x::owned\r##[error]owned \u202e \x9b31m ä"

def test_it(context_services):
    start(context_services, note=EVIL)
    ask(context_services.base_url + "/services/start", {"contact_ky": EVIL})
    ask(context_services.base_url + "/%1b%5b2J/##[error]")
    context_services.add_fault(name="lost", on="end_service", response={"status": 503})
    context_services.verify(on="start_service", where={"body": {"note": EVIL[1:]}})

def test_twice(context_services):
    start(context_services, note=EVIL)
    start(context_services, note="other")
    context_services.verify(on="start_service", count=1)
"""


def test_what_came_from_outside_is_escaped(run: RunPytest) -> None:
    result = run(HARMFUL, "--junitxml=junit.xml", "--color=no", "--tb=short")
    result.assert_outcomes(failed=2)
    told = [line for line in result.stdout.lines if "EVIL" not in line]
    text = "\n".join(told)
    assert not [c for c in text if not c.isprintable() and c != "\n"]
    assert not [line for line in told if line.lstrip().startswith("::")]
    assert "##[" not in text
    assert r"\u001b[2J" in text
    assert "ä" in text


def test_value_that_is_not_json_is_at_the_line_of_the_test(run: RunPytest) -> None:
    result = run(
        """
        def test_it(context_services):
            context_services.verify(on="start_service", where={"body": {"x": object()}})
        """
    )
    result.stdout.fnmatch_lines(["test_it.py:2: ArgumentError"])


def test_awaited_failure_is_at_the_line_of_the_test(run: RunPytest) -> None:
    result = run(
        """
        import asyncio

        def test_it(async_context_services):
            async def main():
                await async_context_services.verify(on="start_service")
            asyncio.run(main())
        """
    )
    result.stdout.fnmatch_lines(["test_it.py:5: NotVerifiedError"])
    assert "loops.py" not in result.stdout.str()
