"""Compare: replay a recording, and group the differences by operation and member."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.har.reading import Recording
from cs_simulator.ids import ServiceIdForm, is_conversation_id
from cs_simulator.operations.row import EditionName
from cs_simulator.recording.addresses import find_api
from cs_simulator.recording.assignments import Assignment, Set, Space
from cs_simulator.recording.beginning import Beginning, beginning_of, scenario_of
from cs_simulator.recording.conversation import Conversation, conversation_of
from cs_simulator.recording.differences import Deviation
from cs_simulator.recording.explore import Explorer, StepRecord
from cs_simulator.recording.replay import Carrier, Replay
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader


class Mark(NamedTuple):
    """One exchange: its recording and its number there."""

    recording: str
    number: int

    def __str__(self) -> str:
        return f"{self.recording}#{self.number}"


@dataclass(frozen=True, slots=True)
class DeviationGroup:
    """A difference that occurs in several exchanges of one operation."""

    operation: str
    member: str
    exchanges: tuple[Mark, ...]
    request: str
    """The first of the requests."""
    recorded: str
    simulated: str


@dataclass(slots=True)
class Comparison:
    """The result of a replay."""

    compared: int = 0
    findings: list[DeviationGroup] = field(default_factory=list)
    set_aside: list[tuple[Mark, str]] = field(default_factory=list)
    """Exchanges from which nothing was concluded, each with the reason."""
    notes: list[str] = field(default_factory=list)
    """What was read, and what was left out."""
    preload: Mapping[str, Any] = field(default_factory=dict)
    """What existed before, in the form of a scenario."""
    roots: Mapping[str, str] = field(default_factory=dict)
    """The base URLs of the editions."""

    @property
    def exit_code(self) -> int:
        """0 if nothing differs, 1 if something does, 2 if nothing was compared."""
        if not self.compared:
            return 2
        return 1 if self.findings else 0


class Source(NamedTuple):
    """What replays need: the application, the scenarios, and the initial one."""

    app: Carrier
    loader: ScenarioLoader
    extends: str | None = None


class Prepared(NamedTuple):
    """One recording, ready to be replayed."""

    conversation: Conversation
    beginning: Beginning
    notes: tuple[str, ...]


def prepared(recording: Recording, bases: Mapping[EditionName, str] | None = None) -> Prepared:
    """Return a recording ready to be replayed; ``bases`` are known base URLs."""
    found = find_api(recording.exchanges, bases)
    conversation = conversation_of(recording.name, found)
    notes = [recording.described()]
    notes += [f"{count} left out: {why}" for why, count in sorted(found.skipped.items())]
    return Prepared(conversation, beginning_of(conversation), tuple(notes))


def id_forms(conversations: Iterable[Conversation]) -> dict[str, Mark]:
    """Return the forms of service ids that a server uses, each with its first exchange."""
    forms: dict[str, Mark] = {}
    for conversation in conversations:
        for step in conversation.steps:
            if step.is_uncertain:
                continue
            for service in step.made.services:
                form = "integer" if isinstance(service, int) else "conversation"
                if form == "conversation" and not is_conversation_id(str(service)):
                    form = "text"
                forms.setdefault(form, Mark(conversation.name, step.number))
    return forms


def handed_out(forms: Collection[str]) -> ServiceIdForm:
    """Return the form of the ids that a replay hands out, by those that the server uses."""
    return "conversation" if forms and "integer" not in forms else "integer"


def replay_of(
    source: Source,
    ready: Prepared,
    form: ServiceIdForm,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Replay, LoadedScenario]:
    """Return the world for the replay of a recording, without faults and stages."""
    scenario = scenario_of(source.loader, ready.beginning, source.extends, more)
    scenario = replace(scenario, faults=(), stages=(), progress=None)
    return Replay(source.app, scenario, form), scenario


def compare(source: Source, recordings: Sequence[Prepared]) -> Comparison:
    """Replay recordings with the switches of the scenario, and return the differences."""
    comparison = Comparison()
    space = Space()
    for ready in recordings:
        conversation = ready.conversation
        replay, scenario = replay_of(source, ready, handed_out(id_forms([conversation])))
        assignment: Assignment = asdict(scenario.setup.fidelity)
        explorer = Explorer(replay, space, ready.beginning.guessed)
        explored = explorer.explore(conversation.groups, space.only(assignment))
        add_recording(comparison, ready, explored.records, explored.allowed)
    return comparison


def add_recording(
    comparison: Comparison, ready: Prepared, records: Sequence[StepRecord], allowed: Set
) -> None:
    """Add what a recording told, and the results of its steps for the remaining assignments."""
    roots = ready.conversation.found.roots
    comparison.notes += [*ready.notes, *ready.beginning.notes]
    comparison.preload = {**comparison.preload, **ready.beginning.document}
    comparison.roots = {
        **comparison.roots,
        **{edition: root.url for edition, root in roots.items()},
    }
    _add_records(comparison, ready.conversation.name, records, allowed)


def _add_records(
    comparison: Comparison, name: str, records: Sequence[StepRecord], allowed: Set
) -> None:
    grouped: dict[tuple[str, str, str, str], list[StepRecord]] = {}
    for record in records:
        mark = Mark(name, record.step.number)
        if record.set_aside:
            comparison.set_aside.append((mark, record.set_aside))
            continue
        comparison.compared += 1
        for difference in left_over(record, allowed):
            member = generic(difference.member)
            key = (record.operation, member, difference.recorded, difference.simulated)
            grouped.setdefault(key, []).append(record)
    merged: dict[tuple[str, str], list[tuple[StepRecord, str, str]]] = {}
    for (operation, member, recorded, simulated), those in grouped.items():
        own = merged.setdefault((operation, member), [])
        own += [(record, recorded, simulated) for record in those]
    for (operation, member), cases in merged.items():
        cases.sort(key=lambda case: case[0].step.number)
        first, recorded, simulated = cases[0]
        marks = dict.fromkeys(Mark(name, record.step.number) for record, _, _ in cases)
        comparison.findings.append(
            DeviationGroup(operation, member, tuple(marks), first.step.name, recorded, simulated)
        )


def left_over(record: StepRecord, allowed: Set) -> tuple[Deviation, ...]:
    """Return the smallest difference at a step, among the assignments that remain at the end."""
    own = [found for assignments, found in record.outcomes if assignments & allowed]
    return min(own, key=len, default=())


def generic(member: str) -> str:
    """Return a member's name without the ids in it: ``[].started`` for ``[95].started``."""
    parts = member.split("[")
    return "[".join([parts[0], *(f"]{part.partition(']')[2]}" for part in parts[1:])])
