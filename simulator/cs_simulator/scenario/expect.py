"""Expectations: what a document requires of a client, as the judge uses it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.documents.shape import Checker, Record, Scalar, Schema, Shape
from cs_simulator.documents.values import Integer
from cs_simulator.faults.criteria import path_finder
from cs_simulator.faults.verdict import ANY
from cs_simulator.faults.where import WHERE, On, where_of
from cs_simulator.judge.court import Expectation
from cs_simulator.judge.intents import BODY, By
from cs_simulator.judge.virtues import VIRTUES

_IN_NAMES = frozenset("!#$%&'*+-.^_`|~")


class _IntentShape:
    """What distinguishes intents: ``body``, a header, or a JSONPath."""

    expected = 'body, {"header": "X-Request-Id"} or {"$": "$.contact_key"}'

    def check(self, value: Any, at: str, checker: Checker) -> By:
        """Return the criterion."""
        if value == "body":
            return BODY
        if not isinstance(value, dict):
            checker.expected(at, self.expected, value)
            return BODY
        for name in value:
            if name not in ("header", "$"):
                checker.unknown_key(f"{at}.{name}", name, ("header", "$"))
                return BODY
        if len(value) != 1:
            checker.expected(at, f"one of {self.expected}", value)
            return BODY
        [(what, name)] = value.items()
        if what == "header":
            if isinstance(name, str) and name and all(c.isalnum() or c in _IN_NAMES for c in name):
                return By("header", name)
            checker.expected(f"{at}.header", "the name of a header, such as X-Request-Id", name)
            return BODY
        if not isinstance(name, str):
            checker.expected(f"{at}.$", "a JSONPath such as $.contact_key", name)
            return BODY
        try:
            return By("path", name, path_finder(name))
        except ValueError as error:
            checker.problem(f"{at}.$", f"not a valid JSONPath: {error}")
            return BODY

    def json_schema(self) -> Schema:
        """Return the schema of the three forms."""
        return {
            "if": {"type": "object"},
            "then": {
                "properties": {
                    "header": {"type": "string", "minLength": 1},
                    "$": {"type": "string"},
                },
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
            "else": {"const": "body"},
        }


_MEMBERS: Mapping[str, Shape] = MappingProxyType(
    {
        "on": On(),
        "where": WHERE,
        "after": Scalar(Integer(64, minimum=0)),
        "intent": _IntentShape(),
        **{name: virtue.shape for name, virtue in VIRTUES.items()},
    }
)


class _ExpectShape:
    """One expectation: which requests, and the virtues required of them."""

    members = _MEMBERS
    _record = Record(_MEMBERS)

    def check(self, value: Any, at: str, checker: Checker) -> Expectation:
        """Return the expectation; add every problem in it."""
        before = checker.count
        given = self._record.check(value, at, checker)
        demanded = {name: given[name] for name in given if name in VIRTUES}
        if not demanded and checker.count == before:
            checker.problem(at, "no virtue", f"expected at least one of {', '.join(VIRTUES)}")
        return Expectation(
            on=given.get("on") or frozenset({ANY}),
            where=where_of(given.get("where")),
            after=given.get("after") or 0,
            by=given.get("intent") or BODY,
            virtues=demanded,
            written=value if isinstance(value, dict) else {},
            at=at,
        )

    def json_schema(self) -> Schema:
        """Return the schema of an expectation."""
        return {
            **self._record.json_schema(),
            "anyOf": [{"required": [name]} for name in VIRTUES],
        }


EXPECT = _ExpectShape()
"""One item of ``expect``."""
