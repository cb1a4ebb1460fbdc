"""What an event's body says, read as sections 2 and 4 to 6 of the contract tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Edition = Literal["8.5", "8.1"]
Members = dict[str, Any]
Problem = tuple[int, str]
"""A code of edition 8.1, and the member that is wrong."""

MISSING, BAD = 4010, 4020

RESERVED = frozenset(
    "service_id state_id task_id customer_id contact_key service_type state_type task_type "
    "previous_state_id session_id interaction_id application_type application_id resource_type "
    "resource_id media_type est_duration timestamp disposition disposition_desc ttl "
    "expiration_time auto_complete_after started completed duration active_states "
    "completed_states active_tasks completed_tasks".split()
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{3})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def date_of(instant: int) -> str:
    """Write milliseconds since 1970 as a date of the wire."""
    date = _EPOCH + timedelta(milliseconds=instant)
    return f"{date:%Y-%m-%dT%H:%M:%S}.{instant % 1000:03}Z"


def instant_of(value: object) -> int:
    """Read a date of the wire: three digits of milliseconds or none."""
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError
    seconds, milliseconds, zone = found.groups()
    date = datetime.fromisoformat(seconds + zone.replace("Z", "+00:00"))
    return (date - _EPOCH) // timedelta(milliseconds=1) + int((milliseconds or ".0")[1:])


def text(value: object) -> str:
    """Take a string, or an integer as its text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError  # noqa: TRY004
    return str(value)


def name(value: object) -> str:
    """Take a text that is not empty."""
    if not text(value):
        raise ValueError
    return text(value)


def either(value: object) -> str | int:
    """Take a *long or string*, and keep the type that it has."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError
    return value


def whole(bits: int, least: int | None = None) -> Callable[[object], int]:
    """Take an integer, 60.0, or ASCII digits, within so many bits."""

    def take(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError  # noqa: TRY004
        if not -(1 << bits - 1) <= value < 1 << bits - 1 or (least is not None and value < least):
            raise ValueError
        return value

    return take


def flag(value: object) -> bool:
    """Take true or false, or those words in any case."""
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower())
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004
    return value


def short(limit: int) -> Callable[[object], str]:
    """Take a text of at most so many characters."""

    def take(value: object) -> str:
        if len(text(value)) > limit:
            raise ValueError
        return text(value)

    return take


Fields = Mapping[str, Callable[[object], Any]]

SHARED: Fields = {
    "session_id": text,
    "interaction_id": text,
    "application_type": either,
    "application_id": whole(64),
    "resource_type": either,
    "resource_id": whole(64),
    "media_type": either,
}
EVENT: Fields = {"timestamp": instant_of, **SHARED}
ENDING: Fields = {"disposition": either, "disposition_desc": text}
LIMITED: Fields = {
    "session_id": short(32),
    "interaction_id": short(50),
    "disposition_desc": short(64),
}
LIFE: Fields = {"ttl": whole(64, 1), "expiration_time": instant_of}
START: Mapping[str, Fields] = {
    "service": {
        **EVENT,
        "service_type": either,
        "customer_id": name,
        "contact_key": name,
        "est_duration": whole(32, 0),
    },
    "state": {
        **EVENT,
        "state_type": either,
        "previous_state_id": whole(32),
        "est_duration": whole(32, 0),
    },
    "task": {
        **EVENT,
        "task_type": either,
        "state_id": whole(32),
        "est_duration": whole(32, 0),
    },
}
END: Mapping[str, Fields] = {
    "service": {**EVENT, **ENDING, **LIMITED},
    "state": {**EVENT, **ENDING, **LIMITED},
    "task": {**EVENT, **ENDING},
}
ASSOCIATE: Fields = {
    **SHARED,
    "service_type": either,
    "contact_key": name,
    "est_duration": whole(32, 0),
}
FROM: Fields = {"state_id": whole(32), **ENDING, "disposition_desc": short(64)}
TO: Fields = {"state_type": either, "est_duration": whole(32, 0)}


class Read:
    """The known members of a body, the rest of it, and all that is wrong with it."""

    def __init__(
        self,
        body: Mapping[str, Any],
        fields: Fields,
        edition: Edition,
        *,
        needed: Iterable[str] = (),
        containers: Iterable[str] = (),
    ) -> None:
        self.known: Members = {}
        self.extensions: Members = {}
        self.problems: list[Problem] = []
        for member, value in body.items():
            if member in fields:
                if value is not None:
                    self._take(member, value, fields[member])
            elif member not in RESERVED and member not in containers:
                if edition == "8.1":
                    self.problems.append((BAD, member))
                self.extensions[member] = value
        self.problems += [(MISSING, each) for each in needed if body.get(each) is None]

    def _take(self, member: str, value: object, take: Callable[[object], Any]) -> None:
        try:
            self.known[member] = take(value)
        except ValueError:
            self.problems.append((BAD, member))

    def sent(self) -> Members:
        """Return what was sent of that which stands inside ``started`` or ``completed``."""
        return {member: self.known[member] for member in EVENT if member in self.known}

    def event(self, now: int) -> Members:
        """Return what stands inside ``started``."""
        return {"timestamp": now, **self.sent()}
