"""What ``check`` warns of: it is allowed, and comes to nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from cs_simulator.cli import main
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.scenario.warnings import warnings_of
from tests.unit.scenario.support import Folder

CLOCK = "clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}\n"
HIDDEN = (
    "fault rule two never acts: one comes first, always acts and decides the response; "
    "put the narrower rule first"
)


EXPIRED = (
    "service 5 expires at 2026-01-05T08:00:00.000Z, before the world begins at "
    "2026-01-05T09:00:00.000Z: it will never be visible"
)


def warned(text: str) -> list[str]:
    loader = ScenarioLoader(Catalogue([shipped_folder()]))
    return warnings_of(loader.load_text(CLOCK + text, "s.yaml", "s"))


def test_service_that_has_expired_before_the_world_begins() -> None:
    services = "services: [{service_id: 5, contact_key: K, expiration_time: 2026-01-05T08:00:00Z}]"
    assert warned(services) == [EXPIRED]
    assert warned("services: [{contact_key: K, ttl: 5}]") == []


@pytest.mark.parametrize(
    ("first", "second", "warnings"),
    [
        ("on: any", "on: end_service", [HIDDEN]),
        ("on: [end_service, get_service]", "on: end_service", [HIDDEN]),
        ("on: any, times: 1", "on: end_service", []),
        ("on: any, where: {contact_key: K}", "on: end_service", []),
        ("on: get_service", "on: end_service", []),
        (
            "on: any",
            "on: end_service, probability: 0",
            ["fault rule two never acts: its probability is 0"],
        ),
    ],
)
def test_rule_that_can_never_act(first: str, second: str, warnings: list[str]) -> None:
    rules = [
        f"{{name: {name}, {rule}, response: {{status: 503}}}}"
        for name, rule in (("one", first), ("two", second))
    ]
    assert warned(f"faults: [{', '.join(rules)}]") == warnings
    assert warned(f"stages: [{{name: s, faults: [{', '.join(rules)}]}}]") == warnings


def test_wait_for_a_clock_that_stands_still() -> None:
    rule = (
        "{name: busy, on: any, above_rate: {calls: 1, per: 1s}, "
        "response: {status: 503, headers: {retry-after: auto}}}"
    )
    warning = (
        "fault rule busy sends Retry-After: auto, but the clock is frozen: no retry succeeds "
        "until the clock is advanced"
    )
    assert warned(f"faults: [{rule}]") == [warning]
    assert warned(f"stages: [{{name: s, faults: [{rule}]}}]") == [warning]
    assert warned(f"faults: [{rule.replace('auto', '1')}]") == []
    loader = ScenarioLoader(Catalogue([shipped_folder()]))
    assert warnings_of(loader.load_text(f"faults: [{rule}]", "s.yaml", "s")) == []


def test_times_that_are_out_of_order() -> None:
    services = """
services:
  - {service_id: 5, contact_key: K, started: {timestamp: 2026-01-05T10:00:00Z}}
  - service_id: 6
    contact_key: K
    started: {timestamp: -10m}
    completed: {timestamp: -20m}
    states:
      - {state_id: 7, state_type: 1, started: {timestamp: 5m}}
      - {state_id: 8, state_type: 1, started: {timestamp: -5m}, completed: {timestamp: -5m}}
    tasks: [{task_id: 9, task_type: 1, started: {timestamp: -5m}, completed: {timestamp: -6m}}]
"""
    now = "2026-01-05T09:00:00.000Z"
    assert warned(services) == [
        f"service 5 starts at 2026-01-05T10:00:00.000Z, after the world begins at {now}",
        (
            "service 6 is completed at 2026-01-05T08:40:00.000Z, before it starts at "
            "2026-01-05T08:50:00.000Z"
        ),
        f"state 7 of service 6 starts at 2026-01-05T09:05:00.000Z, after the world begins at {now}",
        (
            "task 9 of service 6 is completed at 2026-01-05T08:54:00.000Z, before it starts at "
            "2026-01-05T08:55:00.000Z"
        ),
    ]


def test_stage_that_a_clock_that_stands_still_never_ends() -> None:
    stages = "stages: [{name: down, until: {elapsed: 1s}}, {name: up}]"
    assert warned(stages) == [
        "stage down ends by elapsed, but the clock is frozen: it lasts until the clock is advanced"
    ]
    assert warned(stages.replace("elapsed: 1s", "elapsed: 1s, calls: 3")) == []
    assert warned(stages.replace("elapsed: 1s", "calls: 3")) == []
    loader = ScenarioLoader(Catalogue([shipped_folder()]))
    assert warnings_of(loader.load_text(stages, "s.yaml", "s")) == []


def test_delay_is_never_hidden() -> None:
    rules = "{name: one, on: any, response: {status: 503}}, {name: two, on: any, delay: 1s}"
    assert warned(f"faults: [{rules}]") == []


def test_check_tells_warnings_and_is_done(folder: Folder) -> None:
    path = folder.put("mine.yaml", "faults: [{on: any, name: x, delay: 1s, probability: 0}]")
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 0
    assert done.stderr == f"{path}: warning: fault rule x never acts: its probability is 0\n"
    assert done.stdout == f"{path}: ok (mine)\n"


def test_name_that_is_a_file_beside_it(folder: Folder) -> None:
    folder.put("base.yaml", "seed: 1")
    path = folder.put("mine.yaml", "extends: base")
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2
    assert done.stderr.endswith(
        "extends: no scenario named 'base' in the catalogue, but a file; write base.yaml\n"
    )
