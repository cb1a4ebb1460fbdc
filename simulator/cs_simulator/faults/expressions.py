"""Regular expressions of criteria: the syntax of ``re``, tried for a bounded time.

``re`` cannot be stopped, and some expressions take it years on a few words that a client sends.
So what ``re`` takes is matched by ``regex``, which can. It is imported for a rule that needs it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cs_simulator.clock import thread_time

if TYPE_CHECKING:
    from regex import Pattern

LIMIT_MS = 100
"""How long the expressions of one rule are tried on one request, in milliseconds of work."""

LONGEST = 10_000
"""Characters of an expression, and of what it spells out where its repetitions are written out."""

GAVE_UP = f"gave up after {LIMIT_MS} ms: the expression takes too long"


class GaveUpError(Exception):
    """An expression was not done with a text in the time that there was."""


class Patience:
    """The time that the expressions of one rule have left for one request, in seconds of work."""

    __slots__ = ("_left",)

    def __init__(self, seconds: float = LIMIT_MS / 1000) -> None:
        self._left = seconds

    def fullmatch(self, pattern: Pattern[str], text: str) -> bool:
        """Tell whether the whole of a text matches; raises :exc:`GaveUpError`."""
        return self._try(pattern, text, "fullmatch")

    def search(self, pattern: Pattern[str], text: str) -> bool:
        """Tell whether a part of a text matches; raises :exc:`GaveUpError`."""
        return self._try(pattern, text, "search")

    @contextmanager
    def walk(self) -> Iterator[Callable[[], None]]:
        """Count the work of a block; inside, call what is given: it raises :exc:`GaveUpError`.

        Expressions that are tried inside count as a part of it.
        """
        until = thread_time() + self._left

        def check() -> None:
            if thread_time() > until:
                raise GaveUpError

        try:
            yield check
        finally:
            self._left = until - thread_time()

    def _try(self, pattern: Pattern[str], text: str, how: str) -> bool:
        if self._left <= 0:
            raise GaveUpError
        # The time of this thread alone: a busy machine must not change what a rule decides.
        begun = thread_time()
        try:
            return getattr(pattern, how)(text, timeout=self._left) is not None
        except TimeoutError:
            self._left = 0
            raise GaveUpError from None
        finally:
            self._left -= thread_time() - begun


class Expression(NamedTuple):
    """A regular expression, and how it was written."""

    written: str
    pattern: Pattern[str]

    def fits(self, text: str, patience: Patience) -> bool:
        """Tell whether the whole of a text matches; raises :exc:`GaveUpError`."""
        return patience.fullmatch(self.pattern, text)


def expression(written: str) -> Expression:
    """Return a regular expression; raises :exc:`ValueError`, which says what is wrong with it."""
    if len(written) > LONGEST:
        raise ValueError(f"{len(written)} characters, more than {LONGEST}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            re.compile(written)
    except (re.error, OverflowError) as error:
        raise ValueError(str(error)) from None
    except FutureWarning as warning:  # what Python will read in another way one day
        place = str(warning).replace("Possible", "possible")
        raise ValueError(f"{place}: put a backslash before the bracket or sign") from None
    except RecursionError:
        raise ValueError("too many brackets in one another") from None
    return Expression(written, bounded(_plain(written)))


def bounded(text: str) -> Pattern[str]:
    """Return the pattern of an expression that can be tried for a bounded time.

    Raises :exc:`ValueError` where ``regex`` takes none of it, or takes too much memory for it.
    """
    import regex  # a start without such a rule does not pay for it

    if len(text) > LONGEST or _spelt_out(text) > LONGEST:
        raise ValueError(f"its repetitions spell out more than {LONGEST} characters")
    try:
        return regex.compile(text)
    except regex.error as error:  # pragma: no cover - none is known that re alone takes
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("too many brackets in one another") from None


_PIECE = r"""
    (?P<escape> \\N\{[^}]*\} | \\. )
    | (?P<set> \[ \^? \]? (?: \\. | [^\]\\] )* \] )
    | (?P<comment> \(\?\#[^)]*\) )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<repeat> \{ (?: (?P<least>[0-9]+) (?:,[0-9]*)? | ,[0-9]* ) \} )
    | (?P<brace> \{ )
    | .
"""
"""A piece of an expression; compiled when the first is read, which most servers never do."""


def _pieces(text: str) -> Iterator[re.Match[str]]:
    return re.finditer(_PIECE, text, re.VERBOSE | re.DOTALL)


def _plain(text: str) -> str:
    """Return an expression so that ``regex`` reads each brace and each set of it as ``re`` does.

    To ``re`` a brace that counts nothing is a brace; to ``regex`` it may allow for errors. In a set
    a bracket is a bracket to ``re``; to ``regex`` ``[:alpha:]`` is a class.
    """

    def plain(piece: re.Match[str]) -> str:
        if piece["set"]:
            return "[" + re.sub(r"(\\.)|\[", lambda each: each[1] or "\\[", piece[0][1:])
        return "\\{" if piece["brace"] else piece[0]

    return "".join(plain(each) for each in _pieces(text))


def _spelt_out(text: str) -> int:
    """Return how many characters an expression asks for at least, its repetitions written out."""
    lengths = [0]
    last = 0
    for piece in _pieces(text):
        if piece["repeat"]:
            lengths[-1] += max(0, last * (int(piece["least"] or 0) - 1))
        elif piece["open"]:
            lengths.append(0)
        elif piece["close"] and len(lengths) > 1:
            last = lengths.pop()
            lengths[-1] += last
        elif not piece["comment"]:
            last = 1
            lengths[-1] += 1
    return sum(lengths)  # a bracket may be left open where a comment has it
