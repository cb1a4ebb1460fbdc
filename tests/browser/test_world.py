"""A world from its console: clock, stage, scenario, snapshot, and other worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole
from tests.browser.support import Console, start

if TYPE_CHECKING:
    from playwright.sync_api import Page

STAGES = {
    "clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"},
    "stages": [{"name": "morning", "until": {"elapsed": "1h"}}, {"name": "noon"}],
}


def said(console: Console, text: str) -> None:
    console.page.locator("#said.shown", has_text=text).wait_for()


def written(console: Console) -> str:
    value: str = console.page.locator("[aria-label='Scenario document']").input_value()
    return value


def distance(page: Page, above: str, below: str) -> float:
    """Return how far one element is below another one."""
    first, second = page.locator(above).bounding_box(), page.locator(below).bounding_box()
    assert first is not None
    assert second is not None
    return second["y"] - first["y"]


def test_clock_is_frozen_moved_and_set(open_console: OpenConsole, world: World) -> None:
    console = open_console(world, "world")
    page = console.page
    page.fill("[aria-label=By]", "90m")
    page.click("text=Advance")
    said(console, "It is 2026-01-05T10:30:00.000Z")
    page.locator("#top .chip", has_text="2026-01-05 10:30:00 frozen").wait_for()
    page.fill("[aria-label=Time]", "2027-02-03T04:05:06Z")
    page.click("button:text-is('Set')")
    said(console, "frozen, 2027-02-03T04:05:06.000Z")
    page.click("text=Let it run")
    said(console, "offset")
    page.click("text=Back to the real time")
    said(console, "real")
    page.click("button:text-is('Freeze')")
    said(console, "frozen")
    assert world.clock()["mode"] == "frozen"


def test_wrong_time_is_refused_in_the_servers_words(
    open_console: OpenConsole, world: World
) -> None:
    console = open_console(world, "world")
    console.expected = ("400 (Bad Request)",)
    console.page.fill("[aria-label=By]", "soon")
    console.page.click("text=Advance")
    console.page.locator(".card .bad", has_text="by").wait_for()


def test_time_to_set_goes_on_with_the_clock(open_console: OpenConsole, world: World) -> None:
    world.set_clock("offset", "2026-01-05T09:00:00Z")
    console = open_console(world, "world")
    field = console.page.locator("[aria-label=Time]")
    before = field.input_value()
    console.until(lambda: field.input_value() > before > "2026-01-05T09")
    field.fill("2027-")
    console.page.focus("[aria-label=By]")
    console.page.wait_for_timeout(1200)
    assert field.input_value() == "2027-"


def test_top_stays_in_one_line(open_console: OpenConsole, server: Server) -> None:
    world = server.world(f"a-long-name-of-a-branch-{'x' * 24}-before-12")
    world.create({"name": "n" * 60, "services": []})
    console = open_console(world)
    for width in (900, 1280):
        console.page.set_viewport_size({"width": width, "height": 700})
        box = console.page.locator("#top").bounding_box()
        assert box is not None
        assert box["height"] < 80
    picker = console.page.locator(".picks")
    assert picker.evaluate("each => each.scrollWidth <= each.clientWidth")
    console.page.close()
    world.delete()


def test_stages_are_entered(open_console: OpenConsole, world: World) -> None:
    world.load_scenario(STAGES)
    console = open_console(world, "world")
    page = console.page
    page.click("text=Next stage")
    said(console, "In stage noon")
    page.locator(".stages .current", has_text="noon").wait_for()
    page.click(".stages >> text=morning")
    said(console, "In stage morning")
    assert world.stage()["stage"] == "morning"


def test_scenario_is_edited_checked_and_loaded(open_console: OpenConsole, world: World) -> None:
    console = open_console(world, "world")
    console.expected = ("400 (Bad Request)",)
    page = console.page
    area = page.locator("[aria-label='Scenario document']")
    area.fill("services:\n- contct_key: a\n")
    page.click("button:text-is('Check')")
    page.locator(".problems", has_text="did you mean contact_key?").wait_for()
    assert world.scenario()["document"] != {}
    below = distance(page, "textarea[aria-label='Scenario document']", "button:text-is('Check')")
    page.click(".problems button >> text=line 2, column 3")
    page.keyboard.type("c")
    assert page.inner_text("#view-world .problems") == ""
    again = distance(page, "textarea[aria-label='Scenario document']", "button:text-is('Check')")
    assert again == below
    area.fill("services:\n- contact_key: a\n")
    page.click("button:text-is('Check')")
    page.locator(".problems .good", has_text="No errors").wait_for()
    assert page.inner_text(".problems .good") == "No errors"
    page.click("text=Load what is written")
    page.click("dialog button.danger")
    said(console, "Loaded unnamed: 1 service, 0 customers")
    assert world.describe()["counts"]["services"] == 1


def test_scenario_of_the_catalogue_is_looked_at_and_loaded(
    open_console: OpenConsole, world: World
) -> None:
    console = open_console(world, "world")
    page = console.page
    names = page.locator("[aria-label='Scenario of the catalogue']")
    names.locator("option[value=outage]").wait_for(state="attached")
    names.select_option("outage")
    page.click("text=Look at it")
    area = page.locator("[aria-label='Scenario document']")
    console.until(lambda: "stages" in written(console))
    assert world.scenario()["name"] != "outage"
    page.click("button:text-is('Check')")
    page.locator(".problems .good").wait_for()
    page.click("button:text-is('Load')")
    page.click("dialog button.danger")
    page.locator("#top .world-facts", has_text="stage healthy").wait_for()
    assert world.scenario()["name"] == "outage"
    assert "extends: demo" in area.input_value()


def test_what_the_editor_shows_is_the_scenario(open_console: OpenConsole, world: World) -> None:
    document: dict[str, Any] = {
        "description": "odd: values, 'quotes' # and \u202e \U0001f600 \x85",
        "x-many": [12345678901234567890, 1.50, -1e-7, None, True, "yes", "012", "", [], {}],
        "x-deep": {"a b": {"on": [{"c": [[1], [{"d": "e: f"}]]}]}},
        "services": [{"contact_key": "+44, [1]", "extensions": {"order": {"note": "- a"}}}],
    }
    world.load_scenario(document)
    before = world.scenario()["document"]
    console = open_console(world, "world")
    page = console.page
    console.until(lambda: len(written(console)) > 50)
    page.click("text=Load what is written")
    page.click("dialog button.danger")
    said(console, "Loaded unnamed")
    assert world.scenario()["document"] == before == document


def test_reset_is_confirmed_and_seen(open_console: OpenConsole, world: World) -> None:
    start(world)
    console = open_console(world, "world")
    console.page.click("button:text-is('Reset this world')")
    console.page.click("dialog button.danger")
    said(console, "Reset to unnamed: 0 services, 0 customers")
    console.page.keyboard.press("1")
    console.page.locator(
        "#view-journal .empty", has_text="This world has no requests yet"
    ).wait_for()
    start(world)
    console.row(1).wait_for()


def test_snapshot_goes_out_and_comes_back(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    start(world)
    console = open_console(world, "world")
    page = console.page
    with page.expect_download() as download:
        page.click("text=Download as YAML")
    file = tmp_path / "snapshot.yaml"
    download.value.save_as(file)
    world.reset()
    page.set_input_files("#restore", file)
    page.click("dialog button.danger")
    said(console, "Restored")
    assert world.describe()["counts"]["services"] == 1
    page.click("text=Write it above")
    console.until(lambda: "format: 1" in written(console))


def test_worlds_are_chosen_made_and_dropped(
    open_console: OpenConsole, server: Server, world: World
) -> None:
    console = open_console(world, "world")
    page = console.page
    name = f"{world.name[:50]}-made"
    page.fill("[aria-label='Name of a new world']", name)
    page.click("text=Make")
    page.locator("#top .chip", has_text=name[:40]).wait_for()
    assert name in server.worlds()
    page.click("#top .chip >> nth=0")
    page.fill("[aria-label='Filter worlds']", world.name[-12:])
    page.keyboard.press("Enter")
    page.locator("#top .chip", has_text=world.name[:40]).first.wait_for()
    page.click("#top .chip >> nth=0")
    page.fill("[aria-label='Filter worlds']", name)
    page.keyboard.press("Enter")
    console.until(lambda: f"world={name}&" in page.url)
    console.expected = (f"/_world/{name}/",)  # what was asked of it meanwhile
    page.click("text=Drop this world")
    page.click("dialog button.danger")
    console.until(lambda: "world=default&" in page.url)
    assert name not in server.worlds()


@pytest.mark.parametrize("view", ["world", "checks"])
def test_views_keep_nothing_from_anybody(
    open_console: OpenConsole, world: World, view: str
) -> None:
    world.load_scenario(STAGES)
    console = open_console(world, view)
    console.page.locator(f"#view-{view} .card").first.wait_for()
    console.keep_nothing_from_anybody()


def test_enter_does_not_confirm_what_loses_something(
    open_console: OpenConsole, world: World
) -> None:
    start(world)
    console = open_console(world, "world")
    page = console.page
    page.click("button:text-is('Reset this world')")
    focused = page.locator("dialog button:focus")
    assert focused.inner_text() == "Cancel"
    assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.locator("dialog").wait_for(state="detached")
    assert len(world.requests()) == 1


def test_scenario_that_is_being_written_stays_with_its_world(
    open_console: OpenConsole, server: Server, world: World
) -> None:
    other = server.world("other-world")
    other.create()
    console = open_console(world, "world")
    page = console.page
    console.until(lambda: "frozen" in written(console))
    page.fill("[aria-label='Scenario document']", "services: []  # mine\n")
    page.evaluate("location.hash = '#world=other-world&view=world'")
    console.until(lambda: written(console) not in ("", "services: []  # mine\n"))
    page.go_back()
    console.until(lambda: written(console) == "services: []  # mine\n")
    page.fill("[aria-label='Scenario document']", "")
    page.click("#tab-journal")
    page.click("#tab-world")
    page.wait_for_timeout(200)
    assert written(console) == ""
    page.click("text=Show the active one")
    page.click("dialog button.danger")
    console.until(lambda: "frozen" in written(console))
    page.goto("about:blank")
    other.delete()


def test_file_that_is_restored_is_said_to_be(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    start(world)
    console = open_console(world, "world")
    file = tmp_path / "kept.yaml"
    file.write_text("services: [{contact_key: a}, {contact_key: b}]\n")
    console.page.set_input_files("#restore", file)
    console.page.locator("dialog", has_text="Restore kept.yaml?").wait_for()
    console.page.click("dialog button.danger")
    said(console, "Restored unnamed: 2 services, 0 customers")


def test_clock_says_why_it_cannot_be_advanced(open_console: OpenConsole, world: World) -> None:
    world.set_clock("real")
    console = open_console(world, "world")
    card = console.page.locator("#view-world .card", has_text="Clock")
    card.locator("p", has_text="To advance it, freeze it or set a time.").wait_for()
