"""Times in a document: dates, or offsets from the clock, within the range of the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cs_simulator.clock import EARLIEST, LATEST, Instant, format_instant
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import MOMENT_PATTERN, SPAN_PATTERN, Checker, Scalar, span
from cs_simulator.documents.values import Moment, Span

_MOMENT = Moment()


class When(NamedTuple):
    """An instant, or an offset from the clock of the world that is being created."""

    instant: Instant = 0
    relative: bool = False

    def at(self, now: Instant) -> Instant:
        """Return the instant for a given ``now``, limited to what can be written."""
        if not self.relative:
            return self.instant
        instant = now + self.instant
        return instant if EARLIEST <= instant <= LATEST else min(max(instant, EARLIEST), LATEST)


def _when(value: object) -> When:
    if isinstance(value, str):
        sign, distance = (-1, value[1:]) if value.startswith("-") else (1, value)
        try:
            return When(sign * span(distance), relative=True)
        except UnfitError as unfit:
            if unfit.expected != Span.expected:
                raise
    try:
        return When(_MOMENT(value))
    except UnfitError as unfit:
        expected = f"a distance from the clock such as -2h, or {Moment.expected}"
        raise UnfitError(expected, unfit.note) from None


WHEN = Scalar(
    _when,
    {
        "type": "string",
        "anyOf": [{"pattern": MOMENT_PATTERN}, {"pattern": f"^-?{SPAN_PATTERN[1:]}"}],
    },
)


Given = Mapping[str, Any]


def check_calendar(document: Given, at: Instant | None, now: Instant, checker: Checker) -> None:
    """Add problems for offsets, durations and advances that leave the years 1 to 9999.

    The seconds of ``ttl`` and ``auto_complete_after`` are not limited, as in the API. ``at`` is the
    initial time of the clock; if that is the machine's, ``now`` is used instead.
    """
    begins = now if at is None else at
    since = "now" if at is None else format_instant(at)
    for place, distance in _distances(document):
        if not EARLIEST <= begins + distance <= LATEST:
            checker.problem(place, f"counted from {since}, it is outside the years 1 to 9999")


def _distances(document: Given) -> Iterator[tuple[str, int]]:
    """Yield how far a document goes from its beginning, in milliseconds, and by what."""
    for position, service in enumerate(document.get("services", ())):
        yield from _of_service(service, f"services[{position}]")
    settings = document.get("settings", {})
    yield from _named(settings, "settings", "expiration")
    yield from _named(settings.get("auto_complete", {}), "settings.auto_complete", "after")
    for name, attribute in document.get("business_attributes", {}).items():
        for position, value in enumerate(attribute.get("values", ())):
            at = f"business_attributes.{name}.values[{position}]"
            yield from _named(value, at, "expiration")
    yield from _of_faults(document.get("faults", ()), "faults")
    for position, stage in enumerate(document.get("stages", ())):
        yield from _of_faults(stage.get("faults", ()), f"stages[{position}].faults")


def _named(given: Given, at: str, name: str) -> Iterator[tuple[str, int]]:
    if given.get(name) is not None:
        yield f"{at}.{name}", given[name]


def _of_service(service: Given, at: str) -> Iterator[tuple[str, int]]:
    expires = service.get("expiration_time")
    if isinstance(expires, When) and expires.relative:
        yield f"{at}.expiration_time", expires.instant
    yield from _of_course(service, at)
    for number, state in enumerate(service.get("states", ())):
        inside = f"{at}.states[{number}]"
        yield from _of_course(state, inside)
        for inner, task in enumerate(state.get("tasks", ())):
            yield from _of_course(task, f"{inside}.tasks[{inner}]")
    for number, task in enumerate(service.get("tasks", ())):
        yield from _of_course(task, f"{at}.tasks[{number}]")


def _of_course(entity: Given, at: str) -> Iterator[tuple[str, int]]:
    for name in ("started", "completed"):
        event, place = entity.get(name), f"{at}.{name}"
        if isinstance(event, Mapping):
            event, place = event.get("timestamp"), f"{place}.timestamp"
        if isinstance(event, When) and event.relative:
            yield place, event.instant


def _of_faults(faults: Any, at: str) -> Iterator[tuple[str, int]]:
    for position, fault in enumerate(faults):
        yield from _named(fault, f"{at}[{position}]", "advance")
        for number, step in enumerate(fault.get("sequence", ())):
            if isinstance(step, Mapping):
                yield from _named(step, f"{at}[{position}].sequence[{number}]", "advance")
