"""What a file is called and says reaches a terminal in one harmless line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.forked import ran

NAME = "evil\x1b[2J\n::error::owned.yaml"
WRONG = 'servces: []\n"a\\e[2J": 1\n'
FINE = 'name: "x\\n::error::owned"\nseed: 7\n'
TORN = "services: [\n"
CHECK = ("check", f"./{NAME}")
SCENARIOS = ("scenarios", "--scenario-dir", ".")
ODD = "evil\x1b[2J\n::error::owned.har"
MISSING = [
    ("compare", f"./{ODD}"),
    ("fit", f"./{ODD}"),
    ("report", f"./{ODD}"),
    ("probe", "--responses", f"./{ODD}"),
    ("fault", "add", f"@{ODD}"),
    ("new", f"./{ODD}"),
    ("new", f"./no{ODD}/{NAME}"),
    ("scenarios", "--scenario-dir", f"./{ODD}"),
    ("drill", "--", f"./{ODD}"),
    ("serve", "--ready-file", f"{ODD}/ready"),
]
SERVE = ("serve", "--port", "0", "--scenario", f"./{NAME}")


@pytest.mark.skipif(os.name == "nt", reason="no file has such a name there")
@pytest.mark.parametrize(
    ("command", "text"),
    [
        (CHECK, WRONG),
        (CHECK, FINE),
        (CHECK, TORN),
        (SCENARIOS, WRONG),
        (SCENARIOS, FINE),
        (SERVE, WRONG),
        (SERVE, TORN),
    ],
)
def test_file_reaches_a_terminal_in_harmless_lines(
    tmp_path: Path, command: tuple[str, ...], text: str
) -> None:
    (tmp_path / NAME).write_text(text)
    done = ran(*command, cwd=tmp_path)
    lines = (done.stdout + done.stderr).split("\n")
    assert any("evil" in line for line in lines)
    assert all(line.isprintable() for line in lines)
    assert not [line for line in lines if line.startswith("::")]


@pytest.mark.skipif(os.name == "nt", reason="no file has such a name there")
@pytest.mark.parametrize("command", MISSING, ids=lambda command: command[0])
def test_name_of_a_missing_file_is_one_harmless_line(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = ran(*command, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.rstrip("\n").split("\n")
    assert line.isprintable()
    assert "evil" in line
