"""Imports run one way; the graph is read from the source, imports inside functions included."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import cs_simulator

ROOT = Path(cs_simulator.__file__).parent

LAYERS = (
    ("pytest_plugin",),
    ("testing",),
    ("__main__",),
    ("cli",),
    ("http", "watch", "recording"),
    ("app",),
    ("log",),
    ("api", "control", "openapi"),
    ("console",),
    ("worlds", "world", "exports", "har"),
    ("scenario",),
    ("judge",),
    ("journal",),
    ("faults",),
    ("domain",),
    ("documents",),
    (
        "operations",
        "clock",
        "ids",
        "config",
        "late",
        "lines",
        "meter",
        "routing",
        "client",
        "__init__",
    ),
)
"""From the top to the bottom. A part imports what stands below it, or beside it in one way."""

RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
MODULES = sorted(ROOT.rglob("*.py"))


def part_of(name: str) -> str:
    """Return the package, or the module of the top level, that a module's name belongs to."""
    pieces = name.split(".")
    part = pieces[1] if len(pieces) > 1 else ""
    return part if part in RANK else "__init__"


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a module imports, wherever it does so."""
    package = ["cs_simulator", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, node.module] if node.module else base)
            yield origin
            yield from (f"{origin}.{each.name}" for each in node.names)


def own_parts(path: Path) -> set[str]:
    names = [name for name in imported(path) if name.split(".")[0] == "cs_simulator"]
    # `from cs_simulator import __version__` names the package itself, a module of it its part.
    return {part_of(name) for name in names if name != "cs_simulator"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_downwards(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert own in RANK, f"{own} has no layer"
    upwards = {part for part in own_parts(path) - {own} if RANK[part] < RANK[own]}
    assert not upwards


def test_parts_have_no_cycles() -> None:
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        own = path.relative_to(ROOT).parts[0].removesuffix(".py")
        graph.setdefault(own, set()).update(own_parts(path) - {own})
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) == set(graph)
    assert order.index("domain") < order.index("worlds") < order.index("app")


def module_of(path: Path) -> str:
    """Return the full name of a module."""
    pieces = ("cs_simulator", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(pieces[:-1] if pieces[-1] == "__init__" else pieces)


def imported_modules(path: Path, known: Collection[str]) -> set[str]:
    """Return the modules that a module imports when it runs, inside functions too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{each.name}" for each in node.names}
            # What is no module of a package is a name of the package's own.
            found |= (inner & set(known)) or {node.module}
    return found & set(known) - {module_of(path)}


def test_modules_have_no_circles() -> None:
    known = {module_of(path) for path in MODULES}
    graph = {module_of(path): imported_modules(path, known) for path in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of modules: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize(
    ("part", "banned"),
    [
        ("domain", {"flask", "werkzeug", "json", "marshmallow", "waitress", "yaml", "http"}),
        ("documents", {"flask", "werkzeug", "marshmallow", "waitress", "http"}),
        ("scenario", {"flask", "werkzeug", "marshmallow", "waitress"}),
        ("faults", {"flask", "werkzeug", "marshmallow", "waitress"}),
    ],
)
def test_lower_parts_know_nothing_of_the_wire(part: str, banned: set[str]) -> None:
    paths = list((ROOT / part).rglob("*.py"))
    assert paths
    found = {
        (name_of(path), name)
        for path in paths
        for name in imported(path)
        if name.split(".")[0] in banned
    }
    assert not found


@pytest.mark.parametrize(
    ("part", "allowed"),
    [
        ("client", set()),
        ("testing", {"client", "clock", "ids", "pytest"}),
        ("pytest_plugin", {"client", "testing", "pytest"}),
    ],
)
def test_what_runs_inside_tests_needs_nothing_of_the_server(part: str, allowed: set[str]) -> None:
    paths = [path for path in MODULES if path.relative_to(ROOT).parts[0] in (part, f"{part}.py")]
    assert paths
    own = {each for path in paths for each in own_parts(path)} - {part, "__init__"}
    others = {name.split(".")[0] for path in paths for name in imported(path)} - {"cs_simulator"}
    assert own | (others - sys.stdlib_module_names) <= allowed


def test_layers_name_what_there_is() -> None:
    there = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in MODULES}
    assert there == set(RANK)


def test_graph_sees_imports_inside_functions() -> None:
    assert {"app", "http", "worlds"} <= own_parts(ROOT / "cli" / "serve.py")
