"""What rules see of a request: matched through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import BASE, Simulation

TEAPOT = {"response": {"status": 418}}


def faulty(where: dict[str, Any], on: Any = "any", **document: Any) -> Simulation:
    """Return a world in which what fits some criteria is answered with 418."""
    rule = {"name": "it", "on": on, "where": where, **TEAPOT}
    return Simulation({"faults": [rule], **document})


OWNED = {
    "services": [
        {"service_id": 5, "customer_id": "C-1", "states": [{"state_id": 7}]},
        {"service_id": 6, "contact_key": "K-1"},
    ],
    "customers": [{"customer_id": "C-1"}, {"customer_id": "C-2"}],
    "interactions": [
        {"customer_id": "C-1", "interaction_id": "I-1", "media_type": "chat", "text": "a"},
        {"customer_id": "C-2", "interaction_id": "I-2", "media_type": "chat", "text": "b"},
    ],
}


@pytest.mark.parametrize(
    ("method", "path", "body", "fits"),
    [
        ("GET", "customers/C-1/services", None, True),
        ("GET", "customers/C-2/services", None, False),
        ("POST", "services/start", {"customer_id": "C-1"}, True),
        ("POST", "services/start", {"customer_id": "C-2"}, False),
        ("POST", "services/start", {"customer_id": None, "contact_key": "C-1"}, False),
        ("GET", "services/5", None, True),
        ("GET", "services/6", None, False),
        ("GET", "services/77", None, False),
        ("POST", "services/5/end", {}, True),
        ("GET", "services/5/states/7", None, True),
        ("DELETE", "services/5", None, True),
        ("POST", "customers/C-2/services/5", None, True),
        ("POST", "customers/C-1/services/6", None, True),
        ("GET", "profiles/C-1", None, True),
        ("GET", "profiles/C-2", None, False),
        ("PUT", "profiles/C-1/extensions/Phone/by/unique", {}, True),
        ("POST", "profiles", {"customer_id": "C-1"}, True),
        ("POST", "profiles", {"LastName": "C-1"}, False),
        ("GET", "profiles?LastName=C-1", None, False),
        ("PUT", "profiles/C-1/merge/C-2", {}, True),
        ("PUT", "profiles/C-2/merge/C-1", {}, True),
        ("PUT", "profiles/C-2/merge/C-3", {}, False),
        ("GET", "customers/C-1/interactions", None, True),
        ("GET", "services/5/interactions", None, True),
        ("GET", "interactions/I-1", None, True),
        ("GET", "interactions/I-2", None, False),
        ("GET", "interactions/I-1/plain_text", None, True),
        ("GET", "interactions/I-3", None, False),
    ],
)
def test_customer_is_that_of_the_path_the_body_or_the_owner(
    method: str, path: str, body: object, *, fits: bool
) -> None:
    cs = faulty({"customer_id": "C-1"}, **OWNED)
    assert (cs.request(method, path, body).status == 418) is fits


@pytest.mark.parametrize(
    ("method", "path", "body", "fits"),
    [
        ("GET", "services/anonymous/K-1", None, True),
        ("GET", "services/anonymous/K-2", None, False),
        ("POST", "services/start", {"contact_key": "K-1"}, True),
        ("POST", "services/start", {"contact_key": "K-2"}, False),
        ("GET", "services/6", None, True),
        ("GET", "services/5", None, False),
        ("POST", "customers/C-1/services/6", None, True),
    ],
)
def test_contact_key_is_that_of_the_path_the_body_or_the_owner(
    method: str, path: str, body: object, *, fits: bool
) -> None:
    cs = faulty({"contact_key": "K-1"}, **OWNED)
    assert (cs.request(method, path, body).status == 418) is fits


def test_owner_is_the_one_before_the_operation() -> None:
    rule = {"on": "associate_service", "where": {"contact_key": "K-1"}, "times": 1}
    cs = Simulation(
        {"faults": [{**rule, "response": {"status": 418}, "effect": "applied"}], **OWNED}
    )
    assert cs.post("customers/C-2/services/6").status == 418
    assert cs.everything(6)["customer_id"] == "C-2"


def test_null_names_no_customer() -> None:
    cs = faulty({"customer_id": "null"})
    cs.service(contact_key="1", customer_id=None)


@pytest.mark.parametrize(
    ("raw", "fits"),
    [
        (b'{"a": "1"}', True),
        (b'{"a": 2}', False),
        (b'{"a": 1', False),
        (b"", False),
        (b"[]", False),
    ],
)
def test_body_is_read_as_the_operation_reads_it(raw: bytes, *, fits: bool) -> None:
    cs = faulty({"body": {"a": 1}})
    assert (cs.post("services/start", raw=raw).status == 418) is fits


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"a":1,"a":1}', b"[" * 500, b'{"a": 1e999}'])
def test_unreadable_body_fails_even_what_is_to_be_absent(raw: bytes) -> None:
    cs = faulty({"body": {"b": {"absent": True}}})
    assert cs.post("services/start", raw=raw).status == 400
    assert cs.post("services/start", raw=b'{"a": 1}').status == 418


def test_query_is_decoded_and_may_repeat() -> None:
    cs = faulty({"query": {"service_type": "a b"}}, "query_anonymous_services")
    assert cs.get("services/anonymous/1?service_type=x&service_type=a%20b").status == 418
    assert cs.get("services/anonymous/1?service_type=a%2520b").status != 418
    assert cs.get("services/anonymous/1?service_type=%ff").status == 400


@pytest.mark.parametrize("name", ["X-Trace", "x-trace", "X-TRACE"])
def test_headers_have_no_case(name: str) -> None:
    cs = faulty({"headers": {name: "1"}})
    assert cs.get("services/1", headers={"x-Trace": "1"}).status == 418
    assert cs.get("services/1", headers={"x-Trace": "2"}).status != 418


def test_headers_of_the_body_are_headers() -> None:
    cs = faulty({"headers": {"Content-Type": {"absent": True}}})
    assert cs.post("services/start", raw=b"{}").status == 418
    assert cs.post("services/start", {"contact_key": "1"}).status == 201
    assert cs.get("services/1").status == 418
    cs = faulty({"headers": {"content-type": "application/json", "Content-Length": 2}})
    assert cs.post("services/start", {}).status == 418
    assert cs.post("services/start", {"contact_key": "1"}).status == 201


def test_path_is_that_of_the_request_base_included() -> None:
    cs = faulty({"path": f"{BASE}/services/*/end"})
    assert cs.post("services/1/end").status == 418
    assert cs.post("services/1/end/").status == 418
    assert cs.post("services/1/end", base="/").status != 418
    cs = faulty({"path": "/services/**"})
    assert cs.post("services/1/end").status != 418
    assert cs.post("services/1/end", base="/").status == 418


def composite(*elements: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a composite start."""
    return {"services": list(elements)}


ONE = {"service": {"customer_id": "A", "service_type": 1}, "state": {"state_type": 2}}
TWO = {
    "service": {"contact_key": "B", "service_type": 3},
    "state": {"state_type": 4},
    "task": {"task_type": 5},
    "associate_state_task": True,
}


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({"body": {"service_type": 3}}, True),
        ({"body": {"service_type": 3, "state_type": 4, "task_type": 5}}, True),
        ({"body": {"service_type": 1, "state_type": 4}}, False),
        ({"body": {"service_type": 9}}, False),
        ({"body": {"customer_id": {"absent": True}}}, True),
        ({"body": {"service_type": 1, "customer_id": {"absent": True}}}, False),
        ({"body": {"service_type": {"absent": True}}}, False),
        ({"body": {"$.service_type": 3}}, True),
        ({"body": {"$.state.state_type": 2}}, True),
        ({"body": {"$.services[1].service.service_type": 3}}, True),
        ({"body": {"$.services[0].service.service_type": 3}}, False),
        ({"customer_id": "A"}, True),
        ({"customer_id": "A", "body": {"service_type": 3}}, False),
        ({"contact_key": "B", "body": {"service_type": 3}}, True),
        ({"path": "/**/services_composite/start"}, True),
        ({"body": {"associate_state_task": True, "service_type": 3}}, True),
        ({"body": {"associate_state_task": True, "service_type": 1}}, False),
        ({"body": {"$.associate_state_task": True, "$.service.service_type": 3}}, True),
    ],
    ids=str,
)
def test_composite_fits_if_any_of_its_elements_does(where: dict[str, Any], *, fits: bool) -> None:
    cs = faulty(where, customers=[{"customer_id": "A"}])
    answer = cs.post("services_composite/start", composite(ONE, TWO))
    assert (answer.status == 418) is fits


@pytest.mark.parametrize("body", [{}, {"services": 1}, {"services": [1]}, {"services": []}, []])
def test_composite_without_elements_is_judged_by_its_body(body: object) -> None:
    cs = faulty({"body": {"services": {"absent": True}}})
    assert cs.post("services_composite/start", body).status == (418 if body in ({}, []) else 400)


def test_start_service_never_fires_for_the_parts_of_a_composite() -> None:
    cs = faulty({}, ["start_service", "start_state", "start_task"])
    assert cs.post("services_composite/start", composite(TWO)).status == 200
    assert cs.world.rules.counters("it").matched == 0
    assert cs.post("services/start", {"contact_key": "1"}).status == 418
