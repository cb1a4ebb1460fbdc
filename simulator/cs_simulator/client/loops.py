"""Event loops: detect the one that runs here, and wait in it for a blocking call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

__tracebackhide__ = True  # pytest then shows the line of the test


def _attempt(do: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    """Return the result of a function, or its error."""
    try:
        return do(), None
    except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
        return None, error


async def in_thread(do: Callable[[], T]) -> T:
    """Run a function in a thread and return its result, while the event loop continues.

    If the caller is cancelled, neither the caller nor the end of the loop waits for the thread.
    """
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        result, error = await trio.to_thread.run_sync(_attempt, do, abandon_on_cancel=True)
        if error is not None:
            raise error
        done: T = result
        return done
    import asyncio

    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():  # cancelled
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # one of the two is given

    def run() -> None:
        try:
            loop.call_soon_threadsafe(settle, *_attempt(do))
        except RuntimeError:
            return  # the loop has ended, and nothing waits

    # Not the loop's own pool: the end of the loop would wait for it, even for cancelled calls.
    Thread(target=run, name="context-services call", daemon=True).start()
    return await future


def running_loop() -> str:
    """Return the name of the library whose event loop runs in this thread, or an empty string."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        return "trio"
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return ""
        return "asyncio"
    return ""
