"""What is measured is asked well, and the bare stack answers the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import pytest

from cs_simulator.operations import OPERATIONS
from tests.benchmarks import growth, operations, processes
from tests.benchmarks.cases import Case, answer_to, answers_to, reset


def test_every_operation_is_measured_or_left_out_with_a_reason() -> None:
    measured = [case.name for case in operations.CASES]
    assert len(measured) == len(set(measured))
    assert {*measured, *operations.LEFT_OUT} == {operation.id for operation in OPERATIONS}
    assert not {*measured} & {*operations.LEFT_OUT}


def test_requests_go_through_what_is_stored_again_and_again() -> None:
    case = Case("x", "GET", "/services/{id}/{k}/{other}/{n}")
    lines = [request.split()[1] for request in islice(case.requests(2), 3)]
    assert lines == [
        b"/genesys/1/cs/services/4294967297/0/4294967299/0",
        b"/genesys/1/cs/services/4294967298/1/4294967300/1",
        b"/genesys/1/cs/services/4294967297/0/4294967299/2",
    ]
    assert Case("x", "GET", "/a/{k}/b/{k}?c={k}").rule == "/genesys/1/cs/a/<part0>/b/<part1>"


def test_sizes_grow_tenfold_up_to_the_largest() -> None:
    assert growth.sizes(1_000_000) == [100, 1_000, 10_000, 100_000, 1_000_000]
    assert growth.sizes(2_500) == [100, 1_000, 2_500]
    assert growth.sizes(100) == [100]


@pytest.mark.parametrize(
    ("cases", "prepare", "stored"),
    [(operations.CASES, reset, 1), (growth.CASES, growth.fill, growth.FEW)],
    ids=["operations", "growth"],
)
def test_the_bare_stack_answers_each_case_alike(
    cases: Sequence[Case], prepare: Callable[[int], None], stored: int
) -> None:
    document = operations.document(1) if prepare is reset else {}
    with processes.simulating(document) as (port, _):
        answers = answers_to(port, cases, stored, prepare)
    with processes.bare(answers) as (bare, _):
        for case, answer in zip(cases, answers, strict=True):
            head, _, body = next(case.requests(stored)).partition(b"\r\n\r\n")
            method, target, _ = head.decode("ascii").split(" ", 2)
            found = answer_to(bare, method, target, body)
            if not case.path.endswith("services/start"):  # which counts on, as the simulator does
                status = 200 if answer.status == 204 else answer.status
                expected = replace(answer, rule=target.partition("?")[0], status=status)
                assert found == expected
