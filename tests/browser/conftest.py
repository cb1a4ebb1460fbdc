"""A real Chromium, and a server for it to look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from cs_simulator.client import Server, World
from tests.browser.support import LEFT, TIDY, Console, browser_path, launched
from tests.support.shared import server as server
from tests.wire.conftest import StartServer as StartServer
from tests.wire.conftest import start_server as start_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

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


@pytest.fixture(scope="package")
def pages(context: BrowserContext, server: Server) -> Pages:
    """Return the pages in which tests open consoles."""
    return Pages(context, server.url)


class Pages:
    """Pages for consoles of one server.

    One is kept for the next test. A console in which a test has left nothing that cannot be taken
    back is led to the world of the next: to load and to draw another takes three times as long, and
    in another page five times.
    """

    def __init__(self, context: BrowserContext, root: str) -> None:
        self._context = context
        self._root = root
        self._kept: Page | None = None
        self._was = ""
        self._before: str | None = None
        """The world that the page showed, if it is to be led to another."""

    def opened(self, world: World, view: str, more: str) -> Console:
        """Open the console of a world."""
        root = world.root_url.removesuffix(world.prefix)
        if self._kept is None or root != self._root:
            console = Console(self._context.new_page(), root, world).open(view, more)
            self._was = self._was or console.page.evaluate(LEFT)
            return console
        page, self._kept = self._kept, None
        if self._before is None:
            return Console(page, root, world).open(view, more)
        return Console(page, root, world, before=f"/_world/{self._before}/").go_on(view, more)

    def close(self, console: Console) -> None:
        """Close the page of a console, or keep it for another test."""
        page = console.page
        if page.is_closed():
            return
        if self._kept is not None or console.root != self._root or console.unexpected():
            page.close()
            return
        page.unroute_all()
        console.let_go()
        self._kept, self._before = page, console.world.name if self._is_tidy(page) else None
        if self._before is None:
            page.goto("about:blank")

    def _is_tidy(self, page: Page) -> bool:
        """Leave a page as it was at first, if it can be without loading it anew."""
        _, width, height, *_ = json.loads(self._was)
        if page.viewport_size != {"width": width, "height": height}:
            page.set_viewport_size({"width": width, "height": height})
        if not page.url.startswith(f"{self._root}/_control/console"):
            return False
        page.evaluate(TIDY, self._was)
        return bool(page.evaluate(LEFT) == self._was)


@pytest.fixture
def world(server: Server, request: pytest.FixtureRequest) -> Iterator[World]:
    row = (
        "".join(f"-{each}" for each in request.node.callspec.indices.values())
        if hasattr(request.node, "callspec")
        else ""
    )
    world = server.world(f"{request.path.stem}.{request.node.originalname}"[: 64 - len(row)] + row)
    world.create(SCENARIO)
    yield world
    server.world(world.name).delete() if world.name in server.worlds() else None


@pytest.fixture
def open_console(pages: Pages, world: World) -> Iterator[OpenConsole]:
    """Open the console of worlds; none of these pages may complain.

    The test's world outlives its pages, which would complain that it is gone.
    """
    assert world.name
    opened: list[Console] = []

    def open_console(world: World, view: str = "journal", more: str = "") -> Console:
        opened.append(pages.opened(world, view, more))
        return opened[-1]

    yield open_console
    complaints = [each for console in opened for each in console.unexpected()]
    for console in opened:
        pages.close(console)
    assert complaints == []


@pytest.fixture
def console(open_console: OpenConsole, world: World) -> Console:
    """The console of the test's world."""
    return open_console(world)
