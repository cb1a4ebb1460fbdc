"""From an answer to what leaves: replaced, patched, held back or broken, as the rules say.

All of it happens outside any lock, and after the operation: a delay holds back the reply of what
has been done already.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import Response

from cs_simulator.api.exchange import Answer, Exchange
from cs_simulator.domain.errors import InjectedFault
from cs_simulator.faults import wire
from cs_simulator.faults.verdict import NO_PATCH
from cs_simulator.faults.waiting import End, TooManyWaitingError, Wait, WaitingRoom

if TYPE_CHECKING:
    from cs_simulator.faults.rules import Action, ScriptedReply
    from cs_simulator.faults.verdict import Verdict

ON_GONE = "cs_simulator.on_gone"
"""The key of a request's environment under which stands who tells that its client has gone."""

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
"""The headers of every reply as it spells them: what a rule says stands in their place."""


def deliver(
    exchange: Exchange, answer: Answer | None, verdict: Verdict, room: WaitingRoom
) -> Response:
    """Return the response to a request; ``answer`` is None where the operation was left out."""
    if exchange.is_stale:
        return abandoned(exchange)
    outcome = verdict.outcome
    if outcome is not None:
        answer = _outcome(exchange, answer, outcome, verdict)
    answer = answer or Answer(HTTPStatus.NO_CONTENT, {}, b"")
    if not verdict.acted:
        return exchange.send(answer)
    dribble = next((each.dribble for each in verdict.actions if each.dribble is not None), None)
    connection = None if outcome is None else outcome.connection
    try:
        if verdict.delay:
            if _hold(exchange, room, verdict.delay / 1000) != "over":
                return abandoned(exchange)
            if exchange.entry is not None:
                exchange.entry.waited = verdict.delay
        if dribble is not None or connection == "stall":
            room.check_room(exchange.world.name)
    except TooManyWaitingError as error:
        # It is told whole: a refusal that is broken on the wire would name no option.
        done = "; the operation has been carried out" if verdict.carries_out else ""
        refusal = InjectedFault(503, f"Too many replies wait: {error}{done}")
        return exchange.send(exchange.refusal(refusal))
    if dribble is not None or connection is not None:
        exchange.environ[wire.PLAN] = wire.Plan(
            connection, dribble, lambda seconds: _hold_on_the_wire(exchange, room, seconds)
        )
    # Where a connection is broken and nothing was done, there is no reply, real or scripted.
    return exchange.send(answer, exists=connection is None or verdict.carries_out)


def _hold_on_the_wire(exchange: Exchange, room: WaitingRoom, seconds: float | None) -> End:
    """Hold back what has begun to leave; where the room has filled up meanwhile, end it."""
    try:
        return _hold(exchange, room, seconds)
    except TooManyWaitingError:
        return "cancelled"


def _hold(exchange: Exchange, room: WaitingRoom, seconds: float | None) -> End:
    """Hold a reply back until its time is over, its client has gone or its world was reset."""
    wait = Wait(lambda: exchange.is_stale)
    on_gone = exchange.environ.get(ON_GONE)
    if on_gone is not None:
        on_gone(wait)
    end = room.hold(exchange.world.name, wait, seconds)
    return "cancelled" if wait.is_stale() else end


def abandoned(exchange: Exchange) -> Response:
    """Close the connection of a request whose client, or whose world, is no more."""
    if exchange.entry is not None:
        exchange.entry.state = "aborted"
        exchange.entry, exchange.abandoned = None, exchange.entry
    exchange.environ[wire.PLAN] = wire.Plan("close", None, lambda _: "gone")
    return exchange.send(Answer(HTTPStatus.SERVICE_UNAVAILABLE, {}, b""))


def _outcome(
    exchange: Exchange, answer: Answer | None, action: Action, verdict: Verdict
) -> Answer | None:
    """Return what a rule makes of the real answer."""
    if answer is not None and exchange.entry is not None and action.reply is not None:
        exchange.entry.real_status = answer.status
    if action.reply is not None:
        return _scripted(exchange, action.reply, verdict)
    if action.patch is not NO_PATCH and answer is not None:
        return _patched(exchange, answer, action.patch, verdict.outcome_rule or "")
    return answer


def _scripted(exchange: Exchange, reply: ScriptedReply, verdict: Verdict) -> Answer:
    if reply.body is not None:
        answer = Answer(reply.status, {"Content-Type": "application/json"}, reply.body)
    elif reply.status < HTTPStatus.BAD_REQUEST:
        answer = Answer(reply.status, {}, b"")
    else:
        text = f"Fault {verdict.outcome_rule} answers {reply.status}"
        answer = exchange.refusal(InjectedFault(reply.status, text))
    headers = dict(answer.headers)
    for name, value in reply.headers.items():
        auto = name.lower() == "retry-after" and value == "auto"
        written = str(verdict.retry_after(exchange.now)) if auto else value
        headers[_SPELT.get(name.lower(), name)] = written
    return answer._replace(headers=headers)


def _patched(exchange: Exchange, answer: Answer, patch: Any, rule: str) -> Answer:
    if not answer.body:
        exchange.hints.append(f"fault {rule} finds no body to patch")
        return answer
    try:
        # The content of an interaction may be anything, whatever it says that it is.
        members = json.loads(answer.body) if _is_json(answer) else None
    except ValueError:
        members = None
    if members is None:
        exchange.hints.append(f"fault {rule} finds no JSON to patch")
        return answer
    return answer._replace(body=exchange.encoded(merge_patch(members, patch)))


def _is_json(answer: Answer) -> bool:
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
