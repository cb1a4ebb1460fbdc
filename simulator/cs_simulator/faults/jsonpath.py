"""JSONPath (RFC 9535), its regular expressions tried for a bounded time.

The library tries ``match`` and ``search`` for as long as they take, and the expression may come
from the body. They are replaced here; what they accept is the same (RFC 9485, I-Regexp).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from iregexp_check import check
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from cs_simulator.faults.expressions import Patience, bounded

_PATIENCE: ContextVar[Patience] = ContextVar("patience")
"""That of the search under way: the library hands nothing through to a function."""


def finder(path: str) -> Callable[[Any, Patience], list[Any]]:
    """Return what finds the values of a JSONPath; raises :exc:`ValueError` where it is none."""
    try:
        query = _Environment().compile(path)
    except JSONPathError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise ValueError("too many brackets in one another") from None

    def find(body: Any, patience: Patience) -> list[Any]:
        before = _PATIENCE.set(patience)
        try:
            return list(query.find(body).values())
        finally:
            _PATIENCE.reset(before)

    return find


class _Function(FilterFunction):
    """A function of a text and an expression; what is no such thing does not match."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - the library's form
    return_type = ExpressionType.LOGICAL

    def __init__(self, how: str) -> None:
        self._how = how

    def __call__(self, text: object, written: object) -> bool:
        if not isinstance(text, str) or not isinstance(written, str) or not check(written):
            return False
        try:
            pattern = bounded(_python(written))
        except ValueError:
            return False
        fits: bool = getattr(_PATIENCE.get(), self._how)(pattern, text)
        return fits


class _Environment(JSONPathEnvironment):
    """The standard's functions, two of them bounded."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Function("fullmatch")
        self.function_extensions["search"] = _Function("search")


def _python(written: str) -> str:
    """Return an I-Regexp in Python's syntax: to it a dot is no line end (RFC 9485, section 5)."""
    parts = []
    escaped = in_set = False
    for each in written:
        if escaped:
            escaped = False
        elif each == "\\":
            escaped = True
        elif each in "[]":
            in_set = each == "["
        elif each == "." and not in_set:
            parts.append(r"[^\r\n]")
            continue
        parts.append(each)
    return "".join(parts)
