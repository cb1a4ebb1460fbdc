"""Copies of what is in a world, as values that do not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cs_simulator.clock import Instant, Mode
from cs_simulator.domain.interactions import Interactions
from cs_simulator.domain.profiles import Profiles
from cs_simulator.domain.server_state import Statistics
from cs_simulator.domain.store import Store
from cs_simulator.ids import Ids
from cs_simulator.journal.entries import JournalEntry
from cs_simulator.operations.row import Mode as ServerMode
from cs_simulator.scenario.loader import LoadedScenario

if TYPE_CHECKING:
    from cs_simulator.faults.engine import RuleBook
    from cs_simulator.faults.stages import Stages


class WorldSize(NamedTuple):
    """How much a world holds."""

    services: int
    customers: int
    requests: int
    exports: int


class WorldData(NamedTuple):
    """A copy of what requests have changed in a world; it does not change."""

    stores: Mapping[str, Store]
    profiles: Profiles
    ids: Ids
    interactions: Interactions
    server_mode: ServerMode


class WorldCopy(NamedTuple):
    """A copy of everything in a world; it does not change."""

    scenario: LoadedScenario
    data: WorldData
    clock: tuple[Mode, Instant]
    started: Instant
    server: tuple[ServerMode, Statistics]
    rules: RuleBook | None
    stages: Stages | None
    exports: Mapping[str, bytes]
    entries: Sequence[JournalEntry]
    before: int
    """The id of the next request."""
