"""Lists of services, by customer and by contact key. Contract section 4."""

from __future__ import annotations

import pytest

from tests.support import Simulation, assumed, documented, relied_on
from tests.support.problems import DATE, sentence

LISTS = ("customers/C/services", "services/anonymous/C")


@pytest.fixture(params=LISTS)
def path(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def owner(path: str) -> dict[str, str]:
    return {"customer_id": "C"} if path.startswith("customers") else {"contact_key": "C"}


def listed(cs: Simulation, path: str) -> list[object]:
    return [service["service_id"] for service in cs.get(path).shows()]


@assumed("an empty result is 200 and []")
@pytest.mark.parametrize("form", ["", "/active", "/completed"])
def test_query_services_nothing(cs: Simulation, path: str, form: str) -> None:
    answer = cs.get(f"{path}{form}")
    assert (answer.status, answer.raw) == (200, b"[]")


@relied_on("oldest first; then id")
def test_query_services_oldest_first(cs: Simulation, path: str) -> None:
    late = cs.service(**owner(path), timestamp="2026-01-01T00:00:00.002Z")
    early = cs.service(**owner(path), timestamp="2026-01-01T00:00:00.001Z")
    twin = cs.service(**owner(path), timestamp="2026-01-01T00:00:00.001Z")
    assert listed(cs, path) == [early, twin, late]
    cs.end(f"services/{twin}")
    assert listed(cs, path) == [early, twin, late]


@documented("Query Services: all, active, completed")
def test_query_services_active_and_completed(cs: Simulation, path: str) -> None:
    active, completed = cs.service(**owner(path)), cs.service(**owner(path))
    cs.end(f"services/{completed}")
    assert listed(cs, f"{path}/active") == [active]
    assert listed(cs, f"{path}/completed") == [completed]
    assert listed(cs, path) == [active, completed]


@documented("Query Services: anonymous ones only")
def test_query_anonymous_services_leaves_out_customers(cs: Simulation) -> None:
    anonymous = cs.service(contact_key="42")
    known = cs.service(contact_key="42", customer_id="C")
    assert listed(cs, "services/anonymous/42") == [anonymous]
    assert listed(cs, "customers/C/services") == [known]


@documented("Query Services: started_from is inclusive, started_to is exclusive")
def test_query_services_started_between(cs: Simulation, path: str) -> None:
    moments = [f"2026-01-01T00:00:00.00{n}Z" for n in range(4)]
    ids = [cs.service(**owner(path), timestamp=moment) for moment in moments]
    cs.end(f"services/{ids[2]}")
    assert listed(cs, f"{path}?started_from={moments[1]}") == ids[1:]
    assert listed(cs, f"{path}?started_to={moments[2]}") == ids[:2]
    span = f"started_from={moments[1]}&started_to={moments[3]}"
    assert listed(cs, f"{path}?{span}") == ids[1:3]
    assert listed(cs, f"{path}/active?{span}") == ids[1:2]
    assert listed(cs, f"{path}/completed?{span}") == ids[2:3]
    assert listed(cs, f"{path}?started_from={moments[3]}&started_to={moments[1]}") == []


@assumed("completed_from and completed_to are like those of the start; active services fall out")
def test_query_services_completed_between(cs: Simulation, path: str) -> None:
    ids = []
    for n in range(3):
        ids.append(cs.service(**owner(path)))
        cs.end(f"services/{ids[-1]}", timestamp=f"2026-02-01T00:00:00.00{n}Z")
    cs.service(**owner(path))
    moments = [f"2026-02-01T00:00:00.00{n}Z" for n in range(3)]
    assert listed(cs, f"{path}?completed_from={moments[1]}") == ids[1:]
    assert listed(cs, f"{path}?completed_to={moments[1]}") == ids[:1]
    assert listed(cs, f"{path}?completed_from={moments[0]}") == ids
    assert listed(cs, f"{path}/active?completed_from={moments[0]}") == []


@relied_on("lists arrive repeated as well as comma separated")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("service_types=1", [0, 1]),
        ("service_types=a", [2]),
        ("service_types=1,a", [0, 1, 2]),
        ("service_types=1%2Ca", [0, 1, 2]),
        ("service_types=1&service_types=a,c", [0, 1, 2]),
        ("service_types=", [0, 1, 2, 3]),
        ("service_types=,", [0, 1, 2, 3]),
        ("service_types=A", []),
        ("service_types=01", []),
    ],
)
def test_query_services_of_types(
    cs: Simulation, path: str, query: str, expected: list[int]
) -> None:
    ids = [cs.service(**owner(path), service_type=kind) for kind in (1, "1", "a")]
    ids.append(cs.service(**owner(path)))
    assert listed(cs, f"{path}?{query}") == [ids[n] for n in expected]


@documented("Query Services: states, tasks and extensions on request")
def test_query_services_shows_the_parts_asked_for(cs: Simulation, path: str) -> None:
    service = cs.service(**owner(path), coupon=1)
    state = cs.state(service, Feedback=1)
    task = cs.task(service, state_id=state, Survey=1)
    (shown,) = cs.get(f"{path}?active_states=true&active_tasks=true&extensions=*").shows()
    assert shown["coupon"] == 1
    assert shown["active_states"] == [
        {"state_id": state, "started": shown["started"], "Feedback": 1}
    ]
    assert shown["active_tasks"] == [
        {"state_id": state, "task_id": task, "started": shown["started"], "Survey": 1}
    ]
    assert "completed_states" not in shown


@documented("Query Services: bad dates and flags")
def test_query_services_names_every_bad_parameter(cs: Simulation, path: str) -> None:
    query = "started_from=yesterday&completed_to=2026-13-01T00:00:00.000Z&active_states=yes"
    assert cs.get(f"{path}?{query}").refused() == (
        sentence("started_from", DATE, "yesterday")
        + "; "
        + sentence(
            "completed_to",
            DATE,
            "2026-13-01T00:00:00.000Z",
        )
        + "; this date does not exist; "
        + sentence("active_states", "true or false", "yes")
    )
