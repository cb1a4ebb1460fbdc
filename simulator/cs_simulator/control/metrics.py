"""The server's counters in the text format of OpenMetrics 1.0.

Names follow the semantic conventions of OpenTelemetry. No label has a value that clients choose, so
the number of lines is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from types import MappingProxyType

from flask import Response

from cs_simulator import __version__
from cs_simulator.control.endpoint import Content, Control, Endpoint
from cs_simulator.meter import BOUNDS, NO_STATUS, Tally
from cs_simulator.operations import OPERATIONS

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_REQUESTS = "cs_simulator_requests"
_DURATION = "http_server_request_duration_seconds"
_OTHER = "_OTHER"
"""The method label of requests that match no operation, since clients can invent methods."""

Labels = Mapping[str, str]


def show_metrics(control: Control) -> Response:
    """Show the counters since the start of the server, in the text format of OpenMetrics."""
    return Response("".join(_lines(control)), content_type=CONTENT_TYPE)


def _lines(control: Control) -> Iterator[str]:
    worlds, tallies = control.worlds, control.meter.tallies()
    held = len(worlds.waiting)
    yield from _family("target", "info", "The server.")
    yield _sample(
        "target_info",
        1,
        {
            "service_name": "cs-simulator",
            "service_version": __version__,
            "service_instance_id": control.instance,
        },
    )
    yield from _family(_REQUESTS, "counter", "Requests to the API that got a response.")
    for tally in tallies:
        yield _sample(f"{_REQUESTS}_total", sum(tally.counts), _labels(tally))
    yield from _family(_DURATION, "histogram", "How long they took, including delays by faults.")
    for tally in tallies:
        yield from _histogram(tally)
    yield from _gauge(
        "cs_simulator_held_responses", "Responses that are currently held back.", held
    )
    yield from _gauge("cs_simulator_worlds", "Existing worlds.", len(worlds.names()))
    budget = worlds.budget
    yield from _gauge("cs_simulator_journal_size_bytes", "Bytes in all journals.", budget.total)
    dropped = "cs_simulator_journal_dropped"
    yield from _family(dropped, "counter", "Entries that journals dropped for lack of room.")
    yield _sample(f"{dropped}_total", budget.dropped())
    yield "# EOF\n"


def _histogram(tally: Tally) -> Iterator[str]:
    labels = _labels(tally)
    bounds = (*map(repr, BOUNDS), "+Inf")
    for bound, count in zip(bounds, accumulate(tally.counts), strict=True):
        yield _sample(f"{_DURATION}_bucket", count, {**labels, "le": bound})
    yield _sample(f"{_DURATION}_count", sum(tally.counts), labels)
    yield _sample(f"{_DURATION}_sum", tally.seconds, labels)


def _labels(tally: Tally) -> Labels:
    """Return the labels that distinguish the requests of one tally from those of others."""
    is_seen = tally.status_class != NO_STATUS
    return {
        "http_request_method": _METHODS.get(tally.operation, _OTHER),
        "operation": tally.operation,
        "status_class": f"{tally.status_class}xx" if is_seen else "none",
    }


_METHODS: Labels = MappingProxyType({row.id: row.method for row in OPERATIONS})


def _gauge(name: str, text: str, value: int) -> Iterator[str]:
    yield from _family(name, "gauge", text)
    yield _sample(name, value)


def _family(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# TYPE {name} {kind}\n"
    unit = name.rpartition("_")[2]
    if unit in ("seconds", "bytes"):
        yield f"# UNIT {name} {unit}\n"
    yield f"# HELP {name} {text}\n"


def _sample(name: str, value: float, labels: Labels | None = None) -> str:
    pairs = ",".join(f'{label}="{text}"' for label, text in (labels or {}).items())
    return f"{name}{{{pairs}}} {value!r}\n" if pairs else f"{name} {value!r}\n"


ENDPOINT = Endpoint(
    "GET",
    "/metrics",
    show_metrics,
    Content("Lines of OpenMetrics.", (CONTENT_TYPE,), "cs_simulator_worlds 1"),
    scope="server",
)
