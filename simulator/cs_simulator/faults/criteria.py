"""Criteria for requests; those that a request does not meet are returned as data."""

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
"""The body of a request that is not JSON."""


class Facts(NamedTuple):
    """The facts about a request that rules can match.

    ``bodies`` are the documents that criteria of the body search, all together: normally the one
    body; for an element of a composite its parts, itself and the whole. ``customer_ids`` and
    ``contact_keys`` are those in the path or the body, and those of the entity's owner before the
    operation. ``elements`` are the facts about each element of a composite, used in place of the
    composite's own.
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
    """The name and the DB id of the tenant, if there is one."""
    elements: Sequence[Facts] = ()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A criterion that failed: its name, and what was expected and found.

    ``gave_up`` means that it might have held, given more time.
    """

    criterion: str
    expected: Any
    found: Any
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """A test of values: one match is enough."""

    operator: Operator
    operand: Any

    def fits(self, values: Iterable[Any], patience: Patience) -> bool:
        """Tell whether one of the values matches; ``absent`` requires that no value exists.

        Raises :exc:`GaveUpError` if a regular expression takes too long.
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
        """Whether the duration depends on an expression of the rule's author."""
        if self.operator == "part":
            return any(test.may_take_long for test in self.operand.values())
        return self.operator == "matches" and not self.operand.is_quick

    def as_written(self) -> Any:
        """Return the test in the form of a document."""
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
    """Return a function that finds a member of an object."""

    def find(body: Any, _patience: Patience) -> list[Any]:
        return [body[name]] if isinstance(body, dict) and name in body else []

    return find


def path_finder(path: str) -> Finder:
    """Return a function that finds the values of a JSONPath; raise ValueError if it is invalid."""
    from cs_simulator.faults.jsonpath import finder  # start-up without one does not pay for it

    return finder(path)


_WILD: Mapping[str, str] = MappingProxyType({"/**": "(?:/.*)?", "**": ".*", "*": "[^/]*"})


class Glob(NamedTuple):
    """A path in which ``*`` is any segment, or a part of one, and ``**`` any number of segments."""

    written: str
    pattern: re.Pattern[str] | Expression
    """Limited in time if it has more than one wildcard; only then may it take long."""

    def fits(self, path: str, patience: Patience) -> bool:
        """Tell whether a path matches; raise :exc:`GaveUpError` if it takes too long."""
        text = normal_path(path)
        if isinstance(self.pattern, Expression):
            return self.pattern.fits(text, patience)
        return self.pattern.fullmatch(text) is not None


def glob_of(written: str) -> Glob:
    """Return a glob; all but the wildcards is percent-encoded like the path of a request."""
    parts = re.split(r"(/\*\*(?=/|$)|\*\*|\*)", written)
    text = "".join(_WILD.get(part) or re.escape(normal_path(part)) for part in parts)
    one = len(parts) <= 3  # itself, and what is before and after it
    return Glob(written, re.compile(text) if one else Expression(written, bounded(text)))


_WALK = frozenset("*?:,")
"""Signs of a JSONPath that visits more than one value, besides two dots in a row."""


@dataclass(frozen=True, slots=True)
class RequestCriteria:
    """All criteria of a rule; each must hold."""

    body: Mapping[str, tuple[Finder, Test]]
    query: Mapping[str, Test]
    headers: Mapping[str, Test]
    path: Glob | None = None
    customer_id: Test | None = None
    contact_key: Test | None = None
    tenant: Test | None = None

    @property
    def may_take_long(self) -> bool:
        """Whether the duration depends on an expression of the rule's author."""
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
        """Return the criteria that a request fails, in the order of declaration.

        For a composite, those of the element that matches best. All expressions together share one
        time limit.
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
"""No criteria: every request matches."""


def difference(
    criterion: str, test: Test, found: Sequence[Any], patience: Patience
) -> Mismatch | None:
    """Return how values fail a test, or None if one of them matches."""
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
