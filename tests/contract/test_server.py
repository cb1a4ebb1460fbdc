"""The server's status and mode, and what a mode allows. Contract section 8."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation
from tests.conftest import Simulate
from tests.support import BASE, NOW, Simulation, assumed, documented

BASES = {"8.5": f"{BASE}/", "8.1": "/"}
EDITIONS = pytest.mark.parametrize("base", BASES.values(), ids=BASES.keys())


@documented("Query Server Status")
@EDITIONS
def test_get_server_status(cs: Simulation, base: str) -> None:
    status = cs.get("server/status", base=base).shows()
    assert status.pop("version").startswith("8.1 (cs-simulator ")
    assert status == {
        "system_time": NOW,
        "mode": "production",
        "max_memory": 518464,
        "allocated_memory": 63936,
        "used_memory": 7947,
        "free_memory": 55989,
        "started": NOW,
        "request_today": 0,
        "client_errors_today": 0,
        "server_errors_today": 0,
    }


@assumed("counters are those of the world, today by its clock")
def test_get_server_status_counts(cs: Simulation) -> None:
    cs.service()
    cs.get("services/5").refused()
    cs.advance("2h")
    cs.get("nowhere").refused(404)
    cs.get("services/anonymous/K", headers={"X-Simulator-Fault": '{"response": {"status": 503}}'})
    status = cs.get("server/status").shows()
    counted = {name: status[name] for name in status if name.endswith("_today")}
    assert counted == {"request_today": 4, "client_errors_today": 2, "server_errors_today": 1}
    assert status["last_request"] == status["system_time"] == "2026-01-05T11:00:00.000Z"
    assert status["started"] == NOW
    cs.advance("1d")
    tomorrow = cs.get("server/status").shows()
    assert tomorrow["request_today"] == 0
    assert tomorrow["last_request"] == "2026-01-05T11:00:00.000Z"
    cs.post("_control/reset", base="/")
    assert "last_request" not in cs.get("server/status").shows()


@documented("Set Server Mode")
@EDITIONS
def test_set_server_mode(cs: Simulation, base: str) -> None:
    answer = cs.post("server/mode", {"mode": "MAINTENANCE"}, base=base)
    assert answer.shows() == {"server changed": "maintenance"}
    assert answer.location == f"{base}server/status"
    assert cs.get("server/status", base=base).shows()["mode"] == "maintenance"
    cs.post("server/mode", {"mode": "production"}, base=base).shows()
    assert cs.get("server/status", base=base).shows()["mode"] == "production"


@documented("HTTP Response Codes and Errors: the one error that they print")
def test_set_server_mode_misspelt(cs: Simulation) -> None:
    answer = cs.post("server/mode", {"mode": "something"}, base="/")
    assert answer.status == 400
    assert answer.json == {
        "http_method": "POST",
        "title": "bad parameter",
        "description": (
            "bad parameter 'server mode' reason : server mode has not a correct value 'something'"
        ),
        "code": 4020,
        "uri": "http://localhost/server/mode",
    }


@assumed("a mode that is no text is misspelt too; without one: missing parameter")
@pytest.mark.parametrize(
    ("body", "code"),
    [({}, 4010), ({"mode": None}, 4010), ({"mode": 5}, 4020), ({"mode": ["production"]}, 4020)],
)
def test_set_server_mode_of_another_type(cs: Simulation, body: dict[str, Any], code: int) -> None:
    answer = cs.post("server/mode", body)
    assert (answer.status, answer.json["code"]) == (400, code)
    assert cs.get("server/status").shows()["mode"] == "production"


def path_of(operation: ApiOperation) -> str:
    return operation.paths[0][1:].replace("{", "").replace("}", "")


def needing(mode: str, edition: str) -> list[Any]:
    return [
        pytest.param(operation, id=operation.id)
        for operation in OPERATIONS
        if edition in operation.editions and operation.mode_in(edition) == mode
    ]


@documented("Server Mode: profile and service operations need production")
@pytest.mark.parametrize("operation", needing("production", "8.1"))
def test_mode_of_maintenance_refuses_in_81(simulate: Simulate, operation: ApiOperation) -> None:
    cs = simulate({"settings": {"server_mode": "maintenance"}}, may_fail=True)
    answer = cs.request(operation.method, path_of(operation), base="/")
    assert (answer.status, answer.json["code"]) == (503, 5030)
    assert answer.json["description"] == (
        f"{operation.id} is not available: the server is in maintenance mode"
    )
    assert answer.hint == 'POST server/mode with {"mode": "production"}'


@assumed("services of edition 8.5 are never gated, its profiles as in 8.1")
@pytest.mark.parametrize(
    "operation", [pytest.param(each, id=each.id) for each in OPERATIONS if "8.5" in each.editions]
)
def test_mode_of_maintenance_in_85(simulate: Simulate, operation: ApiOperation) -> None:
    cs = simulate({"settings": {"server_mode": "maintenance"}}, may_fail=True)
    answer = cs.request(operation.method, path_of(operation))
    assert (answer.status == 503) == operation.production
    assert operation.production <= (operation.family == "profiles")


@documented("Create Identification Key, Bulk Profile Import: maintenance mode is a prerequisite")
@pytest.mark.parametrize("operation", needing("maintenance", "8.1"))
def test_mode_of_production_refuses_in_81(cs: Simulation, operation: ApiOperation) -> None:
    answer = cs.request(operation.method, path_of(operation), base="/")
    assert (answer.status, answer.json["code"]) == (503, 5030)
    assert cs.request(operation.method, path_of(operation)).status != 503


@documented("Server Mode: schema operations and queries of metadata work in both")
@EDITIONS
@pytest.mark.parametrize("mode", ["production", "maintenance"])
@pytest.mark.parametrize(
    "path", ["metadata/business-attributes", "metadata/roles", "server/status"]
)
def test_mode_lets_metadata_be_queried(simulate: Simulate, base: str, mode: str, path: str) -> None:
    cs = simulate({"settings": {"server_mode": mode}})
    assert cs.get(path, base=base).status == 200
