"""Scalars, dates, limits, reserved names. Contract section 2."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.api.events import FORMS
from cs_simulator.domain.members import RESERVED
from tests.conftest import Simulate
from tests.support import NOW, Simulation, assumed, documented, relied_on
from tests.support.problems import DATE


def kept(cs: Simulation, **members: Any) -> Any:
    """Start a service and return what it kept."""
    shown = cs.get(f"services/{cs.service(**members)}?extensions=*").shows()
    return shown | shown["started"]


@assumed("an integer member takes an integer, 60.0 or a string of ASCII digits")
@pytest.mark.parametrize("value", [60, 60.0, "60", "060"])
def test_integer_members_take(cs: Simulation, value: object) -> None:
    shown = kept(cs, est_duration=value, application_id=value)
    assert (shown["est_duration"], shown["application_id"]) == (60, 60)
    assert type(shown["est_duration"]) is int


@documented("Start Event List: application_id and resource_id; service ids have 64 bits")
@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), str(-(2**63)), -5, 0])
def test_integer_members_of_64_bits(cs: Simulation, value: object) -> None:
    assert kept(cs, resource_id=value)["resource_id"] == int(str(value))


@assumed("a string member takes a string, or an integer, kept as text")
@pytest.mark.parametrize(
    ("value", "text"), [(42, "42"), ("42", "42"), (-7, "-7"), (0, "0"), (10**39, "1" + "0" * 39)]
)
def test_text_members_take(cs: Simulation, value: object, text: str) -> None:
    shown = kept(cs, contact_key=value, session_id=value)
    assert (shown["contact_key"], shown["session_id"]) == (text, text)
    assert kept(cs, session_id="")["session_id"] == ""


@documented("Start Event List: long or string")
@pytest.mark.parametrize(
    ("value", "given_back"),
    [
        (1, 1),
        ("1", "1"),
        ("voice", "voice"),
        (-1, -1),
        (2**63 - 1, 2**63 - 1),
        (5.0, 5),
        (" ", " "),
    ],
)
def test_long_or_string_members_keep_their_type(
    cs: Simulation, value: object, given_back: object
) -> None:
    shown = kept(cs, service_type=value, media_type=value)
    assert shown["service_type"] == given_back
    assert type(shown["media_type"]) is type(given_back)


@assumed("null for a known member counts as absent")
def test_null_members_are_absent(cs: Simulation) -> None:
    names = "service_type session_id application_id est_duration timestamp ttl expiration_time"
    shown = cs.get(f"services/{cs.service(**dict.fromkeys(names.split()))}").shows()
    assert list(shown) == ["service_id", "contact_key", "started"]
    assert shown["started"] == {"timestamp": NOW}


@documented("Start Service: ISO 8601 with milliseconds, UTC")
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2009-05-12T12:05:12.145Z", "2009-05-12T12:05:12.145Z"),
        ("2009-05-12T12:05:12Z", "2009-05-12T12:05:12.000Z"),
        ("2009-05-12T12:05:12.001+02:00", "2009-05-12T10:05:12.001Z"),
        ("2009-05-12T23:30:00-01:30", "2009-05-13T01:00:00.000Z"),
        ("2099-12-31T23:59:59.999Z", "2099-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"),
    ],
)
def test_dates_taken(cs: Simulation, given: str, shown: str) -> None:
    assert kept(cs, timestamp=given)["timestamp"] == shown


@assumed("any other form of a date is refused")
@pytest.mark.parametrize(
    "given",
    [
        "2009-05-12",
        "2009-05-12T12:05:12",
        "2009-05-12 12:05:12Z",
        "2009-05-12T12:05:12.1Z",
        "2009-05-12T12:05:12.1234Z",
        "2009-05-12t12:05:12z",
        "20090512T120512Z",
        "2009-02-30T00:00:00.000Z",
        "2009-05-12T24:00:00.000Z",
        "2009-05-12T12:60:00.000Z",
        "2009-05-12T12:05:60.000Z",
        "0000-01-01T00:00:00.000Z",
        "10000-01-01T00:00:00.000Z",
        "0001-01-01T00:00:00.000+00:01",
        "9999-12-31T23:59:59.999-00:01",
        "2009-05-12T12:05:12.145+2:00",
        "2009-05-12T12:05:12.145+24:00",
        "2009-05-12T12:05:12.145+01:60",
        "2009-05-12T12:05:12.145Z\n",
        "٢٠٠٩-05-12T12:05:12.145Z",
        1242129912145,
        "now",
    ],
)
def test_dates_refused(cs: Simulation, given: object) -> None:
    message = cs.post("services/start", {"contact_key": "K", "timestamp": given}).refused()
    assert message.startswith(f"timestamp: expected {DATE}")


@assumed("a date that an offset moves out of the years 1 to 9999 is rejected, with that reason")
def test_date_that_leaves_the_calendar_in_utc_says_so(cs: Simulation) -> None:
    started = {"contact_key": "K", "timestamp": "0001-01-01T00:00:00+14:00"}
    message = cs.post("services/start", started).refused()
    assert message.endswith("; in UTC it is outside the years 1 to 9999")


LIMITS = {"session_id": 32, "interaction_id": 50, "disposition_desc": 64}


@documented("End Event List: lengths, on service and state end")
@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
@pytest.mark.parametrize("kind", ["service", "state"])
def test_limits_of_service_and_state_end(cs: Simulation, kind: str, name: str, limit: int) -> None:
    service = cs.service()
    path = f"services/{service}"
    if kind == "state":
        path = f"{path}/states/{cs.state(service)}"
    too_long = "é" * (limit + 1)
    message = cs.post(f"{path}/end", {name: too_long}).refused()
    assert f"expected at most {limit} characters (it has {limit + 1})" in message
    assert "completed" not in cs.get(path).json
    cs.post(f"{path}/end", {name: too_long[1:]}).ok(204)


@assumed("elsewhere the lengths only give a hint")
def test_limits_elsewhere(cs: Simulation) -> None:
    long = {"session_id": "s" * 33, "interaction_id": "i" * 51}
    answer = cs.post("services/start", {"contact_key": "K", **long})
    assert answer.status == 201
    assert answer.hint == (
        "session_id has 33 characters; the documented limit is 32; "
        "interaction_id has 51 characters; the documented limit is 50"
    )
    service = answer.json["service_id"]
    task = cs.task(service, **long)
    end = cs.post(f"services/{service}/tasks/{task}/end", {"disposition_desc": "d" * 65}).ok(204)
    assert end.hint == "disposition_desc has 65 characters; the documented limit is 64"
    state = cs.state(service)
    body = {"from": {"state_id": state, "disposition_desc": "d" * 65}, "to": {}, **long}
    answer = cs.post(f"services/{service}/states/transition", body)
    assert answer.refused().startswith("from.disposition_desc: expected")


@documented("Start Service: its example sends disposition in a start")
@relied_on("a start body sent again with an end")
@assumed("a reserved name that is not this event's own is accepted, not validated, ignored")
@pytest.mark.parametrize("event", ["StartService", "EndService", "StartState", "EndTask"])
def test_reserved_names_are_ignored(cs: Simulation, event: str) -> None:
    others = sorted(RESERVED - FORMS[event].converters.keys())
    service = cs.service()
    verb = "start" if event.startswith("Start") else "end"
    kind = event.lower().removeprefix(verb)
    path = "services" if kind == "service" else f"services/{service}/{kind}s"
    if verb == "start":
        body: dict[str, Any] = {"contact_key": "K"} if kind == "service" else {}
        answer = cs.post(f"{path}/start", body | {name: {"any": [1]} for name in others})
        assert answer.status == 201
        path = f"{path}/{answer.json[f'{kind}_id']}"
    else:
        path = f"{path}/{service if kind == 'service' else cs.task(service)}"
        answer = cs.post(f"{path}/end", {name: {"any": [1]} for name in others}).ok(204)
    assert (
        answer.hint
        == f"ignored reserved members that this event does not use: {', '.join(others)}"[:512]
    )
    assert b"any" not in cs.get(f"{path}?extensions=*").raw


@assumed("a body id that differs from the path is ignored, with a hint")
def test_reserved_ids_in_a_body(cs: Simulation) -> None:
    service = cs.service()
    state = cs.state(service)
    path = f"services/{service}/states/{state}/end"
    same = cs.post(path, {"service_id": service, "state_id": str(state), "task_id": None})
    assert same.ok(204).hint == ""
    answer = cs.post(path, {"service_id": "other", "state_id": 5}).ok(204)
    assert (
        "ignored reserved members that this event does not use: service_id, state_id" in answer.hint
    )


@relied_on("scalars may arrive as strings")
def test_scalars_as_strings(simulate: Simulate) -> None:
    cs = simulate()
    shown = kept(cs, est_duration="60", application_id="40", resource_id="5005", media_type="1")
    assert (shown["est_duration"], shown["application_id"], shown["resource_id"]) == (60, 40, 5005)
    assert shown["media_type"] == "1"
