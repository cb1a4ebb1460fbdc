"""A browser for tests, and the console of a world in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from cs_simulator.client import World
from tests.support.responses import status_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Locator, Page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",
)
"""A browser that asks nobody but the server of the test, and draws the pages of one context in one
process."""

GO_ON = """async address => {
    document.body.tabIndex = -1;
    document.body.focus(); // the key Tab begins there again
    document.body.removeAttribute("tabindex");
    const isThere = new Promise(done => addEventListener("hashchange", done, { once: true }));
    location.hash = address;
    await isThere; // until then what was shown before may say that it is live
    document.querySelector("#said").className = "";
    document.querySelector(".state").className = "state";
}"""
"""Leads a console to another world. It says that it is live again when it has seen that world."""

LEFT = """() => JSON.stringify([
    location.pathname,
    innerWidth,
    innerHeight,
    matchMedia("(prefers-color-scheme: dark)").matches,
    document.querySelectorAll("dialog").length,
    ...Array.from(
        document.querySelectorAll(".view:not(#view-world) :is(input, select, textarea)"),
        each => [each.value, each.checked],
    ),
])"""
"""Tells how a console is, but for what changes with the world."""

TIDY = """async was => {
    const address = "#world=default";
    const isThere = new Promise(done => addEventListener("hashchange", done, { once: true }));
    if (location.hash !== address) {
        location.hash = address; // the texts that are being written stay with their world
        await isThere;
    }
    const fields = document.querySelectorAll(".view:not(#view-world) :is(input, select, textarea)");
    const values = JSON.parse(was).slice(5);
    if (fields.length !== values.length) return;
    for (const [place, each] of fields.entries()) {
        const [value, checked] = values[place];
        if (each.value === value && each.checked === (checked ?? undefined)) continue;
        Object.assign(each, checked === null ? { value } : { value, checked });
        each.dispatchEvent(new Event("input", { bubbles: true }));
        each.dispatchEvent(new Event("change", { bubbles: true }));
    }
}"""
"""Leads a console to no world of a test, and takes back what was chosen in it."""

COLOUR = "each => getComputedStyle(each).color"

OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours."""

SCHEMES: dict[Literal["light", "dark"], tuple[str, ...]] = {"light": (), "dark": OF_COLOURS}
"""The schemes, each with the rules that are tried in it, () for all."""


def browser_path() -> str | None:
    """Return the Chromium of the system, or the one that the environment names."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = (shutil.which(name) for name in names)
    return os.environ.get("CHROMIUM") or next((each for each in found if each), None)


def launched(chromium: BrowserType, path: str) -> Browser:
    """Start a browser."""
    return chromium.launch(executable_path=path, args=list(FLAGS))


@dataclass
class Console:
    """A page of the console, and what its browser complained about."""

    page: Page
    root: str
    world: World
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Parts of complaints that the test brings about, such as a server that is gone."""
    before: str = ""
    """What the page showed before: what it asked there may be answered late."""

    def __post_init__(self) -> None:
        self.page.on("console", self._told)
        self.page.on("pageerror", self._failed)
        self.page.set_default_timeout(20_000)

    def _told(self, message: Any) -> None:
        is_late = self.before and self.before in message.location["url"]
        if message.type in ("error", "warning") and not is_late:
            self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _failed(self, error: Any) -> None:
        self.complaints.append(f"error: {error}")

    def unexpected(self) -> list[str]:
        """Return what the browser complained about."""
        return [each for each in self.complaints if not any(part in each for part in self.expected)]

    def open(self, view: str = "journal", more: str = "") -> Console:
        """Open the page at a view of the world."""
        self.page.goto(f"{self.root}/_control/console#world={self.world.name}&view={view}{more}")
        self.page.wait_for_selector(".state.s-live")
        return self

    def go_on(self, view: str = "journal", more: str = "") -> Console:
        """Open a view of the world in a console that has shown another one."""
        self.page.mouse.move(0, 0)
        self.page.evaluate(GO_ON, f"#world={self.world.name}&view={view}{more}")
        self.page.wait_for_selector(".state.s-live")
        return self

    def let_go(self) -> None:
        """Leave the page to another test."""
        self.page.remove_listener("console", self._told)
        self.page.remove_listener("pageerror", self._failed)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; the page's policy lets no test wait inside of it."""
        deadline = monotonic() + 20
        while not holds():
            assert monotonic() < deadline, "it does not come to hold"
            self.page.wait_for_timeout(20)

    def rows(self) -> Locator:
        """Return the rows of the journal that are there."""
        return self.page.locator("#view-journal [role=option]")

    def row(self, number: int) -> Locator:
        """Return the row of a request."""
        return self.page.locator(f"#view-journal [data-key='{number}']")

    def details(self) -> Locator:
        """Return the pane of the request that is chosen."""
        return self.page.locator("#view-journal .details")

    def violations(self, *rules: str) -> list[str]:
        """Return what the rules of axe, or some of them, find on the page as it is."""
        from axe_playwright_python.sync_playwright import Axe

        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        chosen = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
        options = {"resultTypes": ["violations"], **chosen}
        found = self.page.evaluate("options => axe.run(document, options)", options)["violations"]
        return [
            f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for each in found
            for node in each["nodes"]
        ]

    def keep_nothing_from_anybody(self) -> None:
        """Check the page as it is, in both schemes, on a narrow screen and on a wide one.

        The schemes differ in their colours: the rules that are about others are tried in one.
        """
        before = self.page.viewport_size
        assert before is not None
        for width in (400, 1280):
            self.page.set_viewport_size({"width": width, "height": 800})
            for scheme, rules in SCHEMES.items():
                self.page.emulate_media(color_scheme=scheme)
                assert self.violations(*rules) == [], (width, scheme)
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(before)


def send(url: str, body: bytes | None = None, method: str | None = None, **headers: str) -> int:
    """Send a request; return its status, 0 where there is no response."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    try:
        return status_of(url, body, sent, method)
    except OSError:
        return 0


def start(world: World, body: bytes = b'{"contact_key": "42"}', **headers: str) -> int:
    """Start a service in a world."""
    return send(f"{world.base_url}/services/start", body, **headers)


def here(name: str) -> Path:
    """Return a file beside these tests."""
    return Path(__file__).parent / name
