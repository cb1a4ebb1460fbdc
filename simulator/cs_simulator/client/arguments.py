"""Checks of arguments, whose messages say what was expected, what was found, and the fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cs_simulator.client.errors import ArgumentError
from cs_simulator.client.values import shown

__tracebackhide__ = True  # pytest then shows the line of the test


def keywords_only(method: str, misplaced: Sequence[object], first: str) -> None:
    """Reject positional arguments of a method that has keywords alone.

    ``first`` is the keyword that the first one was most likely meant for.
    """
    if not misplaced:
        return
    found = misplaced[0]
    right = f"**{shown(found)}" if isinstance(found, Mapping) else f"{first}={shown(found)}"
    raise ArgumentError(
        f"{method}() expected only keywords, found {shown(found)}; use {method}({right})"
    )


def segment(name: object, what: str) -> str:
    """Return a name as a segment of a path."""
    if not isinstance(name, str) or not name:
        raise ArgumentError(f"expected the name of {what} as text, found {shown(name)}")
    return quote(name, safe="")


def request_id(number: object) -> int | str:
    """Return the id of a request in the journal."""
    if isinstance(number, bool) or not isinstance(number, (int, str)):
        raise ArgumentError(
            f"expected the id of a request, found {shown(number)}; use that of an entry, for "
            'example requests()[-1]["id"]'
        )
    if isinstance(number, str):
        return int(number) if number.isdecimal() else quote(number, safe="/")
    return number


def missing(holder: object, what: str, name: str) -> AttributeError:
    """Return the error for an attribute that does not exist, with the nearest one that does."""
    text = f"{what} has no attribute {name!r}"
    if not name.startswith("_"):
        from difflib import get_close_matches

        public = [each for each in dir(type(holder)) if not each.startswith("_")]
        near = get_close_matches(name, public, 1)
        text += f"; did you mean {near[0]}?" if near else f"; help({what}) shows all"
    return AttributeError(text, name=name, obj=holder)


def instance(value: Any, kind: type, call: str, use: str) -> None:
    """Reject a value that is not of a class."""
    if not isinstance(value, kind):
        raise ArgumentError(f"{call} expected a {kind.__name__}, found {shown(value)}; use {use}")
