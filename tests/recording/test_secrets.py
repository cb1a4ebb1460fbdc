"""What is masked in recordings and reports: by its name, by its looks, and where it is repeated."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.domain.members import BY_NAME, RESERVED
from cs_simulator.har.exchanges import (
    Header,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.har.secrets import Masker
from cs_simulator.har.writing import HarFile
from tests.support.app import BASE, App

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl"
BEARER = "mF_9.B5f-4.1JqM"


def recorded(kind: str, body: bytes, answer: bytes = b"", url: str = "http://h/a") -> Any:
    request = RecordedRequest("POST", url, (Header("Content-Type", kind),), body)
    response = RecordedResponse(200, (Header("Content-Type", "text/plain"),), answer)
    return Masker().exchange(RecordedExchange(1, 1_000, 2.5, request, response))


@pytest.mark.parametrize(
    "name",
    [
        *("password", "userPassword", "db_password", "PASSWD", "clientSecret", "access_token"),
        *("jwt", "pin", "otp", "cvv", "cvc", "X-Api-Key", "apiKey", "signature"),
        *("body.deep.password", "headers[Cookie]"),
    ],
)
def test_name_of_a_secret(name: str) -> None:
    assert Masker().is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("contact_key", "customer_id", "pins", "spin", "passenger", "tokens", "keyword"),
        *("session", "designature", "monkey", "service_id", "secretary"),
    ],
)
def test_name_of_no_secret(name: str) -> None:
    assert not Masker().is_secret(name)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("end", [b"--b--", b"--b\r\n", b""], ids=["whole", "more", "cut"])
@pytest.mark.parametrize("boundary", ["b", '"b"; charset=utf-8'])
def test_field_of_a_form_in_parts_is_masked_by_its_name(
    line_end: bytes, end: bytes, boundary: str
) -> None:
    lines = [
        b"--b",
        b'Content-Disposition: form-data; name="user"',
        b"",
        b"maria",
        b"--b",
        b'Content-Disposition: form-data; name="password"; filename="p.txt"',
        b"Content-Type: text/plain",
        b"",
        b"hunter2",
        b"and more",
        end,
    ]
    body = line_end.join(lines)
    answer = b"not hunter2" + line_end + b"and more"
    found = recorded(f"multipart/form-data; boundary={boundary}", body, answer)
    assert found.request.body.startswith(body.partition(b"hunter2")[0] + b"***")
    assert b"maria" in found.request.body
    for part in (found.request.body, found.response.body):
        assert b"hunter2" not in part
    assert found.details["_masked"] == ["request.body", "response.body"]


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data"])
def test_tokens_are_masked_wherever_they_stand(kind: str) -> None:
    body = f'{{"note": "sent {JWT} and Bearer {BEARER} today", "n": 1}}'.encode()
    found = recorded(
        kind, body, f"what is {JWT}?".encode(), f"http://h/a/{JWT}?x=bearer%20{BEARER}"
    )
    assert found.request.body == b'{"note": "sent *** and Bearer *** today", "n": 1}'
    assert found.response.body == b"what is ***?"
    assert found.request.url == "http://h/a/***?x=bearer%20***"
    assert found.details["_masked"] == ["request.url", "request.body", "response.body"]


def test_no_member_of_context_services_is_a_secret() -> None:
    """A recording without them would not tell what it is recorded for."""
    assert not [name for name in (*BY_NAME, *RESERVED) if Masker().is_secret(name)]


def test_words_that_are_no_tokens_stay() -> None:
    body = b'{"note": "the bearer of news, eyJ is none, bearer short"}'
    assert recorded("application/json", body).request.body == body


@pytest.mark.parametrize("secret", ["x", "7", "ab", "abc"])
def test_short_secret_is_masked_in_its_place_and_where_an_error_quotes_it(secret: str) -> None:
    body = json.dumps({"password": secret, "contact_key": "abcabc7x"}).encode()
    answer = f"password: expected a number, found '{secret}'; 7 abc".encode()
    found = recorded("application/json", body, answer)
    assert json.loads(found.request.body) == {"password": "***", "contact_key": "abcabc7x"}
    assert found.response.body == b"password: expected a number, found ***; 7 abc"


def test_secret_beside_a_lone_surrogate_is_masked() -> None:
    answer = b'{"found": "\\ud800 hunter22"}'
    found = recorded("application/json", b'{"password": "hunter22"}', answer)
    assert found.response.body == b'{"found": "\\ud800 ***"}'


def test_form_cookies_query_and_user_are_masked() -> None:
    headers = (
        Header("Content-Type", "application/x-www-form-urlencoded"),
        Header("Cookie", "JSESSIONID=abc123; theme=dark"),
        Header("Referer", "http://u:pw12@h/?pin=4711"),
        Header("X-Trace", f"token {JWT}"),
    )
    request = RecordedRequest("POST", "http://u:pw12@h/?otp=991199", headers, b"pin=4711&a=1")
    found = Masker().exchange(RecordedExchange(1, 1_000, 2.5, request, None))
    shown = f"{found.request.url} {found.request.headers} {found.request.body!r}"
    for secret in ("abc123", "pw12", "4711", "991199", JWT):
        assert secret not in shown
    assert "a=1" in shown


def test_state_and_documents_are_masked_by_looks_too() -> None:
    shown = {"services": [{"extensions": {"note": f"Bearer {BEARER}", "pin": "1"}}], "n": 7}
    assert Masker().data(shown) == {
        "services": [{"extensions": {"note": "Bearer ***", "pin": "***"}}],
        "n": 7,
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("PUT", "services/{}/extensions/iban", b'"DE89370400"', {}),
        ("PUT", "services/{}/extensions/i%62an", b'{"number": "DE89370400"}', {}),
        ("PUT", "services/{}/extensions/IBAN/merge", b'{"number": "DE89370400"}', {}),
        ("POST", "services/start", b'{"contact_key": "a", "kunde.nr": "DE89370400"}', {}),
        (
            "POST",
            "services/start",
            b'{"contact_key": "a", "x": "{\\"iban\\": \\"DE89370400\\"}"}',
            {},
        ),
        ("POST", "services/start", b'{"a": "\xe9", "iban": "DE89370400"}', {}),
        (
            "POST",
            "services/start",
            b'{"contact_key": "a"}',
            {"X-Simulator-Fault": '{"response": {"status": 503, "body": {"iban": "DE89370400"}}}'},
        ),
    ],
)
def test_secret_in_an_odd_place_is_masked_in_reports_and_recordings(
    method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    app = App(mask=("iban", "kunde.nr"))
    service = app.start().json()["service_id"]
    app.ask(method, f"{BASE}/{path.format(service)}", body, **headers)
    app.ask("GET", f"{BASE}/services/{service}?extensions=iban,IBAN,x")
    for path in ("report?format=json", "requests?format=har"):
        text = app.get(f"/_control/{path}").body.decode()
        assert "DE89" not in text
        for found in re.findall(r'"((?:[A-Za-z0-9+/]{4})+={0,2})"', text):
            with suppress(ValueError):
                assert b"DE89" not in b64decode(found)


def test_report_has_no_token_of_a_request_nor_of_the_state() -> None:
    app = App()
    body = {"contact_key": "a", "ivr": {"note": JWT, "pin": 471}}
    app.ask("POST", f"{BASE}/services/start?x={JWT}", body, X_Trace=f"Bearer {BEARER}")
    for path in ("report", "report?format=json", "requests?format=har"):
        text = app.get(f"/_control/{path}").body.decode()
        assert JWT not in text
        assert BEARER not in text
    state = app.get("/_control/report?format=json").json()["state"]
    assert state["services"][0]["extensions"]["ivr"] == {"note": "***", "pin": "***"}


def test_names_of_ones_own_are_masked_in_reports_and_recordings() -> None:
    app = App(mask=("IBAN", "x-desk"))
    body = {"contact_key": "a", "pay": {"iban": "DE89370400440532013000", "bic": "COBA"}}
    app.ask("POST", f"{BASE}/services/start?iban=DE89", body, X_Desk="north")
    for path in ("report?format=json", "requests?format=har"):
        text = app.get(f"/_control/{path}").body.decode()
        for secret in ("DE89", "north"):
            assert secret not in text
        assert "COBA" in text
    assert "DE89" in app.get("/_control/requests?format=har&secrets=true").body.decode()


def test_parameters_of_a_path_are_masked_by_their_names() -> None:
    app = App(mask=("contact_key", "Customer_ID"))
    app.ask("POST", f"{BASE}/services/start", {"contact_key": "+442079460199"})
    app.get(f"{BASE}/services/anonymous/%2B442079460199/active?extensions=*")
    app.get("/services/anonymous/nobody")
    owner, other = (
        app.ask("POST", "/profiles", {"LastName": name}).json()["customer_id"] for name in "AB"
    )
    app.get(f"{BASE}/customers/{owner}/services/completed")
    app.ask("PUT", f"/profiles/{owner}/merge/{other}")
    app.ask("DELETE", f"/profiles/{owner}")
    for path in ("report?format=json", "requests?format=har"):
        text = app.get(f"/_control/{path}").body.decode()
        for secret in ("442079460199", "nobody", owner, other):
            assert secret not in text
        for kept in (
            f"{BASE}/services/start",
            f"{BASE}/services/anonymous/***/active?extensions=*",
            f"{BASE}/customers/***/services/completed",
            "/profiles/***/merge/***",
        ):
            assert kept in text


@pytest.mark.parametrize(
    ("intent", "masked"),
    [
        ({"header": "X-Desk"}, "start_service X-Desk ***"),
        ({"header": "X-Api-Key"}, "start_service X-Api-Key ***"),
        ({"$": "$.iban"}, "start_service $.iban ***"),
        ({"$": "$['password']"}, "start_service $['password'] ***"),
        ({"$": "$.note"}, 'start_service $.note "IBAN *** here"'),
        ("body", f"get_service GET {BASE}/services/***?x=1"),
    ],
)
def test_verdict_of_a_report_is_masked(intent: object, masked: str) -> None:
    app = App(mask=("iban", "x-desk", "service_id"))
    expected = {"on": "any", "intent": intent, "attempts": 1}
    app.ask("PUT", "/_control/scenario", {"expect": [expected]})
    secrets = {"iban": "DE89370400", "password": "ab", "note": "IBAN DE89370400 here"}
    headers = {"X_Desk": "n1", "X_Api_Key": "zz"}
    app.ask("POST", f"{BASE}/services/start", {"contact_key": "K", **secrets}, **headers)
    app.get(f"{BASE}/services/777888?x=1")
    report = app.get("/_control/report?format=json")
    verdict = report.json()["verdict"]
    assert masked in [each["intent"] for each in verdict["intents"]]
    assert "777888" not in json.dumps(verdict)
    assert "DE89" not in json.dumps(verdict)


def test_recorder_masks_names_of_ones_own(tmp_path: Path) -> None:
    body = b'{"iban": "DE89370400440532013000", "password": "hunter2"}'
    request = RecordedRequest("POST", "http://h/a", (), body)
    for secrets, kept in ((False, {"iban": "***", "password": "***"}), (True, json.loads(body))):
        path = tmp_path / f"{secrets}.har"
        with HarFile(path, secrets=secrets, mask=("Iban",)) as file:
            file.add(RecordedExchange(1, 1_000, 2.5, request, None))
        [entry] = json.loads(path.read_text())["log"]["entries"]
        assert json.loads(entry["request"]["postData"]["text"]) == kept
