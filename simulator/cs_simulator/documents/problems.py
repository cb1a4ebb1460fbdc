"""What is wrong with a scenario: all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple


class Place(NamedTuple):
    """A line and a column, each from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: in which file, at which key, and what about it.

    Line and column count from 1; 0 is not known. ``on_key`` says that the key itself is wrong.
    ``found``, ``allowed`` and ``did_you_mean`` say in parts what the text says whole, where it has
    such parts.
    """

    source: str
    at: str
    text: str
    on_key: bool = False
    line: int = 0
    column: int = 0
    found: Any = None
    allowed: str | Sequence[str] | None = None
    did_you_mean: str | None = None

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}:{self.column}" if self.line else self.source
        return f"{place}: {self.at}: {self.text}" if self.at else f"{place}: {self.text}"


class ScenarioError(ValueError):
    """A scenario that cannot be used; nothing has changed.

    ``document`` is what of it is sound, where anything is, to be looked at for contradictions.
    """

    def __init__(self, mistakes: Iterable[Mistake], document: Any = None) -> None:
        self.mistakes: Sequence[Mistake] = tuple(mistakes)
        self.document = document
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


MOST_SHOWN = 100
"""Names that a message shows at most."""


_LONGEST_NAME = 100
_MOST_COMPARED = 500
"""No more is compared: a mistake must not cost more than what would have been right."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return what was most likely meant by a name, or None."""
    names = tuple(sorted(known))
    if len(name) > _LONGEST_NAME:
        return None
    if len(names) > _MOST_COMPARED:
        names = tuple(each for each in names if each[:1] == name[:1])[:_MOST_COMPARED]
    return _nearest(name, names)


@lru_cache(maxsize=1024)
def _nearest(name: str, names: tuple[str, ...]) -> str | None:
    """Compare names once: who makes a mistake makes it again."""
    from difflib import get_close_matches  # only ever needed for a mistake

    near = get_close_matches(name, names, 1)
    return near[0] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that names what was most likely meant, or what there is.

    More names than anyone reads are not shown.
    """
    names = sorted(known)
    near = nearest(name, names)
    if near is not None:
        return f"; did you mean {near}?"
    return f"; allowed: {', '.join(names)}" if 0 < len(names) <= MOST_SHOWN else ""
