"""What cannot be known is refused, with the reason, and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.domain.undo import MOST_IMAGES
from tests.support.app import BASE, FROZEN, App


def refused(app: App, before: Any, status: int = 409) -> str:
    snapshot, requests = app.get("/_control/snapshot").body, app.get("/_control/requests").body
    reply = app.post("/_control/rewind", {"before": before})
    assert reply.status == status, reply.body
    assert app.get("/_control/snapshot").body == snapshot
    assert app.get("/_control/requests").body == requests
    return str(reply.json()["detail"])


def test_request_that_the_journal_dropped_is_refused() -> None:
    app = App()
    for _ in range(1_010):
        app.start()
    assert "the journal no longer has request 5; it begins with 11" in refused(app, 5).lower()
    assert app.post("/_control/rewind", {"before": 11}).status == 200
    assert app.start().status == 201
    assert app.get("/_control/requests").json()["requests"][-1]["id"] == 11


def test_request_that_was_cleared_is_refused() -> None:
    app = App()
    app.start()
    app.delete("/_control/requests")
    app.start()
    assert "it begins with 2" in refused(app, 1)


def test_request_that_does_not_exist_is_refused() -> None:
    app = App()
    app.start()
    assert "o request 3; the last one is 1" in refused(app, 3)


@pytest.mark.parametrize("before", [0, -1, "x", None, 1.5, [], 10**30])
def test_what_is_no_id_is_refused(before: Any) -> None:
    app = App()
    app.start()
    refused(app, before, 400)
    reply = app.put("/_control/worlds/x", {"from": "default", "before": before})
    assert reply.status == 400
    assert app.worlds.names() == ["default"]


def test_request_that_changed_too_much_is_refused() -> None:
    services = "".join("  - {contact_key: k, started: -5m}\n" for _ in range(MOST_IMAGES + 1))
    app = App(f"{FROZEN}services:\n{services}")
    app.get(f"{BASE}/services/1")
    with app.worlds.default.lock:
        store = app.worlds.default.begin().store
        for service in list(store.services()):
            store.delete_service(service.number)
    assert "changed more than 5,000 things" in refused(app, 1)


def test_world_cannot_be_made_of_itself_or_of_none() -> None:
    app = App()
    app.start()
    assert app.put("/_control/worlds/default", {"from": "default"}).status == 400
    assert app.put("/_control/worlds/x", {"from": "defualt"}).status == 404
    assert app.put("/_control/worlds/x", {"from": "default", "before": 9}).status == 409
    assert app.put("/_control/worlds/x", {"from": "default", "befor": 1}).status == 400
    assert app.worlds.names() == ["default"]


def test_world_that_was_made_of_another_goes_back_no_further() -> None:
    app = App()
    app.start()
    app.start()
    made = app.put("/_control/worlds/x", {"from": "default", "before": 2})
    assert made.status == 201
    assert made.json()["counts"]["requests"] == 1
    assert app.start("x").status == 201
    assert app.post("/_world/x/_control/rewind", {"before": 2}).status == 200
    reply = app.post("/_world/x/_control/rewind", {"before": 1})
    assert reply.status == 409


def test_world_that_was_made_of_another_takes_back_its_own_calls_and_stages() -> None:
    app = App(
        FROZEN + "faults: [{name: f, on: any, skip: 9, delay: 1ms}]\n"
        "stages: [{name: a, until: {calls: 2}}, {name: b, until: {calls: 5}}, {name: c}]\n"
    )
    app.start()
    app.start()
    assert app.put("/_control/worlds/x", {"from": "default", "before": 2}).status == 201
    before = app.get("/_world/x/_control/snapshot").body
    app.start("x")
    after = app.get("/_world/x/_control/snapshot").json()["progress"]
    assert (after["stage"]["name"], after["faults"]["f"]["matched"]) == ("b", 2)
    assert app.post("/_world/x/_control/rewind", {"before": 2}).status == 200
    assert app.get("/_world/x/_control/snapshot").body == before


def test_control_calls_are_taken_back_with_the_request_before() -> None:
    app = App()
    app.start()
    wanted = app.get("/_control/snapshot").body
    app.start()
    app.post("/_control/faults", {"name": "f", "on": "any", "delay": "1ms"})
    app.post("/_control/clock/advance", {"by": "1h"})
    app.put("/_control/clock", {"mode": "offset"})
    assert app.post("/_control/rewind", {"before": 2}).status == 200
    assert app.get("/_control/snapshot").body == wanted
    assert app.get("/_control/faults").json() == {"faults": []}


def test_real_clock_stays_real() -> None:
    app = App("services: []")
    app.start()
    app.start()
    assert app.post("/_control/rewind", {"before": 1}).status == 200
    assert app.get("/_control/clock").json()["mode"] == "real"
    assert app.get("/_control/snapshot").json().get("services", []) == []


def test_difference_makes_one_snapshot_of_the_other() -> None:
    app = App()
    app.start()
    app.start()
    app.post(f"{BASE}/services/4294967297/end", {})
    reply = app.get("/_control/difference?from=2&to=4").json()
    assert [(each["op"], each["path"]) for each in reply["patch"]] == [
        ("replace", "/first_ids/service"),
        ("add", "/services/0/completed"),
        ("add", "/services/1"),
    ]
    assert app.get("/_control/difference?from=4").json()["patch"] == []
    back = app.get("/_control/difference?from=4&to=2").json()["patch"]
    assert {each["op"] for each in back} == {"replace", "remove"}
    assert app.get("/_control/difference?from=9").status == 409
    for query in ("", "?to=2", "?from=x", "?from=0", "?from=1&to=-1"):
        assert app.get(f"/_control/difference{query}").status == 400


@pytest.mark.parametrize("form", ["integer", "conversation"])
def test_service_that_came_and_went_after_the_instant_is_not_known_any_more(form: str) -> None:
    app = App(f"{FROZEN}fidelity: {{service_ids: {form}}}\nservices: [{{contact_key: k}}]\n")
    [old] = app.get(f"{BASE}/services/anonymous/k").json()
    path = f"{BASE}/services/{old['service_id']}"
    app.delete(path)
    new = app.start().json()["service_id"]
    app.delete(f"{BASE}/services/{new}")
    assert "was deleted at" in app.get(f"{BASE}/services/{new}").headers["X-Simulator-Hint"]
    assert app.post("/_control/rewind", {"before": 3}).status == 200
    assert "X-Simulator-Hint" not in app.get(f"{BASE}/services/{new}").headers
    assert "was deleted at" in app.get(path).headers["X-Simulator-Hint"]
    assert app.post("/_control/rewind", {"before": 2}).status == 200
    assert app.get(path).status == 200


def test_how_a_service_went_is_still_known_after_a_look_back() -> None:
    """A look back goes to the instant and returns."""
    app = App()
    app.start()
    app.delete(f"{BASE}/services/4294967297")
    hint = app.get(f"{BASE}/services/4294967297").headers["X-Simulator-Hint"]
    app.get("/_control/report")
    app.get("/_control/difference?from=1")
    app.put("/_control/worlds/copy", {"from": "default", "before": 2})
    assert app.get(f"{BASE}/services/4294967297").headers["X-Simulator-Hint"] == hint
    app.post("/_control/rewind", {"before": 3})
    assert app.get(f"{BASE}/services/4294967297").headers["X-Simulator-Hint"] == hint


def test_copy_has_the_exports_of_its_instant() -> None:
    app = App()
    export = f"{BASE}/maintenance/services/files?time_from=2026-01-01T00:00:00.000Z"
    for _ in range(2):
        app.post(export)
    app.put("/_control/worlds/copy", {"from": "default", "before": 2})
    [services, _, _] = app.get("/_world/copy/_control/exports").json()["exports"]
    assert app.get(services).body == app.get(services.replace("/_world/copy", "")).body
    again = app.post(f"/_world/copy{export}").json()["created"]
    assert again == [
        name.split("/")[-1] for name in app.get("/_control/exports").json()["exports"][3:]
    ]
    assert app.get("/_control/worlds").status == 200
