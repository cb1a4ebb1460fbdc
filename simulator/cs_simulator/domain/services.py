"""Services: start, end, associate, delete, and what happens to them by itself.

Nothing runs in the background. Before each operation, everything due since the last one happens, in
order of time; at equal times completion comes before expiration, then the order is that of
creation. Source: User Guide, *Autocompleting Services*, *Conversation Expiration*.
"""

from __future__ import annotations

from cs_simulator.clock import Instant
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import SURROGATE, Integer, LongOrText
from cs_simulator.domain.errors import Conflict
from cs_simulator.domain.events import (
    ended,
    event_of,
    expiring,
    touched,
    updated_event,
    with_extensions,
)
from cs_simulator.domain.members import Values, kept
from cs_simulator.domain.model import NO_EXTENSIONS, Event, Service, Submission
from cs_simulator.domain.store import AUTO_COMPLETE, Gone
from cs_simulator.domain.transaction import Transaction

LAST_OWN_SERVICE = 2**62
"""The largest id that a client may choose for a service; as many are left for the server."""
NO_IDS = ("start", "anonymous")
"""Words that can follow ``services`` in a path in place of an id."""

_LONGEST_ID = 64
_OWN_NUMBER = Integer(64, minimum=0)
_OWN_TEXT = LongOrText()


def start_service(
    tx: Transaction, submission: Submission, own_id: int | str | None = None
) -> Service:
    """Start a service for a customer or an anonymous contact.

    Starting the same one twice creates two. Source: API Reference, *Start Service*. ``own_id`` is
    the id that the client chose for it (``custom_ids=accept``).
    """
    values = submission.values
    service_type = values.get("service_type")
    idle = values.get("auto_complete_after")
    retention = tx.setup.retention(tx.now, service_type, None if idle is None else idle * 1000)
    number, service_id = tx.ids.service() if own_id is None else _numbered(tx, own_id)
    service = Service(
        number=number,
        values={"service_id": service_id, **kept("Service", values)},
        started=event_of(values, tx.now),
        retention=expiring(retention, values, tx.now),
        extensions=with_extensions(tx.setup, NO_EXTENSIONS, submission.extensions),
    )
    tx.store.add_service(service)
    tx.effect("created", "service", service_id)
    return service


def own_service_id(tx: Transaction, given: object) -> int | str:
    """Return the id that a client chose for a service, as it is stored; or raise :exc:`UnfitError`.

    The vendor has an option ``allow-custom-ids``; the documents do not say for which operations.
    """
    if tx.setup.fidelity.custom_ids == "reject":
        raise UnfitError("no customer_id: the server assigns it")
    if tx.ids.form == "integer":
        number = _OWN_NUMBER(given)
        if not 0 <= number <= LAST_OWN_SERVICE:
            raise UnfitError(f"an integer from 0 to {LAST_OWN_SERVICE}")
        return number
    text = str(_OWN_TEXT(given))
    # A path could never name a word that stands in place of an id, or half a character.
    if not 1 <= len(text) <= _LONGEST_ID or text in NO_IDS or SURROGATE.search(text):
        raise UnfitError(f"1 to {_LONGEST_ID} characters, and not {', '.join(NO_IDS)}")
    return text


def _numbered(tx: Transaction, own_id: int | str) -> tuple[int, int | str]:
    """Return the internal number of a service with a chosen id, and that id."""
    if tx.store.number_of(own_id) is not None:
        raise Conflict(f"Service {own_id} already exists")
    if not isinstance(own_id, int):
        return tx.ids.service()[0], own_id
    tx.ids.reserve(service=own_id)
    return own_id, own_id


def end_service(tx: Transaction, service: Service, submission: Submission) -> Service:
    """Complete a service; its states and tasks stay as they are (``end_service_cascades=false``).

    A hint says so if some are active: the documents do not tell what becomes of them. Source:
    API Reference, *Complete Service*.
    """
    completed = ended(tx, service, submission, f"service {service.service_id}")
    retention = expiring(touched(service.retention, tx.now), submission.values, tx.now)
    completed = completed._replace(retention=retention)
    tx.store.replace_service(completed)
    tx.effect("ended", "service", service.service_id)
    if tx.setup.fidelity.end_service_cascades == "true" and completed.completed is not None:
        complete_parts(tx, service.number, completed.completed.timestamp)
    else:
        _hint_active_parts(tx, service)
    return completed


def _hint_active_parts(tx: Transaction, service: Service) -> None:
    """Add a hint if a service that is completed has states or tasks that are not."""
    states = sum(each.completed is None for each in tx.store.states(service.number).values())
    tasks = sum(each.completed is None for each in tx.store.tasks(service.number).values())
    active = [(states, "state"), (tasks, "task")]
    counts = [f"{count} {kind}{'' if count == 1 else 's'}" for count, kind in active if count]
    if counts:
        verb = "is" if states + tasks == 1 else "are"
        tx.hint(
            f"service {service.service_id} is completed, but {' and '.join(counts)} in it {verb} "
            "still active (end_service_cascades=false)"
        )


def complete_parts(tx: Transaction, number: int, timestamp: Instant) -> None:
    """Complete the active states and tasks of a service at an instant, without disposition."""
    end = Event(timestamp)
    states = [each for each in tx.store.states(number).values() if each.completed is None]
    if states:
        tx.store.put_states(number, [each._replace(completed=end) for each in states])
        for state in states:
            tx.effect("ended", "state", state.state_id)
    tasks = [each for each in tx.store.tasks(number).values() if each.completed is None]
    if tasks:
        tx.store.put_tasks(number, [each._replace(completed=end) for each in tasks])
        for task in tasks:
            tx.effect("ended", "task", task.task_id)


def associate_service(
    tx: Transaction, service: Service, customer_id: str, submission: Submission
) -> Service:
    """Attach a service to a customer, whoever owned it before, and update it with what was sent.

    Source: API Reference, *Associate Service*.
    """
    values = submission.values
    if values.get("customer_id", customer_id) != customer_id:
        tx.hint("customer_id in the body differs from the path; the path wins")
    associated = service._replace(
        values={**service.values, **kept("Service", values), "customer_id": customer_id},
        started=updated_event(service.started, values),
        retention=touched(service.retention, tx.now),
        extensions=with_extensions(tx.setup, service.extensions, submission.extensions),
    )
    tx.store.replace_service(associated)
    tx.effect("changed", "service", service.service_id)
    return associated


def update_expiration(tx: Transaction, service: Service, values: Values) -> None:
    """Set when a service expires; this overrides what was set or configured before.

    The seconds of a ttl count from now, and again from each later event of the service. Source: API
    Reference, *Update Expiration Time of a Service*.
    """
    if not values:
        tx.hint("neither ttl nor expiration_time was sent; nothing changed")
        return
    retention = expiring(service.retention, values, tx.now)
    tx.store.replace_service(service._replace(retention=retention))
    tx.effect("changed", "service", service.service_id)


def delete_service(tx: Transaction, service: Service) -> None:
    """Delete a service with its states and tasks. Source: API Reference, *Delete Service*."""
    tx.store.delete_service(service.number, Gone("deleted", tx.now))
    tx.effect("deleted", "service", service.service_id)


def settle(tx: Transaction) -> None:
    """Carry out everything that is due by now.

    A service that completes by itself completes with its active states and tasks, at the moment it
    was due (assumed). This is not an event of the service: its expiration does not move.
    """
    while True:
        due = tx.store.first_due()
        if due is None or due[0] > tx.now:
            return
        moment, what, number = due
        if what == AUTO_COMPLETE:
            service = tx.store.service(number)
            tx.store.replace_service(service._replace(completed=Event(moment)))
            complete_parts(tx, number, moment)
        else:
            tx.store.delete_service(number, Gone("expired", moment))
