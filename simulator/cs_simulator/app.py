"""The application: worlds, the API and the control API put together.

One request goes from :meth:`Simulator.answer`, which finds its world, through Flask's routes to
:meth:`cs_simulator.api.pipeline.Pipeline.perform`, or from :meth:`Simulator.wsgi_app` to the
control API.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException

from cs_simulator import __version__
from cs_simulator.api.arrival import (
    WAY,
    WORLD_HEADER,
    Address,
    Received,
    Way,
    address,
    arrive,
    received,
)
from cs_simulator.api.judging import Passage
from cs_simulator.api.outcome import Held, Outcome, status_line, waited
from cs_simulator.api.paths import EntityId, Segment
from cs_simulator.api.pipeline import Pipeline, Work, refuse, route_of
from cs_simulator.config import Settings
from cs_simulator.control import front
from cs_simulator.control.addressing import is_control
from cs_simulator.domain.errors import InjectedFault
from cs_simulator.domain.store import Which
from cs_simulator.ids import new_instance
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import Operation
from cs_simulator.routing import PathFlask
from cs_simulator.worlds import DEFAULT, TooManyWorldsError, WorldNameError, Worlds

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from cs_simulator.log import Log

SERVER_NAME = f"ContextServicesSimulator/{__version__}"

_IDS = ("service_id", "state_id", "task_id")
_WHICH: tuple[Which, ...] = ("active", "completed")


class Simulator(PathFlask):
    """The application of one server; a WSGI server may serve it too."""

    def __init__(self, worlds: Worlds, settings: Settings) -> None:
        super().__init__("cs_simulator")
        self.worlds = worlds
        self.settings = settings
        self.instance = new_instance()
        self.log: Log | None = None
        """Where a line a request goes, once there is a server."""
        self.control_terms = front.Terms(settings.control_token, settings.max_control_body)
        self._control_app: PathFlask | None = None
        self._making_control = Lock()
        self.works: dict[str, Work] = {}
        """What the endpoints of the routes stand for."""
        self.pipeline = Pipeline(settings.max_body, settings.import_dir)
        self.url_map.converters["segment"] = Segment
        self.url_map.converters["id"] = EntityId

    def answer(self, request: Received, where: Address) -> Outcome | Held:
        """Take a request to the API through the world that it names."""
        name = DEFAULT if where.world is None else where.world
        try:
            if where.other is not None:
                raise WorldNameError(
                    f"The path names world {name}, the header X-Simulator-World {where.other}: "
                    "send one"
                )
            world = self.worlds.enter(name)
        except (WorldNameError, TooManyWorldsError) as error:
            status = 400 if isinstance(error, WorldNameError) else 503
            world = self.worlds.default
            passage = Passage(arrive(request, where.target, world.scenario), world)
            return self._noted(passage, refuse(passage, InjectedFault(status, str(error))))
        passage = Passage(arrive(request, where.target, world.scenario, where.prefix), world)
        try:
            route = route_of(self.url_map, self.works, passage.arrival)
            result = self.pipeline.perform(passage, route)
        except Exception:  # noqa: BLE001 - the client gets an answer and the log a trace
            result = self.pipeline.defect(passage)
        return self._settled(passage, result)

    def _settled(self, passage: Passage, result: Outcome | Held) -> Outcome | Held:
        """Keep the world of a request in use for as long as its response is held back."""
        if isinstance(result, Outcome):
            self.worlds.leave(passage.world)
            return self._noted(passage, result)
        return result._replace(
            resume=lambda end: self._settled(passage, result.resume(end)),
            refuse=lambda why: self._settled(passage, result.refuse(why)),
        )

    def _noted(self, passage: Passage, outcome: Outcome) -> Outcome:
        if self.log is not None:
            self.log.answered(passage, outcome.status)
        return outcome

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as a WSGI server has read it; what is held back holds its thread."""
        where = address(environ["REQUEST_URI"], environ.get(WORLD_HEADER))
        way: Way = environ.setdefault(WAY, Way())
        if is_control(where.target.path):
            way.address = where
            return self._controlled(where, environ, start_response)
        result = self.answer(received(environ, self.settings.max_body), where)
        outcome = waited(result, self.worlds.waiting, way.on_gone)
        way.plan = outcome.plan
        start_response(status_line(outcome.status), list(outcome.headers))
        return [outcome.body] if outcome.body and environ["REQUEST_METHOD"] != "HEAD" else []

    def _controlled(
        self, where: Address, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        target = where.target
        environ["SCRIPT_NAME"] = ""
        environ["PATH_INFO"] = target.path
        environ["QUERY_STRING"] = target.query
        if self.log is not None and self.log.shows_control:
            method = environ["REQUEST_METHOD"]
            start_response = self.log.controlled(method, target.path, start_response)
        if target.path == front.HEALTH:
            response: Iterable[bytes] = super().wsgi_app(environ, start_response)
            return response
        return self._control()(environ, start_response)

    def _control(self) -> PathFlask:
        """Return the application of the control API, made when it is first asked for."""
        if self._control_app is None:
            from cs_simulator.control.api import control_app  # a start does not pay for it

            with self._making_control:
                if self._control_app is None:
                    self._control_app = control_app(
                        self.worlds, self.control_terms, self.url_map, self.works
                    )
        return self._control_app


def create_app(worlds: Worlds, settings: Settings | None = None) -> Simulator:
    """Return the application that serves some worlds."""
    settings = settings or Settings()
    app = Simulator(worlds, settings)
    for operation in OPERATIONS:
        for edition in operation.editions:
            for template in operation.paths:
                _add_route(app, edition, operation, template)
    front.add_health(app, worlds, app.instance, app.control_terms)
    app.register_error_handler(HTTPException, front.on_http_error)
    app.register_error_handler(Exception, front.on_defect)
    return app


def _add_route(app: Simulator, edition: str, operation: Operation, template: str) -> None:
    last = template.rsplit("/", 1)[-1]
    which: Which = next((word for word in _WHICH if word == last), "all")
    endpoint = f"{edition} {operation.id} {template}".replace(".", "_")
    app.works[endpoint] = Work(operation, which)
    app.add_url_rule(
        f"/{edition}{_rule(template)}",
        endpoint=endpoint,
        methods=[operation.method],
        provide_automatic_options=False,
        strict_slashes=True,  # one slash at the end is gone by now, a second one is doubled
    )


def _rule(template: str) -> str:
    """Return a path template as Flask writes it."""
    segments = []
    for segment in template.split("/"):
        if segment.startswith("{"):
            name = segment[1:-1]
            segment = f"<{'id' if name in _IDS else 'segment'}:{name}>"
        segments.append(segment)
    return "/".join(segments)
