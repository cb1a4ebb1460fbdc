"""From a checked document to a scenario: everything a world begins with, ready to be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simulator.clock import Clock, Instant, Mode
from simulator.domain.attributes import AttributeValue, BusinessAttribute, BusinessAttributes
from simulator.domain.fidelity import fidelity_of
from simulator.domain.setup import DEFAULT_EXPIRATION, Setup
from simulator.faults.progress import Progress
from simulator.faults.rules import Rule
from simulator.faults.stages import Stage
from simulator.ids import Counters, ServiceIdForm
from simulator.scenario.catalogue import SUFFIXES, Catalogue
from simulator.scenario.errors import Mistake, ScenarioError, did_you_mean, nearest
from simulator.scenario.extends import Document
from simulator.scenario.faults import rules_of
from simulator.scenario.places import placed
from simulator.scenario.plan import Base, Plan
from simulator.scenario.preload import Preload
from simulator.scenario.progress import progress_of, runtime_names
from simulator.scenario.shape import Checker
from simulator.scenario.stages import stages_of
from simulator.scenario.text import read_text


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Scenario:
    """A scenario, checked and complete. It makes the beginning of any number of worlds."""

    name: str
    description: str = ""
    seed: int = 0
    clock_mode: Mode = "real"
    clock_at: Instant | None = None
    setup: Setup = field(default_factory=Setup)
    base_paths: Mapping[str, str] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: Preload().plan(Setup()))
    faults: Sequence[Rule] = ()
    stages: Sequence[Stage] = ()
    progress: Progress | None = None
    """How far rules and stages have come, where the document is the snapshot of a world."""
    reference: str | None = None
    """The name or file that it was loaded by, where it can be read again."""
    document: Mapping[str, Any] = field(default_factory=dict)
    """The document as it was written."""

    def clock(self) -> Clock:
        """Return a clock as the scenario sets it."""
        return Clock(self.clock_mode, self.clock_at)

    def base(self, now: Instant) -> Base:
        """Return the data of a world that begins now; worlds share what time cannot change."""
        if self.clock_at is None and self.plan.depends_on_now:
            return self.plan.base(now)
        return self.plan.fixed_base(now)


class ScenarioLoader:
    """Load scenarios by name or file, the server's own switches laid over theirs."""

    def __init__(self, catalogue: Catalogue, fidelity: Mapping[str, str] | None = None) -> None:
        self.catalogue = catalogue
        self._fidelity = fidelity or {}

    def load(self, wanted: str) -> Scenario:
        """Return a scenario; raises :exc:`ScenarioError` with all that is wrong with it."""
        name = Path(wanted).stem if wanted.endswith(SUFFIXES) else Path(wanted).name
        with self._all_at_once(name, wanted):
            source, document = self.catalogue.read(wanted)
        return replace(self.build(document, name, source), reference=wanted)

    @contextmanager
    def _all_at_once(self, name: str, source: str) -> Iterator[None]:
        """Add the contradictions in what is sound of a document to the mistakes of its shape."""
        try:
            yield
        except ScenarioError as error:
            if error.document is None:
                raise
            try:
                self.build(error.document, name, source)
            except ScenarioError as more:
                raise ScenarioError([*error.mistakes, *more.mistakes]) from None
            raise

    def load_named(self, name: str) -> Scenario:
        """Return a scenario of the catalogue; a path is no name."""
        if name not in self.catalogue.files():
            names = sorted(self.catalogue.files())
            problem = f"there is no scenario {name!r}{did_you_mean(name, names)}"
            near = nearest(name, names)
            mistake = Mistake(
                "request", "name", problem, found=name, allowed=names, did_you_mean=near
            )
            raise ScenarioError([mistake])
        return self.load(name)

    def load_text(self, text: str, source: str, name: str) -> Scenario:
        """Return the scenario of a text, which may extend names of the catalogue."""
        data = read_text(text, source)
        with self._all_at_once(name, source):
            document = self.catalogue.resolve(data, source, text, files_allowed=False)
        return self.build(document, name, source)

    def build(self, document: Document, name: str, source: str) -> Scenario:
        """Return the scenario that a checked document describes."""
        checker = Checker(source)
        settings = document.get("settings", {})
        fidelity = fidelity_of(document.get("fidelity", {}), self._fidelity)
        attributes = _business_attributes(document.get("business_attributes", {}), checker)
        auto_complete = settings.get("auto_complete", {})
        if auto_complete.get("enabled") and "after" not in auto_complete:
            checker.mistake("settings.auto_complete", "enabled, yet after is missing")
        setup = Setup(
            fidelity=fidelity,
            attributes=attributes,
            data_validation=settings.get("data_validation", True),
            map_names=settings.get("map_names", False),
            expiration=settings.get("expiration", DEFAULT_EXPIRATION),
            auto_complete_enabled=auto_complete.get("enabled", False),
            auto_complete_after=auto_complete.get("after"),
        )
        clock = document.get("clock", {})
        if clock.get("mode") == "real" and "at" in clock:
            checker.mistake("clock", "a real clock takes no at; its mode may be offset or frozen")
        starts = document.get("ids", {})
        form: ServiceIdForm = "integer" if fidelity.service_ids == "integer" else "conversation"
        counters = Counters()
        preload = Preload(
            customers=document.get("customers", ()),
            services=document.get("services", ()),
            generate=document.get("generate", ()),
            seed=document.get("seed", 0),
            form=form,
            counters=Counters(
                starts.get("service", counters.service),
                starts.get("state", counters.state),
                starts.get("task", counters.task),
                starts.get("customer", counters.customer),
            ),
        )
        preload.check(setup, checker)
        base_paths = settings.get("base_paths", {})
        if len(set(base_paths.values())) < len(base_paths):
            checker.mistake("settings.base_paths", "both editions have the same path")
        mode: Mode = clock.get("mode", "offset" if "at" in clock else "real")
        given = document.get("progress")
        # The clock of a world may have become real after its rules were taken.
        rules_mode: Mode = mode if given is None else "offset"
        faults = rules_of(document.get("faults", ()), "faults", checker, rules_mode)
        # A rule that was added at run time may have the name of one in a stage: it replaces it.
        added = runtime_names(given)
        others = [rule for rule in faults if rule.name not in added]
        stages = [
            replace(stage, source=written.get("written", {}))
            for stage, written in zip(
                stages_of(document.get("stages", ()), others, checker, rules_mode),
                document.get("stages", ()),
                strict=True,
            )
        ]
        progress = progress_of(given, faults, stages, checker)
        if checker.mistakes:
            raise ScenarioError(placed(checker.mistakes, document.origins))
        return Scenario(
            name=document.get("name") or name,
            description=document.get("description", ""),
            seed=document.get("seed", 0),
            clock_mode=mode,
            clock_at=clock.get("at"),
            setup=setup,
            base_paths=MappingProxyType(base_paths),
            plan=preload.plan(setup),
            faults=tuple(faults),
            stages=tuple(stages),
            progress=progress,
            document=document.written,
        )


def _business_attributes(given: Mapping[str, Any], checker: Checker) -> BusinessAttributes:
    attributes = []
    owners: dict[str, str] = {}
    for name, members in given.items():
        place = f"business_attributes.{name}"
        values = tuple(_value(value) for value in members["values"])
        _check_unique([value.name for value in values], f"{place}.values", "name", checker)
        _check_unique([value.dbid for value in values], f"{place}.values", "dbid", checker)
        mapped = tuple(members.get("cv_attributes", ()))
        for full_name in mapped:
            if owners.setdefault(full_name, name) != name:
                checker.mistake(place, f"{full_name} is mapped to {owners[full_name]} already")
        attribute = BusinessAttribute(
            name=name,
            dbid=members["dbid"],
            display_name=members.get("display_name", name),
            description=members.get("description", ""),
            cv_attributes=mapped,
            values=values,
            default=members.get("default"),
        )
        if attribute.default is not None and attribute.value(attribute.default) is None:
            checker.mistake(
                f"{place}.default", f"{attribute.default!r} is none of {attribute.choices()}"
            )
        attributes.append(attribute)
    return BusinessAttributes(attributes)


def _value(members: Mapping[str, Any]) -> AttributeValue:
    return AttributeValue(
        name=members["name"],
        dbid=members["dbid"],
        display_name=members.get("display_name", members["name"]),
        description=members.get("description", ""),
        expiration=members.get("expiration"),
    )


def _check_unique(values: Sequence[object], at: str, what: str, checker: Checker) -> None:
    for value in sorted({str(value) for value in values if values.count(value) > 1}):
        checker.mistake(at, f"the {what} {value} stands twice")
