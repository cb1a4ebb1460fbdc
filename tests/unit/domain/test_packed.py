"""Packed services and the keys of the indexes: they come back as they were, and are small."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest

from cs_simulator.clock import EARLIEST, LATEST, Instant
from cs_simulator.domain.keys import (
    all_bounds,
    due_in,
    due_key,
    in_order_of_start,
    moment_key,
    number_in,
    number_in_owner_key,
    numbers_by_start,
    owner_key,
    start_bound,
    start_key,
)
from cs_simulator.domain.members import NO_VALUES, OF_END, OF_EVENT, OF_KIND
from cs_simulator.domain.model import NO_EXTENSIONS, Event, Retention, Service
from cs_simulator.domain.packed import (
    pack_service,
    unpack_service,
)
from cs_simulator.ids import FIRST_SERVICE, LAST_SERVICE
from tests.unit.domain.support import START, service, started, transaction

ATTACHED: dict[str, Any] = {
    "Zulu": [1, 1.5, -0.0, True, None, "\u00e9\ud800", {}],
    "alpha": {"b": 10**39, "a": []},
}


def event(at: Instant, **more: Any) -> Event:
    """Return an event with a value of each member."""
    return Event(at, {**{member.name: f"of {member.name}" for member in OF_EVENT}, **more})


def full_values(kind: Any) -> dict[str, Any]:
    """Return a value of each member of a kind."""
    return {member.name: f"of {member.name}" for member in (*OF_KIND[kind], *OF_END)}


@pytest.mark.parametrize(
    "packed",
    [
        service(7),
        service(7, None, "K", service_id="383-f9a6", service_type=0),
        service(7, at=EARLIEST, completed_at=LATEST, extensions=ATTACHED),
        Service(
            number=LAST_SERVICE,
            values=full_values("Service"),
            started=event(START, media_type=2**63 - 1),
            retention=Retention(START + 1, START + 2, 10**22, -5, 0),
            completed=event(START + 3),
        ),
        service(7, retention=Retention(START, START + 2, expires=START)),
        service(7, retention=Retention(START + 2, START)),
    ],
)
def test_a_service_comes_back_as_it_was(packed: Service) -> None:
    back = unpack_service(packed.number, pack_service(packed))
    assert back == packed
    assert list(back.extensions) == list(packed.extensions)
    assert pack_service(back) == pack_service(packed)
    if not packed.extensions:
        assert back.extensions is NO_EXTENSIONS
    if not packed.started.values:
        assert back.started.values is NO_VALUES


def test_every_member_of_a_service_is_packed() -> None:
    values = full_values("Service")
    assert unpack_service(7, pack_service(service(7)._replace(values=values))).values == values


def test_keys_sort_as_what_they_are_made_of() -> None:
    numbers = (0, 1, FIRST_SERVICE, LAST_SERVICE)
    moments = (EARLIEST, -1, 0, START, LATEST)
    order = [
        service(number, at=at, completed_at=None if active else at)
        for active in (True, False)
        for at in moments
        for number in numbers
    ]
    keys = [start_key(each) for each in order]
    assert keys == sorted(keys)
    assert numbers_by_start(owner_key("C", key) for key in reversed(keys)) == [
        each.number for each in order[: len(order) // 2] for _ in (True, False)
    ]
    assert [number_in(key) for key in keys] == [each.number for each in order]
    assert in_order_of_start(start_key(order[0])) == in_order_of_start(
        start_key(order[0]._replace(completed=Event(START)))
    )
    assert start_bound(LATEST + 1, completed=False) < start_bound(EARLIEST, completed=True)
    of_moments = [moment_key(at, number) for at in moments for number in numbers]
    assert of_moments == sorted(of_moments)
    dues = [(at, what, number) for at in moments for what in (0, 1) for number in numbers]
    assert [due_in(key) for key in sorted(due_key(*due) for due in reversed(dues))] == dues


def test_keys_of_owners_never_mix() -> None:
    owners = ["", "C", "C\x00", "C1", "\u00ff", "\U0010ffff", "\ud800"]
    start = start_bound(LATEST, LAST_SERVICE, completed=True)
    for owner in owners:
        low, high = all_bounds(owner)
        within = [
            each
            for each in owners
            for key in (owner_key(each, 0), owner_key(each, start))
            if low <= key < high
        ]
        assert within == [owner, owner]
    assert number_in_owner_key(owner_key("C", start)) == LAST_SERVICE


def test_a_stored_service_takes_few_bytes_and_no_collection() -> None:
    tx = transaction()
    sent = {"service_type": 100, "est_duration": 60, "interaction_id": "123ABCAADFJ1259ACF"}
    count = 1_000
    for number in range(10):
        started(tx, **sent, contact_key=f"before {number}")
    gc.collect()
    tracked = len(gc.get_objects())
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(count):
            started(tx, **sent, contact_key=f"K{number}")
        tx.effects.clear()
        gc.collect()
        taken = (tracemalloc.get_traced_memory()[0] - before) / count
    finally:
        tracemalloc.stop()
    assert taken < 600
    assert len(gc.get_objects()) - tracked < count / 10
