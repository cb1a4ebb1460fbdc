"""The facts about a request that rules can match, collected from its parts and from stored data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cs_simulator import faults
from cs_simulator.api.arrival import split_target, split_world
from cs_simulator.api.bodies import READER, read_json
from cs_simulator.api.queries import split_query
from cs_simulator.documents.equality import text_of
from cs_simulator.documents.json_text import JsonError
from cs_simulator.documents.problems import Problem, no_such
from cs_simulator.documents.shape import inside
from cs_simulator.domain.errors import BadValues, MalformedPath, Refusal
from cs_simulator.journal.entries import NOBODY, JournalEntry
from cs_simulator.worlds import ServedWorld

if TYPE_CHECKING:
    from cs_simulator.faults.criteria import Facts
    from cs_simulator.faults.rules import Rule

FORCED = "X-Simulator-Fault"
"""The header by which a request asks for a rule to act."""

_SEVERAL = re.compile(r"[,:=]")
"""Characters that separate names, or occur in actions as other tools and our commands write them.
"""

_PARTS = ("service", "state", "task")
"""The parts of one element of a composite."""


def facts_of(entry: JournalEntry, raw: bytes | None = None) -> Facts:
    """Return the facts about a request as they were when its operation began.

    They are taken from its journal entry. ``raw`` is the body, which may be truncated there.
    """
    owner = entry.owner or NOBODY
    _, _, target = split_world(split_target(entry.target))
    body = _body(entry.body if raw is None else raw)
    args = entry.args or {}
    customers = _named("customer_id", args, body) | _named("src_id", args, ())
    customers.add(owner.customer_id)
    contacts = _named("contact_key", args, body) | {owner.contact_key}
    facts = faults.Facts(
        operation=entry.operation,
        method=entry.method,
        path=target.path,
        query=_query(target.query),
        headers=_Headers(entry.headers),
        bodies=body,
        customer_ids=frozenset(name for name in customers if name is not None),
        contact_keys=frozenset(name for name in contacts if name is not None),
        tenant=() if owner.tenant is None else (owner.tenant.name, str(owner.tenant.dbid)),
    )
    if entry.operation != "composite_start" or not body:
        return facts
    return facts._replace(elements=_elements(facts, body[0]))


class _Headers(Mapping[str, list[str]]):
    """The headers of a request by lower-case name; built lazily, because few rules need them."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        self._lines = lines

    def __getitem__(self, name: str) -> list[str]:
        wanted = f"HTTP_{name.upper().replace('-', '_')}"
        values = [value for key, value in self._lines if key == wanted]
        if values:
            return values
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter({name[5:].replace("_", "-").lower(): None for name, _ in self._lines})

    def __len__(self) -> int:
        return len({name for name, _ in self._lines})


def _query(text: str) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    try:
        for name, value in split_query(text):
            query.setdefault(name, []).append(value)
    except MalformedPath:
        pass  # such a query has no parameters; the operation rejects it
    return query


def _body(raw: bytes) -> tuple[Any, ...]:
    """Return the parsed body of a request, or an empty one."""
    if not raw:
        return ()
    try:
        return (read_json(raw),)
    except Refusal:
        return (faults.UNREADABLE,)


def _elements(facts: Facts, body: Any) -> tuple[Facts, ...]:
    """Return the facts about each element of a composite: its parts, itself and the request."""
    listed = body.get("services") if isinstance(body, dict) else None
    elements = []
    for element in listed if isinstance(listed, list) else ():
        if isinstance(element, dict):
            parts = [element[name] for name in _PARTS if isinstance(element.get(name), dict)]
            documents = (*parts, element, body)
            elements.append(
                facts._replace(
                    bodies=documents,
                    customer_ids=frozenset(_named("customer_id", {}, documents)),
                    contact_keys=frozenset(_named("contact_key", {}, documents)),
                )
            )
    return tuple(elements)


def _named(member: str, args: Mapping[str, str], bodies: tuple[Any, ...]) -> set[Any]:
    found = {args[member]} if member in args else set()
    for body in bodies:
        value = body.get(member) if isinstance(body, dict) else None
        text = None if value is None else text_of(value)
        if text is not None:
            found.add(text)
    return found


def _no_rule(text: str, names: Sequence[str]) -> Problem:
    """Return the problem of a name that no rule has; it may be several names, or actions."""
    problem = no_such("fault rule", text, names, "no rules are in force", at=FORCED)
    if problem.nearest is None and _SEVERAL.search(text):
        one = 'the name of one rule in force, or a rule as JSON such as {"connection": "close"}'
        return Problem(FORCED, one, text)
    return problem


def forced_rule(value: str | None, world: ServedWorld) -> Rule | None:
    """Return the rule that a request asks for: by the name of one in force, or written out.

    ``value`` is the header's value. Raises :exc:`BadValues` if no rule has that name or if the rule
    in the header is not valid.
    """
    if value is None:
        return None
    text = value.encode("latin-1", "replace").decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        rule = world.rules.named(text)
        if rule is None:
            raise BadValues([_no_rule(text, [known.name for known in world.rules.rules()])])
        return rule
    try:
        document = READER.read(text)
    except JsonError as error:
        problem = error.located if error.kind == "limit" else f"not valid JSON: {error.located}"
        raise BadValues([error.problem._replace(at=FORCED, text=problem)]) from None
    rule, problems = faults.request_rule(document, world.clock.mode)
    if rule is None:
        raise BadValues([problem._replace(at=inside(FORCED, problem.at)) for problem in problems])
    return rule
