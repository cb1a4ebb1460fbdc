"""Worlds: made when asked for, isolated, bounded, named by the path or by a header."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.app import BASE, FROZEN, App
from tests.support.problems import meant


def services(app: App, world: str, key: str = "a") -> list[int]:
    """Return the ids of a contact key's services in a world."""
    found = app.get(f"/_world/{world}{BASE}/services/anonymous/{key}").json()
    return [each["service_id"] for each in found]


def test_world_is_made_by_the_first_request_to_it() -> None:
    app = App()
    reply = app.start("test-42")
    assert reply.status == 201
    assert reply.headers["Location"] == f"/_world/test-42{BASE}/services/4294967297"
    assert reply.headers["X-Simulator-Request"] == "test-42/1"
    assert app.get("/_control/worlds").json() == {"worlds": ["default", "test-42"]}


def test_worlds_share_nothing() -> None:
    app = App("faults: [{on: get_service, times: 1, response: {status: 503}}]\n" + FROZEN)
    for world in ("one", "two"):
        assert app.start(world).json() == {"service_id": 4294967297}
        assert app.get(f"/_world/{world}{BASE}/services/1").status == 503
        assert app.get(f"/_world/{world}{BASE}/services/1").status == 400
    app.start("two")
    app.post("/_world/two/_control/clock/advance", {"by": "1h"})
    assert services(app, "one") == [4294967297]
    assert services(app, "two") == [4294967297, 4294967298]
    assert app.get("/_world/one/_control/clock").json()["time"] == "2026-01-05T09:00:00.000Z"
    assert app.get("/_world/two/_control/clock").json()["time"] == "2026-01-05T10:00:00.000Z"
    assert app.get(f"{BASE}/services/anonymous/a").json() == []


def test_header_names_a_world_as_the_prefix_does() -> None:
    app = App()
    reply = app.post(f"{BASE}/services/start", {"contact_key": "a"}, X_Simulator_World="w")
    assert reply.headers["Location"] == f"{BASE}/services/4294967297"
    assert services(app, "w") == [4294967297]
    assert app.get("/_control/", X_Simulator_World="w").json()["world"] == "w"


def test_prefix_and_header_may_agree_but_not_differ() -> None:
    app = App()
    path = f"/_world/a{BASE}/services/anonymous/x"
    assert app.get(path, X_Simulator_World="a").status == 200
    reply = app.get(path, X_Simulator_World="b")
    assert reply.status == 400
    assert reply.json()["message"] == (
        "The path names world a, but the header X-Simulator-World names b; send only one"
    )
    control = app.get("/_world/a/_control/", X_Simulator_World="b")
    assert control.status == 400
    assert control.json()["title"] == "Conflicting worlds"
    assert app.get("/_control/worlds").json() == {"worlds": ["default", "a"]}


@pytest.mark.parametrize("name", ["a%20b", "a%2Fb", "%C3%A4", "x" * 65, "a:b", ""])
def test_name_that_no_world_can_have(name: str) -> None:
    app = App()
    assert app.get(f"/_world/{name}{BASE}/services/anonymous/x").status in (400, 404)
    assert app.post(f"/_world/{name}/_control/reset").status in (400, 404)
    assert app.get("/_control/worlds").json() == {"worlds": ["default"]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/requests"),
        ("GET", "/faults"),
        ("DELETE", "/faults"),
        ("GET", "/clock"),
        ("GET", "/stage"),
        ("GET", "/scenario"),
        ("DELETE", "/scenario"),
        ("GET", "/exports"),
    ],
)
def test_what_asks_or_deletes_makes_no_world(method: str, path: str) -> None:
    app = App()
    app.start("checkout")
    reply = app.ask(method, f"/_world/chekcout/_control{path}")
    assert reply.status == 404
    assert reply.json()["detail"] == f"No world named 'chekcout'; {meant('checkout')}"
    assert app.get("/_control/worlds").json() == {"worlds": ["default", "checkout"]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/reset", None),
        ("PUT", "/scenario", {"name": "empty"}),
        ("POST", "/faults", {"on": "any", "delay": "1ms"}),
        ("PUT", "/faults/slow", {"on": "any", "delay": "1ms"}),
        ("PUT", "/clock", {"mode": "offset"}),
        ("POST", "/clock/advance", {"by": "1s"}),
    ],
)
def test_what_sets_up_makes_the_world(method: str, path: str, body: object) -> None:
    app = App()
    assert app.ask(method, f"/_world/new/_control{path}", body).status in (200, 201)
    assert app.get("/_control/worlds").json() == {"worlds": ["default", "new"]}


@pytest.mark.parametrize("path", ["health", "operations", "scenarios", "worlds"])
def test_what_belongs_to_the_server_stands_at_the_root_only(path: str) -> None:
    app = App()
    assert app.get(f"/_control/{path}").status == 200
    assert app.get(f"/_world/default/_control/{path}").status == 404


def test_put_world_makes_it_with_a_scenario_of_its_own() -> None:
    app = App()
    made = app.put("/_control/worlds/mine", b"services: [{service_id: 5, contact_key: a}]")
    assert made.status == 201
    assert made.json()["counts"]["services"] == 1
    assert services(app, "mine") == [5]
    assert app.put("/_control/worlds/mine").status == 200
    assert services(app, "mine") == [5]
    assert app.get("/_control/worlds/mine").json()["prefix"] == "/_world/mine"


def test_put_world_with_a_bad_scenario_makes_none() -> None:
    app = App()
    assert app.put("/_control/worlds/mine", {"sed": 1}).status == 400
    assert app.get("/_control/worlds/mine").status == 404


def test_dropped_world_begins_anew() -> None:
    app = App()
    app.start("w")
    assert app.delete("/_control/worlds/w").json() == {"deleted": ["w"]}
    assert app.delete("/_control/worlds/w").status == 404
    assert app.start("w").json() == {"service_id": 4294967297}


def test_all_worlds_are_dropped_at_once() -> None:
    app = App()
    app.start("a")
    app.start("")
    assert app.delete("/_control/worlds").json() == {"deleted": ["default", "a"]}
    assert app.get("/_control/requests").status == 404 or services(app, "default") == []


def test_reset_is_that_of_one_world() -> None:
    app = App()
    app.start("a")
    app.start("b")
    assert app.post("/_world/a/_control/reset").json()["cleared"]["services"] == 1
    assert services(app, "a") == []
    assert services(app, "b") == [4294967297]


def test_links_and_exports_keep_the_prefix() -> None:
    app = App()
    app.start("w")
    links = app.get("/_world/w/_control/").json()["links"]
    assert links["requests"] == "/_world/w/_control/requests"
    app.post(f"/_world/w{BASE}/maintenance/services/files?time_from=2026-01-01T00:00:00.000Z")
    exports = app.get("/_world/w/_control/exports").json()["exports"]
    assert len(exports) == 3
    for path in exports:
        assert path.startswith("/_world/w/_control/exports/export2026")
        assert app.get(path).body.startswith(b"service_id,")


def test_full_house_lets_only_idle_worlds_go() -> None:
    app = App(max_worlds=3, idle=0.0)
    for name in ("a", "b"):
        app.start(name)
    app.start("c")
    assert app.get("/_control/worlds").json() == {"worlds": ["default", "c"]}


def test_full_house_refuses_another_world_while_all_are_used() -> None:
    app = App(max_worlds=2, idle=3600.0)
    app.start("a")
    reply = app.start("b")
    assert reply.status == 503
    assert "--max-worlds allows 2" in reply.json()["message"]
    control = app.post("/_world/b/_control/reset")
    assert control.status == 503
    assert "--max-worlds allows 2" in control.json()["detail"]
    assert services(app, "a") == [4294967297]


def test_parallel_worlds_never_show_each_others_mark() -> None:
    app = App()

    def converse(number: int) -> None:
        world = f"w{number}"
        if number % 2:
            fault = {"name": world, "on": "end_service", "times": 1, "response": {"status": 503}}
            assert app.post(f"/_world/{world}/_control/faults", fault).status == 201
        for turn in range(10):
            started = app.start(world, f"{world}-{turn}")
            path = f"/_world/{world}{BASE}/services/{started.json()['service_id']}"
            app.put(f"{path}/extensions/mark", world)
            shown = app.get(f"{path}?extensions=*").json()
            assert (shown["mark"], shown["contact_key"]) == (world, f"{world}-{turn}")
            ended = app.post(f"{path}/end").status
            assert ended == (503 if number % 2 and turn == 0 else 204)
        journal = app.get(f"/_world/{world}/_control/requests").body.decode()
        others = {f"w{each}" for each in range(32)} - {world}
        assert not any(f"/_world/{other}/" in journal for other in others)
        if number % 2:
            app.post(f"/_world/{world}/_control/reset")
            assert app.start(world).json() == {"service_id": 4294967297}

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(converse, range(32)))


def test_where_path_is_that_below_the_worlds_prefix() -> None:
    app = App(f"faults: [{{on: any, where: {{path: {BASE}/**}}, response: {{status: 503}}}}]\n")
    assert app.start("w").status == 503
