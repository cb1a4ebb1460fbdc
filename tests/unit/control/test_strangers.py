"""Who may use the control API: pages, hosts, and whoever lacks the token."""

from __future__ import annotations

import pytest

from tests.support.app import BASE, FROZEN, App

PAGE = {"Origin": "http://evil.example:8080", "Host": "evil.example:8080"}
BROWSER = {"Host": "evil.example:8080", "User_Agent": "Mozilla/5.0 (X11)"}


@pytest.mark.parametrize("headers", [PAGE, BROWSER], ids=["origin", "browser"])
def test_page_whose_own_name_leads_here_is_refused(headers: dict[str, str]) -> None:
    reply = App().get("/_control/requests", **headers)
    assert (reply.status, reply.json()["title"]) == (403, "Unknown host")
    assert "--allow-host evil.example" in reply.json()["detail"]
    assert App(allow_hosts=("Evil.example",)).get("/_control/requests", **headers).status == 200


@pytest.mark.parametrize(
    "host",
    ["localhost:80", "127.0.0.1:1", "[::1]:8080", "app.localhost", "192.168.0.7", "LOCALHOST."],
)
def test_page_of_this_machine_is_served(host: str) -> None:
    origin = f"http://{host}"
    assert App().get("/_control/", Origin=origin, Host=host).status == 200


def test_host_of_what_is_no_browser_plays_no_part() -> None:
    assert App().get("/_control/", Host="simulator:8080").status == 200
    assert App(hosts=("0.0.0.0",)).get("/_control/", **BROWSER).status == 200


@pytest.mark.parametrize(
    "origin", ["http://[::1", "http://[", "null", "http://a:b:c", "\x80", "http://x]y"]
)
def test_origin_that_is_no_url_is_refused(origin: str) -> None:
    for path in ("/_control/", "/_control/health", "/_control/nothing"):
        assert App().get(path, Origin=origin).status == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_control/nothing"),
        ("PATCH", "/_control/clock"),
        ("OPTIONS", "/_control/clock"),
        ("POST", "/_control/health"),
        ("OPTIONS", "/_control/health"),
        ("GET", "/_control/health"),
    ],
)
def test_without_the_token_nothing_is_told(method: str, path: str) -> None:
    app = App(control_token="secret")
    reply = app.ask(method, path)
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert app.ask(method, path, Authorization="Bearer secret").status != 401


def test_rule_of_a_request_moves_no_clock_past_the_token() -> None:
    advance = {"X_Simulator_Fault": '{"advance": "1h"}'}
    app = App(FROZEN, control_token="secret")
    reply = app.ask("GET", f"{BASE}/services/anonymous/a", **advance)
    assert reply.status == 403
    now = app.get("/_control/clock", Authorization="Bearer secret").json()["time"]
    assert now == "2026-01-05T09:00:00.000Z"
    delay = {"X_Simulator_Fault": '{"delay": "1ms"}'}
    assert app.ask("GET", f"{BASE}/services/anonymous/a", **delay).status == 200
    assert App(FROZEN).ask("GET", f"{BASE}/services/anonymous/a", **advance).status == 200


def test_named_rule_that_is_in_force_may_move_the_clock() -> None:
    rule = "faults: [{name: leap, on: any, times: 0, advance: 1h}]"
    app = App(FROZEN + rule, control_token="secret")
    reply = app.ask("GET", f"{BASE}/services/anonymous/a", X_Simulator_Fault="leap")
    assert reply.status == 200
    assert reply.headers["Date"] == "Mon, 05 Jan 2026 10:00:00 GMT"


def test_world_that_nobody_set_up_goes_first_where_there_is_need() -> None:
    app = App(max_worlds=3, idle=600.0)
    app.put("/_control/worlds/kept")
    app.start("named")
    for world in ("kept", "named"):
        found = app.worlds.there_is(world)
        assert found is not None
        found.last_used -= 31
    assert app.start("new").status == 201
    assert app.worlds.names() == ["default", "kept", "new"]


def test_reset_that_meets_a_drop_is_of_a_world_that_lives() -> None:
    app = App()
    world = app.worlds.obtain("w")
    app.worlds.drop("w")
    app.worlds._worlds["w"] = world  # as if the drop came after it was found
    with pytest.raises(Exception, match="dropped"):
        world.reset()
    del app.worlds._worlds["w"]
    assert app.post("/_world/w/_control/reset").status == 200
    assert app.worlds.there_is("w") is not world


def test_journal_of_a_dropped_world_leaves_no_share_of_the_budget() -> None:
    app = App()
    app.start("w")
    world = app.worlds.obtain("w")
    app.worlds.drop("w")
    journals = len(app.worlds.budget._journals)
    for _ in range(3):
        with pytest.raises(Exception, match="dropped"):
            world.reset()
    assert len(app.worlds.budget._journals) == journals
