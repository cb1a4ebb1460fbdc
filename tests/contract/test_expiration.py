"""ttl and expiration_time of one service. Contract sections 4 and 7."""

from __future__ import annotations

import pytest

from tests.support import NOW, Simulation, assumed, documented

TEN = "2026-01-05T10:00:00.000Z"


def gone_after(cs: Simulation, service: object, seconds: int) -> bool:
    """Tell whether a service lives until just before a number of seconds has passed."""
    cs.advance(f"{seconds - 1}s")
    before = cs.exists(service)
    cs.advance("1s")
    return before and not cs.exists(service)


@documented("Update Expiration Time: 200, empty body; ttl in seconds from this event")
def test_update_service_expiration_ttl(cs: Simulation) -> None:
    service = cs.service()
    cs.advance("1h")
    cs.put(f"services/{service}", {"ttl": 86400}).ok(200)
    assert gone_after(cs, service, 86400)


@documented("Update Expiration Time: expiration_time")
def test_update_service_expiration_time(cs: Simulation) -> None:
    service = cs.service()
    cs.put(f"services/{service}", {"expiration_time": TEN}).ok(200)
    cs.advance("30m")
    cs.end(f"services/{service}")
    assert gone_after(cs, service, 1800)


@documented("Update Expiration Time: ttl wins over expiration_time")
def test_update_service_expiration_ttl_wins(cs: Simulation) -> None:
    service = cs.service()
    cs.put(f"services/{service}", {"ttl": 60, "expiration_time": TEN}).ok(200)
    assert gone_after(cs, service, 60)


@documented("Update Expiration Time: it overwrites earlier updates")
def test_update_service_expiration_overwrites(cs: Simulation) -> None:
    service = cs.service(ttl=30)
    cs.put(f"services/{service}", {"expiration_time": TEN}).ok(200)
    cs.put(f"services/{service}", {"ttl": 7200}).ok(200)
    assert gone_after(cs, service, 7200)


@documented("Update Expiration Time: both members are optional")
@pytest.mark.parametrize("raw", [None, b"", b"{}", b'{"ttl":null}'])
def test_update_service_expiration_with_neither(cs: Simulation, raw: bytes | None) -> None:
    service = cs.service(ttl=60)
    before = cs.dump()
    assert "neither ttl nor expiration_time" in cs.put(f"services/{service}", raw=raw).ok().hint
    assert cs.dump() == before


@assumed("other members are no attached data here")
def test_update_service_expiration_ignores_other_members(cs: Simulation) -> None:
    service = cs.service()
    answer = cs.put(f"services/{service}", {"ttl": 60, "coupon": 1, "timestamp": 5}).ok()
    assert "coupon" in answer.hint
    assert "ignored reserved members that this event does not use: timestamp" in answer.hint
    assert "coupon" not in cs.get(f"services/{service}?extensions=*").json


@documented("Update Expiration Time: also in start and end events")
def test_start_and_end_service_take_ttl_and_expiration_time(cs: Simulation) -> None:
    by_start = cs.service(ttl="60", expiration_time=TEN)
    by_end, at_ten = cs.service(), cs.service(expiration_time=TEN)
    cs.advance("10s")
    cs.end(f"services/{by_end}", ttl=50)
    assert gone_after(cs, by_start, 50)
    assert not cs.exists(by_end)
    assert gone_after(cs, at_ten, 3540)


@documented("Update Expiration Time: a ttl counts from each later event too")
def test_ttl_counts_from_the_last_event(cs: Simulation) -> None:
    service = cs.service(ttl=60)
    cs.advance("30s")
    cs.state(service)
    assert gone_after(cs, service, 60)


@assumed("an expiration_time in the past is accepted: the service is gone at once")
@pytest.mark.parametrize("moment", ["2009-01-01T00:00:00.000Z", NOW])
def test_expiration_time_in_the_past(cs: Simulation, moment: str) -> None:
    assert not cs.exists(cs.service(expiration_time=moment))
    service = cs.service()
    cs.put(f"services/{service}", {"expiration_time": moment}).ok(200)
    assert not cs.exists(service)
    ended = cs.service()
    cs.end(f"services/{ended}", expiration_time=moment)
    assert not cs.exists(ended)


@assumed("a ttl of 0 or less is refused")
@pytest.mark.parametrize("ttl", [0, -1, "0"])
@pytest.mark.parametrize("form", ["start", "end", "put"])
def test_ttl_must_be_positive(cs: Simulation, form: str, ttl: object) -> None:
    service = cs.service()
    before = cs.dump()
    if form == "start":
        answer = cs.post("services/start", {"contact_key": "K", "ttl": ttl})
    elif form == "end":
        answer = cs.post(f"services/{service}/end", {"ttl": ttl})
    else:
        answer = cs.put(f"services/{service}", {"ttl": ttl})
    assert "expected a 64-bit integer, 1 or greater" in answer.refused()
    assert cs.dump() == before


@assumed("setting the clock back brings nothing back to life")
def test_expiration_is_not_undone_by_the_clock(cs: Simulation) -> None:
    service = cs.service(ttl=60)
    cs.advance("1h")
    assert not cs.exists(service)
    cs.set_clock(NOW)
    assert not cs.exists(service)


@documented("Update Expiration Time of an unknown service")
def test_update_service_expiration_unknown(cs: Simulation, unknown_id: str) -> None:
    message = cs.put(f"services/{unknown_id}", {"ttl": 0}).refused()
    assert message == f"There are no service found for : {unknown_id}"
