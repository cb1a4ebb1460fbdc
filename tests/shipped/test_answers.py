"""Scenarios whose answers are not what the documents say: schema-drift and truncated-json."""

from __future__ import annotations

import json

import pytest

from tests.shipped.support import played, start
from tests.support import FIRST_SERVICE, ApiResponse

PRINTED = "services/21456878"


def broken(answer: ApiResponse, status: int) -> json.JSONDecodeError:
    """Check that an answer looks well from outside and is no JSON; return why."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json")
    assert int(answer.headers["Content-Length"]) == len(answer.raw)
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(answer.raw)
    return caught.value


def test_schema_drift_renames_drops_retypes_and_adds() -> None:
    drift, demo = played("schema-drift"), played("demo")
    before, after = demo.get(PRINTED).shows(), drift.get(PRINTED).shows()
    assert before["service_type"] == 100
    assert "service_type" not in after
    assert {name: after[name] for name in after.keys() - before.keys()} == {
        "type": "support",
        "est_duration": "PT10M",
        "links": {"self": "/services"},
    }


def test_schema_drift_reaches_into_an_event() -> None:
    drift = played("schema-drift")
    state = drift.get(f"{PRINTED}/states/24").shows()
    assert (state["type"], "state_type" in state) == ("delivering", False)
    assert state["started"] == {"at": "2026-01-05T09:00:00Z"}


def test_schema_drift_hands_out_ids_of_another_type() -> None:
    drift = played("schema-drift")
    answer = start(drift)
    assert answer.status == 201
    assert answer.json == {"service_id": f"svc-{FIRST_SERVICE}", "created": True}


def test_schema_drift_leaves_what_is_stored() -> None:
    drift = played("schema-drift")
    start(drift)
    [service] = drift.get("services/anonymous/K").shows()
    assert isinstance(service["service_id"], int)
    states = drift.get(f"{PRINTED}/states").shows()
    assert [state["state_type"] for state in states] == [8]


@pytest.mark.parametrize(
    "path", [PRINTED, "customers/0004Va58A92T001G/services", "services/anonymous/739104"]
)
def test_truncated_json_breaks_off_in_the_middle(path: str) -> None:
    error = broken(played("truncated-json").get(path), 200)
    assert error.pos > 0


def test_truncated_json_answers_a_start_that_has_happened() -> None:
    scenario = played("truncated-json")
    broken(start(scenario), 201)
    broken(scenario.post("services/95/states/start", {"state_type": 8}), 201)
    broken(scenario.post("services/95/tasks/start", {"task_type": 1}), 201)
    assert len(scenario.get("services/95/states").shows()) == 2
    assert len(scenario.get("services/95/tasks").shows()) == 2
    assert scenario.world.counts().services == played("demo").world.counts().services + 1
