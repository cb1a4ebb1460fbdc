"""States: start, end, transition."""

from __future__ import annotations

from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.events import (
    ended,
    event_of,
    hint_unknown_state,
    refuse_completed,
    touch,
    with_extensions,
)
from cs_simulator.domain.members import kept
from cs_simulator.domain.model import NO_EXTENSIONS, Service, State, Submission
from cs_simulator.domain.transaction import Transaction, known_ids


def start_state(tx: Transaction, service: Service, submission: Submission) -> State:
    """Start a state; this ends no other state. Source: API Reference, *Start State*."""
    refuse_completed(tx, service, "state")
    previous = submission.values.get("previous_state_id")
    hint_unknown_state(tx, service, "previous_state_id", previous)
    return _started(tx, service, submission)


def end_state(tx: Transaction, service: Service, state: State, submission: Submission) -> State:
    """Complete a state. Source: API Reference, *Complete State*."""
    completed = ended(tx, state, submission, f"state {state.state_id}")
    tx.store.put_state(service.number, completed)
    tx.effect("ended", "state", state.state_id)
    touch(tx, service)
    return completed


def transition_state(
    tx: Transaction, service: Service, state_id: int, end: Submission, start: Submission
) -> State:
    """End one state and start the next, both or neither; return the started one.

    Source: API Reference, *Perform State Transition*; State Transition Event.
    """
    states = tx.store.states(service.number)
    state = states.get(state_id)
    if state is None:
        expected = f"a state of this service (it has {known_ids('state', states)})"
        raise BadValues([Problem("from.state_id", expected, state_id)])
    refuse_completed(tx, service, "state")
    tx.ids.require(1, "state")
    completed = ended(tx, state, end, f"state {state_id}")
    tx.store.put_state(service.number, completed)
    tx.effect("ended", "state", state_id)
    values = {**start.values, "previous_state_id": state_id}
    return _started(tx, service, start._replace(values=values))


def _started(tx: Transaction, service: Service, submission: Submission) -> State:
    state = State(
        values={"state_id": tx.ids.state(), **kept("State", submission.values)},
        started=event_of(submission.values, tx.now),
        extensions=with_extensions(tx.setup, NO_EXTENSIONS, submission.extensions),
    )
    tx.store.put_state(service.number, state)
    tx.effect("created", "state", state.state_id)
    touch(tx, service)
    return state
