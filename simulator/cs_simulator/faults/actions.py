"""All actions of fault rules, one row each: their form, their meaning and their effect.

From a row follow the keys of rules in scenarios, at the control API and in a request's header, with
their errors and JSON Schema; which keys of a rule are mutually exclusive; what the engine does; and
what explain reports. Tests hold the client's types and the page on faults against the rows.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cs_simulator.clock import Mode
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    FLAG,
    SPAN,
    Anything,
    Checker,
    EitherMapOr,
    Made,
    MapOf,
    Record,
    Scalar,
    Schema,
    Shape,
    inside,
    one_of,
)
from cs_simulator.documents.values import Integer, Text
from cs_simulator.faults import wire
from cs_simulator.ids import draw, normal_draw

Effect = Literal["none", "applied"]


# Values: what an action means, after its check


class Delay(NamedTuple):
    """How long to hold back a response, in real milliseconds: fixed, uniform or log-normal."""

    low: float
    high: float
    median: float | None = None
    sigma: float = 0.0


class RealDate(NamedTuple):
    """A date as the value of a header: this many milliseconds from now, on the machine's clock."""

    after: int


@dataclass(frozen=True, slots=True)
class ReplacementResponse:
    """A response that replaces the real one; without a body it gets the edition's error body."""

    status: int
    headers: Mapping[str, str | RealDate] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def automatic(self) -> list[str]:
        """The headers that tell a client to wait for as long as a rate requires."""
        return [
            name
            for name, value in self.headers.items()
            if name.lower() == "retry-after" and value == "auto"
        ]


class Draw(NamedTuple):
    """The input of a random draw: the seed, the rule's name and the number of the match."""

    seed: int
    rule: str
    number: int


class Beside(NamedTuple):
    """The context of an action: its world's clock, whether its rule has a rate, and is valid."""

    clock_mode: Mode
    has_rate: bool
    is_whole: bool = True


# Shapes: the form of an action


_COUNT = Scalar(Integer(32, minimum=1))


class BreakShape:
    """A way to break a connection, or ``{truncate: {after, chunked}}``."""

    def check(self, value: Any, at: str, checker: Checker) -> wire.Broken | None:
        """Return how to break the connection."""
        if not isinstance(value, dict):
            how = _HOW.check(value, at, checker)
            return None if how is None else wire.Broken(how)
        given = _TRUNCATION.check(value, at, checker).get("truncate") or {}
        return wire.Broken("truncate", wire.Cut(given.get("after"), bool(given.get("chunked"))))

    def json_schema(self) -> Schema:
        """Return the schema of both forms."""
        return {"anyOf": [_HOW.json_schema(), _TRUNCATION.json_schema()]}


class DelayShape:
    """A duration, ``{from, to}`` or ``{median, sigma, max}``."""

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


def _status(value: object) -> int:
    if type(value) is int and 200 <= value <= 599:
        return value
    raise UnfitError("a status from 200 to 599")


_HOW = one_of(*wire.BREAKS)
_TRUNCATION = Record(
    {"truncate": Record({"after": Scalar(Integer(32, minimum=0)), "chunked": FLAG})},
    needed=("truncate",),
)
_UNIFORM = Record({"from": SPAN, "to": SPAN}, needed=("from", "to"))
_LOG_NORMAL = Record(
    {
        "median": SPAN,
        "sigma": Scalar(_sigma, {"type": "number", "minimum": 0, "maximum": 5}),
        "max": SPAN,
    },
    needed=("median", "sigma", "max"),
)
_RESPONSE = Record(
    {
        "status": Scalar(_status, {"type": "integer", "minimum": 200, "maximum": 599}),
        "headers": MapOf(EitherMapOr(Record({"date": SPAN}, needed=("date",)), Scalar(Text()))),
        "body": Anything(),
    },
    needed=("status",),
    keeps_null=("body",),
)
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


def _dribbling(given: Mapping[str, Any], _: str, __: Checker) -> wire.Dribbling | None:
    chunks, duration = given.get("chunks"), given.get("duration")
    return None if chunks is None or duration is None else wire.Dribbling(chunks, duration)


# Effects of actions


def drawn_delay(delay: Delay, chance: Draw) -> float:
    """Return the delay for one match, in milliseconds."""
    seed, name, number = chance
    if delay.median is not None:
        value = delay.median * math.exp(delay.sigma * normal_draw(seed, name, "delay", number))
        return min(value, delay.high)
    if delay.low == delay.high:
        return delay.low
    return delay.low + (delay.high - delay.low) * draw(seed, name, "delay", number)


def _needs_a_clock_that_moves(_: int, at: str, beside: Beside, checker: Checker) -> None:
    if beside.clock_mode == "real":
        fix = "set clock.mode to offset or frozen"
        checker.problem(at, "a real clock cannot be advanced", fix)


def _needs_a_rate_for_auto(
    response: ReplacementResponse, at: str, beside: Beside, checker: Checker
) -> None:
    """Add a problem if Retry-After is to be filled in by a rate and the rule has none."""
    for name in () if beside.has_rate or not beside.is_whole else response.automatic:
        checker.problem(
            f"{at}.headers.{name}", "auto is only allowed with above_rate", "use a number"
        )


class ActionExplained(NamedTuple):
    """How explain reports an action: the member, its description, an example, its computation."""

    member: str
    says: str
    example: Any
    value: Callable[[Any], Any]


class FaultAction(NamedTuple):
    """One thing that a rule can do to a request."""

    name: str
    shape: Shape
    """Its form; the shape returns the value that all functions below receive."""
    means: Mapping[str, str]
    """The meaning of its key and of each key in it, for the JSON Schema."""
    fits: Callable[[Any, str, Beside, Checker], None] | None = None
    """Adds problems for what it cannot be combined with, except other actions."""
    not_with: Sequence[str] = ()
    """Other actions that it cannot be combined with; an outcome excludes all other outcomes anyway.
    """
    is_outcome: bool = False
    """Whether it decides what the client gets; of all rules that act, only one may do so."""
    replaces: Callable[[Any], bool] | None = None
    """Tells whether the operation is left out, unless the rule says ``effect: applied``. Only an
    action with this function can do without the real response.
    """
    delays: Callable[[Any, Draw], float] | None = None
    """Returns for how many real milliseconds the response is held back."""
    advances: Callable[[Any, Draw], int] | None = None
    """Returns by how many milliseconds the world's clock is advanced before the operation."""
    alters: str = ""
    """The function of ``api/altering.py`` that turns the real response into another one."""
    leaves: Callable[[Any, bytes, bytes], wire.Script] | None = None
    """Returns the script by which the response is sent."""
    waits: Callable[[Any], bool] = bool
    """Whether sending by the script counts as a held-back response."""
    explained: ActionExplained | None = None
    """How explain reports it; explain itself adds up all delays and all advances."""


ROWS: tuple[FaultAction, ...] = (
    FaultAction(
        "delay",
        DelayShape(),
        {
            "delay": "How long the response is held back, in real time.",
            "delay.from": "The shortest delay.",
            "delay.to": "The longest delay.",
            "delay.median": "The median delay.",
            "delay.sigma": "The spread of the delays: sigma of a log-normal distribution.",
            "delay.max": "The longest delay.",
        },
        delays=drawn_delay,
    ),
    FaultAction(
        "advance",
        SPAN,
        {
            "advance": "How far a frozen or offset clock is advanced before the operation.",
        },
        fits=_needs_a_clock_that_moves,
        advances=lambda span, _: span,
    ),
    FaultAction(
        "dribble",
        Made(
            Record({"chunks": _COUNT, "duration": SPAN}, needed=("chunks", "duration")),
            _dribbling,
        ),
        {
            "dribble": "Sends the response in pieces, in real time.",
            "dribble.chunks": "How many pieces.",
            "dribble.duration": "How long all of them take.",
        },
        leaves=wire.dribbled,
        explained=ActionExplained(
            "dribble",
            "In how many pieces the response is sent, and within what time.",
            {"chunks": 4, "duration_ms": 2000},
            lambda it: {"chunks": it.chunks, "duration_ms": it.duration},
        ),
    ),
    FaultAction(
        "response",
        Made(_RESPONSE, _response),
        {
            "response": "A response that replaces the real one.",
            "response.status": "Its status.",
            "response.headers": "Its headers, by name.",
            "headers.date": "A date this far in the future, in the form of Retry-After.",
            "response.body": "Its body: a map or list is sent as JSON, text unchanged.",
        },
        fits=_needs_a_rate_for_auto,
        is_outcome=True,
        replaces=lambda _: True,
        alters="scripted",
        explained=ActionExplained("status", "The status.", 503, lambda it: it.status),
    ),
    FaultAction(
        "patch",
        Anything(),
        {
            "patch": "Changes to the real response, as a JSON merge patch.",
        },
        is_outcome=True,
        alters="patched",
        explained=ActionExplained("patch", "What is changed in it.", {}, lambda it: it),
    ),
    FaultAction(
        "connection",
        BreakShape(),
        {
            "connection": "How the connection breaks.",
            "connection.truncate": "Cuts off the real response at a given place.",
            "truncate.after": "The number of bytes of the body that arrive; default: half.",
            "truncate.chunked": "Whether it is sent in chunks, without the last one.",
        },
        not_with=("dribble",),
        is_outcome=True,
        replaces=lambda it: not it.row.carries_out,
        leaves=wire.broken,
        waits=lambda it: it.row.waits,
        explained=ActionExplained(
            "connection", "What happens to the connection.", "close", lambda it: it.how
        ),
    ),
)
"""All actions, in the order in which they are reported."""

ACTIONS: Mapping[str, FaultAction] = MappingProxyType({row.name: row for row in ROWS})

EFFECT = one_of("none", "applied")
"""Whether the operation is carried out, for an outcome that replaces its response."""

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {**{row.name: row.shape for row in ACTIONS.values()}, "effect": EFFECT}
)
"""The keys of what is done to one request."""

KEEPS_NULL = ("patch",)
"""Keys for which null is a value."""


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to a request: values by the names of their rows."""

    values: Mapping[str, Any] = field(default_factory=dict)
    effect: Effect | None = None
    """None leaves it to the actions."""

    @property
    def has_outcome(self) -> bool:
        """Whether it replaces, patches or loses the response."""
        return any(ACTIONS[name].is_outcome for name in self.values)

    @property
    def carries_out(self) -> bool:
        """Whether the operation is carried out."""
        if self.effect is not None:
            return self.effect == "applied"
        return not any(
            row.replaces is not None and row.replaces(value) for row, value in self.rows()
        )

    def delay(self, chance: Draw) -> float:
        """Return for how many real milliseconds it holds back the response at one match."""
        return sum(row.delays(value, chance) for row, value in self.rows() if row.delays)

    def advance(self, chance: Draw) -> int:
        """Return by how many milliseconds it advances the world's clock at one match."""
        return sum(row.advances(value, chance) for row, value in self.rows() if row.advances)

    def rows(self) -> list[tuple[FaultAction, Any]]:
        """Return its rows with their values."""
        return [(ACTIONS[name], value) for name, value in self.values.items()]


def action_of(given: Mapping[str, Any], at: str, beside: Beside, checker: Checker) -> Action:
    """Return the action that checked keys describe; add problems for invalid combinations."""
    rows = [row for row in ACTIONS.values() if row.name in given]
    outcomes = [row.name for row in rows if row.is_outcome]
    if len(outcomes) > 1:
        checker.problem(
            at,
            f"{' and '.join(outcomes)} are mutually exclusive",
            "a rule has at most one outcome",
        )
    for row in rows:
        for other in row.not_with:
            if given.get(other) is not None:
                checker.problem(at, f"{row.name} and {other} are mutually exclusive")
    if "effect" in given:
        if not outcomes and beside.is_whole:
            replacing = " or ".join(row.name for row in ACTIONS.values() if row.replaces)
            checker.problem(inside(at, "effect"), f"only allowed with {replacing}")
        elif outcomes and given["effect"] == "none" and not any(row.replaces for row in rows):
            note = f"a {outcomes[0]} needs the real reply"
            checker.expected(inside(at, "effect"), "applied", "none", note)
    values = {
        row.name: given[row.name]
        for row in rows
        if given[row.name] is not None or row.name in KEEPS_NULL
    }
    for row in rows:
        if row.fits is not None and row.name in values:
            row.fits(values[row.name], inside(at, row.name), beside, checker)
    return Action(values, given.get("effect"))
