"""The simulator as a Flask application, for a test client or a WSGI server of one's own.

WSGI has no way to a connection: a rule that breaks one shows the whole response here, a delay
blocks the thread, and event streams are rejected. ``cs-simulator serve`` does all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cs_simulator.app import Simulator, create_app
from cs_simulator.routing import PathFlask
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.worlds import Worlds

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from flask import Flask

    from cs_simulator.config import Settings


class _SimulatorFlask(PathFlask):
    """A Flask application whose requests a simulator answers."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__("cs_simulator")
        self.simulator = simulator

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request from a WSGI server."""
        if "REQUEST_URI" not in environ:
            environ = {**environ, "REQUEST_URI": environ.get("RAW_URI") or _target(environ)}
        return self.simulator(environ, start_response)


def flask_app(
    scenario: str = "empty",
    *,
    scenario_dir: Path | None = None,
    settings: Settings | None = None,
) -> Flask:
    """Return a Flask application that serves a scenario, by its name or the path of its file.

    Raises :class:`cs_simulator.documents.problems.DocumentError` if the scenario is not valid.
    """
    folders = [shipped_folder(), *([scenario_dir] if scenario_dir is not None else [])]
    loader = ScenarioLoader(Catalogue(folders))
    return _SimulatorFlask(create_app(Worlds(loader.load(scenario), loader=loader), settings))


def _target(environ: WSGIEnvironment) -> str:
    """Return the target of a request from a server that only tells its decoded path."""
    path = quote(environ.get("PATH_INFO", "/"), encoding="latin-1")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
