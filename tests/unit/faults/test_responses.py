"""Responses that rules script or patch."""

from __future__ import annotations

import base64
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from cs_simulator.api.altering import merge_patch
from cs_simulator.clock import instant_of, system_time
from tests.support import EXCEPTIONS, ApiResponse, Simulation

NOT_PATCHED = "fault rule it: the response is not JSON, so it was not patched"

START = {"contact_key": "1"}


def answered(
    *, headers: dict[str, str] | None = None, base: str | None = None, **action: Any
) -> ApiResponse:
    """Return the answer to the start of a service for which there is a rule."""
    cs = Simulation({"faults": [{"name": "it", "on": "any", **action}]})
    more = {} if base is None else {"base": base}
    return cs.post("services/start", START, headers=headers, **more)


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"a": [1, None, "ü"]}, b'{"a":[1,null,"\\u00fc"]}'),
        ([], b"[]"),
        ({}, b"{}"),
        (42, b"42"),
        (False, b"false"),
        (None, b"null"),
        ("plain ü\n", "plain ü\n".encode()),
        ("\ud800", b"\xed\xa0\x80"),
        ('{"service_id": ', b'{"service_id": '),
        ("", b""),
    ],
)
def test_body_is_json_or_text_as_it_stands(body: object, sent: bytes) -> None:
    answer = answered(response={"status": 201, "body": body})
    assert (answer.status, answer.raw) == (201, sent)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Length"] == str(len(sent))


@pytest.mark.parametrize("status", [200, 201, 204, 302, 304, 399])
def test_reply_without_a_body_is_empty_below_400(status: int) -> None:
    answered(response={"status": status}).ok(status)


@pytest.mark.parametrize("status", [400, 401, 404, 418, 429, 500, 503, 599])
def test_reply_without_a_body_is_the_editions_error_from_400(status: int) -> None:
    answer = answered(response={"status": status})
    assert answer.refused(status) == f"Fault rule it: status {status}"
    own = f"{EXCEPTIONS}.ContextServicesExceptionResource"
    assert answer.json["exception"] == (own if status < 500 else "java.lang.RuntimeException")


def test_reply_without_a_body_is_the_error_of_81_there() -> None:
    answer = answered(base="/", response={"status": 503})
    assert answer.status == 503
    assert list(answer.json) == ["http_method", "title", "description", "code", "uri"]
    assert answer.json["description"] == "Fault rule it: status 503"


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
def test_headers_override_the_type(name: str) -> None:
    answer = answered(response={"status": 200, "body": "a,b", "headers": {name: "text/csv"}})
    assert answer.headers.getlist("Content-Type") == ["text/csv"]
    answer = answered(response={"status": 500, "headers": {name: "text/html"}})
    assert answer.headers.getlist("Content-Type") == ["text/html"]


def test_headers_are_added() -> None:
    scripted = {"Retry-After": 5, "X-Other": "é", "Location": "/elsewhere", "X-Empty": ""}
    headers = answered(response={"status": 302, "headers": scripted}).headers
    assert headers["Retry-After"] == "5"
    assert headers["X-Other"] == "é"
    assert headers["Location"] == "/elsewhere"
    assert headers["X-Empty"] == ""


def test_headers_beside_a_date_are_added() -> None:
    scripted = {"Retry-After": {"date": "2s"}, "X-Other": "a"}
    assert answered(response={"status": 503, "headers": scripted}).headers["X-Other"] == "a"


@pytest.mark.parametrize("name", ["Access-Control-Allow-Origin", "access-control-allow-origin"])
def test_faulted_replies_keep_cors_headers_unless_the_rule_says_otherwise(name: str) -> None:
    origin = {"Origin": "http://desktop.example"}
    headers = answered(headers=origin, response={"status": 500}).headers
    assert headers.getlist(name) == ["http://desktop.example"]
    headers = answered(
        headers=origin, response={"status": 500, "headers": {name: "http://other"}}
    ).headers
    assert headers.getlist(name) == ["http://other"]


def test_retry_after_tells_when_the_rate_lets_a_call_through() -> None:
    response = {"status": 429, "headers": {"retry-after": "auto"}}
    over = {"calls": 2, "per": "10s"}
    cs = Simulation({"faults": [{"on": "start_service", "above_rate": over, "response": response}]})
    assert [cs.post("services/start", START).status for _ in range(2)] == [201, 201]
    cs.advance("2500ms")
    refused = cs.post("services/start", START)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "8")
    cs.advance("8s")
    assert cs.post("services/start", START).status == 201


def test_retry_after_counts_from_the_instant_that_the_answer_carries() -> None:
    over = {"calls": 2, "per": "10s"}
    response = {"status": 429, "headers": {"retry-after": "auto"}}
    faults = [
        {"on": "any", "advance": "2s"},
        {"on": "any", "above_rate": over, "response": response},
    ]
    cs = Simulation({"faults": faults})
    assert [cs.post("services/start", START).status for _ in range(2)] == [201, 201]
    # The last two calls were judged at 2 and 4 s, so there is room at 12 s; answered is at 6 s.
    assert cs.post("services/start", START).headers["Retry-After"] == "6"


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [  # RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_patch_is_a_json_merge_patch(target: object, patch: object, result: object) -> None:
    assert merge_patch(target, patch) == result


def test_patch_changes_the_real_answer_and_nothing_stored() -> None:
    patch = {"service_type": None, "contact_key": "other"}
    cs = Simulation({"faults": [{"on": "get_service", "times": 1, "patch": patch}]})
    service = cs.service(service_type=3)
    patched = cs.get(f"services/{service}")
    assert patched.status == 200
    assert "service_type" not in patched.json
    assert patched.json["contact_key"] == "other"
    assert patched.headers["Content-Length"] == str(len(patched.raw))
    assert cs.get(f"services/{service}").shows()["service_type"] == 3


def test_patch_keeps_status_and_location() -> None:
    answer = answered(patch={"more": [1]})
    assert answer.status == 201
    assert answer.json == {"service_id": 4294967297, "more": [1]}
    assert answer.location.endswith("/4294967297")


def test_patch_changes_a_refusal_too() -> None:
    cs = Simulation({"faults": [{"on": "any", "patch": {"message": "no"}}]})
    assert cs.post("services/start", {"service_type": "x"}).refused() == "no"


def test_patch_of_an_answer_without_a_body_is_a_hint() -> None:
    cs = Simulation({"faults": [{"name": "it", "on": "end_service", "patch": {"a": 1}}]})
    answer = cs.post(f"services/{cs.service()}/end").ok(204)
    assert answer.hint == "fault rule it: the response has no body to patch"


@pytest.mark.parametrize(
    ("media_type", "content", "shown", "hint"),
    [
        (
            "text/plain",
            b"Hello",
            b"Hello",
            NOT_PATCHED,
        ),
        (
            "text/plain",
            b"5",
            b"5",
            NOT_PATCHED,
        ),
        (
            "application/json",
            b"{",
            b"{",
            NOT_PATCHED,
        ),
        (
            "application/json",
            b"\xff",
            b"\xff",
            NOT_PATCHED,
        ),
        ("application/json", b'{"b":2}', b'{"b":2,"a":1}', ""),
    ],
)
def test_patch_of_content_that_is_no_json_is_a_hint(
    media_type: str, content: bytes, shown: bytes, hint: str
) -> None:
    binary = {"media_type": media_type, "base64": base64.b64encode(content).decode()}
    cs = Simulation(
        {
            "customers": [{"customer_id": "C"}],
            "interactions": [
                {
                    "customer_id": "C",
                    "interaction_id": "I",
                    "media_type": "chat",
                    "binary_content": binary,
                }
            ],
            "faults": [{"name": "it", "on": "get_interaction_content", "patch": {"a": 1}}],
        }
    )
    answer = cs.get("interactions/I/binary_content")
    assert (answer.status, answer.raw, answer.hint) == (200, shown, hint)
    assert answer.headers["Content-Type"] == media_type


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("services/anonymous/K", ""),
        ("metadata/business-attributes", ""),
        ("services/export/stream", "?time_from=2020-01-01T00:00:00.000Z&export_content=true"),
    ],
)
def test_patch_replaces_a_list(path: str, query: str) -> None:
    cs = Simulation({"faults": [{"on": "any", "patch": {"count": 1}}]})
    assert cs.get(f"{path}{query}").json["count"] == 1


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [(418, 4180, "injected fault"), (503, 5030, "not available in this mode")],
)
def test_error_of_81_has_the_code_and_title_of_its_status(
    status: int, code: int, title: str
) -> None:
    cs = Simulation({"faults": [{"name": "it", "on": "any", "response": {"status": status}}]})
    error = cs.get("profiles/1", base="/").json
    assert (error["code"], error["title"]) == (code, title)
    assert error["description"] == f"Fault rule it: status {status}"


@pytest.mark.parametrize("clock", [{}, {"time": "2020-01-05T09:00:00.000Z", "mode": "frozen"}])
def test_date_to_come_back_at_is_one_of_the_real_clock(clock: dict[str, str]) -> None:
    reply = {"status": 503, "headers": {"retry-after": {"date": "2s"}}}
    before = system_time()
    cs = Simulation({"clock": clock, "faults": [{"on": "any", "response": reply}]})
    date = instant_of(parsedate_to_datetime(cs.get("services/1").headers["Retry-After"]))
    assert before + 2_000 <= date <= system_time() + 3_000


def test_rate_that_stands_still_says_that_nobody_gets_through() -> None:
    def hints(mode: str) -> str:
        reply = {"status": 429, "headers": {"Retry-After": "auto"}}
        rule = {"on": "any", "above_rate": {"calls": 1, "per": "9s"}, "response": reply}
        clock = {"time": "2026-01-05T09:00:00.000Z", "mode": mode}
        cs = Simulation({"clock": clock, "faults": [rule]})
        cs.post("services/start", START)
        return str(cs.post("services/start", START).headers.get("X-Simulator-Hint"))

    assert "no request succeeds until the clock is advanced" in hints("frozen")
    assert "nobody gets through" not in hints("offset")
