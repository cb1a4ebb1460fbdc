"""Worlds for fixtures of any scope."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from cs_simulator.testing.failures import ToldFailure, or_fail

if TYPE_CHECKING:
    from cs_simulator.client import World
    from cs_simulator.client.world import ScenarioLike
    from cs_simulator.testing.worlds import Lender

__tracebackhide__ = True  # pytest then shows the line of the test


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
            raise ToldFailure(
                "create() expected the request of the fixture that the world is for, found "
                f"{request!r}; use context_services_factory.create(request, ...)"
            )
        if scenario is not None and not isinstance(scenario, (str, os.PathLike, Mapping)):
            raise ToldFailure(
                f"create() expected a scenario as a name, a path or a document, found {scenario!r}"
            )
        if name is not None and not isinstance(name, str):
            raise ToldFailure(f"create() expected the name of a world as text, found {name!r}")
        if not isinstance(reset, bool):
            raise ToldFailure(f"create() expected reset as True or False, found {reset!r}")
        item = self._current()
        return or_fail(lambda: self._lender.lend(item, request, scenario, name, reset=reset))
