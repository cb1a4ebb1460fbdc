"""Records of profile extensions: insert, update, delete. Contract section 8."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.customers import ADDRESS, BRUCE, PHONE, VIP, Api, bad_members
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.support import assumed, documented

HOME = {"prefix": "+33", "number": 1, "description": "home"}
WORK = {"prefix": "+33", "number": 2}
TAGS = {
    "name": "Tags",
    "type": "multi-valued",
    "attributes": [{"name": "tag", "type": "string"}],
}
TWICE = {
    "name": "Twice",
    "type": "multi-valued",
    "attributes": [{"name": name, "type": "integer"} for name in ("a", "b", "c")],
    "unique": ["a", "b"],
}


@pytest.fixture
def customer(api: Api) -> str:
    """A customer with two phones; there are extensions of every shape."""
    api.schema(ADDRESS, PHONE, VIP, TAGS, TWICE)
    return api.created(**BRUCE, Phone=[HOME, WORK])


def extension(api: Api, customer: str, name: str) -> Any:
    return api.get(f"profiles/{customer}?extensions={name}").get(name)


@documented("Insert Extension Records: 200, former records are replaced")
def test_insert_profile_extensions(api: Api, customer: str) -> None:
    path = f"profiles/{customer}/extensions"
    body: dict[str, Any] = {
        "customer_id": customer,
        "ADDRESS": {"City": "Paris"},
        "Vip": None,
        "Tags": [],
    }
    api.done("POST", path, body)
    assert extension(api, customer, "Address") == {"AddressType": 0, "City": "Paris"}
    assert extension(api, customer, "Vip") == {}
    assert extension(api, customer, "Tags") == []
    api.done("POST", path, {"Address": {"City": "Rome", "AddressType": "1"}})
    assert extension(api, customer, "Address") == {"AddressType": 1, "City": "Rome"}
    shown = api.get(f"profiles/{customer}")
    assert shown == {"customer_id": customer, **BRUCE}


@assumed("a record takes the place of the one that shares all its unique attributes")
def test_insert_profile_extensions_of_several_records(api: Api, customer: str) -> None:
    path = f"profiles/{customer}/extensions"
    new = {"prefix": "+33", "number": 3}
    api.done("POST", path, {"Phone": [new, {"number": "1", "prefix": "+33"}]})
    assert extension(api, customer, "Phone") == [{"number": 1, "prefix": "+33"}, WORK, new]
    for _ in range(2):
        api.done("POST", path, {"Tags": [{"tag": "a"}]})
    assert extension(api, customer, "Tags") == [{"tag": "a"}, {"tag": "a"}]


@assumed("a record that shares only a part of what is unique, or shares it in one request: 409")
@pytest.mark.parametrize(
    ("records", "text"),
    [
        ([{"a": 1, "b": 9}], "Twice[0] and a stored record share a, which is unique"),
        ([{"a": 7, "b": 8}, {"a": 1}], "Twice[1] and a stored record share a, which is unique"),
        ([{"a": 5, "b": 6}, {"a": 5, "b": 7}], "Twice[1] and Twice[0] share a, which is unique"),
    ],
)
def test_insert_profile_extensions_that_collide(
    api: Api, customer: str, records: list[dict[str, int]], text: str
) -> None:
    path = f"profiles/{customer}/extensions"
    api.done("POST", path, {"Twice": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]})
    body = {"Tags": [{"tag": "x"}], "Twice": records}
    description = api.refused("POST", path, body, status=409, code=4090)
    assert description == text
    api.done("POST", path, {"Twice": [{"a": 1, "b": 2, "c": 3}]})
    assert extension(api, customer, "Twice") == [{"a": 1, "b": 2, "c": 3}, {"a": 3, "b": 4}]


@documented("Insert Extension Records: extensions that have a schema")
def test_insert_profile_extensions_names_every_bad_member(api: Api, customer: str) -> None:
    body = {
        "customer_id": "other",
        "FirstName": "Bruce",
        "Phone": {"number": 1},
        "Address": {"City": 1.5, "Zip": 1},
        "Tags": ["a"],
        "TAGS": [],
    }
    description = api.refused("POST", f"profiles/{customer}/extensions", body)
    assert bad_members(description) == [
        "FirstName",
        "Phone",
        "Address.City",
        "Address.Zip",
        "Tags[0]",
        "TAGS",
        "customer_id",
    ]
    assert "expected one of the extensions of profiles: Address, Phone, Vip, Tags, Twice" in (
        description
    )


@documented("Update Record In Profile Extension: 204; unique attributes select and stay")
def test_update_profile_extension_record(api: Api, customer: str) -> None:
    path = f"profiles/{customer}/extensions/PHONE/by/unique"
    body = {"PREFIX": "+33", "number": "2", "since": "2010-01-01", "description": None}
    api.done("PUT", path, body, 204)
    assert extension(api, customer, "Phone") == [HOME, {**WORK, "since": "2010-01-01"}]
    api.done("PUT", path, {"prefix": "+33", "number": 1, "description": "old"}, 204)
    assert extension(api, customer, "Phone")[0]["description"] == "old"


@documented("Delete Record From Profile Extension: 204, a PUT; the example sends the full record")
def test_delete_profile_extension_record(api: Api, customer: str) -> None:
    path = f"profiles/{customer}/extensions/phone/delete/by/unique"
    api.done("PUT", path, HOME, 204)
    assert extension(api, customer, "Phone") == [WORK]
    api.done("PUT", path, {"customer_id": customer, **WORK}, 204)
    assert extension(api, customer, "Phone") == []


@assumed("any complete unique list selects; what is not there is 404")
@pytest.mark.parametrize("end", ["by/unique", "delete/by/unique"])
def test_records_are_selected_by_what_is_unique(api: Api, customer: str, end: str) -> None:
    api.done("POST", f"profiles/{customer}/extensions", {"Twice": [{"a": 1, "b": 2}]})
    path = f"profiles/{customer}/extensions/Twice/{end}"
    for body in ({"a": 2}, {"a": 1, "b": 3}):
        description = api.refused("PUT", path, body, status=404, code=4040)
        assert "has no record of Twice with a " in description
    api.done("PUT", path, {"b": 2}, 204)
    description = api.refused("PUT", path, {"c": 2}, code=4010)
    assert "'Twice' reason : expected attributes that select one record: a or b" in description
    path = f"profiles/{customer}/extensions/Phone/{end}"
    assert "prefix and number" in api.refused("PUT", path, {"number": 2}, code=4010)


@pytest.mark.parametrize("end", ["by/unique", "delete/by/unique"])
@assumed("what cannot be a record of it is refused")
def test_records_are_checked(api: Api, customer: str, end: str) -> None:
    base = f"profiles/{customer}/extensions"
    body = {"number": "x", "prefix": "+333", "Colour": 1, "since": True, "customer_id": "C"}
    assert bad_members(api.refused("PUT", f"{base}/Phone/{end}", body)) == [
        "Phone.number",
        "Phone.prefix",
        "Phone.Colour",
        "Phone.since",
        "customer_id",
    ]
    for name in ("Address", "Vip", "Tags"):
        description = api.refused("PUT", f"{base}/{name}/{end}", {"City": "Rome"})
        assert "a multi-valued extension whose schema has unique attributes" in description
    description = api.refused("PUT", f"{base}/Shoe/{end}", {}, status=404, code=4040)
    assert description == "No extension schema Shoe of profiles"


@assumed("an unknown profile is 404, code 4040")
@pytest.mark.parametrize(
    ("method", "end"),
    [("POST", ""), ("PUT", "/Phone/by/unique"), ("PUT", "/Phone/delete/by/unique")],
)
def test_extensions_of_an_unknown_customer(api: Api, method: str, end: str) -> None:
    path = f"profiles/nobody/extensions{end}"
    api.refused(method, path, {"Phone": 5}, status=404, code=4040)


@assumed("a unique violation is 409")
def test_unique_key_of_an_extension(api: Api, customer: str) -> None:
    api.key("idPhone2", "number", source="Phone", unique=True)
    other = api.created(Phone=[{"number": 7, "prefix": "+1"}])
    body = {"Phone": [{"number": 7}]}
    path = f"profiles/{customer}/extensions"
    description = api.refused("POST", path, body, status=409, code=4090)
    assert f"customer {other} already has Phone.number 7" in description
    # The number is not unique among the records of one customer, and selects none.
    api.refused("PUT", f"{path}/Phone/by/unique", {"number": 7}, code=4010)
