"""Edition 8.1, that of Universal Contact Server, over the same data. Contract section 1."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Simulate
from tests.support import BASE, NOW, ApiResponse, Simulation, assumed, documented
from tests.support.problems import INT_32_FROM_0, INT_64_OR_TEXT, sentence

ROOT = "/"


def ucs(cs: Simulation, method: str, path: str, body: object = None, **more: Any) -> ApiResponse:
    """Send a request of edition 8.1."""
    return cs.request(method, path, body, base=ROOT, **more)


def refused(answer: ApiResponse, status: int, code: int) -> str:
    """Check that a request was refused in the form of UCS; return the description."""
    assert answer.status == status, answer.raw
    members = answer.json
    assert list(members) == ["http_method", "title", "description", "code", "uri"]
    assert members["code"] == code
    return str(members["description"])


def service(cs: Simulation) -> int:
    answer = ucs(cs, "POST", "services/start", {"contact_key": "K", "service_type": 7})
    assert answer.status == 201
    number: int = answer.json["service_id"]
    return number


@documented("Start Service, edition 8.1: Location and body")
def test_start_service_of_81_is_seen_in_both_editions(cs: Simulation) -> None:
    answer = ucs(cs, "POST", "services/start", {"customer_id": "C", "service_type": 7})
    number = answer.json["service_id"]
    assert (answer.status, answer.location) == (201, f"/services/{number}")
    expected = {
        "service_id": number,
        "service_type": 7,
        "customer_id": "C",
        "started": {"timestamp": NOW},
    }
    assert ucs(cs, "GET", f"services/{number}").shows() == expected
    assert cs.get(f"services/{number}").shows() == expected
    assert ucs(cs, "GET", "customers/C/services").shows() == [expected]


@documented("service_type, state_type and task_type are mandatory in edition 8.1")
@pytest.mark.parametrize(
    ("path", "body", "member"),
    [
        ("services/start", {"contact_key": "K"}, "service_type"),
        ("services/{}/states/start", {}, "state_type"),
        ("services/{}/tasks/start", {}, "task_type"),
        ("services/{}/states/transition", {"from": {"state_id": 1}, "to": {}}, "to.state_type"),
    ],
)
def test_start_needs_a_type_in_81(
    cs: Simulation, path: str, body: dict[str, Any], member: str
) -> None:
    number = service(cs)
    before = cs.dump()
    answer = ucs(cs, "POST", path.format(number), body)
    description = refused(answer, 400, 4010)
    assert description == (
        f"missing parameter '{member}' reason : expected a value (required here)"
    )
    assert answer.json["title"] == "missing parameter"
    assert answer.json["uri"] == f"http://localhost/{path.format(number)}"
    assert cs.dump() == before


@documented("HTTP Response Codes: 404 for a resource that is absent")
@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("GET", "services/5", "There are no service found for : 5"),
        ("POST", "services/5/end", "There are no service found for : 5"),
        ("GET", "services/{}/states/5", "There are no state found for : 5"),
        ("POST", "services/{}/tasks/5/end", "There are no task found for : 5"),
    ],
)
def test_unknown_entity_is_404_in_81(cs: Simulation, method: str, path: str, text: str) -> None:
    assert refused(ucs(cs, method, path.format(service(cs))), 404, 4040) == text


@documented("the conversation of a service: states, tasks, transition, ends")
def test_conversation_in_81(cs: Simulation) -> None:
    number = service(cs)
    state = ucs(cs, "POST", f"services/{number}/states/start", {"state_type": 4})
    assert (state.status, state.location) == (201, f"/services/{number}/states/1001")
    task = ucs(cs, "POST", f"services/{number}/tasks/start", {"task_type": 3, "state_id": 1001})
    assert (task.status, task.location) == (201, f"/services/{number}/tasks/500001")
    moved = ucs(
        cs,
        "POST",
        f"services/{number}/states/transition",
        {"from": {"state_id": 1001, "disposition": 1}, "to": {"state_type": 5}},
    )
    assert (moved.status, moved.location) == (201, f"/services/{number}/states/1002")
    ucs(cs, "POST", f"services/{number}/tasks/500001/end", {"disposition": 2}).ok(204)
    ucs(cs, "POST", f"services/{number}/states/1002/end").ok(204)
    ucs(cs, "POST", f"services/{number}/end").ok(204)
    ucs(cs, "POST", f"customers/C/services/{number}", {}).ok(204)
    (shown,) = ucs(cs, "GET", "customers/C/services/completed?completed_states=true").shows()
    assert [state["state_id"] for state in shown["completed_states"]] == [1001, 1002]
    assert [task["task_id"] for task in ucs(cs, "GET", f"services/{number}/tasks").shows()] == [
        500001
    ]
    assert ucs(cs, "GET", f"services/{number}/states/1001").shows()["disposition"] == 1


@documented("ttl and expiration belong to edition 8.5.105 and later")
def test_retention_members_are_ignored_in_81(cs: Simulation) -> None:
    answer = ucs(
        cs,
        "POST",
        "services/start",
        {"contact_key": "K", "service_type": 7, "ttl": "x", "auto_complete_after": -1},
    )
    assert answer.status == 201
    assert (
        answer.hint
        == "ignored reserved members that this event does not use: ttl, auto_complete_after"
    )
    cs.advance("2h")
    assert ucs(cs, "GET", f"services/{answer.json['service_id']}").status == 200


@documented("DELETE and PUT of a service came with edition 8.5")
@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_service_takes_get_only_in_81(cs: Simulation, method: str) -> None:
    answer = ucs(cs, method, f"services/{service(cs)}", {"ttl": 5})
    refused(answer, 405, 4050)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@documented("composite, merge, purge and export came with edition 8.5")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "services_composite/start"),
        ("PUT", "services/5/extensions/x/merge"),
        ("PUT", "services/5/states/5/extensions/x/merge"),
        ("PUT", "services/5/tasks/5/extensions/x/merge"),
        ("POST", "maintenance/purge"),
        ("GET", "maintenance/services/stream"),
        ("POST", "maintenance/services/files"),
    ],
)
def test_operation_of_85_is_unknown_in_81(cs: Simulation, method: str, path: str) -> None:
    answer = ucs(cs, method, path, {})
    assert refused(answer, 404, 4040) == f"No resource {method} /{path}"
    template = path.replace("services/5", "services/{service_id}").replace("/x/", "/{name}/")
    template = template.replace("states/5", "states/{state_id}").replace(
        "tasks/5", "tasks/{task_id}"
    )
    assert answer.hint == f"closest: {method} {BASE}/{template}"


@documented("errors of edition 8.1 have the five members of UCS")
@pytest.mark.parametrize(
    ("raw", "headers", "status", "code", "title"),
    [
        (b"{", {}, 400, 4030, "malformed body"),
        (b"[]", {}, 400, 4030, "malformed body"),
        (b'{"est_duration": "x"}', {}, 400, 4010, "missing parameter"),
        (b"{}", {"Content-Type": "text/plain"}, 415, 4150, "unsupported media type"),
        (b'{"a": "' + b"x" * 2**20 + b'"}', {}, 413, 4130, "body too large"),
    ],
)
def test_error_form_of_81(
    cs: Simulation, raw: bytes, headers: dict[str, str], status: int, code: int, title: str
) -> None:
    answer = ucs(cs, "POST", "services/start", raw=raw, headers=headers)
    refused(answer, status, code)
    assert answer.json["title"] == title
    assert answer.json["http_method"] == "POST"


@assumed("several bad members: the title and code are those of the first")
def test_error_names_every_bad_member_in_81(cs: Simulation) -> None:
    body = {"contact_key": "K", "service_type": {}, "est_duration": "x"}
    answer = ucs(cs, "POST", "services/start", body)
    assert refused(answer, 400, 4020) == (
        "bad parameter 'service_type' reason : "
        + sentence("", INT_64_OR_TEXT, {})
        + "; bad parameter 'est_duration' reason : "
        + sentence("", INT_32_FROM_0, "x")
    )


@assumed("below the prefix of a world and another base path, too")
def test_base_path_of_81_is_configuration(simulate: Simulate) -> None:
    cs = simulate({"settings": {"base_paths": {"8.1": "/cv"}}})
    answer = cs.post("services/start", {"contact_key": "K", "service_type": 1}, base="/cv/")
    assert answer.location == f"/cv/services/{answer.json['service_id']}"
    base = f"/_world/{cs.world.name}/cv/"
    world = cs.post("services/start", {"contact_key": "K", "service_type": 1}, base=base)
    assert world.location.startswith(f"{base}services/")
