"""Profiles: found by the values of their attributes, and copied without being shared."""

from __future__ import annotations

import pytest

from simulator.domain.errors import BadValues, NothingFound
from simulator.domain.profiles import (
    PREDEFINED_KEYS,
    IdentificationKey,
    Profile,
    Profiles,
    infer_key,
)


def filled() -> Profiles:
    profiles = Profiles()
    profiles.add_all(
        [
            Profile("1", {"FirstName": ("Ada",), "LastName": ("Lovelace",)}),
            Profile("2", {"LastName": ("Byron", "Lovelace"), "PhoneNumber": ("+44", "+33")}),
            Profile("3", {"FirstName": ("Ada",), "LastName": ("Byron",)}),
        ]
    )
    return profiles


def found(profiles: Profiles, **criteria: list[str]) -> list[str]:
    return [each.customer_id for each in profiles.identify(criteria)]


def test_any_value_of_an_attribute_identifies() -> None:
    profiles = filled()
    assert found(profiles, LastName=["Lovelace"]) == ["1", "2"]
    assert found(profiles, LastName=["Byron", "Lovelace"]) == ["1", "2", "3"]
    assert found(profiles, PhoneNumber=["+33"]) == ["2"]


def test_every_attribute_must_fit() -> None:
    profiles = filled()
    assert found(profiles, LastName=["Lovelace"], FirstName=["Ada"]) == ["1"]
    assert found(profiles, LastName=["Lovelace"], FirstName=["ada"]) == []


def test_unknown_attributes_and_keys_are_named_with_the_known_ones() -> None:
    with pytest.raises(BadValues) as refusal:
        filled().identify({"Lastname": ["x"]}, "idNme")
    assert [problem.member for problem in refusal.value.problems] == ["Lastname", "id_key"]
    assert "LastName" in refusal.value.problems[0].expected
    assert "idName (LastName, FirstName)" in refusal.value.problems[1].expected


@pytest.mark.parametrize("id_key", [None, "idName"])
def test_no_usable_key_is_refused(id_key: str | None) -> None:
    with pytest.raises(BadValues):
        filled().identify({"FirstName": ["Ada"]}, id_key)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (["PhoneNumber"], "idPhone"),
        (["LastName"], "idName"),
        (["LastName", "EmailAddress"], "idEmail"),
        (["FirstName"], None),
        ([], None),
    ],
)
def test_key_of_attributes(given: list[str], name: str | None) -> None:
    key = infer_key(PREDEFINED_KEYS, given)
    assert (key and key.name) == name


def test_the_longer_row_from_the_left_wins_and_the_earlier_of_two() -> None:
    keys = [
        IdentificationKey("one", ("a", "x")),
        IdentificationKey("two", ("a", "b", "x")),
        IdentificationKey("three", ("a", "b", "y")),
    ]
    key = infer_key(keys, ["a", "b"])
    assert key is keys[1]


def test_unknown_profile() -> None:
    profiles = filled()
    assert "1" in profiles
    assert profiles.get("1").attributes["FirstName"] == ("Ada",)
    with pytest.raises(NothingFound, match="There is no customer profile with id 9"):
        profiles.get("9")


def test_copies_never_see_each_others_changes() -> None:
    profiles = filled()
    twin = profiles.copy()
    third = twin.copy()
    twin.add(Profile("4", {"LastName": ("Lovelace",)}))
    profiles.add(Profile("5", {"LastName": ("Lovelace",)}))
    assert found(profiles, LastName=["Lovelace"]) == ["1", "2", "5"]
    assert found(twin, LastName=["Lovelace"]) == ["1", "2", "4"]
    assert found(third, LastName=["Lovelace"]) == ["1", "2"]
    assert [len(each) for each in (profiles, twin, third)] == [4, 4, 3]
