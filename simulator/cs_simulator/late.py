"""Late imports: by the names in rows, and by packages that are doors.

Start-up does not pay for what few requests need. Other imports are still at the top of a module:
what comes late is named by a row, or is behind a package that is a door. A server imports some of
it in its first pauses, ahead of need: :mod:`cs_simulator.http.ahead`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def imported(module: str) -> ModuleType:
    """Import and return ``package.module``; the package is below this one."""
    return import_module(f"cs_simulator.{module}")


def named(reference: str) -> Any:
    """Import and return ``package.module:name``; the package is below this one."""
    module, _, name = reference.partition(":")
    found = imported(module)
    if not hasattr(found, name):
        path = module.replace(".", "/")
        raise AttributeError(f"A row names {name}, which is missing in cs_simulator/{path}.py")
    return getattr(found, name)


def door(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package that imports a module when one of its names is used.

    ``names`` maps each name to its module in the package.
    """

    def found(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{names[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return found
