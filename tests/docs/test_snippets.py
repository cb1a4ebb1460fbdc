"""Everything that the documentation shows is tried: commands and scenarios."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cs_simulator.documents.problems import DocumentError
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader
from tests.docs.pages import PAGES, Block, Command, all_blocks, blocks_of
from tests.docs.sessions import Server, assignments, differs, run, serve_line, served, written

LANGUAGES = {
    "console",
    "csharp",
    "haproxy",
    "java",
    "json",
    "nginx",
    "python",
    "sh",
    "text",
    "toml",
    "typescript",
    "yaml",
}
NOT_RUN_HERE = ("python3 -m venv", "docker ", "mkdir ")
"""How the commands begin that need an installation, a container engine or a folder; the first kind
is run by .ci/run."""


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if any(b.language == language for b in blocks_of(page))]


def starts_a_server(line: str) -> bool:
    return "cs-simulator serve" in line and not line.startswith("docker ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_block_says_what_it_is(page: Path) -> None:
    assert {block.language for block in blocks_of(page)} <= LANGUAGES


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("page", pages_with("console"), ids=lambda page: page.name)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    blocks = blocks_of(page)
    written(blocks, tmp_path)
    (tmp_path / "scenarios").mkdir()
    differences: list[str] = []
    typed: list[Command] = []
    server: Server | None = None
    try:
        for block in blocks:
            if block.language == "sh" and any(map(starts_a_server, block.lines)):
                if server is not None:
                    assert server.stop() == 0
                server = Server(block.lines[-1], tmp_path)
            if block.language == "console":
                if server is None:
                    server = Server("cs-simulator serve --scenario demo", tmp_path)
                commands = block.commands()
                printed = run(commands, assignments(typed), tmp_path, server.port)
                typed += commands
                found = map(differs, [block] * len(commands), commands, printed)
                differences += [each for each in found if each is not None]
                assert len(printed) == len(commands)
    finally:
        if server is not None:
            server.stop()
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize("block", all_blocks("sh"), ids=str)
def test_a_command_line_works(block: Block, tmp_path: Path) -> None:
    written(blocks_of(block.page), tmp_path)
    (tmp_path / "scenarios").mkdir()
    for line in block.lines:
        if starts_a_server(line):
            with served(line, tmp_path) as server:
                pass
            assert "Context Services simulator" in "".join(server.printed)
        else:
            assert line.startswith(NOT_RUN_HERE)


def load(block: Block, folder: Path) -> LoadedScenario:
    written(blocks_of(block.page), folder)
    path = folder / (block.file_name or "unnamed.yaml")
    path.write_text(block.text, encoding="utf-8")
    return ScenarioLoader(Catalogue([shipped_folder()])).load(str(path))


SCENARIOS = [block for block in all_blocks("yaml") if block.is_scenario]


@pytest.mark.parametrize("block", SCENARIOS, ids=str)
def test_a_scenario_is_what_the_page_calls_it(block: Block, tmp_path: Path) -> None:
    if block.info == "yaml wrong":
        with pytest.raises(DocumentError):
            load(block, tmp_path)
    else:
        scenario = load(block, tmp_path)
        scenario.base(0)


def test_a_serve_line_is_read_as_a_shell_would() -> None:
    line = "python3 -m venv x && A=1 x/cs-simulator serve --scenario demo --port 80"
    assert serve_line(line) == ({"A": "1"}, ["--scenario", "demo"])
