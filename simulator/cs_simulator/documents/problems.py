"""Problems: what is wrong with a document, as data; worded in one place and in one way.

The form is ``expected X, found Y; did you mean Z?``. Programs read the fields; no code takes a
sentence apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

MOST_PROBLEMS = 100
"""The maximum number of problems kept for a document; the others are only counted."""
MOST_NAMES = 100
"""The maximum number of names in a message."""
_LONGEST_LIST = 4_000
"""The maximum length of all names in a message."""
_LONGEST_NAME = 100
"""The maximum length of a name for the search of the nearest; the search is quadratic."""
_MOST_COMPARED = 500
"""The maximum number of names to search: an error must not cost more than a valid request."""
_LONGEST_VALUE = 80


class Position(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


Positions = Mapping[str, Position]
"""Places of a text, by the path of what is there."""


class Absent:
    """The value of a member that was not sent."""


ABSENT = Absent()


class Problem(NamedTuple):
    """One problem: the file, the key, and what is wrong there.

    Either ``expected`` says what a value must be and ``found`` what it is (by default, missing), or
    ``text`` says what is wrong. ``names`` are the names that could have been written instead,
    ``nearest`` is the one probably meant, and ``note`` says how to fix it, or why.

    ``on_key`` marks a problem of the key itself. Line and column count from 1; 0 means unknown.
    """

    at: str
    expected: str = ""
    found: object = ABSENT
    text: str = ""
    note: str = ""
    names: Sequence[str] = ()
    are_there: bool = False
    """Whether the names are of existing things, rather than allowed words."""
    nearest: str | None = None
    on_key: bool = False
    source: str = ""
    line: int = 0
    column: int = 0

    @property
    def is_missing(self) -> bool:
        """Whether the expected value is missing."""
        return not self.text and self.found is ABSENT

    @property
    def detail(self) -> str:
        """The problem in words, without its position."""
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
        """The names that could have been written; none if there are too many to read."""
        is_short = len(self.names) <= MOST_NAMES and sum(map(len, self.names)) <= _LONGEST_LIST
        return self.names if is_short else ()

    @property
    def sentence(self) -> str:
        """The problem in words, with the key that it concerns."""
        if not self.at:
            return self.detail
        return f"{self.at} {self.detail}" if self.is_missing else f"{self.at}: {self.detail}"

    def __str__(self) -> str:
        position = f"{self.source}:{self.line}:{self.column}" if self.line else self.source
        return f"{position}: {self.sentence}" if position else self.sentence


class DocumentError(ValueError):
    """A document that cannot be used; nothing has changed.

    ``more`` counts the problems beyond those kept. ``sound`` is the usable part of the document, if
    there is one, for finding contradictions in it.
    """

    def __init__(self, problems: Iterable[Problem], sound: Any = None, more: int = 0) -> None:
        found = tuple(problems)
        self.problems: Sequence[Problem] = found[:MOST_PROBLEMS]
        self.more = more + len(found) - len(self.problems)
        self.sound = sound
        super().__init__("\n".join(self.lines()))

    def lines(self) -> Iterator[str]:
        """Yield the problems in words, and the number of further ones."""
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
    """Return the name probably meant by a misspelled one, or None."""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return None
    names = tuple(sorted(other for other in known if len(other) <= _LONGEST_NAME))
    if len(names) > _MOST_COMPARED:
        names = tuple(other for other in names if other[:1] == name[:1])[:_MOST_COMPARED]
    return _nearest(name, names)


@lru_cache(maxsize=1024)
def _nearest(name: str, names: tuple[str, ...]) -> str | None:
    """Search once for each name, since errors repeat.

    The cached result depends only on the arguments, so it is not state that worlds or tests could
    see.
    """
    from difflib import get_close_matches  # needed only for problems

    near = get_close_matches(name, names, 1)
    return near[0] if near else None


def unknown_key(
    name: str, known: Iterable[str], at: str = "", within: Sequence[str] = ()
) -> Problem:
    """Return the problem of an unknown key.

    ``within`` are the deeper places at which the key is known; a single one is as good as a similar
    name.
    """
    names = sorted(known)
    near = nearest(name, names)
    if near is None and len(within) == 1:
        near = within[0]
    return Problem(at, found=name, text="unknown key", names=names, nearest=near, on_key=True)


def no_such(what: str, name: object, known: Iterable[str], none: str = "", at: str = "") -> Problem:
    """Return the problem of a name that does not exist; ``none`` says that nothing has a name.

    It is worded ``no X named 'Y'``, with the nearest name or all available ones.
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
    """Return the words of a problem as a sentence that stands alone."""
    return text[:1].upper() + text[1:]


def shown(value: object) -> str:
    """Return a value as a message shows it: text in quotes, anything else as JSON, cut to size."""
    if isinstance(value, str):
        is_whole = len(value) <= _LONGEST_VALUE
        return repr(value) if is_whole else f"{value[: _LONGEST_VALUE - 3]!r}..."
    if not value or not isinstance(value, (list, dict, tuple)):
        text = json.dumps(value, default=str)
        return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
    # Only as much is rendered as is shown.
    parts = []
    length = 0
    for part in json.JSONEncoder(default=str, check_circular=False).iterencode(value):
        parts.append(part)
        length += len(part)
        if length > _LONGEST_VALUE:
            return f"{''.join(parts)[: _LONGEST_VALUE - 3]}..."
    return "".join(parts)
