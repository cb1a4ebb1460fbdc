"""Moments of a document: dates, or distances from the clock of the world that is being made."""

from __future__ import annotations

from dataclasses import dataclass

from cs_simulator.clock import EARLIEST, LATEST, Instant
from cs_simulator.domain.values import Moment, Span, UnfitError
from cs_simulator.scenario.shape import MOMENT_PATTERN, SPAN_PATTERN, Scalar, span

_MOMENT = Moment()


@dataclass(frozen=True, slots=True)
class When:
    """An instant, or a distance from the clock of the world that is being made."""

    instant: Instant = 0
    relative: bool = False

    def at(self, now: Instant) -> Instant:
        """Return the instant that is meant where it is ``now``, within what can be written."""
        return min(max(now + self.instant, EARLIEST), LATEST) if self.relative else self.instant


def _when(value: object) -> When:
    if isinstance(value, str):
        sign, distance = (-1, value[1:]) if value.startswith("-") else (1, value)
        try:
            return When(sign * span(distance), relative=True)
        except UnfitError as unfit:
            if str(unfit) != Span.expected:
                raise
    try:
        return When(_MOMENT(value))
    except UnfitError:
        raise UnfitError(f"{Moment.expected}, or a distance from the clock such as -2h") from None


WHEN = Scalar(
    _when,
    {
        "type": "string",
        "anyOf": [{"pattern": MOMENT_PATTERN}, {"pattern": f"^-?{SPAN_PATTERN[1:]}"}],
    },
)
