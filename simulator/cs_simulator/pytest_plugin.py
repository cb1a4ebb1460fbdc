"""The pytest plugin: a simulator for a test run, and a world of its own for each test.

In a run that does not use it this module is all that is imported, and nothing is started.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from cs_simulator.client import Server, World
    from cs_simulator.testing.session import Session
    from cs_simulator.testing.worlds import Lent

T = TypeVar("T")

_SESSION: pytest.StashKey[Session] = pytest.StashKey()
_LENT: pytest.StashKey[Lent] = pytest.StashKey()
_FAILED: pytest.StashKey[bool] = pytest.StashKey()
_REPORTED: pytest.StashKey[bool] = pytest.StashKey()

MARKERS = (
    "context_services_scenario(name, path or document): begin the test's world with this scenario",
    "context_services_world(name): use the world of this name, which is reset before the test",
)
OPTIONS = (
    ("url", "URL", "use the simulator that runs there, not one of this run; CS_SIMULATOR_URL"),
    ("token", "TOKEN", "the control token of the simulator; CS_SIMULATOR_CONTROL_TOKEN"),
    ("world", "NAME", "give every test the world of this name, reset; {worker} is xdist's worker"),
    ("scenario", "NAME|FILE", "what every world begins with, unless its test says otherwise"),
    ("scenario_dir", "DIR", "a folder of scenarios beside those that ship"),
    ("options", "WORDS", "more options for cs-simulator serve"),
)
IN_INI = ("world", "scenario", "scenario_dir", "options")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and the settings of the ini file."""
    group = parser.getgroup("context services")
    for name, metavar, text in OPTIONS:
        option = f"--context-services-{name}".replace("_", "-")
        group.addoption(option, metavar=metavar, help=text)
        if name in IN_INI:
            parser.addini(f"context_services_{name}", text, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers; refuse options that contradict each other."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if any(config.getoption(f"context_services_{name}") is not None for name, *_ in OPTIONS):
        _session(config)


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
    """Return what this process of the run holds."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        from cs_simulator.testing.session import Session

        session = config.stash[_SESSION] = Session(config)
    return session


def _or_fail(do: Callable[[], T]) -> T:
    """Return what a function does; where the simulator cannot, fail with its words alone."""
    from cs_simulator.client import SimulatorError

    try:
        return do()
    except (SimulatorError, pytest.UsageError) as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)


@pytest.fixture(scope="session")
def context_services_server(pytestconfig: pytest.Config) -> Server:
    """Give the simulator of this run: started here, or named by ``--context-services-url``."""
    return _or_fail(lambda: _session(pytestconfig).server())


@pytest.fixture
def context_services(request: pytest.FixtureRequest, context_services_server: Server) -> World:
    """Give a world of the test's own, which begins with the scenario that its marker names.

    It is dropped when the test has passed, and kept when it has failed.
    """
    from cs_simulator.testing.worlds import lend

    session = _session(request.config)
    lent = _or_fail(lambda: lend(request.node, session, context_services_server))
    stash = request.node.stash
    stash[_LENT], stash[_FAILED], stash[_REPORTED] = lent, False, False
    return lent.world


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Drop the world of a test that has passed, after everything that might still use it."""
    result = yield
    lent = item.stash.get(_LENT, None)
    if lent is not None and not item.stash[_FAILED]:
        from cs_simulator.testing.worlds import take_back

        _or_fail(lambda: take_back(lent))
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the test's world was asked."""
    report = yield
    lent = item.stash.get(_LENT, None)
    if lent is not None and report.failed:
        item.stash[_FAILED] = True
        if not item.stash[_REPORTED]:
            from cs_simulator.testing.report import report_of

            item.stash[_REPORTED] = True
            title = f"Context Services, world {lent.world.name}"
            report.sections.append((title, report_of(lent.world)))
    return report
