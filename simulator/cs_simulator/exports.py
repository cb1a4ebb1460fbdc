"""The files that an export operation makes: three CSV files, kept in memory.

The names are from API Reference, *Export Services to Files*; the columns are assumed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from cs_simulator.clock import LATEST, Instant, format_instant
from cs_simulator.domain.errors import ExportFailed
from cs_simulator.domain.members import OF_END, OF_EVENT, OF_KIND, EntityKind
from cs_simulator.domain.model import Extensions
from cs_simulator.domain.queries import ServiceView, StateView, TaskView, in_order
from cs_simulator.domain.undo import UndoLog

MAX_BYTES = 64 * 2**20

_COURSE = (
    *(
        f"{event}.{name}"
        for event in ("started", "completed")
        for name in ("timestamp", *(member.name for member in OF_EVENT))
    ),
    *(member.name for member in OF_END),
    "duration",
    "extensions",
)


def _columns(kind: EntityKind, *owner: str) -> tuple[str, ...]:
    return (*owner, *(member.name for member in OF_KIND[kind]), *_COURSE)


COLUMNS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "services": _columns("Service"),
        "states": _columns("State", "service_id", "customer_id"),
        "tasks": _columns("Task", "service_id", "customer_id"),
    }
)
"""The columns of each file: the resource's members in order, attached data as JSON."""


class _Renderer(Protocol):
    def service(self, view: ServiceView) -> dict[str, Any]: ...
    def state(self, view: StateView) -> dict[str, Any]: ...
    def task(self, view: TaskView) -> dict[str, Any]: ...


class Exports:
    """The exported files of one world; the newest are kept, up to a limit."""

    __slots__ = ("_directory", "_files", "_log")

    is_numbered = False
    """Whether its images cover single parts, of which the oldest image counts."""

    def __init__(self, directory: Path | None = None, log: UndoLog | None = None) -> None:
        self._log = log
        self._directory = None if directory is None else directory.absolute()
        self._files: dict[str, bytes] = {}

    def write(
        self,
        now: Instant,
        renderer: _Renderer,
        views: Sequence[ServiceView],
        held: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> list[str]:
        """Write the three files and return their names, or their full paths if they are on disk.

        If the server has an export directory, they are written there too. Names contain the time of
        the world's clock; if a name exists, for example because the clock is frozen, the next free
        millisecond is used. They are stored with the world ``held``. Raises :exc:`ExportFailed` if
        the directory cannot be written.
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
        contents = [_csv(columns, rows[kind]) for kind, columns in COLUMNS.items()]
        with held():
            return self._add(now, contents)

    def _add(self, now: Instant, contents: Iterable[bytes]) -> list[str]:
        step = 1
        while any(name in self._files for name in _names(now)):
            if now == LATEST:
                step = -1  # it is the latest instant
            now += step
        files = dict(zip(_names(now), contents, strict=True))
        created = list(files)
        if self._directory is not None:
            created = _written(self._directory, files)
        self._note()
        self._files.update(files)
        while sum(map(len, self._files.values())) > MAX_BYTES and len(self._files) > len(COLUMNS):
            del self._files[next(iter(self._files))]
        return created

    def names(self) -> list[str]:
        """Return the names of the files, oldest first."""
        return list(self._files)

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, or None."""
        return self._files.get(name)

    def files(self) -> Mapping[str, bytes]:
        """Return the content of all files, by name."""
        return self._files.copy()

    def _note(self) -> None:
        if self._log is not None:
            self._log.note(self, self.files())

    def put_back(self, files: Mapping[str, bytes]) -> None:
        """Restore the files of an image; files in a directory stay there."""
        self._note()
        self._files = dict(files)

    def emptied(self) -> Exports:
        """Return empty exports for the same directory."""
        return Exports(self._directory, self._log)


def _names(at: Instant) -> list[str]:
    stamp = format_instant(at)
    stamp = f"{stamp[:10].replace('-', '')}_{stamp[11:19].replace(':', '')}_{stamp[20:23]}"
    return [f"export{stamp}_{kind}.csv" for kind in COLUMNS]


def _written(directory: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write files, all or none: a full disk leaves no partial files."""
    begun: list[Path] = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            begun.append(directory / name)
            begun[-1].write_bytes(content)
    except OSError as error:
        for path in begun:
            with suppress(OSError):
                path.unlink()
        raise ExportFailed(
            f"Cannot write the export to {directory}: {error.strerror}",
            "make the folder of --export-dir writable for the server",
        ) from None
    return [str(path) for path in begun]


def _csv(columns: Sequence[str], rows: Iterable[tuple[dict[str, Any], Extensions]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for members, extensions in rows:
        # Attached data may have the name of a column, such as `completed.timestamp`, and is still
        # not that column.
        flat = {name: value for name, value in members.items() if name not in extensions}
        flat["extensions"] = json.dumps(dict(extensions)) if extensions else ""
        for event in ("started", "completed"):
            for member, value in members.get(event, {}).items():
                flat[f"{event}.{member}"] = value
        writer.writerow([flat.get(column, "") for column in columns])
    return text.getvalue().encode("utf-8", "backslashreplace")
