"""Criteria: what a request must look like. What does not fit is returned as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cs_simulator.documents.equality import any_equal, equal, normal_path, same_items, text_of
from cs_simulator.faults.expressions import GAVE_UP, Expression, GaveUpError, Patience, bounded

Operator = Literal["equals", "matches", "contains", "absent", "same_items", "any_of", "part"]

UNREADABLE = object()
"""The body of a request that is no JSON."""


class Facts(NamedTuple):
    """What rules may ask about a request.

    ``bodies`` are the documents in which criteria of the body look, all of them together: the one
    body there is, or of a composite's element its parts, itself and the whole. ``customer_ids``
    and ``contact_keys`` are those of the path, the body, or the owner of the entity before the
    operation. ``elements`` are the facts of each element of a composite, which stand in place of
    its own.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, Sequence[str]]
    bodies: Sequence[Any] = ()
    customer_ids: frozenset[str] = frozenset()
    contact_keys: frozenset[str] = frozenset()
    tenant: Sequence[str] = ()
    """The name and the DB id of the tenant, where there is one."""
    elements: Sequence[Facts] = ()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One criterion that failed: which, what it expected and what it found.

    ``gave_up`` says that it might have held, had there been more time to find out.
    """

    criterion: str
    expected: Any
    found: Any
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """A test of values: any one that fits is enough."""

    operator: Operator
    operand: Any

    def fits(self, values: Iterable[Any], patience: Patience) -> bool:
        """Tell whether one of the values fits; ``absent`` wants none.

        Raises :exc:`GaveUpError` where a regular expression takes too long to tell.
        """
        present = list(values)
        if self.operator == "absent":
            return bool(present) is not self.operand
        if self.operator == "equals":
            return any_equal(present, self.operand)
        if self.operator == "any_of":
            return any(equal(value, each) for value in present for each in self.operand)
        if self.operator == "matches":
            return any(_matches(value, self.operand, patience) for value in present)
        if self.operator == "same_items":
            return same_items(present, self.operand)
        if self.operator == "part":
            return any(_has_part(value, self.operand, patience) for value in present)
        return any(_contains(value, self.operand) for value in present)

    @property
    def may_take_long(self) -> bool:
        """Whether an expression of its author decides how long it takes."""
        if self.operator == "part":
            return any(test.may_take_long for test in self.operand.values())
        return self.operator == "matches"

    def as_written(self) -> Any:
        """Return the test as a document writes it."""
        if self.operator == "equals" and not isinstance(self.operand, (dict, list)):
            return self.operand
        if self.operator == "any_of":
            return list(self.operand)
        if self.operator == "part":
            return {name: test.as_written() for name, test in self.operand.items()}
        operand = self.operand.written if self.operator == "matches" else self.operand
        return {self.operator: operand}


def _matches(value: Any, operand: Expression, patience: Patience) -> bool:
    text = text_of(value)
    return text is not None and operand.fits(text, patience)


def _contains(value: Any, operand: Any) -> bool:
    if isinstance(value, list):
        return any(equal(each, operand) for each in value)
    if isinstance(value, dict):
        return text_of(operand) in value
    text, part = text_of(value), text_of(operand)
    return text is not None and part is not None and part in text


def _has_part(value: Any, part: Mapping[str, Test], patience: Patience) -> bool:
    return isinstance(value, dict) and all(
        test.fits([value[name]] if name in value else [], patience) for name, test in part.items()
    )


Finder = Callable[[Any, Patience], list[Any]]
"""Finds the values of a member or of a JSONPath in a body; it may give up."""


def member_finder(name: str) -> Finder:
    """Return what finds a member of an object."""

    def find(body: Any, _patience: Patience) -> list[Any]:
        return [body[name]] if isinstance(body, dict) and name in body else []

    return find


def path_finder(path: str) -> Finder:
    """Return what finds the values of a JSONPath; raises ValueError where it is not valid."""
    from cs_simulator.faults.jsonpath import finder  # a start without one does not pay for it

    return finder(path)


_WILD: Mapping[str, str] = MappingProxyType({"/**": "(?:/.*)?", "**": ".*", "*": "[^/]*"})


class Glob(NamedTuple):
    """A path with ``*`` for a segment, or a part of it, and ``**`` for any number, or none."""

    written: str
    pattern: re.Pattern[str] | Expression
    """Bounded in time where it has more than one wildcard: only then may it take long."""

    def fits(self, path: str, patience: Patience) -> bool:
        """Tell whether a path fits; raises :exc:`GaveUpError` where it takes too long to tell."""
        text = normal_path(path)
        if isinstance(self.pattern, Expression):
            return self.pattern.fits(text, patience)
        return self.pattern.fullmatch(text) is not None


def glob_of(written: str) -> Glob:
    """Return a glob; what is no wildcard is percent-encoded as the path of a request is."""
    parts = re.split(r"(/\*\*(?=/|$)|\*\*|\*)", written)
    text = "".join(_WILD.get(part) or re.escape(normal_path(part)) for part in parts)
    one = len(parts) <= 3  # itself, and what is before and after
    return Glob(written, re.compile(text) if one else Expression(written, bounded(text)))


_WALK = frozenset("*?:,")
"""What stands in a JSONPath that walks through more than one value, beside two points in a row."""


@dataclass(frozen=True, slots=True)
class RequestCriteria:
    """All criteria of a rule, each of which must hold."""

    body: Mapping[str, tuple[Finder, Test]]
    query: Mapping[str, Test]
    headers: Mapping[str, Test]
    path: Glob | None = None
    customer_id: Test | None = None
    contact_key: Test | None = None
    tenant: Test | None = None

    @property
    def may_take_long(self) -> bool:
        """Whether an expression of its author decides how long it takes."""
        tests = (
            *(test for _, test in self.body.values()),
            *self.query.values(),
            *self.headers.values(),
            *(each for each in (self.customer_id, self.contact_key, self.tenant) if each),
        )
        return any(test.may_take_long for test in tests) or any(
            ".." in path or not _WALK.isdisjoint(path) for path in self.body
        )

    def differences(self, facts: Facts, patience: Patience | None = None) -> list[Mismatch]:
        """Return the criteria that a request fails, in the order they are declared.

        Of a composite, those that the element fails that fits best. All expressions together have
        the one patience.
        """
        if self is NOWHERE:
            return []
        patience = patience or Patience()
        if facts.elements:
            return min((self.differences(each, patience) for each in facts.elements), key=len)
        return [each for each in self._checks(facts, patience) if each is not None]

    def _checks(self, facts: Facts, patience: Patience) -> Iterable[Mismatch | None]:
        for name, (find, test) in self.body.items():
            yield _body_difference(f"body.{name}", find, test, facts.bodies, patience)
        for name, test in self.query.items():
            yield difference(f"query.{name}", test, facts.query.get(name, ()), patience)
        for name, test in self.headers.items():
            yield difference(f"headers.{name}", test, facts.headers.get(name.lower(), ()), patience)
        if self.path is not None:
            yield _path_difference(self.path, facts.path, patience)
        if self.customer_id is not None:
            present = sorted(facts.customer_ids)
            yield difference("customer_id", self.customer_id, present, patience)
        if self.contact_key is not None:
            present = sorted(facts.contact_keys)
            yield difference("contact_key", self.contact_key, present, patience)
        if self.tenant is not None:
            yield difference("tenant", self.tenant, facts.tenant, patience)


NOWHERE = RequestCriteria({}, {}, {})
"""No criteria: every request fits."""


def difference(
    criterion: str, test: Test, found: Sequence[Any], patience: Patience
) -> Mismatch | None:
    """Return what values fail of a test, None where one of them fits."""
    try:
        if test.fits(found, patience):
            return None
    except GaveUpError:
        return Mismatch(criterion, test.as_written(), GAVE_UP, gave_up=True)
    shown = found[0] if len(found) == 1 else (list(found) or None)
    return Mismatch(criterion, test.as_written(), shown)


def _body_difference(
    criterion: str, find: Finder, test: Test, bodies: Sequence[Any], patience: Patience
) -> Mismatch | None:
    if UNREADABLE in bodies:
        return Mismatch(criterion, test.as_written(), "unreadable body")
    try:
        found = [value for body in bodies for value in find(body, patience)]
    except GaveUpError:
        return Mismatch(criterion, test.as_written(), GAVE_UP, gave_up=True)
    return difference(criterion, test, found, patience)


def _path_difference(glob: Glob, path: str, patience: Patience) -> Mismatch | None:
    try:
        if glob.fits(path, patience):
            return None
    except GaveUpError:
        return Mismatch("path", glob.written, GAVE_UP, gave_up=True)
    return Mismatch("path", glob.written, path)
