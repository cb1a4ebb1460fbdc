"""Scenarios while a server runs: put in place, read again, watched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import PATIENCE, Client, ServerProcess
from tests.wire.conftest import StartServer

SCENARIO = "services: [{{service_id: {id}, contact_key: a}}]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A scenario file of one's own."""
    path = tmp_path / "mine.yaml"
    path.write_text(SCENARIO.format(id=1))
    return path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that was started with the demo scenario."""
    process = ServerProcess(tmp_path_factory.mktemp("demo") / "ready.json", "--scenario", "demo")
    yield process.wait_until_ready()
    process.stop()


@pytest.fixture
def client(demo: ServerProcess) -> Iterator[Client]:
    """A client of that server, which is back at its start scenario."""
    with demo.client() as client:
        assert client.delete("/_control/scenario").json()["scenario"] == "demo"
        yield client


def ids(client: Client) -> list[int]:
    """Return the ids of the services of contact key a."""
    return [each["service_id"] for each in client.get("services/anonymous/a").json()]


def test_put_document_takes_the_place_of_all_there_was(client: Client) -> None:
    answer = client.put("/_control/scenario", SCENARIO.format(id=7).encode())
    assert answer.status == 200
    assert answer.json()["scenario"] == "unnamed"
    assert answer.json()["cleared"]["customers"] == 12
    assert ids(client) == [7]
    assert client.get("/_control/").json()["counts"]["customers"] == 0
    assert client.post("/_control/reset").json()["scenario"] == "unnamed"
    assert ids(client) == [7]


def test_put_name_takes_one_of_the_catalogue(client: Client) -> None:
    assert client.put("/_control/scenario", {"name": "empty"}).json()["scenario"] == "empty"
    assert client.get("/_control/").json()["counts"]["services"] == 0


def test_delete_goes_back_to_the_start_scenario(client: Client) -> None:
    client.put("/_control/scenario", {"name": "empty"})
    assert client.delete("/_control/scenario").json()["scenario"] == "demo"
    assert client.get("/_control/").json()["counts"]["customers"] == 12


def test_put_document_may_extend_the_catalogue(client: Client) -> None:
    document = {"name": "more", "extends": "demo", "customers": [{"FirstName": "Ada"}]}
    assert client.put("/_control/scenario", document).status == 200
    assert client.get("/_control/").json()["counts"]["customers"] == 13
    assert client.get("/_control/scenario").json() == {
        "name": "more",
        "description": "",
        "reference": None,
        "document": document,
    }


@pytest.mark.parametrize(
    ("document", "at", "detail"),
    [
        ({"name": "dmeo"}, "name", "no scenario named 'dmeo'; did you mean demo?"),
        ({"name": "../demo.yaml"}, "name", "no scenario named '../demo.yaml'"),
        ({"name": "/etc/passwd"}, "name", "no scenario named '/etc/passwd'"),
        (
            {"seed": 1, "extends": "../../secret.yaml"},
            "extends",
            "extends takes only catalogue names here, not files",
        ),
        ({"seed": 1, "extends": "dmeo"}, "extends", "no scenario named 'dmeo'"),
        ({"sed": 1}, "sed", "unknown key; did you mean seed?"),
        ([], "", 'expected a document, or {"name": <a scenario of the catalogue>}'),
        (b"", "", "empty body; expected a document, or"),
        (b"a: b: c", "", "a key is not allowed here"),
        (b"\xff", "", "not valid UTF-8: byte 1"),
        (b"#" * (9 * 2**20), "", "9437184 characters; YAML is limited to 8388608"),
    ],
)
def test_put_what_is_wrong_changes_nothing(
    client: Client, document: object, at: str, detail: str
) -> None:
    before = client.get("/_control/").json()
    answer = client.put("/_control/scenario", document)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert error["detail"].startswith(detail)
    assert error["at"] == at
    assert client.get("/_control/").json() == before


def test_reload_takes_a_changed_file_at_the_next_reset(
    start_server: StartServer, file: Path
) -> None:
    with start_server("--scenario", str(file)).client() as client:
        file.write_text(SCENARIO.format(id=2))
        assert client.post("/_control/reset").status == 200
        assert ids(client) == [1]
        answer = client.post("/_control/scenarios/reload")
        assert answer.json()["pending_worlds"] == ["default"]
        assert ids(client) == [1]
        client.post("/_control/reset")
        assert ids(client) == [2]


def test_reload_of_a_bad_file_keeps_what_runs(start_server: StartServer, file: Path) -> None:
    with start_server("--scenario", str(file)).client() as client:
        file.write_text("services: [{contct_key: a}]")
        answer = client.post("/_control/scenarios/reload")
        assert answer.status == 400
        [error] = answer.json()["errors"]
        assert error == {
            "source": str(file),
            "at": "services[0].contct_key",
            "line": 1,
            "column": 13,
            "detail": "unknown key; did you mean contact_key?",
            "found": "contct_key",
            "did_you_mean": "contact_key",
        }
        client.post("/_control/reset")
        assert ids(client) == [1]


def _eventually_after_resets(server: ServerProcess, wanted: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    with server.client() as client:
        while True:
            client.post("/_control/reset")
            if ids(client) == wanted:
                return
            assert time.monotonic() < deadline, ids(client)
            time.sleep(0.1)


def test_watch_reads_a_changed_file_again(start_server: StartServer, file: Path) -> None:
    server = start_server("--scenario", str(file), "--watch")
    file.write_text("services: [{service_id")
    time.sleep(1.2)
    _eventually_after_resets(server, [1])
    file.write_text(SCENARIO.format(id=3))
    _eventually_after_resets(server, [3])
    server.stop()


def test_catalogue_lists_shipped_and_own_scenarios(start_server: StartServer, file: Path) -> None:
    with start_server("--scenario-dir", str(file.parent)).client() as client:
        names = client.get("/_control/scenarios").json()["scenarios"]
    assert {"demo", "empty", "mine"} <= set(names)
    assert names == sorted(names)


def test_json_document_is_taken_as_yaml_is(client: Client) -> None:
    text = json.dumps({"services": [{"service_id": 9, "contact_key": "a"}]})
    assert client.put("/_control/scenario", text.encode()).status == 200
    assert ids(client) == [9]


def test_document_of_a_name_alone_is_told_what_it_is_taken_for(client: Client) -> None:
    told = "a document with only a name loads that scenario of the catalogue; add a key such as "
    told += "description"
    for document, is_told in ((b"name: mine", True), ({"name": "mine"}, False)):
        [error] = client.put("/_control/scenario", document).json()["errors"]
        assert error["detail"].endswith(told) == is_told
