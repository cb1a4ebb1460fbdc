"""A test gets a world of its own, with all that a world can do."""

from __future__ import annotations

import pytest

from cs_simulator.client import Server
from tests.plugin.conftest import RunPytest
from tests.support.problems import meant, sentence

OWN_WORLD = """
import pytest
from support import ask, start

def test_world_is_there_and_empty(context_services, context_services_server):
    assert context_services.requests() == []
    assert context_services.name in context_services_server.worlds()
    assert context_services_server.health()["scenario"] == "empty"

def test_all_that_a_test_needs(context_services):
    cs = context_services
    assert cs.base_url.startswith("http://127.0.0.1:")
    assert cs.base_url.endswith(f"/_world/{cs.name}/genesys/1/cs")
    assert cs.base_url_81.endswith(f"/_world/{cs.name}")
    cs.freeze_clock("2026-01-05T09:00:00.000Z")
    cs.add_fault(on="start_service", times=1, response={"status": 503})
    assert [start(cs), start(cs)] == [503, 201]
    assert cs.advance_clock("2h")["time"] == "2026-01-05T11:00:00.000Z"
    assert [each["operation"] for each in cs.requests()] == ["start_service"] * 2
    cs.verify(on="start_service", where={"contact_key": "42"}, count=2)
    assert len(cs.snapshot()["services"]) == 1
    cs.load_scenario("demo")
    assert cs.describe()["counts"]["customers"] == 12
    cs.reset()

@pytest.mark.parametrize("key", ["a/b", "a b", "ä", "x" * 100])
def test_name_is_legal(context_services, key):
    assert len(context_services.name) <= 64

def test_world_may_go_before_its_test(context_services):
    context_services.delete()

def test_no_world_is_left_of_those_that_passed(context_services, context_services_server):
    assert set(context_services_server.worlds()) == {"default", context_services.name}
"""


def test_world_of_its_own(run: RunPytest) -> None:
    run(OWN_WORLD).assert_outcomes(passed=8)


SCENARIOS = """
import pathlib, pytest

HERE = pathlib.Path(__file__).parent

@pytest.mark.context_services_scenario("demo")
def test_by_name(context_services):
    assert context_services.describe()["counts"]["customers"] == 12
    context_services.load_scenario("empty")
    context_services.reset()
    assert context_services.describe()["counts"]["customers"] == 0

@pytest.mark.context_services_scenario("scenarios/night.yaml")
def test_by_path_beside_the_test(context_services):
    assert context_services.scenario()["name"] == "night"
    context_services.load_scenario("scenarios/night.yaml")

@pytest.mark.context_services_scenario(HERE / "scenarios" / "night.yaml")
def test_by_whole_path(context_services):
    assert context_services.scenario()["name"] == "night"

@pytest.mark.context_services_scenario("demo")
class TestDocuments:
    @pytest.mark.context_services_scenario({"name": "one", "services": [{"contact_key": "a"}]})
    def test_by_document(self, context_services):
        assert context_services.describe()["counts"]["services"] == 1

    def test_by_its_class(self, context_services):
        assert context_services.scenario()["name"] == "demo"

def test_without_one(context_services):
    assert context_services.scenario()["name"] == "start"

@pytest.mark.context_services_scenario("shop")
def test_of_the_own_folder(context_services):
    assert context_services.scenario()["name"] == "shop"
"""


def test_scenarios(project: pytest.Pytester, run: RunPytest) -> None:
    for name in ("scenarios/night", "start", "catalogue/shop"):
        path = project.path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"name: {path.stem}\nextends: demo\n")
    project.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        context_services_scenario = "./start.yaml"
        context_services_scenario_dir = "catalogue"
        context_services_options = "--fidelity end_twice=reject --max-worlds 5"
        """
    )
    run(SCENARIOS).assert_outcomes(passed=7)


MISTAKES = """
import pytest

@pytest.mark.context_services_scenario("dmeo")
def test_name(context_services): pass

@pytest.mark.context_services_scenario("./wrong.yaml")
def test_file(context_services): pass

@pytest.mark.context_services_scenario("./none.yaml")
def test_no_file(context_services): pass

@pytest.mark.context_services_scenario
def test_nothing(context_services): pass

@pytest.mark.context_services_world(7)
def test_no_name(context_services): pass

@pytest.mark.context_services_world("a/b")
def test_bad_name(context_services): pass
"""


def test_mistakes_are_told_by_the_server_and_nothing_else(
    project: pytest.Pytester, run: RunPytest
) -> None:
    (project.path / "wrong.yaml").write_text("seed: x\nservces: []\n")
    result = run(MISTAKES)
    result.assert_outcomes(errors=6)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_name*",
            f"Invalid scenario: name: no scenario named 'dmeo'; {meant('demo')}",
            "*ERROR at setup of test_file*",
            "Invalid scenario: 2 errors; nothing was changed",
            sentence("  wrong.yaml:1:7: seed", "a 64-bit integer", "x"),
            f"  wrong.yaml:2:1: servces: unknown key; {meant('services')}",
            "*ERROR at setup of test_no_file*",
            "Cannot read the scenario file ./none.yaml in *: No such file or directory; *",
            "marker context_services_scenario: expected one argument, a name, *, found *",
            "marker context_services_world: expected one argument, the name *, found *",
            "Invalid world name: *1 to 64*",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "During handling" not in result.stdout.str()


FIXED = """
import pytest
from support import start

def test_one(context_services):
    assert context_services.name == "sut"
    assert start(context_services) == 201
    context_services.load_scenario("outage")

def test_two_finds_nothing_of_the_first(context_services):
    assert context_services.requests() == []
    assert context_services.scenario()["name"] == "empty"

@pytest.mark.context_services_world("default")
def test_three_has_no_prefix(context_services, context_services_server):
    assert context_services.base_url == context_services_server.url + "/genesys/1/cs"
    assert start(context_services) == 201

@pytest.mark.context_services_world("sut-{worker}")
def test_worker(context_services):
    assert context_services.name == "sut-master"
"""


def test_world_of_a_fixed_name_is_reset_and_not_dropped(run: RunPytest, server: str) -> None:
    result = run(FIXED, "--context-services-world=sut", f"--context-services-url={server}")
    result.assert_outcomes(passed=4)
    assert {"default", "sut", "sut-master"} <= set(Server(server).worlds())


def test_ini_names_the_world(project: pytest.Pytester, run: RunPytest) -> None:
    project.makeini("[pytest]\ncontext_services_world = sut\n")
    run(
        "def test_it(context_services):\n    assert context_services.name == 'sut'"
    ).assert_outcomes(passed=1)


KEPT = """
import pytest
from support import start

@pytest.fixture
def used_late(context_services):
    yield
    assert start(context_services) == 201

def test_passes(context_services, used_late):
    assert start(context_services) == 201

def test_fails(context_services):
    start(context_services)
    assert False

@pytest.fixture
def breaks_late(context_services):
    yield
    assert False, "too late"

def test_breaks_late(breaks_late, context_services):
    start(context_services)

@pytest.fixture
def breaks_early(context_services):
    assert False, "too early"

def test_breaks_early(breaks_early):
    pass

@pytest.mark.xfail(strict=True)
def test_is_meant_to_fail(context_services):
    assert False
"""


def test_world_is_dropped_when_its_test_passed_and_kept_when_it_failed(
    run: RunPytest, server: str
) -> None:
    before = Server(server).worlds()  # what other tests on this server kept
    result = run(KEPT, f"--context-services-url={server}")
    result.assert_outcomes(passed=2, failed=1, errors=2, xfailed=1)
    mine = sorted(set(Server(server).worlds()) - set(before))
    assert [name.rpartition("-")[0] for name in mine] == [
        "test_it.test_breaks_early",
        "test_it.test_breaks_late",
        "test_it.test_fails",
    ]
    assert Server(server).world(mine[2]).verify(on="start_service", count=1)
    assert result.stdout.str().count("Context Services, world") == 3


AHEAD = """
import pytest
from support import start

@pytest.fixture
def broken():
    raise RuntimeError("before the world")

def test_first(context_services): pass

def test_world_is_made_but_never_asked_for(broken, context_services): pass

@pytest.mark.context_services_scenario("demo")
def test_world_begins_with_what_its_marker_names(context_services):
    assert context_services.describe()["scenario"] == "demo"
    assert start(context_services) == 201

def test_without_a_world(): pass

def test_only_its_own_is_left(context_services, context_services_server):
    assert set(context_services_server.worlds()) == {"default", context_services.name}

@pytest.mark.context_services_scenario("nosuch")
def test_name_that_is_wrong_is_told(context_services): pass
"""


def test_world_that_is_made_while_a_test_is_prepared(run: RunPytest) -> None:
    result = run(AHEAD)
    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(["*no scenario named 'nosuch'*"])


ASTRAY = """
from urllib.parse import urlsplit
from support import ask, start

def test_elsewhere(context_services):
    url = urlsplit(context_services.base_url)
    start(context_services)
    for key in "abcdef":
        ask(f"{url.scheme}://{url.netloc}/genesys/1/cs/services/start", {"contact_key": key})
    assert False

def test_later(context_services):
    assert False
"""


def test_failure_shows_requests_that_went_to_the_wrong_world(run: RunPytest) -> None:
    result = run(ASTRAY)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "[#]1 POST /genesys/1/cs/services/start -> 201 start_service",
            "World default received requests meanwhile. *under http://*/_world/test_it.test_els*[?]",
            "  [#]2 POST /genesys/1/cs/services/start -> 201 start_service",
            "  [#]6 POST /genesys/1/cs/services/start -> 201 start_service",
        ]
    )
    assert result.stdout.str().count("World default received") == 1
