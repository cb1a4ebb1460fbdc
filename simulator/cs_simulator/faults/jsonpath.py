"""JSONPath (RFC 9535), with a time limit for traversal and for regular expressions.

Descendants and filters multiply: a few hundred bytes can take years. So the segments of a path,
including those inside filters, check the time at every value. The library's ``match`` and
``search`` have no time limit, although the expression may come from the body. They are replaced
here and accept the same expressions (RFC 9485, I-Regexp).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any, NamedTuple, cast

from iregexp_check import check
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535.filter_expressions import (
    ComparisonExpression,
    FilterExpression,
    FilterQuery,
    FunctionExtension,
    LogicalExpression,
    PrefixExpression,
)
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.node import JSONPathNode
from jsonpath_rfc9535.query import JSONPathQuery
from jsonpath_rfc9535.segments import (
    JSONPathChildSegment,
    JSONPathRecursiveDescentSegment,
    JSONPathSegment,
)
from jsonpath_rfc9535.selectors import FilterSelector, IndexSelector, NameSelector

from cs_simulator.faults.expressions import LONGEST, Patience, bounded


class _Search(NamedTuple):
    """The current search: the library passes no context to functions and segments."""

    patience: Patience
    check_time: Callable[[], None]


_SEARCH: ContextVar[_Search] = ContextVar("search")


def finder(path: str) -> Callable[[Any, Patience], list[Any]]:
    """Return a function that finds the values of a JSONPath; raise :exc:`ValueError` on errors."""
    if len(path) > LONGEST:
        raise ValueError(f"{len(path)} characters, more than {LONGEST}")
    try:
        query = _Environment().compile(path)
        if query.singular_query():
            return partial(_follow, _steps(query))
        _bound(query)
    except JSONPathError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise ValueError("too many brackets in one another") from None

    def find(body: Any, patience: Patience) -> list[Any]:
        with patience.walk() as check_time:
            before = _SEARCH.set(_Search(patience, check_time))
            try:
                return list(query.find(body).values())
            finally:
                _SEARCH.reset(before)

    return find


def _steps(query: JSONPathQuery) -> Sequence[str | int]:
    """Return the names and positions of a query that leads to at most one value."""
    selectors = (segment.selectors[0] for segment in query.segments)
    return [
        each.name if isinstance(each, NameSelector) else cast(IndexSelector, each).index
        for each in selectors
    ]


def _follow(steps: Sequence[str | int], body: Any, _: Patience) -> list[Any]:
    """Return the value that names and positions lead to, if there is one.

    Most questions need only this, and it takes a fraction of the time of the general way.
    """
    value: Any = body
    for step in steps:
        is_name = isinstance(step, str)
        if not isinstance(value, dict if is_name else list):
            return []
        try:
            value = cast(Any, value)[step]
        except LookupError:
            return []
    return [value]


def _bound(part: Any) -> None:
    """Make every segment of a query, and of queries inside its filters, check the time."""
    if isinstance(part, JSONPathQuery):
        part.segments = tuple(map(_bounded_segment, part.segments))
    elif isinstance(part, FilterQuery):
        _bound(part.query)
    elif isinstance(part, (FilterExpression, LogicalExpression, ComparisonExpression)):
        for name in ("expression", "left", "right"):
            _bound(getattr(part, name, None))
    elif isinstance(part, PrefixExpression):
        _bound(part.right)
    elif isinstance(part, FunctionExtension):
        for argument in part.args:
            _bound(argument)


def _bounded_segment(segment: JSONPathSegment) -> JSONPathSegment:
    for selector in segment.selectors:
        if isinstance(selector, FilterSelector):
            _bound(selector.expression)
    descends = isinstance(segment, JSONPathRecursiveDescentSegment)
    kind = _Descent if descends else _Children
    return kind(env=segment.env, token=segment.token, selectors=segment.selectors)


def _in_time(nodes: Iterable[JSONPathNode]) -> Iterator[JSONPathNode]:
    """Yield nodes until the time is over, then raise :exc:`GaveUpError`."""
    check_time = _SEARCH.get().check_time
    for node in nodes:
        check_time()
        yield node


class _Children(JSONPathChildSegment):
    def resolve(self, nodes: Iterable[JSONPathNode]) -> Iterable[JSONPathNode]:
        return _in_time(super().resolve(_in_time(nodes)))


class _Descent(JSONPathRecursiveDescentSegment):
    def resolve(self, nodes: Iterable[JSONPathNode]) -> Iterable[JSONPathNode]:
        return _in_time(super().resolve(_in_time(nodes)))


class _Function(FilterFunction):
    """A function of a text and an expression; anything else does not match."""

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
        fits: bool = getattr(_SEARCH.get().patience, self._how)(pattern, text)
        return fits


class _Environment(JSONPathEnvironment):
    """The functions of the standard, two of them with a time limit."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Function("fullmatch")
        self.function_extensions["search"] = _Function("search")


def _python(written: str) -> str:
    """Convert an I-Regexp to Python's syntax; its dot matches no line end (RFC 9485, 5)."""
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
