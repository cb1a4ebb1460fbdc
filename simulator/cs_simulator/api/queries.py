"""The query string: parameters declared once, read alike everywhere.

Contract section 2, *Query parameters*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from cs_simulator.documents.values import Boolean, Converter, Integer, Moment, UnfitError
from cs_simulator.domain.attributes import FULL_NAMES, canonical_name
from cs_simulator.domain.errors import BadValues, MalformedPath, Problem

MOST_UNKNOWN = 10
"""The unknown parameters that get a hint of their own, with the nearest that is known."""


class Parameter(NamedTuple):
    """A parameter that an operation knows.

    ``repeats`` makes it a list: comma separated, repeated, or both.
    """

    name: str
    convert: Converter = str
    repeats: bool = False
    default: Any = None
    needed: bool = False


def flag(name: str) -> Parameter:
    """Return a parameter that is true or false, false unless it is given."""
    return Parameter(name, Boolean(), default=False)


def moment(name: str, *, needed: bool = False) -> Parameter:
    """Return a parameter that is a date."""
    return Parameter(name, Moment(), needed=needed)


def texts(name: str) -> Parameter:
    """Return a parameter that is a list of texts."""
    return Parameter(name, repeats=True)


def ids(name: str) -> Parameter:
    """Return a parameter that is a list of 32-bit ids."""
    return Parameter(name, Integer(32, minimum=0), repeats=True)


class Choice:
    """Take one of a few words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def __call__(self, value: str) -> str:
        """Return the word, or raise :exc:`UnfitError`."""
        if value not in self.words:
            raise UnfitError(f"one of {', '.join(self.words)}")
        return value


class FullName:
    """Take the name of a field that can be mapped, such as ``Service.type``."""

    expected = f"one of {', '.join(FULL_NAMES)}"

    def __call__(self, value: str) -> str:
        """Return the name as it is kept, or raise :exc:`UnfitError`."""
        name = canonical_name(value)
        if name is None:
            raise UnfitError(self.expected)
        return name


def choice(name: str, *words: str) -> Parameter:
    """Return a parameter that is one of a few words, the first unless it is given."""
    return Parameter(name, Choice(words), default=words[0])


def split_query(query: str) -> list[tuple[str, str]]:
    """Return the pairs of a query string, blank values included; refuse what is not UTF-8."""
    if not query:
        return []
    try:
        # WSGI gives bytes as latin-1, and some clients send UTF-8 that is not percent-encoded.
        text = query if query.isascii() else query.encode("latin-1").decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise MalformedPath("the query string is not UTF-8", "percent-encode its UTF-8") from None


def read_parameters(
    pairs: Sequence[tuple[str, str]], declared: Sequence[Parameter], hints: list[str]
) -> Mapping[str, Any]:
    """Return the value of every declared parameter; name every bad one at once.

    An empty value is none. A parameter that nothing declares is ignored, with a hint.
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
                hints.append(f"{parameter.name}: a blank before or after a value is part of it")
        elif len(texts_given) > 1:
            hints.append(f"{parameter.name} is given {len(texts_given)} times: the first counts")
        converted = []
        for text in texts_given if parameter.repeats else texts_given[:1]:
            try:
                converted.append(parameter.convert(text))
            except UnfitError as unfit:
                problems.append(Problem(parameter.name, str(unfit), text))
                if isinstance(parameter.convert, Moment) and " " in text:
                    hints.append(f"{parameter.name}: a + in a query means a blank, send %2B")
        if converted:
            values[parameter.name] = tuple(converted) if parameter.repeats else converted[0]
    known = [parameter.name for parameter in declared]
    hints.extend(_unknown(name, known) for name in islice(given, MOST_UNKNOWN))
    if len(given) > MOST_UNKNOWN:
        hints.append(f"{len(given) - MOST_UNKNOWN} more parameters are unknown and ignored")
    if problems:
        raise BadValues(problems)
    return values


def _expected(parameter: Parameter) -> str:
    expected = getattr(parameter.convert, "expected", None)
    return expected if isinstance(expected, str) else "a value"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that one is closest to, or None where none is close."""
    from difflib import get_close_matches  # only ever needed for a mistake

    near = get_close_matches(name, known, 1)
    return near[0] if near else None


def _unknown(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    if near is not None:
        return f"parameter {name} is ignored: did you mean {near}?"
    if known:
        return f"parameter {name} is ignored: this operation knows {', '.join(known)}"
    return f"parameter {name} is ignored: this operation knows none"
