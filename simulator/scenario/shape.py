"""Shapes: what a document may look like, declared once and checked whole.

A shape takes a value to what the rest of the program works with, and notes every mistake on the
way instead of stopping at the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulator.domain.values import UnfitError
from simulator.scenario.errors import Mistake, did_you_mean

_LONGEST = 60


@dataclass(slots=True)
class Checker:
    """The mistakes of one document."""

    source: str
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(self, at: str, text: str, *, on_key: bool = False) -> None:
        """Note a mistake in a value, or in its key."""
        self.mistakes.append(Mistake(self.source, at, text, on_key))


class Shape(Protocol):
    """What a value may look like."""

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return what ``value`` stands for; note what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, taken by a converter that raises :exc:`UnfitError`."""

    convert: Callable[[Any], Any]

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return the converted value."""
        try:
            return self.convert(value)
        except UnfitError as unfit:
            checker.mistake(at, f"found {shown(value)}, expected {unfit}")
            return None


def one_of(*words: str) -> Scalar:
    """Return the shape of one of a few words."""

    def convert(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        near = did_you_mean(value, words) if isinstance(value, str) else ""
        raise UnfitError(f"one of {', '.join(words)}{near if 'mean' in near else ''}")

    return Scalar(convert)


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value at all, such as attached data."""

    def check(self, value: Any, _at: str, _checker: Checker) -> Any:
        """Return the value as it is."""
        return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one shape."""

    item: Shape

    def check(self, value: Any, at: str, checker: Checker) -> list[Any]:
        """Return the list, each item checked."""
        if not isinstance(value, list):
            checker.mistake(at, f"found {shown(value)}, expected a list")
            return []
        return [self.item.check(each, f"{at}[{i}]", checker) for i, each in enumerate(value)]


@dataclass(frozen=True, slots=True)
class ListOfOne:
    """A single value that is kept as a list, to which a parent's is added."""

    item: Shape

    def check(self, value: Any, at: str, checker: Checker) -> list[Any]:
        """Return the list of the one value."""
        return [self.item.check(value, at, checker)]


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from any text to one shape."""

    item: Shape

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the map, each value checked."""
        if not isinstance(value, dict):
            checker.mistake(at, f"found {shown(value)}, expected a map")
            return {}
        return {
            name: self.item.check(each, f"{at}.{name}" if at else name, checker)
            for name, each in value.items()
        }


@dataclass(frozen=True, slots=True)
class Record:
    """A map of known keys; any other key is a mistake."""

    members: Mapping[str, Shape]
    needed: Sequence[str] = ()
    """Keys that must be there, unless ``remove: true`` stands in their place."""
    keeps_null: Sequence[str] = ()
    """Keys whose null is a value; elsewhere null counts as absent."""

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the record: what was given, null left out."""
        if not isinstance(value, dict):
            checker.mistake(at, f"found {shown(value)}, expected a map")
            return {}
        result = {}
        for name, each in value.items():
            place = f"{at}.{name}" if at else name
            shape = self.members.get(name)
            if shape is None:
                near = did_you_mean(name, self.members)
                checker.mistake(place, f"unknown key{near}", on_key=True)
            elif each is not None or name in self.keeps_null:
                result[name] = shape.check(each, place, checker)
        if result.get("remove") is not True:
            for name in self.needed:
                if value.get(name) is None:
                    checker.mistake(at, f"{name} is missing")
        return result


@dataclass(frozen=True, slots=True)
class EitherMapOr:
    """A map of one shape, or anything that is no map of another."""

    record: Shape
    otherwise: Shape

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return the value checked by the shape that fits its kind."""
        shape = self.record if isinstance(value, dict) else self.otherwise
        return shape.check(value, at, checker)


def shown(value: object) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
