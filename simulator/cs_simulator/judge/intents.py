"""Intents: which attempts belong together; and the case that they make for a virtue.

If that is unclear, the judge says so and does not guess.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from cs_simulator.faults.criteria import Finder
from cs_simulator.faults.expressions import GaveUpError, Patience
from cs_simulator.journal.entries import SECRETS, JournalEntry
from cs_simulator.judge.attempts import Attempt, Now, attempt_of, gaps_of

TRACE = "traceparent"
"""The header whose second part is a trace id (W3C Trace Context); the third part always differs."""


class By(NamedTuple):
    """What distinguishes one intent from another."""

    what: Literal["body", "header", "path"] = "body"
    name: str = ""
    """The header's name, or the JSONPath as it was written."""
    find: Finder | None = None
    is_secret: bool = False
    """Whether the values are left out of the names of intents."""

    @property
    def is_explicit(self) -> bool:
        """Whether the client itself marks what belongs together."""
        return self.what != "body"

    def described(self) -> str:
        """Return its description for messages."""
        return {"body": "the body", "header": f"the header {self.name}", "path": self.name}[
            self.what
        ]


BODY = By()
"""The default: intents differ in operation, path and body."""


@dataclass(slots=True)
class Intent:
    """The attempts that belong together, oldest first."""

    name: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def gaps(self) -> list[float | None]:
        """How long the client waited before each attempt but the first."""
        return gaps_of(self.attempts)

    @property
    def requests(self) -> list[int]:
        """The ids of its requests."""
        return [attempt.request for attempt in self.attempts]


class Grouped(NamedTuple):
    """Intents, oldest first, and why the grouping is unclear, if it is."""

    intents: Sequence[Intent]
    ambiguities: Sequence[str] = ()


def grouped(entries: Iterable[JournalEntry], by: By, now: Now) -> Grouped:
    """Group requests into intents, oldest first."""
    open_intents: dict[object, Intent] = {}
    bodies: dict[object, tuple[bytes, int, int]] = {}
    intents: list[Intent] = []
    ambiguities: list[str] = []
    missing: list[int] = []
    patience = Patience(_SECONDS)
    for entry in entries:
        value = _value(entry, by, patience)
        if value is None:
            missing.append(entry.id)
            continue
        key = (entry.operation, entry.method, entry.target, value)
        attempt = attempt_of(entry, now)
        intent = open_intents.get(key)
        if intent is None or _is_another(intent, attempt, by):
            intent = Intent(_name(entry, by, value))
            open_intents[key] = intent
            intents.append(intent)
        else:
            ambiguities += _doubts(intent.attempts[-1], attempt, by)
        first = bodies.setdefault(key, (entry.body, entry.body_size, entry.id))
        if by.is_explicit and first[:2] != (entry.body, entry.body_size):
            ambiguities.append(
                f"requests {first[2]} and {entry.id} have the same value of {by.described()} and "
                "different bodies: give each call a value of its own"
            )
        intent.attempts.append(attempt)
    if missing:
        ambiguities.insert(0, _missing(missing, by, none_has=not intents))
    return Grouped(intents, tuple(dict.fromkeys(ambiguities)))


def _is_another(intent: Intent, attempt: Attempt, by: By) -> bool:
    """Tell whether an equal request is another intent: the client already had a response."""
    return not by.is_explicit and intent.attempts[-1].is_answered_before(attempt)


def _doubts(before: Attempt, after: Attempt, by: By) -> list[str]:
    """Return why two equal requests may not be attempts of one intent."""
    if by.is_explicit or before.was_left:
        return []
    if before.left is not None and before.left <= after.arrived:
        return []
    both = f"requests {before.request} and {after.request} are equal"
    fix = (
        "let each call have a body of its own, or name what tells them apart: "
        'intent: {header: X-Request-Id} or {"$": "$.contact_key"}'
    )
    return [f"{both} and were in progress at once: two calls, or one that was repeated; {fix}"]


def _missing(requests: Sequence[int], by: By, *, none_has: bool) -> str:
    if none_has:
        return (
            f"no request has {by.described()}; have the client send it, or remove intent to use "
            "operation, path and body"
        )
    listed = ", ".join(map(str, requests[:10]))
    more = f" and {len(requests) - 10} more" if len(requests) > 10 else ""
    return f"requests {listed}{more} have no value of {by.described()}; their intent is unknown"


def _value(entry: JournalEntry, by: By, patience: Patience) -> object | None:
    """Return the value that identifies the intent of a request, or None."""
    if by.what == "body":
        return entry.body, entry.body_size
    if by.what == "header":
        name = f"HTTP_{by.name.upper().replace('-', '_')}"
        value = next((value for header, value in entry.headers if header == name), None)
        if value is not None and by.name.lower() == TRACE:
            parts = value.split("-")
            return parts[1] if len(parts) >= 4 else None
        return value or None
    try:
        found = [] if by.find is None else by.find(json.loads(entry.body), patience)
    except (ValueError, RecursionError, GaveUpError):
        return None
    if len(found) == 1 and isinstance(found[0], str):
        return f'"{found[0]}"'
    return json.dumps(found, sort_keys=True) if found else None


def _name(entry: JournalEntry, by: By, value: object) -> str:
    """Return the name of an intent: its operation, and what distinguishes it."""
    if by.what == "body":
        own = sha256(entry.body).hexdigest()[:8] if entry.body else ""
        return f"{entry.operation} {entry.method} {entry.target}{own and f' body {own}'}"
    is_secret = by.is_secret or (by.what == "header" and by.name.lower() in SECRETS)
    shown = "***" if is_secret else str(value)
    return f"{entry.operation} {by.name} {shown}"


Verdict = Literal["passed", "failed", "undecided"]

LATE = 250.0
"""How late a client may be, in milliseconds: a cold one on a busy machine is that late."""

NOISE = 20.0
"""Milliseconds that cannot be distinguished from zero."""

_SECONDS = 1.0
"""How long the values that identify intents are searched for in the bodies of all requests."""

_MOST_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Case:
    """The attempts to judge, and what else is known."""

    intents: Sequence[Intent]
    now: float
    """In milliseconds of the server's stopwatch."""
    has_ended: bool = False
    """Whether the client is known to have ended, so nothing more will come."""
    patience: float | None = None
    """How long a silent client may still come back, if the question says so."""
    dropped: int = 0
    """The number of entries that the journal has dropped."""
    doubts: Sequence[str] = ()
    """Why it is unclear which attempts belong together."""

    @property
    def attempts(self) -> list[Attempt]:
        """All attempts, in the order of arrival."""
        found = [attempt for intent in self.intents for attempt in intent.attempts]
        return sorted(found, key=lambda attempt: attempt.request)

    def is_silent(self, intent: Intent) -> bool:
        """Tell whether an intent has certainly ended."""
        last = intent.attempts[-1]
        if last.left is None:
            return False
        over = self.patience is not None and self.now >= intent.attempts[0].arrived + self.patience
        return self.has_ended or over

    def is_over(self, intent: Intent) -> bool:
        """Tell whether nothing more is to be expected of an intent."""
        return intent.attempts[-1].is_answered or self.is_silent(intent)


class VirtueValue(NamedTuple):
    """The result for one virtue."""

    verdict: Verdict
    found: Any
    text: str
    requests: Sequence[int] = ()


class VirtueResult(NamedTuple):
    """The result for one virtue."""

    virtue: str
    verdict: Verdict
    expected: Any
    found: Any
    requests: Sequence[int]
    text: str
    at: str = ""

    def as_members(self) -> dict[str, Any]:
        """Return the finding as JSON members."""
        members = self._asdict()
        at = members.pop("at")
        members["requests"] = list(self.requests)[:_MOST_REQUESTS]
        return {"at": at, **members} if at else members


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the combined verdict: failed if any is, else undecided if any is."""
    found = set(verdicts)
    if "failed" in found:
        return "failed"
    return "undecided" if "undecided" in found or not found else "passed"


def undecided(text: str, found: Any = None, requests: Sequence[int] = ()) -> VirtueValue:
    """Return an undecided finding."""
    return VirtueValue("undecided", found, text, requests)
