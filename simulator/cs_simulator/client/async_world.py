"""The same worlds for tests that run in an event loop: each call is awaited.

Each call runs the method of the blocking class in a thread, so results and errors are the same. It
works with asyncio and trio, and so with anyio, and imports none of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from cs_simulator.client.loops import in_thread
from cs_simulator.client.server import Server
from cs_simulator.client.values import instance, missing
from cs_simulator.client.world import World

if TYPE_CHECKING:
    import os
    from typing import Self

P = ParamSpec("P")
T = TypeVar("T")
Owner = TypeVar("Owner")

__tracebackhide__ = True  # pytest then shows the line of the test


class Awaited(Generic[Owner, P, T]):
    """A method of a blocking class as a coroutine method."""

    def __init__(self, blocking: Callable[Concatenate[Owner, P], T]) -> None:
        self.blocking = blocking
        self.__doc__ = blocking.__doc__

    @overload
    def __get__(self, holder: None, kind: type) -> Self: ...

    @overload
    def __get__(self, holder: object, kind: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, holder: Any, kind: type) -> Any:
        if holder is None:
            return self
        blocking, owner = self.blocking, holder.blocking

        @functools.wraps(blocking)
        async def call(*args: P.args, **named: P.kwargs) -> T:
            __tracebackhide__ = True
            # Looked up by name, since the owner may be of a subclass.
            return await in_thread(lambda: getattr(owner, blocking.__name__)(*args, **named))

        return call


class AsyncWorld:
    """A world of a server, with the methods of :class:`World` as coroutines.

    Addresses such as ``base_url`` need no call to the server and are not awaited.
    """

    def __init__(self, blocking: World) -> None:
        instance(blocking, World, "AsyncWorld()", "AsyncServer(url).world(name)")
        self.blocking = blocking
        """The same world for code that blocks."""

    def __repr__(self) -> str:
        return f"Async{self.blocking!r}"

    if not TYPE_CHECKING:  # a type checker knows all attributes

        def __getattr__(self, name):
            raise missing(self, "AsyncWorld", name)

    @property
    def name(self) -> str:
        """The name of the world."""
        return self.blocking.name

    @property
    def prefix(self) -> str:
        """What the paths of the world begin with."""
        return self.blocking.prefix

    @property
    def root_url(self) -> str:
        """The URL of this world, below which everything is found as on a server of its own."""
        return self.blocking.root_url

    @property
    def base_url(self) -> str:
        """The base URL of edition 8.5: what a system under test is configured with."""
        return self.blocking.base_url

    @property
    def base_url_81(self) -> str:
        """The base URL of edition 8.1."""
        return self.blocking.base_url_81

    create = Awaited(World.create)
    describe = Awaited(World.describe)
    delete = Awaited(World.delete)
    reset = Awaited(World.reset)
    load_scenario = Awaited(World.load_scenario)
    restore_scenario = Awaited(World.restore_scenario)
    scenario = Awaited(World.scenario)
    rewind = Awaited(World.rewind)
    difference = Awaited(World.difference)
    report = Awaited(World.report)
    report_data = Awaited(World.report_data)
    snapshot = Awaited(World.snapshot)
    snapshot_yaml = Awaited(World.snapshot_yaml)
    add_fault = Awaited(World.add_fault)
    replace_fault = Awaited(World.replace_fault)
    faults = Awaited(World.faults)
    get_fault = Awaited(World.get_fault)
    remove_fault = Awaited(World.remove_fault)
    remove_faults = Awaited(World.remove_faults)
    stage = Awaited(World.stage)
    enter_stage = Awaited(World.enter_stage)
    next_stage = Awaited(World.next_stage)
    clock = Awaited(World.clock)
    set_clock = Awaited(World.set_clock)
    freeze_clock = Awaited(World.freeze_clock)
    advance_clock = Awaited(World.advance_clock)
    requests = Awaited(World.requests)
    requests_page = Awaited(World.requests_page)
    request = Awaited(World.request)
    clear_requests = Awaited(World.clear_requests)
    verify = Awaited(World.verify)
    verification = Awaited(World.verification)
    judge = Awaited(World.judge)
    judgement = Awaited(World.judgement)
    explain = Awaited(World.explain)
    explain_request = Awaited(World.explain_request)
    openapi = Awaited(World.openapi)
    exports = Awaited(World.exports)
    export = Awaited(World.export)


class AsyncServer:
    """A running simulator, with the methods of :class:`Server` as coroutines.

    It takes the arguments of :class:`Server`, or an existing one.
    """

    def __init__(self, server: Server | str, token: str | None = None) -> None:
        if isinstance(server, str):
            server = Server(server, token)
        instance(server, Server, "AsyncServer()", "its URL, or a Server")
        self.blocking = server
        """The same server for code that blocks."""

    def __repr__(self) -> str:
        return f"Async{self.blocking!r}"

    if not TYPE_CHECKING:  # a type checker knows all attributes

        def __getattr__(self, name):
            raise missing(self, "AsyncServer", name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the idle connections; the next call opens a new one."""
        self.blocking.close()

    @property
    def url(self) -> str:
        """The URL of the server."""
        return self.blocking.url

    def world(self, name: str = "default", folder: str | os.PathLike[str] = "") -> AsyncWorld:
        """Return a handle of a world, which need not exist yet."""
        return AsyncWorld(self.blocking.world(name, folder))

    health = Awaited(Server.health)
    metrics = Awaited(Server.metrics)
    worlds = Awaited(Server.worlds)
    delete_worlds = Awaited(Server.delete_worlds)
    scenarios = Awaited(Server.scenarios)
    scenario = Awaited(Server.scenario)
    check_scenario = Awaited(Server.check_scenario)
    schema = Awaited(Server.schema)
    reload_scenarios = Awaited(Server.reload_scenarios)
    operations = Awaited(Server.operations)
    control_openapi = Awaited(Server.control_openapi)
