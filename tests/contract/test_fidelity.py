"""Every fidelity switch that governs edition 8.5, set the other way. Contract section 10.

The defaults are what the other files test; here each stands beside its alternatives.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_simulator.documents.problems import DocumentError
from cs_simulator.domain.fidelity import SWITCHES, Switch
from tests.conftest import Simulate
from tests.support import BASE, EXCEPTIONS, Simulation, assumed
from tests.support.problems import MISSING

TABLE = {
    "service_ids": "integer, conversation",
    "location_segment": "services, service",
    "not_found_status": "400, 404",
    "types_mandatory": "false, true",
    "string_limits": "documented, everywhere, ignore",
    "content_type": "strict, lenient",
    "end_twice": "accept, reject",
    "start_on_completed": "accept, reject",
    "end_service_cascades": "false, true",
    "state_references": "check, ignore",
    "associate_status": "204, 200",
    "merge_conflict": "stored, incoming",
    "composite_found": "update, keep",
    "null_extension": "store, remove",
    "identify_no_match": "empty, not_found",
    "custom_ids": "ignore, reject, accept",
    "service_id_form": "number, text",
}


@assumed("the table of switches, defaults first")
def test_fidelity_table() -> None:
    switches = {switch.name: ", ".join(switch.values) for switch in SWITCHES}
    assert switches == TABLE, (
        f"TABLE of this test is another than domain/fidelity.py for "
        f"{', '.join(name for name, _ in switches.items() ^ TABLE.items())}"
    )


@assumed("every value of a switch but its default, which all other tests have, is tried")
@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_fidelity_values_are_tried(switch: Switch) -> None:
    pages = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for value in () if f'("{switch.name}")' in pages else switch.values[1:]:
        mark = f"{switch.name}={value}"
        assert f'{mark}"' in pages or f"{mark}:" in pages, (
            f'no test of this folder is marked @assumed("{mark}"): write one, here or in '
            "test_fidelity_events.py"
        )


@assumed("an unknown switch or value is an error")
@pytest.mark.parametrize(
    ("name", "value"),
    [("end_twise", "accept"), ("end_twice", "maybe"), ("state_references", False)],
)
def test_fidelity_unknown(name: str, value: object) -> None:
    with pytest.raises(DocumentError, match=f"fidelity.{name}"):
        Simulation({"fidelity": {name: value}})


@assumed("location_segment")
@pytest.mark.parametrize("segment", ["services", "service"])
def test_fidelity_location_segment(simulate: Simulate, segment: str) -> None:
    cs = simulate({"fidelity": {"location_segment": segment}})
    answer = cs.post("services/start", {"contact_key": "K"})
    service = answer.json["service_id"]
    assert answer.location == f"{BASE}/{segment}/{service}"
    state = cs.post(f"services/{service}/states/start", {})
    assert state.location == f"{BASE}/{segment}/{service}/states/1001"
    task = cs.post(f"services/{service}/tasks/start", {})
    assert task.location == f"{BASE}/{segment}/{service}/tasks/500001"


@assumed("not_found_status")
@pytest.mark.parametrize("status", [400, 404])
def test_fidelity_not_found_status(simulate: Simulate, unknown_id: str, status: int) -> None:
    cs = simulate({"fidelity": {"not_found_status": status}})
    service = cs.service()
    for path in (unknown_id, f"{service}/states/77", f"{service}/tasks/77"):
        answer = cs.get(f"services/{path}")
        answer.refused(status)
        assert answer.json["exception"] == f"{EXCEPTIONS}.NotFoundException"
    cs.post("services/start", {}).refused(400)


@assumed("types_mandatory")
def test_fidelity_types_mandatory(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"types_mandatory": True}})
    service = cs.service(service_type=1)
    state = cs.state(service, state_type=1)
    before = cs.dump()
    path = f"services/{service}"
    composite = {"services": [{"service": {"contact_key": "K"}, "state": {}, "task": {}}]}
    for where, body, names in (
        ("services/start", {"contact_key": "K"}, ["service_type"]),
        (f"{path}/states/start", {"state_type": None}, ["state_type"]),
        (f"{path}/tasks/start", {}, ["task_type"]),
        (
            f"{path}/states/transition",
            {"from": {"state_id": state}, "to": {}},
            ["to.state_type"],
        ),
        (
            "services_composite/start",
            composite,
            [
                "services[0].service.service_type",
                "services[0].state.state_type",
                "services[0].task.task_type",
            ],
        ),
    ):
        expected = [f"{name} {MISSING}; expected a value (required here)" for name in names]
        assert cs.post(where, body).refused() == "; ".join(expected)
    assert cs.dump() == before
    cs.post(f"customers/C/services/{service}").ok(204)
    cs.end(f"{path}/states/{state}")


@assumed("string_limits=everywhere")
def test_fidelity_string_limits_everywhere(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"string_limits": "everywhere"}})
    body = {"contact_key": "K", "session_id": "s" * 33, "interaction_id": "i" * 51}
    message = cs.post("services/start", body).refused()
    assert "session_id: expected" in message
    assert "expected at most 50 characters (it has 51)" in message
    service = cs.service(session_id="s" * 32)
    task = cs.task(service)
    path = f"services/{service}/tasks/{task}"
    cs.post(f"{path}/end", {"disposition_desc": "d" * 65}).refused()
    assert "completed" not in cs.get(path).json


@assumed("string_limits=ignore")
def test_fidelity_string_limits_ignored(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"string_limits": "ignore"}})
    service = cs.service()
    answer = cs.post(f"services/{service}/end", {"session_id": "s" * 33}).ok(204)
    assert answer.hint == ""
    assert cs.get(f"services/{service}").json["completed"]["session_id"] == "s" * 33


@assumed("content_type=lenient")
def test_fidelity_content_type_lenient(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"content_type": "lenient"}})
    for content_type in ("application/x-www-form-urlencoded", "text/plain; charset=latin-1"):
        headers = {"Content-Type": content_type}
        answer = cs.post("services/start", raw=b'{"contact_key":"K"}', headers=headers)
        assert answer.status == 201
        cs.post("services/start", raw=b"a=b", headers=headers).refused()


@assumed("identify_no_match=not_found")
def test_fidelity_identify_no_match(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"identify_no_match": "not_found"}})
    answer = cs.get("profiles?LastName=Nobody")
    assert (answer.status, answer.json["code"]) == (404, 4040)
    cs.post("profiles", {"LastName": "Banner"})
    assert len(cs.get("profiles?LastName=Banner").shows()) == 1


@assumed("custom_ids=reject")
def test_fidelity_custom_ids_rejected(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"custom_ids": "reject"}})
    answer = cs.post("profiles", {"customer_id": "mine"})
    assert (answer.status, answer.json["code"]) == (400, 4020)
    assert cs.post("profiles", {"customer_id": None}).status == 201


@assumed("custom_ids=accept")
def test_fidelity_custom_ids_accepted(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"custom_ids": "accept"}})
    answer = cs.post("profiles", {"customer_id": "my/own id", "LastName": "B"})
    assert (answer.status, answer.json) == (201, {"customer_id": "my/own id"})
    assert answer.location == f"{BASE}/profiles/my%2Fown%20id"
    assert cs.get("profiles/my%2Fown%20id").shows()["LastName"] == "B"
    answer = cs.post("profiles", {"customer_id": "my/own id"})
    assert (answer.status, answer.json["code"]) == (409, 4090)
    bad_ids: list[object] = ["", "x" * 17, True, {}, "\ud800"]
    for bad in bad_ids:
        answer = cs.post("profiles", {"customer_id": bad, "Title": []})
        assert answer.status == 400
        assert "bad parameter 'customer_id'" in answer.json["description"]
        assert "bad parameter 'Title'" in answer.json["description"]
    assert cs.post("profiles", {"LastName": "B"}).json["customer_id"] != "my/own id"
