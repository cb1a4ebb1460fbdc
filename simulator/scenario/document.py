"""The scenario document: its keys, and what each of them takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from simulator.clock import EARLIEST, LATEST, Instant
from simulator.domain.attributes import ALIASES, FULL_NAMES, canonical_name
from simulator.domain.fidelity import SWITCHES, UnknownSwitchError, fidelity_of
from simulator.domain.members import CONVERTERS, EVENT_MEMBERS
from simulator.domain.profiles import PREDEFINED_ATTRIBUTES
from simulator.domain.values import (
    Boolean,
    Integer,
    LongOrText,
    Moment,
    Span,
    Text,
    UnfitError,
)
from simulator.scenario.faults import FAULT, FRACTION, fraction
from simulator.scenario.progress import PROGRESS
from simulator.scenario.shape import (
    MOMENT_PATTERN,
    SPAN_PATTERN,
    Anything,
    Checker,
    EitherMapOr,
    ListOf,
    ListOfOne,
    MapOf,
    Record,
    Scalar,
    Schema,
    Shape,
    one_of,
)
from simulator.scenario.stages import STAGE

FORMAT = 1

_SPAN = Span()
_MOMENT = Moment()


@dataclass(frozen=True, slots=True)
class When:
    """An instant, or a distance from the clock of the world that is being made."""

    instant: Instant = 0
    relative: bool = False

    def at(self, now: Instant) -> Instant:
        """Return the instant that is meant where it is ``now``, within what can be written."""
        return min(max(now + self.instant, EARLIEST), LATEST) if self.relative else self.instant


def _when(value: object) -> When:
    if isinstance(value, str):
        sign, distance = (-1, value[1:]) if value.startswith("-") else (1, value)
        try:
            return When(sign * _SPAN(distance), relative=True)
        except UnfitError:
            pass
    try:
        return When(_MOMENT(value))
    except UnfitError:
        raise UnfitError(f"{Moment.expected}, or a distance from the clock such as -2h") from None


def _service_id(value: object) -> int | str:
    service_id = LongOrText()(value)
    if isinstance(service_id, int) and service_id < 0:
        raise UnfitError("an integer of 64 bits, 0 or more, or a string that is not empty")
    return service_id


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise UnfitError(Boolean.expected)


def _format(value: object) -> int:
    if value == FORMAT and type(value) is int:
        return FORMAT
    raise UnfitError(f"{FORMAT}, the only format there is")


def _full_name(value: object) -> str:
    name = canonical_name(value) if isinstance(value, str) else None
    if name is None:
        raise UnfitError(f"one of {', '.join(FULL_NAMES)}")
    return name


BASE_PATH_PATTERN = r"/|(?!/_control(?:/|$)|/_world(?:/|$))(?:/[A-Za-z0-9._~-]+)+"


def _base_path(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(BASE_PATH_PATTERN, value):
        return value
    raise UnfitError("a path such as /genesys/1/cs, without a slash at its end")


_TEXT = Scalar(Text())
_NAME = Scalar(Text(empty=False))
_ID = Scalar(Integer(64, minimum=0))
_PART_ID = Scalar(Integer(32, minimum=0))
_FLAG = Scalar(_boolean, {"type": "boolean"})
_LENGTH = Scalar(_SPAN)
_WHEN = Scalar(
    _when,
    {
        "type": "string",
        "anyOf": [{"pattern": MOMENT_PATTERN}, {"pattern": f"^-?{SPAN_PATTERN[1:]}"}],
    },
)

# Seconds of 64 bits are milliseconds of 73, and the longest span of years takes 75.
_MILLISECONDS = Scalar(Integer(80, minimum=0))
_RETENTION = Record(
    {
        "touched": Scalar(_MOMENT),
        "counted_from": Scalar(_MOMENT),
        "lifetime_ms": _MILLISECONDS,
        "expiration_time": Scalar(_MOMENT),
        "idle_ms": _MILLISECONDS,
    },
    needed=("touched",),
)
"""How long a service is still kept, as it stood in a world.

``lifetime_ms`` counts from ``counted_from``, which is ``touched`` where it is left out;
``idle_ms`` counts from ``touched``. A service that has a retention is taken as it stood: nobody
needs to have its customer, and it may have no owner at all.
"""

_BASE_PATH = Scalar(_base_path, {"type": "string", "pattern": f"^(?:{BASE_PATH_PATTERN})$"})
_SHARE = Scalar(fraction, FRACTION)

_MEMBERS: Mapping[str, Shape] = MappingProxyType(
    {name: Scalar(convert) for name, convert in CONVERTERS.items()}
)
_EVENT: Shape = EitherMapOr(
    Record({"timestamp": _WHEN, **{name: _MEMBERS[name] for name in EVENT_MEMBERS}}), _WHEN
)


def _entity(*names: str, **more: Shape) -> Record:
    common: dict[str, Shape] = {
        "est_duration": _MEMBERS["est_duration"],
        "started": _EVENT,
        "completed": _EVENT,
        "disposition": _MEMBERS["disposition"],
        "disposition_desc": _MEMBERS["disposition_desc"],
        "extensions": MapOf(Anything()),
    }
    return Record({**{name: _MEMBERS[name] for name in names}, **common, **more})


_TASK = _entity("task_type", "state_id", task_id=_PART_ID)
_STATE = _entity("state_type", "previous_state_id", state_id=_PART_ID, tasks=ListOf(_TASK))
_SERVICE = _entity(
    "customer_id",
    "contact_key",
    "service_type",
    "ttl",
    "auto_complete_after",
    service_id=Scalar(
        _service_id,
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
                {"type": "string", "minLength": 1},
            ]
        },
    ),
    number=_ID,
    expiration_time=_WHEN,
    retention=_RETENTION,
    states=ListOf(_STATE),
    tasks=ListOf(_TASK),
)


class _Written:
    """A record; what was written is kept beside what it means, under ``written``."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.members = record.members
        self.needed = record.needed

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        return {**self._record.check(value, at, checker), "written": value}

    def json_schema(self) -> Schema:
        return self._record.json_schema()


class _AttributeValues:
    """One value of a profile attribute, or several, the primary one first."""

    def check(self, value: Any, at: str, checker: Any) -> tuple[str, ...]:
        if isinstance(value, list):
            return tuple(ListOf(_TEXT).check(value, at, checker))
        return (_TEXT.check(value, at, checker),)

    def json_schema(self) -> Schema:
        return {"anyOf": [_TEXT.json_schema(), ListOf(_TEXT).json_schema()]}


_CUSTOMER = Record(
    {
        "customer_id": _NAME,
        "remove": _FLAG,
        **{name: _AttributeValues() for name in PREDEFINED_ATTRIBUTES},
    }
)

_BUSINESS_ATTRIBUTE = Record(
    {
        "remove": _FLAG,
        "dbid": _ID,
        "display_name": _TEXT,
        "description": _TEXT,
        "cv_attributes": ListOf(Scalar(_full_name, {"enum": [*FULL_NAMES, *ALIASES]})),
        "default": _NAME,
        "values": ListOf(
            Record(
                {
                    "name": _NAME,
                    "dbid": _ID,
                    "display_name": _TEXT,
                    "description": _TEXT,
                    "expiration": _LENGTH,
                },
                needed=("name", "dbid"),
            )
        ),
    },
    needed=("dbid", "values"),
)


def _spellings(text: str) -> list[Any]:
    """Return the values that stand for the text of a switch's value."""
    words: Mapping[str, bool] = {"true": True, "false": False}
    if text in words:
        return [text, words[text]]
    return [text, int(text)] if text.isdigit() else [text]


class Switches:
    """Fidelity switches by name."""

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        """Return the switches; note each that does not exist, or takes no such value."""
        given = MapOf(Anything()).check(value, at, checker)
        for name, chosen in given.items():
            try:
                fidelity_of({name: chosen})
            except UnknownSwitchError as error:
                known = any(switch.name == name for switch in SWITCHES)
                checker.mistake(f"{at}.{name}", str(error), on_key=not known)
        return given

    def json_schema(self) -> Schema:
        """Return the schema of the switches: their values as text, numbers or booleans."""
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                switch.name: {"enum": [each for text in switch.values for each in _spellings(text)]}
                for switch in SWITCHES
            },
        }


DOCUMENT = Record(
    {
        "format": Scalar(_format, {"const": FORMAT}),
        "name": _NAME,
        "description": _TEXT,
        "extends": _NAME,
        "seed": Scalar(Integer(64)),
        "clock": Record(
            {"at": Scalar(_MOMENT), "mode": one_of("real", "offset", "frozen")},
        ),
        "ids": Record(
            {
                "service": Scalar(Integer(64, minimum=1)),
                "state": Scalar(Integer(32, minimum=1)),
                "task": Scalar(Integer(32, minimum=1)),
                "customer": Scalar(Integer(64, minimum=1)),
            }
        ),
        "settings": Record(
            {
                "expiration": _LENGTH,
                "auto_complete": Record({"enabled": _FLAG, "after": _LENGTH}),
                "data_validation": _FLAG,
                "map_names": _FLAG,
                "base_paths": Record({"8.5": _BASE_PATH, "8.1": _BASE_PATH}),
            }
        ),
        "fidelity": Switches(),
        "business_attributes": MapOf(_BUSINESS_ATTRIBUTE),
        "customers": ListOf(_CUSTOMER),
        "services": ListOf(_SERVICE),
        "generate": ListOfOne(
            Record(
                {
                    "customers": Record(
                        {"count": Scalar(Integer(32, minimum=0)), "locale": _NAME},
                        needed=("count",),
                    ),
                    "services": Record(
                        {"per_customer": Scalar(Integer(16, minimum=0)), "active": _SHARE},
                        needed=("per_customer",),
                    ),
                }
            )
        ),
        "faults": ListOf(FAULT),
        "stages": ListOf(_Written(STAGE)),
        "progress": PROGRESS,
    }
)
"""A scenario; a key that no one has brought to life is refused like a typo.

A snapshot of a world is one too. What only a snapshot needs: ``number`` and ``retention`` of a
service, ``customer`` among the ids, and ``progress``, under which a fault may move a clock though
the clock has become real.
"""


def scenario_schema() -> Schema:
    """Return the JSON Schema of scenario documents, for completion in an editor.

    It refuses every error of shape. What it cannot say is left to the loader: references between
    parts, what goes together, dates that do not exist, patterns and paths that cannot be read.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of the Context Services simulator",
        **DOCUMENT.json_schema(),
    }
