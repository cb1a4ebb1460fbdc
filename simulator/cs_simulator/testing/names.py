"""The names of worlds: one that nobody else has, or one that was agreed on."""

from __future__ import annotations

import re

import pytest

from cs_simulator.client import SimulatorError
from cs_simulator.ids import digest
from cs_simulator.testing.session import Session

_LONGEST = 64
_GROUPED = ("loadgroup", "loadfile", "loadscope")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def own_name(node: pytest.Item | pytest.Collector, what: str, session: Session) -> str:
    """Return a name that says what a world is for, and that none has had, nor another run."""
    number = session.next_number()
    unique = digest(session.run, session.worker, node.nodeid, what, number).hex()[:8]
    path = getattr(node, "path", None)
    parts = [path.stem if path is not None and path.is_file() else "", what]
    words = ".".join(part for part in parts if part)
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", words).strip("-")
    return f"{readable[: _LONGEST - len(unique) - 1]}-{unique}"


def fixed_name(name: str, session: Session, *, is_for_all: bool) -> str:
    """Return a name that was agreed on, with what its placeholders stand for.

    ``is_for_all`` says that it was not one test that named it. Raises :exc:`SimulatorError` where
    several workers would use the world at one time.
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
    """Tell whether no other run has a world of a name that was agreed on."""
    return "{run}" in name
