"""The rows of the endpoints, held to what they answer."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from cs_simulator import control
from cs_simulator.control.api import ENDPOINTS, LINKS
from cs_simulator.control.endpoint import Endpoint
from tests.support.app import FROZEN, App
from tests.support.server import PATIENCE

DOCUMENT = (
    FROZEN
    + """
faults: [{name: one, on: end_service, response: {status: 503}}]
stages:
  - {name: first, until: {calls: 4, on: start_service}}
  - {name: second}
"""
)

BODIES: dict[str, Any] = {each.name: each.takes.example for each in ENDPOINTS if each.takes} | {
    "put_stage": {"name": "second"},
    "rewind_world": {"before": 1},
    "make_report": {"test": {"name": "test_it"}},
    "put_fault": {"on": "start_service", "delay": "1ms"},
}

NAMES = {"faults": "one", "worlds": "w", "requests": "1", "console": "main.js", "scenarios": "demo"}

QUERIES = {"show_difference": "?from=1"}

NAMED = [pytest.param(each, id=each.name) for each in ENDPOINTS]


def path_of(endpoint: Endpoint) -> str:
    """Return the path of an endpoint, with the name of something that there is."""
    head, _, rest = endpoint.path.partition("<")
    return head + (NAMES.get(head.strip("/"), "export.csv") if rest else "")


def app_of() -> App:
    app = App(DOCUMENT)
    app.start()
    app.start("w")
    return app


@pytest.mark.parametrize("endpoint", NAMED)
def test_endpoint_answers_as_its_row_says(endpoint: Endpoint) -> None:
    if endpoint.name == "show_export":
        pytest.skip("test_exports.py asks for what an export made")
    if endpoint.name == "stream_events":
        pytest.skip("a stream has no end; tests/wire/test_events.py reads it")
    app = app_of()
    path = f"/_control{path_of(endpoint)}{QUERIES.get(endpoint.name, '')}"
    reply = app.ask(endpoint.method, path, BODIES.get(endpoint.name))
    assert reply.status in endpoint.statuses, reply.body
    assert reply.headers["Content-Type"] == endpoint.content_type


@pytest.mark.parametrize("endpoint", NAMED)
def test_loop_waits_for_no_world_in_other_hands(endpoint: Endpoint) -> None:
    if endpoint.name == "stream_events":
        pytest.skip("a stream is no request that the loop carries out")
    app = app_of()
    app.get("/_control/")
    world = app.worlds.find("w")
    prefix = "" if endpoint.scope == "server" else "/_world/w"
    path = f"{prefix}/_control{path_of(endpoint)}{QUERIES.get(endpoint.name, '')}"
    with ThreadPoolExecutor(1) as loop, world.lock:
        loop.submit(app.at_once, endpoint.method, path, BODIES.get(endpoint.name)).result(PATIENCE)


MOST_GARBAGE = 100
"""Objects in cycles that a request may leave; the router leaves eight, and apispec fifty."""


@pytest.mark.parametrize("endpoint", NAMED)
def test_endpoint_leaves_little_that_only_a_collection_frees(endpoint: Endpoint) -> None:
    if endpoint.name in {"show_export", "stream_events"}:
        pytest.skip("it is not asked here")
    path = f"/_control{path_of(endpoint)}{QUERIES.get(endpoint.name, '')}"
    warm, app = app_of(), app_of()
    warm.ask(endpoint.method, path, BODIES.get(endpoint.name))
    gc.collect()
    gc.disable()
    gc.freeze()  # what is there by now is not looked at again, here or later
    try:
        app.ask(endpoint.method, path, BODIES.get(endpoint.name))
        assert gc.collect() <= MOST_GARBAGE
    finally:
        gc.enable()


@pytest.mark.parametrize("endpoint", NAMED)
def test_endpoint_makes_a_world_only_where_its_row_says_so(endpoint: Endpoint) -> None:
    if endpoint.scope == "server":
        pytest.skip("it is about no world, or names it in its path")
    app = app_of()
    path = f"/_world/new/_control{path_of(endpoint)}{QUERIES.get(endpoint.name, '')}"
    reply = app.ask(endpoint.method, path, BODIES.get(endpoint.name))
    assert ("new" in app.worlds.names()) is endpoint.makes_world
    assert endpoint.makes_world or reply.status == 404


@pytest.mark.parametrize("endpoint", NAMED)
def test_what_belongs_to_the_server_is_asked_at_the_root_alone(endpoint: Endpoint) -> None:
    app = app_of()
    path = f"/_world/w/_control{path_of(endpoint)}"
    reply = app.ask(endpoint.method, path, BODIES.get(endpoint.name))
    is_refused = reply.status == 404 and reply.json()["title"] == "Not available per world"
    assert is_refused is (endpoint.scope == "server")


@pytest.mark.parametrize("endpoint", NAMED)
def test_parameter_that_no_row_knows_is_refused(endpoint: Endpoint) -> None:
    app = app_of()
    body = BODIES.get(endpoint.name)
    reply = app.ask(endpoint.method, f"/_control{path_of(endpoint)}?nonsense=1", body)
    assert (reply.status, reply.json()["title"]) == (400, "Invalid query")


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if each.query])
def test_parameter_that_comes_twice_is_refused(endpoint: Endpoint) -> None:
    for each in endpoint.query:
        path = f"/_control{path_of(endpoint)}?{each.name}=1&{each.name}=2"
        reply = app_of().ask(endpoint.method, path, BODIES.get(endpoint.name))
        if not each.repeats:
            assert (reply.status, reply.json()["title"]) == (400, "Invalid query")
            assert each.name in str(reply.json())


@pytest.mark.parametrize("endpoint", NAMED)
def test_body_is_refused_or_needed_as_the_row_says(endpoint: Endpoint) -> None:
    if endpoint.takes is not None:
        reply = app_of().ask(endpoint.method, f"/_control{path_of(endpoint)}", ["no", "map"])
        assert reply.status == 400


def test_every_endpoint_has_a_summary_of_one_sentence() -> None:
    for each in ENDPOINTS:
        assert each.summary.endswith("."), each.name
        assert each.summary[0].isupper(), each.name


def test_names_and_routes_are_there_once() -> None:
    assert len({each.name for each in ENDPOINTS}) == len(ENDPOINTS)
    assert len({(each.method, each.path) for each in ENDPOINTS}) == len(ENDPOINTS)


def test_index_leads_to_every_path_of_one_word() -> None:
    links = App().get("/_control/").json()["links"]
    assert tuple(links) == LINKS
    for name, link in links.items():
        method = "POST" if name in ("reset", "explain", "verify", "judge", "rewind") else "GET"
        wanted = (501,) if name == "events" else (200, 400)  # a stream needs a loop
        assert App().ask(method, link).status in wanted


@pytest.mark.parametrize("module", sorted(each.name for each in iter_modules(control.__path__)))
def test_rows_of_every_module_are_served(module: str) -> None:
    rows = getattr(import_module(f"cs_simulator.control.{module}"), "ENDPOINTS", ())
    left_out = [f"{row.method} {row.path}" for row in rows if row not in ENDPOINTS]
    assert not left_out, f"add the rows of control/{module}.py in control/api.py: {left_out}"
