"""The report of a run, opened from the disk: the same views, without a server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cs_simulator.client import World
from cs_simulator.console.report import report_page
from tests.browser.conftest import OpenConsole
from tests.browser.support import Console, send, start

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OpenReport = Callable[..., Console]

HOSTILE = "</script><script>alert(1)</script><!-- \u202e \x00 \ud800 ]]>"


def report_of(world: World) -> dict[str, Any]:
    """Return what the report of a world is made of, as that of a test that failed."""
    test = {"name": "test_desk.py::test_refund", "failure": "assert 1 == 2"}
    return {**world.report_data(), "test": test}


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path, world: World) -> Iterator[OpenReport]:
    """Open the file of a report; it may complain of nothing, and ask nobody for anything."""
    opened: list[Console] = []
    asked: list[str] = []

    def open_report(report: dict[str, Any]) -> Console:
        file = tmp_path / "report.html"
        file.write_text(report_page(report), encoding="utf-8")
        context = browser.new_context(offline=True)
        console = Console(context.new_page(), file.as_uri(), world)
        console.page.on("request", lambda request: asked.append(request.url))
        opened.append(console)
        console.page.goto(file.as_uri())
        console.page.locator("#top h1").wait_for()
        return console

    yield open_report
    complaints = [each for console in opened for each in console.unexpected()]
    for console in opened:
        console.page.context.close()
    assert complaints == []
    assert all(url.startswith("file:") for url in asked)


def test_report_shows_what_the_console_shows(open_report: OpenReport, world: World) -> None:
    world.add_fault(name="down", on="get_service", response={"status": 503})
    start(world, b'{"contact_key": "42", "servce_type": 12345678901234567890}')
    send(f"{world.base_url}/services/4294967297")
    console = open_report(report_of(world))
    page = console.page
    page.locator(".title", has_text="#2 GET get_service").wait_for()
    console.details().locator("tr", has_text="down").locator("td", has_text="acted").wait_for()
    assert "assert 1 == 2" in page.inner_text(".failure")
    console.row(1).click()
    console.details().locator("text=12345678901234567890").first.wait_for()
    page.click("text=Show in conversation")
    page.locator("#view-conversation .title", has_text="service 4294967297").wait_for()
    page.keyboard.press("3")
    page.locator("tr", has_text="down").locator("td", has_text="1").first.wait_for()
    page.keyboard.press("4")
    page.locator("h2", has_text="State at the end").wait_for()
    assert page.locator("#view-world", has_text="contact_key").count() == 1
    assert page.locator("button:text-is('Reset'), [role=switch]").count() == 0


def test_report_tells_verdicts(open_report: OpenReport, world: World) -> None:
    start(world)
    verdict = world.judgement(on="any", attempts=1)
    console = open_report({**report_of(world), "verdict": verdict})
    console.page.keyboard.press("5")
    console.page.locator("tr", has_text="attempts").wait_for()


def test_hostile_values_stay_data(open_report: OpenReport, world: World) -> None:
    start(world, json.dumps({"contact_key": HOSTILE[:60]}).encode())
    report = report_of(world)
    report["test"] = {"name": HOSTILE, "failure": HOSTILE}
    report["requests"][0]["hints"] = [HOSTILE]
    console = open_report(report)
    page = console.page
    page.locator("#top .odd", has_text="U+202E").first.wait_for()
    assert page.locator("script").count() == 2
    console.row(1).click()
    page.locator(".hints .odd", has_text="U+0000").wait_for()
    assert "\u202e" not in page.title()


def test_state_before_a_request_is_that_of_the_patches(
    open_report: OpenReport, world: World
) -> None:
    start(world)
    start(world)
    report = report_of(world)
    report["begin"] = {"name": "w", "services": [], "a/b": {"x": 1}}
    report["changes"] = [
        {
            "request": 1,
            "patch": [
                {"op": "add", "path": "/services/-", "value": {"contact_key": "first"}},
                {"op": "replace", "path": "/a~1b/x", "value": 12345678901234567890},
            ],
        },
        {"request": 2, "patch": [{"op": "remove", "path": "/services/0"}]},
    ]
    console = open_report(report)
    console.row(2).click()
    console.details().locator("summary", has_text="State before").click()
    before = console.details().locator(".before pre")
    before.wait_for()
    assert "contact_key: first" in before.inner_text()
    assert "12345678901234567890" in before.inner_text()
    console.row(1).click()
    console.details().locator("summary", has_text="State before").click()
    before.wait_for()
    assert "contact_key" not in before.inner_text()


def test_state_before_a_request_is_that_of_the_world(open_report: OpenReport, world: World) -> None:
    start(world, b'{"contact_key": "first"}')
    start(world, b'{"contact_key": "second"}')
    start(world, b'{"contact_key": "third"}')
    console = open_report(report_of(world))
    console.row(3).click()
    console.details().locator("summary", has_text="State before").click()
    before = console.details().locator(".before pre")
    before.wait_for()
    world.rewind(3)
    assert yaml.safe_load(before.inner_text())["services"] == [
        yaml.safe_load(json.dumps(each)) for each in world.snapshot()["services"]
    ]


def test_console_gives_the_report_as_a_file(
    open_console: OpenConsole, world: World, browser: Browser, tmp_path: Path
) -> None:
    start(world, b'{"contact_key": "kept"}')
    console = open_console(world, "world")
    with console.page.expect_download() as download:
        console.page.click("text=Download this run as a file")
    file = tmp_path / "run.html"
    download.value.save_as(file)
    page = browser.new_context(offline=True).new_page()
    page.goto(file.as_uri())
    page.locator("[data-key='1']").click()
    page.locator(".details pre", has_text="kept").first.wait_for()
    page.context.close()


def test_report_opens_from_the_server_too(open_console: OpenConsole, world: World) -> None:
    start(world)
    console = open_console(world)
    console.page.goto(f"{world.root_url}/_control/report")
    console.row(1).wait_for()
    assert console.violations() == []


def test_report_of_nothing_opens(open_report: OpenReport) -> None:
    console = open_report({})
    console.page.locator(".empty", has_text="got no requests").wait_for()
    for key in "2345":
        console.page.keyboard.press(key)
    assert console.violations() == []


def test_report_keeps_nothing_from_anybody(open_report: OpenReport, world: World) -> None:
    start(world)
    send(f"{world.base_url}/services/7")
    console = open_report(report_of(world))
    console.details().locator("h3", has_text="Request").wait_for()
    for key in "12345":
        console.page.keyboard.press(key)
        console.keep_nothing_from_anybody()


def test_report_of_500_requests_is_small(world: World) -> None:
    world.load_scenario("demo")
    for number in range(250):
        body = {"contact_key": f"+4420794{number:05}", "service_type": number, "note": "x" * 40}
        start(world, json.dumps(body).encode())
        send(f"{world.base_url}/services/{4294967314 + number}")
    report = report_of(world)
    assert len(report["requests"]) == 500
    assert len(report["changes"]) == 250
    assert len(report_page(report)) <= 500_000


def test_report_says_what_it_cut(open_report: OpenReport, world: World) -> None:
    chance = Random(7)
    for number in range(60):
        note = chance.randbytes(4000).hex()
        start(world, json.dumps({"contact_key": f"key {number}", "note": note}).encode())
    report = report_of(world)
    assert len(report_page(report)) <= 500_000
    console = open_report(report)
    page = console.page
    page.locator("#view-journal .list").press("Home")
    console.details().locator("p", has_text="Kept: the first ").wait_for()
    console.details().locator("p", has_text="to keep this report small").wait_for()
    page.keyboard.press("2")
    page.locator(".group", has_text="contact key key 59").wait_for()
    page.keyboard.press("4")
    page.locator("dd", has_text="to keep this file small").wait_for()
    page.locator(".code", has_text="characters, cut in this report").wait_for()
    assert console.violations() == []


def test_policy_of_the_file_lets_only_its_own_script_run() -> None:
    page = report_page({"world": "w"})
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[\w+/=]+';", policy)
    assert "unsafe" not in policy
    assert page == report_page({"world": "w"})


def test_modules_of_the_viewer_share_no_name() -> None:
    page = report_page({})
    names = re.findall(
        r"^(?:async )?(?:function|class|const|let) (\w+)", page, re.MULTILINE
    ) + re.findall(r"^const \[(\w+), (\w+)\]", page, re.MULTILINE)
    assert len(names) == len(set(names))
    assert not re.findall(r"^(?:import|export)\b", page, re.MULTILINE)
