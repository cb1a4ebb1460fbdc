"""Sets of assignments: which values the fidelity switches can have in combination.

An assignment gives every switch a value. There are some hundred thousand, and a set of them is one
integer with a bit for each. So knowledge about many switches at once, including those that mask
each other, is exact, and operations on it take microseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from cs_simulator.domain.fidelity import SWITCHES, Fidelity, Switch

Assignment = Mapping[str, str]
Set = int
"""A set of assignments: bit n is the assignment of number n."""


class Space:
    """All assignments of some switches, in a fixed order."""

    def __init__(self, switches: Sequence[Switch] = SWITCHES) -> None:
        self.switches = tuple(switches)
        self._strides: dict[str, int] = {}
        size = 1
        for switch in self.switches:
            self._strides[switch.name] = size
            size *= len(switch.values)
        self.size = size

    @property
    def everything(self) -> Set:
        """The set of all assignments."""
        return (1 << self.size) - 1

    @cached_property
    def _sets(self) -> Mapping[tuple[str, str], Set]:
        sets = {}
        for switch in self.switches:
            stride = self._strides[switch.name]
            period = stride * len(switch.values)
            # One bit at the beginning of every period, spread over a run of the stride's length.
            beginnings = ((1 << self.size) - 1) // ((1 << period) - 1)
            run = beginnings * ((1 << stride) - 1)
            for position, value in enumerate(switch.values):
                sets[switch.name, value] = run << (position * stride)
        return sets

    def choices(self, name: str) -> tuple[str, ...]:
        """Return all values that a switch can have."""
        return next(switch.values for switch in self.switches if switch.name == name)

    def having(self, name: str, value: str) -> Set:
        """Return the assignments in which a switch has a value."""
        return self._sets[name, value]

    def agreeing(self, assignment: Assignment, names: Collection[str]) -> Set:
        """Return the assignments that agree with a given one in the named switches."""
        found = self.everything
        for name in names:
            found &= self._sets[name, assignment[name]]
        return found

    def number(self, assignment: Assignment) -> int:
        """Return the number of an assignment."""
        return sum(
            switch.values.index(assignment[switch.name]) * self._strides[switch.name]
            for switch in self.switches
        )

    def only(self, assignment: Assignment) -> Set:
        """Return the set that contains one assignment."""
        return 1 << self.number(assignment)

    def first(self, assignments: Set) -> Assignment:
        """Return one assignment of a set, which is not empty: the one with the most defaults."""
        number = (assignments & -assignments).bit_length() - 1
        return {
            switch.name: switch.values[number // self._strides[switch.name] % len(switch.values)]
            for switch in self.switches
        }

    def values(self, name: str, assignments: Set) -> tuple[str, ...]:
        """Return the values that a switch has in a set."""
        return tuple(value for value in self.choices(name) if assignments & self._sets[name, value])

    def changed(self, assignments: Set, name: str, value: str, other: str) -> Set:
        """Return the members of a set in which a switch has a value, with another value instead."""
        place = self.choices(name).index
        shift = (place(other) - place(value)) * self._strides[name]
        moved = assignments & self._sets[name, value]
        return moved << shift if shift > 0 else moved >> -shift

    def entangled(self, assignments: Set, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield pairs of switches of which only some combinations of values are in a set."""
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                if any(
                    not (assignments & self._sets[one, value] & self._sets[other, more])
                    for value in self.values(one, assignments)
                    for more in self.values(other, assignments)
                ):
                    yield one, other


class WatchedFidelity(Fidelity):
    """Switches that record which of them were read.

    The result of a request depends only on these: all assignments that agree in them lead to the
    same result.
    """

    __slots__ = ("_read",)

    def __init__(self, assignment: Assignment) -> None:
        object.__setattr__(self, "_read", set())
        super().__init__(**assignment)

    def __getattribute__(self, name: str) -> object:
        """Return an attribute; record it if it is a switch."""
        value = object.__getattribute__(self, name)
        if not name.startswith("_"):
            object.__getattribute__(self, "_read").add(name)
        return value

    def start_over(self) -> None:
        """Clear the record."""
        object.__getattribute__(self, "_read").clear()

    def were_read(self) -> frozenset[str]:
        """Return the switches that were read since."""
        read: set[str] = object.__getattribute__(self, "_read")
        return frozenset(read - {"start_over", "were_read"})
