"""A whole server: its health, its worlds, its catalogue."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from cs_simulator.client.errors import ArgumentError
from cs_simulator.client.files import is_path
from cs_simulator.client.responses import Checked, Health, NamedScenario, Operation, Reloaded
from cs_simulator.client.transport import PATIENCE, Transport
from cs_simulator.client.values import missing, segment, shown
from cs_simulator.client.world import World

W = TypeVar("W", bound=World)

__tracebackhide__ = True  # pytest then shows the line of the test


class Server:
    """A running simulator.

    The first call checks that ``url`` is a simulator with the right API. ``token`` is the value of
    the server's ``--control-token``. ``timeout`` is in seconds. ``post_mortem`` is called when
    nothing answers, and returns what is known about the end of the server.

    Every method may raise a :exc:`cs_simulator.client.SimulatorError`: most often
    :exc:`~cs_simulator.client.ControlError`, with the server's own words.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        timeout: float = PATIENCE,
        post_mortem: Callable[[], str | None] | None = None,
    ) -> None:
        self._transport = Transport(url, token, timeout, post_mortem)

    def __repr__(self) -> str:
        return f"Server({self.url!r})"

    if not TYPE_CHECKING:  # a type checker knows all attributes

        def __getattr__(self, name):
            raise missing(self, "Server", name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the idle connections; the next call opens a new one."""
        self._transport.close()

    @property
    def url(self) -> str:
        """The URL of the server."""
        return self._transport.url

    def health(self) -> Health:
        """Return the health of the server."""
        return self._transport.health()

    @overload
    def world(self, name: str = "default", folder: str | os.PathLike[str] = "") -> World: ...

    @overload
    def world(self, name: str, folder: str | os.PathLike[str], kind: type[W]) -> W: ...

    def world(
        self,
        name: str = "default",
        folder: str | os.PathLike[str] = "",
        kind: type[World] = World,
    ) -> World:
        """Return a handle of a world, which need not exist yet.

        Relative names of scenario files are resolved in ``folder``. ``kind`` is the class of the
        handle, for subclasses of :class:`World`.
        """
        return kind(self._transport, name, folder)

    def worlds(self) -> list[str]:
        """Return the names of all worlds."""
        return self._transport.json("GET", "/_control/worlds")["worlds"]

    def delete_worlds(self) -> list[str]:
        """Drop all worlds; return their names."""
        return self._transport.json("DELETE", "/_control/worlds")["deleted"]

    def scenarios(self) -> list[str]:
        """Return the names in the catalogue."""
        return self._transport.json("GET", "/_control/scenarios")["scenarios"]

    def scenario(self, name: str) -> NamedScenario:
        """Return a scenario of the catalogue, with its fault rules."""
        path = f"/_control/scenarios/{segment(name, 'a scenario')}"
        return self._transport.json("GET", path)

    def check_scenario(self, scenario: str | Mapping[str, Any]) -> Checked:
        """Check a document, or a scenario of the catalogue by name, without changing anything."""
        is_known = isinstance(scenario, (str, Mapping))
        if not is_known or (isinstance(scenario, str) and is_path(scenario)):
            raise ArgumentError(
                "check_scenario() expected a document or a name of the catalogue, found "
                f"{shown(scenario)}; for a file use cs-simulator check"
            )
        body = {"name": scenario} if isinstance(scenario, str) else dict(scenario)
        return self._transport.json("POST", "/_control/scenarios/check", body)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of scenarios."""
        return self._transport.json("GET", "/_control/schema")

    def reload_scenarios(self) -> Reloaded:
        """Read the files of the catalogue again; worlds use the changes after a reset."""
        return self._transport.json("POST", "/_control/scenarios/reload")

    def metrics(self) -> str:
        """Return the server's metrics, in the text format of OpenMetrics."""
        return self._transport.text("GET", "/_control/metrics")

    def operations(self) -> list[Operation]:
        """Return all operations of the server."""
        return self._transport.json("GET", "/_control/operations")["operations"]

    def control_openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of the control API."""
        return self._transport.json("GET", "/_control/control.json")
