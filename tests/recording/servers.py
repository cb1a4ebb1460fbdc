"""Servers of any switches in this process, and random conversations with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from cs_simulator.api.arrival import Received, arrive, split_target
from cs_simulator.api.judging import RequestContext
from cs_simulator.api.outcome import Outcome
from cs_simulator.api.routes import route_of
from cs_simulator.app import Simulator, create_app
from cs_simulator.clock import system_time
from cs_simulator.har.exchanges import (
    Header,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.har.reading import Recording
from cs_simulator.recording.comparing import Source, prepared
from cs_simulator.recording.fitting import Fit, fit
from cs_simulator.recording.probe import Send
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.world import ServedWorld
from cs_simulator.worlds import Worlds

BASE = "http://h/genesys/1/cs"
BASE_81 = "http://h"
LOADER = ScenarioLoader(Catalogue([shipped_folder()]))


@cache
def application() -> Simulator:
    """Return an application; what is replayed, and every server here, has a world of its own."""
    return create_app(Worlds(LOADER.load("empty"), loader=LOADER))


class Server:
    """A server in this process; what is sent to it is recorded."""

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        resolved = LOADER.catalogue.resolve(dict(document or {}), "test")
        self.world = ServedWorld("test", LOADER.build(resolved, "test", "test"))
        self.exchanges: list[RecordedExchange] = []

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, number: int
    ) -> RecordedExchange:
        """Answer one request, and return the exchange."""
        target = f"/{url.split('://', 1)[1].partition('/')[2]}"
        named = {f"HTTP_{name.upper().replace('-', '_')}": headers[name] for name in headers}
        now = system_time()
        request = Received(method, target, named, body, "http://h")
        arrival = arrive(request, split_target(target), self.world.scenario)
        app = application()
        route = route_of(arrival)
        outcome = app.pipeline.perform(RequestContext(arrival, self.world), route)
        assert isinstance(outcome, Outcome)
        return RecordedExchange(
            number,
            now,
            0.5,
            RecordedRequest(method, url, _headers(headers.items()), body),
            RecordedResponse(outcome.status, _headers(outcome.headers), outcome.body),
        )

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request to edition 8.5, or to a whole URL; return what came back as data."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b""
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        url = path if "://" in path else f"{BASE}/{path}"
        exchange = self.send(method, url, sent, raw, len(self.exchanges) + 1)
        self.exchanges.append(exchange)
        response = exchange.response
        assert response is not None
        return json.loads(response.body) if response.body else None

    @property
    def recording(self) -> Recording:
        """What was sent so far."""
        return Recording("test", list(self.exchanges))


def _headers(pairs: Any) -> tuple[Header, ...]:
    return tuple(Header(name, value) for name, value in pairs)


def source(extends: str | None = None) -> Source:
    """Return what recordings are replayed with."""
    return Source(application(), LOADER, extends)


def fitted(*recordings: Recording, **more: Any) -> Fit:
    """Fit some recordings."""
    return fit(source(), [prepared(recording, **more) for recording in recordings])


class Chooser(Protocol):
    """What chooses at random."""

    def choice(self, seq: Sequence[Any], /) -> Any:
        """Return one of some things."""

    def randrange(self, start: int, stop: int, /) -> int:
        """Return a number."""


Sender = Send
Step = Callable[["Talk"], None]


class Talk:
    """A conversation whose requests are drawn at random."""

    def __init__(self, server: Server, chooser: Chooser) -> None:
        self.server = server
        self._one = chooser.choice
        self.services: list[Any] = [77]
        self.states: list[tuple[Any, Any]] = [(77, 24)]
        self.tasks: list[tuple[Any, Any]] = [(77, 3)]
        self.customers: list[str] = ["nobody"]

    def step(self) -> None:
        """Send one request of some kind."""
        kinds: Sequence[Step] = (
            Talk._start,
            Talk._start,
            Talk._start_state,
            Talk._start_task,
            Talk._end,
            Talk._end,
            Talk._see,
            Talk._see,
            Talk._see,
            Talk._composite,
            Talk._extension,
            Talk._associate,
            Talk._transition,
            Talk._profile,
            Talk._identify,
            Talk._lists,
            Talk._as_text,
            Talk._delete,
            Talk._old_edition,
        )
        self._one(kinds)(self)

    def _event(self, kind: str) -> dict[str, Any]:
        event: dict[str, Any] = {}
        for name, values in (
            (f"{kind}_type", (None, 1, "a", 1)),
            ("est_duration", (None, 5)),
            ("session_id", (None, None, "s", "s" * 33)),
            ("x", (None, {"a": 1}, 5)),
        ):
            value = self._one(values)
            if value is not None:
                event[name] = value
        if self._one((0, 0, 1)):
            event["gone"] = None
        return event

    def _start(self) -> None:
        owner = self._one(({"contact_key": "K"}, {"customer_id": "C"}, {}))
        answer = self.server.ask("POST", "services/start", {**owner, **self._event("service")})
        if "service_id" in answer:
            self.services.append(answer["service_id"])

    def _start_state(self) -> None:
        service = self._one(self.services)
        body = {**self._event("state"), **self._one(({}, {"previous_state_id": 9}))}
        answer = self.server.ask("POST", f"services/{service}/states/start", body)
        if "state_id" in answer:
            self.states.append((service, answer["state_id"]))

    def _start_task(self) -> None:
        service, state = self._one(self.states)
        service = self._one((service, service, self._one(self.services)))
        body = {**self._event("task"), **self._one(({}, {"state_id": state}))}
        answer = self.server.ask("POST", f"services/{service}/tasks/start", body)
        if "task_id" in answer:
            self.tasks.append((service, answer["task_id"]))

    def _any_path(self) -> str:
        service, state = self._one(self.states)
        owner, task = self._one(self.tasks)
        paths = (
            f"services/{self._one(self.services)}",
            f"services/{service}/states/{state}",
            f"services/{owner}/tasks/{task}",
        )
        path: str = self._one(paths)
        return path

    def _end(self) -> None:
        body = self._one(
            (None, {}, {"disposition": 1}, {"disposition_desc": "d" * 65}, {"x": None, "y": 1})
        )
        self.server.ask("POST", f"{self._any_path()}/end", body)

    def _see(self) -> None:
        flags = "active_states=true&completed_states=true&active_tasks=true&completed_tasks=true"
        query = self._one(("", "?extensions=*", f"?{flags}&extensions=*"))
        self.server.ask("GET", f"{self._any_path()}{query}")

    def _composite(self) -> None:
        element: dict[str, Any] = {
            "service": {"contact_key": "K", **self._event("service")},
            "state": self._event("state"),
        }
        if self._one((0, 1)):
            element["task"] = {**self._event("task"), **self._one(({}, {"state_id": 24}))}
        answer = self.server.ask("POST", "services_composite/start", {"services": [element]})
        for made in answer.get("services", ()):
            service = made["service"]["service_id"]
            self.services.append(service)
            self.states.append((service, made["state"]["state_id"]))
            if "task" in made:
                self.tasks.append((service, made["task"]["task_id"]))

    def _extension(self) -> None:
        path = f"{self._any_path()}/extensions/{self._one(('x', 'y'))}"
        body = self._one(({"a": 2, "b": 2}, None, 7))
        if self._one((0, 1)):
            self.server.ask("PUT", f"{path}/merge", body)
        else:
            self.server.ask("PUT", path, body)

    def _associate(self) -> None:
        service = self._one(self.services)
        self.server.ask("POST", f"customers/C/services/{service}", self._one((None, {"x": 2})))

    def _transition(self) -> None:
        service, state = self._one(self.states)
        body = {"from": {"state_id": state}, "to": self._one(({}, {"state_type": 1}))}
        answer = self.server.ask("POST", f"services/{service}/states/transition", body)
        if "state_id" in answer:
            self.states.append((service, answer["state_id"]))

    def _profile(self) -> None:
        body: dict[str, Any] = {"LastName": self._one(("A", "B"))}
        if self._one((0, 1)):
            body["customer_id"] = self._one(("own", "other"))
        answer = self.server.ask("POST", "profiles", body)
        if "customer_id" in answer:
            self.customers.append(answer["customer_id"])

    def _identify(self) -> None:
        customer = self._one(self.customers)
        method = self._one(("GET", "GET", "DELETE"))
        paths = (f"profiles/{customer}", "profiles?LastName=A", "profiles?LastName=Nobody")
        path = self._one(paths)
        self.server.ask(method if "?" not in path else "GET", path)

    def _lists(self) -> None:
        service = self._one(self.services)
        paths = (
            "services/anonymous/K?extensions=*",
            "customers/C/services/active",
            f"services/{service}/states/completed?extensions=*",
            f"services/{service}/tasks/active",
        )
        self.server.ask("GET", self._one(paths))

    def _as_text(self) -> None:
        body = {"contact_key": "K", "service_type": 1}
        answer = self.server.ask("POST", "services/start", body, Content_Type="text/plain")
        if "service_id" in answer:
            self.services.append(answer["service_id"])

    def _delete(self) -> None:
        self.server.ask("DELETE", f"services/{self._one(self.services)}")

    def _old_edition(self) -> None:
        if self._one((0, 1)):
            body = {"contact_key": "K", "service_type": 1}
            answer = self.server.ask("POST", f"{BASE_81}/services/start", body)
            self.services.append(
                int(answer["service_id"])
                if str(answer["service_id"]).isdigit()
                else answer["service_id"]
            )
        else:
            self.server.ask("GET", f"{BASE_81}/services/{self._one(self.services)}")
