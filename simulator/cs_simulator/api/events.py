"""Incoming start, end and transition events: their members, and a reader."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cs_simulator.api.editions import Edition
from cs_simulator.documents.problems import ABSENT, Problem, UnfitError
from cs_simulator.documents.values import Converter, as_text
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.events import admitted
from cs_simulator.domain.likely import MOST_NAMES, near_member
from cs_simulator.domain.members import MEMBERS, ORDER, RESERVED, EntityKind
from cs_simulator.domain.model import Submission
from cs_simulator.domain.records import admit_extensions
from cs_simulator.domain.transaction import Transaction
from cs_simulator.operations.row import Kind

if TYPE_CHECKING:
    from marshmallow import Schema

_KINDS: Mapping[EntityKind, Kind] = MappingProxyType(
    {"Service": "services", "State": "states", "Task": "tasks"}
)


class EventForm:
    """The members of one form of event, by their rows; other names are attached data or reserved.

    ``kind`` is what the event happens to: Service, State or Task. ``type_member`` is required in
    older editions. ``documents_limits`` tells whether the documents limit the length of its texts,
    ``fills_defaults`` whether an omitted business attribute gets its default, and ``needs_owner``
    whether the event must name a customer or a contact key.
    """

    def __init__(
        self,
        name: str,
        kind: EntityKind,
        *,
        type_member: str | None = None,
        documents_limits: bool = False,
        fills_defaults: bool = True,
        needs_owner: bool = False,
    ) -> None:
        self.name = name
        self.kind = kind
        self.extension_kind = _KINDS[kind]
        self.type_member = type_member
        self.documents_limits = documents_limits
        self.fills_defaults = fills_defaults
        self.needs_owner = needs_owner
        own = [member for member in MEMBERS if name in member.events]
        self.converters: Mapping[str, Converter] = {member.name: member.takes for member in own}
        self.limited = tuple(
            (member.name, member.limit) for member in own if member.limit is not None
        )
        self._schema: Schema | None = None

    def schema(self) -> Schema:
        """Return the marshmallow schema of the members; it is built at the first use.

        Importing marshmallow takes a seventh of the start-up time, so it waits for the first
        invalid event.
        """
        if self._schema is None:
            from cs_simulator.api.fields import schema_of

            self._schema = schema_of(self.name, self.converters)
        return self._schema

    def load(self, given: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Problem]]:
        """Return the members as marshmallow converts them, and the problems."""
        from cs_simulator.api.fields import load

        return load(self.schema(), given)


START_SERVICE = EventForm("StartService", "Service", type_member="service_type", needs_owner=True)
ASSOCIATE_SERVICE = EventForm("AssociateService", "Service", fills_defaults=False)
"""Members of a Service Start Event that an association may have: all but the timestamp."""
END_SERVICE = EventForm("EndService", "Service", documents_limits=True)
EXPIRATION = EventForm("Expiration", "Service")
"""The body of *Update Expiration Time*."""
START_STATE = EventForm("StartState", "State", type_member="state_type")
END_STATE = EventForm("EndState", "State", documents_limits=True)
TRANSITION = EventForm("Transition", "State")
"""The members of a State Transition Event that describe both sides."""
TRANSITION_FROM = EventForm("TransitionFrom", "State", documents_limits=True)
TRANSITION_TO = EventForm("TransitionTo", "State", type_member="state_type")
START_TASK = EventForm("StartTask", "Task", type_member="task_type")
END_TASK = EventForm("EndTask", "Task")


class EventReader:
    """Read the events of one body, and collect all problems before rejecting it.

    ``path_ids`` are the ids in the path; a body may repeat them without a hint.
    """

    def __init__(self, tx: Transaction, path_ids: Mapping[str, str], edition: Edition) -> None:
        self._tx = tx
        self._edition = edition
        self._path_ids = path_ids
        self._types_mandatory = edition.types_mandatory(tx.setup.fidelity)
        self._problems: list[Problem] = []
        self._ignored: list[str] = []

    def add(self, problem: Problem) -> None:
        """Add a problem that the caller found."""
        self._problems.append(problem)

    def event(
        self, form: EventForm, body: Mapping[str, Any], where: str = "", skip: str = ""
    ) -> Submission:
        """Return an event as it was submitted.

        ``where`` is prefixed to the members' names in errors. ``skip`` lists members, separated by
        spaces, that are read elsewhere.
        """
        problems: list[Problem] = []
        not_here = self._edition.ignored_members
        if not_here and not not_here.isdisjoint(body):
            self._ignored.extend(f"{where}{name}" for name in body if name in not_here)
            body = {name: value for name, value in body.items() if name not in not_here}
        sent = self._converted(form, body, where, problems)
        attached: dict[str, Any] = {}
        for name, value in body.items():
            if name in form.converters or name in skip.split():
                continue
            if name not in RESERVED:
                attached[name] = value
            elif value is not None and self._path_ids.get(name) != as_text(value):
                self._ignored.append(f"{where}{name}")
        for name in islice(attached, MOST_NAMES):
            near = near_member(name)
            if name == "type" and form.type_member not in body:
                near = form.type_member
            if near is not None:
                self._tx.hint(f"{where}{name} is attached data; did you mean {near}?")
        self._check_limits(form, sent, where, problems)
        members = form.converters
        values = admitted(
            self._tx.setup,
            form.kind,
            sent,
            members,
            fill=form.fills_defaults,
            problems=problems,
            where=where,
        )
        needed = form.type_member if self._types_mandatory else None
        if needed is not None and needed not in values and body.get(needed) is None:
            problems.append(Problem(f"{where}{needed}", "a value (required here)"))
        problems.sort(key=lambda problem: ORDER[problem.at[len(where) :]])
        if form.needs_owner:
            _demand_owner(values, where, problems)
        self._problems.extend(problems)
        extensions: Mapping[str, Any] = attached
        if attached and self._edition.extensions_have_schemas:
            extensions = self._admitted_extensions(form.extension_kind, attached, where)
        defaults = frozenset() if values is sent else frozenset(values.keys() - sent.keys())
        return Submission(values, extensions, defaults)

    def _admitted_extensions(
        self, kind: Kind, sent: Mapping[str, Any], where: str
    ) -> Mapping[str, Any]:
        """Return attached data normalised by its schemas, with names spelled as in the schemas."""
        admitted_values, problems = admit_extensions(self._tx.metadata, kind, sent)
        self._problems.extend(problem._replace(at=f"{where}{problem.at}") for problem in problems)
        return admitted_values

    def part(self, body: Mapping[str, Any], name: str, where: str = "") -> Mapping[str, Any] | None:
        """Return a member that must be an object; otherwise add a problem and return None."""
        value = body.get(name)
        if isinstance(value, dict):
            return value
        self.add(Problem(f"{where}{name}", "an object", ABSENT if value is None else value))
        return None

    def finish(self) -> None:
        """Add the hints for the events read; raise :exc:`BadValues` if there was any problem."""
        if self._ignored:
            names = ", ".join(self._ignored)
            self._tx.hint(f"ignored reserved members that this event does not use: {names}")
        if self._problems:
            raise BadValues(self._problems)

    def _converted(
        self,
        form: EventForm,
        body: Mapping[str, Any],
        where: str,
        problems: list[Problem],
    ) -> Mapping[str, Any]:
        """Return the known members, converted; null counts as absent.

        Valid members are converted here, in a tenth of the time that marshmallow needs. At the
        first invalid one, the whole event goes to marshmallow, which words every error.
        """
        converters = form.converters
        values: dict[str, Any] = {}
        try:
            for name, value in body.items():
                convert = converters.get(name)
                if convert is not None and value is not None:
                    values[name] = convert(value)
        except UnfitError:
            given = {
                name: value
                for name, value in body.items()
                if name in converters and value is not None
            }
            loaded, found = form.load(given)
            problems.extend(problem._replace(at=f"{where}{problem.at}") for problem in found)
            return loaded
        return values

    def _check_limits(
        self,
        form: EventForm,
        values: Mapping[str, Any],
        where: str,
        problems: list[Problem],
    ) -> None:
        policy = self._tx.setup.fidelity.string_limits
        if policy == "ignore":
            return
        strict = policy == "everywhere" or form.documents_limits
        for name, limit in form.limited:
            value = values.get(name)
            if value is None or len(value) <= limit:
                continue
            if strict:
                problems.append(
                    Problem(
                        f"{where}{name}", f"at most {limit} characters (it has {len(value)})", value
                    )
                )
            else:
                self._tx.hint(
                    f"{where}{name} has {len(value)} characters; the documented limit is {limit}"
                )


def _demand_owner(values: Mapping[str, Any], where: str, problems: list[Problem]) -> None:
    """Require an owner: a customer or a contact key, even one with an invalid value."""
    owners = {f"{where}customer_id", f"{where}contact_key"}
    if "customer_id" in values or "contact_key" in values:
        return
    if not any(problem.at in owners for problem in problems):
        names = f"{where}customer_id or {where}contact_key"
        problems.insert(0, Problem(names, "one of the two, so that the service has an owner"))


FORMS: Mapping[str, EventForm] = MappingProxyType(
    {
        form.name: form
        for form in (
            START_SERVICE,
            ASSOCIATE_SERVICE,
            END_SERVICE,
            EXPIRATION,
            START_STATE,
            END_STATE,
            START_TASK,
            END_TASK,
        )
    }
)
"""The forms of events that are the whole body of an operation, by the names that rows use."""
