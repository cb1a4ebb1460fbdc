"""The endpoints of the journal: the requests that a world received, and its responses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, get_args

from flask import Response, request

from cs_simulator import har
from cs_simulator.control import shows
from cs_simulator.control.archive import HAR, HAR_TYPE
from cs_simulator.control.endpoint import Control, Endpoint, Param
from cs_simulator.control.front import ControlTerms, ProblemError
from cs_simulator.control.handling import asked, checking, json_response
from cs_simulator.control.shows import without_token
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import Record, Scalar, Shape, one_of
from cs_simulator.documents.values import Boolean, Integer, Statuses, Text
from cs_simulator.domain.transaction import Change, EffectKind
from cs_simulator.faults.verdict import ANY
from cs_simulator.faults.where import On
from cs_simulator.faults.wire import BREAKS
from cs_simulator.journal.entries import JournalEntry, status_shown
from cs_simulator.worlds import ServedWorld

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
    """List the entries of the journal, oldest first."""
    world = asked(control.worlds)
    given = _filters(request.args.to_dict(flat=False), world)
    entries = _filtered(world, given)
    token = control.terms.token
    if given.get("format") == "har":
        return _har_response(world, entries, control.terms, secrets=given.get("secrets", False))
    members = {
        "requests": [entry_members(world, entry) for entry in entries],
        "dropped": world.journal.dropped,
    }
    return json_response(without_token(members, token))


def clear_requests(control: Control) -> Response:
    """Clear the journal."""
    return json_response({"cleared": {"requests": asked(control.worlds).clear_journal()}})


def show_request(control: Control, number: str) -> Response:
    """Show one entry of the journal."""
    world = asked(control.worlds)
    members = entry_members(world, kept_entry(world, number))
    return json_response(without_token(members, control.terms.token))


def entry_members(world: ServedWorld, entry: JournalEntry) -> dict[str, Any]:
    """Return an entry as JSON members, with the name of its world."""
    return {"id": entry.id, "world": world.name, **entry.as_members()}


def kept_entry(world: ServedWorld, number: object) -> JournalEntry:
    """Return the entry of an id, or answer 404 and say which exist.

    The id may be prefixed with its world, as in the log and in headers; ``last`` is the newest.
    """
    if isinstance(number, str):
        name, slash, bare = number.rpartition("/")
        if slash and name != world.name:
            raise ProblemError(
                404,
                "Another world",
                f"Request {number} is in world {name}, not {world.name}; "
                f"use /_world/{name}/_control/",
            )
        number = bare.removeprefix("#")
        if number == "last":
            number = max((entry.id for entry in world.journal.entries()), default="last")
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
    what = "last request" if number == "last" else f"request {number}"
    raise ProblemError(404, "No such request", f"No {what}; {there_is}")


def known_faults(world: ServedWorld) -> Collection[str]:
    """Return the names of all rules of a world: in force, in later stages, or in the journal."""
    with world.lock:
        rules = [
            *world.rules.rules(),
            *world.scenario.faults,
            *(rule for stage in world.scenario.stages for rule in stage.rules),
        ]
    noted = (name for entry in world.journal.entries() for name in entry.faults)
    return {*(rule.name for rule in rules), *noted}


def _har_response(
    world: ServedWorld, entries: list[JournalEntry], terms: ControlTerms, *, secrets: bool
) -> Response:
    """Return entries as HAR, for tools that read that format."""
    recorded = har.recorded(world.name, entries, secrets=secrets, mask=terms.mask)
    members = har.har_members(recorded)
    return json_response(without_token(members, terms.token), content_type=HAR_TYPE)


def _filtered(world: ServedWorld, given: Mapping[str, Any]) -> list[JournalEntry]:
    """Return the entries that match checked filters, oldest first."""
    entries, _ = world.journal.since(given.get("after", 0))
    operations = given.get("operation", {ANY})
    if ANY not in operations:
        entries = [entry for entry in entries if entry.operation in operations]
    if "status" in given:
        entries = [entry for entry in entries if status_shown(entry) in given["status"]]
    if "fault" in given:
        names = given["fault"]
        entries = [
            entry
            for entry in entries
            if (entry.faults if ANY in names else names.intersection(entry.faults))
        ]
    return entries[-given["limit"] :] if "limit" in given else entries


def _filters(query: Mapping[str, list[str]], world: ServedWorld) -> dict[str, Any]:
    """Return the filters of a query, checked; status, fault and operation may be repeated."""
    several = dict(_SEVERAL)
    single = {
        name: values[0] if len(values) == 1 else values
        for name, values in query.items()
        if name not in several
    }
    with checking("Invalid query", changes=False) as checker:
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
    return given


def _message(name: str, says: str, members: Mapping[str, shows.ShownMember]) -> shows.Shows:
    """Return the shown members of a request or a response."""
    body = '{"contact_key": "42"}'
    return shows.Shows(
        name,
        says,
        {
            **members,
            "headers": shows.document(
                "By name; a header that was sent in several lines has a list of values.",
                {"Content-Type": "application/json"},
            ),
            "body": shows.text("Its text, or base64 if it is not text.", body, always=False),
            "body_encoding": shows.word("If the body is not text.", "base64", always=False),
            "body_cut": shows.text(
                "Which part of a long body was kept.",
                "the first 65536 of 70000 bytes",
                always=False,
            ),
            "json": shows.anything(
                "The parsed body, if it is JSON and complete.",
                {"contact_key": "42"},
                always=False,
            ),
        },
    )


_STATUS_CODE = shows.ShownMember(
    "A status of HTTP.", {"type": "integer", "format": "int32", "minimum": 100}, 200
)
SHOWN = shows.Shows(
    "ResponseShown",
    "What the client received of the response.",
    {
        "status": _STATUS_CODE._replace(always=False),
        "retry_after": shows.text("Its header Retry-After.", "30", always=False),
        "broken": shows.word(
            "What a fault did to the connection.",
            *BREAKS,
            always=False,
        ),
    },
)
EFFECT = shows.Shows(
    "Effect",
    "What an operation did to one thing.",
    {
        "change": shows.word("What it did.", *get_args(Change)),
        "kind": shows.word("The kind of thing.", *get_args(EffectKind)),
        "id": shows.anything("The id or name of the thing, a number or text.", 4294967297),
    },
)
CLEARED_REQUESTS = shows.Shows(
    "ClearedRequests",
    "The content of a journal.",
    {"requests": shows.number("How many entries.", 3)},
)
ENTRY = shows.Shows(
    "Entry",
    "A request, its response, and what happened to both.",
    {
        "id": shows.number("Its id in the journal of its world."),
        "world": shows.WORLD,
        "state": shows.word("Its progress.", "done", "open", "aborted"),
        "time": shows.moment("When it arrived, by the clock of the world."),
        "arrived_ms": shows.real("When it arrived, on the server's own stopwatch.", 1032.5),
        "left_ms": shows.real("When the last byte of the response left.", 1034.25, null=True),
        "operation": shows.text("The operation, or `unrouted` without one.", "start_service"),
        "client": shows.text("The client's address and port.", "127.0.0.1:50432", always=False),
        "edition": shows.word("The edition of the API.", "8.5", "8.1", always=False),
        "request": shows.one(
            _message(
                "JournalRequest",
                "The request.",
                {
                    "method": shows.text("The method.", "POST"),
                    "path": shows.text("The path and query.", "/genesys/1/cs/services/start"),
                },
            )
        ),
        "response": shows.one(
            _message("JournalResponse", "The response.", {"status": _STATUS_CODE}),
            always=False,
        ),
        "ms": shows.real("How long it took.", 1.75, always=False, null=True),
        "shown": shows.one(SHOWN),
        "effects": shows.several("What the operation did.", EFFECT),
        "effects_left_out": shows.number("How many more effects there were.", 0, always=False),
        "hints": shows.texts(
            "Hints that the real server would not give.",
            "unknown parameter active_state ignored; did you mean active_states?",
        ),
        "faults": shows.texts("The rules that acted, by name.", "lost", always=False),
        "waited_ms": shows.real("How long the response was held back.", 250.0, always=False),
        "real_status": _STATUS_CODE._replace(
            says="The operation's own status, if a fault replaced its response.", always=False
        ),
        "copied": shows.flag(
            "Whether it came with the copy of another world; the world cannot be rewound to before "
            "it.",
            always=False,
        ),
    },
)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/requests",
        list_requests,
        shows.Shows(
            "Requests",
            "The entries of the journal.",
            {
                "requests": shows.several("Oldest first.", ENTRY),
                "dropped": shows.number("How many older entries were dropped.", 0),
            },
        ),
        forms={HAR_TYPE: HAR},
        query=(
            Param("operation", "Only the requests of this operation.", "start_service"),
            Param(
                "status",
                "Only those whose client received this status, or a class such as 4xx.",
                ["4xx"],
                repeats=True,
            ),
            Param(
                "fault",
                "Only those on which the rule of this name acted, or `any`.",
                ["lost"],
                repeats=True,
            ),
            Param(
                "after",
                "Only those with a higher id.",
                0,
                {"type": "integer", "format": "int64", "minimum": 0},
            ),
            Param(
                "limit",
                "Only the newest n of those.",
                100,
                {"type": "integer", "format": "int32", "minimum": 1},
            ),
            Param(
                "format",
                "`har` returns HAR 1.2 instead.",
                "json",
                {"type": "string", "enum": ("json", "har"), "default": "json"},
            ),
            Param(
                "secrets",
                "Whether HAR shows passwords, tokens and cookies.",
                False,
                {"type": "boolean", "default": False},
            ),
        ),
        checks_query=True,
        is_slow=True,
    ),
    Endpoint(
        "DELETE",
        "/requests",
        clear_requests,
        shows.Shows(
            "RequestsCleared",
            "A journal that was cleared.",
            {"cleared": shows.one(CLEARED_REQUESTS)},
        ),
    ),
    Endpoint(
        "GET",
        "/requests/<path:number>",
        show_request,
        ENTRY,
        names=(Param("number", "The id of an entry, also as `default/3`, or `last`.", "last"),),
        refuses={404: "The journal has no entry with that id."},
    ),
)
