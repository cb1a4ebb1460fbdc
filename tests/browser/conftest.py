"""A real Chromium, and a server for it to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from cs_simulator.client import Server, World
from tests.browser.support import Console, browser_path, launched
from tests.support.shared import server as server
from tests.wire.conftest import StartServer as StartServer
from tests.wire.conftest import start_server as start_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

OpenConsole = Callable[..., Console]

SCENARIO = {"clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"}}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return the browser, which no other package has beside it: its loop would be in their way."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs Playwright: pip install '.[browser]'"
    )
    path = browser_path()
    if path is None:
        pytest.skip("needs Chromium, such as apt-get install chromium, or CHROMIUM=<its path>")
    with playwright.sync_playwright() as started:
        browser = launched(started.chromium, path)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def context(browser: Browser) -> BrowserContext:
    """Return what the pages of most tests have in common.

    A console keeps what it keeps in its page alone. A blank page stays, and with it the process
    that draws all these pages: to start one costs more than to open a console in it.
    """
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.new_page()
    return context


@pytest.fixture
def world(server: Server, request: pytest.FixtureRequest) -> Iterator[World]:
    world = server.world(f"{request.path.stem}.{request.node.originalname}"[:64])
    world.create(SCENARIO)
    yield world
    server.world(world.name).delete() if world.name in server.worlds() else None


@pytest.fixture
def open_console(context: BrowserContext, world: World) -> Iterator[OpenConsole]:
    """Open the console of worlds; none of these pages may complain.

    The test's world outlives its pages, which would complain that it is gone.
    """
    assert world.name
    opened: list[Console] = []

    def open_console(world: World, view: str = "journal", more: str = "") -> Console:
        console = Console(context.new_page(), world.root_url.removesuffix(world.prefix), world)
        opened.append(console)
        return console.open(view, more)

    yield open_console
    complaints = [each for console in opened for each in console.unexpected()]
    for console in opened:
        console.page.close()
    assert complaints == []


@pytest.fixture
def console(open_console: OpenConsole, world: World) -> Console:
    """The console of the test's world."""
    return open_console(world)
