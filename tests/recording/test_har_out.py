"""The journal as HAR: whole, valid, without secrets, faults in their documented form."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest

from cs_simulator.har.exchanges import (
    Header,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.har.reading import read_stream
from cs_simulator.har.secrets import Masker
from cs_simulator.har.writing import ascii_url, har_members
from tests.recording.rules import check_har
from tests.support.app import BASE, FROZEN, App

FAULTS = (
    FROZEN
    + """
faults:
  - {name: lost, on: start_service, connection: reset, effect: applied}
  - {name: late, on: get_service, delay: 2ms}
  - {name: nothing, on: end_service, connection: close}
  - {name: half, on: query_tasks, connection: {truncate: {after: 1}}}
  - {name: headless, on: delete_service, connection: truncate, effect: applied}
"""
)


def har_of(app: App, query: str = "") -> list[Any]:
    reply = app.get(f"/_control/requests?format=har{query}")
    assert reply.status == 200
    return check_har(reply.json())


def round_trip(exchange: RecordedExchange) -> RecordedExchange:
    text = json.dumps(har_members([exchange]))
    check_har(json.loads(text))
    (again,) = read_stream(io.StringIO(text), "test").exchanges
    return again


def test_journal_as_har_is_valid_and_read_again() -> None:
    app = App()
    app.start(key="a/b")
    app.get(f"{BASE}/services/anonymous/a%2Fb?extensions=a+b,%2C&extensions=c", Accept="*/*")
    app.get(f"{BASE}/nowhere")
    entries = har_of(app)
    assert [entry["response"]["status"] for entry in entries] == [201, 200, 404]
    started = entries[0]
    assert started["startedDateTime"] == "2026-01-05T09:00:00.000Z"
    assert json.loads(started["request"]["postData"]["text"])["contact_key"] == "a/b"
    assert started["response"]["redirectURL"] == f"{BASE}/services/4294967297"
    assert started["_operation"] == "start_service"
    assert started["_request"] == 1
    query = entries[1]["request"]
    assert query["url"].endswith("/services/anonymous/a%2Fb?extensions=a+b,%2C&extensions=c")
    assert query["queryString"] == [
        {"name": "extensions", "value": "a b,,"},
        {"name": "extensions", "value": "c"},
    ]


def test_response_to_head_has_no_body() -> None:
    app = App(FROZEN)
    app.ask("HEAD", f"{BASE}/server/status")
    entry = app.get("/_control/requests/last").json()
    assert entry["response"]["headers"]["Content-Length"] != "0"
    assert not entry["response"].get("body")
    [exchange] = app.get("/_control/requests?format=har").json()["log"]["entries"]
    assert exchange["response"]["content"]["size"] == exchange["response"]["bodySize"] == 0
    assert exchange["response"]["content"]["text"] == ""


def test_journal_as_har_takes_the_filters() -> None:
    app = App()
    app.start(key="a")
    app.get(f"{BASE}/nowhere")
    assert len(har_of(app, "&status=404")) == 1
    assert len(har_of(app, "&operation=start_service&after=1")) == 0
    reply = app.get("/_control/requests?format=xml")
    assert reply.status == 400
    assert "json" in reply.json()["errors"][0]["detail"]


def test_secrets_are_masked_unless_they_are_asked_for() -> None:
    app = App(control_token="hush")
    own = {"Authorization": "Bearer hush"}
    app.ask(
        "POST",
        f"{BASE}/services/start?token=t0p",
        {"contact_key": "a", "password": 'pa"ss', "deep": {"api_key": 7, "key": "shown hush"}},
        Authorization="Basic c2VjcmV0OnB3",
        Cookie="session=abc",
    )
    text = app.get("/_control/requests?format=har", **own).body.decode()
    for secret in ("c2VjcmV0OnB3", "abc", "t0p", 'pa\\\\\\"ss', "hush"):
        assert secret not in text
    (entry,) = check_har(json.loads(text))
    headers = {each["name"]: each["value"] for each in entry["request"]["headers"]}
    assert headers["Authorization"] == "Basic ***"
    assert headers["Cookie"] == "***"
    assert json.loads(entry["request"]["postData"]["text"]) == {
        "contact_key": "a",
        "password": "***",
        "deep": {"api_key": "***", "key": "shown ***"},
    }
    assert entry["request"]["url"] == f"http://localhost{BASE}/services/start?token=***"
    assert entry["request"]["queryString"] == [{"name": "token", "value": "***"}]
    assert entry["_masked"] == [
        "request.headers.Authorization",
        "request.headers.Cookie",
        "request.url",
        "request.body",
    ]
    shown = app.get("/_control/requests?format=har&secrets=true", **own).body.decode()
    assert "c2VjcmV0OnB3" in shown
    assert "t0p" in shown
    assert "hush" not in shown


def test_faults_on_the_wire_have_a_form() -> None:
    app = App(FAULTS)
    app.start(key="a")
    app.get(f"{BASE}/services/4294967297")
    app.ask("POST", f"{BASE}/services/4294967297/end", {})
    app.get(f"{BASE}/services/4294967297/tasks")
    app.ask("DELETE", f"{BASE}/services/4294967297")
    lost, late, nothing, half, headless = har_of(app)
    assert half["response"]["status"] == 200
    assert half["response"]["content"]["text"] == "["
    assert half["response"]["_error"] == "the response ended after 1 of 2 bytes, by fault half"
    assert headless["response"]["status"] == 200
    assert headless["response"]["headers"] == []
    assert headless["response"]["content"]["size"] == -1
    assert headless["response"]["_error"] == (
        "the response ended within its headers, by fault headless"
    )
    assert lost["_faults"] == ["lost"]
    assert lost["response"]["status"] == 0
    assert "reset" in lost["response"]["_error"]
    assert lost["response"]["_failureText"] == lost["response"]["_error"]
    assert late["_held"] == 2
    assert late["response"]["status"] == 200
    assert nothing["response"]["status"] == 0
    assert nothing["response"]["content"] == {"size": 0, "mimeType": "", "text": ""}


def test_response_that_was_cut_in_its_first_line_shows_no_status() -> None:
    rule = "{name: early, on: delete_service, connection: {truncate: {after: 5}}, effect: applied}"
    app = App(f"{FROZEN}faults: [{rule}]\n")
    app.start(key="a")
    app.ask("DELETE", f"{BASE}/services/4294967297")
    early = har_of(app)[1]
    assert early["response"]["status"] == 0
    assert early["response"]["_error"] == (
        "the response ended within its status line, by fault early"
    )


def test_long_body_is_said_to_be_cut() -> None:
    app = App()
    app.ask("POST", f"{BASE}/services/start", {"contact_key": "a", "x": "y" * 70_000})
    (entry,) = har_of(app)
    assert entry["request"]["bodySize"] == -1
    assert "65536" in entry["comment"]


def exchange(**more: Any) -> RecordedExchange:
    request = RecordedRequest("POST", "http://h/a", more.pop("headers", ()), more.pop("body", b""))
    response = more.pop("response", RecordedResponse(200))
    return RecordedExchange(1, 1_000, 2.5, request, response, **more)


def test_bytes_and_digits_go_out_and_back() -> None:
    body = b'{"n": 9007199254740993, "d": 1.10, "e": "\\ud800"}'
    again = round_trip(exchange(body=body, response=RecordedResponse(200, (), body)))
    assert again.request.body == body
    assert again.response is not None
    assert again.response.body == body


def test_body_that_is_not_text_goes_out_and_back() -> None:
    again = round_trip(exchange(body=b"\xff\x00", response=RecordedResponse(200, (), b"M\xfc")))
    assert again.request.body == b"\xff\x00"
    assert again.response is not None
    assert again.response.body == b"M\xfc"


def test_failure_goes_out_and_back() -> None:
    again = round_trip(exchange(response=None, error="connection reset", waited=3.0))
    assert again.response is None
    assert again.error == "connection reset"
    assert again.waited == 3.0


def test_response_that_broke_off_says_so() -> None:
    broken = exchange(response=RecordedResponse(200, (), b'{"a"'), error="ended after 4 bytes")
    again = round_trip(broken)
    assert again.response is not None
    assert again.response.body is None
    assert again.error == "ended after 4 bytes"


def test_cookies_are_read_into_their_parts() -> None:
    headers = (
        Header("Set-Cookie", "a=1; Path=/x; HttpOnly; Expires=Mon, 05 Jan 2026 09:00:00 GMT"),
        Header("Set-Cookie", "b=2; Secure; Domain=h; Expires=nonsense; Max-Age=3"),
    )
    sent = (Header("Cookie", "c=3; d=4"),)
    text = json.dumps(
        har_members([exchange(headers=sent, response=RecordedResponse(200, headers))])
    )
    (entry,) = check_har(json.loads(text))
    assert entry["request"]["cookies"] == [
        {"name": "c", "value": "3"},
        {"name": "d", "value": "4"},
    ]
    assert entry["response"]["cookies"] == [
        {
            "name": "a",
            "value": "1",
            "path": "/x",
            "httpOnly": True,
            "expires": "2026-01-05T09:00:00+00:00",
        },
        {"name": "b", "value": "2", "secure": True, "domain": "h"},
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h/a%2Fb+c", "http://h/a%2Fb+c"),
        ("http://h/a b|c", "http://h/a%20b%7Cc"),
        ("http://h/\xc3\xbc", "http://h/%C3%BC"),
        ("http://h/\u20ac", "http://h/%E2%82%AC"),
    ],
)
def test_url_is_ascii(url: str, expected: str) -> None:
    assert ascii_url(url) == expected


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b'{"Password" : "a", "x": "password"}', "", b'{"Password" : "***", "x": "password"}'),
        (
            b'{"access_token": -1.5e3, "contact_key": "k"}',
            "",
            b'{"access_token": "***", "contact_key": "k"}',
        ),
        (b'{"text": "\\"password\\": \\"kept\\""}', "", b'{"text": "\\"password\\": \\"kept\\""}'),
        (b'{"password": "cut of', "", b'{"password": "***"'),
        (b"a=1&password=x y&b=2", "application/x-www-form-urlencoded", b"a=1&password=***&b=2"),
        (b"password=x", "text/plain", b"password=x"),
    ],
)
def test_secret_members_are_masked_and_nothing_else(
    body: bytes, kind: str, expected: bytes
) -> None:
    headers = (Header("Content-Type", kind),) if kind else ()
    kept = Masker().exchange(exchange(body=body, headers=headers)).request.body
    assert kept == expected


def test_secrets_of_a_response_are_masked() -> None:
    headers = (Header("Set-Cookie", "a=1"), Header("X-Auth-Token", "t"), Header("X-Other", "o"))
    kept = Masker().exchange(exchange(response=RecordedResponse(200, headers, b'{"token": "t"}')))
    assert kept.response is not None
    assert [value for _, value in kept.response.headers] == ["***", "***", "o"]
    assert kept.response.body == b'{"token": "***"}'


def test_user_of_a_url_is_masked() -> None:
    request = RecordedRequest("GET", "http://ada:pw@h/a?x=1&api_key=2")
    kept = Masker().exchange(RecordedExchange(1, 0, 0, request, None))
    assert kept.request.url == "http://***@h/a?x=1&api_key=***"


def test_base64_is_that_of_the_bytes() -> None:
    text = json.dumps(har_members([exchange(response=RecordedResponse(200, (), b"\xff"))]))
    (entry,) = check_har(json.loads(text))
    assert base64.b64decode(entry["response"]["content"]["text"]) == b"\xff"
