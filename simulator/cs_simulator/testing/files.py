"""Report files: the run of each world of a failed test, to be opened later by anyone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cs_simulator.client import SimulatorError
from cs_simulator.ids import digest

if TYPE_CHECKING:
    from cs_simulator.testing.worlds import Lent

PROPERTY = "context_services_report"
"""The name of the property in JUnit XML that gives the path of a report file."""

_MOST_OF_FAILURE = 100_000
_MOST_OF_NAME = 100


def write_reports(
    folder: Path, item: pytest.Item, report: pytest.TestReport, lents: Iterable[Lent]
) -> dict[str, str]:
    """Write the report files of a test's worlds; return a line with the path for each world.

    A file that cannot be written does not cause another failure: its line gives the reason.
    """
    lines = {}
    failure = report.longreprtext[:_MOST_OF_FAILURE]
    for lent in lents:
        name = lent.world.name
        path = folder / file_name(item.nodeid, lent.fixture or "")
        try:
            text = lent.world.report(item.nodeid, failure)
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except (SimulatorError, OSError) as error:
            lines[name] = f"No report file could be written to {path}: {error}"
            continue
        lines[name] = f"Report: {path}"
        # The teardown's report, from which JUnit XML is made, takes them from the item.
        for properties in (item.user_properties, report.user_properties):
            properties.append((PROPERTY, str(path)))
    return lines


def file_name(nodeid: str, what: str) -> str:
    """Return a file name that is valid everywhere, stable across runs, and unique to a test."""
    unique = digest(nodeid, what).hex()[:8]
    path, _, rest = nodeid.partition("::")
    words = f"{path.rpartition('/')[2]}-{rest}"
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", words).strip("-.")
    return f"{readable[:_MOST_OF_NAME] or 'test'}-{unique}.html"
