"""The ways to the console and through it: by address, by keys alone, behind a proxy."""

from __future__ import annotations

import json
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole, StartServer
from tests.browser.gathering import gathering_proxy
from tests.browser.support import COLOUR, Console, send, start

if TYPE_CHECKING:
    from playwright.sync_api import Route


def test_addresses_of_the_server_lead_there(console: Console) -> None:
    for path in ("/", "/_control/", "/_control"):
        console.page.goto(f"{console.root}{path}")
        console.page.wait_for_url("**/_control/console#*")
        console.page.locator(".state.s-live").wait_for()
        console.page.locator("#top .chip", has_text="default").wait_for()


def test_addresses_of_a_world_lead_to_that_world(console: Console, world: World) -> None:
    start(world)
    for path in ("/", "", "/_control/", "/_control/console"):
        console.page.goto(f"{world.root_url}{path}")
        console.page.wait_for_url(f"**/_control/console#world={world.name}*")
        console.row(1).wait_for()


def test_address_that_is_pasted_is_followed(console: Console, world: World) -> None:
    start(world)
    console.row(1).wait_for()
    console.page.evaluate("location.hash = '#world=default&view=faults'")
    console.page.locator("#top .chip", has_text="default").wait_for()
    console.page.locator("h2", has_text="Rules in force").wait_for()
    console.page.evaluate("name => { location.hash = `#world=${name}&request=1`; }", world.name)
    console.page.locator(".title", has_text="#1").wait_for()


def test_world_that_is_not_there_is_said(console: Console, server: Server) -> None:
    console.page.goto(f"{console.root}/_control/console#world=nowhere")
    console.page.reload()
    console.page.locator(".state", has_text="no such world").wait_for()
    console.page.locator(
        "#view-journal .empty", has_text="There is no world nowhere now"
    ).wait_for()
    assert console.page.locator(".state.s-gone").evaluate(COLOUR) == console.page.locator(
        "#view-journal .empty"
    ).evaluate(COLOUR)
    assert "nowhere" not in server.worlds()
    send(f"{console.root}/_world/nowhere/genesys/1/cs/services/7")
    console.row(1).wait_for()
    console.page.goto("about:blank")
    server.world("nowhere").delete()


def test_page_opens_the_world_that_was_asked_last(
    start_server: StartServer, open_console: OpenConsole
) -> None:
    server = Server(start_server().ready["url"])
    for name in ("first", "second", "first"):
        send(f"{server.world().root_url}/_world/{name}/genesys/1/cs/services/7")
    server.world().delete()
    console = open_console(server.world(), "journal")
    console.page.locator("#top .chip", has_text="first").wait_for()
    console.row(2).wait_for()
    server.world().create()
    console.page.evaluate("location.hash = '#world=default'")
    others = console.page.locator("#view-journal .names li")
    others.first.wait_for()
    assert others.all_inner_texts() == [
        "Worlds with recent requests:", "first\n2 requests, 2 red", "second\n1 request, 1 red",
    ]  # fmt: skip
    assert console.violations() == []
    others.nth(2).locator("button").click()
    console.page.locator(".title", has_text="#1 GET get_service").wait_for()


def test_ten_thousand_worlds_can_be_searched(console: Console, world: World) -> None:
    names = [f"world-{number}" for number in range(10_000)]
    page = console.page
    page.route(
        "**/_control/worlds*",
        lambda route: route.fulfill(json={"worlds": [world.name, *names]}),
    )
    page.click("#top .chip >> nth=0")
    page.locator("dialog .muted", has_text="and 9,801 more worlds").wait_for()
    page.fill("[aria-label='Filter worlds']", "world-9999")
    assert page.locator("dialog .names button").count() == 1
    assert console.violations() == []
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")


def test_console_works_behind_a_proxy_that_adds_a_path_and_gathers_streams(
    console: Console, world: World
) -> None:
    page = console.page

    def pass_on(route: Route) -> None:
        if "/events" in route.request.url:
            return  # it is gathered, and never comes
        route.fulfill(response=route.fetch(url=route.request.url.replace("/mock/cs/", "/")))

    page.route("**/mock/cs/**", pass_on)
    page.goto(f"{console.root}/mock/cs/_control/console#world={world.name}")
    page.locator(".state.s-live").wait_for()
    start(world)
    console.row(1).wait_for()
    start(world)
    console.row(2).wait_for()
    page.locator(".state", has_text="live, by polling").wait_for()
    page.goto("about:blank")  # else what is held back would reach a server without the path
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("bursts", [False, pytest.param(True, marks=pytest.mark.long)])
def test_console_says_that_a_proxy_holds_events_back_and_asks(
    open_console: OpenConsole, world: World, server: Server, bursts: bool
) -> None:
    with gathering_proxy(int(server.url.rpartition(":")[2])) as front:
        console = open_console(world)
        page = console.page
        page.goto(f"{front}/_control/console#world={world.name}")
        held = page.locator(".state", has_text="live, by polling")
        held.wait_for()
        assert "a proxy that buffers responses" in (held.get_attribute("title") or "")
        start(world)
        console.row(1).wait_for()
        number = 1
        if bursts:
            # Much comes at once, and then again nothing.
            while held.is_visible():
                number += 1
                start(world)
                page.wait_for_timeout(20)
            start(world)
            number += 1
            held.wait_for()
        start(world)
        console.row(number + 1).wait_for()
        page.goto("about:blank")


def test_keys_alone_remove_a_rule_and_follow_a_lane(console: Console, world: World) -> None:
    page = console.page
    world.add_fault(name="down", on="get_service", response={"status": 503})
    start(world)
    console.row(1).wait_for()
    page.keyboard.press("3")
    page.locator("[aria-label='Remove down']").wait_for()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove down":
            break
    page.keyboard.press("Space")
    page.locator("[aria-label='Undo down']").wait_for()
    assert world.faults() == []
    focused = "document.activeElement.getAttribute('aria-label')"
    console.until(lambda: page.evaluate(focused) == "Undo down")
    page.keyboard.press("2")
    page.locator(".spot").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('spot')"):
            break
    page.keyboard.press("Enter")
    page.locator("#view-journal .title", has_text="#1").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("ArrowRight")
    assert page.locator("#tab-conversation[aria-selected=true]").count() == 1


def test_row_under_the_pointer_stays_where_an_earlier_one_turns_red(
    console: Console, world: World
) -> None:
    world.add_fault(
        name="slow", on="start_service", where={"contact_key": "slow"},
        delay="1500ms", response={"status": 400},
    )  # fmt: skip
    page = console.page
    page.select_option("[aria-label=Status]", "4xx")
    waits = Thread(target=start, args=(world, b'{"contact_key": "slow"}'))
    waits.start()
    console.until(lambda: len(world.requests()) == 1)
    for _ in range(3):
        start(world, b"{wrong")
    console.row(4).wait_for()
    console.row(3).hover()
    before = console.row(3).bounding_box()
    waits.join()
    console.until(lambda: world.request(1)["state"] == "done")
    page.wait_for_timeout(300)
    assert console.row(3).bounding_box() == before
    assert console.row(1).count() == 0
    page.mouse.move(5, 5)
    console.row(1).wait_for()


def test_streams_that_find_no_place_leave_the_page_asking(console: Console, world: World) -> None:
    console.expected = ("503 (Service",)
    page = console.page
    problem = {"title": "Too many event streams", "status": 503, "detail": "no place"}
    page.route(
        "**/_control/events", lambda route: route.fulfill(status=503, body=json.dumps(problem))
    )
    page.reload()
    page.locator(".state.s-live").wait_for()
    start(world)
    console.row(1).wait_for()


def test_back_leads_through_worlds_and_views(
    console: Console, server: Server, world: World
) -> None:
    start(world)
    other = server.world("another-way")
    other.create()
    page = console.page
    console.row(1).click()
    page.fill("[aria-label='Filter by text']", "start")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.locator("h2", has_text="Rules in force").wait_for()
    page.click(".picks")
    page.fill("[aria-label='Filter worlds']", "another-way")
    page.keyboard.press("Enter")
    page.locator(".picks", has_text="another-way").wait_for()
    page.keyboard.press("1")
    page.go_back()
    page.locator("h2", has_text="Rules in force").wait_for()
    page.go_back()
    page.locator(".picks", has_text=world.name).wait_for()
    assert page.is_visible("h2 >> text=Rules in force")
    page.go_back()
    page.locator(".title", has_text="#1").wait_for()
    page.go_forward()
    page.go_forward()
    page.locator(".picks", has_text="another-way").wait_for()
    page.goto("about:blank")
    other.delete()


def test_counts_of_worlds_are_whole_beside_long_names(console: Console, server: Server) -> None:
    world = server.world("f" * 64)
    world.create()
    assert start(world) == 201
    page = console.page
    page.click(".picks")
    entry = page.locator("dialog li", has_text="1 request")
    entry.wait_for()
    count = entry.locator(".muted")
    assert count.evaluate("each => each.scrollWidth <= each.clientWidth || each.offsetWidth > 40")
    box, edge = count.bounding_box(), entry.bounding_box()
    assert box is not None
    assert edge is not None
    assert box["x"] + box["width"] <= edge["x"] + edge["width"]
    page.locator("dialog p", has_text="red: rejected, failed, broken or aborted").wait_for()
    assert console.violations() == []
    page.keyboard.press("Escape")
    world.delete()
