"""A client of event streams that reads them event by event."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.control import check_event
from tests.support.server import PATIENCE, ServerProcess


@dataclass(frozen=True)
class Event:
    """One event."""

    kind: str
    data: dict[str, Any]
    id: str | None


class EventReader:
    """An open stream, from its first event on."""

    def __init__(
        self, server: ServerProcess, path: str = "/_control/events", **headers: str
    ) -> None:
        ready = server.ready
        self._connection = http.client.HTTPConnection(
            ready["host"], ready["port"], timeout=PATIENCE
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request("GET", path, headers=sent)
        self.response = self._connection.getresponse()
        self.status = self.response.status

    def __enter__(self) -> EventReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self.response.close()
        self._connection.close()

    def events(self) -> Iterator[Event]:
        """Yield events as they come, until the stream has ended."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode("ascii"):
            if line.startswith(":"):
                raise AssertionError("nothing was told until the next heartbeat")
            name, _, value = line.rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "event" in fields:
                data = json.loads(fields["data"])
                check_event(fields["event"], data)
                yield Event(fields["event"], data, fields.get("id"))
                fields = {}
            else:
                fields = {}

    def next(self) -> Event:
        """Return the next event."""
        return next(self.events())

    def until(self, kind: str) -> list[Event]:
        """Return the events up to the next of a kind, and that one."""
        events = []
        for event in self.events():
            events.append(event)
            if event.kind == kind:
                return events
        raise AssertionError(f"the stream ended: {events}")
