"""Variables that look like ours and have no effect."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
from pathlib import Path

import click
import pytest

from cs_simulator.cli.commands import COMMANDS
from cs_simulator.cli.options import OTHERS, warnings
from cs_simulator.cli.serve import serve
from cs_simulator.judge.commands import MARK
from cs_simulator.testing.settings import RUN_VARIABLE
from tests.support.forked import ran

KNOWN = [each.envvar for each in serve.params if isinstance(each.envvar, str)]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CS_SIMULATOR_SCENARIOO", "CS_SIMULATOR_SCENARIO"),
        ("CS_SIMULATOR_LOG_LEVL", "CS_SIMULATOR_LOG_LEVEL"),
        ("CS_SIMULATOR_LOG", "CS_SIMULATOR_LOG_FORMAT or CS_SIMULATOR_LOG_LEVEL"),
        ("CS_SIMULATOR_HOSTS", "CS_SIMULATOR_HOST"),
        ("CS_SIMULATOR_POTR", "CS_SIMULATOR_PORT"),
        ("CS_SIMULATOR_TOKEN", "CS_SIMULATOR_CONTROL_TOKEN"),
    ],
)
def test_misspelt_variable_is_told_with_the_nearest(name: str, meant: str) -> None:
    [warning] = warnings({name: "secret"}, KNOWN)
    assert warning == (
        f"the variable {name} has no effect: no option has that name; did you mean {meant}?"
    )


def test_variable_that_is_near_to_none_leads_to_the_help() -> None:
    [warning] = warnings({"CS_SIMULATOR_XYZZY": "x"}, KNOWN)
    assert warning.endswith("; see cs-simulator serve --help")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CS_SIMULATOR_PORT", "tcp://10.0.0.7:8080"),
        ("CS_SIMULATOR_SERVICE_HOST", "10.0.0.7"),
        ("CS_SIMULATOR_SERVICE_PORT", "8080"),
        ("CS_SIMULATOR_SERVICE_PORT_HTTP", "8080"),
        ("CS_SIMULATOR_PORT_8080_TCP", "tcp://10.0.0.7:8080"),
        ("CS_SIMULATOR_PORT_8080_TCP_ADDR", "10.0.0.7"),
        ("CS_SIMULATOR_PORT_8080_TCP_PORT", "8080"),
        ("CS_SIMULATOR_PORT_8080_TCP_PROTO", "tcp"),
        ("CS_SIMULATOR_BLUE_SERVICE_HOST", "10.0.0.8"),
        ("CS_SIMULATOR_BLUE_PORT", "tcp://10.0.0.8:80"),
        ("CS_SIMULATOR_BLUE_PORT_80_TCP_ADDR", "10.0.0.8"),
        ("CS_SIMULATOR_NAME", "/tests/cs-simulator"),
        ("CS_SIMULATOR_ENV_CS_SIMULATOR_SCENARIO", "demo"),
        ("CS_SIMULATORS", "x"),
        ("OTHER", "x"),
    ],
)
def test_what_a_platform_sets_is_nobodys_mistake(name: str, value: str) -> None:
    assert warnings({name: value}, KNOWN) == []


def test_variables_of_every_command_and_of_the_plugin_are_known() -> None:
    read = {MARK, RUN_VARIABLE}
    for row in COMMANDS:
        module = importlib.import_module(f"cs_simulator.cli.{row.module}")
        command: click.Command = getattr(module, row.name)
        commands = [command, *getattr(command, "commands", {}).values()]
        read |= {
            each.envvar
            for one in commands
            for each in one.params
            if isinstance(each.envvar, str) and each.envvar.startswith("CS_SIMULATOR_")
        }
    assert set(OTHERS) == read - set(KNOWN)


# Through the command


def served(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a server that cannot be."""
    return ran("serve", *options, env={**os.environ, **variables})


def test_warning_is_the_first_line_of_the_log(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("seed: x")
    done = served(str(wrong), CS_SIMULATOR_SCENARIOS="demo", CS_SIMULATOR_PORT="tcp://10.0.0.7:80")
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert "warning: the variable CS_SIMULATOR_SCENARIOS has no effect" in first
    assert "wrong.yaml:1:7: seed" in second


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (("--log-format", "json"), {}),
        (("--log-format=json",), {}),
        ((), {"CS_SIMULATOR_LOG_FORMAT": "json"}),
    ],
    ids=str,
)
def test_wrong_option_is_json_where_the_log_is(
    options: tuple[str, ...], variables: dict[str, str]
) -> None:
    done = served(*options, "--prot", "80", **variables)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    members = json.loads(line)
    assert members["level"] == "error"
    assert members["message"].startswith("No such option")
    assert "--port" in members["message"]


def test_wrong_option_is_text_where_the_command_line_says_so() -> None:
    done = served("--log-format", "text", "--prot", "80", CS_SIMULATOR_LOG_FORMAT="json")
    assert done.returncode == 2
    assert done.stderr.startswith("No such option")
