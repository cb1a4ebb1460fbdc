"""Fault rules: put in force and removed, written with completion, refused in the server's words."""

from __future__ import annotations

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole
from tests.browser.support import Console, start

RULE = {"name": "down", "on": "start_service", "response": {"status": 503}}


def rule(console: Console, name: str) -> None:
    console.page.locator(f"[aria-label='Remove {name}']").first.wait_for()


def press(console: Console, label: str, then: str) -> None:
    """Press the button of a rule, and wait for the one that follows it."""
    console.page.locator(f"[aria-label='{label}']").first.click()
    console.page.locator(f"[aria-label='{then}']").first.wait_for()


def test_rule_is_removed_and_put_back(open_console: OpenConsole, world: World) -> None:
    world.load_scenario({"faults": [RULE]})
    console = open_console(world, "faults")
    rule(console, "down")
    press(console, "Remove down", "Undo down")
    console.page.locator("#said", has_text="a reset brings it back").wait_for()
    console.page.locator("p", has_text="No rule is in force.").wait_for()
    assert start(world) == 201
    assert world.faults() == []
    press(console, "Undo down", "Remove down")
    assert start(world) == 503
    assert world.get_fault("down")["rule"] == RULE


def test_removed_rule_is_offered_after_a_reload_with_its_counters(
    open_console: OpenConsole, world: World
) -> None:
    world.load_scenario({"faults": [RULE]})
    console = open_console(world, "faults")
    rule(console, "down")
    start(world)
    start(world)
    console.page.locator("tr", has_text="down").locator("td", has_text="2").first.wait_for()
    press(console, "Remove down", "Undo down")
    console.page.reload()
    console.page.locator(".row", has_text="Removed: down, matched 2, acted 2").wait_for()
    press(console, "Undo down", "Remove down")
    assert world.get_fault("down")["rule"] == RULE
    press(console, "Remove down", "Undo down")
    world.load_scenario({"name": "another", "faults": []})
    console.page.locator("[aria-label='Undo down']").wait_for(state="detached")
    console.page.reload()
    console.page.locator("p", has_text="No rule is in force.").wait_for()
    assert console.page.locator("[aria-label='Undo down']").count() == 0


def test_rule_added_at_run_time_is_not_said_to_come_back(
    open_console: OpenConsole, world: World
) -> None:
    world.add_fault(**RULE)  # type: ignore[arg-type]
    console = open_console(world, "faults")
    press(console, "Remove down", "Undo down")
    assert console.page.inner_text("#said") == "down is removed"


def test_rule_that_is_used_up_says_so(open_console: OpenConsole, world: World) -> None:
    world.add_fault(**RULE, times=1)  # type: ignore[arg-type]
    console = open_console(world, "faults")
    start(world)
    console.page.locator("tr.used-up", has_text="used up, 1 of 1").wait_for()


def test_counters_go_on_while_one_looks(open_console: OpenConsole, world: World) -> None:
    world.add_fault(**RULE)  # type: ignore[arg-type]
    console = open_console(world, "faults")
    rule(console, "down")
    start(world)
    start(world)
    console.page.locator("tr", has_text="down").locator("td", has_text="2").first.wait_for()


def test_rules_of_a_shipped_scenario_are_put_in_force(
    open_console: OpenConsole, world: World
) -> None:
    console = open_console(world, "faults")
    page = console.page
    page.locator("[aria-label=Scenario] option[value=outage]").wait_for(state="attached")
    page.select_option("[aria-label=Scenario]", "outage")
    page.locator("text=of stage outage").wait_for()
    press(console, "Put in force outage", "Remove outage")
    assert start(world) == 503
    press(console, "Remove outage", "Put in force outage")
    assert start(world) == 201


def test_rule_is_written_with_completion(open_console: OpenConsole, world: World) -> None:
    console = open_console(world, "faults")
    page = console.page
    area = page.locator("[aria-label=Rule]")
    area.fill("")
    area.press_sequentially("on: start_ser")
    page.locator(".offers [role=option]", has_text="start_service").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("resp")
    page.locator(".offers [role=option]", has_text="response").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("{sta")
    page.locator(".offers [role=option]", has_text="status").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("418}")
    assert area.input_value() == "on: start_service\nresponse: {status: 418}"
    page.keyboard.press("Control+Enter")
    rule(console, "start_service-1")
    assert start(world) == 418


def test_completion_is_asked_for_and_left(open_console: OpenConsole, world: World) -> None:
    console = open_console(world, "faults")
    page = console.page
    area = page.locator("[aria-label=Rule]")
    area.fill("on: any\n")
    area.press("Control+End")
    page.keyboard.press("Control+ ")
    offers = page.locator(".offers [role=option]")
    offers.first.wait_for()
    assert "on" not in offers.all_inner_texts()
    assert console.violations() == []
    page.keyboard.press("Escape")
    assert not offers.first.is_visible()


def test_wrong_rule_is_refused_in_the_servers_words(
    open_console: OpenConsole, world: World
) -> None:
    console = open_console(world, "faults")
    console.expected = ("400 (Bad Request)",)
    page = console.page
    area = page.locator("[aria-label=Rule]")
    area.fill("on: start_service\nrespnse: {status: 503}\n")
    page.click("text=Put in force")
    page.locator(".problems", has_text="did you mean response?").wait_for()
    page.click(".problems button")
    assert page.evaluate("document.activeElement.selectionStart") == len("on: start_service\n")
    assert world.faults() == []


def test_rule_of_a_taken_name_is_replaced(open_console: OpenConsole, world: World) -> None:
    world.add_fault(**RULE)  # type: ignore[arg-type]
    console = open_console(world, "faults")
    rule(console, "down")
    console.page.click("[aria-label='Edit down']")
    area = console.page.locator("[aria-label=Rule]")
    assert area.input_value() == "name: down\non: start_service\nresponse: {status: 503}\n"
    area.fill(area.input_value().replace("503", "500"))
    console.page.click("text=Put in force")
    console.page.locator("#said.shown", has_text="down is in force").wait_for()
    assert start(world) == 500


def test_big_numbers_of_a_rule_keep_their_digits(open_console: OpenConsole, world: World) -> None:
    big = 12345678901234567890
    body = {"order": {"number": big}}
    world.add_fault(name="big", on="any", where={"body": body}, response={"status": 503})
    console = open_console(world, "faults")
    rule(console, "big")
    press(console, "Remove big", "Undo big")
    press(console, "Undo big", "Remove big")
    assert world.get_fault("big")["rule"]["where"] == {"body": body}


def test_faults_keep_nothing_from_anybody(open_console: OpenConsole, world: World) -> None:
    world.add_fault(**RULE)  # type: ignore[arg-type]
    console = open_console(world, "faults")
    rule(console, "down")
    console.keep_nothing_from_anybody()


def test_rule_that_is_being_written_stays_with_its_world(
    open_console: OpenConsole, server: Server, world: World
) -> None:
    world.add_fault(**RULE)  # type: ignore[arg-type]
    other = server.world("other-faults")
    other.create()
    console = open_console(world, "faults")
    page = console.page
    rule(console, "down")
    area = page.locator("[aria-label=Rule]")
    area.fill("on: mine\n")
    page.click("[aria-label='Edit down']")
    page.click("dialog >> text=Cancel")
    assert area.input_value() == "on: mine\n"
    page.evaluate("location.hash = '#world=other-faults&view=faults'")
    page.locator("p", has_text="No rule is in force.").wait_for()
    assert "name: outage" in area.input_value()
    page.go_back()
    rule(console, "down")
    assert area.input_value() == "on: mine\n"
    page.click("[aria-label='Edit down']")
    page.click("dialog button.danger")
    console.until(lambda: "name: down" in area.input_value())
    page.goto("about:blank")
    other.delete()


def test_rule_without_a_limit_says_so(open_console: OpenConsole, world: World) -> None:
    world.add_fault(**RULE)  # type: ignore[arg-type]
    console = open_console(world, "faults")
    rule(console, "down")
    console.page.locator("tr", has_text="down").locator("td", has_text="unlimited").wait_for()


def test_what_is_being_written_outlives_a_reload(
    open_console: OpenConsole, world: World, server: Server
) -> None:
    other = server.world("test_faults.unwritten")
    other.create()
    console = open_console(world, "faults")
    page = console.page
    example = page.input_value("[aria-label=Rule]")
    page.fill("[aria-label=Rule]", "name: half\non: ")
    page.reload()
    console.until(lambda: page.input_value("[aria-label=Rule]") == "name: half\non: ")
    page.evaluate(f"location.hash = 'world={other.name}&view=faults'")
    console.until(lambda: page.input_value("[aria-label=Rule]") == example)
    page.goto(f"{console.root}/_control/console#world={world.name}&view=faults")
    console.until(lambda: page.input_value("[aria-label=Rule]") == "name: half\non: ")

    # What was sent, and what is shown unchanged, is no draft.
    page.fill("[aria-label=Rule]", "name: whole\non: start_service\nresponse: {status: 500}\n")
    page.click("text=Put in force")
    console.page.locator("tr", has_text="whole").wait_for()
    page.reload()
    console.page.locator("tr", has_text="whole").wait_for()
    assert page.input_value("[aria-label=Rule]") == example
    other.delete()


def test_text_that_is_too_long_to_be_kept_harms_nothing(
    open_console: OpenConsole, world: World
) -> None:
    console = open_console(world, "faults")
    long = """() => {
        const area = document.querySelector("[aria-label=Rule]");
        area.style.display = "none"; // to draw that much takes seconds
        area.value = "x".repeat(2 ** 23);
    }"""
    console.page.evaluate(long)
    console.page.reload()
    console.page.locator(".state.s-live").wait_for()
    assert console.page.input_value("[aria-label=Rule]").startswith("name: outage")
