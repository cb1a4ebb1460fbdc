"""Definitions of extensions and keys: every problem at once, and nothing stored."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.documents.problems import Problem
from cs_simulator.domain.administration import create_key, create_schema, delete_key, delete_schema
from cs_simulator.domain.definitions import read_attribute, read_schema
from cs_simulator.domain.errors import BadValues, Conflict, NothingFound
from cs_simulator.domain.metadata import (
    PREDEFINED,
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
)
from cs_simulator.domain.profiles import Profile, Profiles
from cs_simulator.operations.row import Kind
from tests.support.problems import MISSING
from tests.unit.domain.support import service, state, task, transaction

PHONE = {
    "name": "Phone",
    "type": "multi-valued",
    "attributes": [
        {"name": "PhoneType", "type": "integer", "default": "0"},
        {"name": "prefix", "type": "String", "length": "3", "mandatory": "true"},
        {"name": "number", "type": "string", "length": 10, "unique": "true"},
    ],
    "unique": [["prefix", "NUMBER"]],
}


def problems_of(members: dict[str, Any], kind: Kind = "profiles") -> list[tuple[str, bool]]:
    """Return each bad member, and whether it is missing."""
    tx = transaction()
    before = tx.metadata
    with pytest.raises(BadValues) as refusal:
        create_schema(tx, kind, members)
    assert tx.metadata is before
    return [(each.at, each.is_missing) for each in refusal.value.problems]


def test_definition_is_normalised() -> None:
    problems: list[Problem] = []
    assert read_schema("profiles", PHONE, problems) == ExtensionSchema(
        "Phone",
        "multi-valued",
        (
            AttributeSchema("PhoneType", "integer", default=0),
            AttributeSchema("prefix", length=3, mandatory=True),
            AttributeSchema("number", length=10),
        ),
        (("number",), ("prefix", "number")),
    )
    assert not problems


@pytest.mark.parametrize("name", ["a", "A_1", "x" * 26])
def test_names_that_can_be(name: str) -> None:
    tx = transaction()
    create_schema(tx, "profiles", {"name": name, "type": "classifier"})
    create_key(tx, {"name": name, "attributes": ["Title"]})
    assert tx.metadata.extension_schema("profiles", name.swapcase()) is not None
    assert tx.metadata.key(name.swapcase()) is not None


@pytest.mark.parametrize("name", ["", "1a", "_a", "a-b", "a b", "é", "x" * 27, 5, True, [], {}])
def test_names_that_cannot_be(name: object) -> None:
    assert problems_of({"name": name, "type": "classifier"}) == [("name", False)]
    tx = transaction()
    with pytest.raises(BadValues, match=r"^name: expected a letter"):
        create_key(tx, {"name": name, "attributes": ["Title"]})


WRONG: list[tuple[dict[str, Any], list[tuple[str, bool]]]] = [
    ({}, [("name", True), ("type", True)]),
    ({"name": None, "type": "single"}, [("name", True), ("type", False)]),
    ({"colour": 1}, [("colour", False)]),
    ({"type": 5}, [("type", False)]),
    ({"name": "customer_ID"}, [("name", False)]),
    ({"attributes": {}}, [("attributes", False)]),
    ({"attributes": ["a", 5]}, [("attributes[0]", False), ("attributes[1]", False)]),
    ({"attributes": [{}]}, [("attributes[0].name", True), ("attributes[0].type", True)]),
    (
        {"attributes": [{"name": "", "type": "text"}]},
        [(f"attributes[0].{n}", False) for n in ("name", "type")],
    ),
    (
        {
            "attributes": [
                {"name": "a", "type": "string"},
                {
                    "name": "A",
                    "type": "integer",
                    "default": "x",
                    "length": -1,
                    "mandatory": 1,
                    "encrypt": "no",
                    "unique": [],
                    "min": 1,
                },
            ]
        },
        [
            (f"attributes[1].{name}", False)
            for name in ("min", "length", "mandatory", "encrypt", "default", "unique", "name")
        ],
    ),
    ({"attributes": [{"name": "Customer_id", "type": "long"}]}, [("attributes[0].name", False)]),
    (
        {"attributes": [{"name": "a", "type": "string", "length": 2, "default": "abc"}]},
        [("attributes[0].default", False)],
    ),
    (
        {"type": "classifier", "attributes": [{"name": "a", "type": "long"}]},
        [("attributes", False)],
    ),
    ({"unique": "a"}, [("unique", False)]),
    (
        {
            "attributes": [{"name": "a", "type": "long"}],
            "unique": ["b", [], 5, ["a", "A"], ["a", 5], ["a", "b"]],
        },
        [(f"unique[{position}]", False) for position in range(6)],
    ),
]


@pytest.mark.parametrize(("members", "problems"), WRONG)
def test_every_problem_of_a_definition_is_told(
    members: dict[str, Any], problems: list[tuple[str, bool]]
) -> None:
    if members and "name" not in members:
        members = {"name": "Phone", **members}
    if members and "type" not in members:
        members = {"type": "multi-valued", **members}
    assert problems_of(members) == problems


@pytest.mark.parametrize(
    ("members", "expected", "got"),
    [
        (
            {"name": "customer_id", "type": "classifier"},
            "a name that is not reserved",
            "customer_id",
        ),
        (
            {"name": "Vip", "type": "single"},
            "one of single-valued, multi-valued, classifier",
            "single",
        ),
        ({"name": "Vip", "type": "classifier", "attributes": 5}, "a list of attribute schemas", 5),
        (
            {
                "name": "Vip",
                "type": "multi-valued",
                "attributes": [{"name": "a", "type": "long"}, {"name": "b", "type": "long"}],
                "unique": ["c"],
            },
            "attributes of the extension: a, b",
            "c",
        ),
        (
            {"name": "Vip", "type": "classifier", "attributes": [{"name": "a", "type": "long"}]},
            "no attributes: a classifier has none",
            [{"name": "a", "type": "long"}],
        ),
    ],
)
def test_problem_of_a_definition_says_what_is_expected_and_what_came(
    members: dict[str, Any], expected: str, got: object
) -> None:
    with pytest.raises(BadValues) as refusal:
        create_schema(transaction(), "profiles", members)
    [problem] = refusal.value.problems
    assert (problem.expected, problem.found) == (expected, got)


def test_attribute_schema_is_read_on_its_own() -> None:
    problems: list[Problem] = []
    read_attribute({"length": "x"}, problems)
    assert [each.at for each in problems] == ["name", "type", "length"]
    assert str(BadValues(problems[:2])) == (
        f"name {MISSING}; expected a non-empty string; type {MISSING}; expected one of "
        "boolean, string, integer, long, double, date, datetime, currency"
    )


def test_names_that_are_reserved_elsewhere_are_free_for_extensions_of_profiles() -> None:
    tx = transaction()
    schema = create_schema(tx, "profiles", {"name": "Service_Type", "type": "classifier"})
    assert tx.metadata.extension_schemas("profiles") == (schema,)


@pytest.mark.parametrize("kind", ["services", "states", "tasks"])
def test_kinds_beside_profiles_need_attributes_and_leave_reserved_names(kind: Kind) -> None:
    assert problems_of({"name": "a", "type": "single-valued"}, kind) == [("attributes", True)]
    assert problems_of({"name": "Service_Type", "type": "classifier"}, kind) == [("name", False)]
    create_schema(transaction(), kind, {"name": "a", "type": "classifier"})


def test_name_that_is_there_is_a_conflict_in_any_case() -> None:
    tx = transaction()
    create_schema(tx, "profiles", PHONE)
    before = tx.metadata
    with pytest.raises(Conflict, match="Extension schema PHONE of profiles already exists"):
        create_schema(tx, "profiles", {**PHONE, "name": "PHONE"})
    with pytest.raises(Conflict, match="title is already the name of a profile attribute"):
        create_schema(tx, "profiles", {**PHONE, "name": "title"})
    with pytest.raises(Conflict, match="Identification key IDNAME already exists"):
        create_key(tx, {"name": "IDNAME", "attributes": ["Title"]})
    assert tx.metadata is before
    create_schema(tx, "services", PHONE)


def test_length_of_what_is_no_string_gets_a_hint() -> None:
    tx = transaction()
    attributes = [{"name": "a", "type": "integer", "length": 10}]
    create_schema(tx, "profiles", {**PHONE, "attributes": attributes, "unique": []})
    assert tx.hints == ["length of a is stored but has no effect: it is not a string"]


def test_key_of_an_extension() -> None:
    tx = transaction()
    create_schema(tx, "profiles", PHONE)
    tx.profiles.add(Profile("1", {}, {"Phone": ({"prefix": "+1", "number": "5"},)}))
    key = create_key(tx, {"name": "idPhone2", "source": "PHONE", "attributes": ["NUMBER"]})
    assert key == IdentificationKey("idPhone2", ("number",), "Phone")
    assert key.columns == ("Phone.number",)
    with pytest.raises(Conflict, match="identification keys are based on it: idPhone2"):
        delete_schema(tx, "profiles", "phone")
    create_key(tx, {"name": "idPrefix", "source": "Phone", "attributes": ["prefix"]})
    with pytest.raises(Conflict, match=r"based on it: idPhone2, idPrefix$"):
        delete_schema(tx, "profiles", "phone")
    delete_key(tx, "idPrefix")
    delete_key(tx, "IDPHONE2")
    delete_schema(tx, "profiles", "phone")
    assert tx.profiles.get("1").extensions == {}


@pytest.mark.parametrize(
    ("members", "problems"),
    [
        ({"attributes": []}, ["attributes"]),
        ({"attributes": "Title"}, ["attributes"]),
        ({"attributes": None}, ["attributes"]),
        ({"attributes": ["Shoe", 5, "Title", "TITLE"]}, [f"attributes[{n}]" for n in (0, 1, 3)]),
        ({"source": "Phone"}, ["source"]),
        ({"source": 5, "attributes": [5]}, ["source", "attributes[0]"]),
        ({"source": ""}, ["source"]),
        ({"source": []}, ["source"]),
        ({"unique": "maybe", "kind": 1}, ["kind", "unique"]),
    ],
)
def test_every_problem_of_a_key_is_told(members: dict[str, Any], problems: list[str]) -> None:
    tx = transaction()
    before = tx.metadata
    with pytest.raises(BadValues) as refusal:
        create_key(tx, {"name": "idNew", "attributes": ["Title"], **members})
    assert [each.at for each in refusal.value.problems] == problems
    assert tx.metadata is before


def test_key_without_source_is_of_the_profile_though_an_extension_has_that_name() -> None:
    tx = transaction()
    create_schema(tx, "profiles", {**PHONE, "name": "Profile"})
    assert create_key(tx, {"name": "idTitle", "attributes": ["title"]}) == IdentificationKey(
        "idTitle", ("Title",)
    )


def test_key_where_the_profile_has_no_attributes() -> None:
    tx = transaction()
    tx.profiles = Profiles(Metadata((), ()))
    with pytest.raises(BadValues, match=r"an attribute; the source has none"):
        create_key(tx, {"name": "idTitle", "attributes": ["Title"]})
    with pytest.raises(BadValues, match=r"one or more attributes of the profile: none$"):
        create_key(tx, {"name": "idTitle"})


def test_key_of_an_extension_without_attributes() -> None:
    tx = transaction()
    create_schema(tx, "profiles", {"name": "Vip", "type": "classifier"})
    with pytest.raises(BadValues, match="the source has none"):
        create_key(tx, {"name": "idVip", "source": "Vip", "attributes": ["a"]})


def test_unknown_names_are_not_found_and_the_known_ones_are_named() -> None:
    tx = transaction()
    with pytest.raises(NothingFound) as refusal:
        delete_key(tx, "idNme")
    assert refusal.value.hint == "identification keys here: idName, idPhone, idEmail"
    for name in ("idName", "idPhone", "idEmail"):
        delete_key(tx, name)
    with pytest.raises(NothingFound) as refusal:
        delete_key(tx, "idName")
    assert refusal.value.hint == "identification keys here: none"
    with pytest.raises(NothingFound) as refusal:
        delete_schema(tx, "tasks", "x")
    assert refusal.value.hint == "extension schemas here: none"


@pytest.mark.parametrize("kind", ["services", "states", "tasks"])
def test_deleted_schema_takes_the_data_of_its_kind_along(kind: Kind) -> None:
    tx = transaction()
    data = {"Vip": {}, "other": 1}
    tx.store.add_service(service(1, extensions=data))
    tx.store.put_state(1, state(5, extensions=data))
    tx.store.put_task(1, task(7, extensions=data))
    create_schema(tx, kind, {"name": "Vip", "type": "classifier"})
    delete_schema(tx, kind, "VIP")
    rest = {
        "services": tx.store.service(1).extensions,
        "states": tx.store.states(1)[5].extensions,
        "tasks": tx.store.tasks(1)[7].extensions,
    }
    assert rest == dict.fromkeys(rest, data) | {kind: {"other": 1}}
    assert tx.metadata.extension_schemas(kind) == ()


def test_metadata_are_equal_by_what_they_say() -> None:
    changed = PREDEFINED.with_key(IdentificationKey("k", ("Title",)))
    assert changed.without_key(IdentificationKey("k", ("Title",))) == PREDEFINED
    assert changed != PREDEFINED
    assert PREDEFINED != "metadata"
    assert repr(changed) != repr(PREDEFINED)
