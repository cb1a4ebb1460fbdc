"""The page of the pytest plugin says of fixtures, options and markers what the code says."""

from __future__ import annotations

import inspect
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from cs_simulator import pytest_plugin
from cs_simulator.client import Server, World
from cs_simulator.testing.settings import RUN_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE
from tests.docs.pages import ROOT, apart, blocks_of, rows_of, typed_on
from tests.support import WITHOUT_OUR_PLUGINS
from tests.support.forked import pytest_command

PAGE = ROOT / "docs" / "pytest.md"


def names_in(heading: str) -> set[str]:
    """Return the names of methods in the first column of a table."""
    cells = [row[0] for row in rows_of(PAGE, heading)]
    return {name for cell in cells for name in re.findall(r"`(\w+)", cell)}


def public_names(kind: type) -> set[str]:
    attributes = {"name", "prefix"} if kind is World else set()
    return {name for name in vars(kind) if not name.startswith("_")} | attributes


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("of `context_services`", World), ("of `context_services_server`", Server)],
)
def test_everything_that_a_fixture_does_is_described(heading: str, kind: type) -> None:
    described, names = names_in(heading), public_names(kind)
    assert described == names, apart(f"The table of {heading} in docs/pytest.md", described, names)


def test_fixtures_are_described() -> None:
    described = {(row[0].strip("`"), row[1]) for row in rows_of(PAGE, "fixture")}
    assert {name for name, _ in described} == pytest_plugin.FIXTURES
    assert dict(described)["context_services_server"] == "session"
    assert dict(described)["context_services"] == "function"
    assert all(hasattr(pytest_plugin, name) for name, _ in described)


def test_options_settings_and_variables_are_described() -> None:
    variables = {"url": URL_VARIABLE, "token": TOKEN_VARIABLE, "run": RUN_VARIABLE}
    described = [[cell.strip("`") for cell in row[:3]] for row in rows_of(PAGE, "option")]
    assert described == [
        [
            f"--context-services-{name}".replace("_", "-"),
            f"context_services_{name}" if name in pytest_plugin.IN_INI else "",
            variables.get(name, ""),
        ]
        for name, *_ in pytest_plugin.OPTIONS
    ]


def test_markers_are_described() -> None:
    described = [re.findall(r"\w+", row[0])[0] for row in rows_of(PAGE, "marker")]
    assert described == [marker.partition("(")[0] for marker in pytest_plugin.MARKERS]


def test_every_python_file_is_run_by_a_command() -> None:
    typed = typed_on(PAGE)
    files = [block.file_name for block in blocks_of(PAGE) if block.language == "python"]
    assert files
    assert all(name is not None and name in typed for name in files)


def test_settings_of_the_page_work(tmp_path: Path) -> None:
    [block] = [block for block in blocks_of(PAGE) if block.language == "toml"]
    settings = tomllib.loads(block.text)["tool"]["pytest"]["ini_options"]
    (tmp_path / "pyproject.toml").write_text(block.text)
    (tmp_path / "test_it.py").write_text(
        "def test_it(context_services):\n"
        f"    name = {settings['context_services_scenario']!r}\n"
        "    assert context_services.scenario()['name'] == name\n"
    )
    command = [*pytest_command(), "-q", "--strict-config", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *WITHOUT_OUR_PLUGINS.split()],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_messages_of_the_page_are_real() -> None:
    """Each message that the troubleshooting names stands in the code in these words."""
    code = "".join(
        inspect.cleandoc(path.read_text("utf-8")).replace('"\n', "").replace('f"', '"')
        for name in ("client", "testing")
        for path in sorted((ROOT / "simulator" / "cs_simulator" / name).glob("*.py"))
    )
    for part in (
        "Cannot connect to ",
        "The simulator did not start: ",
        "The simulator ended unexpectedly (",
        " is not a Context Services simulator",
        "install the same version of cs-simulator on both sides",
        "Does the code under test use a base URL under ",
    ):
        assert part in code
        assert part in PAGE.read_text("utf-8")
