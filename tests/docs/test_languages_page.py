"""The recipes for other languages are run, where the language is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, blocks_of
from tests.docs.sessions import Server
from tests.generated.tools import NODE, PYTHON, TOOLS, needed

PAGE = ROOT / "docs" / "languages.md"
BLOCKS = blocks_of(PAGE)
NAME = re.compile(r"(?://|#) ([\w.]+)")


def file_named(name: str) -> tuple[Block, str]:
    """Return the block of a file, and what the page shows that running it prints."""
    for place, block in enumerate(BLOCKS):
        found = NAME.match(block.lines[0])
        if found is not None and found[1] == name:
            shown = next(each for each in BLOCKS[place + 1 :] if each.language == "text")
            return block, "".join(f"{line}\n" for line in shown.lines[1:])
    raise AssertionError(name)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    server = Server("cs-simulator serve --scenario demo", tmp_path)
    yield f"http://localhost:{server.port}"
    server.stop()


def written(name: str, url: str, folder: Path) -> str:
    """Write a file of the page for a server; return what it is to print."""
    block, shown = file_named(name)
    text = block.text.replace("http://localhost:8080", url)
    (folder / name).write_text(text, encoding="utf-8")
    return shown


def printed(folder: Path, *command: object) -> str:
    done = subprocess.run(
        [str(each) for each in command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_java_needs_nothing_but_the_jdk(url: str, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("not installed: java")
    shown = written("LostAnswer.java", url, tmp_path)
    assert printed(tmp_path, "java", "LostAnswer.java") == shown


@pytest.mark.long
def test_python_works_without_the_package(url: str, tmp_path: Path) -> None:
    needed()
    shown = written("callers.py", url, tmp_path)
    maker = PYTHON.with_name("openapi-python-client")
    document = f"{url}/_control/openapi.json"
    printed(tmp_path, maker, "generate", "--url", document, "--meta", "none", "--output-path", "cs")
    assert printed(tmp_path, PYTHON, "callers.py") == shown


@pytest.mark.long
def test_typescript_has_types_for_both_apis(url: str, tmp_path: Path) -> None:
    needed("node")
    shown = written("callers.ts", url, tmp_path)
    for name, target in (("openapi", "cs"), ("control", "control")):
        document = f"{url}/_control/{name}.json"
        printed(tmp_path, NODE / "openapi-typescript", document, "-o", f"{target}.d.ts")
    (tmp_path / "node_modules").symlink_to(TOOLS / "node_modules")
    options = ("--strict", "--module", "commonjs", "--esModuleInterop", "--skipLibCheck")
    lib = ("--target", "es2022", "--types", "node")
    printed(tmp_path, NODE / "tsc", *options, *lib, "callers.ts")
    assert printed(tmp_path, "node", "callers.js") == shown


def commands(blocks: Sequence[Block]) -> list[str]:
    """Return the commands that the page shows without running them as they stand."""
    return [line for block in blocks for line in block.lines if line.startswith("$ ")]


def test_versions_of_the_page_are_those_that_the_tests_use() -> None:
    """A recipe that names a version was run with that version."""
    text = PAGE.read_text(encoding="utf-8")
    pinned = (ROOT / "tests/generated/requirements.txt").read_text(encoding="utf-8")
    pinned += (ROOT / "tests/generated/package.json").read_text(encoding="utf-8")
    versions = re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])", text)
    assert versions
    assert [each for each in versions if each not in pinned] == []
    assert commands(BLOCKS)
