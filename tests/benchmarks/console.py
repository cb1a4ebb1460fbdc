"""How long it takes from a response until the console shows it, in a real browser.

``python -m tests.benchmarks.console`` prints the median, the 95th percentile and the longest of
some hundred requests, from the moment at which the client has its response until the row is there
when the next frame is drawn. Both clocks are the machine's.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep, time

from cs_simulator.client import Server
from tests.browser.support import Console, browser_path, launched, start
from tests.support.server import ServerProcess

REQUESTS = 200
BUDGET = 100.0
"""Milliseconds to the 95th percentile."""

_NOTE = """() => {
    window.seen = {};
    const list = document.querySelector("#view-journal .space");
    new MutationObserver((changes) => {
        for (const change of changes) for (const node of change.addedNodes) {
            const key = node.dataset?.key;
            if (key && !(key in window.seen)) {
                window.seen[key] = null;
                requestAnimationFrame(() => { window.seen[key] = Date.now(); });
            }
        }
    }).observe(list, {childList: true});
}"""


def measured(requests: int = REQUESTS) -> list[float]:
    """Return the milliseconds of each request."""
    from playwright.sync_api import sync_playwright

    path = browser_path()
    if path is None:
        raise SystemExit("there is no Chromium here; set CHROMIUM to its path")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = ServerProcess(Path(folder) / "ready.json").wait_until_ready()
        world = Server(server.ready["url"]).world("w")
        world.create()
        browser = launched(playwright.chromium, path)
        console = Console(browser.new_page(), server.ready["url"], world).open()
        console.page.evaluate(_NOTE)
        answered = []
        for _ in range(requests):
            start(world)
            answered.append(time() * 1000)
            sleep(0.03)
        console.row(requests).wait_for()
        console.page.wait_for_timeout(200)
        seen = console.page.evaluate("window.seen")
        browser.close()
        server.stop()
    return [max(0.0, seen[str(place + 1)] - each) for place, each in enumerate(answered)]


def main() -> int:
    """Measure, print and judge."""
    times = sorted(measured())
    p95 = times[int(len(times) * 0.95) - 1]
    print(f"p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, longest {times[-1]:.0f} ms")
    return 0 if p95 <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
