"""Responses to invalid requests, and to requests that were not read completely."""

from __future__ import annotations

import json

from waitress.utilities import Error

from cs_simulator.api.arrival import address
from cs_simulator.api.editions import error_body
from cs_simulator.api.outcome import Outcome, cors_headers
from cs_simulator.clock import format_http_date, system_time
from cs_simulator.control.front import NEVER_STORED, is_control
from cs_simulator.domain.errors import BodyTooLarge, InternalError, MalformedPath, Refusal


def refusal_of(error: Error, uri: str, origin: str | None = None) -> Outcome:
    """Return the response to a request that cannot be parsed.

    It has the form of the control API below ``/_control``, otherwise that of edition 8.5, where a
    page of another origin must be able to see the error; ``origin`` is its own.
    """
    if is_control(address(uri, None).target.path):
        title = "Document too large" if error.code == 413 else error.reason
        detail = _detail(error, "--max-control-body")
        problem = {"title": title, "status": error.code, "detail": detail}
        refused = _outcome(error.code, problem, "application/problem+json", None)
        return refused._replace(headers=(*refused.headers, *NEVER_STORED))
    detail = _detail(error, "--max-body")
    refusal: Refusal
    if error.code == 413:
        refusal = BodyTooLarge(detail)
    elif error.code >= 500:
        refusal = InternalError(detail)
    else:
        refusal = MalformedPath(detail)
    members = error_body("message", refusal, "", "")
    return _outcome(error.code, members, "application/json", origin)


def _detail(error: Error, limit: str) -> str:
    if error.code == 413:
        return f"The body is too large; raise the limit with {limit}"
    if error.code == 431:
        return str(error.body)
    return f"{error.reason if error.code >= 500 else 'Malformed request'}: {error.body}"


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
