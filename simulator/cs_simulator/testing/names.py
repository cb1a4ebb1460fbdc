"""The names of worlds: unique ones, or fixed ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cs_simulator.client import SimulatorError
from cs_simulator.ids import digest

if TYPE_CHECKING:
    from cs_simulator.testing.session import Session

_LONGEST = 64
_GROUPED = ("loadgroup", "loadfile", "loadscope")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def own_name(node: pytest.Item | pytest.Collector, what: str, session: Session) -> str:
    """Return a name that describes a world's purpose and is unique, even among other runs."""
    number = session.next_number()
    unique = digest(session.run, session.worker, node.nodeid, what, number).hex()[:8]
    path = getattr(node, "path", None)
    parts = [path.stem if path is not None and path.is_file() else "", what]
    words = ".".join(part for part in parts if part)
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", words).strip("-")
    return f"{readable[: _LONGEST - len(unique) - 1]}-{unique}"


def fixed_name(name: str, session: Session, *, is_for_all: bool) -> str:
    """Return a fixed name with its placeholders filled in.

    ``is_for_all`` means that the name does not come from a single test. Raises
    :exc:`SimulatorError` if several workers would use the world at the same time.
    """
    if session.shares and "{worker}" not in name:
        if is_for_all:
            raise SimulatorError(
                f"All xdist workers would share world {name}; run without -n, or put {{worker}} in "
                "the name (it becomes gw0, gw1, ...)"
            )
        if session.shares not in _GROUPED:
            raise SimulatorError(
                f"Tests on different workers could use world {name} at the same time; put "
                "{worker} in the name, or keep them on one worker with --dist loadgroup and "
                "xdist_group"
            )
    words = {"worker": session.worker, "run": session.run}
    for found in _PLACEHOLDER.finditer(name):
        if found[1] not in words:
            raise SimulatorError(
                f"{found[0]} in the world name {name} is not a placeholder; "
                "available: {worker}, {run}"
            )
    return _PLACEHOLDER.sub(lambda found: words[found[1]], name)


def is_of_this_run(name: str) -> bool:
    """Tell whether a fixed name contains what makes it unique to this run."""
    return "{run}" in name
