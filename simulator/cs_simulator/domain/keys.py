"""The keys that the indexes of services sort: integers, or an owner and an integer as bytes.

Each takes a third of the memory of a tuple with the same parts, and less time to compare.
"""

from __future__ import annotations

from collections.abc import Iterable

from cs_simulator.clock import EARLIEST, LATEST, Instant
from cs_simulator.domain.model import Service

_NUMBER_BITS = 63
_NUMBER = (1 << _NUMBER_BITS) - 1
_COMPLETED_BIT = _NUMBER_BITS + 49
"""The bit above all instants, which start at 0 here, and numbers."""
_COMPLETED = 1 << _COMPLETED_BIT
_START_BYTES = 16
_ORDER_BYTES = _COMPLETED_BIT // 8
"""What follows the completion in the bytes of a start key."""
_END = b"\xff"
"""What ends an owner in a key: no UTF-8 contains it, so no owner begins with another one."""


def number_in(key: int) -> int:
    """Return the number of the service in any integer key."""
    return key & _NUMBER


def start_key(service: Service) -> int:
    """Return the key by completion, start and number."""
    return start_bound(
        service.started.timestamp, service.number, completed=service.completed is not None
    )


def start_bound(started: Instant, number: int = 0, *, completed: bool) -> int:
    """Return the lowest :func:`start_key` from an instant, or from a number at it, on."""
    return (completed << _COMPLETED_BIT) | ((started - EARLIEST) << _NUMBER_BITS) | number


def in_order_of_start(key: int) -> int:
    """Return a start key without the completion."""
    return key & ~_COMPLETED


def owner_key(owner: str, start: int) -> bytes:
    """Return the key by owner, then by a start key."""
    return owner_mark(owner) + start.to_bytes(_START_BYTES)


def owner_mark(owner: str) -> bytes:
    """Return what the keys of an owner begin with."""
    return owner.encode("utf-8", "surrogatepass") + _END


def owner_bounds(
    owner: str,
    start: Instant | None = None,
    end: Instant | None = None,
    *,
    completed: bool,
) -> tuple[bytes, bytes]:
    """Return the bounds of an owner's keys for starts from ``start`` and before ``end``."""
    mark = owner_mark(owner)
    low = start_bound(EARLIEST if start is None else start, completed=completed)
    high = start_bound(LATEST + 1 if end is None else end, completed=completed)
    return (
        mark + low.to_bytes(_START_BYTES),
        mark + high.to_bytes(_START_BYTES),
    )


def all_bounds(owner: str) -> tuple[bytes, bytes]:
    """Return the bounds of all keys of an owner."""
    mark = owner_mark(owner)
    return mark, mark + b"\xff"


def number_in_owner_key(key: bytes) -> int:
    """Return the number of the service in an owner's key."""
    return int.from_bytes(key) & _NUMBER


def numbers_by_start(keys: Iterable[bytes]) -> list[int]:
    """Return the numbers of the services in an owner's keys, in order of start."""
    found = sorted(key[-_ORDER_BYTES:] for key in keys)
    return [int.from_bytes(each) & _NUMBER for each in found]


def moment_key(moment: Instant, number: int = 0) -> int:
    """Return the key by an instant, then by number; without a number the lowest at the instant."""
    return (moment << _NUMBER_BITS) + number


def due_key(moment: Instant, what: int = 0, number: int = 0) -> int:
    """Return the key by what is due: an instant, a bit, and a number."""
    return (moment << (_NUMBER_BITS + 1)) + (what << _NUMBER_BITS) + number


def due_in(key: int) -> tuple[Instant, int, int]:
    """Return the instant, the bit, and the number of what is due."""
    return key >> (_NUMBER_BITS + 1), key >> _NUMBER_BITS & 1, key & _NUMBER
