"""One simulated world in this process, and a client of it."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from werkzeug.datastructures import Headers

from cs_simulator.app import Simulator, create_app
from cs_simulator.clock import WorldClock
from cs_simulator.config import MIB, Settings
from cs_simulator.documents.values import Moment, Span
from cs_simulator.domain.store import Store
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader
from cs_simulator.worlds import ServedWorld, Worlds
from tests.support.wsgi import asked

NOW = "2026-01-05T09:00:00.000Z"
"""When a test takes place, unless it moves the clock."""
HTTP_NOW = "Mon, 05 Jan 2026 09:00:00 GMT"
BASE = "/genesys/1/cs"
EXCEPTIONS = "com.genesyslab.gsg.services.contextservices.exceptions"

FIRST_SERVICE = 4294967297
FIRST_STATE = 1001
FIRST_TASK = 500001

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What came back for one request."""

    status: int
    headers: Headers
    raw: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.raw)

    @property
    def hint(self) -> str:
        """The hints, or nothing."""
        return self.headers.get("X-Simulator-Hint", "")

    @property
    def location(self) -> str:
        """The Location, as it stands in the header."""
        return self.headers["Location"]

    @property
    def message(self) -> str:
        """The message of an error in the form of 8.5."""
        assert list(self.json) == ["message", "exception"]
        return str(self.json["message"])

    def refused(self, status: int = 400) -> str:
        """Check that the request was refused with a status; return the message."""
        assert self.status == status, self.raw
        assert self.headers["Content-Type"] == "application/json"
        return self.message

    def ok(self, status: int = 200) -> ApiResponse:
        """Check the status of a reply that carries nothing."""
        assert (self.status, self.raw) == (status, b"")
        assert "Content-Type" not in self.headers
        return self

    def shows(self) -> Any:
        """Check that a query went well; return what it shows."""
        assert self.status == 200, self.raw
        assert self.headers["Content-Type"] == "application/json"
        return self.json


_NUMBERS = count(1)


def worlds_that_leave() -> Worlds:
    """Return the worlds of a server that frees in steps what they leave."""
    loader = ScenarioLoader(Catalogue([shipped_folder()]))
    made = Worlds(loader.load("empty"), loader=loader)
    made.leftovers.is_open = True
    return made


def _activated(world: ServedWorld, scenario: LoadedScenario) -> ServedWorld:
    world.activate(scenario)
    return world


@lru_cache
def _application(max_body: int, import_dir: Path | None) -> Simulator:
    return create_app(
        Worlds(LoadedScenario("none")), Settings(max_body=max_body, import_dir=import_dir)
    )


class Simulation:
    """One world, its frozen clock, and a client of edition 8.5.

    Each has a world of its own in an application that is shared, and the world goes with it.
    """

    def __init__(
        self, document: Document, *, max_body: int = MIB, import_dir: Path | None = None
    ) -> None:
        catalogue = Catalogue([shipped_folder()])
        scenario = ScenarioLoader(catalogue).build(
            catalogue.resolve({"clock": {"time": NOW, "mode": "frozen"}, **document}, "test"),
            "test",
            "test",
        )
        app = _application(max_body, import_dir)
        self._app = app
        self._name = f"w{next(_NUMBERS)}"
        self.world = app.worlds.set_up(self._name, lambda world: _activated(world, scenario))
        weakref.finalize(self, app.worlds.drop, self._name)

    # Requests

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        base: str = f"{BASE}/",
    ) -> ApiResponse:
        """Send a request; ``body`` becomes JSON, ``raw`` goes as it is, ``path`` not decoded."""
        sent = dict(headers or {})
        if not f"{base}{path}".startswith("/_world/"):
            sent.setdefault("X-Simulator-World", self._name)
        if raw is None and body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        answered = asked(self._app, method, f"{base}{path}", raw, sent)
        return ApiResponse(answered.status, answered.headers, answered.body)

    def get(self, path: str, **more: Any) -> ApiResponse:
        """Send a GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> ApiResponse:
        """Send a POST."""
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: object = None, **more: Any) -> ApiResponse:
        """Send a PUT."""
        return self.request("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> ApiResponse:
        """Send a DELETE."""
        return self.request("DELETE", path, **more)

    # Beginnings

    def service(self, **members: Any) -> Any:
        """Start a service, of contact key K unless said otherwise; return its id."""
        if "customer_id" not in members and "contact_key" not in members:
            members["contact_key"] = "K"
        return self._started("services/start", members)["service_id"]

    def state(self, service: object, **members: Any) -> int:
        """Start a state; return its id."""
        state_id: int = self._started(f"services/{service}/states/start", members)["state_id"]
        return state_id

    def task(self, service: object, **members: Any) -> int:
        """Start a task; return its id."""
        task_id: int = self._started(f"services/{service}/tasks/start", members)["task_id"]
        return task_id

    def _started(self, path: str, members: Mapping[str, Any]) -> Any:
        answer = self.post(path, members)
        assert answer.status == 201, answer.raw
        return answer.json

    def end(self, path: str, **members: Any) -> None:
        """End what a path names."""
        self.post(f"{path}/end", members).ok(204)

    def everything(self, service: object) -> Any:
        """Return a service with all its states, tasks and attached data."""
        flags = "active_states=true&completed_states=true&active_tasks=true&completed_tasks=true"
        return self.get(f"services/{service}?{flags}&extensions=*").shows()

    def exists(self, service: object) -> bool:
        """Tell whether there is such a service."""
        return self.get(f"services/{service}").status == 200

    # The world

    def advance(self, span: str) -> None:
        """Let time pass: a span such as ``2h``."""
        self.world.clock = WorldClock("frozen", self.world.clock.now() + Span()(span))

    def set_clock(self, moment: str) -> None:
        """Set the clock."""
        self.world.clock = WorldClock("frozen", Moment()(moment))

    def dump(self) -> Sequence[object]:
        """Return all that is stored, its order in the indexes and the ids to come included."""
        stores = [_dump(store) for store in self.world._stores.values()]
        return [stores, list(self.world._profiles), self.world._ids.counters]

    def statuses(self) -> list[tuple[str, int | None]]:
        """Return the state and the status of every request so far."""
        return [(entry.state, entry.status) for entry in self.world.journal.entries()]


def _dump(store: Store) -> Sequence[object]:
    numbers = [service.number for service in store.services()]
    return [
        list(store.services()),
        [list(store.states(number).values()) for number in numbers],
        [list(store.tasks(number).values()) for number in numbers],
        *(
            list(index)
            for index in (
                store._by_customer,
                store._by_contact,
                store._by_start,
                store._by_completion,
                store._due,
            )
        ),
    ]
