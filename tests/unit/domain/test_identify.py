"""Identification: which key is meant, and that an index finds what a scan finds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.identification import (
    Criteria,
    _looked_up,
    identify,
    infer_key,
    matches,
    read_criteria,
)
from cs_simulator.domain.metadata import (
    PREDEFINED,
    PREDEFINED_KEYS,
    PREDEFINED_SCHEMA,
    AttributeSchema,
    ExtensionSchema,
    IdentificationKey,
    Metadata,
)
from cs_simulator.domain.profiles import Profile, Profiles
from tests.unit.domain.support import index_of, three_profiles

PHONE = ExtensionSchema(
    "Phone", "multi-valued", (AttributeSchema("number"), AttributeSchema("kind", "integer"))
)
TYPED = Metadata(
    [*PREDEFINED_SCHEMA, AttributeSchema("Age", "integer"), AttributeSchema("Vip", "boolean")],
    [
        *PREDEFINED_KEYS,
        IdentificationKey("idAge", ("Age", "Vip", "Title")),
        IdentificationKey("idExt", ("number", "kind"), "Phone"),
    ],
    {"profiles": (PHONE,)},
)


def found(profiles: Profiles, **criteria: list[str]) -> list[str]:
    return found_by(profiles, criteria)


def found_by(
    profiles: Profiles, criteria: Mapping[str, list[str]], id_key: str | None = None
) -> list[str]:
    return [each.customer_id for each in identify(profiles, criteria, id_key)]


def test_any_value_of_an_attribute_identifies() -> None:
    profiles = three_profiles()
    assert found(profiles, LastName=["Lovelace"]) == ["1", "2"]
    assert found(profiles, LastName=["Byron", "Lovelace"]) == ["1", "2", "3"]
    assert found(profiles, PhoneNumber=["+33"]) == ["2"]


def test_every_attribute_must_fit() -> None:
    profiles = three_profiles()
    assert found(profiles, LastName=["Lovelace"], FirstName=["Ada"]) == ["1"]
    assert found(profiles, LastName=["Lovelace"], FirstName=["ada"]) == []


def test_names_are_found_in_any_case_and_meet_in_one_attribute() -> None:
    profiles = three_profiles()
    assert found_by(profiles, {"lastname": ["Lovelace"]}, "IDNAME") == ["1", "2"]
    assert found(profiles, lastname=["Lovelace"], LASTNAME=["Byron"]) == ["1", "2", "3"]


def test_unknown_attributes_and_keys_are_named_with_the_known_ones() -> None:
    with pytest.raises(BadValues) as refusal:
        identify(
            three_profiles(TYPED), {"Lastnam": ["x"], "Phone.x": ["1"], "Age": ["old"]}, "idNme"
        )
    problems = refusal.value.problems
    assert [each.at for each in problems] == ["Lastnam", "Phone.x", "Age", "id_key"]
    assert "LastName" in problems[0].expected
    assert "Phone.number, Phone.kind" in problems[1].expected
    assert problems[2].expected == "a 32-bit integer"
    assert "idName (LastName, FirstName)" in problems[3].expected
    assert "idExt (Phone.number, Phone.kind)" in problems[3].expected


@pytest.mark.parametrize("id_key", [None, "idName"])
def test_no_usable_key_is_refused(id_key: str | None) -> None:
    with pytest.raises(BadValues, match=r"first attribute of .*idName"):
        identify(three_profiles(), {"FirstName": ["Ada"]}, id_key)


def test_no_key_at_all_says_so() -> None:
    with pytest.raises(BadValues, match="none exist"):
        identify(three_profiles(Metadata(keys=())), {"FirstName": ["Ada"]})


def test_records_answer_for_themselves() -> None:
    profiles = Profiles(TYPED)
    records = ({"number": "1", "kind": 1}, {"number": "2", "kind": 2})
    profiles.add(Profile("1", {"Title": ("Dr",)}, {"Phone": records}))
    assert found_by(profiles, {"Phone.number": ["1"]}) == ["1"]
    assert found_by(profiles, {"phone.NUMBER": ["1"], "Phone.kind": ["1"]}) == ["1"]
    assert found_by(profiles, {"Phone.number": ["1"], "Phone.kind": ["2"]}) == []
    assert found_by(profiles, {"Phone.number": ["2"], "Title": ["Dr"]}) == ["1"]
    assert found_by(profiles, {"Phone.number": ["2"], "Title": ["Mr"]}) == []


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        (["PhoneNumber"], "idPhone"),
        (["LastName"], "idName"),
        (["LastName", "EmailAddress"], "idEmail"),
        (["FirstName"], None),
        ([], None),
    ],
)
def test_key_of_attributes(given_: list[str], name: str | None) -> None:
    key = infer_key(PREDEFINED_KEYS, given_)
    assert (key and key.name) == name


def test_the_longer_row_from_the_left_wins_and_the_earlier_of_two() -> None:
    keys = [
        IdentificationKey("one", ("a", "x")),
        IdentificationKey("two", ("a", "b", "x")),
        IdentificationKey("three", ("a", "b", "y")),
    ]
    key = infer_key(keys, ["a", "b"])
    assert key is keys[1]


def test_profile_without_extensions_names_its_attributes_alone() -> None:
    with pytest.raises(BadValues) as refusal:
        identify(three_profiles(), {"Lastnam": ["x"]})
    [problem] = refusal.value.problems
    names = ", ".join(attribute.name for attribute in PREDEFINED_SCHEMA)
    assert problem.expected == f"one of the profile's attributes: {names}"


def test_more_values_than_are_looked_up_are_compared() -> None:
    profiles = three_profiles()
    many = [f"x{number}" for number in range(200)]
    query = {"LastName": [*many, "Byron"], "FirstName": [*many, "Ada"]}
    assert found_by(profiles, query) == ["3"]


def test_looking_up_is_bounded_whatever_is_asked() -> None:
    key = IdentificationKey("k", ("LastName", "FirstName", "Title"))
    texts = [f"x{number}" for number in range(30)]
    criteria = read_criteria(PREDEFINED, dict.fromkeys(key.attributes, texts), [])
    assert [len(values) for values in _looked_up(key, criteria)] == [30, 30]
    criteria = read_criteria(
        PREDEFINED, {"LastName": texts[:25], "FirstName": texts, "Title": texts[:2]}, []
    )
    assert [len(values) for values in _looked_up(key, criteria)] == [25, 30]
    criteria = read_criteria(
        PREDEFINED, {"LastName": texts[:25], "FirstName": texts[:20], "Title": texts[:2]}, []
    )
    assert [len(values) for values in _looked_up(key, criteria)] == [25, 20, 2]


def test_attribute_of_an_extension_may_have_a_dot_in_its_name() -> None:
    dotted = ExtensionSchema("Phone", "multi-valued", (AttributeSchema("a.b"),))
    found_column = PREDEFINED.with_schema("profiles", dotted).column("phone.A.B")
    assert found_column == ("Phone", dotted.attributes[0])


def test_full_key_walks_only_what_it_returns() -> None:
    profiles = Profiles()
    profiles.add_all(
        Profile(f"{n:03}", {"LastName": ("Smith",), "FirstName": (f"F{n}",)}) for n in range(500)
    )
    key = profiles.metadata.keys[0]
    assert len(profiles.having(key, [("Smith",)])) == 500
    assert len(profiles.having(key, [("Smith", "F7")])) == 1


NAMES = st.sampled_from(["Ada", "Bob", ""])
AGES = st.sampled_from([1, 2, -3])
RECORD = st.fixed_dictionaries({}, optional={"number": NAMES, "kind": AGES})


def many(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, min_size=1, max_size=3).map(tuple)


PROFILES = st.lists(
    st.builds(
        lambda attributes, records: Profile("", attributes, {"Phone": tuple(records)}),
        st.fixed_dictionaries(
            {},
            optional={
                "LastName": many(NAMES),
                "FirstName": many(NAMES),
                "Age": many(AGES),
                "Vip": many(st.booleans()),
                "Title": many(NAMES),
            },
        ),
        st.lists(RECORD, max_size=3),
    ),
    max_size=8,
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "LastName": st.lists(NAMES, min_size=1, max_size=2),
        "firstname": st.lists(NAMES, min_size=1, max_size=2),
        "Age": st.lists(AGES.map(str), min_size=1, max_size=2),
        "vip": st.lists(st.sampled_from(["true", "FALSE"]), min_size=1, max_size=2),
        "Title": st.lists(NAMES, min_size=1, max_size=2),
        "Phone.number": st.lists(NAMES, min_size=1, max_size=2),
        "phone.KIND": st.lists(AGES.map(str), min_size=1, max_size=2),
    },
)


def scan(profiles: Profiles, criteria: Criteria) -> list[str]:
    return [each.customer_id for each in profiles if matches(each, criteria)]


@given(made=PROFILES, changed=PROFILES, query=QUERIES, data=st.data())
def test_index_finds_what_a_scan_finds(
    made: list[Profile],
    changed: list[Profile],
    query: dict[str, list[str]],
    data: st.DataObject,
) -> None:
    profiles = Profiles(TYPED)
    profiles.add_all(each._replace(customer_id=f"{n}") for n, each in enumerate(made))
    twin = profiles.copy()
    for n, each in enumerate(changed[: len(made)]):
        if data.draw(st.booleans()):
            profiles.replace(each._replace(customer_id=f"{n}"))
        else:
            profiles.remove(f"{n}")
    for these in (profiles, twin):
        assert index_of(these) == index_of(these, anew=True)
        criteria = read_criteria(TYPED, query, [])
        try:
            assert found_by(these, query) == scan(these, criteria)
        except BadValues:
            firsts = {key.columns[0] for key in TYPED.keys}
            assert not firsts & set(criteria)
