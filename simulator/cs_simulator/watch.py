"""Watching: scenario files are read again when they change.

They are polled, because events of a bind mount do not reach a container.
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
"""Seconds between two checks of the files."""

_Stamp = dict[Path, tuple[int, int, int, int]]


class Watcher:
    """Watch the files of a server's scenarios, and reload them when one changes.

    It remembers the files as they are when it is created. Create it before loading a scenario: the
    first check then sees a change that happened during loading. With ``resets``, the worlds use the
    new version immediately.
    """

    def __init__(
        self, catalogue: Catalogue, scenario: str, pause: float = PAUSE, *, resets: bool = False
    ) -> None:
        self._catalogue = catalogue
        self._folders = {
            Path(name).parent for name in catalogue.several(scenario) if name.endswith(SUFFIXES)
        }
        self._pause = pause
        self._resets = resets
        self._seen = self._stamp()
        self._used: frozenset[Path] = frozenset()
        self._names: frozenset[str] = frozenset()
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self, worlds: Worlds) -> None:
        """Start watching for worlds that were created from a scenario."""
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
            except Exception:  # the files may change again, and the thread has to see it
                log.exception("watching failed once, and continues; this is a bug in the simulator")

    def _note_used(self, worlds: Worlds) -> None:
        """Remember the files of the scenarios in use, in addition to earlier ones."""
        for reference in worlds.references():
            # If a file is invalid or gone, only its name is known.
            self._names |= {Path(name.strip()).stem for name in reference.split(",")}
            try:
                files = [path for path, _ in self._catalogue.chain(reference)]
            except (DocumentError, OSError):
                continue  # the reload reports it
            self._used |= {_real(path) for path in files}
            self._names |= {path.stem for path in files}

    def _is_used(self, path: Path) -> bool:
        """Tell whether a file is in use, or has the name of one that is."""
        return path.stem in self._names or _real(path) in self._used

    def _stamp(self) -> _Stamp:
        """Return the modification time, the identity and the size of each file."""
        stamp: _Stamp = {}
        files = self._catalogue.watched()
        for folder in self._folders:
            files += listed(folder)
        for path in files:
            if path.suffix in SUFFIXES:
                try:
                    status = path.stat()
                except OSError:
                    continue  # it disappeared between two checks
                # Identity and change time reveal a replacement of the same age and size.
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
    """Return a path with links resolved as far as possible; a loop of links is kept."""
    return Path(os.path.realpath(path))
