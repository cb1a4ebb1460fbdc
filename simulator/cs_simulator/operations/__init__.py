"""Every operation of Context Services: one complete row each, in two modules: GMS and UCS.

Routes, hints, the OpenAPI document, the control API's list, faults, journal and verification are
made from these rows. :mod:`cs_simulator.operations.row` describes what a row contains.
"""

from __future__ import annotations

from collections.abc import Sequence

from cs_simulator.operations.profiles import METADATA, PROFILES, SERVER
from cs_simulator.operations.row import ApiOperation, Family
from cs_simulator.operations.services import SERVICES, STATES, TASKS

OPERATIONS: tuple[ApiOperation, ...] = (
    *SERVICES,
    *STATES,
    *TASKS,
    *PROFILES,
    *METADATA,
    *SERVER,
)

OPERATION_IDS: tuple[str, ...] = tuple(operation.id for operation in OPERATIONS)
"""The ids of operations in rules, journal and verification."""


def family_at(path: str) -> Family:
    """Return which server rejects requests to a path, whatever the method."""
    asked = path.split("/")
    return next(
        operation.refuses_as
        for operation in OPERATIONS
        for template in operation.paths
        if _fits(template.split("/"), asked)
    )


def operation_at(text: str) -> str | None:
    """Return the id of the operation in a text such as ``POST /services/start``, or None.

    The path may contain ids, and may begin with the base path of an edition.
    """
    method, _, path = text.partition(" ")
    asked = path.strip().partition("?")[0].rstrip("/").split("/")
    found = [
        (sum(not segment.startswith("{") for segment in segments), operation.id)
        for operation in OPERATIONS
        if operation.method == method.upper()
        for segments in (template.split("/")[1:] for template in operation.paths)
        if _fits(segments, asked[-len(segments) :])
    ]
    return max(found)[1] if found else None


def _fits(template: Sequence[str], asked: Sequence[str]) -> bool:
    return len(template) == len(asked) and all(
        segment.startswith("{") or segment == sent
        for segment, sent in zip(template, asked, strict=True)
    )
