"""Customer profiles: create, read, update, delete. Contract section 8."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cs_simulator.domain.metadata import PREDEFINED_SCHEMA, AttributeSchema, Metadata
from cs_simulator.domain.typed import TYPES
from tests.conftest import Simulate
from tests.contract.customers import ADDRESS, BRUCE, PHONE, VIP, Api, bad_members
from tests.support import assumed, documented, relied_on

NOBODY = "0004Va58A92T0018"
HOME = {"prefix": "+33", "number": 1, "since": "2009-12-18"}
WORK = {"prefix": "+33", "number": 2}


@documented("Create Customer Profile: 201, Location, the id as a string")
@pytest.mark.parametrize("path", ["profiles", "profiles/"])
def test_create_profile_answers_id_and_location(api: Api, path: str) -> None:
    answer = api.request("POST", path, BRUCE)
    assert answer.status == 201
    assert list(answer.json) == ["customer_id"]
    customer = answer.json["customer_id"]
    assert re.fullmatch("[0-9A-Z]{5}[ab][0-9A-Z]{10}", customer)
    assert answer.location == f"{api.base}/profiles/{customer}"


@documented("Query Customer Profile: always all attributes")
def test_get_profile_shows_all_attributes(api: Api) -> None:
    customer = api.created(**BRUCE, Title=7, PhoneNumber=None)
    assert api.get(f"profiles/{customer}") == {"customer_id": customer, **BRUCE, "Title": "7"}


@documented("Query Customer Profile: extensions only where they are named")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", []),
        ("?extensions=", []),
        ("?extensions=Phone", ["Phone"]),
        ("?extensions=vip,PHONE", ["Vip", "Phone"]),
        ("?extensions=Phone&extensions=Address%2CVip", ["Phone", "Address", "Vip"]),
    ],
)
def test_get_profile_with_extensions(api: Api, query: str, shown: list[str]) -> None:
    api.schema(ADDRESS, PHONE, VIP)
    extensions: dict[str, Any] = {
        "Address": {"AddressType": 0, "City": "Paris"},
        "Phone": [HOME, WORK],
        "Vip": {},
    }
    customer = api.created(FirstName="Bruce", address={"city": "Paris"}, Phone=[HOME, WORK], VIP={})
    assert api.get(f"profiles/{customer}{query}") == {
        "customer_id": customer,
        "FirstName": "Bruce",
        **{name: extensions[name] for name in shown},
    }


@assumed("an extension that does not exist is ignored in a query, with a hint")
def test_get_profile_with_unknown_extension(api: Api) -> None:
    api.schema(VIP)
    customer = api.created(FirstName="Bruce")
    answer = api.request("GET", f"profiles/{customer}?extensions=contacts,Vip")
    assert answer.shows() == {"customer_id": customer, "FirstName": "Bruce"}
    assert answer.hint == "extension contacts ignored: extension schemas here: Vip"


@assumed("an unknown profile is 404, code 4040")
def test_get_profile_unknown(api: Api) -> None:
    answer = api.request("GET", f"profiles/{NOBODY}")
    assert answer.status == 404
    assert answer.json == {
        "http_method": "GET",
        "title": "not found",
        "description": f"No customer profile with id {NOBODY}",
        "code": 4040,
        "uri": f"http://localhost{api.base}/profiles/{NOBODY}",
    }


@relied_on("profiles with equal data may be made")
def test_create_profile_twice_makes_two(api: Api) -> None:
    ids = [api.created(**BRUCE) for _ in range(2)]
    assert len(set(ids)) == 2
    assert api.found("EmailAddress=b@x.org") == ids


@documented("Profile Attribute Schema: names are not case-sensitive")
def test_create_profile_names_in_any_case(api: Api) -> None:
    api.schema(VIP)
    customer = api.created(FIRSTNAME="Bruce", lastcalledagent_employeeid="A1", vip=None)
    assert api.get(f"profiles/{customer}?extensions=VIP") == {
        "customer_id": customer,
        "FirstName": "Bruce",
        "LastCalledAgent_EmployeeID": "A1",
        "Vip": {},
    }


@documented("Create Customer Profile: attributes are strings, or lists of strings")
@pytest.mark.parametrize("operation", ["create_profile", "update_profile"])
def test_every_bad_member_is_named(api: Api, operation: str) -> None:
    api.schema(ADDRESS, PHONE, VIP)
    customer = api.created(**BRUCE)
    body = {
        "FirstName": True,
        "LastName": [],
        "Title": ["a", {}],
        "PhoneNumber": 1.5,
        "Shoe": 45,
        "Address": [],
        "Phone": [{"number": "x", "since": "soon", "prefix": "+333", "colour": 1}, 5],
        "Vip": True,
        "EMAILADDRESS": {},
        "emailaddress": "a",
        "LastCalledAgent_TimeStamp": "today",
    }
    method, path = {
        "create_profile": ("POST", "profiles"),
        "update_profile": ("PUT", f"profiles/{customer}"),
    }[operation]
    description = api.refused(method, path, body)
    assert bad_members(description) == [
        *("FirstName", "LastName", "Title", "PhoneNumber", "Shoe", "Address"),
        *("Phone[0].number", "Phone[0].since", "Phone[0].prefix", "Phone[0].colour", "Phone[1]"),
        *("Vip", "EMAILADDRESS", "emailaddress", "LastCalledAgent_TimeStamp"),
    ]
    assert (
        "expected one of the profile's attributes: FirstName, LastName, PhoneNumber, "
        "EmailAddress, Title, or of its extensions: Address, Phone, Vip" in description
    )


WRONG: dict[str, list[object]] = {
    "boolean": [0, 1.5, "yes", "", {}],
    "string": [True, 1.5, {}],
    "integer": [True, 1.5, "", "0x1", 2**31, {}],
    "long": [False, "abc", 2**63, {}],
    "double": [True, "1,5", "", {}],
    "date": [True, 19620510, "10.05.1962", "1962-02-30", {}],
    "datetime": [1, "1962-05-10", "2009-12-18 18:30", {}],
    "currency": [True, "12,50", "$5", 0.30000000000000004, {}],
}


@assumed("the forms of each type; what a lenient JSON binder takes")
@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_type_with_every_wrong_value(api: Api, kind: str) -> None:
    api.describe(Metadata([*PREDEFINED_SCHEMA, AttributeSchema("A", kind)]))
    schema = {
        "name": "E",
        "type": "single-valued",
        "attributes": [{"name": "a", "type": kind}, {"name": "b", "type": kind}],
    }
    api.schema(schema)
    for value in WRONG[kind]:
        body = {"A": ["1", value], "E": {"a": value, "b": [value]}}
        got = bad_members(api.refused("POST", "profiles", body))
        assert got == ["A", "E.a", "E.b"], value


@documented("Attribute Schema: mandatory, default, length")
def test_attributes_are_mandatory_filled_and_limited(api: Api) -> None:
    api.describe(
        Metadata(
            [
                AttributeSchema("Name", mandatory=True, length=5),
                AttributeSchema("Level", "integer", default=1),
            ]
        )
    )
    assert bad_members(api.refused("POST", "profiles", {}, code=4010)) == ["Name"]
    assert bad_members(api.refused("POST", "profiles", {"Name": None}, code=4010)) == ["Name"]
    assert "at most 5 characters" in api.refused("POST", "profiles", {"Name": "abcdef"})
    customer = api.created(Name="Ada")
    assert api.get(f"profiles/{customer}") == {"customer_id": customer, "Name": "Ada", "Level": 1}


@assumed("custom_ids=ignore")
def test_create_profile_ignores_a_customer_id(api: Api) -> None:
    answer = api.request("POST", "profiles", {"customer_id": "mine", **BRUCE})
    assert (answer.status, answer.json["customer_id"] == "mine") == (201, False)
    assert "customer_id ignored" in answer.hint


@assumed("custom_ids=reject and custom_ids=accept")
def test_create_profile_with_custom_ids(simulate: Simulate) -> None:
    rejecting = Api(simulate({"fidelity": {"custom_ids": "reject"}}), "8.5")
    assert bad_members(
        rejecting.refused("POST", "profiles", {"customer_id": "x", "Title": []})
    ) == [
        "Title",
        "customer_id",
    ]
    accepting = Api(simulate({"fidelity": {"custom_ids": "accept"}}), "8.1")
    answer = accepting.request("POST", "profiles", {"customer_id": "a/b ü"})
    assert answer.location == "/profiles/a%2Fb%20%C3%BC"
    assert accepting.get("profiles/a%2Fb%20%C3%BC") == {"customer_id": "a/b ü"}
    wrong: list[object] = ["", "x" * 17, True, [], "\ud800"]
    for bad in wrong:
        assert bad_members(accepting.refused("POST", "profiles", {"customer_id": bad})) == [
            "customer_id"
        ]
    accepting.refused("POST", "profiles", {"customer_id": "a/b ü"}, status=409, code=4090)


@documented("Update Customer Profile: attributes that are omitted are lost, extensions stay")
def test_update_profile_replaces_attributes(api: Api) -> None:
    api.schema(ADDRESS, PHONE, VIP)
    customer = api.created(**BRUCE, Phone=[HOME, WORK], Address={"City": "Rome"}, Vip={})
    body = {"customer_id": customer, "lastname": "Doe", "Phone": [WORK], "Address": None}
    api.done("PUT", f"profiles/{customer}", body)
    assert api.get(f"profiles/{customer}?extensions=Phone,Address,Vip") == {
        "customer_id": customer,
        "LastName": "Doe",
        "Phone": [WORK],
        "Address": {"AddressType": 0, "City": "Rome"},
        "Vip": {},
    }
    assert api.found("LastName=Doe") == [customer]
    assert api.found("LastName=Banner") == []
    api.done("PUT", f"profiles/{customer}", {"Phone": []})
    assert api.get(f"profiles/{customer}?extensions=Phone") == {
        "customer_id": customer,
        "Phone": [],
    }


@assumed("customer_id may be left out of an update; one that differs from the path is 400")
@pytest.mark.parametrize("other", [NOBODY, 5, True, []])
def test_update_profile_of_another_customer(api: Api, other: object) -> None:
    customer = api.created(**BRUCE)
    body = {"customer_id": other, "LastName": "Doe"}
    description = api.refused("PUT", f"profiles/{customer}", body)
    assert f"expected {customer}, as in the path, or no customer_id" in description


@documented("Delete Customer Profile: in 8.1 services, states and tasks go too, in 8.5 not")
def test_delete_profile_with_its_edition_s_consequences(api: Api) -> None:
    customer, other = api.created(**BRUCE), api.created(**BRUCE)
    mine, others = (api.cs.service(customer_id=each) for each in (customer, other))
    state = api.cs.state(mine)
    api.cs.task(mine, state_id=state)
    api.done("DELETE", f"profiles/{customer}")
    assert api.found("LastName=Banner") == [other]
    assert api.cs.exists(mine) is (api.edition == "8.5")
    assert ("was deleted at" in api.cs.get(f"services/{mine}").hint) is (api.edition == "8.1")
    assert api.cs.exists(others)
    api.refused("DELETE", f"profiles/{customer}", status=404, code=4040)


@assumed("a unique violation is 409")
def test_unique_keys_hold_on_create_and_update(api: Api) -> None:
    api.key("idWhole", "LastName", "FirstName", unique="true")
    bruce = api.created(**BRUCE)
    jane = api.created(FirstName="Jane", LastName="Banner")
    body = {"LastName": ["Doe", "Banner"], "FirstName": ["Jill", "Bruce"]}
    for method, path in (("POST", "profiles"), ("PUT", f"profiles/{jane}")):
        description = api.refused(method, path, body, status=409, code=4090)
        assert description == (
            f"Identification key idWhole is unique, but customer {bruce} already has "
            "LastName 'Banner', FirstName 'Bruce'"
        )
    api.done("PUT", f"profiles/{bruce}", BRUCE)
    api.created(LastName="Banner")
    api.created(LastName="Banner")


@assumed("two records of a customer that share what is unique are 409")
def test_unique_records_hold_on_create_and_update(api: Api) -> None:
    api.schema(PHONE)
    customer = api.created(**BRUCE)
    body = {"Phone": [HOME, WORK, {**HOME, "description": "again"}]}
    for method, path in (("POST", "profiles"), ("PUT", f"profiles/{customer}")):
        description = api.refused(method, path, body, status=409, code=4090)
        assert description == "Phone[2] and Phone[0] share prefix and number, which are unique"


@documented("Server Mode: without a profile schema 404, and the server goes into maintenance")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "profiles", {}),
        ("GET", "profiles?LastName=Doe", None),
        ("GET", f"profiles/{NOBODY}", None),
        ("PUT", f"profiles/{NOBODY}", {}),
        ("DELETE", f"profiles/{NOBODY}", None),
        ("PUT", f"profiles/{NOBODY}/merge/{NOBODY}", {}),
        ("POST", f"profiles/{NOBODY}/extensions", {}),
        ("PUT", f"profiles/{NOBODY}/extensions/Phone/by/unique", {}),
        ("PUT", f"profiles/{NOBODY}/extensions/Phone/delete/by/unique", {}),
        ("GET", "metadata/profiles", None),
    ],
)
def test_no_profile_schema(api: Api, method: str, path: str, body: object) -> None:
    api.describe(Metadata((), ()))
    description = api.refused(method, path, body, status=404, code=4040)
    assert "No customer profile schema is defined" in description
    assert api.get("server/status")["mode"] == "maintenance"
    assert api.request("GET", "profiles?LastName=Doe").status == 503


@documented("Create Customer Profile, and a service of that customer")
def test_get_profile_is_apart_from_services(api: Api) -> None:
    customer = api.created(**BRUCE)
    service = api.cs.service(customer_id=customer)
    (shown,) = api.get(f"customers/{customer}/services")
    assert shown["service_id"] == service
    assert api.request("GET", "profiles/nobody").status == 404


@assumed("the same profiles in both editions")
def test_create_profile_is_seen_in_both_editions(api: Api) -> None:
    other = Api(api.cs, "8.1" if api.edition == "8.5" else "8.5")
    customer = api.created(**BRUCE)
    assert other.get(f"profiles/{customer}") == {"customer_id": customer, **BRUCE}


@assumed("an id that is made passes over one that a scenario took")
def test_created_ids_pass_over_those_that_are_taken(simulate: Simulate) -> None:
    first, second = (Api(simulate(), "8.5").created(**BRUCE), "")
    api = Api(simulate({"customers": [{"customer_id": first}]}), "8.5")
    second = api.created(**BRUCE)
    assert first != second
    assert sorted(api.found("LastName=Banner")) == [second]


@assumed("null is as if it was not sent, of a member that there is not too")
def test_null_is_nothing(api: Api) -> None:
    api.schema(ADDRESS, VIP)
    customer = api.created(**BRUCE, Shoe=None, Address=None)
    path = f"profiles/{customer}"
    assert api.get(f"{path}?extensions=Address") == {"customer_id": customer, **BRUCE}
    body = {"Address": None, "Vip": None}
    api.done("POST", f"{path}/extensions", body)
    shown = api.get(f"{path}?extensions=Address,Vip")
    assert shown == {"customer_id": customer, **BRUCE, "Vip": {}}


@assumed("of very many errors a hundred are named, and the others counted")
def test_create_profile_with_too_many_errors_to_name(api: Api) -> None:
    api.schema(PHONE)
    for wrong, more in ((100, ""), (102, "; 2 more")):
        description = api.refused("POST", "profiles", {"Phone": [{"number": "x"}] * wrong})
        assert description.count("expected") == 100
        assert description.endswith(f"found 'x'{more}")
