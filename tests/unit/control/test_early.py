"""What is answered before the control API is imported is what that would answer."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from cs_simulator.control.front import EarlyControl
from tests.support.app import App
from tests.support.responses import Response

HEALTH = "/_control/health"
NEW = "/_control/worlds/new"

LIFE = [
    ("GET", HEALTH, {}),
    ("GET", f"{HEALTH}?a=b", {"User-Agent": "curl/8.5"}),
    ("PUT", NEW, {}),
    ("PUT", NEW, {}),
    ("PUT", "/_control/worlds/a%2Db", {"User-Agent": "curl/8.5"}),
    ("DELETE", "/_control/worlds/a%2Db", {}),
    ("DELETE", NEW, {}),
    ("DELETE", NEW, {}),
    ("DELETE", "/_control/worlds/default", {}),
    ("PUT", "/_control/worlds/a/b", {}),
    ("PUT", "/_control/worlds/a%2Fb", {}),
    ("PUT", "/_control/worlds/", {}),
    ("PUT", f"/_world/w{NEW}", {}),
    ("PUT", f"{NEW}?a=b", {}),
    ("PUT", NEW, {"Origin": "http://shop.example"}),
    ("POST", NEW, {}),
    ("POST", HEALTH, {}),
    ("GET", f"/_world/w{HEALTH}", {}),
    ("HEAD", HEALTH, {}),
]


def answered(app: App, method: str, path: str, headers: dict[str, str]) -> tuple[Any, ...]:
    """Return a response without what differs from one to the next."""
    response: Response = app.ask(method, path, None, **headers)
    kept = {
        name: value
        for name, value in response.headers.items()
        if name not in ("Content-Length", "X-Simulator-Instance")
    }
    members = response.json() if response.body else {}
    if isinstance(members, dict):
        members.pop("instance", None)
        members.pop("uptime_seconds", None)
    return response.status, kept, members, response.body.count(b"\n")


def test_early_answers_are_those_of_the_control_api(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(max_worlds=4)
    early = [answered(app, *each) for each in LIFE]
    monkeypatch.setattr(EarlyControl, "response", lambda *_: None)
    app = App(max_worlds=4)
    late = [answered(app, *each) for each in LIFE]
    assert early == late
    assert [each[0] for each in early[:9]] == [200, 200, 201, 200, 201, 200, 200, 404, 200]


@pytest.mark.parametrize("token", [None, "Bearer secret", "Bearer guess"])
def test_early_answers_need_the_token(token: str | None) -> None:
    app = App(control_token="secret")
    headers = {"Authorization": token} if token else {}
    status = 201 if token == "Bearer secret" else 401
    assert app.ask("PUT", NEW, None, **headers).status == status
    assert app.ask("GET", HEALTH, None, **headers).status == (200 if status == 201 else 401)
    assert (NEW.rpartition("/")[2] in app.worlds.names()) == (status == 201)


def test_server_without_room_is_not_asked_early() -> None:
    app = App(max_worlds=2)
    assert app.put(NEW).status == 201
    problem = app.put("/_control/worlds/other")
    assert (problem.status, problem.json()["title"]) == (503, "Too many worlds")


CLIENT = """
import sys
from cs_simulator.api.arrival import Received, address
from cs_simulator.app import create_app
from cs_simulator.cli.loading import loader_of
from cs_simulator.worlds import Worlds

app = create_app(Worlds(loader_of(None).load("empty")))
for method, path in (
    ("GET", "/_control/health"),
    ("PUT", "/_control/worlds/w"),
    ("GET", "/_world/w/genesys/1/cs/services/anonymous/x"),
    ("DELETE", "/_control/worlds/w"),
):
    request = Received(method, path, {}, b"", "http://localhost")
    result = app.handle(request, address(path, None), at_once=True)
    print(result.status, "flask" in sys.modules, "werkzeug" in sys.modules)
"""


def test_test_without_questions_waits_for_no_flask() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLIENT], capture_output=True, text=True, check=True
    )
    statuses = ["200", "201", "200", "200"]
    assert done.stdout.splitlines() == [f"{status} False False" for status in statuses]
