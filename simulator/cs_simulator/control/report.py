"""The endpoint of the report: a world's run in one file that needs no server."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from flask import Response

from cs_simulator import __version__
from cs_simulator.console.report import report_page
from cs_simulator.control import shows
from cs_simulator.control.clock import CLOCK_SHOWN, STAGES, clock_members, stage_members
from cs_simulator.control.endpoint import Content, Control, Endpoint, Param, Takes
from cs_simulator.control.explain import EXPLANATION, kept_members
from cs_simulator.control.faults import FAULT_SHOWN, fault_members
from cs_simulator.control.handling import (
    asked,
    checked_query,
    checking,
    json_response,
    request_document,
    root_url,
)
from cs_simulator.control.journal import ENTRY, entry_members
from cs_simulator.control.judge import RULING, evidence_of
from cs_simulator.control.scenarios import SCENARIO_SHOWN, scenario_members
from cs_simulator.control.shows import without_token
from cs_simulator.documents.json_patch import patch_between
from cs_simulator.documents.shape import Record, Scalar, one_of
from cs_simulator.documents.values import Boolean, Text, with_scalars
from cs_simulator.domain.store import KnownServices
from cs_simulator.har.exchanges import Header
from cs_simulator.har.journal import request_of
from cs_simulator.har.secrets import MASK, Masker, longest_first, without_values
from cs_simulator.journal.entries import JournalEntry
from cs_simulator.judge.attempts import Now
from cs_simulator.judge.court import Expectation, judge
from cs_simulator.scenario.snapshot import Snapshot, document
from cs_simulator.worlds import ServedWorld

HTML = "text/html; charset=utf-8"
_FORMATS = ("html", "json")
_QUERY = Record({"format": one_of(*_FORMATS), "whole": Scalar(Boolean())})
_REPORT = Record({"test": Record({"name": Scalar(Text()), "failure": Scalar(Text())})})

MOST_ENTITIES = 500_000
"""The number of services and customers that are tracked request by request; of others, only the end
is shown.
"""


def show_report(control: Control) -> Response:
    """Show a world's run as one HTML file, or its data as JSON."""
    given = checked_query(_QUERY)
    members = _members(control)
    if given.get("format") == "json":
        return json_response(members)
    page = report_page(members, whole=given.get("whole", False))
    return Response(page, content_type=HTML)


def make_report(control: Control) -> Response:
    """Return the report of a world for a test, with the test's name and failure."""
    data, _ = request_document('{"test": {"name": ..., "failure": ...}}')
    with checking("Invalid report", changes=False) as checker:
        given = _REPORT.check(data, "", checker)
        if data.get("test") is None:
            checker.missing("", "test")
    test = without_token(given["test"], control.terms.token)
    return Response(report_page({**_members(control), "test": test}), content_type=HTML)


def _members(control: Control) -> dict[str, Any]:
    """Return the data of the requested world's report, without secrets in it."""
    world, terms = asked(control.worlds), control.terms
    # The entries and their changes must match, so nothing may happen in between.
    with world.lock:
        world.begin()
        entries = world.journal.entries()
        size = world.counts()
        entities = (size.services + size.customers) * len(entries)
        known: KnownServices = {}
        look = partial(world.snapshot, known)
        instants = world.instants(look) if entities <= MOST_ENTITIES else []
        members: dict[str, Any] = {
            "version": __version__,
            "world": world.name,
            "url": root_url(),
            "scenario": scenario_members(world.scenario),
            "clock": clock_members(world),
            "stage": stage_members(world),
            "faults": [fault_members(*rule) for rule in world.rules.standing()],
            "dropped": world.journal.dropped,
        }
        last = look()
    for part in (members, known, instants, last):
        world.leftovers.leave(part)
    masker = Masker(terms.mask)
    secrets = {entry.id: masker.values_of(request_of(entry)) for entry in entries}
    members |= _of_requests(masker, world, entries, secrets)
    if world.scenario.expect:
        members["verdict"] = _verdict(
            masker, world, {secret for values in secrets.values() for secret in values}
        )
    members |= _of_states(world, last, instants)
    masked: dict[str, Any] = without_token(masker.data(members), terms.token)
    world.leftovers.leave(masked)
    return masked


def _of_requests(
    masker: Masker,
    world: ServedWorld,
    entries: Sequence[JournalEntry],
    secrets: Mapping[int, Sequence[str]],
) -> dict[str, Any]:
    """Return the entries of the journal, and what the rules decided on each."""
    explained = [
        (entry.id, _explained(masker, world, entry, secrets[entry.id])) for entry in entries
    ]
    return {
        "requests": [
            _masked(masker, entry_members(world, entry), secrets[entry.id]) for entry in entries
        ],
        "explained": [
            {"id": number, **explanation}
            for number, explanation in explained
            if explanation["rules"]
        ],
    }


def _verdict(masker: Masker, world: ServedWorld, secrets: Iterable[str]) -> Any:
    """Return what the judge says by the expectations of the scenario, without secrets."""
    expected = [_discreet(masker, expectation) for expectation in world.scenario.expect]
    cases = [(expectation, evidence_of(expectation, world.journal)) for expectation in expected]
    shown = with_scalars(
        judge(cases, Now.taken(), has_ended=True).as_members(),
        lambda value: masker.url(value) if isinstance(value, str) and "/" in value else value,
    )
    return without_values(shown, longest_first(secrets))


def _discreet(masker: Masker, expectation: Expectation) -> Expectation:
    """Return an expectation whose intents are not named by secrets."""
    by = expectation.by
    is_secret = by.is_explicit and masker.is_secret(by.name)
    return replace(expectation, by=by._replace(is_secret=is_secret))


def _of_states(
    world: ServedWorld, last: Snapshot, instants: Sequence[tuple[int, Snapshot]]
) -> dict[str, Any]:
    """Return the last state, and if instants are known, the first and what changed between them."""
    written: dict[Any, Any] = {}
    world.leftovers.leave(written)
    members: dict[str, Any] = {"state": document(last, written)}
    if instants:
        documents = [
            (number, document(snapshot, written)) for number, snapshot in reversed(instants)
        ]
        world.leftovers.leave(documents)
        members["begin"] = documents[0][1]
        members["changes"] = [
            {"request": number, "patch": patch}
            for (number, before), (_, after) in pairwise(documents)
            if (patch := patch_between(before, after))
        ]
    return members


def _explained(
    masker: Masker, world: ServedWorld, entry: JournalEntry, values: Sequence[str]
) -> dict[str, Any]:
    """Return the decision on each rule for a request, with secrets masked."""
    members = kept_members(world, entry)
    asked_for = members["request"]
    members["request"] = {**asked_for, "path": masker.url(asked_for["path"])}
    for rule in members["rules"]:
        for failed in rule.get("failed", ()):
            if masker.is_secret(failed["criterion"]):
                for side in ("expected", "found"):
                    failed[side] = MASK if failed[side] is not None else None
            failed.update(without_values(failed, values))
    return members


def _masked(masker: Masker, members: dict[str, Any], values: Sequence[str]) -> dict[str, Any]:
    """Return an entry with secrets masked, as in HAR."""
    asked_for = members["request"]
    shown = {
        **members,
        "request": {
            **_masked_part(masker, asked_for, path=asked_for["path"]),
            "path": masker.url(asked_for["path"]),
        },
    }
    shown["hints"] = without_values(members["hints"], values)
    if "response" in members:
        shown["response"] = _masked_part(masker, members["response"], values)
    return shown


def _masked_part(
    masker: Masker, part: Mapping[str, Any], values: Sequence[str] = (), path: str = ""
) -> dict[str, Any]:
    """Return one side of an entry with secrets in headers and body masked."""
    shown = dict(part)
    for name, value in part["headers"].items():
        lines = value if isinstance(value, list) else [value]
        masked, found = masker.headers(
            tuple(Header(name, header_value) for header_value in lines), values
        )
        if found:
            without = [header.value for header in masked]
            shown["headers"] = {
                **shown["headers"],
                name: without if isinstance(value, list) else without[0],
            }
    body = part.get("body")
    if not body:
        return shown
    kinds = [
        Header(name, value)
        for name, value in part["headers"].items()
        if name.lower() == "content-type" and isinstance(value, str)
    ]
    is_text = "body_encoding" not in part
    raw = body.encode("utf-8", "surrogatepass") if is_text else b64decode(body)
    if path:
        without_secrets = masker.request_body(path, raw, tuple(kinds))
    else:
        without_secrets = masker.body(raw, tuple(kinds), values)
    if without_secrets != raw:
        shown["body"] = (
            without_secrets.decode("utf-8", "surrogatepass")
            if is_text
            else b64encode(without_secrets).decode("ascii")
        )
        if "json" in part:
            shown["json"] = json.loads(shown["body"])
    return shown


REPORT = shows.Shows(
    "Report",
    "A world's run, without the secrets in it.",
    {
        "version": shows.text("The version of the simulator.", "1.0.0"),
        "world": shows.WORLD,
        "url": shows.text("The address of the world.", "http://localhost:8080"),
        "scenario": shows.one(SCENARIO_SHOWN),
        "clock": shows.one(CLOCK_SHOWN),
        "stage": shows.one(STAGES),
        "faults": shows.several("The rules in force.", FAULT_SHOWN),
        "dropped": shows.number("How many older requests were dropped.", 0),
        "requests": shows.several("The entries of the journal, oldest first.", ENTRY),
        "explained": shows.several(
            "The decisions of the rules on each request.",
            shows.Shows(
                "ExplainedEntry",
                "The decisions of the rules on a request.",
                {"id": shows.number("Its number."), **EXPLANATION.members},
            ),
        ),
        "verdict": shows.one(RULING, always=False),
        "state": shows.document("A snapshot of the world.", {"name": "demo"}),
        "begin": shows.document(
            "A snapshot of it before the first request, if known.",
            {"name": "demo"},
            always=False,
        ),
        "changes": shows.several(
            "What each request changed, if known.",
            shows.Shows(
                "EntryChange",
                "What a request changed.",
                {
                    "request": shows.number("Its number."),
                    "patch": shows.by_example(
                        "JSON Patch (RFC 6902).", [{"op": "remove", "path": "/x"}]
                    ),
                },
            ),
            always=False,
        ),
    },
)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/report",
        show_report,
        Content("A page with the run and its viewer.", (HTML,), "<!doctype html>..."),
        forms={"application/json": REPORT},
        query=(
            Param(
                "format",
                "html, or json for only the data.",
                "json",
                {"type": "string", "enum": list(_FORMATS)},
            ),
            Param(
                "whole",
                "Whether long values stay whole in HTML, however large it becomes.",
                False,
                {"type": "boolean", "default": False},
            ),
        ),
        is_slow=True,
    ),
    Endpoint(
        "POST",
        "/report",
        make_report,
        Content("A page with the run of a test.", (HTML,), "<!doctype html>..."),
        Takes(
            "ReportedTest",
            "The test that made the run.",
            _REPORT,
            {"test": {"name": "test_desk.py::test_refund", "failure": "assert 1 == 2"}},
            {
                "test": "The test, and how it failed.",
                "name": "The name of the test.",
                "failure": "How it failed, in one or more lines.",
            },
            needed=("test",),
        ),
        is_slow=True,
    ),
)
