"""Criteria in the form of a document, and the tests of requests made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cs_simulator.documents.problems import UnfitError, nearest
from cs_simulator.documents.shape import Checker, MapOf, Record, Scalar, Schema, inside
from cs_simulator.documents.values import Text
from cs_simulator.faults.criteria import (
    NOWHERE,
    Finder,
    Glob,
    RequestCriteria,
    Test,
    glob_of,
    member_finder,
    path_finder,
)
from cs_simulator.faults.expressions import expression
from cs_simulator.faults.verdict import ANY, OPTIONS, UNROUTED
from cs_simulator.operations import OPERATION_IDS, operation_at


class On:
    """An operation id, ``any`` (or ``*``), ``options``, ``unrouted``, or a list of these.

    An operation may also be named by its method and path: ``POST /services/start``.
    """

    def check(self, value: Any, at: str, checker: Checker) -> frozenset[str]:
        """Return the names; add a problem for each unknown one."""
        names = value if isinstance(value, list) else [value]
        if not names:
            checker.expected(at, "at least one operation id", value)
        known = (*OPERATION_IDS, ANY, OPTIONS, UNROUTED)
        chosen = set()
        for place, name in enumerate(names):
            where = f"{at}[{place}]" if isinstance(value, list) else at
            if name == "*":
                chosen.add(ANY)
            elif isinstance(name, str) and " /" in name and (found := operation_at(name)):
                chosen.add(found)
            elif not isinstance(name, str) or name not in known:
                checker.no_such(where, name, known, "operation")
            else:
                chosen.add(name)
        return frozenset(chosen)

    def json_schema(self) -> Schema:
        """Return the schema of one name or several."""
        ids = {"enum": [*OPERATION_IDS, ANY, "*", OPTIONS, UNROUTED]}
        name = {"anyOf": [ids, {"type": "string", "pattern": "^[A-Za-z]+ /."}]}
        return {"anyOf": [name, {"type": "array", "items": name, "minItems": 1}]}


class Criterion:
    """A scalar, a list of accepted values, or a map with one operator.

    With ``parts``, a map without an operator is a part of a map: criteria by member.
    """

    def __init__(self, *, parts: bool = False) -> None:
        self._parts = parts

    def check(self, value: Any, at: str, checker: Checker) -> Test:
        """Return the test."""
        if isinstance(value, list):
            if not value:
                checker.expected(at, "at least one value", value)
            _check_scalars(value, at, checker)
            return Test("any_of", tuple(value))
        if not isinstance(value, dict):
            return Test("equals", value)
        operators = [name for name in value if name in OPERATORS]
        if self._parts and not operators and not self._is_misspelt(value):
            return self._part(value, at, checker)
        if len(value) != 1:
            found = len(value)
            note = "operators and members cannot be combined" if 0 < len(operators) < found else ""
            checker.problem(at, f"expected one of {_operators()}, found {found} operators", note)
            return Test("equals", None)
        [(operator, operand)] = value.items()
        place = inside(at, operator)
        if operator not in OPERATORS:
            checker.unknown_key(place, operator, OPERATORS)
            return Test("equals", None)
        return _OPERANDS[operator](operand, place, checker)

    def _is_misspelt(self, value: Mapping[str, Any]) -> bool:
        """Tell whether what looks like a part is a misspelled operator."""
        return len(value) == 1 and nearest(next(iter(value)), OPERATORS) is not None

    def _part(self, value: Mapping[str, Any], at: str, checker: Checker) -> Test:
        if not value:
            checker.expected(at, f"members, or one of {_operators()}", value)
        part = {name: self.check(each, inside(at, name), checker) for name, each in value.items()}
        return Test("part", part)

    def json_schema(self) -> Schema:
        """Return the schema of a scalar, a list, one operator or, with parts, of any map."""
        scalar: Schema = {"type": ["string", "number", "boolean", "null"]}
        several = {"if": {"type": "array"}, "then": {"items": scalar, "minItems": 1}}
        operators = {
            "equals": {},
            "matches": {"type": "string"},
            "contains": scalar,
            "absent": {"type": "boolean"},
            "same_items": {"type": "array"},
        }
        one = {
            "properties": operators,
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        if self._parts:
            has_operator = {"type": "object", "anyOf": [{"required": [each]} for each in operators]}
            members = {"if": {"type": "object"}, "then": {"minProperties": 1}, "else": several}
            return {"if": has_operator, "then": one, "else": members}
        return {"if": {"type": "object"}, "then": one, "else": several}


def _check_scalars(values: Sequence[Any], at: str, checker: Checker) -> None:
    for place, each in enumerate(values):
        if isinstance(each, (dict, list)):
            checker.expected(f"{at}[{place}]", "a scalar", each)


def _equals(operand: Any, _at: str, _checker: Checker) -> Test:
    return Test("equals", operand)


def _contains(operand: Any, at: str, checker: Checker) -> Test:
    if isinstance(operand, (dict, list)):
        checker.expected(at, "a scalar", operand)
    return Test("contains", operand)


def _absent(operand: Any, at: str, checker: Checker) -> Test:
    if not isinstance(operand, bool):
        checker.expected(at, "true or false", operand)
    return Test("absent", operand)


def _same_items(operand: Any, at: str, checker: Checker) -> Test:
    if not isinstance(operand, list):
        checker.expected(at, "a list", operand)
        return Test("equals", None)
    return Test("same_items", operand)


def _matches(operand: Any, at: str, checker: Checker) -> Test:
    if not isinstance(operand, str):
        checker.expected(at, "text", operand)
        return Test("equals", None)
    try:
        return Test("matches", expression(operand))
    except ValueError as error:
        checker.problem(at, f"not a valid regular expression: {error}")
    return Test("equals", None)


_OPERANDS: Mapping[str, Callable[[Any, str, Checker], Test]] = MappingProxyType(
    {
        "equals": _equals,
        "matches": _matches,
        "contains": _contains,
        "absent": _absent,
        "same_items": _same_items,
    }
)
OPERATORS = tuple(_OPERANDS)


def _operators() -> str:
    return ", ".join(OPERATORS)


class BodyCriteria:
    """Criteria by member name, or by JSONPath if the key starts with ``$``."""

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, tuple[Finder, Test]]:
        """Return, by key, the function that finds the values, and the test of them."""
        tests = MapOf(_BODY_CRITERION).check(value, at, checker)
        found: dict[str, tuple[Finder, Test]] = {}
        for name, test in tests.items():
            finder = member_finder(name)
            if name.startswith("$"):
                try:
                    finder = path_finder(name)
                except ValueError as error:
                    checker.problem(f"{at}.{name}", f"not a valid JSONPath: {error}", on_key=True)
            found[name] = (finder, test)
        return found

    def json_schema(self) -> Schema:
        """Return the schema of criteria by key."""
        return MapOf(_BODY_CRITERION).json_schema()


_BODY_CRITERION = Criterion(parts=True)

LONGEST_PATH = 500
"""The maximum length of a path; a longer one can be shortened by wildcards."""


def _glob(value: object) -> Glob:
    text = Text(empty=False)(value)
    if len(text) > LONGEST_PATH:
        raise UnfitError(f"a path of at most {LONGEST_PATH} characters")
    return glob_of(text)


_PATH = Scalar(
    _glob,
    {"anyOf": [{"type": "string", "minLength": 1, "maxLength": LONGEST_PATH}, {"type": "integer"}]},
)

WHERE = Record(
    {
        "body": BodyCriteria(),
        "query": MapOf(Criterion()),
        "headers": MapOf(Criterion()),
        "path": _PATH,
        "customer_id": Criterion(),
        "contact_key": Criterion(),
        "tenant": Criterion(),
    }
)
"""The criteria for a request."""


def where_of(given: Mapping[str, Any] | None) -> RequestCriteria:
    """Return the criteria that checked members describe."""
    if not given:
        return NOWHERE
    return RequestCriteria(
        body=given.get("body", {}),
        query=given.get("query", {}),
        headers=given.get("headers", {}),
        path=given.get("path"),
        customer_id=given.get("customer_id"),
        contact_key=given.get("contact_key"),
        tenant=given.get("tenant"),
    )
