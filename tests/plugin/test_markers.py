"""Markers: those of others are left alone, and one without effect is told."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import RunPytest

pytestmark = pytest.mark.usefixtures("running")

THEIRS = """
import pytest

@pytest.mark.scenario("smoke", id=3)
def test_theirs(context_services):
    assert context_services.scenario()["name"] == "empty"

@pytest.mark.scenario("dmeo")
def test_theirs_that_looks_like_ours(context_services):
    assert context_services.scenario()["name"] == "empty"

@pytest.mark.context_services_scenario("demo")
@pytest.mark.scenario("dmeo")
def test_ours(context_services):
    assert context_services.scenario()["name"] == "demo"

@pytest.mark.scenario(42)
def test_without_a_world():
    pass
"""


def test_general_marker_of_a_project_is_its_own(project: pytest.Pytester, run: RunPytest) -> None:
    project.makeini("[pytest]\nmarkers =\n    scenario(name, id): what our own report shows\n")
    run(THEIRS).assert_outcomes(passed=4)


OURS = """
import pytest

@pytest.mark.scenario("demo")
class TestIt:
    def test_class(self, context_services):
        assert context_services.scenario()["name"] == "demo"

    @pytest.mark.context_services_scenario("outage")
    def test_nearest_goes_first(self, context_services):
        assert context_services.scenario()["name"] == "outage"

    @pytest.mark.scenario({"name": "own", "seed": 7})
    def test_document(self, context_services):
        assert context_services.scenario()["name"] == "own"

    @pytest.mark.scenario("smoke", id=3)
    def test_what_can_only_be_of_another_is_left_alone(self, context_services):
        assert context_services.scenario()["name"] == "demo"
"""


def test_general_marker_is_ours_where_nobody_has_one(run: RunPytest) -> None:
    run(OURS).assert_outcomes(passed=4)


WITHOUT_EFFECT = """
import pytest

@pytest.mark.context_services_scenario("demo")
def test_asks_for_none():
    pass

@pytest.mark.context_services_strict
@pytest.mark.context_services_world("shop")
def test_two():
    pass

@pytest.mark.context_services_scenario("demo")
def test_asks_for_one(context_services):
    pass

@pytest.mark.context_services_scenario("demo")
def test_asks_late(request):
    request.getfixturevalue("context_services")

@pytest.mark.context_services_scenario("demo")
@pytest.mark.skip
def test_is_skipped():
    pass

@pytest.mark.context_services_scenario("demo")
class TestOfWhichOneAsks:
    def test_not(self):
        pass
"""


def test_marker_without_effect_is_told(run: RunPytest) -> None:
    result = run(WITHOUT_EFFECT, "-W", "always")
    result.assert_outcomes(passed=5, skipped=1, warnings=2)
    line = (
        "*ContextServicesWarning: context_services_scenario: no effect, because the test uses no "
        "world; add the fixture context_services"
    )
    result.stdout.fnmatch_lines([line])
    assert "context_services_world and context_services_strict: no effect" in result.stdout.str()
    result = run(WITHOUT_EFFECT)
    result.assert_outcomes(passed=5, skipped=1, errors=2)
    result.stdout.fnmatch_lines(["ERROR * - Failed: context_services_scenario: no *"])
    for internal in ("pytest_plugin.py", "During handling"):
        assert internal not in result.stdout.str()


def test_run_without_a_world_is_told_and_imports_nothing(run: RunPytest) -> None:
    source = """
    import sys
    import pytest

    @pytest.mark.context_services_scenario("demo")
    def test_it():
        assert "cs_simulator.client" not in sys.modules
    """
    run(source, "-W", "always", alone=True).assert_outcomes(passed=1, warnings=1)


EXTENDS = """
import pytest
from support import start

@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.context_services_scenario("./night.yaml")
def test_files_beside_are_merged(context_services, number):
    assert context_services.describe()["scenario"] == "night"
    assert context_services.describe()["counts"]["customers"] == 12
    assert [start(context_services) for _ in range(3)] == [503, 503, 201]

def test_method_too(context_services):
    context_services.load_scenario("./night.yaml")
    assert start(context_services) == 503

@pytest.mark.context_services_scenario("./missing.yaml")
def test_file_that_is_not_there(context_services): pass
"""


def test_file_of_a_marker_may_extend_files_beside_it(
    project: pytest.Pytester, run: RunPytest
) -> None:
    (project.path / "shared").mkdir()
    for name, text in {
        "shared/base.yaml": "extends: demo\nfaults:\n- {on: start_service, times: 1, "
        "response: {status: 503}}\n",
        "night.yaml": "name: night\nextends: [shared/base.yaml]\nfaults:\n"
        "- {on: start_service, times: 1, response: {status: 503}}\n",
        "missing.yaml": "extends: ./none.yaml\n",
    }.items():
        (project.path / name).write_text(text, encoding="utf-8")
    result = run(EXTENDS)
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*none.yaml does not exist*"])
