"""Maintenance: purge services, and select those to export."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from cs_simulator.clock import EARLIEST, Instant
from cs_simulator.domain.model import Service
from cs_simulator.domain.store import Gone, Which
from cs_simulator.domain.transaction import Transaction

PURGES: Mapping[str, tuple[Which, bool]] = MappingProxyType(
    {
        "purge.service.all": ("all", False),
        "purge.service.started": ("active", False),
        "purge.service.started.anonymous": ("active", True),
        "purge.service.completed": ("completed", False),
        "purge.service.completed.anonymous": ("completed", True),
    }
)
"""The purge operations: which services they delete, and whether only anonymous ones."""

EventFilter = Literal["any", "started", "completed"]
StateFilter = Literal["any", "active", "inactive"]


def purge_services(tx: Transaction, limit: Instant, operation: str) -> int:
    """Delete the services that an operation selects among those started before ``limit``.

    Return their number.
    """
    which, anonymous_only = PURGES[operation]
    doomed = [
        service
        for service in tx.store.started_between(EARLIEST, limit, which)
        if not anonymous_only or service.customer_id is None
    ]
    count = len(doomed)
    doomed.reverse()
    while doomed:  # each is freed after its turn, not all at the end
        service = doomed.pop()
        tx.store.delete_service(service.number, Gone("purged", tx.now))
        tx.effect("deleted", "service", service.service_id)
    return count


def services_to_export(
    tx: Transaction,
    time_from: Instant,
    time_to: Instant,
    events: EventFilter = "any",
    state: StateFilter = "any",
) -> list[Service]:
    """Return the services with such an event from ``time_from`` to ``time_to``, oldest first.

    Both ends are included (assumed: "between"). The state is the current one, not that of the
    period.
    """
    found: dict[int, Service] = {}
    if events in ("any", "started"):
        for service in tx.store.started_between(time_from, time_to + 1):
            found[service.number] = service
    if events in ("any", "completed"):
        for service in tx.store.completed_between(time_from, time_to + 1):
            found[service.number] = service
    chosen = [
        service
        for service in found.values()
        if state == "any" or (service.completed is None) == (state == "active")
    ]
    return sorted(chosen, key=lambda service: (service.started.timestamp, service.number))
