"""What is answered to what cannot be parsed, byte for byte, in the form of its API."""

from __future__ import annotations

import pytest
from waitress.utilities import (
    BadRequest,
    Error,
    InternalServerError,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
    ServerNotImplemented,
)

from cs_simulator.http.refusals import refusal_of

API = "/genesys/1/cs/services"
CONTROL = "/_world/mine/_control/scenario"
INVALID = "com.genesyslab.gsg.services.contextservices.exceptions.ContextServicesExceptionResource"
INTERNAL = "java.lang.RuntimeException"
LONG = "The request line and headers exceed 65536 bytes"


@pytest.mark.parametrize(
    ("error", "message", "exception"),
    [
        (
            RequestEntityTooLarge("b"),
            "The body is too large; raise the limit with --max-body",
            INVALID,
        ),
        (RequestHeaderFieldsTooLarge(LONG), LONG, INVALID),
        (BadRequest("no colon"), "Malformed request: no colon", INVALID),
        (InternalServerError("b"), "Internal Server Error: b", INTERNAL),
        (ServerNotImplemented("gzip"), "Not Implemented: gzip", INTERNAL),
    ],
)
def test_what_cannot_be_parsed_is_an_error_of_the_api(
    error: Error, message: str, exception: str
) -> None:
    refused = refusal_of(error, API)
    assert refused.status == error.code
    assert refused.body == b'{"message":"%b","exception":"%b"}' % (
        message.encode(),
        exception.encode(),
    )
    assert [name for name, _ in refused.headers] == ["Content-Type", "Date", "Content-Length"]
    headers = dict(refused.headers)
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Length"] == str(len(refused.body))


@pytest.mark.parametrize(
    ("error", "title", "detail"),
    [
        (
            RequestEntityTooLarge("b"),
            "Document too large",
            "The body is too large; raise the limit with --max-control-body",
        ),
        (RequestHeaderFieldsTooLarge(LONG), "Request Header Fields Too Large", LONG),
        (BadRequest("no colon"), "Bad Request", "Malformed request: no colon"),
        (InternalServerError("b"), "Internal Server Error", "Internal Server Error: b"),
        (ServerNotImplemented("gzip"), "Not Implemented", "Not Implemented: gzip"),
    ],
)
def test_what_cannot_be_parsed_is_a_problem_of_the_control_api(
    error: Error, title: str, detail: str
) -> None:
    refused = refusal_of(error, CONTROL, "http://page.example")
    assert refused.status == error.code
    assert refused.body == b'{"title":"%b","status":%d,"detail":"%b"}' % (
        title.encode(),
        error.code,
        detail.encode(),
    )
    headers = dict(refused.headers)
    assert headers.pop("Date")
    assert headers == {
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(refused.body)),
        "Cache-Control": "no-store",
    }


def test_page_of_another_origin_sees_an_error_of_the_api() -> None:
    headers = dict(refusal_of(BadRequest("b"), API, "http://page.example").headers)
    assert headers["Access-Control-Allow-Origin"] == "http://page.example"
