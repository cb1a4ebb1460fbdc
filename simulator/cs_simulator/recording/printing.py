"""The printed probe, for those who may not run this program near the server.

It is a script of curl commands, or a Postman collection. :mod:`cs_simulator.recording.answers`
reads the results.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from cs_simulator.recording.probe import ProbeCall, ProbeTerms, probe_calls

MARK = "=== "
_HEAD = """\
#!/bin/sh
# The probe of cs-simulator: {count} requests to a Context Services server. It touches only what it
# makes itself, under the contact key {key}, and ends and deletes that.
#
#   BASE=http://host:port/genesys/1/cs sh probe.sh
#   cs-simulator probe --answers answers.txt
#
# CURL holds more options of curl, such as CURL="--user name:password --cacert ca.pem".
BASE=${{BASE:-{base}}}
{base_81}OUT=${{OUT:-answers.txt}}
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
                "Touches only what it makes itself, and ends and deletes that. Run it whole and in "
                "order: newman run probe.json --reporters json --reporter-json-export answers.json"
                "; then: cs-simulator probe --answers answers.json"
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
