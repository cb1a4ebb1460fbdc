"""Rules by the thousand: a request costs what can match it, and the rest is told when asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cs_simulator.domain.undo import UndoLog
from cs_simulator.faults.criteria import Facts, Mismatch, RequestCriteria
from cs_simulator.faults.engine import RuleBook
from cs_simulator.faults.expressions import Patience
from cs_simulator.faults.verdict import Judgement, Judgements
from cs_simulator.journal.journal import MAX_BYTES, Journal
from tests.unit.faults.support import book, call, rules, verdicts

MANY = 2_000
FAIL = {"delay": "1ms"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[RequestCriteria]:
    """The criteria that were evaluated."""
    seen: list[RequestCriteria] = []
    real = RequestCriteria.differences

    def noted(
        self: RequestCriteria, facts: Facts, patience: Patience | None = None
    ) -> list[Mismatch]:
        seen.append(self)
        return real(self, facts, patience)

    monkeypatch.setattr(RequestCriteria, "differences", noted)
    return seen


def others(on: str = "end_service") -> Iterator[dict[str, object]]:
    """Yield many rules for an operation, with criteria."""
    for number in range(MANY):
        yield {"on": on, "name": f"r{number}", "where": {"body": {"a": "b"}}, **FAIL}


def test_rules_for_other_operations_are_not_evaluated(asked: list[RequestCriteria]) -> None:
    in_force = book(*others(), {"on": "start_service", "name": "it", **FAIL})
    for _ in range(3):
        verdict = in_force.judge(call(), 0)
        assert verdict.acted == ("it",)
        assert isinstance(verdict.judgements, Judgements)
        assert verdict.judgements.made == 1
    assert len(asked) == 3


def test_decisions_on_rules_for_other_operations_are_told_when_asked() -> None:
    in_force = book(
        {"on": ["end_service", "end_task"], "name": "two", **FAIL},
        {"on": "start_service", "name": "it", **FAIL},
        {"on": "end_service", "name": "one", **FAIL},
    )
    judgements = in_force.judge(call(), 0).judgements
    wanted = [
        Judgement(
            "two",
            "no_match",
            differences=[Mismatch("on", ["end_service", "end_task"], "start_service")],
        ),
        Judgement("it", "acted"),
        Judgement("one", "no_match", differences=[Mismatch("on", "end_service", "start_service")]),
    ]
    assert list(judgements) == wanted
    assert [judgements[0], judgements[-1]] == [wanted[0], wanted[2]]
    assert judgements[1:] == wanted[1:]
    with pytest.raises(IndexError):
        judgements[3]


def test_rules_that_come_and_go_are_found() -> None:
    log = UndoLog()
    in_force = RuleBook(0, rules({"on": "end_service", "name": "other", **FAIL}), 0, log)
    assert verdicts(in_force.judge(call(), 0)) == {"other": "no_match"}
    [first, second] = rules(
        {"on": "start_service", "name": "first", **FAIL},
        {"on": "any", "name": "second", **FAIL},
    )
    mark = log.mark
    in_force.put(first, 0)
    assert in_force.judge(call(), 0).acted == ("first",)
    in_force.enter_stage([second], 0)
    assert in_force.judge(call(), 0).acted == ("first", "second")
    in_force.remove("first")
    assert in_force.judge(call(), 0).acted == ("second",)
    in_force.remove_all()
    assert in_force.judge(call(), 0).judgements == ()
    log.take_back([mark])
    assert verdicts(in_force.judge(call(), 0)) == {"other": "no_match"}


def test_number_of_other_rules_does_not_make_an_operation_slow() -> None:
    in_force = book(*others(), {"on": "start_service", "name": "it", **FAIL})
    assert in_force.may_take_long("end_service")
    assert not in_force.may_take_long("start_service")
    assert not book().may_take_long("start_service")


def test_journal_keeps_entries_however_many_rules_do_not_concern_them() -> None:
    in_force = book(*others(), {"on": "start_service", "name": "it", **FAIL})
    journal = Journal()
    for number in range(100):
        entry = journal.open(number, "POST", "/services/start", ())
        entry.judgements = in_force.judge(call(), 0).judgements
        journal.complete(entry, 201, (), b"{}", (), 1.0)
    assert len(journal) == 100
    assert journal.bytes < MAX_BYTES // 10
