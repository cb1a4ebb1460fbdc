"""A request that is copied: as a command that runs, a test that passes, a scenario for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cs_simulator.client import World
from cs_simulator.documents.text import read_text
from tests.browser.conftest import OpenConsole
from tests.browser.support import Console, send, start
from tests.support import WITHOUT_OUR_PLUGINS
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
    console.details().locator(f"button:text-is('{button}')").click()
    console.page.locator("#said.shown", has_text="Copied").wait_for()
    found: str = console.page.evaluate("navigator.clipboard.readText()")
    return found


@pytest.mark.parametrize("name", BODIES)
def test_command_of_curl_sends_the_same(open_console: OpenConsole, world: World, name: str) -> None:
    start(world, BODIES[name], X_Trace="it's $1")
    console = open_console(world, more="&request=1")
    command = copied(console, "Copy as curl")
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=60)
    first, second = world.requests()
    for part in ("method", "path", "body"):
        assert first["request"].get(part) == second["request"].get(part)
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
    assert '# It was answered by a rule: "maintenance"' in text
    passes(text, tmp_path)


def passes(text: str, folder: Path) -> None:
    """Run a test as it was copied, in a world that begins anew."""
    (folder / "test_copied.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_copied.py"],
        cwd=folder,
        env=environment(PYTEST_ADDOPTS=WITHOUT_OUR_PLUGINS),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["plain", "wrong", "broken", "missing"])
def test_scenario_answers_as_it_was_answered(
    open_console: OpenConsole, world: World, name: str
) -> None:
    def ask(**headers: str) -> int:
        if name == "missing":
            return send(f"{world.base_url}/services/7")
        return start(world, BODIES.get(name, b"{}"), **headers)

    was = ask(**({"X_Simulator_Fault": '{"connection": "close"}'} if name == "broken" else {}))
    before = world.request(1)
    console = open_console(world, more="&request=1")
    world.load_scenario(read_text(copied(console, "as a rule"), "rule.yaml"))
    assert ask() == was
    after = world.request(1)
    assert after["faults"] == ["like-request-1"]
    assert after.get("response", {}).get("json") == before.get("response", {}).get("json")
