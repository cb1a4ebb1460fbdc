"""Randomness and identifiers: the only module that generates either.

Every draw is a function of a seed and of its purpose, never of a state that threads or other rules
could disturb: the same seed gives the same identifiers in every run, and counters alone describe
what has been handed out.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Container
from typing import Literal, NamedTuple

ServiceIdForm = Literal["integer", "conversation"]

FIRST_SERVICE = 2**32 + 1
"""One more than 32 bits hold, so a client that stores ids in 32 bits fails in tests, not in
production.
"""
FIRST_STATE = 1001
FIRST_TASK = 500_001
"""Far from those of states, so that confused ids never work by chance."""
FIRST_CUSTOMER = 1

LAST_SERVICE = 2**63 - 1
LAST_PART = 2**31 - 1
"""The largest id of 64 bits, and of the 32 bits that states and tasks have."""

_CONVERSATION = re.compile(r"[0-9]{1,3}(?:-[0-9a-f]+){5}")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digest(*what: object) -> bytes:
    """Return 32 bytes that depend only on ``what``."""
    from hashlib import blake2b

    return blake2b(repr(what).encode("ascii", "backslashreplace"), digest_size=32).digest()


def draw(seed: int, *what: object) -> float:
    """Return a number in [0, 1) that depends only on the arguments."""
    return int.from_bytes(digest(seed, *what)[:7]) / 2**56


def normal_draw(seed: int, *what: object) -> float:
    """Return a standard normal random number, drawn like :func:`draw`."""
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
    """Return a customer id in the documented form, 16 characters like ``0004Va58A92T0017``.

    Five characters, one lower-case letter and ten more; the last four count up, so the first
    1,679,616 of a world are unique.
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
    """Return a name that no other server process has; this is the only unseeded draw."""
    return uuid.uuid4().hex[:12]


class OutOfIdsError(Exception):
    """No id of a kind is left; the text says why, and how to fix it."""

    def __init__(self, kind: str, last: int) -> None:
        super().__init__(
            f"No {kind} ids left: they continue from the scenario's highest id, or from its "
            f"first_ids.{kind}, and end at {last}"
        )
        self.kind = kind


class NextNumbers(NamedTuple):
    """The next number of each kind of identifier."""

    service: int = FIRST_SERVICE
    state: int = FIRST_STATE
    task: int = FIRST_TASK
    customer: int = FIRST_CUSTOMER


class Ids:
    """Hand out the identifiers of one world, counting each kind separately."""

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
        """Return a copy that counts separately."""
        return Ids(self.seed, self.form, self.counters)

    @property
    def counters(self) -> NextNumbers:
        """The next numbers to be handed out."""
        return NextNumbers(self._service, self._state, self._task, self._customer)

    def mark(self) -> tuple[int, int, int, int]:
        """Return a mark of the next numbers, for :meth:`go_back`."""
        return self._service, self._state, self._task, self._customer

    def go_back(self, mark: tuple[int, int, int, int]) -> None:
        """Restore the next numbers of a mark."""
        self._service, self._state, self._task, self._customer = mark

    def service(self) -> tuple[int, int | str]:
        """Return the next service's number, and its id in the form that this world uses."""
        number = self._service
        if number > LAST_SERVICE:
            raise OutOfIdsError("service", LAST_SERVICE)
        self._service = number + 1
        return number, self.service_id(number)

    def service_id(self, number: int) -> int | str:
        """Return the id, in the form that this world uses, for the number of a service."""
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

    def free_customer(self, *taken: Container[str]) -> str:
        """Return the next customer id that is not taken."""
        customer_id = self.customer()
        while any(customer_id in ids for ids in taken):
            customer_id = self.customer()
        return customer_id

    def reserve(self, *, service: int = 0, state: int = 0, task: int = 0) -> None:
        """Reserve the ids that a scenario assigned, so that they are not handed out again."""
        self._service = max(self._service, service + 1)
        self._state = max(self._state, state + 1)
        self._task = max(self._task, task + 1)

    def require(self, count: int, *kinds: str) -> None:
        """Raise :exc:`OutOfIdsError` if fewer ids than needed are left of one of some kinds.

        Operations that store something before they draw the last id call this first.
        """
        for kind, number, last in (
            ("service", self._service, LAST_SERVICE),
            ("state", self._state, LAST_PART),
            ("task", self._task, LAST_PART),
        ):
            if kind in kinds and number + count > last + 1:
                raise OutOfIdsError(kind, last)
