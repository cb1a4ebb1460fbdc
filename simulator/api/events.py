"""What comes in: the start, end and transition events, as marshmallow schemas and a reader.

Source: Start Event List, End Event List, State Transition Event, Composite Start Event.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import INCLUDE, Schema, ValidationError

from simulator.api.fields import Member, problems_of
from simulator.domain.errors import BadValues, Problem
from simulator.domain.events import admitted
from simulator.domain.members import CONVERTERS, LIMITS, RESERVED
from simulator.domain.model import Submission
from simulator.domain.transaction import Transaction
from simulator.domain.values import Converter, UnfitError, as_text

_ORDER: Mapping[str, int] = MappingProxyType(
    {name: position for position, name in enumerate(CONVERTERS)}
)
"""The order of members in the documents' tables, and so in errors."""


def _member(name: str) -> Member:
    return Member(CONVERTERS[name])


class EventSchema(Schema):
    """The members that an event knows; every other one is attached data or a reserved name."""

    class Meta:
        """Leave unknown members to the reader."""

        unknown = INCLUDE

    kind: ClassVar[str]
    """What it happens to: Service, State or Task."""
    type_member: ClassVar[str | None] = None
    """The member that is mandatory in older editions."""
    documents_limits: ClassVar[bool] = False
    """Whether the documents give this event's texts a length."""
    fills_defaults: ClassVar[bool] = True
    """Whether the default of a business attribute stands for a member that was omitted."""

    def __init__(self) -> None:
        super().__init__()
        self.converters: dict[str, Converter] = {
            name: field.converter
            for name, field in self.fields.items()
            if isinstance(field, Member)
        }
        self.limited = tuple((name, LIMITS[name]) for name in self.converters if name in LIMITS)


class SharedEvent(EventSchema):
    """What every start and end may carry."""

    session_id = _member("session_id")
    interaction_id = _member("interaction_id")
    application_type = _member("application_type")
    application_id = _member("application_id")
    resource_type = _member("resource_type")
    resource_id = _member("resource_id")
    media_type = _member("media_type")


class StartService(SharedEvent):
    """Service Start Event."""

    kind = "Service"
    type_member = "service_type"

    customer_id = _member("customer_id")
    contact_key = _member("contact_key")
    service_type = _member("service_type")
    est_duration = _member("est_duration")
    timestamp = _member("timestamp")
    ttl = _member("ttl")
    expiration_time = _member("expiration_time")
    auto_complete_after = _member("auto_complete_after")


class AssociateService(SharedEvent):
    """What of a Service Start Event may come with an association: all but its timestamp."""

    kind = "Service"
    fills_defaults = False

    customer_id = _member("customer_id")
    contact_key = _member("contact_key")
    service_type = _member("service_type")
    est_duration = _member("est_duration")


class EndService(SharedEvent):
    """Service End Event."""

    kind = "Service"
    documents_limits = True

    disposition = _member("disposition")
    disposition_desc = _member("disposition_desc")
    timestamp = _member("timestamp")
    ttl = _member("ttl")
    expiration_time = _member("expiration_time")


class Expiration(EventSchema):
    """The body of *Update Expiration Time*."""

    kind = "Service"

    ttl = _member("ttl")
    expiration_time = _member("expiration_time")


class StartState(SharedEvent):
    """State Start Event."""

    kind = "State"
    type_member = "state_type"

    state_type = _member("state_type")
    previous_state_id = _member("previous_state_id")
    est_duration = _member("est_duration")
    timestamp = _member("timestamp")


class EndState(SharedEvent):
    """State End Event."""

    kind = "State"
    documents_limits = True

    disposition = _member("disposition")
    disposition_desc = _member("disposition_desc")
    timestamp = _member("timestamp")


class Transition(SharedEvent):
    """What a State Transition Event says of both sides."""

    kind = "State"

    timestamp = _member("timestamp")


class TransitionFrom(EventSchema):
    """The side of a State Transition Event that ends."""

    kind = "State"
    documents_limits = True

    state_id = _member("state_id")
    disposition = _member("disposition")
    disposition_desc = _member("disposition_desc")


class TransitionTo(EventSchema):
    """The side of a State Transition Event that starts."""

    kind = "State"
    type_member = "state_type"

    state_type = _member("state_type")
    est_duration = _member("est_duration")


class StartTask(SharedEvent):
    """Task Start Event."""

    kind = "Task"
    type_member = "task_type"

    state_id = _member("state_id")
    task_type = _member("task_type")
    est_duration = _member("est_duration")
    timestamp = _member("timestamp")


class EndTask(SharedEvent):
    """Task End Event."""

    kind = "Task"

    state_id = _member("state_id")
    disposition = _member("disposition")
    disposition_desc = _member("disposition_desc")
    timestamp = _member("timestamp")


START_SERVICE = StartService()
ASSOCIATE_SERVICE = AssociateService()
END_SERVICE = EndService()
EXPIRATION = Expiration()
START_STATE = StartState()
END_STATE = EndState()
TRANSITION = Transition()
TRANSITION_FROM = TransitionFrom()
TRANSITION_TO = TransitionTo()
START_TASK = StartTask()
END_TASK = EndTask()


class EventReader:
    """Read the events of one body, and collect what is wrong with them before refusing it.

    ``path_ids`` are the ids that the path names: a body may repeat them without a hint.
    """

    def __init__(
        self, tx: Transaction, path_ids: Mapping[str, str], *, types_mandatory: bool
    ) -> None:
        self._tx = tx
        self._path_ids = path_ids
        self._types_mandatory = types_mandatory
        self._problems: list[Problem] = []
        self._found_before = 0  # problems of the events before the one that was read last
        self._ignored: list[str] = []

    def add(self, problem: Problem) -> None:
        """Add a problem that the caller found."""
        self._problems.append(problem)

    def event(
        self, schema: EventSchema, body: Mapping[str, Any], where: str = "", skip: str = ""
    ) -> Submission:
        """Return an event as it was submitted.

        ``where`` is put before its members' names in errors; ``skip`` names members, separated
        by blanks, that are someone else's.
        """
        self._found_before = len(self._problems)
        problems: list[Problem] = []
        values = self._converted(schema, body, where, problems)
        extensions = {}
        for name, value in body.items():
            if name in schema.converters or name in skip.split():
                continue
            if name not in RESERVED:
                extensions[name] = value
            elif value is not None and self._path_ids.get(name) != as_text(value):
                self._ignored.append(f"{where}{name}")
        self._check_limits(schema, values, where, problems)
        members = schema.converters
        values = admitted(
            self._tx.setup,
            schema.kind,
            values,
            members,
            fill=schema.fills_defaults,
            problems=problems,
            where=where,
        )
        needed = schema.type_member if self._types_mandatory else None
        if needed is not None and needed not in values and body.get(needed) is None:
            problems.append(Problem(f"{where}{needed}", "a value: it is mandatory here"))
        if problems:
            problems.sort(key=lambda problem: _ORDER[problem.member[len(where) :]])
            self._problems.extend(problems)
        return Submission(values, extensions)

    def part(self, body: Mapping[str, Any], name: str, where: str = "") -> Mapping[str, Any] | None:
        """Return a member that must be an object; None, and a problem, where it is not."""
        value = body.get(name)
        if isinstance(value, dict):
            return value
        if value is None:
            self.add(Problem(f"{where}{name}", "an object"))
        else:
            self.add(Problem(f"{where}{name}", "an object", value))
        return None

    def owned(self, submission: Submission, where: str = "") -> Submission:
        """Demand that the service just read has an owner: a customer or a contact key."""
        values = submission.values
        if "customer_id" not in values and "contact_key" not in values:
            bad = {problem.member for problem in self._problems}
            if not bad & {f"{where}customer_id", f"{where}contact_key"}:
                names = f"{where}customer_id or {where}contact_key"
                problem = Problem(names, "a value: a service needs one of the two")
                self._problems.insert(self._found_before, problem)
        return submission

    def finish(self) -> None:
        """Give the hints of what was read; raise :exc:`BadValues` where anything was wrong."""
        if self._ignored:
            names = ", ".join(self._ignored)
            self._tx.hint(f"reserved names ignored in this event: {names}")
        if self._problems:
            raise BadValues(self._problems)

    def _converted(
        self,
        schema: EventSchema,
        body: Mapping[str, Any],
        where: str,
        problems: list[Problem],
    ) -> Mapping[str, Any]:
        """Return the known members, converted; null counts as absent.

        What is well-formed is converted here, at a tenth of what marshmallow takes for it. The
        first thing that is not sends the whole event to marshmallow, which words every error.
        """
        converters = schema.converters
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
            try:
                values = schema.load(given)
            except ValidationError as error:
                found = problems_of(error)
                problems.extend(
                    Problem(f"{where}{problem.member}", problem.expected, problem.got)
                    for problem in found
                )
                valid = error.valid_data
                values = valid if isinstance(valid, dict) else {}
        return values

    def _check_limits(
        self,
        schema: EventSchema,
        values: Mapping[str, Any],
        where: str,
        problems: list[Problem],
    ) -> None:
        policy = self._tx.setup.fidelity.string_limits
        if policy == "ignore":
            return
        strict = policy == "everywhere" or schema.documents_limits
        for name, limit in schema.limited:
            value = values.get(name)
            if value is None or len(value) <= limit:
                continue
            if strict:
                problems.append(
                    Problem(
                        f"{where}{name}", f"at most {limit} characters, not {len(value)}", value
                    )
                )
            else:
                self._tx.hint(f"{where}{name} has {len(value)} characters, documented are {limit}")
