"""The pytest plugin: its options, settings, markers and fixtures.

In a run that does not use it, only this module is imported, and nothing is started.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cs_simulator.client import AsyncWorld, Server, World
    from cs_simulator.testing.hooks import Hooks
    from cs_simulator.testing.session import Session
    from cs_simulator.testing.worlds import WorldFactory

_SESSION: pytest.StashKey[Session] = pytest.StashKey()
_HOOKS: pytest.StashKey[Hooks] = pytest.StashKey()
_ITEM: pytest.StashKey[pytest.Item] = pytest.StashKey()
_IS_CALLED: pytest.StashKey[bool] = pytest.StashKey()

MARKERS = (
    "context_services_scenario(name, path or document): start the test's world with this scenario",
    "scenario(name, path or document): the same, if no other plugin has a marker of this name",
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
            "use the world of this name, reset before every test; {worker} is the xdist worker, "
            "{run} the test run"
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


_SHOWING = ("collectonly", "showfixtures", "show_fixtures_per_test", "setupplan")
"""Options with which tests are collected, and none is run."""

_CHOOSING = (*_SHOWING, "keyword", "markexpr", "deselect", "lf", "stepwise")
"""Options that leave out collected tests."""


class ContextServicesWarning(pytest.PytestWarning):
    """Something that a test tells this plugin has no effect."""


class _NotRewritten:
    """An importer that keeps pytest from rewriting the modules of this package.

    pytest rewrites the asserts of every module of a distribution with a plugin. Here are none, and
    if no bytecode may be written, as in most containers, it compiles each module again in every
    run, which takes longer than all other work of the plugin before the first test.
    """

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        """Return the spec of a module of this package, or None for any other module."""
        if name.startswith("cs_simulator."):
            return PathFinder.find_spec(name, path, target)
        return None


sys.meta_path.insert(0, _NotRewritten)


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


def pytest_itemcollected(item: pytest.Item) -> None:
    """Start the server while the other tests are collected, if this one is sure to run."""
    config = item.config
    if _needs_server(item) and not _has_any(config, _CHOOSING):
        _session(config).prepare()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the server in the background while the first tests run, if any test will need it."""
    config = session.config
    is_run = not _has_any(config, _SHOWING) and (
        not session.testsfailed or config.option.continue_on_collection_errors
    )
    if is_run and any(map(_needs_server, session.items)):
        _session(config).prepare()
        _hooks(config)
    elif _SESSION in config.stash:
        # Another plugin has deselected the tests that need it, or a file cannot be imported.
        _session(config).dismiss()


def _has_any(config: pytest.Config, options: Sequence[str]) -> bool:
    return any(getattr(config.option, option, None) for option in options)


def _needs_server(item: pytest.Item) -> bool:
    return not FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


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


def _hooks(config: pytest.Config) -> Hooks:
    """Return the hooks of a run that uses a simulator; the first call registers them."""
    hooks = config.stash.get(_HOOKS, None)
    if hooks is None:
        from cs_simulator.testing.hooks import Hooks

        hooks = config.stash[_HOOKS] = Hooks(_session(config), config.stash.get(_ITEM, None))
        config.pluginmanager.register(hooks, "context_services_hooks")
    return hooks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with the marker for drills once for each drill."""
    mark = metafunc.definition.get_closest_marker("context_services_drills")
    if mark is None:
        return
    from cs_simulator.testing.markers import drills_of
    from cs_simulator.testing.report import or_fail

    if "context_services_drill" not in metafunc.fixturenames:
        metafunc.fixturenames.append("context_services_drill")
    drills = [
        pytest.param(name, marks=pytest.mark.context_services_scenario(name), id=name)
        for name in or_fail(lambda: drills_of(mark))
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
    return _hooks(pytestconfig).server()


@pytest.fixture(scope="session")
def context_services_factory(
    pytestconfig: pytest.Config, context_services_server: Server
) -> WorldFactory:
    """Return a factory of worlds for a class, a module, a package or the session."""
    return _hooks(pytestconfig).factory(context_services_server)


@pytest.fixture
def context_services(request: pytest.FixtureRequest, context_services_server: Server) -> World:
    """Return a world for this test only, which begins with the scenario in its marker.

    It is deleted after the test passed; after a failure, it may be kept for inspection.
    """
    return _hooks(request.config).world(request.node, context_services_server)


@pytest.fixture
def async_context_services(request: pytest.FixtureRequest, context_services: World) -> AsyncWorld:
    """Return the test's world with methods to be awaited."""
    return _hooks(request.config).async_world(context_services)


# During a test; the other hooks are in cs_simulator.testing.hooks


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember the current test, which may be the first to ask for a world."""
    item.config.stash[_ITEM] = item


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Remember that the test was called, and not skipped."""
    item.stash[_IS_CALLED] = True


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Warn about our markers on a test that has used no world."""
    if not item.own_markers or not item.stash.get(_IS_CALLED, False):
        return
    names = [mark.name for mark in item.own_markers if mark.name.startswith("context_services_")]
    hooks = item.config.stash.get(_HOOKS, None)
    if names and not (hooks is not None and hooks.has_world):
        warning = ContextServicesWarning(
            f"{' and '.join(names)}: no effect, because the test uses no world; "
            "add the fixture context_services"
        )
        with suppress(ContextServicesWarning):  # raised where warnings are errors
            item.warn(warning)
            return
        pytest.fail(str(warning), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failure the reason, and the requests that the test's worlds received.

    Not in the hooks that are registered later: they would run after those of a ``conftest.py``,
    which may want to save the whole report.
    """
    report = yield
    hooks = item.config.stash.get(_HOOKS, None)
    if hooks is not None and report.failed and call.excinfo is not None:
        hooks.add_to_report(report, item, call.excinfo.value)
    return report
