"""Every option of ``serve`` changes what a server does; those without a module of their own."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest

from cs_simulator.cli.serve import serve
from cs_simulator.config import Settings
from tests.contract.test_import import form
from tests.wire.conftest import StartServer

OF_EVERY_SERVER = ("--port", "--ready-file")
"""``tests/support/server.py`` starts every server with them."""
OPTIONS = [
    each.opts[0]
    for each in serve.params
    if isinstance(each, click.Option) and each.opts[0] not in OF_EVERY_SERVER
]


def test_every_setting_has_its_option() -> None:
    named = {str(each.name) for each in serve.params}
    lacking = [each for each in Settings._fields if not {each, each.removesuffix("s")} & named]
    assert not lacking, f"cli/serve.py has no option for these settings of config.py: {lacking}"


def test_every_option_has_its_setting() -> None:
    named = {str(each.name) for each in serve.params} - {"files"}  # more scenarios
    lacking = sorted(each for each in named if not {each, f"{each}s"} & set(Settings._fields))
    assert not lacking, f"config.py has no setting for these options of cli/serve.py: {lacking}"


def given(module: Path) -> set[str]:
    """Return the texts with which a module starts servers."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    named = {
        each.targets[0].id: each.value
        for each in tree.body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    }
    found = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "start_server":
            for word in call.args:
                value = named.get(word.id) if isinstance(word, ast.Name) else word
                if isinstance(value, ast.Constant):
                    found.add(str(value.value).partition("=")[0])
    return found


@pytest.mark.parametrize("option", OPTIONS)
def test_option_is_tried_with_a_server(option: str) -> None:
    tried = set().union(*map(given, Path(__file__).parent.glob("test_*.py")))
    assert option in tried, (
        f"no test in tests/wire starts a server with {option}; add one, for example to {__file__}"
    )


def test_exports_are_written_to_a_folder(start_server: StartServer, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    with start_server("--export-dir", str(folder)).client() as client:
        client.post("services/start", {"contact_key": "a"})
        exported = client.post("maintenance/services/files?time_from=2020-01-01T00:00:00.000Z")
    created = exported.json()["created"]
    assert sorted(map(str, folder.rglob("*.csv"))) == sorted(created)


def test_customers_are_imported_from_a_folder(start_server: StartServer, tmp_path: Path) -> None:
    folder = tmp_path / "imports"
    folder.mkdir()
    (folder / "customers.csv").write_text("FirstName\nAda\n", encoding="utf-8")
    raw, headers = form(profiles="customers.csv")
    with start_server("--import-dir", str(folder)).client() as client:
        client.post("server/mode", {"mode": "maintenance"})
        answer = client.ask("POST", "profiles/import", raw, headers)
    assert (answer.status, answer.json()["imported"]) == (200, 1)


def test_browsers_reach_the_control_api_under_an_allowed_name(start_server: StartServer) -> None:
    server = start_server("--allow-host", "cs.example")
    with server.client() as client:
        for host, status in (("cs.example", 200), ("evil.example", 403)):
            headers = {"Host": host, "Origin": f"http://{host}"}
            assert client.ask("GET", "/_control/requests", headers=headers).status == status


def test_names_of_ones_own_are_masked(start_server: StartServer) -> None:
    with start_server("--mask", "X-Employee").client() as client:
        client.ask("GET", "server/status", headers={"X-Employee": "0815", "X-Team": "blue"})
        text = client.get("/_control/requests?format=har").body.decode()
    assert "blue" in text
    assert "0815" not in text


def test_worlds_are_limited(start_server: StartServer) -> None:
    with start_server("--max-worlds", "2").client() as client:
        assert client.put("/_control/worlds/one").status == 201
        refused = client.put("/_control/worlds/two")
    assert refused.status == 503
    assert "--max-worlds" in refused.json()["detail"]


def test_worlds_make_room_once_they_are_idle(start_server: StartServer) -> None:
    with start_server("--max-worlds", "2", "--world-idle-timeout", "0").client() as client:
        assert client.put("/_control/worlds/one").status == 201
        assert client.put("/_control/worlds/two").status == 201
