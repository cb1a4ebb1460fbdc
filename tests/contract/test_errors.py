"""Errors: their two forms, and the order in which a request is checked. Contract section 3."""

from __future__ import annotations

import logging

import pytest

from cs_simulator.domain import services
from tests.conftest import Simulate
from tests.support import BASE, EXCEPTIONS, Simulation, assumed, documented
from tests.support.problems import sentence

NOT_FOUND = f"{EXCEPTIONS}.NotFoundException"
REFUSED = f"{EXCEPTIONS}.ContextServicesExceptionResource"


@documented("Delete Service: message and exception, in this order")
@assumed("400 and the texts, for every operation by analogy")
@pytest.mark.parametrize("kind", ["service", "state", "task"])
def test_error_of_what_is_not_found(cs: Simulation, unknown_id: str, kind: str) -> None:
    path = f"services/{unknown_id}"
    missing = unknown_id
    if kind != "service":
        path, missing = f"services/{cs.service()}/{kind}s/77", "77"
    for answer in (
        cs.get(path),
        cs.post(f"{path}/end"),
        cs.put(f"{path}/extensions/x", 1),
        cs.put(f"{path}/extensions/x/merge", {}),
    ):
        assert answer.status == 400
        assert answer.raw.decode() == (
            f'{{"message":"There are no {kind} found for : {missing}","exception":"{NOT_FOUND}"}}'
        )


@assumed("whatever is not a missing entity has the other class")
def test_error_of_what_is_refused(cs: Simulation) -> None:
    service = cs.service()
    for answer, status in (
        (cs.post("services/start", {}), 400),
        (cs.post("services/start", raw=b"{"), 400),
        (cs.get("services/anonymous/%FF"), 400),
        (cs.get(f"services/{service}?active_states=5"), 400),
        (cs.post("nothing"), 404),
        (cs.get("services/start"), 405),
        (cs.post("services/start", raw=b"{}", headers={"Content-Type": "text/xml"}), 415),
    ):
        assert answer.refused(status)
        assert answer.json["exception"] == REFUSED


@assumed("text is shown in quotes, any other value as JSON, both cut at 80 characters")
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 80, f"'{'x' * 80}'"),
        ("x" * 81, f"'{'x' * 77}'..."),
        ("é\n\u0000", r"'é\n\x00'"),
        (list(range(100)), str(list(range(100)))[:77] + "..."),
        (1e300, "1e+300"),
    ],
)
def test_error_shows_the_value_it_got(cs: Simulation, value: object, shown: str) -> None:
    message = cs.post("services/start", {"contact_key": "K", "est_duration": value}).refused()
    assert message.startswith("est_duration: ")
    assert message.endswith(f" {shown}")


@documented("HTTP Response Codes and Errors: http_method, title, description, code, uri")
def test_error_of_profiles_in_the_form_of_ucs(cs: Simulation) -> None:
    answer = cs.post("profiles?x=%201", {"FirstName": True, "LastName": {}})
    assert answer.status == 400
    assert list(answer.json) == ["http_method", "title", "description", "code", "uri"]
    assert answer.json == {
        "http_method": "POST",
        "title": "bad parameter",
        "description": (
            "bad parameter 'FirstName' reason : "
            + sentence("", "a string", True)
            + "; bad parameter 'LastName' reason : "
            + sentence("", "a string", {})
        ),
        "code": 4020,
        "uri": f"http://localhost{BASE}/profiles?x=%201",
    }


@assumed("the code table of the form of UCS")
@pytest.mark.parametrize(
    ("method", "path", "raw", "content_type", "status", "code", "title"),
    [
        ("GET", "profiles", b"", None, 400, 4010, "missing parameter"),
        ("GET", "profiles?shoe=1", b"", None, 400, 4020, "bad parameter"),
        ("POST", "profiles", b"[", None, 400, 4030, "malformed body"),
        ("GET", "profiles/nobody", b"", None, 404, 4040, "not found"),
        ("GET", "metadata/identification-keys/x", b"", None, 404, 4040, "not found"),
        ("DELETE", "metadata/identification-keys", b"", None, 405, 4050, "method not allowed"),
        ("DELETE", "metadata/identification-keys/", b"", None, 405, 4050, "method not allowed"),
        ("PATCH", "profiles/a%2Fb", b"", None, 405, 4050, "method not allowed"),
        ("POST", "profiles", b"x" * 2_000_000, None, 413, 4130, "body too large"),
        ("POST", "profiles", b"{}", "text/xml", 415, 4150, "unsupported media type"),
    ],
)
def test_error_codes_of_ucs(
    cs: Simulation,
    method: str,
    path: str,
    raw: bytes,
    content_type: str | None,
    status: int,
    code: int,
    title: str,
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = cs.request(method, path, raw=raw, headers=headers)
    assert answer.status == status
    assert (answer.json["code"], answer.json["title"]) == (code, title)
    assert answer.json["http_method"] == method


@assumed("route and method, 413, 415, JSON, entity in the path, body, references")
def test_error_order_of_checks(simulate: Simulate, unknown_id: str) -> None:
    cs = simulate(max_body=200)
    service = cs.service()
    xml = {"Content-Type": "text/xml"}
    large = b"{" * 201
    bad = b'{"est_duration":"x","state_id":77}'
    assert cs.request("PATCH", "services/start", raw=large, headers=xml).status == 405
    path = f"services/{unknown_id}/tasks/start"
    assert cs.post(path, raw=large, headers=xml).status == 413
    assert cs.post(path, raw=b"{", headers=xml).status == 415
    assert "is not valid JSON" in cs.post(path, raw=b"{").refused()
    assert cs.post(path, raw=bad).refused().startswith("There are no service found")
    path = f"services/{service}/tasks/start"
    assert cs.post(path, raw=bad).refused().startswith("est_duration: expected")
    assert cs.post(path, raw=b'{"state_id":77}').refused().startswith("state_id: expected ")


@assumed("a defect of the simulator: 500 with an id that stands in the log")
def test_error_of_the_simulator_itself(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by design")

    cs = simulate(may_fail=True)
    monkeypatch.setattr(services, "start_service", fail)
    with caplog.at_level(logging.ERROR):
        answer = cs.post("services/start", {"contact_key": "K"})
    assert answer.refused(500) == (
        "Internal error: this is a bug in the simulator. "
        f"Its log has the traceback under {cs.world.name}/1"
    )
    assert answer.json["exception"] == "java.lang.RuntimeException"
    assert b"ZeroDivisionError" not in answer.raw
    (record,) = caplog.records
    assert f"{cs.world.name}/1" in record.getMessage()
    assert "by design" in caplog.text
    monkeypatch.undo()
    assert cs.service()
