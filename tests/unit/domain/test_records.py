"""Extensions as they are admitted: by the schema's spelling, checked, with defaults."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.domain.metadata import AttributeSchema, ExtensionSchema, Metadata
from cs_simulator.domain.records import admit_extensions, checked_attribute, checked_extension
from cs_simulator.operations.row import Kind

COUPON = ExtensionSchema(
    "Coupon",
    "single-valued",
    (
        AttributeSchema("name", length=5, mandatory=True),
        AttributeSchema("amount", "currency", default=5),
        AttributeSchema("until", "date"),
    ),
)
OFFERS = ExtensionSchema(
    "Offers",
    "multi-valued",
    (AttributeSchema("id", "integer"), AttributeSchema("a"), AttributeSchema("b")),
    (("id",), ("a", "b")),
)
VIP = ExtensionSchema("Vip", "classifier")
METADATA = Metadata(schemas={"services": (COUPON, OFFERS, VIP), "states": (VIP,)})


def admitted(given: dict[str, Any], kind: Kind = "services") -> dict[str, Any]:
    found, problems = admit_extensions(METADATA, kind, given)
    assert not problems
    return found


def refused(given: dict[str, Any], kind: Kind = "services") -> list[tuple[str, str]]:
    problems = admit_extensions(METADATA, kind, given)[1]
    return [(each.at, each.expected) for each in problems]


def test_names_come_as_the_schema_spells_them() -> None:
    assert admitted({"COUPON": {"NAME": "x", "Until": None}, "offers": [{"ID": "7"}]}) == {
        "Coupon": {"name": "x", "amount": 5},
        "Offers": [{"id": 7}],
    }


@pytest.mark.parametrize("value", [{}, None])
def test_classifier_is_there_or_not(value: object) -> None:
    assert admitted({"vip": value}) == {"Vip": {}}
    assert admitted({"vip": value}, "states") == {"Vip": {}}


def test_multi_valued_may_be_empty() -> None:
    assert admitted({"Offers": []}) == {"Offers": []}


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"coupn": {}}, [("coupn", "one of the extensions of services: Coupon, Offers, Vip")]),
        (
            {"Coupon": [{}]},
            [("Coupon", "one object with its attributes (single-valued)")],
        ),
        ({"Coupon": None}, [("Coupon", "one object with its attributes (single-valued)")]),
        ({"Offers": {"id": 1}}, [("Offers", "a list of records (multi-valued)")]),
        ({"Offers": [1]}, [("Offers[0]", "one object with its attributes")]),
        ({"Vip": {"a": 1}}, [("Vip", "{} or null (classifier)")]),
        ({"Vip": False}, [("Vip", "{} or null (classifier)")]),
        ({"Coupon": {}}, [("Coupon.name", "a string")]),
        ({"Coupon": {"name": None}}, [("Coupon.name", "a string")]),
        (
            {"Coupon": {"x": 1, "name": "abcdef", "until": "soon", "amount": "$1"}},
            [
                ("Coupon.x", "one of the attributes of Coupon: name, amount, until"),
                ("Coupon.name", "at most 5 characters"),
                ("Coupon.until", "a date in the form YYYY-MM-DD or YYYY-MM-DDTHH:mm:ss.SSSZ"),
                (
                    "Coupon.amount",
                    "an amount such as 12.50, less than 10^11, with at most 4 decimal places",
                ),
            ],
        ),
        (
            {"Offers": [{"id": True}, {"id": 1, "ID": 2}], "nope": 1},
            [
                ("Offers[0].id", "a 32-bit integer"),
                ("Offers[1].ID", "id only once (names differ only in case)"),
                ("nope", "one of the extensions of services: Coupon, Offers, Vip"),
            ],
        ),
        ({"Vip": {}, "VIP": {}}, [("VIP", "Vip only once (names differ only in case)")]),
        (
            {"Offers": [{"id": 1}, {"id": 2}, {"id": "1"}]},
            [
                (
                    "Offers",
                    (
                        "records with different unique attributes: "
                        "Offers[2] and Offers[0] share id, which is unique"
                    ),
                )
            ],
        ),
        (
            {"Offers": [{"a": "x", "b": "y"}, {"a": "x", "b": "y"}]},
            [
                (
                    "Offers",
                    (
                        "records with different unique attributes: "
                        "Offers[1] and Offers[0] share a and b, which are unique"
                    ),
                )
            ],
        ),
    ],
)
def test_every_problem_is_told(given: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    assert refused(given) == problems


def test_what_a_problem_got_is_told_as_it_came() -> None:
    given = {
        "Offers": [{"nope": "x"}, {"id": 1, "ID": 2}, {"id": "y"}, 5],
        "OFFERS": 6,
        "Vip": 7,
        "no": 8,
    }
    problems = admit_extensions(METADATA, "services", given)[1]
    assert [each.found for each in problems] == ["x", 2, "y", 5, 6, 7, 8]
    assert admit_extensions(METADATA, "services", {"Offers": 9})[1][0].found == 9


@pytest.mark.parametrize(
    ("given", "members"),
    [
        ({"Offers": [{"x": 1, "y": 2}]}, ["Offers[0].x", "Offers[0].y"]),
        ({"Offers": [{"id": 1, "ID": 2, "x": 3}]}, ["Offers[0].ID", "Offers[0].x"]),
        ({"Offers": [{"id": None, "x": 3}]}, ["Offers[0].x"]),
        ({"x": 1, "y": 2}, ["x", "y"]),
        ({"Vip": {}, "VIP": {}, "x": 1}, ["VIP", "x"]),
    ],
)
def test_one_problem_hides_no_other(given: dict[str, Any], members: list[str]) -> None:
    assert [member for member, _ in refused(given)] == members


def test_record_that_lacks_what_is_unique_hides_none_that_share_it() -> None:
    records = [{"id": 1}, {"a": "x"}, {"id": 1}]
    assert [text for _, text in refused({"Offers": records})] == [
        (
            "records with different unique attributes: "
            "Offers[2] and Offers[0] share id, which is unique"
        )
    ]


def test_extension_without_attributes_says_so() -> None:
    bare = ExtensionSchema("Bare", "single-valued")
    problems: list[Problem] = []
    checked_extension(bare, {"x": 1}, problems)
    assert [each.expected for each in problems] == ["one of the attributes of Bare: it has none"]


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("integer", "a 32-bit integer or a list of at least one"),
        ("string", "a string or a list of at least one"),
    ],
)
def test_attribute_of_a_profile_has_one_value_at_least(type_: str, expected: str) -> None:
    with pytest.raises(UnfitError, match=f"^{expected}$"):
        checked_attribute(AttributeSchema("Level", type_), [])


def test_records_that_share_what_is_unique_are_told_as_they_came() -> None:
    records = [{"id": 1}, {"id": 1}]
    [problem] = admit_extensions(METADATA, "services", {"Offers": records})[1]
    assert problem.found == records


def test_what_lacks_a_unique_attribute_shares_nothing() -> None:
    records = [{"a": "x"}, {"a": "x"}, {"b": "y"}, {}]
    assert admitted({"Offers": records}) == {"Offers": records}


def test_kinds_have_schemas_of_their_own() -> None:
    assert refused({"Coupon": {"name": "x"}}, "states") == [
        ("Coupon", "one of the extensions of states: Vip")
    ]
    assert refused({"Vip": {}}, "tasks") == [
        (
            "Vip",
            (
                "no extensions: tasks have no extension schema "
                "(create one with POST metadata/tasks/extensions)"
            ),
        )
    ]
