"""The commands beside ``serve``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cs_simulator.cli import main
from cs_simulator.cli.commands import COMMANDS, CommandRow
from cs_simulator.cli.serve import serve
from cs_simulator.late import named
from cs_simulator.operations import OPERATIONS
from tests.support.problems import sentence


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments)


def test_check_names_what_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "fine.yaml"
    path.write_text("name: good\nextends: demo\n")
    result = run("check", str(path), "demo")
    assert result.exit_code == 0
    assert result.output == f"{path}: ok (good)\ndemo: ok (demo)\n"


def test_check_tells_every_mistake_of_every_file(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("seed: x\nsed: 1\n")
    two.write_text("services: 5\n")
    result = run("check", str(one), str(two), "demo")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        sentence(f"{one}:1:7: seed", "a 64-bit integer", "x"),
        f"{one}:2:1: sed: unknown key; did you mean seed?",
        sentence(f"{two}:1:11: services", "a list", 5),
    ]
    assert result.stdout == "demo: ok (demo)\n"


def test_check_of_a_folder_uses_its_catalogue(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("seed: 1\n")
    assert run("check", "mine", "--scenario-dir", str(tmp_path)).exit_code == 0
    assert run("check", "mine").exit_code == 2


def test_scenarios_lists_names_and_descriptions(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("description: |\n  What is\n  mine.\n")
    (tmp_path / "wrong.yaml").write_text("sed: 1")
    lines = run("scenarios", "--scenario-dir", str(tmp_path)).output.splitlines()
    assert f"{'mine':20} What is mine." in lines
    assert (
        f"{'wrong':20} has errors; run cs-simulator check wrong --scenario-dir {tmp_path}" in lines
    )
    assert any(line.startswith("demo ") for line in lines)


def test_operations_prints_the_table() -> None:
    lines = run("operations").output.splitlines()
    editions = "/".join(OPERATIONS[0].editions)
    assert lines[0].split() == [
        "start_service",
        "POST",
        "/services/start",
        editions,
        OPERATIONS[0].basis,
    ]
    assert [line.split()[0] for line in lines] == [each.id for each in OPERATIONS]


def test_help_names_every_option_with_its_variable() -> None:
    output = " ".join(run("serve", "--help").output.split())
    options = [each for each in serve.params if isinstance(each, click.Option)]
    assert len(options) > 15
    for each in options:
        name = each.opts[0].removeprefix("--")
        assert each.envvar == f"CS_SIMULATOR_{name.upper().replace('-', '_')}"
        assert f"--{name} " in output
        assert f"env var: {each.envvar}" in output.replace("[ env", "[env")


@pytest.mark.parametrize("command", [row.name for row in COMMANDS])
def test_help_says_what_each_command_and_option_does(command: str) -> None:
    output = run(command, "--help").output
    assert output.startswith(f"Usage: main {command} [OPTIONS]")
    found = main.get_command(click.Context(main), command)
    assert found is not None
    for each in found.params:
        if isinstance(each, click.Option):
            assert each.help
            assert each.help.endswith(".")
            assert " ".join(each.help.split())[:20] in " ".join(output.split())


def test_no_command_shows_the_commands() -> None:
    result = run()
    assert result.exit_code == 2
    assert "serve" in result.output


@pytest.mark.parametrize(
    ("arguments", "found", "command"),
    [
        (["--vesion"], "--vesion", "main"),
        (["check"], "FILES", "main check"),
        (["operations", "x"], "(x)", "main operations"),
    ],
)
def test_wrong_command_is_exit_2_in_one_line(
    arguments: list[str], found: str, command: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert found in line
    assert line.endswith(f" (see {command} --help)")


def test_unknown_command_names_the_one_that_is_meant() -> None:
    assert run("srve").stderr == "no command named 'srve'; did you mean serve?\n"
    assert run("xyz").stderr == "no command named 'xyz'; see cs-simulator --help\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_printed(shell: str) -> None:
    variables = {"_CS_SIMULATOR_COMPLETE": f"{shell}_source"}
    done = CliRunner().invoke(main, (), env=variables, prog_name="cs-simulator")
    assert done.exit_code == 0
    assert "_CS_SIMULATOR_COMPLETE" in done.output
    assert run("completion", shell).output.strip() == done.output.strip()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cs-simulator ser", ["plain,serve"]),
        ("cs-simulator serve --scenario la", ["plain,large"]),
        ("cs-simulator serve --scenario ./", ["file,./"]),
        ("cs-simulator serve la", ["plain,large"]),
        ("cs-simulator check ./", ["file,./"]),
        ("cs-simulator example composite", ["plain,composite_start"]),
        ("cs-simulator serve --fidelity end_twice=a", ["plain,end_twice=accept"]),
    ],
)
def test_words_are_completed(words: str, found: list[str]) -> None:
    variables = {
        "_CS_SIMULATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = CliRunner().invoke(main, (), env=variables, prog_name="cs-simulator")
    assert done.output.splitlines() == found


def test_scenario_that_shadows_another_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mine = tmp_path / "demo.yaml"
    mine.write_text("name: mine\n")
    with caplog.at_level("INFO", "cs_simulator"):
        result = run("check", "demo", "--scenario-dir", str(tmp_path))
    assert result.output == "demo: ok (mine)\n"
    assert caplog.messages == [
        f"scenario demo: using {mine}, which overrides another file of that name"
    ]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--scenario-dir", "{} is not readable by user id"),
        ("--ready-file", "folder {} is not writable; choose another"),
    ],
)
def test_folder_that_is_closed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, told: str
) -> None:
    monkeypatch.setattr("os.access", lambda _path, mode: mode == os.F_OK)
    value = tmp_path if option == "--scenario-dir" else tmp_path / "ready.json"
    result = run("serve", option, str(value))
    assert result.exit_code == 2
    assert told.format(tmp_path) in result.stderr


def test_folder_inside_a_closed_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "stat", closed)
    result = run("scenarios", "--scenario-dir", str(tmp_path))
    assert result.exit_code == 2
    assert f"{tmp_path} is not readable by user id" in result.stderr


def test_help_lists_every_command_below_its_heading() -> None:
    lines = run("--help").output.splitlines()
    heading = ""
    listed = {}
    for line in lines[lines.index("Options:") + 1 :]:
        if line and not line.startswith(" "):
            heading = line.rstrip(":")
        elif line and heading != "":
            listed[line.split()[0]] = heading
    assert listed == {row.name: row.heading for row in COMMANDS}


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_row_says_the_first_sentence_of_the_help(row: CommandRow) -> None:
    sentence = named(f"cli.{row.module}:{row.name}").get_short_help_str(1_000)
    assert row.says == sentence, f"the row of {row.name} in cli/commands.py says something else"


def test_command_imports_its_own_module_only() -> None:
    script = (
        "import sys\nfrom cs_simulator.cli import main\n"
        "try:\n    main(['operations'])\nfinally:\n    print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    modules = {name for name in done.stdout.split() if name.startswith("cs_simulator.cli.")}
    others = {f"cs_simulator.cli.{row.module}" for row in COMMANDS} - {"cs_simulator.cli.reference"}
    assert "cs_simulator.cli.reference" in modules
    assert not modules & others
