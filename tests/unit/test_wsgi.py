"""The simulator as a Flask application of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse, run_wsgi_app

from cs_simulator.documents.problems import DocumentError
from cs_simulator.wsgi import flask_app

BASE = "/genesys/1/cs"


def members(response: TestResponse) -> Any:
    return json.loads(response.data)


def test_test_client_of_flask_starts_a_service_and_reads_the_journal() -> None:
    app = flask_app("demo")
    assert isinstance(app, Flask)
    client = app.test_client()
    started = client.post(f"{BASE}/services/start", json={"contact_key": "a/b+c d"})
    assert started.status_code == 201
    service = members(started)["service_id"]
    assert members(client.get(f"{BASE}/services/{service}"))["contact_key"] == "a/b+c d"
    [kept] = members(client.get("/_control/requests?operation=start_service"))["requests"]
    assert kept["request"]["json"] == {"contact_key": "a/b+c d"}


def test_worlds_scenarios_and_faults_work_as_under_serve() -> None:
    client = flask_app().test_client()
    assert client.put("/_control/worlds/w", json={"name": "demo"}).status_code == 201
    rule = {"on": "start_service", "times": 1, "response": {"status": 503}}
    assert client.post("/_world/w/_control/faults", json=rule).status_code == 201
    statuses = [
        client.post(f"/_world/w{BASE}/services/start", json={"contact_key": "a"}).status_code
        for _ in range(2)
    ]
    assert statuses == [503, 201]
    assert client.get("/_control/events").status_code == 501


def test_scenario_may_be_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    document = {"name": "mine", "customers": [{"customer_id": "C-1"}]}
    (tmp_path / "mine.json").write_text(json.dumps(document), encoding="utf-8")
    client = flask_app("mine", scenario_dir=tmp_path).test_client()
    assert client.get(f"{BASE}/profiles/C-1").status_code == 200
    with pytest.raises(DocumentError):
        flask_app("mine")


@pytest.mark.parametrize("raw", [{"RAW_URI": f"{BASE}/services/anonymous/a%2Fb?x=1"}, {}])
def test_target_is_found_under_servers_that_do_not_tell_it(raw: dict[str, str]) -> None:
    app = flask_app()
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": f"{BASE}/services/anonymous/a b",
        "QUERY_STRING": "x=1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        **raw,
    }
    body, status, _ = run_wsgi_app(app, environ)
    assert (status, b"".join(body)) == ("200 OK", b"[]")
    [kept] = members(app.test_client().get("/_control/requests"))["requests"]
    assert kept["request"]["path"] == raw.get("RAW_URI", f"{BASE}/services/anonymous/a%20b?x=1")
