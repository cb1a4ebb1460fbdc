"""Fit: what recordings of one server prove, and what they cannot know."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_simulator.domain.fidelity import SWITCHES, Fidelity
from cs_simulator.har.exchanges import Header, RecordedResponse
from cs_simulator.har.reading import Recording
from cs_simulator.recording.assignments import Space, WatchedFidelity
from cs_simulator.recording.fitting import Fit, FittedSwitch
from tests.recording.servers import BASE_81, Server, Talk, fitted

DEFAULTS = asdict(Fidelity())


def switch_of(result: Fit, name: str) -> FittedSwitch:
    return next(switch for switch in result.switches if switch.name == name)


def numbers(switch: FittedSwitch) -> list[int]:
    return [mark.number for mark in switch.exchanges]


def claims(result: Fit) -> dict[str, str]:
    return result.proven


def random_switches(chooser: random.Random) -> dict[str, str]:
    return {switch.name: chooser.choice(switch.values) for switch in SWITCHES}


def test_recording_proves_what_it_exercises_and_names_the_exchanges() -> None:
    server = Server({"fidelity": {"end_twice": "reject", "location_segment": "service"}})
    made = server.ask("POST", "services/start", {"contact_key": "K", "service_type": 1})
    path = f"services/{made['service_id']}"
    task = server.ask("POST", f"{path}/tasks/start", {})["task_id"]
    server.ask("POST", f"{path}/tasks/{task}/end", {})
    server.ask("POST", f"{path}/tasks/{task}/end", {})
    result = fitted(server.recording)
    assert claims(result) == {
        "service_ids": "integer",
        "location_segment": "service",
        "types_mandatory": "false",
        "end_twice": "reject",
    }
    assert numbers(switch_of(result, "end_twice")) == [4]
    assert numbers(switch_of(result, "location_segment")) == [1]
    assert numbers(switch_of(result, "types_mandatory")) == [2]
    assert result.exit_code == 0
    undecided = switch_of(result, "start_on_completed")
    assert undecided.verdict == "undecided"
    assert undecided.possible == ("accept", "reject")
    assert undecided.reason == "no exchange exercises it"
    assert undecided.decider.startswith("POST services/{service_id}/states/start")


def test_empty_recording_proves_nothing() -> None:
    result = fitted(Recording("nothing"))
    assert claims(result) == {}
    assert result.exit_code == 2


def test_switches_that_mask_each_other_are_told_together() -> None:
    # A start that is refused for its length, or for its type: one word of the two is missing.
    server = Server({"fidelity": {"types_mandatory": "true", "string_limits": "everywhere"}})
    made = server.ask("POST", "services/start", {"contact_key": "K", "service_type": 1})
    server.ask("POST", f"services/{made['service_id']}/states/start", {"session_id": "s" * 33})
    recording = server.recording
    response = recording.exchanges[-1].response
    assert response is not None
    # A server whose messages say nothing.
    mute = replace(response, body=b'{"message": "no", "exception": "x"}')
    recording.exchanges[-1] = replace(recording.exchanges[-1], response=mute)
    result = fitted(recording)
    for name, other in (("types_mandatory", "string_limits"), ("string_limits", "types_mandatory")):
        switch = switch_of(result, name)
        assert switch.verdict == "undecided"
        assert other in switch.reason
        assert "mask each other" in switch.reason


def test_contradictory_evidence_is_told() -> None:
    one = Server({"fidelity": {"end_twice": "accept"}})
    other = Server({"fidelity": {"end_twice": "reject"}})
    for server in (one, other):
        made = server.ask("POST", "services/start", {"contact_key": "K"})
        for _ in range(2):
            server.ask("POST", f"services/{made['service_id']}/end", {})
    first, second = one.recording, other.recording
    first.name, second.name = "first", "second"
    result = fitted(first, second)
    switch = switch_of(result, "end_twice")
    assert switch.verdict == "contradicted"
    assert [str(mark) for mark in switch.exchanges] == ["first#3"]
    assert [str(mark) for mark in switch.against] == ["second#3"]
    assert result.exit_code == 1
    assert "end_twice" not in claims(result)


def test_ids_of_two_forms_are_a_contradiction() -> None:
    recordings = []
    for form in ("integer", "conversation"):
        server = Server({"fidelity": {"service_ids": form}})
        server.ask("POST", "services/start", {"contact_key": "K"})
        recording = server.recording
        recording.name = form
        recordings.append(recording)
    assert switch_of(fitted(*recordings), "service_ids").verdict == "contradicted"


def test_what_no_switch_explains_is_a_finding() -> None:
    server = Server()
    made = server.ask("POST", "services/start", {"contact_key": "K"})
    server.ask("POST", f"services/{made['service_id']}/end", {})
    recording = server.recording
    ended = recording.exchanges[-1]
    answer = RecordedResponse(418, (Header("Content-Type", "text/plain"),), b"no")
    recording.exchanges[-1] = replace(ended, response=answer)
    result = fitted(recording)
    (finding,) = result.comparison.findings
    assert (finding.operation, finding.member) == ("end_service", "status")
    assert finding.recorded == "418"
    assert finding.simulated.startswith("204")
    assert result.exit_code == 1


def test_first_ids_base_paths_and_tenants_are_read_off() -> None:
    server = Server(
        {
            "first_ids": {"service": 9_000, "state": 70, "task": 80},
            "settings": {
                "base_paths": {"8.5": "/gms/api/cs", "8.1": "/ucs"},
                "tenants": [{"dbid": 101, "name": "north"}, {"dbid": 102, "name": "south"}],
            },
        }
    )
    base = "http://h/gms/api/cs"
    for tenant in ("north", "south"):
        body = {"contact_key": "K"}
        made = server.ask("POST", f"{base}/services/start", body, ContactCenterId=tenant)
        path = f"{base}/services/{made['service_id']}"
        server.ask("POST", f"{path}/states/start", {}, ContactCenterId=tenant)
        server.ask("GET", path, ContactCenterId="north")
    server.ask("POST", "http://h/ucs/services/start", {"contact_key": "K", "service_type": 1})
    result = fitted(server.recording)
    assert result.comparison.findings == []
    assert result.scenario["first_ids"] == {"service": 9_000, "state": 70}
    assert result.scenario["settings"]["base_paths"] == {"8.5": "/gms/api/cs", "8.1": "/ucs"}
    names = [tenant["name"] for tenant in result.scenario["settings"]["tenants"]]
    assert names == ["north", "south"]


def test_declared_attributes_and_schemas_are_taken_as_the_server_shows_them() -> None:
    document = {
        "profile_attributes": [
            {"name": "LastName", "type": "string", "mandatory": True},
            {"name": "Loyalty", "type": "integer"},
        ],
        "identification_keys": [{"name": "byLoyalty", "attributes": ["Loyalty"]}],
        "extension_schemas": {
            "profiles": [
                {
                    "name": "Address",
                    "type": "single-valued",
                    "attributes": [{"name": "city", "type": "string"}],
                }
            ]
        },
        "business_attributes": {
            "Kinds": {
                "dbid": 1,
                "cv_attributes": ["Service.type"],
                "values": [{"name": "sales", "dbid": 100}],
            }
        },
    }
    server = Server(document)
    for path in (
        "metadata/profiles",
        "metadata/identification-keys",
        "metadata/profiles/extensions",
    ):
        server.ask("GET", path)
    server.ask("GET", "metadata/business-attributes")
    server.ask("POST", "profiles", {"LastName": "A", "Loyalty": "5", "Address": {"city": "B"}})
    server.ask("GET", "profiles?Loyalty=5&include_extensions=Address")
    server.ask("POST", "services/start", {"contact_key": "K", "service_type": "sales"})
    server.ask("POST", "services/start", {"contact_key": "K", "service_type": "other"})
    server.ask("GET", "services/anonymous/K")
    result = fitted(server.recording)
    assert result.comparison.findings == []
    assert {"profile_attributes", "identification_keys", "business_attributes"} <= set(
        result.scenario
    )


def test_service_older_than_expiration_shows_a_longer_one() -> None:
    server = Server(
        {
            "settings": {"expiration": "20y"},
            "services": [
                {
                    "service_id": 5,
                    "contact_key": "K",
                    "started": "2001-01-01T00:00:00Z",
                    "retention": {"touched": "2001-01-01T00:00:00Z"},
                }
            ],
        }
    )
    server.ask("GET", "services/5")
    result = fitted(server.recording)
    assert result.scenario["settings"]["expiration"].endswith("d")
    assert result.comparison.findings == []


def test_lost_response_leaves_both_possible() -> None:
    server = Server({"fidelity": {"types_mandatory": "true"}})
    server.ask("POST", "services/start", {"contact_key": "K"})
    server.ask("GET", "services/anonymous/K")
    recording = server.recording
    recording.exchanges[0] = replace(recording.exchanges[0], response=None, error="reset")
    result = fitted(recording)
    assert switch_of(result, "types_mandatory").verdict == "undecided"
    assert result.comparison.findings == []


def test_lost_response_that_shows_later_is_known() -> None:
    server = Server()
    made = server.ask("POST", "services/start", {"contact_key": "K"})
    server.ask("GET", "services/anonymous/K")
    server.ask("POST", f"services/{made['service_id']}/end", {})
    server.ask("POST", f"services/{made['service_id']}/end", {})
    recording = server.recording
    recording.exchanges[0] = replace(recording.exchanges[0], response=None, error="reset")
    result = fitted(recording)
    assert result.comparison.findings == []
    assert result.proven["end_twice"] == "accept"
    assert result.proven["types_mandatory"] == "false"


def test_requests_in_parallel_may_have_come_in_any_order() -> None:
    server = Server({"fidelity": {"start_on_completed": "reject"}})
    made = server.ask("POST", "services/start", {"contact_key": "K"})
    path = f"services/{made['service_id']}"
    server.ask("POST", f"{path}/states/start", {})
    server.ask("POST", f"{path}/end", {})
    recording = server.recording
    start, state, end = recording.exchanges
    # The end was sent first and answered last: the state came before it or after it.
    early = replace(end, number=2, started=state.started - 20, elapsed=100.0)
    late = replace(state, number=3, elapsed=10.0)
    recording.exchanges = [replace(start, started=start.started - 500), early, late]
    result = fitted(recording)
    assert "start_on_completed" not in result.proven
    assert result.comparison.findings == []


def test_pairs_in_parallel_leave_one_past_where_their_order_does_not_show() -> None:
    server = Server()
    for number in range(24):
        made = server.ask("POST", "services/start", {"contact_key": f"K{number}"})
    server.ask("POST", f"services/{made['service_id']}/end", {})
    server.ask("POST", f"services/{made['service_id']}/end", {})
    recording = server.recording
    begun = recording.exchanges[0].started
    recording.exchanges = [
        replace(each, started=begun + 100 * (place // 2), elapsed=50.0)
        if place < 24
        else replace(each, started=begun + 100 * place)
        for place, each in enumerate(recording.exchanges)
    ]
    result = fitted(recording)
    assert result.proven["end_twice"] == "accept"
    assert result.comparison.findings == []
    assert result.comparison.set_aside == []


def test_many_requests_in_parallel_prove_nothing() -> None:
    server = Server()
    made = server.ask("POST", "services/start", {"contact_key": "K"})
    for _ in range(5):
        server.ask("POST", f"services/{made['service_id']}/end", {})
    recording = server.recording
    first, *rest = recording.exchanges
    begun = first.started + 1_000
    recording.exchanges = [first] + [replace(each, started=begun, elapsed=500.0) for each in rest]
    result = fitted(recording)
    assert "end_twice" not in result.proven
    reasons = {reason for _, reason in result.comparison.set_aside}
    assert reasons == {"too many others were in progress"}


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_random_conversations_lead_to_no_wrong_claim(chooser: random.Random) -> None:
    fidelity = random_switches(chooser)
    server = Server({"fidelity": fidelity})
    talk = Talk(server, chooser)
    for _ in range(20):
        talk.step()
    result = fitted(server.recording)
    assert result.proven.items() <= fidelity.items()
    assert result.comparison.findings == []
    assert all(switch.verdict != "contradicted" for switch in result.switches)


def test_space_of_assignments_is_exact() -> None:
    space = Space(SWITCHES[:5])
    assert space.size == 2 * 2 * 2 * 2 * 3
    chosen = {switch.name: switch.values[-1] for switch in space.switches}
    only = space.only(chosen)
    assert only.bit_count() == 1
    assert space.first(only) == chosen
    for switch in space.switches:
        parts = [space.having(switch.name, value) for value in switch.values]
        assert sum(part.bit_count() for part in parts) == space.size
        union = 0
        for part in parts:
            union |= part
        assert union == space.everything
        assert space.values(switch.name, only) == (switch.values[-1],)
        moved = space.changed(only, switch.name, switch.values[-1], switch.values[0])
        assert space.first(moved) == {**chosen, switch.name: switch.values[0]}
    assert space.agreeing(chosen, [switch.name for switch in space.switches]) == only


def test_watched_switches_remember_what_was_read() -> None:
    watched = WatchedFidelity({**DEFAULTS, "end_twice": "reject"})
    watched.start_over()
    assert watched.end_twice == "reject"
    assert watched.merge_conflict == "stored"
    assert watched.were_read() == {"end_twice", "merge_conflict"}
    watched.start_over()
    assert watched.were_read() == frozenset()


@pytest.mark.parametrize("form", ["integer", "conversation"])
def test_both_editions_are_replayed(form: str) -> None:
    server = Server({"fidelity": {"service_ids": form}})
    old: dict[str, Any] = server.ask(
        "POST", f"{BASE_81}/services/start", {"contact_key": "K", "service_type": 1}
    )
    server.ask("GET", f"services/{old['service_id']}")
    server.ask("GET", f"{BASE_81}/services/nobody")
    server.ask("POST", f"{BASE_81}/services/start", {"contact_key": "K"})
    result = fitted(server.recording)
    assert result.comparison.findings == []
    assert result.comparison.set_aside == []
    assert result.proven["service_ids"] == form
