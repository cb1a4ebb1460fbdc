"""Scalars: what a value on the wire may look like (contract section 2, *Scalars*)."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import (
    Boolean,
    Converter,
    Integer,
    LongOrText,
    Span,
    Text,
    as_text,
    integer_text,
)

LEAST, MOST = -(2**63), 2**63 - 1

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.text("0123456789-+_ .eE\u0661", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=4,
)


def attempt(converter: Converter, value: object) -> tuple[Any, str | None]:
    """Return what a value is taken for, or why it is refused."""
    try:
        return converter(value), None
    except UnfitError as unfit:
        return None, str(unfit)


def refused(converter: Converter, value: object) -> str:
    with pytest.raises(UnfitError) as error:
        converter(value)
    return str(error.value)


@given(st.integers(-(2**70), 2**70))
@example(MOST)
@example(MOST + 1)
@example(LEAST)
@example(LEAST - 1)
def test_integer_within_its_bits(number: int) -> None:
    convert = Integer(64)
    if LEAST <= number <= MOST:
        assert convert(number) == convert(str(number)) == number
    else:
        assert refused(convert, number) == refused(convert, str(number)) == "a 64-bit integer"


@given(json_values)
def test_integer_takes_three_forms_only(value: object) -> None:
    convert = Integer(64)
    number, why = attempt(convert, value)
    if why is not None:
        assert why == convert.expected
        return
    assert type(number) is int
    assert not isinstance(value, bool)
    if isinstance(value, str):
        assert value.isascii()
        assert value.removeprefix("-").isdigit()
    assert isinstance(value, (int, float, str))
    assert number == int(value)


@pytest.mark.parametrize(
    "value",
    [
        "1_000",
        " 12 ",
        "12\n",
        "+12",
        "",
        "-",
        "--1",
        "1.0",
        "1e3",
        "0x10",
        "\u0661\u0662",
        "\uff11",
        "9" * 41,
        True,
        False,
        1.5,
        math.nan,
        math.inf,
        1e300,
        [1],
        {"a": 1},
        None,
    ],
)
def test_integer_refuses(value: object) -> None:
    assert refused(Integer(64), value) == "a 64-bit integer"


@pytest.mark.parametrize(
    ("value", "number"),
    [(60.0, 60), ("60", 60), ("-7", -7), ("007", 7), ("-0", 0), (-0.0, 0), (0, 0)],
)
def test_integer_takes(value: object, number: int) -> None:
    taken = Integer(32)(value)
    assert taken == number
    assert type(taken) is int


def test_integer_minimum() -> None:
    convert = Integer(32, minimum=0)
    assert convert(0) == 0
    assert convert(2**31 - 1) == 2**31 - 1
    assert refused(convert, -1) == "a 32-bit integer, 0 or greater"
    assert refused(convert, 2**31) == "a 32-bit integer, 0 or greater"


@given(json_values)
def test_text_takes_strings_and_integers(value: object) -> None:
    convert = Text()
    if isinstance(value, str):
        assert convert(value) == value
    elif isinstance(value, int) and not isinstance(value, bool):
        assert convert(value) == str(value)
    else:
        assert refused(convert, value) == "a string"


def test_text_not_empty() -> None:
    convert = Text(empty=False)
    assert refused(convert, "") == "a non-empty string"
    assert convert(" ") == " "
    assert convert(0) == "0"


@given(json_values)
def test_long_or_text_keeps_its_type(value: object) -> None:
    taken, why = attempt(LongOrText(), value)
    if why is not None:
        assert why == LongOrText.expected
        assert (
            value is None
            or value == ""
            or isinstance(value, (bool, list, dict))
            or (isinstance(value, float) and not value.is_integer())
            or (isinstance(value, (int, float)) and not LEAST <= value <= MOST)
        )
        return
    assert taken == value
    assert type(taken) is (str if isinstance(value, str) else int)


def test_long_or_text_takes_any_digits_as_text() -> None:
    assert LongOrText()("007") == "007"
    assert LongOrText()("9" * 50) == "9" * 50
    assert LongOrText()(60.0) == 60


@given(json_values)
def test_boolean_takes_two_words_only(value: object) -> None:
    truth, why = attempt(Boolean(), value)
    if why is not None:
        assert why == "true or false"
        assert not isinstance(value, bool)
        assert not isinstance(value, str) or value.lower() not in ("true", "false")
        return
    assert str(value).lower() == str(truth).lower()


@given(st.lists(st.booleans(), min_size=5, max_size=5), st.sampled_from(["true", "false"]))
@example([False, True, False, True, False], "true")
def test_boolean_in_any_case(upper: list[bool], word: str) -> None:
    spelt = "".join(
        letter.upper() if up else letter for letter, up in zip(word, upper, strict=False)
    )
    assert Boolean()(spelt) is (word == "true")


@pytest.mark.parametrize("value", ["yes", "1", "t", " true", "true ", "", 1, 0, 1.0, None, []])
def test_boolean_refuses(value: object) -> None:
    assert refused(Boolean(), value) == "true or false"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250ms", 0.25),
        ("0s", 0),
        ("30s", 30),
        ("15m", 900),
        ("2h", 7_200),
        ("7d", 7 * 86_400),
        ("2w", 14 * 86_400),
        ("6M", 180 * 86_400),
        ("5y", 5 * 365 * 86_400),
        ("999999999999s", 999_999_999_999),
    ],
)
def test_span_units(text: str, seconds: float) -> None:
    assert Span()(text) == seconds * 1000


@pytest.mark.parametrize(
    "value",
    [
        "",
        "5",
        "y",
        "5Y",
        "5 y",
        "-5y",
        "1.5h",
        "5y6M",
        "5 ms",
        "5mS",
        "5sm",
        "\u0665y",
        "5y\n",
        5,
    ],
)
def test_span_refuses(value: object) -> None:
    assert refused(Span(), value) == Span.expected


def test_span_that_is_too_long_says_so() -> None:
    assert refused(Span(), "1" * 13 + "s") == f"{Span.expected} (at most 12 digits)"


def test_as_text_equals_across_types() -> None:
    assert as_text(100) == as_text("100") == "100"
    assert as_text("0100") != as_text(100)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-1", -1),
        ("abc", None),
        ("0x10", None),
        ("", None),
        ("1 ", None),
        ("\u0661", None),
    ],
)
def test_integer_text(text: str, number: int | None) -> None:
    assert integer_text(text) == number
