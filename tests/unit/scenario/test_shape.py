"""What a document may look like: each mistake in its exact words, all of them at once."""

from __future__ import annotations

import pytest

from cs_simulator.domain.attributes import FULL_NAMES
from cs_simulator.domain.members import OF_EVENT
from tests.unit.scenario.support import loaded, mistakes

A_DATE = "a date of the form YYYY-MM-DDTHH:mm:ss.SSSZ"
A_SPAN = "a span of time such as 250ms, 30s, 15m, 2h, 7d, 2w, 6M or 5y"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 1", "found a list, expected a map"),
        ("nothing", "found 'nothing', expected a map"),
        ("format: 2", "format: found 2, expected 1, the only format there is"),
        ("format: true", "format: found true, expected 1, the only format there is"),
        ("name: ''", "name: found '', expected a string that is not empty"),
        ("name: true", "name: found true, expected a string that is not empty"),
        ("description: [a]", "description: found a list, expected a string"),
        ("seed: x", "seed: found 'x', expected an integer of 64 bits"),
        ("clock: now", "clock: found 'now', expected a map"),
        ("clock: {time: -2h}", f"clock.time: found '-2h', expected {A_DATE}"),
        (
            "clock: {mode: frzen}",
            "clock.mode: found 'frzen', expected one of real, offset, frozen; did you mean frozen?",
        ),
        ("clock: {mode: 1}", "clock.mode: found 1, expected one of real, offset, frozen"),
        (
            "first_ids: {service: 0}",
            "first_ids.service: found 0, expected an integer of 64 bits, 1 or more",
        ),
        (
            "first_ids: {task: 1.5}",
            "first_ids.task: found 1.5, expected an integer of 32 bits, 1 or more",
        ),
        ("settings: {expiration: 5}", f"settings.expiration: found 5, expected {A_SPAN}"),
        (
            "settings: {data_validation: no}",
            "settings.data_validation: found 'no', expected true or false",
        ),
        (
            "settings: {auto_complete: {enabled: 'true'}}",
            "settings.auto_complete.enabled: found 'true', expected true or false",
        ),
        ("fidelity: []", "fidelity: found a list, expected a map"),
        ("customers: {}", "customers: found a map, expected a list"),
        ("customers: [~]", "customers[0]: found null, expected a map"),
        (
            "customers: [{FirstName: [~]}]",
            "customers[0].FirstName[0]: found null, expected a value",
        ),
        (
            "customers: [{customer_id: ''}]",
            "customers[0].customer_id: found '', expected a string that is not empty",
        ),
        (
            "services: [{contact_key: K, started: yesterday}]",
            (
                f"services[0].started: found 'yesterday', expected {A_DATE}, "
                "or a distance from the clock such as -2h"
            ),
        ),
        (
            "services: [{contact_key: K, service_id: -5}]",
            (
                "services[0].service_id: found -5, expected an integer of 64 bits, 0 or more, "
                "or a string that is not empty"
            ),
        ),
        (
            "services: [{contact_key: K, states: [{state_id: abc}]}]",
            (
                "services[0].states[0].state_id: found 'abc', expected an integer of 32 bits, "
                "0 or more"
            ),
        ),
        (
            "services: [{contact_key: K, tasks: [{est_duration: -1}]}]",
            (
                "services[0].tasks[0].est_duration: found -1, expected an integer of 32 bits, "
                "0 or more"
            ),
        ),
        (
            "services: [{contact_key: K, extensions: [a]}]",
            "services[0].extensions: found a list, expected a map",
        ),
        (
            "services: [{contact_key: K, started: {timestamp: x}}]",
            (
                f"services[0].started.timestamp: found 'x', expected {A_DATE}, "
                "or a distance from the clock such as -2h"
            ),
        ),
        ("business_attributes: {T: {dbid: 1}}", "business_attributes.T: values is missing"),
        ("business_attributes: {T: {values: []}}", "business_attributes.T: dbid is missing"),
        (
            "business_attributes: {T: {dbid: 1, values: [{name: a}]}}",
            "business_attributes.T.values[0]: dbid is missing",
        ),
        (
            "business_attributes: {T: {dbid: 1, values: [], cv_attributes: [Service.kind]}}",
            "business_attributes.T.cv_attributes[0]: found 'Service.kind', expected one of "
            + ", ".join(FULL_NAMES),
        ),
        (
            "services: [{contact_key: K, started: " + "x" * 80 + "}]",
            (
                f"services[0].started: found '{'x' * 56}..., expected {A_DATE}, "
                "or a distance from the clock such as -2h"
            ),
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
            f"settings.base_paths.8.5: found {path!r}, expected a path such as /genesys/1/cs, "
            "of letters, digits and - . _ ~, without a slash at its end and outside /_control and "
            "/_world"
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
        "clock.mode: found 'frozn', expected one of real, offset, frozen; did you mean frozen?",
        f"clock.time: found 'now', expected {A_DATE}",
        "customers[0].FirstName: found a list, expected a value, or a list of at least one",
        "customers[1]: found 5, expected a map",
        "services[0].ttl: found 0, expected an integer of 64 bits, 1 or more",
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
        "fidelity.end_twic: there is no switch 'end_twic'; did you mean end_twice?",
        "fidelity.state_references: state_references takes check or ignore, not 'maybe'",
        "settings.auto_complete: enabled, yet after is missing",
        "settings.base_paths: both editions have the same path",
        "clock.time: a real clock takes no time: leave it out, or set mode to offset or frozen",
        "customers[1].customer_id: C stands twice",
    ]


def test_null_leaves_a_key_out() -> None:
    scenario = loaded("name: ~\nclock: ~\nservices: ~\nsettings: {expiration: ~}")
    assert (scenario.clock_mode, scenario.plan.services) == ("real", [])
    assert mistakes("typo: ~") == [mistakes("typo: 1")[0]]
