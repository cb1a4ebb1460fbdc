"""One conversation recorded by other people's tools fits as our own recording of it does.

Skipped where a tool is not installed. ``TESTS_TOOLS`` may name folders, separated by
colons, in which ``mitmdump`` and ``redocly`` are looked for besides the path.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.support.server import PATIENCE, ServerProcess

SCENARIO = "fidelity: {not_found_status: 404}"
TOOLS = os.environ.get("TESTS_TOOLS", "")
PATH = os.pathsep.join(filter(None, [TOOLS, os.environ.get("PATH", "")]))
_MADE = frozenset({"host", "connection", "content-length", "accept-encoding", "user-agent"})
"""Headers that each client has its own of."""


class Sent(NamedTuple):
    """A request of the conversation; its target has no host."""

    method: str
    target: str
    headers: dict[str, str]
    body: str


class Conversation(NamedTuple):
    """What is sent, and what our own recording of it says of each switch."""

    sent: Sequence[Sent]
    claims: dict[str, tuple[str, str | None]]


def cli(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    command = [sys.executable, "-m", "cs_simulator", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@contextmanager
def upstream(folder: Path) -> Iterator[str]:
    """Run the server that all record, anew for each."""
    scenario = folder / "upstream.yaml"
    scenario.write_text(SCENARIO)
    folder.joinpath("ready.json").unlink(missing_ok=True)
    process = ServerProcess(folder / "ready.json", "--scenario", str(scenario))
    try:
        yield process.wait_until_ready().ready["url"]
    finally:
        process.stop()


def claims(recording: Path) -> dict[str, tuple[str, str | None]]:
    """Return what a recording says of each switch: the verdict and the value."""
    done = cli("fit", "--report", "json", str(recording))
    assert done.returncode == 0, (done.stdout, done.stderr)
    switches = json.loads(done.stdout)["switches"]
    return {name: (each["verdict"], each["value"]) for name, each in switches.items()}


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    """Return what the probe sends, and what its own recording decides."""
    folder = tmp_path_factory.mktemp("ours")
    with upstream(folder) as url:
        base = f"{url}/genesys/1/cs"
        done = cli("probe", "--yes", "--base", base, "--har", str(folder / "ours.har"))
        assert done.returncode == 0, (done.stdout, done.stderr)
    har = json.loads((folder / "ours.har").read_text())
    sent = []
    for each in har["log"]["entries"]:
        request = each["request"]
        parts = urlsplit(request["url"])
        headers = {header["name"]: header["value"] for header in request["headers"]}
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        sent.append(
            Sent(request["method"], target, headers, request.get("postData", {}).get("text", ""))
        )
    return Conversation(sent, claims(folder / "ours.har"))


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[None]:
    """Run a proxy until all is sent, and end it so that it writes what it has."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the proxy does not listen"
                assert process.poll() is None, "the proxy has ended"
                time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


def send(base: str, sent: Sequence[Sent]) -> None:
    """Send the conversation, whatever is answered."""
    for each in sent:
        data = each.body.encode() if each.body else None
        request = Request(f"{base}{each.target}", data, _plain(each), method=each.method)
        with suppress(HTTPError):
            urlopen(request, timeout=PATIENCE).close()


def _plain(sent: Sent) -> dict[str, str]:
    """Return the headers that a client does not make itself."""
    return {name: sent.headers[name] for name in sent.headers if name.lower() not in _MADE}


def by_mitmproxy(url: str, sent: Sequence[Sent], har: Path) -> None:
    """Record with mitmproxy as a reverse proxy."""
    port = free_port()
    words = ["--mode", f"reverse:{url}", "--listen-port", str(port), "--set", f"hardump={har}"]
    with running([tool("mitmdump"), *words, "--set", "keep_host_header=false"], port):
        send(f"http://127.0.0.1:{port}", sent)


def by_redocly(url: str, sent: Sequence[Sent], har: Path) -> None:
    """Record with the proxy of Redocly's command line."""
    port = free_port()
    words = ["proxy", "--target", url, "--port", str(port), "--har", str(har)]
    with running([tool("redocly"), *words], port):
        send(f"http://127.0.0.1:{port}", sent)


def by_browser(url: str, sent: Sequence[Sent], har: Path) -> None:
    """Record what a page in Chromium asks for, with Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    options = ["--no-sandbox", "--disable-background-networking"]
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=tool("chromium"), args=options)
        context = browser.new_context(record_har_path=har, record_har_content="embed")
        page = context.new_page()
        page.goto(f"{url}/_control/health")
        for each in sent:
            request = {"method": each.method, "headers": _plain(each), "body": each.body or None}
            page.evaluate(
                "([url, request]) => fetch(url, request).then(got => got.text())",
                [f"{url}{each.target}", request],
            )
        context.close()
        browser.close()


@pytest.mark.parametrize("record", [by_mitmproxy, by_redocly, by_browser])
def test_recording_of_another_tool_fits_as_our_own(
    record: Callable[[str, Sequence[Sent], Path], None], conversation: Conversation, tmp_path: Path
) -> None:
    with upstream(tmp_path) as url:
        record(url, conversation.sent, tmp_path / "theirs.har")
    assert claims(tmp_path / "theirs.har") == conversation.claims
    assert conversation.claims["not_found_status"] == ("proven", "404")


def tool(name: str) -> str:
    """Return where a tool is; the test is skipped where it is nowhere."""
    found = shutil.which(name, path=PATH)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found
