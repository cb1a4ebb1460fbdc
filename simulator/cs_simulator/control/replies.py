"""The two kinds of answer of the control API: JSON, and a problem (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request

from cs_simulator.api.outcome import status_line
from cs_simulator.documents.problems import Mistake, ScenarioError, nearest
from cs_simulator.documents.shape import shown
from cs_simulator.documents.yaml_text import read_text

SOURCE = "request"
"""What mistakes name in the place of a file."""


class ProblemError(Exception):
    """A control request that is not carried out."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors

    def response(self) -> Response:
        """Return the answer."""
        members: dict[str, Any] = {
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors is not None:
            members["errors"] = list(self.errors)
        return json_response(members, self.status, "application/problem+json")


def json_response(
    members: Any, status: int = 200, content_type: str = "application/json"
) -> Response:
    """Return JSON, indented for curl."""
    pretty = request.headers.get("User-Agent", "").startswith("curl/")
    # A person reads what curl prints: text as it is, but a lone surrogate has no bytes.
    text = json.dumps(members)
    if pretty:
        text = f"{json.dumps(members, indent=2, ensure_ascii=False)}\n"
        if not text.isascii():
            text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return Response(text, status_line(status), content_type=content_type)


def refused(error: ScenarioError, title: str = "Bad scenario") -> ProblemError:
    """Return the problem of mistakes in a document that came with a request."""
    count = len(error.mistakes)
    detail = f"{count} mistake{'' if count == 1 else 's'}; nothing has changed"
    return ProblemError(400, title, detail, [_members(each) for each in error.mistakes])


def _members(mistake: Mistake) -> dict[str, Any]:
    members: dict[str, Any] = {"source": mistake.source, "at": mistake.at}
    if mistake.line:
        members |= {"line": mistake.line, "column": mistake.column}
    members["detail"] = mistake.text
    if mistake.did_you_mean is not None:
        # One name that is near says more than all that are allowed.
        members |= {"did_you_mean": mistake.did_you_mean, "found": mistake.found}
    elif mistake.allowed is not None:
        members |= {"found": mistake.found, "allowed": mistake.allowed}
    return members


def near_or_there(name: str, names: Iterable[str], none: str) -> str:
    """Return the end of a sentence: what was meant by a name, or what there is, or ``none``."""
    there_are = sorted(names)
    near = nearest(name, there_are)
    if near is not None:
        return f"; did you mean {near}?"
    return f"; there are: {', '.join(there_are)}" if there_are else f"; {none}"


def request_text() -> str:
    """Return the body of the present request."""
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        mistake = Mistake(SOURCE, "", f"not UTF-8: byte {error.start + 1}")
        raise refused(ScenarioError([mistake]), "Bad body") from None


def no_body(instead: str) -> None:
    """Refuse a body, but an empty one or ``{}``, where none has a meaning.

    ``instead`` says what takes one.
    """
    text = request_text().strip()
    if text and text != "{}":
        raise ProblemError(
            400, "Bad body", f"{request.method} {request.path} takes no body; {instead}"
        )


def request_document(wanted: str) -> tuple[dict[str, Any], str]:
    """Return the map that the present request brings, as JSON or YAML, and its text.

    ``wanted`` says what is expected where there is none.
    """
    text = request_text()
    try:
        data = read_text(text, SOURCE)
        if not isinstance(data, dict):
            found = "no body" if data is None else shown(data)
            raise ScenarioError([Mistake(SOURCE, "", f"found {found}, expected {wanted}")])
    except ScenarioError as error:
        raise refused(error, "Bad body") from None
    return data, text
