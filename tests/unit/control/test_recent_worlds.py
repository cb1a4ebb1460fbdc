"""The worlds with the newest requests, and how many of these are newer than another world."""

from __future__ import annotations

from typing import Any

from tests.support.app import App


def recent(app: App, query: str) -> list[Any]:
    found: list[Any] = app.get(f"/_control/worlds?{query}").json()["recent"]
    return [(each["world"], each["requests"], each["red"]) for each in found]


def test_requests_since_the_creation_of_a_world() -> None:
    app = App()
    app.get("/genesys/1/cs/services/7")
    assert app.put("/_control/worlds/mine", {}).status == 201
    assert recent(app, "recent=5") == [("default", 1, 1)]
    assert recent(app, "recent=5&since=mine") == []
    app.get("/genesys/1/cs/services/7")
    app.get("/_world/mine/genesys/1/cs/services/7")
    assert recent(app, "recent=5") == [("mine", 1, 1), ("default", 2, 2)]
    assert recent(app, "recent=5&since=mine") == [("mine", 1, 1), ("default", 1, 1)]


def test_world_that_is_not_there_has_nothing_since() -> None:
    app = App()
    app.get("/genesys/1/cs/services/7")
    assert recent(app, "recent=5&since=nowhere") == []
    assert app.get("/_control/worlds?since=").status == 400


def test_entry_that_came_with_a_copy_says_so() -> None:
    app = App()
    app.get("/genesys/1/cs/services/7")
    app.put("/_control/worlds/copy", {"from": "default"})
    app.get("/_world/copy/genesys/1/cs/services/7")
    copied, own = app.get("/_world/copy/_control/requests").json()["requests"]
    assert copied["copied"] is True
    assert "copied" not in own
    assert "copied" not in app.get("/_control/requests").json()["requests"][0]
