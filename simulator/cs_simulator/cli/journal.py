"""``requests``, ``verify`` and ``explain``: what a world received, and why it answered so."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from threading import Event
from typing import Any

import click

from cs_simulator.cli import terminal
from cs_simulator.cli.group import NO, WRONG_INPUT, CommandError
from cs_simulator.cli.options import WholeNumber
from cs_simulator.cli.running import AS_JSON, asks_entry, asks_world, entry_id, typed_document
from cs_simulator.client import NotVerifiedError, Server, World
from cs_simulator.documents.problems import Problem
from cs_simulator.lines import STATUS, one_line, request_words

PAUSE = 0.3
"""Seconds between two polls of the journal."""
_LOST = "the client did not receive the whole response: {}"


@click.command()
@click.argument("request_id", metavar="[ID]", required=False)
@click.option(
    "--follow", is_flag=True, help="Keep printing requests as they are answered, until Ctrl-C."
)
@click.option("--operation", multiple=True, metavar="ID", help="Show only these operations.")
@click.option("--status", multiple=True, metavar="CODE", help="Show only these statuses.")
@click.option(
    "--fault",
    multiple=True,
    metavar="NAME",
    help="Show only requests on which these rules acted; any: on which some rule acted.",
)
@click.option("--after", type=WholeNumber(0), metavar="NUMBER", help="Show only later requests.")
@click.option("--limit", type=WholeNumber(1), metavar="NUMBER", help="Show only the newest.")
@AS_JSON
@asks_entry
def requests(
    server: Server,
    world_name: str,
    request_id: str | None,
    follow: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Show the requests that a world received, one a line, oldest first.

    ID shows one request whole: last, 3, or default/3 as log and header have it. Lines are those
    of the server's log, with the time of the world.
    """
    wanted = {name: value for name, value in filters.items() if value not in (None, ())}
    if request_id is not None:
        if follow or wanted:
            raise CommandError(
                "an ID cannot be combined with --follow or filters; remove one of them"
            )
        world, number = entry_id(server, world_name, request_id)
        entry = world.request(number)
        if as_json:
            terminal.say_json(entry)
        else:
            _say_entry(entry)
        return
    world = server.world(world_name)
    if follow:
        for entry in _followed(world, wanted):
            _say_line(entry, as_json=as_json)
        return
    journal = world.requests_page(**wanted)
    if as_json:
        terminal.say_json(journal)
        return
    for entry in journal["requests"]:
        _say_line(entry)
    if journal["dropped"]:
        terminal.say(f"{journal['dropped']} older requests were dropped", err=True)


def _followed(world: World, wanted: Mapping[str, Any]) -> Iterator[Any]:
    """Yield entries as they are answered; continue after a reset of the world."""
    filters = {name: value for name, value in wanted.items() if name not in ("after", "limit")}
    waiting = Event()
    seen = wanted.get("after", 0)
    printed: set[int] = set()
    first = world.requests_page(**wanted)["requests"]
    while True:
        newest = world.requests_page(limit=1)["requests"]
        if newest and newest[-1]["id"] < max(printed, default=seen):
            seen, printed = 0, set()  # the world was reset, so its ids start again
        entries = first or world.requests_page(after=seen, **filters)["requests"]
        first = []
        for entry in entries:
            if entry["state"] != "open" and entry["id"] not in printed:
                printed.add(entry["id"])
                yield entry
        still_open = [entry["id"] for entry in entries if entry["state"] == "open"]
        seen = min(still_open, default=max(printed, default=seen) + 1) - 1
        printed = {number for number in printed if number >= seen}
        waiting.wait(PAUSE)


def _say_line(entry: Mapping[str, Any], *, as_json: bool = False) -> None:
    if as_json:
        terminal.say_json(entry, one_line=True)
        return
    shown = entry["shown"]
    words = request_words(
        entry["time"],
        {
            **entry,
            "method": entry["request"]["method"],
            "path": entry["request"]["path"],
            "status": shown.get("status"),
            "broken": shown.get("broken"),
            "ms": entry.get("ms"),
        },
    )
    words[STATUS] = terminal.status(words[STATUS])
    terminal.say(" ".join(map(terminal.extra, words)))


def _say_entry(entry: Mapping[str, Any]) -> None:
    """Print a request and its response in HTTP syntax, with indented JSON."""
    _say_line(entry)
    request, response = entry["request"], entry.get("response")
    terminal.say(f"\n{request['method']} {request['path']}")
    _say_message(request)
    if response is None:
        terminal.say(f"\nno response: the request is {entry['state']}")
        return
    broken = entry["shown"].get("broken")
    if broken is not None:
        terminal.say(f"\n{_LOST.format(broken)}")
    terminal.say(f"\n{terminal.status(str(response['status']))}")
    _say_message(response)


def _say_message(message: Mapping[str, Any]) -> None:
    for name, value in message["headers"].items():
        terminal.say(f"{name}: {value}")
    if "body" in message:
        terminal.say(f"\n{_laid_out(message['body'])}")
    if "body_cut" in message:
        terminal.say(f"({message['body_cut']})")


def _laid_out(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


@click.command()
@click.argument("request", nargs=-1, required=True, metavar="last|ID|METHOD PATH")
@click.option(
    "--header", "-H", "headers", multiple=True, metavar="NAME:VALUE", help="Header of the request."
)
@click.option("--body", "-d", metavar="TEXT", help="Body of the request.")
@AS_JSON
@asks_entry
def explain(
    server: Server,
    world_name: str,
    request: Sequence[str],
    headers: Sequence[str],
    body: str | None,
    as_json: bool,
) -> None:
    """Explain why fault rules acted on a request, or did not.

    The request is one of the journal, such as last or 3; or one that is described, such as
    POST /services/start, which is not counted.
    """
    if len(request) == 1:
        if headers or body is not None:
            raise CommandError(
                "a request of the journal has its own headers and body; remove --header and --body"
            )
        world, number = entry_id(server, world_name, request[0])
        explained = world.explain_request(number)
    elif len(request) == 2:
        world = server.world(world_name)
        explained = world.explain(request[0].upper(), request[1], _headers(headers), body)
    else:
        raise CommandError(
            f"expected last, an ID, or METHOD PATH; found {' '.join(request)!r}", WRONG_INPUT
        )
    if as_json:
        terminal.say_json(explained)
    else:
        _say_explained(explained)


def _headers(lines: Sequence[str]) -> dict[str, str]:
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise CommandError(Problem("", "a header such as 'GroupId: 1'", line).detail)
        headers[name.strip()] = value.strip()
    return headers


def _say_explained(explained: Mapping[str, Any]) -> None:
    request = explained["request"]
    number = f"{explained['world']}/{request['id']} " if "id" in request else ""
    line = f"{number}{request['method']} {request['path']} ({explained['operation']})"
    terminal.say(one_line(line))
    if "note" in explained:
        terminal.say(explained["note"])
    if not explained["rules"]:
        terminal.say("no rule is in force")
    for rule in explained["rules"]:
        terminal.say(f"  {_rule_line(rule)}")
    broken = explained.get("shown", {}).get("broken")
    if broken is not None:
        terminal.say(_LOST.format(broken))
    outcome = explained.get("outcome")
    if outcome is not None:
        what = ", ".join(f"{name} {value}" for name, value in outcome.items() if name != "rule")
        terminal.say(f"rule {outcome['rule']} decides: {what}")


def _rule_line(rule: Mapping[str, Any]) -> str:
    decision = rule["decision"].replace("_", " ")
    colour = "green" if decision == "acted" else None
    parts = [f"{rule['rule']}: {click.style(decision, fg=colour)}"]
    if "why" in rule:
        parts.append(rule["why"])
    parts += [
        f"{failed['criterion']}: expected {_short(failed['expected'])}, "
        f"found {'nothing' if failed['found'] is None else _short(failed['found'])}"
        for failed in rule.get("failed", ())
    ]
    return "; ".join(parts)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@click.command()
@click.argument("question", nargs=-1, required=True)
@AS_JSON
@asks_world
def verify(world: World, question: Sequence[str], as_json: bool) -> None:
    """Verify the requests that a world received; exit with 1 if they are not as expected.

    QUESTION has the keys of docs/control-api.md: as words, such as start_service count=2
    where.body.contact_key=+44207; or as a document, '{on: start_service, within: 5s}', @FILE, or -
    for the standard input. What came closest is printed.
    """
    asked = typed_document(question)
    if as_json:
        verdict = world.verification(**asked)
        terminal.say_json(verdict)
        if not verdict["verified"]:
            sys.exit(NO)
        return
    try:
        verdict = world.verify(**asked)
    except NotVerifiedError as error:
        raise CommandError(str(error), NO) from None
    terminal.say(f"verified: {verdict['matched']} matched")
