"""What mutmut found: a table by module, and the mutants that no test noticed.

``python -m tests.mutations``, where ``mutmut run`` has run, prints the table, and each survivor
that ``docs/survivors.md`` gives no reason for, as a row that lacks its reason. ``--write`` puts the
table into ``docs/proof.md``. A run may be of some modules, or stopped: a module counts when all its
mutants were tried, and the others keep the rows of the run before. It fails where a reason lacks,
where one is of no survivor, and where no module was tried.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.results import machine
from tests.docs.pages import ROOT, rows_of

PROOF = ROOT / "docs" / "proof.md"
SURVIVORS = ROOT / "docs" / "survivors.md"
MODULES = ROOT / "simulator" / "cs_simulator"

HEADS = (
    "module",
    "mutants",
    "mypy refuses",
    "killed",
    "ran too long",
    "not called",
    "survived",
    "tried on",
)
_STATUSES = ("caught by type check", "killed", "timeout", "no tests", "survived")
_RESULT = re.compile(r"\s*(cs_simulator\.([\w.]+)\.(\w+)__mutmut_\d+): (.+)")
_PLACE = re.compile(r"(<!-- mutations -->\n).*?(<!-- end -->)", re.DOTALL)


class Mutant(NamedTuple):
    """One change of one function, and what became of it."""

    name: str
    module: str
    function: str
    status: str


class Survivor(NamedTuple):
    """A mutant that no test noticed, as the page of survivors names it."""

    module: str
    function: str
    changed_to: str


def read_results(text: str) -> list[Mutant]:
    """Return the mutants that ``mutmut results --all true`` names."""
    mutants = []
    for line in text.splitlines():
        found = _RESULT.fullmatch(line)
        if found is not None:
            name, module, function, status = found.groups()
            # A function is x_name to mutmut, and a method xǁClassǁname.
            plain = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
            mutants.append(Mutant(name, module.replace(".", "/"), plain, status))
    return mutants


def read_change(diff: str) -> str:
    """Return what ``mutmut show`` says that stands in the place of the lines taken away."""
    added = [line[1:].strip() for line in diff.splitlines() if re.match(r"\+(?!\+\+)", line)]
    return " ".join(added)


def tried(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Return the mutants of the modules of which each was tried."""
    left = {each.module for each in mutants if each.status not in _STATUSES}
    return [each for each in mutants if each.module not in left]


def counted(mutants: Sequence[Mutant], date: str) -> dict[str, list[str]]:
    """Return the row of each module: what became of its mutants."""
    counts = Counter((each.module, each.status) for each in mutants)
    rows = {}
    for module in {each.module for each in mutants}:
        numbers = [counts[module, status] for status in _STATUSES]
        rows[module] = [*(f"{number:,}" for number in (sum(numbers), *numbers)), date]
    return rows


def kept(page: Path = PROOF, modules: Path = MODULES) -> dict[str, list[str]]:
    """Return the rows of the table as it stands, of the modules that are still there."""
    rows = {cells[0].strip("`"): list(cells[1:]) for cells in rows_of(page, HEADS[0])}
    return {module: cells for module, cells in rows.items() if (modules / f"{module}.py").exists()}


def table(rows: Mapping[str, Sequence[str]]) -> str:
    """Return the table of some rows, and their sums."""
    numbers = ([int(cell.replace(",", "")) for cell in cells[:-1]] for cells in rows.values())
    sums = [f"{sum(column):,}" for column in zip(*numbers, strict=True)]
    lines = [HEADS, ["---"] * len(HEADS)]
    lines += [[f"`{module}`", *rows[module]] for module in sorted(rows)]
    lines.append(["all", *sums, ""])
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def explained(page: Path = SURVIVORS) -> list[Survivor]:
    """Return the survivors that the page gives a reason for."""
    found = []
    for module, function, changed, reason in rows_of(page, "module"):
        if not reason:
            raise ValueError(f"{page.name} gives no reason for {changed} of {function}")
        shown = changed.replace("\\|", "|").strip("`")
        found.append(Survivor(module, function.strip("`"), shown))
    return found


def row(survivor: Survivor) -> str:
    """Return the row of a survivor, its reason still to be found."""
    changed = survivor.changed_to.replace("|", "\\|")
    return f"| {survivor.module} | `{survivor.function}` | `{changed}` |  |"


def judge(survivors: Iterable[Survivor], reasons: Iterable[Survivor]) -> list[str]:
    """Return what the page of survivors lacks, and what it has too much."""
    left, given = Counter(survivors), Counter(reasons)
    lacks = [f"no reason: {row(each)}" for each in (left - given).elements()]
    return lacks + [f"no survivor: {row(each)}" for each in (given - left).elements()]


def _mutmut(*arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and what is wrong; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/proof.md")
    options = parser.parse_args(arguments)
    mutants = tried(read_results(_mutmut("results", "--all", "true")))
    survivors = [
        Survivor(each.module, each.function, read_change(_mutmut("show", each.name)))
        for each in mutants
        if each.status == "survived"
    ]
    rows = counted(mutants, datetime.now(UTC).date().isoformat())
    wrong = judge(survivors, [each for each in explained() if each.module in rows])
    where = f"Python {platform.python_version()}, {machine()}; mutmut {version('mutmut')}"
    told = f"Measured with {where}:\n\n{table({**kept(), **rows})}"
    print(told, *wrong, sep="\n")
    if options.write:
        text = PROOF.read_text(encoding="utf-8")
        made = _PLACE.sub(lambda found: found[1] + told + found[2], text)
        PROOF.write_text(made, encoding="utf-8")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
