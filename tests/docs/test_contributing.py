"""The pages for contributors: held to the tree, to the commands and to the site."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, rows_of

FOLDER = ROOT / "docs" / "contributing"
PAGES = (ROOT / "CONTRIBUTING.md", *sorted(FOLDER.glob("*.md")))
MAP = FOLDER / "map.md"
PACKAGE = ROOT / "simulator" / "cs_simulator"

PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|toml|txt|yml))`")
"""What looks like a file or a folder: a path, or a file at the top of the tree."""

COMMANDS = ("format", "lint", "types", "test", "client-tools", "pictures", "docs", "check")


def named_in(page: Path) -> set[str]:
    """Return the files and folders that a page names."""
    return {found.split()[0] for found in PATH.findall(page.read_text(encoding="utf-8"))}


def how_tos() -> list[Path]:
    return [page for page in PAGES if page.name.startswith("add-")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = named_in(page) - {"build/site", "build/client-tools", ".ci/dev"}
    assert [each for each in sorted(named) if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("page", how_tos(), ids=lambda page: page.name)
def test_every_how_to_is_numbered_and_ends_in_the_changelog(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    steps = re.findall(r"^(\d+)\. (.+)$", text, flags=re.M)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    assert steps[-1][1].startswith("`CHANGELOG.md`")
    assert any("tests/" in step for step in text.split("\n1. ")[1].split("\n"))


def test_every_how_to_is_listed() -> None:
    listed = set(re.findall(r"\((add-[\w-]+\.md)\)", (FOLDER / "README.md").read_text("utf-8")))
    assert listed == {page.name for page in how_tos()}


def test_the_map_has_every_package() -> None:
    mapped = {row[0].strip("`") for row in rows_of(MAP, "folder")}
    packages = {path.parent for path in PACKAGE.glob("*/__init__.py")}
    assert {f"{each.relative_to(ROOT)}/" for each in packages} <= mapped


def test_the_glossary_says_each_word_once() -> None:
    words = [row[0] for row in rows_of(FOLDER / "glossary.md", "word")]
    assert len(words) == len(set(words))
    assert 25 <= len(words) <= 40


def test_the_commands_are_those_of_the_script() -> None:
    script = (ROOT / ".ci" / "dev").read_text(encoding="utf-8")
    found = set(re.findall(r"^    ([\w-]+)\)", script, flags=re.M))
    assert found == {*COMMANDS, "format-check"}
    told = {row[0].split()[1].strip("`") for row in rows_of(PAGES[0], "command") if "dev" in row[0]}
    assert told == set(COMMANDS)


def test_hooks_run_the_same_commands() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"entry: \.ci/dev ([\w-]+)", hooks)) <= set(COMMANDS)


@pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="mkdocs is not installed")
def test_the_site_is_built_and_has_every_page(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    command += ["--config-file", str(ROOT / ".mkdocs.yml"), "--site-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "search" / "search_index.json").is_file()
    assert (tmp_path / "contributing" / "map" / "index.html").is_file()


def test_the_changelog_is_grouped() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = text.split("\n## ")[1]
    assert re.findall(r"^### (.+)$", newest, flags=re.M) == ["Added", "Changed", "Fixed"]
    entries = newest.partition("### ")[2]
    assert all(line.startswith(("* ", "  ", "#")) for line in entries.splitlines()[1:] if line)
