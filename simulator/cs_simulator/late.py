"""What is imported when it is needed: the names of rows, and packages that are doors.

A start does not pay for what few requests ask for. Imports stand at the top of a module all the
same: what comes late comes through the name that a row has, or through a package that is a door.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def named(reference: str) -> Any:
    """Return what ``package.module:name`` names; the package is below this one."""
    module, _, name = reference.partition(":")
    return getattr(import_module(f"cs_simulator.{module}"), name)


def door(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package that imports a module when one of its names is used.

    ``names`` says in which module of the package each name is.
    """

    def found(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{names[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return found
