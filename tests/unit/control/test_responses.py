"""Every answer that the document of the control API describes, seen and held against it.

What an application answers to a test is held against the document wherever it is asked, by
``tests/support/control.py``. Here each endpoint is brought to give each answer that it is described
to give: with each status, in each form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cs_simulator.control import api
from cs_simulator.control.endpoint import Endpoint
from tests.support.app import App
from tests.support.control import ROWS, document
from tests.support.responses import Response
from tests.unit.control.test_endpoints import BODIES, DOCUMENT, QUERIES, path_of

TOKEN = "s3cret"
NOT_HERE = {
    ("show_export", "200"): "an export takes a service: tests/contract/test_maintenance.py",
    ("stream_events", "200"): "a stream needs a loop: tests/wire/test_events.py",
    ("stream_events", "503"): "the same",
    ("verify_requests", "409"): "it takes two at a time: test_verify_waiting.py",
    ("verify_requests", "503"): "the same",
}
"""What is seen elsewhere, and held against the document there."""

FORMS = {
    ("list_requests", "application/har+json"): "?format=har",
    ("show_snapshot", "application/yaml"): "?format=yaml",
    ("show_report", "application/json"): "?format=json",
}
FILES = {"text/css": "console.css", "text/html": "index.html", "image/svg+xml": "icon.svg"}

CONFLICTS: dict[str, tuple[str, Any]] = {
    "add_fault": ("/_control/faults", {"name": "one", "on": "any", "delay": "1ms"}),
    "next_stage": ("/_control/stage/next", None),
    "rewind_world": ("/_control/rewind", {"before": 1}),
    "show_difference": ("/_control/difference?from=1", None),
    "put_world": ("/_control/worlds/copy", {"from": "default", "before": 1}),
}
"""What cannot be done in a world that is in its last stage, and whose journal was emptied."""

NOWHERE = {
    "show_fault": "/_control/faults/nowhere",
    "remove_fault": "/_control/faults/nowhere",
    "show_request": "/_control/requests/99",
    "show_world": "/_control/worlds/nowhere",
    "drop_world": "/_control/worlds/nowhere",
    "show_console_file": "/_control/console/nowhere",
    "show_export": "/_control/exports/nowhere",
    "show_named_scenario": "/_control/scenarios/nowhere",
}


def app_of(**settings: Any) -> App:
    app = App(DOCUMENT, **settings)
    app.start()
    app.start("w")
    return app


def asked(row: Endpoint, prefix: str = "", query: str = "", **settings: Any) -> Response:
    """Return what an endpoint answers to a request that is as it should be but for its place."""
    app = app_of(**settings)
    path = f"{prefix}/_control{path_of(row)}{query or QUERIES.get(row.name, '')}"
    return app.ask(row.method, path, BODIES.get(row.name))


def well(row: Endpoint, status: str, media_type: str) -> Response:
    if row.name == "show_console_file" and media_type in FILES:
        return app_of().get(f"/_control/console/{FILES[media_type]}")
    if status == "201" and len(row.statuses) > 1:
        return app_of().ask(row.method, f"/_control{path_of(row)}-new", BODIES[row.name])
    return asked(row, query=FORMS.get((row.name, media_type), ""))


def conflicting(row: Endpoint) -> Response:
    path, body = CONFLICTS[row.name]
    app = app_of()
    app.put("/_control/stage", {"name": "second"})
    app.delete("/_control/requests")
    return app.ask(row.method, path, body)


def not_found(row: Endpoint) -> Iterator[Response]:
    yield asked(row, "/_world/w" if row.scope == "server" else "/_world/nowhere")
    if row.name in NOWHERE:
        yield app_of().ask(row.method, NOWHERE[row.name])


def refused(row: Endpoint, status: str, patch: pytest.MonkeyPatch) -> Iterator[Response]:
    """Yield what an endpoint answers to requests that it does not carry out."""
    path = f"/_control{path_of(row)}{QUERIES.get(row.name, '')}"
    body = BODIES.get(row.name, {})
    if status == "400":
        if row.name != "health":  # which a probe may ask with anything
            yield asked(row, query="?nonsense=1")
        yield app_of().ask(row.method, f"/_world/w{path}", body, X_Simulator_World="v")
    elif status == "401":
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
            yield app_of(control_token=TOKEN).ask(row.method, path, body, **given)
    elif status == "403":
        yield app_of().ask(row.method, path, body, Origin="http://shop.example")
    elif status == "404" and row.name == "put_stage":
        yield app_of().put(path, {"name": "third"})
    elif status == "404":
        yield from not_found(row)
    elif status == "409":
        yield conflicting(row)
    elif status == "413":
        yield app_of(max_control_body=8).ask(row.method, path, {"long": "body"})
    elif status == "415":
        yield app_of().ask(row.method, path, body, Content_Encoding="gzip")
    elif status == "500":
        patch.setattr(api, "_check_query", _defect)
        # What is answered early needs none of this.
        yield asked(row, "/_world/w" if row.name == "health" else "", "?nonsense=1")
    elif status == "501":
        yield asked(row)
    elif status == "503" and row.name == "put_world":
        yield app_of(max_worlds=2).put("/_control/worlds/other")
    elif status == "503":
        yield asked(row, "/_world/other", max_worlds=2)
    else:
        raise AssertionError(f"nobody knows how {row.name} answers {status}")


def _defect(*_: object) -> None:
    raise RuntimeError("a defect")


def described() -> Iterator[Any]:
    operations = {
        each["operationId"]: each["responses"]
        for path in document()["paths"].values()
        for each in path.values()
    }
    for row in ROWS:
        for status, response in operations[row.name].items():
            for media_type in response.get("content", {"": None}):
                # What cannot be read is refused by the server: tests/wire/test_limits.py.
                is_read = status != "431" and (status != "501" or row.name == "stream_events")
                if is_read and (row.name, status) not in NOT_HERE:
                    yield pytest.param(row, status, media_type, id=f"{row.name}-{status}")


@pytest.mark.parametrize(("row", "status", "media_type"), list(described()))
def test_endpoint_gives_each_answer_that_it_is_described_to_give(
    row: Endpoint, status: str, media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if status == "303":
        prefix = "/_world/w" if row.scope == "server" else ""
        path = f"{prefix}/_control{path_of(row)}"
        replies = [app_of().ask(row.method, path, Accept="text/html")]
    elif status < "300":
        replies = [well(row, status, media_type)]
    else:
        replies = list(refused(row, status, monkeypatch))
    for reply in replies:
        assert reply.status == int(status), reply.body
        assert reply.headers.get("Content-Type", "").partition(";")[0] == media_type


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_head_is_described_as_get_is(row: Endpoint) -> None:
    if row.method == "GET" and (row.name, "200") not in NOT_HERE:
        path = f"/_control{path_of(row)}{QUERIES.get(row.name, '')}"
        assert app_of().ask("HEAD", path).status == 200


def test_what_is_seen_elsewhere_is_described() -> None:
    for name, status in NOT_HERE:
        assert status in next(
            each["responses"]
            for path in document()["paths"].values()
            for each in path.values()
            if each["operationId"] == name
        )
