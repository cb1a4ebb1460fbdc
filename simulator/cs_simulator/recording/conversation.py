"""A recording prepared for replay: each exchange with its instant, and the ids that it created."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import unquote

from cs_simulator.clock import SECOND, Instant, instant_of
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import Moment
from cs_simulator.har.exchanges import RecordedExchange, header
from cs_simulator.operations.row import EditionName
from cs_simulator.recording.addresses import ApiExchanges, Placed, Root

Id = int | str
_MOMENT = Moment()
_TEMPORARY = frozenset({401, 403, 408, 425, 429})
_FAILED = 500
SUCCESS = range(200, 300)
_LONGEST_GROUP = 3


@dataclass(frozen=True, slots=True)
class MadeIds:
    """The ids that a response shows as created, by kind, in order of creation."""

    services: tuple[Id, ...] = ()
    states: tuple[Id, ...] = ()
    tasks: tuple[Id, ...] = ()
    customers: tuple[Id, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.services or self.states or self.tasks or self.customers)

    @property
    def names(self) -> frozenset[str]:
        """What was created, such as ``service 95``."""
        return frozenset(
            [
                *(f"service {service}" for service in self.services),
                *(f"state {state}" for state in self.states),
                *(f"task {task}" for task in self.tasks),
                *(f"customer {customer}" for customer in self.customers),
            ]
        )


@dataclass(frozen=True, slots=True)
class ConversationStep:
    """One exchange of a conversation."""

    number: int
    """Its number in the recording, from 1."""
    exchange: RecordedExchange
    edition: EditionName
    root: Root
    at: Instant
    """The world's time at which it is replayed."""
    made: MadeIds
    names: frozenset[str] = frozenset()
    """What the request names and the response shows, such as ``service 95``."""
    is_parallel: bool = False
    """Whether too many others were in progress to tell the order."""

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.exchange.request.method not in ("GET", "HEAD")

    @property
    def is_uncertain(self) -> bool:
        """Whether it is unknown if it was carried out, because there is no response."""
        response = self.exchange.response
        return response is None or response.status >= _FAILED or response.status in _TEMPORARY

    @property
    def path(self) -> str:
        """The path below the base, undecoded."""
        return self.exchange.request.path[len(self.root.base) :] or "/"

    @property
    def name(self) -> str:
        """Its name for people."""
        return f"{self.exchange.request.method} {self.path}"


Group = tuple[ConversationStep, ...]
"""Steps that were in progress together, so that any order is possible; usually one."""


class Conversation(NamedTuple):
    """The exchanges of one recording, in order."""

    name: str
    groups: tuple[Group, ...]
    found: ApiExchanges

    @property
    def steps(self) -> tuple[ConversationStep, ...]:
        """All steps, in the order in which they were sent."""
        return tuple(step for group in self.groups for step in group)


def conversation_of(name: str, found: ApiExchanges) -> Conversation:
    """Return the API's exchanges in one recording, ready for replay."""
    steps: list[ConversationStep] = []
    before: Instant | None = None
    for placed in found.placed:
        at = _instant(placed.exchange, before)
        before = at
        steps.append(_step(placed, at))
    return Conversation(name, tuple(_groups(_with_lost_ids(steps))), found)


def _step(placed: Placed, at: Instant) -> ConversationStep:
    exchange = placed.exchange
    made = _made_ids(exchange)
    names = names_in(placed.path, exchange)
    return ConversationStep(exchange.number, exchange, placed.edition, placed.root, at, made, names)


def _instant(exchange: RecordedExchange, before: Instant | None) -> Instant:
    """Return the server's time: the recorder's, corrected by the Date header as far as possible.

    Their clocks may be hours apart, and a server's may be stopped.
    """
    at = exchange.started
    response = exchange.response
    date = None if response is None else header(response.headers, "date")
    if date is not None:
        try:
            second = instant_of(parsedate_to_datetime(date))
        except (ValueError, TypeError):
            pass
        else:
            at = min(max(at, second), second + SECOND - 1)
    if before is not None and before - 2 * SECOND <= at < before:
        return before  # too close to tell, and the clock runs
    return at


def members_of(body: bytes | None) -> Any:
    """Return a body as JSON, or None if it is not JSON."""
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _made_ids(exchange: RecordedExchange) -> MadeIds:
    """Return the ids that the response to a request shows as created by the server.

    An id that the client sent itself was not created by the server, which may have accepted it or
    not.
    """
    response = exchange.response
    if response is None or response.status not in SUCCESS or exchange.request.method != "POST":
        return MadeIds()
    members = members_of(response.body)
    path = exchange.request.path.rstrip("/")
    if path.endswith("/services_composite/start"):
        return _made_by_composite(members)
    if not path.endswith(("/start", "/transition", "/profiles")):
        return MadeIds()
    own: dict[str, Any] = members if isinstance(members, dict) else {}
    located = _located(header(response.headers, "location") or "")
    sent = members_of(exchange.request.body)
    if path.endswith("/services/start"):
        sent_id = _ids(sent.get("service_id")) if isinstance(sent, dict) else ()
        started = _ids(own.get("service_id", located.get("services")))
        return MadeIds(services=() if started and started == sent_id else started)
    if path.endswith(("/states/start", "/states/transition")):
        return MadeIds(states=_numbers(own.get("state_id", located.get("states"))))
    if path.endswith("/tasks/start"):
        return MadeIds(tasks=_numbers(own.get("task_id", located.get("tasks"))))
    customer = own.get("customer_id", located.get("profiles"))
    is_own = isinstance(sent, dict) and sent.get("customer_id") == customer
    customers = (customer,) if isinstance(customer, str) and not is_own else ()
    return MadeIds(customers=customers)


_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "services": "service",
        "states": "state",
        "tasks": "task",
        "profiles": "customer",
        "merge": "customer",
    }
)
_NO_IDS = frozenset({"start", "anonymous", "transition", "active", "completed", "import"})


def names_in(path: str, exchange: RecordedExchange) -> frozenset[str]:
    """Return what an exchange concerns, by kind and id: from its path and its bodies."""
    segments = [unquote(segment) for segment in path.split("/")]
    if segments[1:2] in (["maintenance"], ["metadata"]):
        segments = []
    names = {
        f"{_KINDS[kind]} {part_id}"
        for kind, part_id in pairwise(segments)
        if kind in _KINDS
        and part_id
        and part_id not in _NO_IDS
        and part_id not in ("extensions", "merge")
    }
    names.update(_named(members_of(exchange.request.body)))
    if exchange.response is not None:
        names.update(_named(members_of(exchange.response.body)))
    return frozenset(names)


def _named(value: Any) -> Iterator[str]:
    """Yield the ids of services, states and tasks anywhere in a body."""
    if isinstance(value, dict):
        for kind in ("service", "state", "task"):
            own = value.get(f"{kind}_id")
            if isinstance(own, (int, str)) and not isinstance(own, bool):
                yield f"{kind} {own}"
        for inner in value.values():
            if isinstance(inner, (dict, list)):
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def _located(location: str) -> dict[str, str]:
    """Return the ids in a Location, by the segment before each."""
    segments = [unquote(segment) for segment in location.split("/")]
    found = dict(pairwise(segments))
    if "service" in found:
        found.setdefault("services", found["service"])
    return found


def _ids(value: Any) -> tuple[Id, ...]:
    if isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value):
        return (int(value),)
    is_id = isinstance(value, (int, str)) and not isinstance(value, bool) and value != ""
    return (value,) if is_id else ()


def _numbers(value: Any) -> tuple[Id, ...]:
    return tuple(number for number in _ids(value) if isinstance(number, int))


def _made_by_composite(members: Any) -> MadeIds:
    elements = members.get("services") if isinstance(members, dict) else None
    made: dict[str, list[Any]] = {"service": [], "state": [], "task": []}
    for element in elements if isinstance(elements, list) else ():
        for kind, ids in made.items():
            part = element.get(kind) if isinstance(element, dict) else None
            if isinstance(part, dict) and str(part.get("created")).lower() == "true":
                ids += _ids(part.get(f"{kind}_id"))
    return MadeIds(tuple(made["service"]), tuple(made["state"]), tuple(made["task"]))


def _with_lost_ids(steps: Sequence[ConversationStep]) -> list[ConversationStep]:
    """Give each start whose response was lost the id that appears later, if one does."""
    lost = [
        place
        for place, step in enumerate(steps)
        if step.is_uncertain and step.path.rstrip("/") == "/services/start"
    ]
    if not lost:
        return list(steps)
    known = {service for step in steps for service in step.made.services}
    result = list(steps)
    for place in lost:
        sent = members_of(steps[place].exchange.request.body)
        for step in steps[place + 1 :]:
            shown = _shown_services(step)
            fit = [
                service["service_id"]
                for service in shown
                if service["service_id"] not in known and _is_of(service, sent, steps[place])
            ]
            if fit:
                known.add(fit[0])
                result[place] = replace(steps[place], made=MadeIds(services=(fit[0],)))
                break
    return result


def _shown_services(step: ConversationStep) -> list[dict[str, Any]]:
    response = step.exchange.response
    members = members_of(response.body) if response is not None else None
    several = members if isinstance(members, list) else [members]
    return [
        entity
        for entity in several
        if isinstance(entity, dict)
        and "started" in entity
        and "service_id" in entity
        and "state_id" not in entity
        and "task_id" not in entity
    ]


def _is_of(shown: dict[str, Any], sent: Any, step: ConversationStep) -> bool:
    """Tell whether a service is the one that a request with a lost response asked for."""
    if not isinstance(sent, dict):
        return False
    started = shown["started"].get("timestamp") if isinstance(shown["started"], dict) else None
    try:
        instant = _MOMENT(started)
        wanted = _MOMENT(sent["timestamp"]) if "timestamp" in sent else step.at
    except UnfitError:
        return False
    slack = 2 * SECOND + int(step.exchange.elapsed)
    return abs(instant - wanted) <= slack and all(
        sent.get(name) is None or str(sent[name]) == str(shown.get(name))
        for name in ("contact_key", "customer_id", "service_type")
    )


def _groups(steps: Sequence[ConversationStep]) -> list[Group]:
    """Return the steps in groups of overlapping ones, where one of them may change something."""
    groups: list[list[ConversationStep]] = []
    end = 0.0
    for step in steps:
        exchange = step.exchange
        # Our own journal shows the order in which requests were carried out.
        overlaps = groups and exchange.started + 1 < end and "_request" not in exchange.details
        if overlaps:
            groups[-1].append(step)
        else:
            groups.append([step])
            end = 0.0
        end = max(end, exchange.started + exchange.elapsed)
    result: list[Group] = []
    for group in groups:
        if len(group) > 1 and any(step.is_write for step in group):
            if len(group) <= _LONGEST_GROUP:
                result.append(tuple(group))
            else:
                result += [(replace(step, is_parallel=True),) for step in group]
        else:
            result += [(step,) for step in group]
    return result
