"""The types of attributes: what is taken, the one form it is kept in, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_simulator.documents.problems import UnfitError
from cs_simulator.domain.metadata import AttributeSchema
from cs_simulator.domain.typed import TYPES, checked_value

TAKEN: list[tuple[str, Any, Any]] = [
    ("boolean", True, True),
    ("boolean", "FALSE", False),
    ("string", "", ""),
    ("string", 7, "7"),
    ("integer", "10", 10),
    ("integer", 60.0, 60),
    ("long", 2**63 - 1, 2**63 - 1),
    ("double", 5, 5.0),
    ("double", "-1.5e3", -1500.0),
    ("date", "1962-05-10", "1962-05-10"),
    ("date", "1962-05-10T01:00:00+02:00", "1962-05-09T23:00:00.000Z"),
    ("datetime", "2009-12-18T18:30:00Z", "2009-12-18T18:30:00.000Z"),
    ("currency", 12.5, 12.5),
    ("currency", "12.50", 12.5),
    ("currency", "12.00", 12),
    ("currency", -0.0, 0),
    ("currency", 99_999_999_999.9999, 99_999_999_999.9999),
]

SCALARS: list[Any] = [None, [], {}, ["a"], {"a": 1}]
REFUSED: dict[str, list[Any]] = {
    "boolean": [*SCALARS, 0, 1, 1.5, "yes", "1", ""],
    "string": [*SCALARS, True, 1.5, 60.0],
    "integer": [*SCALARS, True, 1.5, "1.0", "", " 1", "0x10", 2**31, -(2**31) - 1],
    "long": [*SCALARS, False, 1.5, "abc", 2**63],
    "double": [*SCALARS, True, "", "1,5", "1e400", "nan", "0x10", " 1", "٣"],
    "date": [*SCALARS, True, 5, "10.05.1962", "1962-5-10", "1962-02-30", "0000-01-01", "today"],
    "datetime": [*SCALARS, True, 5, "1962-05-10", "2009-12-18 18:30:00", "2009-13-18T18:30:00Z"],
    "currency": [
        *SCALARS,
        True,
        "",
        "12,50",
        "$5",
        "1e3",
        0.1 + 0.2,
        10**11,
        -(10**11),
        "1.00001",
        1.00001,
        1e300,
    ],
}


@pytest.mark.parametrize(("kind", "value", "kept"), TAKEN)
def test_value_is_kept_in_one_form(kind: str, value: Any, kept: Any) -> None:
    got = checked_value(AttributeSchema("a", kind), value)
    assert (got, type(got)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in REFUSED.items() for value in values]
)
def test_value_of_another_form_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(UnfitError) as unfit:
        checked_value(AttributeSchema("a", kind), value)
    assert str(unfit.value).startswith(("a", "true or false"))


def test_number_too_large_for_a_double_is_refused() -> None:
    with pytest.raises(UnfitError):
        checked_value(AttributeSchema("a", "double"), 10**400)


def test_every_type_is_tried() -> None:
    assert set(REFUSED) == set(TYPES) == {kind for kind, _, _ in TAKEN}


def test_a_day_that_does_not_exist_is_told_from_a_wrong_form() -> None:
    day = AttributeSchema("a", "date")
    with pytest.raises(UnfitError, match=r"; this date does not exist$"):
        checked_value(day, "1962-02-30")
    with pytest.raises(UnfitError, match=r"YYYY-MM-DD or YYYY-MM-DDTHH:mm:ss\.SSSZ$"):
        checked_value(day, "30.02.1962")
    with pytest.raises(UnfitError, match=r"YYYY-MM-DD or .*; this date does not exist$"):
        checked_value(day, "1962-02-30T00:00:00Z")


def test_length_limits_strings_alone() -> None:
    assert checked_value(AttributeSchema("a", length=3), "abc") == "abc"
    with pytest.raises(UnfitError, match="at most 3 characters"):
        checked_value(AttributeSchema("a", length=3), "abcd")
    assert checked_value(AttributeSchema("a", "integer", length=3), 12345) == 12345


@given(
    kind=st.sampled_from(sorted(TYPES)),
    value=st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=True),
        st.text(max_size=12),
        st.dates().map(str),
        st.decimals(-1000, 1000, places=4).map(str),
    ),
)
def test_what_is_kept_is_taken_again_as_it_is(kind: str, value: Any) -> None:
    attribute = AttributeSchema("a", kind)
    try:
        kept = checked_value(attribute, value)
    except UnfitError:
        return
    again = checked_value(attribute, kept)
    assert (again, type(again)) == (kept, type(kept))
