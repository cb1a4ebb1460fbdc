"""What can be wrong with a recording."""

from __future__ import annotations


class HarError(Exception):
    """A recording cannot be read; the text says where and why."""
