"""What a document may look like: each mistake in its exact words, all of them at once."""

from __future__ import annotations

import pytest

from cs_simulator.domain.members import OF_EVENT
from tests.unit.scenario.support import loaded, mistakes

A_TIME = "a distance from the clock such as -2h, or a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ"
A_DATE = "a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ"
A_SPAN = "a duration such as 250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 1", "expected a map, found [1]"),
        ("nothing", "expected a map, found 'nothing'"),
        ("format: 2", "format: expected 1, the only format, found 2"),
        ("format: true", "format: expected 1, the only format, found true"),
        ("name: ''", "name: expected a non-empty string, found ''"),
        ("name: true", "name: expected a non-empty string, found true"),
        ("description: [a]", 'description: expected a string, found ["a"]'),
        ("seed: x", "seed: expected a 64-bit integer, found 'x'"),
        ("clock: now", "clock: expected a map, found 'now'"),
        ("clock: {time: -2h}", f"clock.time: expected {A_DATE}, found '-2h'"),
        (
            "clock: {mode: frzen}",
            (
                "clock.mode: expected one of real, offset, frozen, found 'frzen'; did "
                "you mean frozen?"
            ),
        ),
        ("clock: {mode: 1}", "clock.mode: expected one of real, offset, frozen, found 1"),
        (
            "first_ids: {service: 0}",
            "first_ids.service: expected a 64-bit integer, 1 or greater, found 0",
        ),
        (
            "first_ids: {task: 1.5}",
            "first_ids.task: expected a 32-bit integer, 1 or greater, found 1.5",
        ),
        ("settings: {expiration: 5}", f"settings.expiration: expected {A_SPAN}, found 5"),
        (
            "settings: {data_validation: no}",
            "settings.data_validation: expected true or false, found 'no'",
        ),
        (
            "settings: {auto_complete: {enabled: 'true'}}",
            "settings.auto_complete.enabled: expected true or false, found 'true'",
        ),
        ("fidelity: []", "fidelity: expected a map, found []"),
        ("customers: {}", "customers: expected a list, found {}"),
        ("customers: [~]", "customers[0]: expected a map, found null"),
        (
            "customers: [{FirstName: [~]}]",
            "customers[0].FirstName[0]: expected a value, found null",
        ),
        (
            "customers: [{customer_id: ''}]",
            "customers[0].customer_id: expected a non-empty string, found ''",
        ),
        (
            "services: [{contact_key: K, started: yesterday}]",
            (f"services[0].started: expected {A_TIME}, found 'yesterday'"),
        ),
        (
            "services: [{contact_key: K, service_id: -5}]",
            (
                "services[0].service_id: expected a 64-bit integer, 0 or greater, or a "
                "non-empty string, found -5"
            ),
        ),
        (
            "services: [{contact_key: K, states: [{state_id: abc}]}]",
            (
                "services[0].states[0].state_id: expected a 32-bit integer, 0 or "
                "greater, found 'abc'"
            ),
        ),
        (
            "services: [{contact_key: K, tasks: [{est_duration: -1}]}]",
            (
                "services[0].tasks[0].est_duration: expected a 32-bit integer, 0 or "
                "greater, found -1"
            ),
        ),
        (
            "services: [{contact_key: K, extensions: [a]}]",
            'services[0].extensions: expected a map, found ["a"]',
        ),
        (
            "services: [{contact_key: K, started: {timestamp: x}}]",
            (f"services[0].started.timestamp: expected {A_TIME}, found 'x'"),
        ),
        ("business_attributes: {T: {dbid: 1}}", "business_attributes.T.values is missing"),
        ("business_attributes: {T: {values: []}}", "business_attributes.T.dbid is missing"),
        (
            "business_attributes: {T: {dbid: 1, values: [{name: a}]}}",
            "business_attributes.T.values[0].dbid is missing",
        ),
        (
            "business_attributes: {T: {dbid: 1, values: [], cv_attributes: [Service.kind]}}",
            "business_attributes.T.cv_attributes[0]: expected one of "
            + ", ".join(
                f"{kind}.{field}"
                for kind in ("Service", "State", "Task")
                for field in (
                    "type",
                    "application_type",
                    "resource_type",
                    "media_type",
                    "disposition",
                )
            )
            + ", found 'Service.kind'",
        ),
        (
            "services: [{contact_key: K, started: " + "x" * 80 + "}]",
            (f"services[0].started: expected {A_TIME}, found '{'x' * 80}'"),
        ),
    ],
)
def test_mistake_in_its_exact_words(text: str, message: str) -> None:
    assert mistakes(text) == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("servces: []", "servces: unknown key; did you mean services?"),
        ("clock: {tiem: 1}", "clock.tiem: unknown key; did you mean time?"),
        ("clock: {xyz: 1}", "clock.xyz: unknown key; allowed: mode, time"),
        (
            "services: [{contact_key: K, servce_type: 100}]",
            "services[0].servce_type: unknown key; did you mean service_type?",
        ),
        (
            "customers: [{Firstname: Ada}]",
            "customers[0].Firstname: unknown key; did you mean FirstName?",
        ),
        (
            "services: [{contact_key: K, completed: {disposition: 1}}]",
            (
                "services[0].completed.disposition: unknown key; allowed: "
                + ", ".join(sorted(["timestamp", *(member.name for member in OF_EVENT)]))
            ),
        ),
    ],
)
def test_unknown_key(text: str, message: str) -> None:
    assert mistakes(text) == [message]


@pytest.mark.parametrize("path", ["genesys", "/a/", "//a", "/a b", "/_control", "/_world/x", ""])
def test_base_path_that_cannot_be(path: str) -> None:
    assert mistakes(f"settings: {{base_paths: {{'8.5': '{path}'}}}}") == [
        (
            f"settings.base_paths.8.5: expected a path such as /genesys/1/cs, "
            "of letters, digits and - . _ ~, without a slash at its end and outside /_control and "
            f"/_world, found {path!r}"
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
    assert mistakes(text) == [
        "nam: unknown key; did you mean name?",
        ("clock.mode: expected one of real, offset, frozen, found 'frozn'; did you mean frozen?"),
        f"clock.time: expected {A_DATE}, found 'now'",
        ("customers[0].FirstName: expected a value, or a list of at least one, found []"),
        "customers[1]: expected a map, found 5",
        "services[0].ttl: expected a 64-bit integer, 1 or greater, found 0",
        "services[0].states[0].tasks[0].task_typ: unknown key; did you mean task_type?",
    ]


def test_all_contradictions_are_told_at_once() -> None:
    text = """
        fidelity: {end_twic: accept, state_references: maybe}
        settings: {auto_complete: {enabled: true}, base_paths: {'8.5': /a, '8.1': /a}}
        clock: {mode: real, time: 2026-01-05T09:00:00.000Z}
        customers: [{customer_id: C}, {customer_id: C}]
        services: [{service_type: 1}]
    """
    assert mistakes(text) == [
        "fidelity.end_twic: no switch named 'end_twic'; did you mean end_twice?",
        "fidelity.state_references: expected check or ignore, found 'maybe'",
        "settings.auto_complete: enabled requires after",
        ("settings.base_paths: both editions use the same base path; give them different ones"),
        (
            "clock.time: a real clock cannot have a time of its own; remove it, or set "
            "mode to offset or frozen"
        ),
        "customers[1].customer_id: duplicate customer_id C",
    ]


def test_null_leaves_a_key_out() -> None:
    scenario = loaded("name: ~\nclock: ~\nservices: ~\nsettings: {expiration: ~}")
    assert (scenario.clock_mode, scenario.plan.services) == ("real", [])
    assert mistakes("typo: ~") == [mistakes("typo: 1")[0]]
