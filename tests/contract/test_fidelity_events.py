"""The fidelity switches that decide what an event does. Contract section 10."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Simulate
from tests.support import NOW, Simulation, assumed


def _ends(cs: Simulation) -> list[tuple[str, str]]:
    service = cs.service()
    state, task = cs.state(service), cs.task(service)
    path = f"services/{service}"
    return [
        (path, f"service {service}"),
        (f"{path}/states/{state}", f"state {state}"),
        (f"{path}/tasks/{task}", f"task {task}"),
    ]


@assumed("end_twice=accept: the end event is updated, and what is not sent again stays")
def test_fidelity_end_twice_accepted(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"end_twice": "accept"}})
    for path, _ in _ends(cs):
        cs.end(path, session_id="S", disposition=1, disposition_desc="first", x=1)
        first = cs.get(path).json["completed"]["timestamp"]
        cs.advance("1s")
        cs.end(path, media_type=2, y=2)
        shown = cs.get(f"{path}?extensions=*").json
        assert shown["completed"] == {"timestamp": first, "session_id": "S", "media_type": 2}
        assert (shown["disposition"], shown["disposition_desc"]) == (1, "first")
        assert (shown["x"], shown["y"]) == (1, 2)
        late = "2026-05-01T00:00:00.000Z"
        cs.end(path, timestamp=late, disposition=3)
        shown = cs.get(path).json
        assert shown["completed"] == {"timestamp": late, "session_id": "S", "media_type": 2}
        assert (shown["disposition"], shown["disposition_desc"]) == (3, "first")


@assumed("end_twice=accept: the default of a business attribute is no disposition that was sent")
def test_fidelity_end_twice_keeps_what_was_sent_from_a_default(simulate: Simulate) -> None:
    outcome = {
        "dbid": 1,
        "cv_attributes": ["Service.disposition", "State.disposition", "Task.disposition"],
        "default": "open",
        "values": [{"name": "open", "dbid": 10}, {"name": "done", "dbid": 20}],
    }
    cs = simulate({"business_attributes": {"Outcome": outcome}})
    for path, _ in _ends(cs):
        cs.end(path, disposition="done")
        cs.end(path)
        assert cs.get(path).json["disposition"] == 20
    service = cs.service()
    state = cs.state(service)
    cs.end(f"services/{service}/states/{state}", disposition="done")
    body = {"from": {"state_id": state}, "to": {}}
    assert cs.post(f"services/{service}/states/transition", body).status == 201
    assert cs.get(f"services/{service}/states/{state}").json["disposition"] == 20


@assumed("end_twice=reject")
def test_fidelity_end_twice_rejected(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"end_twice": "reject"}})
    for path, what in _ends(cs):
        cs.end(path)
        before = cs.dump()
        assert cs.post(f"{path}/end", {}).refused() == f"{what.capitalize()} is already completed"
        assert cs.dump() == before


@assumed("end_twice governs a transition too")
@pytest.mark.parametrize(("policy", "status"), [("accept", 201), ("reject", 400)])
def test_fidelity_end_twice_in_a_transition(simulate: Simulate, policy: str, status: int) -> None:
    cs = simulate({"fidelity": {"end_twice": policy}})
    service = cs.service()
    state = cs.state(service)
    cs.end(f"services/{service}/states/{state}")
    before = cs.dump()
    body = {"from": {"state_id": state}, "to": {}}
    answer = cs.post(f"services/{service}/states/transition", body)
    assert answer.status == status
    assert (cs.dump() == before) is (policy == "reject")


@assumed("start_on_completed=reject")
def test_fidelity_start_on_completed_rejected(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"start_on_completed": "reject"}})
    service = cs.service()
    state = cs.state(service)
    cs.end(f"services/{service}")
    before = cs.dump()
    path = f"services/{service}"
    for where, body, what in (
        ("states/start", {}, "state"),
        ("tasks/start", {}, "task"),
        ("states/transition", {"from": {"state_id": state}, "to": {}}, "state"),
    ):
        message = cs.post(f"{path}/{where}", body).refused()
        assert message == f"Service {service} is completed; cannot start a {what} on it"
    assert cs.dump() == before
    cs.end(f"{path}/states/{state}")


@assumed("end_service_cascades")
@pytest.mark.parametrize("cascades", [False, True])
def test_fidelity_end_service_cascades(simulate: Simulate, cascades: bool) -> None:
    cs = simulate({"fidelity": {"end_service_cascades": cascades}})
    service = cs.service()
    done, _ = cs.state(service), cs.state(service)
    cs.task(service)
    cs.end(f"services/{service}/states/{done}", disposition=1)
    moment = "2026-01-05T10:00:00.000Z"
    cs.end(f"services/{service}", timestamp=moment, disposition=5)
    shown = cs.everything(service)
    counts = [len(shown[name]) for name in ("active_states", "active_tasks")]
    assert counts == ([0, 0] if cascades else [1, 1])
    if cascades:
        first, second = shown["completed_states"]
        assert (first["completed"]["timestamp"], first["disposition"]) == (NOW, 1)
        assert second["completed"] == shown["completed_tasks"][0]["completed"]
        assert second["completed"] == {"timestamp": moment}
        assert "disposition" not in second


@assumed("state_references=ignore")
def test_fidelity_references_ignored(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"state_references": "ignore"}})
    service = cs.service()
    task = cs.task(service, state_id=77)
    assert cs.get(f"services/{service}/tasks/{task}").json["state_id"] == 77
    element = {"service": {"contact_key": "new"}, "state": {}, "task": {"state_id": 78}}
    answer = cs.post("services_composite/start", {"services": [element]})
    made = answer.json["services"][0]
    path = f"services/{made['service']['service_id']}/tasks/{made['task']['task_id']}"
    assert cs.get(path).json["state_id"] == 78


@assumed("associate_status")
@pytest.mark.parametrize("status", [204, 200])
def test_fidelity_associate_status(simulate: Simulate, status: int) -> None:
    cs = simulate({"fidelity": {"associate_status": status}})
    service = cs.service()
    cs.post(f"customers/C/services/{service}").ok(status)
    assert cs.get(f"services/{service}").json["customer_id"] == "C"


@assumed("merge_conflict")
@pytest.mark.parametrize(("policy", "kept"), [("stored", 1), ("incoming", 2)])
def test_fidelity_merge_conflict(simulate: Simulate, policy: str, kept: int) -> None:
    cs = simulate({"fidelity": {"merge_conflict": policy}})
    service = cs.service(x={"a": 1, "b": 1})
    answer = cs.put(f"services/{service}/extensions/x/merge", {"a": 2, "c": 2}).ok(200)
    assert (answer.hint != "") is (policy == "stored")
    shown = cs.get(f"services/{service}?extensions=x").json["x"]
    assert list(shown.items()) == [("a", kept), ("b", 1), ("c", 2)]


@assumed("composite_found=keep: what is found stays, and is not counted as updated")
def test_fidelity_composite_found_kept(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"composite_found": "keep"}})
    service = cs.service(est_duration=1, x=1, ttl=60)
    state, task = cs.state(service, x=1), cs.task(service, x=1)
    cs.advance("30s")
    before = cs.dump()
    update = {"est_duration": 2, "x": 2}
    element = {"service": {"contact_key": "K", **update}, "state": update, "task": update}
    (made,) = cs.post("services_composite/start", {"services": [element]}).json["services"]
    assert made == {
        "service": {"service_id": service, "created": "false"},
        "state": {"state_id": state, "created": "false"},
        "task": {"task_id": task, "created": "false"},
    }
    assert cs.dump() == before


@assumed("null_extension")
@pytest.mark.parametrize("policy", ["store", "remove"])
def test_fidelity_null_extension(simulate: Simulate, policy: str) -> None:
    cs = simulate({"fidelity": {"null_extension": policy}})
    service = cs.service(a=None, b=1, c=1, d={"deep": None})

    def shown() -> dict[str, Any]:
        members: dict[str, Any] = cs.get(f"services/{service}?extensions=*").shows()
        return {name: members[name] for name in members if name in "abcd"}

    stored = {"a": None, "b": 1, "c": 1, "d": {"deep": None}}
    removed = {"b": 1, "c": 1, "d": {"deep": None}}
    assert shown() == (stored if policy == "store" else removed)
    cs.put(f"services/{service}/extensions/b", raw=b"null").ok(200)
    cs.end(f"services/{service}", c=None)
    stored = {"a": None, "b": None, "c": None, "d": {"deep": None}}
    assert shown() == (stored if policy == "store" else {"d": {"deep": None}})
