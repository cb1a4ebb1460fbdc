"""A server's application in this process, asked as a client asks it."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.routing import Rule

from cs_simulator.api.arrival import Received, address
from cs_simulator.app import create_app
from cs_simulator.config import Settings
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.worlds import Worlds
from tests.support.control import check
from tests.support.responses import Response
from tests.support.wsgi import asked

FROZEN = "clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}\n"
BASE = "/genesys/1/cs"


class App:
    """One application; a path that begins with a slash is that of the root."""

    def __init__(self, document: str = FROZEN, **settings: Any) -> None:
        loader = ScenarioLoader(Catalogue([shipped_folder()]))
        scenario = loader.load_text(document, "s.yaml", "s")
        limits = {name: settings.pop(name) for name in ("max_worlds", "idle") if name in settings}
        self.worlds = Worlds(scenario, loader=loader, **limits)
        self._app = create_app(self.worlds, Settings(**settings))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Send a request; what is no bytes goes as JSON."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        found = asked(self._app, method, path, data, sent)
        response = Response(found.status, dict(found.headers), found.body)
        check(method, path, response.status, response.headers, response.body)
        return response

    def at_once(self, method: str, path: str, body: Any = None) -> Any:
        """Return what the loop gets for a request: an outcome, or why it hands it over."""
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"CONTENT_TYPE": "application/json"} if data else {}
        request = Received(method, path, headers, data, "http://localhost")
        return self._app.handle(request, address(path, None), at_once=True)

    def get(self, path: str, **headers: str) -> Response:
        """GET."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        """POST."""
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Response:
        """PUT."""
        return self.ask("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Response:
        """DELETE."""
        return self.ask("DELETE", path, **headers)

    def routes(self) -> list[Rule]:
        """Return the routes of the control API."""
        return list(self._app._control().url_map.iter_rules())

    def start(self, world: str = "", key: str = "a", **members: Any) -> Response:
        """Start a service in a world."""
        prefix = f"/_world/{world}" if world else ""
        return self.post(f"{prefix}{BASE}/services/start", {"contact_key": key, **members})
