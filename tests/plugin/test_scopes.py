"""Worlds of wider scopes, and the pairing of a system under test that runs once with its world."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cs_simulator.client import Server
from tests.plugin.conftest import RunPytest

pytestmark = pytest.mark.usefixtures("running")

SHARED = """
import pytest
from support import start

@pytest.fixture(scope="module")
def shop(context_services_factory, request):
    return context_services_factory.create(request, {"name": "shop", "seed": 1})

@pytest.fixture(scope="class")
def till(context_services_factory, request):
    return context_services_factory.create(request)

@pytest.fixture(scope="session")
def all_day(context_services_factory, request):
    return context_services_factory.create(request, name="all-{run}-{worker}")

@pytest.fixture(scope="session")
def run(context_services_server):
    return set(context_services_server.worlds())

def test_first(shop, all_day, run):
    assert start(shop) == 201
    assert shop.scenario()["name"] == "shop"
    assert shop.name.startswith("test_it.shop-")
    assert all_day.name.endswith("-master")

def test_second_finds_what_the_first_left(shop, context_services):
    assert len(shop.requests()) == 1
    assert context_services.requests() == []
    assert context_services.name != shop.name

@pytest.mark.context_services_scenario("demo")
class TestTill:
    def test_class_has_one_that_its_marker_begins(self, till, shop):
        assert till.scenario()["name"] == "demo"
        assert start(till) == 201

    def test_class_has_one(self, till, all_day):
        assert len(till.requests()) == 1
        assert start(all_day) == 201

class TestOther:
    def test_other_class_has_another(self, till, all_day, context_services_server):
        assert till.requests() == []
        assert till.scenario()["name"] == "empty"
        assert len(all_day.requests()) == 1
        tills = [name for name in context_services_server.worlds() if ".till-" in name]
        assert tills == [till.name]

    def test_two_worlds_of_one_test(self, context_services_factory, request, context_services):
        other = context_services_factory.create(request, "demo")
        assert other.name != context_services.name
        assert other.scenario()["name"] == "demo"
"""


def test_scopes(run: RunPytest, server: str) -> None:
    before = set(Server(server).worlds())
    run(SHARED, "-p", "no:randomly", f"--context-services-url={server}").assert_outcomes(passed=6)
    assert set(Server(server).worlds()) == before
    run(SHARED, "-p", "no:randomly").assert_outcomes(passed=6)


PACKAGE = """
import pytest

@pytest.fixture(scope="package")
def services(context_services_factory, request):
    return context_services_factory.create(request, "scenarios/night.yaml")
"""


def test_package_has_one_and_files_lie_beside_its_tests(project: pytest.Pytester) -> None:
    package = project.mkpydir("shop")
    (package / "conftest.py").write_text(PACKAGE)
    (package / "scenarios").mkdir()
    (package / "scenarios" / "night.yaml").write_text("name: night\nseed: 7\n")
    for name in ("a", "b"):
        (package / f"test_{name}.py").write_text(
            "import pathlib\n"
            "def test_it(services):\n"
            "    assert services.scenario()['name'] == 'night'\n"
            "    with pathlib.Path('seen').open('a') as seen:\n"
            "        seen.write(services.name + '\\n')\n"
        )
    result = project.runpytest_inprocess("-W", "error", "--strict-markers")
    result.assert_outcomes(passed=2)
    names = (project.path / "seen").read_text().split()
    assert len(names) == 2
    assert len(set(names)) == 1


PAIRED = """
import json, subprocess, sys
import pytest
from support import ask

@pytest.fixture(scope="session")
def shop_services(context_services_factory, request):
    return context_services_factory.create(request, {"name": "shop", "seed": 1}, reset=True)

@pytest.fixture(scope="session")
def shop(shop_services):
    # stands for a process or a container: it is told its address once
    base_url = shop_services.base_url
    return lambda: ask(base_url + "/services/start", {"contact_key": "42"})

@pytest.mark.parametrize("number", range(3))
def test_begins_anew_each_time(shop, shop_services, number):
    assert shop_services.requests() == []
    assert shop_services.scenario()["name"] == "shop"
    assert shop() == 201
    shop_services.verify(on="start_service", count=1)

@pytest.mark.context_services_scenario({
    "name": "down", "faults": [{"on": "any", "response": {"status": 503}}],
})
def test_as_its_marker_says(shop, shop_services):
    assert shop_services.scenario()["name"] == "down"
    assert shop() == 503

def test_and_not_as_that_of_the_test_before(shop):
    assert shop() == 201
"""


@pytest.mark.parametrize("order", [[], ["-p", "randomly", "-p", "no:cacheprovider"]])
def test_system_that_runs_once_is_paired_with_its_world(run: RunPytest, order: list[str]) -> None:
    run(PAIRED, *order).assert_outcomes(passed=5)
    run(PAIRED, *order, "-n", "2").assert_outcomes(passed=5)


def test_first_test_of_a_paired_world_begins_it_as_its_marker_says(run: RunPytest) -> None:
    run(PAIRED, "-k", "marker").assert_outcomes(passed=1, deselected=4)


FAILING = """
import pytest
from support import start

@pytest.fixture(scope="module")
def shop(context_services_factory, request):
    return context_services_factory.create(request)

@pytest.fixture
def client(shop):
    return lambda key: start(shop, contact_key=key)

def test_first(client):
    assert client("first") == 201

def test_fails(client):
    assert client("second") == 201
    assert False

def test_does_not_use_it():
    assert False

def test_fails_without_a_request(client):
    assert False
"""


def test_failure_shows_what_the_wider_world_was_asked_since_the_test_began(
    run: RunPytest, server: str
) -> None:
    result = run(FAILING, f"--context-services-url={server}")
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*_ test_fails _*",
            "*- Context Services, world test_it.shop-*, of the fixture shop -*",
            "[#]2 POST /genesys/1/cs/services/start -> 201 start_service",
            "*_ test_fails_without_a_request _*",
            "*- Context Services, world test_it.shop-*, of the fixture shop -*",
            "This world received no requests since this test began.",
        ]
    )
    text = result.stdout.str()
    assert "#1 POST" not in text
    assert text.count("of the fixture shop") == 2
    kept = [name for name in Server(server).worlds() if name.startswith("test_it.shop-")]
    assert len(kept) == 1, "a world of a failure is kept for a look"
    Server(server).world(kept[0]).delete()


TWICE = """
import pytest

@pytest.fixture(scope="session", params=["a", "b"])
def shop(context_services_factory, request):
    return context_services_factory.create(request)

def test_it(shop):
    with open("seen", "a") as seen:
        seen.write(shop.name + "\\n")

def test_again(shop):
    assert shop.requests() == []
"""


def test_fixture_with_parameters_has_a_world_for_each(
    project: pytest.Pytester, run: RunPytest
) -> None:
    run(TWICE).assert_outcomes(passed=4)
    assert len(set((project.path / "seen").read_text().split())) == 2


NAMED = """
def test_it(context_services, worker_id):
    assert context_services.name == f"ci-1234-{worker_id}"
"""


def test_run_has_a_name_in_the_names_of_worlds(
    project: pytest.Pytester, run: RunPytest, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makeini("[pytest]\ncontext_services_world = ci-{run}-{worker}\n")
    url = f"--context-services-url={server}"
    run(NAMED, url, "--context-services-run=1234").assert_outcomes(passed=1)
    monkeypatch.setenv("CS_SIMULATOR_RUN", "1234")
    run(NAMED, url, "-n", "1").assert_outcomes(passed=1)
    assert not [name for name in Server(server).worlds() if name.startswith("ci-")]


def test_two_runs_at_once_on_one_server_never_meet(project: pytest.Pytester, server: str) -> None:
    source = """
    import pathlib, time
    from support import start

    def test_it(context_services):
        here = pathlib.Path("there")
        mine = here / context_services.name
        mine.touch()
        while len(list(here.iterdir())) < 4:
            time.sleep(0.01)
        assert start(context_services) == 201
        context_services.verify(on="start_service", count=1)
    """
    (project.path / "there").mkdir()
    project.makepyfile(test_it=source)
    project.makeini("[pytest]\ncontext_services_world = sut-{run}-{worker}\n")
    options = ("-q", "-n", "2", "--dist=each", f"--context-services-url={server}")
    command = [sys.executable, "-m", "pytest", *options]
    runs = [subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE) for _ in range(2)]
    for process in runs:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    assert len({path.name for path in (project.path / "there").iterdir()}) == 4
