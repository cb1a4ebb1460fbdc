"""The retention scenario: services complete and vanish while a client moves the clock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped.support import played, reset
from tests.support import FIRST_SERVICE, NOW, ApiResponse, Simulation

CUSTOMER = "customers/0004Va58A92T0017/services"
IDLE, PATIENT, SHORT, DATED = range(FIRST_SERVICE, FIRST_SERVICE + 4)


@pytest.fixture
def retention() -> Simulation:
    return played("retention")


def after(simulation: Simulation, span: str, path: str) -> ApiResponse:
    """Send a GET that lets time go by first."""
    return simulation.get(path, headers={"X-Simulator-Fault": f"after-{span}"})


def ids(services: list[dict[str, Any]]) -> list[int]:
    return [service["service_id"] for service in services]


def test_nothing_happens_while_nobody_moves_the_clock(retention: Simulation) -> None:
    for _ in range(3):
        answer = retention.get(f"{CUSTOMER}/active")
        assert answer.headers["Date"] == "Mon, 05 Jan 2026 09:00:00 GMT"
        assert ids(answer.shows()) == [IDLE, PATIENT, SHORT]


def test_an_idle_service_completes_with_all_that_is_in_it(retention: Simulation) -> None:
    assert ids(after(retention, "ten-minutes", f"{CUSTOMER}/completed").shows()) == []
    assert ids(after(retention, "ten-minutes", f"{CUSTOMER}/completed").shows()) == [IDLE, SHORT]
    service = retention.everything(IDLE)
    moment = {"timestamp": "2026-01-05T09:15:00.000Z"}
    assert service["completed"] == moment
    assert [state["completed"] for state in service["completed_states"]] == [moment]
    assert [task["completed"] for task in service["completed_tasks"]] == [moment]


def test_an_event_keeps_a_service_active(retention: Simulation) -> None:
    after(retention, "ten-minutes", f"services/{IDLE}")
    retention.put(f"services/{IDLE}/extensions/note", "still here").ok(200)
    assert IDLE in ids(after(retention, "ten-minutes", f"{CUSTOMER}/active").shows())
    assert IDLE not in ids(after(retention, "ten-minutes", f"{CUSTOMER}/active").shows())


def test_a_service_may_wait_longer_than_the_setting_says(retention: Simulation) -> None:
    assert ids(after(retention, "an-hour", f"{CUSTOMER}/active").shows()) == [PATIENT]
    assert ids(after(retention, "an-hour", f"{CUSTOMER}/active").shows()) == []


def test_a_ttl_runs_out(retention: Simulation) -> None:
    for _ in range(2):
        assert after(retention, "ten-minutes", f"services/{SHORT}").status == 200
    assert after(retention, "ten-minutes", f"services/{SHORT}").refused() == (
        f"There are no service found for : {SHORT}"
    )


def test_a_date_of_expiration_comes(retention: Simulation) -> None:
    path = "services/anonymous/+442079460142"
    found = [len(after(retention, "an-hour", path).shows()) for _ in range(4)]
    assert found == [1, 1, 0, 0]


def test_everything_is_gone_after_a_day(retention: Simulation) -> None:
    assert after(retention, "a-day", CUSTOMER).shows() == []
    assert retention.world.counts().services == 0


def test_a_new_service_is_gone_a_day_after_its_last_event(retention: Simulation) -> None:
    service = retention.service()
    after(retention, "an-hour", "services/anonymous/K")
    retention.end(f"services/{service}")
    assert after(retention, "a-day", f"services/{service}").status == 400
    service = retention.service()
    after(retention, "an-hour", "services/anonymous/K")
    assert retention.exists(service)


def test_a_reset_turns_the_clock_back_too(retention: Simulation) -> None:
    after(retention, "a-day", CUSTOMER)
    reset(retention)
    assert ids(retention.get(CUSTOMER).shows()) == [IDLE, PATIENT, SHORT]
    assert retention.everything(PATIENT)["started"] == {"timestamp": NOW}
