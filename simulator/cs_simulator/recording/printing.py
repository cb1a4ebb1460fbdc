"""The printed probe, for those who may not run this program near the server; and its results.

It is a script of curl commands, or a Postman collection. Its requests are known, so responses
suffice to read the results as exchanges.
"""

from __future__ import annotations

import json
import re
import shlex
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
from cs_simulator.recording.probe import ProbeCall, ProbeTerms, probe_calls, request_of, saved_value

MARK = "=== "
_HEAD = """\
#!/bin/sh
# The probe of cs-simulator: {count} requests to a Context Services server. It touches only what it
# makes itself, under the contact key {key}, and ends and deletes that.
#
#   BASE=http://host:port/genesys/1/cs sh probe.sh
#   cs-simulator probe --responses responses.txt
#
# CURL holds more options of curl, such as CURL="--user name:password --cacert ca.pem".
BASE=${{BASE:-{base}}}
{base_81}OUT=${{OUT:-responses.txt}}
printf '{mark}probe key=%s base=%s base_81=%s type=%s\\n' {key} "$BASE" "$BASE_81" {type} > "$OUT"
last=$(mktemp) || exit 1
trap 'rm -f "$last"' EXIT

call() {{ # NAME METHOD URL [OPTIONS OF CURL]
    name=$1 method=$2 url=$3
    shift 3
    printf '\\n{mark}%s %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$name" >> "$OUT"
    curl -sS -i -m 30 -X "$method" -H 'Accept: application/json' $CURL "$@" "$url" > "$last"
    cat "$last" >> "$OUT"
    printf '%s: %s\\n' "$name" "$(sed -n '1s/\\r$//p' "$last")" >&2
}}

saved() {{ # MEMBER
    tr -d '\\n' < "$last" | sed -n 's/.*"'"$1"'" *: *"\\{{0,1\\}}\\([^",}} ]*\\).*/\\1/p'
}}
"""


def curl_script(terms: ProbeTerms) -> str:
    """Return the probe as a shell script of curl commands."""
    calls = probe_calls(terms)
    base_81 = f"BASE_81=${{BASE_81:-{terms.base_81}}}\n" if terms.base_81 else ""
    head = _HEAD.format(
        count=len(calls),
        key=terms.key,
        base=terms.base,
        base_81=base_81,
        type=terms.type,
        mark=MARK,
    )
    return head + "".join(f"\n{_curl(call)}" for call in calls)


def _curl(call: ProbeCall) -> str:
    base = "$BASE" if call.edition == "8.5" else "$BASE_81"
    path = re.sub(r"\{(\w+)\}", r"$\1", call.path)
    words = ["call", shlex.quote(call.name), call.method, f'"{base}/{path}"']
    if call.body is not None:
        words += ["-H", shlex.quote(f"Content-Type: {call.content_type}")]
        words += ["--data", shlex.quote(json.dumps(call.body))]
    lines = [f"# {call.why}", " ".join(words)]
    if call.saves:
        lines.append(f"{call.saves}=$(saved {call.member})")
    if call.needs:
        tests = " && ".join(f'[ -n "${name}" ]' for name in sorted(call.needs))
        inner = "\n".join(f"    {line}" for line in lines[1:])
        lines = [lines[0], f"if {tests}; then", inner, "fi"]
    return "\n".join(lines) + "\n"


def postman_collection(terms: ProbeTerms) -> str:
    """Return the probe as a Postman collection, version 2.1."""
    variables = {
        "base": terms.base,
        "base_81": terms.base_81 or "",
        "key": terms.key,
        "type": str(terms.type),
    }
    collection = {
        "info": {
            "name": "cs-simulator probe",
            "description": (
                "Touches only what it makes itself, and ends and deletes that. Run it whole and "
                "in order: newman run probe.json --reporters json --reporter-json-export "
                "responses.json; then: cs-simulator probe --responses responses.json"
            ),
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "variable": [{"key": key, "value": value} for key, value in variables.items()],
        "item": [_item(call) for call in probe_calls(terms)],
    }
    return json.dumps(collection, indent=2)


def _item(call: ProbeCall) -> dict[str, Any]:
    base = "{{base}}" if call.edition == "8.5" else "{{base_81}}"
    path = re.sub(r"\{(\w+)\}", r"{{\1}}", call.path)
    headers = [{"key": "Accept", "value": "application/json"}]
    request: dict[str, Any] = {"method": call.method, "url": f"{base}/{path}", "header": headers}
    if call.body is not None:
        headers.append({"key": "Content-Type", "value": call.content_type})
        request["body"] = {"mode": "raw", "raw": json.dumps(call.body)}
    item: dict[str, Any] = {"name": call.name, "request": request}
    events = []
    if call.needs:
        missing = " || ".join(
            f"!pm.collectionVariables.get('{name}')" for name in sorted(call.needs)
        )
        events.append(_script("prerequest", f"if ({missing}) {{ pm.execution.skipRequest(); }}"))
    if call.saves:
        value = f"pm.response.code < 300 ? pm.response.json()['{call.member}'] : ''"
        events.append(_script("test", f"pm.collectionVariables.set('{call.saves}', {value});"))
    if events:
        item["event"] = events
    return item


def _script(listen: str, line: str) -> dict[str, Any]:
    return {"listen": listen, "script": {"type": "text/javascript", "exec": [line]}}


_FIRST = re.compile(
    rf"{MARK}probe key=(?P<key>\S+) base=(?P<base>\S*) base_81=(?P<base_81>\S*) type=(?P<type>\d+)"
)
_RESPONSE = re.compile(rf"^{MARK}(\d{{4}}-\S+Z) (.+)$", re.MULTILINE)
_STATUS = re.compile(rb"HTTP/(\S+) (\d{3}) ?(.*)")
_SECOND = 1_000.0
"""The milliseconds assumed for a call without a measured duration."""


class ResponsesError(ValueError):
    """The text is not the result of a printed probe; the message says what was expected."""


class _TimedResponse(NamedTuple):
    """One response, and when its request was sent."""

    started: Instant
    response: RecordedResponse | None


def read_responses(text: str) -> list[RecordedExchange]:
    """Return the exchanges of a printed probe: from its script, or from newman's report."""
    head = _FIRST.match(text)
    if head is not None:
        return _exchanges(_terms(head.groupdict()), _of_script(text))
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        report = None
    if isinstance(report, dict) and isinstance(report.get("run"), dict):
        return _exchanges(_terms(_variables(report)), _of_newman(report["run"]))
    raise ResponsesError(
        f"expected the responses.txt that the script writes, which begins with {MARK.strip()!r}, "
        "or a report of newman in JSON"
    )


def _terms(given: Mapping[str, Any]) -> ProbeTerms:
    key, base = str(given.get("key") or ""), str(given.get("base") or "")
    if not key or not base.startswith(("http://", "https://")):
        raise ResponsesError("expected the key and the base URL of the probe, found none")
    old = str(given.get("base_81") or "").rstrip("/") or None
    kind = str(given.get("type") or "1")
    return ProbeTerms(base.rstrip("/"), old, key, int(kind) if kind.isdigit() else 1)


def _exchanges(
    terms: ProbeTerms, responses: Mapping[str, _TimedResponse]
) -> list[RecordedExchange]:
    """Return the exchanges of the calls that got a response, with their requests made again."""
    saved: dict[str, Any] = {}
    exchanges: list[RecordedExchange] = []
    for call in probe_calls(terms):
        timed = responses.get(call.name)
        if timed is None or not call.needs <= saved.keys():
            continue
        method, url, headers, body = request_of(call, terms, saved)
        sent = tuple(Header(name, value) for name, value in headers.items())
        exchange = RecordedExchange(
            len(exchanges) + 1,
            timed.started,
            _SECOND,
            RecordedRequest(method, url, sent, body),
            timed.response,
            None if timed.response is not None else "no response",
            details={"_request": len(exchanges) + 1},
        )
        exchanges.append(exchange)
        value = saved_value(call, exchange)
        if value is not None:
            saved[call.saves] = value
    return exchanges


def _of_script(text: str) -> dict[str, _TimedResponse]:
    responses: dict[str, _TimedResponse] = {}
    moment = Moment()
    parts = _RESPONSE.split(text)[1:]
    for date, name, output in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        try:
            started = moment(date)
        except UnfitError:
            raise ResponsesError(f"expected the date of a response, found {date!r}") from None
        raw = output.removeprefix("\n").removesuffix("\n")
        responses[name.strip()] = _TimedResponse(
            started, _response(raw.encode("utf-8", "surrogateescape"))
        )
    return responses


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
        str(variable.get("key")): variable.get("value")
        for variable in (given if isinstance(given, list) else ())
        if isinstance(variable, dict)
    }


def _of_newman(run: Mapping[str, Any]) -> dict[str, _TimedResponse]:
    timings = run.get("timings")
    started = timings.get("started") if isinstance(timings, dict) else None
    at = started if isinstance(started, int) else 0
    responses: dict[str, _TimedResponse] = {}
    executions = run.get("executions")
    for execution in executions if isinstance(executions, list) else ():
        item = execution.get("item") if isinstance(execution, dict) else None
        name = item.get("name") if isinstance(item, dict) else None
        given = execution.get("response") if isinstance(execution, dict) else None
        response = _newman_response(given) if isinstance(given, dict) else None
        if isinstance(name, str):
            responses[name] = _TimedResponse(at, response)
        if isinstance(given, dict) and isinstance(given.get("responseTime"), (int, float)):
            at += int(given["responseTime"])
    return responses


def _newman_response(given: Mapping[str, Any]) -> RecordedResponse | None:
    code, stream = given.get("code"), given.get("stream")
    if not isinstance(code, int):
        return None
    data = stream.get("data") if isinstance(stream, dict) else None
    try:
        body = bytes(data) if isinstance(data, list) else b""
    except (TypeError, ValueError):  # what is in it are no bytes
        body = b""
    headers = tuple(
        Header(str(header.get("key")), str(header.get("value")))
        for header in given.get("header") or ()
        if isinstance(header, dict)
    )
    return RecordedResponse(code, headers, body, str(given.get("status") or ""))
