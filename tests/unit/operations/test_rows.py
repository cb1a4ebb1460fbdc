"""Rows of operations: what a row names is there, and what is missing is said by name."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from importlib import import_module

from cs_simulator.api.calls import handler_of
from cs_simulator.api.events import FORMS
from cs_simulator.domain.access import PRIVILEGES
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.openapi import bodies
from cs_simulator.openapi.scalars import Described
from cs_simulator.openapi.shapes import components
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import CONTENT
from tests.docs.tables import FIDELITY, operations_table

OF_EXTENSIONS = {"ExtensionSchema", "ExtensionValue"}


def test_every_row_has_its_handler() -> None:
    for operation in OPERATIONS:
        module, _, name = operation.handler.partition(":")
        there = vars(import_module(f"cs_simulator.api.{module}"))
        assert name in there, (
            f"{operation.id} has no handler: write {name}(call) in cs_simulator/api/{module}.py"
        )
        handler = handler_of(operation.handler)
        assert handler.__doc__, f"{handler} needs a docstring: its first line is OpenAPI's summary"


def test_handler_has_its_row() -> None:
    named = {operation.handler for operation in OPERATIONS}
    for module in sorted({handler.partition(":")[0] for handler in named}):
        there = vars(import_module(f"cs_simulator.api.{module}"))
        for name, found in there.items():
            if getattr(found, "__module__", "").endswith(f".api.{module}") and not name.startswith(
                "_"
            ):
                takes = getattr(found, "__annotations__", {})
                is_handler = takes.get("call") == "Call" and takes.get("return") == "CallResult"
                assert not is_handler or f"{module}:{name}" in named, (
                    f"{name} in cs_simulator/api/{module}.py has no row in cs_simulator/operations"
                )


def test_every_row_has_its_line_in_the_docs() -> None:
    lines = operations_table().splitlines()
    page = FIDELITY.read_text(encoding="utf-8")
    for operation in OPERATIONS:
        [line] = [line for line in lines if f"| `{operation.id}` |" in line]
        assert line in page, (
            f"{operation.id} has no line in docs/fidelity.md, or another: "
            "run python -m tests.docs.tables"
        )


def test_every_row_names_a_form_that_there_is() -> None:
    for operation in OPERATIONS:
        assert (operation.body == "none") == (operation.form == ""), (
            f"{operation.id}: a row that takes a body names its form, and no other does"
        )
        known = {"", *FORMS, *bodies._FORMS, *OF_EXTENSIONS}
        assert operation.form in known, (
            f"{operation.id} takes a {operation.form}, which is neither an event of "
            "cs_simulator/api/events.py nor a form of cs_simulator/openapi/bodies.py"
        )
        if operation.form in OF_EXTENSIONS:
            assert operation.kind is not None, f"{operation.id}: say whose extensions under kind"


def test_every_row_names_a_shape_that_there_is() -> None:
    shapes = components(Described(""))
    for operation in OPERATIONS:
        if operation.shows is not None and operation.shows is not CONTENT:
            assert operation.shows.name in shapes, (
                f"{operation.id} shows {operation.shows.name}, which is no shape of "
                "cs_simulator/openapi/shapes.py"
            )


def test_every_row_agrees_with_itself() -> None:
    for operation in OPERATIONS:
        switch = operation.status_switch
        assert not switch or hasattr(Fidelity(), switch), (
            f"{operation.id}: no fidelity switch is called {switch}"
        )
        empty = operation.status == 204
        assert not (empty and operation.shows), f"{operation.id}: a response 204 shows nothing"
        assert (operation.status == 201) <= bool(operation.makes), (
            f"{operation.id} answers 201: say under makes what it makes"
        )
        assert "8.1" not in operation.editions or operation.privileges, (
            f"{operation.id}: edition 8.1 needs to know its privilege"
        )


def test_ids_are_unique() -> None:
    twice = [name for name, count in Counter(each.id for each in OPERATIONS).items() if count > 1]
    assert not twice


def test_privileges_are_those_of_the_rows() -> None:
    assert len(PRIVILEGES) == len(set(PRIVILEGES))
    assert {"UCS.Service.startService", "UCS.Task.deleteTaskExtension"} <= set(PRIVILEGES)
    assert "" not in PRIVILEGES


def test_the_table_imports_nothing_that_answers() -> None:
    code = "import sys, cs_simulator.operations; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = {name for name in done.stdout.split() if name.startswith("cs_simulator.")}
    assert {name.split(".")[1] for name in found} == {"operations"}
    assert not {"flask", "marshmallow", "werkzeug"} & set(done.stdout.split())
