"""How fault actions change a response: functions that the rows of actions name under ``alters``.

Each function receives the request's context, the real response (None if the operation was not
carried out), the action's value, and the combined verdict of all rules. It returns the response
that replaces the real one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from cs_simulator.api.judging import RequestContext
from cs_simulator.api.outcome import PlannedResponse, encoded, refused
from cs_simulator.clock import SECOND, format_http_date, system_time
from cs_simulator.domain.errors import InjectedFault
from cs_simulator.faults.actions import RealDate, ReplacementResponse
from cs_simulator.faults.verdict import Verdict

_SPELT: Mapping[str, str] = MappingProxyType(
    {
        name.lower(): name
        for name in (
            "Access-Control-Allow-Credentials",
            "Access-Control-Allow-Origin",
            "Access-Control-Expose-Headers",
            "Content-Type",
            "Date",
            "Vary",
        )
    }
)
"""The headers that every response has, spelled as the server spells them; a rule's value replaces
the server's.
"""


def scripted(
    context: RequestContext,
    response: PlannedResponse | None,
    replacement: ReplacementResponse,
    verdict: Verdict,
) -> PlannedResponse:
    """Return the response scripted by a rule instead of the real one."""
    if response is not None and context.entry is not None:
        context.entry.real_status = response.status
    if replacement.body is not None:
        response = PlannedResponse(
            replacement.status, {"Content-Type": "application/json"}, replacement.body
        )
        if b"{{" in replacement.body:
            context.hints.append(
                f"fault rule {verdict.outcome_rule} sends "
                f"{{{{...}}}} unchanged: templates are not supported"
            )
    elif replacement.status < HTTPStatus.BAD_REQUEST:
        response = PlannedResponse(replacement.status, {}, b"")
    else:
        text = f"Fault rule {verdict.outcome_rule}: status {replacement.status}"
        response = refused(context, InjectedFault(replacement.status, text))
    headers = dict(response.headers)
    for name, value in replacement.headers.items():
        headers[_SPELT.get(name.lower(), name)] = (
            _retry_after(context, value, verdict) if name.lower() == "retry-after" else str(value)
        )
    return response._replace(headers=headers)


def _retry_after(context: RequestContext, value: str | RealDate, verdict: Verdict) -> str:
    """Return the value of Retry-After: as the rule gives it, or as the rule's rate allows."""
    if not isinstance(value, str):
        if context.entry is not None:
            context.entry.date_is_real = True
        # HTTP dates have no milliseconds: round up to the next second, so that no client retries
        # early.
        return format_http_date(-(-(system_time() + value.after) // SECOND) * SECOND)
    if value != "auto":
        return value
    if context.world.clock.mode == "frozen":
        context.hints.append(
            "Retry-After: auto with a frozen clock: no request succeeds until the clock is advanced"
        )
    return str(verdict.retry_after(context.now))


def patched(
    context: RequestContext, response: PlannedResponse | None, patch: Any, verdict: Verdict
) -> PlannedResponse | None:
    """Return the real response with a rule's patch applied."""
    rule = verdict.outcome_rule
    if response is None:
        return None
    if not response.body:
        context.hints.append(f"fault rule {rule}: the response has no body to patch")
        return response
    try:
        # The content of an interaction may be of any type, whatever its Content-Type says.
        members = (
            json.loads(response.body)
            if response.headers.get("Content-Type") == "application/json"
            else None
        )
    except (ValueError, RecursionError):
        members = None
    if members is None:
        context.hints.append(f"fault rule {rule}: the response is not JSON, so it was not patched")
        return response
    return response._replace(body=encoded(context.arrival, merge_patch(members, patch)))


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396) to a value and return the result."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result
