"""What a world is told and asked, as types: a misspelt key, name or operation is red in an editor.

Each of these has exactly the members that the server takes; it has the last word on their values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal, Required, TypedDict

OperationId = Literal[  # written by python -m tests.docs.tables
    "associate_service",
    "composite_start",
    "create_identification_key",
    "create_profile",
    "create_profile_extension_schema",
    "create_service_extension_schema",
    "create_state_extension_schema",
    "create_task_extension_schema",
    "delete_identification_key",
    "delete_profile",
    "delete_profile_extension_record",
    "delete_profile_extension_schema",
    "delete_service",
    "delete_service_extension_schema",
    "delete_state_extension_schema",
    "delete_task_extension_schema",
    "end_service",
    "end_state",
    "end_task",
    "export_services_files",
    "export_services_stream",
    "get_interaction",
    "get_interaction_content",
    "get_profile",
    "get_server_status",
    "get_service",
    "get_state",
    "get_task",
    "identify_customer",
    "import_profiles",
    "insert_profile_extensions",
    "merge_profiles",
    "merge_service_extension",
    "merge_state_extension",
    "merge_task_extension",
    "purge_services",
    "query_anonymous_services",
    "query_business_attributes",
    "query_customer_services",
    "query_identification_key",
    "query_interactions",
    "query_profile_extension_schema",
    "query_profile_schema",
    "query_roles",
    "query_service_extension_schema",
    "query_state_extension_schema",
    "query_states",
    "query_task_extension_schema",
    "query_tasks",
    "set_server_mode",
    "start_service",
    "start_state",
    "start_task",
    "transition_state",
    "update_profile",
    "update_profile_extension_record",
    "update_service_expiration",
    "update_service_extension",
    "update_state_extension",
    "update_task_extension",
]
"""What a request may ask for."""

Target = OperationId | Literal["any", "*", "unrouted", "options"]
"""An operation, every request, one that no operation takes, or an OPTIONS."""

On = Target | Sequence[Target]

Span = str | timedelta
"""A span of time: ``250ms``, ``30s``, ``2h``, or a ``timedelta``."""

Connection = Literal["reset", "close", "truncate", "garbage", "stall"]
"""How a connection breaks."""


class Truncation(TypedDict, total=False):
    """Where a response is cut off."""

    after: int
    """So many bytes of its body arrive."""
    chunked: bool
    """Whether it is sent in chunks, of which the last one never comes."""


class Truncated(TypedDict):
    """A response that is cut off somewhere else than in its middle."""

    truncate: Truncation


Effect = Literal["none", "applied"]
"""Whether the operation takes place under a fault."""

Value = str | int | float | bool | None | datetime | timedelta | Enum
"""What a request's value may be compared with."""


class Operator(TypedDict, total=False):
    """A criterion in the place of a value; it has one of these."""

    equals: Any
    matches: str
    """A regular expression for the whole of the value."""
    contains: Value
    absent: bool
    same_items: Sequence[Any]
    """The items of a list, in whatever order."""


Criterion = Value | Sequence[Value] | Operator
"""A value, a list of which one is enough, or an operator."""


class Where(TypedDict, total=False):
    """What a request must look like; all of it must hold."""

    body: Mapping[str, Any]
    """Criteria by member, or by JSONPath where the key begins with ``$``."""
    query: Mapping[str, Criterion]
    headers: Mapping[str, Criterion]
    path: str
    customer_id: Criterion
    contact_key: Criterion
    tenant: Criterion


class ScriptedResponse(TypedDict, total=False):
    """A response in the place of the real one."""

    status: Required[int]
    headers: Mapping[str, str | int]
    body: Any


UniformDelay = TypedDict("UniformDelay", {"from": Span, "to": Span})


class LogNormalDelay(TypedDict):
    """A delay as real servers have it: most short, some long."""

    median: Span
    sigma: float
    max: Span


class Dribble(TypedDict):
    """A response that comes in pieces."""

    chunks: int
    duration: Span


class Rate(TypedDict):
    """So many calls in a span of time."""

    calls: int
    per: Span


class Step(TypedDict, total=False):
    """What is done to one request."""

    delay: Span | UniformDelay | LogNormalDelay
    advance: Span
    dribble: Dribble
    response: ScriptedResponse
    patch: Any
    connection: Connection | Truncated
    effect: Effect


class FaultRule(Step, total=False):
    """A fault, with the keys that it has in a scenario."""

    name: str
    on: Required[On]
    where: Where
    between: Sequence[Span]
    skip: int
    every: int
    times: int
    probability: float
    above_rate: Rate
    sequence: Sequence[Step | Literal["pass"]]
    repeat: int | Literal["forever"]


class ResponseCriteria(TypedDict, total=False):
    """What a request must have been answered."""

    status: Criterion
    fault: Criterion


class Count(TypedDict, total=False):
    """How many requests are expected."""

    at_least: int
    at_most: int


class Pattern(TypedDict, total=False):
    """Which requests are meant."""

    on: On
    where: Where
    response: ResponseCriteria


class Question(Pattern, total=False):
    """What is to be verified."""

    count: int | Count
    in_order: Sequence[Pattern]
    after: int
    within: Span


class JudgeQuestion(TypedDict, total=False):
    """What a client is held against."""

    on: str | Sequence[str]
    where: Mapping[str, Any]
    after: int
    intent: str | Mapping[str, str]
    ended: bool
    attempts: int | Mapping[str, int]
    first_retry_after: Mapping[str, str]
    gaps: Mapping[str, Any]
    honours_retry_after: bool
    gives_up_within: str
    created: int | Mapping[str, int]
    not_retried: Sequence[int | str]
    in_flight: int | Mapping[str, int]
    spread: Mapping[str, float]
    outcome: Literal["answered", "given_up"]
    connection_reused_after: Mapping[str, bool]


class Filters(TypedDict, total=False):
    """Which entries of the journal to show; of several values any may hold."""

    operation: Target | Sequence[Target]
    status: int | str | Sequence[int | str]
    fault: str | Sequence[str]
    after: int
    limit: int
