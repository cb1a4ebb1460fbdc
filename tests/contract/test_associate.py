"""Associate a service with a customer. Contract section 4."""

from __future__ import annotations

import pytest

from tests.support import NOW, Simulation, assumed, documented


def listed(cs: Simulation, path: str) -> list[object]:
    return [service["service_id"] for service in cs.get(path).shows()]


@documented("Associate Service: an anonymous service leaves the anonymous lists")
def test_associate_service_gives_it_a_customer(cs: Simulation) -> None:
    service = cs.service(contact_key="42")
    cs.post(f"customers/C-1/services/{service}").ok(204)
    assert cs.get(f"services/{service}").json["customer_id"] == "C-1"
    assert listed(cs, "customers/C-1/services") == [service]
    for form in ("", "/active", "/completed"):
        assert listed(cs, f"services/anonymous/42{form}") == []


@documented("Associate Service: it overrides an earlier association")
@pytest.mark.parametrize("completed", [False, True])
def test_associate_service_leaves_the_former_customer(cs: Simulation, completed: bool) -> None:
    service = cs.service(customer_id="C-1")
    if completed:
        cs.end(f"services/{service}")
    cs.post(f"customers/C-2/services/{service}", {}).ok(204)
    which = "completed" if completed else "active"
    assert listed(cs, "customers/C-1/services") == []
    assert listed(cs, f"customers/C-1/services/{which}") == []
    assert listed(cs, f"customers/C-2/services/{which}") == [service]


@documented("Associate Service: the fields of the body update the service")
def test_associate_service_updates_what_is_sent(cs: Simulation) -> None:
    service = cs.service(
        contact_key="42", service_type=1, session_id="S", media_type=1, coupon=1, kept=1
    )
    answer = cs.post(
        f"customers/C-1/services/{service}",
        {"service_type": 2, "est_duration": 9, "media_type": "chat", "coupon": [2]},
    ).ok(204)
    assert answer.hint == ""
    assert cs.get(f"services/{service}?extensions=*").shows() == {
        "service_id": service,
        "service_type": 2,
        "customer_id": "C-1",
        "contact_key": "42",
        "est_duration": 9,
        "started": {"timestamp": NOW, "session_id": "S", "media_type": "chat"},
        "coupon": [2],
        "kept": 1,
    }


@documented("Associate Service: the fields of the body update the service")
def test_associate_service_takes_another_contact_key(cs: Simulation) -> None:
    service = cs.service(contact_key="42")
    cs.post(f"customers/C-1/services/{service}", {"contact_key": "43"}).ok(204)
    assert cs.get(f"services/{service}").shows()["contact_key"] == "43"


@assumed("timestamp is ignored, and never filled")
def test_associate_service_does_not_move_the_start(cs: Simulation) -> None:
    service = cs.service(timestamp="2009-05-12T12:05:12.145Z")
    cs.post(f"customers/C/services/{service}").ok(204)
    for timestamp in (NOW, "never", [1]):
        answer = cs.post(f"customers/C/services/{service}", {"timestamp": timestamp}).ok(204)
        assert answer.hint == "ignored reserved members that this event does not use: timestamp"
    started = cs.get(f"services/{service}").json["started"]
    assert started == {"timestamp": "2009-05-12T12:05:12.145Z"}


@assumed("the customer of the path counts")
def test_associate_service_prefers_the_path(cs: Simulation) -> None:
    service = cs.service()
    answer = cs.post(f"customers/C-1/services/{service}", {"customer_id": "C-2"}).ok(204)
    assert "customer_id in the body differs" in answer.hint
    assert cs.get(f"services/{service}").json["customer_id"] == "C-1"


@assumed("a member that does not belong to this event is ignored")
def test_associate_service_ignores_what_is_not_its_own(cs: Simulation) -> None:
    service = cs.service()
    body = {"ttl": "never", "auto_complete_after": [], "disposition": {}, "completed": 1}
    answer = cs.post(f"customers/C/services/{service}", body).ok(204)
    assert "ttl, auto_complete_after, disposition, completed" in answer.hint
    assert cs.exists(service)


@documented("Associate Service")
def test_associate_service_unknown(cs: Simulation, unknown_id: str) -> None:
    before = cs.dump()
    message = cs.post(f"customers/C/services/{unknown_id}").refused()
    assert message == f"There are no service found for : {unknown_id}"
    assert cs.dump() == before
