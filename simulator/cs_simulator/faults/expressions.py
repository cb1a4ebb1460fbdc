"""Regular expressions of criteria: the syntax of ``re``, matched for a limited time.

``re`` cannot be interrupted, and some expressions would take it years on a short text from a
client. So expressions that ``re`` accepts are matched by ``regex``, which can be interrupted. It is
imported for the first rule that needs it. The plainest expressions never take long: ``re`` matches
them, five times as fast.
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
"""The time limit for the expressions of one rule on one request, in milliseconds of CPU time."""

LONGEST = 10_000
"""The maximum length of an expression, and of what it expands to when its repetitions are written
out.
"""

QUICK = 64
"""The maximum length of an expression that is matched without a limit."""

GAVE_UP = f"gave up after {LIMIT_MS} ms: the expression takes too long"


class GaveUpError(Exception):
    """An expression was not finished with a text in the available time."""


class Patience:
    """The remaining time of a rule's expressions for one request, in seconds of CPU time."""

    __slots__ = ("_left",)

    def __init__(self, seconds: float = LIMIT_MS / 1000) -> None:
        self._left = seconds

    def fullmatch(self, pattern: Pattern[str], text: str) -> bool:
        """Tell whether a whole text matches; raise :exc:`GaveUpError` at the time limit."""
        return self._try(pattern, text, "fullmatch")

    def search(self, pattern: Pattern[str], text: str) -> bool:
        """Tell whether a part of a text matches; raise :exc:`GaveUpError` at the time limit."""
        return self._try(pattern, text, "search")

    @contextmanager
    def walk(self) -> Iterator[Callable[[], None]]:
        """Count the time of a block; inside it, call the given function, which may raise.

        The function raises :exc:`GaveUpError` when the time is over. Expressions matched inside
        count as a part of the block.
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
        # CPU time of this thread only: a busy machine must not change the decision of a rule.
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
    pattern: Pattern[str] | re.Pattern[str]

    @property
    def is_quick(self) -> bool:
        """Whether it takes no longer than reading the text, whatever that is."""
        return isinstance(self.pattern, re.Pattern)

    def fits(self, text: str, patience: Patience) -> bool:
        """Tell whether a whole text matches; raise :exc:`GaveUpError` at the time limit."""
        if isinstance(self.pattern, re.Pattern):
            return self.pattern.fullmatch(text) is not None
        return patience.fullmatch(self.pattern, text)


def expression(written: str) -> Expression:
    """Compile a regular expression; raise :exc:`ValueError` with what is wrong with it."""
    if len(written) > LONGEST:
        raise ValueError(f"{len(written)} characters, more than {LONGEST}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            pattern = re.compile(written)
    except (re.error, OverflowError) as error:
        raise ValueError(str(error)) from None
    except FutureWarning as warning:  # syntax that a future Python will read differently
        place = str(warning).replace("Possible", "possible")
        raise ValueError(f"{place}: put a backslash before the bracket or sign") from None
    except RecursionError:
        raise ValueError("too many brackets in one another") from None
    return Expression(written, pattern if _is_quick(written) else bounded(_plain(written)))


def bounded(text: str) -> Pattern[str]:
    """Return the pattern of an expression that can be matched for a limited time.

    Raises :exc:`ValueError` if ``regex`` does not accept it, or needs too much memory for it.
    """
    import regex  # start-up without such a rule does not pay for it

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
"""One element of an expression; compiled at the first use, which most servers never reach."""


def _pieces(text: str) -> Iterator[re.Match[str]]:
    return re.finditer(_PIECE, text, re.VERBOSE | re.DOTALL)


def _is_quick(text: str) -> bool:
    """Tell whether an expression repeats at most one character or set, and has no alternatives.

    There is then one way to match each beginning, and what is tried after it is short.
    """
    if len(text) > QUICK:
        return False
    repeats = 0
    for piece in _pieces(text):
        if piece["comment"] or piece["open"] or piece["close"] or piece[0] == "|":
            return False
        repeats += bool(piece["repeat"] or piece[0] in ("*", "+", "?"))
    return repeats <= 1 and _spelt_out(text) <= LONGEST


def _plain(text: str) -> str:
    """Rewrite an expression so that ``regex`` reads each brace and each set as ``re`` does.

    To ``re`` a brace that is not a repetition is literal; ``regex`` may read it as fuzzy matching.
    In a set, a bracket is literal to ``re``; to ``regex`` ``[:alpha:]`` is a class.
    """

    def plain(piece: re.Match[str]) -> str:
        if piece["set"]:
            return "[" + re.sub(r"(\\.)|\[", lambda each: each[1] or "\\[", piece[0][1:])
        return "\\{" if piece["brace"] else piece[0]

    return "".join(plain(each) for each in _pieces(text))


def _spelt_out(text: str) -> int:
    """Return the minimum length of an expression with its repetitions written out."""
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
    return sum(lengths)  # a comment may contain an open bracket
