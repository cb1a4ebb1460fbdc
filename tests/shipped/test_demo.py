"""The demo scenario holds what it promises, whichever form service ids have."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from cs_simulator.app import Simulator, create_app
from cs_simulator.clock import system_time
from cs_simulator.ids import FIRST_SERVICE, FIRST_STATE, FIRST_TASK
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader
from cs_simulator.scenario.warnings import warnings_of
from cs_simulator.worlds import Worlds
from tests.support.seeds import COMPLETE_TASK, PROPOSAL, START_SERVICE, START_TASK, SURVEY
from tests.unit.domain.support import check_indexes

BASE = "/genesys/1/cs"
CUSTOMER_ID = re.compile(r"[0-9A-Z]{5}[a-z][0-9A-Z]{10}")
DROPPED_CALL = "+442079460142"


@cache
def loaded(name: str, form: str) -> LoadedScenario:
    return ScenarioLoader(Catalogue([shipped_folder()]), {"service_ids": form}).load(name)


@pytest.fixture(params=["integer", "conversation"])
def app(request: pytest.FixtureRequest) -> Simulator:
    return create_app(Worlds(loaded("demo", request.param)))


@pytest.fixture
def client(app: Simulator) -> Client:
    return Client(app)


def got(client: Client, path: str) -> Any:
    response = client.get(f"{BASE}{path}")
    assert response.status_code == 200, response.text
    return response.get_json()


def posted(client: Client, path: str, body: object, status: int) -> Any:
    response = client.post(f"{BASE}{path}", json=body)
    assert response.status_code == status, response.text
    return response.get_json() if response.data else None


def exported(client: Client) -> list[dict[str, Any]]:
    services: list[dict[str, Any]] = got(
        client,
        "/maintenance/services/stream?time_from=2000-01-01T00:00:00.000Z&export_content=true",
    )
    return services


def parts(service: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [*service[f"active_{kind}"], *service[f"completed_{kind}"]]


@pytest.mark.parametrize("form", ["integer", "conversation"])
@pytest.mark.parametrize("path", sorted(shipped_folder().iterdir()), ids=lambda path: path.stem)
def test_every_shipped_scenario_is_described_and_loads(path: Path, form: str) -> None:
    scenario = loaded(path.stem, form)
    assert scenario.name == path.stem
    assert scenario.description.endswith(".")
    assert warnings_of(scenario) == []
    check_indexes(scenario.base(system_time()).store)


def test_the_demo_runs_on_a_real_clock() -> None:
    scenario = loaded("demo", "integer")
    assert (scenario.clock_mode, scenario.clock_time) == ("real", None)


def test_the_demo_maps_no_business_attribute() -> None:
    assert not loaded("demo", "integer").setup.attributes


def test_twelve_customers_have_a_documented_id_and_every_attribute(app: Simulator) -> None:
    tx = app.worlds.default.begin()
    profiles = list(tx.profiles)
    assert len(profiles) == 12
    for profile in profiles:
        assert CUSTOMER_ID.fullmatch(profile.customer_id)
        assert set(profile.attributes) == {each.name for each in tx.metadata.attributes}


def test_customers_are_identified_by_telephone_number(client: Client) -> None:
    found = got(client, "/profiles?PhoneNumber=%2B442079460017&include_profile=yes")
    assert [each["LastName"] for each in found] == ["Santos"]
    assert len(got(client, "/profiles?PhoneNumber=%2B442079460025")) == 2


def test_a_dropped_call_is_resumed_by_its_contact_key(client: Client) -> None:
    [service] = got(
        client,
        f"/services/anonymous/{DROPPED_CALL}/active?active_states=true&active_tasks=true"
        "&extensions=call",
    )
    assert service["call"]["dropped"] is True
    assert [state["state_type"] for state in service["active_states"]] == [8]
    [task] = service["active_tasks"]
    path = f"/services/{service['service_id']}"
    posted(client, f"{path}/tasks/{task['task_id']}/end", {"disposition": 10}, 204)
    posted(client, f"/customers/0004Va58A92T001J{path}", {}, 204)
    assert got(client, f"/services/anonymous/{DROPPED_CALL}") == []
    [now_known] = got(client, "/customers/0004Va58A92T001J/services")
    assert now_known["service_id"] == service["service_id"]


def test_a_callback_is_pending(client: Client) -> None:
    [service] = got(
        client,
        "/customers/0004Va58A92T0018/services/active?active_states=true&active_tasks=true"
        "&extensions=callback",
    )
    assert [state["state_type"] for state in service["active_states"]] == [7]
    assert [task["task_type"] for task in service["active_tasks"]] == ["call back"]
    assert service["callback"]["number"] == "+442079460018"


def test_a_loan_application_went_from_the_web_to_the_telephone(client: Client) -> None:
    [service] = got(
        client, "/customers/0004Va58A92T0019/services?service_types=300&extensions=loan"
    )
    assert service["loan"]["amount"] == 25000
    states = got(client, f"/services/{service['service_id']}/states?completed_tasks=true")
    assert [state["started"]["media_type"] for state in states] == ["web", "web", "voice"]
    assert [state.get("previous_state_id") for state in states] == [None, 31, 32]
    assert [state["state_type"] for state in states] == [1, 9, 8]


def test_a_contact_key_with_a_slash_is_found(client: Client) -> None:
    [service] = got(client, "/services/anonymous/web%2Fvisitor-7f3a")
    assert service["contact_key"] == "web/visitor-7f3a"


def test_a_customer_has_a_history(client: Client) -> None:
    completed = got(client, "/customers/0004Va58A92T001D/services/completed")
    assert [each["disposition"] for each in completed] == [40, 10, 30]
    assert len(got(client, "/customers/0004Va58A92T001D/services/active")) == 1


def test_every_documented_state_type_occurs(client: Client) -> None:
    states = chain.from_iterable(parts(service, "states") for service in exported(client))
    assert {state["state_type"] for state in states} == set(range(1, 11))


def test_nothing_lies_in_the_future_nor_ends_before_it_starts(client: Client) -> None:
    now = system_time()
    world = client.application.worlds.default  # type: ignore[attr-defined] # it is a Simulator
    store = world.begin().store
    for service in store.services():
        inside = [*store.states(service.number).values(), *store.tasks(service.number).values()]
        for entity in (service, *inside):
            begun = entity.started.timestamp
            assert service.started.timestamp <= begun <= now
            if entity.completed is not None:
                assert begun <= entity.completed.timestamp <= now
            elif service.completed is not None:
                pytest.fail(f"service {service.service_id} is completed, yet not all of it is")


def test_several_services_are_completed_with_a_disposition(client: Client) -> None:
    completed = [service for service in exported(client) if "completed" in service]
    assert len(completed) >= 5
    assert all("disposition" in service for service in completed)


def test_assigned_ids_never_repeat(client: Client) -> None:
    services = exported(client)
    given = {"21456878", "95"}
    assigned = [service for service in services if str(service["service_id"]) not in given]
    for kind, first in (("state", FIRST_STATE), ("task", FIRST_TASK)):
        ids = [
            part[f"{kind}_id"]
            for service in assigned
            for part in parts(service, f"{kind}s")
            if part[f"{kind}_id"] >= first
        ]
        assert sorted(ids) == list(range(first, first + len(ids)))
        started = posted(client, f"/services/95/{kind}s/start", {f"{kind}_type": 1}, 201)
        assert started[f"{kind}_id"] == first + len(ids)


def test_the_next_service_id_follows_the_assigned_ones() -> None:
    client = Client(create_app(Worlds(loaded("demo", "integer"))))
    services = exported(client)
    assigned = [each for each in services if each["service_id"] >= FIRST_SERVICE]
    started = posted(client, "/services/start", {"contact_key": "42"}, 201)
    assert started["service_id"] == FIRST_SERVICE + len(assigned)


def test_the_printed_start_task_works_once_mended(client: Client) -> None:
    task_id = posted(client, "/services/21456878/tasks/start", START_TASK, 201)["task_id"]
    task = got(client, f"/services/21456878/tasks/{task_id}?extensions=*")
    assert task["state_id"] == 24
    assert task["task_type"] == "customer info"
    assert (task["Survey"], task["Proposal"]) == (SURVEY, PROPOSAL)


def test_the_printed_complete_task_works_once_mended(client: Client) -> None:
    posted(client, "/services/95/tasks/3/end", COMPLETE_TASK, 204)
    task = got(client, "/services/95/tasks/3?extensions=Survey")
    assert (task["disposition"], task["disposition_desc"]) == (10, "SUCCESS")
    assert task["Survey"] == SURVEY


def test_the_printed_start_service_works_as_it_is(client: Client) -> None:
    assert "service_id" in posted(client, "/services/start", START_SERVICE, 201)
    [service] = got(client, "/services/anonymous/42/active")
    assert service["started"]["timestamp"] == "2009-05-12T12:05:12.145Z"


def test_a_composite_start_finds_a_service_of_the_demo(client: Client) -> None:
    event = {
        "service": {"contact_key": DROPPED_CALL, "service_type": 110},
        "state": {"state_type": "MyState1", "media_type": "voice"},
        "task": {"task_type": "MyTask1", "media_type": "voice"},
        "associate_state_task": "true",
    }
    [outcome] = posted(client, "/services_composite/start", {"services": [event]}, 200)["services"]
    created = {name: outcome[name]["created"] for name in ("service", "state", "task")}
    assert created == {"service": "false", "state": "true", "task": "true"}


def test_a_reset_brings_the_demo_back(client: Client) -> None:
    before = exported(client)
    posted(client, "/services/start", {"contact_key": "42"}, 201)
    assert client.delete(f"{BASE}/services/95").status_code == 200
    assert client.post("/_control/reset").get_json()["cleared"]["customers"] == 12
    after = exported(client)
    assert [each["service_id"] for each in after] == [each["service_id"] for each in before]
