"""The in-memory store of services, states and tasks, and its indexes.

It stores and finds values; the operations are elsewhere. Services are packed (see
:mod:`cs_simulator.domain.packed`) until they are read. Each index is one sorted list of small keys,
numbers or bytes, so a query costs what it returns, whatever else is stored. A copy shares
everything with its original until either changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cs_simulator.clock import Instant
from cs_simulator.documents.values import as_text, integer_text
from cs_simulator.domain.index import SortedIndex
from cs_simulator.domain.keys import (
    all_bounds,
    due_in,
    due_key,
    in_order_of_start,
    moment_key,
    number_in,
    number_in_owner_key,
    numbers_by_start,
    owner_bounds,
    owner_key,
    start_bound,
    start_key,
)
from cs_simulator.domain.model import Service, State, Task
from cs_simulator.domain.packed import Packed, pack_service, unpack_service
from cs_simulator.domain.undo import UndoLog

Which = Literal["all", "active", "completed"]

_NOTHING: Mapping[int, Any] = MappingProxyType({})
_BOTH = (False, True)
_COMPLETED: Mapping[Which, tuple[bool, ...]] = MappingProxyType(
    {"all": _BOTH, "active": (False,), "completed": (True,)}
)

AUTO_COMPLETE = 0
EXPIRE = 1
Due = tuple[Instant, int, int]
"""What is due: the time, :data:`AUTO_COMPLETE` or :data:`EXPIRE`, and the service's number."""


MOST_GONE = 1_000
"""How many deleted services are remembered, for error messages."""

MOST_READ = 500
"""How many services stay unpacked after they were read, so that small worlds are read fast."""

MOST_OF_PART = 16
"""A part of up to one in this many services takes less time to copy service by service than a copy
of everything does.
"""

How = Literal["expired", "deleted", "purged"]


class Gone(NamedTuple):
    """How and when a service was deleted."""

    how: How
    instant: Instant


class _Remembered(NamedTuple):
    """A service that was deleted, and how many were deleted up to it."""

    service_id: int | str
    gone: Gone
    place: int


def due_times(service: Service) -> tuple[Due, ...]:
    """Return the due times of a service by its current retention."""
    return tuple(map(due_in, due_keys(service)))


def due_keys(service: Service) -> tuple[int, ...]:
    """Return the due times of a service as the index of what is due has them."""
    touched, counted_from, lifetime, expires, idle = service.retention
    keys: tuple[int, ...] = ()
    if lifetime is not None:
        keys = (due_key(counted_from + lifetime, EXPIRE, service.number),)
    elif expires is not None:
        keys = (due_key(expires, EXPIRE, service.number),)
    if idle is not None and service.completed is None:
        keys = (due_key(touched + idle, AUTO_COMPLETE, service.number), *keys)
    return keys


KnownServices = dict[tuple[int, Packed], Service]
"""Services that were unpacked, by their numbers and packed forms."""


class Store:
    """The services, states and tasks of one tenant of one world."""

    __slots__ = (
        "_by_completion",
        "_by_contact",
        "_by_customer",
        "_by_start",
        "_deleted",
        "_deleted_before",
        "_due",
        "_gone",
        "_last",
        "_late",
        "_log",
        "_numbers",
        "_places",
        "_read",
        "_services",
        "_states",
        "_tasks",
        "_turn",
    )

    is_numbered = True
    """Whether its images cover single services."""

    def __init__(self, log: UndoLog | None = None) -> None:
        self._log = log
        self._last = -1
        """The highest number so far."""
        self._late = 0
        """How many services came after one with a higher number."""
        self._places: dict[int, tuple[int, int]] = {}
        """The places, in order of creation, of services whose numbers are not in that order."""
        self._services: dict[int, Packed] = {}
        self._states: dict[int, Mapping[int, State]] = {}
        self._tasks: dict[int, Mapping[int, Task]] = {}
        self._read: dict[int, Service] = {}
        """Services that were read lately, as they are."""
        # Service ids that are text, if the world uses such.
        self._numbers: dict[str, int] = {}
        self._gone: dict[int, _Remembered] = {}
        """How services were deleted, by their numbers, in this order."""
        self._deleted = 0
        self._deleted_before = 0
        """How many were deleted before the request that deletes now, which has this turn."""
        self._turn = 0
        self._by_customer = SortedIndex()  # by owner_key
        self._by_contact = SortedIndex()  # the same; only services without customer
        self._by_start = SortedIndex()  # by start_key
        self._by_completion = SortedIndex()  # by moment_key
        self._due = SortedIndex()  # by due_key

    def content(self) -> Store:
        """Return a store with the same content that can only be searched by number."""
        twin = Store()
        twin._services = self._services.copy()
        twin._states = self._states.copy()
        twin._tasks = self._tasks.copy()
        twin._gone = self._gone.copy()
        return twin

    def copy(self, log: UndoLog | None = None) -> Store:
        """Return a store with the same content, at the cost of copying three dictionaries.

        Images of changes in the copy go to a log.
        """
        twin = Store(log)
        twin._last = self._last
        twin._late = self._late
        twin._places = self._places.copy()
        twin._services = self._services.copy()
        twin._states = self._states.copy()
        twin._tasks = self._tasks.copy()
        twin._numbers = self._numbers.copy()
        twin._gone = self._gone.copy()
        twin._deleted = self._deleted
        twin._by_customer = self._by_customer.share()
        twin._by_contact = self._by_contact.share()
        twin._by_start = self._by_start.share()
        twin._by_completion = self._by_completion.share()
        twin._due = self._due.share()
        return twin

    def within(self, start: Instant, end: Instant) -> Store:
        """Return a store with what started or completed from ``start`` and before ``end``.

        It can be searched by number, and by time within this period. It costs what it contains, and
        has everything if that costs less.
        """
        moments = moment_key(start), moment_key(end)
        starts = [
            (start_bound(start, completed=completed), start_bound(end, completed=completed))
            for completed in _BOTH
        ]
        count = self._by_completion.count(*moments)
        count += sum(self._by_start.count(*bounds) for bounds in starts)
        if count * MOST_OF_PART > len(self):
            return self.copy()
        twin = Store()
        twin._by_completion.extend(self._by_completion.between(*moments))
        for bounds in starts:
            twin._by_start.extend(self._by_start.between(*bounds))
        for number in {*map(number_in, twin._by_start), *map(number_in, twin._by_completion)}:
            twin._services[number] = self._services[number]
            if number in self._states:
                twin._states[number] = self._states[number]
            if number in self._tasks:
                twin._tasks[number] = self._tasks[number]
        return twin

    # Services

    def __len__(self) -> int:
        return len(self._services)

    def services(self, known: KnownServices | None = None) -> Iterator[Service]:
        """Yield every service, in order of creation.

        With ``known``, a service that a call with it has yielded before is the same object again.
        """
        if known is None:
            return (unpack_service(number, packed) for number, packed in self._services.items())
        return (
            known.get(each) or known.setdefault(each, unpack_service(*each))
            for each in self._services.items()
        )

    def is_like(self, other: Store) -> bool:
        """Tell whether another store has equal services, with equal states and tasks.

        The order of creation does not matter: no response depends on it.
        """
        return self._services.keys() == other._services.keys() and all(
            # Equal services may be packed differently, such as 1 and 1.0 in attached data.
            (packed == other._services[number] or self.service(number) == other.service(number))
            and self.states(number) == other.states(number)
            and self.tasks(number) == other.tasks(number)
            for number, packed in self._services.items()
        )

    def number_of(self, service_id: int | str) -> int | None:
        """Return the number of the service with this id, or None."""
        if isinstance(service_id, str):
            return self._numbers.get(service_id)
        return service_id if service_id in self._services else None

    def service(self, number: int) -> Service:
        """Return the service with a number; raise KeyError for an unknown number."""
        service = self._read.get(number)
        if service is None:
            service = unpack_service(number, self._services[number])
            if len(self._read) >= MOST_READ:
                self._read.clear()
            self._read[number] = service
        return service

    def add_service(self, service: Service) -> None:
        """Store a new service."""
        number = service.number
        if self._log is not None:
            self._log.note(self, number, None, None, None, None, self._gone.get(number))
        self._services[number] = pack_service(service)
        self._put_last(number)
        service_id = service.service_id
        if isinstance(service_id, str):
            self._numbers[service_id] = number
        key = start_key(service)
        index, entry = self._owner_entry(service, key)
        index.add(entry)
        self._by_start.add(key)
        if service.completed is not None:
            self._by_completion.add(moment_key(service.completed.timestamp, number))
        for due in due_keys(service):
            self._due.add(due)

    def add_services(self, services: Iterable[Service]) -> None:
        """Store many new services at once, sorting each index only once."""
        owners: dict[SortedIndex, list[bytes]] = {self._by_customer: [], self._by_contact: []}
        starts: list[int] = []
        completions: list[int] = []
        dues: list[int] = []
        for service in services:
            number, key = service.number, start_key(service)
            self._services[number] = pack_service(service)
            self._put_last(number)
            if isinstance(service.service_id, str):
                self._numbers[service.service_id] = number
            index, entry = self._owner_entry(service, key)
            owners[index].append(entry)
            starts.append(key)
            if service.completed is not None:
                completions.append(moment_key(service.completed.timestamp, number))
            dues += due_keys(service)
        for index, entries in owners.items():
            index.extend(entries)
        self._by_start.extend(starts)
        self._by_completion.extend(completions)
        self._due.extend(dues)

    def _put_last(self, number: int) -> None:
        """Give a new service its place, which its number tells unless a client chose that."""
        if number > self._last:
            self._last = number
        else:
            self._late += 1
            self._places[number] = (self._last, self._late)

    def replace_service(self, service: Service) -> None:
        """Replace the service with the same number, and update the indexes."""
        number = service.number
        self._note(number)
        old = self.service(number)
        self._services[number] = pack_service(service)
        self._read[number] = service
        old_key, key = start_key(old), start_key(service)
        was_in, old_entry = self._owner_entry(old, old_key)
        is_in, entry = self._owner_entry(service, key)
        if was_in is not is_in or old_entry != entry:
            was_in.remove(old_entry)
            is_in.add(entry)
        if old_key != key:
            self._by_start.remove(old_key)
            self._by_start.add(key)
        if old.completed != service.completed:
            if old.completed is not None:
                self._by_completion.remove(moment_key(old.completed.timestamp, number))
            if service.completed is not None:
                self._by_completion.add(moment_key(service.completed.timestamp, number))
        old_dues, dues = due_keys(old), due_keys(service)
        if old_dues != dues:
            for due in old_dues:
                self._due.remove(due)
            for due in dues:
                self._due.add(due)

    def delete_service(self, number: int, gone: Gone | None = None) -> None:
        """Delete a service with its states and tasks; remember how it was deleted, for a while."""
        self._note(number)
        service = self.service(number)
        del self._services[number], self._read[number]
        self._places.pop(number, None)
        if gone is not None:
            self.remember(number, service.service_id, gone)
        self._states.pop(number, None)
        self._tasks.pop(number, None)
        if isinstance(service.service_id, str):
            del self._numbers[service.service_id]
        key = start_key(service)
        index, entry = self._owner_entry(service, key)
        index.remove(entry)
        self._by_start.remove(key)
        if service.completed is not None:
            self._by_completion.remove(moment_key(service.completed.timestamp, number))
        for due in due_keys(service):
            self._due.remove(due)

    def remember(self, number: int, service_id: int | str, gone: Gone) -> None:
        """Remember how a service was deleted, and forget the first of :data:`MOST_GONE`."""
        turn = 0 if self._log is None else self._log.mark.turn
        if turn != self._turn or not turn:
            self._turn, self._deleted_before = turn, self._deleted
        self._deleted += 1
        self._gone.pop(number, None)  # it is the last one now
        self._gone[number] = _Remembered(service_id, gone, self._deleted)
        if len(self._gone) > MOST_GONE:
            first = next(iter(self._gone))
            if self._gone[first].place <= self._deleted_before:
                self._note(first)  # there is an image of the others
            del self._gone[first]

    def remembered(self) -> Iterator[tuple[int, int | str, Gone]]:
        """Yield the number and id of each deleted service, and how it was deleted."""
        return ((number, each.service_id, each.gone) for number, each in self._gone.items())

    def gone(self, service_id: int | str) -> Gone | None:
        """Return how a former service was deleted, or None if unknown."""
        if isinstance(service_id, str):  # asked for rarely: only where no service is found
            those = reversed(self._gone.values())
            return next((each.gone for each in those if each.service_id == service_id), None)
        found = self._gone.get(service_id)
        return None if found is None else found.gone

    def _owner_entry(self, service: Service, key: int) -> tuple[SortedIndex, bytes]:
        """Return the index of a service's owner, and its key there."""
        values = service.values
        customer_id = values.get("customer_id")
        if customer_id is not None:
            return self._by_customer, owner_key(customer_id, key)
        return self._by_contact, owner_key(values.get("contact_key") or "", key)

    # Undo

    def _note(self, number: int) -> None:
        """Keep an image of a service, which is about to change."""
        if self._log is not None:
            self._log.note(
                self,
                number,
                self._services.get(number),
                self._states.get(number),
                self._tasks.get(number),
                self._places.get(number),
                self._gone.get(number),
            )

    def put_back(self, images: Mapping[int, tuple[Any, ...]]) -> None:
        """Restore services, with their states and tasks, from images."""
        moved = remembered = False
        for number, (packed, states, tasks, place, gone) in images.items():
            self._note(number)
            there = self._services.get(number)
            if gone is not None:
                remembered = True
                self._gone[number] = gone
            else:
                self._gone.pop(number, None)
            if packed is None:
                if there is not None:
                    self.delete_service(number)
                continue
            if there is None:
                self.add_service(unpack_service(number, packed))
            elif there != packed:
                self.replace_service(unpack_service(number, packed))
            if there is None or self._places.get(number) != place:
                moved = True
                if place is None:
                    self._places.pop(number, None)
                else:
                    self._places[number] = place
            for those, parts in ((self._states, states), (self._tasks, tasks)):
                if parts:
                    those[number] = parts
                else:
                    those.pop(number, None)
        if moved:
            numbers = sorted(self._services, key=lambda each: self._places.get(each, (each, 0)))
            self._services = {number: self._services[number] for number in numbers}
        if remembered:
            self._gone = dict(sorted(self._gone.items(), key=lambda each: each[1].place))

    # Queries

    def of_customer(
        self,
        customer_id: str,
        which: Which = "all",
        start: Instant | None = None,
        end: Instant | None = None,
    ) -> list[Service]:
        """Return a customer's services, oldest first: started from ``start`` and before ``end``."""
        return self._owned(self._by_customer, customer_id, which, start, end)

    def of_contact(
        self,
        contact_key: str,
        which: Which = "all",
        start: Instant | None = None,
        end: Instant | None = None,
    ) -> list[Service]:
        """Return a contact key's services without customer, in the same way."""
        return self._owned(self._by_contact, contact_key, which, start, end)

    def _owned(
        self,
        index: SortedIndex,
        owner: str,
        which: Which,
        start: Instant | None,
        end: Instant | None,
    ) -> list[Service]:
        if which == "all" and start is None and end is None:
            keys = index.between(*all_bounds(owner))
        else:
            keys = chain.from_iterable(
                index.between(*owner_bounds(owner, start, end, completed=completed))
                for completed in _COMPLETED[which]
            )
        return [self.service(number) for number in numbers_by_start(keys)]

    def has_contact(self, contact_key: str) -> bool:
        """Tell whether any service without customer has the contact key."""
        return next(iter(self._by_contact.between(*all_bounds(contact_key))), None) is not None

    def newest_active(
        self, customer_id: str | None, contact_key: str | None, service_type: object
    ) -> Service | None:
        """Return the newest active service that is equal in all three; absent equals absent."""
        if customer_id is not None:
            index, owner = self._by_customer, customer_id
        else:
            index, owner = self._by_contact, contact_key or ""
        bounds = owner_bounds(owner, completed=False)
        for key in index.between(*bounds, newest_first=True):
            service = self.service(number_in_owner_key(key))
            if service.contact_key == contact_key and same_value(
                service.service_type, service_type
            ):
                return service
        return None

    def started_between(self, start: Instant, end: Instant, which: Which = "all") -> list[Service]:
        """Return the services started from ``start`` and before ``end``, oldest first."""
        found = [
            in_order_of_start(key)
            for completed in _COMPLETED[which]
            for key in self._by_start.between(
                start_bound(start, completed=completed), start_bound(end, completed=completed)
            )
        ]
        found.sort()
        return [self.service(number_in(key)) for key in found]

    def completed_between(self, start: Instant, end: Instant) -> list[Service]:
        """Return the services completed from ``start`` and before ``end``, in that order."""
        found = self._by_completion.between(moment_key(start), moment_key(end))
        return [self.service(number_in(key)) for key in found]

    def first_due(self) -> Due | None:
        """Return what is due next, or None."""
        key: int | None = self._due.first()
        return None if key is None else due_in(key)

    def weight(self, names: Mapping[str, str]) -> int:
        """Return how much there is under the ids and names of a request's path."""
        found = 0
        if "service_id" in names:
            given = names["service_id"]
            number = self._numbers.get(given)
            if number is None:
                number = integer_text(given)
            if number is not None:
                found = len(self.states(number)) + len(self.tasks(number))
        if "customer_id" in names:
            found += self._by_customer.count(*all_bounds(names["customer_id"]))
        if "contact_key" in names:
            found += self._by_contact.count(*all_bounds(names["contact_key"]))
        return found

    def count_due(self, now: Instant) -> int:
        """Return how much is due by an instant."""
        first, end = self._due.first(), due_key(now + 1)
        return 0 if first is None or first >= end else self._due.count_before(end)

    # States and tasks

    def states(self, number: int) -> Mapping[int, State]:
        """Return the states of a service by id, in order of creation."""
        return self._states.get(number, _NOTHING)

    def tasks(self, number: int) -> Mapping[int, Task]:
        """Return the tasks of a service by id, in order of creation."""
        return self._tasks.get(number, _NOTHING)

    def put_state(self, number: int, state: State) -> None:
        """Store a state of a service, replacing the one with its id."""
        self.put_states(number, (state,))

    def put_states(self, number: int, states: Iterable[State]) -> None:
        """Store several states of a service at once, replacing those with their ids."""
        self._note(number)
        self._states[number] = {**self.states(number), **{each.state_id: each for each in states}}

    def put_task(self, number: int, task: Task) -> None:
        """Store a task of a service, replacing the one with its id."""
        self.put_tasks(number, (task,))

    def put_tasks(self, number: int, tasks: Iterable[Task]) -> None:
        """Store several tasks of a service at once."""
        self._note(number)
        self._tasks[number] = {**self.tasks(number), **{each.task_id: each for each in tasks}}


def same_value(one: object, other: object) -> bool:
    """Tell whether two scalars are equal as text; absent equals only absent."""
    if one is None or other is None:
        return one is other
    return as_text(one) == as_text(other)
