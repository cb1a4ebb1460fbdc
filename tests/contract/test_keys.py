"""Identification keys: create, query, delete. Contract section 8."""

from __future__ import annotations

import pytest

from tests.contract.customers import BRUCE, PHONE, VIP, Api, bad_members
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.support import Simulation, assumed, documented

PATH = "metadata/identification-keys"


@pytest.fixture
def keys(api: Api) -> Api:
    """A client of a server in maintenance mode, where profiles have extensions."""
    api.schema(PHONE, VIP)
    api.maintain()
    return api


@assumed("the keys of a world whose scenario names none")
def test_query_identification_key(api: Api) -> None:
    expected = [
        {"name": "idName", "attributes": ["LastName", "FirstName"]},
        {"name": "idPhone", "attributes": ["PhoneNumber"]},
        {"name": "idEmail", "attributes": ["EmailAddress"]},
    ]
    assert api.get(PATH) == expected
    assert api.get(f"{PATH}/IDPHONE") == expected[1]


@documented("Create Identification Key; output: attributes with the extension before, no source")
@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"attributes": ["title", "LASTNAME"]}, {"attributes": ["Title", "LastName"]}),
        ({"attributes": ["Title"], "source": "profile"}, {"attributes": ["Title"]}),
        (
            {"attributes": ["Number", "prefix"], "source": "PHONE", "unique": "true"},
            {"attributes": ["Phone.number", "Phone.prefix"], "unique": True},
        ),
        ({"attributes": ["Title"], "unique": False, "source": None}, {"attributes": ["Title"]}),
    ],
)
def test_create_identification_key(
    keys: Api, body: dict[str, object], shown: dict[str, object]
) -> None:
    answer = keys.request("POST", PATH, {"name": "idNew", **body})
    assert (answer.status, answer.json) == (201, {"name": "idNew"})
    assert answer.location == f"{keys.base}/{PATH}/idNew"
    assert keys.get(f"{PATH}/idnew") == {"name": "idNew", **shown}
    assert [each["name"] for each in keys.get(PATH)] == ["idName", "idPhone", "idEmail", "idNew"]


@documented("Delete Metadata Identification Keys: 204, 404 where nothing is deleted")
def test_delete_identification_key(api: Api) -> None:
    customer = api.created(**BRUCE, PhoneNumber="1")
    api.done("DELETE", f"{PATH}/IDNAME", status=204)
    assert [each["name"] for each in api.get(PATH)] == ["idPhone", "idEmail"]
    for method in ("GET", "DELETE"):
        description = api.refused(method, f"{PATH}/idName", status=404, code=4040)
        assert description == "No identification key idName"
    api.refused("GET", "profiles?LastName=Banner", code=4010)
    assert api.found("PhoneNumber=1&LastName=Banner") == [customer]


@documented("Create Identification Key: name, source, attributes, unique")
@pytest.mark.parametrize(
    ("body", "code", "bad"),
    [
        ({}, 4010, ["name", "attributes"]),
        (
            {"name": 5, "attributes": {}, "unique": 1, "colour": 1},
            4020,
            ["colour", "name", "attributes", "unique"],
        ),
        ({"name": "1st", "source": "Shoe", "attributes": ["Size"]}, 4020, ["name", "source"]),
        ({"name": "idNew", "attributes": []}, 4020, ["attributes"]),
        ({"name": "idNew", "source": 1.5, "attributes": [True]}, 4020, ["source", "attributes[0]"]),
        (
            {"name": "idNew", "attributes": ["Title", "Shoe", "TITLE", "number"]},
            4020,
            ["attributes[1]", "attributes[2]", "attributes[3]"],
        ),
        (
            {"name": "idNew", "source": "Phone", "attributes": ["number", "Title"]},
            4020,
            ["attributes[1]"],
        ),
        ({"name": "idNew", "source": "Vip", "attributes": ["number"]}, 4020, ["attributes[0]"]),
    ],
)
def test_create_identification_key_names_every_bad_member(
    keys: Api, body: dict[str, object], code: int, bad: list[str]
) -> None:
    assert bad_members(keys.refused("POST", PATH, body, code=code)) == bad


@assumed("a key that is there already is 409")
def test_create_identification_key_twice(keys: Api) -> None:
    body = {"name": "IDname", "attributes": ["Title"]}
    description = keys.refused("POST", PATH, body, status=409, code=4090)
    assert description == "Identification key IDname already exists"


@documented("Create Identification Key: unique is one customer at most")
def test_create_unique_key_over_what_is_there(api: Api) -> None:
    api.schema(PHONE)
    first = api.created(LastName="Doe", FirstName="A", Phone=[{"number": 1}, {"number": 2}])
    second = api.created(LastName="Doe", FirstName="B", Phone=[{"number": 2}])
    api.maintain()
    for source, attribute, shared in (
        ("profile", "LastName", "LastName 'Doe'"),
        ("Phone", "number", "Phone.number 2"),
    ):
        whole = {"name": "idNew", "unique": True, "source": source, "attributes": [attribute]}
        description = api.refused("POST", PATH, whole, status=409, code=4090)
        assert f"customers {first} and {second} both have {shared}" in description
    body = {"name": "idNew", "unique": True, "attributes": ["LastName", "FirstName"]}
    assert api.request("POST", PATH, body).status == 201
    api.maintain("production")
    assert api.found("id_key=idNew&LastName=Doe&FirstName=B") == [second]


@documented("Create Identification Key: maintenance mode in 8.1; queries work in both")
def test_keys_in_both_modes(cs: Simulation) -> None:
    api, other = Api(cs, "8.1"), Api(cs, "8.5")
    body = {"name": "idNew", "attributes": ["Title"]}
    api.refused("POST", PATH, body, status=503, code=5030)
    assert other.request("POST", PATH, body).status == 201
    for mode in ("production", "maintenance"):
        api.maintain(mode)
        assert len(api.get(PATH)) == 4
