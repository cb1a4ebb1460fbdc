"""The report of a failed test as a file: one for each, whatever its name."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.plugin.conftest import RunPytest

SOURCE = """
import pytest
from support import start

def test_passes(context_services):
    start(context_services)

@pytest.mark.parametrize("value", ["../../up", "<script>", "ä\\u202e", "a" * 300])
def test_fails(context_services, value):
    start(context_services)
    assert context_services.requests() == []

def test_without_world_fails():
    assert 0
"""


def reports_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_each_failed_test_has_a_report(
    run: RunPytest, pytester: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    folder = pytester.path / "some" / "reports"
    result = run(
        SOURCE, "--context-services-report", "some/reports", "--junitxml", "out.xml", *workers
    )
    result.assert_outcomes(passed=1, failed=5)
    files = reports_in(folder)
    assert len(files) == 4
    for file in files:
        assert file.name.startswith("test_it.py-test_fails-")
        assert len(file.name) < 130
        assert file.name.isascii()
        text = file.read_text(encoding="utf-8")
        assert text.startswith("<!doctype html>")
        assert "test_it.py::test_fails[" in text.replace("&lt;", "<")
        assert str(file) in result.stdout.str()
    cases = ElementTree.parse(pytester.path / "out.xml").iter("testcase")
    named = {
        prop.get("value")
        for case in cases
        for prop in case.iter("property")
        if prop.get("name") == "context_services_report"
    }
    assert named == {str(file) for file in files}


def test_no_report_is_written_unless_it_is_asked_for(
    run: RunPytest, pytester: pytest.Pytester
) -> None:
    run(SOURCE).assert_outcomes(passed=1, failed=5)
    assert not list(pytester.path.glob("**/*.html"))


def test_folder_that_takes_no_file_is_told(run: RunPytest, pytester: pytest.Pytester) -> None:
    (pytester.path / "file").write_text("")
    result = run(SOURCE, "--context-services-report", "file", "-k", "script")
    result.assert_outcomes(failed=1, deselected=5)
    result.stdout.fnmatch_lines(["No report file could be written to */file/test_it*"])
