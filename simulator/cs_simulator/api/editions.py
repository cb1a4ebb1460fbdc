"""What differs between the editions 8.1 and 8.5 of the API: all of it, and only here.

Edition 8.5 is that of Genesys Mobile Services, 8.1 that of Universal Contact Server. They work on
the same data. Contract sections 1 and 3.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from cs_simulator.domain.errors import (
    ABSENT,
    TITLES,
    BadValues,
    EntityNotFound,
    InvalidTenant,
    Problem,
    Refusal,
)
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.members import MEMBERS
from cs_simulator.domain.setup import BASE_PATHS
from cs_simulator.operations.row import EditionName, Family

Form = Literal["message", "code"]
"""Error bodies: ``message`` and ``exception`` (3a), or the five members of UCS (3b)."""

_PACKAGE = "com.genesyslab.gsg.services.contextservices.exceptions"
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the API."""

    name: EditionName
    base_path: str
    """Where it is found unless a scenario says otherwise."""
    types_always_mandatory: bool
    extensions_have_schemas: bool
    """Whether attached data must match a schema made before; its name is matched in any case."""
    ignored_members: frozenset[str]
    """Members that its events do not have; they are reserved names all the same."""
    names_tenants: bool
    """Whether requests name their tenant, in a header."""

    def types_mandatory(self, fidelity: Fidelity) -> bool:
        """Tell whether a service, state or task must have a type."""
        return self.types_always_mandatory or fidelity.types_mandatory == "true"

    def form(self, family: Family, refusal: Refusal) -> Form:
        """Return the form of error bodies that an operation's family has here."""
        is_of_gms = family == "services" or isinstance(refusal, InvalidTenant)
        return "message" if self.name == "8.5" and is_of_gms else "code"

    def status_of(self, refusal: Refusal, fidelity: Fidelity) -> int:
        """Return the HTTP status of a refusal."""
        if isinstance(refusal, EntityNotFound) and self.name == "8.5":
            return int(fidelity.not_found_status)
        return refusal.status


EDITION_85 = Edition(
    "8.5",
    BASE_PATHS["8.5"],
    types_always_mandatory=False,
    extensions_have_schemas=False,
    ignored_members=frozenset(),
    names_tenants=True,
)
EDITION_81 = Edition(
    "8.1",
    BASE_PATHS["8.1"],
    types_always_mandatory=True,
    extensions_have_schemas=True,
    ignored_members=frozenset(each.name for each in MEMBERS if "8.1" not in each.editions),
    names_tenants=False,
)

EDITIONS: tuple[Edition, ...] = (EDITION_85, EDITION_81)


def error_body(form: Form, refusal: Refusal, method: str, uri: str) -> dict[str, Any]:
    """Return the members of an error body in one of the two forms."""
    if form == "message":
        kind = "NotFoundException" if isinstance(refusal, EntityNotFound) else None
        return {
            "message": _message(refusal),
            "exception": f"{_PACKAGE}.{kind or 'ContextServicesExceptionResource'}",
        }
    problems = refusal.problems if isinstance(refusal, BadValues) else ()
    code, title = refusal.code, refusal.title
    if problems:
        code = problems[0].code
        title = TITLES[code][1]
    return {
        "http_method": method,
        "title": title,
        "description": "; ".join(_ucs_sentence(problem) for problem in problems) or refusal.text,
        "code": code,
        "uri": uri,
    }


def _message(refusal: Refusal) -> str:
    if isinstance(refusal, BadValues):
        return "; ".join(_sentence(problem) for problem in refusal.problems)
    return refusal.text


def _sentence(problem: Problem) -> str:
    if problem.got is ABSENT:
        return f"{problem.member} is missing: expected {problem.expected}"
    return f"{problem.member}: got {shown(problem.got)}, expected {problem.expected}"


def _ucs_sentence(problem: Problem) -> str:
    kind = "missing" if problem.got is ABSENT else "bad"
    got = "" if problem.got is ABSENT else f"got {shown(problem.got)}, "
    return f"{kind} parameter '{problem.member}' reason : {got}expected {problem.expected}"


def shown(value: object) -> str:
    """Return a value as JSON, cut at 80 characters."""
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
