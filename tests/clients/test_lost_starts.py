"""Libraries in their default settings that make two services of one start, shown by a drill.

The caller of each sees a plain 201.
"""

from __future__ import annotations

import pytest

from tests.clients.conftest import Drill

TWO_OF_ONE = [
    ("jdk", "url-connection", "drill-lost-answer"),
    ("jdk", "url-connection", "drill-reset"),
    ("commons", "", "drill-lost-answer"),
    ("okhttp", "", "drill-lost-answer-reused"),
    ("pypi", "httplib2", "drill-lost-answer"),
    ("pypi", "httplib2", "drill-garbage"),
    ("pypi", "pycurl", "drill-lost-answer-reused"),
    ("curl", "reused", "drill-lost-answer-reused"),
    ("curl", "wget", "drill-lost-answer"),
    ("curl", "wget", "drill-truncated-body"),
]


@pytest.mark.parametrize(("kind", "name", "scenario"), TWO_OF_ONE)
def test_library_makes_two_services_of_one_start(
    drill: Drill, kind: str, name: str, scenario: str
) -> None:
    result = drill(scenario, kind, name)
    [created] = result.ruling["virtues"]
    assert (created["virtue"], created["verdict"]) == ("created", "failed"), result
    assert created["found"]["most"] == 2
    assert result.end.code == 0, result.end


@pytest.mark.parametrize("scenario", ["drill-lost-answer", "drill-reset"])
def test_curl_on_a_fresh_connection_does_not(drill: Drill, scenario: str) -> None:
    assert drill(scenario, "curl", "reused").verdict == "passed"
