"""The files that an export operation makes: three, in CSV, kept in memory.

Source: API Reference, *Export Services to Files*, for their names; the columns are assumed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from simulator.clock import Instant, format_instant
from simulator.domain.members import EVENT_MEMBERS
from simulator.domain.model import Extensions
from simulator.domain.queries import ServiceView, StateView, TaskView, in_order

MAX_BYTES = 64 * 2**20

_EVENTS = tuple(
    f"{event}.{member}"
    for event in ("started", "completed")
    for member in ("timestamp", *EVENT_MEMBERS)
)
_END = ("disposition", "disposition_desc", "duration")
_COURSE = ("est_duration", *_EVENTS, *_END, "extensions")
COLUMNS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "services": ("service_id", "service_type", "customer_id", "contact_key", *_COURSE),
        "states": (
            "service_id",
            "customer_id",
            "state_id",
            "state_type",
            "previous_state_id",
            *_COURSE,
        ),
        "tasks": ("service_id", "customer_id", "state_id", "task_id", "task_type", *_COURSE),
    }
)
"""The columns of each file: the resource's members in their order, attached data as JSON."""


class _Renderer(Protocol):
    def service(self, view: ServiceView) -> dict[str, Any]: ...
    def state(self, view: StateView) -> dict[str, Any]: ...
    def task(self, view: TaskView) -> dict[str, Any]: ...


class Exports:
    """Hold the files of one world, the newest of them up to a bound."""

    __slots__ = ("_directory", "_files")

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._files: dict[str, bytes] = {}

    def write(self, now: Instant, renderer: _Renderer, views: Sequence[ServiceView]) -> list[str]:
        """Make the three files and return their names, or their paths where they are on disk.

        Where a server has an export directory, they are written there too.
        """
        rows: dict[str, list[tuple[dict[str, Any], Extensions]]] = {
            "services": [(renderer.service(view), view.service.extensions) for view in views],
            "states": [
                (renderer.state(StateView(view.service, state)), state.extensions)
                for view in views
                for state in in_order((*(view.active_states or ()), *(view.completed_states or ())))
            ],
            "tasks": [
                (renderer.task(TaskView(view.service, task)), task.extensions)
                for view in views
                for task in in_order((*(view.active_tasks or ()), *(view.completed_tasks or ())))
            ],
        }
        stamp = format_instant(now)
        stamp = f"{stamp[:10].replace('-', '')}_{stamp[11:19].replace(':', '')}_{stamp[20:23]}"
        created = []
        for kind, columns in COLUMNS.items():
            name = f"export{stamp}_{kind}.csv"
            content = _csv(columns, rows[kind])
            self._files.pop(name, None)
            self._files[name] = content
            if self._directory is None:
                created.append(name)
            else:
                path = self._directory / name
                path.write_bytes(content)
                created.append(str(path))
        while sum(map(len, self._files.values())) > MAX_BYTES and len(self._files) > len(COLUMNS):
            del self._files[next(iter(self._files))]
        return created

    def names(self) -> list[str]:
        """Return the names of the files there are, oldest first."""
        return list(self._files)

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, or None."""
        return self._files.get(name)

    def clear(self) -> int:
        """Forget every file and return how many there were; those on disk stay."""
        count = len(self._files)
        self._files.clear()
        return count


def _csv(columns: Sequence[str], rows: Iterable[tuple[dict[str, Any], Extensions]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for members, extensions in rows:
        # Attached data may be named like a column, `completed.timestamp` for one: it is not that.
        flat = {name: value for name, value in members.items() if name not in extensions}
        flat["extensions"] = json.dumps(dict(extensions)) if extensions else ""
        for event in ("started", "completed"):
            for member, value in members.get(event, {}).items():
                flat[f"{event}.{member}"] = value
        writer.writerow([flat.get(column, "") for column in columns])
    return text.getvalue().encode("utf-8", "backslashreplace")
