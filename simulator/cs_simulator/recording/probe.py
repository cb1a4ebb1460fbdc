"""The probe: the smallest conversation that decides every switch.

It touches only what it created itself, under one contact key of its own, and ends and deletes that.
One row for each call says what it sends and what it decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cs_simulator.domain.fidelity import SWITCHES
from cs_simulator.har.exchanges import RecordedExchange
from cs_simulator.ids import new_instance
from cs_simulator.operations.row import EditionName

UNKNOWN_ID = 2_147_483_646
"""An id that no state has: the second largest of 32 bits."""

_JSON = "application/json"


class ProbeCall(NamedTuple):
    """One call of the probe."""

    name: str
    method: str
    path: str
    """The path below the base; ``{service}`` is the id that an earlier call saved."""
    body: Any = None
    decides: tuple[str, ...] = ()
    """The switches for which the response is evidence."""
    saves: str = ""
    """The name under which an id in the response is saved for later calls."""
    member: str = ""
    """The member of the response that has the id."""
    content_type: str = _JSON
    edition: EditionName = "8.5"
    why: str = ""

    @property
    def needs(self) -> frozenset[str]:
        """The ids that must have been saved before."""
        return frozenset(re.findall(r"\{(\w+)\}", self.path))


@dataclass(frozen=True, slots=True)
class ProbeTerms:
    """What a probe needs to know about a server."""

    base: str
    """The base URL of edition 8.5, without a trailing slash."""
    base_81: str | None = None
    """The base URL of edition 8.1, if that is to be probed too."""
    key: str = field(default_factory=lambda: f"csp{new_instance()}")
    """The contact key, customer and name of everything that is created."""
    type: int = 1
    """The type of every service, state and task."""

    def url(self, edition: EditionName) -> str:
        """Return the base URL of an edition."""
        return self.base if edition == "8.5" or self.base_81 is None else self.base_81


def probe_calls(terms: ProbeTerms) -> list[ProbeCall]:
    """Return the calls of a probe, in order."""
    key, kind = terms.key, terms.type
    long, desc = "s" * 33, "d" * 65
    service = "services/{service}"
    calls = [
        ProbeCall(
            "start",
            "POST",
            "services/start",
            {"contact_key": key, "service_type": kind, "probe": {"a": 1}, "nothing": None},
            ("service_ids", "location_segment"),
            "service",
            "service_id",
            why="the service that the others are about",
        ),
        ProbeCall(
            "merge",
            "PUT",
            f"{service}/extensions/probe/merge",
            {"a": 2, "b": 2},
            why="a key that is stored, and one that is not",
        ),
        ProbeCall(
            "composite",
            "POST",
            "services_composite/start",
            {
                "services": [
                    {
                        "service": {
                            "contact_key": key,
                            "service_type": kind,
                            "est_duration": 99,
                        },
                        "state": {"state_type": kind},
                    }
                ]
            },
            why="a service that is found, with another est_duration",
        ),
        ProbeCall(
            "see",
            "GET",
            f"{service}?extensions=*",
            decides=("merge_conflict", "null_extension", "composite_found"),
            why="what the three left",
        ),
        ProbeCall(
            "unknown state",
            "GET",
            f"{service}/states/{UNKNOWN_ID}",
            decides=("not_found_status",),
            why="an id that no state has",
        ),
        ProbeCall(
            "unknown reference",
            "POST",
            f"{service}/tasks/start",
            {"task_type": kind, "state_id": UNKNOWN_ID},
            ("state_references",),
            why="a task of a state that does not exist",
        ),
        ProbeCall(
            "long start",
            "POST",
            f"{service}/tasks/start",
            {"task_type": kind, "session_id": long},
            ("string_limits",),
            why="33 characters where no limit is documented",
        ),
        ProbeCall(
            "state",
            "POST",
            f"{service}/states/start",
            {"state_type": kind},
            saves="state",
            member="state_id",
            why="a state to end",
        ),
        ProbeCall(
            "long end",
            "POST",
            f"{service}/states/{{state}}/end",
            {"disposition_desc": desc},
            ("string_limits",),
            why="65 characters where 64 are documented",
        ),
        ProbeCall(
            "task",
            "POST",
            f"{service}/tasks/start",
            {"task_type": kind},
            saves="task",
            member="task_id",
            why="a task to end twice",
        ),
        ProbeCall("end task", "POST", f"{service}/tasks/{{task}}/end", {}, why="its end"),
        ProbeCall(
            "end task again",
            "POST",
            f"{service}/tasks/{{task}}/end",
            {},
            ("end_twice",),
            why="its second end",
        ),
        ProbeCall(
            "active state",
            "POST",
            f"{service}/states/start",
            {"state_type": kind},
            saves="active",
            member="state_id",
            why="a state that is active when its service ends",
        ),
        ProbeCall(
            "associate",
            "POST",
            f"customers/{key}/{service}",
            {},
            ("associate_status",),
            why="a customer of our own",
        ),
        ProbeCall("end service", "POST", f"{service}/end", {}, why="with a state active in it"),
        ProbeCall(
            "see state",
            "GET",
            f"{service}/states/{{active}}",
            decides=("end_service_cascades",),
            why="whether it ended with its service",
        ),
        ProbeCall(
            "start on completed",
            "POST",
            f"{service}/states/start",
            {"state_type": kind},
            ("start_on_completed",),
            why="a state of a completed service",
        ),
        ProbeCall(
            "without type",
            "POST",
            "services/start",
            {"contact_key": key},
            ("types_mandatory",),
            "untyped",
            "service_id",
            why="a service without a type",
        ),
        ProbeCall(
            "as text",
            "POST",
            "services/start",
            {"contact_key": key, "service_type": kind},
            ("content_type",),
            "texted",
            "service_id",
            content_type="text/plain",
            why="JSON that says it is text",
        ),
        ProbeCall(
            "identify nobody",
            "GET",
            f"profiles?LastName={key}",
            decides=("identify_no_match",),
            why="a name that nobody has",
        ),
        ProbeCall(
            "own customer id",
            "POST",
            "profiles",
            {"customer_id": key, "LastName": key},
            ("custom_ids",),
            "customer",
            "customer_id",
            why="a customer_id of our own",
        ),
    ]
    if terms.base_81 is not None:
        calls.append(
            ProbeCall(
                "start in 8.1",
                "POST",
                "services/start",
                {"contact_key": key, "service_type": kind},
                ("service_id_form",),
                "old",
                "service_id",
                edition="8.1",
                why="a service of edition 8.1",
            )
        )
    return [*calls, *_cleaning(calls)]


def _cleaning(calls: Sequence[ProbeCall]) -> list[ProbeCall]:
    """Return the calls that end and delete what others created."""
    made = [call.saves for call in calls if call.member == "service_id"]
    cleaning = [
        ProbeCall(f"end {name}", "POST", f"services/{{{name}}}/end", {}, why="cleaning up")
        for name in made
        if name != "service"
    ]
    cleaning += [
        ProbeCall(f"delete {name}", "DELETE", f"services/{{{name}}}", why="cleaning up")
        for name in made
    ]
    cleaning.append(
        ProbeCall("delete customer", "DELETE", "profiles/{customer}", why="cleaning up")
    )
    return cleaning


Send = Callable[[str, str, Mapping[str, str], bytes, int], RecordedExchange]
"""Sends one request: method, URL, headers, body, and the number of the exchange."""


class Probed(NamedTuple):
    """The result of a probe."""

    exchanges: tuple[RecordedExchange, ...]
    left_out: tuple[ProbeCall, ...]
    """Calls that were not sent because what they use could not be created."""
    left_behind: tuple[str, ...]
    """What was created and could not be deleted."""


def run_probe(terms: ProbeTerms, send: Send) -> Probed:
    """Send the calls of a probe, one after the other."""
    saved: dict[str, Any] = {}
    exchanges: list[RecordedExchange] = []
    left_out: list[ProbeCall] = []
    made: dict[str, str] = {}
    for call in probe_calls(terms):
        if not call.needs <= saved.keys():
            if call.why != "cleaning up":
                left_out.append(call)
            continue
        method, url, headers, body = request_of(call, terms, saved)
        exchange = send(method, url, headers, body, len(exchanges) + 1)
        exchanges.append(exchange)
        value = saved_value(call, exchange)
        if value is not None:
            saved[call.saves] = value
            if call.member in ("service_id", "customer_id"):
                made[call.saves] = f"{call.member} {value}"
        if call.method == "DELETE" and _is_well(exchange):
            for name in call.needs:
                made.pop(name, None)
    return Probed(tuple(exchanges), tuple(left_out), tuple(made.values()))


def _is_well(exchange: RecordedExchange) -> bool:
    return exchange.response is not None and exchange.response.status < 300


def request_of(
    call: ProbeCall, terms: ProbeTerms, saved: Mapping[str, Any]
) -> tuple[str, str, dict[str, str], bytes]:
    """Return the method, URL, headers and body of a call."""
    path = re.sub(r"\{(\w+)\}", lambda match: str(saved[match[1]]), call.path)
    headers = {"Accept": _JSON}
    body = b""
    if call.body is not None:
        body = json.dumps(call.body).encode()
        headers["Content-Type"] = call.content_type
    return call.method, f"{terms.url(call.edition)}/{path}", headers, body


def saved_value(call: ProbeCall, exchange: RecordedExchange) -> Any:
    """Return the id that a call saves from its response, or None."""
    response = exchange.response
    if not call.saves or response is None or not response.body or response.status >= 300:
        return None
    try:
        members = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    value = members.get(call.member) if isinstance(members, dict) else None
    return value if isinstance(value, (int, str)) else None


def undecidable() -> list[str]:
    """Return the switches that no call decides."""
    decided = {name for call in probe_calls(ProbeTerms("", "")) for name in call.decides}
    return [switch.name for switch in SWITCHES if switch.name not in decided]
