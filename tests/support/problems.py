"""What a wrong document is said to have wrong: by place, expected and found, not in words.

``tests/unit/documents/test_wording.py`` pins the words of each shape of a problem. A phrase that
several rows expect has a name here, so that it is improved in one place.
"""

from __future__ import annotations

from typing import NamedTuple

from cs_simulator.documents.problems import ABSENT, Problem, shown

MAP = "a map"
LIST = "a list"
STRING = "a string"
NON_EMPTY = "a non-empty string"
BOOLEAN = "true or false"
SCALAR = "a scalar"
TEXT = "text"
INT_32 = "a 32-bit integer"
INT_32_FROM_0 = "a 32-bit integer, 0 or greater"
INT_32_FROM_1 = "a 32-bit integer, 1 or greater"
INT_64 = "a 64-bit integer"
INT_64_FROM_1 = "a 64-bit integer, 1 or greater"
INT_64_OR_TEXT = "a 64-bit integer or a non-empty string"
DURATION = "a duration such as 250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"
SOME_DURATION = "a duration longer than 0"
CALENDAR_DURATION = "a duration of at most 9998y"
TWO_DURATIONS = "two durations such as [10s, 40s]"
DATE = "a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ"
DAY = "a date in the form YYYY-MM-DD or YYYY-MM-DDTHH:mm:ss.SSSZ"
OFFSET = "a distance from the clock such as -2h, or a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ"
MODES = "one of real, offset, frozen"
STATUS = "a status from 200 to 599"
PROBABILITY = "a number from 0 to 1"
RULE_NAME = "a name of 1 to 100 characters, without spaces around it or a { at its start"
NOT_RESERVED = "a name that is not reserved"
NO_DOT = "a name without a dot that is not reserved"
SCHEMA_NAME = "a letter, then letters, digits or underscores, 26 characters at most"
OF_SOURCE = "an attribute; the source has none"
OUTSIDE_CALENDAR = "counted from 2026-01-05T09:00:00.000Z, it is outside the years 1 to 9999"


class Said(NamedTuple):
    """One problem: all that its words are made of."""

    place: str
    """Line and column."""
    at: str
    expected: str = ""
    found: str = ""
    """As a message shows it; empty where nothing was found."""
    text: str = ""
    note: str = ""
    near: str = ""
    others: str = ""
    """The names that could have been written: ``allowed: a, b`` or ``available: a, b``."""


Row = tuple[str, tuple[Said, ...]]


def sentence(
    at: str, expected: str, found: object = ABSENT, near: str | None = None, note: str = ""
) -> str:
    """Return how every message says that a value is not what is expected."""
    return Problem(at, expected, found, note=note, nearest=near).sentence


MISSING = Problem("").detail
"""How every message says that a value is missing."""


def meant(near: str) -> str:
    """Return how every message says which name was probably meant."""
    return Problem("", text="-", nearest=near).detail.removeprefix("-; ")


def said(problem: Problem, *, place: bool = True) -> Said:
    """Return what a problem says, without its place where that is not wanted."""
    lists = problem.text and problem.nearest is None and problem.listed
    kind = "available" if problem.are_there else "allowed"
    return Said(
        f"{problem.line}:{problem.column}" if place else "",
        problem.at,
        "" if problem.text else problem.expected,
        "" if problem.text or problem.found is ABSENT else shown(problem.found),
        problem.text,
        problem.note,
        problem.nearest or "",
        f"{kind}: {', '.join(problem.listed)}" if lists else "",
    )


def unfit(
    place: str, at: str, expected: str, found: object, near: str = "", note: str = ""
) -> Said:
    """Return the problem of a value that is not what is expected."""
    return Said(place, at, expected, shown(found), note=note, near=near)


def missing(place: str, at: str, expected: str = "", note: str = "") -> Said:
    """Return the problem of a key that is not there."""
    return Said(place, at, expected, note=note)


def unknown(place: str, at: str, near: str = "", allowed: str = "", note: str = "") -> Said:
    """Return the problem of a key that is none of those that are known."""
    others = f"allowed: {allowed}" if allowed else ""
    return Said(place, at, text="unknown key", note=note, near=near, others=others)


def no_such(
    place: str, at: str, kind: str, name: str, near: str = "", available: str = "", note: str = ""
) -> Said:
    """Return the problem of a name that nothing has."""
    others = f"available: {available}" if available else ""
    text = f"no {kind} named {shown(name)}"
    return Said(place, at, text=text, note=note, near=near, others=others)


def twice(place: str, at: str, what: str, note: str = "") -> Said:
    """Return the problem of what may be there only once."""
    return Said(place, at, text=f"duplicate {what}", note=note)


def only_with(place: str, at: str, what: str, note: str = "") -> Said:
    """Return the problem of a key that needs something else."""
    return Said(place, at, text=f"only allowed with {what}", note=note)


def wrong(
    place: str,
    at: str,
    text: str,
    note: str = "",
    near: str = "",
    allowed: str = "",
    available: str = "",
) -> Said:
    """Return a problem that no other of these has the words of."""
    others = f"allowed: {allowed}" if allowed else f"available: {available}" if available else ""
    return Said(place, at, text=text, note=note, near=near, others=others)


def no_ids(place: str, at: str, kind: str, last: int) -> Said:
    """Return the problem of a kind of ids of which none is left."""
    return wrong(
        place,
        at,
        f"No {kind} ids left: they continue from the scenario's highest id, or from its "
        f"first_ids.{kind}, and end at {last}",
    )
