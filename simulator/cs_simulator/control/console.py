"""The endpoints of the console: its page and the page's files."""

from __future__ import annotations

from flask import Response

from cs_simulator.console import HEADERS, PAGE, asset, names
from cs_simulator.control.endpoint import Content, Control, Endpoint, Param
from cs_simulator.control.front import ProblemError
from cs_simulator.documents.problems import as_sentence, no_such


def show_console(_control: Control) -> Response:
    """Show the console, a page for a browser."""
    return _file(PAGE)


def show_console_file(_control: Control, name: str) -> Response:
    """Show a file of the console."""
    return _file(name)


def _file(name: str) -> Response:
    found = asset(name)
    if found is None:
        problem = no_such("file of the console", name, names())
        raise ProblemError(404, "No such file", as_sentence(problem.detail))
    response = Response(found.content, content_type=found.content_type)
    response.headers.update(HEADERS)
    return response


ENDPOINTS = (
    Endpoint(
        "GET",
        "/console",
        show_console,
        Content("The page.", ("text/html; charset=utf-8",), "<!doctype html>"),
        scope="server",
        is_public=True,
        leads=True,
    ),
    Endpoint(
        "GET",
        "/console/<name>",
        show_console_file,
        Content(
            "A file of the page.",
            (
                "text/javascript; charset=utf-8",
                "text/css; charset=utf-8",
                "text/html; charset=utf-8",
                "image/svg+xml",
            ),
            "export {};",
        ),
        names=(Param("name", "The name of a file of the page.", "main.js"),),
        scope="server",
        is_public=True,
        refuses={404: "The page has no file of that name."},
    ),
)
