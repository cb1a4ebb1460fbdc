"""What the server counts, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Thread
from typing import Any

import pytest
from prometheus_client import parser as older_parser
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import parser

from cs_simulator.control.metrics import CONTENT_TYPE
from cs_simulator.journal.journal import MAX_ENTRIES
from cs_simulator.meter import BOUNDS, Meter
from cs_simulator.operations import OPERATIONS
from tests.support.app import BASE, App

REQUESTS = "cs_simulator_requests"
DURATION = "http_server_request_duration_seconds"


def scraped(app: App) -> dict[str, Metric]:
    """Return the families of metrics by their names."""
    reply = app.get("/_control/metrics")
    assert (reply.status, reply.headers["Content-Type"]) == (200, CONTENT_TYPE)
    read: Any = parser.text_string_to_metric_families
    return {family.name: family for family in read(reply.body.decode())}


def values(families: Mapping[str, Metric], family: str, suffix: str = "") -> dict[str, float]:
    """Return what a family has for each operation and class of status."""
    return {
        f"{sample.labels['operation']} {sample.labels['status_class']}": sample.value
        for sample in families[family].samples
        if sample.name == f"{family}{suffix}"
    }


def value(families: Mapping[str, Metric], family: str) -> float:
    """Return the one value of a family."""
    [sample] = families[family].samples
    return float(sample.value)


def test_fresh_server_has_every_family() -> None:
    app = App()
    found = scraped(app)
    instance = app.get("/_control/health").json()["instance"]
    [target] = found["target"].samples
    assert target.labels["service_instance_id"] == instance
    kinds = {name: family.type for name, family in found.items()}
    assert kinds == {
        "target": "info",
        REQUESTS: "counter",
        DURATION: "histogram",
        "cs_simulator_held_responses": "gauge",
        "cs_simulator_worlds": "gauge",
        "cs_simulator_journal_size_bytes": "gauge",
        "cs_simulator_journal_dropped": "counter",
    }
    assert found[DURATION].unit == "seconds"
    assert value(found, "cs_simulator_worlds") == 1


def test_parser_of_the_older_text_finds_counters_without_values() -> None:
    reply = App().get("/_control/metrics")
    read: Any = older_parser.text_string_to_metric_families
    families = {family.name: family for family in read(reply.body.decode())}
    assert (families[REQUESTS].type, families[REQUESTS].samples) == ("counter", [])


def test_requests_are_counted_by_operation_and_class_of_status() -> None:
    app = App()
    for _ in range(3):
        app.start()
    app.get(f"{BASE}/services/1")
    app.get("/nowhere", Origin="http://a.example")
    app.ask("OPTIONS", f"{BASE}/services/start")
    app.ask("GET", f"/_world/{'x' * 99}/services/1")
    app.ask("POST", f"{BASE}/services/start", {}, X_Simulator_Fault='{"connection": "close"}')
    status = '{"response": {"status": 503}}'
    app.ask("POST", f"{BASE}/services/start", {}, X_Simulator_Fault=status)
    app.get("/_control/requests")
    found = scraped(app)
    expected = {
        "start_service 2xx": 3,
        "start_service none": 1,
        "start_service 5xx": 1,
        "get_service 4xx": 1,
        "unrouted 4xx": 2,
        "options 2xx": 1,
    }
    assert values(found, REQUESTS, "_total") == expected
    assert values(found, DURATION, "_count") == expected
    methods = {
        sample.labels["operation"]: sample.labels["http_request_method"]
        for sample in found[REQUESTS].samples
    }
    assert methods == {
        "start_service": "POST",
        "get_service": "GET",
        "unrouted": "_OTHER",
        "options": "_OTHER",
    }


def test_duration_is_in_the_bucket_where_it_belongs() -> None:
    meter = Meter()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] + 1e-9, 10.0, 11.0):
        meter.note("start_service", 201, seconds)
    [tally] = meter.tallies()
    assert tally.counts[:2] == (2, 1)
    assert tally.counts[-2:] == (1, 1)
    assert sum(tally.counts) == 5
    assert tally.seconds == pytest.approx(21.001)


def test_requests_of_several_threads_are_all_counted() -> None:
    meter = Meter()

    def count() -> None:
        for _ in range(5_000):
            meter.note("start_service", 201, 0.001)

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [tally] = meter.tallies()
    assert sum(tally.counts) == 20_000


def test_worlds_and_journals_are_counted_past_a_reset_and_a_drop() -> None:
    app = App()
    app.put("/_control/worlds/w")
    for _ in range(MAX_ENTRIES + 5):
        app.get("/_world/w/nowhere")
    before = scraped(app)
    assert value(before, "cs_simulator_worlds") == 2
    assert value(before, "cs_simulator_journal_dropped") == 5
    assert value(before, "cs_simulator_journal_size_bytes") > 1_000_000
    app.post("/_world/w/_control/reset")
    after = scraped(app)
    assert value(after, "cs_simulator_journal_dropped") == 5
    assert value(after, "cs_simulator_journal_size_bytes") == 0
    app.delete("/_control/worlds/w")
    assert value(scraped(app), "cs_simulator_journal_dropped") == 5


def test_held_responses_are_counted_while_they_wait() -> None:
    app = App()
    hour = '{"delay": "1h"}'
    start = Thread(
        target=app.ask,
        args=("POST", f"{BASE}/services/start", {}),
        kwargs={"X_Simulator_Fault": hour},
    )
    start.start()
    while value(scraped(app), "cs_simulator_held_responses") != 1:
        assert start.is_alive()
    app.post("/_control/reset")
    start.join()
    assert value(scraped(app), "cs_simulator_held_responses") == 0


def test_labels_are_bounded_whatever_is_sent() -> None:
    app = App()
    for number in range(300):
        app.ask(f"M{number}", f"/path/{number}", X_Forwarded_Host=f"h{number}")
        app.ask("GET", f"{BASE}/services/{number}?q={number}", X_Simulator_World=f"w{number}")
    assert set(values(scraped(app), REQUESTS, "_total")) == {"unrouted 4xx", "get_service 4xx"}


def test_every_operation_has_its_method() -> None:
    meter = Meter()
    for operation in OPERATIONS:
        meter.note(operation.id, 200, 0.1)
    assert len({tally.operation for tally in meter.tallies()}) == len(OPERATIONS)


def test_scrape_during_resets_is_whole() -> None:
    app = App()
    done: list[int] = []

    def reset() -> None:
        while not done:
            app.start()
            app.post("/_control/reset")
            app.put("/_control/worlds/w")
            app.delete("/_control/worlds/w")

    thread = Thread(target=reset)
    thread.start()
    try:
        counted = [sum(_starts(scraped(app))) for _ in range(50)]
    finally:
        done.append(1)
        thread.join()
    assert counted == sorted(counted)


def _starts(found: Mapping[str, Metric]) -> Iterable[float]:
    return values(found, REQUESTS, "_total").values()


def test_metrics_take_no_body_and_no_parameter() -> None:
    assert App().get("/_control/metrics?name=x").status == 400
    assert App().get("/_world/w/_control/metrics").status == 404
    assert App().post("/_control/metrics").status == 405
    head = App().ask("HEAD", "/_control/metrics")
    assert (head.status, head.body) == (200, b"")
