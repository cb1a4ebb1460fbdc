"""The differences between a recorded response and the simulator's.

Values are compared by kind: instants from the server's clock by their distance, durations too, ids
by value, since the replay hands out the recorded ones. What no client can rely on, such as a Date
or a counter, is not compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import Moment
from cs_simulator.har.exchanges import Headers, RecordedResponse, header

STATUS = "status"
"""The member of a difference in the status."""
SLACK = 2_000
"""Milliseconds by which two clocks may differ: a Date header has a resolution of one second."""

_IDS = ("service_id", "state_id", "task_id", "customer_id", "interaction_id", "name", "id", "dbid")
_LONG = 200
_SERVER_STATUS = "get_server_status"
_FILES = "export_services_files"
_MOMENT = Moment()
_MISSING = "(nothing)"


class Deviation(NamedTuple):
    """One difference, with both values as text."""

    member: str
    """``status``, ``header Location``, or a member of the body such as ``started.timestamp``."""
    recorded: str
    simulated: str


class SimulatedResponse(NamedTuple):
    """The simulator's response, ready to be compared."""

    status: int
    headers: Headers
    body: bytes


class ComparisonTerms(NamedTuple):
    """What is known about the two sides of a comparison."""

    operation: str
    method: str
    slack: int = SLACK
    """Milliseconds by which instants may differ."""
    recorded_base: str = ""
    """The base path of the recorded server, with or without its origin."""
    simulated_base: str = ""


def differences(
    recorded: RecordedResponse, simulated: SimulatedResponse, terms: ComparisonTerms
) -> tuple[Deviation, ...]:
    """Return the differences. If the status differs, nothing else is compared."""
    if recorded.status != simulated.status:
        found = f"{recorded.status}{_message_of(recorded.body)}"
        return (Deviation(STATUS, found, f"{simulated.status}{_message_of(simulated.body)}"),)
    return (*_of_headers(recorded, simulated, terms), *_of_bodies(recorded, simulated, terms))


def _message_of(body: bytes | None) -> str:
    """Return the message in an error, for people."""
    members = None if not body else _read(body)
    if isinstance(members, dict):
        text = members.get("message") or members.get("description")
        if isinstance(text, str):
            return f" ({_cut(text)})"
    return ""


def _of_headers(
    recorded: RecordedResponse, simulated: SimulatedResponse, terms: ComparisonTerms
) -> Iterator[Deviation]:
    one = _location(header(recorded.headers, "location"), terms.recorded_base)
    other = _location(header(simulated.headers, "location"), terms.simulated_base)
    if one != other:
        yield Deviation("header Location", one or _MISSING, other or _MISSING)
    if recorded.body and simulated.body:
        kind = _media_type(header(recorded.headers, "content-type"))
        own = _media_type(header(simulated.headers, "content-type"))
        if kind != own:
            yield Deviation("header Content-Type", kind or _MISSING, own or _MISSING)
    if recorded.status == 405:
        methods = _methods(header(recorded.headers, "allow"))
        own_methods = _methods(header(simulated.headers, "allow"))
        if methods != own_methods:
            yield Deviation("header Allow", methods or _MISSING, own_methods or _MISSING)


def _location(value: str | None, base: str) -> str | None:
    """Return a Location below the base, with or without a host."""
    if value is None:
        return None
    path = re.sub(r"^https?://[^/]*", "", value)
    return path[len(base) :] if base and path.startswith(base) else path


def _media_type(value: str | None) -> str | None:
    return None if value is None else value.partition(";")[0].strip().lower()


def _methods(value: str | None) -> str:
    names = {name.strip().upper() for name in (value or "").split(",")}
    return ", ".join(sorted(names - {"", "OPTIONS", "HEAD"}))


def _of_bodies(
    recorded: RecordedResponse, simulated: SimulatedResponse, terms: ComparisonTerms
) -> Iterator[Deviation]:
    if recorded.body is None or terms.method == "HEAD" or recorded.body == simulated.body:
        return
    one, other = _read(recorded.body), _read(simulated.body)
    if one is _NOT_JSON or other is _NOT_JSON:
        yield Deviation("body", _shown_bytes(recorded.body), _shown_bytes(simulated.body))
        return
    if terms.operation == _SERVER_STATUS:
        one, other = _lasting(one), _lasting(other)
    elif terms.operation == _FILES:
        one, other = _counted(one), _counted(other)
    yield from _of_values("", one, other, terms)


_NOT_JSON = object()


def _read(body: bytes) -> Any:
    """Parse JSON without loss: decimals keep their digits, integers have any size."""
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _lasting(status: Any) -> Any:
    """Return the members of a server's status that are not measurements."""
    return {"mode": status.get("mode")} if isinstance(status, dict) else status


def _counted(created: Any) -> Any:
    """Return how many files an export made; their names contain the time."""
    files = created.get("created") if isinstance(created, dict) else None
    return {"created": len(files)} if isinstance(files, list) else created


def _of_values(at: str, one: Any, other: Any, terms: ComparisonTerms) -> Iterator[Deviation]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys((*one, *other)):
            place = f"{at}.{name}" if at else name
            if name not in one:
                yield Deviation(place, _MISSING, _shown(other[name]))
            elif name not in other:
                yield Deviation(place, _shown(one[name]), _MISSING)
            else:
                yield from _of_values(place, one[name], other[name], terms)
    elif isinstance(one, list) and isinstance(other, list):
        yield from _of_lists(at, one, other, terms)
    elif not _are_equal(at.rpartition(".")[2], one, other, terms):
        yield Deviation(at or "body", _shown(one), _shown(other))


def _of_lists(
    at: str, one: list[Any], other: list[Any], terms: ComparisonTerms
) -> Iterator[Deviation]:
    keys, own = [_key(item) for item in one], [_key(item) for item in other]
    if None in keys or None in own or len(set(keys)) < len(keys) or len(set(own)) < len(own):
        if len(one) != len(other):
            yield Deviation(f"{at}[]" if at else "[]", _shown(one), _shown(other))
            return
        for number, (item, its) in enumerate(zip(one, other, strict=True)):
            yield from _of_values(f"{at}[{number}]", item, its, terms)
        return
    mine, theirs = dict(zip(keys, one, strict=True)), dict(zip(own, other, strict=True))
    for key in dict.fromkeys((*keys, *own)):
        place = f"{at}[{key}]"
        if key not in mine:
            yield Deviation(place, _MISSING, _shown(theirs[key]))
        elif key not in theirs:
            yield Deviation(place, _shown(mine[key]), _MISSING)
        else:
            yield from _of_values(place, mine[key], theirs[key], terms)
    if set(keys) == set(own) and keys != own:
        yield Deviation(f"{at}[] order", ", ".join(map(str, keys)), ", ".join(map(str, own)))


def _key(item: Any) -> str | None:
    """Return what identifies one item of a list, or None."""
    if not isinstance(item, dict):
        return None
    for name in _IDS:
        if isinstance(item.get(name), (str, int)):
            return str(item[name])
    return None


def _are_equal(name: str, one: Any, other: Any, terms: ComparisonTerms) -> bool:
    if name == "timestamp":
        return _are_near(one, other, terms)
    if name == "duration" and type(one) is int and type(other) is int:
        return abs(one - other) <= 2 * terms.slack
    if name == "uri" and isinstance(one, str) and isinstance(other, str):
        return _location(one, terms.recorded_base) == _location(other, terms.simulated_base)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, Decimal)) and isinstance(other, (int, Decimal)):
        return one == other
    return type(one) is type(other) and bool(one == other)


def _are_near(one: Any, other: Any, terms: ComparisonTerms) -> bool:
    if one == other:
        return True
    try:
        return abs(_MOMENT(one) - _MOMENT(other)) <= terms.slack
    except UnfitError:
        return False


def _shown(value: Any) -> str:
    return _cut(json.dumps(value, default=float, ensure_ascii=True))


def _shown_bytes(body: bytes) -> str:
    return _cut(body.decode("utf-8", "backslashreplace")) if body else _MISSING


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."


def keys_of(found: tuple[Deviation, ...]) -> frozenset[str]:
    """Return the places of differences, whatever the values."""
    return frozenset(difference.member for difference in found)
