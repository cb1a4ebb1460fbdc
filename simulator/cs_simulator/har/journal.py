"""The journal of a world as a recording.

What HAR has no place for has a documented form. A response that was broken on the wire has status
0, or the part that was sent, with ``_error``; one that was held back has ``_held``; ``_faults``
names the rules that acted.
"""

from __future__ import annotations

from collections.abc import Iterable

from cs_simulator.har.exchanges import (
    Header,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
    header,
)
from cs_simulator.har.secrets import Masker
from cs_simulator.journal.entries import JournalEntry, status_shown, usual_names


def recorded(
    world: str, entries: Iterable[JournalEntry], *, secrets: bool = False, mask: Iterable[str] = ()
) -> list[RecordedExchange]:
    """Return journal entries as exchanges, with secrets removed unless requested."""
    exchanges = [_exchange(world, entry) for entry in entries]
    if secrets:
        return exchanges
    masker = Masker(mask)
    return [masker.exchange(exchange) for exchange in exchanges]


def _exchange(world: str, entry: JournalEntry) -> RecordedExchange:
    notes = []
    if entry.is_cut:
        notes.append(f"of the request's body the first {len(entry.body)} bytes were kept")
    if entry.response_size > len(entry.response):
        notes.append(f"of the response's body the first {len(entry.response)} bytes were kept")
    details: dict[str, object] = {
        "_request": entry.id,
        "_world": world,
        "_operation": entry.operation,
    }
    if entry.faults:
        details["_faults"] = list(entry.faults)
    if entry.hints:
        details["_hints"] = list(entry.hints)
    response, error = _response(entry)
    return RecordedExchange(
        number=entry.id,
        started=entry.at,
        elapsed=(entry.milliseconds or 0.0),
        request=request_of(entry),
        response=response,
        error=error,
        notes=tuple(notes),
        waited=entry.waited,
        details=details,
    )


def request_of(entry: JournalEntry) -> RecordedRequest:
    """Return a recorded request, with the host in its URL."""
    headers = tuple(Header(name, value) for name, value in usual_names(entry.headers))
    host = header(headers, "host") or "localhost"
    url = f"http://{host}{entry.target}"
    return RecordedRequest(entry.method, url, headers, entry.body, is_whole=not entry.is_cut)


def _response(entry: JournalEntry) -> tuple[RecordedResponse | None, str | None]:
    if entry.state == "open":
        return None, "not answered yet"
    if entry.state == "aborted":
        return None, "given up: the client left, or its world was reset or dropped"
    by = ", ".join(entry.faults)
    if entry.status is None:
        return None, f"nothing was answered: connection {entry.broken}, by fault {by}"
    headers = tuple(Header(name, value) for name, value in entry.response_headers)
    if entry.broken is None:
        return RecordedResponse(entry.status, headers, entry.response), None
    if entry.broken != "truncate":
        return None, f"the response was lost: connection {entry.broken}, by fault {by}"
    sent = entry.response[: entry.cut.arrives(entry.response_size)]
    error = f"the response ended after {len(sent)} of {entry.response_size} bytes, by fault {by}"
    if not entry.response_size:
        # Nobody knows which of its headers arrived; if the status line arrived, the status is
        # known.
        status = status_shown(entry)
        if status is None:
            return None, f"the response ended within its status line, by fault {by}"
        response = RecordedResponse(status, body=None)
        return response, f"the response ended within its headers, by fault {by}"
    return RecordedResponse(entry.status, headers, sent), error
