"""Shapes: what a document may contain, declared once and checked completely.

A shape converts a value to what the program works with. It collects every problem instead of
stopping at the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

from cs_simulator.clock import DAY
from cs_simulator.documents.problems import (
    MOST_PROBLEMS,
    DocumentError,
    Problem,
    UnfitError,
    no_such,
    unknown_key,
)
from cs_simulator.documents.values import (
    Boolean,
    Integer,
    LongOrText,
    Moment,
    Span,
    Text,
)
from cs_simulator.late import named

T = TypeVar("T")

SPAN_PATTERN = "^[0-9]{1,12}(ms|[smhdwMy])$"
MOMENT_PATTERN = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{3})?(Z|[+-][0-9]{2}:[0-9]{2})$"
)


class Checker:
    """The problems of one document: the first ones, and how many more there are."""

    __slots__ = ("more", "problems", "source", "wrong")

    def __init__(self, source: str = "") -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.more = 0
        self.wrong: set[str] = set()
        """The top-level keys with a problem in them."""

    def __bool__(self) -> bool:
        """Tell whether there is any problem."""
        return bool(self.problems)

    @property
    def count(self) -> int:
        """How many problems there are."""
        return len(self.problems) + self.more

    def error(self) -> DocumentError:
        """Return the exception that carries all problems."""
        return DocumentError(self.problems, more=self.more)

    def _keep(self, at: str, make: Callable[[], Problem]) -> None:
        """Keep one more problem, or only count it if there are too many; then it is not created."""
        self.wrong.add(_TOP.split(at, maxsplit=1)[0])
        if len(self.problems) >= MOST_PROBLEMS:
            self.more += 1
            return
        place = at if len(at) <= _LONGEST_PLACE else f"{at[: _LONGEST_PLACE - 3]}..."
        self.problems.append(make()._replace(at=place, source=self.source))

    def add(self, problem: Problem) -> None:
        """Add a problem."""
        self._keep(problem.at, lambda: problem)

    def problem(self, at: str, text: str, note: str = "", *, on_key: bool = False) -> None:
        """Add a problem at a place, with its fix."""
        self.add(Problem(at, text=text, note=note, on_key=on_key))

    def expected(self, at: str, expected: str, found: object, note: str = "") -> None:
        """Add the problem of an unexpected value."""
        self.add(Problem(at, expected, found, note=note))

    def missing(self, at: str, name: str, expected: str = "", note: str = "") -> None:
        """Add the problem of a missing key in the map at a place."""
        self.add(Problem(inside(at, name), expected, note=note))

    def unfit(self, at: str, value: object, unfit: UnfitError) -> None:
        """Add the problem of a value that a converter rejects."""
        self._keep(at, lambda: unfit.problem(at, value))

    def unknown_key(
        self, at: str, name: str, known: Iterable[str], within: Sequence[str] = ()
    ) -> None:
        """Add the problem of an unknown key; ``within`` lists the places at which it is known."""
        self._keep(at, lambda: unknown_key(name, known, within=within))

    def no_such(
        self,
        at: str,
        name: object,
        known: Iterable[str],
        what: str = "",
        none: str = "",
        *,
        text: str = "",
        on_key: bool = False,
    ) -> None:
        """Add the problem of a name that does not exist; ``none`` says that nothing has a name."""

        def make() -> Problem:
            found = no_such(what, name, known, none)
            return found._replace(text=text or found.text, on_key=on_key)

        self._keep(at, make)

    def duplicates(self, at: str, what: str, values: Iterable[object]) -> None:
        """Add a problem for each value that occurs more than once."""
        for value in repeated(values):
            self.problem(at, f"duplicate {what} {value}")


_LONGEST_PLACE = 500
"""The maximum length of a place in a message."""
_TOP = re.compile(r"[.\[]")


def repeated(values: Iterable[T]) -> list[T]:
    """Return the values that occur more than once, each once, in order."""
    return [value for value, count in Counter(values).items() if count > 1]


def inside(at: str, name: str) -> str:
    """Return the place of a member of the map at a place."""
    return f"{at}.{name}" if at and name else at or name


Schema = dict[str, Any]
"""A JSON Schema (draft 2020-12)."""


class Shape(Protocol):
    """The form that a value may have."""

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return the converted value; add problems to the checker."""

    def json_schema(self) -> Schema:
        """Return the JSON Schema of accepted values, as far as it can be expressed."""


def converter_schema(convert: object) -> Schema:
    """Return the schema of what a converter of :mod:`cs_simulator.documents.values` accepts."""
    digits = {"type": "string", "pattern": "^-?[0-9]{1,40}$"}
    if isinstance(convert, Integer):
        number = {"type": "integer", "minimum": convert.low, "maximum": convert.high}
        return {"anyOf": [number, digits]}
    if isinstance(convert, Text):
        text = {"type": "string", "minLength": 0 if convert.empty else 1}
        return {"anyOf": [text, {"type": "integer"}]}
    if isinstance(convert, LongOrText):
        number = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}
        return {"anyOf": [number, {"type": "string", "minLength": 1}]}
    if isinstance(convert, Boolean):
        word = {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"}
        return {"anyOf": [{"type": "boolean"}, word]}
    if isinstance(convert, Moment):
        return {"type": "string", "pattern": MOMENT_PATTERN}
    raise TypeError(f"{convert!r} needs a schema of its own")


class Scalar(NamedTuple):
    """A single value, converted by a function or object that raises :exc:`UnfitError`.

    For a converter that is a function, ``schema`` says what it accepts.
    """

    convert: Callable[[Any], Any]
    schema: Mapping[str, Any] | None = None

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return the converted value."""
        try:
            return self.convert(value)
        except UnfitError as unfit:
            checker.unfit(at, value, unfit)
            return None

    def json_schema(self) -> Schema:
        """Return the schema of what the converter accepts."""
        return converter_schema(self.convert) if self.schema is None else dict(self.schema)


_LONGEST_SPAN = 9_998 * 365 * DAY
"""About the whole range of the calendar, in milliseconds."""


def span(value: object) -> int:
    """Accept a duration in milliseconds that fits into the calendar."""
    milliseconds = Span()(value)
    if milliseconds > _LONGEST_SPAN:
        raise UnfitError("a duration of at most 9998y")
    return milliseconds


def one_of(*words: str) -> Scalar:
    """Return the shape of one of a few words."""

    def convert(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise UnfitError(f"one of {', '.join(words)}", names=words)

    return Scalar(convert, {"enum": list(words)})


SPAN = Scalar(span, {"type": "string", "pattern": SPAN_PATTERN})
"""A duration."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value at all, such as attached data."""

    def check(self, value: Any, _at: str, _checker: Checker) -> Any:
        """Return the value as it is."""
        return value

    def json_schema(self) -> Schema:
        """Return the schema of anything."""
        return {}


class ListOf(NamedTuple):
    """A list of one shape."""

    item: Shape

    def check(self, value: Any, at: str, checker: Checker) -> list[Any]:
        """Return the list, each item checked."""
        if not isinstance(value, list):
            checker.expected(at, "a list", value)
            return []
        return [self.item.check(item, f"{at}[{i}]", checker) for i, item in enumerate(value)]

    def json_schema(self) -> Schema:
        """Return the schema of the list."""
        return {"type": "array", "items": self.item.json_schema()}


class OneOrMore(NamedTuple):
    """A single value or a list of values; it is kept as a list, to which a parent's is added."""

    item: Shape

    def check(self, value: Any, at: str, checker: Checker) -> list[Any]:
        """Return the list, each item checked."""
        if isinstance(value, list):
            return [self.item.check(item, f"{at}[{i}]", checker) for i, item in enumerate(value)]
        return [self.item.check(value, at, checker)]

    def json_schema(self) -> Schema:
        """Return the schema of the single value, or of the list."""
        item = self.item.json_schema()
        return {"anyOf": [item, {"type": "array", "items": item}]}


class MapOf(NamedTuple):
    """A map with any keys and values of one shape."""

    item: Shape

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the map, each value checked."""
        if not isinstance(value, dict):
            checker.expected(at, "a map", value)
            return {}
        return {
            name: self.item.check(item, inside(at, name), checker) for name, item in value.items()
        }

    def json_schema(self) -> Schema:
        """Return the schema of the map."""
        return {"type": "object", "additionalProperties": self.item.json_schema()}


class Record(NamedTuple):
    """A map with known keys; any other key is a problem, unless ``others`` accepts it."""

    members: Mapping[str, Shape]
    needed: Sequence[str] = ()
    """Required keys, unless the map has ``remove: true``."""
    keeps_null: Sequence[str] = ()
    """Keys for which null is a value; for others null means absent."""
    others: Shape | None = None
    beside: Mapping[str, str] = MappingProxyType({})
    """Keys that have a meaning only together with another one."""
    ignored: str = ""
    """Prefixes of keys for the author's own use, such as fragments for anchors."""
    some: str = ""
    """What is expected of a map without any key, if that has no meaning."""

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the record's members, without null."""
        if not isinstance(value, dict):
            checker.expected(at, "a map", value)
            return {}
        result = {}
        for name, member in value.items():
            if self.ignored and name.startswith(self.ignored):
                continue
            place = inside(at, name)
            shape = self.members.get(name, self.others)
            if shape is None:
                self._unknown(place, name, checker)
            elif member is not None or name in self.keeps_null:
                result[name] = shape.check(member, place, checker)
        if self.some and all(member is None for member in value.values()):
            checker.expected(at, self.some, value)
        if result.get("remove") is not True:
            for name in self.needed:
                if value.get(name) is None:
                    checker.missing(at, name)
        for name, other in self.beside.items():
            if name in result and value.get(other) is None:
                checker.problem(inside(at, name), f"only allowed with {other}", on_key=True)
        return result

    def _unknown(self, at: str, name: str, checker: Checker) -> None:
        """Add the problem of an unknown key, and the member that the key belongs to."""
        within = [
            inside(key, name)
            for key, shape in self.members.items()
            if isinstance(shape, Record) and name in shape.members
        ]
        checker.unknown_key(at, name, self.members, within)

    def json_schema(self) -> Schema:
        """Return the schema of the record; null means absent."""

        def optional(shape: Shape) -> Schema:
            return {"anyOf": [shape.json_schema(), {"type": "null"}]}

        schema: Schema = {
            "type": "object",
            "properties": {name: optional(shape) for name, shape in self.members.items()},
            "additionalProperties": self.others is not None and optional(self.others),
        }
        if self.ignored:
            schema["patternProperties"] = {f"^{self.ignored}": {}}
        if self.some:
            schema["anyOf"] = [_there(name) for name in self.members]
        if self.beside:
            schema["allOf"] = [
                {"if": _there(name), "then": _there(other)} for name, other in self.beside.items()
            ]
        if self.needed:
            there = _there(*self.needed)
            removed = {"required": ["remove"], "properties": {"remove": {"const": True}}}
            schema["anyOf"] = [there, removed] if "remove" in self.members else [there]
        return schema


def _there(*names: str) -> Schema:
    """Return the schema of a map that has certain keys with values other than null."""
    return {
        "required": list(names),
        "properties": {name: {"not": {"type": "null"}} for name in names},
    }


class Made(NamedTuple):
    """The value of another shape, converted further."""

    shape: Record
    make: Callable[[Any, str, Checker], Any]

    @property
    def members(self) -> Mapping[str, Shape]:
        """The keys of the accepted map."""
        return self.shape.members

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return the converted value."""
        return self.make(self.shape.check(value, at, checker), at, checker)

    def json_schema(self) -> Schema:
        """Return the schema of the shape."""
        return self.shape.json_schema()


class EitherMapOr(NamedTuple):
    """A map of one shape, or a value other than a map of another."""

    record: Shape
    otherwise: Shape

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return the value, checked by the shape for its type."""
        shape = self.record if isinstance(value, dict) else self.otherwise
        return shape.check(value, at, checker)

    def json_schema(self) -> Schema:
        """Return the schema of both."""
        return {
            "if": {"type": "object"},
            "then": self.record.json_schema(),
            "else": self.otherwise.json_schema(),
        }


class Late:
    """The shape of a name in another module, imported when a document first needs it.

    A scenario does not pay for parts that it does not use.
    """

    __slots__ = ("_reference", "_shape")

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._shape: Shape | None = None

    @property
    def shape(self) -> Shape:
        """The shape itself."""
        if self._shape is None:
            self._shape = named(self._reference)
        return self._shape

    def check(self, value: Any, at: str, checker: Checker) -> Any:
        """Return what the shape converts the value to."""
        return self.shape.check(value, at, checker)

    def json_schema(self) -> Schema:
        """Return the schema of the shape."""
        return self.shape.json_schema()


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise UnfitError(Boolean.expected)


def _fraction(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise UnfitError("a number from 0 to 1")


TEXT = Scalar(Text())
NAME = Scalar(Text(empty=False))
ID = Scalar(Integer(64, minimum=0))
FLAG = Scalar(_boolean, {"type": "boolean"})


def as_it_is(value: Any) -> Any:
    """Accept any value; an accompanying schema describes it."""
    return value


VALUE = Scalar(as_it_is, {"type": ["string", "number", "boolean"]})
"""A single value whose type the document defines elsewhere."""
FRACTION = Scalar(_fraction, {"type": "number", "minimum": 0, "maximum": 1})
