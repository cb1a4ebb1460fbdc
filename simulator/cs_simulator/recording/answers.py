"""The results of a printed probe, as exchanges: the requests are known, so responses suffice."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cs_simulator.clock import Instant
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import Moment
from cs_simulator.har.exchanges import (
    Header,
    RecordedExchange,
    RecordedRequest,
    RecordedResponse,
)
from cs_simulator.recording.printing import MARK
from cs_simulator.recording.probe import ProbeTerms, probe_calls, request_of, saved_value

_HEAD = re.compile(
    rf"{MARK}probe key=(?P<key>\S+) base=(?P<base>\S*) base_81=(?P<base_81>\S*) type=(?P<type>\d+)"
)
_ANSWER = re.compile(rf"^{MARK}(\d{{4}}-\S+Z) (.+)$", re.MULTILINE)
_STATUS = re.compile(rb"HTTP/(\S+) (\d{3}) ?(.*)")
_SECOND = 1_000.0
"""The milliseconds assumed for a call without a measured duration."""


class AnswersError(ValueError):
    """The text is not the result of a printed probe; the message says what was expected."""


class TimedResponse(NamedTuple):
    """One response, and when its request was sent."""

    started: Instant
    response: RecordedResponse | None


def read_answers(text: str) -> list[RecordedExchange]:
    """Return the exchanges of a printed probe: from its script, or from newman's report."""
    head = _HEAD.match(text)
    if head is not None:
        return _exchanges(_terms(head.groupdict()), _of_script(text))
    try:
        report = json.loads(text)
    except ValueError:
        report = None
    if isinstance(report, dict) and isinstance(report.get("run"), dict):
        return _exchanges(_terms(_variables(report)), _of_newman(report["run"]))
    raise AnswersError(
        f"expected the answers.txt that the script writes, which begins with {MARK.strip()!r}, or "
        "a report of newman in JSON"
    )


def _terms(given: Mapping[str, Any]) -> ProbeTerms:
    key, base = str(given.get("key") or ""), str(given.get("base") or "")
    if not key or not base.startswith(("http://", "https://")):
        raise AnswersError("expected the key and the base URL of the probe, found none")
    old = str(given.get("base_81") or "").rstrip("/") or None
    kind = str(given.get("type") or "1")
    return ProbeTerms(base.rstrip("/"), old, key, int(kind) if kind.isdigit() else 1)


def _exchanges(terms: ProbeTerms, answers: Mapping[str, TimedResponse]) -> list[RecordedExchange]:
    """Return the exchanges of the answered calls, with their requests made again."""
    saved: dict[str, Any] = {}
    exchanges: list[RecordedExchange] = []
    for call in probe_calls(terms):
        answer = answers.get(call.name)
        if answer is None or not call.needs <= saved.keys():
            continue
        method, url, headers, body = request_of(call, terms, saved)
        sent = tuple(Header(name, value) for name, value in headers.items())
        exchange = RecordedExchange(
            len(exchanges) + 1,
            answer.started,
            _SECOND,
            RecordedRequest(method, url, sent, body),
            answer.response,
            None if answer.response is not None else "no response",
            details={"_request": len(exchanges) + 1},
        )
        exchanges.append(exchange)
        value = saved_value(call, exchange)
        if value is not None:
            saved[call.saves] = value
    return exchanges


def _of_script(text: str) -> dict[str, TimedResponse]:
    answers: dict[str, TimedResponse] = {}
    moment = Moment()
    parts = _ANSWER.split(text)[1:]
    for date, name, answer in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        try:
            started = moment(date)
        except UnfitError:
            raise AnswersError(f"expected the date of an answer, found {date!r}") from None
        raw = answer.removeprefix("\n").removesuffix("\n")
        answers[name.strip()] = TimedResponse(
            started, _response(raw.encode("utf-8", "surrogateescape"))
        )
    return answers


def _response(raw: bytes) -> RecordedResponse | None:
    """Return the response in curl's output, after any interim ones."""
    while True:
        head, separator, body = raw.partition(b"\r\n\r\n")
        if not separator:
            head, separator, body = raw.partition(b"\n\n")
        first, *lines = head.splitlines() or [b""]
        status = _STATUS.match(first)
        if status is None:
            return None
        if not status[2].startswith(b"1") and not status[3].lower().startswith(
            b"connection established"
        ):
            break
        raw = body
    headers = tuple(
        Header(name.decode("latin-1").strip(), value.decode("latin-1").strip())
        for name, _, value in (line.partition(b":") for line in lines)
        if name.strip()
    )
    return RecordedResponse(int(status[2]), headers, body, status[3].decode("latin-1"))


def _variables(report: Mapping[str, Any]) -> dict[str, Any]:
    collection = report.get("collection")
    given = collection.get("variable") if isinstance(collection, dict) else None
    return {
        str(each.get("key")): each.get("value")
        for each in (given if isinstance(given, list) else ())
        if isinstance(each, dict)
    }


def _of_newman(run: Mapping[str, Any]) -> dict[str, TimedResponse]:
    timings = run.get("timings")
    started = timings.get("started") if isinstance(timings, dict) else None
    at = started if isinstance(started, int) else 0
    answers: dict[str, TimedResponse] = {}
    executions = run.get("executions")
    for execution in executions if isinstance(executions, list) else ():
        item = execution.get("item") if isinstance(execution, dict) else None
        name = item.get("name") if isinstance(item, dict) else None
        given = execution.get("response") if isinstance(execution, dict) else None
        response = _newman_response(given) if isinstance(given, dict) else None
        if isinstance(name, str):
            answers[name] = TimedResponse(at, response)
        if isinstance(given, dict) and isinstance(given.get("responseTime"), (int, float)):
            at += int(given["responseTime"])
    return answers


def _newman_response(given: Mapping[str, Any]) -> RecordedResponse | None:
    code, stream = given.get("code"), given.get("stream")
    if not isinstance(code, int):
        return None
    data = stream.get("data") if isinstance(stream, dict) else None
    body = bytes(data) if isinstance(data, list) else b""
    headers = tuple(
        Header(str(each.get("key")), str(each.get("value")))
        for each in given.get("header") or ()
        if isinstance(each, dict)
    )
    return RecordedResponse(code, headers, body, str(given.get("status") or ""))
