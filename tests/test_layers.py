"""Imports run one way; the graph is read from the source, imports inside functions included."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.support.modules import Module, modules

LAYERS = (
    ("pytest_plugin",),
    ("testing",),
    ("__main__",),
    ("cli",),
    ("http", "watch", "recording"),
    ("wsgi",),
    ("app",),
    ("log",),
    ("api", "control", "openapi"),
    ("console",),
    ("worlds", "world", "copies", "exports", "har"),
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
        "leftovers",
        "lines",
        "meter",
        "routing",
        "client",
        "__init__",
    ),
)
"""From the top to the bottom. A part imports what stands below it, or beside it in one way."""

RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}


def part_of(name: str) -> str:
    """Return the package, or the module of the top level, that a module's name belongs to."""
    pieces = name.split(".")
    part = pieces[1] if len(pieces) > 1 else ""
    return part if part in RANK else "__init__"


@cache
def imported(module: Module) -> tuple[str, ...]:
    """Return the full name of every module that a module imports, wherever it does so."""
    return tuple(named_in(module))


def named_in(module: Module) -> Iterator[str]:
    package = ["cs_simulator", *module.name.split("/")[:-1]]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, node.module] if node.module else base)
            yield origin
            yield from (f"{origin}.{each.name}" for each in node.names)


def own_parts(module: Module) -> set[str]:
    names = [name for name in imported(module) if name.split(".")[0] == "cs_simulator"]
    # `from cs_simulator import __version__` names the package itself, a module of it its part.
    return {part_of(name) for name in names if name != "cs_simulator"}


def test_imports_run_downwards() -> None:
    upwards = [
        f"{module.name} imports {part}"
        for module in modules()
        for part in own_parts(module)
        if RANK[part] < RANK[module.part]
    ]
    assert not upwards


def test_parts_have_no_cycles() -> None:
    graph: dict[str, set[str]] = {}
    for module in modules():
        graph.setdefault(module.part, set()).update(own_parts(module) - {module.part})
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) == set(graph)
    assert order.index("domain") < order.index("worlds") < order.index("app")


def imported_modules(module: Module, known: Collection[str]) -> set[str]:
    """Return the modules that a module imports when it runs, inside functions too."""
    tree = ast.parse(module.source)
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
    return found & set(known) - {module.full_name}


def test_modules_have_no_circles() -> None:
    known = {module.full_name for module in modules()}
    graph = {module.full_name: imported_modules(module, known) for module in modules()}
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
    inside = [module for module in modules() if module.part == part]
    assert inside
    found = {
        (module.name, name)
        for module in inside
        for name in imported(module)
        if name.split(".")[0] in banned
    }
    assert not found


@pytest.mark.parametrize(
    ("part", "allowed"),
    [
        ("client", set()),
        ("testing", {"client", "clock", "ids", "late", "pytest"}),
        ("pytest_plugin", {"client", "testing", "pytest"}),
    ],
)
def test_what_runs_inside_tests_needs_nothing_of_the_server(part: str, allowed: set[str]) -> None:
    inside = [module for module in modules() if module.part == part]
    assert inside
    own = {each for module in inside for each in own_parts(module)} - {part, "__init__"}
    others = {name.split(".")[0] for module in inside for name in imported(module)}
    others -= {"cs_simulator"}
    assert own | (others - sys.stdlib_module_names) <= allowed


def test_layers_name_what_there_is() -> None:
    assert {module.part for module in modules()} == set(RANK)


def test_graph_sees_imports_inside_functions() -> None:
    [serve] = [module for module in modules() if module.name == "cli/serve.py"]
    assert {"app", "http", "worlds"} <= own_parts(serve)
