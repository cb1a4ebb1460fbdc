"""Back in time from a request: what it changed, the world before it, and another world of that."""

from __future__ import annotations

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole
from tests.browser.support import send, start


def test_changes_of_a_request_are_told(open_console: OpenConsole, world: World) -> None:
    start(world, b'{"contact_key": "first"}')
    start(world, b'{"contact_key": "second"}')
    console = open_console(world, more="&request=1")
    console.details().locator("summary", has_text="What it changed, as JSON Patch").click()
    changes = console.details().locator("section", has_text="Before and after").locator("pre")
    changes.wait_for()
    assert "first" in changes.inner_text()
    assert "second" not in changes.inner_text()
    assert console.violations() == []


def test_world_is_rewound(open_console: OpenConsole, world: World) -> None:
    for _ in range(3):
        start(world)
    console = open_console(world, more="&request=2")
    console.details().locator("text=Rewind to before it").click()
    console.page.click("dialog button.danger")
    console.row(2).wait_for(state="detached")
    assert console.row(1).is_visible()
    assert world.describe()["counts"]["services"] == 1
    start(world, b'{"contact_key": "again"}')
    console.row(2).click()
    console.details().locator("pre", has_text="again").wait_for()


def test_another_world_is_made_of_what_it_was(
    open_console: OpenConsole, server: Server, world: World
) -> None:
    start(world)
    start(world)
    console = open_console(world, more="&request=2")
    console.details().locator("text=Branch a world").click()
    console.page.locator("#said.shown", has_text="before request 2").wait_for()
    console.row(1).wait_for()
    assert console.rows().count() == 1
    branch = next(name for name in server.worlds() if name.endswith("-before-2"))
    assert server.world(branch).describe()["counts"]["services"] == 1
    assert world.describe()["counts"]["services"] == 2
    console.page.goto("about:blank")
    server.world(branch).delete()


def test_ways_back_are_offered_where_there_are_some(
    open_console: OpenConsole, server: Server, world: World
) -> None:
    start(world)
    send(f"{world.base_url}/services/4294967297")
    console = open_console(world, more="&request=1")
    details = console.details()
    details.locator("text=Rewind to before it").wait_for()
    console.row(2).click()
    console.page.locator(".title", has_text="#2").wait_for()
    assert details.locator("text=Rewind to before it").count() == 0
    copy = server.world("copied-whole")
    copy.create({"from": world.name})
    start(copy)
    console = open_console(copy, more="&request=1")
    console.page.locator(".title", has_text="#1").wait_for()
    assert console.details().locator("text=Rewind to before it").count() == 0
    console.row(3).click()
    console.details().locator("text=Rewind to before it").click()
    console.page.click("dialog button.danger")
    console.row(3).wait_for(state="detached")
    console.page.goto("about:blank")
    copy.delete()
