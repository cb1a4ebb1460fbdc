"""Make the tables of the documentation that come from the code.

``python -m tests.docs.tables`` writes them into their pages; a test holds that nobody forgot.
"""

from __future__ import annotations

import re
from pathlib import Path

from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation
from tests.docs.pages import ROOT

FIDELITY = ROOT / "docs" / "fidelity.md"

_PLACE = re.compile(r"(<!-- operations: .*? -->\n).*?(<!-- end -->)", re.DOTALL)


def operations_table() -> str:
    """Return the table of all operations."""
    rows = [
        "| operation | method and path | editions | basis | assumed |",
        "|---|---|---|---|---|",
        *(_row(operation) for operation in OPERATIONS),
    ]
    return "".join(f"{row}\n" for row in rows)


def _row(operation: ApiOperation) -> str:
    first, *more = (path.removeprefix("/") for path in operation.paths)
    paths = f"{operation.method} `{first}`"
    ends = ", ".join(f"`{path.removeprefix(first)}`" for path in more if path.startswith(first))
    others = "".join(f", `{path}`" for path in more if not path.startswith(first))
    paths = f"{paths}, also with {ends}" if ends else f"{paths}{others}"
    editions = ", ".join(operation.editions)
    return f"| `{operation.id}` | {paths} | {editions} | {operation.basis} | {operation.assumes} |"


def with_tables(text: str) -> str:
    """Return a page with its tables made anew."""
    made, count = _PLACE.subn(lambda found: found[1] + operations_table() + found[2], text)
    assert count == 1
    return made


def write(page: Path = FIDELITY) -> None:
    """Write the tables into their page."""
    page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
