"""Customers: what a refusal of their members says, and what is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cs_simulator.domain.customers import (
    create_profile,
    delete_record,
    insert_extensions,
    update_profile,
    update_record,
)
from cs_simulator.domain.errors import BadValues, Conflict
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.metadata import (
    PREDEFINED,
    PREDEFINED_SCHEMA,
    AttributeSchema,
    ExtensionSchema,
    Metadata,
)
from cs_simulator.domain.profiles import Profile, Profiles
from cs_simulator.domain.setup import Setup
from cs_simulator.domain.transaction import Transaction
from tests.unit.domain.support import transaction

PHONE = ExtensionSchema(
    "Phone",
    "multi-valued",
    (
        AttributeSchema("number", "integer", mandatory=True),
        AttributeSchema("kind", mandatory=True),
        AttributeSchema("note"),
    ),
    (("number",),),
)
CARD = ExtensionSchema("Card", "multi-valued", (AttributeSchema("id"),), (("id",),))
VIP = ExtensionSchema("Vip", "classifier")
HOME = {"number": 1, "kind": "home"}
NAMES = ", ".join(attribute.name for attribute in PREDEFINED_SCHEMA)

Change = Callable[[Transaction, Profile, dict[str, Any]], object]


def world(metadata: Metadata | None = None, **switches: str) -> Transaction:
    """Return a transaction on customer C, who has a phone."""
    if metadata is None:
        metadata = PREDEFINED
        for schema in (PHONE, CARD, VIP):
            metadata = metadata.with_schema("profiles", schema)
    tx = transaction(setup=Setup(fidelity=Fidelity(**switches)))
    tx.profiles = Profiles(metadata)
    tx.profiles.add(Profile("C", {"FirstName": ("Ada",)}, {"Phone": (HOME,)}))
    return tx


def create(tx: Transaction, _: Profile, members: dict[str, Any]) -> None:
    create_profile(tx, members)


def update_phone(tx: Transaction, profile: Profile, members: dict[str, Any]) -> None:
    update_record(tx, profile, "phone", members)


def delete_phone(tx: Transaction, profile: Profile, members: dict[str, Any]) -> None:
    delete_record(tx, profile, "phone", members)


def problems(
    change: Change, members: dict[str, Any], tx: Transaction | None = None
) -> list[tuple[str, str, object]]:
    """Return what a change is refused for: each member, what was expected, and what came."""
    tx = tx or world()
    before = list(tx.profiles)
    with pytest.raises(BadValues) as refusal:
        change(tx, tx.profiles.get("C"), members)
    assert list(tx.profiles) == before
    return [(each.at, each.expected, each.found) for each in refusal.value.problems]


KNOWN = f"one of the profile's attributes: {NAMES}, or of its extensions: Phone, Card, Vip"


@pytest.mark.parametrize("change", [create, update_profile])
@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"shoe": 43, "hat": [5]}, [("shoe", KNOWN, 43), ("hat", KNOWN, [5])]),
        (
            {"Title": "Dr", "TITLE": "Ms", "shoe": 1},
            [("TITLE", "Title only once (names differ only in case)", "Ms"), ("shoe", KNOWN, 1)],
        ),
        (
            {"Vip": {}, "vip": 5, "shoe": 1},
            [("vip", "Vip only once (names differ only in case)", 5), ("shoe", KNOWN, 1)],
        ),
        ({"Title": None, "Phone": None, "shoe": 1}, [("shoe", KNOWN, 1)]),
        ({"boot": None, "shoe": 1}, [("shoe", KNOWN, 1)]),
        ({"Title": 1.5, "shoe": 1}, [("Title", "a string", 1.5), ("shoe", KNOWN, 1)]),
    ],
)
def test_every_bad_member_of_a_profile_is_told_with_what_came(
    change: Change, members: dict[str, Any], expected: list[tuple[str, str, object]]
) -> None:
    assert problems(change, members) == expected


def test_members_that_are_null_hide_none_that_follow() -> None:
    tx = world()
    made = create_profile(tx, {"Title": None, "boot": None, "Vip": None, "LastName": "Byron"})
    assert (made.attributes, dict(made.extensions)) == ({"LastName": ("Byron",)}, {"Vip": ({},)})


def test_profile_without_extensions_names_its_attributes_alone() -> None:
    tx = world(Metadata())
    [(_, expected, _)] = problems(create, {"shoe": 1}, tx)
    assert expected == f"one of the profile's attributes: {NAMES}"


def test_mandatory_attribute_that_is_wrong_is_told_once() -> None:
    tx = world(Metadata([*PREDEFINED_SCHEMA, AttributeSchema("Age", "integer", mandatory=True)]))
    assert problems(create, {"Age": "x"}, tx) == [("Age", "a 32-bit integer", "x")]


@pytest.mark.parametrize("change", [update_profile, insert_extensions, update_phone, delete_phone])
def test_id_of_another_customer_is_told_with_what_came(change: Change) -> None:
    wanted = "C, as in the path, or no customer_id"
    for given in ("D", ["C"]):
        members = {"customer_id": given, "number": 1} if "phone" in change.__name__ else {}
        assert problems(change, {"customer_id": given, **members}) == [
            ("customer_id", wanted, given)
        ]


def test_every_bad_extension_is_told_with_what_came() -> None:
    known = "one of the extensions of profiles: Phone, Card, Vip"
    given = {"shoe": 43, "Vip": {}, "VIP": 5, "Title": "Dr"}
    assert problems(insert_extensions, given) == [
        ("shoe", known, 43),
        ("VIP", "Vip only once (names differ only in case)", 5),
        ("Title", known, "Dr"),
    ]


def test_records_that_share_what_is_unique_are_told_of_every_extension() -> None:
    tx = world()
    two_of_each = {"Phone": [HOME, HOME], "Card": [{"id": "a"}, {"id": "a"}]}
    with pytest.raises(Conflict) as refusal:
        create_profile(tx, two_of_each)
    assert str(refusal.value) == (
        "Phone[1] and Phone[0] share number, which is unique; "
        "Card[1] and Card[0] share id, which is unique"
    )


@pytest.mark.parametrize("change", [update_record, delete_record])
def test_records_are_selected_in_extensions_that_have_several(change: Any) -> None:
    tx = world()
    with pytest.raises(BadValues) as refusal:
        change(tx, tx.profiles.get("C"), "Vip", {"number": 1})
    [problem] = refusal.value.problems
    assert (problem.at, problem.expected, problem.found) == (
        "name",
        "a multi-valued extension whose schema has unique attributes",
        "Vip",
    )


def test_record_is_selected_without_its_mandatory_attributes() -> None:
    tx = world()
    update_record(tx, tx.profiles.get("C"), "Phone", {"number": "1", "note": "old"})
    assert tx.profiles.get("C").extensions == {"Phone": ({**HOME, "note": "old"},)}
    delete_record(tx, tx.profiles.get("C"), "Phone", {"number": 1})
    assert tx.profiles.get("C").extensions == {"Phone": ()}


@pytest.mark.parametrize("customer_id", ["1", "x" * 16])
def test_id_of_ones_own(customer_id: str) -> None:
    tx = world(custom_ids="accept")
    assert create_profile(tx, {"customer_id": customer_id}).customer_id == customer_id


@pytest.mark.parametrize("customer_id", ["", "x" * 17, "\ud800"])
def test_id_of_ones_own_that_cannot_be(customer_id: str) -> None:
    assert problems(create, {"customer_id": customer_id}, world(custom_ids="accept")) == [
        ("customer_id", "1 to 16 characters", customer_id)
    ]
