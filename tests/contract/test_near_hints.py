"""Hints of what is nearly right: members, keys, ids, names and paths. Contract section 2."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.domain import likely
from cs_simulator.domain.likely import near_member, near_name
from tests.support import Simulation, assumed

pytestmark = assumed("a header that the real server does not have")

BASE = "/genesys/1/cs"
LARGE = 2**60 + 1
WORLD: dict[str, Any] = {
    "clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"},
    "fidelity": {"service_ids": "integer"},
    "services": [
        {
            "service_id": 5,
            "contact_key": "+442079460100",
            "extensions": {"order": {"number": 1}},
            "ttl": 60,
        },
        {"service_id": 6, "contact_key": "maria@example.com"},
        {"service_id": LARGE, "contact_key": "K"},
        {"service_id": 7, "contact_key": "nobody"},
        {"service_id": 9, "contact_key": "k"},
    ],
}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("servce_type", "service_type"),
        ("service_typ", "service_type"),
        ("service_tyype", "service_type"),
        ("service_tipe", "service_type"),
        ("serviceType", "service_type"),
        ("Service_Type", "service_type"),
        ("SERVICE-TYPE", "service_type"),
        ("contactKey", "contact_key"),
        ("Disposition", "disposition"),
        ("TTL", "ttl"),
        ("associateStateTask", "associate_state_task"),
        ("Associate_State_Task", "associate_state_task"),
        ("ASSOCIATE-STATE-TASK", "associate_state_task"),
        ("service_type", None),
        ("ttk", None),
        ("order", None),
        ("coupon", None),
        ("x" * 1000, None),
        ("", None),
    ],
)
def test_member_is_nearly_a_known_one(name: str, near: str | None) -> None:
    likely._near_member.cache_clear()
    assert near_member(name) == near


def test_name_is_compared_with_a_few_others() -> None:
    assert near_name("ordr", ["coupon", "order"]) == "order"
    assert near_name("ord", ["coupon", "order"]) is None
    assert near_name("ordrs", ["coupon", "orders"]) == "orders"
    assert near_name("orders", ["orders"]) is None
    assert near_name("Order", ["order"]) == "order"
    assert near_name("ordxr", ["order"]) == "order"
    assert near_name("orxe", ["orde"]) is None
    assert near_name("x" * 40, ["x" * 41]) == "x" * 41
    assert near_name("x" * 41, ["x" * 42]) is None


def test_member_that_is_nearly_known_changes_nothing(cs: Simulation) -> None:
    answer = cs.post("services/start", {"contactKey": "K", "contact_key": "K", "servce_type": 1})
    assert answer.status == 201
    assert answer.hint == (
        "contactKey is attached data; did you mean contact_key?; "
        "servce_type is attached data; did you mean service_type?"
    )
    shown = cs.get(f"services/{answer.json['service_id']}?extensions=*").shows()
    assert shown["servce_type"] == 1


def test_type_is_meant_where_the_type_is_missing(cs: Simulation) -> None:
    service = cs.post("services/start", {"contact_key": "K", "type": 100})
    assert service.hint == "type is attached data; did you mean service_type?"
    states = f"services/{service.json['service_id']}/states"
    state = cs.post(f"{states}/start", {"type": 8})
    assert state.hint == "type is attached data; did you mean state_type?"
    assert cs.post(f"{states}/start", {"type": 8, "state_type": 8}).hint == ""
    assert cs.post(f"{states}/{state.json['state_id']}/end", {"type": 8}).hint == ""


def test_member_of_a_side_of_a_transition_is_named_with_it() -> None:
    cs = Simulation(WORLD)
    state = cs.post("services/5/states/start", {}).json["state_id"]
    body = {"from": {"state_id": state}, "to": {"stateType": 2}}
    answer = cs.post("services/5/states/transition", body)
    assert answer.hint == "to.stateType is attached data; did you mean state_type?"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("442079460100", "+442079460100"),
        ("00442079460100", "+442079460100"),
        ("tel:+442079460100", "+442079460100"),
        ("Maria@Example.com", "maria@example.com"),
        ("sip:maria@example.com", "maria@example.com"),
        ("NOBODY", "nobody"),
    ],
)
def test_contact_key_with_another_prefix_is_named(key: str, meant: str) -> None:
    answer = Simulation(WORLD).get(f"services/anonymous/{key}")
    assert answer.shows() == []
    assert answer.hint == f"no service has the contact key {key}; did you mean {meant}?"


@pytest.mark.parametrize(
    "path", ["+442079460100", "+442079460100/completed", "+442079460199", "K/completed", "k"]
)
def test_contact_key_that_is_right_or_unknown_has_no_hint(path: str) -> None:
    assert Simulation(WORLD).get(f"services/anonymous/{path}").hint == ""


def test_service_that_has_gone_says_how_and_when() -> None:
    cs = Simulation(WORLD)
    cs.delete("services/6").ok()
    assert cs.get("services/6").hint == "service 6 was deleted at 2026-01-05T09:00:00.000Z"
    cs.advance("2h")
    answer = cs.get("services/5")
    assert (answer.status, answer.hint) == (
        400,
        "service 5 expired at 2026-01-05T09:01:00.000Z",
    )
    limit = {"limit": "2027-01-01T00:00:00.000Z", "operation": "purge.service.all"}
    cs.post("maintenance/purge", limit).ok()
    gone = cs.get(f"services/{LARGE}").hint
    assert gone == f"service {LARGE} was purged at 2026-01-05T11:00:00.000Z"
    assert cs.get("services/8").hint == ""


def test_service_with_a_text_for_an_id_says_that_it_has_gone() -> None:
    cs = Simulation({**WORLD, "fidelity": {"service_ids": "conversation"}, "services": []})
    service = cs.service()
    cs.delete(f"services/{service}").ok()
    hint = cs.get(f"services/{service}").hint
    assert hint == f"service {service} was deleted at 2026-01-05T09:00:00.000Z"


def test_id_that_a_float_has_rounded_names_the_one_there_is() -> None:
    answer = Simulation(WORLD).get(f"services/{2**60}")
    assert answer.status == 400
    assert answer.hint == f"service {LARGE} exists; was its id rounded to a floating-point number?"


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        (2**53 + 1, 2**53),
        (2**60 + 512 + 128, 2**60 + 512 - 128),  # both round to what is halfway between them
        (2**60 + 512 - 128, 2**60 + 512 + 128),
    ],
)
def test_ids_of_one_float_are_taken_for_each_other(there: int, asked: int) -> None:
    cs = Simulation(
        {
            "fidelity": {"service_ids": "integer"},
            "services": [{"service_id": there, "contact_key": "K"}],
        }
    )
    hint = cs.get(f"services/{asked}").hint
    assert hint == f"service {there} exists; was its id rounded to a floating-point number?"


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        (2**53 - 1, 2**53 - 2),  # a float has both
        (2**53 - 1, 2**53),
        (2**60 + 128, 2**60 + 200),  # near, but they round to different floats
        (2**60 + 256, 2**60),
    ],
)
def test_ids_of_two_floats_are_not(there: int, asked: int) -> None:
    cs = Simulation(
        {
            "fidelity": {"service_ids": "integer"},
            "services": [{"service_id": there, "contact_key": "K"}],
        }
    )
    answer = cs.get(f"services/{asked}")
    assert (answer.status, answer.hint) == (400, "")


def test_id_that_was_cut_to_32_bits_names_the_one_there_is() -> None:
    cs = Simulation({})
    service = cs.post("services/start", {"contact_key": "42"}).json["service_id"]
    cut = service & 0xFFFFFFFF
    answer = cs.post(f"services/{cut}/states/start", {"state_type": 1})
    assert answer.status == 400
    assert answer.hint == f"service {service} exists; was its id cut to 32 bits?"
    assert cs.get(f"services/{cut + 1}").hint == ""


def test_id_of_more_than_32_bits_was_not_cut_to_them() -> None:
    fidelity = {"service_ids": "integer"}
    services = [{"service_id": 2**33, "contact_key": "K"}]
    cs = Simulation({"fidelity": fidelity, "services": services})
    assert cs.get(f"services/{2**32}").hint == ""


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("orders", "no attached data orders; did you mean order?"),
        ("Order", "no attached data Order; did you mean order?"),
        ("Service.Order", "no attached data Service.Order; did you mean order?"),
        ("order", ""),
        ("*", ""),
        ("coupon", ""),
    ],
)
def test_attached_data_that_is_asked_for_by_nearly_its_name(query: str, hint: str) -> None:
    answer = Simulation(WORLD).get(f"services/5?extensions={query}")
    assert (answer.status, answer.hint) == (200, hint)


def test_new_attached_data_is_nearly_what_is_there() -> None:
    cs = Simulation(WORLD)
    answer = cs.put("services/5/extensions/Order", {"number": 2})
    assert answer.status == 200
    assert answer.hint == "Order is new attached data here; did you mean order?"
    answer = cs.put("services/5/extensions/servce_type/merge", {"number": 2})
    assert answer.hint == "servce_type is new attached data here; did you mean service_type?"
    assert cs.put("services/5/extensions/order", {"number": 3}).hint == ""


def test_tenant_header_is_ignored_where_no_tenant_is_listed(cs: Simulation) -> None:
    answer = cs.get("services/anonymous/K", headers={"ContactCenterId": "7"})
    assert answer.hint == "ContactCenterId ignored: the scenario lists no tenants"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (
            "/genesys/1/cs/genesys/1/cs/x",
            f"the base path /genesys/1/cs is doubled; did you mean {BASE}/x?",
        ),
        (
            "/genesys/1/storage",
            f"this is the path of another GMS module; Context Services is at {BASE}",
        ),
        (
            "/genesys/1/cs/services/anonymous/a/b",
            "send a slash in an id or a contact key as %2F",
        ),
        (
            "/genesys/1/cs/customers/a/b/services",
            "send a slash in an id or a contact key as %2F",
        ),
        ("/", "edition 8.5 is at /genesys/1/cs, the control API at /_control/"),
    ],
)
def test_path_that_is_wrong_as_a_whole(cs: Simulation, path: str, hint: str) -> None:
    answer = cs.get(path, base="")
    assert (answer.status, answer.hint) == (404, hint)


def test_root_says_where_to_go_in_its_body(cs: Simulation) -> None:
    assert "edition 8.5 is at /genesys/1/cs, the control API" in cs.get("/", base="").raw.decode()


def test_template_in_a_scripted_response_is_sent_as_it_is() -> None:
    rule = {
        "name": "echo",
        "on": "get_service",
        "response": {"status": 200, "body": {"id": "{{id}}"}},
    }
    answer = Simulation({"faults": [rule]}).get("services/5")
    assert answer.shows() == {"id": "{{id}}"}
    assert answer.hint == "fault rule echo sends {{...}} unchanged: templates are not supported"
