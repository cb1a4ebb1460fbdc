"""What handlers share: the world that a control request addresses, its body, and its response.

Endpoints that set up a world create it; those that query or delete one answer 404 if it does not
exist, because a typo must not verify an empty journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from flask import Response, request

from cs_simulator.api.arrival import WAY, Address, Way
from cs_simulator.api.bodies import content_codings
from cs_simulator.control.front import PREFIX, ProblemError, json_body
from cs_simulator.documents.json_text import EncodingError, decoded
from cs_simulator.documents.problems import ABSENT, DocumentError, Problem, shown
from cs_simulator.documents.shape import Checker, Record
from cs_simulator.documents.text import read_text
from cs_simulator.lines import status_line
from cs_simulator.worlds import ServedWorld, Worlds

SOURCE = "request"
"""How problems name the body, where they would name a file."""


def way() -> Way:
    """Return what the application and this API share about the current request."""
    found: Way = request.environ[WAY]
    return found


def addressed() -> Address:
    """Return what the current request names; reject two different worlds."""
    found = way().address
    if found.other is not None:
        raise ProblemError(
            400,
            "Conflicting worlds",
            f"The path names world {found.world}, but the header X-Simulator-World names "
            f"{found.other}; send only one",
        )
    return found


def asked(worlds: Worlds) -> ServedWorld:
    """Return the world that the current request queries; it must exist."""
    return worlds.find(addressed().name)


def set_up(worlds: Worlds, action: Callable[[ServedWorld], Response]) -> Response:
    """Set up the world that the current request names, and return the response.

    The world is created if necessary, unless the action rejects the request.
    """
    return worlds.set_up(addressed().name, action)


def link(path: str) -> str:
    """Return the path of another endpoint, as the client of the current request reaches it."""
    return f"{way().request.mount}{addressed().prefix}{PREFIX}/{path}"


def root_url() -> str:
    """Return the URL of the current request's world, without a trailing slash."""
    received = way().request
    return f"{received.origin}{received.mount}{addressed().prefix}"


def root_only() -> None:
    """Reject a request below a world's prefix if it concerns the whole server."""
    if addressed().prefix:
        raise ProblemError(
            404,
            "Not available per world",
            f"{request.path} is the same for every world; request it without a world prefix",
        )


def json_response(
    members: Any, status: int = 200, content_type: str = "application/json"
) -> Response:
    """Return a JSON response, indented for curl."""
    text = json_body(members, request.headers.get("User-Agent", ""))
    return Response(text, status_line(status), content_type=content_type)


def problem_response(error: ProblemError) -> Response:
    """Return the response to a request that was rejected."""
    members: dict[str, Any] = {
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
    }
    if error.errors is not None:
        members["errors"] = list(error.errors)
    response = json_response(members, error.status, "application/problem+json")
    if error.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        response.headers["Accept-Encoding"] = "identity"
    return response


def refused(
    error: DocumentError, title: str = "Invalid scenario", *, changes: bool = True
) -> ProblemError:
    """Return the error response to a document with problems.

    ``changes`` tells whether the request would have changed anything.
    """
    count = len(error.problems) + error.more
    detail = f"{count:,} error{'' if count == 1 else 's'}"
    if changes:
        detail += "; nothing was changed"
    if count == 1:
        detail += f": {error.problems[0].sentence}"
    if error.more:
        detail += f"; {len(error.problems)} are listed; {error.more:,} more exist"
    return ProblemError(400, title, detail, [_members(problem) for problem in error.problems])


@contextmanager
def checking(title: str, *, changes: bool = True) -> Iterator[Checker]:
    """Give a checker for what a request holds, and reject the request if there are problems."""
    checker = Checker(SOURCE)
    yield checker
    if checker:
        raise refused(checker.error(), title, changes=changes)


def checked_document(shape: Record, wanted: str, title: str) -> dict[str, Any]:
    """Return the checked members of the body; ``wanted`` says what it must not lack altogether."""
    data, _ = request_document(wanted)
    with checking(title) as checker:
        given = shape.check(data, "", checker)
        if not given and not checker:
            checker.problem("", "empty body", f"expected {wanted}")
    return given


def checked_query(shape: Record) -> dict[str, Any]:
    """Return the checked parameters of the query, each of which has one value."""
    with checking("Invalid query", changes=False) as checker:
        return shape.check(request.args.to_dict(), "", checker)


def _members(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON: in words, and in parts."""
    members: dict[str, Any] = {"source": problem.source, "at": problem.at}
    if problem.line:
        members |= {"line": problem.line, "column": problem.column}
    members["detail"] = problem.detail
    if problem.nearest is not None:
        members["did_you_mean"] = problem.nearest
    if problem.expected:
        members["expected"] = problem.expected
    if problem.found is not ABSENT:
        is_short = isinstance(problem.found, (str, int, float)) and len(str(problem.found)) <= 200
        members["found"] = problem.found if is_short else shown(problem.found)
    if problem.nearest is None and problem.listed:
        # One similar name is more useful than a list of all.
        members["allowed"] = list(problem.listed)
    return members


def request_text() -> str:
    """Return the body of the current request."""
    codings = content_codings(request.headers.get("Content-Encoding", ""))
    if codings:
        detail = f"the Content-Encoding {codings} is not supported: expected identity, or none"
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Unsupported encoding",
            f"{detail}; send the body as it is",
        )
    try:
        return decoded(request.get_data())
    except EncodingError as error:
        problem = Problem("", text=f"not valid UTF-8: {error.problem.text}", source=SOURCE)
        raise refused(DocumentError([problem]), "Invalid body") from None


def no_body(instead: str) -> None:
    """Reject a body, except an empty one or ``{}``, where a body has no meaning.

    ``instead`` names the endpoint that takes one.
    """
    text = request_text().strip()
    if text and text != "{}":
        raise ProblemError(
            400, "Invalid body", f"{request.method} {request.path} takes no body; {instead}"
        )


def request_document(wanted: str) -> tuple[dict[str, Any], str]:
    """Return the map in the current request's body, from JSON or YAML, and its text.

    ``wanted`` says what is expected, for the error if the body is empty.
    """
    text = request_text()
    try:
        data = read_text(text, SOURCE)
    except DocumentError as error:
        raise refused(error, "Invalid body") from None
    with checking("Invalid body") as checker:
        if data is None:
            checker.problem("", "empty body", f"expected {wanted}")
        elif not isinstance(data, dict):
            checker.expected("", wanted, data)
    return data, text
