"""A recording as the data of a report: its exchanges, and the simulator's state at each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from cs_simulator import __version__
from cs_simulator.clock import format_instant
from cs_simulator.documents.json_patch import patch_between
from cs_simulator.har.exchanges import Headers
from cs_simulator.har.secrets import Masker, without_values
from cs_simulator.journal.entries import body_members, header_members
from cs_simulator.recording.comparing import Prepared, Source, id_form, replay_of
from cs_simulator.recording.conversation import ConversationStep
from cs_simulator.recording.replay import Played
from cs_simulator.scenario.snapshot import document


def run_members(source: Source, ready: Prepared, mask: Iterable[str] = ()) -> dict[str, Any]:
    """Return the report data of a recording, with secrets masked, also those that ``mask`` names.

    The responses are the recorded ones, in the order of the requests. Where the simulator would
    respond differently, a hint says so.
    """
    masker = Masker(mask)
    conversation = ready.conversation
    forms = id_form([conversation])
    text_ids = bool(forms) and "integer" not in forms
    replay, scenario = replay_of(source, ready, {}, text_ids=text_ids)
    assignment = asdict(scenario.setup.fidelity)
    data = replay.beginning
    written: dict[Any, Any] = {}
    steps = conversation.steps
    snapshots = [replay.snapshot(data, steps[0].at if steps else 0)]
    requests = []
    for number, step in enumerate(steps, start=1):
        played = replay.play(step, data, 0, assignment)
        data = played.data
        snapshots.append(replay.snapshot(data, step.at))
        requests.append(_request(number, step, played, conversation.name, masker))
    documents = [document(each, written) for each in snapshots]
    members = {
        "version": __version__,
        "world": conversation.name,
        "scenario": {"name": scenario.name, "document": dict(scenario.document)},
        "requests": requests,
        "dropped": 0,
        "faults": [],
        "begin": documents[0],
        "state": documents[-1],
        "changes": [
            {"request": number, "patch": patch}
            for number, (before, after) in enumerate(pairwise(documents), start=1)
            if (patch := patch_between(before, after))
        ],
    }
    if steps:
        members["url"] = steps[0].root.origin
        members["clock"] = {"mode": "frozen", "time": format_instant(steps[-1].at)}
    shown: dict[str, Any] = masker.data(members)
    return shown


def _request(
    number: int, step: ConversationStep, played: Played, world: str, masker: Masker
) -> dict[str, Any]:
    """Return an exchange in the form of a journal entry."""
    exchange = masker.exchange(step.exchange)
    values = masker.values_of(step.exchange.request)
    response = exchange.response
    members: dict[str, Any] = {
        "id": number,
        "world": world,
        "state": "aborted" if response is None else "done",
        "time": format_instant(step.at),
        "operation": played.operation,
        "edition": step.edition,
        "request": {
            "method": exchange.request.method,
            "path": exchange.request.target,
            **_sent(exchange.request.headers, exchange.request.body),
        },
        "shown": {} if response is None else {"status": response.status},
        "effects": [each._asdict() for each in played.effects],
        "hints": without_values(
            [
                f"{each.member}: recorded {each.recorded}, the simulator answers {each.simulated}"
                for each in played.differences
            ],
            values,
        ),
    }
    if response is not None:
        sent = _sent(response.headers, response.body or b"")
        members["response"] = {"status": response.status, **sent}
        members["ms"] = round(exchange.elapsed, 3)
    return members


def _sent(headers: Headers, body: bytes) -> Mapping[str, Any]:
    return {"headers": header_members(headers), **body_members(body, len(body))}
