"""The two kinds of answer of the control API: JSON, and a problem (RFC 9457)."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request


def json_response(
    members: Any, status: int = 200, content_type: str = "application/json"
) -> Response:
    """Return JSON, indented for curl."""
    pretty = request.headers.get("User-Agent", "").startswith("curl/")
    text = f"{json.dumps(members, indent=2)}\n" if pretty else json.dumps(members)
    return Response(text, status, content_type=content_type)


def problem(status: int, title: str, detail: str, errors: Any = None) -> Response:
    """Return what is wrong with a request; ``errors`` lists it where it is more than one thing."""
    members = {"title": title, "status": status, "detail": detail}
    if errors is not None:
        members["errors"] = errors
    return json_response(members, status, "application/problem+json")
