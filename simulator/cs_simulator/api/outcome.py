"""The outcome of a request: what is answered, what a fault makes of it, and how it leaves.

This is the only place where a response to the API is made: with the headers that every one has,
with its hints, and with the end of its entry in the journal. A fault happens outside any lock and
after the operation: a delay holds back the response to what has been done already.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cs_simulator.api.arrival import Arrival
from cs_simulator.api.editions import error_body
from cs_simulator.api.judging import Passage
from cs_simulator.clock import SECOND, format_http_date, stopwatch, system_time
from cs_simulator.domain.access import REALM
from cs_simulator.domain.errors import InjectedFault, MethodNotAllowed, Refusal, Unauthorized
from cs_simulator.faults import wire
from cs_simulator.faults.verdict import NO_PATCH
from cs_simulator.faults.waiting import HeldWait, TooManyWaitingError, WaitingRoom

if TYPE_CHECKING:
    from cs_simulator.faults.rules import Action, RealDate, ReplacementResponse
    from cs_simulator.faults.verdict import Verdict
    from cs_simulator.faults.waiting import End

_EXPOSED = "Location, X-Simulator-Request, X-Simulator-Hint, X-Simulator-Fault"
_HINT_BYTES = 512
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_STATUS_LINES: Mapping[int, str] = MappingProxyType(
    {each.value: f"{each.value} {each.phrase}" for each in HTTPStatus}
)
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_PRETTY = json.JSONEncoder(indent=2)

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
"""The headers of every response as it spells them: what a rule says stands in their place."""


class PlannedResponse(NamedTuple):
    """What is to be answered: still data, so that a fault can replace or patch it."""

    status: int
    headers: dict[str, str]
    body: bytes


class Outcome(NamedTuple):
    """A response that is complete, what is done to it on the wire, and who is told of its end."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    plan: wire.Plan | None = None
    left: Callable[[bool, float], None] | None = None
    """Is told that its last byte left or the connection broke: whether as planned, and when."""


class HeldResponse(NamedTuple):
    """A response that is held back, and what comes of it at the end of its wait."""

    wait: HeldWait
    seconds: float | None
    resume: Callable[[End], Outcome | HeldResponse]
    refuse: Callable[[str], Outcome | HeldResponse]
    """What is answered where there is no room for it to wait, as a text says."""
    is_slow: bool = False
    """Whether what comes of it may take long to find."""


class Later(Enum):
    """Why a request is not carried out at once."""

    SLOW = "it may take long"
    FREE = "its world is in other hands"


def waited(result: Outcome | HeldResponse, room: WaitingRoom) -> Outcome:
    """Hold the present thread as long as a response must be held back, and return it."""
    while isinstance(result, HeldResponse):
        try:
            end = room.hold(result.wait, result.seconds)
        except TooManyWaitingError as error:
            result = result.refuse(str(error))
        else:
            result = result.resume(end)
    return result


def members_answer(
    arrival: Arrival,
    status: int,
    members: Any,
    location: str | None = None,
    more_headers: Mapping[str, str] = NO_HEADERS,
) -> PlannedResponse:
    """Return an answer with a JSON body; ``location`` is a path below the base."""
    headers = {"Content-Type": "application/json", **more_headers}
    if location is not None:
        headers["Location"] = f"{arrival.base}{location}"
    return PlannedResponse(status, headers, encoded(arrival, members))


def encoded(arrival: Arrival, members: Any) -> bytes:
    """Return JSON as a client likes it: compact, or indented for curl."""
    pretty = arrival.headers.get("HTTP_USER_AGENT", "").startswith("curl/")
    text = f"{_PRETTY.encode(members)}\n" if pretty else _ENCODER.encode(members)
    return text.encode("ascii")


def refused(passage: Passage, refusal: Refusal) -> PlannedResponse:
    """Return the answer to a request that is refused, in the form of its edition."""
    arrival = passage.arrival
    status = arrival.edition.status_of(refusal, passage.world.scenario.setup.fidelity)
    if refusal.hint is not None:
        passage.hints.append(refusal.hint)
    form = arrival.edition.form(passage.family, refusal)
    members = error_body(form, refusal, arrival.method, arrival.url)
    headers: dict[str, str] = {}
    if isinstance(refusal, MethodNotAllowed):
        headers["Allow"] = ", ".join(refusal.allowed)
    elif isinstance(refusal, Unauthorized):
        headers["WWW-Authenticate"] = f'Basic realm="{REALM}"'
    return members_answer(arrival, status, members, more_headers=headers)


def deliver(
    passage: Passage, answer: PlannedResponse | None, verdict: Verdict
) -> Outcome | HeldResponse:
    """Return what becomes of a request; ``answer`` is None where the operation was left out."""
    if passage.is_stale:
        return abandoned(passage)
    if verdict.outcome is not None:
        answer = _replaced(passage, answer, verdict.outcome, verdict)
    answer = answer or PlannedResponse(HTTPStatus.NO_CONTENT, {}, b"")
    if not verdict.acted:
        return respond(passage, answer)
    if not verdict.delay:
        return _leave(passage, answer, verdict)
    return HeldResponse(
        _wait(passage),
        verdict.delay / 1000,
        lambda end: _after_delay(passage, answer, verdict, end),
        lambda why: _crowded(passage, verdict, why),
    )


def _wait(passage: Passage) -> HeldWait:
    return HeldWait(passage.world.name, lambda: passage.is_stale)


def _after_delay(
    passage: Passage, answer: PlannedResponse, verdict: Verdict, end: End
) -> Outcome | HeldResponse:
    if end != "over" or passage.is_stale:
        return abandoned(passage)
    if passage.entry is not None:
        passage.entry.waited = verdict.delay
    return _leave(passage, answer, verdict)


def _leave(passage: Passage, answer: PlannedResponse, verdict: Verdict) -> Outcome | HeldResponse:
    """Return the outcome of what has waited, as long as it had to, before it leaves."""
    dribble = next((each.dribble for each in verdict.actions if each.dribble is not None), None)
    connection = None if verdict.outcome is None else verdict.outcome.connection
    # Where a connection is broken and nothing was done, there is no response, real or scripted.
    exists = connection is None or verdict.carries_out
    if dribble is None and connection is None:
        return respond(passage, answer)
    if passage.entry is not None:
        passage.entry.broken = connection
    plan = wire.Plan(connection, dribble, passage.world.name, lambda: passage.is_stale)
    if dribble is None and connection != "stall":
        return respond(passage, answer, exists=exists, plan=plan)
    return HeldResponse(
        _wait(passage),
        0.0,
        lambda _end: respond(passage, answer, exists=exists, plan=plan),
        lambda why: _crowded(passage, verdict, why),
    )


def _crowded(passage: Passage, verdict: Verdict, why: str) -> Outcome:
    """Return the outcome where there is no room to wait.

    It is told whole: a refusal that is broken on the wire would name no option.
    """
    done = "; the operation has been carried out" if verdict.carries_out else ""
    refusal = InjectedFault(503, f"Too many responses wait: {why}{done}")
    if passage.entry is not None:
        passage.entry.broken = None
    return respond(passage, refused(passage, refusal))


def abandoned(passage: Passage) -> Outcome:
    """Close the connection of a request whose client, or whose world, is no more."""
    passage.end(aborted=True)
    headers = (("Content-Length", "0"),)
    plan = wire.Plan("close", None, passage.world.name, lambda: True)
    return Outcome(HTTPStatus.SERVICE_UNAVAILABLE, headers, b"", plan)


def respond(
    passage: Passage, answer: PlannedResponse, *, exists: bool = True, plan: wire.Plan | None = None
) -> Outcome:
    """Return the response of an answer, and complete the journal's entry with it.

    The entry gets no status of an answer that does not exist, since it is lost on the wire.
    """
    status, headers, body = answer
    origin = passage.arrival.headers.get("HTTP_ORIGIN")
    if origin is not None:
        headers = {**cors_headers(origin), **headers}
    headers.setdefault("Date", format_http_date(passage.now))  # a rule may have its own
    if passage.hints:
        headers["X-Simulator-Hint"] = hint_header(passage.hints)
    entry = passage.entry
    if exists:
        passage.world.server.count(status, passage.now)
    if entry is not None:
        headers["X-Simulator-Request"] = f"{passage.world.name}/{entry.id}"
    if status not in _WITHOUT_BODY:
        headers["Content-Length"] = str(len(body))
    pairs = tuple(headers.items())
    if entry is not None:
        left = stopwatch()
        milliseconds = round((left - passage.begun) * 1000, 3)
        shown = b"" if entry.method == "HEAD" else body  # it is counted, and does not leave
        passage.journal.complete(
            entry, status if exists else None, pairs, shown, passage.hints, milliseconds, left
        )
    return Outcome(status, pairs, body, plan, None if entry is None else passage.left)


def _replaced(
    passage: Passage, answer: PlannedResponse | None, action: Action, verdict: Verdict
) -> PlannedResponse | None:
    """Return what a rule makes of the real answer."""
    if answer is not None and passage.entry is not None and action.response is not None:
        passage.entry.real_status = answer.status
    if action.response is not None:
        return _scripted(passage, action.response, verdict)
    if action.patch is not NO_PATCH and answer is not None:
        return _patched(passage, answer, action.patch, verdict.outcome_rule or "")
    return answer


def _scripted(passage: Passage, reply: ReplacementResponse, verdict: Verdict) -> PlannedResponse:
    if reply.body is not None:
        answer = PlannedResponse(reply.status, {"Content-Type": "application/json"}, reply.body)
        if b"{{" in reply.body:
            passage.hints.append(
                f"fault {verdict.outcome_rule} sends {{{{...}}}} as it is: there are no templates"
            )
    elif reply.status < HTTPStatus.BAD_REQUEST:
        answer = PlannedResponse(reply.status, {}, b"")
    else:
        text = f"Fault {verdict.outcome_rule} answers {reply.status}"
        answer = refused(passage, InjectedFault(reply.status, text))
    headers = dict(answer.headers)
    for name, value in reply.headers.items():
        headers[_SPELT.get(name.lower(), name)] = (
            _retry_after(passage, value, verdict) if name.lower() == "retry-after" else str(value)
        )
    return answer._replace(headers=headers)


def _retry_after(passage: Passage, value: str | RealDate, verdict: Verdict) -> str:
    """Return when a client is to come back: as a rule has it, or as its rate will let it."""
    if not isinstance(value, str):
        if passage.entry is not None:
            passage.entry.date_is_real = True
        # A date has no milliseconds: the next whole second, so that nobody is sent too early.
        return format_http_date(-(-(system_time() + value.after) // SECOND) * SECOND)
    if value != "auto":
        return value
    if passage.world.clock.mode == "frozen":
        passage.hints.append(
            "Retry-After: auto counts on a frozen clock: nobody gets through before it is advanced"
        )
    return str(verdict.retry_after(passage.now))


def _patched(passage: Passage, answer: PlannedResponse, patch: Any, rule: str) -> PlannedResponse:
    if not answer.body:
        passage.hints.append(f"fault {rule} finds no body to patch")
        return answer
    try:
        # The content of an interaction may be anything, whatever it says that it is.
        members = json.loads(answer.body) if _is_json(answer) else None
    except ValueError:
        members = None
    if members is None:
        passage.hints.append(f"fault {rule} finds no JSON to patch")
        return answer
    return answer._replace(body=encoded(passage.arrival, merge_patch(members, patch)))


def _is_json(answer: PlannedResponse) -> bool:
    return answer.headers.get("Content-Type") == "application/json"


def merge_patch(target: Any, patch: Any) -> Any:
    """Return a value after a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def status_line(status: int) -> str:
    """Return a status with its phrase, as the documents print it."""
    return _STATUS_LINES.get(status) or f"{status} Unknown"


def hint_header(hints: list[str]) -> str:
    """Return hints as the value of a header: one line of ASCII, at most 512 bytes."""
    text = "; ".join(dict.fromkeys(hints)).encode("ascii", "backslashreplace").decode("ascii")
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= _HINT_BYTES else f"{text[: _HINT_BYTES - 3]}..."


def cors_headers(origin: str) -> dict[str, str]:
    """Return what a browser needs to see to show a response to a page of another origin.

    A page that asks with credentials where the browser has none to send looks like any other, and
    yet its browser refuses ``*``: the origin is echoed to all.
    """
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": _EXPOSED,
        "Vary": "Origin",
    }
