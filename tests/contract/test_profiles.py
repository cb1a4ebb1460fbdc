"""Customer profiles over the predefined attributes. Contract section 8."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.support import BASE, Simulation, assumed, documented, relied_on

BRUCE = {"FirstName": "Bruce", "LastName": "Banner", "EmailAddress": ["a@x.org", "b@x.org"]}


def created(cs: Simulation, **members: Any) -> str:
    answer = cs.post("profiles", members)
    assert answer.status == 201, answer.raw
    customer_id: str = answer.json["customer_id"]
    return customer_id


def found(cs: Simulation, query: str) -> list[str]:
    return [profile["customer_id"] for profile in cs.get(f"profiles?{query}").shows()]


def refused(cs: Simulation, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = cs.request(method, path, body)
    assert answer.status == 400
    return answer.json["code"], answer.json["description"]


@documented("Create Customer Profile: 201, Location, the id as a string")
@pytest.mark.parametrize("path", ["profiles", "profiles/"])
def test_create_profile_answers_id_and_location(cs: Simulation, path: str) -> None:
    answer = cs.post(path, BRUCE)
    assert answer.status == 201
    assert list(answer.json) == ["customer_id"]
    customer = answer.json["customer_id"]
    assert re.fullmatch("[0-9A-Z]{5}[ab][0-9A-Z]{10}", customer)
    assert answer.location == f"{BASE}/profiles/{customer}"


@documented("Query Customer Profile: always all attributes")
def test_get_profile_shows_all_attributes(cs: Simulation) -> None:
    customer = created(cs, **BRUCE, Title=7, PhoneNumber=None)
    assert cs.get(f"profiles/{customer}").shows() == {
        "customer_id": customer,
        **BRUCE,
        "Title": "7",
    }


@assumed("an unknown profile is 404, code 4040")
def test_get_profile_unknown(cs: Simulation) -> None:
    answer = cs.get("profiles/0004Va58A92T0018")
    assert answer.status == 404
    assert answer.json == {
        "http_method": "GET",
        "title": "not found",
        "description": "There is no customer profile with id 0004Va58A92T0018",
        "code": 4040,
        "uri": f"http://localhost{BASE}/profiles/0004Va58A92T0018",
    }


@relied_on("profiles with equal data may be made")
def test_create_profile_twice_makes_two(cs: Simulation) -> None:
    ids = [created(cs, **BRUCE) for _ in range(2)]
    assert len(set(ids)) == 2
    assert found(cs, "EmailAddress=b@x.org") == ids


@documented("Create Customer Profile: attributes are strings, or lists of strings")
def test_create_profile_names_every_bad_attribute(cs: Simulation) -> None:
    before = cs.dump()
    body = {"FirstName": True, "LastName": [], "Title": ["a", {}], "PhoneNumber": 1.5, "Shoe": 45}
    code, description = refused(cs, "POST", "profiles", body)
    assert code == 4020
    sentences = description.split("; ")
    for sentence, name in zip(sentences, body, strict=True):
        assert sentence.startswith(f"bad parameter '{name}' reason : got ")
    assert sentences[-1].endswith(
        "expected one of the profile's attributes: "
        "FirstName, LastName, PhoneNumber, EmailAddress, Title"
    )
    assert cs.dump() == before


@assumed("custom_ids=ignore")
def test_create_profile_ignores_a_customer_id(cs: Simulation) -> None:
    answer = cs.post("profiles", {"customer_id": "mine", **BRUCE})
    assert (answer.status, answer.json["customer_id"] == "mine") == (201, False)
    assert "customer_id is ignored" in answer.hint


@documented("Identify Customer: ids only unless include_profile=yes")
def test_identify_customer_shows_ids_or_profiles(cs: Simulation) -> None:
    customer = created(cs, **BRUCE)
    query = "profiles?LastName=Banner&FirstName=Bruce"
    assert cs.get(query).shows() == [{"customer_id": customer}]
    assert cs.get(f"{query}&include_profile=no").shows() == [{"customer_id": customer}]
    shown = cs.get(f"{query}&include_profile=yes").shows()
    assert shown == [{"customer_id": customer, **BRUCE}]


@documented("Identify Customer: the attributes must cover a key from its left")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("LastName=Banner", [0, 1]),
        ("LastName=Banner&FirstName=Jane", [1]),
        ("LastName=Banner&Title=Dr", [1]),
        ("PhoneNumber=%2B33%201", [2]),
        ("id_key=idName&LastName=Doe", [2]),
        ("id_key=IDPHONE&PhoneNumber=%2B33+1&FirstName=John", [2]),
        ("LastName=banner", []),
        ("LastName=Banner&LastName=Doe", [0, 1, 2]),
        (f"LastName={quote('Żó/ł & Söhne')}", [3]),
    ],
)
def test_identify_customer_by_keys(cs: Simulation, query: str, expected: list[int]) -> None:
    ids = [
        created(cs, LastName="Banner", FirstName="Bruce"),
        created(cs, LastName="Banner", FirstName="Jane", Title="Dr"),
        created(cs, LastName="Doe", FirstName="John", PhoneNumber=["5", "+33 1"]),
        created(cs, LastName="Żó/ł & Söhne"),
    ]
    assert found(cs, query) == [ids[n] for n in expected]


@assumed("what cannot be asked is refused: ignoring it would return more customers")
@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        ("", 4010, "idName (LastName, FirstName), idPhone (PhoneNumber), idEmail (EmailAddress)"),
        ("FirstName=Bruce", 4010, "missing parameter 'attributes'"),
        ("id_key=idPhone&LastName=Banner", 4010, "id_key idPhone"),
        ("lastname=Banner", 4020, "FirstName, LastName, PhoneNumber, EmailAddress, Title"),
        ("LastName=Banner&shoe=45", 4020, "bad parameter 'shoe'"),
        ("id_key=idShoe&LastName=Banner", 4020, "expected one of idName (LastName, FirstName)"),
        ("LastName=Banner&include_profile=true", 4020, "expected one of no, yes"),
        ("LastName=Banner&include_extensions=never", 4020, "expected one of always, unique"),
    ],
)
def test_identify_customer_refuses(cs: Simulation, query: str, code: int, text: str) -> None:
    created(cs, **BRUCE)
    got, description = refused(cs, "GET", f"profiles?{query}")
    assert got == code
    assert text in description


@assumed("identify_no_match=empty")
def test_identify_customer_no_match(cs: Simulation) -> None:
    answer = cs.get("profiles?LastName=Nobody")
    assert (answer.status, answer.raw) == (200, b"[]")


@assumed("an option that is empty is absent; of one given twice the first counts, with a hint")
def test_identify_customer_options(cs: Simulation) -> None:
    customer = created(cs, **BRUCE)
    assert found(cs, "LastName=Banner&id_key=&include_profile=") == [customer]
    answer = cs.get("profiles?LastName=Banner&include_profile=no&include_profile=yes")
    assert answer.shows() == [{"customer_id": customer}]
    assert "include_profile is given 2 times" in answer.hint


@documented("Create Customer Profile, and a service of that customer")
def test_get_profile_is_apart_from_services(cs: Simulation) -> None:
    customer = created(cs, **BRUCE)
    service = cs.service(customer_id=customer)
    (shown,) = cs.get(f"customers/{customer}/services").shows()
    assert shown["service_id"] == service
    assert cs.get("profiles/nobody").status == 404
