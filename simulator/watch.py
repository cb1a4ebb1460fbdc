"""Watching: scenario files are read again when they change.

They are polled, since the events of a bind mount do not reach a container.
"""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Event, Thread

from simulator.scenario.catalogue import SUFFIXES
from simulator.scenario.errors import ScenarioError
from simulator.worlds import Worlds

log = logging.getLogger("simulator")

PAUSE = 0.5
"""Seconds between two looks at the files."""

Stamp = dict[Path, tuple[int, int]]


class Watcher:
    """Look at the files of a server's scenarios, and have them read again when one changed."""

    def __init__(self, worlds: Worlds, pause: float = PAUSE) -> None:
        self._worlds = worlds
        self._pause = pause
        self._seen: Stamp = {}
        self._stopped = Event()
        self._thread = Thread(target=self._watch, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to watch: what changes from now on is read."""
        self._seen = self._stamp()
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(self._pause):
            now = self._stamp()
            if now != self._seen:
                self._seen = now
                self._reload()

    def _stamp(self) -> Stamp:
        """Return when each file was changed last, and how long it is."""
        stamp: Stamp = {}
        files = self._worlds.loader.catalogue.watched()
        reference = self._worlds.scenario.reference
        if reference is not None and reference.endswith(SUFFIXES):
            files = [*files, *Path(reference).parent.iterdir()]
        for path in files:
            if path.suffix in SUFFIXES:
                try:
                    status = path.stat()
                except OSError:
                    continue  # it went away between two looks
                stamp[path] = (status.st_mtime_ns, status.st_size)
        return stamp

    def _reload(self) -> None:
        try:
            worlds = self._worlds.reload()
        except ScenarioError as error:
            log.warning("a scenario changed and is wrong; what runs is kept:\n%s", error)
        except OSError as error:
            log.warning("a scenario changed and cannot be read; what runs is kept: %s", error)
        else:
            log.info("scenarios read again; taken at the next reset of: %s", ", ".join(worlds))
