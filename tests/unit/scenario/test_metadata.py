"""Profile attributes, extension schemas, identification keys, and customers that have them."""

from __future__ import annotations

import pytest

from cs_simulator.documents.text import read_text
from cs_simulator.domain.metadata import (
    PREDEFINED,
    PREDEFINED_SCHEMA,
    AttributeSchema,
    IdentificationKey,
    Metadata,
)
from cs_simulator.domain.profiles import Profile
from cs_simulator.scenario.snapshot import document, json_text, yaml_text
from cs_simulator.worlds import ServedWorld
from tests.support.problems import sentence
from tests.unit.scenario.support import Folder, base, loaded

WHOLE = """
clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}
profile_attributes:
  - {name: Title, remove: true}
  - {name: LastName, type: string, mandatory: "true", length: "40"}
  - {name: Level, type: Integer, default: 1, encrypt: true}
  - {name: DOB, type: date}
extension_schemas:
  profiles:
    - {name: Address, type: single-valued,
       attributes: [{name: City, type: string}, {name: Since, type: datetime}]}
    - {name: Phone, type: multi-valued, unique: [number, [kind, prefix]],
       attributes: [{name: number, type: string, mandatory: true}, {name: kind, type: long},
                    {name: prefix, type: string}, {name: free, type: boolean, default: "FALSE"}]}
    - {name: Vip, type: classifier}
  tasks: [{name: Note, type: single-valued, attributes: [{name: text, type: string}]}]
identification_keys:
  - {name: idEmail, remove: true}
  - {name: idLevel, attributes: [level, DOB], unique: true}
  - {name: idNumber, source: phone, attributes: [Number]}
customers:
  - {customer_id: C1, LastName: Byron, Level: "7", DOB: [2000-01-01, 1815-12-10],
     PhoneNumber: [1, "2"],
     extensions: {Address: {City: London, Since: 2026-01-01T01:00:00+01:00}, Vip: null,
                  Phone: [{number: 5, kind: "1"}, {number: "6", free: true}]}}
  - {LastName: Lovelace, extensions: {Phone: []}}
"""


def metadata(text: str) -> Metadata:
    return base(text).profiles.metadata


def test_customers_are_kept_by_their_types() -> None:
    first, second = base(WHOLE).profiles
    assert first == Profile(
        "C1",
        {
            "LastName": ("Byron",),
            "Level": (7,),
            "DOB": ("2000-01-01", "1815-12-10"),
            "PhoneNumber": ("1", "2"),
        },
        {
            "Address": ({"City": "London", "Since": "2026-01-01T00:00:00.000Z"},),
            "Vip": ({},),
            "Phone": (
                {"number": "5", "kind": 1, "free": False},
                {"number": "6", "free": True},
            ),
        },
    )
    assert len(second.customer_id) == 16
    assert (second.attributes, second.extensions) == (
        {"LastName": ("Lovelace",), "Level": (1,)},
        {"Phone": ()},
    )


def test_lists_go_on_from_what_is_predefined() -> None:
    found = metadata(WHOLE)
    assert [each.name for each in found.attributes] == [
        "FirstName",
        "LastName",
        "PhoneNumber",
        "EmailAddress",
        "Level",
        "DOB",
    ]
    assert found.attribute("lastname") == AttributeSchema("LastName", length=40, mandatory=True)
    assert found.attribute("level") == AttributeSchema("Level", "integer", 1, encrypt=True)
    assert found.keys == (
        IdentificationKey("idName", ("LastName", "FirstName")),
        IdentificationKey("idPhone", ("PhoneNumber",)),
        IdentificationKey("idLevel", ("Level", "DOB"), None, unique=True),
        IdentificationKey("idNumber", ("number",), "Phone"),
    )
    assert [each.name for each in found.extension_schemas("tasks")] == ["Note"]


@pytest.mark.parametrize(
    ("text", "names", "keys"),
    [
        ("profile_attributes: []", [], []),
        ("profile_attributes: [{remove: true}]", [], []),
        (
            "profile_attributes: [{remove: true}, {name: LastName, type: string}]",
            ["LastName"],
            [],
        ),
        (
            (
                "profile_attributes: [{name: PHONENUMBER, remove: true}]\n"
                "identification_keys: [{name: idX, attributes: [Title]}]"
            ),
            ["FirstName", "LastName", "EmailAddress", "Title"],
            ["idName", "idEmail", "idX"],
        ),
        (
            "identification_keys: []",
            [each.name for each in PREDEFINED_SCHEMA],
            [],
        ),
    ],
)
def test_what_is_predefined_can_go(text: str, names: list[str], keys: list[str]) -> None:
    found = metadata(text)
    assert [each.name for each in found.attributes] == names
    assert [each.name for each in found.keys] == keys


def test_metadata_merge_by_name(folder: Folder) -> None:
    folder.put(
        "parent.yaml",
        "profile_attributes: [{name: Level, type: integer}, {name: Code, type: string}]\n"
        "extension_schemas: {profiles: [{name: A, type: classifier}, {name: B, type: classifier}]}",
    )
    folder.put(
        "child.yaml",
        "extends: parent\nprofile_attributes: [{name: level, type: long}, "
        "{name: Code, remove: true}, {name: More, type: date}]\n"
        "extension_schemas: {profiles: [{name: a, remove: true}, {name: C, type: classifier}]}",
    )
    folder.put(
        "none.yaml", "extends: child\nprofile_attributes: []\nextension_schemas: {profiles: []}"
    )
    folder.put("one.yaml", "extends: none\nprofile_attributes: [{name: Only, type: string}]")
    found = folder.load("child").plan.profiles.metadata
    assert [(each.name, each.type) for each in found.attributes[5:]] == [
        ("level", "long"),
        ("More", "date"),
    ]
    assert [each.name for each in found.extension_schemas("profiles")] == ["B", "C"]
    assert folder.load("none").plan.profiles.metadata == Metadata((), ())
    assert folder.load("one").plan.profiles.metadata == Metadata([AttributeSchema("Only")], ())


def test_mistake_in_what_is_inherited_points_at_the_parent(folder: Folder) -> None:
    folder.put("parent.yaml", "identification_keys: [{name: idX, attributes: [Level]}]")
    folder.put("child.yaml", "extends: parent\nprofile_attributes: [{name: Nr, type: long}]")
    known = "FirstName, LastName, PhoneNumber, EmailAddress, Title, Nr"
    expected = f"one of the attributes of the profile: {known}"
    assert folder.mistakes("child") == [
        sentence("parent.yaml:1:48: identification_keys[0].attributes[0]", expected, "Level"),
    ]


def test_generated_customers_have_what_there_is_room_for() -> None:
    profiles = base(
        "profile_attributes: [{name: Title, type: string, default: Dr}, "
        "{name: FirstName, type: string, length: 2}, {name: LastName, type: integer}, "
        "{name: EmailAddress, remove: true}]\ngenerate: {customers: {count: 3}}"
    ).profiles
    for profile in profiles:
        assert sorted(profile.attributes) == ["FirstName", "PhoneNumber", "Title"]
        assert profile.attributes["Title"] == ("Dr",)
        assert len(profile.attributes["FirstName"][0]) == 2


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        "profile_attributes: []",
        "identification_keys: []",
        "profile_attributes: [{name: LastName, remove: true}]",
        "identification_keys: [{remove: true}, {name: idEmail, attributes: [EmailAddress]}]",
        "extension_schemas: {services: [{name: A, type: classifier}]}",
    ],
)
def test_snapshot_gives_the_same_metadata_and_customers(text: str) -> None:
    world = ServedWorld("one", loaded(text))
    snapshot = world.snapshot()
    for written in (json_text(snapshot), yaml_text(snapshot)):
        copy = ServedWorld("again", loaded(written)).snapshot()
        assert copy.metadata == snapshot.metadata
        assert copy.profiles == snapshot.profiles
        assert document(copy) == document(snapshot)
        assert read_text(written, "s") == document(snapshot)


def test_snapshot_says_nothing_of_what_is_predefined() -> None:
    snapshot = ServedWorld("one", loaded("customers: [{FirstName: Ada}]")).snapshot()
    assert snapshot.metadata == PREDEFINED
    keys = {"profile_attributes", "extension_schemas", "identification_keys"}
    assert not keys & set(document(snapshot))


def test_interactions_of_a_customer_who_is_gone_are_kept() -> None:
    world = ServedWorld(
        "one",
        loaded(
            "customers: [{customer_id: C}]\n"
            "interactions: [{customer_id: C, interaction_id: i, media_type: chat}]"
        ),
    )
    world.begin().profiles.remove("C")
    copy = ServedWorld("again", loaded(json_text(world.snapshot())))
    assert [each.customer_id for each in copy.snapshot().interactions] == ["C"]
