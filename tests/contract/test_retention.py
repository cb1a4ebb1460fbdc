"""What happens by itself: expiration and completion. Contract section 7."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Simulate
from tests.support import NOW, Simulation, assumed, documented

HOUR = {"settings": {"expiration": "1h"}}


def idle(after: str) -> dict[str, Any]:
    return {"settings": {"auto_complete": {"enabled": True, "after": after}}}


@documented("Conversation Expiration: 5y unless configured")
def test_expiration_is_five_years(cs: Simulation) -> None:
    service = cs.service()
    cs.advance("1824d")
    assert cs.exists(service)
    cs.set_clock(NOW)
    cs.advance("5y")
    assert not cs.exists(service)


@documented("Conversation Expiration: states and tasks go too")
def test_expiration_takes_everything(simulate: Simulate) -> None:
    cs = simulate(HOUR)
    service = cs.service(customer_id="C")
    state = cs.state(service)
    cs.task(service, state_id=state)
    cs.advance("3599s")
    assert cs.exists(service)
    cs.advance("1s")
    cs.get(f"services/{service}/states/{state}").refused()
    assert cs.get("customers/C/services").shows() == []
    assert cs.world.counts().services == 0


def _end(cs: Simulation, service: object, _state: int, _task: int) -> None:
    cs.end(f"services/{service}")


def _end_state(cs: Simulation, service: object, state: int, _task: int) -> None:
    cs.end(f"services/{service}/states/{state}")


def _end_task(cs: Simulation, service: object, _state: int, task: int) -> None:
    cs.end(f"services/{service}/tasks/{task}")


def _start_state(cs: Simulation, service: object, _state: int, _task: int) -> None:
    cs.state(service)


def _start_task(cs: Simulation, service: object, _state: int, _task: int) -> None:
    cs.task(service)


def _transition(cs: Simulation, service: object, state: int, _task: int) -> None:
    body = {"from": {"state_id": state}, "to": {}}
    assert cs.post(f"services/{service}/states/transition", body).status == 201


def _associate(cs: Simulation, service: object, _state: int, _task: int) -> None:
    cs.post(f"customers/C/services/{service}").ok(204)


def _extend(cs: Simulation, service: object, _state: int, _task: int) -> None:
    cs.put(f"services/{service}/extensions/x", 1).ok(200)


def _extend_state(cs: Simulation, service: object, state: int, _task: int) -> None:
    cs.put(f"services/{service}/states/{state}/extensions/x/merge", {}).ok(200)


def _extend_task(cs: Simulation, service: object, _state: int, task: int) -> None:
    cs.put(f"services/{service}/tasks/{task}/extensions/x", 1).ok(200)


def _composite(cs: Simulation, _service: object, _state: int, _task: int) -> None:
    event = {"service": {"contact_key": "K"}, "state": {}}
    (made,) = cs.post("services_composite/start", {"services": [event]}).json["services"]
    assert made["service"]["created"] == made["state"]["created"] == "false"


EVENTS = [
    _end,
    _end_state,
    _end_task,
    _start_state,
    _start_task,
    _transition,
    _associate,
    _extend,
    _extend_state,
    _extend_task,
    _composite,
]


@documented("Conversation Expiration: counted from start or update of the service")
@pytest.mark.parametrize("event", EVENTS)
def test_expiration_counts_from_the_last_event(
    simulate: Simulate, event: Callable[[Simulation, object, int, int], None]
) -> None:
    cs = simulate(HOUR)
    service = cs.service()
    state, task = cs.state(service), cs.task(service)
    cs.advance("40m")
    event(cs, service, state, task)
    cs.advance("59m")
    assert cs.exists(service)
    cs.advance("1m")
    assert not cs.exists(service)


@documented("Autocompleting Services: when nothing in the service was updated")
@pytest.mark.parametrize("event", [event for event in EVENTS if event is not _end])
def test_auto_complete_counts_from_the_last_event(
    simulate: Simulate, event: Callable[[Simulation, object, int, int], None]
) -> None:
    cs = simulate(idle("1h"))
    service = cs.service()
    state, task = cs.state(service), cs.task(service)
    cs.advance("40m")
    event(cs, service, state, task)
    cs.advance("59m")
    assert "completed" not in cs.get(f"services/{service}").json
    cs.advance("1m")
    shown = cs.get(f"services/{service}").json
    assert shown["completed"] == {"timestamp": "2026-01-05T10:40:00.000Z"}


@assumed("queries and refused requests are no events")
def test_retention_is_not_moved_by_what_changes_nothing(simulate: Simulate) -> None:
    cs = simulate(HOUR)
    service = cs.service()
    cs.advance("59m")
    cs.everything(service)
    cs.post(f"services/{service}/end", {"ttl": 0}).refused()
    cs.post(f"services/{service}/states/77/end").refused()
    cs.advance("1m")
    assert not cs.exists(service)


@assumed("counted from the world's clock, never from a client's timestamp")
def test_retention_does_not_count_from_a_clients_timestamp(cs: Simulation) -> None:
    service = cs.service(timestamp="2009-05-12T12:05:12.145Z", auto_complete_after=60)
    assert "completed" not in cs.get(f"services/{service}").shows()
    cs.end(f"services/{service}", timestamp="2009-05-12T12:06:12.145Z")
    assert cs.get(f"services/{service}").shows()["duration"] == 60_000


@documented("Autocompleting Services: with its active states and tasks")
def test_auto_complete_ends_states_and_tasks(simulate: Simulate) -> None:
    cs = simulate(idle("1h"))
    service = cs.service()
    done, state = cs.state(service), cs.state(service)
    cs.task(service, state_id=state)
    cs.advance("10m")
    cs.end(f"services/{service}/states/{done}")
    cs.advance("5h")
    moment = "2026-01-05T10:10:00.000Z"
    shown = cs.everything(service)
    assert shown["completed"] == {"timestamp": moment}
    assert shown["duration"] == 70 * 60_000
    assert (shown["active_states"], shown["active_tasks"]) == ([], [])
    completed = [each["completed"]["timestamp"] for each in shown["completed_states"]]
    assert completed == ["2026-01-05T09:10:00.000Z", moment]
    assert shown["completed_tasks"][0]["completed"] == {"timestamp": moment}


@documented("Autocompleting Services: off unless enabled")
def test_auto_complete_is_off_by_default(simulate: Simulate) -> None:
    for cs in (simulate(), simulate({"settings": {"auto_complete": {"after": "1h"}}})):
        service = cs.service()
        cs.advance("1y")
        assert "completed" not in cs.get(f"services/{service}").shows()


@documented("Autocompleting Services: auto_complete_after overrides the option")
def test_auto_complete_after_overrides_the_option(simulate: Simulate) -> None:
    cs = simulate(idle("1h"))
    early, late = cs.service(auto_complete_after="60"), cs.service(auto_complete_after=7200)
    cs.advance("1h")
    early_end = cs.get(f"services/{early}").json["completed"]
    assert early_end == {"timestamp": "2026-01-05T09:01:00.000Z"}
    assert "completed" not in cs.get(f"services/{late}").json


@assumed("auto_complete_after works though the option is off")
def test_auto_complete_after_works_alone(cs: Simulation) -> None:
    service = cs.service(auto_complete_after=60)
    cs.advance("59s")
    assert "completed" not in cs.get(f"services/{service}").json
    cs.advance("1s")
    assert cs.get(f"services/{service}").json["duration"] == 60_000
    assert [each["service_id"] for each in cs.get("services/anonymous/K/completed").json] == [
        service
    ]


@assumed("completion by itself is no event: the expiration does not move")
def test_auto_complete_does_not_prolong_the_service(simulate: Simulate) -> None:
    cs = simulate(HOUR)
    service = cs.service(auto_complete_after=1800)
    cs.advance("59m")
    assert "completed" in cs.get(f"services/{service}").shows()
    cs.advance("1m")
    assert not cs.exists(service)


@assumed("in order of time; at equal times completion before expiration, then by id")
def test_retention_happens_in_order(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    cs = simulate(HOUR)
    log: list[tuple[str, int]] = []
    store = type(cs.world.begin().store)
    replace, delete = store.replace_service, store.delete_service

    def replaced(self: Any, service: Any) -> None:
        log.append(("complete", service.number))
        replace(self, service)

    def deleted(self: Any, number: int, *how: Any) -> None:
        log.append(("expire", number))
        delete(self, number, *how)

    monkeypatch.setattr(store, "replace_service", replaced)
    monkeypatch.setattr(store, "delete_service", deleted)
    for members in ({}, {"auto_complete_after": 3600}, {"auto_complete_after": 60}, {"ttl": 30}):
        cs.service(**members)
    first = cs.world._ids.counters.service - 4
    cs.advance("1h")
    assert cs.get("services/anonymous/K").shows() == []
    assert [(what, number - first) for what, number in log] == [
        ("expire", 3),
        ("complete", 2),
        ("complete", 1),
        ("expire", 0),
        ("expire", 1),
        ("expire", 2),
    ]


@documented("Configuring Business Attributes: an expiration per service type")
def test_expiration_per_service_type(simulate: Simulate) -> None:
    attribute = {
        "dbid": 1,
        "cv_attributes": ["Service.type"],
        "values": [{"name": "chat", "dbid": 10, "expiration": "1m"}, {"name": "call", "dbid": 11}],
    }
    cs = simulate({**HOUR, "business_attributes": {"Types": attribute}})
    chats = [cs.service(service_type=kind) for kind in ("chat", 10, "10")]
    call, none = cs.service(service_type="call"), cs.service()
    moved = cs.service(service_type="call")
    cs.post(f"customers/C/services/{moved}", {"service_type": "chat"}).ok(204)
    cs.advance("1m")
    assert [cs.exists(each) for each in (*chats, call, none)] == [False] * 3 + [True] * 2
    # The options in force at the start hold, whatever becomes of the service.
    assert cs.exists(moved)
    cs.advance("59m")
    assert not any(cs.exists(each) for each in (call, none, moved))
