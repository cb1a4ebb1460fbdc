"""What can go wrong between a test and its simulator; each text says what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cs_simulator.client.answers import JudgeAnswer, Verification


class SimulatorError(Exception):
    """A simulator that cannot do what it was asked."""


class UrlError(SimulatorError):
    """A URL that is not that of a server."""


class UnreachableError(SimulatorError):
    """Nothing answers, or it went away in the middle of an answer."""


class NotASimulatorError(SimulatorError):
    """Something answers that is no simulator."""


class ApiVersionError(SimulatorError):
    """A simulator answers whose control API has another number than this client's."""


class ArgumentError(SimulatorError, TypeError):
    """A value that a call cannot take."""


class LoopBlockedError(SimulatorError):
    """A call that would hold up the event loop that it waits for."""


class ScenarioFileError(SimulatorError):
    """A scenario file that cannot be read."""


class ProblemDetail(NamedTuple):
    """One error in what was sent, in the server's words.

    ``source`` is the file that was sent, or nothing. ``detail`` says the error whole; ``found``,
    ``allowed`` and ``did_you_mean`` in parts, where it has such. ``line`` and ``column`` count from
    1 and are 0 where they are not known.
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
        mend: str = "",
    ) -> None:
        if len(errors) == 1:  # what shows one line shows what is wrong
            text = f"{title}: {errors[0]}{mend}"
        else:
            text = "\n".join([f"{title}: {detail}{mend}", *(f"  {each}" for each in errors)])
        super().__init__(text)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)


class NotVerifiedError(AssertionError):
    """A world was not asked what was expected; the text shows what came closest."""

    def __init__(self, text: str, verification: Verification) -> None:
        super().__init__(text)
        self.verification = verification


class NotPassedError(AssertionError):
    """A client did not pass before the judge; the text shows what it did."""

    def __init__(self, text: str, judgement: JudgeAnswer) -> None:
        super().__init__(text)
        self.judgement = judgement


def details_of(members: Mapping[str, Any], source: str) -> list[ProblemDetail]:
    """Return the details that a problem lists; ``source`` is the file that was sent, if any."""
    details = []
    for each in members.get("errors") or ():
        place = str(each.get("source", ""))
        if place.partition(":")[0] == "request":
            place = source and source + place.removeprefix("request")
        details.append(
            ProblemDetail(
                place,
                str(each.get("at", "")),
                str(each.get("detail", "")),
                each.get("line", 0),
                each.get("column", 0),
                each.get("found"),
                each.get("allowed"),
                each.get("did_you_mean"),
            )
        )
    return details
