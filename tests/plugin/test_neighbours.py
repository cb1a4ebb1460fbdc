"""The built wheel, installed beside projects that have a package ``simulator`` of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import WITHOUT_OUR_PLUGINS

ROOT = Path(__file__).parents[2]

THEIRS = 'NAME = "theirs"\n'
TESTS = """
import simulator

def test_their_package_is_theirs():
    assert simulator.NAME == "theirs"

def test_their_package_is_theirs_beside_the_fixture(context_services):
    context_services.create()
    assert simulator.NAME == "theirs"
    assert context_services.describe()["counts"]["services"] == 0
"""
SCRIPT = """
import sys
from pytest import console_main
sys.exit(console_main())
"""
LAYOUTS = {
    "flat": ("", "", ""),
    "flat with pythonpath": ("", "tests", "."),
    "src": ("src", "tests", ""),
    "src with pythonpath": ("src", "tests", "src"),
}
"""Where the package is, where the tests are, and what the ini says of the path."""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel, and with what else is installed here."""
    folder = tmp_path_factory.mktemp("neighbours")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    paths = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    (packages / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    (folder / "venv" / "bin" / "pytest").write_text(SCRIPT)
    return folder / "venv" / "bin" / "python"


def test_wheel_has_the_console(python: Path) -> None:
    code = "from cs_simulator.console import names; print(len(names()))"
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 10


def pytest_in(project: Path, python: Path, words: Sequence[str], layout: str) -> str:
    """Return what pytest prints in a project; ``src`` without a setting is on PYTHONPATH."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env["PYTEST_ADDOPTS"] = f"{WITHOUT_OUR_PLUGINS} -p no:cacheprovider"
    if layout == "src":
        env["PYTHONPATH"] = str(project / "src")
    command = [str(python), *words, "-q"]
    done = subprocess.run(
        command, cwd=project, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(os.name == "nt", reason="environments have another layout there")
@pytest.mark.parametrize("how", ["pytest", "python -m pytest"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_project_with_a_package_simulator(
    tmp_path: Path, python: Path, layout: str, how: str
) -> None:
    source, folder, path = LAYOUTS[layout]
    package = tmp_path / source / "simulator"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(THEIRS)
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\npythonpath = {path}\n" if path else "[pytest]\n"
    )
    words = [str(python.parent / "pytest")] if how == "pytest" else ["-m", "pytest"]
    printed = pytest_in(tmp_path, python, words, layout)
    assert "2 passed" in printed


def test_the_wheel_is_what_is_imported(tmp_path: Path, python: Path) -> None:
    code = (
        "import cs_simulator, importlib.util as util; "
        "print(cs_simulator.__file__, util.find_spec('simulator'))"
    )
    done = subprocess.run(
        [str(python), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    file, found = done.stdout.split()
    assert Path(file).is_relative_to(python.parents[1])
    assert found == "None"
