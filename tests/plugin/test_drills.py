"""A test that is marked for drills runs against each, and its judgement fails it with a table."""

from __future__ import annotations

import pytest

from cs_simulator.client.wording import DRILLS, drill_named
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from tests.plugin.conftest import RunPytest

pytestmark = pytest.mark.usefixtures("running")

CLIENT = """
import urllib.request

import pytest


def start(url):
    body = b'{"contact_key": "a"}'
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/services/start", body, headers, method="POST")
    return urllib.request.urlopen(request, timeout=5).status


def start_carelessly(url):
    for _ in range(3):
        try:
            return start(url)
        except OSError:
            pass
"""


def test_client_is_judged_in_each_drill(run: RunPytest) -> None:
    result = run(
        f"""{CLIENT}

@pytest.mark.context_services_drills("lost-answer", "drill-reset")
def test_client(context_services):
    start_carelessly(context_services.base_url)
    context_services.judge(ended=True)
"""
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "*NotPassedError: The judge of http://*/_world/* says failed: 1 of 1 not passed",
            "E*created  failed     one intent created 2 services, expected at most 1",
            "E*start_service POST */services/start body *",
            "E*request  at *gap *shown *effect",
            "E*#1 *0ms *- *broken: close  created service 4294967297",
            "E*#2 *201 *created service 4294967298",
        ]
    )
    result.stdout.fnmatch_lines(["*test_client?drill-reset?*"])


def test_client_that_is_right_passes_and_knows_its_drill(run: RunPytest) -> None:
    result = run(
        f"""{CLIENT}

@pytest.mark.context_services_drills("lost-answer")
def test_client(context_services, context_services_drill):
    assert context_services_drill == "drill-lost-answer"
    with pytest.raises(OSError):
        start(context_services.base_url)
    answer = context_services.judge(ended=True)
    assert answer["verdict"] == "passed"
"""
    )
    result.assert_outcomes(passed=1)


def test_undecided_is_not_passed(run: RunPytest) -> None:
    result = run(
        """
def test_client(context_services):
    context_services.judge(on="start_service", created=1)
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*says undecided*", "*did the client send one?*"])


def test_drill_without_its_marker_is_told(run: RunPytest) -> None:
    result = run("def test_client(context_services, context_services_drill): pass")
    result.stdout.fnmatch_lines(["*no drill; mark the test with context_services_drills*"])


@pytest.mark.parametrize(
    "marks",
    [
        '@pytest.mark.context_services_drills("reset")\n@pytest.mark.context_services_scenario("demo")',
        '@pytest.mark.scenario("demo")\n@pytest.mark.context_services_drills("reset")',
        'pytestmark = pytest.mark.context_services_drills("reset")\n@pytest.mark.scenario({})',
    ],
)
def test_drill_is_not_replaced_by_another_scenario(run: RunPytest, marks: str) -> None:
    result = run(f"import pytest\n\n{marks}\ndef test_it(context_services):\n    pass\n")
    result.assert_outcomes(errors=1)
    assert "a drill is a scenario, so the test cannot have another one; remove the marker" in (
        result.stdout.str()
    )


def test_drill_overrides_the_scenario_of_a_class(run: RunPytest) -> None:
    result = run(
        """
import pytest

pytestmark = pytest.mark.context_services_scenario("demo")


@pytest.mark.context_services_drills("reset")
class TestIt:
    def test_it(self, context_services):
        assert context_services.scenario()["name"] == "drill-reset"
"""
    )
    result.assert_outcomes(passed=1)


def test_the_drills_are_those_that_ship() -> None:
    shipped = Catalogue([shipped_folder()]).files()
    assert [name for name in sorted(shipped) if name.startswith("drill-")] == list(DRILLS)


@pytest.mark.parametrize(
    ("name", "meant"), [("reset", "drill-reset"), ("drill-reset", "drill-reset"), ("own", "own")]
)
def test_drill_may_be_named_in_short(name: str, meant: str) -> None:
    assert drill_named(name) == meant


@pytest.mark.parametrize("words", ["42", '["lost-answer"]', 'name="lost-answer"', "None", '""'])
def test_marker_that_names_no_drill_is_an_error_of_one_line(run: RunPytest, words: str) -> None:
    mark = f"@pytest.mark.context_services_drills({words})"
    result = run(f"import pytest\n\n{mark}\ndef test_it(context_services):\n    pass\n")
    result.assert_outcomes(errors=1)
    expected = "marker context_services_drills: expected names of drills, or nothing for all"
    found = words.replace('"', "'")
    said = result.stdout.str()
    assert expected in said
    assert f"found ({found})" in said
    assert "_hookexec" not in said
