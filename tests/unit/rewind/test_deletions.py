"""What a world remembers of services that went: over rewinds, reports and snapshots."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.domain.store import MOST_GONE
from tests.support.app import BASE, FROZEN, App

TEXT_IDS = "fidelity: {service_ids: conversation, custom_ids: accept}\n"
PURGE = {"limit": "2027-01-01T00:00:00.000Z", "operation": "purge.service.all"}


def delete(app: App, *ids: object) -> None:
    for service_id in ids:
        assert app.delete(f"{BASE}/services/{service_id}").status == 200


def hint(app: App, service_id: object) -> str:
    reply = app.get(f"{BASE}/services/{service_id}")
    assert reply.status == 400
    return str(reply.headers.get("X-Simulator-Hint"))


def listed(app: App, key: str) -> list[Any]:
    return [each["service_id"] for each in app.get("/_control/snapshot").json().get(key, ())]


def reload(app: App) -> App:
    """Return a server with the snapshot of another, which has the same snapshot."""
    snapshot = app.get("/_control/snapshot").body
    copy = App()
    reply = copy.put("/_control/scenario", snapshot)
    assert reply.status == 200, reply.body
    assert copy.get("/_control/snapshot").body == snapshot
    return copy


def test_what_many_deletions_pushed_out_is_known_again_after_a_rewind() -> None:
    app = App(f"{FROZEN}services: [{'{contact_key: k}, ' * (MOST_GONE + 3)}]\n")
    delete(app, 4294967299, 4294967297)
    before = app.get("/_control/snapshot").body
    assert app.post(f"{BASE}/maintenance/purge", PURGE).status == 200
    assert "deleted at" not in hint(app, 4294967299)
    assert len(listed(app, "deleted_services")) == MOST_GONE
    app.get("/_control/report")
    assert app.post("/_control/rewind", {"before": 3}).status == 200
    assert app.get("/_control/snapshot").body == before
    assert "was deleted at" in hint(app, 4294967299)


def test_looking_back_does_not_change_the_order_of_what_went() -> None:
    app = App()
    for _ in range(3):
        app.start()
    delete(app, 4294967299, 4294967297, 4294967298)
    for look in ("report", "difference?from=2"):
        assert app.get(f"/_control/{look}").status == 200
        assert listed(app, "deleted_services") == [4294967299, 4294967297, 4294967298]
    assert app.post("/_control/rewind", {"before": 6}).status == 200
    assert listed(app, "deleted_services") == [4294967299, 4294967297]


def test_text_that_went_twice_went_at_the_last_time() -> None:
    app = App(f"{FROZEN}{TEXT_IDS}")
    for _ in range(2):
        assert app.start(service_id="again").status == 201
        delete(app, "again")
        app.post("/_control/clock/advance", {"by": "1h"})
    assert hint(app, "again") == "service again was deleted at 2026-01-05T10:00:00.000Z"
    assert hint(reload(app), "again") == hint(app, "again")


def test_service_that_was_deleted_before_another_had_its_id_is_known_after_a_rewind() -> None:
    app = App(f"{FROZEN}fidelity: {{custom_ids: accept}}\n")
    app.start(service_id=60)
    delete(app, 60)
    before = app.get("/_control/snapshot").body
    assert app.start(service_id=60).status == 201
    assert app.post("/_control/rewind", {"before": 3}).status == 200
    assert app.get("/_control/snapshot").body == before
    assert hint(app, 60) == "service 60 was deleted at 2026-01-05T09:00:00.000Z"


def test_number_of_a_deleted_service_is_not_given_to_another() -> None:
    gone = "how: deleted, time: 2026-01-05T08:00:00.000Z"
    app = App(
        f"{FROZEN}{TEXT_IDS}services: [{{contact_key: k}}]\n"
        f"deleted_services: [{{service_id: x, number: 4294967297, {gone}}}]\n"
    )
    started = app.start().json()["service_id"]
    reload(app)
    delete(app, started)
    assert hint(app, "x") == "service x was deleted at 2026-01-05T08:00:00.000Z"
    numbers = App(f"{FROZEN}deleted_services: [{{service_id: 4294967297, {gone}}}]\n")
    assert numbers.start().json()["service_id"] == 4294967298


@pytest.mark.parametrize("form", ["integer", "conversation"])
def test_tenants_may_have_services_of_one_id(form: str) -> None:
    app = App(
        f"{FROZEN}fidelity: {{service_ids: {form}, custom_ids: accept}}\n"
        "settings: {tenants: [{dbid: 1, name: A}, {dbid: 2, name: B}]}\n"
    )
    body = {"contact_key": "k", "service_id": 77}
    for tenant in ("A", "B"):
        reply = app.post(f"{BASE}/services/start", body, ContactCenterId=tenant)
        assert reply.status == 201
    copy = reload(app)
    assert copy.delete(f"{BASE}/services/77", ContactCenterId="B").status == 200
    assert copy.get(f"{BASE}/services/77", ContactCenterId="A").status == 200
    reload(copy)


def test_order_of_creation_outlives_deletions_whatever_the_ids() -> None:
    app = App(f"{FROZEN}fidelity: {{custom_ids: accept}}\n")
    for own in (None, None, 60, 50, None, 55):
        assert app.start(service_id=own).status == 201
    order = [4294967297, 4294967298, 60, 50, 4294967299, 55]
    before = app.get("/_control/snapshot").body
    delete(app, 60, 4294967298, 55, 50)
    assert app.start(service_id=50).status == 201
    assert app.get("/_control/difference?from=1").status == 200
    assert listed(app, "services") == [4294967297, 4294967299, 50]
    patch = app.get("/_control/difference?from=7&to=8").json()["patch"]
    assert ("remove", "/services/2") in [(each["op"], each["path"]) for each in patch]
    assert app.post("/_control/rewind", {"before": 7}).status == 200
    assert listed(app, "services") == order
    assert app.get("/_control/snapshot").body == before


def test_what_a_snapshot_remembers_is_known_again_after_a_rewind() -> None:
    app = App(f"{FROZEN}services: [{'{contact_key: k}, ' * MOST_GONE}]\n")
    assert app.post(f"{BASE}/maintenance/purge", PURGE).status == 200
    app.start()
    copy = reload(app)
    before = copy.get("/_control/snapshot").body
    [service] = listed(copy, "services")
    delete(copy, service)
    assert "was purged at" not in hint(copy, 4294967297)
    assert copy.post("/_control/rewind", {"before": 1}).status == 200
    assert copy.get("/_control/snapshot").body == before
    assert "was purged at" in hint(copy, 4294967297)


def test_service_with_the_largest_id_keeps_its_place_over_a_rewind() -> None:
    app = App("fidelity: {custom_ids: accept}\n")
    for service_id in (5, 3):
        body = {"contact_key": "k", "service_id": service_id}
        assert app.post(f"{BASE}/services/start", body).status == 201
    delete(app, 5)
    assert app.post("/_control/rewind", {"before": 3}).status == 200
    assert listed(app, "services") == [5, 3]
