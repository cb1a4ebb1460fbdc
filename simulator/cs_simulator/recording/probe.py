"""The probe: the smallest conversation that decides every switch.

It touches only what it created itself, under one contact key of its own, and ends and deletes that.
One row for each call says what it sends and what it decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from cs_simulator.har.exchanges import RecordedExchange
from cs_simulator.ids import new_instance
from cs_simulator.operations.row import EditionName

_UNKNOWN_ID = 2_147_483_646
"""An id that no state has: the second largest of 32 bits."""

_JSON = "application/json"
_CLEANING = "cleaning up"
_IDS: Mapping[str, str] = MappingProxyType(
    {"services": "service_id", "states": "state_id", "tasks": "task_id", "profiles": "customer_id"}
)
"""The members that responses show the ids of new things in, by what the path ends with."""


class ProbeCall(NamedTuple):
    """One call of the probe."""

    name: str
    method: str
    path: str
    """The path below the base; ``{service}`` is the id that an earlier call saved."""
    why: str
    body: Any = None
    decides: tuple[str, ...] = ()
    """The switches for which the response is evidence."""
    saves: str = ""
    """The name under which the id in the response is saved for later calls."""
    content_type: str = _JSON
    edition: EditionName = "8.5"

    @property
    def needs(self) -> frozenset[str]:
        """The ids that must have been saved before."""
        return frozenset(re.findall(r"\{(\w+)\}", self.path))

    @property
    def member(self) -> str:
        """The member of the response that has the id of what it creates."""
        return _IDS[self.path.removesuffix("/start").rpartition("/")[2]]


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
    calls = [
        *_first_calls(terms),
        *_state_and_task_calls(terms),
        *_end_calls(terms),
        *_other_calls(terms),
    ]
    return [*calls, *_cleaning(calls)]


def _first_calls(terms: ProbeTerms) -> list[ProbeCall]:
    """Return the calls that create a service and see what became of its data."""
    service = {"contact_key": terms.key, "service_type": terms.type}
    found = {"service": {**service, "est_duration": 99}, "state": {"state_type": terms.type}}
    return [
        ProbeCall(
            "start",
            "POST",
            "services/start",
            "the service of the other requests",
            {**service, "probe": {"a": 1}, "nothing": None},
            ("service_ids", "location_segment"),
            saves="service",
        ),
        ProbeCall(
            "merge",
            "PUT",
            "services/{service}/extensions/probe/merge",
            "a key that is stored, and one that is not",
            {"a": 2, "b": 2},
        ),
        ProbeCall(
            "composite",
            "POST",
            "services_composite/start",
            "a service that is found, with another est_duration",
            {"services": [found]},
        ),
        ProbeCall(
            "see",
            "GET",
            "services/{service}?extensions=*",
            "what the three left",
            decides=("merge_conflict", "null_extension", "composite_found"),
        ),
    ]


def _state_and_task_calls(terms: ProbeTerms) -> list[ProbeCall]:
    """Return the calls about unknown ids, long texts, and a second end."""
    start_state, start_task = "services/{service}/states/start", "services/{service}/tasks/start"
    end_task = "services/{service}/tasks/{task}/end"
    state, task = {"state_type": terms.type}, {"task_type": terms.type}
    return [
        ProbeCall(
            "unknown state",
            "GET",
            f"services/{{service}}/states/{_UNKNOWN_ID}",
            "an id that no state has",
            decides=("not_found_status",),
        ),
        ProbeCall(
            "unknown reference",
            "POST",
            start_task,
            "a task of a state that does not exist",
            {**task, "state_id": _UNKNOWN_ID},
            ("state_references",),
        ),
        ProbeCall(
            "long start",
            "POST",
            start_task,
            "33 characters where no limit is documented",
            {**task, "session_id": "s" * 33},
            ("string_limits",),
        ),
        ProbeCall("state", "POST", start_state, "a state to end", state, saves="state"),
        ProbeCall(
            "long end",
            "POST",
            "services/{service}/states/{state}/end",
            "65 characters where 64 are documented",
            {"disposition_desc": "d" * 65},
            ("string_limits",),
        ),
        ProbeCall("task", "POST", start_task, "a task to end twice", task, saves="task"),
        ProbeCall("end task", "POST", end_task, "its end", {}),
        ProbeCall("end task again", "POST", end_task, "its second end", {}, ("end_twice",)),
    ]


def _end_calls(terms: ProbeTerms) -> list[ProbeCall]:
    """Return the calls that give the service to a customer, end it, and see what that means."""
    start_state, state = "services/{service}/states/start", {"state_type": terms.type}
    return [
        ProbeCall(
            "active state",
            "POST",
            start_state,
            "a state that is active when its service ends",
            state,
            saves="active",
        ),
        ProbeCall(
            "associate",
            "POST",
            f"customers/{terms.key}/services/{{service}}",
            "a customer of our own",
            {},
            ("associate_status",),
        ),
        ProbeCall("end service", "POST", "services/{service}/end", "with a state active in it", {}),
        ProbeCall(
            "see state",
            "GET",
            "services/{service}/states/{active}",
            "whether it ended with its service",
            decides=("end_service_cascades",),
        ),
        ProbeCall(
            "start on completed",
            "POST",
            start_state,
            "a state of a completed service",
            state,
            ("start_on_completed",),
        ),
    ]


def _other_calls(terms: ProbeTerms) -> list[ProbeCall]:
    """Return the calls that need no other: services of other forms, and customers."""
    contact = {"contact_key": terms.key}
    service = {**contact, "service_type": terms.type}
    calls = [
        ProbeCall(
            "without type",
            "POST",
            "services/start",
            "a service without a type",
            contact,
            ("types_mandatory",),
            saves="untyped",
        ),
        ProbeCall(
            "as text",
            "POST",
            "services/start",
            "JSON that says it is text",
            service,
            ("content_type",),
            saves="texted",
            content_type="text/plain",
        ),
        ProbeCall(
            "identify nobody",
            "GET",
            f"profiles?LastName={terms.key}",
            "a name that nobody has",
            decides=("identify_no_match",),
        ),
        ProbeCall(
            "own customer id",
            "POST",
            "profiles",
            "a customer_id of our own",
            {"customer_id": terms.key, "LastName": terms.key},
            ("custom_ids",),
            saves="customer",
        ),
        ProbeCall(
            "start in 8.1",
            "POST",
            "services/start",
            "a service of edition 8.1",
            service,
            ("service_id_form",),
            saves="old",
            edition="8.1",
        ),
    ]
    return [call for call in calls if call.edition == "8.5" or terms.base_81 is not None]


def _cleaning(calls: Sequence[ProbeCall]) -> list[ProbeCall]:
    """Return the calls that end and delete what others created."""
    services = [call.saves for call in calls if call.saves and call.member == "service_id"]
    return [
        *(
            ProbeCall(f"end {name}", "POST", f"services/{{{name}}}/end", _CLEANING, {})
            for name in services
            if name != "service"
        ),
        *(
            ProbeCall(f"delete {name}", "DELETE", f"services/{{{name}}}", _CLEANING)
            for name in services
        ),
        ProbeCall("delete customer", "DELETE", "profiles/{customer}", _CLEANING),
    ]


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
            if call.why != _CLEANING:
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
