"""Chance and identifiers: the one place that draws either.

Every draw is a function of a seed and of what it is drawn for, never of a state that threads or
other rules could disturb: the same seed gives the same identifiers in every run, and what has been
handed out is told by counters alone.
"""

from __future__ import annotations

import math
import re
import uuid
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

ServiceIdForm = Literal["integer", "conversation"]

FIRST_SERVICE = 2**32 + 1
"""One more than 32 bits hold: a client that keeps it in 32 bits fails here, not in production."""
FIRST_STATE = 1001
FIRST_TASK = 500_001
"""Far from the states', so that ids mixed up never work by chance."""
FIRST_CUSTOMER = 1

LAST_SERVICE = 2**63 - 1
LAST_PART = 2**31 - 1
"""The last id of 64 bits, and of the 32 bits that states and tasks have."""

_CONVERSATION = re.compile(r"[0-9]{1,3}(?:-[0-9a-f]+){5}")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digest(*what: object) -> bytes:
    """Return 32 bytes that depend on nothing but ``what``."""
    return blake2b(repr(what).encode("ascii", "backslashreplace"), digest_size=32).digest()


def draw(seed: int, *what: object) -> float:
    """Return a number from 0 up to 1 that depends on nothing but its arguments."""
    return int.from_bytes(digest(seed, *what)[:7]) / 2**56


def normal_draw(seed: int, *what: object) -> float:
    """Return a number of the standard normal distribution, drawn like :func:`draw`."""
    radius = math.sqrt(-2 * math.log(1 - draw(seed, *what, "radius")))
    return radius * math.cos(2 * math.pi * draw(seed, *what, "angle"))


def conversation_id(seed: int, number: int) -> str:
    """Return a service id in the form of real 8.5 examples, ``383-f9a62aec-e6f2-...``."""
    drawn = digest(seed, "service", number)
    node = int.from_bytes(drawn[:2]) % 1000
    return f"{node}-{uuid.UUID(bytes=drawn[2:18], version=4)}"


def is_conversation_id(text: str) -> bool:
    """Tell whether a text has the form of :func:`conversation_id`."""
    return _CONVERSATION.fullmatch(text) is not None


def customer_id(seed: int, number: int) -> str:
    """Return a customer id in the documented shape, 16 characters like ``0004Va58A92T0017``.

    Five characters, one lower-case letter and ten more; the last four count, so no two are alike
    among the first 1,679,616 of a world.
    """
    drawn = int.from_bytes(digest(seed, "customer", number // 36**4))
    tail = _base36(number % 36**4, 4)
    return f"{_base36(drawn, 5)}{'ab'[drawn >> 64 & 1]}{_base36(drawn >> 80, 6)}{tail}"


def _base36(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        number, digit = divmod(number, 36)
        characters.append(_ALPHABET[digit])
    return "".join(reversed(characters))


def new_instance() -> str:
    """Return a name that no other server process has; the only draw that no seed repeats."""
    return uuid.uuid4().hex[:12]


class OutOfIdsError(Exception):
    """No id of a kind is left to give out; the text says why, and what helps."""

    def __init__(self, kind: str, last: int) -> None:
        super().__init__(
            f"No {kind} ids left: they continue from the scenario's highest id, or from its "
            f"first_ids.{kind}, and end at {last}"
        )
        self.kind = kind


@dataclass(frozen=True, slots=True)
class NextNumbers:
    """The number that each kind of identifier takes next."""

    service: int = FIRST_SERVICE
    state: int = FIRST_STATE
    task: int = FIRST_TASK
    customer: int = FIRST_CUSTOMER


class Ids:
    """Hand out the identifiers of one world, each kind auto-incrementing."""

    __slots__ = ("_customer", "_service", "_state", "_task", "form", "seed")

    def __init__(
        self, seed: int = 0, form: ServiceIdForm = "integer", start: NextNumbers | None = None
    ) -> None:
        self.seed = seed
        self.form: ServiceIdForm = form
        start = start or NextNumbers()
        self._service = start.service
        self._state = start.state
        self._task = start.task
        self._customer = start.customer

    def copy(self) -> Ids:
        """Return a copy that counts on its own."""
        return Ids(self.seed, self.form, self.counters)

    @property
    def counters(self) -> NextNumbers:
        """The numbers to be handed out next."""
        return NextNumbers(self._service, self._state, self._task, self._customer)

    def mark(self) -> tuple[int, int, int, int]:
        """Return what is to be handed out next, for :meth:`go_back`."""
        return self._service, self._state, self._task, self._customer

    def go_back(self, mark: tuple[int, int, int, int]) -> None:
        """Hand out what was to be handed out at a mark."""
        self._service, self._state, self._task, self._customer = mark

    def service(self) -> tuple[int, int | str]:
        """Return the next service's number, and its id in the form of this world."""
        number = self._service
        if number > LAST_SERVICE:
            raise OutOfIdsError("service", LAST_SERVICE)
        self._service = number + 1
        return number, self.service_id(number)

    def service_id(self, number: int) -> int | str:
        """Return the id, in the form of this world, of the service that was given a number."""
        return number if self.form == "integer" else conversation_id(self.seed, number)

    def state(self) -> int:
        """Return the next state id."""
        number = self._state
        if number > LAST_PART:
            raise OutOfIdsError("state", LAST_PART)
        self._state = number + 1
        return number

    def task(self) -> int:
        """Return the next task id."""
        number = self._task
        if number > LAST_PART:
            raise OutOfIdsError("task", LAST_PART)
        self._task = number + 1
        return number

    def customer(self) -> str:
        """Return the next customer id."""
        number = self._customer
        if number > LAST_SERVICE:
            raise OutOfIdsError("customer", LAST_SERVICE)
        self._customer = number + 1
        return customer_id(self.seed, number)

    def reserve(self, *, service: int = 0, state: int = 0, task: int = 0) -> None:
        """Keep the ids that a scenario gave out itself from being given out again."""
        self._service = max(self._service, service + 1)
        self._state = max(self._state, state + 1)
        self._task = max(self._task, task + 1)

    def require(self, count: int, *kinds: str) -> None:
        """Raise :exc:`OutOfIdsError` where fewer ids than so many are left of one of some kinds.

        Whoever stores something before the last id is drawn asks before that.
        """
        for kind, number, last in (
            ("service", self._service, LAST_SERVICE),
            ("state", self._state, LAST_PART),
            ("task", self._task, LAST_PART),
        ):
            if kind in kinds and number + count > last + 1:
                raise OutOfIdsError(kind, last)
