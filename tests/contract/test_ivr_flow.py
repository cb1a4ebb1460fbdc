"""A call through the IVR, from the ringing number to the history afterwards, in both editions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Simulate
from tests.contract.customers import Api
from tests.support import NOW, documented, relied_on

COUPON = {
    "name": "Coupon",
    "type": "single-valued",
    "attributes": [{"name": "code", "type": "string", "length": 20, "mandatory": True}],
}
NOTES = {
    "name": "Notes",
    "type": "multi-valued",
    "attributes": [{"name": "text", "type": "string"}],
}
ADDRESS = {
    "name": "Address",
    "type": "single-valued",
    "attributes": [{"name": "City", "type": "string"}],
}
PARTS = "active_states=true&completed_states=true&active_tasks=true&completed_tasks=true"


def conversation(api: Api) -> list[Any]:
    """Lead a call through one edition; return what a client sees of it."""
    seen: list[Any] = []

    def ask(method: str, path: str, body: object = None, status: int = 200) -> Any:
        answer = api.request(method, path, body)
        assert answer.status == status, answer.raw
        seen.append(answer.json if answer.raw else None)
        return seen[-1]

    if api.edition == "8.1":  # 8.5 needs no schemas for services, states and tasks
        for kind in ("services", "states", "tasks"):
            for schema in (COUPON, NOTES):
                ask("POST", f"metadata/{kind}/extensions", schema, 201)
    ask("POST", "metadata/profiles/extensions", ADDRESS, 201)
    seen.clear()

    number = "+442079460000"
    first = ask(
        "POST", "profiles", {"LastName": "Doe", "FirstName": "John", "PhoneNumber": number}, 201
    )
    second = ask(
        "POST",
        "profiles",
        {
            "LastName": "Doe",
            "FirstName": "Jane",
            "PhoneNumber": [number, "+442079460001"],
            "Address": {"City": "London"},
        },
        201,
    )
    john, jane = first["customer_id"], second["customer_id"]

    # The number rings: two customers have it. The caller says a name.
    ringing = ask("GET", "profiles?PhoneNumber=%2B442079460000")
    assert [each["customer_id"] for each in ringing] == [john, jane]
    (known,) = ask(
        "GET",
        "profiles?PhoneNumber=%2B442079460000&FirstName=Jane"
        "&include_profile=yes&extensions=Address&include_extensions=unique",
    )
    assert (known["customer_id"], known["Address"]) == (jane, {"City": "London"})

    start = {"customer_id": jane, "service_type": 100, "Coupon": {"code": "DISCOUNT15"}}
    service = ask("POST", "services/start", start, 201)["service_id"]
    state = ask(
        "POST", f"services/{service}/states/start", {"state_type": 4, "media_type": "voice"}, 201
    )["state_id"]
    task = ask(
        "POST",
        f"services/{service}/tasks/start",
        {"task_type": 7, "state_id": state, "Notes": [{"text": "asks for a refund"}]},
        201,
    )["task_id"]
    update = 204 if api.edition == "8.1" else 200
    ask("PUT", f"services/{service}/extensions/Notes", [{"text": "is angry"}], update)
    ask("POST", f"services/{service}/tasks/{task}/end", {"disposition": 1}, 204)
    moved = ask(
        "POST",
        f"services/{service}/states/transition",
        {"from": {"state_id": state, "disposition": 2}, "to": {"state_type": 5}},
        201,
    )["state_id"]
    ask("POST", f"services/{service}/states/{moved}/end", {}, 204)
    ask("POST", f"services/{service}/end", {"disposition": 3, "disposition_desc": "refunded"}, 204)

    (history,) = ask("GET", f"customers/{jane}/services/completed?{PARTS}&extensions=*")
    assert history["Coupon"] == {"code": "DISCOUNT15"}
    assert history["Notes"] == [{"text": "is angry"}]
    assert [each["state_type"] for each in history["completed_states"]] == [4, 5]
    assert history["completed_tasks"][0]["Notes"] == [{"text": "asks for a refund"}]

    # They were one person all along.
    ask("PUT", f"profiles/{jane}/merge/{john}", {}, 204)
    (merged,) = ask("GET", "profiles?PhoneNumber=%2B442079460000&include_profile=yes")
    assert merged["customer_id"] == jane
    assert merged["FirstName"] == ["Jane", "John"]
    ask("GET", f"profiles/{john}", status=404)
    seen.pop()  # the address in the error is that of the edition
    return seen


@documented("identify, start, state, task, transition, complete, history, merge")
def test_call_through_the_ivr(api: Api) -> None:
    conversation(api)


@relied_on("clients of both editions work on the same data")
def test_call_is_the_same_in_both_editions(simulate: Simulate) -> None:
    seen = [conversation(Api(simulate(), edition)) for edition in ("8.5", "8.1")]
    assert seen[0] == seen[1]
    assert NOW in str(seen[0])


@relied_on("what one edition stores the other shows")
def test_call_begun_in_one_edition_goes_on_in_the_other(simulate: Simulate) -> None:
    cs = simulate()
    old, new = Api(cs, "8.1"), Api(cs, "8.5")
    old.request("POST", "metadata/services/extensions", COUPON)
    start = {"contact_key": "K", "service_type": 1, "coupon": {"code": "X"}}
    number = old.request("POST", "services/start", start).json["service_id"]
    assert new.get(f"services/{number}?extensions=Coupon")["Coupon"] == {"code": "X"}
    new.done("PUT", f"services/{number}/extensions/free", [1, None])
    assert old.get(f"services/{number}?extensions=FREE")["free"] == [1, None]
    new.request("POST", f"services/{number}/states/start", {})
    (state,) = old.get(f"services/{number}/states/active")
    assert "state_type" not in state
    old.done("POST", f"services/{number}/states/{state['state_id']}/end", {}, 204)
    assert len(new.get(f"services/{number}/states/completed")) == 1


@documented("8.1: an extension that no schema describes is refused, code 4020")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "services/start", {"contact_key": "K", "service_type": 1, "free": 1}),
        ("POST", "services/{}/end", {"free": 1}),
        ("POST", "customers/C/services/{}", {"free": 1}),
        ("PUT", "services/{}/extensions/free", 1),
        ("POST", "services/{}/states/start", {"state_type": 1, "free": 1}),
        ("POST", "services/{}/tasks/start", {"task_type": 1, "free": 1}),
        ("POST", "services/{}/tasks/start", {"task_type": 1, "Coupon": {"code": "X" * 21}}),
        ("PUT", "services/{}/extensions/coupon", {}),
        ("PUT", "services/{}/extensions/coupon", [{"code": "X"}]),
    ],
)
def test_extension_without_a_schema_is_refused_in_81(
    simulate: Simulate, method: str, path: str, body: object
) -> None:
    api = Api(simulate(), "8.1")
    for kind in ("services", "tasks"):
        assert api.request("POST", f"metadata/{kind}/extensions", COUPON).status == 201
    start = {"contact_key": "K", "service_type": 1}
    number = api.request("POST", "services/start", start).json["service_id"]
    before = api.cs.dump()
    answer = api.request(method, path.format(number), body)
    assert answer.status == 400, answer.raw
    assert answer.json["code"] in (4010, 4020)
    assert api.cs.dump() == before


@documented("8.1: names of extensions are found in any case, shown as the schema spells them")
def test_extension_of_another_case_in_81(simulate: Simulate) -> None:
    api = Api(simulate(), "8.1")
    api.request("POST", "metadata/services/extensions", COUPON)
    start = {"contact_key": "K", "service_type": 1, "COUPON": {"CODE": "X"}}
    number = api.request("POST", "services/start", start).json["service_id"]
    assert api.get(f"services/{number}?extensions=coupon")["Coupon"] == {"code": "X"}
    api.done("PUT", f"services/{number}/extensions/cOuPoN", {"code": "Y"}, 204)
    assert api.get(f"services/{number}?extensions=*")["Coupon"] == {"code": "Y"}
