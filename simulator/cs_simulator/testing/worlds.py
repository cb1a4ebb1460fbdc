"""The worlds that tests use: each is lent for a scope, and taken back afterwards."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cs_simulator.client import ControlError, Server, SimulatorError, World
from cs_simulator.client.files import is_path
from cs_simulator.clock import stopwatch
from cs_simulator.ids import digest
from cs_simulator.testing.markers import STRICT, scenario_of, strictness_of, world_of
from cs_simulator.testing.report import ExplainedFailure, or_fail
from cs_simulator.testing.server import whole_scenario
from cs_simulator.testing.strict import Watch
from cs_simulator.testing.watched import WatchedWorld

if TYPE_CHECKING:
    from cs_simulator.client.responses import Entry
    from cs_simulator.client.transport import Promise
    from cs_simulator.client.world import ScenarioLike
    from cs_simulator.testing.session import Session

FIXTURE = "context_services"
"""The fixture that lends a test its own world."""

EMPTY = "empty"
"""The default scenario of a world, on any server."""

_MOST_ASTRAY = 5
_LONGEST = 64
_GROUPED = ("loadgroup", "loadfile", "loadscope")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")

__tracebackhide__ = True  # pytest then shows the line of the test

Node = pytest.Item | pytest.Collector


class Lent:
    """A world that tests use while its borrower exists."""

    __slots__ = (
        "fixture",
        "has_failed",
        "is_own",
        "is_reset",
        "node",
        "scenario",
        "world",
    )

    def __init__(self, world: WatchedWorld, node: Node, fixture: str, *, is_own: bool) -> None:
        self.world = world
        self.node = node
        """The test, class, module, package or session that borrowed it."""
        self.fixture = fixture
        """The fixture by which tests get it; empty for the world of a single test."""
        self.is_own = is_own
        """Whether nobody else uses it, so that it is deleted afterwards."""
        self.is_reset = False
        """Whether it is reset before each test."""
        self.scenario: Any = None
        self.has_failed = False

    def is_used_by(self, item: pytest.Item) -> bool:
        """Tell whether a test may use it."""
        return self.node is item or (
            self.fixture in getattr(item, "fixturenames", ()) and self.node in item.listchain()
        )


class WorldAhead(NamedTuple):
    """A world that a test will ask for, and that the server is already creating."""

    lent: Lent
    promise: Promise


class Lender:
    """Lend the worlds of one process of a test run."""

    def __init__(self, session: Session, server: Server) -> None:
        self._session = session
        self._server = server
        self._lent: list[Lent] = []
        self._kept: deque[WatchedWorld] = deque()
        self._ahead: WorldAhead | None = None
        self._wholes: dict[tuple[Path, int], bytes] = {}
        self._begun = stopwatch()
        """When the current test began."""
        self._gone: WatchedWorld | None = None
        """The last released world; its deletion is sent with the next request."""

    def begin_ahead(self, item: pytest.Item) -> None:
        """Create the world of a test while pytest prepares the test, if that is safe.

        This is possible with a scenario of the catalogue; a file may be written by a fixture.
        """
        if not self._has_begun_ahead(item):
            self._send_left()

    def _whole(self, path: Path) -> bytes:
        """Return a scenario file merged with what it extends; cached until the file changes."""
        key = (path.resolve(), path.stat().st_mtime_ns)
        if key not in self._wholes:
            self._wholes[key] = whole_scenario(path, self._session.settings)
        return self._wholes[key]

    def _send_left(self) -> None:
        """Delete released worlds now, instead of with the next request."""
        gone, self._gone = self._gone, None
        if gone is not None:
            gone.send_left()

    def _has_begun_ahead(self, item: pytest.Item) -> bool:
        if FIXTURE not in getattr(item, "fixturenames", ()) or self._session.settings.world:
            return False
        try:
            if world_of(item) is not None:
                return False
            scenario = self._beginning(scenario_of(item))
        except SimulatorError:
            return False  # the test gets the error in its set-up
        if scenario is not None and (not isinstance(scenario, str) or is_path(scenario)):
            return False
        lent = self._lend(item, item.name, "", None, is_for_all=False)
        promise = lent.world.begin_ahead(scenario)
        if promise is None:
            return False
        self._ahead = WorldAhead(lent, promise)
        return True

    def _begun_ahead(self, item: pytest.Item) -> Lent | None:
        """Return the world that was created ahead for a test, or None."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.lent.node is not item:
            return None
        return ahead.lent if ahead.lent.world.has_begun(ahead.promise) else None

    def _forget_ahead(self) -> None:
        """Release a world that was created ahead, and that its test did not ask for."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.promise.forget()
            self._part_with(ahead.lent.world)

    def lend_test(self, item: pytest.Item) -> World:
        """Return the world of a test at its beginning."""
        begun = self._begun_ahead(item)
        if begun is not None:
            self._lent.append(begun)
            return begun.world
        marked = world_of(item)
        name = marked or self._session.settings.world
        lent = self._lend(item, item.name, "", name, is_for_all=marked is None)
        self._begin(lent, scenario_of(item))
        return lent.world

    def lend(
        self,
        item: pytest.Item | None,
        request: pytest.FixtureRequest,
        scenario: Any,
        name: str | None,
        *,
        reset: bool,
    ) -> World:
        """Return a world at its beginning, for the scope of the fixture in a request."""
        node, fixture = request.node, request.fixturename or ""
        lent = self._lend(node, fixture or node.name, fixture, name, is_for_all=True)
        lent.is_reset, lent.scenario = reset, scenario
        if not isinstance(node, pytest.Item):
            request.addfinalizer(lambda: or_fail(lambda: self._end(lent)))
        marked = scenario_of(item if reset and item is not None else node)
        self._begin(lent, marked if marked is not None else scenario)
        return lent.world

    def _lend(
        self, node: Node, what: str, fixture: str, name: str | None, *, is_for_all: bool
    ) -> Lent:
        """Record that a node uses a world from now on; it is not created yet."""
        if name is None:
            full = own_name(node, what, self._session)
        else:
            full = fixed_name(name, self._session, is_for_all=is_for_all)
        path = getattr(node, "path", None)
        folder = Path() if path is None else path if path.is_dir() else path.parent
        world = self._server.world(full, folder, WatchedWorld)
        world.whole = self._whole
        return Lent(world, node, fixture, is_own=name is None or is_of_this_run(name))

    def _begin(self, lent: Lent, scenario: Any) -> None:
        """Start a world, and list it as lent once that is done."""
        scenario = self._beginning(scenario)
        is_there = lent in self._lent
        while True:
            try:
                lent.world.create(scenario)
                break
            except ControlError as error:
                if error.status != 503:
                    raise
                self._make_room(error)
        if scenario is None and (is_there or not lent.is_own):
            lent.world.restore_scenario()  # it may have existed before
        lent.world.since = 0
        if not is_there:
            self._lent.append(lent)

    def _beginning(self, scenario: Any) -> Any:
        """Return the scenario that a world begins with, or None for the server's own."""
        if scenario is None and self._session.settings.url is not None:
            # A server started here begins with it; the scenario of another one is unknown.
            return self._session.settings.scenario or EMPTY
        return scenario

    def _make_room(self, error: ControlError) -> None:
        """Release the oldest kept world if the server is full."""
        if not self._kept:
            raise SimulatorError(
                f"{error}; this run keeps no worlds that could make room; raise "
                "--max-worlds of that server, or delete those "
                "of other runs with Server(...).delete_worlds()"
            ) from None
        self._part_with(self._kept.popleft())

    def close(self) -> None:
        """Close the connections to the server."""
        self._server.close()

    def note_failure(self, item: pytest.Item) -> list[Lent]:
        """Record that a test has failed; return the worlds that it used."""
        lents = self.used_by(item)
        for lent in lents:
            lent.has_failed = True
        return lents

    def astray(self, lents: Sequence[Lent]) -> list[Entry]:
        """Return the last requests to world default since a test began, if no test uses that world.

        On a server that the run did not start, somebody else may.
        """
        default = self._server.world()
        if self._session.settings.url is not None or any(
            lent.world.name == default.name for lent in (*lents, *self._lent)
        ):
            return []
        try:
            entries = default.requests(limit=_MOST_ASTRAY)
        except SimulatorError:
            return []  # the failure tells so
        # The server is on this machine, and so has the same stopwatch.
        return [entry for entry in entries if entry["arrived_ms"] >= self._begun * 1000]

    def used_by(self, item: pytest.Item) -> list[Lent]:
        """Return the worlds that a test uses, its own first."""
        return sorted(
            (lent for lent in self._lent if lent.is_used_by(item)),
            key=lambda lent: lent.node is not item,
        )

    def prepare(self, item: pytest.Item) -> None:
        """Reset worlds before a test if necessary; remember the position of the others."""
        self._begun = stopwatch()
        for lent in self.used_by(item):
            lent.world.expected.clear()
            if lent.node is item:
                self._let_go(lent)  # of an earlier attempt
            elif lent.is_reset:
                marked = scenario_of(item)
                self._begin(lent, marked if marked is not None else lent.scenario)
            else:
                entries = lent.world.requests(limit=1)
                lent.world.since = entries[-1]["id"] if entries else lent.world.since

    def watch(self, item: pytest.Item) -> Watch | None:
        """Return the collector of errors for a test, or None if it is not strict."""
        worlds = self.used_by(item)
        by_default = self._session.settings.strict
        if not worlds or not (by_default or item.get_closest_marker(STRICT)):
            return None
        strictness = strictness_of(item, by_default=by_default)
        return Watch(worlds, strictness) if strictness.is_on else None

    def take_back(self, item: pytest.Item) -> None:
        """Drop the worlds of a passed test."""
        for lent in self.used_by(item):
            if lent.node is item and not lent.has_failed:
                self._end(lent)

    def settle(self, item: pytest.Item) -> None:
        """Release the worlds of a failed test, after everything was reported."""
        with suppress(SimulatorError):  # if the server is gone, the next test reports it
            self._forget_ahead()
            for lent in self.used_by(item):
                if lent.node is item:
                    self._let_go(lent)

    def _end(self, lent: Lent) -> None:
        if lent.has_failed:
            self._let_go(lent)
        elif lent in self._lent:
            self._lent.remove(lent)
            if lent.is_own:
                self._part_with(lent.world)

    def _let_go(self, lent: Lent) -> None:
        """Keep the world of a failure, up to the limit; release the oldest."""
        self._lent.remove(lent)
        if not lent.is_own:
            return
        self._kept.append(lent.world)
        while len(self._kept) > self._session.keeps:
            self._part_with(self._kept.popleft())

    def _part_with(self, world: WatchedWorld) -> None:
        world.let_go()
        self._gone = world


class WorldFactory:
    """Create worlds for a class, a module, a package or the session.

    A fixture of that scope asks for one with its ``request``::

        @pytest.fixture(scope="module")
        def shop_services(context_services_factory, request):
            return context_services_factory.create(request, "demo")
    """

    def __init__(self, lender: Lender, current: Callable[[], pytest.Item | None]) -> None:
        self._lender = lender
        self._current = current

    def create(
        self,
        request: pytest.FixtureRequest,
        scenario: ScenarioLike | None = None,
        *,
        name: str | None = None,
        reset: bool = False,
    ) -> World:
        """Create a world that lasts as long as the fixture of ``request``.

        It begins with the scenario in a marker of the class or module, else with ``scenario``. With
        ``reset`` it is reset before each test that uses it, to the scenario in that test's marker;
        this is for a system under test that is started once. Give it a ``name`` if the system under
        test has to know the name beforehand; ``{worker}`` and ``{run}`` in it distinguish workers
        and runs.
        """
        if not isinstance(request, pytest.FixtureRequest):
            raise ExplainedFailure(
                "create() expected the request of the fixture that the world is for, found "
                f"{request!r}; use context_services_factory.create(request, ...)"
            )
        if scenario is not None and not isinstance(scenario, (str, os.PathLike, Mapping)):
            raise ExplainedFailure(
                f"create() expected a scenario as a name, a path or a document, found {scenario!r}"
            )
        if name is not None and not isinstance(name, str):
            raise ExplainedFailure(f"create() expected the name of a world as text, found {name!r}")
        if not isinstance(reset, bool):
            raise ExplainedFailure(f"create() expected reset as True or False, found {reset!r}")
        item = self._current()
        return or_fail(lambda: self._lender.lend(item, request, scenario, name, reset=reset))


def own_name(node: pytest.Item | pytest.Collector, what: str, session: Session) -> str:
    """Return a name that describes a world's purpose and is unique, even among other runs."""
    number = session.next_number()
    unique = digest(session.run, session.worker, node.nodeid, what, number).hex()[:8]
    path = getattr(node, "path", None)
    parts = [path.stem if path is not None and path.is_file() else "", what]
    words = ".".join(part for part in parts if part)
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", words).strip("-")
    return f"{readable[: _LONGEST - len(unique) - 1]}-{unique}"


def fixed_name(name: str, session: Session, *, is_for_all: bool) -> str:
    """Return a fixed name with its placeholders filled in.

    ``is_for_all`` means that the name does not come from a single test. Raises
    :exc:`SimulatorError` if several workers would use the world at the same time.
    """
    if session.shares and "{worker}" not in name:
        if is_for_all:
            raise SimulatorError(
                f"All xdist workers would share world {name}; run without -n, or put {{worker}} in "
                "the name (it becomes gw0, gw1, ...)"
            )
        if session.shares not in _GROUPED:
            raise SimulatorError(
                f"Tests on different workers could use world {name} at the same time; put "
                "{worker} in the name, or keep them on one worker with --dist loadgroup and "
                "xdist_group"
            )
    words = {"worker": session.worker, "run": session.run}
    for found in _PLACEHOLDER.finditer(name):
        if found[1] not in words:
            raise SimulatorError(
                f"{found[0]} in the world name {name} is not a placeholder; "
                "available: {worker}, {run}"
            )
    return _PLACEHOLDER.sub(lambda found: words[found[1]], name)


def is_of_this_run(name: str) -> bool:
    """Tell whether a fixed name contains what makes it unique to this run."""
    return "{run}" in name
