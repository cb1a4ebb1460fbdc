"""The conversation: lanes of services, their bars, and the way to their requests and back."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

import pytest

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole
from tests.browser.support import send, start


def asked(url: str, body: dict[str, object]) -> dict[str, int]:
    """Send JSON; return what is answered."""
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as response:
        found: dict[str, int] = json.loads(response.read() or b"{}")
        return found


def converse(world: World) -> tuple[int, int, int]:
    """Start a service, a state and a task, and end the state."""
    base = world.base_url
    service = asked(f"{base}/services/start", {"contact_key": "+44", "service_type": 100})
    where = f"{base}/services/{service['service_id']}"
    state = asked(f"{where}/states/start", {"state_type": 8})
    more = {"state_id": state["state_id"], "task_type": "refund"}
    task = asked(f"{where}/tasks/start", more)
    asked(f"{where}/states/{state['state_id']}/end", {"disposition": 1})
    return service["service_id"], state["state_id"], task["task_id"]


@pytest.mark.parametrize("axis", ["request", "time"])
def test_states_and_tasks_are_bars(open_console: OpenConsole, world: World, axis: str) -> None:
    service, state, task = converse(world)
    console = open_console(world, "conversation")
    page = console.page
    page.select_option("[aria-label=Axis]", axis)
    lane = page.locator(f"[role=group][aria-label='service {service}']")
    lane.locator(f"[aria-label^='state {state}, type 8, completed, 2 requests']").wait_for()
    lane.locator(f"[aria-label^='task {task}, type refund, active, 1 request']").wait_for()
    assert lane.locator(".spot").count() == 4
    assert "contact key +44" in page.inner_text(".group")


def test_state_ends_where_it_was_ended_first(open_console: OpenConsole, world: World) -> None:
    service, state, _ = converse(world)
    asked(f"{world.base_url}/services/{service}/states/{state}/end", {"disposition": 2})
    console = open_console(world, "conversation")
    bar = console.page.locator(f"[aria-label^='state {state}, type 8, completed, 3 requests']")
    bar.wait_for()
    spots = console.page.locator(".lane .spot")

    def gap() -> float:
        end, fourth = bar.bounding_box(), spots.nth(3).bounding_box()
        if end is None or fourth is None:
            return 100  # it is just being drawn anew
        return abs(end["x"] + end["width"] - fourth["x"] - fourth["width"] / 2)

    console.until(lambda: gap() < 2)


def test_what_outlives_its_service_is_marked(open_console: OpenConsole, world: World) -> None:
    service, _, task = converse(world)
    asked(f"{world.base_url}/services/{service}/end", {})
    console = open_console(world, "conversation")
    page = console.page
    page.locator(".lane-name", has_text="completed, 1 still active").wait_for()
    page.click(f".part.over[aria-label^='task {task}, type refund, active though its service']")
    page.locator("#view-conversation .warn", has_text="end_service_cascades").last.wait_for()
    assert console.violations() == []


def test_bars_that_are_equal_differ_by_their_media(open_console: OpenConsole, world: World) -> None:
    service = asked(f"{world.base_url}/services/start", {"contact_key": "+44", "media_type": "web"})
    where = f"{world.base_url}/services/{service['service_id']}/states/start"
    for media in ("voice", "chat"):
        asked(where, {"state_type": 8, "media_type": media})
    console = open_console(world, "conversation")
    bars = console.page.locator(".p-state")
    bars.nth(1).wait_for()
    assert bars.all_inner_texts() == ["state type 8, voice", "state type 8, chat"]
    assert "web" in console.page.inner_text(".lane-name")


def test_key_that_was_asked_for_in_vain_is_shown_beside_its_like(
    open_console: OpenConsole, world: World
) -> None:
    converse(world)
    start(world, b'{"contact_key": "+442079460100"}')
    send(f"{world.base_url}/services/anonymous/00442079460100")
    send(f"{world.base_url}/services/anonymous/nobody")
    console = open_console(world, "conversation")
    missed = console.page.locator(".missed")
    missed.nth(1).wait_for()
    told = " ".join(missed.nth(0).inner_text().split())
    assert told == "nothing found for 00442079460100 , which is near +442079460100 #6"
    assert "near" not in missed.nth(1).inner_text()
    missed.nth(0).locator("button", has_text="#6").click()
    console.page.locator(".title", has_text="#6").first.wait_for()


def test_bar_leads_to_its_requests_and_back(open_console: OpenConsole, world: World) -> None:
    service, state, _ = converse(world)
    console = open_console(world, "conversation")
    page = console.page
    page.click(f"[aria-label^='state {state}']")
    side = page.locator("#view-conversation .details")
    side.locator("button", has_text="#4 end_state").click()
    page.locator("#view-journal .title", has_text="#4 POST end_state").wait_for()
    page.click("text=Show in conversation")
    page.locator("#view-conversation .title", has_text=f"service {service}").wait_for()
    assert page.locator(".part.p-service.picked").count() == 1


def test_lane_grows_while_one_looks(open_console: OpenConsole, world: World) -> None:
    console = open_console(world, "conversation")
    console.page.locator(".empty", has_text="There is no service in this world yet.").wait_for()
    service, _, _ = converse(world)
    lane = console.page.locator(f"[role=group][aria-label='service {service}']")
    lane.locator(".p-task").wait_for()


def test_customers_have_their_services(open_console: OpenConsole, world: World) -> None:
    world.load_scenario("demo")
    console = open_console(world, "conversation")
    page = console.page
    page.locator(".group", has_text="Liam O'Brien · 4 services").wait_for()
    page.fill("[aria-label='Filter services']", "novak")
    page.locator(".count", has_text="3 services").first.wait_for()
    assert page.locator(".group").count() == 2


def test_service_that_is_gone_stays_as_the_journal_tells(
    open_console: OpenConsole, world: World
) -> None:
    service, _, _ = converse(world)
    assert send(f"{world.base_url}/services/{service}", method="DELETE") in (200, 204)
    console = open_console(world, "conversation")
    lane = console.page.locator(f"[role=group][aria-label='service {service}']")
    lane.wait_for()
    assert "gone" in lane.inner_text()
    assert lane.locator(".p-state").count() == 1


def test_many_services_are_shown_in_parts(open_console: OpenConsole, world: World) -> None:
    world.load_scenario({"services": [{"contact_key": str(number)} for number in range(300)]})
    console = open_console(world, "conversation")
    page = console.page
    page.locator(".count", has_text="300 services").first.wait_for()
    assert page.locator(".lane").count() == 60
    page.click("text=Show more of 240 services")
    page.locator(".lane").nth(100).wait_for()


def test_world_of_thousands_shows_what_was_touched(open_console: OpenConsole, world: World) -> None:
    world.load_scenario({"services": [{"contact_key": str(number)} for number in range(2500)]})
    start(world)
    console = open_console(world, "conversation")
    console.page.locator(".count", has_text="of a world this large").first.wait_for()
    assert console.page.locator(".lane").count() == 1


def test_conversation_keeps_nothing_from_anybody(open_console: OpenConsole, world: World) -> None:
    service, _, _ = converse(world)
    send(f"{world.base_url}/services/{service}/nothing")
    console = open_console(world, "conversation")
    console.page.locator(".p-task").wait_for()
    console.keep_nothing_from_anybody()
    console.page.locator(".p-task").click()
    console.keep_nothing_from_anybody()


IS_ABOVE = """() => {
    const red = document.querySelector(".spot.red");
    const {x, y, width, height} = red.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === red;
}"""

BEYOND = """() => [...document.querySelectorAll(".lane .tracks")].flatMap(tracks =>
    [...tracks.querySelectorAll(".part, .spot")].filter(each =>
        each.getBoundingClientRect().right > tracks.getBoundingClientRect().right + 1)).length"""

SPREAD = """() => {
    const places = [...document.querySelectorAll(".lane .spot")].map(
        each => each.getBoundingClientRect().x);
    return Math.max(...places) - Math.min(...places);
}"""


def test_times_stay_within_their_axis(open_console: OpenConsole, world: World) -> None:
    world.load_scenario("demo")
    converse(world)

    console = open_console(world, "conversation")
    page = console.page
    page.select_option("[aria-label=Axis]", "time")
    page.locator(".lane .spot").nth(3).wait_for()
    for span in ("", "0", "86400000"):
        page.select_option("[aria-label='Span of time']", span)
        assert page.evaluate(BEYOND) == 0, span
    page.select_option("[aria-label='Span of time']", "")
    assert page.evaluate(SPREAD) > 100


def test_red_request_stands_above_others_of_its_time(
    open_console: OpenConsole, world: World
) -> None:
    world.load_scenario({"clock": {"time": "2026-01-05T09:00:00Z", "mode": "frozen"}})
    start(world)
    send(f"{world.base_url}/services/4294967297/states/9/end", b"{}")
    send(f"{world.base_url}/services/4294967297")
    console = open_console(world, "conversation")
    page = console.page
    page.select_option("[aria-label=Axis]", "time")
    page.locator(".spot.red").wait_for()
    console.until(lambda: bool(page.evaluate(IS_ABOVE)))


def test_choices_do_not_stay_on_for_another_world(
    open_console: OpenConsole, server: Server, world: World
) -> None:
    converse(world)
    other = server.world("other-conversation")
    other.create({"services": [{"contact_key": "1"}]})
    console = open_console(world, "conversation")
    page = console.page
    page.select_option("[aria-label=Axis]", "time")
    page.fill("[aria-label='Filter services']", "nothing such")
    page.focus("#tab-conversation")
    page.keyboard.press("r")
    console.until(lambda: page.is_checked("#needs-look"))
    page.evaluate("location.hash = '#world=other-conversation&view=conversation'")
    page.locator(".lane").wait_for()
    assert page.input_value("[aria-label=Axis]") == "request"
    assert not page.is_visible("#untouched")
    assert not page.is_checked("#needs-look")
    page.goto("about:blank")
    other.delete()


def test_bar_without_a_type_says_that_it_shows_an_id(
    open_console: OpenConsole, world: World
) -> None:
    service = asked(f"{world.base_url}/services/start", {"contact_key": "1"})["service_id"]
    state = asked(f"{world.base_url}/services/{service}/states/start", {"type": 8})["state_id"]
    console = open_console(world, "conversation")
    console.page.locator(".p-state", has_text=f"state id {state}").wait_for()


def test_long_gap_is_short_on_the_axis(open_console: OpenConsole, world: World) -> None:
    converse(world)
    world.advance_clock("3d")
    converse(world)
    world.advance_clock("2s")
    converse(world)
    console = open_console(world, "conversation")
    page = console.page
    page.select_option("[aria-label=Axis]", "time")
    page.locator(".tick", has_text="⋯ 3 d").wait_for()
    page.locator(".tick", has_text="01-08 09:00:0").first.wait_for()
    places = sorted(
        float(each.evaluate("each => parseFloat(each.style.left)"))
        for each in page.locator(".lane .spot").all()
    )
    assert places[4] - places[3] < 10
    assert places[8] - places[7] > 60
    assert console.violations() == []


def test_gaps_that_are_not_much_longer_stay(open_console: OpenConsole, world: World) -> None:
    for pause in ("10s", "40s", "10s"):
        start(world)
        world.advance_clock(pause)
    start(world)
    console = open_console(world, "conversation")
    console.page.select_option("[aria-label=Axis]", "time")
    console.page.locator(".tick", has_text="09:00").first.wait_for()
    assert console.page.locator(".tick", has_text="⋯").count() == 0
