"""The scenario document: its keys and their shapes.

Services, states and tasks have the API's members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    ID,
    NAME,
    TEXT,
    Anything,
    Checker,
    EitherMapOr,
    Late,
    ListOf,
    MapOf,
    OneOrMore,
    Record,
    Scalar,
    Schema,
    Shape,
    inside,
    one_of,
)
from cs_simulator.documents.values import (
    Integer,
    LongOrText,
    Moment,
)
from cs_simulator.domain.members import (
    OF_END,
    OF_EVENT,
    OF_KIND,
    OF_RETENTION,
    RESERVED,
    EntityKind,
    Member,
)
from cs_simulator.domain.store import How
from cs_simulator.scenario.calendar import WHEN
from cs_simulator.scenario.extends import OWN_KEYS_BEGIN
from cs_simulator.scenario.interactions import INTERACTION
from cs_simulator.scenario.metadata import (
    BUSINESS_ATTRIBUTES,
    EXTENSION_SCHEMAS,
    IDENTIFICATION_KEY,
    PROFILE_ATTRIBUTE,
)
from cs_simulator.scenario.profiles import CUSTOMER
from cs_simulator.scenario.settings import SETTINGS, Switches

_MOMENT = Scalar(Moment())
_PART_ID = Scalar(Integer(32, minimum=0))


def _service_id(value: object) -> int | str:
    service_id = LongOrText()(value)
    if isinstance(service_id, int) and service_id < 0:
        raise UnfitError("a 64-bit integer, 0 or greater, or a non-empty string")
    return service_id


# Seconds of 64 bits are milliseconds of 73 bits, and the longest duration in years takes 75.
_MILLISECONDS = Scalar(Integer(80, minimum=0))
_RETENTION = Record(
    {
        "touched": _MOMENT,
        "counted_from": _MOMENT,
        "lifetime_ms": _MILLISECONDS,
        "expiration_time": _MOMENT,
        "idle_ms": _MILLISECONDS,
    },
    needed=("touched",),
)
"""The remaining retention of a service, as it was in a world.

``lifetime_ms`` counts from ``counted_from``, by default ``touched``; ``idle_ms`` counts from
``touched``. A service with a retention is taken as it was: its customer need not exist, and it may
have no owner.
"""


def _shapes(members: Iterable[Member]) -> dict[str, Shape]:
    return {member.name: Scalar(member.takes) for member in members}


class _AttachedData(NamedTuple):
    """A map with any values and any names but the reserved ones, which events cannot attach."""

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the map; a reserved name would replace the member itself."""
        data = MapOf(Anything()).check(value, at, checker)
        for name in data:
            if name in RESERVED:
                problem = "a reserved name cannot be attached data"
                checker.problem(inside(at, name), problem, on_key=True)
        return data

    def json_schema(self) -> Schema:
        """Return the schema of the map."""
        return {"type": "object", "propertyNames": {"not": {"enum": sorted(RESERVED)}}}


_EVENT: Shape = EitherMapOr(Record({"timestamp": WHEN, **_shapes(OF_EVENT)}), WHEN)

_ENDS: Mapping[str, str] = MappingProxyType({member.name: "completed" for member in OF_END})
"""Members that describe an end; what is still active has none."""


def _entity(kind: EntityKind, **more: Shape) -> Record:
    members = {
        **_shapes(OF_KIND[kind]),
        "started": _EVENT,
        "completed": _EVENT,
        **_shapes(OF_END),
        "extensions": _AttachedData(),
        **more,
    }
    return Record(members, beside=_ENDS)


_TASK = _entity("Task", task_id=_PART_ID)
_STATE = _entity("State", state_id=_PART_ID, tasks=ListOf(_TASK))
_SERVICE_ID = Scalar(
    _service_id,
    {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
            {"type": "string", "minLength": 1},
        ]
    },
)
SERVICE = _entity(
    "Service",
    service_id=_SERVICE_ID,
    number=ID,
    tenant=NAME,
    **{**_shapes(OF_RETENTION), "expiration_time": WHEN},
    retention=_RETENTION,
    states=ListOf(_STATE),
    tasks=ListOf(_TASK),
)

_DELETED = Record(
    {
        "service_id": _SERVICE_ID,
        "number": ID,
        "tenant": NAME,
        "how": one_of(*get_args(How)),
        "time": _MOMENT,
    },
    needed=("service_id", "how", "time"),
)


FORMAT = 1


def _next_id(bits: int) -> Scalar:
    """Return the shape of a first id; one past the largest means that none is left."""
    convert = Integer(bits, minimum=1)
    convert.high += 1
    return Scalar(convert)


def _format(value: object) -> int:
    if value == FORMAT and type(value) is int:
        return FORMAT
    raise UnfitError(f"{FORMAT}, the only format")


DOCUMENT = Record(
    {
        "format": Scalar(_format, {"const": FORMAT}),
        "name": NAME,
        "description": TEXT,
        "extends": OneOrMore(NAME),
        "seed": Scalar(Integer(64)),
        "clock": Record(
            {"time": _MOMENT, "mode": one_of("real", "offset", "frozen")},
        ),
        "first_ids": Record(
            {
                "service": _next_id(64),
                "state": _next_id(32),
                "task": _next_id(32),
                "customer": _next_id(64),
            }
        ),
        "settings": SETTINGS,
        "fidelity": Switches(),
        "business_attributes": BUSINESS_ATTRIBUTES,
        "profile_attributes": ListOf(PROFILE_ATTRIBUTE),
        "extension_schemas": EXTENSION_SCHEMAS,
        "identification_keys": ListOf(IDENTIFICATION_KEY),
        "customers": ListOf(CUSTOMER),
        "services": ListOf(SERVICE),
        "deleted_services": ListOf(_DELETED),
        "interactions": ListOf(INTERACTION),
        "generate": OneOrMore(Late("scenario.generate:GENERATION")),
        "faults": ListOf(Late("faults.written:FAULT")),
        "stages": ListOf(Late("faults.written:STAGE")),
        "expect": ListOf(Late("scenario.expect:EXPECT")),
        "progress": Late("faults.stages:PROGRESS"),
    },
    ignored=OWN_KEYS_BEGIN,
)
"""A scenario; an unknown key is rejected like a typo.

A snapshot of a world is a scenario too. Only snapshots need ``number`` and ``retention`` of a
service, ``deleted_services``, ``customer`` among the ids, and ``progress``, with which a fault may
advance a clock that has since become real.
"""
