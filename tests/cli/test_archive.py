"""What the program says where it runs from an archive, which holds no files for others to open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

import cs_simulator

PACKAGE = Path(cs_simulator.__file__).parent
PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from cs_simulator.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Put the package into an archive, as zipapp does."""
    path = tmp_path_factory.mktemp("archive") / "cs.pyz"
    with ZipFile(path, "w") as archive:
        for file in PACKAGE.rglob("*.py"):
            archive.write(file, file.relative_to(PACKAGE.parent))
    return path


def ran(archive: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the archive."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(archive), *words],
        cwd=archive.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", ["serve --port 0", "check demo", "scenarios"])
def test_missing_scenarios_are_told(archive: Path, words: str) -> None:
    done = ran(archive, *words.split())
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("the bundled scenarios are missing: ")
    assert "install the package with pip" in line


def test_commands_without_scenarios_work(archive: Path) -> None:
    assert "cs-simulator, version" in ran(archive, "--version").stdout
    assert "start_service" in ran(archive, "operations").stdout


def test_module_that_a_frozen_program_lacks_is_told(tmp_path: Path) -> None:
    path = tmp_path / "frozen.zip"
    with ZipFile(path, "w") as archive:
        for file in PACKAGE.rglob("*.py"):
            if file.name != "health.py":
                archive.write(file, file.relative_to(PACKAGE.parent))
    done = ran(path, "health")
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("this program was frozen without cs_simulator.cli.health; ")
    assert "--collect-all cs_simulator" in line
