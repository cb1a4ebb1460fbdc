"""The same methods, to be awaited: the loop goes on, and what is cancelled holds up nothing."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from cs_simulator.client import (
    AsyncServer,
    AsyncWorld,
    ControlError,
    LoopBlockedError,
    NotVerifiedError,
    Server,
    World,
)
from cs_simulator.client.async_world import Awaited
from tests.client.support import ask


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_both_have_the_same_methods() -> None:
    for own, blocking in (
        (public(AsyncWorld) - {"name", "prefix"}, World),
        (public(AsyncServer), Server),
    ):
        apart = ", ".join(sorted(own ^ public(blocking)))
        assert not apart, f"client/async_world.py awaits each method of {blocking}: {apart}"


@pytest.mark.parametrize(("kind", "blocking"), [(AsyncWorld, World), (AsyncServer, Server)])
def test_each_is_the_blocking_method_of_its_name(kind: type, blocking: type) -> None:
    awaited = {name: each for name, each in vars(kind).items() if isinstance(each, Awaited)}
    assert len(awaited) > 5
    for name, method in awaited.items():
        assert method.blocking is vars(blocking)[name]
        assert inspect.getdoc(method) == inspect.getdoc(vars(blocking)[name])


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 20))


def test_calls_are_awaited(server: Server, world: World) -> None:
    async def check() -> None:
        async with AsyncServer(server.url) as own:
            other = own.world(world.name)
            assert await other.snapshot() == world.snapshot()
            assert other.base_url == world.base_url
            assert (other.name, other.prefix) == (world.name, world.prefix)
            assert (other.root_url, other.base_url_81) == (world.root_url, world.base_url_81)
            assert repr(other) == f"AsyncWorld({world.root_url!r})"
            await other.add_fault(on="start_service", times=1, response={"status": 503})
            assert await asyncio.to_thread(ask, f"{other.base_url}/services/start", {}) == 503
            assert (await other.verify(on="start_service", count=1))["matched"] == 1
            with pytest.raises(NotVerifiedError, match="exactly 2 times; 1 request matched"):
                await other.verify(on="start_service", count=2)
            with pytest.raises(ControlError, match="no operation named"):
                await other.add_fault(on="start_servise", delay="1s")  # type: ignore[arg-type]
            assert (await own.health())["status"] == "ok"
            assert repr(own) == f"AsyncServer({server.url!r})"

    run(check())


def test_loop_goes_on_while_a_call_waits(world: World) -> None:
    async def check() -> None:
        here = AsyncWorld(world)
        waiting = asyncio.create_task(here.verify(on="start_service", within="20s"))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await asyncio.to_thread(ask, f"{world.base_url}/services/start", {"contact_key": "a"})
        assert (await waiting)["verified"]

    run(check())


def test_many_calls_at_once(world: World) -> None:
    async def check() -> None:
        here = AsyncWorld(world)
        added = await asyncio.gather(
            *(here.add_fault(name=f"f{n}", on="any", times=0, delay="1ms") for n in range(20))
        )
        assert {fault["name"] for fault in added} == {f["name"] for f in await here.faults()}

    run(check())


def test_cancelled_call_holds_up_nothing(world: World) -> None:
    async def check() -> None:
        here = AsyncWorld(world)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await here.verify(on="start_service", within="1h")

    begun = time.monotonic()
    asyncio.run(check())
    assert time.monotonic() - begun < 20


def test_blocking_wait_in_a_loop_says_what_to_do(world: World) -> None:
    async def check() -> None:
        with pytest.raises(LoopBlockedError) as caught:
            world.verify(on="start_service", within="5s")
        assert str(caught.value) == (
            "verify(within='5s') would hold up the asyncio event loop that the code under test "
            "runs in; await it: the fixture async_context_services, and "
            "cs_simulator.client.AsyncWorld(world), have the same methods"
        )
        world.verify(on="start_service", count=0)

    run(check())


def test_client_imports_no_event_loop() -> None:
    script = (
        "import sys, cs_simulator.client; print(*{'asyncio', 'trio', 'anyio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=30)
    assert done.stdout.strip() == b""


TRIO = """
import sys
import trio
from cs_simulator.client import AsyncWorld, LoopBlockedError, Server

async def main(url):
    server = Server(url)
    world = AsyncWorld(server.world("trio"))
    await world.create()
    with trio.move_on_after(0.05) as scope:
        await world.verify(on="any", within="1h")
    assert scope.cancelled_caught
    try:
        world.blocking.verify(on="any", within="1s")
    except LoopBlockedError as error:
        assert "the trio event loop" in str(error)
    assert (await world.verification(on="any"))["matched"] == 0
    await world.delete()
    server.close()

trio.run(main, sys.argv[1])
"""


def test_it_runs_under_trio(server: Server) -> None:
    pytest.importorskip("trio")
    subprocess.run([sys.executable, "-c", TRIO, server.url], check=True, timeout=30)
