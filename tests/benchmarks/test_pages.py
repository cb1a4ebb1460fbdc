"""What the page of the benchmarks shows is what is kept, and nothing that somebody wrote."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks import __main__ as command
from tests.benchmarks import pages, plots, stubs
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Result
from tests.benchmarks.results import FILE, FOLDER, NAMES, Group, load, store
from tests.benchmarks.scale import Scale
from tests.benchmarks.svg import MISSED

AGAIN = "run python -m tests.benchmarks.pages"


def operation(subject: str, ratio: float, measure: str = "p50", at: int = 8) -> Figure:
    return Figure.of(subject, measure, "ms", [ratio, ratio * 2], [1, 1], at=at)


def grown(subject: str, ratio: float, size: int) -> Figure:
    budget = 1.2 if size == 10_000 else None
    ours, few = [ratio, ratio], [1.0, 1.0]
    return Figure.of(
        subject, "p50", "ms", ours, few, "100 services", at=size, counted="services", budget=budget
    )


SLOW = Figure.of("start", "", "ms", [4, 5, 6], [2, 2, 2], "imports", budget=1.5)
FIGURES = {
    "startup": [SLOW, Figure.of("first", "", "ms", [3], [1])],
    "operations": [operation("get_service", 1.2), operation("get_service", 9, at=1)],
    "memory": [Figure.of("memory", "", "MiB", [50], [49], "before", budget=1.02)],
    "growth": [
        grown("get_service", 1.0, 100),
        grown("get_service", 1.5, 10_000),
        grown("end_service", 1.0, 100),
        grown("end_service", 1.1, 10_000),
    ],
}


def group(name: str, date: str = "2026-01-05", **more: object) -> Group:
    about = Group(name, date, "python x", "Linux, 2 cores", {"Python": "3.11"}, FIGURES[name])
    return replace(about, **more)  # type: ignore[arg-type]


GROUPS = {name: group(name) for name in FIGURES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for results, with a page beside it that has nothing of them yet."""
    parts = "\n".join(f"<!-- results: {name} -->\n<!-- end -->" for name in pages.PARTS)
    (tmp_path / "benchmarks.md").write_text(f"# Page\n\n{parts}\n", encoding="utf-8")
    return tmp_path / "benchmarks"


def test_the_page_shows_what_is_kept() -> None:
    text = pages.page_of().read_text(encoding="utf-8")
    assert pages.with_results(text, load()) == text, AGAIN
    assert re.findall(r"<!-- results: (\w+) -->", text) == [*pages.PARTS]


def test_the_plots_show_what_is_kept() -> None:
    made = pages.drawings(load())
    assert {path.name for path in FOLDER.iterdir()} == {FILE, *made}
    for name, drawing in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == drawing, AGAIN


def test_every_group_has_been_measured() -> None:
    assert tuple(command.GROUPS) == NAMES
    assert (*load(),) == NAMES


def test_what_is_not_here_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(stubs.FOLDER, raising=False)
    assert list(stubs.stubs(Scale.quick())) == []
    assert "npm install" in capsys.readouterr().out


def test_the_rarest_waits_are_told() -> None:
    waits = Result(1_000, 1.0, [0.001] * 998 + [0.002, 0.05])
    assert waits.longest == 50
    assert 1 <= waits.per_mille(998) <= 2
    few = Result(20, 1.0, [0.001] * 19 + [0.1])
    assert 50 < few.percentile(99) <= few.longest == 100


def test_what_is_kept_is_read_as_it_was_stored(tmp_path: Path) -> None:
    store(GROUPS, tmp_path)
    assert load(tmp_path) == GROUPS
    assert [*json.loads((tmp_path / FILE).read_text(encoding="utf-8"))] == [*GROUPS]


def test_a_group_takes_the_place_of_its_former_results_alone(folder: Path) -> None:
    for each in reversed(GROUPS.values()):
        pages.put(each, folder)
    pages.put(group("memory", "2026-02-01", figures=[FIGURES["memory"][0]] * 2), folder)
    kept = load(folder)
    assert {name: each.date for name, each in kept.items()} == {
        "startup": "2026-01-05",
        "operations": "2026-01-05",
        "memory": "2026-02-01",
        "growth": "2026-01-05",
    }
    text = pages.page_of(folder).read_text(encoding="utf-8")
    assert text.count("| memory |") == 2 * 2  # among the budgets, and in its own part
    assert "on 2026-02-01" in text
    pages.write(folder)
    assert pages.page_of(folder).read_text(encoding="utf-8") == text


def test_what_was_not_measured_is_said(folder: Path) -> None:
    pages.put(GROUPS["startup"], folder)
    text = pages.page_of(folder).read_text(encoding="utf-8")
    assert text.count("Not measured yet.") == len(pages.PARTS) - 2


def test_misses_are_listed() -> None:
    shown = pages.budgets_part(GROUPS)
    assert shown.startswith(
        "Missed:\n\n"
        "* start: 2.50 x, the budget is 1.5 x\n"
        "* get_service, p50, 10,000 services: 1.50 x, the budget is 1.2 x\n\n"
    )
    assert "| start | 1.5 x | 2.50 x | 2.00 to 3.00 | **missed** |\n" in shown
    assert "| slowest growth: get_service, 10,000 services | 1.2 x | 1.50 x |" in shown


def test_kept_budgets_are_said_to_be() -> None:
    assert pages.budgets_part({"memory": GROUPS["memory"]}).startswith("Every budget is kept.\n")


def test_growth_has_a_column_for_each_size() -> None:
    shown = pages.growth_part(GROUPS)
    assert "| operation | 10² | 10⁴ | p50 at 10⁴, ms | against bare at 10⁴ |\n" in shown
    assert "| get_service | 1.00 x | 1.50 x, **missed** | 1.50 |  |\n" in shown


def test_operations_have_a_table_for_each_number_of_connections() -> None:
    shown = pages.operations_part(GROUPS)
    assert "At 8 connections:" in shown
    assert "At 1 connection:" in shown


DRAWINGS = {
    **{f"of the page: {name}": drawing for name, drawing in pages.drawings(load()).items()},
    **{f"of figures: {name}": drawing for name, drawing in pages.drawings(GROUPS).items()},
    **{f"of nothing: {name}": drawing for name, drawing in pages.drawings({}).items()},
}


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_a_drawing_keeps_to_its_card(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    letter = 0.58  # of its size is a letter wide, in a wide font
    for each in root.iter("{http://www.w3.org/2000/svg}text"):
        long = len(each.text or "") * float(each.attrib["font-size"]) * letter
        x, y = float(each.attrib["x"]), float(each.attrib["y"])
        start = x - {"start": 0, "middle": long / 2, "end": long}[each.attrib["text-anchor"]]
        assert start >= 0, each.text
        assert start + long <= width, each.text
        assert 0 < y < height
    places = [
        tuple(map(float, point.split(",")))
        for shape in root.iter()
        for point in shape.attrib.get("points", "").split()
    ]
    circles = root.iter("{http://www.w3.org/2000/svg}circle")
    places += [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in circles]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)


def test_a_missed_budget_is_marked_and_said() -> None:
    kept, missed = plots.budgets([replace(SLOW, budget=3)]), plots.budgets([SLOW])
    assert (MISSED in kept, ">missed<" in kept) == (False, False)
    assert (MISSED in missed, ">missed<" in missed) == (True, True)
    assert f'fill="{MISSED}"' in plots.growth(FIGURES["growth"])
    assert "get_service: missed" in plots.growth(FIGURES["growth"])


def test_a_median_beyond_the_axis_is_an_arrow() -> None:
    near, far = (plots.operations([operation("get_service", ratio)]) for ratio in (2, 50))
    assert near.count("<polygon") < far.count("<polygon")
    assert near.count("<circle") > far.count("<circle")


@pytest.mark.parametrize(("budget", "code"), [(1.5, 1), (3.0, 0)])
def test_the_command_measures_groups_and_keeps_them(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    budget: float,
    code: int,
) -> None:
    scales = []

    def startup(scale: Scale) -> Iterator[Figure]:
        scales.append(scale)
        yield replace(SLOW, budget=budget)

    monkeypatch.setattr(command, "GROUPS", {"startup": startup})
    assert command.main(["--only", "startup", "--pairs", "4"], folder) == code
    assert not folder.exists()
    assert command.main(["--only", "startup", "--quick", "--write"], folder) == code
    assert scales == [Scale(pairs=4), Scale.quick()]
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("start; 5.00 ms (4.00 to 6.00); imports 2.00 ms; 2.50 x")
    kept = load(folder)["startup"]
    assert kept.command == "python -m tests.benchmarks --only startup --quick --write"
    assert kept.machine.startswith(platform.system())
    assert set(kept.versions) == {"Python", "Flask", "marshmallow", "waitress"}
