"""Files named by users: only regular ones are read, and only up to a limit.

A pipe or a device would block its reader forever, a loop of links is not a path, and a file of any
size would use up the memory. Each of these raises an :exc:`UnreadableFileError` with the reason.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_FILE = 64 * 2**20
"""The size of the largest file that is read, in bytes."""

_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Without O_NONBLOCK, opening a pipe without a writer blocks."""


class UnreadableFileError(Exception):
    """A file that cannot be read; the text gives the reason."""


def read_bytes(path: Path, most: int = MAX_FILE) -> bytes:
    """Return the content of a regular file; raise :exc:`UnreadableFileError` otherwise."""
    try:
        opened = os.open(path, _AT_ONCE)
    except (OSError, ValueError) as error:
        raise UnreadableFileError(reason_of(error)) from None
    try:
        with os.fdopen(opened, "rb") as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise UnreadableFileError("not a regular file")
            content = file.read(most + 1)
            if content is None:  # of a file of the system that waits for what comes
                raise UnreadableFileError("not a regular file")
    except OSError as error:
        raise UnreadableFileError(reason_of(error)) from None
    if len(content) > most:
        raise UnreadableFileError(f"more than {most} bytes")
    return content


def is_file(path: Path) -> bool:
    """Tell whether there is a regular file; a name that no file can have names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # before Python 3.14, of a name that is too long
        return False


def why_no_file(path: Path) -> str:
    """Return what is wrong with a path that is not one of a regular file."""
    try:
        path.stat()
    except (OSError, ValueError):
        return "does not exist"
    return "is not a regular file"


def resolved(path: Path) -> Path:
    """Return a path with links resolved; raise :exc:`UnreadableFileError` for a loop of links."""
    try:
        return path.resolve(strict=True)
    except (RuntimeError, ValueError) as error:  # before Python 3.13, of a loop
        raise UnreadableFileError(reason_of(error)) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnreadableFileError(reason_of(error)) from None
        return path.resolve()


def reason_of(error: Exception) -> str:
    """Return why a file cannot be opened, without its name."""
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or (
        "a loop of links" if isinstance(error, RuntimeError) else "not a valid path"
    )
