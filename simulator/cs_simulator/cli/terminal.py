"""Printing: colour if the terminal supports it, and text that every encoding can take."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import click

_STATUS: Mapping[str, str] = MappingProxyType({"2": "green", "4": "yellow", "5": "red"})
_EXTRAS: Mapping[str, str] = MappingProxyType({"fault=": "magenta", "hint=": "cyan"})


def prepare() -> None:
    """Make the output accept every character: those that its encoding lacks are escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, *, err: bool = False) -> None:
    """Print text, in colour only if the terminal supports it."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return
    never = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    shown = text if stream.isatty() and not never else click.unstyle(text)
    stream.write(f"{shown}\n")
    stream.flush()


def say_json(members: Any, *, one_line: bool = False) -> None:
    """Print JSON, indented unless each value is to be one line."""
    say(json.dumps(members, ensure_ascii=False, indent=None if one_line else 2))


def status(word: str) -> str:
    """Return a status in the colour of its class; a missing one is red."""
    return click.style(word, fg=_STATUS.get(word[:1], "red"))


def extra(word: str) -> str:
    """Return a fault or a hint in its colour."""
    found = next((fg for start, fg in _EXTRAS.items() if word.startswith(start)), None)
    return click.style(word, fg=found) if found else word
