"""Faults as a document writes them: their keys, and what each of them takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.domain.values import Integer, Text, UnfitError
from cs_simulator.faults.rules import Delay
from cs_simulator.scenario.criteria import WHERE, On
from cs_simulator.scenario.scalars import FRACTION
from cs_simulator.scenario.shape import (
    SPAN,
    SPAN_PATTERN,
    Anything,
    Checker,
    EitherMapOr,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Schema,
    Shape,
    one_of,
    shown,
    span,
)

CONNECTIONS = ("reset", "close", "truncate", "garbage", "stall")

_COUNT = Scalar(Integer(32, minimum=1))
_WHOLE = Scalar(Integer(32, minimum=0))
_NAME_PATTERN = r"^(?![\s{])[^\x00-\x1f\x7f]{0,99}[^\s\x00-\x1f\x7f]$"
_NAME = re.compile(_NAME_PATTERN)


class DelayShape:
    """A span, ``{from, to}`` or ``{median, sigma, max}``."""

    def check(self, value: Any, at: str, checker: Checker) -> Delay | None:
        """Return the delay."""
        if not isinstance(value, dict):
            span = SPAN.check(value, at, checker)
            return None if span is None else Delay(span, span)
        if "median" in value or "sigma" in value or "max" in value:
            given = _LOG_NORMAL.check(value, at, checker)
            if None in (given.get("median"), given.get("sigma"), given.get("max")):
                return None
            return Delay(0, given["max"], given["median"], given["sigma"])
        given = _UNIFORM.check(value, at, checker)
        low, high = given.get("from"), given.get("to")
        if low is None or high is None:
            return None
        if low > high:
            checker.mistake(at, "from is longer than to")
        return Delay(low, high)

    def json_schema(self) -> Schema:
        """Return the schema of the three forms."""
        forms = (SPAN, _UNIFORM, _LOG_NORMAL)
        return {"anyOf": [form.json_schema() for form in forms]}


def _sigma(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 5:
        return float(value)
    raise UnfitError("a number from 0 to 5")


def _length(value: object) -> int:
    milliseconds = span(value)
    if milliseconds == 0:
        raise UnfitError("a span of time longer than 0")
    return milliseconds


def _status(value: object) -> int:
    if type(value) is int and 200 <= value <= 599:
        return value
    raise UnfitError("a status from 200 to 599")


def _repeat(value: object) -> int | str:
    if value == "forever":
        return "forever"
    if type(value) is int and value >= 1:
        return value
    raise UnfitError("a number of times, or forever")


def _pass(value: object) -> str:
    if value == "pass":
        return "pass"
    raise UnfitError("a map of actions, or pass")


def _rule_name(value: object) -> str:
    # A header names it: the blanks around its value are no part of it, and a { begins a rule.
    name = str(value) if type(value) is int else value
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise UnfitError("a name of 1 to 100 characters, no blanks around it, that does not begin in {")


class Between:
    """Two spans since the rule came into force."""

    def check(self, value: Any, at: str, checker: Checker) -> tuple[int, int] | None:
        """Return the spans in milliseconds."""
        if not isinstance(value, list) or len(value) != 2:
            checker.mistake(at, f"found {shown(value)}, expected two spans such as [10s, 40s]")
            return None
        low, high = ListOf(SPAN).check(value, at, checker)
        if low is None or high is None:
            return None
        if low >= high:
            checker.mistake(at, "it has no length: the second span must be the longer")
        return low, high

    def json_schema(self) -> Schema:
        """Return the schema of the two spans."""
        return {"type": "array", "items": SPAN.json_schema(), "minItems": 2, "maxItems": 2}


LENGTH = Scalar(
    _length, {"type": "string", "pattern": SPAN_PATTERN.replace("^", "^(?!0+[a-zM]+$)", 1)}
)
"""A span of time that is longer than none."""

_UNIFORM = Record({"from": SPAN, "to": SPAN}, needed=("from", "to"))
_LOG_NORMAL = Record(
    {
        "median": SPAN,
        "sigma": Scalar(_sigma, {"type": "number", "minimum": 0, "maximum": 5}),
        "max": SPAN,
    },
    needed=("median", "sigma", "max"),
)
ACTION: Mapping[str, Shape] = MappingProxyType(
    {
        "delay": DelayShape(),
        "advance": SPAN,
        "dribble": Record({"chunks": _COUNT, "over": SPAN}, needed=("chunks", "over")),
        "reply": Record(
            {
                "status": Scalar(_status, {"type": "integer", "minimum": 200, "maximum": 599}),
                "headers": MapOf(Scalar(Text())),
                "body": Anything(),
            },
            needed=("status",),
            keeps_null=("body",),
        ),
        "patch": Anything(),
        "connection": one_of(*CONNECTIONS),
        "effect": one_of("none", "applied"),
    }
)
DEEDS = tuple(name for name in ACTION if name != "effect")
_STEP = EitherMapOr(Record(ACTION, keeps_null=("patch",)), Scalar(_pass, {"const": "pass"}))
_RULE = Record(
    {
        "name": Scalar(
            _rule_name,
            {"anyOf": [{"type": "string", "pattern": _NAME_PATTERN}, {"type": "integer"}]},
        ),
        "on": On(),
        "where": WHERE,
        "between": Between(),
        "skip": _WHOLE,
        "every": _COUNT,
        "times": _WHOLE,
        "probability": FRACTION,
        "over": Record(
            {"calls": _COUNT, "per": LENGTH},
            needed=("calls", "per"),
        ),
        "sequence": ListOf(_STEP),
        "repeat": Scalar(
            _repeat, {"anyOf": [{"const": "forever"}, {"type": "integer", "minimum": 1}]}
        ),
        **ACTION,
    },
    needed=("on",),
    keeps_null=("patch",),
)


class Fault:
    """A fault rule; what was written is kept beside what it means, under ``written``."""

    members = _RULE.members
    needed = _RULE.needed

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the rule's members."""
        return {**_RULE.check(value, at, checker), "written": value}

    def json_schema(self) -> Schema:
        """Return the schema of a rule."""
        return _RULE.json_schema()


FAULT = Fault()
