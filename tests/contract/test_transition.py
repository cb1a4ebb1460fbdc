"""The transition from one state to the next. Contract section 5."""

from __future__ import annotations

import pytest

from tests.conftest import Simulate
from tests.support import BASE, NOW, Simulation, assumed, documented
from tests.support.problems import INT_32_FROM_0, MISSING, sentence


@pytest.fixture
def service(cs: Simulation) -> object:
    started: object = cs.service(customer_id="C")
    return started


@assumed("201, Location and the id of the new state; one timestamp for both")
def test_transition_state_ends_one_and_starts_the_next(cs: Simulation, service: object) -> None:
    state = cs.state(service, state_type=1)
    cs.advance("1m")
    answer = cs.post(
        f"services/{service}/states/transition",
        {
            "from": {"state_id": state, "disposition": 10, "disposition_desc": "next", "own": 1},
            "to": {"state_type": 4, "est_duration": 60, "own": 2},
            "interaction_id": "I",
            "media_type": "voice",
            "both": [3],
        },
    )
    assert (answer.status, answer.json) == (201, {"state_id": state + 1})
    assert answer.location == f"{BASE}/services/{service}/states/{state + 1}"
    moment = "2026-01-05T09:01:00.000Z"
    event = {"timestamp": moment, "interaction_id": "I", "media_type": "voice"}
    assert cs.get(f"services/{service}/states?extensions=*").shows() == [
        {
            "service_id": service,
            "customer_id": "C",
            "state_id": state,
            "state_type": 1,
            "started": {"timestamp": NOW},
            "completed": event,
            "disposition": 10,
            "disposition_desc": "next",
            "duration": 60_000,
            "both": [3],
            "own": 1,
        },
        {
            "service_id": service,
            "customer_id": "C",
            "state_id": state + 1,
            "state_type": 4,
            "previous_state_id": state,
            "est_duration": 60,
            "started": event,
            "both": [3],
            "own": 2,
        },
    ]


@assumed("a timestamp at top level goes to both events")
def test_transition_state_shares_the_timestamp(cs: Simulation, service: object) -> None:
    state = cs.state(service)
    moment = "2026-01-05T10:00:00.000Z"
    body = {"from": {"state_id": str(state)}, "to": {}, "timestamp": moment}
    new = cs.post(f"services/{service}/states/transition", body).json["state_id"]
    assert cs.get(f"services/{service}/states/{state}").json["completed"]["timestamp"] == moment
    assert cs.get(f"services/{service}/states/{new}").json["started"]["timestamp"] == moment


@documented("State Transition Event: from with its state_id, and to, are mandatory")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, f"from {MISSING}; expected an object; to {MISSING}; expected an object"),
        (
            {"from": 5, "to": []},
            (sentence("from", "an object", 5) + "; " + sentence("to", "an object", [])),
        ),
        (
            {"from": {}, "to": {}},
            f"from.state_id {MISSING}; expected the id of the state that ends",
        ),
        (
            {"from": {"state_id": "x"}, "to": {"est_duration": -1}, "resource_id": 1.5},
            (
                sentence("resource_id", "a 64-bit integer", 1.5)
                + "; "
                + sentence("from.state_id", "a 32-bit integer", "x")
                + "; "
                + sentence("to.est_duration", INT_32_FROM_0, -1)
            ),
        ),
    ],
)
def test_transition_state_names_every_bad_member(
    cs: Simulation, service: object, body: object, message: str
) -> None:
    before = cs.dump()
    assert cs.post(f"services/{service}/states/transition", body).refused() == message
    assert cs.dump() == before


@assumed("an unknown from.state_id is a bad parameter, not a missing entity")
def test_transition_state_from_an_unknown_state(cs: Simulation, service: object) -> None:
    other = cs.state(cs.service())
    own = cs.state(service)
    before = cs.dump()
    answer = cs.post(
        f"services/{service}/states/transition", {"from": {"state_id": other}, "to": {}}
    )
    assert answer.refused() == sentence(
        "from.state_id", f"a state of this service (it has state {own})", other
    )
    assert answer.json["exception"].endswith(".ContextServicesExceptionResource")
    assert cs.dump() == before


@assumed("reserved names inside from and to that are not theirs are ignored")
def test_transition_state_ignores_reserved_names(cs: Simulation, service: object) -> None:
    state = cs.state(service)
    body = {
        "from": {"state_id": state, "timestamp": "never", "session_id": []},
        "to": {"previous_state_id": 5},
        "state_type": 9,
    }
    answer = cs.post(f"services/{service}/states/transition", body)
    assert answer.status == 201
    for name in ("state_type", "from.timestamp", "from.session_id", "to.previous_state_id"):
        assert name in answer.hint
    shown = cs.get(f"services/{service}/states/{answer.json['state_id']}?extensions=*").json
    assert shown["previous_state_id"] == state
    assert "state_type" not in shown


@documented("Perform State Transition on an unknown service")
def test_transition_state_of_an_unknown_service(cs: Simulation, unknown_id: str) -> None:
    message = cs.post(f"services/{unknown_id}/states/transition", {}).refused()
    assert message == f"There are no service found for : {unknown_id}"


@assumed("ids come to an end")
def test_transition_state_takes_the_last_id_there_is(simulate: Simulate) -> None:
    services = [{"service_id": 5, "contact_key": "K", "states": [{"state_id": 3}]}]
    document = {"fidelity": {"service_ids": "integer"}, "first_ids": {"state": 2**31 - 1}}
    cs = simulate({**document, "services": services})
    body = {"from": {"state_id": 3}, "to": {}}
    answer = cs.post("services/5/states/transition", body)
    assert (answer.status, answer.json) == (201, {"state_id": 2**31 - 1})
