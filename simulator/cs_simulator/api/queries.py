"""The query string: each parameter is declared once and read the same way everywhere.

Contract section 2, *Query parameters*. The documents' tables put some parameters in the query where
examples have them in the body, or the reverse. Each operation reads them in one of the two; those
from the other place are moved there, and the body overrides the query (contract section 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from cs_simulator.documents.problems import Problem, UnfitError, nearest
from cs_simulator.documents.values import Boolean, Converter, Integer, Moment
from cs_simulator.domain.attributes import FULL_NAMES, canonical_name
from cs_simulator.domain.errors import BadValues, MalformedPath
from cs_simulator.operations.row import ApiOperation, Parameter

MOST_UNKNOWN = 10
"""How many unknown parameters get a hint of their own, with the nearest known name."""


Pairs = Sequence[tuple[str, str]]
"""The names and values of a query, in order."""


class Choice:
    """Accept one of a few words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def __call__(self, value: str) -> str:
        """Return the word, or raise :exc:`UnfitError`."""
        if value not in self.words:
            raise UnfitError(f"one of {', '.join(self.words)}")
        return value


class FullName:
    """Accept the name of a field that can be mapped, such as ``Service.type``."""

    expected = f"one of {', '.join(FULL_NAMES)}"

    def __call__(self, value: str) -> str:
        """Return the name in canonical form, or raise :exc:`UnfitError`."""
        name = canonical_name(value)
        if name is None:
            raise UnfitError(self.expected)
        return name


_CONVERTERS: Mapping[str, Converter] = MappingProxyType(
    {
        "text": str,
        "flag": Boolean(),
        "moment": Moment(),
        "id": Integer(32, minimum=0),
        "field": FullName(),
    }
)
"""The converters of parameters, by the names that rows use."""


def converter_of(parameter: Parameter) -> Converter:
    """Return the converter for the values of a parameter."""
    return Choice(parameter.words) if parameter.words else _CONVERTERS[parameter.takes]


def split_query(query: str) -> Pairs:
    """Return the pairs of a query string, including blank values; reject invalid UTF-8."""
    if not query:
        return []
    try:
        # WSGI passes bytes as latin-1, and some clients send UTF-8 without percent-encoding it.
        text = query if query.isascii() else query.encode("latin-1").decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise MalformedPath(
            "The query string is not valid UTF-8", "percent-encode it as UTF-8"
        ) from None


def read_parameters(
    pairs: Pairs, declared: Sequence[Parameter], hints: list[str]
) -> Mapping[str, Any]:
    """Return the values of all declared parameters; report every invalid one at once.

    An empty value counts as absent. Unknown parameters are ignored, with a hint.
    """
    if not pairs and not declared:
        return {}
    values = {parameter.name: parameter.default for parameter in declared}
    if not pairs and not any(parameter.needed for parameter in declared):
        return values
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    problems = []
    for parameter in declared:
        texts_given = [text for text in given.pop(parameter.name, ()) if text]
        if not texts_given:
            if parameter.needed:
                problems.append(Problem(parameter.name, _expected(parameter)))
            continue
        if parameter.repeats:
            texts_given = [part for text in texts_given for part in text.split(",") if part]
            if any(part != part.strip(" ") for part in texts_given):
                hints.append(f"{parameter.name}: leading and trailing spaces are part of the value")
        elif len(texts_given) > 1:
            hints.append(f"{parameter.name} was sent {len(texts_given)} times; the first was used")
        converted = []
        convert = converter_of(parameter)
        for text in texts_given if parameter.repeats else texts_given[:1]:
            try:
                converted.append(convert(text))
            except UnfitError as unfit:
                problems.append(unfit.problem(parameter.name, text))
                if isinstance(convert, Moment) and " " in text:
                    hints.append(f"{parameter.name}: a + in a query string means a space; send %2B")
        if converted:
            values[parameter.name] = tuple(converted) if parameter.repeats else converted[0]
    known = [parameter.name for parameter in declared]
    hints.extend(_unknown(name, known) for name in islice(given, MOST_UNKNOWN))
    if len(given) > MOST_UNKNOWN:
        hints.append(f"{len(given) - MOST_UNKNOWN} more unknown parameters ignored")
    if problems:
        raise BadValues(problems)
    return values


def _expected(parameter: Parameter) -> str:
    expected = getattr(converter_of(parameter), "expected", None)
    return expected if isinstance(expected, str) else "a value"


def _unknown(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    if near is not None:
        return f"unknown parameter {name} ignored; did you mean {near}?"
    if known:
        return f"unknown parameter {name} ignored; this operation takes {', '.join(known)}"
    return f"unknown parameter {name} ignored; this operation takes none"


def body_with_query(
    operation: ApiOperation, body: Mapping[str, Any], pairs: Pairs, hints: list[str]
) -> tuple[Mapping[str, Any], Pairs]:
    """Move parameters from the query to the body; return both."""
    given: dict[str, str] = {}
    rest: list[tuple[str, str]] = []
    for name, value in pairs:
        if name not in operation.either:
            rest.append((name, value))
        elif name in given:
            hints.append(f"{name} was sent more than once; the first was used")
        elif value:
            given[name] = value
    for name in given:
        if body.get(name) is not None:
            hints.append(f"{name} is in the body and in the query; the body was used")
        elif operation.method == "PUT" or operation.form == "Purge":
            hints.append(
                f"{name} was read from the query; the documents' examples send it in the body"
            )
    sent = {name: value for name, value in body.items() if value is not None or name not in given}
    return {**given, **sent}, rest


def query_with_body(
    operation: ApiOperation, body: Mapping[str, Any], pairs: Pairs, hints: list[str]
) -> Pairs:
    """Move parameters from the body to the query; return the query."""
    taken: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for name, value in body.items():
        if name not in operation.either:
            known = ", ".join(operation.either)
            hints.append(
                f"unknown parameter {name} in the body ignored; this operation takes {known}"
            )
        elif isinstance(value, str):
            taken.append((name, value))
        elif value is not None:
            problems.append(Problem(name, "a text", value))
    if problems:
        raise BadValues(problems)
    names = {name for name, value in taken if value}
    asked = {name for name, value in pairs if value}
    for name in sorted(names):
        if name in asked:
            hints.append(f"{name} is in the body and in the query; the body was used")
        else:
            hints.append(
                f"{name} was read from the body; the documents' tables have it in the query"
            )
    return [*taken, *(pair for pair in pairs if pair[0] not in names)]
