"""A client that has nothing but the document holds a conversation over every operation."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.documents.text import read_text
from tests.openapi.caller import Caller, SentResponse
from tests.support import BASE, Document, Simulation

SCENARIO = Path(__file__).with_name("fuzz.yaml")
BASIC = {"Authorization": f"Basic {base64.b64encode(b'tester:secret').decode()}"}
CUSTOMER = "0004Va58A92T0017"
OTHER = "0004Va58A92T0018"
FROM = "2000-01-01T00:00:00.000Z"


def scenario() -> Document:
    document: Any = read_text(SCENARIO.read_text(encoding="utf-8"), "fuzz.yaml")
    return {**document, "fidelity": {}}


def caller_of(cs: Simulation, audience: str = "clients") -> Caller:
    """Return what knows nothing but the document that a world has for an audience."""

    def send(
        method: str, target: str, raw: bytes | None, headers: Mapping[str, str]
    ) -> SentResponse:
        sent = {**BASIC, **headers}
        answer = cs.request(method, target, raw=raw, headers=sent, base="")
        return SentResponse(answer.status, dict(answer.headers), answer.raw)

    return Caller(cs.get(f"/_control/openapi.json?for={audience}", base="").shows(), send)


class Talk:
    """A conversation in one edition; operations are named as in edition 8.5."""

    def __init__(self, caller: Caller, edition: str) -> None:
        self.caller = caller
        self.ending = "_81" if edition == "8.1" else ""
        self.is_85 = edition == "8.5"

    def __call__(self, operation_id: str, body: Any = None, **given: Any) -> Any:
        return self.caller.call(f"{operation_id}{self.ending}", body, **given)


def about_services(talk: Talk) -> None:
    coupon = {"code": "DISCOUNTCODE15"}
    start = {"contact_key": "K", "service_type": 100, "media_type": 1, "coupon": coupon}
    service = talk("start_service", start)
    state = talk("start_state", {"state_type": 8, "note": [{"text": "on hold"}]}, **service)
    task = talk("start_task", {"task_type": "refund", **state, "urgent": {}}, **service)
    talk("query_anonymous_services", contact_key="K", extensions="*", active_tasks="true")
    talk("query_anonymous_services_active", contact_key="K", active_states="true")
    talk("update_service_extension", coupon, name="coupon", **service)
    talk("update_state_extension", [{"text": "back"}], name="note", **service, **state)
    talk("update_task_extension", {}, name="urgent", **service, **task)
    if talk.is_85:
        talk("merge_service_extension", {"more": 1}, name="coupon", **service)
        talk("update_state_extension", {}, name="map", **service, **state)
        talk("merge_state_extension", {"more": 1}, name="map", **service, **state)
        talk("merge_task_extension", {"more": 1}, name="urgent", **service, **task)
        talk("update_service_expiration", **service)
    talk("get_state", **service, **state, active_tasks="true", extensions="*")
    talk("get_task", **service, **task, extensions="*")
    talk("end_task", **service, **task)
    sides = {"from": {**state, "disposition": 10}, "to": {"state_type": 9}}
    after = talk("transition_state", sides, **service)
    talk("end_state", **service, **after)
    for which in ("", "_active", "_completed"):
        talk(f"query_states{which}", **service, completed_tasks="true")
        talk(f"query_tasks{which}", **service)
    talk("associate_service", **service, customer_id=CUSTOMER)
    talk("end_service", **service)
    talk("query_anonymous_services_completed", contact_key="K")
    for which in ("", "_active", "_completed"):
        flags = {"completed_states": "true", "completed_tasks": "true"}
        talk(f"query_customer_services{which}", customer_id=CUSTOMER, extensions="*", **flags)
    talk("get_service", **service, completed_states="true", extensions="*")
    talk("query_interactions_by_service_id", **service)
    if talk.is_85:
        talk("composite_start")
        talk("export_services_stream", time_from=FROM)
        talk("export_services_stream", time_from=FROM, export_content="true")
        talk("export_services_files", time_from=FROM)
        talk("delete_service", **service)
        talk("purge_services")


def about_customers(talk: Talk) -> None:
    made = talk("create_profile", {"LastName": "Haddad", "PhoneNumber": ["1", "2"]})
    talk("update_profile", {"LastName": "Haddad", "Title": "Dr"}, **made)
    home = [{"label": "home", "city": "York"}]
    talk("insert_profile_extensions", {"Address": home}, **made)
    select = {"label": "home", "city": "Leeds"}
    talk("update_profile_extension_record", select, name="Address", **made)
    assert talk("get_profile", **made, extensions="Address")["Address"] == [select]
    talk("delete_profile_extension_record", {"label": "home"}, name="Address", **made)
    found = talk("identify_customer", attributes={"LastName": "Haddad"}, include_profile="yes")
    assert found == [{**made, "LastName": "Haddad", "Title": "Dr"}]
    talk("merge_profiles", customer_id=CUSTOMER, src_id=OTHER)
    talk("delete_profile", **made)
    talk("query_interactions", customer_id=CUSTOMER)
    interaction = {"interaction_id": "00001a57JGQ00BVS"}
    talk("get_interaction", **interaction)
    for content in ("plain_text", "structured_text", "binary_content"):
        assert b"Hello" in talk("get_interaction_content", content=content, **interaction)


def about_metadata(talk: Talk) -> None:
    for kind in ("profile",) if talk.is_85 else ("profile", "service", "state", "task"):
        schema = {"name": "Extra", "type": "classifier", "attributes": []}
        named = talk(f"create_{kind}_extension_schema", schema)
        talk(f"query_{kind}_extension_schema")
        assert talk(f"query_{kind}_extension_schema_by_name", **named) == schema
        talk(f"delete_{kind}_extension_schema", **named)
    talk("query_profile_schema")
    talk("query_business_attributes")
    talk("query_business_attributes_by_name", name="Media")
    talk("query_roles")
    talk("get_server_status")
    talk("set_server_mode", {"mode": "maintenance"})
    key = talk("create_identification_key")
    if not talk.is_85:
        talk("import_profiles", {"profiles": "LastName,FirstName\nNovak,Eva\n"})
    talk("set_server_mode", {"mode": "production"})
    if talk.is_85:
        talk("import_profiles", {"profiles": "LastName,FirstName\nNovak,Eva\n"})
    talk("query_identification_key")
    talk("query_identification_key_by_name", **key)
    talk("delete_identification_key", **key)


def about_the_rest(talk: Talk) -> None:
    """Ask for what nobody above asks for, with the example of its body and what it may name."""
    service = talk("start_service")
    state = talk("start_state", {"state_type": 8}, **service)
    task = talk("start_task", {"task_type": 1}, **service)
    names = {**service, **state, **task, "customer_id": CUSTOMER, "contact_key": "K"}
    for operation_id in sorted(talk.caller.operations.keys() - talk.caller.called):
        if operation_id.endswith("_81") == (not talk.is_85):
            path = talk.caller.operations[operation_id].path
            given = {name: value for name, value in names.items() if f"{{{name}}}" in path}
            talk.caller.call(operation_id, **given)


@pytest.mark.parametrize("service_ids", ["integer", "conversation"])
def test_every_answer_of_a_conversation_fits_the_document(service_ids: str) -> None:
    media = {"dbid": 1, "values": [{"name": "voice", "dbid": 0}]}
    document = {**scenario(), "business_attributes": {"Media": media}}
    cs = Simulation({**document, "fidelity": {"service_ids": service_ids}})
    caller = caller_of(cs)
    for edition in ("8.5", "8.1"):
        cs.world.reset()
        talk = Talk(caller, edition)
        about_services(talk)
        about_customers(talk)
        about_metadata(talk)
        about_the_rest(talk)
    assert caller.called == set(caller.operations)


TAKEN = {"name": "Address", "type": "single-valued"}
REFUSED: tuple[tuple[str, int, Mapping[str, Any]], ...] = (
    ("get_service", 400, {"service_id": 77}),
    ("get_service_81", 404, {"service_id": 77}),
    ("get_profile", 404, {"customer_id": "nobody"}),
    ("get_profile_81", 404, {"customer_id": "nobody"}),
    ("query_tasks", 400, {"service_id": 4294967297, "state_id": "x"}),
    ("query_tasks_81", 400, {"service_id": 4294967297, "state_id": "x"}),
    ("create_profile_extension_schema", 409, {"body": TAKEN}),
    ("create_profile_extension_schema_81", 409, {"body": TAKEN}),
    ("import_profiles_81", 503, {"body": {"profiles": "LastName\nA\n"}}),
    ("get_profile", 400, {"customer_id": CUSTOMER, "X-Simulator-World": "not a name"}),
)


@pytest.mark.parametrize(("operation_id", "status", "given"), REFUSED)
def test_refusals_fit_the_document(
    operation_id: str, status: int, given: Mapping[str, Any]
) -> None:
    caller = caller_of(Simulation(scenario()), "fuzzing")
    caller.call(operation_id, expect=status, **given)


def test_client_follows_links() -> None:
    caller = caller_of(Simulation(scenario()))
    start = caller.operations["start_service"].members
    made = caller.call("start_service")
    followed = [
        (link["operationId"], {"service_id": made["service_id"]})
        for link in start["responses"]["201"]["links"].values()
        if set(link["parameters"]) == {"service_id"}
    ]
    reads = [pair for pair in followed if caller.operations[pair[0]].method == "get"]
    assert len(reads) >= 8
    for operation_id, parameters in reads:
        caller.call(operation_id, **parameters)
    assert BASE in caller.operations["get_service"].path
