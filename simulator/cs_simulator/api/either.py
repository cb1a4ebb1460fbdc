"""Parameters of query or body: the documents' tables say the one, examples the other.

Each operation reads them in one of the two. Parameters from the other place are moved there; the
body overrides the query. Contract section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs_simulator.api.queries import Pairs
from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import BadValues
from cs_simulator.operations.row import ApiOperation


def body_with_query(
    operation: ApiOperation, body: Mapping[str, Any], pairs: Pairs, hints: list[str]
) -> tuple[Mapping[str, Any], Pairs]:
    """Move parameters from the query to the body; return both."""
    given: dict[str, str] = {}
    rest: list[tuple[str, str]] = []
    for name, value in pairs:
        if name not in operation.either:
            rest.append((name, value))
        elif name in given:
            hints.append(f"{name} was sent more than once; the first was used")
        elif value:
            given[name] = value
    for name in given:
        if body.get(name) is not None:
            hints.append(f"{name} is in the body and in the query: the body counts")
        elif operation.method == "PUT" or operation.form == "Purge":
            hints.append(f"{name} is taken from the query: examples send it in the body")
    sent = {name: value for name, value in body.items() if value is not None or name not in given}
    return {**given, **sent}, rest


def query_with_body(
    operation: ApiOperation, body: Mapping[str, Any], pairs: Pairs, hints: list[str]
) -> Pairs:
    """Move parameters from the body to the query; return the query."""
    taken: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for name, value in body.items():
        if name not in operation.either:
            known = ", ".join(operation.either)
            hints.append(
                f"{name} in the unknown parameter body ignored; this operation takes {known}"
            )
        elif isinstance(value, str):
            taken.append((name, value))
        elif value is not None:
            problems.append(Problem(name, "a text", value))
    if problems:
        raise BadValues(problems)
    names = {name for name, value in taken if value}
    asked = {name for name, value in pairs if value}
    for name in sorted(names):
        if name in asked:
            hints.append(f"{name} is in the body and in the query: the body counts")
        else:
            hints.append(f"{name} is taken from the body: tables have it in the query")
    return [*taken, *(pair for pair in pairs if pair[0] not in names)]
