"""What happens under an open page: a server that is reset, stopped, started again or locked."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from cs_simulator.client import Server, World
from tests.browser.conftest import OpenConsole, StartServer
from tests.browser.support import Console, start

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AWAY = ("ERR_CONNECTION", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE")
"""What a browser notes of a server that does not answer."""


def state(console: Console, word: str) -> None:
    console.page.locator(".state", has_text=word).wait_for()


def test_world_that_is_reset_begins_again(console: Console, world: World) -> None:
    start(world)
    start(world)
    console.row(2).click()
    console.details().locator("text=Copy as curl").wait_for()  # the request is there whole
    world.reset()
    console.row(2).wait_for(state="detached")
    console.details().wait_for(state="hidden")
    assert console.page.inner_text("#said") == "Journal was cleared"
    start(world)
    console.row(1).wait_for()


def test_world_that_is_reset_and_asked_at_once_shows_the_new_requests(
    console: Console, world: World
) -> None:
    start(world, b'{"contact_key": "old"}')
    console.row(1).wait_for()
    world.reset()
    start(world, b'{"contact_key": "new"}')
    console.page.fill("[aria-label='Filter by text']", "new")
    console.row(1).wait_for()


def test_world_that_is_dropped_is_said_and_seen_again(console: Console, world: World) -> None:
    console.expected = ("404 (Not",)
    start(world)
    console.row(1).wait_for()
    world.delete()
    state(console, "no such world")
    console.row(1).wait_for(state="detached")
    start(world)
    state(console, "live")
    console.row(1).wait_for()


def test_server_that_stops_and_starts_again(
    start_server: StartServer, open_console: OpenConsole
) -> None:
    first = start_server("--scenario", "demo")
    url, port = first.ready["url"], first.ready["port"]
    world = Server(url).world()
    start(world)
    console = open_console(world)
    console.expected = AWAY
    console.row(1).wait_for()
    first.stop()
    state(console, "no server")
    assert console.row(1).is_visible()
    start_server("--port", str(port))
    state(console, "live")
    console.row(1).wait_for(state="detached")
    start(Server(url).world())
    console.row(1).wait_for()


def test_token_is_asked_for_and_kept(start_server: StartServer, browser: Browser) -> None:
    server = start_server("--control-token", "s3cret")
    url = server.ready["url"]
    world = Server(url, token="s3cret").world()
    start(world)
    context = browser.new_context()
    console = Console(context.new_page(), url, world, expected=("401 (Unauthorized)",))
    page = console.page
    page.goto(url)
    page.fill("[aria-label=Token]", "wrong")
    page.keyboard.press("Enter")
    page.locator("dialog", has_text="not the token").wait_for()
    assert console.violations() == []
    page.fill("[aria-label=Token]", "s3cret")
    page.keyboard.press("Enter")
    console.row(1).wait_for()
    page.reload()
    console.row(1).wait_for()
    assert page.evaluate("localStorage.length + document.cookie.length") == 0
    assert "s3cret" not in page.content()
    assert console.unexpected() == []
    context.close()


def test_token_that_is_not_given_leaves_the_page_locked(
    start_server: StartServer, browser: Browser
) -> None:
    url = start_server("--control-token", "s3cret").ready["url"]
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.locator("dialog >> text=Cancel").click()
    page.locator(".state", has_text="locked").wait_for()
    page.click("text=Unlock")
    page.fill("[aria-label=Token]", "s3cret")
    page.keyboard.press("Enter")
    page.locator(".state", has_text="live").wait_for()
    context.close()


@pytest.mark.parametrize("way", ["frame", "fetch", "form"])
def test_page_of_another_site_can_do_nothing(
    start_server: StartServer, browser: Browser, way: str
) -> None:
    url = start_server("--scenario", "demo").ready["url"]
    other = start_server().ready["url"].replace("127.0.0.1", "localhost")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{other}/_control/health")
    do = {
        "frame": """async url => {
            const frame = document.createElement("iframe");
            frame.src = url + "/_control/console";
            document.documentElement.append(frame);
            await new Promise(done => { frame.onload = done; });
            return frame.contentDocument === null ? "shut" : "open";
        }""",
        "fetch": """url => fetch(url + "/_control/requests").then(() => "open", () => "shut")""",
        "form": """url => fetch(url + "/_control/reset", {method: "POST", mode: "no-cors"})
            .then(() => "sent", () => "shut")""",
    }
    start(Server(url).world())
    with suppress(Exception):
        assert page.evaluate(do[way], url) in ("shut", "sent")
    if way == "frame":
        assert all("Journal" not in frame.content() for frame in page.frames)
    assert len(Server(url).world().requests()) == 1
    context.close()


def test_ten_thousand_requests_stay_fast(open_console: OpenConsole, world: World) -> None:
    console = open_console(world)
    page = console.page
    start(world)
    console.row(1).wait_for()
    spent = page.evaluate(
        """async () => {
            const {Store} = await import("./console/store.js");
            const [view] = [...document.querySelectorAll("#view-journal .list")];
            const {App} = await import("./console/app.js");
            const {JournalView} = await import("./console/journal.js");
            const entry = (id) => ({id, state: "done", time: "2026-01-05T09:00:00.000Z",
                operation: id % 3 ? "start_service" : "get_service", arrived_ms: id,
                request: {method: "POST", path: "/services/start", headers: {},
                    body: `{"a": ${id}}`},
                response: {status: id % 7 ? 201 : 503, headers: {}}, ms: 1, hints: [], effects: [],
                shown: {status: id % 7 ? 201 : 503}});
            const store = new Store();
            const app = new App({source: {explain: async () => null}, store, readOnly: false});
            const journal = new JournalView(app);
            view.closest(".view").append(journal.element);
            const took = (action) => {
                const from = performance.now();
                action();
                return performance.now() - from;
            };
            const all = Array.from({length: 10000}, (_, place) => entry(place + 1));
            const times = {load: took(() => store.take(all))};
            times.filter = took(() => journal.setFilters({text: "a\\": 777"}));
            times.red = took(() => journal.setFilters({look: true}));
            journal.setFilters({});
            times.add = Math.max(...Array.from({length: 50}, (_, place) =>
                took(() => store.take([entry(10001 + place)]))));
            times.scroll = Math.max(...Array.from({length: 50}, (_, place) => took(() => {
                journal.list.element.scrollTop = place * 5000; journal.list.show(); })));
            return {...times, rows: journal.list.rows.size, kept: store.entries.length,
                dropped: store.dropped};
        }"""
    )
    assert (spent["kept"], spent["dropped"]) == (10_000, 50)
    assert spent["rows"] < 100
    # A tenth of a second is what a person takes for at once; a busy machine is given ten of them.
    assert max(spent[name] for name in ("filter", "red", "add", "scroll")) < 1000


@pytest.mark.long
def test_ten_thousand_worlds_are_listed_and_found(
    start_server: StartServer, browser: Browser
) -> None:
    server = start_server("--max-worlds", "10001", "--scenario", "empty", "--log-level", "error")
    url = server.ready["url"]
    with server.client() as client:
        for number in range(10_000):
            assert client.put(f"/_control/worlds/w{number:05}").status == 201
    world = Server(url).world("w04711")
    console = Console(browser.new_page(), url, Server(url).world("w00001")).open("journal")
    page = console.page
    page.click("#top .chip >> nth=0")
    page.get_by_text("more worlds: filter to find them").wait_for()
    assert page.evaluate("document.querySelectorAll('*').length") < 2_000
    page.fill("[aria-label='Filter worlds']", world.name)
    page.keyboard.press("Enter")
    console.until(lambda: f"world={world.name}&" in page.url)
    start(world)
    console.row(1).wait_for()
    assert console.unexpected() == []
    page.close()
