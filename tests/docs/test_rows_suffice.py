"""The pages on adding a member, an action and an operation are followed to the letter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

HOW_TO = ROOT / "docs" / "contributing"


def python_blocks(page: Path) -> list[str]:
    """Return what a page says is to be written, without the indent of the list it stands in."""
    parts = page.read_text(encoding="utf-8").split("```")
    return [
        textwrap.dedent(part.removeprefix("python\n"))
        for part in parts
        if part.startswith("python\n")
    ]


class Copy:
    """A copy of the package, in which a page is followed.

    Its bytecode is copied, too: what the page leaves as it is need not be compiled once more.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "simulator"
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        shutil.copytree(ROOT / "simulator", self.root)

    def add_row(self, module: str, table: str, row: str) -> None:
        """Write a row at the end of a table."""
        path = self.root / "cs_simulator" / module
        text = path.read_text(encoding="utf-8")
        end = text.index("\n)\n", text.index(f"{table}: tuple["))
        row = textwrap.indent(row.rstrip(), "    ")
        path.write_text(f"{text[:end]}\n{row},{text[end:]}", encoding="utf-8")

    def append(self, module: str, code: str) -> None:
        """Write a function at the end of a module."""
        path = self.root / "cs_simulator" / module
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{code}", encoding="utf-8")

    def passed(self, *arguments: str) -> str:
        """Run tests against the copy; return the last line of what pytest says."""
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{self.root}{os.pathsep}{ROOT}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()[-1]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_a_row_is_all_that_a_member_needs(copy: Copy) -> None:
    [row] = python_blocks(HOW_TO / "add-a-member.md")
    copy.add_row("domain/members.py", "MEMBERS", row)
    said = copy.passed("tests/contract/test_members.py", "-k", "priority and integer")
    assert said.startswith("7 passed")  # three starts, the same in a composite, and a transition


def test_a_row_and_two_functions_are_all_that_an_operation_needs(copy: Copy) -> None:
    row, handler, function = python_blocks(HOW_TO / "add-an-operation.md")
    copy.add_row("operations/services.py", "SERVICES", row)
    copy.append("api/services.py", handler)
    copy.append("domain/services.py", function)
    said = copy.passed(
        "tests/contract/test_matrix.py",
        "tests/unit/operations/test_rows.py",
        "-k",
        "reopen_service or (test_rows and not docs)",
    )
    assert "passed" in said


def test_a_row_is_all_that_a_fault_action_needs(copy: Copy) -> None:
    [row] = python_blocks(HOW_TO / "add-a-fault.md")
    copy.add_row("faults/actions.py", "ROWS", row)
    said = copy.passed(
        "tests/unit/faults/test_actions.py",
        "tests/unit/faults/test_effects.py",
        "tests/unit/scenario/test_json_schema.py",
        "-k",
        "(jitter or schema or takes_place) and not every_action_says",
    )
    assert "passed" in said


@pytest.mark.parametrize("page", ["add-a-fault.md", "add-a-member.md", "add-an-operation.md"])
def test_the_files_that_a_page_names_are_there(page: str) -> None:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    named = [word for word in text.split("`")[1::2] if "/" in word and " " not in word]
    paths = [word for word in named if word.split("/")[0] in ("simulator", "docs", "tests")]
    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]
