"""What a document may look like: all problems are reported at once."""

from __future__ import annotations

import pytest

from tests.support.problems import (
    DATE,
    INT_64_FROM_1,
    MAP,
    MODES,
    no_such,
    said,
    sentence,
    twice,
    unfit,
    unknown,
    wrong,
)
from tests.unit.scenario.support import loaded, mistakes, problems


@pytest.mark.parametrize("path", ["genesys", "/a/", "//a", "/a b", "/_control", "/_world/x", ""])
def test_base_path_that_cannot_be(path: str) -> None:
    assert mistakes(f"settings: {{base_paths: {{'8.5': '{path}'}}}}") == [
        sentence(
            "settings.base_paths.8.5",
            "a path such as /genesys/1/cs, of letters, digits and - . _ ~, without a slash at its "
            "end and outside /_control and /_world",
            path,
        )
    ]


def test_all_mistakes_are_told_at_once() -> None:
    text = """
        nam: x
        clock: {mode: frozn, time: now}
        customers: [{FirstName: []}, 5]
        services:
          - {contact_key: K, ttl: 0, states: [{tasks: [{task_typ: 1}]}]}
    """
    assert [said(problem) for problem in problems(text)] == [
        unknown("2:9", "nam", near="name"),
        unfit("3:23", "clock.mode", MODES, "frozn", near="frozen"),
        unfit("3:36", "clock.time", DATE, "now"),
        unfit("4:33", "customers[0].FirstName", "a value, or a list of at least one", []),
        unfit("4:38", "customers[1]", MAP, 5),
        unfit("6:35", "services[0].ttl", INT_64_FROM_1, 0),
        unknown("6:57", "services[0].states[0].tasks[0].task_typ", near="task_type"),
    ]


def test_all_contradictions_are_told_at_once() -> None:
    text = """
        fidelity: {end_twic: accept, state_references: maybe}
        settings: {auto_complete: {enabled: true}, base_paths: {'8.5': /a, '8.1': /a}}
        clock: {mode: real, time: 2026-01-05T09:00:00.000Z}
        customers: [{customer_id: C}, {customer_id: C}]
        services: [{service_type: 1}]
    """
    assert [said(problem) for problem in problems(text)] == [
        no_such("2:20", "fidelity.end_twic", "switch", "end_twic", near="end_twice"),
        unfit("2:56", "fidelity.state_references", "check or ignore", "maybe"),
        wrong("3:35", "settings.auto_complete", "enabled requires after"),
        wrong(
            "3:64",
            "settings.base_paths",
            "both editions use the same base path",
            note="give them different ones",
        ),
        wrong(
            "4:35",
            "clock.time",
            "a real clock cannot have a time of its own",
            note="remove it, or set mode to offset or frozen",
        ),
        twice("5:53", "customers[1].customer_id", "customer_id C"),
    ]


def test_null_leaves_a_key_out() -> None:
    scenario = loaded("name: ~\nclock: ~\nservices: ~\nsettings: {expiration: ~}")
    assert (scenario.clock_mode, scenario.plan.services) == ("real", [])
    assert mistakes("typo: ~") == [mistakes("typo: 1")[0]]
