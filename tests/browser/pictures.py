"""The pictures of docs/console.md, taken anew: ``python -m tests.browser.pictures``.

The clock stands still and what is measured is left out, so that a picture changes where the page
does, and at no other time.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from cs_simulator.client import Server, World
from tests.browser.support import Console, browser_path, launched, send
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

FOLDER = Path(__file__).parents[2] / "docs" / "console"

SCENARIO = {
    "name": "desk",
    "clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"},
    "customers": [
        {"customer_id": "0004Va58A92T0017", "FirstName": "Maria", "LastName": "Santos"},
        {"customer_id": "0004Va58A92T0018", "FirstName": "James", "LastName": "Okafor"},
    ],
    "services": [
        {
            "customer_id": "0004Va58A92T0018",
            "service_type": 120,
            "started": "-50m",
            "states": [
                {"state_type": 7, "started": "-38m", "tasks": [{"task_type": "call back"}]},
            ],
        }
    ],
    "faults": [
        {"name": "lost", "on": "end_task", "times": 1, "connection": "close", "effect": "applied"},
        {
            "name": "no-refunds",
            "on": "start_task",
            "where": {"body": {"task_type": "refund", "order": {"amount": 99.9}}},
            "response": {"status": 503, "headers": {"Retry-After": "30"}},
        },
    ],
}


def converse(world: World) -> None:
    """Ask for what the pictures show."""
    base = world.base_url

    def ask(path: str, body: dict[str, Any] | None = None) -> dict[str, int]:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{base}{path}", data, {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as response:
            found: dict[str, int] = json.loads(response.read() or b"{}")
            return found

    start = {"customer_id": "0004Va58A92T0017", "service_type": 100}
    where = f"/services/{ask('/services/start', start)['service_id']}"
    state = ask(f"{where}/states/start", {"state_type": 1})["state_id"]
    following = ask(f"{where}/states/transition", _transition(state))["state_id"]
    refund = {"state_id": following, "task_type": "refund", "order": {"number": "A-20417"}}
    task = ask(f"{where}/tasks/start", {**refund, "order": {"number": "A-20417", "amount": 39.9}})
    send(f"{base}{where}/tasks/{task['task_id']}/end", b'{"disposition": 10}')
    send(f"{base}{where}/tasks/{task['task_id']}/end", b'{"disposition": 10}')
    anonymous = {"contact_key": "+442079460100", "service_typ": 400}
    ask("/services/start", anonymous)
    ask("/services/anonymous/+442079460100/active?active_tasks=true&extensons=order")
    costly = json.dumps({**refund, "order": {"number": "A-20533", "amount": 99.9}}).encode()
    send(f"{base}{where}/tasks/start", costly)
    send(f"{base}{where}/states/{state}/end", b'{"disposition": "done"}')


def _transition(state: int) -> dict[str, Any]:
    return {"from": {"state_id": state, "disposition": 10}, "to": {"state_type": 8}}


def _still(route: Route) -> None:
    """Answer the journal without what is another thing each time."""
    response = route.fetch()
    told = response.json()
    for entry in told.get("requests", ()):
        entry["ms"] = 0.4
        entry["arrived_ms"] = 100 * entry["id"]
        entry["client"] = "127.0.0.1:50000"
    route.fulfill(response=response, json=told)


def take(page: Page, name: str) -> None:
    """Take one picture."""
    page.mouse.move(2, 2)
    page.wait_for_timeout(800)
    session = page.context.new_cdp_session(page)
    wanted = {"format": "webp", "quality": 82}
    data = session.send("Page.captureScreenshot", wanted)["data"]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(b64decode(data))


def main() -> None:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright

    path = browser_path()
    if path is None:
        raise SystemExit("there is no Chromium here; set CHROMIUM to its path")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = ServerProcess(Path(folder) / "ready.json").wait_until_ready()
        world = Server(server.ready["url"]).world("desk")
        world.load_scenario(SCENARIO)
        converse(world)
        browser = launched(playwright.chromium, path)
        context = browser.new_context(viewport={"width": 1180, "height": 640})
        console = Console(context.new_page(), server.ready["url"], world)
        console.page.route("**/_control/requests*", _still)
        console.open(more="&request=9")
        console.details().locator("h3", has_text="Response").wait_for()
        take(console.page, "journal")
        console.page.keyboard.press("2")
        console.page.locator(".p-task").first.wait_for()
        take(console.page, "conversation")
        console.page.keyboard.press("3")
        area = console.page.locator("[aria-label=Rule]")
        area.fill("name: busy\non: start_service\nwhere: {contact_key: {matches: '[+]44.*'}}\n")
        area.press("Control+End")
        area.press_sequentially("re")
        console.page.locator(".offers [role=option]").first.wait_for()
        take(console.page, "faults")
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
