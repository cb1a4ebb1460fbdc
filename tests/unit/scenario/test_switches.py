"""Fidelity switches and settings, of a scenario and of the server over it."""

from __future__ import annotations

import pytest

from cs_simulator.domain.fidelity import SWITCHES, Fidelity, UnknownSwitchError, fidelity_of
from tests.support.problems import Said, no_such, said, sentence, unfit
from tests.unit.scenario.support import loaded, problems


def test_switches_say_what_they_are_about() -> None:
    assert all(switch.governs and switch.assumes and switch.settled for switch in SWITCHES)


def test_defaults_come_first() -> None:
    plain = Fidelity()
    assert all(getattr(plain, each.name) == each.values[0] for each in SWITCHES)


@pytest.mark.parametrize(
    ("name", "value"), [(each.name, value) for each in SWITCHES for value in each.values]
)
def test_every_value_can_be_set_as_yaml_says_it(name: str, value: str) -> None:
    assert getattr(loaded(f"fidelity: {{{name}: {value}}}").setup.fidelity, name) == value


def test_the_servers_switches_lie_over_the_scenarios() -> None:
    scenario = loaded(
        "fidelity: {end_twice: reject, state_references: ignore}", {"end_twice": "accept"}
    )
    assert scenario.setup.fidelity == Fidelity(end_twice="accept", state_references="ignore")


ALL = ", ".join(sorted(switch.name for switch in SWITCHES))
CHECK_OR_IGNORE = "check or ignore"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("end_twic: x", no_such("1:12", "end_twic", "switch", "end_twic", near="end_twice")),
        ("xyzzy: x", no_such("1:12", "xyzzy", "switch", "xyzzy", available=ALL)),
        (
            "end_twice: Reject",
            unfit("1:23", "end_twice", "accept or reject", "Reject", near="reject"),
        ),
        ("not_found_status: 405", unfit("1:30", "not_found_status", "400 or 404", 405)),
        ("types_mandatory: 1", unfit("1:29", "types_mandatory", "false or true", 1)),
        ("end_twic: ~", no_such("1:12", "end_twic", "switch", "end_twic", near="end_twice")),
        (
            "state_references: [check]",
            unfit("1:30", "state_references", CHECK_OR_IGNORE, ["check"]),
        ),
    ],
)
def test_unknown_switch_or_value(text: str, expected: Said) -> None:
    [problem] = problems(f"fidelity: {{{text}}}")
    assert said(problem) == expected._replace(at=f"fidelity.{expected.at}")


def test_null_is_the_same_as_leaving_a_switch_out() -> None:
    setup = loaded("fidelity: {end_twice: ~, not_found_status: 404}").setup
    assert (setup.fidelity.end_twice, setup.fidelity.not_found_status) == ("accept", "404")


def test_layers_are_checked_too() -> None:
    message = sentence("end_twice", "accept or reject", "maybe")
    with pytest.raises(UnknownSwitchError, match=message):
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
