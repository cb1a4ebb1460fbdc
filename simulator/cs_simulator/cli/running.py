"""Shared by commands that use a running server: its address, its errors, and what they send it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import click

from cs_simulator.cli.group import NO_SIMULATOR, NOT_FOUND, WRONG_INPUT, WRONG_TOKEN, CommandError
from cs_simulator.cli.options import PREFIX, TOKEN, TextType, is_injected, option, read_input
from cs_simulator.client import (
    ArgumentError,
    ControlError,
    ScenarioFileError,
    Server,
    SimulatorError,
    UrlError,
    World,
)
from cs_simulator.client.transport import is_host
from cs_simulator.documents.json_text import EncodingError, decoded
from cs_simulator.documents.problems import DocumentError, Problem
from cs_simulator.documents.text import read_text
from cs_simulator.http.addresses import url_of
from cs_simulator.lines import one_line

_MAX_DIGITS = 18
"""No request of a journal has a number with more digits."""

_STATUS: Mapping[int, int] = MappingProxyType({401: WRONG_TOKEN, 404: NOT_FOUND})

_COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        'PUT /_control/clock {"mode": "frozen"}': "cs-simulator clock freeze",
        "replace it with PUT": "remove it first (cs-simulator fault remove)",
    }
)
"""For control requests that the server's fixes mention: the command that does the same."""


class BaseUrl(TextType):
    """The URL below which the API is found."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the URL without a trailing slash."""
        try:
            parts = urlsplit(value)
            _ = parts.port  # raises if it is not a number
            has_host = is_host(parts.hostname)
        except ValueError:
            has_host = False
        if not (has_host and re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value, re.IGNORECASE)):
            self.fail(f"{value!r} is not a URL such as http://host:port/genesys/1/cs", param, ctx)
        return value.rstrip("/")


AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print the response as the server sent it."
)


def _default_url() -> str:
    """Return the URL of a server started in the same environment, as in its container."""
    host = os.environ.get(f"{PREFIX}_HOST", "").split()
    port = os.environ.get(f"{PREFIX}_PORT") or "8080"
    if is_injected(port):
        port = "8080"
    if not port.isdigit():
        return f"http://localhost:{port}"  # the client reports what is wrong with it
    return url_of(host[0] if host else "127.0.0.1", int(port))


_URL = option(
    "--url",
    metavar="URL",
    show_default="this machine, port 8080",
    help="URL of the server.",
)
WORLD = option("--world", default="default", metavar="NAME", help="Name of the world.")


def asks_server(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a server to a command, and pass it the server as its first argument."""

    @wraps(function)
    def ask(url: str | None, control_token: str | None, **options: Any) -> Any:
        try:
            return function(Server(url or _default_url(), control_token), **options)
        except SimulatorError as error:
            raise command_error(error) from None

    return _URL(TOKEN(ask))


def asks_world(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a world to a command, and pass it the world as its first argument."""

    @wraps(function)
    def ask(server: Server, world: str, **options: Any) -> Any:
        return function(server.world(world), **options)

    return asks_server(WORLD(ask))


def asks_entry(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a world to a command, and pass it the server and the world's name."""

    @wraps(function)
    def ask(server: Server, world: str, **options: Any) -> Any:
        return function(server, world, **options)

    return asks_server(WORLD(ask))


def command_error(error: SimulatorError) -> CommandError:
    """Return the error of a command that the server rejected, or that could not reach it."""
    code = NO_SIMULATOR
    if isinstance(error, ArgumentError | UrlError | ScenarioFileError):
        code = WRONG_INPUT
    elif isinstance(error, ControlError):
        code = _STATUS.get(error.status, WRONG_INPUT)
    text = str(error)
    for request, command in _COMMANDS.items():
        text = text.replace(request, command)
    if code == WRONG_TOKEN:
        text += f"; set {PREFIX}_CONTROL_TOKEN to it"
    return CommandError(text, code)


def entry_id(server: Server, world_name: str, text: str) -> tuple[World, int]:
    """Return the world and number of a request: ``last``, ``3``, ``#3``, or ``default/3``."""
    name, _, number = text.rpartition("/")
    world = server.world(name or world_name)
    number = number.removeprefix("#")
    if number == "last":
        entries = world.requests(limit=1)
        if not entries:
            raise CommandError(
                f"world {world.name} has received no requests, so there is no last one; "
                "use --world for another",
                NOT_FOUND,
            )
        return world, entries[-1]["id"]
    if not (number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS):
        raise CommandError(
            Problem("", f"a request such as last, 3 or {world.name}/3", text).detail, WRONG_INPUT
        )
    return world, int(number)


_FORMS = "KEY=VALUE words, a document in braces, @FILE, or - for the standard input"


def typed_document(words: Sequence[str]) -> dict[str, Any]:
    """Return the document that the words of a command line stand for.

    They are a document that begins with ``{``; or ``@`` and a file name, or ``-`` for the standard
    input; or words such as ``times=2`` and ``response.status=503``. A word without ``=`` is the
    operation.
    """
    first = words[0]
    if first == "-" or first.startswith(("{", "@")):
        if len(words) > 1:
            raise CommandError(
                f"expected one document, found {len(words)} words; put it between single quotes"
            )
        return _document(first)
    document: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            _put(document, key, _value(value, word), word)
        elif "on" not in document:
            document["on"] = word
        else:
            raise CommandError(Problem("", "KEY=VALUE", word, note="`on` is already given").detail)
    return document


def _document(text: str) -> dict[str, Any]:
    source = "document"
    if text == "-":
        text, source = (sys.stdin.read() if sys.stdin else ""), "standard input"
    elif text.startswith("@"):
        source = one_line(text[1:])
        try:
            text = decoded(read_input(Path(text[1:])))
        except EncodingError as error:
            problem = f"not valid UTF-8: {error.problem.text}"
            raise CommandError(f"cannot read {source}: {problem}; save it as UTF-8") from None
    data = _read(text, source)
    if not isinstance(data, dict):
        raise CommandError(f"{source} is not a map of keys; use {_FORMS}")
    return data


def _value(text: str, word: str) -> Any:
    """Return a value as a scenario would read it: a number, a word, a list, or text."""
    return _read(text, word) if text else ""


def _read(text: str, source: str) -> Any:
    try:
        return read_text(text, source)
    except DocumentError as error:
        raise CommandError(str(error), WRONG_INPUT) from None


def _put(document: dict[str, Any], key: str, value: Any, word: str) -> None:
    """Set a value under the names in its key, which are separated by dots."""
    *above, last = key.split(".")
    if not all((*above, last)):
        raise CommandError(Problem("", "a key such as response.status before =", word).detail)
    for name in above:
        inner = document.setdefault(name, {})
        if not isinstance(inner, dict):
            raise CommandError(f"{word!r}: {name} already has a value; remove one of the two")
        document = inner
    if last in document:
        raise CommandError(f"{word!r}: duplicate key {key}")
    document[last] = value
