"""The commands that ask a running server."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cs_simulator.client import Server, World
from tests.cli.conftest import Run
from tests.client.support import ask


def test_requests_shows_a_line_each(run: Run, world: World) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "1"})
    ask(f"{world.base_url}/service/start", {"contact_key": "1"})
    first, second = run("requests").output.splitlines()
    time, number, operation, status, took, method, path = first.split()
    assert (time, number) == ("2026-01-05T09:00:00.000Z", f"{world.name}/1")
    assert (operation, status, method) == ("start_service", "201", "POST")
    assert took.endswith("ms")
    assert path == f"{world.prefix}/genesys/1/cs/services/start"
    assert 'hint="closest: ' in second


def test_requests_takes_filters(run: Run, world: World) -> None:
    for _ in range(3):
        ask(f"{world.base_url}/services/start", {"contact_key": "1"})
    ask(f"{world.base_url}/services/1")
    assert len(run("requests", "--operation", "start_service").output.splitlines()) == 3
    assert len(run("requests", "--status", "400").output.splitlines()) == 1
    assert f"{world.name}/4" in run("requests", "--after", "3").output
    assert f"{world.name}/4" in run("requests", "--limit", "1").output
    assert run("requests", "--fault", "any").output == ""


def test_requests_as_json_are_what_the_server_answers(run: Run, world: World) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "1"})
    assert json.loads(run("requests", "--json").output) == world.requests_page()


@pytest.mark.parametrize("name", ["last", "2", "#2", "{world}/2", "{world}/last"])
def test_request_is_shown_whole(run: Run, world: World, name: str) -> None:
    ask(f"{world.base_url}/services/1")
    ask(f"{world.base_url}/services/start", {"contact_key": "Zoë"})
    output = run("requests", name.format(world=world.name)).output
    assert f"{world.name}/2 start_service 201" in output
    assert '{\n  "contact_key": "Zoë"\n}' in output
    assert "Content-Type: application/json" in output


def test_last_of_no_request_says_so(run: Run, world: World) -> None:
    done = run("requests", "last")
    assert done.exit_code == 6
    assert done.stderr == (
        f"world {world.name} has received no requests, so there is no last one; "
        "use --world for another\n"
    )


def test_explain_says_why_a_rule_acted(run: Run, world: World) -> None:
    run("fault", "add", "start_service", "name=busy", "times=1", "response.status=503")
    ask(f"{world.base_url}/services/start", {"contact_key": "1"})
    assert "  busy: acted" in run("explain", "last").output
    described = run("explain", "post", "/services/start", "--body", '{"contact_key": "1"}')
    assert "busy: " in described.output
    assert "not due" in described.output
    assert json.loads(run("explain", "1", "--json").output)["acted"] == ["busy"]


def test_explain_of_headers_that_are_described(run: Run) -> None:
    run("fault", "add", "start_service", "where.headers.Groupid='1'", "response.status=503")
    asked = ("explain", "POST", "/services/start", "-H")
    assert "acted" in run(*asked, "Groupid: 1").output
    assert 'expected "1", found "2"' in run(*asked, "Groupid: 2").output
    assert run(*asked, "Groupid").exit_code == 2
    assert run("explain", "last", "-H", "Groupid: 1").exit_code == 2
    assert run("explain", "a", "b", "c").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("end_service", "name=busy", "times=2", "response.status=503"),
        ("{on: end_service, name: busy, times: 2, response: {status: 503}}",),
        ('{"on": "end_service", "name": "busy", "times": 2, "response": {"status": 503}}',),
        ("@rule.yaml",),
        ("-",),
    ],
)
def test_fault_is_added_as_it_is_typed(
    run: Run, world: World, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "on: end_service\nname: busy\ntimes: 2\nresponse: {status: 503}\n"
    (tmp_path / "rule.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    done = run("fault", "add", *words, stdin=text)
    assert done.output == "busy: on end_service; matched 0, acted 0, 2 left; from the runtime\n"
    assert [rule["name"] for rule in world.faults()] == ["busy"]
    assert run("fault", "list").output == done.output


def test_value_is_what_a_scenario_makes_of_it(run: Run, world: World) -> None:
    run("fault", "add", "start_service", "where.body.contact_key=+442079460100", "delay=1s")
    [rule] = world.faults()
    assert rule.get("rule", {}).get("where") == {"body": {"contact_key": "+442079460100"}}


def test_faults_are_removed(run: Run) -> None:
    for name in ("one", "two", "three"):
        run("fault", "add", "start_service", f"name={name}", "delay=1s")
    assert run("fault", "remove", "two").output == "removed two\n"
    assert run("fault", "remove", "--all").output == "removed three\nremoved one\n"
    assert run("fault", "remove").exit_code == 2
    assert run("fault", "list").stderr == "no rule is in force\n"


def test_verify_exits_with_what_it_found(run: Run, world: World) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "1"})
    done = run("verify", "start_service", "count=1")
    assert (done.exit_code, done.output) == (0, "verified: 1 matched\n")
    done = run("verify", "start_service", "where.body.contact_key='2'")
    assert done.exit_code == 1
    assert 'body.contact_key: expected "2", found "1"' in done.stderr
    done = run("verify", "start_service", "count=2", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["matched"] == 1


def test_clock_is_moved(run: Run) -> None:
    assert run("clock", "show").output == "2026-01-05T09:00:00.000Z (frozen: it is stopped)\n"
    assert run("clock", "advance", "2h").output.startswith("2026-01-05T11:00:00.000Z")
    assert run("clock", "freeze", "2026-02-01T00:00:00.000Z").output.startswith("2026-02-01")
    assert "set back" in run("clock", "set", "2026-01-01T00:00:00.000Z").stderr
    assert "(real: it runs)" in run("clock", "set", "--mode", "real").output
    assert json.loads(run("clock", "show", "--json").output)["mode"] == "real"
    assert run("clock", "advance", "2 hours").exit_code == 2


@pytest.mark.parametrize(("group", "first"), [("clock", "show"), ("fault", "list")])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_group_without_a_command_shows_what_there_is(
    run: Run, group: str, first: str, options: tuple[str, ...]
) -> None:
    run("fault", "add", "end_service", "name=busy", "delay=1s")
    bare, whole = run(group, *options), run(group, first, *options)
    assert (bare.output, bare.exit_code) == (whole.output, 0)
    assert run(group, "--help").output.startswith(f"Usage: cs-simulator {group} ")


def test_stages_are_entered(run: Run) -> None:
    assert run("stage").output.startswith("[morning] -> noon\nentered 2026-01-05T09:00:00.000Z; 0")
    assert run("stage", "--next").output.startswith("morning -> [noon]")
    assert run("stage", "morning").output.startswith("[morning] -> noon")
    assert run("stage", "evening").exit_code == 6
    assert run("stage", "noon", "--next").exit_code == 2
    assert json.loads(run("stage", "--json").output)["stage"] == "morning"
    done = run("stage", "--world", "default")
    assert done.stderr == "the scenario of world default has no stages\n"


def test_snapshot_goes_out_and_comes_back(run: Run, world: World, tmp_path: Path) -> None:
    ask(f"{world.base_url}/services/start", {"contact_key": "1"})
    path = tmp_path / "bug.yaml"
    assert run("snapshot", "save", str(path)).output == f"saved world {world.name} to {path}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run("snapshot", "save", str(path)).exit_code == 2
    assert run("snapshot", "save", str(path), "--force").exit_code == 0
    assert run("snapshot", "save", str(tmp_path / "no" / "bug.yaml")).exit_code == 2
    assert run("snapshot", "save", "-").output == path.read_text()
    assert "cleared: 1 service" in run("reset").output
    assert "cleared: 0 services" in run("snapshot", "load", str(path)).output
    assert world.describe()["counts"]["services"] == 1
    assert (
        run(
            "snapshot",
            "load",
            "-",
            stdin=path.read_text(),
        ).exit_code
        == 0
    )
    assert run("snapshot", "load", str(tmp_path / "none.yaml")).exit_code == 2


def test_worlds_are_listed(run: Run, world: World) -> None:
    assert f"{world.name}: scenario " in run("worlds").output
    names = [each["world"] for each in json.loads(run("worlds", "--json").output)["worlds"]]
    assert world.name in names


def test_health_asks_where_the_environment_says(run: Run, server: Server) -> None:
    assert run("health").output.startswith(f"{server.url} is ok: ")


def test_server_is_found_where_the_same_environment_starts_one(run: Run, server: Server) -> None:
    port = server.url.rpartition(":")[2]
    done = run("worlds", CS_SIMULATOR_URL=None, CS_SIMULATOR_PORT=port)
    assert (done.exit_code, done.stderr) == (0, "")
    done = run("worlds", CS_SIMULATOR_URL=None, CS_SIMULATOR_PORT="eighty")
    assert done.exit_code == 2
    assert "http://localhost:eighty" in done.stderr


def test_lost_response_is_told_as_lost(run: Run, world: World) -> None:
    run("fault", "add", "start_service", "name=lost", "connection=close", "effect=applied")
    with pytest.raises(OSError, match="closed connection"):
        ask(f"{world.base_url}/services/start", {"contact_key": "1"})
    run("fault", "remove", "--all")
    [line] = run("requests").output.splitlines()
    assert " start_service - " in line
    assert line.endswith("fault=lost:close")
    told = "the client did not receive the whole response: close"
    assert told in run("requests", "last").output
    assert told in run("explain", "last").output


def test_world_that_was_not_there_is_told_to_be_created(
    run: Run, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("name: other\ndescription: Another.\n")
    for words in (["reset"], ["snapshot", "load", str(file)]):
        done = run(*words, "--world", "brt")
        scenario = "demo" if words == ["reset"] else "other"
        assert done.output == f"world brt was created with scenario {scenario}\n"
        again = run(*words, "--world", "brt")
        assert again.output.startswith(f"world brt was reset to scenario {scenario}; cleared: ")
        server.world("brt").delete()


def test_fix_names_the_command_that_does_it(run: Run, world: World) -> None:
    rule = ("fault", "add", "any", "name=busy", "response.status=503")
    assert run(*rule).exit_code == 0
    done = run(*rule)
    assert done.exit_code == 2
    assert "already exists; remove it first (cs-simulator fault remove)" in done.output
    world.set_clock("real")
    done = run("clock", "advance", "1h")
    assert done.exit_code == 2
    assert "freeze it first (cs-simulator clock freeze) or use mode offset" in done.output
