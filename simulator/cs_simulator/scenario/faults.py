"""Faults as a document writes them: their keys, the rules they become, what excludes what."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cs_simulator.clock import Mode
from cs_simulator.documents.problems import Problem, UnfitError, shown
from cs_simulator.documents.shape import (
    FRACTION,
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
    inside,
    one_of,
    span,
)
from cs_simulator.documents.values import Integer, Text
from cs_simulator.faults.rules import (
    Action,
    Delay,
    Dribbling,
    RateThreshold,
    RealDate,
    ReplacementResponse,
    Rule,
)
from cs_simulator.faults.verdict import ANY, NO_PATCH
from cs_simulator.scenario.criteria import WHERE, On, where_of

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
            checker.problem(at, "from is longer than to")
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
        raise UnfitError("a duration longer than 0")
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
    raise UnfitError("a name of 1 to 100 characters, without spaces around it or a { at its start")


class Between:
    """Two spans since the rule came into force."""

    def check(self, value: Any, at: str, checker: Checker) -> tuple[int, int] | None:
        """Return the spans in milliseconds."""
        if not isinstance(value, list) or len(value) != 2:
            checker.expected(at, "two durations such as [10s, 40s]", value)
            return None
        low, high = ListOf(SPAN).check(value, at, checker)
        if low is None or high is None:
            return None
        if low >= high:
            checker.problem(
                at, "the window is empty", "the second duration must be longer than the first"
            )
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
        "dribble": Record({"chunks": _COUNT, "duration": SPAN}, needed=("chunks", "duration")),
        "response": Record(
            {
                "status": Scalar(_status, {"type": "integer", "minimum": 200, "maximum": 599}),
                "headers": MapOf(
                    EitherMapOr(Record({"date": SPAN}, needed=("date",)), Scalar(Text()))
                ),
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
        "above_rate": Record(
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


class WrittenFault:
    """A fault rule; what was written is kept beside what it means, under ``written``."""

    members = _RULE.members
    needed = _RULE.needed

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the rule's members."""
        return {**_RULE.check(value, at, checker), "written": value}

    def json_schema(self) -> Schema:
        """Return the schema of a rule."""
        return _RULE.json_schema()


FAULT = WrittenFault()


_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "content-length",
    }
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_STATUSES_WITHOUT_BODY = (204, 304)


def rules_of(
    given: Sequence[Mapping[str, Any]],
    at: str,
    checker: Checker,
    clock_mode: Mode,
    names: Iterable[str] = (),
) -> list[Rule]:
    """Return the rules that checked faults describe, each with a name that no other has."""
    rules = []
    seen = set(names)
    taken = {fault["name"] for fault in given if fault.get("name")} | seen
    numbers: Counter[str] = Counter()
    for place, fault in enumerate(given):
        where = f"{at}[{place}]"
        name = fault.get("name") or _free_name(fault, taken, numbers)
        taken.add(name)
        if name in seen:
            checker.problem(inside(where, "name"), f"fault rule {shown(name)} already exists")
        seen.add(name)
        rules.append(rule_of(fault, name, where, checker, clock_mode))
    return rules


def named_rule(
    fault: Mapping[str, Any], names: Iterable[str], checker: Checker, clock_mode: Mode
) -> Rule:
    """Return the rule of one checked fault; without a name, it gets one that none of these has."""
    name = fault.get("name") or _free_name(fault, set(names), Counter())
    return rule_of(fault, name, "", checker, clock_mode)


def request_rule(
    document: Mapping[str, Any], clock_mode: Mode
) -> tuple[Rule | None, Sequence[Problem]]:
    """Return the rule that a request brings along, or None and what is wrong with it."""
    checker = Checker()
    given = {
        name: value for name, value in document.items() if name == "patch" or value is not None
    }
    fault = FAULT.check({"name": "X-Simulator-Fault", "on": ANY, **given}, "", checker)
    rule = None
    if not checker:
        rule = rule_of(fault, fault["name"], "", checker, clock_mode)
    return (None if checker else rule), checker.problems


def _free_name(fault: Mapping[str, Any], taken: set[str], numbers: Counter[str]) -> str:
    """Return a name that is not taken; ``numbers`` are the last that were tried."""
    operation = sorted(fault.get("on") or {ANY})[0]
    while True:
        numbers[operation] += 1
        name = f"{operation}-{numbers[operation]}"
        if name not in taken:
            return name


def rule_of(
    fault: Mapping[str, Any], name: str, at: str, checker: Checker, clock_mode: Mode
) -> Rule:
    """Return the rule that one checked fault describes; note what does not go together."""
    steps = fault.get("sequence")
    action: Action | None = None
    sequence: list[Action | None] = []
    if steps is None:
        action = _action(fault, at, checker, clock_mode)
        if action == Action():
            expected = f"expected at least one of {', '.join(DEEDS)}, or sequence"
            checker.problem(at, "no action", expected)
        if "repeat" in fault:
            checker.problem(inside(at, "repeat"), "only allowed with sequence")
    else:
        beside = [key for key in ("times", "every", "probability", *ACTION) if key in fault]
        if beside:
            checker.problem(at, f"sequence cannot be combined with {', '.join(beside)}")
        if not steps:
            checker.expected(inside(at, "sequence"), "at least one step", steps)
        elif all(step == "pass" for step in steps):
            checker.problem(
                inside(at, "sequence"), "every step is pass", "at least one needs an action"
            )
        for place, step in enumerate(steps):
            if not isinstance(step, Mapping):
                sequence.append(None)
                continue
            step_at = f"{inside(at, 'sequence')}[{place}]"
            sequence.append(_action(step, step_at, checker, clock_mode))
            if sequence[-1] == Action():
                expected = f"expected at least one of {', '.join(DEEDS)}, or pass"
                checker.problem(step_at, "no action", expected)
    if "above_rate" not in fault:
        _check_retry_after(action, at, checker)
        for place, step in enumerate(sequence):
            _check_retry_after(step, f"{inside(at, 'sequence')}[{place}]", checker)
    above_rate = fault.get("above_rate") or {}
    repeat = fault.get("repeat", 1)
    return Rule(
        name=name,
        on=fault.get("on") or frozenset(),
        where=where_of(fault.get("where")),
        between=fault.get("between"),
        skip=fault.get("skip", 0) or 0,
        every=fault.get("every", 1) or 1,
        times=fault.get("times"),
        probability=fault.get("probability", 1.0),
        above_rate=RateThreshold(above_rate["calls"], above_rate["per"]) if above_rate else None,
        action=action,
        sequence=tuple(sequence),
        repeat=None if repeat == "forever" else repeat,
        source=fault.get("written", {}),
    )


def _action(given: Mapping[str, Any], at: str, checker: Checker, clock_mode: Mode) -> Action:
    dribble = given.get("dribble") or {}
    outcomes = [name for name in ("response", "patch", "connection") if name in given]
    if len(outcomes) > 1:
        checker.problem(
            at,
            f"{' and '.join(outcomes)} are mutually exclusive",
            "a rule has at most one outcome",
        )
    if "connection" in given and dribble:
        checker.problem(at, "connection and dribble are mutually exclusive")
    if "effect" in given:
        if not outcomes:
            checker.problem(inside(at, "effect"), "only allowed with response or connection")
        elif outcomes == ["patch"] and given["effect"] == "none":
            note = "a patch needs the real reply"
            checker.expected(inside(at, "effect"), "applied", "none", note)
    if given.get("advance") is not None and clock_mode == "real":
        checker.problem(
            inside(at, "advance"),
            "a real clock cannot be advanced",
            "set clock.mode to offset or frozen",
        )
    response = given.get("response")
    return Action(
        delay=given.get("delay"),
        advance=given.get("advance"),
        dribble=Dribbling(dribble["chunks"], dribble["duration"]) if dribble else None,
        response=None if response is None else _response(response, inside(at, "response"), checker),
        patch=given.get("patch", NO_PATCH),
        connection=given.get("connection"),
        effect=given.get("effect") or "none",
    )


def _check_retry_after(action: Action | None, at: str, checker: Checker) -> None:
    """Note a time to wait that is to be told by a rate, where there is none."""
    headers = {} if action is None or action.response is None else action.response.headers
    for name, value in headers.items():
        if name.lower() == "retry-after" and value == "auto":
            place = inside(at, f"response.headers.{name}")
            checker.problem(place, "auto is only allowed with above_rate", "use a number")


def _response(given: Mapping[str, Any], at: str, checker: Checker) -> ReplacementResponse:
    status = given.get("status") or 500
    headers: dict[str, str | RealDate] = {}
    seen = set()
    for name, value in given.get("headers", {}).items():
        where = f"{at}.headers.{name}"
        if name.lower() in seen:
            checker.problem(where, "duplicate header (names are case-insensitive)")
        seen.add(name.lower())
        if not _TOKEN.fullmatch(name):
            checker.expected(where, "the name of a header, such as Retry-After", name)
        elif name.lower() in _HOP_BY_HOP:
            checker.problem(where, "this header is set by the connection", "remove it")
        elif isinstance(value, dict):
            if name.lower() != "retry-after":
                checker.expected(where, "text", value, "only Retry-After takes a date")
            headers[name] = RealDate(value.get("date") or 0)
            continue
        elif value is not None and not _is_header_value(value):
            checker.expected(where, "one line of Latin-1", value)
        headers[name] = value or ""
    if "body" not in given:
        return ReplacementResponse(status, headers)
    if status in _STATUSES_WITHOUT_BODY:
        checker.problem(f"{at}.body", f"a response with status {status} has no body", "remove it")
    body = given["body"]
    if isinstance(body, str):
        content = body.encode("utf-8", "surrogatepass")
    else:
        content = json.dumps(body, separators=(",", ":")).encode("ascii")
    return ReplacementResponse(status, headers, content)


def _is_header_value(value: str) -> bool:
    if "\r" in value or "\n" in value or "\0" in value:
        return False
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
