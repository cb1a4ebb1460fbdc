"""What is imported when it is needed: named by a row, and found by its name."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def named(reference: str) -> Any:
    """Return what ``package.module:name`` names; the package is below this one."""
    module, _, name = reference.partition(":")
    return getattr(import_module(f"cs_simulator.{module}"), name)
