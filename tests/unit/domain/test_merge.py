"""Merging: nothing is lost but what collides, and nothing is half done."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.domain.errors import BadValues, Conflict
from cs_simulator.domain.identification import identify
from cs_simulator.domain.merging import merge_profiles
from cs_simulator.domain.metadata import (
    PREDEFINED,
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
)
from cs_simulator.domain.profiles import Profile, Profiles
from cs_simulator.domain.transaction import Transaction
from tests.unit.domain.support import check_indexes, index_of, service, transaction

ADDRESS = ExtensionSchema("Address", "single-valued", (AttributeSchema("city"),))
NOTES = ExtensionSchema("Notes", "multi-valued", (AttributeSchema("text"),))
PHONE = ExtensionSchema(
    "Phone",
    "multi-valued",
    (AttributeSchema("number"), AttributeSchema("kind")),
    (("number",), ("kind",)),
)
VIP = ExtensionSchema("Vip", "classifier")


def customers(*profiles: Profile, unique: bool = False) -> Transaction:
    tx = transaction()
    metadata = PREDEFINED
    for schema in (ADDRESS, NOTES, PHONE, VIP):
        metadata = metadata.with_schema("profiles", schema)
    if unique:
        metadata = metadata.with_key(
            IdentificationKey("idWhole", ("LastName", "FirstName"), unique=True)
        )
    tx.profiles = Profiles(metadata)
    tx.profiles.add_all(profiles)
    return tx


def merge(
    tx: Transaction,
    destination: str = "D",
    source: str = "S",
    *,
    keep_source: bool = False,
    only_active: bool = False,
    with_services: bool = False,
) -> Profile:
    merge_profiles(
        tx,
        tx.profiles.get(destination),
        tx.profiles.get(source),
        keep_source=keep_source,
        only_active=only_active,
        with_services=with_services,
    )
    assert source not in tx.profiles
    assert index_of(tx.profiles) == index_of(tx.profiles, anew=True)
    return tx.profiles.get(destination)


def test_values_are_joined_each_once_those_of_the_destination_first() -> None:
    tx = customers(
        Profile("S", {"FirstName": ("ada", "Ada"), "Title": ("Dr",)}),
        Profile("D", {"FirstName": ("Ada", "A."), "LastName": ("King",)}),
    )
    assert merge(tx).attributes == {
        "FirstName": ("Ada", "A.", "ada"),
        "LastName": ("King",),
        "Title": ("Dr",),
    }
    found = identify(tx.profiles, {"LastName": ["King"], "FirstName": ["ada"]})
    assert [each.customer_id for each in found] == ["D"]


@pytest.mark.parametrize("keep_source", [False, True])
def test_what_collides_stays_as_the_option_says(keep_source: bool) -> None:
    tx = customers(
        Profile(
            "D",
            {},
            {
                "Address": ({"city": "Paris"},),
                "Notes": ({"text": "a"},),
                "Phone": ({"number": "1", "kind": "home"}, {"number": "2"}),
            },
        ),
        Profile(
            "S",
            {},
            {
                "Address": ({"city": "Rome"},),
                "Notes": ({"text": "a"}, {"text": "b"}),
                "Phone": ({"number": "3", "kind": "home"}, {"number": "4"}),
                "Vip": ({},),
            },
        ),
    )
    merged = merge(tx, keep_source=keep_source).extensions
    assert merged["Address"] == ({"city": "Rome" if keep_source else "Paris"},)
    assert merged["Notes"] == ({"text": "a"}, {"text": "a"}, {"text": "b"})
    assert merged["Vip"] == ({},)
    home = {"number": "3" if keep_source else "1", "kind": "home"}
    assert home in merged["Phone"]
    assert sorted(each["number"] for each in merged["Phone"]) == sorted([home["number"], "2", "4"])


def test_extension_that_only_one_side_has_is_kept() -> None:
    tx = customers(
        Profile("D", {}, {"Notes": ({"text": "a"},)}),
        Profile("S", {}, {"Address": ({"city": "Rome"},)}),
    )
    assert merge(tx).extensions == {"Notes": ({"text": "a"},), "Address": ({"city": "Rome"},)}


def test_a_customer_is_not_merged_with_itself() -> None:
    tx = customers(Profile("D", {}))
    with pytest.raises(BadValues, match="src_id: expected a customer other than"):
        merge(tx, "D", "D")
    assert "D" in tx.profiles


def test_unique_key_of_a_third_customer_refuses_all() -> None:
    tx = customers(
        Profile("D", {"LastName": ("Smith",), "FirstName": ("Ada",)}),
        Profile("S", {"LastName": ("Jones",), "FirstName": ("Bob",)}),
        Profile("T", {"LastName": ("Smith",), "FirstName": ("Bob",)}),
        unique=True,
    )
    before = list(tx.profiles), index_of(tx.profiles)
    with pytest.raises(Conflict, match="idWhole is unique, but customer T already has"):
        merge(tx)
    assert (list(tx.profiles), index_of(tx.profiles)) == before


def test_unique_key_lets_source_and_destination_share() -> None:
    same = {"LastName": ("Smith",), "FirstName": ("Ada",)}
    tx = customers(Profile("D", same), Profile("S", {"LastName": ("Smith",)}), unique=True)
    assert merge(tx).attributes == same


def test_unique_key_of_the_source_goes_over_to_the_destination() -> None:
    tx = customers(
        Profile("D", {"LastName": ("Smith",), "FirstName": ("Ada",)}),
        Profile("S", {"LastName": ("Jones",), "FirstName": ("Bob",)}),
        unique=True,
    )
    assert merge(tx).attributes == {"LastName": ("Smith", "Jones"), "FirstName": ("Ada", "Bob")}


@pytest.mark.parametrize(
    ("with_services", "only_active", "left"),
    [
        (False, True, {1: "D", 2: "S", 3: "S", 4: "T"}),
        (True, False, {1: "D", 2: "D", 3: "D", 4: "T"}),
        (True, True, {1: "D", 2: "D", 4: "T"}),
    ],
)
def test_services_move_as_edition_and_option_say(
    with_services: bool, only_active: bool, left: dict[int, str]
) -> None:
    tx = customers(Profile("D", {}), Profile("S", {}))
    tx.store.add_services(
        [
            service(1, "D", completed_at=5),
            service(2, "S"),
            service(3, "S", completed_at=5),
            service(4, "T"),
        ]
    )
    merge(tx, with_services=with_services, only_active=only_active)
    assert {each.number: each.customer_id for each in tx.store.services()} == left
    check_indexes(tx.store)


TEXTS = st.sampled_from(["a", "A", "b", "c"])
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(TEXTS, min_size=1, max_size=3).map(tuple) for name in ("LastName", "Title")
    },
)
RECORDS = st.lists(st.fixed_dictionaries({}, optional={"number": TEXTS, "kind": TEXTS}), max_size=3)


def apart(records: list[dict[str, str]]) -> tuple[dict[str, str], ...]:
    """Return records of which no two share what is unique."""
    kept: list[dict[str, str]] = []
    for record in records:
        if not any(collide(record, each) for each in kept):
            kept.append(record)
    return tuple(kept)


def collide(one: Any, other: Any) -> bool:
    return any(one.get(name) is not None and one.get(name) == other.get(name) for name in one)


@given(ATTRIBUTES, ATTRIBUTES, RECORDS.map(apart), RECORDS.map(apart), st.booleans())
def test_merge_loses_nothing_but_what_collides(
    of_destination: dict[str, tuple[str, ...]],
    of_source: dict[str, tuple[str, ...]],
    kept: tuple[dict[str, str], ...],
    added: tuple[dict[str, str], ...],
    keep_source: bool,
) -> None:
    tx = customers(
        Profile("D", of_destination, {"Phone": kept, "Notes": ({"text": "x"},)}),
        Profile("S", of_source, {"Phone": added, "Notes": ({"text": "x"},)}),
    )
    merged = merge(tx, keep_source=keep_source)
    for name in ("LastName", "Title"):
        both = (*of_destination.get(name, ()), *of_source.get(name, ()))
        assert set(merged.attributes.get(name, ())) == set(both)
        if both:
            assert merged.attributes[name][0] == both[0]
    phones = merged.extensions["Phone"]
    assert apart(list(map(dict, phones))) == phones
    winners, losers = (added, kept) if keep_source else (kept, added)
    assert all(each in phones for each in winners)
    for record in losers:
        assert record in phones or any(collide(record, each) for each in winners)
    assert len(merged.extensions["Notes"]) == 2
