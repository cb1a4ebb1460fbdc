"""Rules of the code that no tool holds: nothing changes at module level, modules stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.modules import modules

LONGEST = 600

CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MAKERS = frozenset(
    "list dict set bytearray defaultdict deque OrderedDict Counter ChainMap count cycle".split()
)


def is_mutable(value: ast.expr) -> bool:
    """Tell whether an expression makes a container that can be changed."""
    if isinstance(value, ast.Call):
        called = value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in MAKERS
    return isinstance(value, CONTAINERS)


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported; a class holds its own attributes."""
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield inner
            yield from outside_functions(inner)


def state_of(tree: ast.Module) -> Iterator[str]:
    """Yield what a module could change: containers it assigns, and names it calls global."""
    for node in outside_functions(tree):
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        if is_mutable(value):
            for target in targets:
                # An attribute belongs to the class that it is set on.
                if isinstance(target, ast.Name) and target.id != "__all__":
                    yield f"line {node.lineno}: {target.id}"
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Global):
            yield f"line {inner.lineno}: global {', '.join(inner.names)}"


def test_no_module_has_state() -> None:
    found = [f"{each.name}: {state}" for each in modules() for state in state_of(each.tree)]
    assert not found, (
        "wrap constants in MappingProxyType, tuple or frozenset; hang state off a World"
    )


def test_modules_are_small() -> None:
    lengths = {each.name: len(each.source.splitlines()) for each in modules()}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("A = []", 1),
        ("A: dict[str, int] = {}", 1),
        ("A = {x for x in ()}", 1),
        ("A = collections.defaultdict(list)", 1),
        ("if x:\n    A = list()", 1),
        ("try:\n    A = []\nexcept E:\n    B = {}", 2),
        ("def f():\n    global A", 1),
        ("A = (1, 2)", 0),
        ("A = MappingProxyType({})", 0),
        ("A = frozenset({1})", 0),
        ("A = tuple([1])", 0),
        ("A: int", 0),
        ("def f():\n    A = []", 0),
        ("class C:\n    a: list[int]", 0),
    ],
)
def test_state_is_seen(source: str, found: int) -> None:
    assert len(list(state_of(ast.parse(source)))) == found


def classes_of(tree: ast.AST) -> Iterator[str]:
    """Yield the name of each class in a module, those within classes and functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name


def test_class_names_are_unique() -> None:
    where: dict[str, list[str]] = {}
    for each in modules():
        for name in classes_of(each.tree):
            where.setdefault(name, []).append(each.name)
    repeated = [f"{name}: {' and '.join(paths)}" for name, paths in where.items() if paths[1:]]
    assert not repeated, "let each name say what its class is for; names of the client stay"
