"""What the page of the command line says in its tables is what the commands have and do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from cs_simulator.cli.group import MEANINGS
from cs_simulator.cli.health import health
from tests.docs.pages import ROOT, rows_of
from tests.docs.sessions import environment

PAGE = ROOT / "docs" / "command-line.md"
COMPLETION = [
    (name, line.strip("`").replace(r"\|", "|")) for name, _, line in rows_of(PAGE, "shell")
]


def test_exit_codes_are_those_of_the_code() -> None:
    described = {int(code): meaning for code, meaning in rows_of(PAGE, "exit code")}
    assert described == dict(MEANINGS)


def test_every_option_of_health_is_described() -> None:
    options = {
        each.opts[0]: each.envvar for each in health.params if isinstance(each, click.Option)
    }
    described = {
        option.strip("`"): variable.strip("`")
        for option, variable, *_ in rows_of(PAGE, "option of `health`")
    }
    assert described == options


@pytest.mark.parametrize(("shell", "line"), COMPLETION)
def test_completion_line_prints_a_script_for_its_shell(
    shell: str, line: str, tmp_path: Path
) -> None:
    found = re.search(rf"cs-simulator completion {shell}", line)
    assert found is not None
    done = subprocess.run(
        ["/bin/sh", "-c", found[0]],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert f"{shell}_complete" in done.stdout


@pytest.mark.parametrize(("shell", "line"), COMPLETION)
def test_completion_line_registers_the_command(shell: str, line: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    asked = {
        "bash": "complete -p cs-simulator",
        "zsh": 'echo "$_comps[cs-simulator]"',
        "fish": "complete --command cs-simulator",
    }[shell]
    before = "autoload -Uz compinit; compinit -u\n" if shell == "zsh" else ""
    done = subprocess.run(
        [shell, "-c", f"{before}{line}\n{asked}"],
        env={**environment(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "_cs_simulator_completion" in done.stdout
