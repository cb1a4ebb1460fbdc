"""Hints: what a person would want to know. Contract section 2."""

from __future__ import annotations

import pytest

from cs_simulator.api.outcome import hint_header
from tests.conftest import Simulate
from tests.support import Simulation, assumed

pytestmark = assumed("a header that the real server does not have")


def test_hint_is_ascii_and_joined(cs: Simulation) -> None:
    answer = cs.post(
        "services/start?Žž=1", {"contact_key": "K", "disposition": 1, "active_states": []}
    )
    assert answer.status == 201
    assert answer.hint == (
        "unknown parameter \\u017d\\u017e ignored; this operation takes none; "
        "ignored reserved members that this event does not use: disposition, active_states"
    )


def test_hint_holds_no_line_break(cs: Simulation) -> None:
    answer = cs.get("services/anonymous/K?a%0D%0ASet-Cookie:%20x=1&%00=2")
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert "a\\r\\nSet-Cookie: x" in answer.hint
    assert "\\x00" in answer.hint


def test_hint_is_at_most_512_bytes(cs: Simulation) -> None:
    query = "&".join(f"unknown{n}=1" for n in range(100))
    answer = cs.get(f"services/anonymous/K?{query}")
    assert answer.status == 200
    assert len(answer.hint) == 512
    assert answer.hint.endswith("...")


def test_hint_says_a_thing_once() -> None:
    assert hint_header(["a", "b", "a"]) == "a; b"


def test_hint_stands_in_the_journal(cs: Simulation) -> None:
    cs.post("services/start?x=1", {"contact_key": "K"})
    (request,) = cs.get("_control/requests", base="/").shows()["requests"]
    assert request["hints"] == ["unknown parameter x ignored; this operation takes none"]


def test_hint_changes_neither_status_nor_body(cs: Simulation) -> None:
    cs.service(customer_id="C")
    plain = cs.get("customers/C/services")
    hinted = cs.get("customers/C/services?service_typ=7")
    assert (plain.hint, hinted.hint) == (
        "",
        ("unknown parameter service_typ ignored; did you mean service_types?"),
    )
    assert (plain.status, plain.raw) == (hinted.status, hinted.raw)


def test_hint_is_absent_where_there_is_none(cs: Simulation) -> None:
    service = cs.service()
    assert "X-Simulator-Hint" not in cs.get(f"services/{service}").headers
    answer = cs.post(f"services/{service}/states/start", {"service_id": service, "state_type": 1})
    assert (answer.status, answer.hint) == (201, "")


def test_hint_at_an_unknown_state(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"state_references": "ignore"}})
    service = cs.service()
    answer = cs.post(f"services/{service}/tasks/start", {"state_id": 77})
    assert answer.status == 201
    assert answer.hint == "state_id 77 is not a state of this service"
    element = {"service": {"contact_key": "L"}, "state": {}, "task": {"state_id": 78}}
    answer = cs.post("services_composite/start", {"services": [element]})
    assert (answer.status, answer.hint) == (200, "state_id 78 is not a state of this service")


def test_hint_at_a_second_end(cs: Simulation) -> None:
    service = cs.service()
    cs.end(f"services/{service}")
    answer = cs.post(f"services/{service}/end").ok(204)
    assert answer.hint == f"service {service} was already completed; its end event was updated"


def test_hint_names_a_filter_of_lists_that_one_service_does_not_take(cs: Simulation) -> None:
    number = cs.service(contact_key="K")
    answer = cs.get(f"services/{number}?started_from=2030-01-01T00:00:00.000Z")
    assert answer.shows()["service_id"] == number
    assert answer.hint == (
        "unknown parameter started_from ignored; this "
        "operation takes active_states, completed_states, "
        "active_tasks, completed_tasks, extensions"
    )


@pytest.mark.parametrize("path", ["services/{}", "services/4294967297/states/{}"])
def test_hint_of_an_id_of_5000_digits_says_it_is_too_large(simulate: Simulate, path: str) -> None:
    cs = simulate({"fidelity": {"service_ids": "integer"}})
    cs.service(contact_key="K")
    answer = cs.get(path.format("9" * 5000))
    assert answer.status == 400
    assert "-bit integers, 0 or greater" in answer.hint


def test_hint_says_what_a_found_service_does_not_take(cs: Simulation) -> None:
    service = {"customer_id": "C", "service_type": 1}
    number = cs.service(**service)
    element = {"service": {**service, "ttl": 5, "est_duration": 9}, "state": {"state_type": 2}}
    answer = cs.post("services_composite/start", {"services": [element]})
    assert answer.hint == f"service {number} already existed; its ttl did not change"
    assert cs.get(f"services/{number}").shows()["est_duration"] == 9
