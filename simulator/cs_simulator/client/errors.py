"""Errors between a test and its simulator; each text says how to fix it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cs_simulator.client.responses import JudgeResponse, Verification


class SimulatorError(Exception):
    """The base of all errors of this client."""


class UrlError(SimulatorError):
    """The URL is not that of a server."""


class UnreachableError(SimulatorError):
    """Nothing answers, or the connection broke before the response was complete."""


class NotASimulatorError(SimulatorError):
    """Something answers that is not a simulator."""


class ApiVersionError(SimulatorError):
    """The simulator's control API has another number than this client's."""


class ArgumentError(SimulatorError, TypeError):
    """A call received an argument of the wrong type or form."""


class LoopBlockedError(SimulatorError):
    """A blocking call would stop the event loop that it waits for."""


class ScenarioFileError(SimulatorError):
    """A scenario file cannot be read."""


class ProblemDetail(NamedTuple):
    """One error in a document that was sent, in the server's words.

    ``source`` is the file that was sent, or empty. ``detail`` is the whole message; ``found``,
    ``allowed`` and ``did_you_mean`` are its parts, if it has them. ``line`` and ``column`` count
    from 1 and are 0 if unknown.
    """

    source: str
    at: str
    detail: str
    line: int = 0
    column: int = 0
    found: Any = None
    allowed: str | Sequence[str] | None = None
    did_you_mean: str | None = None

    def __str__(self) -> str:
        place = (
            f"{self.source}:{self.line}:{self.column}" if self.line and self.source else self.source
        )
        return ": ".join(part for part in (place, self.at, self.detail) if part)


class ControlError(SimulatorError):
    """The server rejected a control request, and nothing was changed."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Sequence[ProblemDetail] = (),
        fix: str = "",
    ) -> None:
        if len(errors) == 1:  # so that tools that show one line show what is wrong
            text = f"{title}: {errors[0]}{fix}"
        else:
            text = "\n".join([f"{title}: {detail}{fix}", *(f"  {error}" for error in errors)])
        super().__init__(text)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)


class NotVerifiedError(AssertionError):
    """A world did not receive the expected requests; the text shows what came closest."""

    def __init__(self, text: str, verification: Verification) -> None:
        super().__init__(text)
        self.verification = verification


class NotPassedError(AssertionError):
    """A client did not pass the judge; the text shows what it did."""

    def __init__(self, text: str, judgement: JudgeResponse) -> None:
        super().__init__(text)
        self.judgement = judgement


def details_of(members: Mapping[str, Any], source: str) -> list[ProblemDetail]:
    """Return the details of a problem; ``source`` is the file that was sent, if any."""
    details = []
    for problem in members.get("errors") or ():
        place = str(problem.get("source", ""))
        if place.partition(":")[0] == "request":
            place = source and source + place.removeprefix("request")
        details.append(
            ProblemDetail(
                place,
                str(problem.get("at", "")),
                str(problem.get("detail", "")),
                problem.get("line", 0),
                problem.get("column", 0),
                problem.get("found"),
                problem.get("allowed"),
                problem.get("did_you_mean"),
            )
        )
    return details
