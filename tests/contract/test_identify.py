"""Identification of customers. Contract section 8; API Reference, Identify Customer."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from cs_simulator.domain.metadata import (
    PREDEFINED_KEYS,
    PREDEFINED_SCHEMA,
    AttributeSchema,
    IdentificationKey,
    Metadata,
)
from tests.conftest import Simulate
from tests.contract.customers import BRUCE, PHONE, VIP, Api
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.support import assumed, documented


@documented("Identify Customer: ids only unless include_profile=yes")
def test_identify_customer_shows_ids_or_profiles(api: Api) -> None:
    customer = api.created(**BRUCE)
    query = "profiles?LastName=Banner&FirstName=Bruce"
    assert api.get(query) == [{"customer_id": customer}]
    assert api.get(f"{query}&include_profile=no") == [{"customer_id": customer}]
    shown = api.get(f"{query}&include_profile=yes")
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
        ("lastname=Banner&FIRSTNAME=Jane", [1]),
        ("LastName=Banner&LastName=Doe", [0, 1, 2]),
        ("LastName=Banner&LASTNAME=Doe&FirstName=John&FirstName=Bruce", [0, 2]),
        (f"LastName={quote('Żó/ł & Söhne')}", [3]),
    ],
)
def test_identify_customer_by_keys(api: Api, query: str, expected: list[int]) -> None:
    ids = [
        api.created(LastName="Banner", FirstName="Bruce"),
        api.created(LastName="Banner", FirstName="Jane", Title="Dr"),
        api.created(LastName="Doe", FirstName="John", PhoneNumber=["5", "+33 1"]),
        api.created(LastName="Żó/ł & Söhne"),
    ]
    assert api.found(query) == [ids[n] for n in expected]


@documented("Identify Customer: a full key, else the longest row from its left, else the older key")
def test_identify_customer_infers_the_key(api: Api) -> None:
    # Which key is taken shows in what can be asked: attributes beside it are compared too.
    api.describe(
        Metadata(
            [AttributeSchema(name) for name in "abc"],
            [
                IdentificationKey("abc", ("a", "b", "c")),
                IdentificationKey("b", ("b",)),
            ],
        )
    )
    first = api.created(a="1", b="2", c="3")
    second = api.created(a="1", b="2")
    assert api.found("a=1") == [first, second]
    assert api.found("a=1&b=2") == [first, second]
    assert api.found("b=2&c=3") == [first]
    assert api.found("c=3&b=2&a=1") == [first]
    assert api.found("id_key=ABC&a=1&c=3") == [first]
    api.refused("GET", "profiles?c=3", code=4010)
    api.refused("GET", "profiles?id_key=abc&b=2", code=4010)


@documented("Identify Customer: <ext-name>.<attribute-name> is an attribute of an extension")
def test_identify_customer_by_an_extension(api: Api) -> None:
    api.schema(PHONE, VIP)
    first = api.created(LastName="Doe", Phone=[{"number": 1, "prefix": "a"}, {"number": 2}])
    second = api.created(LastName="Doe", Phone=[{"number": 2, "prefix": "a"}])
    assert api.found("LastName=Doe&Phone.number=1") == [first]
    description = api.refused("GET", "profiles?Phone.number=1", code=4010)
    assert "idEmail (EmailAddress)" in description
    api.key("idExt", "number", "prefix", source="phone")
    assert api.found("phone.NUMBER=2") == [first, second]
    assert api.found("Phone.number=2&Phone.prefix=a") == [second]
    assert api.found("Phone.number=2&LastName=Doe&Phone.prefix=b") == []
    assert "Phone.number" in api.refused("GET", "profiles?Phone.colour=1")
    assert "expected a 64-bit integer" in api.refused("GET", "profiles?Phone.number=x")


@documented("Identify Customer: extensions, include_extensions=always|unique")
def test_identify_customer_shows_extensions(api: Api) -> None:
    api.schema(PHONE, VIP)
    first = api.created(LastName="Doe", FirstName="A", Phone=[{"number": 1}], Vip={})
    second = api.created(LastName="Doe", FirstName="B")
    both: list[dict[str, Any]] = [
        {"customer_id": first, "Phone": [{"number": 1}], "Vip": {}},
        {"customer_id": second},
    ]
    plain = [{"customer_id": first}, {"customer_id": second}]
    query = "profiles?LastName=Doe&extensions=phone,Vip"
    assert api.get(query) == both
    assert api.get(f"{query}&include_extensions=always") == both
    assert api.get(f"{query}&include_extensions=unique") == plain
    one = f"{query}&FirstName=A&include_extensions=unique"
    assert api.get(one) == both[:1]
    assert api.get(f"{one}&include_profile=yes") == [
        {**both[0], "LastName": "Doe", "FirstName": "A"}
    ]
    answer = api.request("GET", "profiles?LastName=Doe&extensions=Shoe")
    assert (answer.json, answer.hint) == (
        plain,
        "extension Shoe ignored: extension schemas here: Phone, Vip",
    )


@documented("Attribute Schema: types; a multi-valued attribute has a primary value")
def test_identify_customer_by_typed_attributes(api: Api) -> None:
    attributes = [
        *PREDEFINED_SCHEMA,
        AttributeSchema("Age", "integer"),
        AttributeSchema("DOB", "date"),
        AttributeSchema("Vip", "boolean"),
        AttributeSchema("Limit", "currency"),
    ]
    keys = [IdentificationKey(f"id{name}", (name,)) for name in ("Age", "DOB", "Vip", "Limit")]
    api.describe(Metadata(attributes, [*PREDEFINED_KEYS, *keys]))
    customer = api.created(Age=["7", 8], DOB="1962-05-10", Vip="TRUE", Limit="12.50")
    assert api.get(f"profiles/{customer}") == {
        "customer_id": customer,
        "Age": [7, 8],
        "DOB": "1962-05-10",
        "Vip": True,
        "Limit": 12.5,
    }
    for query in ("Age=8", "dob=1962-05-10", "Vip=true", "Limit=12.5", "Limit=12.5000"):
        assert api.found(query) == [customer], query
    for query in ("Age=9", "DOB=1962-05-11", "Vip=false", "Limit=12"):
        assert api.found(query) == [], query
    description = api.refused("GET", "profiles?Age=x&DOB=10.05.1962&Vip=1&Limit=much")
    assert description.count("bad parameter") == 4


@assumed("what cannot be asked is refused: ignoring it would return more customers")
@pytest.mark.parametrize(
    ("query", "code", "text"),
    [
        ("", 4010, "idName (LastName, FirstName), idPhone (PhoneNumber), idEmail (EmailAddress)"),
        ("FirstName=Bruce", 4010, "missing parameter 'attributes'"),
        ("id_key=idPhone&LastName=Banner", 4010, "id_key idPhone"),
        ("last_name=Banner", 4020, "FirstName, LastName, PhoneNumber, EmailAddress, Title"),
        ("LastName=Banner&shoe=45", 4020, "bad parameter 'shoe'"),
        ("LastName=Banner&Phone.number=45", 4020, "bad parameter 'Phone.number'"),
        ("id_key=idShoe&LastName=Banner", 4020, "expected one of idName (LastName, FirstName)"),
        ("LastName=Banner&include_profile=true", 4020, "expected one of no, yes"),
        ("LastName=Banner&include_extensions=never", 4020, "expected one of always, unique"),
    ],
)
def test_identify_customer_refuses(api: Api, query: str, code: int, text: str) -> None:
    api.created(**BRUCE)
    assert text in api.refused("GET", f"profiles?{query}", code=code)


@assumed("identify_no_match=empty")
def test_identify_customer_no_match(api: Api) -> None:
    answer = api.request("GET", "profiles?LastName=Nobody")
    assert (answer.status, answer.raw) == (200, b"[]")


@assumed("identify_no_match=not_found")
def test_identify_customer_no_match_not_found(simulate: Simulate) -> None:
    api = Api(simulate({"fidelity": {"identify_no_match": "not_found"}}), "8.1")
    api.refused("GET", "profiles?LastName=Nobody", status=404, code=4040)


@assumed("an option that is empty is absent; of one given twice the first counts, with a hint")
def test_identify_customer_options(api: Api) -> None:
    customer = api.created(**BRUCE)
    assert api.found("LastName=Banner&id_key=&include_profile=") == [customer]
    answer = api.request("GET", "profiles?LastName=Banner&include_profile=no&include_profile=yes")
    assert answer.shows() == [{"customer_id": customer}]
    assert "include_profile was sent 2 times" in answer.hint


@assumed("an attribute with an empty value is looked for like any other")
def test_identify_customer_by_an_empty_value(api: Api) -> None:
    nameless = api.created(FirstName="Bruce", LastName="")
    api.created(**BRUCE)
    assert api.found("LastName=&FirstName=Bruce") == [nameless]
    assert api.found("PhoneNumber=") == []


@assumed("a + that became a blank is told, whatever was found")
@pytest.mark.parametrize(
    ("query", "lost"),
    [
        ("PhoneNumber=+44", "PhoneNumber"),
        ("PhoneNumber=%2B44", ""),
        ("PhoneNumber=44&LastName=Von+5", ""),
        ("Phone.since=2026-01-05T09:00:00.000+02:00&PhoneNumber=44", "Phone.since"),
    ],
)
def test_identify_customer_hints_at_a_lost_plus(api: Api, query: str, lost: str) -> None:
    api.schema(PHONE)
    answer = api.request("GET", f"profiles?{query}")
    assert answer.hint == (lost and f"{lost}: a + in a query string means a space; send %2B")


@assumed("a misspelt option or attribute is refused, with a hint at the nearest")
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("include_profiles", "no attribute include_profiles; did you mean include_profile?"),
        ("Include_Extensions", "no attribute Include_Extensions; did you mean include_extensions?"),
        ("lastnam", "no attribute lastnam; did you mean LastName?"),
        ("phone.numbers", "no attribute phone.numbers; did you mean Phone.number?"),
        ("shoe", ""),
    ],
)
def test_identify_customer_hints_at_what_was_meant(api: Api, name: str, hint: str) -> None:
    api.schema(PHONE)
    api.created(**BRUCE)
    api.refused("GET", f"profiles?LastName=Banner&{name}=yes")
    assert api.request("GET", f"profiles?LastName=Banner&{name}=yes").hint == hint


@documented("Identify Customer: the sample prints the query as a part of the path")
def test_identify_customer_as_the_sample_prints_it(api: Api) -> None:
    path = "profiles/contacts.phone_number=408-888-3214&extensions=contacts,purchases"
    answer = api.request("GET", path)
    assert (answer.status, answer.hint) == (
        404,
        "send attributes in the query string: profiles?LastName=Doe",
    )
