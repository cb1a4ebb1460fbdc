"""The commands beside ``serve``."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from simulator.cli import main


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments)


def test_check_names_what_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "fine.yaml"
    path.write_text("name: good\nextends: demo\n")
    result = run("check", str(path), "demo")
    assert result.exit_code == 0
    assert result.output == f"{path}: good is fine\ndemo: demo is fine\n"


def test_check_tells_every_mistake_of_every_file(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("seed: x\nsed: 1\n")
    two.write_text("services: 5\n")
    result = run("check", str(one), str(two), "demo")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{one}:1:7: seed: found 'x', expected an integer of 64 bits",
        f"{one}:2:1: sed: unknown key; did you mean seed?",
        f"{two}:1:11: services: found 5, expected a list",
    ]
    assert result.stdout == "demo: demo is fine\n"


def test_check_of_a_folder_uses_its_catalogue(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("seed: 1\n")
    assert run("check", "mine", "--scenarios", str(tmp_path)).exit_code == 0
    assert run("check", "mine").exit_code == 2


def test_scenarios_lists_names_and_descriptions(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("description: |\n  What is\n  mine.\n")
    (tmp_path / "wrong.yaml").write_text("sed: 1")
    lines = run("scenarios", "--scenarios", str(tmp_path)).output.splitlines()
    assert f"{'mine':20} What is mine." in lines
    assert f"{'wrong':20} is wrong; see cs-simulator check wrong" in lines
    assert any(line.startswith("demo ") for line in lines)


def test_operations_prints_the_table() -> None:
    lines = run("operations").output.splitlines()
    assert lines[0].split() == ["start_service", "POST", "/services/start", "8.5", "documented"]
    assert len(lines) == 31


def test_help_names_every_option_with_its_variable() -> None:
    output = run("serve", "--help").output
    for option in ("scenario", "host", "port", "ready-file", "max-waiting", "watch"):
        assert f"--{option}" in output
        assert f"CS_SIMULATOR_{option.upper().replace('-', '_')}" in output
