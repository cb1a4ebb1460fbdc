"""Imports stand at the top of a module; what comes late comes through a row, or through a door.

A row names what carries it out, and a door is a package that imports a module when one of its names
is used. Whatever else is imported in a function stands here, with its reason.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.modules import modules

DOORS = frozenset({"control", "documents", "faults", "har", "openapi", "testing"})
"""The packages that import their modules when a name is used."""

ROWS = frozenset({"api/calls.py", "api/outcome.py", "cli/group.py", "documents/shape.py"})
"""What imports a module that a row names: operations, actions, commands and shapes of keys."""

LATE = {
    ("__main__.py", "cs_simulator.cli"): "a signal that comes while a server starts ends it",
    ("api/events.py", "cs_simulator.api.fields"): "marshmallow, for the first event with members",
    ("api/access.py", "hmac"): "it loads OpenSSL, and few scenarios have users",
    ("api/pipeline.py", "cs_simulator.api.closest"): "only ever needed for a mistake",
    ("app.py", "cs_simulator.api.forwarding"): "few servers stand behind a proxy",
    ("cli/group.py", "click.shell_completion"): "only a shell that completes asks",
    ("cli/options.py", "click.shell_completion"): "only a shell that completes asks",
    ("cli/options.py", "cs_simulator.scenario.catalogue"): "only a shell that completes asks",
    ("cli/recorder.py", "cs_simulator.recording.proxy"): "h11 is an extra: it may not be there",
    ("client/values.py", "difflib"): "only ever needed for a mistake",
    ("cli/serve.py", "cs_simulator.watch"): "few servers watch files",
    ("client/loops.py", "asyncio"): "large, and only a client that waits in a loop needs it",
    ("client/wire.py", "ssl"): "large, and only a server behind TLS needs it",
    ("control/front.py", "hmac"): "it loads OpenSSL, and few servers have a token",
    ("documents/problems.py", "difflib"): "only ever needed for a mistake",
    ("faults/criteria.py", "cs_simulator.faults.jsonpath"): "a library that few rules need",
    ("faults/expressions.py", "regex"): "a library that few rules need",
    ("http/server.py", "resource"): "not every system has it",
    ("ids.py", "hashlib"): "it loads OpenSSL, and few worlds need anything derived from a seed",
    ("pytest_plugin.py", "cs_simulator.testing.report"): "few tests are marked for drills",
    ("pytest_plugin.py", "cs_simulator.testing.markers"): "few tests are marked for drills",
    ("pytest_plugin.py", "cs_simulator.testing.hooks"): "most runs of pytest need no simulator",
    ("pytest_plugin.py", "cs_simulator.testing.session"): "most runs of pytest need no simulator",
    ("scenario/generate.py", "faker"): "an extra that takes long to import",
    ("scenario/generate.py", "faker.config"): "an extra that takes long to import",
    ("scenario/preload.py", "cs_simulator.scenario.generate"): "few scenarios generate anything",
    ("testing/broker.py", "cs_simulator.client"): "the controller of pytest-xdist may not be asked",
    ("testing/session.py", "cs_simulator.testing.broker"): "few runs have workers",
    ("testing/session.py", "cs_simulator.testing.launch"): "a server may run already",
    ("testing/session.py", "cs_simulator.testing.server"): "the client, while the server starts",
    ("testing/settings.py", "cs_simulator.client.files"): "most runs name no scenario",
}
"""What else is imported in a function, and why."""


def late_imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that are imported in functions."""
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    yield from (each.name for each in node.names)
                elif isinstance(node, ast.ImportFrom):
                    yield node.module or ""


@cache
def found() -> frozenset[tuple[str, str]]:
    """Return which module imports what in functions."""
    return frozenset(
        (module.name, each) for module in modules() for each in late_imports(module.tree)
    )


@cache
def calls() -> frozenset[tuple[str, str, bool]]:
    """Return which module calls what by its name, and whether that is a method of something."""
    return frozenset(
        (module.name, getattr(node.func, "id", "") or getattr(node.func, "attr", ""), is_method)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for is_method in [isinstance(node.func, ast.Attribute)]
    )


def test_imports_stand_at_the_top() -> None:
    unargued = [f"{name} imports {each}" for name, each in found() if (name, each) not in LATE]
    assert not unargued, (
        f"in a function: import it at the top, through a door ({', '.join(sorted(DOORS))}), "
        "or argue for it in LATE of this test"
    )


def test_what_is_argued_for_is_there() -> None:
    assert not LATE.keys() - found()


@pytest.mark.parametrize(
    ("called", "allowed"),
    [
        ("door(", {f"{door}/__init__.py" for door in DOORS} | {"late.py"}),
        ("import_module(", {"late.py"}),
        ("imported(", {"late.py", "http/ahead.py"}),
        ("named(", ROWS),
    ],
)
def test_only_doors_and_rows_import_by_name(called: str, allowed: set[str]) -> None:
    function = called.removesuffix("(")
    callers = {
        name
        for name, called, is_method in calls()
        if called == function and not (function == "named" and is_method)
    }
    assert callers <= allowed


START = """
import sys
from cs_simulator.app import create_app
from cs_simulator.cli.loading import loader_of
from cs_simulator.http.server import HttpServer
from cs_simulator.worlds import Worlds
create_app(Worlds(loader_of(None).load("empty")))
print(*sys.modules)
"""
NEVER_AT_START = {
    "cs_simulator.api.services",
    "cs_simulator.control.api",
    "cs_simulator.faults.engine",
    "cs_simulator.har.writing",
    "cs_simulator.openapi.document",
    "_hashlib",
    "difflib",
    "encodings.idna",
    "faker",
    "flask",
    "marshmallow",
    "werkzeug",
    "yaml",
}
"""What a server that starts without a scenario has no use for yet."""


def test_start_imports_nothing_that_it_does_not_need() -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    needless = NEVER_AT_START & set(done.stdout.split())
    assert not needless, f"a start imports {', '.join(sorted(needless))}: see `late.py`"
