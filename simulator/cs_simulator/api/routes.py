"""Routes: from a method and a path of the API to an operation.

The paths of the rows are matched segment by segment. Werkzeug's own matcher makes a function that
refers to itself for each request, which is cyclic garbage, and compiles its rules one by one, for
which every start would wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from cs_simulator.api.arrival import Arrival
from cs_simulator.domain.store import Which
from cs_simulator.faults.verdict import OPTIONS, UNROUTED
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation

NO_IDS = ("start", "anonymous", "transition", "active", "completed")
"""Words in paths that are never ids."""

_IDS = ("service_id", "state_id", "task_id")
_WHICH: tuple[Which, ...] = ("active", "completed")


class Work(NamedTuple):
    """An operation, and which of several services its path names: the target of a route."""

    operation: ApiOperation
    which: Which


class Route(NamedTuple):
    """The target of a method and a path."""

    work: Work | None = None
    args: Mapping[str, str] = {}
    """The ids and names in the path, decoded."""
    allowed: Iterable[str] | None = None
    """The allowed methods, if the path exists without the requested method."""

    @property
    def is_slow(self) -> bool:
        """Whether the operation may take long."""
        return self.work is not None and self.work.operation.is_slow

    def operation_for(self, method: str) -> str:
        """Return the operation that the journal and the rules use for it."""
        if self.work is not None:
            return self.work.operation.id
        return OPTIONS if self.allowed is not None and method == "OPTIONS" else UNROUTED


class _Node:
    """What may follow in a path."""

    __slots__ = ("named", "words", "works")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.named: dict[str, _Node] = {}
        """What follows a segment that may be anything, by the name it has in the template."""
        self.works: dict[str, Work] = {}
        """The work of each method, if a path may end here."""

    def add(self, path: str, method: str, work: Work) -> None:
        """Add a path below this node."""
        node = self
        for segment in path.split("/"):
            if segment.startswith("{"):
                node = node.named.setdefault(segment[1:-1], _Node())
            else:
                node = node.words.setdefault(segment, _Node())
        node.works[method] = work
        if method == "GET":
            node.works["HEAD"] = work

    def find(
        self,
        segments: Sequence[str],
        position: int,
        method: str,
        args: Mapping[str, str],
        allowed: set[str],
    ) -> Route | None:
        """Return the route of the rest of a path, and note the methods that it has.

        A word of the template comes before a name, which may be anything.
        """
        if position == len(segments):
            work = self.works.get(method)
            if work is not None:
                return Route(work, args)
            allowed.update(self.works)
            return None
        segment = segments[position]
        node = self.words.get(segment)
        if node is not None:
            found = node.find(segments, position + 1, method, args, allowed)
            if found is not None:
                return found
        for name, node in self.named.items():
            if segment and (name not in _IDS or segment not in NO_IDS):
                more = {**args, name: _decoded(segment)}
                found = node.find(segments, position + 1, method, more, allowed)
                if found is not None:
                    return found
        return None


def _decoded(segment: str) -> str:
    """Return a segment of a canonical path decoded; a slash that was encoded stays in it."""
    if "%" not in segment:
        return segment
    return unquote_to_bytes(segment).decode("utf-8", "replace")


def _tree() -> _Node:
    root = _Node()
    for operation in OPERATIONS:
        for edition in operation.editions:
            for path in operation.paths:
                last = path.rsplit("/", 1)[-1]
                which: Which = next((word for word in _WHICH if word == last), "all")
                root.add(f"{edition}{path}", operation.method, Work(operation, which))
    return root


_ROOT = _tree()


def route_of(arrival: Arrival) -> Route:
    """Return the route of a request."""
    allowed: set[str] = set()
    segments = f"{arrival.edition.name}{arrival.path}".split("/")
    found = _ROOT.find(segments, 0, arrival.method, {}, allowed)
    if found is not None:
        return found
    return Route(allowed=frozenset(allowed) if allowed else None)
