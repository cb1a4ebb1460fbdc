"""The application: worlds, the API and the control API put together.

One request goes from :meth:`Simulator.wsgi_app`, which splits its target, through Flask's routing
to :func:`cs_simulator.api.pipeline.perform` or to the control API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from cs_simulator import __version__
from cs_simulator.api.exchange import Exchange
from cs_simulator.api.operation import Operation
from cs_simulator.api.operations import OPERATIONS
from cs_simulator.api.paths import EntityId, Segment, split_target, split_world
from cs_simulator.api.pipeline import Pipeline, unknown_path, wrong_method
from cs_simulator.config import Settings
from cs_simulator.control import front
from cs_simulator.control.addressing import WORLD, Addressed, is_control
from cs_simulator.domain.errors import InjectedFault, MalformedPath
from cs_simulator.domain.store import Which
from cs_simulator.ids import new_instance
from cs_simulator.routing import PathFlask
from cs_simulator.worlds import DEFAULT, TooManyWorldsError, WorldNameError, Worlds

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from cs_simulator.log import Log

SERVER_NAME = f"ContextServicesSimulator/{__version__}"

_EXCHANGE = "cs_simulator.exchange"
_IDS = ("service_id", "state_id", "task_id")
_WHICH: tuple[Which, ...] = ("active", "completed")


class Simulator(PathFlask):
    """The WSGI application of one server."""

    def __init__(self, worlds: Worlds, settings: Settings) -> None:
        super().__init__("cs_simulator")
        self.worlds = worlds
        self.settings = settings
        self.instance = new_instance()
        self.log: Log | None = None
        """Where a line a request goes, once there is a server."""
        self.control_terms = front.Terms(settings.control_token, settings.max_document)
        self._control_app: PathFlask | None = None
        self._making_control = Lock()
        self.pipeline = Pipeline(settings.max_body, worlds.waiting, settings.import_dir)
        self.url_map.converters["segment"] = Segment
        self.url_map.converters["id"] = EntityId

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Route a request by its target as it was sent, before anything of it was decoded."""
        prefix, name, target = split_world(split_target(environ["REQUEST_URI"]))
        environ["SCRIPT_NAME"] = ""
        environ["PATH_INFO"] = target.path
        environ["QUERY_STRING"] = target.query
        header = environ.get("HTTP_X_SIMULATOR_WORLD")
        differ = name is not None and header is not None and name != header
        name = (header or DEFAULT) if name is None else name
        if is_control(target.path):
            environ[WORLD] = Addressed(name, prefix, header if differ else None)
            if self.log is not None and self.log.shows_control:
                method = environ["REQUEST_METHOD"]
                start_response = self.log.controlled(method, target.path, start_response)
            if target.path == front.HEALTH:
                return self._through_flask(environ, start_response)
            return self._control()(environ, start_response)
        try:
            if differ:
                raise WorldNameError(
                    f"The path names world {name}, the header X-Simulator-World {header}: send one"
                )
            world = self.worlds.enter(name)
        except (WorldNameError, TooManyWorldsError) as error:
            status = 400 if isinstance(error, WorldNameError) else 503
            exchange = Exchange(environ, target, self.worlds.default)
            response = exchange.send(exchange.refusal(InjectedFault(status, str(error))))
            if self.log is not None:
                self.log.answered(exchange)
            return response(environ, start_response)
        try:
            exchange = Exchange(environ, target, world, prefix)
            environ[_EXCHANGE] = exchange
            environ["PATH_INFO"] = f"/{exchange.edition.name}{exchange.path}"
            answer = self._through_flask(environ, start_response)
            if self.log is not None:
                self.log.answered(exchange)
            return answer
        finally:
            self.worlds.leave(world)

    def _through_flask(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        response: Iterable[bytes] = super().wsgi_app(environ, start_response)
        return response

    def _control(self) -> PathFlask:
        """Return the application of the control API, made when it is first asked for."""
        if self._control_app is None:
            from cs_simulator.control.api import control_app  # a start does not pay for it

            with self._making_control:
                if self._control_app is None:
                    self._control_app = control_app(self.worlds, self.control_terms, self.url_map)
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
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_defect)
    return app


def _add_route(app: Simulator, edition: str, operation: Operation, template: str) -> None:
    last = template.rsplit("/", 1)[-1]
    which: Which = next((word for word in _WHICH if word == last), "all")
    app.add_url_rule(
        f"/{edition}{_rule(template)}",
        endpoint=f"{edition} {operation.id} {template}".replace(".", "_"),
        view_func=_view(app.pipeline, operation, which),
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


def _view(pipeline: Pipeline, operation: Operation, which: Which) -> Callable[..., Response]:
    def view(**args: Any) -> Response:
        return pipeline.perform(request.environ[_EXCHANGE], operation, which, args)

    return view


def _on_http_error(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError):
        # What answers the other errors has failed: Flask asks here for an answer to that.
        return _on_defect(error)
    exchange: Exchange | None = request.environ.get(_EXCHANGE)
    if exchange is None:
        return front.on_http_error(error)
    pipeline = _simulator().pipeline
    if isinstance(error, NotFound):
        return pipeline.unrouted(exchange, unknown_path(exchange))
    if isinstance(error, MethodNotAllowed):
        allowed = error.valid_methods or ()
        if exchange.method == "OPTIONS":
            return pipeline.options(exchange, allowed)
        return pipeline.unrouted(exchange, wrong_method(exchange, allowed))
    # Nothing raises another one today; if it did, that would be answered in the API's form.
    refusal = MalformedPath(error.description or "The request cannot be read")  # pragma: no cover
    return pipeline.unrouted(exchange, refusal)  # pragma: no cover


def _on_defect(error: Exception) -> Response:
    exchange: Exchange | None = request.environ.get(_EXCHANGE)
    return front.on_defect(error) if exchange is None else _simulator().pipeline.defect(exchange)


def _simulator() -> Simulator:
    return cast("Simulator", current_app)
