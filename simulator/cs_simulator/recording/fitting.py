"""Fit: the values of the switches that remove differences, each with its proof.

A value is proven if every assignment with another value leaves a difference, whatever the other
switches are. So no value is claimed for switches that mask each other, or that no exchange
exercises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import Moment
from cs_simulator.domain.fidelity import SWITCHES
from cs_simulator.domain.setup import BASE_PATHS, DEFAULT_EXPIRATION
from cs_simulator.ids import ServiceIdForm
from cs_simulator.recording.assignments import Set, Space
from cs_simulator.recording.comparing import (
    Comparison,
    Mark,
    Prepared,
    Source,
    add_recording,
    handed_out,
    id_forms,
    left_over,
    replay_of,
)
from cs_simulator.recording.conversation import Conversation, members_of
from cs_simulator.recording.differences import STATUS, keys_of
from cs_simulator.recording.explore import Exploration, Explorer, StepRecord

Verdict = Literal["proven", "undecided", "contradicted"]

SERVICE_IDS = "service_ids"

_SETTLED: Mapping[str, str] = MappingProxyType({switch.name: switch.settled for switch in SWITCHES})


@dataclass(frozen=True, slots=True)
class FittedSwitch:
    """What some recordings show about one switch."""

    name: str
    verdict: Verdict
    value: str | None
    """The proven value."""
    possible: tuple[str, ...]
    """The remaining values."""
    exchanges: tuple[Mark, ...] = ()
    """The exchanges that prove the value; if contradicted, also those that contradict them."""
    against: tuple[Mark, ...] = ()
    reason: str = ""
    decider: str = ""
    """The request that would decide, if nothing does."""


@dataclass(frozen=True, slots=True)
class FittedSetting:
    """Another finding: a base path, a first id, a tenant."""

    name: str
    value: Any
    exchanges: tuple[Mark, ...]
    reason: str


@dataclass(slots=True)
class Fit:
    """What some recordings show about a server."""

    switches: list[FittedSwitch] = field(default_factory=list)
    settings: list[FittedSetting] = field(default_factory=list)
    comparison: Comparison = field(default_factory=Comparison)
    scenario: dict[str, Any] = field(default_factory=dict)
    """The part of it that a scenario can express."""

    @property
    def exit_code(self) -> int:
        """0 if the simulator can be set to behave like this, 1 if it cannot, 2 without evidence."""
        if not self.comparison.compared:
            return 2
        contradicted = any(switch.verdict == "contradicted" for switch in self.switches)
        return 1 if contradicted or self.comparison.findings else 0

    @property
    def proven(self) -> dict[str, str]:
        """The switches whose value is proven."""
        return {
            switch.name: switch.value
            for switch in self.switches
            if switch.verdict == "proven" and switch.value is not None
        }


@dataclass(frozen=True, slots=True)
class _Explored:
    """One recording, after its exploration."""

    ready: Prepared
    exploration: Exploration
    explorer: Explorer

    @property
    def conversation(self) -> Conversation:
        return self.ready.conversation

    def mark(self, record: StepRecord) -> Mark:
        return Mark(self.conversation.name, record.step.number)


def fit(source: Source, recordings: Sequence[Prepared], space: Space | None = None) -> Fit:
    """Return what recordings of one server show about it."""
    space = space or Space()
    forms = id_forms(ready.conversation for ready in recordings)
    form = handed_out(forms)
    allowed = space.having(SERVICE_IDS, form) if forms else space.everything
    explored: list[_Explored] = []
    tenants: dict[str, Any] = {}
    for ready in recordings:
        search, more = _best(source, ready, form, space, allowed)
        tenants = tenants or more
        explored.append(search)
        allowed = search.exploration.allowed
    result = Fit()
    for search in explored:
        add_recording(result.comparison, search.ready, search.exploration.records, allowed)
        if search.exploration.is_bounded:
            last = search.exploration.records[-1].step.number
            result.comparison.notes.append(
                f"{search.conversation.name}: too much is uncertain after exchange {last}: "
                "the rest was not looked at"
            )
    result.switches = [
        _form_switch(forms, space, allowed)
        if switch.name == SERVICE_IDS
        else _switch(switch.name, space, allowed, explored)
        for switch in space.switches
    ]
    _contradict(result, space, allowed, explored)
    result.settings = _settings(explored, tenants)
    result.scenario = _scenario(result, tenants)
    return result


def _best(
    source: Source, ready: Prepared, form: ServiceIdForm, space: Space, allowed: Set
) -> tuple[_Explored, dict[str, Any]]:
    """Return the exploration of a recording, with tenants if that explains more."""
    candidates: list[dict[str, Any]] = [{}]
    if ready.beginning.tenants:
        named = [
            {
                "dbid": int(name) if name.isdigit() else 101 + place,
                "name": f"tenant {name}" if name.isdigit() else name,
            }
            for place, name in enumerate(ready.beginning.tenants)
        ]
        candidates.append({"settings": {"tenants": named}})
    tried: list[tuple[int, int, _Explored, dict[str, Any]]] = []
    for place, more in enumerate(candidates):
        replay, _ = replay_of(source, ready, form, more)
        explorer = Explorer(replay, space, ready.beginning.guessed)
        exploration = explorer.explore(ready.conversation.groups, allowed)
        unexplained = sum(
            bool(left_over(record, exploration.allowed)) for record in exploration.records
        )
        tried.append((unexplained, place, _Explored(ready, exploration, explorer), more))
    _, _, best, more = min(tried, key=lambda attempt: attempt[:2])
    return best, more


def _form_switch(forms: Mapping[str, Mark], space: Space, allowed: Set) -> FittedSwitch:
    """Return the switch for the form of ids: it is visible and need not be tried."""
    possible = space.values(SERVICE_IDS, allowed)
    marks = tuple(forms.values())
    if len(forms) > 1:
        reason = f"ids of {len(forms)} forms were given: {', '.join(forms)}"
        return FittedSwitch(
            SERVICE_IDS, "contradicted", None, possible, marks[:1], marks[1:], reason
        )
    if not forms:
        reason = "no exchange shows an id that the server gave"
        return FittedSwitch(
            SERVICE_IDS, "undecided", None, possible, reason=reason, decider=_SETTLED[SERVICE_IDS]
        )
    form = next(iter(forms))
    value = "integer" if form == "integer" else "conversation"
    reason = "" if form != "text" else "ids are text, though of another form"
    return FittedSwitch(SERVICE_IDS, "proven", value, (value,), marks, reason=reason)


def _switch(name: str, space: Space, allowed: Set, explored: Sequence[_Explored]) -> FittedSwitch:
    possible = space.values(name, allowed)
    if len(possible) == 1:
        value = possible[0]
        proofs: dict[Mark, None] = {}
        for other in space.choices(name):
            if other != value:
                changed = space.changed(allowed, name, value, other)
                proofs.update(dict.fromkeys(_excluding(changed, explored)))
        return FittedSwitch(name, "proven", value, possible, tuple(sorted(proofs)))
    is_exercised = any(
        name in record.read and not record.set_aside
        for search in explored
        for record in search.exploration.records
    )
    reason = "no exchange tells its values apart" if is_exercised else "no exchange exercises it"
    undecided = [
        switch.name for switch in space.switches if len(space.values(switch.name, allowed)) > 1
    ]
    partners = {
        next(partner for partner in pair if partner != name)
        for pair in space.entangled(allowed, undecided)
        if name in pair
    }
    if partners:
        reason = (
            f"it and {', '.join(sorted(partners))} mask each other: only together do they matter"
        )
    decider = _SETTLED.get(name, "")
    return FittedSwitch(name, "undecided", None, possible, reason=reason, decider=decider)


def _excluding(assignments: Set, explored: Sequence[_Explored]) -> list[Mark]:
    """Return the exchanges that exclude some assignments."""
    return [
        search.mark(record)
        for search in explored
        for record in search.exploration.records
        if record.excluded & assignments
    ]


def _contradict(result: Fit, space: Space, allowed: Set, explored: Sequence[_Explored]) -> None:
    """Find proven switches of which another value would explain a remaining difference."""
    left = {
        search.mark(record): keys_of(left_over(record, allowed))
        for search in explored
        for record in search.exploration.records
        if not record.set_aside and left_over(record, allowed)
    }
    if not left:
        return
    best = space.only(space.first(allowed))
    for place, switch in enumerate(result.switches):
        if switch.verdict != "proven" or switch.name == SERVICE_IDS or switch.value is None:
            continue
        against: dict[Mark, None] = {}
        values = space.choices(switch.name)
        for other in values:
            if other != switch.value:
                changed = space.changed(best, switch.name, switch.value, other)
                against.update(dict.fromkeys(_explained(changed, left, explored)))
        if against:
            reason = (
                f"{switch.value} explains {_listed(switch.exchanges)}, "
                f"another value {_listed(tuple(against))}"
            )
            result.switches[place] = FittedSwitch(
                switch.name,
                "contradicted",
                None,
                values,
                switch.exchanges,
                tuple(against),
                reason,
                _SETTLED.get(switch.name, ""),
            )


def _explained(
    assignments: Set, left: Mapping[Mark, frozenset[str]], explored: Sequence[_Explored]
) -> Iterator[Mark]:
    """Yield the exchanges of which less differs, or no longer the status, with some assignments."""
    for search in explored:
        for record in search.explorer.explore(search.conversation.groups, assignments).records:
            mark = search.mark(record)
            before = left.get(mark)
            now = keys_of(left_over(record, assignments))
            if record.set_aside or before is None or STATUS in now:
                continue
            if now < before or STATUS in before:
                yield mark


def _listed(marks: Sequence[Mark]) -> str:
    return ", ".join(str(mark) for mark in marks) or "nothing"


def _settings(explored: Sequence[_Explored], tenants: Mapping[str, Any]) -> list[FittedSetting]:
    """Return what recordings show in addition to the switches."""
    settings: list[FittedSetting] = []
    for search in explored:
        name = search.conversation.name
        for edition, root in search.conversation.found.roots.items():
            marks = [
                Mark(name, step.number) for step in search.conversation.steps if step.root == root
            ]
            if marks and root.base != BASE_PATHS[edition].rstrip("/"):
                settings.append(
                    FittedSetting(
                        f"base_paths.{edition}", root.base or "/", tuple(marks[:1]), "its requests"
                    )
                )
        settings += _first_ids(search.conversation)
        settings += _age(search.conversation)
        if search.ready.beginning.tenants and tenants:
            settings.append(
                FittedSetting("tenants", list(search.ready.beginning.tenants), (), "their headers")
            )
        for key in (
            "profile_attributes",
            "extension_schemas",
            "identification_keys",
            "business_attributes",
        ):
            if key in search.ready.beginning.document:
                settings.append(
                    FittedSetting(
                        key, search.ready.beginning.document[key], (), "as the server shows them"
                    )
                )
    return settings


def _first_ids(conversation: Conversation) -> list[FittedSetting]:
    """Return the first ids that the server assigned: the lowest of each kind."""
    settings = []
    for kind, members in (("service", "services"), ("state", "states"), ("task", "tasks")):
        given = [
            (made_id, Mark(conversation.name, step.number))
            for step in conversation.steps
            if not step.is_uncertain
            for made_id in getattr(step.made, members)
            if isinstance(made_id, int)
        ]
        if given:
            lowest, mark = min(given)
            settings.append(
                FittedSetting(f"first_ids.{kind}", lowest, (mark,), "the lowest that was given")
            )
    return settings


def _age(conversation: Conversation) -> list[FittedSetting]:
    """Return how long the server keeps services at least, if that is longer than assumed."""
    moment = Moment()
    oldest: tuple[int, Mark] | None = None
    for step in conversation.steps:
        response = step.exchange.response
        members = members_of(response.body) if response is not None else None
        for shown in members if isinstance(members, list) else [members]:
            started = shown.get("started") if isinstance(shown, dict) else None
            text = started.get("timestamp") if isinstance(started, dict) else None
            sent = step.exchange.request.body
            if not isinstance(text, str) or text.encode() in sent:
                continue
            try:
                age = step.at - moment(text)
            except UnfitError:
                continue
            if age > DEFAULT_EXPIRATION and (oldest is None or age > oldest[0]):
                oldest = age, Mark(conversation.name, step.number)
    if oldest is None:
        return []
    days = oldest[0] // 86_400_000 + 1
    return [FittedSetting("expiration", f"{days}d", (oldest[1],), "a service of that age is shown")]


def _scenario(result: Fit, tenants: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario that behaves like the server, as far as known."""
    scenario: dict[str, Any] = {"fidelity": result.proven}
    settings: dict[str, Any] = dict(tenants.get("settings", {}))
    for setting in result.settings:
        group, dot, name = setting.name.partition(".")
        if group == "base_paths":
            settings.setdefault("base_paths", {})[name] = setting.value
        elif group == "first_ids" and dot:
            first = scenario.setdefault("first_ids", {})
            first[name] = min(setting.value, first.get(name, setting.value))
        elif group == "expiration":
            settings["expiration"] = setting.value
        elif group != "tenants":
            scenario[setting.name] = setting.value
    if settings:
        scenario["settings"] = settings
    return scenario
