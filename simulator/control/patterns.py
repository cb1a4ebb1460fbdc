"""Patterns: what an entry of the journal must look like, in the words that rules use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.control.journal import status_code
from simulator.domain.values import UnfitError
from simulator.faults.criteria import Difference, Facts, Test, Where
from simulator.faults.rules import ANY
from simulator.journal import Entry
from simulator.scenario.criteria import WHERE, Criterion, On, where_of
from simulator.scenario.shape import Checker, Record, shown

Fit = Literal["yes", "no", "unknown"]
"""Whether an entry fits a pattern; unknown where that hangs on a body that was cut."""

MEMBERS = ("on", "where", "answer")

PATTERN = Record(
    {
        "on": On(),
        "where": WHERE,
        "answer": Record({"status": Criterion(), "fault": Criterion()}),
    }
)

_BY_BODY = ("body.", "customer_id", "contact_key")
"""What the criteria are called that a cut body leaves open."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Criteria of a request and of its answer, each of which must hold."""

    on: frozenset[str]
    where: Where
    status: Test | None = None
    fault: Test | None = None

    def fit(self, entry: Entry, facts: Facts) -> tuple[Fit, list[Difference]]:
        """Tell whether an entry fits, and return the criteria that it fails."""
        failed = self._differences(entry, facts)
        if entry.is_cut and self._hangs_on_body:
            certain = [each for each in failed if not each.criterion.startswith(_BY_BODY)]
            return ("no" if certain else "unknown"), failed
        return ("no" if failed else "yes"), failed

    @property
    def _hangs_on_body(self) -> bool:
        where = self.where
        return bool(where.body) or where.customer_id is not None or where.contact_key is not None

    def _differences(self, entry: Entry, facts: Facts) -> list[Difference]:
        failed = []
        if ANY not in self.on and entry.operation not in self.on:
            wanted = sorted(self.on)
            expected = wanted[0] if len(wanted) == 1 else wanted
            failed.append(Difference("on", expected, entry.operation))
        failed += self.where.differences(facts)
        status = [] if entry.status is None else [entry.status]
        if self.status is not None and not self.status.fits(status):
            failed.append(Difference("answer.status", self.status.as_written(), entry.status))
        if self.fault is not None and not self.fault.fits(entry.faults):
            found = list(entry.faults) or None
            failed.append(Difference("answer.fault", _fault_as_written(self.fault), found))
        return failed

    def fault_names(self) -> list[str]:
        """Return the names of the rules that the pattern asks for."""
        return [] if self.fault is None else [str(each) for each in _operands(self.fault)]


def says_something(given: Mapping[str, Any]) -> bool:
    """Tell whether a pattern has any criterion at all."""
    return any(bool(given.get(name)) for name in MEMBERS)


def pattern_of(given: Mapping[str, Any], at: str, checker: Checker) -> Pattern:
    """Return the pattern that checked members describe; note what no answer can be."""
    answer = given.get("answer") or {}
    place = f"{at}.answer" if at else "answer"
    status: Test | None = answer.get("status")
    fault: Test | None = answer.get("fault")
    for each in () if status is None else _operands(status):
        try:
            status_code(each)
        except UnfitError as unfit:
            form = '{"matches": "5.."}'
            checker.mistake(
                f"{place}.status", f"found {shown(each)}, expected {unfit}, or such as {form}"
            )
    for each in () if fault is None else _operands(fault):
        if not isinstance(each, (str, int)) or isinstance(each, bool):
            checker.mistake(
                f"{place}.fault", f"found {shown(each)}, expected the name of a rule, or any"
            )
    if fault is not None and ANY in _operands(fault):
        fault = Test("absent", operand=False)
    return Pattern(
        on=given.get("on") or frozenset({ANY}),
        where=where_of(given.get("where")),
        status=status,
        fault=fault,
    )


def _operands(test: Test) -> tuple[Any, ...]:
    """Return the values that a test compares with as a whole."""
    if test.operator == "equals":
        return (test.operand,)
    return tuple(test.operand) if test.operator == "any_of" else ()


def _fault_as_written(test: Test) -> Any:
    return ANY if test == Test("absent", operand=False) else test.as_written()
