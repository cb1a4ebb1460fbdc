"""What the control API answers, as types.

A server of the same API number may add members, so none of these lists is closed.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Mode = Literal["real", "offset", "frozen"]


class Health(TypedDict):
    """The server, as it is."""

    status: str
    version: str
    api: int
    instance: str
    """Another one for every process."""
    uptime_seconds: float
    """Seconds."""
    scenario: str


class Counts(TypedDict):
    """How much there is in a world, or was before a reset."""

    services: int
    customers: int
    requests: int
    exports: int


class Description(TypedDict):
    """What there is to say of a world."""

    world: str
    scenario: str
    counts: Counts
    base_paths: dict[str, str]
    """By edition."""
    prefix: str


class Cleared(TypedDict):
    """A world that was put back to a beginning, and what there was in it."""

    world: str
    scenario: str
    cleared: Counts
    base_paths: dict[str, str]


class Rewound(TypedDict):
    """A world that was put back to an instant, and what was forgotten of it."""

    world: str
    before: int
    time: str
    cleared: dict[str, int]


class Scenario(TypedDict):
    """The active scenario of a world."""

    name: str
    description: str
    reference: str | None
    """The name or file that it was read from."""
    document: dict[str, Any]


class NamedRule(TypedDict):
    """A fault rule that a scenario of the catalogue brings."""

    name: str
    on: list[str]
    rule: dict[str, Any]
    """As ``add_fault`` takes it."""
    stage: NotRequired[str]
    """The stage that brings it."""


class NamedScenario(Scenario):
    """A scenario of the catalogue."""

    faults: list[NamedRule]


class Checked(TypedDict):
    """A scenario that has no errors."""

    name: str
    warnings: list[str]
    """What is allowed in it and hardly ever meant."""


class Reloaded(TypedDict):
    """The catalogue, read again."""

    scenarios: list[str]
    pending_worlds: list[str]


class Operation(TypedDict):
    """One operation of Context Services."""

    id: str
    method: str
    paths: list[str]
    editions: list[str]
    basis: str
    assumes: NotRequired[str]


class Request(TypedDict):
    """A request, as the journal keeps it."""

    method: str
    path: str
    headers: dict[str, str | list[str]]
    """One that was sent in several lines has a list of their values."""
    body: NotRequired[str]
    body_encoding: NotRequired[Literal["base64"]]
    """Where the body is not text."""
    json: NotRequired[Any]
    """The body, parsed, where it is JSON and was kept whole."""
    body_cut: NotRequired[str]


class Response(TypedDict):
    """A response, as the journal keeps it."""

    status: int
    headers: dict[str, str | list[str]]
    """One that was sent in several lines has a list of their values."""
    body: NotRequired[str]
    body_encoding: NotRequired[Literal["base64"]]
    """Where the body is not text."""
    json: NotRequired[Any]
    """The body, parsed, where it is JSON and was kept whole."""
    body_cut: NotRequired[str]


class Shown(TypedDict):
    """What the client saw of a response."""

    status: NotRequired[int]
    retry_after: NotRequired[str]
    broken: NotRequired[str]


class Change(TypedDict):
    """What an operation did to one thing."""

    change: str
    kind: str
    id: int | str


class Entry(TypedDict):
    """One entry of the journal."""

    id: int
    world: str
    state: Literal["open", "done", "aborted"]
    time: str
    operation: str
    edition: NotRequired[str]
    request: Request
    response: NotRequired[Response]
    ms: NotRequired[float]
    hints: list[str]
    faults: NotRequired[list[str]]
    arrived_ms: float
    """On the server's own stopwatch, as is ``left_ms``."""
    left_ms: float | None
    client: NotRequired[str]
    shown: Shown
    effects: list[Change]
    effects_left_out: NotRequired[int]
    waited_ms: NotRequired[float]
    real_status: NotRequired[int]


class RequestsPage(TypedDict):
    """The journal, oldest first, and how many older entries are gone."""

    requests: list[Entry]
    dropped: int


class Fault(TypedDict):
    """A rule in force, and what it has counted."""

    name: str
    on: list[str]
    origin: Literal["runtime", "stage", "document"]
    matched: int
    acted: int
    shadowed: int
    remaining: NotRequired[int]
    rule: NotRequired[dict[str, Any]]


class Difference(TypedDict):
    """A criterion that a request failed."""

    criterion: str
    expected: Any
    found: Any


class NearMiss(TypedDict):
    """A request that came close to what was expected."""

    id: int
    method: str
    path: str
    operation: str
    failed: list[Difference]


class JudgedVirtue(TypedDict):
    """What became of one virtue that was demanded."""

    at: NotRequired[str]
    virtue: str
    verdict: Literal["passed", "failed", "undecided"]
    expected: Any
    found: Any
    requests: list[int]
    text: str


class JudgeAnswer(TypedDict):
    """What the judge says of a client, and what that did."""

    verdict: Literal["passed", "failed", "undecided"]
    virtues: list[JudgedVirtue]
    intents: list[dict[str, Any]]
    intents_left_out: NotRequired[int]
    ambiguous: NotRequired[list[str]]


class Verification(TypedDict):
    """Whether a world was asked what was expected."""

    verified: bool
    matched: int
    near_misses: list[NearMiss]
    inconclusive: NotRequired[bool]
    reason: NotRequired[str]
    missing: NotRequired[str]
    matched_ids: NotRequired[list[int]]
    hints: NotRequired[list[str]]


class Explanation(TypedDict):
    """What the rules make of a request, or made of it."""

    world: str
    request: dict[str, Any]
    operation: str
    edition: str | None
    acted: list[str]
    shown: NotRequired[Shown]
    """Of a request in the journal: what its client got."""
    rules: list[dict[str, Any]]
    outcome: NotRequired[dict[str, Any]]
    carried_out: NotRequired[bool]
    delay_ms: NotRequired[float]
    advance_ms: NotRequired[float]
    dribble: NotRequired[dict[str, int]]
    note: NotRequired[str]


class Clock(TypedDict):
    """A world's time."""

    world: str
    mode: Mode
    time: str
    hint: NotRequired[str]


class Stage(TypedDict):
    """Where a world is among its stages."""

    world: str
    stages: list[str]
    stage: NotRequired[str]
    entered: NotRequired[str]
    calls: NotRequired[int]
