"""Attached data: put, merge, and where it is shown. Contract sections 2 and 4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import Simulation, assumed, documented, relied_on
from tests.support.problems import sentence


@pytest.fixture(params=["service", "state", "task"])
def entity(request: pytest.FixtureRequest, cs: Simulation) -> str:
    """The path of a service, of a state and of a task."""
    service = cs.service()
    if request.param == "state":
        return f"services/{service}/states/{cs.state(service)}"
    if request.param == "task":
        return f"services/{service}/tasks/{cs.task(service)}"
    return f"services/{service}"


def stored(cs: Simulation, entity: str) -> Any:
    shown = cs.get(f"{entity}?extensions=*").shows()
    return {
        name: value
        for name, value in shown.items()
        if name not in ("service_id", "state_id", "task_id", "contact_key", "started")
    }


@documented("Update Service, State and Task Extension: 200, the value is replaced")
def test_update_extension_replaces_the_value(cs: Simulation, entity: str) -> None:
    cs.put(f"{entity}/extensions/score", {"score": 85, "agentID": 2025}).ok(200)
    cs.put(f"{entity}/extensions/score", {"other": 1}).ok(200)
    assert stored(cs, entity) == {"score": {"other": 1}}


@documented("Extension: any JSON type under any key")
@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":{"b":[]}}',
        b"[]",
        b"[1,[2.5,null,true]]",
        b'"text"',
        b'""',
        b"5",
        b"0.1",
        b"1e+20",
        b"false",
        b"null",
        b"1234567890123456789012345678901234567890",
    ],
)
def test_update_extension_takes_any_json_value(cs: Simulation, entity: str, raw: bytes) -> None:
    cs.put(f"{entity}/extensions/x", raw=raw).ok(200)
    assert b'"x":%s}' % raw in cs.get(f"{entity}?extensions=x").raw


@assumed("an empty body is no value")
@pytest.mark.parametrize("raw", [b"", b" \n"])
def test_update_extension_refuses_an_empty_body(cs: Simulation, entity: str, raw: bytes) -> None:
    answer = cs.put(f"{entity}/extensions/x", raw=raw)
    assert "The body is empty" in answer.refused()
    assert stored(cs, entity) == {}


@assumed("a reserved name is never an extension")
@pytest.mark.parametrize("form", ["", "/merge"])
@pytest.mark.parametrize("name", ["timestamp", "disposition", "active_tasks", "service_id"])
def test_update_extension_refuses_a_reserved_name(
    cs: Simulation, entity: str, name: str, form: str
) -> None:
    before = cs.dump()
    message = cs.put(f"{entity}/extensions/{name}{form}", {}).refused()
    assert message == sentence("name", "the name of an extension, not a reserved one", name)
    assert cs.dump() == before


@assumed("names are case-sensitive in 8.5")
def test_update_extension_distinguishes_case(cs: Simulation, entity: str) -> None:
    cs.put(f"{entity}/extensions/Score", 1).ok(200)
    cs.put(f"{entity}/extensions/score", 2).ok(200)
    cs.put(f"{entity}/extensions/Timestamp", 3).ok(200)
    assert stored(cs, entity) == {"Score": 1, "score": 2, "Timestamp": 3}


@documented("Merge Extension Data: it creates the extension if it does not exist")
def test_merge_extension_creates_it(cs: Simulation, entity: str) -> None:
    cs.put(f"{entity}/extensions/agent/merge", {"agentID": 2025}).ok(200)
    assert stored(cs, entity) == {"agent": {"agentID": 2025}}


@documented("Merge Extension Data: adds new pairs without overwriting")
@assumed("merge_conflict=stored")
def test_merge_extension_keeps_what_is_stored(cs: Simulation, entity: str) -> None:
    cs.put(f"{entity}/extensions/agent", {"id": 1, "deep": {"a": 1}, "same": 5})
    answer = cs.put(
        f"{entity}/extensions/agent/merge", {"new": 3, "id": 2, "deep": {"b": 2}, "same": 5}
    ).ok(200)
    assert answer.hint == "existing values kept: id, deep"
    assert stored(cs, entity) == {"agent": {"id": 1, "deep": {"a": 1}, "same": 5, "new": 3}}


@documented("Merge Extension Data: maps only; it does not work on a list")
@pytest.mark.parametrize(
    ("value", "kind"), [([1], "a list"), ("x", "a single value"), (None, "null")]
)
def test_merge_extension_into_what_is_no_map(
    cs: Simulation, entity: str, value: object, kind: str
) -> None:
    cs.put(f"{entity}/extensions/x", raw=b"null" if value is None else None, body=value).ok(200)
    answer = cs.put(f"{entity}/extensions/x/merge", {"a": 1})
    assert f"it is stored as {kind}" in answer.refused()
    assert answer.hint == "replace it with a PUT without /merge"
    assert stored(cs, entity) == {"x": value}


@assumed("a body that is no map is refused")
@pytest.mark.parametrize("raw", [b"[]", b"5", b"null", b'"x"', b"true", b""])
def test_merge_extension_refuses_what_is_no_map(cs: Simulation, entity: str, raw: bytes) -> None:
    assert "The body" in cs.put(f"{entity}/extensions/x/merge", raw=raw).refused()
    assert stored(cs, entity) == {}


@relied_on("extensions are top-level members of the entity, after all others")
def test_extensions_are_members_of_the_entity(cs: Simulation) -> None:
    offers = [{"offer_name": "GOLD", "type": 4}]
    service = cs.service(coupon={"n": 1}, relatedOffers=offers)
    shown = cs.get(f"services/{service}?extensions=*").shows()
    assert list(shown)[-2:] == ["coupon", "relatedOffers"]
    assert shown["relatedOffers"] == offers


@documented("Query Service by ID: names, State. and Task. before them, * for all")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("", ""),
        ("a", "Sa Ta Ka"),
        ("a,b", "Sa Sb Ta Tb Ka Kb"),
        ("a%2Cb", "Sa Sb Ta Tb Ka Kb"),
        ("a&extensions=Task.b", "Sa Ta Ka Kb"),
        ("*", "Sa Sb Ta Tb Ka Kb"),
        ("Service.a", "Sa"),
        ("State.a", "Ta"),
        ("Task.a", "Ka"),
        ("State.*", "Ta Tb"),
        ("State.", "Ta Tb"),
        ("Service.*,Task.b", "Sa Sb Kb"),
        ("A", ""),
        ("state.a", ""),
    ],
)
def test_extensions_parameter(cs: Simulation, wanted: str, expected: str) -> None:
    service = cs.service(a=1, b=2)
    state = cs.state(service, a=1, b=2)
    cs.task(service, state_id=state, a=1, b=2)
    shown = cs.get(
        f"services/{service}?active_states=true&active_tasks=true&extensions={wanted}"
    ).shows()
    kinds = {"S": shown, "T": shown["active_states"][0], "K": shown["active_tasks"][0]}
    found = [f"{kind}{name}" for kind, e in kinds.items() for name in ("a", "b") if name in e]
    assert " ".join(found) == expected


@documented("Query State by ID: extensions of the state and of its tasks")
def test_extensions_parameter_of_a_state(cs: Simulation) -> None:
    service = cs.service()
    state = cs.state(service, a=1)
    cs.task(service, state_id=state, a=2)
    path = f"services/{service}/states/{state}?active_tasks=true&extensions="
    assert cs.get(f"{path}State.a").json["active_tasks"][0].keys().isdisjoint({"a"})
    shown = cs.get(f"{path}a").shows()
    assert (shown["a"], shown["active_tasks"][0]["a"]) == (1, 2)
    assert "a" not in cs.get(path).json


@documented("Start Service: other members of the body are attached data")
@pytest.mark.parametrize("name", ["from", "services", "name", "", "a.b", "État", "x y/z"])
def test_extensions_may_have_any_name(cs: Simulation, name: str) -> None:
    service = cs.service(**{name: {"v": 1}})
    assert cs.get(f"services/{service}?extensions=*").shows()[name] == {"v": 1}
