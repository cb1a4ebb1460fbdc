"""Types of rules and questions: type checkers reject a misspelled key, name or operation.

Each type has exactly the members that the server accepts; the server checks their values.
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
"""Operations as a request can ask for them."""

Target = OperationId | Literal["any", "*", "unrouted", "options"]
"""An operation, ``any``, an unknown operation, or an OPTIONS request."""

On = Target | Sequence[Target]

Span = str | timedelta
"""A duration: ``250ms``, ``30s``, ``2h``, or a ``timedelta``."""

Connection = Literal["reset", "close", "truncate", "garbage", "stall"]
"""How a connection is broken."""


class Truncation(TypedDict, total=False):
    """Where a response is cut off."""

    after: int
    """This many bytes of the body arrive."""
    chunked: bool
    """Whether it is sent in chunks, without the last one."""


class Truncated(TypedDict):
    """A response that is cut off at a given place instead of in its middle."""

    truncate: Truncation


Effect = Literal["none", "applied"]
"""Whether the operation is carried out although a fault acts."""

Value = str | int | float | bool | None | datetime | timedelta | Enum
"""What a value in a request can be compared with."""


class Operator(TypedDict, total=False):
    """A criterion in place of a value; it has exactly one of these members."""

    equals: Any
    matches: str
    """A regular expression that must match the whole value."""
    contains: Value
    absent: bool
    same_items: Sequence[Any]
    """The items of a list, in any order."""


Criterion = Value | Sequence[Value] | Operator
"""A value, a list of accepted values, or an operator."""


class Where(TypedDict, total=False):
    """Criteria for a request; all must hold."""

    body: Mapping[str, Any]
    """Criteria by member name, or by JSONPath if the key begins with ``$``."""
    query: Mapping[str, Criterion]
    headers: Mapping[str, Criterion]
    path: str
    customer_id: Criterion
    contact_key: Criterion
    tenant: Criterion


class ScriptedResponse(TypedDict, total=False):
    """A response that replaces the real one."""

    status: Required[int]
    headers: Mapping[str, str | int]
    body: Any


UniformDelay = TypedDict("UniformDelay", {"from": Span, "to": Span})


class LogNormalDelay(TypedDict):
    """A delay distributed as on real servers: most are short, some long."""

    median: Span
    sigma: float
    max: Span


class Dribble(TypedDict):
    """A response that is sent in pieces."""

    chunks: int
    duration: Span


class Rate(TypedDict):
    """A number of calls in a duration."""

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
    """A fault rule, with the same keys as in a scenario."""

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
    """Criteria for the response that a request received."""

    status: Criterion
    fault: Criterion
    hint: Criterion


class Count(TypedDict, total=False):
    """How many requests are expected."""

    at_least: int
    at_most: int


class Pattern(TypedDict, total=False):
    """Criteria for requests."""

    on: On
    where: Where
    response: ResponseCriteria


class Question(Pattern, total=False):
    """What to verify."""

    count: int | Count
    in_order: Sequence[Pattern]
    after: int
    within: Span


class JudgeQuestion(TypedDict, total=False):
    """What to judge a client by."""

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
    """Filters of the journal; of several values, one must match."""

    operation: Target | Sequence[Target]
    status: int | str | Sequence[int | str]
    fault: str | Sequence[str]
    after: int
    limit: int
