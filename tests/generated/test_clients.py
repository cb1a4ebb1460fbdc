"""A whole conversation through each generated client arrives as it was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cs_simulator.client import Server, World
from tests.generated.tools import Maker, needed, said
from tests.support.server import ServerProcess

pytestmark = pytest.mark.long

BIG = 2**53 + 1
SCENARIO = {"customers": [{"customer_id": "C1", "LastName": "Haddad"}, {"LastName": "Novak"}]}

MAKERS = {
    "java": ("Talk", "javac", BIG),
    "python": ("openapi_generator_python", "java", BIG),
    "typescript_fetch": ("openapi_generator_fetch", "node", 4294967297),
    "typescript_axios": ("openapi_generator_axios", "node", 4294967297),
    "openapi_python_client": ("openapi_python_client", "python3", BIG),
    "openapi_typescript": ("openapi_fetch", "node", 4294967297),
    "hey_api": ("hey_api", "node", 4294967297),
}
"""Each way to make a client: a program over it, what that needs, and the id of its service.

JavaScript has no integers above 2^53: there the ids are those that a server begins with.
"""


CONTROLS = {
    "java": "ControlTalk",
    "python": "control_python",
    "openapi_python_client": "control_python_client",
    "typescript_fetch": "control_fetch",
}
"""The same for the control API."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    process = ServerProcess(tmp_path_factory.mktemp("server") / "ready.json").wait_until_ready()
    with Server(process.ready["url"]) as server:
        yield server
    process.stop()


def conversation(world: World) -> list[dict[str, Any]]:
    """Return what the journal has of a conversation."""
    return [dict(each) for each in world.requests()]


@pytest.mark.parametrize("way", MAKERS)
def test_conversation_arrives_as_it_was_meant(way: str, server: Server, tmp_path: Path) -> None:
    program, needs, first = MAKERS[way]
    needed("java", needs)
    world = server.world(way)
    world.load_scenario({**SCENARIO, "first_ids": {"service": first}})
    maker = Maker(tmp_path, world.openapi())
    told = said(maker, getattr(maker, way)(program), world.root_url)
    assert told == {
        "customers": ["C1"],
        "service": str(first),
        "type": 100,
        "order": {"number": 4711, "total": "1.10"},
        "active": ["refund"],
        "completed": True,
    }
    asked = conversation(world)
    assert [(each["operation"], each["response"]["status"]) for each in asked] == [
        ("identify_customer", 200),
        ("start_service", 201),
        ("start_state", 201),
        ("start_task", 201),
        ("query_anonymous_services", 200),
        ("end_task", 204),
        ("get_service", 200),
        ("end_service", 204),
    ]
    started = {"contact_key": "a/b+c d", "service_type": 100, "order": told["order"]}
    bodies = {each["operation"]: each["request"].get("json") for each in asked}
    assert bodies["start_service"] == started
    assert bodies["start_task"] == {"task_type": "refund", "state_id": 1001}
    assert bodies["end_service"] == {"disposition_desc": "solved"}
    hinted = {each["operation"]: each["hints"] for each in asked if each["hints"]}
    left = "1 state in it is still active (end_service_cascades=false)"
    assert hinted == {"end_service": [f"service {first} is completed, but {left}"]}


@pytest.mark.parametrize("way", CONTROLS)
def test_control_api_is_used_through_a_generated_client(
    way: str, server: Server, tmp_path: Path
) -> None:
    needed("java", MAKERS[way][1])
    world = server.world(f"control-{way}")
    maker = Maker(tmp_path, server.control_openapi())
    command = getattr(maker, way)(CONTROLS[way])
    with maker.started(command, world.root_url) as told:
        while world.name not in server.worlds() or not world.faults():
            told.is_running()
        ask = httpx.post(f"{world.base_url}/services/start", json={"contact_key": "42"})
        assert (ask.status_code, ask.json()) == (503, {"a": 1})
        assert told.end() == {
            "time": "2026-01-05T11:00:00.000Z",
            "rule": "start_service-1",
            "verified": True,
            "statuses": [503],
        }
