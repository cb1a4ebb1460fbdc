"""Purge and export. Contract section 7."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.conftest import Simulate
from tests.support import Simulation, assumed, documented, relied_on
from tests.support.problems import DATE, MISSING, sentence

STREAM = "maintenance/services/stream"
FILES = "maintenance/services/files"


def moment(hour: int) -> str:
    return f"2026-01-05T{hour:02}:00:00.000Z"


@pytest.fixture
def four(cs: Simulation) -> dict[str, object]:
    """An active and a completed service, each once of a customer and once anonymous.

    The one that is created first starts last.
    """
    last = cs.service(timestamp=moment(4))
    ids = {
        "active": cs.service(customer_id="C", timestamp=moment(1)),
        "completed": cs.service(customer_id="C", timestamp=moment(2)),
        "active anonymous": cs.service(timestamp=moment(3)),
        "completed anonymous": last,
    }
    cs.end(f"services/{ids['completed']}", timestamp=moment(6))
    cs.end(f"services/{ids['completed anonymous']}", timestamp=moment(8))
    return ids


@documented("Purge Services: its five operations")
@pytest.mark.parametrize(
    ("operation", "gone"),
    [
        ("purge.service.all", "active, completed, active anonymous, completed anonymous"),
        ("purge.service.started", "active, active anonymous"),
        ("purge.service.started.anonymous", "active anonymous"),
        ("purge.service.completed", "completed, completed anonymous"),
        ("purge.service.completed.anonymous", "completed anonymous"),
    ],
)
def test_purge_services_operations(
    cs: Simulation, four: dict[str, object], operation: str, gone: str
) -> None:
    limit = "2026-01-05T05:00:00.000Z"
    cs.post("maintenance/purge", {"limit": limit, "operation": operation}).ok(200)
    assert [name for name, each in four.items() if not cs.exists(each)] == gone.split(", ")


@documented("Purge Services: services started before the limit")
def test_purge_services_compares_the_start_strictly(
    cs: Simulation, four: dict[str, object]
) -> None:
    cs.post("maintenance/purge", {"limit": moment(2), "operation": "purge.service.all"}).ok()
    assert [cs.exists(each) for each in four.values()] == [False, True, True, True]


@documented("Purge Services: limit and operation are mandatory")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {},
            (
                f"limit {MISSING}; expected a date in the form "
                f"YYYY-MM-DDTHH:mm:ss.SSSZ; operation {MISSING}; expected one of "
                "purge.service.all, purge.service.started, "
                "purge.service.started.anonymous, purge.service.completed, "
                "purge.service.completed.anonymous"
            ),
        ),
        (
            {"limit": 5, "operation": "purge.service"},
            (
                sentence("limit", DATE, 5)
                + "; "
                + sentence(
                    "operation",
                    "one of purge.service.all, purge.service.started, "
                    "purge.service.started.anonymous, purge.service.completed, "
                    "purge.service.completed.anonymous",
                    "purge.service",
                )
            ),
        ),
    ],
)
def test_purge_services_names_every_bad_member(
    cs: Simulation, four: dict[str, object], body: object, message: str
) -> None:
    before = cs.dump()
    assert cs.post("maintenance/purge", body).refused() == message
    assert cs.dump() == before
    assert all(cs.exists(each) for each in four.values())


@assumed("members that the purge does not have are ignored")
def test_purge_services_hints_at_unknown_members(cs: Simulation) -> None:
    body = {"limit": moment(0), "operation": "purge.service.all", "dry_run": True, "x": None}
    assert cs.post("maintenance/purge", body).ok().hint == (
        "ignored members: dry_run; purged 0 services"
    )


@documented("Export Services Stream: String[] of ids")
@assumed("both ends of the span count")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"time_from={moment(0)}", "active, completed, active anonymous, completed anonymous"),
        (f"time_from={moment(5)}", "completed, completed anonymous"),
        (f"time_from={moment(5)}&filter_events=started", ""),
        (f"time_from={moment(1)}&time_to={moment(2)}", "active, completed"),
        (f"time_from={moment(1)}&time_to={moment(3)}&filter_events=completed", ""),
        (
            f"time_from={moment(6)}&time_to={moment(8)}&filter_events=completed",
            ("completed, completed anonymous"),
        ),
        (f"time_from={moment(3)}&time_to={moment(3)}", "active anonymous"),
        (f"time_from={moment(8)}&time_to={moment(1)}", ""),
    ],
)
def test_export_services_stream_ids(
    cs: Simulation, four: dict[str, object], query: str, expected: str
) -> None:
    wanted = [str(four[name]) for name in expected.split(", ") if name]
    assert cs.get(f"{STREAM}?{query}").shows() == wanted


@assumed("both ends of the span count, to the millisecond")
@pytest.mark.parametrize("event", ["started", "completed"])
def test_export_services_stream_of_a_span_that_ends_with_the_event(
    cs: Simulation, event: str
) -> None:
    at = "2026-01-05T09:00:00.00"
    service = cs.service(timestamp=f"{at}{2 if event == 'started' else 0}Z")
    assert cs.post(f"services/{service}/end", {"timestamp": f"{at}2Z"}).status == 204
    for last, found in ((1, []), (2, [str(service)])):
        span = f"time_from={at}1Z&time_to={at}{last}Z&filter_events={event}"
        assert cs.get(f"{STREAM}?{span}").shows() == found


@documented("Export Services Stream: time_to is now unless it is given")
def test_export_services_stream_ends_now(cs: Simulation) -> None:
    service = cs.service(timestamp=moment(10))
    query = f"{STREAM}?time_from={moment(0)}"
    assert cs.get(query).shows() == []
    cs.advance("1h")
    assert cs.get(query).shows() == [str(service)]


@documented("Export Features: filter_state is that of the time of the query")
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("any", ["active", "completed", "active anonymous", "completed anonymous"]),
        ("active", ["active", "active anonymous"]),
        ("inactive", ["completed", "completed anonymous"]),
    ],
)
def test_export_services_stream_content(
    cs: Simulation, four: dict[str, object], state: str, expected: list[str]
) -> None:
    path = f"{STREAM}?time_from={moment(0)}&export_content=true&filter_state={state}"
    assert cs.get(path).shows() == [cs.everything(four[name]) for name in expected]


@documented("Export Services Stream: filter_state only with export_content")
def test_export_services_stream_ignores_filter_state_for_ids(
    cs: Simulation, four: dict[str, object]
) -> None:
    answer = cs.get(f"{STREAM}?time_from={moment(0)}&filter_state=active")
    assert len(answer.shows()) == len(four)
    assert "filter_state ignored" in answer.hint


@documented("Export Services: time_from is mandatory; a bad filter is refused")
@pytest.mark.parametrize(("method", "path"), [("GET", STREAM), ("POST", FILES)])
def test_export_services_names_every_bad_parameter(cs: Simulation, method: str, path: str) -> None:
    query = "time_to=now&filter_events=all&filter_state=ANY"
    assert cs.request(method, f"{path}?{query}").refused() == (
        sentence("time_from", DATE)
        + "; "
        + sentence("time_to", DATE, "now")
        + "; "
        + sentence("filter_events", "one of any, started, completed", "all")
        + "; "
        + sentence("filter_state", "one of any, active, inactive", "ANY")
    )


@relied_on("the answer has a member created, the names of the files")
def test_export_services_files_names(cs: Simulation) -> None:
    cs.set_clock("2014-08-13T16:05:08.183Z")
    answer = cs.post(f"{FILES}?time_from={moment(0)}")
    stem = "export20140813_160508_183"
    names = [f"{stem}_services.csv", f"{stem}_states.csv", f"{stem}_tasks.csv"]
    assert answer.shows() == {"created": names}
    listed = cs.get("_control/exports", base="/").shows()
    assert listed == {"exports": [f"/_control/exports/{name}" for name in names]}


@assumed("RFC 4180; the columns are the resource's members, attached data as JSON")
def test_export_services_files_content(cs: Simulation) -> None:
    service = cs.service(
        customer_id='say "hi", C', service_type=1, **{"x": [1], "completed.timestamp": 5}
    )
    state = cs.state(service, state_type="a\nb")
    cs.advance("1s")
    cs.end(f"services/{service}/states/{state}", disposition=10, media_type="chat")
    task = cs.task(service, state_id=state, est_duration=5)
    created = cs.post(f"{FILES}?time_from={moment(0)}").shows()["created"]
    tables = []
    for name in created:
        answer = cs.get(f"_control/exports/{name}", base="/")
        assert answer.raw.endswith(b"\r\n")
        (row,) = csv.DictReader(io.StringIO(answer.raw.decode(), newline=""))
        tables.append({column: value for column, value in row.items() if value})
    services, states, tasks = tables
    extensions = json.loads(services.pop("extensions"))
    assert extensions == {"x": [1], "completed.timestamp": 5}
    assert services == {
        "service_id": str(service),
        "service_type": "1",
        "customer_id": 'say "hi", C',
        "started.timestamp": "2026-01-05T09:00:00.000Z",
    }
    assert states == {
        "service_id": str(service),
        "customer_id": 'say "hi", C',
        "state_id": str(state),
        "state_type": "a\nb",
        "started.timestamp": "2026-01-05T09:00:00.000Z",
        "completed.timestamp": "2026-01-05T09:00:01.000Z",
        "completed.media_type": "chat",
        "disposition": "10",
        "duration": "1000",
    }
    assert (tasks["task_id"], tasks["state_id"], tasks["est_duration"]) == (
        str(task),
        str(state),
        "5",
    )


@documented("Export Services to Files: filter_state")
def test_export_services_files_filters_by_state(cs: Simulation, four: dict[str, object]) -> None:
    query = f"{FILES}?time_from={moment(0)}&filter_state=active"
    (services, *_) = cs.post(query).shows()["created"]
    text = cs.get(f"_control/exports/{services}", base="/").raw.decode()
    rows = csv.DictReader(io.StringIO(text))
    assert [row["service_id"] for row in rows] == [
        str(four["active"]),
        str(four["active anonymous"]),
    ]


@assumed("the files are gone with a reset")
def test_export_services_files_go_with_a_reset(simulate: Simulate) -> None:
    cs = simulate()
    (name, *_) = cs.post(f"{FILES}?time_from={moment(0)}").shows()["created"]
    cs.request("POST", "_control/reset", base="/").shows()
    assert cs.get(f"_control/exports/{name}", base="/").status == 404
