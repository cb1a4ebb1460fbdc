"""The endpoints of the journal: what a world was asked and what it answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Response, request

from cs_simulator.control.addressing import asked
from cs_simulator.control.endpoint import Control, Endpoint
from cs_simulator.control.masking import without_token
from cs_simulator.control.replies import SOURCE, ProblemError, json_response, refused
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import Checker, Record, Scalar, Shape, one_of
from cs_simulator.documents.values import Boolean, Integer, Statuses, Text
from cs_simulator.faults.verdict import ANY
from cs_simulator.journal.entries import Entry
from cs_simulator.scenario.criteria import On
from cs_simulator.worlds import World

_STATUS = Scalar(Statuses())
_SEVERAL: tuple[tuple[str, Shape], ...] = (("status", _STATUS), ("fault", Scalar(Text())))
_FILTERS = Record(
    {
        "operation": On(),
        **dict(_SEVERAL),
        "after": Scalar(Integer(64, minimum=0)),
        "limit": Scalar(Integer(32, minimum=1)),
        "format": one_of("json", "har"),
        "secrets": Scalar(Boolean()),
    }
)


def list_requests(control: Control) -> Response:
    """List what the journal keeps, oldest first."""
    world = asked(control.worlds)
    given = _filters(request.args.to_dict(flat=False), world)
    entries = _filtered(world, given)
    token = control.terms.token
    if given.get("format") == "har":
        return _har_response(world, entries, token, secrets=given.get("secrets", False))
    members = {
        "requests": [entry_members(world, entry) for entry in entries],
        "dropped": world.journal.dropped,
    }
    return json_response(without_token(members, token))


def clear_requests(control: Control) -> Response:
    """Forget what the journal keeps."""
    return json_response({"cleared": {"requests": asked(control.worlds).journal.clear()}})


def show_request(control: Control, number: str) -> Response:
    """Show one entry of the journal."""
    world = asked(control.worlds)
    members = entry_members(world, kept_entry(world, number))
    return json_response(without_token(members, control.terms.token))


def entry_members(world: World, entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON members, with the world it belongs to."""
    return {"id": entry.id, "world": world.name, **entry.as_members()}


def kept_entry(world: World, number: object) -> Entry:
    """Return the entry of an id, or answer 404 with what there is.

    An id may be written as log and header have it, with its world; ``last`` is the newest.
    """
    if isinstance(number, str):
        name, slash, bare = number.rpartition("/")
        if slash and name != world.name:
            raise ProblemError(
                404,
                "Another world",
                f"Request {number} is of world {name}, and world {world.name} is asked; "
                f"ask below /_world/{name}/_control/",
            )
        number = bare.removeprefix("#")
        if number == "last":
            number = max((entry.id for entry in world.journal.entries()), default=0)
    try:
        wanted = Integer(64)(number)
    except UnfitError:
        wanted = 0
    entry = world.journal.find(wanted)
    if entry is not None:
        return entry
    entries, dropped = world.journal.since(0)
    there_is = "the journal is empty"
    if entries:
        first, last = entries[0].id, entries[-1].id
        there_is = (
            f"the journal has {first}" if first == last else f"the journal has {first} to {last}"
        )
    if dropped:
        there_is += f"; {dropped} older ones were dropped"
    raise ProblemError(404, "No such request", f"No request {number}; {there_is}")


def known_faults(world: World) -> Collection[str]:
    """Return the names of all rules that a world speaks of: in force, to come, or noted."""
    with world.lock:
        rules = [
            *world.rules.rules(),
            *world.scenario.faults,
            *(rule for stage in world.scenario.stages for rule in stage.rules),
        ]
    noted = (name for entry in world.journal.entries() for name in entry.faults)
    return {*(rule.name for rule in rules), *noted}


def _har_response(
    world: World, entries: list[Entry], token: str | None, *, secrets: bool
) -> Response:
    """Return entries as HAR, for the tools that read it."""
    # Who reads the journal as JSON does without it.
    from cs_simulator.har.journal import recorded
    from cs_simulator.har.writing import har_members

    members = har_members(recorded(world.name, entries, secrets=secrets))
    return json_response(without_token(members, token))


def _filtered(world: World, given: Mapping[str, Any]) -> list[Entry]:
    """Return the entries that checked filters ask for, oldest first."""
    entries, _ = world.journal.since(given.get("after", 0))
    operations = given.get("operation", {ANY})
    if ANY not in operations:
        entries = [entry for entry in entries if entry.operation in operations]
    if "status" in given:
        entries = [entry for entry in entries if entry.status in given["status"]]
    if "fault" in given:
        names = given["fault"]
        entries = [
            entry
            for entry in entries
            if (entry.faults if ANY in names else names.intersection(entry.faults))
        ]
    return entries[-given["limit"] :] if "limit" in given else entries


def _filters(query: Mapping[str, list[str]], world: World) -> dict[str, Any]:
    """Return the filters of a query, checked; status, fault and operation may stand repeatedly."""
    checker = Checker(SOURCE)
    several = dict(_SEVERAL)
    single = {
        name: values[0] if len(values) == 1 else values
        for name, values in query.items()
        if name not in several
    }
    given = _FILTERS.check(single, "", checker)
    for name, shape in several.items():
        if name in query:
            values = [shape.check(value, name, checker) for value in query[name]]
            is_set = all(isinstance(value, frozenset) for value in values)
            given[name] = set().union(*values) if is_set else set(values)
    names = sorted(given.get("fault", set()) - {ANY})
    known = known_faults(world) if names else ()
    for name in names:
        if name not in known:
            checker.no_such("fault", name, known, "fault rule", "no rules are in force")
    if checker:
        raise refused(checker.error(), "Invalid query", changes=False)
    return given


ENDPOINTS = (
    Endpoint(
        "GET",
        "/requests",
        list_requests,
        {"requests": list, "dropped": int},
        query=None,
        is_slow=True,
    ),
    Endpoint("DELETE", "/requests", clear_requests, {"cleared": dict}),
    Endpoint(
        "GET",
        "/requests/<path:number>",
        show_request,
        {"id": int, "world": str, "state": str, "operation": str, "request": dict, "hints": list},
    ),
)
"""The rows of these endpoints."""
