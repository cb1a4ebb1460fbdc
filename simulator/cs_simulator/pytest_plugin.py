"""The pytest plugin: a simulator for a test run, and worlds of it for tests.

In a run that does not use it, only this module is imported, and nothing is started.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cs_simulator.client import AsyncWorld, Server, World
    from cs_simulator.testing.factory import WorldFactory
    from cs_simulator.testing.session import Session
    from cs_simulator.testing.strict import Watch
    from cs_simulator.testing.worlds import Lender

_SESSION: pytest.StashKey[Session] = pytest.StashKey()
_ITEM: pytest.StashKey[pytest.Item] = pytest.StashKey()
_IS_REPORTED: pytest.StashKey[bool] = pytest.StashKey()
_NO_SERVER: pytest.StashKey[BaseException] = pytest.StashKey()
_IS_TOLD: pytest.StashKey[bool] = pytest.StashKey()
_HAS_WORLD: pytest.StashKey[bool | None] = pytest.StashKey()

MARKERS = (
    "context_services_scenario(name, path or document): start the test's world with this scenario",
    "scenario(name, path or document): the same, where nobody else has a marker of this name",
    "context_services_world(name): use the world of this name, which is reset before the test",
    "context_services_drills(*names): run the test against each drill, or against those named",
    "context_services_strict(on=True, allow=[]): fail on unexpected problems in the test's world",
)
OPTIONS = (
    ("url", "URL", "URL of a running simulator to use instead of starting one; CS_SIMULATOR_URL"),
    ("token", "TOKEN", "control token of the simulator; CS_SIMULATOR_CONTROL_TOKEN"),
    (
        "world",
        "NAME",
        (
            "use the world of this name, reset before every "
            "test; {worker} is the xdist worker, {run} the test run"
        ),
    ),
    ("run", "NAME", "text that replaces {run}; default CS_SIMULATOR_RUN, else random for each run"),
    ("scenario", "NAME|FILE", "scenario for every world, unless the test sets its own"),
    ("scenario_dir", "DIR", "folder with your own scenarios, in addition to the bundled ones"),
    ("options", "WORDS", "more options for cs-simulator serve"),
    ("keep", "N", "how many worlds of failed tests to keep, newest first; 0 for none"),
    ("report", "DIR", "write a report of each failed test, one file of HTML, to this folder"),
    ("strict", "", "fail tests on problems in their worlds that they did not expect"),
)
IN_INI = ("world", "scenario", "scenario_dir", "options", "keep", "report", "strict")
FIXTURES = frozenset(
    {
        "async_context_services",
        "context_services",
        "context_services_factory",
        "context_services_server",
    }
)


class ContextServicesWarning(pytest.PytestWarning):
    """Something that a test tells this plugin has no effect."""


# Options, settings and the session


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options and ini settings."""
    group = parser.getgroup("context services")
    for name, metavar, text in OPTIONS:
        option = f"--context-services-{name}".replace("_", "-")
        if metavar:
            group.addoption(option, metavar=metavar, help=text)
        else:
            group.addoption(option, action="store_true", default=None, help=text)
        if name in IN_INI:
            if metavar:
                parser.addini(f"context_services_{name}", text, default="")
            else:
                parser.addini(f"context_services_{name}", text, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers; reject contradictory options."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if any(config.getoption(f"context_services_{name}") is not None for name, *_ in OPTIONS):
        _session(config)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the server in the background while the first tests run, if any test will need it."""
    if session.config.option.collectonly or session.testsfailed:
        return
    if any(not FIXTURES.isdisjoint(getattr(item, "fixturenames", ())) for item in session.items):
        _session(session.config).prepare()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server of this run."""
    session = config.stash.get(_SESSION, None)
    if session is not None:
        session.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where it gets its server."""
    _session(node.config).hand_over(node)


def _session(config: pytest.Config) -> Session:
    """Return the session of this process."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        from cs_simulator.testing.session import Session

        session = config.stash[_SESSION] = Session(config)
    return session


def _lender(config: pytest.Config) -> Lender | None:
    """Return the lender of worlds, or None if no test has asked for one yet."""
    session = config.stash.get(_SESSION, None)
    return None if session is None else session.lender


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with the marker for drills once for each drill."""
    mark = metafunc.definition.get_closest_marker("context_services_drills")
    if mark is None:
        return
    from cs_simulator.client.drills import DRILLS, drill_named

    if "context_services_drill" not in metafunc.fixturenames:
        metafunc.fixturenames.append("context_services_drill")
    drills = [
        pytest.param(name, marks=pytest.mark.context_services_scenario(name), id=name)
        for name in map(drill_named, mark.args or DRILLS)
    ]
    metafunc.parametrize("context_services_drill", drills, indirect=True)


# Fixtures


@pytest.fixture
def context_services_drill(request: pytest.FixtureRequest) -> str:
    """Return the name of the drill that a test marked ``context_services_drills`` runs against."""
    name: str | None = getattr(request, "param", None)
    if name is None:
        pytest.fail("no drill; mark the test with context_services_drills", pytrace=False)
    return name


@pytest.fixture(scope="session")
def context_services_server(pytestconfig: pytest.Config) -> Server:
    """Return the simulator of this run: started here, or given by ``--context-services-url``."""
    from cs_simulator.testing.failures import ToldFailure, or_fail

    try:
        return or_fail(_session(pytestconfig).server)
    except ToldFailure as failure:
        # Every test that needs the server fails with this; only the first gets the full reason.
        pytestconfig.stash[_NO_SERVER], pytestconfig.stash[_IS_TOLD] = failure, False
        raise


@pytest.fixture(scope="session")
def context_services_factory(
    pytestconfig: pytest.Config, context_services_server: Server
) -> WorldFactory:
    """Return a factory of worlds for a class, a module, a package or the session."""
    from cs_simulator.testing.factory import WorldFactory

    lender = _lending(pytestconfig, context_services_server)
    return WorldFactory(lender, lambda: pytestconfig.stash[_ITEM])


@pytest.fixture
def context_services(request: pytest.FixtureRequest, context_services_server: Server) -> World:
    """Return a world for this test only, which begins with the scenario in its marker.

    It is deleted after the test passed; after a failure, it may be kept for inspection.
    """
    from cs_simulator.testing.failures import or_fail

    lender = _lending(request.config, context_services_server)
    return or_fail(lambda: lender.lend_test(request.node))


@pytest.fixture
def async_context_services(context_services: World) -> AsyncWorld:
    """Return the test's world with methods to be awaited."""
    from cs_simulator.client import AsyncWorld

    return AsyncWorld(context_services)


def _lending(config: pytest.Config, server: Server) -> Lender:
    session = _session(config)
    if session.lender is None:
        from cs_simulator.testing.worlds import Lender

        session.lender = Lender(session, server)
    return session.lender


# During a test


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Reset the worlds of wider scopes that need it, before anything else happens in the test."""
    item.config.stash[_ITEM] = item
    item.stash[_IS_REPORTED], item.stash[_HAS_WORLD] = False, None
    lender = _lender(item.config)
    if lender is not None:
        from cs_simulator.testing.failures import or_fail

        or_fail(lambda: lender.prepare(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a strict test for errors in its worlds that it did not expect."""
    watch = _watch(item)
    try:
        result = yield
    finally:
        lender = _lender(item.config)
        item.stash[_HAS_WORLD] = lender is not None and bool(lender.used_by(item))
    watch = watch or _watch(item)  # the test may have asked for its world only now
    if watch is not None:
        from cs_simulator.testing.failures import ToldFailure, or_fail

        trouble = or_fail(watch.finish)
        if trouble is not None:
            raise ToldFailure(trouble)
    return result


def _watch(item: pytest.Item) -> Watch | None:
    """Return the collector of errors in a test's worlds, or None if it is not strict."""
    lender = _lender(item.config)
    if lender is None:
        return None
    from cs_simulator.testing.failures import or_fail

    return or_fail(lambda: lender.watch(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Delete the world of a passed test, after everything that might still use it."""
    result = yield
    lender = _lender(item.config)
    if item.own_markers and item.stash.get(_HAS_WORLD, None) is False:
        _warn_of_markers(item)
    if lender is not None:
        from cs_simulator.testing.failures import or_fail

        or_fail(lambda: lender.take_back(item))
    return result


def _warn_of_markers(item: pytest.Item) -> None:
    """Warn about our markers on a test that has no world."""
    names = [mark.name for mark in item.own_markers if mark.name.startswith("context_services_")]
    if names:
        item.warn(
            ContextServicesWarning(
                f"{' and '.join(names)}: no effect, because the test uses no world; "
                "add the fixture context_services"
            )
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Begin the world of a test early; release that of a failure after everything was reported."""
    lender = _lender(item.config)
    if lender is not None:
        lender.begin_ahead(item)
    result = yield
    lender = _lender(item.config)
    if lender is not None:
        lender.settle(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failure the reason, and the requests that the test's worlds received."""
    report = yield
    session = item.config.stash.get(_SESSION, None)
    if session is None or not report.failed or call.excinfo is None:
        return report
    from cs_simulator.testing.report import add_journals, put_reason_first, shorten

    error = call.excinfo.value
    put_reason_first(report, error)
    if error is item.config.stash.get(_NO_SERVER, None):
        if item.config.stash[_IS_TOLD]:
            shorten(report, error)
        item.config.stash[_IS_TOLD] = True
    if session.lender is not None:
        lents = session.lender.note_failure(item)
        if not item.stash[_IS_REPORTED]:
            item.stash[_IS_REPORTED] = True
            files = {}
            if session.settings.report is not None:
                from cs_simulator.testing.files import write_reports

                files = write_reports(session.settings.report, item, report, lents)
            add_journals(report, lents, files)
    return report
