"""Fidelity switches and settings, of a scenario and of the server over it."""

from __future__ import annotations

import pytest

from cs_simulator.domain.fidelity import SWITCHES, Fidelity, UnknownSwitchError, fidelity_of
from tests.unit.scenario.support import loaded, mistakes

DEFAULTS = {
    "service_ids": ("integer", "conversation"),
    "location_segment": ("services", "service"),
    "not_found_status": ("400", "404"),
    "types_mandatory": ("false", "true"),
    "string_limits": ("documented", "everywhere", "ignore"),
    "content_type": ("strict", "lenient"),
    "end_twice": ("accept", "reject"),
    "start_on_completed": ("accept", "reject"),
    "end_service_cascades": ("false", "true"),
    "state_references": ("check", "ignore"),
    "associate_status": ("204", "200"),
    "merge_conflict": ("stored", "incoming"),
    "composite_found": ("update", "keep"),
    "null_extension": ("store", "remove"),
    "identify_no_match": ("empty", "not_found"),
    "custom_ids": ("ignore", "reject", "accept"),
    "service_id_form": ("number", "text"),
}


def test_switches_are_those_of_the_contract() -> None:
    assert {switch.name: switch.values for switch in SWITCHES} == DEFAULTS
    assert all(switch.governs and switch.assumes for switch in SWITCHES)


def test_defaults_come_first() -> None:
    plain = Fidelity()
    assert {name: getattr(plain, name) for name in DEFAULTS} == {
        name: values[0] for name, values in DEFAULTS.items()
    }


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in DEFAULTS.items() for value in values]
)
def test_every_value_can_be_set_as_yaml_says_it(name: str, value: str) -> None:
    assert getattr(loaded(f"fidelity: {{{name}: {value}}}").setup.fidelity, name) == value


def test_the_servers_switches_lie_over_the_scenarios() -> None:
    scenario = loaded(
        "fidelity: {end_twice: reject, state_references: ignore}", {"end_twice": "accept"}
    )
    assert scenario.setup.fidelity == Fidelity(end_twice="accept", state_references="ignore")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "end_twic: x",
            "fidelity.end_twic: no switch named 'end_twic'; did you mean end_twice?",
        ),
        (
            "xyzzy: x",
            f"fidelity.xyzzy: no switch named 'xyzzy'; available: {', '.join(sorted(DEFAULTS))}",
        ),
        (
            "end_twice: Reject",
            ("fidelity.end_twice: expected accept or reject, found 'Reject'; did you mean reject?"),
        ),
        (
            "not_found_status: 405",
            ("fidelity.not_found_status: expected 400 or 404, found 405"),
        ),
        (
            "types_mandatory: 1",
            "fidelity.types_mandatory: expected false or true, found 1",
        ),
        ("state_references: ~", "fidelity.state_references: expected check or ignore, found null"),
        (
            "state_references: [check]",
            ('fidelity.state_references: expected check or ignore, found ["check"]'),
        ),
    ],
)
def test_unknown_switch_or_value(text: str, message: str) -> None:
    assert mistakes(f"fidelity: {{{text}}}") == [message]


def test_layers_are_checked_too() -> None:
    with pytest.raises(
        UnknownSwitchError, match="end_twice: expected accept or reject, found 'maybe'"
    ):
        fidelity_of({}, {"end_twice": "maybe"})


def test_settings_make_the_setup() -> None:
    setup = loaded(
        "settings: {expiration: 2w, auto_complete: {enabled: true, after: 90m}, "
        "data_validation: false, map_names: true}"
    ).setup
    assert setup.expiration == 14 * 86_400_000
    assert (setup.auto_complete_enabled, setup.auto_complete_after) == (True, 5_400_000)
    assert (setup.data_validation, setup.map_names) == (False, True)


def test_settings_left_out() -> None:
    setup = loaded("name: plain").setup
    assert setup.expiration == 5 * 365 * 86_400_000
    assert (setup.auto_complete_enabled, setup.auto_complete_after) == (False, None)
    assert (setup.data_validation, setup.map_names) == (True, False)


@pytest.mark.parametrize(
    ("text", "mode", "at"),
    [
        ("name: x", "real", None),
        ("clock: {time: 1970-01-01T00:00:00Z}", "offset", 0),
        ("clock: {time: 1970-01-01T00:00:00Z, mode: frozen}", "frozen", 0),
        ("clock: {mode: frozen}", "frozen", None),
        ("clock: {mode: real}", "real", None),
    ],
)
def test_clock(text: str, mode: str, at: int | None) -> None:
    scenario = loaded(text)
    assert (scenario.clock_mode, scenario.clock_time) == (mode, at)
    assert scenario.clock().mode == mode


def test_counters_begin_where_the_scenario_says() -> None:
    ids = loaded("first_ids: {service: 7, task: 9}").base(0).ids
    assert (ids.service()[0], ids.state(), ids.task()) == (7, 1001, 9)


def test_base_paths() -> None:
    text = "settings: {base_paths: {'8.5': /cs, '8.1': /}}"
    assert dict(loaded(text).base_paths) == {"8.5": "/cs", "8.1": "/"}
