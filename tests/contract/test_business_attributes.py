"""Business attributes: query, mapping, validation, defaults, names. Contract section 7."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Simulate
from tests.support import Simulation, assumed, documented
from tests.support.problems import INT_32_FROM_0, sentence

MEDIA = {
    "dbid": 200,
    "display_name": "Media Type",
    "description": "Media in use",
    "cv_attributes": ["Service.media_type", "State.media_type"],
    "values": [
        {"name": "email", "dbid": 1003, "description": "Media EMail"},
        {"name": "voice", "dbid": 1001, "display_name": "Voice"},
    ],
}
TYPES = {
    "dbid": 201,
    "cv_attributes": ["Service.service_type", "State.type", "Task.type", "Task.disposition"],
    "default": "chat",
    "values": [{"name": "chat", "dbid": 10}, {"name": "11", "dbid": 12}, {"name": "x", "dbid": 11}],
}
DOCUMENT = {"business_attributes": {"MediaType": MEDIA, "Types": TYPES}}
PATH = "metadata/business-attributes"


@pytest.fixture
def mapped(simulate: Simulate) -> Simulation:
    return simulate(DOCUMENT)


@documented("Query Business Attribute Schema: one by its name")
def test_query_business_attributes_by_name(mapped: Simulation) -> None:
    assert mapped.get(f"{PATH}/MediaType").shows() == {
        "name": "MediaType",
        "dbid": 200,
        "display_name": "Media Type",
        "description": "Media in use",
        "map_name": False,
        "cv_attributes": ["Service.media_type", "State.media_type"],
        "values": [
            {
                "name": "email",
                "dbid": 1003,
                "display_name": "email",
                "description": "Media EMail",
            },
            {"name": "voice", "dbid": 1001, "display_name": "Voice", "description": ""},
        ],
    }


@documented("Query Business Attribute Schema: all of them; cv-attribute")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["MediaType", "Types"]),
        ("?cv-attribute=Service.type", ["Types"]),
        ("?cv-attribute=Service.service_type", ["Types"]),
        ("?cv-attribute=State.media_type", ["MediaType"]),
        ("?cv-attribute=Task.media_type", []),
    ],
)
def test_query_business_attributes_lists(mapped: Simulation, query: str, names: list[str]) -> None:
    assert [each["name"] for each in mapped.get(f"{PATH}{query}").shows()] == names


@assumed("an unknown name is 404, an unknown field 400, in the form of UCS")
def test_query_business_attributes_unknown(mapped: Simulation) -> None:
    answer = mapped.get(f"{PATH}/Media")
    assert "Media" in answer.refused(404)
    assert answer.hint == "available: MediaType, Types"
    message = mapped.get(f"{PATH}?cv-attribute=Service.color").refused(400)
    assert "expected one of Service.type, Service.application_type" in message
    assert mapped.delete(PATH).refused(405)
    answer = mapped.get(f"/{PATH}/Media", base="")
    assert (answer.status, answer.json["code"]) == (404, 4040)


@documented("Business Attributes: a world without any")
def test_query_business_attributes_none(cs: Simulation) -> None:
    assert cs.get(PATH).shows() == []


@documented("Business Attributes: a value is a name or a DB id; the DB id is stored")
@pytest.mark.parametrize(
    ("given", "stored"), [("chat", 10), (10, 10), ("10", 10), ("11", 12), (11, 11), ("x", 11)]
)
def test_mapped_values_are_stored_by_db_id(mapped: Simulation, given: object, stored: int) -> None:
    service = mapped.service(service_type=given)
    assert mapped.get(f"services/{service}").json["service_type"] == stored


@documented("Business Attributes: unknown values are rejected, pointing to the valid ones")
def test_mapped_values_are_validated(mapped: Simulation) -> None:
    before = mapped.dump()
    body = {"contact_key": "K", "service_type": "mail", "media_type": 1, "est_duration": "x"}
    assert mapped.post("services/start", body).refused() == (
        sentence(
            "service_type",
            "a value of business attribute Types: chat (10), 11 (12), x (11)",
            "mail",
        )
        + "; "
        + sentence(
            "media_type", "a value of business attribute MediaType: email (1003), voice (1001)", 1
        )
        + "; "
        + sentence("est_duration", INT_32_FROM_0, "x")
    )
    assert mapped.dump() == before


@documented("Business Attributes: of states and tasks too")
def test_mapped_values_of_states_and_tasks(mapped: Simulation) -> None:
    service = mapped.service()
    state, task = mapped.state(service, state_type="x"), mapped.task(service, task_type="x")
    assert mapped.get(f"services/{service}/states/{state}").json["state_type"] == 11
    assert mapped.get(f"services/{service}/tasks/{task}").json["task_type"] == 11
    path = f"services/{service}/states"
    for where, body in (
        (f"{path}/start", {"state_type": "?"}),
        (f"{path}/{state}/end", {"media_type": "?"}),
        (f"{path}/transition", {"from": {"state_id": state}, "to": {"state_type": "?"}}),
        (f"services/{service}/tasks/start", {"task_type": "?"}),
        (f"services/{service}/tasks/{task}/end", {"disposition": "?"}),
    ):
        assert "expected a value of business attribute" in mapped.post(where, body).refused()
    event = {"service": {"contact_key": "K"}, "state": {"state_type": "?"}}
    message = mapped.post("services_composite/start", {"services": [event]}).refused()
    assert message.startswith("services[0].state.state_type: expected")


@documented("Business Attributes: only what is mapped is checked")
def test_unmapped_values_are_free(mapped: Simulation) -> None:
    service = mapped.service(resource_type="any", application_type=7)
    task = mapped.task(service, media_type="any")
    started = mapped.get(f"services/{service}").json["started"]
    assert (started["resource_type"], started["application_type"]) == ("any", 7)
    shown = mapped.get(f"services/{service}/tasks/{task}").json
    assert shown["started"]["media_type"] == "any"


@documented("Configuring Business Attributes: the default stands for an omitted value")
def test_default_of_a_mapped_value(mapped: Simulation) -> None:
    service = mapped.service()
    task = mapped.task(service)
    mapped.end(f"services/{service}/tasks/{task}")
    shown = mapped.get(f"services/{service}").json
    assert shown["service_type"] == 10
    assert "media_type" not in shown["started"]
    assert mapped.get(f"services/{service}/tasks/{task}").json["disposition"] == 10


@assumed("an association fills in nothing")
def test_default_is_not_filled_by_an_association(mapped: Simulation) -> None:
    service = mapped.service(service_type="x")
    mapped.post(f"customers/C/services/{service}").ok(204)
    assert mapped.get(f"services/{service}").json["service_type"] == 11


@documented("Query Tasks: types may be names in a filter")
@pytest.mark.parametrize("wanted", ["chat", "10", "x%2Cchat"])
def test_filters_take_names_and_db_ids(mapped: Simulation, wanted: str) -> None:
    service = mapped.service(service_type="chat", customer_id="C")
    mapped.state(service, state_type=10)
    mapped.task(service, task_type="chat")
    lists: list[Any] = [
        mapped.get(f"customers/C/services?service_types={wanted}").shows(),
        mapped.get(f"services/{service}/states?state_types={wanted}").shows(),
        mapped.get(f"services/{service}/tasks?task_types={wanted}").shows(),
    ]
    assert [len(each) for each in lists] == [1, 1, 1]
    assert mapped.get("customers/C/services?service_types=11").shows() == []


@documented("Composite Start: mapped values are compared by DB id")
def test_composite_compares_mapped_values(mapped: Simulation) -> None:
    service = mapped.service(contact_key="K", service_type="chat")
    state = mapped.state(service, state_type=10)
    event = {
        "service": {"contact_key": "K", "service_type": "10"},
        "state": {"state_type": "chat"},
    }
    (made,) = mapped.post("services_composite/start", {"services": [event]}).json["services"]
    assert (made["service"]["service_id"], made["state"]["state_id"]) == (service, state)


@documented("Business Attributes: map-names shows names in answers")
def test_map_names_shows_names(simulate: Simulate) -> None:
    cs = simulate({**DOCUMENT, "settings": {"map_names": True}})
    service = cs.service(service_type=11, media_type=1001)
    task = cs.task(service, task_type="10")
    cs.end(f"services/{service}/tasks/{task}", disposition=12)
    shown = cs.get(f"services/{service}").json
    assert (shown["service_type"], shown["started"]["media_type"]) == ("x", "voice")
    shown = cs.get(f"services/{service}/tasks/{task}").json
    assert (shown["task_type"], shown["disposition"]) == ("chat", "11")
    assert cs.get(f"{PATH}/Types").json["map_name"] is True


@assumed("data_validation off: an unknown value is kept as it came")
def test_data_validation_may_be_off(simulate: Simulate) -> None:
    cs = simulate({**DOCUMENT, "settings": {"data_validation": False}})
    unknown, known = cs.service(service_type="mail"), cs.service(service_type="x")
    assert cs.get(f"services/{unknown}").json["service_type"] == "mail"
    assert cs.get(f"services/{known}").json["service_type"] == 11
