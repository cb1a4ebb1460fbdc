"""Entries: one request each, with its response and what happened to both.

An entry keeps references to the data; it is rendered only when it is read: as members of JSON, its
body as text or in base64, or as a server-sent event of the feed.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cs_simulator.clock import Instant, format_instant
from cs_simulator.domain.setup import Tenant
from cs_simulator.domain.transaction import Effect
from cs_simulator.faults.wire import BREAKS, HALF, Cut
from cs_simulator.lines import status_line

if TYPE_CHECKING:
    from cs_simulator.domain.undo import UndoMark
    from cs_simulator.faults.verdict import Judgement
    from cs_simulator.journal.feed import FeedChange

MAX_BODY = 64 * 2**10
"""The number of bytes kept of a body."""

_WITHOUT_BODY = (204, 304)

SECRETS = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Request headers whose values are never shown."""


class Owner(NamedTuple):
    """The owner of the service that a request names, before the operation."""

    customer_id: str | None
    contact_key: str | None
    tenant: Tenant | None = None
    """The tenant whose data the request sees."""


NOBODY = Owner(None, None)


@dataclass(slots=True)
class JournalEntry:
    """One request and its response. It is *open* until the response is complete."""

    id: int
    at: Instant
    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    """The request's headers, under WSGI's names."""
    edition: str | None = None
    operation: str = "unrouted"
    arrived: float = 0.0
    """When it arrived, in seconds of the server's stopwatch; ``at`` is the world's time."""
    peer: tuple[str, str] | None = None
    """The client's address and port, which identify its connection."""
    body: bytes = b""
    body_size: int = 0
    args: Mapping[str, str] | None = None
    """The ids and names in the path, decoded."""
    owner: Owner | None = None
    """None until the operation begins: until then the entry does not have all of the request."""
    state: Literal["open", "done", "aborted"] = "open"
    status: int | None = None
    response_headers: Sequence[tuple[str, str]] = ()
    response: bytes = b""
    response_size: int = 0
    hints: Sequence[str] = ()
    milliseconds: float | None = None
    faults: Sequence[str] = ()
    judgements: Sequence[Judgement] = ()
    left: float | None = None
    """When the last byte of the response left, or the connection broke; in the unit of ``arrived``.
    """
    broken: str | None = None
    """What a fault did to the connection instead of sending the response."""
    cut: Cut = HALF
    """Where the response was cut off, if it was."""
    date_is_real: bool = False
    """Whether a rule wrote a date into Retry-After, which is on the machine's clock."""
    effects: Sequence[Effect] = ()
    effects_left_out: int = 0
    waited: float = 0.0
    real_status: int | None = None
    """The status of the operation's own response, if a fault replaced it."""
    weight: int = 0
    mark: UndoMark | None = None
    """The images that undo it; None until it begins, or if it changed nothing."""
    changed: int = 0
    """The number of its last change in the :class:`~cs_simulator.journal.feed.Feed`."""

    @property
    def is_readable(self) -> bool:
        """Whether the request is complete here, so that criteria can be applied."""
        return self.owner is not None or self.state != "open"

    @property
    def is_copied(self) -> bool:
        """Whether it came with the copy of another world, so that nothing can undo it."""
        return self.mark is not None and not self.mark.is_whole and not self.mark.turn

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning of the request's body was kept."""
        return self.body_size > len(self.body)

    def as_members(self) -> dict[str, Any]:
        """Return the entry as JSON members, with secrets masked and long bodies truncated."""
        members: dict[str, Any] = {
            "id": self.id,
            "state": self.state,
            "time": format_instant(self.at),
            "arrived_ms": _milliseconds(self.arrived),
            "left_ms": None if self.left is None else _milliseconds(self.left),
            "operation": self.operation,
        }
        if self.peer is not None:
            members["client"] = ":".join(self.peer)
        if self.edition is not None:
            members["edition"] = self.edition
        members["request"] = {
            "method": self.method,
            "path": self.target,
            "headers": header_members(_masked(usual_names(self.headers))),
            **body_members(self.body, self.body_size),
        }
        if self.status is not None:
            members["response"] = {
                "status": self.status,
                "headers": header_members(self.response_headers),
                **body_members(self.response, self.response_size),
            }
            members["ms"] = self.milliseconds
        members["shown"] = shown_members(self)
        members["effects"] = [effect._asdict() for effect in self.effects]
        if self.effects_left_out:
            members["effects_left_out"] = self.effects_left_out
        members["hints"] = list(self.hints)
        if self.faults:
            members["faults"] = list(self.faults)
        if self.waited:
            members["waited_ms"] = round(self.waited, 3)
        if self.real_status is not None:
            members["real_status"] = self.real_status
        if self.is_copied:
            members["copied"] = True
        return members


def keep_body(entry: JournalEntry, body: bytes) -> None:
    """Keep a request's body in its entry, truncated if it is long."""
    entry.body_size = len(body)
    entry.body = body if len(body) <= MAX_BODY else body[:MAX_BODY]


def usual_names(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers under their usual names instead of WSGI's."""
    return [(name[5:].replace("_", "-").title(), value) for name, value in headers]


def _masked(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return [(name, "***" if name.lower() in SECRETS else value) for name, value in headers]


def retry_after_of(entry: JournalEntry) -> str | None:
    """Return the Retry-After of a response, or None."""
    headers = entry.response_headers
    return next((value for name, value in headers if name.lower() == "retry-after"), None)


def status_shown(entry: JournalEntry) -> int | None:
    """Return the status that the client received, or None if it got no status line."""
    if entry.status is None or entry.broken is None:
        return entry.status
    return entry.status if _shows_status(entry, entry.broken, entry.status) else None


def _shows_status(entry: JournalEntry, broken: str, status: int) -> bool:
    after = entry.cut.after
    has_body = entry.method != "HEAD" and status not in _WITHOUT_BODY and entry.response_size
    if after is None or has_body:
        return BREAKS[broken].shows_status
    # It is cut off within its head, possibly before the end of the status line.
    return BREAKS[broken].shows_status and after >= len(f"HTTP/1.1 {status_line(status)}\r\n")


def shown_members(entry: JournalEntry) -> dict[str, Any]:
    """Return what the client received: the status, Retry-After, and how the response was broken."""
    members: dict[str, Any] = {}
    status = status_shown(entry)
    if status is not None and entry.state == "done":
        members["status"] = entry.status
        retry_after = retry_after_of(entry)
        if retry_after is not None:
            members["retry_after"] = retry_after
    if entry.broken is not None:
        members["broken"] = entry.broken
    return members


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def body_members(body: bytes, size: int) -> dict[str, Any]:
    """Return a body of ``size`` bytes, of which ``body`` was kept, as members of an entry.

    Text is kept as it is, anything else is in base64, as ``body_encoding`` says. ``json`` is the
    parsed body, if it is complete.
    """
    if not size:
        return {}
    is_cut = size > len(body)
    text = _text(body, is_cut=is_cut)
    members: dict[str, Any] = {"body": text}
    if text is None:
        members = {"body": b64encode(body).decode("ascii"), "body_encoding": "base64"}
    if is_cut:
        members["body_cut"] = f"the first {len(body)} of {size} bytes"
    elif text is not None:
        with suppress(ValueError, RecursionError):  # it is text in another encoding
            members["json"] = json.loads(text, parse_constant=_finite, parse_float=_finite)
    return members


def header_members(headers: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Return headers by name; one that was sent in several lines has a list of values."""
    members: dict[str, str | list[str]] = {}
    for name, value in headers:
        there = members.get(name)
        if there is None:
            members[name] = value
        elif isinstance(there, list):
            there.append(value)
        else:
            members[name] = [there, value]
    return members


def _text(body: bytes, *, is_cut: bool) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if is_cut and error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8")
        return None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


MOST_OF_PATH = 2_000
"""The maximum length of a target in an event; the journal has all of it."""

_encoded = json.JSONEncoder(separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring_ascii


def written(kind: str, members: Mapping[str, Any], event_id: str | None = None) -> str:
    """Return one event in its wire format; ASCII JSON has no line ends that would break it."""
    first = "" if event_id is None else f"id: {event_id}\n"
    return f"{first}event: {kind}\ndata: {_encoded(members)}\n\n"


def written_change(change: FeedChange, instance: str) -> str:
    """Return a change in its wire format: first the rules that acted, then the response."""
    event_id = f"{instance}-{change.number}"
    entry = change.entry
    if entry is None:
        return written(change.kind, {"world": change.world, **change.members}, event_id)
    summary = _summary(change.world, entry)
    text = f"id: {event_id}\nevent: {change.kind}\ndata: {summary}\n\n"
    if entry.faults and change.kind == "response":
        acted = {"world": change.world, "change": "acted", "names": list(entry.faults)}
        return written("fault", {**acted, "id": entry.id}) + text
    return text


def _summary(world: str, entry: JournalEntry) -> str:
    """Return the summary of an entry as JSON, with the journal's member names.

    While a stream is open, each request has one, and a general encoder takes three times as long.
    """
    target = entry.target
    path = target if len(target) <= MOST_OF_PATH else f"{target[:MOST_OF_PATH]}..."
    text = (
        f'{{"world":{_quoted(world)},"id":{entry.id},"state":"{entry.state}"'
        f',"time":"{format_instant(entry.at)}","method":{_quoted(entry.method)}'
        f',"path":{_quoted(path)},"operation":"{entry.operation}"'
    )
    if entry.faults:
        text += f',"faults":{_encoded(list(entry.faults))}'
    if entry.milliseconds is not None:
        status = "null" if entry.status is None else entry.status
        text += f',"status":{status},"ms":{entry.milliseconds},"hints":{len(entry.hints)}'
    if entry.waited:
        text += f',"waited_ms":{round(entry.waited, 3)}'
    if entry.broken is not None:
        text += f',"broken":"{entry.broken}"'
    return f"{text}}}"
