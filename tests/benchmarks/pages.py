"""The page of the documentation that shows the results: its tables and its plots.

``python -m tests.benchmarks.pages`` makes them anew of what is kept; a test holds that nobody wrote
in them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from tests.benchmarks import plots
from tests.benchmarks.figures import Figure
from tests.benchmarks.results import FOLDER, Group, load, store
from tests.benchmarks.words import (
    amount,
    between,
    budget,
    measured,
    number,
    power,
    verdict,
    with_spread,
)

_PLACE = re.compile(r"(<!-- results: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_NOTHING = "Not measured yet.\n"

Groups = Mapping[str, Group]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _conditions(groups: Iterable[Group]) -> str:
    """Return when, where and with what command groups were measured."""
    said: dict[tuple[str, str], None] = {}
    for group in groups:
        versions = ", ".join(f"{name} {version}" for name, version in group.versions.items())
        said[f"`{group.command}`", f"on {group.date}, {group.machine}; {versions}"] = None
    return "".join(
        textwrap.fill(f"Measured by {command} {where}.", 100, break_on_hyphens=False) + "\n\n"
        for command, where in said
    )


def _present(groups: Groups, names: str) -> list[Group]:
    return [groups[name] for name in names.split() if name in groups]


def budgeted(groups: Groups) -> list[Figure]:
    """Return the figures that have a budget; of the growth of operations, the worst alone."""
    figures = [
        figure
        for group in groups.values()
        for figure in group.figures
        if figure.budget is not None and (group.name, figure.measure) != ("growth", "p50")
    ]
    grown = [figure for figure in _grown(groups) if figure.budget is not None]
    if grown:
        worst = max(grown, key=lambda figure: figure.judged.median)
        told = f"slowest growth: {worst.subject}"
        figures.append(replace(worst, subject=told, measure=""))
    return figures


def _grown(groups: Groups) -> list[Figure]:
    """Return the growth of operations, beside a few services."""
    figures = groups["growth"].figures if "growth" in groups else ()
    return [figure for figure in figures if figure.measure and figure.yardstick != "bare"]


def budgets_part(groups: Groups) -> str:
    """Return every budget and what became of it, the misses first."""
    figures = budgeted(groups)
    if not figures:
        return _NOTHING
    missed = [figure for group in groups.values() for figure in group.figures if figure.missed]
    if missed:
        told = "".join(
            f"* {figure.title}: {measured(figure)}, the budget is {budget(figure)}\n"
            for figure in missed
        )
        told = f"Missed:\n\n{told}\n"
    else:
        told = "Every budget is kept.\n\n"
    rows = (
        (
            figure.title,
            budget(figure),
            measured(figure),
            between(figure.judged, figure.judged_unit),
            verdict(figure),
        )
        for figure in figures
    )
    return f"{told}![How much of each budget is used](benchmarks/budgets.svg)\n\n" + _table(
        ("what", "budget", "median", "spread", "verdict"), rows
    )


def _plain(names: str) -> Callable[[Groups], str]:
    """Return a part that shows the figures of some groups, a row each."""

    def part(groups: Groups) -> str:
        present = _present(groups, names)
        rows = [
            (
                figure.title,
                with_spread(figure.ours, figure.unit),
                f"{figure.yardstick}: {amount(figure.theirs.median, figure.unit)}"
                if figure.theirs
                else "",
                with_spread(figure.ratio, "x") if figure.ratio else "",
                budget(figure),
                verdict(figure),
            )
            for group in present
            for figure in group.figures
        ]
        if not rows:
            return _NOTHING
        heads = ("what", "measured", "beside it", "ratio", "budget", "verdict")
        return _conditions(present) + _table(heads, rows)

    return part


def operations_part(groups: Groups) -> str:
    """Return the operations beside their bare routes, a table for each number of connections."""
    if "operations" not in groups:
        return _NOTHING
    group = groups["operations"]
    tables = []
    for connections in dict.fromkeys(figure.at for figure in group.figures):
        rows: dict[str, list[str]] = {}
        for figure in group.figures:
            if figure.at == connections and figure.theirs and figure.ratio:
                pair = [number(figure.ours.median), number(figure.theirs.median)]
                cells = rows.setdefault(figure.subject, [f"`{figure.subject}`"])
                cells += [*pair, f"{figure.ratio.median:.2f} x"]
        heads = "operation|requests/s|bare|ratio|p50, ms|bare|ratio|p99, ms|bare|ratio".split("|")
        s = "" if connections == 1 else "s"
        tables.append(f"At {connections} connection{s}:\n\n" + _table(heads, rows.values()))
    return (
        _conditions([group])
        + "![Each operation against a bare route](benchmarks/operations.svg)\n\n"
        + "\n".join(tables)
    )


def growth_part(groups: Groups) -> str:
    """Return the growth of each operation, a column for each number of services."""
    figures = _grown(groups)
    if not figures:
        return _NOTHING
    group = groups["growth"]
    sizes = sorted({figure.at or 0 for figure in figures})
    beside = {
        (figure.subject, figure.at): figure
        for figure in group.figures
        if figure.measure and figure.yardstick == "bare"
    }
    rows: dict[str, list[str]] = {}
    for figure in sorted(figures, key=lambda figure: figure.at or 0):
        cells = rows.setdefault(figure.subject, [figure.subject])
        cells.append(measured(figure) + (", **missed**" if figure.missed else ""))
        if figure.at == sizes[-1]:
            cells.append(number(figure.ours.median))
            bare = beside.get((figure.subject, figure.at))
            cells.append(measured(bare) if bare is not None else "")
    most = power(sizes[-1])
    heads = ["operation", *map(power, sizes), f"p50 at {most}, ms", f"against bare at {most}"]
    weights = [figure for figure in group.figures if not figure.measure]
    told = "".join(
        f"\nBeside it, {figure.title}: {measured(figure)}; the budget is {budget(figure)}.\n"
        for figure in weights
    )
    return (
        _conditions([group])
        + "![Latency by how many services are stored](benchmarks/growth.svg)\n\n"
        + _table(heads, rows.values())
        + told
    )


PARTS: Mapping[str, Callable[[Groups], str]] = MappingProxyType(
    {
        "budgets": budgets_part,
        "startup": _plain("startup generated"),
        "throughput": _plain("throughput"),
        "loop": _plain("loop"),
        "shares": _plain("shares"),
        "pauses": _plain("pauses"),
        "worst": _plain("worst"),
        "operations": operations_part,
        "growth": growth_part,
        "upkeep": _plain("reset worlds plugin memory delays"),
        "stubs": _plain("stubs"),
    }
)


def with_results(text: str, groups: Groups) -> str:
    """Return a page with its results made anew."""
    return _PLACE.sub(lambda found: f"{found[1]}{PARTS[found[2]](groups)}{found[3]}", text)


def drawings(groups: Groups) -> dict[str, str]:
    """Return the plots by the names of their files."""
    operations = groups["operations"].figures if "operations" in groups else ()
    return {
        "budgets.svg": plots.budgets(budgeted(groups)),
        "operations.svg": plots.operations(operations),
        "growth.svg": plots.growth(_grown(groups)),
    }


def page_of(folder: Path = FOLDER) -> Path:
    """Return the page that shows what is kept in a folder: it lies beside it."""
    return folder.with_suffix(".md")


def write(folder: Path = FOLDER) -> None:
    """Make the page and the plots anew of what is kept."""
    groups = load(folder)
    page = page_of(folder)
    page.write_text(with_results(page.read_text(encoding="utf-8"), groups), encoding="utf-8")
    for name, drawing in drawings(groups).items():
        (folder / name).write_text(drawing, encoding="utf-8")


def put(group: Group, folder: Path = FOLDER) -> None:
    """Keep the results of one group in the place of its former ones, and show them."""
    folder.mkdir(exist_ok=True)
    store({**load(folder), group.name: group}, folder)
    write(folder)


if __name__ == "__main__":
    write()
