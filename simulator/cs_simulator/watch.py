"""Watching: scenario files are read again when they change.

They are polled, since the events of a bind mount do not reach a container.
"""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Event, Thread

from cs_simulator.documents.problems import ScenarioError
from cs_simulator.scenario.catalogue import SUFFIXES, Catalogue, listed
from cs_simulator.worlds import Worlds

log = logging.getLogger("cs_simulator")

PAUSE = 0.5
"""Seconds between two looks at the files."""

Stamp = dict[Path, tuple[int, int]]


class Watcher:
    """Look at the files of a server's scenarios, and have them read again when one changed.

    It remembers them as they are when it is made. So it is made before a scenario is loaded: a
    change that the loading missed is then seen by the first look.
    """

    def __init__(self, catalogue: Catalogue, scenario: str, pause: float = PAUSE) -> None:
        self._catalogue = catalogue
        self._folder = Path(scenario).parent if scenario.endswith(SUFFIXES) else None
        self._pause = pause
        self._seen = self._stamp()
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self, worlds: Worlds) -> None:
        """Begin to watch for the worlds that a scenario was loaded for."""
        self._thread = Thread(target=self._watch, args=(worlds,), name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, worlds: Worlds) -> None:
        while not self._stopped.wait(self._pause):
            now = self._stamp()
            if now != self._seen:
                self._seen = now
                _reload(worlds)

    def _stamp(self) -> Stamp:
        """Return when each file was changed last, and how long it is."""
        stamp: Stamp = {}
        files = self._catalogue.watched()
        if self._folder is not None:
            files += listed(self._folder)
        for path in files:
            if path.suffix in SUFFIXES:
                try:
                    status = path.stat()
                except OSError:
                    continue  # it went away between two looks
                stamp[path] = (status.st_mtime_ns, status.st_size)
        return stamp


def _reload(worlds: Worlds) -> None:
    try:
        names = worlds.reload()
    except ScenarioError as error:
        log.warning("a scenario changed and is wrong; what runs is kept:\n%s", error)
    except OSError as error:
        log.warning("a scenario changed and cannot be read; what runs is kept: %s", error)
    else:
        log.info("scenarios read again; taken at the next reset of: %s", ", ".join(names))
