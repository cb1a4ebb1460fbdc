"""What an operation works with: one world's data, one instant, and its hints."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeVar

from cs_simulator.clock import Instant, format_instant
from cs_simulator.documents.values import integer_text
from cs_simulator.domain.errors import ServiceNotFound, StateNotFound, TaskNotFound
from cs_simulator.domain.interactions import NO_INTERACTIONS, Interactions
from cs_simulator.domain.likely import rounded_like
from cs_simulator.domain.metadata import Metadata
from cs_simulator.domain.model import Service, State, Task
from cs_simulator.domain.profiles import Profiles
from cs_simulator.domain.server_state import ServerState
from cs_simulator.domain.setup import Setup, Tenant
from cs_simulator.domain.store import Store
from cs_simulator.ids import Ids, is_conversation_id

MOST_EFFECTS = 100
"""The maximum number of effects of one operation that are listed; a purge has thousands."""

NARROW = 2**32
"""How many ids there are of 32 bits; those that the server assigns to services begin beyond."""

_Part = TypeVar("_Part", State, Task)

Change = Literal["created", "changed", "ended", "deleted"]
EffectKind = Literal[
    "service", "state", "task", "customer", "extension schema", "identification key"
]


class Effect(NamedTuple):
    """What an operation did to one thing: the kind of thing, and its id or name."""

    change: Change
    kind: EffectKind
    id: int | str


@dataclass(slots=True)
class Transaction:
    """One operation in progress.

    It runs alone in its world, at one instant that all timestamps use. Operations raise before they
    store anything, so there is nothing to roll back.
    """

    store: Store
    profiles: Profiles
    ids: Ids
    setup: Setup
    now: Instant
    hints: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    """What the operation did, in order, up to :data:`MOST_EFFECTS`."""
    effects_left_out: int = 0
    server: ServerState = field(default_factory=ServerState)
    interactions: Interactions = NO_INTERACTIONS
    tenant: Tenant | None = None
    """The tenant whose data the store holds, if there are tenants."""

    def apart(self, start: Instant, end: Instant) -> Transaction:
        """Return the same transaction on a copy of a period's data, to be read without the lock.

        It has at least the services started or completed from ``start`` and before ``end``.
        """
        return replace(self, store=self.store.within(start, end))

    @property
    def metadata(self) -> Metadata:
        """The schemas and identification keys of the world."""
        return self.profiles.metadata

    def hint(self, text: str) -> None:
        """Add help that the real server would not give."""
        self.hints.append(text)

    def effect(self, change: Change, kind: EffectKind, number: int | str) -> None:
        """Record what the operation did to a thing, after storing it."""
        if len(self.effects) < MOST_EFFECTS:
            # Bypasses the class's own constructor, which would cost every start a hundredth of its
            # time.
            self.effects.append(tuple.__new__(Effect, (change, kind, number)))
        else:
            self.effects_left_out += 1

    def enter_maintenance(self) -> None:
        """Switch the server to maintenance mode, as it does itself if no profile schema exists.

        Source: Developer Guide, *Server Mode*.
        """
        self.server.mode = "maintenance"

    def service(self, text: str) -> Service:
        """Return the service that a path segment names, or raise :exc:`ServiceNotFound`."""
        number = None
        why = None
        if self.ids.form == "integer":
            service_id = integer_text(text)
            if service_id is None and not text.isdigit():
                why = _no_id(text, "service", "ids here are integers")
            elif service_id is None or not 0 <= service_id < 2**63:
                why = _no_id(text, "service", "ids are 64-bit integers, 0 or greater")
            else:
                number = self.store.number_of(service_id)
                if number is None:
                    why = self._gone(service_id) or self._mangled(service_id)
        else:
            number = self.store.number_of(text)
            if number is None:
                why = self._gone(text)
            if number is None and why is None and not is_conversation_id(text):
                why = _no_id(text, "service", "ids here look like 383-f9a62aec-...")
        if number is None:
            raise ServiceNotFound(text, why)
        return self.store.service(number)

    def _gone(self, service_id: int | str) -> str | None:
        gone = self.store.gone(service_id)
        if gone is None:
            return None
        verb = "expired" if gone.how == "expired" else f"was {gone.how}"
        return f"service {service_id} {verb} at {format_instant(gone.instant)}"

    def _mangled(self, service_id: int) -> str | None:
        """Say which service there is whose id became the given one in a smaller type."""
        if service_id < NARROW:
            whole = service_id + NARROW
            if self.store.number_of(whole) is None:
                return None
            return f"service {whole} exists; was its id cut to 32 bits?"
        there = (
            each for each in rounded_like(service_id) if self.store.number_of(each) is not None
        )
        found = next(there, None)
        if found is None:
            return None
        return f"service {found} exists; was its id rounded to a floating-point number?"

    def state(self, service: Service, text: str) -> State:
        """Return the state of a service that a path segment names, or raise."""
        states, tasks = self.store.states(service.number), self.store.tasks(service.number)
        return _part(StateNotFound, text, states, "task", tasks)

    def task(self, service: Service, text: str) -> Task:
        """Return the task of a service that a path segment names, or raise."""
        states, tasks = self.store.states(service.number), self.store.tasks(service.number)
        return _part(TaskNotFound, text, tasks, "state", states)


def _part(
    missing: type[StateNotFound | TaskNotFound],
    text: str,
    parts: Mapping[int, _Part],
    other: str,
    others: Container[int],
) -> _Part:
    """Return the state or task that a path segment names; say whether it is the ``other`` kind."""
    number, why = _entity_id(text, missing.kind)
    if number is not None and number in parts:
        return parts[number]
    if why is None and number in others:
        why = f"{number} is a {other} of this service"
    raise missing(text, why or f"this service has {known_ids(missing.kind, parts)}")


def known_ids(kind: str, entities: Iterable[int]) -> str:
    """Return the ids of some entities as a message lists them, at most ten."""
    ids = [str(each) for each in entities]
    if not ids:
        return f"no {kind}s"
    more = f" and {len(ids) - 10} more" if len(ids) > 10 else ""
    return f"{kind}{'s' if len(ids) > 1 else ''} {', '.join(ids[:10])}{more}"


def _entity_id(text: str, kind: str) -> tuple[int | None, str | None]:
    number = integer_text(text)
    if number is None and not text.isdigit():
        return None, _no_id(text, kind, "ids are integers")
    if number is None or not 0 <= number < 2**31:
        return None, _no_id(text, kind, "ids are 32-bit integers, 0 or greater")
    return number, None


def _no_id(text: str, kind: str, expected: str) -> str:
    """Return the hint for text that is not an id; an example in the documents has a stray ``&``."""
    shown = repr(text if len(text) <= 40 else f"{text[:37]}...")
    if "&" in text and "=" in text:
        return f"{shown} is not a {kind} id; start the query string with ?"
    return f"{shown} is not a {kind} id: {expected}"
