"""The words of refusals about customers and their schemas: people read them. Contract section 8."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cs_simulator.domain.metadata import AttributeSchema, Metadata
from tests.contract.customers import ADDRESS, PHONE, VIP, Api
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.contract.test_import import form
from tests.support import ApiResponse, Simulation, assumed
from tests.support.problems import NOT_RESERVED, OF_SOURCE, sentence

pytestmark = assumed("the words of an error, and of a header that the real server does not have")

COLUMNS = (
    "FirstName, LastName, PhoneNumber, EmailAddress, Title, Address.AddressType, Address.Address, "
    "Address.City, Phone.prefix, Phone.number, Phone.since, Phone.description, customer_id"
)
ONCE = "each column once (only attributes of profiles may repeat)"
DELIMITER = "one character, no quote and no end of line, or \\t"
PROFILE = "attributes of the profile: FirstName, LastName, PhoneNumber, EmailAddress, Title"


@pytest.fixture
def maintained() -> Api:
    """A server in maintenance mode that has two extensions."""
    api = Api(Simulation({}), "8.5")
    api.schema(ADDRESS, PHONE)
    api.maintain()
    return api


OTHERWISE_ENCODED = (
    "The file is not valid US-ASCII: byte 14, on line 4, is 0xE9 "
    "(it looks like ISO 8859-1 or Windows-1252)"
)


def imported(api: Api, content: bytes, **fields: str) -> ApiResponse:
    raw, headers = form(("profiles", "text/csv", content), **fields)
    return api.request("POST", "profiles/import", raw=raw, headers=headers)


@pytest.mark.parametrize(
    ("content", "fields", "description", "hint"),
    [
        (b"", {}, "missing column: a first line with the names of the columns", ""),
        (b"FirstName,Nope\n", {}, sentence("column", f"one of {COLUMNS}", "Nope"), ""),
        (b"customer_id,Customer_ID\n", {}, sentence("column", ONCE, "Customer_ID"), ""),
        (b"Phone.number,phone.Number\n", {}, sentence("column", ONCE, "phone.Number"), ""),
        (
            b"FirstName\n",
            {"id_key": "idName"},
            "missing LastName: a column of that name (part of id-key idName)",
            "",
        ),
        (
            b'"FirstName',
            {},
            "The file is not valid CSV: unclosed quote in the record that starts on line 1",
            "",
        ),
        (
            b'FirstName\n"abc',
            {},
            "The file is not valid CSV: unclosed quote in the record that starts on line 2",
            "",
        ),
        (
            b'FirstName\na\n"b"c\n',
            {},
            (
                "The file is not valid CSV: ',' expected "
                "after '\"' in the record that starts on line 3"
            ),
            "",
        ),
        (
            b"FirstName\nA\n\n\xe9\n",
            {"encoding": "us-ascii"},
            OTHERWISE_ENCODED,
            "set the form field encoding",
        ),
        (
            b"FirstName\n",
            {"encoding": "nope"},
            sentence(
                "encoding",
                "UTF-8, UTF-16, US-ASCII, ISO-8859-1 and the like, or windows-1250 to -1258",
                "nope",
            ),
            "",
        ),
        (b"FirstName\n", {"delimiter": "ab"}, sentence("delimiter", DELIMITER, "ab"), ""),
        (
            b"Phone.number\nx\ny\nz\n",
            {"max_errors": "1"},
            (
                sentence(
                    "More than 1 records are invalid, so none was imported: line 2: "
                    "Phone[0].number",
                    "a 64-bit integer",
                    "x",
                )
                + "; "
                + sentence("line 3: Phone[0].number", "a 64-bit integer", "y")
            ),
            "max-errors sets how many may be invalid",
        ),
    ],
)
def test_import_profiles_says_what_is_wrong(
    maintained: Api, content: bytes, fields: dict[str, str], description: str, hint: str
) -> None:
    answer = imported(maintained, content, **fields)
    assert (answer.status, answer.hint) == (400, hint)
    assert shortened(answer) == description


def shortened(answer: ApiResponse) -> str:
    """Return the description of an error, without what each one says."""
    text: str = answer.json["description"]
    text = re.sub(r"missing parameter '([^']*)' reason : expected", r"missing \1:", text)
    return re.sub(r"bad parameter '([^']*)' reason :", r"\1:", text)


def test_import_profiles_says_why_a_record_is_left_out(maintained: Api) -> None:
    content = b"FirstName,Phone.number\nAda\n,\nAda,5,x\n,%s\n,%s\n" % (b"x" * 80, b"y" * 81)
    found = imported(maintained, content).shows()
    assert [(each["line"], each["reason"]) for each in found["errors"]] == [
        (2, sentence("", "2 fields", 1)),
        (4, sentence("", "2 fields", 3)),
        (5, sentence("Phone[0].number", "a 64-bit integer", "x" * 80)),
        (6, sentence("Phone[0].number", "a 64-bit integer", "y" * 81)),
    ]


def test_import_profiles_says_of_ten_records_what_is_wrong(maintained: Api) -> None:
    content = b"Phone.number\n" + b"x\n" * 12
    reasons = shortened(imported(maintained, content, max_errors="10")).split("; ")
    assert [reason.partition(":")[0] for reason in reasons[1:]] == [
        f"line {line}" for line in range(3, 12)
    ]


def schema(*attributes: object, **more: object) -> dict[str, object]:
    return {"name": "X", "type": "multi-valued", "attributes": list(attributes), **more}


TEXT = {"name": "a", "type": "string"}
WRONG_UNIQUE = (
    sentence("unique[0]", "attributes of the extension: a", "b")
    + "; "
    + sentence("unique[1]", "the name of an attribute, or a list of two or more names", [])
    + "; "
    + sentence("unique[2]", "each attribute once", ["a", "A"])
)


@pytest.mark.parametrize(
    ("body", "description"),
    [
        (schema(5), sentence("attributes[0]", "an object with name and type", 5)),
        (
            schema(TEXT, {**TEXT, "name": "A"}),
            sentence("attributes[1].name", "a name not used by an earlier attribute", "A"),
        ),
        (
            schema({**TEXT, "name": "customer_id"}),
            sentence("attributes[0].name", NOT_RESERVED, "customer_id"),
        ),
        (
            schema(TEXT, unique=5),
            sentence("unique", "a list of names of attributes, or lists", 5),
        ),
        (
            {**schema(TEXT), "type": "classifier"},
            "expected no attributes: a classifier has none",
        ),
        (schema(TEXT, unique=["b", [], ["a", "A"], "a"]), WRONG_UNIQUE),
        (
            schema(unique=["a"]),
            sentence("unique[0]", "attributes of the extension: it has none", "a"),
        ),
    ],
)
def test_create_profile_extension_schema_says_what_is_wrong(
    maintained: Api, body: dict[str, Any], description: str
) -> None:
    answer = maintained.request("POST", "metadata/profiles/extensions", body)
    assert answer.status == 400
    assert description in shortened(answer)


@pytest.mark.parametrize(
    ("body", "description"),
    [
        (
            {"attributes": ["x"], "source": "Nope"},
            sentence(
                "source", "profile, or the name of a profile extension: Address, Phone", "Nope"
            ),
        ),
        ({"attributes": ["x"]}, sentence("attributes[0]", f"one of the {PROFILE}", "x")),
        (
            {"attributes": ["City", 5], "source": "address"},
            sentence(
                "attributes[1]",
                "one of the attributes of Address: AddressType, Address, City",
                5,
            ),
        ),
        (
            {"attributes": ["FirstName"], "colour": 5},
            sentence("colour", "one of name, source, attributes, unique", 5),
        ),
        (
            {"attributes": ["FirstName", "firstname"]},
            sentence("attributes[1]", "each attribute once", "firstname"),
        ),
        ({}, f"missing attributes: a list of one or more {PROFILE}"),
        (
            {"source": "Address", "attributes": []},
            sentence(
                "attributes",
                "a list of one or more attributes of Address: AddressType, Address, City",
                [],
            ),
        ),
    ],
)
def test_create_identification_key_says_what_is_wrong(
    maintained: Api, body: dict[str, Any], description: str
) -> None:
    answer = maintained.request("POST", "metadata/identification-keys", {"name": "k", **body})
    assert answer.status == 400
    assert shortened(answer) == description


def test_metadata_that_is_there_or_not_or_needed(maintained: Api) -> None:
    key = {"name": "City", "attributes": ["City"], "source": "Address"}
    assert maintained.request("POST", "metadata/identification-keys", key).status == 201
    schemas, keys = "metadata/profiles/extensions", "metadata/identification-keys"
    for method, path, body, status, description, hint in (
        (
            "POST",
            schemas,
            schema(TEXT) | {"name": "Title"},
            409,
            "Title is already the name of a profile attribute",
            "",
        ),
        (
            "POST",
            schemas,
            schema(TEXT) | {"name": "phone"},
            409,
            "Extension schema phone of profiles already exists",
            "",
        ),
        (
            "DELETE",
            f"{schemas}/Address",
            None,
            409,
            "Extension schema Address cannot be deleted: identification keys are based on it: City",
            "delete these keys first",
        ),
        (
            "DELETE",
            f"{schemas}/Nope",
            None,
            404,
            "No extension schema Nope of profiles",
            "extension schemas here: Address, Phone",
        ),
        ("POST", keys, key, 409, "Identification key City already exists", ""),
        (
            "DELETE",
            f"{keys}/Nope",
            None,
            404,
            "No identification key Nope",
            "identification keys here: idName, idPhone, idEmail, City",
        ),
    ):
        answer = maintained.request(method, path, body)
        found = (answer.status, answer.json["description"], answer.hint)
        assert found == (status, description, hint)


def test_identify_customer_names_the_keys() -> None:
    api = Api(Simulation({}), "8.5")
    answer = api.request("GET", "profiles")
    assert answer.json["description"] == (
        "missing parameter 'attributes' reason : expected the first attribute of an identification "
        "key, or its first ones in order: idName (LastName, FirstName), idPhone (PhoneNumber), "
        "idEmail (EmailAddress)"
    )


def test_profile_extension_record_that_is_unknown_or_there_twice() -> None:
    api = Api(Simulation({}), "8.5")
    api.schema(PHONE)
    customer = api.created(FirstName="Ada", Phone=[{"prefix": "a", "number": 1}])
    path = f"profiles/{customer}/extensions/Phone/by/unique"
    unknown = api.request("PUT", path, {"prefix": "b", "number": 1})
    assert (unknown.status, unknown.json["description"]) == (
        404,
        f"Customer {customer} has no record of Phone with number 1, prefix 'b'",
    )
    twice = api.request("POST", "profiles", {"Phone": [{"prefix": "a", "number": 1}] * 2})
    assert (twice.status, twice.json["description"]) == (
        409,
        "Phone[1] and Phone[0] share prefix and number, which are unique",
    )


def test_merge_profiles_with_itself() -> None:
    api = Api(Simulation({}), "8.5")
    customer = api.created(FirstName="Ada")
    answer = api.request("PUT", f"profiles/{customer}/merge/{customer}", {})
    assert shortened(answer) == sentence("src_id", "a customer other than customer_id", customer)


def test_create_identification_key_of_a_source_without_attributes() -> None:
    api = Api(Simulation({}), "8.5")
    api.maintain()
    unknown = {"name": "k", "attributes": ["x"], "source": "Nope"}
    answer = api.request("POST", "metadata/identification-keys", {**unknown, "attributes": None})
    assert shortened(answer).endswith(
        "; missing attributes: a list of one or more attributes of its source"
    )
    answer = api.request("POST", "metadata/identification-keys", unknown)
    assert shortened(answer) == sentence(
        "source", "profile, or the name of a profile extension: none", "Nope"
    )
    api.schema(VIP)
    of_vip = {"name": "k", "attributes": ["x"], "source": "Vip"}
    answer = api.request("POST", "metadata/identification-keys", of_vip)
    assert shortened(answer) == sentence("attributes[0]", OF_SOURCE, "x")


def test_identify_customer_says_what_is_wrong() -> None:
    api = Api(Simulation({}), "8.5")
    api.schema(PHONE)
    answer = api.request("GET", "profiles?Nope=1&Nope=2&Phone.number=x")
    assert (answer.status, shortened(answer)) == (
        400,
        (
            sentence(
                "Nope",
                "one of the profile's attributes: FirstName, LastName, PhoneNumber, EmailAddress, "
                "Title, or of its extensions: Phone.prefix, Phone.number, Phone.since, "
                "Phone.description",
                "1,2",
            )
            + "; "
            + sentence("Phone.number", "a 64-bit integer", "x")
        ),
    )
    answer = api.request("GET", "profiles?id_key=Nope&LastName=x")
    assert shortened(answer) == sentence(
        "id_key",
        "one of idName (LastName, FirstName), idPhone (PhoneNumber), idEmail (EmailAddress)",
        "Nope",
    )
    answer = api.request("GET", "profiles?id_key=idName&FirstName=x")
    assert shortened(answer) == (
        "missing attributes: the first attribute of id_key idName, or its first ones in order: "
        "idName (LastName, FirstName), idPhone (PhoneNumber), idEmail (EmailAddress)"
    )


@pytest.mark.parametrize(
    ("policy", "given", "expected"),
    [
        ("accept", [], "a string"),
        ("accept", "x" * 17, "1 to 16 characters"),
        ("reject", "mine", "no customer_id: the server assigns it"),
    ],
)
def test_create_profile_says_what_a_customer_id_may_be(
    policy: str, given: object, expected: str
) -> None:
    api = Api(Simulation({"fidelity": {"custom_ids": policy}}), "8.5")
    answer = api.request("POST", "profiles", {"customer_id": given})
    assert answer.status == 400
    assert shortened(answer) == sentence("customer_id", expected, given)


@pytest.mark.parametrize(
    ("attribute", "hint"),
    [
        (
            {"type": "integer", "length": 4},
            "length of a is stored but has no effect: it is not a string",
        ),
        ({"type": "string", "length": 4}, ""),
        ({"type": "integer"}, ""),
    ],
)
def test_create_profile_extension_schema_hints_at_a_length_that_limits_nothing(
    maintained: Api, attribute: dict[str, Any], hint: str
) -> None:
    body = schema({"name": "a", **attribute})
    answer = maintained.request("POST", "metadata/profiles/extensions", body)
    assert (answer.status, answer.hint) == (201, hint)


def test_import_profiles_names_the_columns_that_are_mandatory() -> None:
    api = Api(Simulation({}), "8.5")
    attributes = (
        AttributeSchema("Must", mandatory=True),
        AttributeSchema("May"),
        AttributeSchema("Has", mandatory=True, default="d"),
    )
    api.describe(Metadata(attributes=attributes))
    assert shortened(imported(api, b"May\nx\n")) == (
        "missing Must: a column of that name (mandatory)"
    )


def test_identify_customer_without_keys_says_how_to_make_one() -> None:
    api = Api(Simulation({}), "8.5")
    api.describe(Metadata(keys=()))
    answer = api.request("GET", "profiles")
    assert shortened(answer) == (
        "missing attributes: the first attribute of an "
        "identification key, or its first ones in order: "
        "none exist (create one with POST metadata/identification-keys)"
    )
