"""The state before a recording began, as far as it shows: the scenario of its replay.

Services and customers that the recording did not create are preloaded as they are first shown. One
that was changed before it was shown is known only in part, and nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from cs_simulator.clock import format_instant
from cs_simulator.documents.problems import DocumentError
from cs_simulator.domain.members import RESERVED
from cs_simulator.domain.profiles import PREDEFINED_ATTRIBUTES
from cs_simulator.har.exchanges import header
from cs_simulator.recording.conversation import SUCCESS, Conversation, ConversationStep, members_of
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader

Members = dict[str, Any]

_LISTS = ("active_states", "completed_states", "active_tasks", "completed_tasks")
_ENTITY = ("est_duration", "started", "completed", "disposition", "disposition_desc")
_SERVICE = ("service_type", "customer_id", "contact_key", *_ENTITY)
_STATE = ("state_type", "previous_state_id", *_ENTITY)
_TASK = ("task_type", "state_id", *_ENTITY)
_TENANT_HEADER = "ContactCenterId"


@dataclass(slots=True)
class Beginning:
    """The beginning of a replay, and how much of it is certain."""

    document: Members = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()
    """What is known only in part, such as ``service 95``."""
    seen: list[str] = field(default_factory=list)
    """What existed before, and is preloaded."""
    tenants: tuple[str, ...] = ()
    """The tenants that requests name."""
    notes: list[str] = field(default_factory=list)


def beginning_of(conversation: Conversation) -> Beginning:
    """Return the state before a conversation began."""
    finder = _Finder()
    for step in conversation.steps:
        finder.take(step)
    return finder.beginning()


class _Finder:
    """Go through a conversation once, and collect what it shows but did not create."""

    def __init__(self) -> None:
        self._made: set[str] = set()
        self._touched: set[str] = set()
        self._services: dict[str, Members] = {}
        self._customers: dict[str, Members] = {}
        self._guessed: set[str] = set()
        self._document: Members = {}
        self._schemas: dict[str, list[Members]] = {}
        self._changed_schemas: set[str] = set()
        self._extensions: set[str] = set()
        self._tenants: dict[str, None] = {}

    def take(self, step: ConversationStep) -> None:
        """Learn from one step what existed before it."""
        exchange = step.exchange
        tenant = header(exchange.request.headers, _TENANT_HEADER)
        if tenant:
            self._tenants.setdefault(tenant)
        response = exchange.response
        own = set(step.made.names)
        if response is None or response.status not in SUCCESS:
            self._made |= own
            return
        members = members_of(response.body)
        if step.is_write and isinstance(members, dict) and "customer_id" in members:
            own.add(f"customer {members['customer_id']}")  # it may be one that the client chose
        self._metadata(step, members)
        if not step.is_write:
            self._look(members, step)
        named = next(
            (name for name in step.names if name.startswith("service ") and _in_path(name, step)),
            None,
        )
        for name in (named, _customer_in(step)):
            if name is not None and name not in self._made:
                known = name in self._services or name in self._customers
                if not known and name not in own:
                    self._guess(name, step)
                if step.is_write:
                    self._touched.add(name)
        self._composite(members, own)
        self._made |= own

    def _look(self, members: Any, step: ConversationStep) -> None:
        for shown in members if isinstance(members, list) else [members]:
            if not isinstance(shown, dict):
                continue
            if "service_id" in shown and "started" in shown:
                self._see_service(shown)
            elif "customer_id" in shown and step.path.startswith("/profiles"):
                self._see_customer(shown)

    def _see_service(self, shown: Members) -> None:
        name = f"service {shown['service_id']}"
        if name in self._made or name in self._guessed or name in self._touched:
            return
        known = self._services.setdefault(name, {"service_id": shown["service_id"]})
        if "task_id" in shown:
            _add(known, "tasks", "task_id", _part(shown, "task_id", _TASK))
        elif "state_id" in shown:
            _add(known, "states", "state_id", _part(shown, "state_id", _STATE))
        else:
            known.update(_part(shown, "service_id", _SERVICE, known.get("extensions")))
            for kind in _LISTS:
                for inner in shown.get(kind) or ():
                    part, members = ("state_id", _STATE) if "states" in kind else ("task_id", _TASK)
                    _add(known, kind.partition("_")[2], part, _part(inner, part, members))

    def _see_customer(self, shown: Members) -> None:
        name = f"customer {shown['customer_id']}"
        if name in self._made or name in self._guessed or name in self._touched:
            return
        known = self._customers.setdefault(name, {})
        for key, value in shown.items():
            if key == "customer_id" or not _is_extension(value):
                known[key] = value
            else:
                known.setdefault("extensions", {})[key] = value
                self._extensions.add(key)

    def _guess(self, name: str, step: ConversationStep) -> None:
        self._guessed.add(name)
        kind, _, own = name.partition(" ")
        if kind == "customer":
            self._customers[name] = {"customer_id": own}
        else:
            service_id: Any = int(own) if own.isdigit() else own
            started = {"timestamp": format_instant(step.at)}
            self._services[name] = {"service_id": service_id, "started": started}

    def _composite(self, members: Any, own: set[str]) -> None:
        """Collect what a composite start found rather than created."""
        elements = members.get("services") if isinstance(members, dict) else None
        for element in elements if isinstance(elements, list) else ():
            part = element.get("service") if isinstance(element, dict) else None
            if isinstance(part, dict) and "service_id" in part:
                name = f"service {part['service_id']}"
                if name not in self._made and name not in own and name not in self._services:
                    self._guessed.add(name)

    def _metadata(self, step: ConversationStep, members: Any) -> None:
        """Collect attributes, schemas and keys that the server shows."""
        path = step.path.rstrip("/")
        if not path.startswith("/metadata/"):
            return
        if step.is_write:
            self._changed_schemas.add(path.split("/extensions")[0])
            return
        if path in self._changed_schemas or not isinstance(members, list):
            return
        if path == "/metadata/profiles":
            self._document.setdefault(
                "profile_attributes", [_attribute(member) for member in members]
            )
        elif path.endswith("/extensions"):
            kind = path.split("/")[2]
            self._schemas.setdefault(kind, [_schema(member) for member in members])
        elif path == "/metadata/identification-keys":
            self._document.setdefault("identification_keys", members)
        elif path == "/metadata/business-attributes" and not step.exchange.request.query:
            self._document.setdefault(
                "business_attributes", dict(_business_attribute(member) for member in members)
            )

    def beginning(self) -> Beginning:
        """Return what was collected."""
        document = dict(self._document)
        if self._schemas:
            document["extension_schemas"] = self._schemas
        if self._customers:
            document["customers"] = list(self._customers.values())
            self._declare(document)
        if self._services:
            document["services"] = [_with_retention(service) for service in self._services.values()]
        seen = [*self._services, *self._customers]
        return Beginning(document, frozenset(self._guessed), seen, tuple(self._tenants))

    def _declare(self, document: Members) -> None:
        """Declare the attributes that customers have, if the recording does not show them."""
        if "profile_attributes" in document:
            return
        names = {name for customer in self._customers.values() for name in customer}
        others = sorted(names - {"customer_id", "extensions", *PREDEFINED_ATTRIBUTES})
        if others:
            document["profile_attributes"] = [
                {"name": name, "type": "string"} for name in (*PREDEFINED_ATTRIBUTES, *others)
            ]


def _in_path(name: str, step: ConversationStep) -> bool:
    return f"/services/{name.partition(' ')[2]}" in unquote(step.path)


def _customer_in(step: ConversationStep) -> str | None:
    segments = step.path.split("/")
    if len(segments) > 2 and segments[1] == "profiles" and segments[2] != "import":
        return f"customer {unquote(segments[2])}"
    return None


def _is_extension(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def _part(shown: Members, own_id: str, members: Sequence[str], before: Any = None) -> Members:
    """Return an entity in the form of a scenario: with attached data separate from the members."""
    part = {own_id: shown[own_id]} if own_id in shown else {}
    part.update({name: shown[name] for name in members if name in shown})
    extensions = dict(before or {})
    extensions.update({name: value for name, value in shown.items() if name not in RESERVED})
    if extensions:
        part["extensions"] = extensions
    return part


def _add(known: Members, kind: str, own_id: str, part: Members) -> None:
    others = [other for other in known.get(kind, ()) if other.get(own_id) != part.get(own_id)]
    known[kind] = [*others, part]


def _with_retention(service: Members) -> Members:
    """Return a service that is preloaded as it was, whoever its customer is."""
    started = service.get("started")
    touched = started.get("timestamp") if isinstance(started, dict) else None
    return {**service, "retention": {"touched": touched or "2000-01-01T00:00:00Z"}}


def _attribute(shown: Any) -> Members:
    names = ("name", "type", "default", "length", "mandatory", "encrypt")
    return {name: shown[name] for name in names if name in shown} if isinstance(shown, dict) else {}


def _schema(shown: Any) -> Members:
    if not isinstance(shown, dict):
        return {}
    members = {name: shown[name] for name in ("name", "type", "unique") if name in shown}
    members["attributes"] = [_attribute(attribute) for attribute in shown.get("attributes") or ()]
    return members


def _business_attribute(shown: Any) -> tuple[str, Members]:
    given: Mapping[str, Any] = shown if isinstance(shown, dict) else {}
    names = ("dbid", "display_name", "description", "cv_attributes", "values")
    return str(given.get("name", "")), {name: given[name] for name in names if name in given}


def scenario_of(
    loader: ScenarioLoader, beginning: Beginning, extends: str | None, more: Mapping[str, Any]
) -> LoadedScenario:
    """Return the scenario of a replay, merged over a given one; omit what does not fit.

    Raises :exc:`DocumentError` if the given one is invalid.
    """
    own: Members = dict(beginning.document)
    base: Members = {} if extends is None else {"extends": extends}
    while True:
        try:
            document = loader.catalogue.resolve({**base, **own, **more}, "recording")
            return loader.build(document, "recording", "recording")
        except DocumentError as error:
            wrong = next(
                (
                    key
                    for key in own
                    if any(problem.at.startswith(key) for problem in error.problems)
                ),
                None,
            )
            if wrong is None:
                raise
            beginning.notes.append(f"cannot set up {wrong} of the recording: {error}")
            del own[wrong]
