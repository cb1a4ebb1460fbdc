"""Operations on states. Contract section 5."""

from __future__ import annotations

from cs_simulator.api.calls import Call, Reply, created, done, shows
from cs_simulator.api.events import (
    TRANSITION,
    TRANSITION_FROM,
    TRANSITION_TO,
)
from cs_simulator.documents.problems import Problem
from cs_simulator.domain import states
from cs_simulator.domain.model import Submission
from cs_simulator.domain.queries import Parts, states_of, view_state


def start_state(call: Call) -> Reply:
    """Start a state."""
    service = call.service()
    state = states.start_state(call.tx, service, call.event())
    location = call.location(service, "states", state.state_id)
    return created({"state_id": state.state_id}, location)


def end_state(call: Call) -> Reply:
    """Complete a state."""
    service = call.service()
    state = call.state(service)
    states.end_state(call.tx, service, state, call.event())
    return done()


def transition_state(call: Call) -> Reply:
    """End one state and start the next."""
    service = call.service()
    reader = call.reader()
    shared = reader.event(TRANSITION, call.body, skip="from to")
    ends = reader.part(call.body, "from")
    end = Submission({}, {}) if ends is None else reader.event(TRANSITION_FROM, ends, "from.")
    if ends is not None and "state_id" not in end.values and ends.get("state_id") is None:
        reader.add(Problem("from.state_id", "the id of the state that ends"))
    starts = reader.part(call.body, "to")
    start = Submission({}, {}) if starts is None else reader.event(TRANSITION_TO, starts, "to.")
    reader.finish()
    state = states.transition_state(
        call.tx,
        service,
        end.values["state_id"],
        _both(shared, end),
        _both(shared, start),
    )
    location = call.location(service, "states", state.state_id)
    return created({"state_id": state.state_id}, location)


def _both(shared: Submission, own: Submission) -> Submission:
    return Submission(
        {**shared.values, **own.values},
        {**shared.extensions, **own.extensions},
        shared.defaults | own.defaults,
    )


def query_states(call: Call) -> Reply:
    """Show the states of a service."""
    service = call.service()
    renderer = call.renderer()
    found = states_of(call.tx, service, call.which, call.query["state_types"])
    parts = _parts(call)
    views = [view_state(call.tx, service, state, parts) for state in found]
    return shows([renderer.state(view) for view in views])


def get_state(call: Call) -> Reply:
    """Show one state."""
    service = call.service()
    view = view_state(call.tx, service, call.state(service), _parts(call))
    return shows(call.renderer().state(view))


def _parts(call: Call) -> Parts:
    query = call.query
    return Parts(active_tasks=query["active_tasks"], completed_tasks=query["completed_tasks"])
