"""Each wrong use fails with a message that names the fault and the fix, and shows no internals."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.plugin.conftest import RunPytest
from tests.plugin.wrong_uses import CALLS, MARKERS, OPTIONS

BEGIN = """
import asyncio
import re
from datetime import date, datetime, timedelta
import pytest
from cs_simulator.client import AsyncServer, AsyncWorld, Server
from support import start

kept = []

async def held(world):
    world.verify(on="any", within="5s")

def test_first(context_services):
    kept.append(context_services)

@pytest.fixture
def cs(context_services):
    return context_services

@pytest.fixture
def server(context_services_server):
    return context_services_server

@pytest.fixture
def factory(context_services_factory):
    return context_services_factory
"""

INTERNALS = re.compile(r"Traceback|During handling|\bcs_simulator/|KeyError|WatchedWorld")


def messages(project: pytest.Pytester) -> dict[str, str]:
    """Return what JUnit XML tells of each test that did not pass."""
    tree = ElementTree.parse(project.path / "junit.xml")
    found = {}
    for case in tree.iter("testcase"):
        for kind in ("failure", "error"):
            told = case.find(kind)
            if told is not None:
                found[str(case.get("name"))] = f"{told.get('message')}\n{told.text}"
    return found


@pytest.fixture
def files(project: pytest.Pytester) -> None:
    (project.path / "night.yaml").write_text("seed: 7\n")
    (project.path / "wrong.yaml").write_text("seed: x\nservces: []\n")
    (project.path / "torn.yaml").write_text("services: [\n")


def check(told: dict[str, str], table: tuple[tuple[str, str, str], ...]) -> None:
    """Fail for the rows of a table whose message does not say what it must."""
    wrong = []
    for number, (use, fault, fix) in enumerate(table):
        message = told.get(f"test_{number}", "it passed")
        first = message.split("\n", 1)[0]
        if fault not in message or fix not in message or INTERNALS.search(first):
            wrong.append(f"{use}: expected {fault!r} and {fix!r}, found {message[:400]}")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.mark.usefixtures("files", "running")
def test_calls(project: pytest.Pytester, run: RunPytest) -> None:
    tests = [
        f"def test_{number}(cs, server, factory, request):\n    {call}\n"
        for number, (call, _, _) in enumerate(CALLS)
    ]
    result = run("\n".join([BEGIN, *tests]), "--junitxml=junit.xml", "--tb=line")
    check(messages(project), CALLS)
    result.assert_outcomes(passed=1, failed=len(CALLS))


@pytest.mark.usefixtures("files", "running")
def test_markers(project: pytest.Pytester, run: RunPytest) -> None:
    tests = [
        f"@pytest.mark.{mark}\ndef test_{number}(context_services):\n    pass\n"
        for number, (mark, _, _) in enumerate(MARKERS)
    ]
    run("\n".join(["import pytest", *tests]), "--junitxml=junit.xml", "--tb=line")
    check(messages(project), MARKERS)


@pytest.mark.parametrize(("options", "fault", "fix"), OPTIONS, ids=[row[0][-1] for row in OPTIONS])
def test_options(run: RunPytest, options: tuple[str, ...], fault: str, fix: str) -> None:
    result = run("def test_it(context_services):\n    pass\n", *options)
    assert result.ret != 0
    text = result.stdout.str() + result.stderr.str()
    assert fault in text
    assert fix in text
    assert not INTERNALS.search(text)


def test_there_are_ninety_and_more() -> None:
    assert len(CALLS) + len(MARKERS) + len(OPTIONS) > 180
