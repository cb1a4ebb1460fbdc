"""The client says everything that the control API understands, and reads what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.client import Server, World
from cs_simulator.client.transport import Transport
from cs_simulator.client.wire import WireResponse
from tests.client.support import ask
from tests.docs.pages import ROOT, rows_of

CONTROL = ROOT / "docs" / "control-api.md"

SERVER_CALLS: dict[str, Callable[[Server], Any]] = {
    "health": lambda server: server.health(),
    "worlds": lambda server: server.worlds(),
    "delete_worlds": lambda server: server.delete_worlds(),
    "scenarios": lambda server: server.scenarios(),
    "scenario": lambda server: server.scenario("demo"),
    "check_scenario": lambda server: server.check_scenario("demo"),
    "schema": lambda server: server.schema(),
    "reload_scenarios": lambda server: server.reload_scenarios(),
    "metrics": lambda server: server.metrics(),
    "operations": lambda server: server.operations(),
    "control_openapi": lambda server: server.control_openapi(),
}
WORLD_CALLS: dict[str, Callable[[World], Any]] = {
    "create": lambda world: world.create(),
    "describe": lambda world: world.describe(),
    "delete": lambda world: world.delete(),
    "reset": lambda world: world.reset(),
    "load_scenario": lambda world: world.load_scenario("demo"),
    "restore_scenario": lambda world: world.restore_scenario(),
    "scenario": lambda world: world.scenario(),
    "rewind": lambda world: world.rewind(1),
    "report": lambda world: (world.report(), world.report("test_it")),
    "report_data": lambda world: world.report_data(),
    "difference": lambda world: world.difference(1, 2),
    "snapshot": lambda world: world.snapshot(),
    "snapshot_yaml": lambda world: world.snapshot_yaml(),
    "add_fault": lambda world: world.add_fault(on="any", delay="1s"),
    "replace_fault": lambda world: world.replace_fault("a/b c", on="any", delay="1s"),
    "faults": lambda world: world.faults(),
    "get_fault": lambda world: world.get_fault("a/b c"),
    "remove_fault": lambda world: world.remove_fault("a/b c"),
    "remove_faults": lambda world: world.remove_faults(),
    "stage": lambda world: world.stage(),
    "enter_stage": lambda world: world.enter_stage("down"),
    "next_stage": lambda world: world.next_stage(),
    "clock": lambda world: world.clock(),
    "set_clock": lambda world: world.set_clock("real"),
    "freeze_clock": lambda world: world.freeze_clock(),
    "advance_clock": lambda world: world.advance_clock("2h"),
    "requests_page": lambda world: world.requests_page(),
    "requests": lambda world: world.requests(),
    "request": lambda world: world.request(1),
    "clear_requests": lambda world: world.clear_requests(),
    "verify": lambda world: world.verify(on="any"),
    "verification": lambda world: world.verification(on="any"),
    "judge": lambda world: world.judge(attempts=1),
    "judgement": lambda world: world.judgement(attempts=1),
    "explain": lambda world: world.explain("GET", "/services/1"),
    "explain_request": lambda world: world.explain_request(1),
    "openapi": lambda world: world.openapi(),
    "exports": lambda world: world.exports(),
    "export": lambda world: world.export("a.csv"),
}
ANY_ANSWER: dict[str, Any] = {
    "worlds": [],
    "scenarios": [],
    "operations": [],
    "faults": [],
    "deleted": [],
    "requests": [],
    "exports": [],
    "cleared": {"requests": 0},
    "base_paths": {},
    "request": {},
    "verified": True,
    "verdict": "passed",
    "patch": [],
    "api": 1,
}


def fits(route: str, path: str) -> bool:
    """Tell whether a path is one of a route, the last segment of which may be a name."""
    fixed, name, _ = route.partition("{")
    return path.startswith(fixed) and "/" not in path[len(fixed) :] if name else path == route


def public_methods(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_") and callable(vars(kind)[name])}


@pytest.mark.parametrize(
    ("kind", "calls"), [(Server, {*SERVER_CALLS, "world", "close"}), (World, {*WORLD_CALLS})]
)
def test_every_method_is_called_here(kind: type, calls: set[str]) -> None:
    apart = ", ".join(sorted(public_methods(kind) ^ calls))
    assert not apart, f"WORLD_CALLS or SERVER_CALLS of this file call each method: {apart}"


def test_the_whole_control_api_can_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str]] = []

    def note(_: Transport, method: str, path: str, *_rest: object) -> WireResponse:
        sent.append((method, path.partition("?")[0].removeprefix("/_world/w")))
        return WireResponse(200, {}, json.dumps(ANY_ANSWER).encode())

    monkeypatch.setattr(Transport, "_send", note)
    server = Server("http://localhost")
    for call in SERVER_CALLS.values():
        call(server)
    for call_world in WORLD_CALLS.values():
        call_world(server.world("w"))

    routes = {(row[0], row[1].strip("`")) for row in rows_of(CONTROL, "method")}
    routes = {each for each in routes if not each[1].startswith("/_control/console")}  # a browser's
    called = set()
    for method, sent_path in sent:
        paths = [path for verb, path in routes if verb == method and fits(path, sent_path)]
        assert paths, f"docs/control-api.md has no row for {method} {sent_path}"
        called.add((method, paths[0]))
    # describe() says as much as the index, the console is for a browser, and events have no end.
    others = {each for each in routes if each[1].startswith("/_control/console")}
    others.add(("GET", "/_control/events"))
    expected = routes - {("GET", "/_control/")} - others
    missing = sorted(expected - called)
    assert called == expected, (
        "no method of client/world.py or client/server.py, called here by WORLD_CALLS or "
        f"SERVER_CALLS, reaches {missing}"
    )


def test_server_tells_of_itself(server: Server, world: World) -> None:
    assert server.health()["scenario"] == "demo"
    assert world.name in server.worlds()
    assert "outage" in server.scenarios()
    assert server.scenario("flaky")["faults"][0]["name"] == "flaky"
    assert server.scenario("outage")["faults"][0]["stage"] == "outage"
    assert server.check_scenario({"extends": "demo"}) == {"name": "unnamed", "warnings": []}
    assert "faults" in server.schema()["properties"]
    assert server.reload_scenarios()["scenarios"] == server.scenarios()
    assert server.operations()[0]["id"] == "start_service"


def test_world_is_addressed_by_its_prefix(server: Server, world: World) -> None:
    assert world.root_url == f"{server.url}/_world/{world.name}"
    assert world.base_url == f"{world.root_url}/genesys/1/cs"
    assert world.base_url_81 == world.root_url
    assert ask(f"{world.base_url}/services/start", {"contact_key": "a"}) == 201
    assert world.describe()["counts"]["services"] == 1
    assert world.describe()["counts"]["requests"] == 1


def test_default_world_has_no_prefix(server: Server) -> None:
    world = server.world()
    assert (world.name, world.root_url) == ("default", server.url)
    assert world.describe()["world"] == "default"


def test_base_url_follows_the_scenario(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "describe", None)  # it asks for nothing
    assert world.base_url.endswith("/genesys/1/cs")
    assert world.base_url_81 == world.root_url
    world.load_scenario({"settings": {"base_paths": {"8.5": "/gms/cs", "8.1": "/cv"}}})
    assert world.base_url == f"{world.root_url}/gms/cs"
    assert world.base_url_81 == f"{world.root_url}/cv"
    world.load_scenario({"settings": {"base_paths": {"8.5": "/", "8.1": "/cv"}}})
    assert world.base_url == world.root_url
    world.restore_scenario()
    assert world.base_url.endswith("/genesys/1/cs")
    assert world.base_url_81 == world.root_url


def test_world_is_reset_and_made_anew(world: World) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "a"})
    assert world.reset()["cleared"]["services"] == 1
    assert world.requests() == []
    assert world.create("demo")["scenario"] == "demo"
    assert world.restore_scenario()["scenario"] == "demo"


def test_scenario_is_loaded_by_name_document_and_file(world: World, tmp_path: Path) -> None:
    assert world.load_scenario("outage")["scenario"] == "outage"
    inline = {"name": "inline", "services": [{"contact_key": "a"}]}
    assert world.load_scenario(inline)["scenario"] == "inline"
    (tmp_path / "night.yaml").write_text("name: night\nextends: demo\n")
    assert world.load_scenario(tmp_path / "night.yaml")["scenario"] == "night"
    assert world.load_scenario(str(tmp_path / "night.yaml"))["scenario"] == "night"
    assert world.scenario()["document"]["name"] == "night"


def test_relative_file_is_looked_for_in_the_folder(server: Server, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("name: own\nseed: 7\n")
    world = server.world("in-a-folder", tmp_path)
    assert world.load_scenario("own.yaml")["scenario"] == "own"
    world.delete()


def test_snapshot_is_a_scenario(server: Server, world: World) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "a"})
    copy = server.world("copy-of-a-snapshot")
    copy.load_scenario(world.snapshot())
    assert copy.describe()["counts"]["services"] == 1
    assert world.snapshot_yaml().startswith("format: 1\n")
    copy.delete()


def test_faults_come_and_go(world: World) -> None:
    added = world.add_fault(on="get_service", times=2, response={"status": 503})
    assert (added["name"], added["remaining"], added["origin"]) == ("get_service-1", 2, "runtime")
    world.replace_fault("a/b c", on="any", delay="1ms")
    assert [each["name"] for each in world.faults()] == ["a/b c", "get_service-1"]
    assert ask(f"{world.base_url}/services/1") == 503
    assert world.get_fault("a/b c")["acted"] == 1
    world.remove_fault("a/b c")
    assert world.remove_faults() == ["get_service-1"]
    assert ask(f"{world.base_url}/services/1") == 400


def test_explanations_say_what_rules_do(world: World) -> None:
    world.add_fault(name="down", on="end_service", response={"status": 503})
    foreseen = world.explain("POST", "/services/1/end", {"X-Any": "1"}, {"disposition": 1})
    assert foreseen["outcome"] == {"rule": "down", "status": 503}
    ask(f"{world.base_url}/services/1/end", {})
    assert world.explain_request(1)["acted"] == ["down"]


def test_stages_are_entered(world: World) -> None:
    world.load_scenario({"stages": [{"name": "up", "until": {"calls": 9}}, {"name": "down"}]})
    assert world.stage()["stage"] == "up"
    assert world.next_stage()["stage"] == "down"
    assert world.enter_stage("up")["stage"] == "up"


def test_clock_is_set_frozen_and_moved(world: World) -> None:
    assert world.clock()["time"] == "2026-01-05T09:00:00.000Z"
    assert world.advance_clock("2h")["time"] == "2026-01-05T11:00:00.000Z"
    assert world.set_clock("offset")["mode"] == "offset"
    assert world.freeze_clock("2027-01-01T00:00:00.000Z")["time"] == "2027-01-01T00:00:00.000Z"
    assert world.freeze_clock()["time"] == "2027-01-01T00:00:00.000Z"
    assert "hint" in world.set_clock(time="2026-01-01T00:00:00.000Z")


def test_journal_is_filtered_and_emptied(world: World) -> None:
    for key in ("a", "b"):
        ask(f"{world.base_url}/services/start", {"contact_key": key})
    ask(f"{world.base_url}/services/1")
    assert [each["operation"] for each in world.requests()] == ["start_service"] * 2 + [
        "get_service"
    ]
    assert [each["id"] for each in world.requests(operation="start_service", after=1)] == [2]
    assert [each["id"] for each in world.requests(status=[400, 404])] == [3]
    assert world.requests_page(limit=1)["dropped"] == 0
    assert json.loads(world.request(2)["request"]["body"]) == {"contact_key": "b"}
    assert world.clear_requests() == 3


def test_exports_are_read(world: World) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "a"})
    ask(f"{world.base_url}/maintenance/services/files?time_from=2026-01-01T00:00:00.000Z", {})
    names = world.exports()
    assert len(names) == 3
    assert world.export(names[0]).startswith("service_id,")


def test_token_is_sent(tmp_path: Path) -> None:
    from tests.support.server import ServerProcess

    process = ServerProcess(tmp_path / "ready.json", "--control-token", "s3cret")
    try:
        url = process.wait_until_ready().ready["url"]
        assert Server(url, "s3cret").world().describe()["world"] == "default"
    finally:
        process.stop()
