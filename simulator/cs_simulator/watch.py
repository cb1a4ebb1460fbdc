"""Watching: scenario files are read again when they change.

They are polled, since the events of a bind mount do not reach a container.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from threading import Event, Thread

from cs_simulator.documents.problems import DocumentError
from cs_simulator.scenario.catalogue import SUFFIXES, Catalogue, listed
from cs_simulator.worlds import Worlds

log = logging.getLogger("cs_simulator")

PAUSE = 0.5
"""Seconds between two looks at the files."""

Stamp = dict[Path, tuple[int, int, int, int]]


class Watcher:
    """Look at the files of a server's scenarios, and have them read again when one changed.

    It remembers them as they are when it is made. So it is made before a scenario is loaded: a
    change that the loading missed is then seen by the first look. With ``resets`` the worlds take
    at once what was read.
    """

    def __init__(
        self, catalogue: Catalogue, scenario: str, pause: float = PAUSE, *, resets: bool = False
    ) -> None:
        self._catalogue = catalogue
        self._folders = {
            Path(each).parent for each in catalogue.several(scenario) if each.endswith(SUFFIXES)
        }
        self._pause = pause
        self._resets = resets
        self._seen = self._stamp()
        self._used: frozenset[Path] = frozenset()
        self._names: frozenset[str] = frozenset()
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
        self._note_used(worlds)
        while not self._stopped.wait(self._pause):
            try:
                self._look(worlds)
            except Exception:
                log.exception("watching failed once, and continues; this is a bug in the simulator")

    def _note_used(self, worlds: Worlds) -> None:
        """Note the files that the scenarios in use are made of, and forget none that was."""
        for reference in worlds.references():
            # Where a file is wrong or gone by now, its name is all that is known of it.
            self._names |= {Path(each.strip()).stem for each in reference.split(",")}
            try:
                files = [path for path, _ in self._catalogue.chain(reference)]
            except (DocumentError, OSError):
                continue  # reading it again tells why
            self._used |= {_real(path) for path in files}
            self._names |= {path.stem for path in files}

    def _is_used(self, path: Path) -> bool:
        """Tell whether a file is in use, or takes the name of one that is."""
        return path.stem in self._names or _real(path) in self._used

    def _stamp(self) -> Stamp:
        """Return when each file was changed last, which one it is, and how long."""
        stamp: Stamp = {}
        files = self._catalogue.watched()
        for folder in self._folders:
            files += listed(folder)
        for path in files:
            if path.suffix in SUFFIXES:
                try:
                    status = path.stat()
                except OSError:
                    continue  # it went away between two looks
                # The last two see a file that was put in the place of one as long and as old.
                stamp[path] = (
                    status.st_mtime_ns,
                    status.st_size,
                    status.st_ino,
                    status.st_ctime_ns,
                )
        return stamp

    def _look(self, worlds: Worlds) -> None:
        now = self._stamp()
        if now != self._seen:
            changed = {path for path, _ in now.items() ^ self._seen.items()}
            self._seen = now
            self._note_used(worlds)
            names = sorted(path.name for path in changed if self._is_used(path))
            if names:
                self._reload(worlds, ", ".join(names))

    def _reload(self, worlds: Worlds, changed: str) -> None:
        try:
            names = worlds.reload()
        except DocumentError as error:
            log.warning(
                "%s changed and has errors; keeping the previous version:\n%s", changed, error
            )
        except OSError as error:
            log.warning(
                "cannot read %s, which changed; keeping the previous version: %s", changed, error
            )
        else:
            if self._resets:
                for name in names:
                    worlds.set_up(name, lambda world: world.reset())
                log.info("%s changed; reset: %s", changed, ", ".join(names))
            else:
                log.info(
                    "%s changed; these worlds use it from their next reset: %s",
                    changed,
                    ", ".join(names),
                )


def _real(path: Path) -> Path:
    """Return a path without links, as far as there is one: a loop of links is kept as it is."""
    return Path(os.path.realpath(path))
