"""Criteria: what a request must look like. What does not fit is returned as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import quote

Operator = Literal["equals", "matches", "contains", "absent", "any_of"]

UNREADABLE = object()
"""The body of a request that is no JSON."""

MISSING = object()
"""What is not there."""


@dataclass(frozen=True, slots=True)
class Facts:
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
    headers: Mapping[str, str]
    bodies: Sequence[Any] = ()
    customer_ids: frozenset[str] = frozenset()
    contact_keys: frozenset[str] = frozenset()
    tenant: str | None = None
    elements: Sequence[Facts] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion that failed: which, what it expected and what it found."""

    criterion: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class Test:
    """A test of values: any one that fits is enough."""

    operator: Operator
    operand: Any

    def fits(self, values: Iterable[Any]) -> bool:
        """Tell whether one of the values fits; ``absent`` wants none."""
        present = [value for value in values if value is not MISSING]
        if self.operator == "absent":
            return bool(present) is not self.operand
        return any(_OPERATORS[self.operator](value, self.operand) for value in present)

    def as_written(self) -> Any:
        """Return the test as a document writes it."""
        if self.operator == "equals":
            return self.operand
        if self.operator == "any_of":
            return list(self.operand)
        operand = self.operand.pattern if self.operator == "matches" else self.operand
        return {self.operator: operand}


def text_of(value: Any) -> str | None:
    """Return what a scalar is compared by; None of what is no scalar."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    return None


def _equals(value: Any, operand: Any) -> bool:
    if isinstance(operand, (dict, list)):
        return bool(value == operand)
    text = text_of(value)
    return text is not None and text == text_of(operand)


def _any_of(value: Any, operand: Sequence[Any]) -> bool:
    return any(_equals(value, each) for each in operand)


def _matches(value: Any, operand: re.Pattern[str]) -> bool:
    text = text_of(value)
    return text is not None and operand.fullmatch(text) is not None


def _contains(value: Any, operand: Any) -> bool:
    if isinstance(value, list):
        return any(_equals(each, operand) for each in value)
    if isinstance(value, dict):
        return text_of(operand) in value
    text, part = text_of(value), text_of(operand)
    return text is not None and part is not None and part in text


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"equals": _equals, "any_of": _any_of, "matches": _matches, "contains": _contains}
)

Finder = Callable[[Any], list[Any]]
"""Finds the values of a member or of a JSONPath in a body."""


def member_finder(name: str) -> Finder:
    """Return what finds a member of an object."""

    def find(body: Any) -> list[Any]:
        return [body[name]] if isinstance(body, dict) and name in body else []

    return find


def path_finder(path: str) -> Finder:
    """Return what finds the values of a JSONPath; raises ValueError where it is none."""
    import jsonpath_rfc9535 as jsonpath  # a start without such a rule does not pay for it

    try:
        query = jsonpath.compile(path)
    except jsonpath.JSONPathError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise ValueError("too many brackets in one another") from None
    return lambda body: list(query.find(body).values())


_WILD: Mapping[str, str] = MappingProxyType({"/**": "(?:/.*)?", "**": ".*", "*": "[^/]*"})


def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return a path with ``*`` for a segment, or a part of it, and ``**`` for any number, or none.

    The rest is percent-encoded as the path of a request is.
    """
    parts = re.split(r"(/\*\*(?=/|$)|\*\*|\*)", glob)
    return re.compile("".join(_WILD.get(part) or re.escape(_encoded(part)) for part in parts))


def _encoded(path: str) -> str:
    return quote(path, safe="/%!$&'()*+,;=:@-._~")


@dataclass(frozen=True, slots=True)
class Where:
    """All criteria of a rule, each of which must hold."""

    body: Mapping[str, tuple[Finder, Test]]
    query: Mapping[str, Test]
    headers: Mapping[str, Test]
    path: tuple[str, re.Pattern[str]] | None = None
    customer_id: Test | None = None
    contact_key: Test | None = None
    tenant: Test | None = None

    def differences(self, facts: Facts) -> list[Difference]:
        """Return the criteria that a request fails, in the order they are declared.

        Of a composite, those that the element fails that fits best.
        """
        if facts.elements:
            return min((self.differences(each) for each in facts.elements), key=len)
        failed = list(self._body_differences(facts))
        for name, test in self.query.items():
            found = facts.query.get(name, ())
            if not test.fits(found):
                failed.append(_difference(f"query.{name}", test, found))
        for name, test in self.headers.items():
            value = facts.headers.get(name.lower(), MISSING)
            if not test.fits((value,)):
                failed.append(_difference(f"headers.{name}", test, (value,)))
        if self.path is not None and not self.path[1].fullmatch(facts.path):
            failed.append(Difference("path", self.path[0], facts.path))
        for name, wanted, present in (
            ("customer_id", self.customer_id, sorted(facts.customer_ids)),
            ("contact_key", self.contact_key, sorted(facts.contact_keys)),
            ("tenant", self.tenant, [] if facts.tenant is None else [facts.tenant]),
        ):
            if wanted is not None and not wanted.fits(present):
                failed.append(_difference(name, wanted, present))
        return failed

    def _body_differences(self, facts: Facts) -> Iterable[Difference]:
        for name, (find, test) in self.body.items():
            if UNREADABLE in facts.bodies:
                yield Difference(f"body.{name}", test.as_written(), "unreadable body")
                continue
            found = [value for body in facts.bodies for value in find(body)]
            if not test.fits(found):
                yield _difference(f"body.{name}", test, found)


NOWHERE = Where({}, {}, {})
"""No criteria: every request fits."""


def _difference(criterion: str, test: Test, found: Sequence[Any]) -> Difference:
    present = [value for value in found if value is not MISSING]
    shown = present[0] if len(present) == 1 else (present or None)
    return Difference(criterion, test.as_written(), shown)
