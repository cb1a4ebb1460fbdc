"""Services as a store keeps them: packed into bytes, a tenth of their size.

A service takes some 20 objects, which take 2 KiB; its bytes are one object of 0.2 KiB, which
garbage collection never looks at. It is unpacked whenever it is read, in a few microseconds. The
bytes stay in the process, so their format is the one that Python reads and writes fastest.
"""

from __future__ import annotations

import marshal
from typing import Any

from cs_simulator.domain.members import NO_VALUES, OF_END, OF_EVENT, OF_KIND, EntityKind
from cs_simulator.domain.model import (
    NO_EXTENSIONS,
    Event,
    Retention,
    Service,
)

Packed = bytes

_FORMAT = 2
"""The newest format of :mod:`marshal` that does not depend on how often a value is in use."""


def _names(kind: EntityKind) -> tuple[str, ...]:
    return tuple(member.name for member in (*OF_KIND[kind], *OF_END))


_OF_EVENT = tuple(member.name for member in OF_EVENT)
_OF_SERVICE = tuple(name for name in _names("Service") if name != "service_id")


def pack_service(service: Service) -> Packed:
    """Return a service in packed form; its number is not in it."""
    number, values, started, retention, completed, extensions = service
    touched, counted_from, lifetime, expires, idle = retention
    timestamp, service_id = started.timestamp, values["service_id"]
    parts: Any = (
        # What is usual, or follows from the rest, takes one byte.
        None if service_id == number else service_id,
        (*map(values.get, _OF_SERVICE),),
        timestamp,
        _event(started),
        None if touched == timestamp else touched,
        None if counted_from == touched else counted_from,
        lifetime,
        expires,
        idle,
        None if completed is None else (completed.timestamp, _event(completed)),
        extensions or None,
    )
    return _exactly(marshal.dumps(parts, _FORMAT))


def unpack_service(number: int, packed: Packed) -> Service:
    """Return a service, of which the number is known, from its packed form."""
    (
        service_id,
        values,
        timestamp,
        event,
        touched,
        counted_from,
        lifetime,
        expires,
        idle,
        completed,
        extensions,
    ) = marshal.loads(packed)  # noqa: S302 - only from pack_service
    known = _values(_OF_SERVICE, values)
    known["service_id"] = number if service_id is None else service_id
    if touched is None:
        touched = timestamp
    if counted_from is None:
        counted_from = touched
    return Service(
        number,
        known,
        _unpacked(timestamp, event),
        Retention(touched, counted_from, lifetime, expires, idle),
        None if completed is None else _unpacked(*completed),
        NO_EXTENSIONS if extensions is None else extensions,
    )


def _exactly(written: bytes) -> Packed:
    """Return a copy of bytes that were written into a larger buffer, which they would keep."""
    return bytes(memoryview(written))


def _event(event: Event) -> tuple[Any, ...] | None:
    """Return the values of an event in the order of their rows."""
    return (*map(event.values.get, _OF_EVENT),) if event.values else None


def _unpacked(timestamp: int, values: tuple[Any, ...] | None) -> Event:
    return Event(timestamp, NO_VALUES if values is None else _values(_OF_EVENT, values))


def _values(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    """Return the values that are not absent by the names of their members."""
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}
