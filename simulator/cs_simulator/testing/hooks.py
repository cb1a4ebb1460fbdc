"""The hooks around each test, from its setup to its report.

They are registered when a run first needs a simulator; a run that needs none calls none of them.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from cs_simulator.client import AsyncWorld, Server, World
from cs_simulator.testing.report import (
    ExplainedFailure,
    add_journals,
    or_fail,
    put_reason_first,
    shorten,
    write_reports,
)
from cs_simulator.testing.server import server_of
from cs_simulator.testing.worlds import Lender, WorldFactory

if TYPE_CHECKING:
    from cs_simulator.testing.session import Session
    from cs_simulator.testing.strict import Watch

__tracebackhide__ = True  # pytest then shows where an error that passes a hook came from


class Hooks:
    """The part of the plugin for runs that use a simulator: fixtures, hooks and failure reports."""

    def __init__(self, session: Session, item: pytest.Item | None) -> None:
        self._session = session
        self._lender: Lender | None = None
        self._item = item
        """The current test."""
        self.has_world = False
        """Whether the current test has used a world."""
        self._is_reported = False
        """Whether its failure already shows its worlds."""
        self._no_server: ExplainedFailure | None = None
        """The reason why there is no server. Every test that needs one fails with it."""
        self._has_said_why = False
        """Whether a failure already shows that reason."""

    # For the fixtures

    def server(self) -> Server:
        """Return the server of the run, or fail with the reason why it did not start."""
        try:
            return or_fail(lambda: server_of(self._session))
        except ExplainedFailure as failure:
            self._no_server = failure
            raise

    def lender(self, server: Server) -> Lender:
        """Return the lender of the server's worlds."""
        if self._lender is None:
            self._lender = Lender(self._session, server)
        return self._lender

    def factory(self, server: Server) -> WorldFactory:
        """Return the factory of worlds of wider scopes."""
        return WorldFactory(self.lender(server), lambda: self._item)

    def world(self, item: pytest.Item, server: Server) -> World:
        """Return the world of a test."""
        lender = self.lender(server)
        return or_fail(lambda: lender.lend_test(item))

    def async_world(self, world: World) -> AsyncWorld:
        """Return a world with methods to be awaited."""
        return AsyncWorld(world)

    # For a failure

    def add_to_report(
        self, report: pytest.TestReport, item: pytest.Item, error: BaseException
    ) -> None:
        """Add to a failure the reason, and the requests that the test's worlds received."""
        self._add_reason(report, error)
        self._add_worlds(report, item)

    def _add_reason(self, report: pytest.TestReport, error: BaseException) -> None:
        put_reason_first(report, error)
        if error is self._no_server:
            if self._has_said_why:
                shorten(report, error)
            self._has_said_why = True

    def _add_worlds(self, report: pytest.TestReport, item: pytest.Item) -> None:
        if self._lender is None:
            return
        lents = self._lender.note_failure(item)
        if self._is_reported:
            return
        self._is_reported = True
        files = {}
        if self._session.settings.report is not None:
            files = write_reports(self._session.settings.report, item, report, lents)
        add_journals(report, lents, files, self._lender.astray(lents))

    # Hooks

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Begin the world of a test early; release that of a failure after its report."""
        self._settle()  # the test before, where this was registered in the middle of it
        if self._lender is not None:
            self._lender.begin_ahead(item)
        result = yield
        self._settle()
        return result

    def _settle(self) -> None:
        item, self._item = self._item, None
        if self._lender is not None and item is not None:
            self._lender.settle(item)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Reset the worlds of wider scopes that need it, before anything else happens."""
        self._item, self.has_world, self._is_reported = item, False, False
        lender = self._lender
        if lender is not None:
            or_fail(lambda: lender.prepare(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Fail a strict test for errors in its worlds that it did not expect."""
        watch = self._watch(item)
        try:
            result = yield
        finally:
            self.has_world = self._lender is not None and bool(self._lender.used_by(item))
        watch = watch or self._watch(item)  # a test may have asked for its world only now
        if watch is not None:
            trouble = or_fail(watch.finish)
            if trouble is not None:
                raise ExplainedFailure(trouble)
        return result

    def _watch(self, item: pytest.Item) -> Watch | None:
        """Return the collector of errors in a test's worlds, or None if it is not strict."""
        lender = self._lender
        return None if lender is None else or_fail(lambda: lender.watch(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Delete the world of a passed test, after everything that might still use it."""
        result = yield
        lender = self._lender
        if lender is not None:
            or_fail(lambda: lender.take_back(item))
        return result

    def pytest_unconfigure(self) -> None:
        """Close the connections to the server."""
        if self._lender is not None:
            self._lender.close()
