"""The scenario document: its keys and their shapes."""

from __future__ import annotations

from typing import Any

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    NAME,
    TEXT,
    Checker,
    Late,
    ListOf,
    OneOrMore,
    Record,
    Scalar,
    Schema,
    one_of,
)
from cs_simulator.documents.values import (
    Integer,
    Moment,
)
from cs_simulator.scenario.business_attributes import BUSINESS_ATTRIBUTES
from cs_simulator.scenario.entities import SERVICE
from cs_simulator.scenario.interactions import INTERACTION
from cs_simulator.scenario.metadata import (
    EXTENSION_SCHEMAS,
    IDENTIFICATION_KEY,
    PROFILE_ATTRIBUTE,
)
from cs_simulator.scenario.profiles import CUSTOMER
from cs_simulator.scenario.settings import SETTINGS, Switches

FORMAT = 1

_MOMENT = Moment()


def _next_id(bits: int) -> Scalar:
    """Return the shape of a first id; one past the largest means that none is left."""
    convert = Integer(bits, minimum=1)
    convert.high += 1
    return Scalar(convert)


def _format(value: object) -> int:
    if value == FORMAT and type(value) is int:
        return FORMAT
    raise UnfitError(f"{FORMAT}, the only format")


class _Written:
    """A record; the original is kept under ``written``."""

    def __init__(self, item: Late) -> None:
        self.item = item

    def check(self, value: Any, at: str, checker: Checker) -> dict[str, Any]:
        return {**self.item.check(value, at, checker), "written": value}

    def json_schema(self) -> Schema:
        return self.item.json_schema()


DOCUMENT = Record(
    {
        "format": Scalar(_format, {"const": FORMAT}),
        "name": NAME,
        "description": TEXT,
        "extends": OneOrMore(NAME),
        "seed": Scalar(Integer(64)),
        "clock": Record(
            {"time": Scalar(_MOMENT), "mode": one_of("real", "offset", "frozen")},
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
        "interactions": ListOf(INTERACTION),
        "generate": OneOrMore(Late("scenario.generation:GENERATION")),
        "faults": ListOf(Late("faults.written:FAULT")),
        "stages": ListOf(_Written(Late("faults.written:STAGE"))),
        "expect": ListOf(Late("scenario.expect:EXPECT")),
        "progress": Late("faults.stages:PROGRESS"),
    },
    ignored="x-",
)
"""A scenario; an unknown key is rejected like a typo.

A snapshot of a world is a scenario too. Only snapshots need ``number`` and ``retention`` of a
service, ``customer`` among the ids, and ``progress``, with which a fault may advance a clock that
has since become real.
"""
