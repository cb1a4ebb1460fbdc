"""Verifications with their near misses, and verdicts of the judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole
from tests.browser.support import start

if TYPE_CHECKING:
    from playwright.sync_api import Route


def test_verification_that_holds(open_console: OpenConsole, world: World) -> None:
    start(world)
    console = open_console(world, "checks")
    console.page.click("button:text-is('Verify')")
    console.page.locator(".good", has_text="Verified: 1 request matched").wait_for()


def test_near_misses_lead_to_their_requests(open_console: OpenConsole, world: World) -> None:
    start(world, b'{"contact_key": "42", "service_type": 200}')
    console = open_console(world, "checks")
    page = console.page
    page.fill("[aria-label=Verification]", "on: start_service\nwhere: {body: {service_type: 300}}")
    page.click("button:text-is('Verify')")
    page.locator(".bad", has_text="Not verified").wait_for()
    page.locator(".differences", has_text="expected 300, found 200").wait_for()
    assert console.violations() == []
    page.click("#view-checks button:text-is('#1')")
    page.locator("#view-journal .title", has_text="#1 POST start_service").wait_for()


def test_wrong_question_is_refused_in_the_servers_words(
    open_console: OpenConsole, world: World
) -> None:
    console = open_console(world, "checks")
    console.expected = ("400 (Bad Request)",)
    console.page.fill("[aria-label=Verification]", "on: start_servce")
    console.page.click("button:text-is('Verify')")
    console.page.locator(".problems", has_text="did you mean start_service?").wait_for()


def test_judge_tells_virtues(open_console: OpenConsole, world: World) -> None:
    for _ in range(2):
        start(world, X_Simulator_Fault='{"connection": "close", "effect": "applied"}')
    console = open_console(world, "checks")
    page = console.page
    page.fill("[aria-label=Expectation]", "on: start_service\ncreated: {at_most: 1}\n")
    page.click("text=Judge by this")
    page.locator("tr", has_text="one intent created 2 services").wait_for()
    assert console.violations() == []
    page.click("text=1 intent")
    page.click(".intent button:text-is('#2')")
    page.locator("#view-journal .title", has_text="#2").wait_for()


def test_judge_goes_by_the_scenario(open_console: OpenConsole, world: World) -> None:
    world.load_scenario({"expect": [{"on": "any", "attempts": {"at_most": 1}}]})
    start(world)
    console = open_console(world, "checks")
    console.page.click("text=Judge by the scenario")
    console.page.locator("tr", has_text="attempts").wait_for()


def test_what_was_said_of_another_world_goes(
    open_console: OpenConsole, server: Server, world: World
) -> None:
    other = server.world("other-checks")
    other.create()
    console = open_console(world, "checks")
    console.expected = ("400 (Bad Request)",)
    page = console.page
    page.click("text=Judge by the scenario")
    page.locator(".problems", has_text="expects nothing to judge by").wait_for()
    held: list[Route] = []
    page.route("**/_control/verify", lambda route: held.append(route))
    page.click("button:text-is('Verify')")
    console.until(lambda: bool(held))
    page.evaluate("location.hash = '#world=other-checks&view=checks'")
    page.locator("#top .chip", has_text="other-checks").wait_for()
    with page.expect_response("**/_control/verify"):
        held[0].continue_()
    page.wait_for_timeout(100)
    assert page.inner_text("#view-checks .problems >> nth=1") == ""
    assert "matched" not in page.inner_text("#view-checks")
    page.unroute_all(behavior="wait")
    page.goto("about:blank")
    other.delete()
