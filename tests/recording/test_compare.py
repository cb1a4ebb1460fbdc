"""Compare: recordings replayed, what differs, what was there before, what is set aside."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from cs_simulator.har.exchanges import (
    Header,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.har.reading import Recording
from cs_simulator.recording.addresses import find_api
from cs_simulator.recording.comparing import Comparison, compare, generic, prepared
from cs_simulator.recording.differences import ComparisonTerms, SimulatedResponse, differences
from tests.recording.servers import BASE, Server, source

CONVERSATION = 40


def compared(recording: Recording, extends: str | None = None, **more: Any) -> Comparison:
    return compare(source(extends), [prepared(recording, **more)])


def conversation(document: dict[str, Any] | None = None) -> Server:
    server = Server(document)
    made = server.ask("POST", "services/start", {"contact_key": "K", "x": {"a": 1.50}})
    path = f"services/{made['service_id']}"
    state = server.ask("POST", f"{path}/states/start", {"state_type": 4})["state_id"]
    server.ask("POST", f"{path}/tasks/start", {"task_type": 7, "state_id": state})
    server.ask("POST", f"{path}/states/{state}/end", {"disposition": 1})
    server.ask("GET", f"{path}?active_tasks=true&completed_states=true&extensions=*")
    server.ask("POST", f"{path}/end")
    server.ask("GET", "services/anonymous/K/completed")
    server.ask("GET", "server/status")
    server.ask("POST", "maintenance/services/files?time_from=2020-01-01T00:00:00Z")
    server.ask("PUT", "nowhere/at/all", {})
    return server


@pytest.mark.parametrize("form", ["integer", "conversation"])
def test_recording_of_our_own_does_not_differ(form: str) -> None:
    recording = conversation({"fidelity": {"service_ids": form}}).recording
    found = compared(recording)
    assert found.findings == []
    assert found.set_aside == []
    assert found.compared == len(recording.exchanges)
    assert found.exit_code == 0


def changed(recording: Recording, number: int, **members: Any) -> Recording:
    """Return a recording in which a response has other members."""
    exchange = recording.exchanges[number - 1]
    assert exchange.response is not None
    assert exchange.response.body
    body = {**json.loads(exchange.response.body), **members}
    response = replace(exchange.response, body=json.dumps(body).encode())
    exchanges = list(recording.exchanges)
    exchanges[number - 1] = replace(exchange, response=response)
    return Recording(recording.name, exchanges)


def test_difference_has_its_operation_member_and_both_values() -> None:
    found = compared(changed(conversation().recording, 5, contact_key="L", more=[1]))
    assert found.exit_code == 1
    assert [
        (each.operation, each.member, each.recorded, each.simulated) for each in found.findings
    ] == [
        ("get_service", "contact_key", '"L"', '"K"'),
        ("get_service", "more", "[1]", "(nothing)"),
    ]
    assert [mark.number for mark in found.findings[0].exchanges] == [5]


def test_what_follows_from_a_difference_is_set_aside() -> None:
    server = Server()
    made = server.ask("POST", "services/start", {"contact_key": "K", "service_type": 1})
    server.ask("GET", f"services/{made['service_id']}")
    recording = server.recording
    first = recording.exchanges[0]
    # The recorded server took what ours refuses.
    request = replace(first.request, body=b'{"service_type": 1}')
    recording.exchanges[0] = replace(first, request=request)
    found = compared(recording)
    assert [(each.operation, each.member) for each in found.findings] == [
        ("start_service", "status")
    ]
    ((mark, reason),) = found.set_aside
    assert mark.number == 2
    assert "was made by an exchange that differs" in reason


def test_state_from_before_is_a_preload() -> None:
    server = Server(
        {
            "services": [
                {
                    "service_id": 95,
                    "contact_key": "K",
                    "extensions": {"x": 1},
                    "states": [{"state_id": 24, "state_type": 4, "tasks": [{"task_id": 3}]}],
                }
            ],
            "customers": [{"customer_id": "C-1", "LastName": "Ada", "PhoneNumber": ["1", "2"]}],
        }
    )
    flags = "active_states=true&active_tasks=true&extensions=*"
    server.ask("GET", f"services/95?{flags}")
    server.ask("GET", "profiles/C-1")
    server.ask("POST", "services/95/tasks/start", {"state_id": 24})
    server.ask("POST", "services/95/tasks/3/end")
    server.ask("PUT", "profiles/C-1", {"LastName": "Lovelace"})
    server.ask("GET", "profiles/C-1")
    server.ask("GET", f"services/95?{flags}")
    found = compared(server.recording)
    assert found.findings == []
    assert found.set_aside == []
    assert found.preload["services"][0]["service_id"] == 95
    assert found.preload["services"][0]["extensions"] == {"x": 1}
    assert found.preload["customers"][0]["LastName"] == "Ada"


def test_what_is_known_in_part_is_set_aside() -> None:
    server = Server({"services": [{"service_id": 95, "contact_key": "K"}]})
    server.ask("POST", "services/95/end")
    server.ask("GET", "services/95")
    server.ask("POST", "services/start", {"contact_key": "K"})
    found = compared(server.recording)
    assert found.compared == 1
    assert [mark.number for mark, _ in found.set_aside] == [1, 2]
    assert "known only in part" in found.set_aside[0][1]


def test_scenario_is_what_the_replay_begins_with() -> None:
    server = Server({"extends": "demo"})
    server.ask("GET", "services/21456878?extensions=*")
    server.ask("GET", "services/1")
    found = compared(server.recording, "demo")
    assert found.findings == []
    assert found.compared == 2


def test_recording_with_another_host_and_base_path() -> None:
    moved = conversation().recording
    for place, exchange in enumerate(moved.exchanges):
        url = exchange.request.url.replace(BASE, "https://gms.example:8443/a/b/cs")
        response = exchange.response
        assert response is not None
        headers = tuple(
            Header(name, value.replace("/genesys/1/cs", "/a/b/cs"))
            for name, value in response.headers
        )
        moved.exchanges[place] = replace(
            exchange,
            request=replace(exchange.request, url=url),
            response=replace(response, headers=headers),
        )
    found = compared(moved)
    assert found.roots == {"8.5": "https://gms.example:8443/a/b/cs"}
    assert found.findings == []


def other(url: str, method: str = "GET") -> RecordedExchange:
    return RecordedExchange(1, 0, 0, RecordedRequest(method, url), RecordedResponse(200))


def test_other_hosts_paths_and_preflights_are_left_out() -> None:
    recording = conversation().recording
    more = [
        other("http://elsewhere/app.js"),
        other("http://h/style.css"),
        other(f"{BASE}/services/start", "OPTIONS"),
    ]
    found = find_api([*recording.exchanges, *more])
    assert len(found.placed) == len(recording.exchanges)
    assert sum(found.skipped.values()) == 3
    assert any("another host, http://elsewhere" in why for why in found.skipped)
    assert any("preflight" in why for why in found.skipped)
    assert any("not below http://h/genesys/1/cs" in why for why in found.skipped)


def test_recording_of_another_api_compares_nothing() -> None:
    found = compared(Recording("other", [other("http://h/users/1"), other("http://h/app.js")]))
    assert found.compared == 0
    assert found.exit_code == 2
    assert any("not a path of the API" in line for line in found.notes)


def test_base_that_is_given_comes_before_what_is_guessed() -> None:
    recording = conversation().recording
    assert compared(recording, bases={"8.5": BASE}).findings == []
    assert compared(recording, bases={"8.5": "/genesys/1/cs"}).findings == []
    assert compared(recording, bases={"8.5": "/elsewhere"}).compared == 0


def test_response_of_a_server_in_trouble_says_nothing() -> None:
    server = Server()
    made = server.ask("POST", "services/start", {"contact_key": "K"})
    path = f"services/{made['service_id']}"
    server.ask("POST", f"{path}/end")
    server.ask("GET", path)
    recording = server.recording
    ended = recording.exchanges[1]
    recording.exchanges[1] = replace(ended, response=RecordedResponse(503))
    found = compared(recording)
    assert found.findings == []
    assert [mark.number for mark, _ in found.set_aside] == [2]


TERMS = ComparisonTerms("get_service", "GET", 2_000, "/a/cs", "/genesys/1/cs")


def members(one: Any, another: Any, terms: ComparisonTerms = TERMS, **headers: str) -> list[str]:
    own = tuple(Header(name, value) for name, value in headers.items())
    kind = Header("Content-Type", "application/json")
    found = differences(
        RecordedResponse(200, (*own, kind), json.dumps(one).encode()),
        SimulatedResponse(200, (kind,), json.dumps(another).encode()),
        terms,
    )
    return [each.member for each in found]


@pytest.mark.parametrize(
    ("one", "another", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, ["a"]),
        ({"a": 1}, {"a": "1"}, ["a"]),
        ({"a": None}, {}, ["a"]),
        ({"a": 2**70}, {"a": 2**70 + 1}, ["a"]),
        ([1, 2], [1, 2, 3], ["[]"]),
        ([1, 2], [2, 1], ["[0]", "[1]"]),
        ([{"state_id": 1}, {"state_id": 2}], [{"state_id": 2}, {"state_id": 1}], ["[] order"]),
        ([{"state_id": 1, "x": 1}], [{"state_id": 1, "x": 2}], ["[1].x"]),
        ([{"state_id": 1}], [], ["[1]"]),
        ([], [{"state_id": 1}], ["[1]"]),
        ("text", "text", []),
        ({"duration": 1_000}, {"duration": 4_900}, []),
        ({"duration": 1_000}, {"duration": 6_000}, ["duration"]),
        ({"uri": "http://x/a/cs/services"}, {"uri": "http://y/genesys/1/cs/services"}, []),
        (
            {"timestamp": "2026-01-05T09:00:00.000Z"},
            {"timestamp": "2026-01-05T09:00:01.900Z"},
            [],
        ),
        (
            {"timestamp": "2026-01-05T09:00:00.000Z"},
            {"timestamp": "2026-01-05T09:00:03.000Z"},
            ["timestamp"],
        ),
        ({"timestamp": "soon"}, {"timestamp": "2026-01-05T09:00:03.000Z"}, ["timestamp"]),
    ],
)
def test_values_are_compared_by_kind(one: Any, another: Any, expected: list[str]) -> None:
    assert members(one, another) == expected


def test_location_is_compared_below_the_base() -> None:
    one = RecordedResponse(201, (Header("location", "https://h:1/a/cs/services/5"),), b"")
    same = SimulatedResponse(201, (Header("Location", "/genesys/1/cs/services/5"),), b"")
    assert differences(one, same, TERMS) == ()
    another = SimulatedResponse(201, (Header("Location", "/genesys/1/cs/service/5"),), b"")
    assert [each.member for each in differences(one, another, TERMS)] == ["header Location"]
    without = RecordedResponse(201)
    (found,) = differences(without, same, TERMS)
    assert found.recorded == "(nothing)"


def test_methods_and_media_types_are_compared() -> None:
    one = RecordedResponse(405, (Header("Allow", "POST,GET"), Header("Content-Type", "a/b")), b"x")
    another = SimulatedResponse(
        405, (Header("Allow", "GET, OPTIONS"), Header("Content-Type", "a/c;d=e")), b"y"
    )
    found = [each.member for each in differences(one, another, TERMS)]
    assert found == ["header Content-Type", "header Allow", "body"]


def test_body_that_was_not_recorded_is_not_compared() -> None:
    simulated = SimulatedResponse(200, (), b'{"a": 1}')
    assert differences(RecordedResponse(200, (), None), simulated, TERMS) == ()


def test_generic_member_has_no_ids() -> None:
    assert generic("[95].started[3].x") == "[].started[].x"
    assert generic("status") == "status"
