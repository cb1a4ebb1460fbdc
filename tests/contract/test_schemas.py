"""Schemas of profiles and of extensions of every kind. Contract section 8."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.domain.metadata import AttributeSchema, Metadata
from tests.contract.customers import ADDRESS, BRUCE, PHONE, VIP, Api, bad_members
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.support import BASE, Simulation, assumed, documented

COUPON = {
    "name": "couponExtension",
    "type": "single-valued",
    "attributes": [
        {"name": "coupon", "type": "string", "default": "no discount", "length": 100},
        {"name": "amount", "type": "integer", "default": 5, "mandatory": True},
    ],
}
KINDS = ["profiles", "services", "states", "tasks"]


@pytest.fixture(params=["profiles 8.5", "profiles", "services", "states", "tasks"])
def kind(request: pytest.FixtureRequest, cs: Simulation) -> tuple[Api, str]:
    """Each kind of extensions that has schemas in an edition, and a client of that edition."""
    name, _, edition = request.param.partition(" ")
    return Api(cs, edition or "8.1"), name


@documented("Query Profile Schema: attribute schemas; internal attributes are not visible")
def test_query_profile_schema(api: Api) -> None:
    shown = api.get("metadata/profiles")
    names = ["FirstName", "LastName", "PhoneNumber", "EmailAddress", "Title"]
    assert shown == [
        {
            "encrypt": False,
            "length": 0,
            "mandatory": False,
            "name": name,
            "type": "string",
            "unique": False,
        }
        for name in names
    ]
    api.describe(Metadata([AttributeSchema("Age", "integer", default=1, mandatory=True)]))
    assert api.get("metadata/profiles") == [
        {
            "default": 1,
            "encrypt": False,
            "length": 0,
            "mandatory": True,
            "name": "Age",
            "type": "integer",
            "unique": False,
        }
    ]


@documented("Create ... Extension Schema: 201, Location, name; Query: normalised with defaults")
def test_create_extension_schema(kind: tuple[Api, str]) -> None:
    api, name = kind
    path = f"metadata/{name}/extensions"
    answer = api.request("POST", path, COUPON)
    assert (answer.status, answer.json) == (201, {"name": "couponExtension"})
    assert answer.location == f"{api.base}/{path}/couponExtension"
    expected = {
        "attributes": [
            {
                "default": "no discount",
                "encrypt": False,
                "length": 100,
                "mandatory": False,
                "name": "coupon",
                "type": "string",
                "unique": False,
            },
            {
                "default": 5,
                "encrypt": False,
                "length": 0,
                "mandatory": True,
                "name": "amount",
                "type": "integer",
                "unique": False,
            },
        ],
        "name": "couponExtension",
        "type": "single-valued",
    }
    assert api.get(path) == [expected]
    assert api.get(f"{path}/COUPONextension") == expected
    assert api.get(answer.location.removeprefix(f"{api.base}/")) == expected


@documented("Extension Schema: unique is names, or lists of names")
def test_query_extension_schema_shows_what_is_unique(kind: tuple[Api, str]) -> None:
    api, name = kind
    attributes = [
        {"name": "a", "type": "String", "unique": "true", "length": "10"},
        {"name": "b", "type": "Currency", "encrypt": "TRUE", "mandatory": "false"},
    ]
    body = {"name": "E", "type": "Multi-valued", "attributes": attributes, "unique": [["a", "B"]]}
    api.schema(body, kind=name)
    shown = api.get(f"metadata/{name}/extensions/e")
    assert (shown["type"], shown["unique"]) == ("multi-valued", ["a", ["a", "b"]])
    assert [(each["length"], each["unique"], each["encrypt"]) for each in shown["attributes"]] == [
        (10, True, False),
        (0, False, True),
    ]


@documented("Delete Metadata ... Extensions: 204, 404 where nothing is deleted")
def test_delete_extension_schema(kind: tuple[Api, str]) -> None:
    api, name = kind
    path = f"metadata/{name}/extensions"
    api.schema(COUPON, {**COUPON, "name": "other"}, kind=name)
    api.done("DELETE", f"{path}/COUPONEXTENSION", status=204)
    assert [each["name"] for each in api.get(path)] == ["other"]
    for method in ("GET", "DELETE"):
        description = api.refused(method, f"{path}/couponExtension", status=404, code=4040)
        assert description == f"No extension schema couponExtension of {name}"


@assumed("an extension schema that is there already is 409")
def test_create_extension_schema_twice(kind: tuple[Api, str]) -> None:
    api, name = kind
    api.schema(COUPON, kind=name)
    body = {**COUPON, "name": "couponextension"}
    description = api.refused("POST", f"metadata/{name}/extensions", body, status=409, code=4090)
    assert description == f"Extension schema couponextension of {name} already exists"


@documented("Attribute Schema, Extension Schema: types of the fields")
def test_create_extension_schema_names_every_bad_member(kind: tuple[Api, str]) -> None:
    api, name = kind
    body = {
        "name": "1st",
        "type": "many",
        "colour": "red",
        "attributes": [
            {"name": 1.5, "type": "text", "default": 1, "length": "ten"},
            {"name": "a", "type": "integer", "default": "x", "mandatory": "yes", "encrypt": 1},
            {"type": "date", "default": "10.05.1962", "unique": 1},
            "b",
        ],
        "unique": ["a", "c", ["a"], [["a"]]],
    }
    description = api.refused("POST", f"metadata/{name}/extensions", body)
    assert bad_members(description) == [
        "colour",
        "name",
        "type",
        "attributes[0].name",
        "attributes[0].type",
        "attributes[0].length",
        "attributes[1].mandatory",
        "attributes[1].encrypt",
        "attributes[1].default",
        "attributes[2].name",
        "attributes[2].default",
        "attributes[2].unique",
        "attributes[3]",
        "unique[1]",
        "unique[3]",
    ]


@documented("Attribute Schema, Extension Schema: types of the fields")
@pytest.mark.parametrize("wrong", [True, 5, 1.5, "", "x", [5], {"a": 1}])
@pytest.mark.parametrize("member", ["name", "type", "attributes", "unique"])
def test_every_member_of_a_schema_with_every_wrong_type(
    kind: tuple[Api, str], member: str, wrong: object
) -> None:
    if (member, wrong) == ("name", "x"):
        wrong = "x y"
    api, name = kind
    body = {**COUPON, member: wrong}
    description = api.refused("POST", f"metadata/{name}/extensions", body)
    bad = bad_members(description)
    at = f"{member}[0]"
    assert bad == ([at] if wrong == [5] and member in ("attributes", "unique") else [member])


@documented("extension schemas of services, states and tasks: only to 8.1")
@pytest.mark.parametrize("name", ["services", "states", "tasks"])
def test_schemas_of_services_are_unknown_in_85(cs: Simulation, name: str) -> None:
    for method, path in [("POST", ""), ("GET", ""), ("GET", "/a"), ("DELETE", "/a")]:
        answer = cs.request(
            method, f"metadata/{name}/extensions{path}", {} if method == "POST" else None
        )
        assert answer.status == 404


@documented("Delete Metadata Profile Extensions: records are removed; one that a key uses stays")
def test_delete_profile_extension_schema(api: Api) -> None:
    api.schema(PHONE, VIP)
    customer = api.created(**BRUCE, Phone=[{"number": 1}], Vip={})
    api.key("idPhone2", "number", source="Phone")
    path = "metadata/profiles/extensions/phone"
    description = api.refused("DELETE", path, status=409, code=4090)
    assert "identification keys are based on it: idPhone2" in description
    api.done("DELETE", "metadata/identification-keys/idPhone2", status=204)
    api.done("DELETE", path, status=204)
    api.schema(PHONE)
    assert api.get(f"profiles/{customer}?extensions=Phone,Vip") == {
        "customer_id": customer,
        **BRUCE,
        "Vip": {},
    }


@documented("Delete Metadata Services Extensions and its kin: the data are removed")
@pytest.mark.parametrize("service_ids", ["integer", "conversation"])
@pytest.mark.parametrize("name", ["services", "states", "tasks"])
def test_deleted_schema_takes_data_along(cs: Simulation, name: str) -> None:
    api = Api(cs, "8.1")
    for each in ("services", "states", "tasks"):
        api.schema(COUPON, kind=each)
    sent: dict[str, Any] = {"couponExtension": {"amount": 1}}
    service = cs.service(**sent)
    cs.state(service, **sent)
    cs.task(service, **sent)
    api.done("DELETE", f"metadata/{name}/extensions/couponextension", status=204)
    shown = cs.everything(service)
    left = {
        "services": shown,
        "states": shown["active_states"][0],
        "tasks": shown["active_tasks"][0],
    }
    assert {each for each in left if "couponExtension" not in left[each]} == {name}


@documented("Create Profile Extension Schema: allowed in production and in maintenance")
@pytest.mark.parametrize("mode", ["production", "maintenance"])
def test_schemas_in_both_modes(api: Api, mode: str) -> None:
    api.maintain(mode)
    api.schema(ADDRESS)
    api.get("metadata/profiles")
    api.get("metadata/profiles/extensions")
    api.get("metadata/profiles/extensions/Address")
    api.done("DELETE", "metadata/profiles/extensions/Address", status=204)


@assumed("a name that an attribute of profiles has is 409")
def test_extension_of_the_name_of_an_attribute(api: Api) -> None:
    api.refused(
        "POST", "metadata/profiles/extensions", {**VIP, "name": "title"}, status=409, code=4090
    )


@documented("the Location of an extension schema is a path below the base")
def test_location_of_a_schema_in_a_world(cs: Simulation) -> None:
    answer = cs.post("metadata/profiles/extensions", VIP)
    assert answer.location == f"{BASE}/metadata/profiles/extensions/Vip"


@assumed("a reset puts schemas, keys and customers back to where the scenario begins")
def test_reset_undoes_schemas_and_keys(api: Api) -> None:
    before = api.dump()
    api.schema(PHONE)
    api.key("idPhone2", "number", source="Phone")
    api.done("DELETE", "metadata/identification-keys/idName", status=204)
    api.created(Phone=[{"number": 1}])
    api.cs.world.reset()
    assert api.dump() == before
    assert api.get("metadata/profiles/extensions") == []
    assert len(api.get("metadata/identification-keys")) == 3
