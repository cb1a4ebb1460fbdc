"""All differences between the editions 8.1 and 8.5 of the API, and nothing else.

Edition 8.5 is the API of Genesys Mobile Services, 8.1 the API of Universal Contact Server. Both
work on the same data. Contract sections 1 and 3.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import (
    BAD_PARAMETER,
    MISSING_PARAMETER,
    TITLES,
    BadValues,
    EntityNotFound,
    InvalidTenant,
    Refusal,
)
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.members import MEMBERS
from cs_simulator.domain.setup import BASE_PATHS
from cs_simulator.operations.row import EditionName, Family

Form = Literal["message", "code"]
"""Error bodies: ``message`` and ``exception`` (3a), or the five members of UCS (3b)."""

_PACKAGE = "com.genesyslab.gsg.services.contextservices.exceptions"


class Edition(NamedTuple):
    """One edition of the API."""

    name: EditionName
    base_path: str
    """The default base path; a scenario may change it."""
    types_always_mandatory: bool
    extensions_have_schemas: bool
    """Whether attached data must match an existing schema; names are then case-insensitive."""
    ignored_members: frozenset[str]
    """Members that events of this edition do not have, although the names are reserved."""
    names_tenants: bool
    """Whether requests name their tenant in a header."""

    def types_mandatory(self, fidelity: Fidelity) -> bool:
        """Tell whether services, states and tasks must have a type."""
        return self.types_always_mandatory or fidelity.types_mandatory == "true"

    def started_id(self, service_id: int | str, fidelity: Fidelity) -> int | str:
        """Return a service's id in the form that the response to a start has it."""
        if self.name == "8.1" and fidelity.service_id_form == "text":
            return str(service_id)
        return service_id

    def form(self, family: Family, refusal: Refusal) -> Form:
        """Return the form of error bodies for a family of operations."""
        is_of_gms = family == "services" or isinstance(refusal, InvalidTenant)
        return "message" if self.name == "8.5" and is_of_gms else "code"

    def status_of(self, refusal: Refusal, fidelity: Fidelity) -> int:
        """Return the HTTP status of an error."""
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
    ignored_members=frozenset(member.name for member in MEMBERS if "8.1" not in member.editions),
    names_tenants=False,
)

EDITIONS: tuple[Edition, ...] = (EDITION_85, EDITION_81)


def error_body(form: Form, refusal: Refusal, method: str, uri: str) -> dict[str, Any]:
    """Return the members of an error body in one of the two forms."""
    if form == "message":
        return {"message": refusal.text_85, "exception": _java_class(refusal)}
    code, title, text = refusal.code, refusal.title, refusal.text
    if isinstance(refusal, BadValues):
        text = f"{'; '.join(map(_ucs_sentence, refusal.problems))}{refusal.more}"
        code = MISSING_PARAMETER if refusal.problems[0].is_missing else BAD_PARAMETER
        title = TITLES[code][1]
    return {
        "http_method": method,
        "title": title,
        "description": text,
        "code": code,
        "uri": uri,
    }


def _java_class(refusal: Refusal) -> str:
    """Return the Java class that GMS names: its own for rejections, Java's for failures."""
    if isinstance(refusal, EntityNotFound):
        return f"{_PACKAGE}.NotFoundException"
    if refusal.status == HTTPStatus.FORBIDDEN:
        return "java.rmi.AccessException"
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "java.lang.RuntimeException"
    return f"{_PACKAGE}.ContextServicesExceptionResource"


def _ucs_sentence(problem: Problem) -> str:
    if problem.is_missing:
        return f"missing parameter '{problem.at}' reason : expected {problem.expected}"
    return f"bad parameter '{problem.at}' reason : {problem.detail}"
