"""What start and end events have in common, for services, states and tasks."""

from __future__ import annotations

from collections.abc import Collection

from cs_simulator.clock import Instant
from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import WrongCase
from cs_simulator.domain.members import EntityKind, Values, kept
from cs_simulator.domain.model import (
    Entity,
    Event,
    Extensions,
    Retention,
    Service,
    SomeEntity,
    Submission,
)
from cs_simulator.domain.setup import Setup
from cs_simulator.domain.transaction import Transaction


def event_of(values: Values, now: Instant) -> Event:
    """Return a submitted event; a missing timestamp is taken from the world's clock."""
    timestamp = values.get("timestamp")
    return Event(now if timestamp is None else timestamp, kept("event", values))


def updated_event(event: Event, values: Values) -> Event:
    """Return an event updated with the members that were sent; its timestamp stays."""
    changed = kept("event", values)
    return Event(event.timestamp, {**event.values, **changed}) if changed else event


def with_extensions(setup: Setup, stored: Extensions, sent: Extensions) -> Extensions:
    """Return attached data after an event: a value that was sent replaces the one of that name."""
    if not sent:
        return stored
    merged = {**stored, **sent}
    if setup.fidelity.null_extension == "remove":
        merged = {name: value for name, value in merged.items() if value is not None}
    return merged


def ended(tx: Transaction, entity: SomeEntity, submission: Submission, what: str) -> SomeEntity:
    """Return a completed entity.

    Completing it again updates its end event; members that are not sent again stay
    (``end_twice=accept``, assumed: an end "may update"). With ``reject``, it raises
    :exc:`WrongCase`.
    """
    if entity.completed is not None:
        if tx.setup.fidelity.end_twice == "reject":
            text = f"{what[0].upper()}{what[1:]} is already completed"
            raise WrongCase(text, "allowed with fidelity end_twice=accept")
        tx.hint(f"{what} was already completed; its end event was updated")
    values, completed = _end_of(entity, submission, tx.now)
    was_hinted = entity.completed is not None and "timestamp" not in values
    if completed.timestamp < entity.started.timestamp and not was_hinted:
        tx.hint(f"{what} ends before it started; duration set to 0")
    return entity._replace(
        completed=completed,
        values={**entity.values, **kept("end", values)},
        extensions=with_extensions(tx.setup, entity.extensions, submission.extensions),
    )


def _end_of(entity: Entity, submission: Submission, now: Instant) -> tuple[Values, Event]:
    """Return the end of an entity, merged over an earlier one."""
    values = submission.values
    if entity.completed is None:
        return values, event_of(values, now)
    sent = {name: value for name, value in values.items() if name not in submission.defaults}
    timestamp = sent.get("timestamp", entity.completed.timestamp)
    return sent, updated_event(entity.completed, sent)._replace(timestamp=timestamp)


def refuse_completed(tx: Transaction, service: Service, what: str) -> None:
    """Hint at a start on a completed service, or reject it (``start_on_completed``)."""
    if service.completed is None:
        return
    if tx.setup.fidelity.start_on_completed == "reject":
        raise WrongCase(
            f"Service {service.service_id} is completed; cannot start a {what} on it",
            "allowed with fidelity start_on_completed=accept",
        )
    tx.hint(f"{what} started on a completed service")


def hint_unknown_state(
    tx: Transaction, service: Service, member: str, state_id: int | None
) -> None:
    """Add a hint if a member refers to a state that its service does not have."""
    if state_id is not None and state_id not in tx.store.states(service.number):
        tx.hint(f"{member} {state_id} is not a state of this service")


def touch(tx: Transaction, service: Service) -> None:
    """Restart the service's retention period: an event of it, or in it, was processed."""
    retention = service.retention
    if retention.touched != tx.now or retention.counted_from != tx.now:
        tx.store.replace_service(service._replace(retention=touched(retention, tx.now)))


def touched(retention: Retention, now: Instant) -> Retention:
    """Return a retention that counts from ``now``."""
    return Retention(now, now, retention.lifetime, retention.expires, retention.idle)


def expiring(retention: Retention, values: Values, now: Instant) -> Retention:
    """Return a retention with the ``ttl`` or ``expiration_time`` that was sent; ttl wins."""
    if "ttl" in values:
        lifetime = values["ttl"] * 1000
        return Retention(retention.touched, now, lifetime, None, retention.idle)
    if "expiration_time" in values:
        expires = values["expiration_time"]
        return Retention(retention.touched, now, None, expires, retention.idle)
    return retention


def admitted(
    setup: Setup,
    kind: EntityKind,
    values: Values,
    members: Collection[str],
    *,
    fill: bool,
    problems: list[Problem],
    where: str,
) -> Values:
    """Return values after applying business attributes: DB ids of mapped values, and defaults.

    ``members`` are those that the event accepts; ``fill`` adds defaults for omitted mapped ones. A
    value that is not in its attribute becomes a problem, unless the setting ``data_validation`` is
    off; then it is kept unchanged.
    """
    if not setup.attributes:
        return values
    result = dict(values)
    for member, attribute in setup.attributes.of_kind(kind).items():
        if member not in members:
            continue
        given = values.get(member)
        if given is None:
            if fill and attribute.default is not None:
                value = attribute.value(attribute.default)
                result[member] = attribute.default if value is None else value.dbid
            continue
        value = attribute.value(given)
        if value is not None:
            result[member] = value.dbid
        elif setup.data_validation:
            expected = f"a value of business attribute {attribute.name}: {attribute.choices()}"
            problems.append(Problem(f"{where}{member}", expected, given))
    return result
