"""Criteria as a document writes them, and the tests of requests that they become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import Checker, MapOf, Record, Scalar, Schema
from cs_simulator.documents.values import Text
from cs_simulator.faults.criteria import (
    NOWHERE,
    Finder,
    Glob,
    Test,
    Where,
    glob_of,
    member_finder,
    path_finder,
)
from cs_simulator.faults.expressions import expression
from cs_simulator.faults.verdict import ANY, OPTIONS, UNROUTED
from cs_simulator.operations import OPERATION_IDS, operation_at

OPERATORS = ("equals", "matches", "contains", "absent")


class On:
    """An operation id, ``any`` (or ``*``), ``options``, ``unrouted``, or a list of such.

    An operation may be named by its method and path, too: ``POST /services/start``.
    """

    def check(self, value: Any, at: str, checker: Checker) -> frozenset[str]:
        """Return the names; note each that does not exist."""
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
    """A scalar, a list of which any will do, or a map of one operator."""

    def check(self, value: Any, at: str, checker: Checker) -> Test:
        """Return the test."""
        if isinstance(value, list):
            if not value:
                checker.expected(at, "at least one value", value)
            for place, each in enumerate(value):
                if isinstance(each, (dict, list)):
                    checker.expected(f"{at}[{place}]", "a scalar", each)
            return Test("any_of", tuple(value))
        if not isinstance(value, dict):
            return Test("equals", value)
        if len(value) != 1:
            checker.problem(at, f"expected one of {_operators()}, found {len(value)} operators")
            return Test("equals", None)
        [(operator, operand)] = value.items()
        if operator == "equals":
            return Test("equals", operand)
        if operator == "contains":
            if isinstance(operand, (dict, list)):
                checker.expected(f"{at}.contains", "a scalar", operand)
            return Test("contains", operand)
        if operator == "absent":
            if not isinstance(operand, bool):
                checker.expected(f"{at}.absent", "true or false", operand)
            return Test("absent", operand)
        if operator == "matches":
            if not isinstance(operand, str):
                checker.expected(f"{at}.matches", "text", operand)
                return Test("equals", None)
            try:
                return Test("matches", expression(operand))
            except ValueError as error:
                checker.problem(f"{at}.matches", f"not a valid regular expression: {error}")
        else:
            checker.unknown_key(f"{at}.{operator}", operator, OPERATORS)
        return Test("equals", None)

    def json_schema(self) -> Schema:
        """Return the schema of a scalar, a list or one operator."""
        scalar: Schema = {"type": ["string", "number", "boolean", "null"]}
        operators = {
            "equals": {},
            "matches": {"type": "string"},
            "contains": scalar,
            "absent": {"type": "boolean"},
        }
        one = {
            "properties": operators,
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        any_of = {"items": scalar, "minItems": 1}
        several = {"if": {"type": "array"}, "then": any_of}
        return {"if": {"type": "object"}, "then": one, "else": several}


def _operators() -> str:
    return ", ".join(OPERATORS)


class BodyCriteria:
    """Criteria by member, or by JSONPath where the key starts with ``$``."""

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, tuple[Finder, Test]]:
        """Return what finds the values, and the test of them, by key."""
        tests = MapOf(Criterion()).check(value, at, checker)
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
        return MapOf(Criterion()).json_schema()


LONGEST_PATH = 500
"""Characters of a path; a longer one has parts that a wildcard can stand for."""


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
"""What a request must look like."""


def where_of(given: Mapping[str, Any] | None) -> Where:
    """Return the criteria that checked members describe."""
    if not given:
        return NOWHERE
    return Where(
        body=given.get("body", {}),
        query=given.get("query", {}),
        headers=given.get("headers", {}),
        path=given.get("path"),
        customer_id=given.get("customer_id"),
        contact_key=given.get("contact_key"),
        tenant=given.get("tenant"),
    )
