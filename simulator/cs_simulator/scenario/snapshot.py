"""Snapshots: a world as it is now, written as a scenario document.

A document that begins there: everything relative has become absolute, everything generated or
inherited stands in it, and what a rule or a stage has counted goes on from where it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml

from cs_simulator.clock import Instant, Mode, format_instant
from cs_simulator.domain.interactions import Interaction
from cs_simulator.domain.members import EVENT_MEMBERS
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.domain.model import Entity, Event, Retention, Service, State, Task
from cs_simulator.domain.profiles import Profile
from cs_simulator.domain.server_state import Mode as ServerMode
from cs_simulator.domain.tenancy import NO_TENANT
from cs_simulator.faults.progress import Progress, RuleProgress
from cs_simulator.faults.rules import Rule
from cs_simulator.faults.stages import Stage
from cs_simulator.ids import Counters
from cs_simulator.scenario.document import FORMAT
from cs_simulator.scenario.loader import Scenario
from cs_simulator.scenario.snapshot_metadata import customers, metadata_members
from cs_simulator.scenario.snapshot_settings import (
    business_attributes,
    interactions,
    settings_of,
)
from cs_simulator.scenario.text import MAX_YAML

try:
    from yaml import CSafeDumper as _BaseDumper
except ImportError:  # pragma: no cover - libyaml is not everywhere; what it writes reads the same
    from yaml import SafeDumper as _BaseDumper  # type: ignore[assignment]

Members = dict[str, Any]
ServiceWithParts = tuple[str, Service, Mapping[int, State], Mapping[int, Task]]
"""A service after the name of its tenant, with its states and tasks."""

_PLAIN = re.compile(r"(?!(?:true|false|null)\Z)[A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*")
_LONGEST_PLAIN = 60
_UNFOLDED = 2**30


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a world held at one instant: references to values that never change."""

    scenario: Scenario
    clock_mode: Mode
    now: Instant
    ids: Counters
    profiles: Sequence[Profile]
    services: Sequence[ServiceWithParts]
    rules: Sequence[Rule]
    """The rules in force that no stage brought: those added at run time first."""
    progress: Progress
    server_mode: ServerMode = "production"
    interactions: Sequence[Interaction] = ()
    metadata: Metadata = field(default_factory=lambda: PREDEFINED)


def document(snapshot: Snapshot) -> Members:
    """Return the document of a snapshot."""
    members = _head(snapshot)
    if snapshot.profiles:
        members["customers"] = list(customers(snapshot.profiles, snapshot.metadata))
    if snapshot.services:
        members["services"] = list(_services(snapshot))
    return members


def json_text(snapshot: Snapshot) -> str:
    """Return a snapshot as JSON in ASCII: a line for each customer, service and other part."""
    encode = json.JSONEncoder().encode
    parts = [f'"{name}": {encode(value)}' for name, value in _head(snapshot).items()]
    for name, entities in (
        ("customers", customers(snapshot.profiles, snapshot.metadata)),
        ("services", _services(snapshot)),
    ):
        lines = ",\n".join(map(encode, entities))
        if lines:
            parts.append(f'"{name}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def yaml_text(snapshot: Snapshot) -> str:
    """Return a snapshot as YAML; as JSON, which is YAML too, where only that reads back equal.

    That is where it is larger than YAML may be, or has a lone surrogate, which YAML cannot spell.
    """
    text = json_text(snapshot)
    if len(text) > MAX_YAML:
        return text
    members = document(snapshot)
    try:
        json.dumps(members, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return text
    written: str = yaml.dump(
        members, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_UNFOLDED
    )
    return text if len(written) > MAX_YAML else written


class _Dumper(_BaseDumper):
    """The safe dumper; text that is more than a few words is quoted, and nothing is an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def text(self, data: str) -> yaml.ScalarNode:
        """Return text so that every reader takes it for text."""
        plain = len(data) <= _LONGEST_PLAIN and _PLAIN.fullmatch(data)
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=None if plain else '"')


_Dumper.add_representer(str, _Dumper.text)


def _head(snapshot: Snapshot) -> Members:
    """Return the members of a document before its data."""
    scenario = snapshot.scenario
    members: Members = {"format": FORMAT, "name": scenario.name}
    if scenario.description:
        members["description"] = scenario.description
    members["seed"] = scenario.seed
    members["clock"] = {"mode": snapshot.clock_mode}
    if snapshot.clock_mode != "real":
        members["clock"]["at"] = format_instant(snapshot.now)
    members["ids"] = asdict(snapshot.ids)
    members["settings"] = settings_of(scenario.setup, scenario.base_paths, snapshot.server_mode)
    members["fidelity"] = asdict(scenario.setup.fidelity)
    if scenario.setup.attributes:
        members["business_attributes"] = business_attributes(scenario.setup.attributes)
    members |= metadata_members(snapshot.metadata)
    if snapshot.rules:
        members["faults"] = [_fault(rule) for rule in snapshot.rules]
    if scenario.stages:
        members["stages"] = [_stage(stage) for stage in scenario.stages]
    if snapshot.interactions:
        members["interactions"] = interactions(snapshot.interactions)
    members["progress"] = _progress(snapshot.progress)
    return members


def _fault(rule: Rule) -> Members:
    return {"name": rule.name, **rule.source} | {"name": rule.name}


def _stage(stage: Stage) -> Members:
    members: Members = {**stage.source, "name": stage.name}
    if stage.rules:
        members["faults"] = [_fault(rule) for rule in stage.rules]
    return members


def _progress(progress: Progress) -> Members:
    members: Members = {
        "faults": {name: _counters(each) for name, each in (progress.faults or {}).items()}
    }
    if progress.stage is not None:
        members["stage"] = {
            "name": progress.stage.name,
            "entered": format_instant(progress.stage.entered),
            "calls": progress.stage.calls,
        }
    return members


def _counters(progress: RuleProgress) -> Members:
    members: Members = {
        "since": format_instant(progress.since),
        "matched": progress.matched,
        "acted": progress.acted,
        "shadowed": progress.shadowed,
        "step": progress.step,
    }
    if progress.recent:
        members["recent"] = [format_instant(each) for each in progress.recent]
    if progress.runtime:
        members["runtime"] = True
    return members


def _services(snapshot: Snapshot) -> Iterator[Members]:
    for tenant, service, states, tasks in snapshot.services:
        members: Members = {"service_id": service.service_id}
        if tenant != NO_TENANT:
            members["tenant"] = tenant
        if isinstance(service.service_id, str):
            members["number"] = service.number
        _add(members, service, "customer_id", "contact_key", "service_type")
        _add_course(members, service)
        members["retention"] = _retention(service.retention)
        if states:
            members["states"] = [_state(state) for state in states.values()]
        if tasks:
            members["tasks"] = [_task(task) for task in tasks.values()]
        yield members


def _state(state: State) -> Members:
    members: Members = {"state_id": state.state_id}
    _add(members, state, "state_type", "previous_state_id")
    _add_course(members, state)
    return members


def _task(task: Task) -> Members:
    members: Members = {"task_id": task.task_id}
    _add(members, task, "task_type", "state_id")
    _add_course(members, task)
    return members


def _add(members: Members, entity: Entity, *names: str) -> None:
    for name in names:
        value = getattr(entity, name)
        if value is not None:
            members[name] = value


def _add_course(members: Members, entity: Entity) -> None:
    _add(members, entity, "est_duration")
    members["started"] = _event(entity.started)
    if entity.completed is not None:
        members["completed"] = _event(entity.completed)
    _add(members, entity, "disposition", "disposition_desc")
    if entity.extensions:
        members["extensions"] = dict(entity.extensions)


def _event(event: Event) -> str | Members:
    timestamp = format_instant(event.timestamp)
    members = {name: value for name in EVENT_MEMBERS if (value := getattr(event, name)) is not None}
    return {"timestamp": timestamp, **members} if members else timestamp


def _retention(retention: Retention) -> Members:
    members: Members = {"touched": format_instant(retention.touched)}
    if retention.counted_from != retention.touched:
        members["counted_from"] = format_instant(retention.counted_from)
    if retention.lifetime is not None:
        members["lifetime_ms"] = retention.lifetime
    if retention.expires is not None:
        members["expiration_time"] = format_instant(retention.expires)
    if retention.idle is not None:
        members["idle_ms"] = retention.idle
    return members
