"""Write what follows from the rows of operations and switches and stands elsewhere.

``python -m tests.docs.tables`` writes the tables in the documentation, the rules of a scenario and
a type of the client, which imports nothing of the server; a test holds that nobody forgot.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cs_simulator.domain.fidelity import SWITCHES
from cs_simulator.operations import OPERATION_IDS, OPERATIONS
from cs_simulator.operations.row import ApiOperation
from tests.docs.pages import ROOT

COMMAND = "python -m tests.docs.tables"
FIDELITY = ROOT / "docs" / "fidelity.md"


class Written(NamedTuple):
    """A part of a file that is made from the rows."""

    path: Path
    between: tuple[str, str]
    """Patterns of what stands before and after it."""
    make: Callable[[], str]

    def renewed(self) -> str:
        """Return the text of the file with its part made anew."""
        before, after = self.between
        pattern = re.compile(f"({before}).*?({after})", re.DOTALL)
        text = self.path.read_text(encoding="utf-8")
        renewed, count = pattern.subn(lambda found: found[1] + self.make() + found[2], text)
        assert count == 1
        return renewed


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


def operation_ids() -> str:
    """Return the ids of all operations as the lines of a type."""
    return "".join(f'    "{each}",\n' for each in sorted(OPERATION_IDS))


def settling_table() -> str:
    """Return the table of the requests that settle the switches."""
    rows = [f"| `{each.name}` | {each.settled} |" for each in SWITCHES]
    return "".join(f"{row}\n" for row in ("| to settle | send |", "|---|---|", *rows))


def rules_of_each_operation() -> str:
    """Return a rule for each operation, which fails it once."""
    first, *others = OPERATION_IDS
    rules = [
        f"&once {{on: {first}, times: 1, response: {{status: 503}}}}",
        *(f"{{<<: *once, on: {each}}}" for each in others),
    ]
    return "".join(f"  - {rule}\n" for rule in rules)


WRITTEN = (
    Written(FIDELITY, ("<!-- operations: .*? -->\n", "<!-- end -->"), operations_table),
    Written(FIDELITY, ("<!-- settled: .*? -->\n", "<!-- end of settled -->"), settling_table),
    Written(
        ROOT / "scenarios" / "fail-once.yaml",
        (r"\nfaults:[^\n]*\n", r"\Z"),
        rules_of_each_operation,
    ),
    Written(
        ROOT / "simulator" / "cs_simulator" / "client" / "rules.py",
        (r"\nOperationId = Literal\[[^\n]*\n", r"\]\n"),
        operation_ids,
    ),
)


def write() -> None:
    """Write each part into its file."""
    for written in WRITTEN:
        written.path.write_text(written.renewed(), encoding="utf-8")


if __name__ == "__main__":
    write()
