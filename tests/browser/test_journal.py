"""The journal: what comes shows, what is filtered does not, and what is chosen is told whole."""

from __future__ import annotations

import pytest

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole, StartServer
from tests.browser.support import SCHEMES, Console, send, start

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def expect(console: Console, selector: str, text: str) -> None:
    console.page.locator(selector, has_text=text).first.wait_for()


def test_request_shows_as_it_comes(console: Console, world: World) -> None:
    expect(console, "#view-journal .empty", "This world has no requests yet")
    assert start(world) == 201
    console.row(1).wait_for()
    shown = console.row(1).inner_text().split()
    assert shown[2:6] == ["POST", "start_service", "/services/start", "201"]


def test_filters_keep_what_they_say(console: Console, world: World) -> None:
    start(world, b'{"contact_key": "needle"}')
    start(world, b'{"contact_key": 1.5}')
    send(f"{world.base_url}/services/7")
    start(world, X_Simulator_Fault='{"connection": "close"}')
    console.row(4).wait_for()
    page = console.page

    def shown() -> list[str]:
        return [each.get_attribute("data-key") or "" for each in console.rows().all()]

    page.fill("[aria-label='Filter by text']", "NEEDLE")
    console.until(lambda: shown() == ["1"])
    page.fill("[aria-label='Filter by text']", "")
    page.check("#needs-look")
    console.until(lambda: shown() == ["2", "3", "4"])
    page.select_option("[aria-label=Operation]", "start_service")
    console.until(lambda: shown() == ["2", "4"])
    page.select_option("[aria-label=Status]", "broken")
    console.until(lambda: shown() == ["4"])
    page.fill("[aria-label='Filter by text']", "nothing such")
    console.until(lambda: shown() == [])
    expect(console, "#view-journal .empty", "No request passes these filters.")


def test_hints_and_faults_need_a_look(console: Console, world: World) -> None:
    world.add_fault(name="slow", on="get_service", delay="1ms")
    start(world)
    start(world, b'{"contact_key": "42", "servce_type": 1}')
    send(f"{world.base_url}/services/4294967297")
    console.row(3).wait_for()
    console.page.keyboard.press("r")
    console.until(
        lambda: [each.get_attribute("data-key") for each in console.rows().all()] == ["2", "3"]
    )
    assert console.page.is_checked("#needs-look")


def test_page_opens_at_what_needs_a_look(open_console: OpenConsole, world: World) -> None:
    start(world, b'{"contact_key": "42", "servce_type": 1}')
    start(world)
    console = open_console(world)
    console.page.locator(".title", has_text="#1").wait_for()
    send(f"{world.base_url}/services/7")
    console.row(3).wait_for()
    assert "#1" in console.page.inner_text(".title")
    console.page.reload()
    console.page.locator(".title", has_text="#1").wait_for()
    open_console(world).page.locator(".title", has_text="#3").wait_for()


@pytest.mark.parametrize("width", [900, 1280])
def test_badges_and_the_end_of_a_path_are_seen_beside_a_request(
    open_console: OpenConsole, world: World, width: int
) -> None:
    start(world, b'{"contact_key": "42", "servce_type": 1}')
    path = "/services/4294967297/extensions/Order"
    send(
        f"{world.base_url}{path}",
        b'{"Order": {}}',
        method="PUT",
        X_Simulator_Fault='{"delay": "1ms"}',
    )
    console = open_console(world, more="&request=2")
    page = console.page
    page.set_viewport_size({"width": width, "height": 700})
    edge = page.locator("#view-journal .master").bounding_box()
    assert edge is not None
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for part in (".hint", ".fault", ".path span >> nth=-1"):
            box = page.locator(f"#view-journal .list {part}").last.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= edge["x"] + edge["width"], part
    page.emulate_media(color_scheme="light")
    tail = console.row(2).locator(".path span").last
    assert tail.inner_text() == "/extensions/Order"
    assert page.locator(".line.head .ms").is_visible() == (
        console.row(1).locator(".ms").is_visible()
    )


def test_details_tell_hints_rules_and_both_bodies(console: Console, world: World) -> None:
    world.add_fault(
        name="only-43", on="start_service", where={"contact_key": "43"}, response={"status": 503}
    )
    start(world, b'{"contact_key": 42, "servce_type": 12345678901234567890, "x": 39.90}')
    console.row(1).click()
    details = console.details()
    details.locator("text=12345678901234567890").wait_for()
    text = details.inner_text()
    assert "39.90" in text
    expect(console, ".hints", "did you mean service_type?")
    row = details.locator("tr", has_text="only-43")
    row.wait_for()
    assert "no match" in row.inner_text()
    assert "expected 43" in row.inner_text()
    row.locator("button", has_text="only-43").click()
    console.page.locator("#view-faults details[open] pre", has_text="contact_key").wait_for()
    focused = "document.activeElement.innerText"
    console.until(lambda: console.page.evaluate(focused) == "only-43")


def test_near_misses_stand_beside_what_was_red(console: Console, world: World) -> None:
    world.add_fault(name="far", on="end_service", response={"status": 503})
    world.add_fault(
        name="near", on="get_service", where={"customer_id": "C-1"}, response={"status": 503}
    )
    send(f"{world.base_url}/services/7")
    console.row(1).click()
    assert "It said" in console.details().inner_text()
    near = console.details().locator("section", has_text="Near misses")
    near.wait_for()
    assert "customer_id" in near.inner_text()
    assert "far" not in near.inner_text()


def test_row_under_the_pointer_does_not_move(console: Console, world: World) -> None:
    for _ in range(60):
        start(world)
    console.row(60).wait_for()
    row = console.row(55)
    row.hover()
    before = row.bounding_box()
    for _ in range(40):
        start(world)
    console.page.locator(".newest", has_text="40 new requests").wait_for()
    assert row.bounding_box() == before
    console.page.mouse.move(5, 5)
    console.row(100).wait_for()


def test_list_goes_on_following_where_its_own_scroll_is_told_of_late(
    console: Console, world: World
) -> None:
    for _ in range(60):
        start(world)
    console.row(60).wait_for()
    console.row(55).hover()
    for _ in range(2):
        start(world)
    console.page.locator(".newest", has_text="2 new requests").wait_for()
    console.page.evaluate("document.querySelector('.list').dispatchEvent(new Event('scroll'))")
    console.page.mouse.move(5, 5)
    console.row(62).wait_for()
    console.page.locator(".newest").wait_for(state="hidden")


def test_hostile_values_are_text(console: Console, world: World) -> None:
    evil = EVIL.encode().replace(b'"', b'\\"')
    start(
        world, b'{"contact_key": "%s", "note": "a\xe2\x80\xaeb", "tag": "\xf3\xa0\x81\x81"}' % evil
    )
    send(f"{world.base_url}/services/%3Cscript%3Ealert(1)%3C/script%3E?x=%E2%80%AE")
    console.row(2).wait_for()
    console.row(1).click()
    details = console.details()
    details.locator(".odd", has_text="U+202E").first.wait_for()
    details.locator(".odd", has_text="U+E0041").first.wait_for()
    assert "<script>alert" in details.inner_text()
    assert console.page.locator("img, #views script").count() == 0
    console.row(2).click()
    console.page.locator(".title", has_text="#2").wait_for()


def test_megabyte_in_one_member_is_cut_and_said(console: Console, world: World) -> None:
    start(world, b'{"contact_key": "42", "note": "%s"}' % (b"x" * 1_000_000))
    console.row(1).click()
    details = console.details()
    details.locator("text=the first 65536 of").first.wait_for()
    details.locator("button", has_text="Show all").first.click()
    assert details.locator("button", has_text="Show all").count() <= 1


def test_body_that_is_no_text_is_base64(console: Console, world: World) -> None:
    start(world, b"\xff\xfe\x00")
    console.row(1).click()
    console.details().locator("pre", has_text="//4A").wait_for()


def test_keys_alone_lead_through_the_journal(console: Console, world: World) -> None:
    start(world)
    start(world, b"{}")
    console.row(2).wait_for()
    page = console.page
    page.keyboard.press("j")
    page.locator(".title", has_text="#1").wait_for()
    page.keyboard.press("j")
    page.locator(".title", has_text="#2").wait_for()
    page.keyboard.press("k")
    page.locator(".title", has_text="#1").wait_for()
    page.focus("#view-journal .list")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.title') !== null")
    page.keyboard.press("Escape")
    assert not console.details().is_visible()
    page.keyboard.press("/")
    page.keyboard.type("start")
    assert page.input_value("[aria-label='Filter by text']") == "start"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("dialog.keys").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")


def test_address_leads_back_to_the_request(open_console: OpenConsole, world: World) -> None:
    start(world)
    start(world)
    console = open_console(world, more="&request=2")
    console.page.locator(".title", has_text="#2").wait_for()


def test_journal_is_emptied_when_that_is_confirmed(console: Console, world: World) -> None:
    clear = console.page.locator("button", has_text="Clear journal")
    console.until(clear.is_disabled)
    start(world)
    console.row(1).wait_for()
    console.until(clear.is_enabled)
    console.page.click("text=Clear journal")
    console.page.click("dialog >> text=Cancel")
    console.page.click("text=Clear journal")
    console.page.click("dialog button.danger")
    console.row(1).wait_for(state="detached")
    console.until(clear.is_disabled)
    start(world)
    console.row(2).wait_for()


def test_journal_keeps_nothing_from_anybody(open_console: OpenConsole, world: World) -> None:
    start(world, b'{"contact_key": 42, "servce_type": 1}')
    start(world, X_Simulator_Fault='{"connection": "close"}')
    console = open_console(world)
    console.row(2).wait_for()
    console.keep_nothing_from_anybody()
    console.row(1).click()
    console.details().locator("h3", has_text="Request").first.wait_for()
    console.keep_nothing_from_anybody()


def test_esc_empties_the_filter_and_shows_all_again(console: Console, world: World) -> None:
    start(world)
    console.row(1).wait_for()
    page = console.page
    page.keyboard.press("/")
    page.keyboard.type("nothing such")
    console.row(1).wait_for(state="detached")
    page.keyboard.press("Escape")
    console.row(1).wait_for()
    assert page.input_value("[aria-label='Filter by text']") == ""


def test_esc_on_a_choice_closes_what_is_open(console: Console, world: World) -> None:
    start(world)
    console.row(1).click()
    console.page.focus("[aria-label=Status]")
    console.page.keyboard.press("Escape")
    console.details().wait_for(state="hidden")


def test_keys_lead_from_a_view_into_a_request(console: Console, world: World) -> None:
    start(world)
    start(world)
    console.row(2).wait_for()
    page = console.page
    for key in ("2", "1", "j", "j", "Enter"):
        page.keyboard.press(key)
    page.locator(".title", has_text="#2").wait_for()
    assert page.evaluate("document.activeElement.closest('.title') !== null")
    page.keyboard.press("?")
    page.locator("dialog.keys", has_text="Ctrl Enter").wait_for()
    page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [900, 1180, 1280])
def test_row_of_filters_stays_where_it_is(
    open_console: OpenConsole, world: World, width: int
) -> None:
    for _ in range(3):
        start(world)
    send(f"{world.base_url}/services/7")
    console = open_console(world)
    console.page.set_viewport_size({"width": width, "height": 700})
    console.row(4).wait_for()
    box = console.page.locator("#view-journal .bar label")
    before = box.bounding_box()
    console.page.keyboard.press("r")
    console.page.locator("#view-journal .count", has_text="1 of 4 requests").wait_for()
    assert box.bounding_box() == before
    if width > 900:
        clear = console.page.locator("text=Clear journal").bounding_box()
        assert before is not None
        assert clear is not None
        assert abs(clear["y"] - before["y"]) < 10


def test_requests_that_went_to_the_default_world_are_told_of(
    start_server: StartServer, open_console: OpenConsole
) -> None:
    server = Server(start_server().ready["url"])
    send(f"{server.world().base_url}/services/7")
    world = server.world("mine")
    world.create()
    start(world)
    console = open_console(world)
    console.row(1).wait_for()
    elsewhere = console.page.locator(".elsewhere")
    assert elsewhere.inner_text() == ""
    start(server.world())
    start(server.world())
    console.page.locator(".elsewhere", has_text="world default got 2 requests").wait_for()
    elsewhere.locator("button").click()
    console.page.locator("#top .chip", has_text="default").wait_for()
    console.row(3).wait_for()


def test_what_is_said_covers_no_details(console: Console, world: World) -> None:
    start(world)
    console.row(1).click()
    console.details().locator("button", has_text="as curl").click()
    console.page.locator("#said.shown").wait_for()
    said = console.page.locator("#said").bounding_box()
    title = console.page.locator("#view-journal .bar").bounding_box()
    assert said is not None
    assert title is not None
    assert said["y"] + said["height"] <= title["y"]


def test_narrow_page_has_room_for_facts_and_paths(console: Console, world: World) -> None:
    start(world)
    page = console.page
    page.set_viewport_size({"width": 800, "height": 700})
    console.row(1).wait_for()
    facts = page.locator(".world-facts")
    assert facts.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert console.row(1).locator(".path").is_visible()
    page.set_viewport_size({"width": 860, "height": 700})
    console.row(1).click()
    assert console.row(1).locator(".path").is_visible()


def test_operation_is_whole_where_there_is_room(console: Console, world: World) -> None:
    console.page.set_viewport_size({"width": 1600, "height": 700})
    send(f"{world.base_url}/services/anonymous/1/active?active_tasks=true")
    operation = console.row(1).locator(".operation")
    operation.wait_for()
    assert operation.evaluate("each => each.scrollWidth <= each.clientWidth")


def test_times_have_dates_once_a_run_is_of_several_days(console: Console, world: World) -> None:
    start(world)
    console.row(1).wait_for()
    assert console.row(1).locator(".time").inner_text() == "09:00:00.000"
    world.advance_clock("1d")
    start(world)
    expect(console, "[data-key='2'] .time", "01-06 09:00:00")
    expect(console, "[data-key='1'] .time", "01-05 09:00:00")
    world.clear_requests()
    start(world)
    console.until(lambda: console.rows().count() == 1)
    assert console.rows().locator(".time").inner_text() == "09:00:00.000"


def test_details_tell_how_long_after_another_a_request_came(console: Console, world: World) -> None:
    world.add_fault(
        name="busy", on="start_service", times=1,
        response={"status": 503, "headers": {"Retry-After": "2"}},
    )  # fmt: skip
    start(world)
    start(world)
    console.row(2).click()
    facts = console.details().locator("dd", has_text="ms after #1 was done")
    facts.wait_for()
    waited = int(facts.inner_text().partition("; ")[2].split(" ")[0])
    assert waited < 2000
