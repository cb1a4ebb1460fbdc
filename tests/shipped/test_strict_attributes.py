"""The strict-attributes scenario: mapped values, refusals that list them, defaults."""

from __future__ import annotations

import pytest

from tests.shipped.support import played
from tests.support import Simulation

CUSTOMER = "0004Va58A92T0017"


@pytest.fixture
def strict() -> Simulation:
    return played("strict-attributes")


def test_names_and_db_ids_mean_the_same(strict: Simulation) -> None:
    for given in ("loan", 300, "300"):
        service = strict.service(service_type=given, media_type="chat")
        shown = strict.get(f"services/{service}").shows()
        assert (shown["service_type"], shown["started"]["media_type"]) == (300, 3)


def test_what_is_not_listed_is_refused_with_what_is(strict: Simulation) -> None:
    body = {"customer_id": CUSTOMER, "service_type": "lone", "media_type": 9}
    message = strict.post("services/start", body).refused()
    assert "found 'lone'" in message
    assert "support (100), card lost (110), loan (300)" in message
    assert "voice (1), email (2), chat (3)" in message
    assert strict.world.counts().services == 1


def test_dispositions_are_checked_at_every_end(strict: Simulation) -> None:
    service = strict.service()
    state = strict.state(service)
    task = strict.task(service, task_type="refund")
    paths = [f"services/{service}{part}" for part in (f"/tasks/{task}", f"/states/{state}", "")]
    for path in paths:
        assert "abandoned (20)" in strict.post(f"{path}/end", {"disposition": 11}).refused()
        strict.end(path, disposition="success")
        assert strict.get(path).shows()["disposition"] == 10


def test_what_is_left_out_is_filled_in(strict: Simulation) -> None:
    service = strict.service()
    shown = strict.get(f"services/{service}").shows()
    assert (shown["service_type"], shown["started"]["media_type"]) == (100, 1)
    state = strict.get(f"services/{service}/states/{strict.state(service)}").shows()
    assert state["state_type"] == 8
    task = strict.get(f"services/{service}/tasks/{strict.task(service)}").shows()
    assert "task_type" not in task


def test_a_type_says_how_long_its_services_are_kept(strict: Simulation) -> None:
    strict.advance("0s")
    lost = strict.service(service_type="card lost")
    loan = strict.service(service_type="loan")
    strict.advance("31d")
    assert [strict.exists(lost), strict.exists(loan)] == [False, True]


def test_the_attributes_can_be_asked_for(strict: Simulation) -> None:
    [attribute] = strict.get("metadata/business-attributes?cv-attribute=State.type").shows()
    assert attribute["name"] == "StateType"
    assert [value["name"] for value in attribute["values"]] == [
        "identification",
        "waiting",
        "delivering",
    ]


def test_there_is_a_loan_to_look_at(strict: Simulation) -> None:
    [service] = strict.get(f"customers/{CUSTOMER}/services?active_tasks=true").shows()
    assert (service["service_type"], service["started"]["media_type"]) == (300, 2)
    assert [task["task_type"] for task in service["active_tasks"]] == [22]
