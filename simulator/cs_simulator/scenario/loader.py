"""From a checked document to a scenario, ready to create worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cs_simulator import faults
from cs_simulator.clock import Instant, Mode, WorldClock, system_time
from cs_simulator.documents.problems import DocumentError, no_such
from cs_simulator.documents.shape import Checker
from cs_simulator.documents.text import in_order, placed, read_text
from cs_simulator.domain.fidelity import fidelity_of
from cs_simulator.domain.metadata import DOCUMENTED_MEDIA, PREDEFINED, Metadata
from cs_simulator.domain.profiles import Profile
from cs_simulator.domain.setup import Setup
from cs_simulator.ids import NextNumbers, OutOfIdsError
from cs_simulator.scenario.calendar import check_calendar
from cs_simulator.scenario.catalogue import SUFFIXES, Catalogue
from cs_simulator.scenario.extends import Document
from cs_simulator.scenario.metadata import metadata_of
from cs_simulator.scenario.plan import Base, BasePlan
from cs_simulator.scenario.preload import Preload, SharedValuesError
from cs_simulator.scenario.settings import setup_of

if TYPE_CHECKING:
    from cs_simulator.faults.rules import Progress, Rule
    from cs_simulator.faults.stages import FaultStage
    from cs_simulator.judge.court import Expectation

_METADATA = ("profile_attributes", "extension_schemas", "identification_keys")
_SCRIPTED = ("faults", "stages", "progress")
_TIMED = ("services", "settings", "business_attributes", "generate", *_SCRIPTED)
"""The parts of a document that may leave the range of the calendar."""


class _Script(NamedTuple):
    """The planned events of a document: rules and stages."""

    faults: Sequence[Rule] = ()
    stages: Sequence[FaultStage] = ()
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class LoadedScenario:
    """A checked and complete scenario, which can create the beginning of any number of worlds."""

    name: str
    description: str = ""
    seed: int = 0
    clock_mode: Mode = "real"
    clock_time: Instant | None = None
    setup: Setup = field(default_factory=Setup)
    base_paths: Mapping[str, str] = field(default_factory=dict)
    plan: BasePlan = field(default_factory=lambda: Preload().plan(Setup()))
    faults: Sequence[Rule] = ()
    stages: Sequence[FaultStage] = ()
    progress: Progress | None = None
    """The progress of rules and stages, if the document is the snapshot of a world."""
    expect: Sequence[Expectation] = ()
    """The default expectations of the judge."""
    reference: str | None = None
    """The name or file that it was loaded from, if it can be read again."""
    document: Mapping[str, Any] = field(default_factory=dict)
    """The document as it was written."""

    @property
    def size(self) -> int:
        """How many entities and rules a world begins with."""
        return self.plan.size + len(self.faults) + sum(len(stage.rules) for stage in self.stages)

    def clock(self) -> WorldClock:
        """Return a new clock as the scenario sets it."""
        return WorldClock(self.clock_mode, self.clock_time)

    def base(self, now: Instant) -> Base:
        """Return the data of a world that begins now; worlds share what does not depend on time."""
        if self.clock_time is None and self.plan.depends_on_now:
            return self.plan.base(now)
        return self.plan.fixed_base(now)


class ScenarioLoader:
    """Load scenarios by name or file, with the server's own switches overriding theirs."""

    def __init__(self, catalogue: Catalogue, fidelity: Mapping[str, str] | None = None) -> None:
        self.catalogue = catalogue
        self._fidelity = fidelity or {}

    def load(self, wanted: str) -> LoadedScenario:
        """Return a scenario; raise :exc:`DocumentError` with all its problems."""
        name = "+".join(
            Path(part).stem if part.endswith(SUFFIXES) else Path(part).name
            for part in self.catalogue.several(wanted)
        )
        with self._all_at_once(name, wanted):
            source, document = self.catalogue.read(wanted)
        return replace(self.build(document, name, source), reference=wanted)

    @contextmanager
    def _all_at_once(self, name: str, source: str) -> Iterator[None]:
        """Add contradictions in the valid parts of a document to the problems of its shape."""
        try:
            yield
        except DocumentError as error:
            if error.sound is None:
                raise
            try:
                self.build(error.sound, name, source)
            except DocumentError as more:
                problems = in_order([*error.problems, *more.problems])
                raise DocumentError(problems, more=error.more + more.more) from None
            raise

    def load_named(self, name: str) -> LoadedScenario:
        """Return a scenario of the catalogue; paths are not accepted."""
        several = [part.strip() for part in name.split(",")] if "," in name else [name]
        known = self.catalogue.files()
        unknown = next((part for part in several if part not in known), None)
        if unknown is not None:
            problem = no_such("scenario", unknown, known, at="name")
            raise DocumentError([problem._replace(source="request")])
        return self.load(name)

    def load_text(self, text: str, source: str, name: str) -> LoadedScenario:
        """Return the scenario in a text, which may extend names of the catalogue."""
        data = read_text(text, source)
        with self._all_at_once(name, source):
            document = self.catalogue.resolve(data, source, text, files_allowed=False)
        return self.build(document, name, source)

    def build(self, document: Document, name: str, source: str) -> LoadedScenario:
        """Return the scenario that a checked document describes."""
        checker = Checker(source)
        setup = setup_of(
            document, fidelity_of(document.get("fidelity", {}), self._fidelity), checker
        )
        mode, time = _clock_of(document, checker)
        preload = _preload_of(document, setup, checker)
        profiles = preload.check(setup, checker)
        if document.get("progress") is None and any(name in document for name in _TIMED):
            # A snapshot is accepted as it was, even at the end of the calendar.
            check_calendar(document, time, system_time(), checker)
        script = _script_of(document, mode, checker)
        plan = None
        if not checker and not document.partial:
            plan = _planned(preload, setup, profiles, checker)
        if plan is None:
            raise DocumentError(placed(checker.problems, document.origins), more=checker.more)
        return LoadedScenario(
            name=document.get("name") or name,
            description=document.get("description", ""),
            seed=preload.seed,
            clock_mode=mode,
            clock_time=time,
            setup=setup,
            base_paths=MappingProxyType(document.get("settings", {}).get("base_paths", {})),
            plan=plan,
            faults=script.faults,
            stages=script.stages,
            progress=script.progress,
            expect=tuple(document.get("expect", ())),
            document=document.written,
        )


def _clock_of(document: Document, checker: Checker) -> tuple[Mode, Instant | None]:
    """Return the mode and the time of a document's clock."""
    clock = document.get("clock", {})
    time: Instant | None = clock.get("time")
    mode: Mode = clock.get("mode", "real" if time is None else "offset")
    if mode == "real" and time is not None:
        checker.problem(
            "clock.time",
            "a real clock cannot have a time of its own",
            "remove it, or set mode to offset or frozen",
        )
    return mode, time


def _preload_of(document: Document, setup: Setup, checker: Checker) -> Preload:
    return Preload(
        customers=document.get("customers", ()),
        services=document.get("services", ()),
        deleted=document.get("deleted_services", ()),
        generate=document.get("generate", ()),
        interactions=document.get("interactions", ()),
        seed=document.get("seed", 0),
        form="integer" if setup.fidelity.service_ids == "integer" else "conversation",
        metadata=_metadata_of(document, setup, checker),
        is_snapshot="progress" in document,
        counters=NextNumbers(**document.get("first_ids", {})),
    )


def _planned(
    preload: Preload, setup: Setup, profiles: Sequence[Profile], checker: Checker
) -> BasePlan | None:
    """Return the plan of a world's beginning, or None if that turns out to be impossible."""
    try:
        return preload.plan(setup, profiles)
    except OutOfIdsError as error:
        checker.problem(f"first_ids.{error.kind}", str(error))
    except SharedValuesError as error:
        checker.problem(error.at, str(error))
    return None


def _metadata_of(document: Document, setup: Setup, checker: Checker) -> Metadata | None:
    """Return the metadata of a document, or None if they are invalid."""
    media = setup.media()
    if not any(name in document for name in _METADATA):
        return PREDEFINED if media is None else Metadata(media=media)
    before = checker.count
    metadata = metadata_of(document, DOCUMENTED_MEDIA if media is None else media, checker)
    return metadata if checker.count == before else None


def _script_of(document: Document, mode: Mode, checker: Checker) -> _Script:
    """Return the rules and stages of a document, and their progress."""
    if not any(name in document for name in _SCRIPTED):
        return _Script()
    given = document.get("progress")
    # The clock of a world may have become real after its rules were accepted.
    rules_mode: Mode = mode if given is None else "offset"
    rules = faults.rules_of(document.get("faults", ()), "faults", checker, rules_mode)
    # A rule added at run time may have the name of one in a stage, which it replaces.
    added = faults.runtime_names(given)
    others = [rule for rule in rules if rule.name not in added]
    stages = faults.stages_of(document.get("stages", ()), others, checker, rules_mode)
    progress = faults.progress_of(given, rules, stages, checker)
    return _Script(tuple(rules), tuple(stages), progress)
