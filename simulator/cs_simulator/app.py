"""The application: worlds, the API and the control API put together.

One request goes from :meth:`Simulator.handle` along its route, in the world that it names, to
:meth:`cs_simulator.api.pipeline.Pipeline.perform`, or to the control API, which Flask routes. Both
are imported with the first request that is not answered early.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, overload

from cs_simulator import __version__, control
from cs_simulator.api.arrival import (
    FAULT_HEADER,
    WAY,
    WORLD_HEADER,
    Address,
    Received,
    Way,
    address,
    arrive,
    environ_of,
    is_probe,
    received,
)
from cs_simulator.api.judging import RequestContext
from cs_simulator.api.outcome import HeldResponse, Later, Outcome, waited
from cs_simulator.api.pipeline import Pipeline, refuse
from cs_simulator.api.routes import Route, route_of
from cs_simulator.clock import format_http_date, stopwatch, system_time
from cs_simulator.config import Settings
from cs_simulator.control import front
from cs_simulator.control.front import (
    NEVER_STORED,
    EarlyControl,
    EarlyResponse,
    is_control,
    json_body,
    may_lead,
    way_to_console,
)
from cs_simulator.domain.errors import InjectedFault
from cs_simulator.faults.verdict import UNROUTED
from cs_simulator.journal.entries import status_shown
from cs_simulator.lines import status_line
from cs_simulator.meter import Meter
from cs_simulator.worlds import ServedWorld, TooManyWorldsError, WorldNameError, Worlds

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from cs_simulator.api.forwarding import Forwarding
    from cs_simulator.faults.waiting import End
    from cs_simulator.log import Log

log = logging.getLogger("cs_simulator")

SERVER_NAME = f"ContextServicesSimulator/{__version__}"

LARGE_BODY = 32_768
"""Bytes of a body that are read in a few milliseconds, whatever they are; more may take longer."""

LONG_RULE = 1_000
"""Characters of a rule in a header that are read in a millisecond or two."""


class Simulator:
    """The application of one server; a WSGI server may serve it too."""

    def __init__(self, worlds: Worlds, settings: Settings) -> None:
        self.worlds = worlds
        self.settings = settings
        self.instance = worlds.feed.instance
        self.meter = Meter()
        self.log: Log | None = None
        """The access log, once there is a server."""
        self.control_terms = front.ControlTerms(
            settings.control_token,
            settings.max_control_body,
            frozenset(name.lower() for name in (*settings.allow_hosts, *settings.hosts)),
            settings.mask,
            all(_is_loopback(host) for host in settings.hosts),
        )
        self._early = EarlyControl(
            worlds, self.control_terms, front.ServerHealth(worlds, self.instance, stopwatch())
        )
        self._control_headers = (*NEVER_STORED, ("X-Simulator-Instance", self.instance))
        """Headers of every response of the control API; for servers behind a shared proxy also the
        server's name.
        """
        self._forwarding: Forwarding | None = None
        if settings.trust_forwarded:
            from cs_simulator.api.forwarding import Forwarding

            self._forwarding = Forwarding(settings.trust_forwarded)
        self._control_app: control.ControlApp | None = None
        self._making_control = Lock()
        self.pipeline = Pipeline(
            settings.max_body, settings.import_dir, guards=settings.control_token is not None
        )

    @overload
    def handle(
        self, request: Received, where: Address, *, at_once: Literal[False] = False
    ) -> Outcome | HeldResponse: ...

    @overload
    def handle(
        self, request: Received, where: Address, *, at_once: bool
    ) -> Outcome | HeldResponse | Later: ...

    def handle(
        self, request: Received, where: Address, *, at_once: bool = False
    ) -> Outcome | HeldResponse | Later:
        """Answer a request; with ``at_once``, only if it takes neither long nor a world's lock."""
        request = self._believed(request)
        if not may_lead(request, where):
            return self._handled(request, where, at_once=at_once)
        page = way_to_console(request, where)
        if page is not None:
            return led(page)
        result = self._handled(request, where, at_once=at_once)
        # What comes of a request to the API says so itself, in its journal too.
        if isinstance(result, Later) or not is_control(where.target.path):
            return result
        return _varying(result)

    def _handled(
        self, request: Received, where: Address, *, at_once: bool
    ) -> Outcome | HeldResponse | Later:
        if is_control(where.target.path):
            return self._controlled(request, where, at_once=at_once)
        if is_probe(request.method, where):
            return probed(request, where)
        return self._in_named_world(request, where, at_once=at_once)

    def refuses(self, head: Received, where: Address) -> bool:
        """Tell whether a request can be rejected by its head, before its body is read."""
        if not is_control(where.target.path):
            return False
        if way_to_console(head, where) is not None:
            return False
        return front.access_problem(self.control_terms, self._believed(head), where) is not None

    def _believed(self, request: Received) -> Received:
        """Return a request as its client sent it, as far as its proxy is trusted."""
        return request if self._forwarding is None else self._forwarding.taken(request)

    def _in_named_world(
        self, request: Received, where: Address, *, at_once: bool
    ) -> Outcome | HeldResponse | Later:
        """Take a request to the API through the world that it names."""
        name = where.name
        try:
            if where.other is not None:
                raise WorldNameError(
                    f"The path names world {name}, but the header X-Simulator-World names "
                    f"{where.other}; send only one"
                )
            if at_once and self.worlds.takes_long_to_make(name):
                return Later.SLOW
            world = self.worlds.enter(name)
        except (WorldNameError, TooManyWorldsError) as error:
            status = 400 if isinstance(error, WorldNameError) else 503
            world = self.worlds.default
            context = RequestContext(arrive(request, where.target, world.scenario), world)
            context.varies = may_lead(request, where)
            return self._noted(context, refuse(context, InjectedFault(status, str(error))))
        if not at_once:
            return self._through(world, request, where)
        if not world.lock.acquire(blocking=False):
            self.worlds.leave(world)
            return Later.FREE
        try:
            return self._through(world, request, where, at_once=True)
        finally:
            world.lock.release()

    def _through(
        self, world: ServedWorld, request: Received, where: Address, *, at_once: bool = False
    ) -> Outcome | HeldResponse | Later:
        context = RequestContext(arrive(request, where.target, world.scenario, where.prefix), world)
        context.varies = may_lead(request, where)
        result: Outcome | HeldResponse
        try:
            route = route_of(context.arrival)
            if at_once and _may_take_long(request, route, world):
                self.worlds.leave(world)
                return Later.SLOW
            result = self.pipeline.perform(context, route)
        except Exception:  # noqa: BLE001 - the client gets a response and the log a trace
            result = self.pipeline.internal_error(context)
        return self._settled(context, result)

    def _settled(
        self, context: RequestContext, result: Outcome | HeldResponse
    ) -> Outcome | HeldResponse:
        """Keep the world of a request in use while its response is held back."""
        if isinstance(result, Outcome):
            self.worlds.leave(context.world)
            return self._noted(context, result)
        return result._replace(
            resume=lambda end: self._settled(context, result.resume(end)),
            refuse=lambda why: self._settled(context, result.refuse(why)),
        )

    def _noted(self, context: RequestContext, outcome: Outcome) -> Outcome:
        """Count the outcome of a request, and write its log line."""
        entry = context.entry
        operation = UNROUTED if entry is None else entry.operation
        status = outcome.status if entry is None else status_shown(entry)
        self.meter.note(operation, status, stopwatch() - context.begun)
        if self.log is not None:
            self.log.completed(context, outcome.status)
        return outcome

    def _controlled(
        self, request: Received, where: Address, *, at_once: bool
    ) -> Outcome | HeldResponse | Later:
        """Answer early, or pass a request to the control API, which is a separate application."""
        path = where.target.path
        started = stopwatch()
        early = self._early.response(request, where)
        if early is not None:
            return self._early_outcome(request, where, early, started)
        if not at_once:
            return self._asked(self._control(), Way(request, where))
        if self._control_app is None or self._control_app.is_slow(request, path):
            return Later.SLOW
        if len(request.body) > LARGE_BODY or self.worlds.takes_long_to_make(where.name):
            return Later.SLOW
        world = self.worlds.there_is(where.name)
        if world is None:
            return self._asked(self._control_app, Way(request, where))
        if world.is_large:
            return Later.SLOW
        if not world.lock.acquire(blocking=False):
            return Later.FREE
        try:
            return self._asked(self._control_app, Way(request, where))
        finally:
            world.lock.release()

    def _early_outcome(
        self, request: Received, where: Address, early: EarlyResponse, started: float
    ) -> Outcome:
        agent = request.headers.get("HTTP_USER_AGENT", "")
        body = json_body(early.members, agent).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        return self._control_outcome(Way(request, where), early.status, headers, body, started)

    def _asked(self, application: WSGIApplication, way: Way) -> Outcome | HeldResponse:
        """Return the response of a WSGI application, after any waiting."""
        started = stopwatch()
        environ = environ_of(way.request, way.address)
        environ[WAY] = way
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            head[:] = [int(status[:3]), headers]

        body = b"".join(application(environ, start_response))
        if way.wait is not None:
            wait, way.wait = way.wait, None
            return HeldResponse(
                wait,
                way.seconds,
                lambda end: self._asked_again(application, way, end, None),
                lambda why: self._asked_again(application, way, "cancelled", why),
                is_slow=True,
            )
        status, headers = head
        return self._control_outcome(way, status, headers, body, started)

    def _control_outcome(
        self, way: Way, status: int, headers: list[tuple[str, str]], body: bytes, started: float
    ) -> Outcome:
        """Write the log line of a control request, and return its outcome."""
        if self.log is not None and self.log.shows_control:
            milliseconds = round((stopwatch() - started) * 1000, 3)
            self.log.controlled(way.request.method, way.address.target.path, status, milliseconds)
        if way.stream is not None:
            # It has no length; the end of the connection ends it.
            headers = [header for header in headers if header[0] != "Content-Length"]
        return Outcome(status, (*headers, *self._control_headers), body, stream=way.stream)

    def _asked_again(
        self,
        application: WSGIApplication,
        way: Way,
        end: End,
        why: str | None,
    ) -> Outcome | HeldResponse:
        way.end, way.crowded = end, why
        return self._asked(application, way)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request from a WSGI server; a held-back response blocks the thread."""
        where = address(environ["REQUEST_URI"], environ.get(WORLD_HEADER))
        most = self.settings.max_body
        if is_control(where.target.path):
            most = self.settings.max_control_body
        outcome = waited(self.handle(received(environ, most), where), self.worlds.waiting)
        if outcome.stream is not None:
            self.worlds.waiting.leave(outcome.stream.wait)
            outcome = _without_loop()
        start_response(status_line(outcome.status), list(outcome.headers))
        return [outcome.body] if outcome.body and environ["REQUEST_METHOD"] != "HEAD" else []

    def _control(self) -> control.ControlApp:
        """Return the application of the control API; it is created at the first use."""
        if self._control_app is None:
            with self._making_control:
                if self._control_app is None:
                    asked = control.Control(
                        self.worlds,
                        self.control_terms,
                        self.meter,
                        self.instance,
                        control.Streams(self.worlds, self.control_terms.token),
                        self._early.health,
                    )
                    self._control_app = control.ControlApp(asked)
        return self._control_app


def _may_take_long(request: Received, route: Route, world: ServedWorld) -> bool:
    """Tell whether a request to the API may keep the loop's thread for long."""
    return (
        route.is_slow
        or len(request.body) > LARGE_BODY
        or len(request.headers.get(FAULT_HEADER, "")) > LONG_RULE
        or world.may_take_long(route.operation_for(request.method), route.args)
        # A rule may advance the clock, and then whatever there is may expire.
        or ((world.has_rules or FAULT_HEADER in request.headers) and world.is_large)
    )


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _without_loop() -> Outcome:
    """Reject a stream if the request is run by another server than ours."""
    detail = "Event streams need the simulator's own server: cs-simulator serve"
    members = {"title": "No event streams here", "status": 501, "detail": detail}
    body = json.dumps(members).encode("ascii")
    length = ("Content-Length", str(len(body)))
    return Outcome(501, (("Content-Type", "application/problem+json"), length), body)


def create_app(worlds: Worlds, settings: Settings | None = None) -> Simulator:
    """Return the application that serves some worlds."""
    return Simulator(worlds, settings or Settings())


def _varying(result: Outcome | HeldResponse) -> Outcome | HeldResponse:
    """Return a response with the header ``Vary: Accept``."""
    if isinstance(result, Outcome):
        return result._replace(headers=(*result.headers, ("Vary", "Accept")))
    return result._replace(
        resume=lambda end: _varying(result.resume(end)),
        refuse=lambda why: _varying(result.refuse(why)),
    )


def led(page: str) -> Outcome:
    """Redirect a browser to a page; the request is not in the journal, and rules do not see it."""
    headers = (
        ("Location", page),
        ("Vary", "Accept"),
        ("Cache-Control", "no-store"),
        ("Content-Length", "0"),
        ("Date", format_http_date(system_time())),
    )
    return Outcome(303, headers, b"")


def probed(request: Received, where: Address) -> Outcome:
    """Answer a health check; the request is not in the journal, and rules do not see it."""
    log.debug("a probe, %s %s: answered 204", request.method, where.target.path)
    headers = [
        ("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
        ("Date", format_http_date(system_time())),
    ]
    if may_lead(request, where):
        headers.append(("Vary", "Accept"))
    return Outcome(204, tuple(headers), b"")
