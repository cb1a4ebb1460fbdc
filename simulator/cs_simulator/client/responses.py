"""The responses of the control API, as types.

A server of the same API number may add members, so none of these types is closed.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Mode = Literal["real", "offset", "frozen"]


class Health(TypedDict):
    """The health of a server."""

    status: str
    version: str
    api: int
    instance: str
    """Different for every process."""
    uptime_seconds: float
    """In seconds."""
    scenario: str


class Counts(TypedDict):
    """How much a world holds, or held before a reset."""

    services: int
    customers: int
    requests: int
    exports: int


class Description(TypedDict):
    """A world and the key facts about it."""

    world: str
    scenario: str
    counts: Counts
    base_paths: dict[str, str]
    """By edition."""
    prefix: str


class Cleared(TypedDict):
    """A world that was reset, and what it held before."""

    world: str
    scenario: str
    cleared: Counts
    base_paths: dict[str, str]


class Rewound(TypedDict):
    """A world that was rewound to an instant, and what was removed from it."""

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
    """A fault rule of a scenario in the catalogue."""

    name: str
    on: list[str]
    rule: dict[str, Any]
    """The rule as ``add_fault`` takes it."""
    stage: NotRequired[str]
    """The stage that contains it."""


class NamedScenario(Scenario):
    """A scenario of the catalogue."""

    faults: list[NamedRule]


class Checked(TypedDict):
    """A scenario without errors."""

    name: str
    warnings: list[str]
    """What is allowed in it and probably not intended."""


class Reloaded(TypedDict):
    """The catalogue after it was read again."""

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


class _Message(TypedDict):
    """What a request and a response in the journal have in common."""

    headers: dict[str, str | list[str]]
    """A header that was sent in several lines has a list of values."""
    body: NotRequired[str]
    body_encoding: NotRequired[Literal["base64"]]
    """If the body is not text."""
    json: NotRequired[Any]
    """The parsed body, if it is JSON and was kept whole."""
    body_cut: NotRequired[str]


class Request(_Message):
    """A request as the journal keeps it."""

    method: str
    path: str


class Response(_Message):
    """A response as the journal keeps it."""

    status: int


class Shown(TypedDict):
    """What the client received of a response."""

    status: NotRequired[int]
    retry_after: NotRequired[str]
    broken: NotRequired[str]


class Change(TypedDict):
    """How an operation changed one entity."""

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
    """On the server's own stopwatch, like ``left_ms``."""
    left_ms: float | None
    client: NotRequired[str]
    shown: Shown
    effects: list[Change]
    effects_left_out: NotRequired[int]
    waited_ms: NotRequired[float]
    real_status: NotRequired[int]
    copied: NotRequired[bool]


class RequestsPage(TypedDict):
    """The journal, oldest first, and the number of older entries that were dropped."""

    requests: list[Entry]
    dropped: int


class Fault(TypedDict):
    """A rule in force, and its counters."""

    name: str
    on: list[str]
    origin: Literal["runtime", "stage", "document"]
    matched: int
    acted: int
    shadowed: int
    remaining: NotRequired[int]
    rule: NotRequired[dict[str, Any]]


class Difference(TypedDict):
    """A criterion that a request did not meet."""

    criterion: str
    expected: Any
    found: Any


class NearMiss(TypedDict):
    """A request that came close to the expected one."""

    id: int
    method: str
    path: str
    operation: str
    failed: list[Difference]


class JudgedVirtue(TypedDict):
    """The judgement of one virtue."""

    at: NotRequired[str]
    virtue: str
    verdict: Literal["passed", "failed", "undecided"]
    expected: Any
    found: Any
    requests: list[int]
    text: str


class JudgeResponse(TypedDict):
    """The judgement of a client, and what the client did."""

    verdict: Literal["passed", "failed", "undecided"]
    virtues: list[JudgedVirtue]
    intents: list[dict[str, Any]]
    intents_left_out: NotRequired[int]
    ambiguous: NotRequired[list[str]]


class Verification(TypedDict):
    """Whether a world received the expected requests."""

    verified: bool
    matched: int
    near_misses: list[NearMiss]
    inconclusive: NotRequired[bool]
    reason: NotRequired[str]
    missing: NotRequired[str]
    matched_ids: NotRequired[list[int]]
    hints: NotRequired[list[str]]


class Explanation(TypedDict):
    """What the rules would do with a request, or did with it."""

    world: str
    request: dict[str, Any]
    operation: str
    edition: str | None
    acted: list[str]
    shown: NotRequired[Shown]
    """For a request in the journal: what its client received."""
    rules: list[dict[str, Any]]
    outcome: NotRequired[dict[str, Any]]
    carried_out: NotRequired[bool]
    delay_ms: NotRequired[float]
    advance_ms: NotRequired[float]
    dribble: NotRequired[dict[str, int]]
    note: NotRequired[str]


class Clock(TypedDict):
    """The time of a world."""

    world: str
    mode: Mode
    time: str
    hint: NotRequired[str]


class Stage(TypedDict):
    """The current stage of a world, and the others."""

    world: str
    stages: list[str]
    stage: NotRequired[str]
    entered: NotRequired[str]
    calls: NotRequired[int]
