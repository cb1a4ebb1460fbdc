"""Profiles: stored under unique keys, indexed, and copied without being shared."""

from __future__ import annotations

import pytest

from cs_simulator.domain.errors import BadValues, Conflict, NothingFound
from cs_simulator.domain.identification import identify
from cs_simulator.domain.metadata import (
    PREDEFINED,
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
)
from cs_simulator.domain.profiles import Profile, Profiles, key_values
from tests.unit.domain.support import index_of, three_profiles

UNIQUE_PHONE = IdentificationKey("idUnique", ("PhoneNumber", "Title"), unique=True)
PHONE = ExtensionSchema(
    "Phone", "multi-valued", (AttributeSchema("number"), AttributeSchema("kind")), (("number",),)
)


def filled(*keys: IdentificationKey) -> Profiles:
    metadata = PREDEFINED.with_schema("profiles", PHONE)
    for key in keys:
        metadata = metadata.with_key(key)
    return three_profiles(metadata)


def found(profiles: Profiles, **criteria: list[str]) -> list[str]:
    return [each.customer_id for each in identify(profiles, criteria)]


def test_unknown_profile() -> None:
    profiles = filled()
    assert "1" in profiles
    assert profiles.get("1").attributes["FirstName"] == ("Ada",)
    with pytest.raises(NothingFound, match="No customer profile with id 9"):
        profiles.get("9")


@pytest.mark.parametrize(
    ("names", "weight"), [({"customer_id": "7"}, 3), ({"customer_id": "1"}, 0), ({}, 0)]
)
def test_customer_of_a_path_weighs_what_it_has_of_extensions(
    names: dict[str, str], weight: int
) -> None:
    profiles = filled()
    profiles.add(Profile("7", {}, {"Phone": ({"number": "1"}, {"number": "2"}), "Vip": ({},)}))
    assert profiles.weight(names) == weight


def test_combinations_of_a_customer_end_at_what_is_lacking() -> None:
    key = IdentificationKey("k", ("LastName", "FirstName", "Title"))
    names = {"LastName": ("a", "b", "a"), "FirstName": ("x", "y")}
    assert list(key_values(key, Profile("1", names))) == [
        ("a", "x"),
        ("a", "y"),
        ("b", "x"),
        ("b", "y"),
    ]
    assert list(key_values(key, Profile("1", {"FirstName": ("x",), "Title": ("Dr",)}))) == []


def test_each_record_of_an_extension_is_one_combination() -> None:
    key = IdentificationKey("k", ("number", "kind"), "Phone")
    records = ({"number": "1", "kind": "h"}, {"number": "2"}, {"kind": "m"})
    profile = Profile("1", {}, {"Phone": records})
    assert list(key_values(key, profile)) == [("1", "h"), ("2",)]


def test_replacing_and_removing_keep_the_indexes_in_step() -> None:
    profiles = filled()
    profiles.replace(Profile("2", {"LastName": ("Lovelace", "King"), "FirstName": ("Ada",)}))
    profiles.remove("1")
    assert found(profiles, LastName=["Lovelace"]) == ["2"]
    assert found(profiles, LastName=["King"], FirstName=["Ada"]) == ["2"]
    assert found(profiles, PhoneNumber=["+44"]) == []
    assert index_of(profiles) == index_of(profiles, anew=True)


def test_order_is_that_of_creation_whatever_was_removed() -> None:
    profiles = filled()
    profiles.remove("1")
    profiles.add(Profile("0", {"LastName": ("Byron",)}))
    profiles.replace(Profile("2", {"LastName": ("Byron",)}))
    assert found(profiles, LastName=["Byron"]) == ["2", "3", "0"]
    assert [each.customer_id for each in profiles] == ["2", "3", "0"]


def test_copies_never_see_each_others_changes() -> None:
    profiles = filled()
    twin = profiles.copy()
    third = twin.copy()
    twin.add(Profile("4", {"LastName": ("Lovelace",)}))
    profiles.add(Profile("5", {"LastName": ("Lovelace",)}))
    third.remove("1")
    assert found(profiles, LastName=["Lovelace"]) == ["1", "2", "5"]
    assert found(twin, LastName=["Lovelace"]) == ["1", "2", "4"]
    assert found(third, LastName=["Lovelace"]) == ["2"]
    assert [len(each) for each in (profiles, twin, third)] == [4, 4, 2]
    for each in (profiles, twin, third):
        assert index_of(each) == index_of(each, anew=True)


def test_copies_never_see_each_others_metadata() -> None:
    profiles = filled()
    twin = profiles.copy()
    before = profiles.metadata
    twin.add_key(IdentificationKey("idTitle", ("Title",)))
    twin.remove_key(twin.metadata.keys[0])
    twin.add_schema("services", ExtensionSchema("coupon", "classifier"))
    twin.remove_schema("profiles", PHONE)
    twin.add(Profile("4", {"Title": ("Dr",)}))
    assert profiles.metadata is before
    assert [key.name for key in profiles.metadata.keys] == ["idName", "idPhone", "idEmail"]
    assert [key.name for key in twin.metadata.keys] == ["idPhone", "idEmail", "idTitle"]
    assert twin.metadata.extension_schemas("profiles") == ()
    assert found(twin, Title=["Dr"]) == ["4"]
    with pytest.raises(BadValues):
        found(profiles, Title=["Dr"])
    assert found(profiles, LastName=["Byron"]) == ["2", "3"]


def test_unique_key_holds_for_all_its_attributes_together() -> None:
    profiles = filled(UNIQUE_PHONE)
    taken = Profile("4", {"PhoneNumber": ("1", "2"), "Title": ("Dr",)})
    profiles.add(taken)
    profiles.add(Profile("5", {"PhoneNumber": ("2",)}))
    profiles.add(Profile("6", {"PhoneNumber": ("2",), "Title": ("Prof",)}))
    profiles.check(taken)
    same = Profile("7", {"PhoneNumber": ("9", "2"), "Title": ("Prof", "Dr")})
    with pytest.raises(Conflict, match="already has PhoneNumber '2', Title 'Prof'"):
        profiles.check(same)
    profiles.check(same, besides=["4", "6"])
    with pytest.raises(Conflict, match="customer 4 already has"):
        profiles.check(same, besides=["6"])


def test_adding_many_refuses_all_where_two_of_them_share_a_unique_key() -> None:
    profiles = filled(UNIQUE_PHONE)
    before = index_of(profiles)
    both = {"PhoneNumber": ("1",), "Title": ("Dr",)}
    with pytest.raises(Conflict, match="customer 4 already has"):
        profiles.add_all([Profile("4", both), Profile("5", both)])
    assert (len(profiles), index_of(profiles)) == (3, before)


def test_values_of_a_part_of_a_unique_key_do_not_hide_what_is_shared() -> None:
    profiles = filled(UNIQUE_PHONE)
    both = {"PhoneNumber": ("1",), "Title": ("Dr",)}
    with pytest.raises(Conflict, match="customer 5 already has"):
        profiles.add_all(
            [Profile("4", {"PhoneNumber": ("1",)}), Profile("5", both), Profile("6", both)]
        )


def test_new_key_finds_what_is_there() -> None:
    profiles = filled()
    profiles.add_key(IdentificationKey("idFirst", ("FirstName", "LastName")))
    assert found(profiles, FirstName=["Ada"]) == ["1", "3"]
    assert index_of(profiles) == index_of(profiles, anew=True)


def test_new_unique_key_is_refused_where_two_customers_share_it() -> None:
    profiles = filled()
    before = profiles.metadata
    with pytest.raises(Conflict, match="customers 1 and 3 both have FirstName 'Ada'"):
        profiles.add_key(IdentificationKey("idFirst", ("FirstName",), unique=True))
    assert profiles.metadata is before
    profiles.add_key(IdentificationKey("idFirst", ("FirstName", "LastName"), unique=True))


def test_too_many_combinations_are_refused() -> None:
    profiles = filled()
    many = tuple(str(number) for number in range(101))
    profile = Profile("4", {"LastName": many, "FirstName": many})
    with pytest.raises(BadValues, match="at most 10000 combinations of them, as idName needs"):
        profiles.check(profile)
    with pytest.raises(BadValues):
        profiles.check(profile._replace(customer_id="1"))


def test_as_many_combinations_as_are_allowed_are_taken() -> None:
    profiles = filled()
    names = tuple(str(number) for number in range(100))
    profiles.check(Profile("4", {"LastName": names, "FirstName": names}))
    profiles.check(Profile("5", {"LastName": tuple(map(str, range(10_000)))}))
    with pytest.raises(BadValues) as refusal:
        profiles.check(Profile("6", {"LastName": names, "FirstName": (*names, "one more")}))
    [problem] = refusal.value.problems
    assert (problem.at, problem.found) == ("LastName, FirstName", 10_100)


def test_profiles_are_copied_by_the_first_change_alone() -> None:
    profiles = filled()
    first = profiles._profiles
    profiles.remove("1")
    assert profiles._profiles is first
    twin = profiles.copy()
    twin.remove("2")
    own = twin._profiles
    assert own is not first
    twin.remove("3")
    assert twin._profiles is own


def test_deleted_schema_takes_the_records_along() -> None:
    profiles = filled()
    profiles.replace(profiles.get("1")._replace(extensions={"Phone": ({"number": "1"},)}))
    twin = profiles.copy()
    profiles.remove_schema("profiles", PHONE)
    assert profiles.get("1").extensions == {}
    assert twin.get("1").extensions == {"Phone": ({"number": "1"},)}


def test_no_schema_at_all_has_no_internal_attributes_either() -> None:
    assert Metadata(()).attribute("LastCalledAgent_EmployeeID") is None
    assert PREDEFINED.attribute("lastcalledagent_employeeid") is not None
