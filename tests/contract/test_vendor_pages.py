"""Where the vendor's pages contradict themselves, or say what a first reader does not expect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Simulate
from tests.contract.customers import Api
from tests.support import BASE, FIRST_SERVICE, NOW, Simulation, assumed, documented, relied_on
from tests.support.problems import MISSING, sentence
from tests.support.seeds import COMPLETE_TASK, START_SERVICE, START_TASK

EARLY, LATE = "2025-12-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"
EXPORT = "maintenance/services/files"


@documented("every example of the documents is taken in the demo, once mended, in both editions")
@pytest.mark.parametrize("edition", ["8.5", "8.1"])
def test_examples_work_in_the_demo(simulate: Simulate, edition: str) -> None:
    api = Api(simulate({"extends": "demo"}), edition)
    started = api.request("POST", "services/start", START_SERVICE)
    assert started.status == 201, started.raw
    shown = api.get(f"services/{started.json['service_id']}?extensions=*")
    assert shown["relatedOffers"][0]["offer_name"] == "VIP credit card black ed."
    assert (shown["satisfaction"]["score"], shown["coupon"]) == (
        85,
        {"coupon_name": "DISCOUNTCODE15"},
    )
    assert api.request("POST", "services/21456878/tasks/start", START_TASK).status == 201
    api.done("POST", "services/95/tasks/3/end", COMPLETE_TASK, 204)
    shown = api.get("services/95/tasks/3?extensions=*")
    assert (shown["Survey"], shown["Proposal"]) == (
        COMPLETE_TASK["Survey"],
        COMPLETE_TASK["Proposal"],
    )


@documented("the examples of Create Customer Profile and Identify Customer")
@pytest.mark.parametrize("edition", ["8.5", "8.1"])
def test_vendor_examples_take_the_profiles_of_the_documents(
    simulate: Simulate, edition: str
) -> None:
    api = Api(simulate({"extends": "vendor-examples"}), edition)
    phone = {
        "PhoneType": 0,
        "prefix": "+33",
        "PhoneNumber": "3145926535",
        "description": "family phone",
        "start_availabilty": "2009-12-18T18:30:00.000Z",
        "end_availabilty": "2009-12-18T21:40:00.000Z",
    }
    made = api.created(
        FirstName="Bruce",
        LastName="Banner",
        DOB="1962-05-10",
        City="Paris",
        Language="French",
        EmailAddress=["bruce.banner@example.com", "bruce@example.org"],
        Phone=[phone],
    )
    shown = api.get(f"profiles/{made}?extensions=Phone")
    assert (shown["DOB"], shown["Phone"]) == ("1962-05-10", [phone])
    query = "extensions=contacts,purchases&include_profile=yes&include_extensions=unique"
    (jane,) = api.get(f"profiles?contacts.phone_number=408-888-3214&{query}")
    assert (jane["last_name"], jane["purchases"][0]["product"]) == ("Doe", "cabriolet")
    assert api.found("last_name=Doe&first_name=John") == ["2DC255C02AF"]
    names = [key["name"] for key in api.get("metadata/identification-keys")]
    assert {"idNameBD", "idExt", "idPhone", "idExtension"} <= set(names)


@documented("Purge Services: the table calls its members URI parameters, the example sends a body")
@pytest.mark.parametrize(
    ("query", "body", "hint"),
    [
        (
            f"?limit={LATE}&operation=purge.service.all",
            None,
            "limit was read from the query; the documents' examples send it in the body",
        ),
        (f"?limit={LATE}", {"operation": "purge.service.all", "limit": None}, "limit was read"),
        (
            f"?limit={EARLY}",
            {"limit": LATE, "operation": "purge.service.all"},
            "limit is in the body and in the query; the body was used",
        ),
    ],
)
def test_purge_takes_query_and_body(
    cs: Simulation, query: str, body: dict[str, Any] | None, hint: str
) -> None:
    service = cs.service()
    answer = cs.post(f"maintenance/purge{query}", body).ok(200)
    assert hint in answer.hint
    assert "is ignored" not in answer.hint
    assert not cs.exists(service)


@assumed("a purge with nothing in the query needs its body, and bad values are named as ever")
def test_purge_refuses_as_ever(cs: Simulation) -> None:
    assert cs.post("maintenance/purge").refused() == "The body is empty"
    message = cs.post("maintenance/purge?limit=soon").refused()
    assert "limit: expected a date" in message
    assert f"operation {MISSING}" in message


@documented("Update Expiration Time: the table calls its members URI parameters")
def test_expiration_takes_query_and_body(cs: Simulation) -> None:
    service = cs.service()
    answer = cs.put(f"services/{service}?ttl=60").ok()
    assert answer.hint == "ttl was read from the query; the documents' examples send it in the body"
    answer = cs.put(f"services/{service}?ttl=60&ttl=70", {"ttl": 7200}).ok()
    assert "ttl is in the body and in the query; the body was used" in answer.hint
    assert "ttl was sent more than once; the first was used" in answer.hint
    cs.advance("1h")
    assert cs.exists(service)
    cs.advance("1h")
    assert not cs.exists(service)
    assert "ttl: expected" in cs.put(f"services/{cs.service()}?ttl=long").refused()


@assumed("Export Services to Files: its parameters may come in a body, too")
def test_export_to_files_takes_query_and_body(cs: Simulation) -> None:
    cs.service()
    assert cs.post(f"{EXPORT}?time_from={EARLY}").hint == ""
    body = {"time_from": EARLY, "filter_state": "active", "format": "csv"}
    answer = cs.post(EXPORT, body)
    assert len(answer.shows()["created"]) == 3
    assert (
        "time_from was read from the body; the documents' tables have it in the query"
        in answer.hint
    )
    assert (
        "unknown parameter format in the body ignored; this operation takes time_from"
        in answer.hint
    )
    answer = cs.post(f"{EXPORT}?time_from=soon", body)
    assert answer.status == 200
    assert "time_from is in the body and in the query; the body was used" in answer.hint
    assert f"time_from {MISSING}" in cs.post(EXPORT, {}).refused()
    assert "time_from: expected a text" in cs.post(EXPORT, {"time_from": 5}).refused()
    assert "must be a JSON object" in cs.post(EXPORT, raw=b"[1]").refused()


@documented("Complete Task: the table has state_id among the URI parameters")
def test_end_task_knows_a_state_id_in_the_query(cs: Simulation) -> None:
    service = cs.service()
    state = cs.state(service)
    tasks = [cs.task(service, state_id=state) for _ in range(2)]
    path = f"services/{service}/tasks/{tasks[0]}"
    assert cs.post(f"{path}/end?state_id={state}").ok(204).hint == ""
    answer = cs.post(f"services/{service}/tasks/{tasks[1]}/end?state_id=77", {"disposition": 1})
    assert answer.status == 204
    assert answer.hint == (f"state_id 77 ignored: task {tasks[1]} belongs to state {state}")
    assert cs.get(path).json["state_id"] == state


@documented("Composite Start: table and example print /services/")
def test_location_of_a_composite_start_is_always_that_of_its_page(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"location_segment": "service"}})
    element: dict[str, Any] = {"service": {"contact_key": "K"}, "state": {}}
    answer = cs.post("services_composite/start", {"services": [element]})
    service = answer.json["services"][0]["service"]["service_id"]
    assert answer.location == f"{BASE}/services/{service}/states/1001"
    assert cs.post("services/start", {"contact_key": "K"}).location.startswith(f"{BASE}/service/")


@relied_on("Genesys Mobile Services names classes of Java itself in what fails")
def test_scripted_errors_have_the_classes_of_the_platform(simulate: Simulate) -> None:
    for status, kind in (
        (403, "java.rmi.AccessException"),
        (500, "java.lang.RuntimeException"),
        (503, "java.lang.RuntimeException"),
        (429, "ContextServicesExceptionResource"),
    ):
        cs = simulate({"faults": [{"on": "any", "response": {"status": status}}]}, may_fail=True)
        answer = cs.get("services/1")
        assert answer.refused(status)
        assert answer.json["exception"].endswith(kind)


@assumed("custom_ids=reject: a service_id in a start")
def test_own_service_ids_are_rejected(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"custom_ids": "reject"}})
    message = cs.post("services/start", {"contact_key": "", "service_id": 5}).refused()
    assert sentence("service_id", "no customer_id: the server assigns it", 5) in message
    assert "contact_key: expected" in message
    assert cs.post("services/start", {"contact_key": "K", "service_id": None}).status == 201


@assumed("custom_ids=ignore: a service_id in a start")
def test_own_service_ids_are_ignored(cs: Simulation) -> None:
    answer = cs.post("services/start", {"contact_key": "K", "service_id": 5})
    assert answer.status == 201
    assert str(answer.json["service_id"]) != "5"
    assert answer.hint == "ignored reserved members that this event does not use: service_id"


@assumed("custom_ids=accept: a service_id in a start")
@pytest.mark.parametrize("edition", ["8.5", "8.1"])
def test_own_service_ids_are_accepted(simulate: Simulate, edition: str) -> None:
    api = Api(simulate({"fidelity": {"custom_ids": "accept", "service_ids": "integer"}}), edition)
    start = {"contact_key": "K", "service_type": 1}
    number = FIRST_SERVICE + 5
    for own in (number, str(number + 1)):
        answer = api.request("POST", "services/start", {**start, "service_id": own})
        assert (answer.status, answer.json, answer.hint) == (201, {"service_id": int(own)}, "")
        assert answer.location == f"{api.base}/services/{own}"
        assert api.get(f"services/{own}")["service_id"] == int(own)
    answer = api.request("POST", "services/start", {**start, "service_id": number})
    assert answer.status == 409
    assert api.request("POST", "services/start", start).json == {"service_id": number + 2}
    bad_ids: list[object] = [-1, 2**62 + 1, 2**63, "a", "", True, 1.5, [], {}]
    for bad in bad_ids:
        answer = api.request("POST", "services/start", {**start, "service_id": bad})
        assert answer.status == 400, bad
        assert b"service_id" in answer.raw


@assumed("custom_ids=accept: the least and the greatest")
@pytest.mark.parametrize(
    ("form", "ids", "bad", "expected"),
    [
        ("integer", [0, 1, 2**62], 2**62 + 1, f"an integer from 0 to {2**62}"),
        ("conversation", ["x", "x" * 64], "x" * 65, "1 to 64 characters, and not start, anonymous"),
    ],
)
def test_own_service_ids_have_bounds(
    simulate: Simulate, form: str, ids: list[object], bad: object, expected: str
) -> None:
    cs = simulate({"fidelity": {"custom_ids": "accept", "service_ids": form}})
    for own in ids:
        assert cs.post("services/start", {"contact_key": "K", "service_id": own}).status == 201
        assert cs.get(f"services/{own}").shows()["service_id"] == own
    message = cs.post("services/start", {"contact_key": "K", "service_id": bad}).refused()
    assert sentence("service_id", expected, bad) in message


@assumed("custom_ids=accept where ids are texts; composite starts ignore them")
def test_own_service_ids_that_are_texts(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"custom_ids": "accept", "service_ids": "conversation"}})
    answer = cs.post("services/start", {"contact_key": "K", "service_id": "my/own id"})
    assert answer.json == {"service_id": "my/own id"}
    assert answer.location == f"{BASE}/services/my%2Fown%20id"
    assert cs.get("services/my%2Fown%20id").shows()["service_id"] == "my/own id"
    assert cs.post("services/start", {"contact_key": "K", "service_id": "my/own id"}).status == 409
    bad_ids: list[object] = ["start", "anonymous", "x" * 65, "\ud800", "", [], True]
    for bad in bad_ids:
        message = cs.post("services/start", {"contact_key": "K", "service_id": bad}).refused()
        assert "service_id: expected" in message
    element = {"service": {"contact_key": "K", "service_id": "mine"}, "state": {}}
    answer = cs.post("services_composite/start", {"services": [element]})
    assert answer.json["services"][0]["service"]["service_id"] == "my/own id"
    assert (
        answer.hint
        == "ignored reserved members that this event does not use: services[0].service.service_id"
    )


@documented(
    "Start Service 8.1: the table quotes the id, the example does not: service_id_form=text"
)
def test_service_id_form(simulate: Simulate) -> None:
    cs = simulate({"fidelity": {"service_id_form": "text", "service_ids": "integer"}})
    start = {"contact_key": "K", "service_type": 1}
    answer = cs.post("/services/start", start, base="")
    assert answer.raw == b'{"service_id":"%d"}' % FIRST_SERVICE
    assert answer.location == f"/services/{FIRST_SERVICE}"
    assert cs.get(f"/services/{FIRST_SERVICE}", base="").json["service_id"] == FIRST_SERVICE
    assert cs.post("services/start", start).json == {"service_id": FIRST_SERVICE + 1}


@assumed("custom_ids=accept: a snapshot begins again with them")
@pytest.mark.parametrize("form", ["integer", "conversation"])
def test_own_service_ids_outlive_a_snapshot(simulate: Simulate, form: str) -> None:
    switches = {"custom_ids": "accept", "service_ids": form}
    cs = simulate({"fidelity": switches})
    cs.service(service_id=77)
    cs.service()
    snapshot = cs.request("GET", "/_control/snapshot?format=json", base="").json
    again = simulate({**snapshot, "clock": {"time": NOW, "mode": "frozen"}})
    assert again.dump()[0] == cs.dump()[0]
    assert again.service() == cs.service()
