"""The shapes of metadata in a document: profile attributes, extension schemas, identification keys.

Members are those that the API takes, as leniently: ``"true"`` and ``"10"`` are a boolean and a
number. Source: API Reference, *Attribute Schema*, *Extension Schema*, *Create Identification Key*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, get_args

from cs_simulator.domain.schemas import KINDS, Shape
from cs_simulator.domain.values import Boolean, Integer, UnfitError
from cs_simulator.scenario.errors import did_you_mean
from cs_simulator.scenario.scalars import FLAG, NAME, VALUE, as_it_is
from cs_simulator.scenario.shape import Checker, ListOf, Record, Scalar, Schema

_FLAG = Scalar(Boolean())


class _Word:
    """One of some words, in any case: the pages of the product do not agree on it."""

    def __init__(self, words: Callable[[], Sequence[str]]) -> None:
        self._words = words

    def check(self, value: Any, at: str, checker: Checker) -> str:
        """Return the word as the simulator spells it."""
        words = self._words()
        word = value.lower() if isinstance(value, str) else ""
        if word not in words:
            near = did_you_mean(word, words) if word else ""
            checker.unfit(at, value, f"one of {', '.join(words)}{near if 'mean' in near else ''}")
        return word

    def json_schema(self) -> Schema:
        """Return the words for completion, and a pattern for their other spellings."""
        any_case = "|".join(
            "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word)
            for word in self._words()
        )
        return {
            "anyOf": [
                {"enum": list(self._words())},
                {"type": "string", "pattern": f"^({any_case})$"},
            ]
        }


def _types() -> Sequence[str]:
    from cs_simulator.domain.typed import TYPES  # few documents declare attributes

    return tuple(TYPES)


def _not_unique(value: object) -> bool:
    if Boolean()(value):
        raise UnfitError("false: a unique identification key sees to it that no two share a value")
    return False


_ATTRIBUTE: Mapping[str, Any] = MappingProxyType(
    {
        "name": NAME,
        "type": _Word(_types),
        "default": VALUE,
        "length": Scalar(Integer(32, minimum=0)),
        "mandatory": _FLAG,
        "encrypt": _FLAG,
    }
)
_NOT_UNIQUE = Scalar(
    _not_unique,
    {"anyOf": [{"const": False}, {"type": "string", "pattern": "^[Ff][Aa][Ll][Ss][Ee]$"}]},
)
PROFILE_ATTRIBUTE = Record(
    {**_ATTRIBUTE, "unique": _NOT_UNIQUE, "remove": FLAG}, needed=("name", "type")
)
_NAME_OR_NAMES = Scalar(
    as_it_is,
    {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
        ]
    },
)
EXTENSION_SCHEMA = Record(
    {
        "name": NAME,
        "type": _Word(lambda: get_args(Shape)),
        "attributes": ListOf(Record({**_ATTRIBUTE, "unique": _FLAG}, needed=("name", "type"))),
        "unique": ListOf(_NAME_OR_NAMES),
        "remove": FLAG,
    },
    needed=("name", "type"),
)
EXTENSION_SCHEMAS = Record({kind: ListOf(EXTENSION_SCHEMA) for kind in KINDS})
IDENTIFICATION_KEY = Record(
    {
        "name": NAME,
        "source": NAME,
        "attributes": ListOf(NAME),
        "unique": _FLAG,
        "remove": FLAG,
    },
    needed=("name", "attributes"),
)
