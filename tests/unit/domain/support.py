"""What tests of the domain share: transactions at a chosen instant, and worlds without a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cs_simulator.clock import Instant
from cs_simulator.domain.keys import due_in, number_in, owner_key, start_key
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.domain.model import Event, Retention, Service, State, Submission, Task
from cs_simulator.domain.profiles import Profile, Profiles
from cs_simulator.domain.services import start_service
from cs_simulator.domain.setup import Setup
from cs_simulator.domain.store import Store, due_times
from cs_simulator.domain.transaction import Transaction
from cs_simulator.ids import Ids
from cs_simulator.scenario.catalogue import Catalogue
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader
from cs_simulator.worlds import ServedWorld

START: Instant = 1_767_603_600_000
"""2026-01-05T09:00:00.000Z."""


def transaction(now: Instant = START, setup: Setup | None = None) -> Transaction:
    """Return a transaction on nothing yet."""
    return Transaction(Store(), Profiles(), Ids(), setup or Setup(), now)


def three_profiles(metadata: Metadata = PREDEFINED) -> Profiles:
    """Return three customers who share names; one has several values of each attribute."""
    profiles = Profiles(metadata)
    profiles.add_all(
        [
            Profile("1", {"FirstName": ("Ada",), "LastName": ("Lovelace",)}),
            Profile("2", {"LastName": ("Byron", "Lovelace"), "PhoneNumber": ("+44", "+33")}),
            Profile("3", {"FirstName": ("Ada",), "LastName": ("Byron",)}),
        ]
    )
    return profiles


def later(tx: Transaction, now: Instant) -> Transaction:
    """Return the next transaction on the same data."""
    return Transaction(tx.store, tx.profiles, tx.ids, tx.setup, now)


def sent(extensions: Mapping[str, Any] | None = None, **values: Any) -> Submission:
    """Return an event as a client submitted it."""
    return Submission(values, extensions or {})


def started(tx: Transaction, **values: Any) -> Service:
    """Start a service, for customer C unless another owner is named."""
    if "contact_key" not in values:
        values.setdefault("customer_id", "C")
    return start_service(tx, sent(**values))


def present(**values: Any) -> dict[str, Any]:
    """Return the members that have a value."""
    return {name: value for name, value in values.items() if value is not None}


def service(
    number: int,
    customer_id: str | None = "C",
    contact_key: str | None = None,
    *,
    at: Instant = START,
    completed_at: Instant | None = None,
    **more: Any,
) -> Service:
    """Return a service that no store holds yet."""
    return Service(
        number=number,
        values=present(
            service_id=more.pop("service_id", number),
            service_type=more.pop("service_type", None),
            customer_id=customer_id,
            contact_key=contact_key,
        ),
        started=Event(at),
        retention=more.pop("retention", Retention(at, at)),
        completed=None if completed_at is None else Event(completed_at),
        **more,
    )


def state(state_id: int, at: Instant = START, **more: Any) -> State:
    """Return a state that no store holds yet."""
    values = present(state_id=state_id, state_type=more.pop("state_type", None))
    return State(values=values, started=Event(at), **more)


def task(task_id: int, at: Instant = START, **more: Any) -> Task:
    """Return a task that no store holds yet."""
    values = present(task_id=task_id, state_id=more.pop("state_id", None))
    return Task(values=values, started=Event(at), **more)


def scenario(document: Mapping[str, Any] | None = None) -> LoadedScenario:
    """Return the scenario of a document, named ``test``."""
    catalogue = Catalogue(())
    checked = catalogue.resolve(dict(document or {}), "test")
    return ScenarioLoader(catalogue).build(checked, "test", "test")


def world(
    document: Mapping[str, Any] | None = None, export_folder: Path | None = None
) -> ServedWorld:
    """Return the world of a document, its clock standing still at START unless it says more."""
    document = {"clock": {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}, **(document or {})}
    return ServedWorld("test", scenario(document), export_folder)


def check_indexes(store: Store) -> None:
    """Hold every index of a store against the entities themselves."""
    services = list(store.services())
    assert [each.number for each in services] == list(store._services)
    assert store._numbers == {
        each.service_id: each.number for each in services if isinstance(each.service_id, str)
    }
    starts = {each.number: start_key(each) for each in services}
    assert list(store._by_start) == sorted(starts.values())
    assert list(store._by_customer) == sorted(
        owner_key(each.customer_id, starts[each.number])
        for each in services
        if each.customer_id is not None
    )
    assert list(store._by_contact) == sorted(
        owner_key(each.contact_key or "", starts[each.number])
        for each in services
        if each.customer_id is None
    )
    assert [(key >> 63, number_in(key)) for key in store._by_completion] == sorted(
        (each.completed.timestamp, each.number) for each in services if each.completed is not None
    )
    dues = [due_in(key) for key in store._due]
    assert dues == sorted(due for each in services for due in due_times(each))
    assert set(store._states) <= set(store._services)
    assert set(store._tasks) <= set(store._services)
    for each in services:
        states, tasks = store.states(each.number), store.tasks(each.number)
        assert list(states) == [state.state_id for state in states.values()]
        assert list(tasks) == [task.task_id for task in tasks.values()]


def index_of(profiles: Profiles, *, anew: bool = False) -> dict[str, list[Any]]:
    """Return the entries of each index of identification keys, or those that there should be."""
    if anew:
        made = Profiles(profiles.metadata)
        made.add_all(profiles)
        profiles = made
    assert list(profiles._orders) == list(profiles._profiles)
    return {name: list(index) for name, index in profiles._indexes.items()}
