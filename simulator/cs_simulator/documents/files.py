"""Files that somebody else names: only such as end, and only so much of them.

A pipe or a device would hold whoever reads it for ever, a loop of links is no path, and a file of
any size would take all memory. Each of them is an :exc:`UnreadableFileError` that says why.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_FILE = 64 * 2**20
"""Bytes of a file that is read at once."""


_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnreadableFileError(Exception):
    """A file that is not read; the text says why."""


def read_bytes(path: Path, most: int = MAX_FILE) -> bytes:
    """Return what a regular file holds; raises :exc:`UnreadableFileError`."""
    try:
        # Without O_NONBLOCK a pipe that nobody writes to holds the one who opens it.
        opened = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
    except (OSError, ValueError) as error:
        raise UnreadableFileError(_reason(error)) from None
    try:
        with os.fdopen(opened, "rb") as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise UnreadableFileError("not a regular file")
            content = file.read(most + 1)
    except OSError as error:
        raise UnreadableFileError(_reason(error)) from None
    if len(content) > most:
        raise UnreadableFileError(f"more than {most} bytes")
    return content


def resolved(path: Path) -> Path:
    """Return a path without links; raises :exc:`UnreadableFileError` where they are a loop."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise UnreadableFileError(_reason(error)) from None


def _reason(error: Exception) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or (
        "a loop of links" if isinstance(error, RuntimeError) else "not a valid path"
    )
