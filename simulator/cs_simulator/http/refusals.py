"""Responses to invalid requests, and to requests that were not read completely."""

from __future__ import annotations

import json

from waitress.utilities import Error

from cs_simulator.api.arrival import address
from cs_simulator.api.editions import error_body
from cs_simulator.api.outcome import Outcome, cors_headers
from cs_simulator.clock import format_http_date, system_time
from cs_simulator.control.addressing import NEVER_STORED, is_control
from cs_simulator.domain.errors import BodyTooLarge, InternalError, MalformedPath, Refusal
from cs_simulator.http.parser import LONGEST_HEAD


def refusal_of(error: Error, uri: str, origin: str | None = None) -> Outcome:
    """Return the response to a request that cannot be parsed, in the form of edition 8.5.

    A page of another origin must be able to see the error; ``origin`` is its own.
    """
    refusal: Refusal
    if error.code == 413:
        text = "The body is too large"
        if is_control(address(uri, None).target.path):
            detail = f"{text}; raise the limit with --max-control-body"
            members = {"title": "Document too large", "status": error.code, "detail": detail}
            refused = _outcome(error.code, members, "application/problem+json", None)
            return refused._replace(headers=(*refused.headers, *NEVER_STORED))
        refusal = BodyTooLarge(f"{text}; raise the limit with --max-body")
    elif error.code == 431:
        text = f"The request line and headers exceed {LONGEST_HEAD} bytes"
        refusal = MalformedPath(text)
    elif error.code >= 500:
        refusal = InternalError(f"{error.reason}: {error.body}")
    else:
        refusal = MalformedPath(f"Malformed request: {error.body}")
    members = error_body("message", refusal, "", "")
    return _outcome(error.code, members, "application/json", origin)


def _outcome(
    status: int, members: dict[str, object], content_type: str, origin: str | None
) -> Outcome:
    body = json.dumps(members, separators=(",", ":")).encode("ascii")
    headers = (
        ("Content-Type", content_type),
        ("Date", format_http_date(system_time())),
        ("Content-Length", str(len(body))),
        *({} if origin is None else cors_headers(origin)).items(),
    )
    return Outcome(status, headers, body)
