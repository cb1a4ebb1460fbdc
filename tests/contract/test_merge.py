"""Merge of two customers. Contract section 8; API Reference, Merge Customer Profile."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.customers import ADDRESS, BRUCE, PHONE, VIP, Api, bad_members
from tests.support import Simulation, assumed, documented


def everything(api: Api, customer: str) -> Any:
    return api.get(f"profiles/{customer}?extensions=Address,Phone,Vip")


@documented("Merge Customer Profile: 204; the source is deleted, nothing else is lost")
def test_merge_profiles(api: Api) -> None:
    api.schema(ADDRESS, PHONE, VIP)
    kept = api.created(**BRUCE, Address={"City": "Rome"}, Phone=[{"number": 1, "prefix": "a"}])
    source = api.created(
        FirstName="Bruce",
        LastName="banner",
        EmailAddress=["b@x.org", "c@x.org"],
        Title="Dr",
        Address={"City": "Paris"},
        Phone=[{"number": 1, "prefix": "a", "description": "s"}, {"number": 2}],
        Vip=None,
    )
    api.done("PUT", f"profiles/{kept}/merge/{source}", {"keep_active_service_only": False}, 204)
    assert everything(api, kept) == {
        "customer_id": kept,
        "FirstName": "Bruce",
        "LastName": ["Banner", "banner"],
        "EmailAddress": ["a@x.org", "b@x.org", "c@x.org"],
        "Title": "Dr",
        "Address": {"AddressType": 0, "City": "Rome"},
        "Phone": [{"number": 1, "prefix": "a"}, {"number": 2}],
        "Vip": {},
    }
    assert api.request("GET", f"profiles/{source}").status == 404
    assert api.found("LastName=banner") == [kept]


@documented("keep_uniq_from_src: the source wins where both have what there can be only once")
def test_merge_profiles_keeps_the_source(api: Api) -> None:
    api.schema(ADDRESS, PHONE)
    kept = api.created(
        Address={"City": "Rome"}, Phone=[{"number": 1, "prefix": "a"}, {"number": 3}]
    )
    of_source = [{"number": 1, "prefix": "a", "description": "s"}, {"number": 2}]
    source = api.created(Address={"City": "Paris"}, Phone=of_source)
    api.done("PUT", f"profiles/{kept}/merge/{source}", {"keep_uniq_from_src": "True"}, 204)
    assert everything(api, kept) == {
        "customer_id": kept,
        "Address": {"AddressType": 0, "City": "Paris"},
        "Phone": [{"number": 3}, *of_source],
    }


def services(cs: Simulation, customer: str) -> list[Any]:
    return [each["service_id"] for each in cs.get(f"customers/{customer}/services").shows()]


@documented("keep_active_service_only, default false; in 8.5 services are not merged")
@pytest.mark.parametrize("only_active", [None, False, True])
def test_merge_profiles_moves_services_in_81(api: Api, only_active: bool | None) -> None:
    kept, source = api.created(**BRUCE), api.created(**BRUCE)
    own, active, completed = (api.cs.service(customer_id=each) for each in (kept, source, source))
    state = api.cs.state(active)
    api.cs.end(f"services/{completed}")
    body = None if only_active is None else {"keep_active_service_only": only_active}
    api.done("PUT", f"profiles/{kept}/merge/{source}", body, 204)
    if api.edition == "8.5":
        assert services(api.cs, kept) == [own]
        assert services(api.cs, source) == [active, completed]
        return
    assert services(api.cs, kept) == ([own, active] if only_active else [own, active, completed])
    assert services(api.cs, source) == []
    assert api.cs.exists(completed) is not bool(only_active)
    assert ("was deleted at" in api.cs.get(f"services/{completed}").hint) is bool(only_active)
    (shown,) = api.get(f"services/{active}/states")
    assert (shown["state_id"], shown["customer_id"]) == (state, kept)


@assumed("an unknown customer is 404, a customer and itself 400; nothing is merged")
def test_merge_profiles_that_cannot_be(api: Api) -> None:
    customer = api.created(**BRUCE)
    for path in (f"profiles/{customer}/merge/nobody", f"profiles/nobody/merge/{customer}"):
        description = api.refused("PUT", path, {}, status=404, code=4040)
        assert description == "No customer profile with id nobody"
    description = api.refused("PUT", f"profiles/{customer}/merge/{customer}", {})
    assert "expected a customer other than customer_id" in description


@documented("Merge Customer Profile: both parameters are boolean")
@pytest.mark.parametrize("wrong", [0, 1, 1.5, "yes", "", [], {}])
def test_merge_profiles_names_every_bad_member(api: Api, wrong: object) -> None:
    kept, source = api.created(**BRUCE), api.created(**BRUCE)
    body = {"keep_uniq_from_src": wrong, "keep_active_service_only": wrong}
    assert bad_members(api.refused("PUT", f"profiles/{kept}/merge/{source}", body)) == list(body)


@assumed("another member is ignored, with a hint; null is as if it was not sent")
def test_merge_profiles_ignores_what_it_does_not_know(api: Api) -> None:
    kept, source = api.created(**BRUCE), api.created(**BRUCE)
    body = {"force_merge": True, "keep_uniq_from_src": None}
    answer = api.done("PUT", f"profiles/{kept}/merge/{source}", body, 204)
    assert answer.hint == (
        "force_merge ignored; a merge takes keep_uniq_from_src, keep_active_service_only"
    )


@assumed("values that are together those of a third customer under a unique key: 409")
def test_merge_profiles_against_a_unique_key(api: Api) -> None:
    api.key("idWhole", "LastName", "FirstName", unique=True)
    kept = api.created(LastName="Smith", FirstName="Ada")
    source = api.created(LastName="Jones", FirstName="Bob")
    third = api.created(LastName="Jones", FirstName="Ada")
    service = api.cs.service(customer_id=source)
    path = f"profiles/{kept}/merge/{source}"
    assert f"customer {third} already has" in api.refused("PUT", path, {}, status=409, code=4090)
    assert services(api.cs, source) == [service]
