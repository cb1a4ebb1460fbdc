"""A request that is copied: as a command that runs, a test that passes, a scenario for it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from cs_simulator.client import World
from cs_simulator.client.rules import FaultRule
from cs_simulator.documents.text import read_text
from tests.browser.conftest import OpenConsole
from tests.browser.support import COLOUR, Console, send, start
from tests.support import WITHOUT_OUR_PLUGINS
from tests.support.forked import pytest_command
from tests.support.server import environment

BODIES = {
    "plain": b'{"contact_key": "42", "note": "it\'s $HOME `x` \\\\ \\"q\\""}',
    "many digits": b'{"contact_key": "42", "note": 12345678901234567890.10}',
    "odd": '{"contact_key": "Zoë \u202e\U0001f600", "note": "a\u0085b"}'.encode(),
    "bytes": b"\xff\x00\xfe",
    "wrong": b"{not json",
}


def copied(console: Console, button: str) -> str:
    """Press a button that copies; return what is in the clipboard."""
    console.page.evaluate("document.querySelector('#said').className = ''")  # of a copy before
    console.details().locator(f"button:text-is('{button}')").click()
    console.page.locator(
        "#said.shown", has_text=f"Copied {button.removeprefix('Copy ')}"
    ).wait_for()
    found: str = console.page.evaluate("navigator.clipboard.readText()")
    return found


def test_command_of_curl_sends_the_same(console: Console, world: World) -> None:
    for body in BODIES.values():
        start(world, body, X_Trace="it's $1")
        number = world.requests()[-1]["id"]
        console.row(number).click()
        console.page.locator(".title", has_text=f"#{number} ").wait_for()
        command = copied(console, "Copy as curl")
        subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=60)
        first, second = world.requests()[-2:]
        assert second["id"] == number + 1
        for part in ("method", "path", "body"):
            assert first["request"].get(part) == second["request"].get(part), body
        assert second["request"]["headers"]["X-Trace"] == "it's $1"
        assert first.get("response", {}).get("status") == second.get("response", {}).get("status")


def test_command_of_curl_says_what_was_masked(open_console: OpenConsole, world: World) -> None:
    start(world, Authorization="Basic c2VjcmV0")
    console = open_console(world, more="&request=1")
    command = copied(console, "Copy as curl")
    assert command.startswith("# Authorization: sent, and never kept")
    assert "***" not in command


@pytest.mark.parametrize("name", ["odd", "bytes", "broken", "missing"])
def test_test_passes_as_it_was_copied(
    open_console: OpenConsole, world: World, tmp_path: Path, name: str
) -> None:
    if name == "broken":
        start(world, X_Simulator_Fault='{"connection": "close"}')
    elif name == "missing":
        send(f"{world.base_url}/services/7?x=%20")
    else:
        start(world, BODIES[name])
    console = open_console(world, more="&request=1")
    passes(copied(console, "as pytest"), tmp_path)


def test_test_makes_the_world_what_it_was(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    world.load_scenario({"services": [{"contact_key": "there from the beginning"}]})
    start(world)
    made = f"{world.base_url}/services/4294967298/states"
    send(f"{made}/start", b'{"state_type": 1}')
    send(f"{made}/1001/end", b"{}")
    console = open_console(world, more="&request=3")
    passes(copied(console, "as pytest"), tmp_path)


def test_test_brings_the_rule_that_answered(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    start(world)
    world.add_fault(name="maintenance", on="get_service", times=1, response={"status": 503})
    send(f"{world.base_url}/services/4294967297")
    console = open_console(world, more="&request=2")
    text = copied(console, "as pytest")
    assert '# A rule acted on it: "maintenance"' in text
    passes(text, tmp_path)


def passes(text: str, folder: Path) -> None:
    """Run a test as it was copied, in a world that begins anew."""
    done = ran(text, folder)
    assert done.returncode == 0, done.stdout


def fails_without(text: str, line: str, folder: Path) -> None:
    """Run a test as it was copied but for a line: it must not pass for another reason."""
    parts = text.partition(line)
    assert parts[1]
    done = ran(f"{parts[0]}    dict({parts[2]}", folder)
    assert "1 failed" in done.stdout


def ran(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "test_copied.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [*pytest_command(), "-q", "-p", "no:cacheprovider", "test_copied.py"],
        cwd=folder,
        env=environment(PYTEST_ADDOPTS=WITHOUT_OUR_PLUGINS),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("name", ["plain", "wrong", "broken", "missing"])
def test_rule_answers_as_it_was_answered(
    open_console: OpenConsole, world: World, name: str
) -> None:
    def ask(**headers: str) -> int:
        if name == "missing":
            return send(f"{world.base_url}/services/7")
        return start(world, BODIES.get(name, b"{}"), **headers)

    was = ask(**({"X_Simulator_Fault": '{"connection": "close"}'} if name == "broken" else {}))
    before = world.request(1)
    console = open_console(world, more="&request=1")
    world.add_fault(**read_text(copied(console, "as a rule"), "rule.yaml"))
    assert ask() == was
    after = world.request(2)
    assert after["faults"] == ["like-request-1"]
    assert after.get("response", {}).get("json") == before.get("response", {}).get("json")


LOST: FaultRule = {
    "name": "lost", "on": "end_service", "where": {"contact_key": "42"}, "times": 1,
    "connection": "reset", "effect": "applied",
}  # fmt: skip
SLOW: FaultRule = {
    "name": "slow", "on": "get_service", "where": {"customer_id": "C-1"}, "delay": "30s",
}  # fmt: skip


def waits(world: World, path: str) -> None:
    """Ask for something, and give up soon."""
    with pytest.raises(TimeoutError):
        urlopen(f"{world.base_url}{path}", timeout=0.4)


def test_copies_of_a_lost_answer_lose_it_again(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    start(world)
    world.add_fault(**LOST)
    send(f"{world.base_url}/services/4294967297/end", b"{}")
    console = open_console(world, more="&request=2")
    page = console.page
    rule = copied(console, "as a rule")
    assert read_text(rule, "rule.yaml") == LOST
    passes(copied(console, "as pytest"), tmp_path)
    details = console.details()
    details.locator("h3", has_text="Response, not received by the client").wait_for()
    details.locator("td", has_text="connection: reset, effect: applied").wait_for()
    row = console.row(2).locator(".status")
    assert row.evaluate(COLOUR) == details.locator("b.k-broken").evaluate(COLOUR)
    assert row.evaluate(COLOUR) != console.row(2).locator(".operation").evaluate(COLOUR)
    page.keyboard.press("3")
    world.remove_fault("lost")
    page.locator("[aria-label=Rule]").fill(f"{rule}---\n{json.dumps(SLOW)}\n")
    page.keyboard.press("Control+Enter")
    page.locator("#said.shown", has_text="lost, slow are in force").wait_for()
    assert [each["rule"] for each in world.faults()] == [LOST, SLOW]


def test_copies_of_an_answer_that_came_too_late_hold_it_back_again(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    start(world, b'{"customer_id": "C-1", "contact_key": "42"}')
    world.add_fault(**SLOW)
    waits(world, "/services/4294967297")
    console = open_console(world, more="&request=2")
    details = console.details()
    details.locator("dd", has_text="it gave up after").wait_for()
    assert ", while slow held the response back" in details.inner_text()
    details.locator("td", has_text="delay: 30s").wait_for()
    assert float(console.row(2).locator(".ms").inner_text()) > 300
    assert read_text(copied(console, "as a rule"), "rule.yaml") == SLOW
    text = copied(console, "as pytest")
    assert '"customer_id": "C-1"' in text
    assert "raises(TimeoutError)" in text
    assert "json.loads" not in text
    passes(text, tmp_path)
    fails_without(text, "    context_services.add_fault(", tmp_path)


def test_copy_of_what_a_rule_did_that_nobody_knows_any_more(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    start(world, b'{"customer_id": "C-1"}')
    world.add_fault(**SLOW)
    waits(world, "/services/4294967297")
    world.replace_fault("slow", on="end_service", connection="reset", effect="applied")
    send(f"{world.base_url}/services/4294967297/end", b"{}", X_Simulator_Fault="slow")
    world.remove_fault("slow")
    console = open_console(world, more="&request=2")
    rule = read_text(copied(console, "as a rule"), "rule.yaml")
    assert rule["name"] == "like-request-2"
    assert int(rule["delay"].removesuffix("ms")) > 1000
    passes(copied(console, "as pytest"), tmp_path)
    console.row(3).click()
    console.page.locator(".title", has_text="#3").wait_for()
    rule = read_text(copied(console, "as a rule"), "rule.yaml")
    assert (rule["connection"], rule["effect"]) == ("reset", "applied")


def test_test_moves_the_clock_as_it_was_moved(
    open_console: OpenConsole, world: World, tmp_path: Path
) -> None:
    start(world, b'{"contact_key": "42", "ttl": 60}')
    start(world, b'{"contact_key": "43"}')
    world.advance_clock("2m")
    ended = send(f"{world.base_url}/services/4294967297/end", b"{}")
    assert ended == 400
    console = open_console(world, more="&request=3")
    text = copied(console, "as pytest")
    assert text.count("freeze_clock") == 1
    assert 'context_services.freeze_clock("2026-01-05T09:02:00.000Z")' in text
    passes(text, tmp_path)
