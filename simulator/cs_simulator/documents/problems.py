"""Problems: what is wrong with a document, as data; worded in one place and one way.

``expected X, found Y; did you mean Z?``. What a message shows, a program reads from the fields:
nothing takes a sentence apart again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

MOST_PROBLEMS = 100
"""Problems of one document that are kept; of the others, only how many there are."""
MOST_NAMES = 100
"""Names that a message lists at most."""
_LONGEST_LIST = 4_000
"""Characters of all the names that a message lists."""
_LONGEST_NAME = 100
"""Characters of a name that a nearest one is looked for; the search is quadratic."""
_MOST_COMPARED = 500
"""Names among which the nearest is looked for: an error must not cost more than what is right."""
_LONGEST_VALUE = 80


class Place(NamedTuple):
    """A line and a column, each from 1."""

    line: int
    column: int


Places = Mapping[str, Place]
"""Places of a text, by the path of what is there."""


class Absent:
    """The value of a member that was not sent."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: in which file, at which key, and what about it.

    Either ``expected`` says what a value must be and ``found`` what it is (left out, it is
    missing), or ``text`` says what is wrong. ``names`` are what could have been written instead,
    ``nearest`` the one that was most likely meant, and ``note`` how to fix it or why.

    ``on_key`` tells that the key itself is wrong. Line and column count from 1; 0 is not known.
    """

    at: str
    expected: str = ""
    found: object = ABSENT
    _: KW_ONLY
    text: str = ""
    note: str = ""
    names: Sequence[str] = ()
    are_there: bool = False
    """Whether the names are of things that exist, and not words that are allowed."""
    nearest: str | None = None
    on_key: bool = False
    source: str = ""
    line: int = 0
    column: int = 0

    @property
    def is_missing(self) -> bool:
        """Whether what is expected is not there at all."""
        return not self.text and self.found is ABSENT

    @property
    def detail(self) -> str:
        """The problem in words, without its place."""
        return "".join((self._problem(), self._instead(), f"; {self.note}" if self.note else ""))

    def _problem(self) -> str:
        if self.text:
            return self.text
        if self.found is ABSENT:
            return f"is missing; expected {self.expected}" if self.expected else "is missing"
        return f"expected {self.expected}, found {shown(self.found)}"

    def _instead(self) -> str:
        if self.nearest is not None:
            return f"; did you mean {self.nearest}?"
        names = self.listed
        if self.text and names:
            return f"; {'available' if self.are_there else 'allowed'}: {', '.join(names)}"
        return ""

    @property
    def listed(self) -> Sequence[str]:
        """The names that could have been written, or none where nobody would read so many."""
        is_short = len(self.names) <= MOST_NAMES and sum(map(len, self.names)) <= _LONGEST_LIST
        return self.names if is_short else ()

    @property
    def sentence(self) -> str:
        """The problem in words, after the key that it is about."""
        if not self.at:
            return self.detail
        return f"{self.at} {self.detail}" if self.is_missing else f"{self.at}: {self.detail}"

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}:{self.column}" if self.line else self.source
        return f"{place}: {self.sentence}" if place else self.sentence


class DocumentError(ValueError):
    """A document that cannot be used; nothing has changed.

    ``more`` counts the problems beyond those that are kept. ``sound`` is what of the document
    can be used, where anything can, to be looked at for contradictions.
    """

    def __init__(self, problems: Iterable[Problem], sound: Any = None, more: int = 0) -> None:
        found = tuple(problems)
        self.problems: Sequence[Problem] = found[:MOST_PROBLEMS]
        self.more = more + len(found) - len(self.problems)
        self.sound = sound
        super().__init__("\n".join(self.lines()))

    def lines(self) -> Iterator[str]:
        """Yield the problems in words, and how many more there are."""
        yield from map(str, self.problems)
        if self.more:
            yield f"{self.more:,} more"


class UnfitError(ValueError):
    """A value is not of the kind that its member takes; the text says what is expected."""

    def __init__(self, expected: str, note: str = "", names: Sequence[str] = ()) -> None:
        super().__init__(f"{expected}; {note}" if note else expected)
        self.expected = expected
        self.note = note
        self.names = names

    def problem(self, at: str, found: object = ABSENT) -> Problem:
        """Return the problem of a value at a place."""
        near = nearest(found, self.names) if self.names else None
        return Problem(at, self.expected, found, note=self.note, names=self.names, nearest=near)


def nearest(name: object, known: Iterable[str]) -> str | None:
    """Return what was most likely meant by a name, or None."""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return None
    names = tuple(sorted(each for each in known if len(each) <= _LONGEST_NAME))
    if len(names) > _MOST_COMPARED:
        names = tuple(each for each in names if each[:1] == name[:1])[:_MOST_COMPARED]
    return _nearest(name, names)


@lru_cache(maxsize=1024)
def _nearest(name: str, names: tuple[str, ...]) -> str | None:
    """Compare names once: who misspells a name does so again.

    What is kept depends on the arguments alone, so no world and no test can see it: it is no state.
    """
    from difflib import get_close_matches  # only ever needed for a problem

    near = get_close_matches(name, names, 1)
    return near[0] if near else None


def unknown_key(
    name: str, known: Iterable[str], at: str = "", within: Sequence[str] = ()
) -> Problem:
    """Return the problem of a key that is none of those that are known.

    ``within`` are the places further in where it is one; the only one is as near as a like name.
    """
    names = sorted(known)
    near = nearest(name, names)
    if near is None and len(within) == 1:
        near = within[0]
    return Problem(at, found=name, text="unknown key", names=names, nearest=near, on_key=True)


def no_such(what: str, name: object, known: Iterable[str], none: str = "", at: str = "") -> Problem:
    """Return the problem of a name that nothing has; ``none`` says that there is nothing to name.

    It is worded ``no X named 'Y'``, with the nearest name or all that are available.
    """
    names = sorted(known)
    return Problem(
        at,
        found=name,
        text=f"no {what} named {shown(name)}",
        note="" if names else none,
        names=names,
        are_there=True,
        nearest=nearest(name, names),
    )


def as_sentence(text: str) -> str:
    """Return a problem's words so that they can be read on their own."""
    return text[:1].upper() + text[1:]


def shown(value: object) -> str:
    """Return a value as a message shows it: text in quotes, anything else as JSON, both cut."""
    if isinstance(value, str):
        is_whole = len(value) <= _LONGEST_VALUE
        return repr(value) if is_whole else f"{value[: _LONGEST_VALUE - 3]!r}..."
    if not value or not isinstance(value, (list, dict, tuple)):
        text = json.dumps(value, default=str)
        return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
    # No more is put into words than is shown.
    parts = []
    length = 0
    for part in json.JSONEncoder(default=str, check_circular=False).iterencode(value):
        parts.append(part)
        length += len(part)
        if length > _LONGEST_VALUE:
            return f"{''.join(parts)[: _LONGEST_VALUE - 3]}..."
    return "".join(parts)
